//! Bodies that are too large for the log: a file each, written and synced before a record names it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::disk::{Disk, DiskFile, Listed, Open};
use crate::mails::SpooledBody;

/// Bytes gathered before they are written.
const WRITE_BYTES: usize = 256 * 1024;
/// Bytes read at once for a checksum.
const READ_BYTES: usize = 1024 * 1024;

/// The folder of the bodies.
#[derive(Clone)]
pub(crate) struct Bodies {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
}

impl Bodies {
    pub(crate) const fn new(disk: Arc<dyn Disk>, folder: PathBuf) -> Self {
        Self { disk, folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn list(&self) -> io::Result<Vec<Listed>> {
        self.disk.list(&self.folder)
    }

    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(&self.path(name))
    }

    pub(crate) fn is_there(&self, name: &str) -> bool {
        self.disk.open(&self.path(name), Open::Read).is_ok()
    }

    /// Starts a body.
    pub(crate) fn create(&self) -> io::Result<BodyWriter> {
        let name = format!("{:032x}", rand::random::<u128>());
        let file = self.disk.open(&self.path(&name), Open::Create)?;
        let guard = StrayGuard { bodies: self.clone(), name, armed: AtomicBool::new(true) };
        let (waiting, hash) = (Vec::new(), Sha256::new());
        Ok(BodyWriter { guard: Arc::new(guard), file, length: 0, waiting, waiting_bytes: 0, hash })
    }

    /// Opens a body that was written just now.
    pub(crate) fn reopen(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.disk.open(&self.path(name), Open::Read).map(Arc::from)
    }

    /// Opens a body and reads it through: it has this checksum, or why not.
    pub(crate) fn open(&self, name: &str, length: u64, sha256: &[u8]) -> io::Result<Result<Arc<dyn DiskFile>, String>> {
        let file = match self.disk.open(&self.path(name), Open::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err("its body is not there".to_owned()));
            }
            Err(error) => return Err(error),
        };
        if file.length()? != length {
            return Ok(Err("its body does not have its length".to_owned()));
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; READ_BYTES];
        let mut at = 0;
        loop {
            let read = file.read_at(at, &mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            at += read as u64;
        }
        if hash.finalize()[..] != *sha256 {
            return Ok(Err("its body has another SHA-256".to_owned()));
        }
        Ok(Ok(Arc::from(file)))
    }
}

/// A body on its way to disk. Dropped before it is finished, or before a record names it, its file goes.
pub(crate) struct BodyWriter {
    guard: Arc<StrayGuard>,
    file: Box<dyn DiskFile>,
    length: u64,
    waiting: Vec<Bytes>,
    waiting_bytes: usize,
    hash: Sha256,
}

impl BodyWriter {
    /// Takes a chunk; true when it is time to call [`BodyWriter::flush`].
    pub(crate) fn take(&mut self, chunk: Bytes) -> bool {
        self.waiting_bytes += chunk.len();
        self.waiting.push(chunk);
        self.waiting_bytes >= WRITE_BYTES
    }

    /// Writes what was taken. Blocks.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunks = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        let slices: Vec<&[u8]> = chunks.iter().map(|chunk| &chunk[..]).collect();
        self.file.write_at(self.length, &slices)?;
        for slice in slices {
            self.hash.update(slice);
            self.length += slice.len() as u64;
        }
        Ok(())
    }

    /// Bytes that were written.
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// Makes file and name survive power loss. Blocks.
    pub(crate) fn finish(mut self) -> io::Result<SpooledBody> {
        self.flush()?;
        self.file.sync_data()?;
        self.file.close()?;
        self.guard.bodies.disk.sync_dir(&self.guard.bodies.folder)?;
        let sha256 = self.hash.finalize().into();
        Ok(SpooledBody { name: self.guard.name.clone(), length: self.length, sha256, guard: self.guard })
    }
}

/// Removes a body that no record names.
pub(crate) struct StrayGuard {
    bodies: Bodies,
    name: String,
    armed: AtomicBool,
}

impl StrayGuard {
    /// A record may name it from now on, or, if that failed, does not.
    pub(crate) fn arm(&self, armed: bool) {
        self.armed.store(armed, Ordering::Release);
    }
}

impl Drop for StrayGuard {
    fn drop(&mut self) {
        if self.armed.load(Ordering::Acquire)
            && let Err(error) = self.bodies.remove(&self.name)
        {
            tracing::warn!(%error, name = self.name, "a body without a mail stays until the next start");
        }
    }
}
