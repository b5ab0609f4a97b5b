//! A header: fields by their places in the raw bytes (RFC 5322 2.2), with views that unfold and decode.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memmem};

use self::ahead::{Ahead, Empty, Look};
pub(crate) use self::name::is_of_mime;
use self::name::{MARK, MIME_NAME_BYTES_MAX, bare, hides_mime};
use crate::decode::{charset, words};
use crate::defect::{AmbiguityKind, DefectKind};
use crate::limits;
use crate::lines::{Line, LineEnds, is_blank, slice};
use crate::reading::{Choice, Choices, Notes, Reading};

mod ahead;
mod name;

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
    // Something stands in the name that is passed over.
    is_loose: bool,
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
    /// The name as it is written, without what is passed over.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        let written = self.name_bytes();
        if self.field.is_loose {
            return Cow::Owned(String::from_utf8_lossy(&bare(written)).into_owned());
        }
        String::from_utf8_lossy(written)
    }

    /// It has this name, in any case. What is passed over in a name, as NUL in a reading that drops it, is not there.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let written = self.name_bytes();
        written.eq_ignore_ascii_case(name.as_bytes())
            || (self.field.is_loose && bare(written).eq_ignore_ascii_case(name.as_bytes()))
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
    let looks = [None; 2];
    let fields = Vec::new();
    let mut reader =
        Reader { reading, start, is_delimiter, fields, open: false, bad_line: None, is_text: false, looks, notes };
    let end = reader.lines();
    let fields = reader.fields;
    note_bytes(reading, start..end, &fields, notes);
    Header { fields, end }
}

/// Begins with a field of MIME before its first empty line what stands at `at`?
pub(crate) fn has_mime(
    reading: &Reading<'_>,
    at: usize,
    is_delimiter: &dyn Fn(&[u8]) -> bool,
    notes: &mut Notes,
) -> bool {
    let look = Look::new(reading, (at, false), Empty::Ends, is_delimiter);
    notes.visit(look.bytes);
    look.ahead() != Ahead::Nowhere
}

struct Reader<'a> {
    reading: &'a Reading<'a>,
    start: usize,
    is_delimiter: &'a dyn Fn(&[u8]) -> bool,
    fields: Vec<Field>,
    // A folded line belongs to the last field.
    open: bool,
    // The first line without a colon.
    bad_line: Option<usize>,
    // It may as well be text: the first empty line was passed over, and what follows is not only fields.
    is_text: bool,
    // The last look ahead of each kind.
    looks: [Option<Look>; 2],
    notes: &'a mut Notes,
}

/// What comes after a line.
enum Next {
    Line,
    Body(usize),
}

impl Reader<'_> {
    // Returns where the body starts.
    fn lines(&mut self) -> usize {
        let raw = self.reading.raw;
        let mut at = self.start;
        loop {
            let Some(line) = self.reading.ends.line_at(raw, at) else {
                self.notes.defect(DefectKind::HeaderWithoutEnd, at);
                return at;
            };
            let line = self.with_folded_name(line);
            let text = slice(raw, line.start..line.end);
            if (self.is_delimiter)(text) {
                self.notes.defect(DefectKind::HeaderWithoutEnd, at);
                if self.fields.iter().any(|field| self.is_of_mime(field)) {
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
                return Next::Line;
            }
            // Folded to a line that is no field, it is one itself for some readers (mail-parser).
            if !self.is_field_behind_bad_line(line, text) {
                return Next::Line;
            }
        }
        let is_box_line = is_box_line(text);
        let field = self.field_at(line, text).filter(|field| !is_box_line && !self.ends_at_odd(field));
        self.open = false;
        let Some(field) = field else {
            return if text.trim_ascii().is_empty() { Next::Line } else { self.bad(line, is_box_line) };
        };
        let bad_line = self.bad_line.filter(|at| !self.is_text && !self.is_quoted_box_line(*at));
        if let Some(bad_line) = bad_line.filter(|_| self.is_of_mime(&field)) {
            self.notes.ambiguity(AmbiguityKind::BadHeaderLine, bad_line);
        }
        let is_dropped = (folded && self.drops_indented(line)) || self.drops_spaced(&field);
        self.open = !is_dropped;
        if self.open {
            self.fields.push(field);
        }
        Next::Line
    }

    // Of a line without text.
    fn ends_header(&mut self, line: Line, text: &[u8]) -> bool {
        let is_empty = text.iter().all(|byte| *byte == b'\r');
        if is_empty && self.fields.is_empty() {
            match self.look(line.next, Empty::PassesFirst) {
                Ahead::Near => self.notes.fork(AmbiguityKind::EmptyFirstLine, Choice::SkipEmptyLines, line.start),
                Ahead::Far => {
                    self.is_text = true;
                    self.notes.open.add(Choice::SkipEmptyLines);
                }
                Ahead::Nowhere => return self.ends_at_empty(line, text),
            }
            return !self.reading.has(Choice::SkipEmptyLines);
        }
        if is_empty {
            return self.ends_at_empty(line, text);
        }
        // What follows is the empty line all the same: no part of the message changes.
        let next = self.reading.ends.line_at(self.reading.raw, line.next);
        if next.is_none_or(|next| next.start == next.end) {
            return false;
        }
        let (kind, choice) = (AmbiguityKind::BlankHeaderLine, Choice::BlankLineEndsHeader);
        if self.fields.is_empty() && self.look(line.next, Empty::Ends) != Ahead::Nowhere {
            self.notes.fork(kind, choice, line.start);
        } else {
            self.notes.suspect(kind, choice, line.start);
        }
        self.reading.has(choice)
    }

    // A line with a CR more than its end has is not empty for some readers (GMime, mime4j); in a message whose lines all end
    // so it is the only empty line that there is.
    fn ends_at_empty(&mut self, line: Line, text: &[u8]) -> bool {
        if text.is_empty() || self.look(line.next, Empty::Ends) == Ahead::Nowhere {
            return true;
        }
        let before = self.reading.raw.get(..line.start).unwrap_or_default();
        if before.ends_with(b"\r\r\n") {
            self.notes.open.add(Choice::ReadOverCrLines);
        } else {
            self.notes.fork(AmbiguityKind::LoneCrInHeader, Choice::ReadOverCrLines, line.start);
        }
        !self.reading.has(Choice::ReadOverCrLines)
    }

    fn look(&mut self, at: usize, empty: Empty) -> Ahead {
        let slot = usize::from(empty == Empty::PassesFirst);
        let known = self.looks.get(slot).copied().flatten();
        if let Some(ahead) = known.and_then(|look| look.answer(at)) {
            return ahead;
        }
        let look = Look::new(self.reading, (at, self.start == 0), empty, self.is_delimiter);
        self.notes.visit(look.bytes);
        if let Some(slot) = self.looks.get_mut(slot) {
            *slot = Some(look);
        }
        look.ahead()
    }

    // The name of a field of MIME may be folded, before the colon or within it: one line then.
    fn with_folded_name(&self, line: Line) -> Line {
        let raw = self.reading.raw;
        let mut end = line;
        let mut text = slice(raw, line.start..line.end);
        if text.len() > MIME_NAME_BYTES_MAX || memchr(b':', text).is_some() || !text.iter().any(u8::is_ascii_graphic) {
            return line;
        }
        while memchr(b':', text).is_none() {
            let Some(next) = self.reading.ends.line_at(raw, end.next) else {
                return line;
            };
            text = slice(raw, next.start..next.end);
            let is_folded = text.first().is_some_and(|byte| is_blank(*byte));
            if !is_folded || next.start.saturating_sub(line.start) > MIME_NAME_BYTES_MAX {
                return line;
            }
            end = next;
        }
        let colon = end.start.saturating_add(memchr(b':', text).unwrap_or(0));
        if hides_mime(slice(raw, line.start..colon)) { Line { start: line.start, ..end } } else { line }
    }

    // RFC 5322 2.2, and 4.5 for white space before the colon. White space before the very first name has nothing to be
    // folded to: mail programs drop it. So they do with a mark of UTF-8.
    fn field_at(&self, line: Line, text: &[u8]) -> Option<Field> {
        let colon = memchr(b':', text)?;
        let before = text.get(..colon)?;
        let name = before.strip_prefix(MARK).unwrap_or(before);
        let blank = name.len().saturating_sub(name.trim_ascii_start().len());
        let start = line.start.saturating_add(before.len().saturating_sub(name.len())).saturating_add(blank);
        let name = name.trim_ascii();
        let drops_nul = self.reading.has(Choice::DropNul) && memchr(0, name).is_some();
        let is_of_name = |byte: &u8| byte.is_ascii_graphic() || (drops_nul && *byte == 0);
        let is_plain = !name.is_empty() && name.iter().all(is_of_name);
        let is_odd = !is_plain || memchr(b'(', name).is_some();
        let is_loose = drops_nul || (is_odd && hides_mime(name));
        if !is_plain && !is_loose {
            return None;
        }
        let value = line.start.saturating_add(colon).saturating_add(1);
        Some(Field {
            name: start..start.saturating_add(name.len()),
            value: value..line.end,
            whole: line.start..line.next,
            is_loose,
        })
    }

    fn is_of_mime(&self, field: &Field) -> bool {
        let name = slice(self.reading.raw, field.name.clone());
        is_of_mime(name) || (field.is_loose && is_of_mime(&bare(name)))
    }

    fn bad(&mut self, line: Line, is_box_line: bool) -> Next {
        self.notes.defect(DefectKind::HeaderLineWithoutColon, line.start);
        // The line of a box stands first; further down there are readers that take it for text.
        if is_box_line && line.start == self.start {
            return Next::Line;
        }
        self.bad_line = self.bad_line.filter(|at| !self.is_quoted_box_line(*at)).or(Some(line.start));
        self.notes.open.add(Choice::BodyAtBadLine);
        if self.reading.has(Choice::BodyAtBadLine) { Next::Body(line.start) } else { Next::Line }
    }

    // Old relays write it among the fields: that is read as text besides, and is no trick.
    fn is_quoted_box_line(&self, at: usize) -> bool {
        self.reading.raw.get(at..).is_some_and(|rest| rest.starts_with(b">From "))
    }

    fn is_field_behind_bad_line(&self, line: Line, text: &[u8]) -> bool {
        let field = || self.field_at(line, text).filter(|field| self.is_of_mime(field));
        self.bad_line.is_some() && !self.is_text && field().is_some()
    }

    fn drops_indented(&mut self, line: Line) -> bool {
        self.notes.fork(AmbiguityKind::IndentedFirstLine, Choice::DropIndentedFirst, line.start);
        self.reading.has(Choice::DropIndentedFirst)
    }

    fn drops_spaced(&mut self, field: &Field) -> bool {
        // NUL is told by its own kind.
        let hides = || field.is_loose && memchr(0, slice(self.reading.raw, field.name.clone())).is_none();
        if !(is_spaced(field) || hides()) || !self.is_of_mime(field) {
            return false;
        }
        self.notes.fork(AmbiguityKind::SpacedFieldName, Choice::DropSpacedNames, field.whole.start);
        self.reading.has(Choice::DropSpacedNames)
    }

    // A name with something in it or behind it that is passed over is none for all readers: the body begins there (Python).
    fn ends_at_odd(&mut self, field: &Field) -> bool {
        let is_odd =
            field.is_loose || is_spaced(field) || slice(self.reading.raw, field.whole.clone()).starts_with(MARK);
        if is_odd {
            self.notes.open.add(Choice::BodyAtBadLine);
        }
        is_odd && self.reading.has(Choice::BodyAtBadLine)
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

// Something stands between the name and the colon.
const fn is_spaced(field: &Field) -> bool {
    field.name.end.saturating_add(1) != field.value.start
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
