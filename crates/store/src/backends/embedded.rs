//! The default behind the traits: log, bodies and index in one folder of one machine, owned by one process.
//!
//! ```text
//! manifest.toml  lock  log/GENERATION.seg  bodies/NAME  corrupt/...
//! ```

mod body;
mod mails;
mod turns;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::turns::BodyTurns;
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::error::StoreError;
use crate::limits::SEGMENT_BYTES;
use crate::lock::FolderLock;
use crate::log::feed::Feed;
use crate::log::{Log, trouble};
use crate::manifest::Manifest;

/// How to open a data folder.
#[derive(Clone)]
pub struct OpenOptions {
    /// The folder; made if it is not there.
    pub folder: PathBuf,
    /// The disk that it lies on.
    pub disk: Arc<dyn Disk>,
    /// Bytes of a segment: [`SEGMENT_BYTES`] but for tests.
    pub segment_bytes: u64,
    /// Large bodies that may be written and hashed at a time; what comes beyond waits, a piece each.
    pub bodies_at_a_time: usize,
}

impl OpenOptions {
    /// A folder of the machine's own disk, one large body at a time.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), disk: Arc::new(RealDisk), segment_bytes: SEGMENT_BYTES, bodies_at_a_time: 1 }
    }
}

/// A data folder in use.
pub struct Embedded {
    pub(crate) log: Arc<Log>,
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    manifest: Manifest,
    body_turns: BodyTurns,
    // Last, so that it goes when the threads of the log have ended.
    _lock: FolderLock,
}

impl Embedded {
    /// Takes the folder and reads the log.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Format`], [`StoreError::Full`], or what else the disk said. Damage to single
    /// mails is none: they are set aside.
    pub async fn open(options: OpenOptions) -> Result<Arc<Self>, StoreError> {
        let opened = tokio::task::spawn_blocking(move || Self::open_blocking(options));
        opened.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The same for a caller without a runtime.
    ///
    /// # Errors
    /// As [`Embedded::open`].
    pub fn open_blocking(options: OpenOptions) -> Result<Arc<Self>, StoreError> {
        let OpenOptions { folder, disk, segment_bytes, bodies_at_a_time } = options;
        make_folders(&*disk, &folder)?;
        let lock = FolderLock::take(&*disk, &folder)?;
        let manifest = Manifest::open(&*disk, &folder)?;
        let log = Log::open(Arc::clone(&disk), &folder, manifest.mark_bytes()?, segment_bytes)?;
        let body_turns = BodyTurns::new(bodies_at_a_time);
        Ok(Arc::new(Self { log: Arc::new(log), disk, folder, manifest, body_turns, _lock: lock }))
    }

    /// What the search files read.
    #[must_use]
    pub fn feed(&self) -> Arc<dyn Feed> {
        Arc::clone(&self.log) as Arc<dyn Feed>
    }

    /// The log itself.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Name of this store among others.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.manifest.node
    }

    /// Takes back the segments that nothing needs any more and says how many. The store does this by itself when there is
    /// a reason to; this is for who wants to see it done.
    pub async fn compact(&self) -> usize {
        let log = Arc::clone(&self.log);
        tokio::task::spawn_blocking(move || log.compact()).await.unwrap_or(0)
    }

    /// Writes what waits, flushes, ends the threads. What is asked later gets [`StoreError::Closed`].
    pub async fn close(&self) {
        let log = Arc::clone(&self.log);
        if tokio::task::spawn_blocking(move || log.close()).await.is_err() {
            tracing::error!("the log could not be closed");
        }
    }
}

fn make_folders(disk: &dyn Disk, folder: &Path) -> Result<(), StoreError> {
    let made = || {
        disk.create_dir(folder)?;
        for name in ["log", "bodies", "corrupt"] {
            disk.create_dir(&folder.join(name))?;
        }
        disk.sync_dir(folder)
    };
    // No log is open yet that could be closed.
    made().map_err(|error| match trouble("making the data folder", &error) {
        StoreError::Full => StoreError::Full,
        _ => StoreError::NoFolder { folder: folder.to_owned(), why: error.to_string() },
    })
}
