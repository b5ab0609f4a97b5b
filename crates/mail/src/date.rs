//! Dates of header fields (RFC 5322 3.3 and 4.3), read leniently: day name, seconds and zone may be missing, the zone may
//! have a name, years may have two digits.

use time::{Date, Month, Time};

use crate::timestamp::Timestamp;

pub(crate) fn parse(value: &str) -> Option<Timestamp> {
    Timestamp::parse(value).or_else(|| lenient(value))
}

fn lenient(value: &str) -> Option<Timestamp> {
    let value = value.split('(').next().unwrap_or_default();
    let words: Vec<&str> =
        value.split([' ', '\t', ',', '-', '\r', '\n']).filter(|word| !word.is_empty()).take(12).collect();
    let month_at = words.iter().position(|word| month(word).is_some())?;
    let month = words.get(month_at).and_then(|word| month(word))?;
    let clock = words.iter().find(|word| word.contains(':'))?;
    let after = words.get(month_at.saturating_add(1)..).unwrap_or_default();
    // `25 Nov 2026`, or as C prints it: `Nov 25 21:00:00 2026`.
    let before = month_at.checked_sub(1).and_then(|at| words.get(at)).and_then(|word| word.parse::<u8>().ok());
    let mut numbers = after.iter().filter_map(|word| word.parse::<i32>().ok().filter(|_| !word.starts_with('+')));
    let day = match before {
        Some(day) => day,
        None => u8::try_from(numbers.next()?).ok()?,
    };
    let date = Date::from_calendar_date(full_year(numbers.next()?), month, day).ok()?;
    let date_time = date.with_time(time_of_day(clock)?).assume_utc();
    let zone = zone_seconds(value);
    let seconds = date_time.unix_timestamp().checked_sub(zone)?;
    seconds.checked_mul(1000).map(Timestamp::from_unix_millis)
}

fn month(word: &str) -> Option<Month> {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let head = word.get(..3)?.to_ascii_lowercase();
    let number = names.iter().position(|name| *name == head)?.checked_add(1)?;
    Month::try_from(u8::try_from(number).ok()?).ok()
}

// RFC 5322 4.3.
const fn full_year(year: i32) -> i32 {
    match year {
        0..50 => year.saturating_add(2000),
        50..1000 => year.saturating_add(1900),
        _ => year,
    }
}

fn time_of_day(clock: &str) -> Option<Time> {
    let mut numbers = clock.split(':').map(|part| part.parse::<u8>().ok());
    let hour = numbers.next()??;
    let minute = numbers.next()??;
    let second = numbers.next().flatten().unwrap_or(0).min(59);
    Time::from_hms(hour, minute, second).ok()
}

// Offset east of UTC; an unknown zone is UTC (RFC 5322 4.3).
fn zone_seconds(value: &str) -> i64 {
    let behind_clock = value.rsplit_once(':').map_or("", |(_, rest)| rest);
    let Some(zone) =
        behind_clock.split_whitespace().skip(1).find(|word| word.parse::<u16>().is_err() || word.starts_with('+'))
    else {
        return 0;
    };
    let hours = |hours: i64| hours.saturating_mul(3600);
    match zone.to_ascii_uppercase().as_str() {
        "EDT" => hours(-4),
        "EST" | "CDT" => hours(-5),
        "CST" | "MDT" => hours(-6),
        "MST" | "PDT" => hours(-7),
        "PST" => hours(-8),
        numeric => {
            let sign = if numeric.starts_with('-') { -1 } else { 1 };
            let digits: i64 = numeric.trim_start_matches(['+', '-']).parse().unwrap_or(0);
            let minutes = digits.div_euclid(100).saturating_mul(60).saturating_add(digits.rem_euclid(100));
            minutes.saturating_mul(60).saturating_mul(sign)
        }
    }
}

#[cfg(test)]
mod tests;
