//! What lookups fetched: each field one fact, or why it is not known. Detectors read it, policy may ask it, the journal
//! keeps it. "Could not ask" is never "no".

/// A fact, or the reason why we have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is so.
    Known(T),
    /// We could not tell.
    Unknown(UnknownReason),
}

/// Why a fact is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnknownReason {
    /// No lookup is configured for it.
    NotAsked,
    /// The source answered with an error or not at all.
    Failed,
    /// The deadline passed first.
    TimedOut,
    /// The source answers, but not us: a public resolver is blocked, the list's self-test fails (RFC 5782 5).
    Refused,
}

impl UnknownReason {
    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
        }
    }

    /// The reason that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "not_asked" => Some(Self::NotAsked),
            "failed" => Some(Self::Failed),
            "timed_out" => Some(Self::TimedOut),
            "refused" => Some(Self::Refused),
            _ => None,
        }
    }
}

impl<T> Fact<T> {
    /// The value, if known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// All facts about one message. A new source adds a field here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Reverse DNS of the client.
    pub reverse_dns: Fact<ReverseDns>,
    /// Each configured DNS list, in the order of settings.
    pub dns_lists: Vec<DnsListFact>,
}

impl Facts {
    /// Nothing was asked.
    #[must_use]
    pub const fn none() -> Self {
        Self { reverse_dns: Fact::Unknown(UnknownReason::NotAsked), dns_lists: Vec::new() }
    }
}

/// PTR names of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseDns {
    /// The first name, lower case; none where the address has no name.
    pub name: Option<String>,
    /// The name leads back to the address.
    pub confirmed: bool,
}

/// What one DNS list says of the client or of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsListFact {
    /// Zone of the list.
    pub list: String,
    /// What was asked: the client's address or a domain.
    pub subject: String,
    /// Listed, with the return codes (127.0.0.x); an empty list of codes is "not listed".
    pub codes: Fact<Vec<std::net::Ipv4Addr>>,
}
