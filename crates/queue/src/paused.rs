//! Destinations that an operator stopped. Kept by the caller (`store`), read on every delivery.

use std::collections::BTreeSet;

use parking_lot::RwLock;

/// Word for all destinations.
pub const ALL: &str = "*";

/// The set of paused destination domains.
#[derive(Debug, Default)]
pub struct Paused {
    domains: RwLock<BTreeSet<String>>,
}

impl Paused {
    /// From what was kept.
    #[must_use]
    pub fn new(domains: impl IntoIterator<Item = String>) -> Self {
        Self { domains: RwLock::new(domains.into_iter().map(|domain| domain.to_ascii_lowercase()).collect()) }
    }

    /// Deliveries to this domain wait.
    #[must_use]
    pub fn stops(&self, domain: &str) -> bool {
        let domains = self.domains.read();
        !domains.is_empty() && (domains.contains(ALL) || domains.contains(&domain.to_ascii_lowercase()))
    }

    /// Stops or goes on (an empty `destination` is all) and gives the whole set, sorted. Going on with all clears the set.
    #[must_use]
    pub fn with(&self, destination: &str, pause: bool) -> Vec<String> {
        let mut set = self.domains.read().clone();
        let destination = if destination.is_empty() { ALL.to_owned() } else { destination.to_ascii_lowercase() };
        if pause {
            set.insert(destination);
        } else if destination == ALL {
            set.clear();
        } else {
            set.remove(&destination);
        }
        set.into_iter().collect()
    }

    /// Puts a whole set in force.
    pub fn replace(&self, domains: &[String]) {
        *self.domains.write() = domains.iter().cloned().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_destination_or_all() {
        let paused = Paused::default();
        assert!(!paused.stops("a.example"));
        paused.replace(&paused.with("A.example", true));
        assert!(paused.stops("a.EXAMPLE") && !paused.stops("b.example"));
        paused.replace(&paused.with("", true));
        assert!(paused.stops("b.example"));
        paused.replace(&paused.with("", false));
        assert!(!paused.stops("a.example"));
    }
}
