//! A command without a running daemon: takes the lock, opens the store, answers with the same handlers, closes.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use net::clock::SystemClock;
use store::StoreError;

use crate::control::handlers::{self, Handlers};
use crate::control::protocol::{Answer, Fault, Request};
use crate::data::Data;
use crate::paused::KeptPaused;
use crate::privileges;
use crate::settings::Settings;

/// Answers a request; none if somebody else has the data folder by now.
///
/// The settings, where the request needs them, were read before: the folder's owner may not be allowed to.
pub(crate) fn answer(folder: &Path, settings: Option<Settings>, request: Request) -> Result<Option<Answer>, Fault> {
    if !folder.join("manifest.toml").exists() {
        let message = format!("there is no data folder {}", folder.display());
        return Err(Fault::unavailable(message, "`postern serve` makes it; or name another with --data"));
    }
    // Whoever it is becomes the owner of the folder below.
    let by = privileges::user_name(rustix::process::getuid().as_raw());
    privileges::keep_to_ourselves();
    // What root writes here, the daemon's user could not open any more.
    privileges::become_owner(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Fault::unavailable(format!("no runtime: {error}"), ""))?;
    runtime.block_on(answer_with_store(folder, settings, request, &by))
}

async fn answer_with_store(
    folder: &Path,
    settings: Option<Settings>,
    request: Request,
    by: &str,
) -> Result<Option<Answer>, Fault> {
    let data = match Data::open_now(folder).await {
        Err(StoreError::Locked(_)) => return Ok(None),
        opened => opened.map_err(|error| crate::data::fault(error, folder))?,
    };
    let handlers = Handlers {
        mails: data.mails.clone(),
        journal: data.search.clone(),
        quarantine: data.search.clone(),
        documents: data.site.clone(),
        clock: Arc::new(SystemClock::new()),
        daemon: None,
        current: settings.map(|settings| Arc::new(ArcSwap::from_pointee(settings.in_force))),
        paused: KeptPaused::load(data.site.clone()).await?,
    };
    let answer = handlers::answer(&handlers, request, by).await;
    data.close().await;
    Ok(Some(answer))
}
