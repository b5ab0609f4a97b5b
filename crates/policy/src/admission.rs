//! May this session go on? Asked at each SMTP stage before the data, answered from facts that the caller hands in: no clock,
//! no counters of its own (but [`sessions::SessionCounts`], which is plain arithmetic).
//!
//! Relay is for configured domains, and from listed networks on the outbound listener; nothing else opens it (RFC 5321
//! 3.6.1). Enhanced codes are those of RFC 3463 and RFC 7372.

use std::net::IpAddr;

use ipnet::IpNet;
use mail::address::{Address, ReversePath};
use mail::envelope::{Direction, Recipient, TenantId};

use crate::domains::Domains;

pub mod networks;
pub mod prefix;
mod recipient;
pub mod refusal;
pub mod sessions;

pub use recipient::{NextHopAnswer, after_next_hop};
pub use refusal::{Refusal, Refused};

/// Where a session stands.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'s> {
    /// Before the banner.
    Connect,
    /// HELO or EHLO with its argument.
    Helo(&'s str),
    /// MAIL FROM.
    Mail {
        /// The reverse path.
        sender: &'s ReversePath,
        /// SIZE=, bytes (RFC 1870).
        size: Option<u64>,
    },
    /// RCPT TO.
    Rcpt(ForwardPath<'s>),
    /// DATA.
    Data,
}

/// The argument of RCPT TO.
#[derive(Clone, Copy, Debug)]
pub enum ForwardPath<'s> {
    /// `<postmaster>` without a domain (RFC 5321 4.5.1).
    Postmaster,
    /// An address.
    Address(&'s Address),
}

/// Which door the session came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listener {
    /// From the Internet.
    Inbound,
    /// From inside, to anywhere.
    Outbound,
}

/// What the caller knows of a session.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// Which door.
    pub listener: Listener,
    /// The peer.
    pub client: IpAddr,
    /// Commands refused with 5xx so far.
    pub errors: u32,
    /// Transactions finished so far.
    pub transactions: u32,
    /// Recipients accepted in this transaction.
    pub recipients: usize,
    /// Whose they are.
    pub tenant: Option<TenantId>,
    /// Unknown recipients in this session.
    pub unknown_in_session: u32,
    /// Unknown recipients from this prefix in the last hour.
    pub unknown_in_hour: u32,
}

impl SessionFacts {
    /// A session that has just begun.
    #[must_use]
    pub const fn new(listener: Listener, client: IpAddr) -> Self {
        Self {
            listener,
            client,
            errors: 0,
            transactions: 0,
            recipients: 0,
            tenant: None,
            unknown_in_session: 0,
            unknown_in_hour: 0,
        }
    }
}

/// What is in force.
#[derive(Clone, Debug, Default)]
pub struct AdmissionRules {
    /// The domains that we relay for.
    pub domains: Domains,
    /// Who may send through the outbound listener; made by [`networks::outbound_networks`].
    pub outbound_networks: Vec<IpNet>,
    /// Numbers.
    pub limits: AdmissionLimits,
}

/// Limits of admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmissionLimits {
    /// Bytes of a message.
    pub message_bytes_max: u64,
    /// Recipients of a transaction; beyond it the rest stands.
    pub recipients_max: usize,
    /// Errors of a session before 421.
    pub errors_max: u32,
    /// Errors of a session from which each further transaction waits.
    pub errors_slow: u32,
    /// How long it waits, milliseconds.
    pub slow_ms: u64,
    /// Transactions of a session before 421.
    pub transactions_max: u32,
    /// Unknown recipients of a session from which every RCPT is 451.
    pub unknown_in_session_max: u32,
    /// Unknown recipients of a prefix in an hour from which every RCPT of it is 451.
    pub unknown_in_hour_max: u32,
}

impl Default for AdmissionLimits {
    fn default() -> Self {
        Self {
            message_bytes_max: 50 * 1024 * 1024,
            recipients_max: 1_000,
            errors_max: 20,
            errors_slow: 10,
            slow_ms: 1_000,
            transactions_max: 1_000,
            unknown_in_session_max: 10,
            unknown_in_hour_max: 50,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admit {
    /// Go on.
    Go,
    /// Go on after this many milliseconds.
    Delay(u64),
    /// Ask the next hop of the recipient's domain whether it exists, then [`after_next_hop`].
    AskNextHop,
    /// This command is refused.
    Refuse(Refused),
    /// The reply is sent and the connection closed.
    Close(Refused),
}

/// Decides.
#[must_use]
pub fn admit(stage: &Stage<'_>, session: &SessionFacts, rules: &AdmissionRules) -> Admit {
    if session.errors >= rules.limits.errors_max {
        return Admit::Close(Refusal::TooManyErrors.reply());
    }
    match stage {
        Stage::Connect => connect(session, rules),
        Stage::Helo(_) => Admit::Go,
        Stage::Mail { size, .. } => mail_from(*size, session, rules),
        Stage::Rcpt(path) => recipient::rcpt_to(*path, session, rules),
        Stage::Data if session.recipients == 0 => Admit::Refuse(Refusal::NoRecipients.reply()),
        Stage::Data => Admit::Go,
    }
}

fn connect(session: &SessionFacts, rules: &AdmissionRules) -> Admit {
    let listed = || networks::contains(&rules.outbound_networks, session.client);
    if session.listener == Listener::Outbound && !listed() {
        return Admit::Close(Refusal::NotListed.reply());
    }
    Admit::Go
}

// A sender of our own domain from outside is not refused here: forwarders and lists exist, DMARC decides after the data.
fn mail_from(size: Option<u64>, session: &SessionFacts, rules: &AdmissionRules) -> Admit {
    let limits = &rules.limits;
    if session.transactions >= limits.transactions_max {
        return Admit::Close(Refusal::TooManyTransactions.reply());
    }
    if size.is_some_and(|size| size > limits.message_bytes_max) {
        return Admit::Refuse(Refusal::TooBig.reply());
    }
    if session.errors >= limits.errors_slow { Admit::Delay(limits.slow_ms) } else { Admit::Go }
}

/// The recipient that an accepted RCPT TO names, with what settings say of it. `None` where it is not for us to relay.
/// A bare `postmaster` is the postmaster of the first domain.
#[must_use]
pub fn recipient_of(path: ForwardPath<'_>, listener: Listener, rules: &AdmissionRules) -> Option<Recipient> {
    let address = match path {
        ForwardPath::Address(address) => address.clone(),
        ForwardPath::Postmaster => {
            let first = rules.domains.all().first()?;
            Address::from_parts(recipient::POSTMASTER, first.name.clone()).ok()?
        }
    };
    let (tenant, direction) = match (rules.domains.find(address.domain()), listener) {
        (Some(domain), _) => (domain.tenant, Direction::Inbound),
        (None, Listener::Outbound) => (TenantId::DEFAULT, Direction::Outbound),
        (None, Listener::Inbound) => return None,
    };
    Some(Recipient { address, tenant, direction, groups: Vec::new() })
}

#[cfg(test)]
mod tests;
