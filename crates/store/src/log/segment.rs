//! The segment files: named by generation, zero-filled once, renamed to a new generation when they are used again.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::disk::{Disk, DiskFile, Open};
use crate::error::StoreError;

/// Bytes of zeros written at once.
const FILL_BYTES: usize = 1024 * 1024;
/// Empty segments kept for later; more are given back to the file system.
pub(crate) const SPARE_SEGMENTS_MAX: usize = 4;

/// One open segment.
pub(crate) struct Segment {
    pub(crate) generation: u64,
    pub(crate) bytes: u64,
    pub(crate) file: Box<dyn DiskFile>,
}

/// The folder of the log: makes segments and takes them back.
pub(crate) struct Segments {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    bytes: u64,
    stock: Mutex<Stock>,
}

// One lock over numbering and making: who waits for a spare gets the one that is being made, so that generations are
// used in their order.
struct Stock {
    next_generation: u64,
    spares: BTreeMap<u64, Arc<Segment>>,
}

impl Segments {
    pub(crate) fn new(disk: Arc<dyn Disk>, folder: PathBuf, bytes: u64) -> Self {
        let stock = Stock { next_generation: 1, spares: BTreeMap::new() };
        Self { disk, folder, bytes, stock: Mutex::new(stock) }
    }

    /// Bytes that one entry may take: it must find room beside a checkpoint.
    pub(crate) const fn entry_bytes_max(&self) -> u64 {
        self.bytes / 2
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn path(&self, generation: u64) -> PathBuf {
        self.folder.join(file_name(generation))
    }

    /// Opens what recovery found.
    pub(crate) fn open(&self, generation: u64) -> io::Result<Arc<Segment>> {
        let file = self.disk.open(&self.path(generation), Open::Write)?;
        let bytes = file.length()?;
        let mut stock = self.stock.lock();
        stock.next_generation = stock.next_generation.max(generation + 1);
        Ok(Arc::new(Segment { generation, bytes, file }))
    }

    /// An empty segment, the oldest spare or a new one.
    pub(crate) fn take(&self) -> io::Result<Arc<Segment>> {
        let mut stock = self.stock.lock();
        if let Some((_, segment)) = stock.spares.pop_first() {
            return Ok(segment);
        }
        self.make(&mut stock)
    }

    /// Makes a spare if there is none.
    pub(crate) fn provide(&self) -> io::Result<()> {
        let mut stock = self.stock.lock();
        if stock.spares.is_empty() {
            let segment = self.make(&mut stock)?;
            stock.spares.insert(segment.generation, segment);
        }
        Ok(())
    }

    /// An empty segment that recovery found.
    pub(crate) fn add_spare(&self, segment: Arc<Segment>) {
        self.stock.lock().spares.insert(segment.generation, segment);
    }

    pub(crate) fn has_spare(&self) -> bool {
        // Taken means that one is being made or taken: the writer asks again when it needs it.
        self.stock.try_lock().is_none_or(|stock| !stock.spares.is_empty())
    }

    /// A segment of which nothing is needed any more: it becomes a spare under a new generation, or goes.
    pub(crate) fn give_back(&self, generation: u64) -> io::Result<()> {
        let mut stock = self.stock.lock();
        let path = self.path(generation);
        let length = self.disk.open(&path, Open::Read)?.length()?;
        if stock.spares.len() >= SPARE_SEGMENTS_MAX || length != self.bytes {
            self.disk.remove(&path)?;
            return self.disk.sync_dir(&self.folder);
        }
        let next = stock.next_generation;
        stock.next_generation = next + 1;
        self.disk.rename(&path, &self.path(next))?;
        self.disk.sync_dir(&self.folder)?;
        let file = self.disk.open(&self.path(next), Open::Write)?;
        stock.spares.insert(next, Arc::new(Segment { generation: next, bytes: length, file }));
        Ok(())
    }

    fn make(&self, stock: &mut Stock) -> io::Result<Arc<Segment>> {
        let generation = stock.next_generation;
        let unfinished = self.folder.join(format!("{generation:016x}.tmp"));
        let made = self.fill(&unfinished);
        if made.is_err() {
            // What was written takes space that others need; if even this fails, start removes it.
            _ = self.disk.remove(&unfinished);
        }
        let file = made?;
        self.disk.rename(&unfinished, &self.path(generation))?;
        self.disk.sync_dir(&self.folder)?;
        stock.next_generation = generation + 1;
        Ok(Arc::new(Segment { generation, bytes: self.bytes, file }))
    }

    // Written over bytes need no journal commit of the file system when they are flushed: twice as fast as a growing file.
    fn fill(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = self.disk.open(path, Open::Create)?;
        let zeros = vec![0; FILL_BYTES];
        let mut at = 0;
        while at < self.bytes {
            let wanted = usize::try_from(self.bytes - at).unwrap_or(FILL_BYTES).min(FILL_BYTES);
            file.write_at(at, &[&zeros[..wanted]])?;
            at += wanted as u64;
        }
        file.sync_data()?;
        Ok(file)
    }
}

/// `0000000000000012.seg`.
pub(crate) fn file_name(generation: u64) -> String {
    format!("{generation:016x}.seg")
}

/// The generation in a file name.
pub(crate) fn generation_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    let generation = u64::from_str_radix(digits, 16).ok()?;
    (file_name(generation) == name).then_some(generation)
}

/// A failed call of the disk as the store says it.
pub(crate) fn trouble(what: &str, error: &io::Error) -> StoreError {
    if crate::disk::is_full(error) { StoreError::Full } else { StoreError::Failed(format!("{what}: {error}")) }
}
