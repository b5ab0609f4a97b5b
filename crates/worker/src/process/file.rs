//! The file in memory that goes to a worker with a request, and is sealed when the answer is there.

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, memfd_create};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use tokio::io::Interest;
use tokio::net::UnixStream;

use crate::limits::{FILES_BYTES_MAX, SEAL_TRIES_MAX};

/// A new one.
pub(super) fn make() -> io::Result<OwnedFd> {
    Ok(memfd_create("postern-files", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?)
}

/// A file that nobody can change any more.
#[derive(Debug)]
pub(crate) struct SealedFile {
    pub(crate) file: File,
    /// Bytes.
    pub(crate) length: u64,
}

/// Closes it to every change, whoever holds it. `None`: it cannot be, since somebody has it mapped to write.
pub(super) fn seal(file: OwnedFd) -> Option<SealedFile> {
    let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    let sealed = (0..SEAL_TRIES_MAX).any(|_| fcntl_add_seals(&file, seals) != Err(Errno::BUSY));
    let file = File::from(file);
    let length = file.metadata().ok()?.len();
    let is_sealed = sealed && fcntl_get_seals(&file) == Ok(seals) && length <= FILES_BYTES_MAX;
    is_sealed.then_some(SealedFile { file, length })
}

/// Sends the beginning of these bytes, and the file with them; says how many went.
pub(super) async fn send(socket: &UnixStream, bytes: &[u8], file: BorrowedFd<'_>) -> io::Result<usize> {
    let send = || {
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let files = [file];
        ancillary.push(SendAncillaryMessage::ScmRights(&files));
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        Ok(rustix::net::sendmsg(socket, &[io::IoSlice::new(bytes)], &mut ancillary, flags)?)
    };
    socket.async_io(Interest::WRITABLE, send).await
}
