//! The second half of the line: judge and decide. It is given what was gathered and what is in force, and nothing else: no
//! clock, no DNS, no settings. The session, a re-scan, replay and simulation all end here.

use std::collections::BTreeMap;
use std::sync::Arc;

use mail::envelope::{Direction, Recipient};
use policy::decide::{Attempt, rule_for};
use policy::rules::Policy;
use scan::Gathered;
use scan::decision::Decision;
use scan::judge::judge;
use scan::verdict::Verdict;
use scan::weights::Weights;

/// Policies by name, and which one decides for whom.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Compiled policies.
    pub by_name: BTreeMap<String, Arc<Policy>>,
    /// Name of the policy of a recipient domain.
    pub by_domain: BTreeMap<String, String>,
    /// Name of the policy of outbound mail.
    pub outbound: String,
}

impl Policies {
    /// Name of the policy that decides for a recipient.
    #[must_use]
    pub fn name_for(&self, recipient: &Recipient) -> &str {
        if recipient.direction == Direction::Outbound && !self.outbound.is_empty() {
            return &self.outbound;
        }
        self.by_domain.get(recipient.address.domain().as_str()).map_or(policy::domains::DEFAULT_POLICY, String::as_str)
    }

    /// Names for all recipients, in order.
    #[must_use]
    pub fn names_for(&self, recipients: &[Recipient]) -> Vec<String> {
        recipients.iter().map(|recipient| self.name_for(recipient).to_owned()).collect()
    }
}

/// What conclude brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Concluded {
    /// What the message is.
    pub verdict: Verdict,
    /// What to do, for each recipient.
    pub decision: Decision,
}

/// A policy that a recipient needs is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no policy {0:?}")]
pub struct NoPolicy(pub String);

/// Judges and decides. `names` gives the deciding policy of each recipient, in order.
///
/// # Errors
/// [`NoPolicy`] if one is missing; settings are checked at load, so only a replay meets it.
pub fn conclude(
    gathered: &Gathered,
    weights: &Weights,
    policies: &BTreeMap<String, Arc<Policy>>,
    names: &[String],
    attempt: Attempt,
) -> Result<Concluded, NoPolicy> {
    let verdict = judge(&gathered.evidence, weights);
    let mut per_recipient = Vec::with_capacity(names.len());
    for (recipient, name) in gathered.envelope.recipients.iter().zip(names) {
        let policy = policies.get(name).ok_or_else(|| NoPolicy(name.clone()))?;
        per_recipient.push(rule_for(policy, gathered, &verdict, (recipient, attempt)));
    }
    let decision = Decision { per_recipient };
    Ok(Concluded { verdict, decision })
}
