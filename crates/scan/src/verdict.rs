//! What the message is, how sure we are, and why. Says nothing of what to do.

use crate::class::{Class, PerClass};
use crate::evidence::Evidence;

/// A judgement.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The most likely class; `Unscannable` wins over all but malware.
    pub class: Class,
    /// Probability of each class; they add up to 1. `Unscannable` has 1 or 0.
    pub probability: PerClass<f64>,
    /// Evidence with its contribution, strongest first.
    pub reasons: Vec<Reason>,
    /// The weights were fitted to data; if not, the probability is an ordering only.
    pub calibrated: bool,
}

/// A piece of evidence and what it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What was seen.
    pub evidence: Evidence,
    /// What it added to the log-odds of the verdict's class (of the likeliest bad class when the verdict is clean).
    pub contribution: f64,
}

impl Verdict {
    /// Probability that it is bad: neither clean nor bulk.
    #[must_use]
    pub fn bad(&self) -> f64 {
        (1.0 - self.probability.of(Class::Clean) - self.probability.of(Class::Bulk)).clamp(0.0, 1.0)
    }
}
