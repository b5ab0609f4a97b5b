//! The running gateway: everything wired, started, reloaded, stopped. The only place that knows all parts.

mod health;
mod listeners;
mod parts;
mod reload;
mod tls;
mod unclean;
mod upkeep;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use lookup::Sources;
use metrics_exporter_prometheus::PrometheusHandle;
use net::clock::{Clock, SystemClock};
use net::dns::Dns;
use net::tls::ServerCertificate;
use pipeline::aside::Aside;
use pipeline::line::{Line, LineSettings};
use pipeline::record::Versions;
use pipeline::rejudge;
use pipeline::stations::Stations;
use pipeline::trace_fields::Identity;
use queue::delivery::Smtp;
use queue::probe::Probe;
use queue::scheduler::{self, Concurrency, Queue};
use store::memory::Memory;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use web::operations::Health;
use worker::Pool;

use crate::config::Config;
use crate::control::handlers::Handlers;
use crate::control::protocol::Fault;
use crate::control::server;
use crate::data::Data;
use crate::paused::KeptPaused;
use crate::scanners::{Means, NamedFiles, Outside};
use crate::session::{Front, FrontParts, RecipientCheck};
use crate::settings::Settings;
use crate::signatures::{Occasion, SignatureSet};
use crate::stop::Stop;
pub(crate) use listeners::{Bound, Sockets};
use parts::Parts;
pub(crate) use tls::Pem;

/// Deliveries at a time, all destinations together.
const DELIVERIES_MAX: usize = 500;
/// Time that a session has to say goodbye when the time to finish its message is over.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);

/// The parts of a running gateway.
pub(crate) struct Gateway {
    config: ArcSwap<Config>,
    /// What runs until the next start, whatever is read meanwhile.
    started: Config,
    /// With what the files held that the configuration in force names for scanners.
    reloading: tokio::sync::Mutex<NamedFiles>,
    data: Data,
    dns: Arc<Dns>,
    pool: Arc<Pool>,
    line: Arc<Line>,
    queue: Arc<Queue>,
    smtp: Arc<Smtp>,
    front: Arc<Front>,
    clock: Arc<dyn Clock>,
    current: Arc<ArcSwap<pipeline::replay::InForce>>,
    paused: Arc<KeptPaused>,
    certificate: Arc<ServerCertificate>,
    /// What is looked for in every file, as it is in force.
    signatures: ArcSwap<SignatureSet>,
    looks: health::Looks,
}

impl Gateway {
    /// Sessions that are open.
    pub(crate) fn open_sessions(&self) -> u32 {
        self.front.open_sessions()
    }

    /// Wires everything over an open data folder. Nothing is accepted or sent before [`Gateway::run`].
    pub(crate) async fn assemble(
        config: Config,
        settings: Settings,
        pem: Option<Pem>,
        (data, dns): (Data, Dns),
    ) -> anyhow::Result<Arc<Self>> {
        data.remember(&settings).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let dns = Arc::new(dns);
        let signatures = load_signatures(&config, &[], Occasion::Start).await?;
        let pool = Arc::new(start_pool(&config, &signatures).await?);
        let paused = KeptPaused::load(data.site.clone()).await?;
        let memory = Memory::new(message_memory(&config));
        let (smtp, queue) = start_queue((&config, &settings), &data, &dns, (&clock, &paused), memory.clone())?;
        upkeep::resume(&data, clock.as_ref(), queue.jumps()).await?;
        let current = Arc::new(ArcSwap::from_pointee(settings.in_force.clone()));
        let outside = Outside::of(&config, &Means { dns: &dns, clock: &clock })?;
        let stations = stations((&config, &settings), &signatures, (&dns, &pool), (&clock, outside));
        let line_settings = LineSettings {
            identity: Identity { hostname: config.values.hostname.clone(), hop: data.mails.node().to_owned() },
            session_budget: Duration::from_millis(config.values.scan.session_budget_ms),
        };
        let line = Line::new(stations, data.mails.clone(), Arc::clone(&queue), memory.clone(), line_settings);
        let pem = match pem {
            Some(pem) => pem,
            None => Pem::self_made(&config, &data).await?,
        };
        net::tls::install_provider();
        let certificate = ServerCertificate::from_pem(&pem.certificate, &pem.key);
        let certificate = certificate.with_context(|| format!("certificate {}", pem.place))?;
        let probe = Arc::new(Probe::new(Arc::clone(&dns), config.values.hostname.clone()));
        let front = Front::new(FrontParts {
            smtp: reload::smtp_settings(&config),
            admission: reload::admission(&config, &settings),
            tls: Some(net::tls::server_config(Arc::clone(&certificate))?),
            line: Arc::clone(&line),
            mails: data.mails.clone(),
            memory,
            clock: Arc::clone(&clock),
            recipients: RecipientCheck::new(probe),
            limits: reload::session_limits(&config),
        });
        let started = config.clone();
        let config = ArcSwap::from_pointee(config);
        let reloading = tokio::sync::Mutex::new(NamedFiles::of(&started));
        Ok(Arc::new(Self {
            config,
            started,
            reloading,
            data,
            dns,
            pool,
            line,
            queue,
            smtp,
            front,
            clock,
            current,
            paused,
            certificate,
            signatures: ArcSwap::from_pointee(signatures),
            looks: health::Looks::default(),
        }))
    }

    /// What commands are answered with.
    pub(crate) fn handlers(self: &Arc<Self>) -> Handlers {
        Handlers {
            mails: self.data.mails.clone(),
            journal: self.data.search.clone(),
            quarantine: self.data.search.clone(),
            documents: self.data.site.clone(),
            clock: Arc::clone(&self.clock),
            site: self.data.site.clone(),
            bench: None,
            daemon: Some(Arc::new(reload::Running(Arc::clone(self)))),
            current: Some(Arc::clone(&self.current)),
            paused: Arc::clone(&self.paused),
        }
    }

    /// Runs until `stop` says true; then drains: sessions finish or end with 421, deliveries finish, nothing is lost.
    ///
    /// # Errors
    /// If a part of it ended before: the same drain, and a restart is due.
    pub(crate) async fn run(
        self: Arc<Self>,
        sockets: Sockets,
        control: UnixListener,
        metrics: Option<PrometheusHandle>,
        mut stop: watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        unclean::begin(&self.data, &*self.clock).await?;
        if !self.has_room() {
            tracing::error!(event = "no_room", "the disk is too full for another message: new mail gets 452");
        }
        // Sessions stop first; what they still accept must find the queue running.
        let (stop_rest, rest) = watch::channel(false);
        let mut parts = self.start_parts(control, sockets.http.zip(metrics), &rest);
        let (tell, told) = watch::channel(Stop::Not);
        let mut accepting = Parts::default();
        for (role, listener) in sockets.smtp {
            accepting.start("listener", listeners::accept(role, listener, Arc::clone(&self.front), told.clone()));
        }
        let ended = tokio::select! {
            // None of them ends by itself: limping on without one would be worse than a restart.
            ended = accepting.ended() => ended,
            ended = parts.ended() => ended,
            _ = stop.wait_for(|stop| *stop) => None,
        };
        if let Some((part, how)) = ended {
            tracing::error!(event = "part_ended", part, how, "a part of the gateway ended: it stops");
        }
        let drain = Duration::from_secs(self.started.values.limits.drain_seconds);
        for (stop, time) in [(Stop::BetweenMessages, drain), (Stop::Anywhere, GOODBYE_TIMEOUT)] {
            // Whoever does not listen any more has ended already.
            let _ = tell.send(stop);
            if tokio::time::timeout(time, accepting.all_ended()).await.is_ok() {
                break;
            }
            let sessions = self.front.open_sessions();
            tracing::warn!(
                event = "drained",
                sessions,
                "sessions did not end in time; nothing of theirs was acknowledged"
            );
        }
        accepting.cut_off().await;
        let _ = stop_rest.send(true);
        if tokio::time::timeout(drain, parts.all_ended()).await.is_ok() {
            unclean::end(&self.data).await;
        } else {
            tracing::warn!("some deliveries did not end in time; they will be tried again");
        }
        parts.cut_off().await;
        self.pool.stop().await;
        // Before the lock goes: the next daemon makes its own under this name.
        drop(std::fs::remove_file(self.started.values.data.join("control.sock")));
        self.data.close().await;
        match ended {
            None => Ok(()),
            Some((part, how)) => {
                anyhow::bail!("a part of the gateway ended, {part}: {how}; what was acknowledged is kept")
            }
        }
    }

    fn start_parts(
        self: &Arc<Self>,
        control: UnixListener,
        http: Option<(TcpListener, PrometheusHandle)>,
        stop: &watch::Receiver<bool>,
    ) -> Parts {
        let mut parts = Parts::default();
        parts.start("queue", Arc::clone(&self.queue).run(stop.clone()));
        parts.start("sweep of connections", Arc::clone(&self.smtp).sweep(stop.clone()));
        let (line, search) = (Arc::clone(&self.line), self.data.search.clone());
        parts.start("held mail", rejudge::run(line, search, Arc::clone(&self.clock), stop.clone()));
        let jumps = self.queue.jumps().share();
        parts.start("upkeep", upkeep::run(self.data.clone(), Arc::clone(&self.clock), jumps, stop.clone()));
        parts.start("journal", journal(self.data.clone(), stop.clone()));
        parts.start("control server", server::serve(control, self.handlers(), stop.clone()));
        if let Some((listener, metrics)) = http {
            let operations =
                web::operations::Operations::new(self.data.mails.clone(), metrics, Arc::clone(self) as Arc<dyn Health>);
            let stop = stop.clone();
            parts.start("metrics", async move {
                if let Err(error) = web::operations::serve(listener, operations, stop).await {
                    tracing::error!(%error, "the metrics listener failed");
                }
            });
        }
        parts
    }
}

// Search files that stand still would be found by nobody until the disk is full.
async fn journal(data: Data, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = data.search.ended() => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

pub(crate) async fn start_pool(config: &Config, signatures: &SignatureSet) -> anyhow::Result<Pool> {
    let workers = match config.values.scan.workers {
        0 => crate::cores().max(2),
        workers => workers,
    };
    let settings = worker::PoolSettings {
        command: worker_program(),
        args: vec!["unpack-worker".to_owned(), crate::sandbox_word(config.values.process.sandbox).to_owned()],
        workers,
        sandbox: crate::sandbox(config.values.process.sandbox),
        signatures: signatures.for_workers.clone(),
        // What came out of messages may take as much again as they do.
        files_held_bytes_max: message_memory(config),
    };
    Ok(Pool::start(settings).await?)
}

// Bytes.
fn message_memory(config: &Config) -> u64 {
    match config.values.limits.message_memory_bytes {
        0 => Memory::usual_bytes(),
        bytes => bytes,
    }
}

/// Signatures of the configuration, and of these files, compiled off the runtime.
pub(crate) async fn load_signatures(
    config: &Config,
    more: &[PathBuf],
    occasion: Occasion,
) -> Result<SignatureSet, Fault> {
    let (typed, more) = (config.values.signatures.clone(), more.to_owned());
    let loaded = tokio::task::spawn_blocking(move || crate::signatures::load(&typed, &more, occasion)).await;
    let set = loaded.map_err(|error| Fault::unavailable(format!("signatures: {error}"), ""))??;
    tracing::debug!(rules = set.rules, lists = set.lists.len(), version = set.version, "signatures compiled");
    Ok(set)
}

/// The program of the workers: this very one, even when another has been put into its place since it was started.
pub(crate) fn worker_program() -> PathBuf {
    // A test puts a hostile one there; what is shipped has no such door.
    #[cfg(debug_assertions)]
    if let Some(program) = std::env::var_os("POSTERN_TEST_WORKER") {
        return program.into();
    }
    "/proc/self/exe".into()
}

fn start_queue(
    (config, settings): (&Config, &Settings),
    data: &Data,
    dns: &Arc<Dns>,
    (clock, paused): (&Arc<dyn Clock>, &Arc<KeptPaused>),
    memory: Memory,
) -> anyhow::Result<(Arc<Smtp>, Arc<Queue>)> {
    let hostname = config.values.hostname.clone();
    let tls = net::tls::opportunistic_client_config()?;
    let smtp = Smtp::new(data.mails.clone(), Arc::clone(dns), tls, Arc::clone(clock), (hostname.clone(), memory));
    let queue = Queue::new(scheduler::Parts {
        mails: data.mails.clone(),
        clock: Arc::clone(clock),
        deliver: smtp.clone(),
        routes: settings.routes.clone(),
        paused: Arc::clone(paused.in_force()),
        hostname,
        concurrency: Concurrency {
            per_destination_max: config.values.limits.deliveries_per_destination_max,
            total_max: DELIVERIES_MAX,
        },
    });
    Ok((smtp, queue))
}

/// The stations of the line for these settings.
pub(crate) fn stations(
    (config, settings): (&Config, &Settings),
    signatures: &SignatureSet,
    (dns, pool): (&Arc<Dns>, &Arc<Pool>),
    (clock, outside): (&Arc<dyn Clock>, Outside),
) -> Stations {
    Stations {
        opener: pool.clone(),
        aside: Aside::new(crate::cores()),
        file_checks: outside.file_checks,
        pictures: outside.pictures,
        dns: Some(Arc::clone(dns)),
        sources: Arc::new(Sources::new(&crate::sources(config))),
        clock: Arc::clone(clock),
        knowledge: Arc::clone(&settings.knowledge),
        in_force: settings.in_force.clone(),
        questions: Stations::questions_of(&settings.in_force),
        known_files: Arc::clone(&signatures.lists),
        versions: Arc::new(Versions { signatures: signatures.version.clone(), ..settings.versions.clone() }),
    }
}
