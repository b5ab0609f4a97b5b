//! Reading the log while it is written: one entry at its place, or all records in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::entry::{Head, Kind, decode_records, is_intact};
use super::feed::Feed;
use super::scan::{Found, Scan};
use super::segment::Segment;
use super::{Core, Log};
use crate::error::StoreError;
use crate::index::Place;
use crate::record::Record;

/// An entry as it was read.
pub(crate) struct Entry {
    pub(crate) head: Head,
    pub(crate) fields: Bytes,
    pub(crate) body: Bytes,
}

/// Why an entry could not be read.
#[derive(Debug)]
pub(crate) enum ReadFault {
    /// The segment is not there any more, or something else stands in it: the mail has moved, or the entry is damaged.
    NotThere(String, Bytes),
    /// The disk would not.
    Disk(std::io::Error),
}

/// Where the last pass over the disk ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    /// All records up to this one lie before `offset`.
    sequence: u64,
    generation: u64,
    offset: u64,
}

impl Core {
    /// Reads and checks one entry. Blocks.
    pub(crate) fn read(&self, place: Place) -> Result<Entry, ReadFault> {
        let Some(segment) = self.open.read().get(&place.generation).cloned() else {
            return Err(ReadFault::NotThere("its segment is gone".to_owned(), Bytes::new()));
        };
        let mut bytes = vec![0; usize::try_from(place.length).unwrap_or(0)];
        let read = segment.file.read_at(place.offset, &mut bytes).map_err(ReadFault::Disk)?;
        bytes.truncate(read);
        let bytes = Bytes::from(bytes);
        let Some(head) = Head::decode(&bytes, &self.mark, place.generation) else {
            return Err(ReadFault::NotThere("its head is not one".to_owned(), bytes));
        };
        let length = usize::try_from(head.length()).unwrap_or(usize::MAX);
        if length > bytes.len() || !is_intact(&bytes[..length]) {
            return Err(ReadFault::NotThere("its checksum is wrong".to_owned(), bytes));
        }
        let fields_end = super::entry::HEAD_BYTES as usize + head.fields as usize;
        let fields = bytes.slice(super::entry::HEAD_BYTES as usize..fields_end);
        Ok(Entry { head, fields, body: bytes.slice(fields_end..length) })
    }

    fn read_records(&self, sequence: u64, max: usize) -> Result<Vec<(u64, Record)>, StoreError> {
        if let Some(records) = self.recent.lock().above(sequence, max) {
            return Ok(records);
        }
        let visible = self.visible.load(Ordering::Acquire);
        let mut records = Vec::new();
        let segments: Vec<(u64, u64)> = {
            let index = self.index.lock();
            let later = index.segments().iter().filter(|(_, tally)| tally.last_sequence > sequence);
            later.map(|(generation, tally)| (*generation, tally.used)).collect()
        };
        for (generation, used) in segments {
            let Some(segment) = self.open.read().get(&generation).cloned() else { continue };
            self.read_segment(&segment, used, (sequence, visible), (&mut records, max))?;
            if records.len() >= max {
                break;
            }
        }
        Ok(records)
    }

    fn read_segment(
        &self,
        segment: &Arc<Segment>,
        used: u64,
        (above, visible): (u64, u64),
        (records, max): (&mut Vec<(u64, Record)>, usize),
    ) -> Result<(), StoreError> {
        let generation = segment.generation;
        let cursor = *self.cursor.lock();
        let known = cursor.generation == generation && cursor.sequence <= above;
        let start = if known { cursor.offset } else { 0 };
        let mut scan = Scan::new(&*segment.file, self.mark, generation, start, used);
        while records.len() < max {
            let before = scan.position();
            let found = scan.next().map_err(|error| StoreError::Failed(format!("reading the log: {error}")))?;
            let Some(found) = found else { break };
            let Found::Entry { head, fields, .. } = found else { continue };
            if head.sequence > visible {
                break;
            }
            if head.last_sequence() <= above {
                continue;
            }
            if head.kind == Kind::Records {
                let new = decode_records(&head, fields);
                records.extend(new.into_iter().filter(|(sequence, _)| *sequence > above));
            }
            *self.cursor.lock() = Cursor { sequence: head.sequence - 1, generation, offset: before };
        }
        records.truncate(max);
        Ok(())
    }
}

impl Feed for Log {
    fn read_from(&self, sequence: u64, max: usize) -> BoxFuture<'_, Result<Vec<(u64, Record)>, StoreError>> {
        if let Some(records) = self.core.recent.lock().above(sequence, max) {
            return std::future::ready(Ok(records)).boxed();
        }
        let core = Arc::clone(&self.core);
        let read = tokio::task::spawn_blocking(move || core.read_records(sequence, max));
        async move { read.await.unwrap_or(Err(StoreError::Closed)) }.boxed()
    }

    fn last_sequence(&self) -> u64 {
        self.core.visible.load(Ordering::Acquire)
    }

    fn changed(&self) -> BoxFuture<'_, ()> {
        self.core.changed.notified().boxed()
    }

    fn set_absorbed(&self, sequence: u64) {
        self.core.absorbed.fetch_max(sequence, Ordering::AcqRel);
        self.core.wake_keeper();
    }
}
