//! A command without a running daemon: takes the lock, opens the store, answers with the same handlers, closes.

use std::sync::Arc;

use arc_swap::ArcSwap;
use net::clock::SystemClock;
use store::StoreError;

use crate::config::Config;
use crate::control::handlers::{self, Handlers};
use crate::control::protocol::{Answer, Fault, Request};
use crate::data::Data;
use crate::paused::KeptPaused;
use crate::settings;

/// Answers a request; none if somebody else has the data folder by now.
pub(crate) fn answer(config: &Config, request: Request) -> Result<Option<Answer>, Fault> {
    if !config.values.data.join("manifest.toml").exists() {
        let message = format!("there is no data folder {}", config.values.data.display());
        return Err(Fault::unavailable(message, "`postern serve` makes it; or name another with --data"));
    }
    crate::privileges::keep_to_ourselves();
    // What root writes here, the daemon's user could not open any more.
    crate::privileges::become_owner(&config.values.data).map_err(|error| Fault::unavailable(error.to_string(), ""))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Fault::unavailable(format!("no runtime: {error}"), ""))?;
    runtime.block_on(answer_with_store(config, request))
}

async fn answer_with_store(config: &Config, request: Request) -> Result<Option<Answer>, Fault> {
    let settings = settings::load(&config.values.settings)
        .map_err(|error| Fault::usage(format!("{}: {}", error.place, error.reason), error.hint))?;
    let data = match Data::open_now(&config.values.data).await {
        Err(StoreError::Locked(_)) => return Ok(None),
        opened => opened?,
    };
    let handlers = Handlers {
        mails: data.mails.clone(),
        journal: data.search.clone(),
        quarantine: data.search.clone(),
        documents: data.site.clone(),
        clock: Arc::new(SystemClock::new()),
        daemon: None,
        current: Arc::new(ArcSwap::from_pointee(settings.in_force)),
        paused: KeptPaused::load(data.site.clone()).await?,
    };
    let answer = handlers::answer(&handlers, request).await;
    data.close().await;
    Ok(Some(answer))
}
