//! Times as people type them, UTC.

use std::time::Duration;

use mail::timestamp::Timestamp;
use net::clock::{Clock, SystemClock};

const MINUTE_SECONDS: u64 = 60;
const HOUR_SECONDS: u64 = 60 * MINUTE_SECONDS;
const DAY_SECONDS: u64 = 24 * HOUR_SECONDS;

/// A date, a time, or how long ago.
pub(crate) fn parse(input: &str) -> Result<Timestamp, String> {
    let wrong = "write 2026-11-25, 2026-11-25T08:00, 08:00 (UTC), yesterday, or how long ago: 90s, 15m, 1h30m, 2d, 2w";
    parse_at(SystemClock::new().now(), input.trim()).ok_or_else(|| wrong.to_owned())
}

fn parse_at(now: Timestamp, input: &str) -> Option<Timestamp> {
    let today = now.day();
    match input {
        "now" => return Some(now),
        "today" => return Timestamp::parse(&format!("{today}T00:00:00Z")),
        "yesterday" => {
            let day = now.minus(Duration::from_secs(DAY_SECONDS)).day();
            return Timestamp::parse(&format!("{day}T00:00:00Z"));
        }
        _ => {}
    }
    Timestamp::parse(input).or_else(|| ago(now, input)).or_else(|| dated(input)).or_else(|| {
        // The last time that it was so late.
        let time = dated(&format!("{today}T{input}"))?;
        Some(if time > now { time.minus(Duration::from_secs(DAY_SECONDS)) } else { time })
    })
}

// `2026-11-25`, `2026-11-25T08:00`, `2026-11-25 08:00:00`: without a zone it is UTC, as in lists.
fn dated(input: &str) -> Option<Timestamp> {
    let input = input.trim_end_matches(['Z', 'z']);
    let (day, time) = input.split_once(['T', 't', ' ']).unwrap_or((input, "00:00"));
    let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
    Timestamp::parse(&format!("{day}T{time}{seconds}Z"))
}

// `90s`, `1h30m`.
fn ago(now: Timestamp, input: &str) -> Option<Timestamp> {
    let mut total = 0_u64;
    let mut rest = input.trim_end_matches("ago").trim_end();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (count, unit) = rest.split_at_checked(digits)?;
        let seconds = match unit.chars().next()? {
            's' => 1,
            'm' => MINUTE_SECONDS,
            'h' => HOUR_SECONDS,
            'd' => DAY_SECONDS,
            'w' => 7 * DAY_SECONDS,
            _ => return None,
        };
        total = total.saturating_add(count.parse::<u64>().ok()?.saturating_mul(seconds));
        rest = unit.get(1..)?;
    }
    Some(now.minus(Duration::from_secs(total)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_type_them() {
        let now = Timestamp::parse("2026-11-26T03:10:00Z").unwrap();
        let read = |input: &str| parse_at(now, input).map(|time| time.to_string());
        for (input, expected) in [
            ("2026-11-25T08:00:00Z", "2026-11-25T08:00:00.000Z"),
            ("2026-11-25T09:00:00+01:00", "2026-11-25T08:00:00.000Z"),
            ("2026-11-25", "2026-11-25T00:00:00.000Z"),
            ("2026-11-25T08:00", "2026-11-25T08:00:00.000Z"),
            ("2026-11-25 08:00:30", "2026-11-25T08:00:30.000Z"),
            ("03:00", "2026-11-26T03:00:00.000Z"),
            ("04:00", "2026-11-25T04:00:00.000Z"),
            ("today", "2026-11-26T00:00:00.000Z"),
            ("yesterday", "2026-11-25T00:00:00.000Z"),
            ("90s", "2026-11-26T03:08:30.000Z"),
            ("1h30m", "2026-11-26T01:40:00.000Z"),
            ("2w", "2026-11-12T03:10:00.000Z"),
            ("2d ago", "2026-11-24T03:10:00.000Z"),
        ] {
            assert_eq!(read(input).as_deref(), Some(expected), "{input}");
        }
        for wrong in ["", "lately", "h", "3", "1.5h", "2y", "2026-13-01", "2026-11-25T25:00", "-3h", "3h2"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
