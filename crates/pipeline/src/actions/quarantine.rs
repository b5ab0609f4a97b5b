//! Quarantine: the copy lies where people find it, for 30 days.

use std::time::Duration;

use mail::timestamp::Timestamp;
use store::record::mail::StateRecord;

/// After this a quarantined copy is deleted.
pub const QUARANTINE_TIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// The first state.
pub(super) fn state(now: Timestamp) -> StateRecord {
    StateRecord::Quarantined { since: now.unix_millis() }
}
