//! Destinations that an operator stopped. Kept by the caller (`store`), read on every delivery.

use std::collections::BTreeSet;

use mail::address::{AddressError, Domain};
use parking_lot::RwLock;

/// Word for all destinations, as it is kept.
pub const ALL: &str = "*";

/// What an operator stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Every delivery.
    All,
    /// Those to the recipients of one domain.
    Domain(Domain),
}

impl Destination {
    /// Reads a domain; nothing, `*` and `all` are all.
    ///
    /// # Errors
    /// If it is neither.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        match text {
            "" | ALL | "all" => Ok(Self::All),
            domain => Ok(Self::Domain(Domain::parse(domain)?)),
        }
    }

    /// The word under which it is kept.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::All => ALL,
            Self::Domain(domain) => domain.as_str(),
        }
    }
}

/// The set of paused destinations in force.
#[derive(Debug, Default)]
pub struct Paused {
    words: RwLock<BTreeSet<String>>,
}

impl Paused {
    /// Deliveries to this domain wait.
    #[must_use]
    pub fn stops(&self, domain: &str) -> bool {
        let words = self.words.read();
        !words.is_empty() && (words.contains(ALL) || words.contains(&domain.to_ascii_lowercase()))
    }

    /// Puts a whole set in force, each by its [`Destination::word`].
    pub fn replace(&self, words: impl IntoIterator<Item = String>) {
        *self.words.write() = words.into_iter().map(|word| word.to_ascii_lowercase()).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paused(words: &[&str]) -> Paused {
        let paused = Paused::default();
        paused.replace(words.iter().map(|word| Destination::parse(word).unwrap().word().to_owned()));
        paused
    }

    #[test]
    fn one_destination_or_all() {
        assert!(!paused(&[]).stops("a.example"));
        assert!(paused(&["A.example"]).stops("a.EXAMPLE") && !paused(&["A.example"]).stops("b.example"));
        for all in ["", "*", "all"] {
            assert!(paused(&["a.example", all]).stops("b.example"), "{all:?}");
        }
        for wrong in ["a b", "a\nb", "a@b.example", "two.example,three.example"] {
            assert!(Destination::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
