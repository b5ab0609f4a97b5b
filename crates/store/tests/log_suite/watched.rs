//! A disk whose writes and flushes a test stands beside.

use std::any::Any;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::disk::faulty::FaultyDisk;
use store::disk::{Disk, DiskFile, FreeSpace, Listed, Open};

/// What is about to be done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Write,
    Sync,
}

/// Called in place of the deed, which it does or does not.
pub(crate) type Beside = dyn Fn(&Path, Deed, &dyn Fn() -> io::Result<()>) -> io::Result<()> + Send + Sync;

/// See the head of this file.
pub(crate) struct Watched {
    pub(crate) disk: FaultyDisk,
    pub(crate) beside: Arc<Beside>,
}

struct File {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    beside: Arc<Beside>,
}

impl Disk for Watched {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let file = self.disk.open(path, how)?;
        Ok(Box::new(File { path: path.to_owned(), file, beside: Arc::clone(&self.beside) }))
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.disk.create_dir(path)
    }
    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        self.disk.sync_dir(folder)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        self.disk.list(folder)
    }
    fn free_space(&self, folder: &Path) -> io::Result<FreeSpace> {
        self.disk.free_space(folder)
    }
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        self.disk.lock(path)
    }
}

impl DiskFile for File {
    fn write_at(&self, offset: u64, slices: &[&[u8]]) -> io::Result<()> {
        (self.beside)(&self.path, Deed::Write, &|| self.file.write_at(offset, slices))
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }
    fn sync_data(&self) -> io::Result<()> {
        (self.beside)(&self.path, Deed::Sync, &|| self.file.sync_data())
    }
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
    fn close(self: Box<Self>) -> io::Result<()> {
        self.file.close()
    }
}
