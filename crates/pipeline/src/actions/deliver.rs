//! Deliver: the copy waits for its first attempt, which is due at once.

use mail::timestamp::Timestamp;
use store::record::mail::StateRecord;

/// The first state.
pub(super) fn state(now: Timestamp) -> StateRecord {
    StateRecord::Queued { attempts: 0, next_attempt: now.unix_millis() }
}
