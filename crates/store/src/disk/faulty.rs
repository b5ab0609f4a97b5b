//! A disk in memory for tests: it remembers every write and flush, so that power can be cut at any of them, and it fails
//! when it is told to.

mod image;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex, MutexGuard};

use self::image::Image;
pub use self::image::{Cut, Event};
use super::{Disk, DiskFile, FreeSpace, Listed, Open};

/// Inodes that are free unless a test says otherwise.
const INODES_FREE: u64 = 1_000_000;

/// The calls that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// `write_at`: the first half of the bytes is written all the same.
    Write,
    /// `sync_data`: what was written is not durable, now or ever.
    Sync,
    /// `sync_dir`.
    SyncDir,
    /// `rename`.
    Rename,
    /// `close`.
    Close,
    /// `open` with [`Open::Create`].
    Create,
    /// `read_at`.
    Read,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct FaultyDisk(Arc<Shared>);

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    released: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }
}

#[derive(Default)]
struct Inner {
    held: bool,
    waiting: bool,
    events: Vec<Event>,
    recording: bool,
    now: Image,
    faults: BTreeMap<Call, io::ErrorKind>,
    bytes_free: Option<u64>,
    inodes_free: Option<u64>,
    locks: BTreeSet<PathBuf>,
    syncs: u64,
}

impl FaultyDisk {
    /// An empty disk that records.
    #[must_use]
    pub fn new() -> Self {
        let inner = Inner { recording: true, ..Inner::default() };
        Self(Arc::new(Shared { inner: Mutex::new(inner), released: Condvar::new() }))
    }

    /// How many writes, flushes and changes of folders there were: a place to cut at.
    #[must_use]
    pub fn position(&self) -> usize {
        self.0.lock().events.len()
    }

    /// What was done so far, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().events.clone()
    }

    /// How often a file was flushed.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.0.lock().syncs
    }

    /// The disk as it may be found when power went after the first `at` events. The same seed gives the same disk.
    #[must_use]
    pub fn cut(&self, at: usize, how: Cut, seed: u64) -> Self {
        let events = self.events();
        let image = Image::after(&events[..at.min(events.len())], how, seed);
        // What survived is the past of the new disk: durable, and cut again only by what comes.
        let inner = Inner { events: image.as_events(), recording: true, now: image, ..Inner::default() };
        Self(Arc::new(Shared { inner: Mutex::new(inner), released: Condvar::new() }))
    }

    /// From now on this call fails so, until [`FaultyDisk::heal`].
    pub fn fail(&self, call: Call, error: io::ErrorKind) {
        self.0.lock().faults.insert(call, error);
    }

    /// Nothing fails any more and there is space.
    pub fn heal(&self) {
        let mut inner = self.0.lock();
        inner.faults.clear();
        inner.bytes_free = None;
        inner.inodes_free = None;
    }

    /// Flushes of files wait until [`FaultyDisk::release`].
    pub fn hold(&self) {
        self.0.lock().held = true;
    }

    /// A flush waits.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.0.lock().waiting
    }

    /// Flushes go on.
    pub fn release(&self) {
        self.0.lock().held = false;
        self.0.released.notify_all();
    }

    /// Only so much is left: a write that makes a file longer than that fails with `StorageFull`.
    pub fn leave(&self, bytes: u64, inodes: u64) {
        let mut inner = self.0.lock();
        inner.bytes_free = Some(bytes);
        inner.inodes_free = Some(inodes);
    }

    /// Changes bytes of a file behind everybody's back, as a bad medium does. Says whether the file is there.
    pub fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut inner = self.0.lock();
        let Some(file) = inner.now.file_of(path) else { return false };
        let mut content = inner.now.content(file);
        change(&mut content);
        inner.note(Event::Content { file, content: content.into() });
        inner.note(Event::Sync { file });
        true
    }

    /// The bytes of a file.
    #[must_use]
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let inner = self.0.lock();
        inner.now.file_of(path).map(|file| inner.now.content(file))
    }

    /// Puts a durable file there.
    pub fn put(&self, path: &Path, content: &[u8]) {
        let mut inner = self.0.lock();
        let file = inner.now.next_file();
        inner.note(Event::Create { path: path.to_owned(), file });
        inner.note(Event::Content { file, content: content.into() });
        inner.note(Event::Sync { file });
        inner.note(Event::SyncDir { folder: path.parent().unwrap_or(Path::new("")).to_owned() });
    }
}

impl Inner {
    fn check(&self, call: Call) -> io::Result<()> {
        match self.faults.get(&call) {
            Some(kind) => Err((*kind).into()),
            None => Ok(()),
        }
    }

    fn note(&mut self, event: Event) {
        self.now.apply(&event);
        if self.recording {
            self.events.push(event);
        }
    }

    fn grow(&mut self, file: u64, end: u64) -> io::Result<()> {
        let more = end.saturating_sub(self.now.length(file));
        if let Some(free) = &mut self.bytes_free {
            if *free < more {
                return Err(io::ErrorKind::StorageFull.into());
            }
            *free -= more;
        }
        Ok(())
    }
}

impl Disk for FaultyDisk {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let mut inner = self.0.lock();
        let found = inner.now.file_of(path);
        let file = match (how, found) {
            (Open::Create, Some(_)) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Open::Create, None) => {
                inner.check(Call::Create)?;
                if inner.inodes_free == Some(0) {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                let file = inner.now.next_file();
                inner.note(Event::Create { path: path.to_owned(), file });
                file
            }
            (_, Some(file)) => file,
            (_, None) => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Box::new(FaultyFile { disk: Arc::clone(&self.0), file }))
    }

    fn create_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let mut inner = self.0.lock();
        inner.check(Call::SyncDir)?;
        inner.note(Event::SyncDir { folder: folder.to_owned() });
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut inner = self.0.lock();
        inner.check(Call::Rename)?;
        if inner.now.file_of(from).is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        inner.note(Event::Rename { from: from.to_owned(), to: to.to_owned() });
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut inner = self.0.lock();
        if inner.now.file_of(path).is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        inner.note(Event::Remove { path: path.to_owned() });
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        Ok(self.0.lock().now.list(folder))
    }

    fn free_space(&self, _folder: &Path) -> io::Result<FreeSpace> {
        let inner = self.0.lock();
        let bytes = inner.bytes_free.unwrap_or(u64::MAX);
        Ok(FreeSpace { bytes, inodes: inner.inodes_free.unwrap_or(INODES_FREE) })
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        if !self.0.lock().locks.insert(path.to_owned()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(HeldLock { disk: Arc::clone(&self.0), path: path.to_owned() }))
    }
}

struct HeldLock {
    disk: Arc<Shared>,
    path: PathBuf,
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        self.disk.lock().locks.remove(&self.path);
    }
}

struct FaultyFile {
    disk: Arc<Shared>,
    file: u64,
}

impl DiskFile for FaultyFile {
    fn write_at(&self, offset: u64, slices: &[&[u8]]) -> io::Result<()> {
        let bytes = slices.concat();
        let mut inner = self.disk.lock();
        let end = offset.saturating_add(bytes.len() as u64);
        let refused = inner.check(Call::Write).and_then(|()| inner.grow(self.file, end));
        let written = if refused.is_ok() { &bytes[..] } else { &bytes[..bytes.len() / 2] };
        inner.note(Event::Write { file: self.file, offset, bytes: written.into() });
        refused
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let inner = self.disk.lock();
        inner.check(Call::Read)?;
        Ok(inner.now.read(self.file, offset, buffer))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut inner = self.disk.lock();
        while inner.held {
            inner.waiting = true;
            self.disk.released.wait(&mut inner);
        }
        inner.waiting = false;
        inner.check(Call::Sync)?;
        inner.syncs += 1;
        inner.note(Event::Sync { file: self.file });
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.lock().now.length(self.file))
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.disk.lock().check(Call::Close)
    }
}
