//! What a segment still holds.

use std::collections::HashMap;

use mail::id::MailId;

/// Counts of one segment.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Its first sequence.
    pub(crate) first_sequence: u64,
    /// Its last sequence.
    pub(crate) last_sequence: u64,
    /// Bytes written.
    pub(crate) used: u64,
    /// Bytes of records of unfinished mail.
    pub(crate) live: u64,
    /// Unfinished mails elsewhere whose changes stand here.
    pub(crate) pins: u64,
    /// Finished mails of other segments whose end stands here.
    pub(crate) holds: u64,
    /// Finished mails whose record stands here, with the segment where their end stands.
    pub(crate) finished: HashMap<MailId, u64>,
}

impl Tally {
    /// Nothing in it is needed by the log.
    pub(crate) const fn is_dead(&self) -> bool {
        self.live == 0 && self.pins == 0 && self.holds == 0
    }

    /// Less than a quarter of the segment's bytes is live.
    pub(crate) const fn is_sparse(&self, segment_bytes: u64) -> bool {
        self.live.saturating_mul(4) < segment_bytes
    }
}
