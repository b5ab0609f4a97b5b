//! One process owns the data folder: it holds the lock of the file `lock` in it.

use std::any::Any;
use std::io;
use std::path::Path;

use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::error::StoreError;

/// The folder is ours until this is dropped or the process ends, however it ends.
pub struct FolderLock(#[expect(dead_code, reason = "held for its drop")] Box<dyn Any + Send + Sync>);

/// Another process has the folder: it answers commands, or soon will.
#[must_use]
pub fn is_held(folder: &Path) -> bool {
    // The lock is given back at once when this call got it.
    let path = folder.join("lock");
    path.exists() && RealDisk.lock(&path).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl FolderLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it, else what the disk said.
    pub fn take(disk: &dyn Disk, folder: &Path) -> Result<Self, StoreError> {
        match disk.lock(&folder.join("lock")) {
            Ok(lock) => Ok(Self(lock)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(StoreError::Locked(folder.to_owned())),
            Err(error) => Err(StoreError::Failed(format!("locking {}: {error}", folder.display()))),
        }
    }
}
