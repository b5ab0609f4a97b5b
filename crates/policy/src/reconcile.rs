//! One reply to the end of data for all recipients (RFC 5321 3.3): what rulings that differ come to.

use scan::action::Action;
use scan::decision::{Decision, Ruling};

use crate::decide::after_accept;

/// The reply to the end of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionReply {
    /// 250: we take responsibility for every recipient.
    AcceptAll,
    /// 5xx for every recipient; nothing is kept but the journal's record.
    RejectAll,
    /// 451 for every recipient; the sender tries again.
    DeferAll,
}

/// All rejected: 5xx. All deferred: 451. Else 250, and in it reject becomes quarantine and defer becomes hold.
#[must_use]
pub fn reconcile(decision: Decision) -> (Decision, SessionReply) {
    let all = |wanted: &Action| {
        let mut rulings = decision.per_recipient.iter();
        !decision.per_recipient.is_empty() && rulings.all(|ruling| ruling.actions.contains(wanted))
    };
    if all(&Action::Reject) {
        return (decision, SessionReply::RejectAll);
    }
    if all(&Action::Defer) {
        return (decision, SessionReply::DeferAll);
    }
    let accept = |ruling: Ruling| Ruling { actions: ruling.actions.into_iter().map(after_accept).collect(), ..ruling };
    let per_recipient = decision.per_recipient.into_iter().map(accept).collect();
    (Decision { per_recipient }, SessionReply::AcceptAll)
}
