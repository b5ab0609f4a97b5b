//! The refusals before the data, each with its reply. One place, so that no two say the same thing differently.

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// No domain is configured at all: ours may be among those that are missing.
    NoDomain,
    /// Not a domain of ours.
    RelayDenied,
    /// The client may not use the outbound listener.
    NotListed,
    /// Nobody of that name.
    UnknownRecipient,
    /// The next hop could not be asked.
    CannotTell,
    /// Too many unknown recipients from there.
    TooManyUnknown,
    /// Of another tenant than the recipients before.
    SecondTenant,
    /// More recipients than one transaction takes.
    TooManyRecipients,
    /// No recipient was accepted.
    NoRecipients,
    /// SIZE= says more than we take.
    TooBig,
    /// Sessions of one prefix.
    TooManySessionsOfPrefix,
    /// Sessions in all.
    TooManySessions,
    /// Errors of one session.
    TooManyErrors,
    /// Transactions of one session.
    TooManyTransactions,
}

/// A refusal with its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Refusal,
    /// RFC 5321 4.2.
    pub code: u16,
    /// RFC 3463.
    pub enhanced: &'static str,
    /// For people; the caller adds the reference id.
    pub text: &'static str,
}

impl Refusal {
    /// All, for the reference.
    pub const ALL: [Self; 14] = [
        Self::NoDomain,
        Self::RelayDenied,
        Self::NotListed,
        Self::UnknownRecipient,
        Self::CannotTell,
        Self::TooManyUnknown,
        Self::SecondTenant,
        Self::TooManyRecipients,
        Self::NoRecipients,
        Self::TooBig,
        Self::TooManySessionsOfPrefix,
        Self::TooManySessions,
        Self::TooManyErrors,
        Self::TooManyTransactions,
    ];

    /// Stable `snake_case` name for the journal and metrics; the SMTP session's own refusals use the same one for the same thing.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoDomain => "no_domain",
            Self::RelayDenied => "relaying_denied",
            Self::NotListed => "client_refused",
            Self::UnknownRecipient => "unknown_recipient",
            Self::CannotTell => "recipient_unverified",
            Self::TooManyUnknown => "too_many_unknown",
            Self::SecondTenant => "second_tenant",
            Self::TooManyRecipients => "too_many_recipients",
            Self::NoRecipients => "recipient_first",
            Self::TooBig => "message_too_large",
            Self::TooManySessionsOfPrefix => "too_many_sessions_of_prefix",
            Self::TooManySessions => "too_many_sessions",
            Self::TooManyErrors => "too_many_errors",
            Self::TooManyTransactions => "session_spent",
        }
    }

    /// The reply.
    #[must_use]
    pub const fn reply(self) -> Refused {
        let (code, enhanced, text) = match self {
            // Whoever has not finished setting up must not bounce the mail of the world.
            Self::NoDomain => (451, "4.3.0", "This gateway has no domain yet, try again later"),
            Self::RelayDenied => (550, "5.7.1", "We do not relay for that domain"),
            Self::NotListed => (554, "5.7.1", "This address may not send through this port"),
            Self::UnknownRecipient => (550, "5.1.1", "There is no such recipient"),
            Self::CannotTell => (451, "4.4.3", "The recipient cannot be checked now, try again later"),
            // The same words whether the recipient exists or not.
            Self::TooManyUnknown => (451, "4.7.1", "Recipients are not accepted from you now, try again later"),
            Self::SecondTenant => (452, "4.5.3", "Send to this recipient in another transaction"),
            Self::TooManyRecipients => (452, "4.5.3", "Too many recipients, send to the rest in another transaction"),
            Self::NoRecipients => (554, "5.5.1", "No valid recipients"),
            Self::TooBig => (552, "5.3.4", "The message is larger than we take"),
            Self::TooManySessionsOfPrefix => (421, "4.3.2", "Too many connections from your network"),
            Self::TooManySessions => (421, "4.3.2", "Too many connections, try again later"),
            Self::TooManyErrors => (421, "4.7.0", "Too many errors"),
            Self::TooManyTransactions => (421, "4.3.2", "Too many messages on one connection, open another"),
        };
        Refused { reason: self, code, enhanced, text }
    }
}
