//! `postern serve`: the gateway proper.

use std::sync::Arc;

use clap::Args;
use metrics_exporter_prometheus::PrometheusHandle;
use net::listen;
use tokio::net::UnixListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::output::{counted, note};
use super::{Global, configuration};
use crate::config::{Config, ConfigError, Origin};
use crate::control::protocol::{Fault, exit};
use crate::control::server;
use crate::data::Data;
use crate::gateway::{Bound, Gateway, Pem, Sockets};
use crate::settings::{self, Settings};
use crate::{logging, privileges};

#[derive(Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(global: &Global, _arguments: &Arguments) -> Result<u8, Fault> {
    let config = configuration(global)?;
    let settings = settings::in_force(&config)?;
    if config.origin == Origin::Defaults {
        say_assumptions(&config);
    }
    logging::start(&config.values.log);
    if settings.domains.all().is_empty() {
        note("No domain is configured: until one is, all mail from the Internet is refused, for now only (451 4.3.0).");
        tracing::warn!(event = "no_domain", "no domain is configured: inbound mail gets 451");
    }
    for warning in &settings.warnings {
        tracing::warn!(warning, "settings");
    }
    let user = config.values.process.user.clone();
    let account = if privileges::is_root() { Some(privileges::account(&user)?) } else { None };
    run_as(config, settings, account)
}

/// Binds, drops privileges, runs until a signal. The order matters: see `privileges`.
pub(crate) fn run_as(config: Config, settings: Settings, account: Option<privileges::Account>) -> Result<u8, Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    privileges::keep_to_ourselves();
    let pem = Pem::of_files(&config)?;
    pem.as_ref().map_or(Ok(()), Pem::check)?;
    let bound = bind(&config)?;
    if let Some(account) = account {
        privileges::give(&config.values.data, account)?;
        privileges::become_account(account)?;
    }
    privileges::close_to_others(&config.values.data)?;
    privileges::lock_down()?;
    let descriptors_max = privileges::raise_descriptors()?;
    tracing::info!(event = "starting", descriptors_max, version = env!("CARGO_PKG_VERSION"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.into()))?;
    let result = runtime.block_on(serve(config, settings, pem, bound));
    // Nothing is left to do after a drain, and at the second signal nothing is waited for.
    runtime.shutdown_background();
    result.map(|()| exit::OK)
}

// A runtime only for the sake of binding: the real one starts when privileges are gone, so that none of its threads ever
// had any.
pub(super) fn bind(config: &Config) -> Result<Bound, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Fault::unavailable(format!("no runtime: {error}"), ""))?;
    let _entered = runtime.enter();
    Bound::bind(config)
}

/// A gateway that is wired and does not run yet.
struct Ready {
    gateway: Arc<Gateway>,
    sockets: Sockets,
    control: UnixListener,
    metrics: Option<PrometheusHandle>,
}

async fn serve(config: Config, settings: Settings, pem: Option<Pem>, bound: Bound) -> Result<(), Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    // Before the data folder is opened: recovery may last, and a signal must not be what its default is.
    let mut signals = Signals::register().map_err(|error| failed(error.into()))?;
    let (addresses, socket) = (bound.addresses(), config.values.data.join("control.sock"));
    tracing::info!(event = "opening", data = %config.values.data.display());
    let ready = tokio::select! {
        ready = ready(config, settings, pem, bound) => ready?,
        () = signals.stop() => {
            tracing::info!(event = "stopped");
            return Ok(());
        }
    };
    let Ready { gateway, sockets, control, metrics } = ready;
    let (stop, stopped) = watch::channel(false);
    tracing::info!(event = "ready", listen = ?addresses, version = env!("CARGO_PKG_VERSION"));
    listen::notify_ready();
    let result = tokio::select! {
        result = Arc::clone(&gateway).run(sockets, control, metrics, stopped) => result.map_err(failed),
        () = obey(signals, &gateway, &stop) => {
            // The lock is ours until the process has ended.
            drop(std::fs::remove_file(socket));
            Err(Fault::unavailable("ended before sessions and deliveries did; what was acknowledged is kept", ""))
        }
    };
    tracing::info!(event = "stopped");
    result
}

async fn ready(config: Config, settings: Settings, pem: Option<Pem>, bound: Bound) -> Result<Ready, Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    let metrics = web::operations::install_recorder().ok();
    let data = Data::open(&config.values.data).await.map_err(|error| crate::data::fault(error, &config.values.data))?;
    let control = server::bind(&config.values.data).map_err(|error| failed(error.into()))?;
    let dns = crate::resolver(&config).map_err(|error| failed(error.into()))?;
    let sockets = bound.into_sockets().map_err(|error| failed(error.into()))?;
    let gateway = Gateway::assemble(config, settings, pem, (data, dns)).await.map_err(not_assembled)?;
    Ok(Ready { gateway, sockets, control, metrics })
}

// A rule or file that is wrong stays wrong: what starts us again and again must know that from a disk that may come back.
fn not_assembled(error: anyhow::Error) -> Fault {
    let error = match error.downcast::<Fault>() {
        Ok(fault) => return fault,
        Err(error) => error,
    };
    match error.downcast::<ConfigError>() {
        Ok(error) => error.into(),
        Err(error) => Fault::unavailable(format!("{error:#}"), ""),
    }
}

/// The signals that the gateway obeys.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn register() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    // SIGTERM or SIGINT.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

// SIGHUP reloads, the first SIGTERM or SIGINT drains; at the second this returns.
async fn obey(mut signals: Signals, gateway: &Gateway, stop: &watch::Sender<bool>) {
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => break,
            _ = signals.interrupt.recv() => break,
            _ = signals.hangup.recv() => {
                listen::notify_reloading();
                match gateway.reload().await {
                    Ok(text) => tracing::info!(event = "reload", result = text),
                    Err(fault) => tracing::error!(event = "reload_refused", error = fault.message, hint = fault.hint),
                }
                listen::notify_ready();
            }
        }
    }
    let sessions = counted(u64::from(gateway.open_sessions()), "session");
    tracing::info!(event = "stopping", "draining: {sessions}; Ctrl-C again ends at once");
    listen::notify_stopping();
    // Nobody listens any more only when the gateway has ended by itself.
    let _ = stop.send(true);
    signals.stop().await;
}

fn say_assumptions(config: &Config) {
    note("No configuration file: started on the embedded defaults (postern config default prints them).");
    note(&format!("  hostname  {}", config.values.hostname));
    note(&format!(
        "  listen    {}",
        config.values.inbound.listen.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    ));
    note(&format!("  data      {}", config.values.data.display()));
    note(&format!("  settings  {}", config.values.settings.display()));
    note("`postern init` writes a configuration for your domain.");
}
