//! What the search side reads: the records of the log in their order, and how far it has absorbed them.

use futures_util::future::BoxFuture;

use crate::error::StoreError;
use crate::record::Record;

/// The log as a sequence of records, bodies left out. Sequences grow and have gaps: a compacted mail moves, its sequence
/// stays free.
pub trait Feed: Send + Sync {
    /// At most `max` records with a sequence above `sequence`, in order; empty when there is nothing newer yet. Records of
    /// removed segments do not come back: whoever lags holds removal up through [`Feed::set_absorbed`].
    fn read_from(&self, sequence: u64, max: usize) -> BoxFuture<'_, Result<Vec<(u64, Record)>, StoreError>>;

    /// Sequence of the newest record that [`Feed::read_from`] gives; 0 for an empty log.
    fn last_sequence(&self) -> u64;

    /// Returns when a record came after the call before it returned (or after the feed was made): call it, then read.
    fn changed(&self) -> BoxFuture<'_, ()>;

    /// Everything up to this sequence is durable on the reader's side: its segments may go.
    fn set_absorbed(&self, sequence: u64);
}
