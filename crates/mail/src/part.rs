//! The MIME tree (RFC 2045, 2046): parts by their places in the raw bytes.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::decode::{self, Decoded};
use crate::defect::{Defect, DefectKind};
use crate::elsewhere::Elsewhere;
pub use crate::encoding::Encoding;
pub use crate::external::{ExternalBody, Partial};
use crate::header::Header;
use crate::lines::slice;
pub use crate::media_type::MediaType;
pub use crate::names::NamesConflict;

/// A part, or the message itself as the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// The encoding is not written as the standard asks: some readers take the body as it stands.
    pub is_oddly_encoded: bool,
    /// Content-Disposition, lower case; empty where there is none.
    pub disposition: String,
    /// Every candidate file name, decoded, each once.
    pub names: Vec<String>,
    pub(crate) elsewhere: Elsewhere,
    /// It is a page without a name behind the text of the message, in a multipart that is a list: some programs (Outlook,
    /// Exchange) make a file of it, others show it below the text.
    pub follows_text: bool,
    /// Sub-parts of a multipart, or the one message of a message/rfc822.
    pub children: Vec<Part>,
}

/// The way to a part: `1.2` is the second child of the first child; empty is the root. `0.2` is the root of the second
/// alternative reading and `0.2.1` its first child, since children count from 1.
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

impl Part {
    /// It has no sub-parts: its body is content. A multipart without a part in it is a leaf too, and so is a message/rfc822
    /// or multipart that is encoded: its content has to be read as a message of its own.
    #[must_use]
    pub const fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// Its type is multipart.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.media_type.is_multipart()
    }

    /// The body with its transfer encoding undone; `raw` is the message that it was read from.
    #[must_use]
    pub fn content<'a>(&self, raw: &'a [u8]) -> Cow<'a, [u8]> {
        self.decoded(raw).bytes
    }

    /// What is wrong with the transfer encoding, if anything is; it costs a decoding, which reading a message does not do.
    #[must_use]
    pub fn encoding_defect(&self, raw: &[u8]) -> Option<Defect> {
        let kind = match self.encoding {
            Encoding::Base64 => DefectKind::BadBase64,
            Encoding::QuotedPrintable => DefectKind::BadQuotedPrintable,
            Encoding::Identity | Encoding::Uuencode | Encoding::Unknown => return None,
        };
        let bad_at = self.decoded(raw).bad_at?;
        Some(Defect { kind, offset: self.body.start.saturating_add(bad_at) })
    }

    /// The content as text, in the declared charset.
    #[must_use]
    pub fn text(&self, raw: &[u8]) -> String {
        decode::charset::decode(&self.content(raw), self.media_type.parameter("charset").unwrap_or_default())
    }

    /// How the candidates for the file name disagree, if they do.
    #[must_use]
    pub fn names_conflict(&self) -> Option<NamesConflict> {
        NamesConflict::of(&self.names)
    }

    /// What a message/external-body points to.
    #[must_use]
    pub fn external_body(&self) -> Option<ExternalBody> {
        ExternalBody::of(&self.media_type)
    }

    /// Where everything lies that the mail program would fetch to show this part or open it, as written: the targets of a
    /// message/external-body, and the URL of an attachment that was detached (Thunderbird).
    #[must_use]
    pub fn points_to(&self) -> Vec<String> {
        let external = self.external_body().map(ExternalBody::targets).unwrap_or_default();
        external.into_iter().chain(self.elsewhere.urls.iter().cloned()).collect()
    }

    /// Against what links of this part are read that are not whole, as written: Content-Base, or else Content-Location
    /// (RFC 2557 5).
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.elsewhere.base.as_deref()
    }

    /// How pages of the message name this part, as written: Content-ID without its brackets (RFC 2392), Content-Location
    /// (RFC 2557).
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.elsewhere.labels
    }

    /// Which fragment a message/partial is.
    #[must_use]
    pub fn partial(&self) -> Option<Partial> {
        Partial::of(&self.media_type)
    }

    fn decoded<'a>(&self, raw: &'a [u8]) -> Decoded<'a> {
        let body = slice(raw, self.body.clone());
        match self.encoding {
            Encoding::Base64 => decode::base64::decode(body),
            Encoding::QuotedPrintable => decode::quoted_printable::decode(body),
            Encoding::Uuencode => decode::uuencode::decode(body),
            Encoding::Identity | Encoding::Unknown => Decoded { bytes: Cow::Borrowed(body), bad_at: None },
        }
    }
}
