//! Policy asks content only through named questions. `policy` compiles its rules to a set of questions,
//! `detect::answer` answers them before judging, and the answers are kept in the journal: so a decision can be
//! recomputed without the body, and a rule with a question that was not asked then is reported as such.

use std::collections::BTreeMap;

/// A question about the content of a message. Its text form is its name in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// Is there an item (attachment, or inside one) of this true type? A word of `unpack::sniff`.
    HasType(String),
    /// Is there an item with a name that ends in this extension (lower case, no dot)?
    HasExtension(String),
    /// Is there an item that this was noticed about? A word of [`crate::marks::ALL`].
    HasMark(String),
    /// Does the visible text contain this, compared without case?
    TextContains(String),
    /// Does a header field of this name contain this, compared without case?
    HeaderContains {
        /// Field name, lower case.
        field: String,
        /// Text to look for, lower case.
        text: String,
    },
    /// Is there a link to this registrable domain or a name under it?
    LinksTo(String),
}

impl Question {
    /// The stable name under which the answer is kept.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::HasType(word) => format!("has_type({word:?})"),
            Self::HasExtension(word) => format!("has_extension({word:?})"),
            Self::HasMark(word) => format!("has_mark({word:?})"),
            Self::TextContains(text) => format!("text_contains({text:?})"),
            Self::HeaderContains { field, text } => format!("header_contains({field:?}, {text:?})"),
            Self::LinksTo(domain) => format!("links_to({domain:?})"),
        }
    }
}

/// Answer to one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No, and all content was seen.
    No,
    /// Not found, but some content could not be opened. Unpacking is a required check.
    Unknown,
}

/// The answers, by [`Question::key`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(pub BTreeMap<String, Answer>);
