//! The log's records as a stranger would write them: the door for fuzzing.

use std::io;

use super::entry::{Head, Mark, decode_records};
use super::replay;
use super::scan::{Found, Scan};
use crate::disk::DiskFile;
use crate::index::{Index, Place};

/// The mark that hostile segments bear.
pub const HOSTILE_MARK: Mark = *b"postern!";

/// Reads bytes as a segment of generation 1, entry by entry, and applies what can be understood. Returns how many entries
/// have the right checksum; whatever the bytes are it ends, and never gives an entry without one.
#[must_use]
pub fn read_hostile(bytes: &[u8]) -> usize {
    let file = Memory(bytes.to_vec());
    let mut scan = Scan::new(&file, HOSTILE_MARK, 1, 0, bytes.len() as u64);
    let mut index = Index::default();
    let mut entries = 0;
    // Memory does not fail to be read.
    while let Ok(Some(found)) = scan.next() {
        let Found::Entry { offset, head, fields } = found else { continue };
        entries += 1;
        apply(&mut index, offset, &head, fields);
    }
    _ = index.replay_ends();
    entries
}

/// Reads bytes as the fields of an entry, as if the checksum were right. Returns how many records were understood.
#[must_use]
pub fn read_hostile_fields(bytes: &[u8]) -> usize {
    let mut understood = 0;
    for kind in [super::Kind::Records, super::Kind::Copy, super::Kind::Upkeep] {
        let fields = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let head = Head { generation: 1, sequence: 1, flushed: 0, fields, body: 0, kind, finishes: false, count: 2 };
        if kind == super::Kind::Records {
            understood = decode_records(&head, bytes).len();
        }
        apply(&mut Index::default(), 0, &head, bytes);
    }
    understood
}

fn apply(index: &mut Index, offset: u64, head: &Head, fields: &[u8]) {
    let place = Place { generation: 1, offset, length: head.length() };
    // Fields that cannot be read are what we came for.
    _ = replay::apply(index, place, head, fields);
}

struct Memory(Vec<u8>);

impl DiskFile for Memory {
    fn write_at(&self, _offset: u64, _slices: &[&[u8]]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.0.get(offset..)).unwrap_or(&[]);
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
