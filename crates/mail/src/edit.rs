//! Changes to a message as a list of replaced byte ranges: what no edit names stays byte for byte as it came.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::fold::encode_value;
pub use crate::fold::fold_field;
use crate::header::FieldRef;
use crate::lines::{is_space, line_at};
use crate::message::Message;

/// Characters of a line before a prefix gets a line of its own (RFC 5322 2.1.1).
const LINE_CHARS: usize = 78;

/// Replace these bytes (an empty range inserts) by those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Byte offsets in the raw message.
    pub range: Range<usize>,
    /// What stands there instead.
    pub replacement: Bytes,
}

/// A stretch of the changed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes of the raw message.
    Raw(Range<usize>),
    /// New bytes.
    New(Bytes),
}

/// Why a list of edits is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It ends before it starts, or behind the message.
    #[error("an edit of bytes {0:?} does not fit into the message")]
    OutOfRange(Range<usize>),
    /// Two edits replace the same bytes, or one inserts inside what another replaces.
    #[error("edits of bytes {0:?} and {1:?} overlap")]
    Overlap(Range<usize>, Range<usize>),
}

/// The changed message as stretches in order, none of them empty: it can be sent without being copied. Insertions at one
/// place keep their order in the list.
///
/// # Errors
/// [`EditError`] if an edit does not fit or two overlap.
pub fn pieces(raw_len: usize, edits: &[Edit]) -> Result<Vec<Piece>, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut pieces = Vec::new();
    let mut last = 0..0;
    for edit in sorted {
        let range = edit.range.clone();
        if range.start > range.end || range.end > raw_len {
            return Err(EditError::OutOfRange(range));
        }
        if range.start < last.end {
            return Err(EditError::Overlap(last, range));
        }
        push_raw(&mut pieces, last.end..range.start);
        if !edit.replacement.is_empty() {
            pieces.push(Piece::New(edit.replacement.clone()));
        }
        last = range;
    }
    push_raw(&mut pieces, last.end..raw_len);
    Ok(pieces)
}

fn push_raw(pieces: &mut Vec<Piece>, range: Range<usize>) {
    if !range.is_empty() {
        pieces.push(Piece::Raw(range));
    }
}

/// The changed message as one buffer; without edits the same buffer.
///
/// # Errors
/// [`EditError`] if an edit does not fit or two overlap.
pub fn apply(raw: &Bytes, edits: &[Edit]) -> Result<Bytes, EditError> {
    let pieces = pieces(raw.len(), edits)?;
    if let [Piece::Raw(range)] = pieces.as_slice()
        && range.len() == raw.len()
    {
        return Ok(raw.clone());
    }
    let mut changed = BytesMut::with_capacity(raw.len());
    for piece in &pieces {
        match piece {
            Piece::Raw(range) => changed.extend_from_slice(raw.get(range.clone()).unwrap_or_default()),
            Piece::New(bytes) => changed.extend_from_slice(bytes),
        }
    }
    Ok(changed.freeze())
}

/// Fields on top of the header, the first one first; names and values as for [`fold_field`].
#[must_use]
pub fn prepend_fields(message: &Message, fields: &[(&str, &str)]) -> Edit {
    let text: String = fields.iter().map(|(name, value)| fold_field(name, value)).collect();
    insert(top(message), text)
}

/// Takes a field away.
#[must_use]
pub fn remove_field(field: FieldRef<'_>) -> Edit {
    Edit { range: field.whole(), replacement: Bytes::new() }
}

/// Replaces a field by one of the same name with another value.
#[must_use]
pub fn replace_field(field: FieldRef<'_>, value: &str) -> Edit {
    Edit { range: field.whole(), replacement: fold_field(&field.name(), value).into() }
}

/// Puts a prefix and a space before every Subject that does not begin with it; a message without one gets one. The rest of
/// the field stays as it is, folds and encoded words too.
#[must_use]
pub fn prefix_subject(message: &Message, prefix: &str) -> Vec<Edit> {
    if message.first("subject").is_none() {
        return vec![prepend_fields(message, &[("Subject", prefix)])];
    }
    let untagged = message.all("subject").filter(|field| !field.decoded().starts_with(prefix));
    untagged.map(|field| prefixed(message, field, prefix)).collect()
}

// The place is the first byte that is no white space, so a value that starts on the next line stays there.
fn prefixed(message: &Message, field: FieldRef<'_>, prefix: &str) -> Edit {
    let value = field.raw_value();
    let blank = value.iter().take_while(|byte| is_space(**byte)).count();
    let at = field.value_range().start.saturating_add(blank);
    let first_line = line_at(message.raw(), at).map_or(0, |line| line.end.saturating_sub(line.start));
    let rest = value.get(blank..).unwrap_or_default();
    let mut text = encode_value(prefix);
    if rest.starts_with(b"=?") && text.ends_with("?=") {
        // White space between encoded words is not shown: the space has to stand inside one.
        text.push_str(" =?UTF-8?Q?_?=");
    }
    if blank == 0 {
        text.insert(0, ' ');
    }
    let length = "Subject: ".len().saturating_add(text.len()).saturating_add(first_line);
    if !rest.is_empty() {
        text.push_str(if length > LINE_CHARS { "\r\n " } else { " " });
    }
    insert(at, text)
}

fn insert(at: usize, text: String) -> Edit {
    Edit { range: at..at, replacement: text.into() }
}

// Behind the line that mail boxes put before a message.
fn top(message: &Message) -> usize {
    match line_at(message.raw(), 0) {
        Some(line) if message.raw().starts_with(b"From ") => line.next,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
