//! Jumps of the clock. Whoever gives something up for good by its age asks here first: a machine whose clock is set a year
//! ahead must not bounce, expire and purge everything before a person has looked.

use std::time::Duration;

use mail::timestamp::Timestamp;
use net::clock::Clock;
use parking_lot::Mutex;

/// The time of day may go this much more, or less, than monotonic time between two looks.
pub const JUMP_MIN: Duration = Duration::from_secs(3_600);
/// After a jump nothing is given up by age for so long, in monotonic time.
pub const DOUBT_TIME: Duration = Duration::from_secs(24 * 3_600);

/// Whether ages mean something now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// They do.
    Sound,
    /// The clock has jumped since the last look: times in records may lie far ahead.
    Jumped,
    /// It has jumped not long ago.
    Doubtful,
}

impl Trust {
    /// Something may be given up because of its age.
    #[must_use]
    pub fn is_sound(self) -> bool {
        self == Self::Sound
    }
}

/// Looks at both clocks, again and again.
#[derive(Debug)]
pub struct Jumps {
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    wall: Timestamp,
    monotonic: Duration,
    doubtful_until: Option<Duration>,
}

impl Jumps {
    /// Begins with what the clock shows now.
    #[must_use]
    pub fn new(clock: &dyn Clock) -> Self {
        let seen = Seen { wall: clock.now(), monotonic: clock.monotonic(), doubtful_until: None };
        Self { seen: Mutex::new(seen) }
    }

    /// A look. `stops` says for the log what does not happen after a jump.
    pub fn look(&self, clock: &dyn Clock, stops: &str) -> Trust {
        let mut seen = self.seen.lock();
        // Read under the lock: two looks at a time keep their order.
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        let expected = seen.wall.plus(monotonic.saturating_sub(seen.monotonic));
        let off = wall.since(expected).max(expected.since(wall));
        let was = seen.wall;
        seen.wall = wall;
        seen.monotonic = monotonic;
        if off > JUMP_MIN {
            seen.doubtful_until = Some(monotonic.saturating_add(DOUBT_TIME));
            tracing::error!(
                event = "clock_jumped",
                from = was.rfc5322(),
                to = wall.rfc5322(),
                stops,
                hours = DOUBT_TIME.as_secs() / 3_600,
                "the clock has jumped: set it right"
            );
            return Trust::Jumped;
        }
        match seen.doubtful_until {
            Some(until) if monotonic < until => Trust::Doubtful,
            _ => Trust::Sound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use net::clock::ManualClock;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_jump_either_way_is_doubted_for_a_day() {
        let start = Timestamp::from_unix_millis(1_795_000_000_000);
        for wrong in
            [start.plus(HOUR * 24 * 365), start.minus(HOUR + Duration::from_secs(1)), start.minus(HOUR * 9_000)]
        {
            let clock = ManualClock::new(start);
            let jumps = Jumps::new(&clock);
            assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
            clock.set(wrong);
            assert_eq!(jumps.look(&clock, "x"), Trust::Jumped);
            assert_eq!(jumps.look(&clock, "x"), Trust::Doubtful);
            clock.advance(HOUR * 24 - Duration::from_secs(1));
            assert_eq!(jumps.look(&clock, "x"), Trust::Doubtful);
            clock.advance(Duration::from_secs(1));
            assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
            // Set right again is a jump, too.
            clock.set(start);
            assert_eq!(jumps.look(&clock, "x"), Trust::Jumped);
        }
    }

    #[test]
    fn time_that_passes_and_small_steps_are_no_jump() {
        let start = Timestamp::from_unix_millis(1_795_000_000_000);
        let clock = ManualClock::new(start);
        let jumps = Jumps::new(&clock);
        clock.advance(HOUR * 24 * 365);
        assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
        for step in [start.plus(HOUR * 24 * 365 + HOUR), start.plus(HOUR * 24 * 365)] {
            clock.set(step);
            assert_eq!(jumps.look(&clock, "x"), Trust::Sound);
        }
    }
}
