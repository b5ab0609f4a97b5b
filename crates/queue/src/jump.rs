//! Jumps of the clock. Whoever gives something up for good by its age asks here first: a machine whose clock is set a year
//! ahead, or that starts so, must not bounce, expire and purge everything before a person has looked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mail::timestamp::Timestamp;
use net::clock::Clock;
use parking_lot::Mutex;

/// The time of day may go this much more, or less, than monotonic time between two looks.
pub const JUMP_MIN: Duration = Duration::from_secs(3_600);
/// After a jump nothing is given up by age for so long, in monotonic time.
pub const DOUBT_TIME: Duration = Duration::from_secs(24 * 3_600);
/// The last run may have ended so long ago; beyond this nobody can tell a machine that was off from a clock that is wrong.
pub const OFF_TIME_MAX: Duration = Duration::from_secs(24 * 3_600);

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

/// What is kept from one run to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What the clock showed last.
    pub wall: Timestamp,
    /// It is doubted for so long still.
    pub doubt_left: Duration,
}

/// Looks at both clocks, again and again. What is known is shared by all that were made by [`Jumps::share`]; each of them is told
/// of each jump once.
#[derive(Debug)]
pub struct Jumps {
    seen: Arc<Mutex<Seen>>,
    told: AtomicU64,
}

#[derive(Debug)]
struct Seen {
    wall: Timestamp,
    monotonic: Duration,
    doubtful_until: Option<Duration>,
    jumps: u64,
    last: Jump,
}

#[derive(Clone, Copy, Debug)]
struct Jump {
    from: Timestamp,
    to: Timestamp,
    what: &'static str,
}

impl Jumps {
    /// Begins with what the clock shows now.
    #[must_use]
    pub fn new(clock: &dyn Clock) -> Self {
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        let last = Jump { from: wall, to: wall, what: "" };
        let seen = Seen { wall, monotonic, doubtful_until: None, jumps: 0, last };
        Self { seen: Arc::new(Mutex::new(seen)), told: AtomicU64::new(0) }
    }

    /// Compares with what the last run kept: a clock that stands before that, or far behind it, is doubted, and a doubt of then
    /// goes on. To be called before the first look.
    pub fn resume(&self, clock: &dyn Clock, kept: Kept) {
        let mut seen = self.seen.lock();
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        if kept.wall.since(wall) > JUMP_MIN || wall.since(kept.wall) > OFF_TIME_MAX {
            let what = "the clock shows another time than when the last run ended: set it right if it is wrong";
            seen.jumped(Jump { from: kept.wall, to: wall, what }, monotonic);
        } else if !kept.doubt_left.is_zero() {
            seen.doubtful_until = Some(monotonic.saturating_add(kept.doubt_left.min(DOUBT_TIME)));
        }
    }

    /// For another who looks at the same clock.
    #[must_use]
    pub fn share(&self) -> Self {
        Self { seen: Arc::clone(&self.seen), told: AtomicU64::new(self.told.load(Ordering::Relaxed)) }
    }

    /// For the next run, as of the last look.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let seen = self.seen.lock();
        let until = seen.doubtful_until.unwrap_or_default();
        Kept { wall: seen.wall, doubt_left: until.saturating_sub(seen.monotonic) }
    }

    /// A look. `stops` says for the log what does not happen after a jump.
    pub fn look(&self, clock: &dyn Clock, stops: &str) -> Trust {
        let mut seen = self.seen.lock();
        // Read under the lock: two looks at a time keep their order.
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        let expected = seen.wall.plus(monotonic.saturating_sub(seen.monotonic));
        let off = wall.since(expected).max(expected.since(wall));
        let from = seen.wall;
        seen.wall = wall;
        seen.monotonic = monotonic;
        if off > JUMP_MIN {
            seen.jumped(Jump { from, to: wall, what: "the clock has jumped: set it right" }, monotonic);
        }
        if self.told.swap(seen.jumps, Ordering::Relaxed) != seen.jumps {
            let Jump { from, to, what } = seen.last;
            tracing::error!(
                event = "clock_jumped",
                from = from.rfc5322(),
                to = to.rfc5322(),
                stops,
                hours = DOUBT_TIME.as_secs() / 3_600,
                "{what}"
            );
            return Trust::Jumped;
        }
        match seen.doubtful_until {
            Some(until) if monotonic < until => Trust::Doubtful,
            _ => Trust::Sound,
        }
    }
}

impl Seen {
    fn jumped(&mut self, jump: Jump, monotonic: Duration) {
        self.doubtful_until = Some(monotonic.saturating_add(DOUBT_TIME));
        self.jumps = self.jumps.wrapping_add(1);
        self.last = jump;
    }
}

#[cfg(test)]
mod tests;
