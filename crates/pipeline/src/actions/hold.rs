//! Hold: the copy waits for a check that is retried by itself.

use std::time::Duration;

use mail::timestamp::Timestamp;
use store::record::mail::StateRecord;

/// Wait before the next try of the check.
pub const RETRY_WAIT: Duration = Duration::from_secs(60);
/// Longest wait between two tries.
pub const RETRY_WAIT_LONGEST: Duration = Duration::from_secs(900);
/// A copy held for longer raises an alarm.
pub const ALARM_AFTER: Duration = Duration::from_secs(3600);
/// A copy held for longer moves to quarantine as unscannable.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 3600);

/// The first state. A message that was not judged at all is judged as soon as there is room; a failed check waits a little.
pub(super) fn state(now: Timestamp, why: &str) -> StateRecord {
    let first_try = if why == super::held::NOT_JUDGED { now } else { now.plus(RETRY_WAIT) };
    StateRecord::Held { since: now.unix_millis(), next_attempt: first_try.unix_millis(), why: why.to_owned() }
}
