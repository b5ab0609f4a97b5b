//! The MIME tree (RFC 2045, 2046): parts by their places in the raw bytes.

use std::fmt;
use std::ops::Range;

use crate::header::Header;

/// A part, or the message itself as the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its own fields; of the root the whole header.
    pub header: Header,
    /// Header and body; of a part without the line end before the next delimiter.
    pub whole: Range<usize>,
    /// The body, still in its transfer encoding.
    pub body: Range<usize>,
    /// Declared type.
    pub media_type: MediaType,
    /// How the body is encoded.
    pub encoding: Encoding,
    /// Content-Disposition, lower case; empty where there is none.
    pub disposition: String,
    /// Every candidate file name, decoded, each once.
    pub names: Vec<String>,
    /// Sub-parts of a multipart, or the one message of a message/rfc822.
    pub children: Vec<Part>,
}

/// Content-Type, lower case, with its parameters (RFC 2231 continuations joined).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `text`.
    pub top: String,
    /// `plain`.
    pub sub: String,
    /// Name in lower case, and value.
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

/// The way to a part: `1.2` is the second child of the first child; empty is the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartPath(pub Vec<u16>);

impl fmt::Display for PartPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            write!(f, "{number}")?;
        }
        Ok(())
    }
}
