//! `postern serve`: the gateway proper.

use clap::Args;
use net::listen;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::output::note;
use super::{Global, configuration};
use crate::config::Config;
use crate::control::protocol::{Fault, exit};
use crate::control::server;
use crate::data::Data;
use crate::gateway::{Bound, Gateway, Pem};
use crate::settings::{self, Settings};
use crate::{logging, privileges};

#[derive(Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(global: &Global, _arguments: &Arguments) -> Result<u8, Fault> {
    let config = configuration(global)?;
    if config.file.is_none() {
        say_assumptions(&config);
    }
    let settings = settings::load(&config.values.settings)?;
    logging::start(&config.values.log);
    for warning in &settings.warnings {
        tracing::warn!(warning, "policy");
    }
    let user = config.values.process.user.clone();
    let account = if privileges::is_root() {
        Some(privileges::account(&user).map_err(|error| Fault::usage(error.to_string(), ""))?)
    } else {
        None
    };
    run_as(config, settings, account)
}

/// Binds, drops privileges, runs until a signal. The order matters: see `privileges`.
pub(crate) fn run_as(config: Config, settings: Settings, account: Option<privileges::Account>) -> Result<u8, Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    privileges::keep_to_ourselves();
    let pem = Pem::of_files(&config)?;
    let bound = bind(&config).map_err(failed)?;
    if let Some(account) = account {
        privileges::give(&config.values.data, account).map_err(|error| failed(error.into()))?;
        privileges::become_account(account).map_err(|error| failed(error.into()))?;
    }
    privileges::lock_down().map_err(|error| failed(error.into()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.into()))?;
    runtime.block_on(serve(config, settings, pem, bound))?;
    Ok(exit::OK)
}

// A runtime only for the sake of binding: the real one starts when privileges are gone, so that none of its threads ever
// had any.
fn bind(config: &Config) -> anyhow::Result<Bound> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    Bound::bind(config)
}

async fn serve(config: Config, settings: Settings, pem: Option<Pem>, bound: Bound) -> Result<(), Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    let metrics = web::operations::install_recorder().ok();
    let data = Data::open(&config.values.data).await?;
    let control = server::bind(&config.values.data).map_err(|error| failed(error.into()))?;
    let dns = crate::resolver(&config).map_err(|error| failed(error.into()))?;
    let addresses = bound.addresses();
    let sockets = bound.into_sockets().map_err(|error| failed(error.into()))?;
    let socket = config.values.data.join("control.sock");
    let gateway = Gateway::assemble(config, settings, pem, (data, dns)).await.map_err(failed)?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(obey_signals(std::sync::Arc::clone(&gateway), stop));
    tracing::info!(event = "ready", listen = ?addresses, version = env!("CARGO_PKG_VERSION"));
    listen::notify_ready();
    let result = gateway.run(sockets, control, metrics, stopped).await.map_err(failed);
    // The next start makes it anew.
    drop(std::fs::remove_file(socket));
    tracing::info!(event = "stopped");
    result
}

// SIGTERM and SIGINT drain, SIGHUP reloads.
async fn obey_signals(gateway: std::sync::Arc<Gateway>, stop: watch::Sender<bool>) {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()));
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = signals else {
        tracing::error!("signals cannot be received");
        return;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => {
                listen::notify_reloading();
                match gateway.reload().await {
                    Ok(text) => tracing::info!(event = "reload", result = text),
                    Err(fault) => tracing::error!(event = "reload_refused", error = fault.message, hint = fault.hint),
                }
                listen::notify_ready();
            }
        }
    }
    tracing::info!(event = "stopping");
    listen::notify_stopping();
    // Nobody listens any more only when the gateway has ended by itself.
    let _ = stop.send(true);
}

fn say_assumptions(config: &Config) {
    note("No configuration file: started on the embedded defaults (postern config default prints them).");
    note(&format!("  hostname  {}", config.values.hostname));
    note(&format!(
        "  listen    {}",
        config.values.inbound.listen.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    ));
    note(&format!("  data      {}", config.values.data.display()));
    note(&format!("  settings  {} (without domains.toml no domain is relayed for)", config.values.settings.display()));
    note("`postern init` writes a configuration for your domain.");
}
