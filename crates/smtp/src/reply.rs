//! A reply: a code, perhaps an enhanced code, and lines of text (RFC 5321 4.2, RFC 2034, RFC 3463).
//!
//! Whatever text goes in, from a remote server or an address, comes out as printable ASCII on one line: the
//! constructors are the only way in and they escape. So a reply can be quoted in ours, in a bounce or in the log.

mod reader;

use std::fmt::{self, Write as _};

use bytes::Bytes;

use crate::limits::{REPLY_LINES_MAX, REPLY_TEXT_BYTES_MAX};

pub use reader::{ReplyFault, ReplyReader};

/// Code of a reply that has none that SMTP knows.
const CODE_UNKNOWN: u16 = 451;

/// An enhanced status code, for instance 5.7.1 (RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Enhanced {
    /// 2, 4 or 5.
    pub class: u8,
    /// What it is about: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// Which of those.
    pub detail: u16,
}

/// What the first digit of a code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyClass {
    /// 2yz: done.
    Positive,
    /// 3yz: go on.
    Intermediate,
    /// 4yz: try again later.
    Transient,
    /// 5yz: do not try again.
    Permanent,
}

/// A reply, ours or a remote server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    enhanced: Option<Enhanced>,
    lines: Vec<String>,
}

impl Enhanced {
    /// Puts one together.
    #[must_use]
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// Reads `5.7.1`: class 2, 4 or 5, then twice one to three digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let class = match parts.next()? {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let (subject, detail) = (three_digits(parts.next()?)?, three_digits(parts.next()?)?);
        parts.next().is_none().then_some(Self { class, subject, detail })
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Reply {
    /// A reply of one line. A code outside 200 to 599 becomes 451.
    #[must_use]
    pub fn new(code: u16, enhanced: Option<Enhanced>, text: &str) -> Self {
        Self::of_lines(code, enhanced, [text])
    }

    /// A reply of several lines; without any it gets an empty one, and at most [`REPLY_LINES_MAX`] are kept.
    #[must_use]
    pub fn of_lines<'a>(code: u16, enhanced: Option<Enhanced>, lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut lines: Vec<String> =
            lines.into_iter().take(REPLY_LINES_MAX).map(|line| escape(line.as_bytes())).collect();
        if lines.is_empty() {
            lines.push(String::new());
        }
        let code = if (200..600).contains(&code) { code } else { CODE_UNKNOWN };
        Self { code, enhanced, lines }
    }

    /// The three digits.
    #[must_use]
    pub const fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced code.
    #[must_use]
    pub const fn enhanced(&self) -> Option<Enhanced> {
        self.enhanced
    }

    /// The texts without codes: printable ASCII, at least one.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The texts as one line.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// What the first digit says.
    #[must_use]
    pub const fn class(&self) -> ReplyClass {
        match self.code {
            200..300 => ReplyClass::Positive,
            300..400 => ReplyClass::Intermediate,
            500..600 => ReplyClass::Permanent,
            _ => ReplyClass::Transient,
        }
    }

    /// It says yes (2yz).
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.class() == ReplyClass::Positive
    }

    /// The bytes on the wire: every line with the code, at most 512 bytes, ended by CRLF.
    #[must_use]
    pub fn to_wire(&self) -> Bytes {
        let mut wire = String::with_capacity(self.lines.iter().map(|line| line.len().saturating_add(20)).sum());
        let last = self.lines.len().saturating_sub(1);
        for (index, line) in self.lines.iter().enumerate() {
            // Writing to a String does not fail.
            let _ = write!(wire, "{}{}", self.code, if index == last { ' ' } else { '-' });
            if let Some(enhanced) = self.enhanced {
                let _ = write!(wire, "{enhanced} ");
            }
            wire.push_str(line);
            wire.push_str("\r\n");
        }
        Bytes::from(wire)
    }
}

/// Codes and texts on one line, as in a log or a bounce.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        self.lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| write!(f, " {line}"))
    }
}

/// Text of anybody's as one line of printable ASCII of at most [`REPLY_TEXT_BYTES_MAX`] bytes: any other byte becomes
/// `\xNN`, a tab a space, and what is too much is cut off and marked with dots.
#[must_use]
pub fn escape(text: &[u8]) -> String {
    const CUT: &str = "...";
    let mut out = String::with_capacity(text.len().min(REPLY_TEXT_BYTES_MAX));
    for byte in text {
        // Room for the longest escape and the mark of a cut; a text of just the right length is cut too, no harm.
        if out.len() > REPLY_TEXT_BYTES_MAX.saturating_sub(CUT.len().saturating_add(4)) {
            out.push_str(CUT);
            break;
        }
        match byte {
            b'\t' => out.push(' '),
            0x20..=0x7e => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
    }
    out
}

fn three_digits(text: &str) -> Option<u16> {
    let fits = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
