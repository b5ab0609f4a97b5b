//! A header: fields by their places in the raw bytes (RFC 5322 2.2), with views that unfold and decode.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;

use crate::decode::{charset, words};
use crate::defect::{AmbiguityKind, DefectKind};
use crate::limits;
use crate::lines::{Line, line_at, slice};
use crate::reading::{Choice, Choices, Notes};

/// The fields of one header, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Each field by its places.
    pub fields: Vec<Field>,
    /// Offset of the first byte after the header and its empty line.
    pub end: usize,
}

/// Where one field stands. All ranges are byte offsets in the raw message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, without the colon.
    pub name: Range<usize>,
    /// The value, after the colon, without the last line end; still folded and encoded.
    pub value: Range<usize>,
    /// The whole field with its line end: removing these bytes removes the field.
    pub whole: Range<usize>,
}

/// One field with the bytes that it points into.
#[derive(Clone, Copy, Debug)]
pub struct FieldRef<'a> {
    raw: &'a [u8],
    field: &'a Field,
}

impl Header {
    /// Reads a header that stands alone. Never fails.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Self {
        read(raw, 0, &|_| false, Choices::default(), &mut Notes::default())
    }

    /// The fields with the bytes they point into: those of the message that the header was read from.
    pub fn fields<'a>(&'a self, raw: &'a [u8]) -> impl Iterator<Item = FieldRef<'a>> + use<'a> {
        self.fields.iter().map(move |field| FieldRef { raw, field })
    }

    /// The fields of a name, in any case.
    pub fn all<'a, 'n>(&'a self, raw: &'a [u8], name: &'n str) -> impl Iterator<Item = FieldRef<'a>> + use<'a, 'n> {
        self.fields(raw).filter(move |field| field.is(name))
    }

    /// The first field of a name, in any case.
    #[must_use]
    pub fn first<'a>(&'a self, raw: &'a [u8], name: &str) -> Option<FieldRef<'a>> {
        self.all(raw, name).next()
    }
}

impl<'a> FieldRef<'a> {
    /// The name as it is written.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.name_bytes())
    }

    /// It has this name, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name_bytes().eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value after the colon: folded, encoded, without the last line end.
    #[must_use]
    pub fn raw_value(&self) -> &'a [u8] {
        slice(self.raw, self.field.value.clone())
    }

    /// The value on one line, without white space around it. Bytes over 127 are UTF-8, or else windows-1252.
    #[must_use]
    pub fn unfolded(&self) -> String {
        charset::guess(&unfold(self.raw_value())).trim().to_owned()
    }

    /// The value on one line, encoded words decoded (RFC 2047).
    #[must_use]
    pub fn decoded(&self) -> String {
        words::decode(unfold(self.raw_value()).trim_ascii()).text
    }

    /// Byte offset of the field in the raw message.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.field.whole.start
    }

    /// The field with its line end, as byte offsets in the raw message.
    #[must_use]
    pub fn whole(&self) -> Range<usize> {
        self.field.whole.clone()
    }

    /// The value, as byte offsets in the raw message.
    #[must_use]
    pub fn value_range(&self) -> Range<usize> {
        self.field.value.clone()
    }

    fn name_bytes(&self) -> &'a [u8] {
        slice(self.raw, self.field.name.clone())
    }
}

// RFC 5322 2.2.3: unfolding takes away the line ends and leaves the white space.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect())
}

/// Reads the header that starts at `start` up to its empty line, or to a line of which `is_delimiter` says that a part
/// ends there.
pub(crate) fn read(
    raw: &[u8],
    start: usize,
    is_delimiter: &dyn Fn(&[u8]) -> bool,
    choices: Choices,
    notes: &mut Notes,
) -> Header {
    let mut reader = Reader { start, fields: Vec::new(), open: false, choices, notes };
    let mut at = start;
    let end = loop {
        let Some(line) = line_at(raw, at) else {
            reader.notes.defect(DefectKind::HeaderWithoutEnd, at);
            break at;
        };
        let text = slice(raw, line.start..line.end);
        if text.starts_with(b"--") && is_delimiter(text) {
            reader.notes.defect(DefectKind::HeaderWithoutEnd, at);
            break at;
        }
        reader.notes.line(line);
        if text.is_empty() || (at == start && text.trim_ascii().is_empty()) {
            break line.next;
        }
        if !reader.line(line, text) {
            break at;
        }
        at = line.next;
    };
    let fields = reader.fields;
    note_bytes(raw, start..end, &fields, notes);
    Header { fields, end }
}

struct Reader<'a> {
    start: usize,
    fields: Vec<Field>,
    // A folded line belongs to the last field.
    open: bool,
    choices: Choices,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    // False: the body starts with this line.
    fn line(&mut self, line: Line, text: &[u8]) -> bool {
        if line.end.saturating_sub(self.start) > limits::HEADER_BYTES_MAX
            || self.fields.len() >= limits::HEADER_FIELDS_MAX
        {
            self.notes.limit(line.start);
            self.open = false;
            return true;
        }
        let folded = matches!(text.first(), Some(b' ' | b'\t'));
        if folded && line.start != self.start {
            if let Some(last) = self.fields.last_mut().filter(|_| self.open) {
                last.value.end = line.end;
                last.whole.end = line.next;
            }
            return true;
        }
        // The line that mail boxes put before a message, and what it becomes when such a box is read as mail.
        let is_box_line = text.starts_with(b"From ") || text.starts_with(b">From ");
        let field = field_at(line, text).filter(|_| !is_box_line);
        self.open = field.is_some();
        let Some(field) = field else {
            self.notes.defect(DefectKind::HeaderLineWithoutColon, line.start);
            if !is_box_line {
                self.notes.open.add(Choice::BodyAtBadLine);
                return !self.choices.has(Choice::BodyAtBadLine);
            }
            return true;
        };
        self.fields.push(field);
        true
    }
}

// RFC 5322 2.2, and 4.5 for white space before the colon. White space before the very first name has nothing to be folded
// to: mail programs drop it.
fn field_at(line: Line, text: &[u8]) -> Option<Field> {
    let colon = memchr(b':', text)?;
    let before = text.get(..colon)?;
    let name = before.trim_ascii();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let start = line.start.saturating_add(before.len().saturating_sub(before.trim_ascii_start().len()));
    let value = line.start.saturating_add(colon).saturating_add(1);
    Some(Field { name: start..start.saturating_add(name.len()), value: value..line.end, whole: line.start..line.next })
}

fn note_bytes(raw: &[u8], range: Range<usize>, fields: &[Field], notes: &mut Notes) {
    let bytes = slice(raw, range.clone());
    if let Some(at) = memchr(0, bytes) {
        notes.ambiguity(AmbiguityKind::NulInHeader, range.start.saturating_add(at));
    }
    if bytes.is_ascii() {
        return;
    }
    for field in fields.iter().filter(|field| !slice(raw, field.whole.clone()).is_ascii()) {
        notes.defect(DefectKind::EightBitHeader, field.whole.start);
    }
}

#[cfg(test)]
mod tests;
