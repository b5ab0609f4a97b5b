//! One worker of the quick lane that is ready when another ends: a worker that is killed costs nobody the start of the next.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::lane::Lane;
use crate::limits::{START_PAUSE_MAX, START_PAUSE_MIN};
use crate::pool::shared::Shared;
use crate::process::Worker;

/// The next one that is of the present generation; `None`: there will be none.
pub(super) async fn next(shared: &Shared) -> Option<Worker> {
    loop {
        if let Some(worker) = shared.take_fresh().await {
            return Some(worker);
        }
        let worker = shared.spare.lock().await.recv().await?;
        if !shared.is_stale(&worker) {
            return Some(worker);
        }
        shared.end(worker).await;
    }
}

/// Keeps one ready in the channel.
pub(super) async fn keep(shared: Arc<Shared>, spares: mpsc::Sender<Worker>, mut stop: watch::Receiver<bool>) {
    let mut pause = START_PAUSE_MIN;
    let mut generations = shared.generations();
    loop {
        let room = tokio::select! {
            room = spares.reserve() => room.ok(),
            _ = generations.changed() => None,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some(room) = room else {
            shared.end_stale_spare().await;
            continue;
        };
        match shared.start_worker(Lane::Quick).await {
            // Others have come into force while it started.
            Ok(worker) if shared.is_stale(&worker) => shared.end(worker).await,
            Ok(worker) => {
                pause = START_PAUSE_MIN;
                room.send(worker);
            }
            Err(error) => {
                tracing::error!(%error, "no spare worker");
                metrics::counter!("postern_worker_start_failures_total").increment(1);
                tokio::select! {
                    () = sleep(pause) => {}
                    _ = stop.wait_for(|stop| *stop) => break,
                }
                pause = pause.saturating_mul(2).min(START_PAUSE_MAX);
            }
        }
    }
    // What waits in the channel ends as the others do.
    drop(spares);
    while let Some(worker) = next(&shared).await {
        shared.end(worker).await;
    }
}
