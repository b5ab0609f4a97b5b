//! What to do, for each recipient, and which rules said so. What carrying it out brought is an `Outcome` (`pipeline`).

use mail::envelope::Recipient;

use crate::action::Action;

/// One ruling for each recipient of the envelope, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The rulings.
    pub per_recipient: Vec<Ruling>,
}

/// What happens to one recipient's copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whose copy.
    pub recipient: Recipient,
    /// What to do. Never empty: without a matching rule it is `Deliver`.
    pub actions: Vec<Action>,
    /// Rules that matched, in order.
    pub because: Vec<RuleId>,
    /// Advisory facts that a rule asked for and that were not known: "not checked".
    pub not_checked: Vec<String>,
}

/// `policy/rule`, for instance `standard/phishing-quarantine`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub String);

impl Ruling {
    /// The weightiest action: the one word of lists.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.actions.iter().min_by_key(|action| action.rank()).map_or("deliver", Action::word)
    }
}

impl Decision {
    /// The weightiest word over all recipients.
    #[must_use]
    pub fn word(&self) -> &'static str {
        let actions = self.per_recipient.iter().flat_map(|ruling| &ruling.actions);
        actions.min_by_key(|action| action.rank()).map_or("deliver", Action::word)
    }
}
