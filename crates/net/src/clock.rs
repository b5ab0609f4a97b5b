//! Time. The only place that reads a clock: everything else is given a [`Clock`] or a [`Timestamp`].

use std::time::{Duration, Instant, SystemTime};

use mail::timestamp::Timestamp;
use parking_lot::Mutex;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The time of day. It may jump when somebody sets the clock.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; never goes back. For measuring.
    fn monotonic(&self) -> Duration;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time begins here.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        // A clock before 1970 is taken as 1970.
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::from_unix_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that stands still until it is moved: for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<(Timestamp, Duration)>,
}

impl ManualClock {
    /// A clock that shows `now`, with monotonic time zero.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self { state: Mutex::new((now, Duration::ZERO)) }
    }

    /// Moves both times forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock();
        state.0 = state.0.plus(by);
        state.1 = state.1.saturating_add(by);
    }

    /// Sets the time of day, as an operator might; monotonic time does not follow.
    pub fn set(&self, now: Timestamp) {
        self.state.lock().0 = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.state.lock().0
    }

    fn monotonic(&self) -> Duration {
        self.state.lock().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let clock = ManualClock::new(Timestamp::from_unix_millis(1_000));
        clock.advance(Duration::from_millis(250));
        assert_eq!((clock.now().unix_millis(), clock.monotonic().as_millis()), (1_250, 250));
        clock.set(Timestamp::from_unix_millis(5));
        assert_eq!((clock.now().unix_millis(), clock.monotonic().as_millis()), (5, 250));
    }

    #[test]
    fn the_system_clock_does_not_go_back() {
        let clock = SystemClock::new();
        let before = clock.monotonic();
        assert!(clock.monotonic() >= before);
        assert!(clock.now() > Timestamp::from_unix_millis(1_577_836_800_000), "after 2020");
    }
}
