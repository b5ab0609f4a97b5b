//! Verdict and decision of a mail, computed again from its record. Nothing on this path can read clock, DNS or the settings
//! in force: it is given none.

use std::collections::BTreeMap;
use std::sync::Arc;

use mail::envelope::TenantId;
use mail::id::MailId;
use policy::decide::Attempt;
use policy::reconcile::reconcile;
use policy::rules::Policy;
use scan::action::{Action, Tag};
use scan::decision::{Decision, Ruling};
use scan::verdict::Verdict;
use scan::weights::Weights;
use store::record::JudgedRecord;

use crate::conclude::{Policies, conclude};
use crate::record::{self, RecordError};

/// What verdicts and decisions are made with.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Weights.
    pub weights: Arc<Weights>,
    /// Policies.
    pub policies: Policies,
}

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// Verdict and decision are the same.
    Same,
    /// The first field that differs, with what stands in the record and what came out now.
    Differs {
        /// For instance `verdict.class` or `decision[bob@corp.example].actions`.
        field: String,
        /// In the record.
        recorded: String,
        /// Now.
        computed: String,
    },
    /// The policy asks a question about the content that was not asked then.
    NeedsBody(String),
}

/// Why a record cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It does not read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A policy is missing.
    #[error(transparent)]
    Policy(#[from] crate::conclude::NoPolicy),
}

/// Which policies decide in a replay.
#[derive(Clone, Copy, Debug)]
pub enum Names<'a> {
    /// Those of the record.
    Recorded,
    /// Those that settings give the recipients now.
    Of(&'a Policies),
}

/// A judgement of the journal.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Of which mail.
    pub mail: MailId,
    /// Whose.
    pub tenant: TenantId,
    /// What was judged.
    pub record: &'a JudgedRecord,
}

/// Computes again and compares.
///
/// # Errors
/// [`ReplayError`] if the record cannot be replayed.
pub fn replay(
    recorded: Recorded<'_>,
    weights: &Weights,
    policies: &BTreeMap<String, Arc<Policy>>,
    names: Names<'_>,
) -> Result<Replayed, ReplayError> {
    let Recorded { mail, tenant, record } = recorded;
    let gathered = record::gathered(mail, tenant, record)?;
    let names = match names {
        Names::Recorded => record.rulings.iter().map(|ruling| ruling.policy.clone()).collect(),
        Names::Of(policies) => policies.names_for(&gathered.envelope.recipients),
    };
    if let Some(question) = unasked(&gathered.findings, policies, &names) {
        return Ok(Replayed::NeedsBody(question));
    }
    let attempt = if record.after_accept { Attempt::AfterAccept } else { Attempt::InSession };
    let concluded = conclude(&gathered, weights, policies, &names, attempt)?;
    let settled = reconcile(concluded.decision).0;
    let recorded = (record::verdict(record)?, record::decision(tenant, record)?);
    Ok(compare(&recorded.0, &concluded.verdict)
        .or_else(|| compare_decision(&recorded.1, &settled))
        .unwrap_or(Replayed::Same))
}

fn unasked(
    findings: &scan::question::Findings,
    policies: &BTreeMap<String, Arc<Policy>>,
    names: &[String],
) -> Option<String> {
    let asked = names.iter().filter_map(|name| policies.get(name)).flat_map(|policy| policy.questions());
    asked.map(|question| question.key()).find(|key| !findings.0.contains_key(key))
}

fn differs(field: impl Into<String>, recorded: impl Into<String>, computed: impl Into<String>) -> Replayed {
    Replayed::Differs { field: field.into(), recorded: recorded.into(), computed: computed.into() }
}

fn compare(recorded: &Verdict, computed: &Verdict) -> Option<Replayed> {
    if recorded.class != computed.class {
        return Some(differs("verdict.class", recorded.class.word(), computed.class.word()));
    }
    for class in scan::class::Class::ALL {
        let (then, now) = (recorded.probability.of(class), computed.probability.of(class));
        if then.to_bits() != now.to_bits() {
            return Some(differs(format!("verdict.probability.{}", class.word()), then.to_string(), now.to_string()));
        }
    }
    if recorded.calibrated != computed.calibrated {
        return Some(differs("verdict.calibrated", recorded.calibrated.to_string(), computed.calibrated.to_string()));
    }
    for (then, now) in recorded.reasons.iter().zip(&computed.reasons) {
        if then.evidence != now.evidence || then.contribution.to_bits() != now.contribution.to_bits() {
            let field = format!("verdict.reasons.{}", then.evidence.id.name());
            let text =
                |reason: &scan::verdict::Reason| format!("{} {:+}", reason.evidence.id.name(), reason.contribution);
            return Some(differs(field, text(then), text(now)));
        }
    }
    None
}

fn compare_decision(recorded: &Decision, computed: &Decision) -> Option<Replayed> {
    if recorded.per_recipient.len() != computed.per_recipient.len() {
        let count = |decision: &Decision| decision.per_recipient.len().to_string();
        return Some(differs("decision.recipients", count(recorded), count(computed)));
    }
    for (then, now) in recorded.per_recipient.iter().zip(&computed.per_recipient) {
        let at = format!("decision[{}]", then.recipient.address);
        if then.actions != now.actions {
            return Some(differs(format!("{at}.actions"), actions_text(then), actions_text(now)));
        }
        if then.because != now.because {
            let names = |rules: &[scan::decision::RuleId]| {
                rules.iter().map(|rule| rule.0.clone()).collect::<Vec<_>>().join(", ")
            };
            return Some(differs(format!("{at}.because"), names(&then.because), names(&now.because)));
        }
        if then.not_checked != now.not_checked {
            return Some(differs(format!("{at}.not_checked"), then.not_checked.join(", "), now.not_checked.join(", ")));
        }
    }
    None
}

// `tag "[suspicious] " X-Mark: 1, junk (standard/marketing-tag)`
fn actions_text(ruling: &Ruling) -> String {
    let action = |action: &Action| match action {
        Action::Tag(Tag { subject_prefix, headers }) => {
            let prefix = subject_prefix.iter().map(|prefix| format!(" {prefix:?}"));
            let headers = headers.iter().map(|(name, value)| format!(" {name}: {value}"));
            format!("{}{}", action.word(), prefix.chain(headers).collect::<String>())
        }
        Action::Remove(remove) => {
            let lists = [("types", &remove.types), ("extensions", &remove.extensions), ("marks", &remove.marks)];
            let lists = lists.iter().filter(|(_, words)| !words.is_empty());
            let lists = lists.map(|(name, words)| format!(" {name} {}", words.join(" ")));
            format!("{}{}", action.word(), lists.collect::<String>())
        }
        other => other.word().to_owned(),
    };
    let actions: Vec<String> = ruling.actions.iter().map(action).collect();
    let because: Vec<&str> = ruling.because.iter().map(|rule| rule.0.as_str()).collect();
    let because = if because.is_empty() { "no rule matched".to_owned() } else { because.join(", ") };
    format!("{} ({because})", actions.join(", "))
}
