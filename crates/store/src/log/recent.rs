//! The newest records in memory, so that who follows the log closely reads no disk.

use std::collections::VecDeque;

use bytes::Bytes;

use super::entry::{Head, decode_records};
use crate::record::Record;

/// Bytes of fields kept.
const RECENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A window on the end of the log.
pub(crate) struct Recent {
    /// Every record above this sequence is in `entries`.
    complete_above: u64,
    entries: VecDeque<(Head, Bytes)>,
    bytes: usize,
}

impl Recent {
    /// Nothing yet, behind a log that ends at `last`.
    pub(crate) const fn new(last: u64) -> Self {
        Self { complete_above: last, entries: VecDeque::new(), bytes: 0 }
    }

    pub(crate) fn push(&mut self, head: Head, fields: Bytes) {
        self.bytes += fields.len();
        self.entries.push_back((head, fields));
        while self.bytes > RECENT_BYTES_MAX
            && let Some((head, fields)) = self.entries.pop_front()
        {
            self.bytes -= fields.len();
            self.complete_above = head.last_sequence();
        }
    }

    /// The records above `sequence`; none if some of them are not here any more.
    pub(crate) fn above(&self, sequence: u64, max: usize) -> Option<Vec<(u64, Record)>> {
        if sequence < self.complete_above {
            return None;
        }
        let start = self.entries.partition_point(|(head, _)| head.last_sequence() <= sequence);
        let mut records = Vec::new();
        for (head, fields) in self.entries.range(start..) {
            for record in decode_records(head, fields) {
                if record.0 > sequence && records.len() < max {
                    records.push(record);
                }
            }
            if records.len() >= max {
                break;
            }
        }
        Some(records)
    }
}
