//! What authentication found, in the words of the RFCs (8601 2.7). A failed check is a result, never an error.

use mail::address::Domain;

/// Result of SPF (RFC 7208 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpfResult {
    /// No record, or no domain to look at.
    None,
    /// `?`: the domain says nothing.
    Neutral,
    /// The client may send for the domain.
    Pass,
    /// `-`: it may not.
    Fail,
    /// `~`: probably not.
    SoftFail,
    /// DNS did not answer.
    TempError,
    /// The record is broken.
    PermError,
}

/// Result of one DKIM signature or of an ARC chain (RFC 8601 2.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DkimResult {
    /// No signature.
    None,
    /// It verifies, over the whole body.
    Pass,
    /// It does not verify.
    Fail,
    /// It verifies, but does not count: `l=` leaves body unsigned, weak key, From not signed.
    Policy,
    /// DNS did not answer.
    TempError,
    /// The signature or key is broken.
    PermError,
}

/// Result of DMARC (RFC 9989).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DmarcResult {
    /// No record.
    None,
    /// An aligned identifier passes.
    Pass,
    /// None does.
    Fail,
    /// DNS did not answer where it decides.
    TempError,
    /// The record is broken, or the message has no single From domain.
    PermError,
}

/// What the domain owner asks for when DMARC fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DmarcPolicy {
    /// `p=none`.
    None,
    /// `p=quarantine`.
    Quarantine,
    /// `p=reject`.
    Reject,
}

/// All results for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthResults {
    /// SPF of MAIL FROM, or of HELO for the null sender.
    pub spf: SpfCheck,
    /// Each DKIM signature, in the order of the message.
    pub dkim: Vec<DkimCheck>,
    /// DMARC of the From domain.
    pub dmarc: DmarcCheck,
    /// The ARC chain as a whole (RFC 8617 5.2).
    pub arc: ArcCheck,
}

/// SPF, with the identity that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpfCheck {
    /// The result.
    pub result: SpfResult,
    /// Domain that was checked; none for a null sender with a HELO that is no domain.
    pub domain: Option<Domain>,
    /// The identity was HELO, not MAIL FROM (RFC 7208 2.4).
    pub of_helo: bool,
}

/// One DKIM signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimCheck {
    /// The result.
    pub result: DkimResult,
    /// `d=`.
    pub domain: Option<Domain>,
    /// `s=`.
    pub selector: String,
    /// A few words for Authentication-Results, empty if there is nothing to say.
    pub comment: String,
}

/// DMARC of the From domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DmarcCheck {
    /// The result.
    pub result: DmarcResult,
    /// The From domain, as displayed.
    pub from: Option<Domain>,
    /// What the owner asks for; none without a record.
    pub policy: Option<DmarcPolicy>,
    /// SPF passed and is aligned.
    pub spf_aligned: bool,
    /// A DKIM signature passed and is aligned.
    pub dkim_aligned: bool,
}

/// The ARC chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArcCheck {
    /// `cv` as we computed it: None, Pass or Fail.
    pub result: DkimResult,
    /// `d=` of the newest seal.
    pub sealer: Option<Domain>,
}

impl AuthResults {
    /// Nothing was checked and nothing is known.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            spf: SpfCheck { result: SpfResult::None, domain: None, of_helo: false },
            dkim: Vec::new(),
            dmarc: DmarcCheck {
                result: DmarcResult::None,
                from: None,
                policy: None,
                spf_aligned: false,
                dkim_aligned: false,
            },
            arc: ArcCheck { result: DkimResult::None, sealer: None },
        }
    }

    /// The best DKIM result of all signatures: Pass if any passes, else the first.
    #[must_use]
    pub fn dkim_result(&self) -> DkimResult {
        if self.dkim.iter().any(|check| check.result == DkimResult::Pass) {
            return DkimResult::Pass;
        }
        self.dkim.first().map_or(DkimResult::None, |check| check.result)
    }

    /// SPF passes, or an aligned DKIM signature does: a bounce to the sender reaches who sent it.
    #[must_use]
    pub fn sender_is_genuine(&self) -> bool {
        self.spf.result == SpfResult::Pass || self.dmarc.dkim_aligned
    }
}

macro_rules! words {
    ($type:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word of RFC 8601 (lower case).
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The result that `word` names, in any case.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word.to_ascii_lowercase().as_str() { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(SpfResult { None => "none", Neutral => "neutral", Pass => "pass", Fail => "fail", SoftFail => "softfail", TempError => "temperror", PermError => "permerror" });
words!(DkimResult { None => "none", Pass => "pass", Fail => "fail", Policy => "policy", TempError => "temperror", PermError => "permerror" });
words!(DmarcResult { None => "none", Pass => "pass", Fail => "fail", TempError => "temperror", PermError => "permerror" });
words!(DmarcPolicy { None => "none", Quarantine => "quarantine", Reject => "reject" });
