//! What in a policy is allowed and yet hardly meant.

use mail::envelope::Direction;
use scan::action::Action;

use crate::rules::Policy;

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `policy/rule`.
    pub rule: String,
    /// Byte offset of the rule in the file.
    pub at: usize,
    /// What is odd.
    pub message: String,
}

/// Looks for rules that are never reached, for ones that say the same twice, and for changes that come to nothing.
#[must_use]
pub fn lint(policy: &Policy) -> Vec<Warning> {
    let mut warnings = Vec::new();
    // The rule that ends everything, for each direction.
    let mut ended: [(Direction, Option<&str>); 2] = [(Direction::Inbound, None), (Direction::Outbound, None)];
    for (number, rule) in policy.rules.iter().enumerate() {
        let mut warn = |message: String| warnings.push(Warning { rule: policy.rule_id(rule).0, at: rule.at, message });
        let open = ended.iter().filter(|(direction, _)| rule.is_for(*direction));
        let before: Vec<Option<&str>> = open.map(|(_, by)| *by).collect();
        if let (true, Some(Some(by))) = (before.iter().all(Option::is_some), before.first()) {
            warn(format!("never reached: `{by}` always ends the matter before"));
        }
        let twin = policy.rules.iter().take(number).find(|earlier| {
            earlier.last_word().is_some()
                && earlier.when.text() == rule.when.text()
                && (earlier.direction.is_none() || earlier.direction == rule.direction)
        });
        if let Some(twin) = twin {
            warn(format!("never matches: `{}` has the same condition and ends the matter", twin.id));
        }
        let changes = rule.actions.iter().any(Action::changes_content);
        let kept = rule.last_word().filter(|action| !matches!(action, Action::Deliver | Action::Junk));
        if let Some(last) = kept.filter(|_| changes) {
            warn(format!("changes a copy that `{}` keeps back: such a copy stays as it came", last.word()));
        }
        if rule.note.is_empty() {
            warn("has no note that says what it is for".to_owned());
        }
        if rule.when.is_always() && rule.last_word().is_some() {
            for (_, by) in ended.iter_mut().filter(|(direction, by)| rule.is_for(*direction) && by.is_none()) {
                *by = Some(&rule.id);
            }
        }
    }
    warnings
}
