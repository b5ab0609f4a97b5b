//! RCPT TO: relay, existence, counters.

use mail::address::Address;

use super::refusal::Refusal;
use super::{AdmissionRules, Admit, ForwardPath, Listener, SessionFacts};
use crate::domains::{Recipients, RelayDomain};

/// RFC 5321 4.5.1: in any case of letters.
pub(super) const POSTMASTER: &str = "postmaster";

/// Characters with which a local part asks another host to route on (RFC 5321 3.6.1, appendix F.1): `user%host`, `host!user`, a
/// quoted `user@host`, `@host:user`.
const ROUTING: [char; 4] = ['%', '!', '@', ':'];

/// What the next hop says of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextHopAnswer {
    /// 250.
    Known,
    /// 550.
    Unknown,
    /// Anything else, or nothing.
    CannotTell,
}

/// What comes of it.
#[must_use]
pub fn after_next_hop(answer: NextHopAnswer) -> Admit {
    match answer {
        NextHopAnswer::Known => Admit::Go,
        NextHopAnswer::Unknown => Admit::Refuse(Refusal::UnknownRecipient.reply()),
        NextHopAnswer::CannotTell => Admit::Refuse(Refusal::CannotTell.reply()),
    }
}

pub(super) fn rcpt_to(path: ForwardPath<'_>, session: &SessionFacts, rules: &AdmissionRules) -> Admit {
    let limits = &rules.limits;
    if session.recipients >= limits.recipients_max {
        return Admit::Refuse(Refusal::TooManyRecipients.reply());
    }
    if session.listener == Listener::Inbound && rules.domains.all().is_empty() {
        return Admit::Refuse(Refusal::NoDomain.reply());
    }
    let address = match path {
        ForwardPath::Address(address) => address,
        ForwardPath::Postmaster => return postmaster(session, rules),
    };
    let Some(domain) = rules.domains.find(address.domain()) else {
        return match session.listener {
            Listener::Outbound => Admit::Go,
            Listener::Inbound => Admit::Refuse(Refusal::RelayDenied.reply()),
        };
    };
    if session.tenant.is_some_and(|tenant| tenant != domain.tenant) {
        return Admit::Refuse(Refusal::SecondTenant.reply());
    }
    if address.local().eq_ignore_ascii_case(POSTMASTER) {
        return Admit::Go;
    }
    // Everybody of that prefix gets the same answer, so that it says nothing of who exists.
    let guessing = session.unknown_in_session >= limits.unknown_in_session_max
        || session.unknown_in_hour >= limits.unknown_in_hour_max;
    if guessing {
        return Admit::Refuse(Refusal::TooManyUnknown.reply());
    }
    existence(address, domain)
}

// Without a domain of ours there is nobody to hand it to.
fn postmaster(session: &SessionFacts, rules: &AdmissionRules) -> Admit {
    match rules.domains.all().first() {
        None => Admit::Refuse(Refusal::UnknownRecipient.reply()),
        Some(first) if session.tenant.is_some_and(|tenant| tenant != first.tenant) => {
            Admit::Refuse(Refusal::SecondTenant.reply())
        }
        Some(_) => Admit::Go,
    }
}

fn existence(address: &Address, domain: &RelayDomain) -> Admit {
    let routed = address.local().contains(ROUTING);
    match &domain.recipients {
        Recipients::Listed(known) if known.contains(&address.key()) => Admit::Go,
        // The next hop may obey such a local part; then we would be the relay.
        _ if routed => Admit::Refuse(Refusal::RelayDenied.reply()),
        Recipients::Listed(_) => Admit::Refuse(Refusal::UnknownRecipient.reply()),
        Recipients::Ask => Admit::AskNextHop,
        Recipients::Any => Admit::Go,
    }
}
