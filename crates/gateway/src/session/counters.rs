//! Counts by client prefix and hour: unknown recipients (REL-03), and refusals in the journal. Bounded: a prefix more than
//! fits pushes the whole table out, which errs on the side of the client.

use std::collections::HashMap;

use parking_lot::Mutex;
use policy::admission::prefix::Prefix;

/// Prefixes that are remembered.
const PREFIXES_MAX: usize = 100_000;
/// Milliseconds of an hour.
const HOUR_MILLIS: i64 = 3_600_000;

/// Counts of the present hour.
#[derive(Debug, Default)]
pub(super) struct HourlyCounts {
    table: Mutex<(i64, HashMap<Prefix, u32>)>,
}

impl HourlyCounts {
    /// The count of a prefix.
    pub(super) fn of(&self, prefix: Prefix, now_millis: i64) -> u32 {
        let mut table = self.table.lock();
        turn_hour(&mut table, now_millis);
        table.1.get(&prefix).copied().unwrap_or(0)
    }

    /// Counts one more and gives the new count.
    pub(super) fn add(&self, prefix: Prefix, now_millis: i64) -> u32 {
        let mut table = self.table.lock();
        turn_hour(&mut table, now_millis);
        if table.1.len() >= PREFIXES_MAX && !table.1.contains_key(&prefix) {
            table.1.clear();
        }
        let count = table.1.entry(prefix).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

fn turn_hour(table: &mut (i64, HashMap<Prefix, u32>), now_millis: i64) {
    let hour = now_millis.div_euclid(HOUR_MILLIS);
    if table.0 != hour {
        table.0 = hour;
        table.1.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::admission::prefix::prefix;

    #[test]
    fn a_prefix_is_counted_for_an_hour() {
        let counts = HourlyCounts::default();
        let (one, same) = (prefix("192.0.2.1".parse().unwrap()), prefix("192.0.2.200".parse().unwrap()));
        assert_eq!(counts.add(one, 0), 1);
        assert_eq!(counts.add(same, 1), 2);
        assert_eq!(counts.of(prefix("198.51.100.1".parse().unwrap()), 1), 0);
        assert_eq!(counts.of(one, HOUR_MILLIS), 0);
    }
}
