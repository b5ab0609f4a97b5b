//! Facts that were fetched a moment ago. What is known lives for minutes, what is not for seconds: a dead server must not
//! cost every message its deadline, and must not be forgotten for long either.

use std::hash::Hash;
use std::time::Duration;

use moka::sync::Cache;
use net::clock::Clock;
use scan::facts::Fact;

/// Facts of one source.
const FACTS_MAX: u64 = 50_000;
/// Seconds that a known fact lives.
const KNOWN_LIFE_S: u64 = 300;
/// Seconds that "we could not tell" lives.
const UNKNOWN_LIFE_S: u64 = 30;

/// Facts by what was asked.
pub(crate) struct Remembered<K, T> {
    facts: Cache<K, (Duration, Fact<T>)>,
}

impl<K: Hash + Eq + Send + Sync + 'static, T: Clone + Send + Sync + 'static> Remembered<K, T> {
    pub(crate) fn new() -> Self {
        Self { facts: Cache::new(FACTS_MAX) }
    }

    /// The fact, if it is young enough.
    pub(crate) fn get(&self, key: &K, clock: &dyn Clock) -> Option<Fact<T>> {
        let (since, fact) = self.facts.get(key)?;
        let life = match &fact {
            Fact::Known(_) => KNOWN_LIFE_S,
            Fact::Unknown(_) => UNKNOWN_LIFE_S,
        };
        let age = clock.monotonic().saturating_sub(since);
        (age < Duration::from_secs(life)).then_some(fact)
    }

    pub(crate) fn put(&self, key: K, fact: Fact<T>, clock: &dyn Clock) {
        self.facts.insert(key, (clock.monotonic(), fact));
    }
}
