//! Values of a condition, and the third truth value with its causes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use super::term::FixedList;

/// Kind of check that an unknown comes from; the later, the more it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CauseKind {
    /// An advisory check: DNS lists, reverse DNS, SPF and DKIM by themselves.
    Advisory,
    /// Content that could not be opened. Required, and final: another try would bring the same.
    Unopened,
    /// A required check that is worth another try.
    Required,
    /// A question that was not asked when the message was scanned: needs the body.
    Unasked,
}

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause {
    /// Kind of check.
    pub kind: CauseKind,
    /// What was to be known, as written in conditions.
    pub name: String,
}

impl Cause {
    pub(super) fn new(kind: CauseKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            CauseKind::Advisory => "advisory",
            CauseKind::Unopened => "could not be opened",
            CauseKind::Required => "required",
            CauseKind::Unasked => "needs the body",
        };
        write!(f, "{} ({kind})", self.name)
    }
}

/// True, false, or not known and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It depends on what is not known; never empty.
    Unknown(BTreeSet<Cause>),
}

impl Truth {
    pub(super) const fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    pub(super) fn unknown(cause: Cause) -> Self {
        Self::Unknown(BTreeSet::from([cause]))
    }

    /// Negation.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// `&&`: false wins over unknown.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, other) | (other, Self::True) => other,
            (Self::Unknown(mut causes), Self::Unknown(more)) => {
                causes.extend(more);
                Self::Unknown(causes)
            }
        }
    }

    /// `||`: true wins over unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => f.write_str("true"),
            Self::False => f.write_str("false"),
            Self::Unknown(causes) => {
                let names: Vec<String> = causes.iter().map(Cause::to_string).collect();
                write!(f, "unknown: {}", names.join(", "))
            }
        }
    }
}

/// What a part of a condition comes to.
#[derive(Clone, Debug)]
pub(super) enum Value<'v> {
    Truth(Truth),
    Number(f64),
    Text(Cow<'v, str>),
    /// A word; with a doubt it could be another one, but the word itself is certain ("temperror").
    Word(&'static str, Option<Cause>),
    Ip(IpAddr),
    Fixed(&'v FixedList),
    Found(FoundList<'v>),
    Unknown(BTreeSet<Cause>),
}

/// A list that the message decides.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundList<'v> {
    /// In the list.
    pub(super) items: Vec<Cow<'v, str>>,
    /// Perhaps in the list.
    pub(super) doubtful: Vec<(Cow<'v, str>, Cause)>,
    /// Known not to be in the list; only looked at where `open` is set.
    pub(super) absent: Vec<&'v str>,
    /// An item named nowhere was not asked for, under this name.
    pub(super) open: Option<&'static str>,
}

impl Value<'_> {
    pub(super) fn unknown(kind: CauseKind, name: &str) -> Self {
        Self::Unknown(BTreeSet::from([Cause::new(kind, name)]))
    }
}

/// Items that an explanation shows.
const SHOWN_ITEMS_MAX: usize = 8;
/// Characters of a text that an explanation shows.
const SHOWN_CHARS_MAX: usize = 120;

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => truth.fmt(f),
            // Six digits tell two thresholds apart; more are noise.
            Self::Number(number) => ((number * 1e6).round() / 1e6).fmt(f),
            Self::Text(text) => f.write_str(&shown(text)),
            Self::Word(word, _) => write!(f, "{word:?}"),
            Self::Ip(ip) => ip.fmt(f),
            Self::Fixed(list) => show_items(f, list.items.iter().map(|item| shown(item))),
            Self::Found(list) => {
                let doubtful = list.doubtful.iter().map(|(item, _)| format!("{}?", shown(item)));
                show_items(f, list.items.iter().map(|item| shown(item)).chain(doubtful))
            }
            Self::Unknown(causes) => Truth::Unknown(causes.clone()).fmt(f),
        }
    }
}

// `{:?}` escapes what a terminal would obey.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    let rest = if short.len() < text.len() { " ..." } else { "" };
    format!("{short:?}{rest}")
}

fn show_items(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    let items: Vec<String> = items.collect();
    let first = items.iter().take(SHOWN_ITEMS_MAX).cloned().collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(SHOWN_ITEMS_MAX) {
        0 => write!(f, "[{first}]"),
        more => write!(f, "[{first} and {more} more]"),
    }
}

/// The form in which texts are compared.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// Equal without case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && fold(a) == fold(b))
}
