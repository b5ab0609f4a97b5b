//! What can be done with one recipient's copy. Carried out in `pipeline/actions/<verb>.rs`.

/// One action of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send it on.
    Deliver,
    /// Send it on with marks.
    Tag(Tag),
    /// Send it on with the header that the mail store obeys (`X-Spam-Flag: YES` and our own).
    Junk,
    /// Keep it where people can find and release it.
    Quarantine,
    /// Refuse it in the session; after the 250 it is quarantine.
    Reject,
    /// 451 in the session; after the 250 it is hold with re-judging.
    Defer,
    /// Keep it and judge it again by itself.
    Hold,
    /// Drop it by rule; the journal says so.
    Discard,
}

/// The marks of [`Action::Tag`].
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tag {
    /// Put before the subject, for instance `[suspicious] `.
    pub subject_prefix: Option<String>,
    /// Header fields to add, name and value.
    pub headers: Vec<(String, String)>,
}

impl Action {
    /// The word of settings, lists and JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Tag(_) => "tag",
            Self::Junk => "junk",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
            Self::Defer => "defer",
            Self::Hold => "hold",
            Self::Discard => "discard",
        }
    }

    /// Rank for the one word of a list: the first of reject, defer, quarantine, hold, discard, junk, tag, deliver.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Reject => 0,
            Self::Defer => 1,
            Self::Quarantine => 2,
            Self::Hold => 3,
            Self::Discard => 4,
            Self::Junk => 5,
            Self::Tag(_) => 6,
            Self::Deliver => 7,
        }
    }
}
