//! From evidence to a verdict: a linear model in log-odds, one for each class against clean, joined by softmax. Pure, and
//! the same on every machine: the order of additions is the order of the evidence.

use crate::class::{Class, PerClass};
use crate::evidence::Evidence;
use crate::verdict::{Reason, Verdict};
use crate::weights::Weights;

/// Evidence of this name makes a message unscannable whatever else is known: something could not be looked into.
pub const UNSCANNABLE: &str = "unscannable";

/// Classes that the model scores; clean is the zero that they are compared with.
const SCORED: [Class; 5] = [Class::Bulk, Class::Spam, Class::Phishing, Class::Malware, Class::Policy];

/// Probability of malware from which a message that could not be opened whole is called malware, not unscannable.
const MALWARE_CERTAIN: f64 = 0.995;

/// Judges.
#[must_use]
pub fn judge(evidence: &[Evidence], weights: &Weights) -> Verdict {
    let mut scores = PerClass([0.0_f64; 7]);
    for class in SCORED {
        let prior = weights.prior.get(&class).copied().unwrap_or(0.0);
        let sum: f64 = evidence.iter().map(|item| contribution(item, class, weights)).sum();
        scores.0[class.index()] = prior + sum;
    }
    let probability = softmax(&scores);
    let unopened = evidence.iter().any(|item| item.id.name() == UNSCANNABLE);
    let (class, probability) = if unopened && probability.of(Class::Malware) < MALWARE_CERTAIN {
        let mut certain = PerClass([0.0; 7]);
        certain.0[Class::Unscannable.index()] = 1.0;
        (Class::Unscannable, certain)
    } else {
        (likeliest(&probability, &SCORED_AND_CLEAN), probability)
    };
    let blamed = if class.is_bad() { class } else { likeliest(&probability, &SCORED[1..]) };
    Verdict { class, probability, reasons: reasons(evidence, blamed, weights), calibrated: weights.calibrated }
}

const SCORED_AND_CLEAN: [Class; 6] =
    [Class::Clean, Class::Bulk, Class::Spam, Class::Phishing, Class::Malware, Class::Policy];

fn contribution(item: &Evidence, class: Class, weights: &Weights) -> f64 {
    let weight = weights.evidence.get(item.id.name()).and_then(|row| row.get(&class)).copied().unwrap_or(0.0);
    weight * f64::from(item.strength.value())
}

// The largest score is taken off first, so that no exponent overflows.
fn softmax(scores: &PerClass<f64>) -> PerClass<f64> {
    let largest = SCORED_AND_CLEAN.iter().map(|class| scores.of(*class)).fold(f64::NEG_INFINITY, f64::max);
    let mut probability = PerClass([0.0; 7]);
    let mut sum = 0.0;
    for class in SCORED_AND_CLEAN {
        let exponential = (scores.of(class) - largest).exp();
        probability.0[class.index()] = exponential;
        sum += exponential;
    }
    for class in SCORED_AND_CLEAN {
        probability.0[class.index()] /= sum;
    }
    probability
}

// The first of equals, so benign before bad.
fn likeliest(probability: &PerClass<f64>, among: &[Class]) -> Class {
    let mut best = among.first().copied().unwrap_or(Class::Clean);
    for class in among {
        if probability.of(*class) > probability.of(best) {
            best = *class;
        }
    }
    best
}

fn reasons(evidence: &[Evidence], class: Class, weights: &Weights) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = evidence
        .iter()
        .map(|item| Reason { evidence: item.clone(), contribution: contribution(item, class, weights) })
        .collect();
    // Stable, so equals stay in the order of detectors; certain evidence without a weight (unscannable) comes first.
    reasons.sort_by(|a, b| {
        let certain = |reason: &Reason| reason.evidence.id.name() == UNSCANNABLE;
        certain(b).cmp(&certain(a)).then(b.contribution.abs().total_cmp(&a.contribution.abs()))
    });
    reasons
}

#[cfg(test)]
mod tests;
