//! The child's end of the socket, which is its standard input: whole reads, whole writes, and the file that may come along.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags};

use crate::frame::HEAD_BYTES;

/// A head, and the file that came with it.
pub(super) type WithFile = ([u8; HEAD_BYTES], Option<OwnedFd>);

/// Reads a head; `None`: the socket has ended.
pub(super) fn read_head() -> io::Result<Option<WithFile>> {
    let (mut head, mut file) = ([0; HEAD_BYTES], None);
    let mut read = 0;
    while read < HEAD_BYTES {
        let into = head.get_mut(read..).unwrap_or_default();
        let (count, came) = receive(into)?;
        file = file.or(came);
        match count {
            0 => return Ok(None),
            count => read += count,
        }
    }
    Ok(Some((head, file)))
}

fn receive(into: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(into)];
    let received = loop {
        match rustix::net::recvmsg(io::stdin(), &mut slices, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            received => break received?,
        }
    };
    if received.flags.contains(ReturnFlags::CTRUNC) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let file = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut files) => files.next(),
        _ => None,
    });
    Ok((received.bytes, file))
}

/// False when the socket ended before.
pub(super) fn read_exact(mut into: &mut [u8]) -> io::Result<bool> {
    while !into.is_empty() {
        match rustix::io::read(io::stdin(), &mut *into) {
            Ok(0) => return Ok(false),
            Ok(count) => into = into.get_mut(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// Writes all of it to the parent.
pub(super) fn write_all(bytes: &[u8]) -> io::Result<()> {
    write_to(io::stdin(), bytes)
}

/// Writes all of it there.
pub(super) fn write_to(to: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(&to, bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
