//! The running gateway: everything wired, started, reloaded, stopped. The only place that knows all parts.

mod listeners;
mod reload;
mod tls;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use lookup::Sources;
use net::clock::{Clock, SystemClock};
use net::dns::Dns;
use net::tls::ServerCertificate;
use pipeline::line::{Line, LineSettings};
use pipeline::rejudge;
use pipeline::stations::Stations;
use pipeline::trace_fields::Identity;
use queue::delivery::Smtp;
use queue::probe::Probe;
use queue::scheduler::{Concurrency, Parts, Queue};
use store::memory::Memory;
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use worker::Pool;

use crate::config::Config;
use crate::control::handlers::Handlers;
use crate::control::server;
use crate::data::Data;
use crate::paused::KeptPaused;
use crate::session::{Front, FrontParts, RecipientCheck};
use crate::settings::Settings;
pub(crate) use listeners::{Bound, Sockets};
pub(crate) use tls::Pem;

/// Deliveries at a time, all destinations together.
const DELIVERIES_MAX: usize = 500;
/// Time that sessions and deliveries have to end after a stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// The parts of a running gateway.
pub(crate) struct Gateway {
    config: ArcSwap<Config>,
    /// What runs until the next start, whatever is read meanwhile.
    started: Config,
    reloading: tokio::sync::Mutex<()>,
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
}

impl Gateway {
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
        let pool = Arc::new(start_pool(&config).await?);
        let paused = KeptPaused::load(data.site.clone()).await?;
        let memory = Memory::new(match config.values.limits.message_memory_bytes {
            0 => Memory::usual_bytes(),
            bytes => bytes,
        });
        let (smtp, queue) = start_queue((&config, &settings), &data, &dns, (&clock, &paused), memory.clone())?;
        let current = Arc::new(ArcSwap::from_pointee(settings.in_force.clone()));
        let stations = stations(&config, &settings, (&dns, &pool), &clock);
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
        let reloading = tokio::sync::Mutex::new(());
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
            daemon: Some(Arc::new(reload::Running(Arc::clone(self)))),
            current: Some(Arc::clone(&self.current)),
            paused: Arc::clone(&self.paused),
        }
    }

    /// Runs until `stop` says true; then drains: sessions finish or end with 421, deliveries finish, nothing is lost.
    pub(crate) async fn run(
        self: Arc<Self>,
        sockets: Sockets,
        control: UnixListener,
        metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
        stop: watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        // Sessions stop first; what they still accept must find the queue running.
        let (stop_rest, rest) = watch::channel(false);
        let mut background = JoinSet::new();
        background.spawn(Arc::clone(&self.queue).run(rest.clone()));
        background.spawn(Arc::clone(&self.smtp).sweep(rest.clone()));
        background.spawn(rejudge::run(Arc::clone(&self.line), Arc::clone(&self.clock), rest.clone()));
        background.spawn(upkeep::run(self.data.clone(), Arc::clone(&self.clock), rest.clone()));
        background.spawn(server::serve(control, self.handlers(), rest.clone()));
        if let (Some(listener), Some(metrics)) = (sockets.http, metrics) {
            let operations = web::operations::Operations::new(self.data.mails.clone(), metrics);
            let rest = rest.clone();
            background.spawn(async move {
                if let Err(error) = web::operations::serve(listener, operations, rest).await {
                    tracing::error!(%error, "the metrics listener failed");
                }
            });
        }
        let accepting = listeners::accept_all(sockets.smtp, Arc::clone(&self.front), stop, DRAIN_TIMEOUT);
        let failed = tokio::select! {
            () = accepting => false,
            // None of them ends by itself: limping on without one would be worse than a restart.
            _ = background.join_next() => true,
        };
        // Whoever does not listen any more has ended already.
        let _ = stop_rest.send(true);
        let drained = tokio::time::timeout(DRAIN_TIMEOUT, async { while background.join_next().await.is_some() {} });
        if drained.await.is_err() {
            tracing::warn!("some deliveries did not end in time; they will be tried again");
        }
        background.shutdown().await;
        self.pool.stop().await;
        self.data.close().await;
        anyhow::ensure!(!failed, "a part of the gateway ended unexpectedly; what was acknowledged is kept");
        Ok(())
    }
}

pub(crate) async fn start_pool(config: &Config) -> anyhow::Result<Pool> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let workers = match config.values.scan.workers {
        0 => cores.max(2),
        workers => workers,
    };
    let settings = worker::PoolSettings {
        command: std::env::current_exe()?,
        args: vec!["unpack-worker".to_owned(), crate::sandbox_word(config.values.process.sandbox).to_owned()],
        workers,
        sandbox: crate::sandbox(config.values.process.sandbox),
    };
    Ok(Pool::start(settings).await?)
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
    let queue = Queue::new(Parts {
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
fn stations(
    config: &Config,
    settings: &Settings,
    (dns, pool): (&Arc<Dns>, &Arc<Pool>),
    clock: &Arc<dyn Clock>,
) -> Stations {
    Stations {
        opener: pool.clone(),
        dns: Some(Arc::clone(dns)),
        sources: Arc::new(Sources::new(&crate::sources(config))),
        clock: Arc::clone(clock),
        knowledge: Arc::clone(&settings.knowledge),
        in_force: settings.in_force.clone(),
        questions: Stations::questions_of(&settings.in_force),
        versions: Arc::new(settings.versions.clone()),
    }
}
