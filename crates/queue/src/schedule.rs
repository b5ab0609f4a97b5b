//! When to try again, when to warn, when to give up (RFC 5321 4.5.4.1). Pure: time and chance come in.

use std::time::Duration;

use mail::timestamp::Timestamp;

/// Wait before the second attempt.
pub const RETRY_FIRST: Duration = Duration::from_secs(300);
/// Longest wait between attempts.
pub const RETRY_LONGEST: Duration = Duration::from_secs(4_000);
/// Part of a wait that chance adds or takes, so that a dead site is not hit by all at once.
pub const JITTER: f64 = 0.1;
/// After this a mail is given up.
pub const EXPIRY: Duration = Duration::from_secs(5 * 24 * 3600);
/// After this a mail of ours to the null sender's benefit (a DSN) is given up.
pub const EXPIRY_NULL_SENDER: Duration = Duration::from_secs(24 * 3600);
/// Attempts that a mail gets even if its time is over: one that was released from quarantine after a week meets greylisting, too.
pub const ATTEMPTS_MIN: u16 = 5;
/// After this the sender is told that delivery is late.
pub const DELAY_WARNING: Duration = Duration::from_secs(4 * 3600);

/// A next attempt further away than this was written by a clock that was wrong.
pub const AHEAD_MAX: Duration = Duration::from_secs(24 * 3600);

/// When a job is due whose record says `due`: at once, if that cannot be.
#[must_use]
pub fn believable(due: i64, now: Timestamp) -> i64 {
    if due > now.plus(AHEAD_MAX).unix_millis() { now.unix_millis() } else { due }
}

/// The wait after attempt number `attempts` (1 is the first). `chance` is in 0..1.
#[must_use]
pub fn wait(attempts: u16, chance: f64) -> Duration {
    let doublings = u32::from(attempts.saturating_sub(1)).min(16);
    let plain = RETRY_FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(RETRY_LONGEST);
    plain.mul_f64(1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0))
}

/// When to try again after attempt number `attempts`, which ended at `now`. One attempt falls on the time of the delay warning
/// exactly, so that [`warns`] holds of one and one only.
#[must_use]
pub fn next_attempt(received_at: Timestamp, now: Timestamp, attempts: u16, chance: f64) -> Timestamp {
    let next = now.plus(wait(attempts, chance));
    let warning = received_at.plus(DELAY_WARNING);
    if now < warning { next.min(warning) } else { next }
}

/// How long a mail is tried.
#[must_use]
pub const fn lifetime(null_sender: bool) -> Duration {
    if null_sender { EXPIRY_NULL_SENDER } else { EXPIRY }
}

/// It is time to give up.
#[must_use]
pub fn is_expired(received_at: Timestamp, now: Timestamp, null_sender: bool) -> bool {
    now.since(received_at) >= lifetime(null_sender)
}

/// The attempt that was due at `due` and ended at `now` is the first that ends after the time of the delay warning, given that
/// attempts are due by [`next_attempt`].
#[must_use]
pub fn warns(received_at: Timestamp, due: Timestamp, now: Timestamp) -> bool {
    let warning = received_at.plus(DELAY_WARNING);
    now >= warning && due <= warning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_five_minutes_to_four_thousand_seconds() {
        let plain: Vec<u64> = (1..=7).map(|attempt| wait(attempt, 0.5).as_secs()).collect();
        assert_eq!(plain, [300, 600, 1200, 2400, 4000, 4000, 4000]);
        assert_eq!(wait(u16::MAX, 0.5).as_secs(), 4000);
    }

    #[test]
    fn chance_moves_a_wait_by_a_tenth_at_most() {
        assert_eq!(wait(1, 0.0).as_secs(), 270);
        assert_eq!(wait(1, 1.0).as_secs(), 330);
        assert_eq!(wait(9, 7.0).as_secs(), 4400);
    }

    #[test]
    fn five_days_and_one_day() {
        let start = Timestamp::from_unix_millis(1_000_000);
        let later = |hours: u64| start.plus(Duration::from_secs(hours * 3600));
        assert!(!is_expired(start, later(119), false));
        assert!(is_expired(start, later(120), false));
        assert!(!is_expired(start, later(23), true));
        assert!(is_expired(start, later(24), true));
        // The clock was set back: nothing expires.
        assert!(!is_expired(start, Timestamp::from_unix_millis(0), false));
    }

    #[test]
    fn one_warning_after_four_hours() {
        let start = Timestamp::from_unix_millis(0);
        let at = |minutes: u64| start.plus(Duration::from_secs(minutes * 60));
        assert!(!warns(start, at(0), at(239)));
        assert!(warns(start, at(239), at(245)));
        assert!(!warns(start, at(245), at(300)));
    }

    #[test]
    fn whatever_chance_says_one_attempt_warns() {
        let start = Timestamp::from_unix_millis(0);
        for chance in [0.0, 0.1, 0.35, 0.5, 0.77, 0.999] {
            let (mut due, mut warnings) = (start, Vec::new());
            for attempt in 1..20 {
                // An attempt takes its time.
                let ended = due.plus(Duration::from_secs(90));
                if warns(start, due, ended) {
                    warnings.push(ended);
                }
                due = next_attempt(start, ended, attempt, chance);
            }
            assert_eq!(warnings.len(), 1, "{chance}: {warnings:?}");
            assert!(warnings[0].since(start) < DELAY_WARNING + Duration::from_secs(180), "{chance}: {warnings:?}");
        }
    }
}
