//! A command without a running daemon: takes the lock, opens the store, answers with the same handlers, closes.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use net::clock::{Clock, SystemClock};
use pipeline::rejudge::opening::Bench;
use pipeline::trace_fields::Identity;
use store::StoreError;
use store::memory::Memory;
use worker::Pool;

use crate::config::Config;
use crate::control::handlers::{self, Handlers};
use crate::control::protocol::{Answer, Fault, Request};
use crate::data::Data;
use crate::gateway;
use crate::paused::KeptPaused;
use crate::privileges;
use crate::scanners::{Means, Outside};
use crate::settings::Settings;
use crate::signatures::SignatureSet;

/// What a request needs beside the store; read before, since the folder's owner may not be allowed to.
#[derive(Default)]
pub(crate) struct Needs {
    /// Settings.
    pub(crate) settings: Option<Settings>,
    /// For judging: configuration and signatures.
    pub(crate) judging: Option<(Config, SignatureSet)>,
}

/// Answers a request; none if somebody else has the data folder by now.
pub(crate) fn answer(folder: &Path, needs: Needs, request: Request) -> Result<Option<Answer>, Fault> {
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
    runtime.block_on(answer_with_store(folder, needs, request, &by))
}

async fn answer_with_store(folder: &Path, needs: Needs, request: Request, by: &str) -> Result<Option<Answer>, Fault> {
    let data = match Data::open_now(folder).await {
        Err(StoreError::Locked(_)) => return Ok(None),
        opened => opened.map_err(|error| crate::data::fault(error, folder))?,
    };
    let Needs { settings, judging } = needs;
    let judging = match (&settings, &judging) {
        (Some(settings), Some((config, signatures))) => Some(bench(&data, (config, settings), signatures).await?),
        _ => None,
    };
    let (bench, pool) = judging.unzip();
    let handlers = Handlers {
        mails: data.mails.clone(),
        journal: data.search.clone(),
        quarantine: data.search.clone(),
        documents: data.site.clone(),
        clock: Arc::new(SystemClock::new()),
        site: data.site.clone(),
        bench,
        daemon: None,
        current: settings.map(|settings| Arc::new(ArcSwap::from_pointee(settings.in_force))),
        paused: KeptPaused::load(data.site.clone()).await?,
    };
    let answer = handlers::answer(&handlers, request, by).await;
    if let Some(pool) = pool {
        pool.stop().await;
    }
    data.close().await;
    Ok(Some(answer))
}

// What judges, with workers of its own.
async fn bench(
    data: &Data,
    (config, settings): (&Config, &Settings),
    signatures: &SignatureSet,
) -> Result<(Bench, Arc<Pool>), Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::unavailable(error.to_string(), "");
    let pool = gateway::start_pool(config, signatures).await.map_err(|error| failed(&format!("{error:#}")))?;
    let (pool, dns) = (Arc::new(pool), Arc::new(crate::resolver(config).map_err(|error| failed(&error))?));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    data.remember(settings).await?;
    let outside = Outside::of(config, &Means { dns: &dns, clock: &clock })?;
    let bench = Bench {
        stations: Arc::new(gateway::stations((config, settings), signatures, (&dns, &pool), (&clock, outside))),
        memory: Memory::new(Memory::usual_bytes()),
        identity: Identity { hostname: config.values.hostname.clone(), hop: data.mails.node().to_owned() },
    };
    Ok((bench, pool))
}
