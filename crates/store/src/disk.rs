//! The disk as the store sees it: files written at a place, flushed, renamed. A trait, so that the faulty disk and the
//! simulator can stand in for the real one. Calls block: they are made by the log's own threads or with `spawn_blocking`.

pub mod faulty;
pub mod real;

use std::any::Any;
use std::io;
use std::path::Path;

/// How to open a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// It must be there; to read.
    Read,
    /// It must be there; to read and write.
    Write,
    /// It must not be there; to read and write.
    Create,
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Name without the folder; lossy where it is not UTF-8.
    pub name: String,
    /// Bytes.
    pub length: u64,
    /// A regular file, no folder, link or device.
    pub is_file: bool,
}

/// What is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeSpace {
    /// Bytes that this process may still use.
    pub bytes: u64,
    /// Inodes; `u64::MAX` where the file system does not count them.
    pub inodes: u64,
}

/// A file system, or what passes for one.
pub trait Disk: Send + Sync {
    /// Opens a file. A created file survives power loss only after [`Disk::sync_dir`] of its folder.
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>>;
    /// Makes a folder and those above it, mode 0700.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes the entries of a folder (created, renamed, removed) survive power loss.
    fn sync_dir(&self, folder: &Path) -> io::Result<()>;
    /// Renames, replacing what is there, in one step.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// What is in a folder, by name.
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>>;
    /// What is left where `folder` lies.
    fn free_space(&self, folder: &Path) -> io::Result<FreeSpace>;
    /// Takes the exclusive lock of a file, made if need be, until the value is dropped; `WouldBlock` if another holds it.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>>;
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Writes all slices one after the other from `offset`. After an error any part of them may have been written.
    fn write_at(&self, offset: u64, slices: &[&[u8]]) -> io::Result<()>;
    /// Reads into `buffer` from `offset`; fewer bytes than it holds only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Makes what was written survive power loss. After an error nothing may be believed of it: never called again.
    fn sync_data(&self) -> io::Result<()>;
    /// Bytes.
    fn length(&self) -> io::Result<u64>;
    /// Closes and says whether that failed, as a file system behind a network may.
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// No space, no quota or no inode is left: this passes when somebody makes room.
#[must_use]
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
