//! Counts by client prefix and hour: unknown recipients (REL-03), and refusals in the journal. Bounded: a prefix more than
//! fits pushes out the one with the smallest count, of those the one that was counted longest ago. Whoever has many networks
//! pushes out his own ones before anybody's high count.

use std::collections::{BTreeSet, HashMap};

use parking_lot::Mutex;
use policy::admission::prefix::Prefix;

/// Prefixes that are remembered.
const PREFIXES_MAX: usize = 100_000;
/// Milliseconds of an hour.
const HOUR_MILLIS: i64 = 3_600_000;

/// Counts of the present hour.
#[derive(Debug, Default)]
pub(super) struct HourlyCounts {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    hour: i64,
    /// Count and number of the last turn.
    counts: HashMap<Prefix, (u32, u64)>,
    /// The same, the first to go first.
    order: BTreeSet<(u32, u64, Prefix)>,
    turn: u64,
}

impl HourlyCounts {
    /// The count of a prefix.
    pub(super) fn of(&self, prefix: Prefix, now_millis: i64) -> u32 {
        let mut table = self.table.lock();
        table.turn_hour(now_millis);
        table.counts.get(&prefix).map_or(0, |(count, _)| *count)
    }

    /// Counts one more and gives the new count.
    pub(super) fn add(&self, prefix: Prefix, now_millis: i64) -> u32 {
        let mut table = self.table.lock();
        table.turn_hour(now_millis);
        table.add(prefix)
    }
}

impl Table {
    fn turn_hour(&mut self, now_millis: i64) {
        let hour = now_millis.div_euclid(HOUR_MILLIS);
        if self.hour != hour {
            *self = Self { hour, ..Self::default() };
        }
    }

    fn add(&mut self, prefix: Prefix) -> u32 {
        self.turn += 1;
        let before = self.counts.get(&prefix).copied();
        match before {
            Some((count, turn)) => {
                self.order.remove(&(count, turn, prefix));
            }
            None if self.counts.len() >= PREFIXES_MAX => {
                if let Some((_, _, smallest)) = self.order.pop_first() {
                    self.counts.remove(&smallest);
                }
            }
            None => {}
        }
        let count = before.map_or(0, |(count, _)| count).saturating_add(1);
        self.counts.insert(prefix, (count, self.turn));
        self.order.insert((count, self.turn, prefix));
        count
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

    // An owner of a large IPv6 network has as many /64 as he likes.
    #[test]
    fn a_flood_of_other_prefixes_resets_no_count() {
        let counts = HourlyCounts::default();
        let one = prefix("192.0.2.1".parse().unwrap());
        for expected in 1..=40 {
            assert_eq!(counts.add(one, 0), expected);
        }
        for number in 0..150_000_u128 {
            let other = std::net::Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) + (number << 64));
            counts.add(prefix(other.into()), 0);
        }
        assert_eq!(counts.add(one, 0), 41);
        let table = counts.table.lock();
        assert_eq!((table.counts.len(), table.order.len()), (PREFIXES_MAX, PREFIXES_MAX));
    }
}
