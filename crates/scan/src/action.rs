//! What can be done with one recipient's copy. Carried out in `pipeline/actions/<verb>.rs`.

/// One action of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send it on.
    Deliver,
    /// Send it on with marks.
    Tag(Tag),
    /// Send it on without what its files and pages could do: macros, scripts, embedded objects.
    Disarm,
    /// Send it on without some of its attachments.
    Remove(Remove),
    /// Send it on written anew, so that every client reads it in one way.
    Rebuild,
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

/// Which attachments [`Action::Remove`] takes away: those that fit one of these words; without any, all.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Remove {
    /// True types (`exe`), or declared ones (`application/zip`).
    pub types: Vec<String>,
    /// Extensions of any of its names, without the dot.
    pub extensions: Vec<String>,
    /// Words of [`crate::marks::ALL`], at it or at something in it.
    pub marks: Vec<String>,
}

impl Remove {
    /// Every attachment.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.types.is_empty() && self.extensions.is_empty() && self.marks.is_empty()
    }
}

impl Action {
    /// The word of settings, lists and JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Tag(_) => "tag",
            Self::Disarm => "disarm",
            Self::Remove(_) => "remove",
            Self::Rebuild => "rebuild",
            Self::Junk => "junk",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
            Self::Defer => "defer",
            Self::Hold => "hold",
            Self::Discard => "discard",
        }
    }

    /// Rank for the one word of a list: the first of reject, defer, quarantine, hold, discard, junk, remove, disarm,
    /// rebuild, tag, deliver.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Reject => 0,
            Self::Defer => 1,
            Self::Quarantine => 2,
            Self::Hold => 3,
            Self::Discard => 4,
            Self::Junk => 5,
            Self::Remove(_) => 6,
            Self::Disarm => 7,
            Self::Rebuild => 8,
            Self::Tag(_) => 9,
            Self::Deliver => 10,
        }
    }

    /// It changes what the copy says, not only what stands around it: the original is kept beside such a copy.
    #[must_use]
    pub const fn changes_content(&self) -> bool {
        matches!(self, Self::Disarm | Self::Remove(_) | Self::Rebuild)
    }
}
