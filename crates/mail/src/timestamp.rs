//! A point in time, UTC, in milliseconds. There is no `now` here: the clock is `net::clock`.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::macros::format_description;

/// RFC 3339 with three digits of a second always, so that times sort as texts.
const MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment and `duration` later; stops at the end of time instead of wrapping.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This moment and `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The form of a `Date` or `Received` field (RFC 5322 3.3), in UTC.
    #[must_use]
    pub fn rfc5322(self) -> String {
        self.date_time()
            .and_then(|t| t.format(&Rfc2822).ok())
            .unwrap_or_else(|| "Thu, 01 Jan 1970 00:00:00 +0000".into())
    }

    /// Reads RFC 5322 or ISO 8601 (RFC 3339) text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let parsed = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(text, &Rfc2822)).ok()?;
        i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Self)
    }

    /// The UTC day, `YYYY-MM-DD`: the name of a journal file.
    #[must_use]
    pub fn day(self) -> String {
        self.date_time().map_or_else(|| "1970-01-01".into(), |t| t.date().to_string())
    }

    fn date_time(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0).saturating_mul(1_000_000)).ok()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date_time().and_then(|t| t.format(MILLIS).ok()) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{}ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let iso = Timestamp::parse("2026-11-25T21:00:00Z");
        assert_eq!(iso, Timestamp::parse("Wed, 25 Nov 2026 22:00:00 +0100"));
        assert_eq!(iso.map(Timestamp::day), Some("2026-11-25".to_owned()));
        assert_eq!(iso.map(|t| t.to_string()), Some("2026-11-25T21:00:00.000Z".to_owned()));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn arithmetic_does_not_wrap() {
        let end = Timestamp::from_unix_millis(i64::MAX);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_unix_millis(0).since(end), Duration::ZERO);
        assert_eq!(end.to_string(), "9223372036854775807ms");
    }
}
