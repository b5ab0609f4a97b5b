//! Discard: the copy is dropped because a rule says so; the journal keeps that.

use store::record::mail::StateRecord;

/// The first and last state.
pub(super) const fn state() -> StateRecord {
    StateRecord::Discarded
}
