//! Time limits of a session (RFC 5321 4.5.3.2), by name. Slow peers are borne while there is room, and not when there is not.

use std::sync::Arc;
use std::time::Duration;

use net::clock::Clock;

/// Wait for a command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(300);
/// The same while sessions are scarce.
const COMMAND_TIMEOUT_STRESS: Duration = Duration::from_secs(10);
/// Wait for the next bytes of a message.
const DATA_TIMEOUT: Duration = Duration::from_secs(180);
/// Time that a whole message has, apart from its size.
const DATA_TOTAL_BASE: Duration = Duration::from_secs(180);
/// Bytes a second that a message must come at, beyond that.
const DATA_BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// Length of a session.
const SESSION_TIMEOUT: Duration = Duration::from_secs(3600);
/// Time for a peer to take our replies.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// Time for a peer to take our goodbye.
pub(super) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// Time for a TLS handshake.
pub(super) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// Clocks of one session.
pub(super) struct Timing {
    clock: Arc<dyn Clock>,
    started: Duration,
    data_started: Option<Duration>,
}

impl Timing {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let started = clock.monotonic();
        Self { clock, started, data_started: None }
    }

    /// How long the next read may take.
    pub(super) fn limit(&mut self, receiving: bool, length: u64, stressed: bool) -> Duration {
        let now = self.clock.monotonic();
        if !receiving {
            self.data_started = None;
            return if stressed { COMMAND_TIMEOUT_STRESS } else { COMMAND_TIMEOUT };
        }
        let since = *self.data_started.get_or_insert(now);
        let allowed = DATA_TOTAL_BASE + Duration::from_secs(length / DATA_BYTES_PER_SECOND_MIN);
        DATA_TIMEOUT.min((since + allowed).saturating_sub(now))
    }

    /// It has lasted its hour.
    pub(super) fn session_is_spent(&self) -> bool {
        self.clock.monotonic().saturating_sub(self.started) >= SESSION_TIMEOUT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail::timestamp::Timestamp;
    use net::clock::ManualClock;

    #[test]
    fn a_slow_message_ends_and_a_fast_one_does_not() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_millis(0)));
        let mut timing = Timing::new(clock.clone());
        assert_eq!(timing.limit(false, 0, false), COMMAND_TIMEOUT);
        assert_eq!(timing.limit(false, 0, true), COMMAND_TIMEOUT_STRESS);
        assert_eq!(timing.limit(true, 0, false), DATA_TIMEOUT);
        clock.advance(Duration::from_secs(170));
        // One byte every ten seconds: ten seconds are left.
        assert_eq!(timing.limit(true, 17, false), Duration::from_secs(10));
        assert_eq!(timing.limit(true, 50_000_000, false), DATA_TIMEOUT);
        clock.advance(Duration::from_secs(20));
        assert_eq!(timing.limit(true, 17, false), Duration::ZERO);
        assert!(!timing.session_is_spent());
        clock.advance(SESSION_TIMEOUT);
        assert!(timing.session_is_spent());
    }
}
