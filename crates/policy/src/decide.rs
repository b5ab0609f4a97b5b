//! From what is known to what is done, for each recipient: rules in order, every match adds its actions, a final action ends.
//!
//! A rule whose condition is undetermined: if it only loosens or marks it does not match; if it stops, an unknown from a
//! required check decides (defer in the session, else hold; quarantine where the content will never open), an unknown from
//! advisory facts alone lets the rule pass, and the ruling says "not checked". A required check that failed keeps mail from
//! being delivered whatever the rules say, but what they stop stays stopped.

use std::collections::BTreeSet;

use mail::envelope::Recipient;
use scan::Gathered;
use scan::action::Action;
use scan::class::Class;
use scan::decision::{Decision, RuleId, Ruling};
use scan::facts::ScannerFact;
use scan::verdict::Verdict;

use crate::condition::{Cause, CauseKind, Truth, View};
use crate::rule::{Effect, Rule, is_final};
use crate::rules::Policy;

/// Where the decision is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Before the reply to the end of data: the sender can still be told.
    InSession,
    /// We have taken responsibility: no reject, no defer.
    AfterAccept,
}

/// Stands in `because` where a required check failed.
pub const REQUIRED_CHECK: &str = "gateway/required-check";
/// Stands in `because` before a rule that could not be decided, as it asks for content that cannot be opened.
pub const CLOSED_CONTENT: &str = "gateway/closed-content";

/// Decides for every recipient.
#[must_use]
pub fn decide(policy: &Policy, gathered: &Gathered, verdict: &Verdict, attempt: Attempt) -> Decision {
    let recipients = &gathered.envelope.recipients;
    Decision { per_recipient: recipients.iter().map(|to| rule_for(policy, gathered, verdict, (to, attempt))).collect() }
}

/// Decides for one recipient: where recipients have policies of their own.
#[must_use]
pub fn rule_for(
    policy: &Policy,
    gathered: &Gathered,
    verdict: &Verdict,
    (recipient, attempt): (&Recipient, Attempt),
) -> Ruling {
    let view = View { gathered, verdict, recipient, thresholds: policy.thresholds() };
    let mut gathering = Gathering::default();
    for rule in policy.rules.iter().filter(|rule| rule.is_for(recipient.direction)) {
        let truth = rule.when.evaluate(&view);
        if gathering.take(policy, rule, truth) {
            break;
        }
    }
    let mut ruling = gathering.finish(recipient);
    require_checks(policy, gathered, verdict, &mut ruling);
    if attempt == Attempt::AfterAccept {
        ruling.actions = ruling.actions.into_iter().map(after_accept).collect();
    }
    ruling
}

/// Questions without which this decision could be another one: the record "needs the body". Empty for a message scanned under
/// this policy.
#[must_use]
pub fn needs_body(policy: &Policy, gathered: &Gathered, verdict: &Verdict) -> Vec<String> {
    let mut names = BTreeSet::new();
    for recipient in &gathered.envelope.recipients {
        let view = View { gathered, verdict, recipient, thresholds: policy.thresholds() };
        for rule in policy.rules.iter().filter(|rule| rule.is_for(recipient.direction)) {
            match rule.when.evaluate(&view) {
                Truth::True if rule.last_word().is_some() => break,
                Truth::Unknown(causes) => {
                    let unasked = causes.into_iter().filter(|cause| cause.kind == CauseKind::Unasked);
                    names.extend(unasked.map(|cause| cause.name));
                }
                Truth::True | Truth::False => {}
            }
        }
    }
    names.into_iter().collect()
}

/// What an action becomes once we have taken responsibility.
#[must_use]
pub fn after_accept(action: Action) -> Action {
    match action {
        Action::Reject => Action::Quarantine,
        Action::Defer => Action::Hold,
        other => other,
    }
}

/// What a rule does with an undetermined condition; none: it does not match.
#[must_use]
pub(crate) fn undetermined(rule: &Rule, causes: &BTreeSet<Cause>) -> Option<Action> {
    if rule.effect() != Effect::Stops {
        return None;
    }
    // Kinds are ordered by what they stop.
    match causes.iter().map(|cause| cause.kind).max() {
        Some(CauseKind::Required | CauseKind::Unasked) => Some(Action::Defer),
        Some(CauseKind::Unopened) => Some(Action::Quarantine),
        Some(CauseKind::Advisory) if rule.hold_when_unknown => Some(Action::Hold),
        Some(CauseKind::Advisory) | None => None,
    }
}

#[derive(Default)]
struct Gathering {
    actions: Vec<Action>,
    because: Vec<RuleId>,
    not_checked: BTreeSet<String>,
}

impl Gathering {
    // True: a final action was taken.
    fn take(&mut self, policy: &Policy, rule: &Rule, truth: Truth) -> bool {
        match truth {
            Truth::False => return false,
            Truth::True => {
                self.actions.extend(rule.actions.iter().cloned());
                self.because.push(policy.rule_id(rule));
            }
            Truth::Unknown(causes) => {
                let action = undetermined(rule, &causes);
                let is_closed = causes.iter().map(|cause| cause.kind).max() == Some(CauseKind::Unopened);
                self.not_checked.extend(causes.into_iter().map(|cause| cause.name));
                let Some(action) = action else { return false };
                self.actions.push(action);
                // Or help desks would say that the rule fits: "a forbidden kind of file".
                self.because.extend(is_closed.then(|| RuleId(CLOSED_CONTENT.to_owned())));
                self.because.push(policy.rule_id(rule));
            }
        }
        self.actions.last().is_some_and(is_final)
    }

    fn finish(self, recipient: &Recipient) -> Ruling {
        let mut actions = self.actions;
        if actions.is_empty() {
            actions.push(Action::Deliver);
        }
        let not_checked = self.not_checked.into_iter().collect();
        Ruling { recipient: recipient.clone(), actions, because: self.because, not_checked }
    }
}

fn require_checks(policy: &Policy, gathered: &Gathered, verdict: &Verdict, ruling: &mut Ruling) {
    let failed = &gathered.failed_checks;
    for check in failed.iter().cloned().chain(gathered.facts.not_checked()) {
        if !ruling.not_checked.contains(&check) {
            ruling.not_checked.push(check);
        }
    }
    let needed = failed.iter().any(|check| !policy.deliver_without.contains(check));
    // "Unscannable" may be nothing but the failure itself: another try tells.
    let premature = needed && verdict.class == Class::Unscannable && ruling.actions.contains(&Action::Quarantine);
    let stopped = ruling.actions.iter().any(keeps_back) && !premature;
    // What is too large for a required scanner is so the next time, too: a person decides, whatever the rules let through.
    let beyond = |fact: &ScannerFact| fact.is_beyond() && !policy.deliver_without.contains(&fact.check());
    let instead = match (needed, gathered.facts.scanners.iter().any(beyond)) {
        (true, _) => Action::Defer,
        (false, true) => Action::Quarantine,
        (false, false) => return,
    };
    if stopped {
        return;
    }
    ruling.actions.retain(|action| !is_final(action));
    ruling.actions.push(instead);
    ruling.because.push(RuleId(REQUIRED_CHECK.to_owned()));
}

// Junk is delivered, if only to a folder.
const fn keeps_back(action: &Action) -> bool {
    matches!(action, Action::Quarantine | Action::Reject | Action::Defer | Action::Hold | Action::Discard)
}

#[cfg(test)]
mod tests;
