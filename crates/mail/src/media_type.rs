//! Content-Type and Content-Transfer-Encoding (RFC 2045 5 and 6).

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

/// Content-Transfer-Encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// 7bit, 8bit, binary, or nothing said.
    Identity,
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
    /// uuencode (`x-uuencode`, `uuencode`, `x-uue`).
    Uuencode,
    /// Something else: read as octets, and a defect.
    Unknown,
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
            Some((top, sub)) if is_token(top) && is_token(sub) => {
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

impl Encoding {
    /// Reads the value of the field, and says whether it was written as the standard asks. Comments, quotes and
    /// punctuation around a known word, and `x-` before it, are passed over as many mail programs do.
    #[must_use]
    pub fn parse(value: &[u8]) -> (Self, bool) {
        let head = parameters::read(value).head;
        let word = head.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let known = match word.strip_prefix("x-").unwrap_or(word) {
            "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "7bits" | "8bits" | "" => Self::Identity,
            "base64" | "base-64" => Self::Base64,
            "quoted-printable" | "quotedprintable" => Self::QuotedPrintable,
            "uuencode" | "uue" | "uu" => Self::Uuencode,
            _ => Self::Unknown,
        };
        let written = value.trim_ascii().to_ascii_lowercase();
        let standard: [&[u8]; 8] =
            [b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable", b"x-uuencode", b"uuencode", b"x-uue"];
        (known, standard.contains(&written.as_slice()))
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte))
}
