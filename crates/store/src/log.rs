//! The log: append-only segments, one record a mail, one flush for all who wait.
//!
//! [`writer`] is the one thread that writes; [`keeper`] prepares segments and takes them back; [`recover`] reads all at
//! start. A failed flush closes the log for good: what the kernel does with such pages nobody knows. A full disk does not.

mod aside;
mod compact;
mod entry;
pub mod feed;
pub mod hostile;
mod keeper;
mod mail;
mod queue;
mod read;
mod recent;
mod recover;
mod replay;
mod scan;
mod segment;
pub(crate) mod upkeep;
mod writer;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Notify, oneshot};

pub(crate) use self::aside::Aside;
use self::entry::Head;
pub(crate) use self::entry::{Kind, Mark, Payload, decode_records};
use self::queue::Queue;
pub(crate) use self::queue::{Answer, Append};
pub(crate) use self::read::ReadFault;
use self::recent::Recent;
pub(crate) use self::segment::trouble;
use self::segment::{Segment, Segments};
use crate::bodies::Bodies;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::index::Index;

/// The log of one data folder with its two threads.
pub struct Log {
    pub(crate) core: Arc<Core>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the threads and the callers share.
pub(crate) struct Core {
    pub(crate) mark: Mark,
    pub(crate) index: Mutex<Index>,
    pub(crate) bodies: Bodies,
    pub(crate) aside: Aside,
    /// Told whenever changes came to an end.
    pub(crate) settled: Notify,
    queue: Queue,
    segments: Segments,
    open: RwLock<BTreeMap<u64, Arc<Segment>>>,
    recent: Mutex<Recent>,
    cursor: Mutex<read::Cursor>,
    durable: AtomicU64,
    visible: AtomicU64,
    absorbed: AtomicU64,
    changed: Notify,
    failed: RwLock<Option<String>>,
    keeper: keeper::Bell,
    compacting: Mutex<()>,
    owing: AtomicBool,
    body_files_done: Mutex<Vec<(u64, String)>>,
}

impl Log {
    /// Reads the log of a folder and starts its threads. The folders are there and nobody else has them open.
    pub(crate) fn open(disk: Arc<dyn Disk>, folder: &Path, mark: Mark, segment_bytes: u64) -> Result<Self, StoreError> {
        let (core, next_sequence) = recover::recover(disk, folder, mark, segment_bytes)?;
        let core = Arc::new(core);
        let writer = writer::Writer::new(Arc::clone(&core), next_sequence);
        let mut threads = vec![start("postern-log", &core, move || writer.run())?];
        let keeper = Arc::clone(&core);
        threads.push(start("postern-keeper", &core, move || keeper::run(&keeper))?);
        Ok(Self { core, threads: Mutex::new(threads) })
    }

    /// Everything up to this sequence survives power loss.
    #[must_use]
    pub fn durable_sequence(&self) -> u64 {
        self.core.durable_sequence()
    }

    /// Takes back the segments that nothing needs any more, as the keeper does by itself, and says how many. Blocks: on a
    /// thread of a runtime use [`crate::backends::embedded::Embedded::compact`].
    pub fn compact(&self) -> usize {
        compact::pass(&self.core)
    }

    /// Writes what waits, flushes, ends the threads. Blocks. A second call does nothing.
    pub fn close(&self) {
        let threads = std::mem::take(&mut *self.threads.lock());
        self.core.keeper.close();
        self.core.queue.close();
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the log panicked");
            }
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
    }
}

impl Core {
    /// Hands an entry to the writer. Called with the index locked where the order of changes matters.
    pub(crate) fn append(&self, append: Append) -> Result<(), (Box<Append>, StoreError)> {
        if append.payload.stored() > self.segments.entry_bytes_max() {
            return Err((Box::new(append), StoreError::TooLarge("a mail with its record")));
        }
        self.queue.push(append).map_err(|append| (append, StoreError::Closed))
    }

    /// Appends and waits.
    pub(crate) async fn append_and_wait(&self, mut append: Append) -> Result<(), StoreError> {
        let (done, answer) = oneshot::channel();
        append.done = Some(done);
        self.append(append).map_err(|(_, error)| error)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(crate) fn durable_sequence(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// The answer to everything once a write or flush has failed.
    pub(crate) fn failure(&self) -> Option<StoreError> {
        self.failed.read().clone().map(StoreError::Failed)
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.failed.read().is_some()
    }

    /// Closes the log for good.
    pub(crate) fn fail(&self, what: &str, error: &io::Error) -> StoreError {
        let text = format!("{what}: {error}");
        let mut failed = self.failed.write();
        if failed.is_none() {
            tracing::error!(what, %error, "the disk failed: the log is closed until the next start");
            metrics::counter!("postern_log_failures_total").increment(1);
            *failed = Some(text.clone());
        }
        StoreError::Failed(failed.clone().unwrap_or(text))
    }

    fn now_durable(&self, sequence: u64) {
        self.durable.store(sequence, Ordering::Release);
        if !self.body_files_done.lock().is_empty() {
            self.wake_keeper();
        }
    }

    fn body_goes(&self, sequence: u64, name: String) {
        self.body_files_done.lock().push((sequence, name));
    }

    fn wake_keeper(&self) {
        self.keeper.ring();
    }

    /// New records for who follows the log.
    fn publish(&self, news: Vec<(Head, Bytes)>) {
        let Some(last) = news.last().map(|(head, _)| head.last_sequence()) else { return };
        let mut recent = self.recent.lock();
        for (head, fields) in news {
            recent.push(head, fields);
        }
        drop(recent);
        self.visible.store(last, Ordering::Release);
        self.changed.notify_one();
    }
}

fn start(name: &str, core: &Arc<Core>, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let alarm = Alarm { thread: name.to_owned(), core: Arc::clone(core) };
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Moved in whole, so that it hears of a panic.
        let _alarm = alarm;
        run();
    });
    thread.map_err(|error| StoreError::Failed(format!("starting the thread {name}: {error}")))
}

/// A bug of ours in a thread of the log closes the log, as a failing disk does: else every session would wait for an answer
/// that never comes.
struct Alarm {
    thread: String,
    core: Arc<Core>,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            _ = self.core.fail(&format!("a panic in {}", self.thread), &io::Error::other("a bug of ours"));
            self.core.queue.abandon();
        }
    }
}
