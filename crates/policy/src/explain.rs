//! Why a recipient's copy is treated as it is: every rule with its outcome and the value of each part of its condition.

use mail::envelope::Recipient;
use scan::Gathered;
use scan::decision::RuleId;
use scan::verdict::Verdict;

use crate::condition::{Explained, Truth, View};
use crate::decide::{CLOSED_CONTENT, undetermined};
use crate::rule::is_final;
use crate::rules::Policy;

/// All rules of a policy over one message and recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// In the order of the policy.
    pub rules: Vec<RuleExplanation>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleExplanation {
    /// `policy/rule`.
    pub id: String,
    /// What came of it.
    pub outcome: RuleOutcome,
    /// Words of its actions.
    pub actions: Vec<&'static str>,
    /// What it is for.
    pub note: String,
    /// The condition with all its values; none where the rule was not asked.
    pub condition: Option<Explained>,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleOutcome {
    /// Its actions are taken.
    Matched,
    /// Its condition is false.
    NotMatched,
    /// Its condition is not known, for these reasons; it does this instead, or nothing.
    Undetermined {
        /// Each with its kind.
        causes: Vec<String>,
        /// Word of the action.
        instead: Option<&'static str>,
    },
    /// It is for the other direction.
    OtherDirection,
    /// An earlier rule has ended the matter.
    NotReached,
}

/// Explains. Rules after the final one are listed as not reached.
#[must_use]
pub fn explain(policy: &Policy, gathered: &Gathered, verdict: &Verdict, recipient: &Recipient) -> Explanation {
    let view = View { gathered, verdict, recipient, thresholds: policy.thresholds() };
    let mut ended = false;
    let rules = policy.rules.iter().map(|rule| {
        let (outcome, condition) = if ended {
            (RuleOutcome::NotReached, None)
        } else if !rule.is_for(recipient.direction) {
            (RuleOutcome::OtherDirection, None)
        } else {
            let outcome = match rule.when.evaluate(&view) {
                Truth::True => {
                    ended = rule.last_word().is_some();
                    RuleOutcome::Matched
                }
                Truth::False => RuleOutcome::NotMatched,
                Truth::Unknown(causes) => {
                    let instead = undetermined(rule, &causes);
                    ended = instead.as_ref().is_some_and(is_final);
                    let causes = causes.iter().map(ToString::to_string).collect();
                    RuleOutcome::Undetermined { causes, instead: instead.map(|action| action.word()) }
                }
            };
            (outcome, Some(rule.when.explain(&view)))
        };
        let actions = rule.actions.iter().map(scan::action::Action::word).collect();
        RuleExplanation { id: policy.rule_id(rule).0, outcome, actions, note: rule.note.clone(), condition }
    });
    Explanation { rules: rules.collect() }
}

/// Reasons of an undetermined rule that one line shows.
const SHOWN_CAUSES_MAX: usize = 2;

impl RuleOutcome {
    /// One word for machines.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::NotMatched => "not_matched",
            Self::Undetermined { .. } => "undetermined",
            Self::OtherDirection => "other_direction",
            Self::NotReached => "not_reached",
        }
    }

    /// It had a say: it matched, or could not be asked.
    #[must_use]
    pub const fn matters(&self) -> bool {
        matches!(self, Self::Matched | Self::Undetermined { .. })
    }
}

impl RuleExplanation {
    fn line(&self) -> String {
        let outcome = match &self.outcome {
            RuleOutcome::Matched => format!("matched: {}", self.actions.join(", ")),
            RuleOutcome::NotMatched => "no match".to_owned(),
            RuleOutcome::OtherDirection => "for the other direction".to_owned(),
            RuleOutcome::NotReached => "not reached".to_owned(),
            RuleOutcome::Undetermined { causes, instead } => {
                let shown = causes.iter().take(SHOWN_CAUSES_MAX).cloned().collect::<Vec<_>>().join(", ");
                let more = match causes.len().saturating_sub(SHOWN_CAUSES_MAX) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("could not be decided, so {}: {shown}{more}", instead.unwrap_or("no match"))
            }
        };
        format!("{}: {outcome}", self.id)
    }
}

impl Explanation {
    /// All rules with all parts of their conditions, as text.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for rule in &self.rules {
            lines.push(rule.line());
            let condition = rule.condition.iter().flat_map(Explained::lines);
            lines.extend(condition.map(|line| format!("  {line}")));
        }
        lines
    }

    /// The rules that mattered, each with what made it so, and how many did not.
    #[must_use]
    pub fn deciding_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.outcome.matters()) {
            lines.push(rule.line());
            let reasons = rule.condition.iter().flat_map(Explained::reasons);
            lines.extend(reasons.map(|line| format!("  {line}")));
        }
        match self.rules.iter().filter(|rule| !rule.outcome.matters()).count() {
            0 => {}
            1 => lines.push("1 other rule had no part in it (--all shows it)".to_owned()),
            others => lines.push(format!("{others} other rules had no part in it (--all shows them)")),
        }
        lines
    }

    /// Which rules decided: `because` of a ruling, saying of each whether it could not be decided.
    #[must_use]
    pub fn because(&self, because: &[RuleId]) -> String {
        // Said of the rule itself.
        let rules = because.iter().filter(|id| id.0 != CLOSED_CONTENT);
        let names: Vec<String> = rules.map(|id| self.named(&id.0)).collect();
        if names.is_empty() { "no rule matched".to_owned() } else { names.join(", ") }
    }

    fn named(&self, id: &str) -> String {
        let rule = self.rules.iter().find(|rule| rule.id == id);
        match rule.map(|rule| &rule.outcome) {
            Some(RuleOutcome::Undetermined { .. }) => format!("{id} could not be decided"),
            _ => id.to_owned(),
        }
    }
}
