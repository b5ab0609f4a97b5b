//! A header: fields by their places in the raw bytes (RFC 5322 2.2), with views that unfold and decode.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memmem};

use crate::decode::{charset, words};
use crate::defect::{AmbiguityKind, DefectKind};
use crate::limits;
use crate::lines::{Line, LineEnds, is_blank, slice};
use crate::reading::{Choice, Choices, Notes, Reading};

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
    // NUL stands in the name and is passed over.
    name_has_nul: bool,
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
        read(&Reading::new(raw, Choices::default()), 0, &|_| false, &mut Notes::default())
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

    /// It has this name, in any case. NUL in a name, where a reading has it at all, is not there.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let written = self.name_bytes();
        written.eq_ignore_ascii_case(name.as_bytes())
            || (self.field.name_has_nul
                && written.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).eq(name.bytes()))
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
    reading: &Reading<'_>,
    start: usize,
    is_delimiter: &dyn Fn(&[u8]) -> bool,
    notes: &mut Notes,
) -> Header {
    let mut reader = Reader { reading, start, fields: Vec::new(), open: false, bad_line: None, notes };
    let end = reader.lines(is_delimiter);
    let fields = reader.fields;
    note_bytes(reading, start..end, &fields, notes);
    Header { fields, end }
}

/// Bytes of a name of a field of MIME with blanks in it.
const MIME_NAME_BYTES_MAX: usize = 128;

struct Reader<'a> {
    reading: &'a Reading<'a>,
    start: usize,
    fields: Vec<Field>,
    // A folded line belongs to the last field.
    open: bool,
    // The first line without a colon.
    bad_line: Option<usize>,
    notes: &'a mut Notes,
}

/// What comes after a line.
enum Next {
    Line,
    Body(usize),
}

impl Reader<'_> {
    // Returns where the body starts.
    fn lines(&mut self, is_delimiter: &dyn Fn(&[u8]) -> bool) -> usize {
        let raw = self.reading.raw;
        let mut at = self.start;
        loop {
            let Some(line) = self.reading.ends.line_at(raw, at) else {
                self.notes.defect(DefectKind::HeaderWithoutEnd, at);
                return at;
            };
            let text = slice(raw, line.start..line.end);
            if is_delimiter(text) {
                self.notes.defect(DefectKind::HeaderWithoutEnd, at);
                if self.fields.iter().any(|field| is_of_mime(slice(raw, field.name.clone()))) {
                    self.notes.ambiguity(AmbiguityKind::DelimiterInHeader, at);
                }
                return at;
            }
            self.notes.line(line);
            self.notes.visit(line.next.saturating_sub(at));
            match self.line(line, text) {
                Next::Line => at = line.next,
                Next::Body(start) => return start,
            }
        }
    }

    fn line(&mut self, line: Line, text: &[u8]) -> Next {
        if text.trim_ascii().is_empty() && self.ends_header(line, text) {
            return Next::Body(line.next);
        }
        self.note_end(line);
        if line.end.saturating_sub(self.start) > limits::HEADER_BYTES_MAX
            || self.fields.len() >= limits::HEADER_FIELDS_MAX
        {
            self.notes.limit(line.start);
            self.open = false;
            return Next::Line;
        }
        let folded = text.first().is_some_and(|byte| is_blank(*byte));
        if folded && line.start != self.start {
            if let Some(last) = self.fields.last_mut().filter(|_| self.open) {
                last.value.end = line.end;
                last.whole.end = line.next;
            }
            return Next::Line;
        }
        let is_box_line = is_box_line(text);
        let field = self.field_at(line, text).filter(|_| !is_box_line);
        self.open = false;
        let Some(field) = field else {
            return if text.trim_ascii().is_empty() { Next::Line } else { self.bad(line, is_box_line) };
        };
        let name = slice(self.reading.raw, field.name.clone());
        if let Some(bad_line) = self.bad_line.filter(|_| is_of_mime(name)) {
            self.notes.ambiguity(AmbiguityKind::BadHeaderLine, bad_line);
        }
        let is_dropped = (folded && self.drops_indented(line)) || self.drops_spaced(&field, name);
        self.open = !is_dropped;
        if self.open {
            self.fields.push(field);
        }
        Next::Line
    }

    // Of a line without text.
    fn ends_header(&mut self, line: Line, text: &[u8]) -> bool {
        if self.fields.is_empty() && self.is_before_fields(line.next) {
            self.notes.fork(AmbiguityKind::EmptyFirstLine, Choice::SkipEmptyLines, line.start);
            return !self.reading.has(Choice::SkipEmptyLines);
        }
        let is_empty = text.iter().all(|byte| *byte == b'\r');
        if is_empty || line.start == self.start {
            return true;
        }
        // What follows is the empty line all the same: no part of the message changes.
        let next = self.reading.ends.line_at(self.reading.raw, line.next);
        if next.is_none_or(|next| next.start == next.end) {
            return false;
        }
        self.notes.fork(AmbiguityKind::BlankHeaderLine, Choice::BlankLineEndsHeader, line.start);
        self.reading.has(Choice::BlankLineEndsHeader)
    }

    // Text may well begin with a word and a colon: only fields of MIME make a header, of a message those of its way too.
    // They may stand behind others and behind more empty lines.
    fn is_before_fields(&self, at: usize) -> bool {
        let raw = self.reading.raw;
        let mut at = at;
        let mut is_empty = true;
        for _ in 0..limits::HEADER_GUESS_LINES_MAX {
            let Some(line) = self.reading.ends.line_at(raw, at) else {
                return false;
            };
            let text = slice(raw, line.start..line.end);
            at = line.next;
            if is_empty && text.trim_ascii().is_empty() {
                continue;
            }
            is_empty = false;
            let name = text.get(..memchr(b':', text).unwrap_or(0)).unwrap_or_default().trim_ascii();
            if is_of_mime(name) || (self.start == 0 && is_of_trace(name)) {
                return true;
            }
            let is_field = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
            if !is_field && !text.first().is_some_and(|byte| is_blank(*byte)) {
                return false;
            }
        }
        false
    }

    // RFC 5322 2.2, and 4.5 for white space before the colon. White space before the very first name has nothing to be
    // folded to: mail programs drop it.
    fn field_at(&self, line: Line, text: &[u8]) -> Option<Field> {
        let colon = memchr(b':', text)?;
        let before = text.get(..colon)?;
        let name = before.trim_ascii();
        let drops_nul = self.reading.has(Choice::DropNul);
        let is_of_name = |byte: &u8| byte.is_ascii_graphic() || (drops_nul && *byte == 0);
        if name.is_empty() || !name.iter().all(is_of_name) {
            return None;
        }
        let start = line.start.saturating_add(before.len().saturating_sub(before.trim_ascii_start().len()));
        let value = line.start.saturating_add(colon).saturating_add(1);
        Some(Field {
            name: start..start.saturating_add(name.len()),
            value: value..line.end,
            whole: line.start..line.next,
            name_has_nul: drops_nul && memchr(0, name).is_some(),
        })
    }

    fn bad(&mut self, line: Line, is_box_line: bool) -> Next {
        self.notes.defect(DefectKind::HeaderLineWithoutColon, line.start);
        // The line of a box stands first; further down there are readers that take it for text.
        if is_box_line && line.start == self.start {
            return Next::Line;
        }
        self.bad_line = self.bad_line.or(Some(line.start));
        // Blanks within the name: no field, or that field for readers that drop them (mail-parser).
        let text = slice(self.reading.raw, line.start..line.end);
        let name = text.get(..memchr(b':', text).unwrap_or(0)).unwrap_or_default();
        if name.len() <= MIME_NAME_BYTES_MAX {
            let name: Vec<u8> = name.iter().copied().filter(|byte| !is_blank(*byte)).collect();
            if is_of_mime(&name) {
                self.notes.ambiguity(AmbiguityKind::SpacedFieldName, line.start);
            }
        }
        self.notes.open.add(Choice::BodyAtBadLine);
        if self.reading.has(Choice::BodyAtBadLine) { Next::Body(line.start) } else { Next::Line }
    }

    fn drops_indented(&mut self, line: Line) -> bool {
        self.notes.fork(AmbiguityKind::IndentedFirstLine, Choice::DropIndentedFirst, line.start);
        self.reading.has(Choice::DropIndentedFirst)
    }

    fn drops_spaced(&mut self, field: &Field, name: &[u8]) -> bool {
        let is_spaced = field.name.end.saturating_add(1) != field.value.start;
        if !is_spaced || !is_of_mime(name) {
            return false;
        }
        self.notes.fork(AmbiguityKind::SpacedFieldName, Choice::DropSpacedNames, field.whole.start);
        self.reading.has(Choice::DropSpacedNames)
    }

    // A line end that only some readers see.
    fn note_end(&mut self, line: Line) {
        if self.reading.is_crlf && line.ends_with_lone_lf(self.reading.raw) {
            self.notes.fork(AmbiguityKind::LoneLf, Choice::LoneLfEndsNoLine, line.start);
        }
    }
}

// The line that mail boxes put before a message, and what it becomes when such a box is read as mail. `From :` is a field.
fn is_box_line(text: &[u8]) -> bool {
    let behind = text.strip_prefix(b"From ").or_else(|| text.strip_prefix(b">From "));
    behind.is_some_and(|behind| !behind.trim_ascii_start().starts_with(b":"))
}

/// A field that says what a body is.
pub(crate) fn is_of_mime(name: &[u8]) -> bool {
    let name = name.trim_ascii();
    let names: [&[u8]; 3] = [b"content-type", b"content-transfer-encoding", b"content-disposition"];
    names.iter().any(|each| name.eq_ignore_ascii_case(each))
}

// A field with which messages begin.
fn is_of_trace(name: &[u8]) -> bool {
    let names: [&[u8]; 6] = [b"received", b"return-path", b"from", b"date", b"message-id", b"mime-version"];
    names.iter().any(|each| name.eq_ignore_ascii_case(each))
}

fn note_bytes(reading: &Reading<'_>, range: Range<usize>, fields: &[Field], notes: &mut Notes) {
    let raw = reading.raw;
    let bytes = slice(raw, range.clone());
    if reading.has_nul
        && let Some(at) = memchr(0, bytes)
    {
        notes.fork(AmbiguityKind::NulInHeader, Choice::DropNul, range.start.saturating_add(at));
        notes.open.add(Choice::CutAtNul);
    }
    // A CR before the line end is part of it, and an empty line for readers that end lines with CR (Python).
    if memmem::find(bytes, b"\r\r\n").is_some() {
        notes.open.add(Choice::LoneCrEndsLine);
    }
    if let Some(at) = lone_cr(bytes).filter(|_| reading.ends != LineEnds::LoneCrToo) {
        notes.fork(AmbiguityKind::LoneCrInHeader, Choice::LoneCrEndsLine, range.start.saturating_add(at));
    }
    if bytes.is_ascii() {
        return;
    }
    for field in fields.iter().filter(|field| !slice(raw, field.whole.clone()).is_ascii()) {
        notes.defect(DefectKind::EightBitHeader, field.whole.start);
    }
}

// The first CR that neither ends a line with LF nor stands before the line end: a second CR there ends it all the same.
fn lone_cr(bytes: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    loop {
        let rest = bytes.get(at..)?;
        let start = memchr(b'\r', rest)?;
        let run = rest.get(start..)?.iter().position(|byte| *byte != b'\r')?;
        let behind = start.saturating_add(run);
        if rest.get(behind) != Some(&b'\n') {
            return Some(at.saturating_add(start));
        }
        at = at.saturating_add(behind);
    }
}

#[cfg(test)]
mod tests;
