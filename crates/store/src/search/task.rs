//! Follows the log: reads what is new, has it written, and says how far that is durable.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::writer::{Absorbed, Writer};
use crate::error::StoreError;
use crate::log::feed::Feed;

/// Records of one transaction.
const BATCH_RECORDS_MAX: usize = 1_024;
/// How long new records may gather before they are written, unless somebody waits for them: a transaction for each would
/// cost more than the records.
const GATHER: Duration = Duration::from_millis(100);
/// Records after which the files are synced and the log may drop segments.
const SYNC_RECORDS: u64 = 20_000;
/// Time after which they are synced anyway.
const SYNC_AFTER: Duration = Duration::from_secs(5);
/// Pause after trouble with the disk.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How far the files are, for those who wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// Everything up to here can be found.
    pub(super) position: u64,
    /// Times that writing failed.
    pub(super) failures: u64,
    /// The last failure.
    pub(super) trouble: Option<StoreError>,
    /// No more will come.
    pub(super) ended: bool,
}

/// Shared by the task and those who wait for it.
#[derive(Debug)]
pub(super) struct Link {
    /// The writer; none once closed.
    pub(super) writer: Mutex<Option<Writer>>,
    /// How far it is.
    pub(super) progress: watch::Sender<Progress>,
    /// Somebody waits: do not gather.
    pub(super) hurry: Notify,
    /// Write what is there, sync, end.
    pub(super) stop: Notify,
}

impl Link {
    /// A file was set aside: what the log still has is read again, at once.
    pub(super) fn goes_back_to(&self, position: u64) {
        self.progress.send_modify(|progress| progress.position = position);
        self.hurry.notify_one();
    }
}

/// Runs until it is stopped.
pub(super) async fn run(link: Arc<Link>, feed: Arc<dyn Feed>) {
    let _ending = Ending(Arc::clone(&link));
    let mut unsynced = 0_u64;
    if let Some(writer) = link.writer.lock().await.as_ref() {
        feed.set_absorbed(writer.position());
    }
    let mut ticks = interval(SYNC_AFTER);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let pause = match step(&link, feed.as_ref(), &mut unsynced).await {
            Ok(More::Maybe) => continue,
            Ok(More::No) => None,
            Err(error) => {
                tracing::error!(stage = "store", %error, "the journal cannot be written; the log keeps what is missing");
                link.progress.send_modify(|progress| {
                    progress.failures += 1;
                    progress.trouble = Some(error);
                });
                Some(RETRY_AFTER)
            }
        };
        let news = async {
            match pause {
                Some(pause) => sleep(pause).await,
                None => {
                    feed.changed().await;
                    sleep(GATHER).await;
                }
            }
        };
        tokio::select! {
            () = link.stop.notified() => break,
            () = link.hurry.notified() => {}
            () = news => {}
            _ = ticks.tick() => if unsynced > 0 {
                sync(&link, feed.as_ref(), &mut unsynced).await;
            }
        }
    }
    end(&link, feed.as_ref(), &mut unsynced).await;
}

/// Whether the log may have more at once.
enum More {
    Maybe,
    No,
}

/// Reads one batch and writes it.
async fn step(link: &Link, feed: &dyn Feed, unsynced: &mut u64) -> Result<More, StoreError> {
    let mut guard = link.writer.lock().await;
    let writer = guard.as_mut().ok_or(StoreError::Closed)?;
    let newest = feed.last_sequence();
    let records = feed.read_from(writer.position(), BATCH_RECORDS_MAX).await?;
    let count = records.len();
    *unsynced = unsynced.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    let mut more = if count == 0 { More::No } else { More::Maybe };
    if let Absorbed::Again = writer.absorb(records).await? {
        tracing::warn!(stage = "store", "the journal reads the log again from its beginning");
    } else if writer.position() >= newest {
        // What came while this was written may gather first.
        more = More::No;
    }
    let position = writer.position();
    link.progress.send_modify(|progress| progress.position = position);
    drop(guard);
    if *unsynced >= SYNC_RECORDS {
        sync(link, feed, unsynced).await;
    }
    Ok(more)
}

async fn sync(link: &Link, feed: &dyn Feed, unsynced: &mut u64) {
    let mut guard = link.writer.lock().await;
    let Some(writer) = guard.as_mut() else { return };
    match writer.sync().await {
        Ok(position) => {
            *unsynced = 0;
            feed.set_absorbed(position);
        }
        Err(error) => {
            tracing::error!(stage = "store", %error, "the journal cannot be synced; the log keeps its segments")
        }
    }
}

/// Writes what is there and closes the files.
async fn end(link: &Link, feed: &dyn Feed, unsynced: &mut u64) {
    while let Ok(More::Maybe) = step(link, feed, unsynced).await {}
    if let Some(writer) = link.writer.lock().await.take() {
        match writer.close().await {
            Ok(position) => feed.set_absorbed(position),
            Err(error) => {
                tracing::error!(stage = "store", %error, "the journal was not closed cleanly; it catches up at the next start")
            }
        }
    }
}

/// Tells who waits that no more will come, however the task ends.
struct Ending(Arc<Link>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.progress.send_modify(|progress| progress.ended = true);
    }
}
