//! Content-Type (RFC 2045 5).

use memchr::{memchr, memchr2};

use crate::decode::{charset, words};
use crate::encoding::without_comments;
use crate::header::unfold;
use crate::lines::is_space;
use crate::parameters::{self, Structured};

/// Content-Type, lower case, with its parameters (RFC 2231 continuations joined).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `text`.
    pub top: String,
    /// `plain`.
    pub sub: String,
    /// Name in lower case, and value; in the order written, a name may stand more than once.
    pub parameters: Vec<(String, String)>,
}

impl Default for MediaType {
    /// text/plain (RFC 2045 5.2).
    fn default() -> Self {
        Self::new("text", "plain")
    }
}

impl MediaType {
    /// A type without parameters.
    #[must_use]
    pub fn new(top: &str, sub: &str) -> Self {
        Self { top: top.to_owned(), sub: sub.to_owned(), parameters: Vec::new() }
    }

    /// Reads the value of a Content-Type field; nothing if it has no `type/subtype`.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        Self::from_structured(parameters::read(value)).ok()
    }

    // The parameters come back where there is no type: a file name may be among them.
    pub(crate) fn from_structured(value: Structured) -> Result<Self, Structured> {
        match value.head.split_once('/') {
            Some((top, sub)) if is_token(top.as_bytes()) && is_token(sub.as_bytes()) => {
                Ok(Self { top: top.to_owned(), sub: sub.to_owned(), parameters: value.parameters })
            }
            _ => Err(value),
        }
    }

    /// For instance `text/plain`.
    #[must_use]
    pub fn essence(&self) -> String {
        format!("{}/{}", self.top, self.sub)
    }

    /// It is `top/sub`, both in lower case.
    #[must_use]
    pub fn is(&self, top: &str, sub: &str) -> bool {
        self.top == top && self.sub == sub
    }

    /// The first parameter of a name (lower case).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every parameter of a name (lower case).
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.parameters.iter().filter(move |(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// Soft line ends part no words in its text: the blank before one is no part of it (RFC 3676 4, `DelSp`).
    #[must_use]
    pub fn joins_words(&self) -> bool {
        let says = |name: &str, word: &str| self.all(name).any(|value| value.trim().eq_ignore_ascii_case(word));
        says("format", "flowed") && says("delsp", "yes")
    }

    /// It has, or could have, sub-parts.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.top == "multipart"
    }

    /// Its body is a message (RFC 2046 5.2.1, RFC 6532 3.7).
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.top == "message" && matches!(self.sub.as_str(), "rfc822" | "global" | "news")
    }
}

/// Types of message that hold something else than a message (IANA, media types).
const OTHER_MESSAGES: [&str; 14] = [
    "cpim",
    "delivery-status",
    "disposition-notification",
    "external-body",
    "feedback-report",
    "global-delivery-status",
    "global-disposition-notification",
    "global-headers",
    "http",
    "imdn+xml",
    "s-http",
    "sip",
    "sipfrag",
    "tracking-status",
];

impl MediaType {
    /// A type of message that nobody knows, or a fragment: some programs (Python's) read whatever is `message/` as one.
    pub(crate) fn may_be_message(&self) -> bool {
        self.top == "message" && !self.is_other_message()
    }

    /// A type of message that holds something else than a message.
    pub(crate) fn is_other_message(&self) -> bool {
        self.top == "message" && OTHER_MESSAGES.contains(&self.sub.as_str())
    }
}

/// The type that the mail program of old Suns gave to mail with files, before there was MIME; Thunderbird reads it still.
pub(crate) const SUN: &str = "x-sun-attachment";

/// What a lenient reader makes of a value that has no type of the form `type/subtype`: a multipart, a message or a page, if it says
/// so somewhere at its beginning, also in an encoded word, or with comments, blanks or backslashes in it.
pub(crate) fn lenient(value: &[u8]) -> Option<MediaType> {
    let decoded = words::decode(&unfold(value)).text;
    let parameters = parameters::read(decoded.as_bytes()).parameters;
    let bare = without_comments(decoded.as_bytes());
    let is_shown = |c: &char| !c.is_whitespace() && !c.is_control() && *c != '\\';
    let head: String = charset::guess(&bare).chars().take_while(|c| *c != ';').filter(is_shown).collect();
    let head = head.to_ascii_lowercase();
    if head == SUN {
        return Some(MediaType::new("multipart", SUN));
    }
    let Some((_, behind)) = head.split_once("multipart") else {
        let of = |top, sub| MediaType { parameters, ..MediaType::new(top, sub) };
        return match &head {
            head if head.contains("message") => Some(of("message", "rfc822")),
            head if head.contains("html") => Some(of("text", "html")),
            _ => None,
        };
    };
    let is_of_token = |c: &char| u8::try_from(*c).is_ok_and(is_token_byte);
    let sub: String = behind.chars().skip_while(|c| !c.is_ascii_alphanumeric()).take_while(is_of_token).collect();
    let sub = if sub.is_empty() { "mixed".to_owned() } else { sub };
    Some(MediaType { top: "multipart".to_owned(), sub, parameters })
}

/// How a value with a type is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As RFC 2045 5.1 asks: a token, a slash, a token, and a semicolon or nothing behind; no parameter is empty.
    Strict,
    /// The same, but for empty parameters behind all others.
    EmptyAtEnd,
    /// Text/plain for some readers.
    Loose,
}

/// The form of a value.
pub(crate) fn form(value: &[u8]) -> Form {
    let value = value.trim_ascii();
    let end = memchr2(b';', b'(', value).unwrap_or(value.len());
    let (head, rest) = value.split_at_checked(end).unwrap_or((value, b""));
    let slash = memchr(b'/', head).unwrap_or(head.len());
    let (top, sub) = head.split_at_checked(slash).unwrap_or((head, b""));
    let sub = sub.strip_prefix(b"/").unwrap_or(sub).trim_ascii_end();
    if !is_token(top) || !is_token(sub) {
        return Form::Loose;
    }
    // Of what stands before the semicolons at the end the last one may stay.
    let is_end = |byte: &u8| *byte == b';' || is_space(*byte);
    let last = rest.iter().rposition(|byte| !is_end(byte)).map_or(0, |last| last.saturating_add(1));
    let (parameters, tail) = rest.split_at_checked(last).unwrap_or((rest, b""));
    if has_empty_parameter(parameters) {
        return Form::Loose;
    }
    if has_empty_parameter(tail) { Form::EmptyAtEnd } else { Form::Strict }
}

fn has_empty_parameter(rest: &[u8]) -> bool {
    let mut is_open = false;
    for byte in rest {
        match byte {
            b';' if is_open => return true,
            b';' => is_open = true,
            byte if is_space(*byte) => {}
            _ => is_open = false,
        }
    }
    false
}

pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_token_byte(*byte))
}

// RFC 2045 5.1.
const fn is_token_byte(byte: u8) -> bool {
    let is_special = matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'@' | b',' | b';' | b':' | b'\\' | b'"' | b'/' | b'[' | b']' | b'?' | b'='
    );
    byte.is_ascii_graphic() && !is_special
}
