//! The file system of the machine.

use std::any::Any;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, IoSlice};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;

use super::{Disk, DiskFile, FreeSpace, Listed, Open};

/// Slices of one pwritev: the kernel's UIO_MAXIOV.
const SLICES_MAX: usize = 1024;

/// The file system of the machine. Files are made with mode 0600, folders with 0700.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).mode(0o600);
        match how {
            Open::Read => {}
            Open::Write => _ = options.write(true),
            Open::Create => _ = options.write(true).create_new(true),
        }
        Ok(Box::new(RealFile(options.open(path)?)))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // Gone since the folder was read: not there.
            let Ok(metadata) = entry.metadata() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            listed.push(Listed { name, length: metadata.len(), is_file: metadata.is_file() });
        }
        listed.sort();
        Ok(listed)
    }

    fn free_space(&self, folder: &Path) -> io::Result<FreeSpace> {
        let left = rustix::fs::statvfs(folder)?;
        // btrfs and others without a table of inodes say 0 of 0.
        let inodes = if left.f_files == 0 { u64::MAX } else { left.f_favail };
        Ok(FreeSpace { bytes: left.f_bavail.saturating_mul(left.f_frsize), inodes })
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn write_at(&self, offset: u64, slices: &[&[u8]]) -> io::Result<()> {
        let mut at = offset;
        for group in slices.chunks(SLICES_MAX) {
            let mut all: Vec<IoSlice<'_>> = group.iter().map(|slice| IoSlice::new(slice)).collect();
            let mut rest = &mut all[..];
            // An empty rest or one of empty slices is done.
            IoSlice::advance_slices(&mut rest, 0);
            while !rest.is_empty() {
                let written = match rustix::io::pwritev(&self.0, rest, at) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(written) => written,
                    Err(rustix::io::Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                };
                at = at.saturating_add(written as u64);
                IoSlice::advance_slices(&mut rest, written);
            }
        }
        Ok(())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.0.read_at(&mut buffer[filled..], offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        // The standard library throws the answer of close(2) away.
        Ok(nix::unistd::close(self.0)?)
    }
}
