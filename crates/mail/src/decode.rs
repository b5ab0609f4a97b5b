//! Transfer encodings and encoded words, decoded as far as any mail program would: what is broken is passed over, and
//! decoding goes on behind it.

pub mod base64;
pub mod charset;
pub mod ebcdic;
pub mod labels;
pub mod quoted_printable;
pub mod shifted;
pub mod utf7;
pub mod uuencode;
pub mod words;

use std::borrow::Cow;

/// Bytes with their encoding undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// Offset in the encoded bytes of the first one that the encoding does not allow.
    pub bad_at: Option<usize>,
}

#[cfg(test)]
mod tests;
