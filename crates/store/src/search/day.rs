//! The UTC day that a journal file covers, and the file's name.

use mail::timestamp::Timestamp;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Day(i64);

impl Day {
    /// The day of a moment. A moment outside of what has a name counts as the first day, so that it stays findable.
    pub(crate) fn of(millis: i64) -> Self {
        let day = Self(millis.div_euclid(DAY_MILLIS));
        if Self::named(&day.name()) == Some(day) { day } else { Self(0) }
    }

    /// From `YYYY-MM-DD`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let start = Timestamp::parse(&format!("{name}T00:00:00Z"))?;
        let day = Self(start.unix_millis().div_euclid(DAY_MILLIS));
        (day.name() == name).then_some(day)
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn name(self) -> String {
        Timestamp::from_unix_millis(self.start()).day()
    }

    /// Its first millisecond.
    pub(crate) const fn start(self) -> i64 {
        self.0.saturating_mul(DAY_MILLIS)
    }

    /// The first millisecond after it.
    pub(crate) const fn end(self) -> i64 {
        self.start().saturating_add(DAY_MILLIS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_name() {
        let noon = Timestamp::parse("2026-11-25T12:00:00Z").map_or(0, Timestamp::unix_millis);
        let day = Day::of(noon);
        assert_eq!(day.name(), "2026-11-25");
        assert_eq!(Day::named("2026-11-25"), Some(day));
        assert_eq!(Day::of(day.start()), day);
        assert_eq!(Day::of(day.end() - 1), day);
        assert_eq!(Day::of(day.end()).name(), "2026-11-26");
        assert_eq!(Day::named("quarantine"), None);
        assert_eq!(Day::of(i64::MAX).name(), "1970-01-01");
        assert_eq!(Day::of(-1).name(), "1969-12-31");
    }
}
