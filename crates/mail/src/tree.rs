//! Reading of the MIME tree in one pass over the lines (RFC 2046 5.1): a stack holds the open parts, and only a line that
//! starts with `--` is compared with their boundaries. No recursion; nothing is decoded.

use crate::declared::{self, Declared};
use crate::defect::{AmbiguityKind, DefectKind};
use crate::header;
use crate::limits;
use crate::lines::{end_before, line_at, slice};
use crate::media_type::{Encoding, MediaType};
use crate::part::Part;
use crate::reading::{Choice, Choices, Notes};

/// Reads the whole message with these choices.
pub(crate) fn read(raw: &[u8], choices: Choices, notes: &mut Notes) -> Part {
    let mut reader = Reader { raw, choices, notes, open: Vec::new(), parts: 0 };
    let at = reader.open_part(0, MediaType::new("text", "plain"));
    reader.read_lines(at);
    reader.finish()
}

struct Open {
    part: Part,
    boundary: Option<Vec<u8>>,
    // The close delimiter has passed.
    is_closed: bool,
}

struct Reader<'a> {
    raw: &'a [u8],
    choices: Choices,
    notes: &'a mut Notes,
    // From the root to the part that is being read.
    open: Vec<Open>,
    parts: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delimiter {
    Next(usize),
    Close(usize),
}

impl Reader<'_> {
    fn read_lines(&mut self, start: usize) {
        let mut at = start;
        while let Some(line) = line_at(self.raw, at) {
            let text = slice(self.raw, line.start..line.end);
            at = line.next;
            let Some(delimiter) = delimiter(&self.open, text) else {
                self.notes.line(line);
                continue;
            };
            match delimiter {
                Delimiter::Close(level) => {
                    self.close_above(level, end_before(self.raw, line.start));
                    if let Some(open) = self.open.get_mut(level) {
                        open.is_closed = true;
                    }
                }
                Delimiter::Next(level) => {
                    if self.is_after_close(level, line.start) {
                        continue;
                    }
                    if self.parts >= limits::PARTS_MAX {
                        // The rest stays in the body of the part that is open.
                        self.notes.limit(line.start);
                        return;
                    }
                    self.close_above(level, end_before(self.raw, line.start));
                    at = self.open_part(line.next, self.default_type(level));
                }
            }
        }
    }

    fn is_after_close(&mut self, level: usize, offset: usize) -> bool {
        if !self.open.get(level).is_some_and(|open| open.is_closed) {
            return false;
        }
        self.notes.ambiguity(AmbiguityKind::PartAfterClose, offset);
        self.notes.open.add(Choice::ReadAfterClose);
        !self.choices.has(Choice::ReadAfterClose)
    }

    // RFC 2046 5.1.5: parts of a digest are messages if they do not say otherwise.
    fn default_type(&self, level: usize) -> MediaType {
        match self.open.get(level) {
            Some(open) if open.part.media_type.is("multipart", "digest") => MediaType::new("message", "rfc822"),
            _ => MediaType::new("text", "plain"),
        }
    }

    // Reads the header of a part, and of the message in it if it is one; returns where the body starts.
    fn open_part(&mut self, start: usize, default_type: MediaType) -> usize {
        let mut at = start;
        let mut default_type = default_type;
        loop {
            self.parts = self.parts.saturating_add(1);
            let open = &self.open;
            let header = header::read(self.raw, at, &|line| delimiter(open, line).is_some(), self.choices, self.notes);
            let mut reader = declared::Reader { raw: self.raw, choices: self.choices, notes: self.notes };
            let declared = reader.read(&header, &default_type);
            let Declared { media_type, encoding, encoding_at, disposition, names, is_mime } = declared;
            let body = header.end;
            let part = Part {
                whole: at..body,
                body: body..body,
                header,
                media_type,
                encoding,
                disposition,
                names,
                children: Vec::new(),
            };
            let boundary = self.boundary(&part, encoding_at);
            let is_message = part.media_type.is_message() && part.encoding_is_transparent();
            if self.open.is_empty() && is_mime && part.header.first(self.raw, "mime-version").is_none() {
                self.notes.defect(DefectKind::MissingMimeVersion, part.whole.start);
            }
            self.open.push(Open { part, boundary, is_closed: false });
            if !is_message || self.at_limit(body) {
                return body;
            }
            at = body;
            default_type = MediaType::new("text", "plain");
        }
    }

    fn at_limit(&mut self, offset: usize) -> bool {
        let is_reached = self.open.len() >= limits::PART_DEPTH_MAX || self.parts >= limits::PARTS_MAX;
        if is_reached {
            self.notes.limit(offset);
        }
        is_reached
    }

    fn boundary(&mut self, part: &Part, encoding_at: usize) -> Option<Vec<u8>> {
        if !part.is_multipart() {
            return None;
        }
        if self.open.len().saturating_add(1) >= limits::PART_DEPTH_MAX {
            self.notes.limit(part.whole.start);
            return None;
        }
        if !part.encoding_is_transparent() {
            self.notes.ambiguity(AmbiguityKind::EncodedMultipart, encoding_at);
            self.notes.open.add(Choice::DecodeMultipart);
            if self.choices.has(Choice::DecodeMultipart) {
                return None;
            }
        }
        let offset = part.header.first(self.raw, "content-type").map_or(part.whole.start, |field| field.offset());
        let mut reader = declared::Reader { raw: self.raw, choices: self.choices, notes: self.notes };
        let boundary = reader.boundary(&part.media_type, offset);
        if boundary.is_some() {
            return boundary;
        }
        self.notes.defect(DefectKind::MissingBoundary, offset);
        self.notes.open.add(Choice::GuessBoundary);
        if self.choices.has(Choice::GuessBoundary) { guessed_boundary(self.raw, part.body.start) } else { None }
    }

    fn close_above(&mut self, level: usize, end: usize) {
        while self.open.len() > level.saturating_add(1) {
            let Some(mut open) = self.open.pop() else {
                return;
            };
            self.end_part(&mut open, end);
            if let Some(parent) = self.open.last_mut() {
                parent.part.children.push(open.part);
            }
        }
    }

    // A part ends behind its own header and children, also where the line end before the delimiter was theirs.
    fn end_part(&mut self, open: &mut Open, end: usize) {
        let part = &mut open.part;
        let inside = part.children.last().map_or(part.body.start, |child| child.whole.end);
        let end = end.max(inside);
        part.body.end = end;
        part.whole.end = end;
        if open.boundary.is_some() && !open.is_closed {
            self.notes.defect(DefectKind::MissingCloseDelimiter, end);
        }
    }

    fn finish(mut self) -> Part {
        let end = self.raw.len();
        self.close_above(0, end);
        self.notes.parts = self.parts;
        let Some(mut root) = self.open.pop() else {
            return empty_root();
        };
        self.end_part(&mut root, end);
        root.part
    }
}

impl Part {
    // 7bit, 8bit, binary: the only encodings of a composite type (RFC 2045 6.4).
    pub(crate) const fn encoding_is_transparent(&self) -> bool {
        matches!(self.encoding, Encoding::Identity)
    }
}

// The delimiter of an open part is looked for from the inside out: a delimiter of an outer multipart ends the inner ones
// (RFC 2046 5.1.2). A multipart that is closed gives way to an outer one with the same boundary.
fn delimiter(open: &[Open], line: &[u8]) -> Option<Delimiter> {
    let rest = line.strip_prefix(b"--")?.trim_ascii_end();
    let mut closed = None;
    for (level, each) in open.iter().enumerate().rev() {
        let Some(tail) = each.boundary.as_ref().and_then(|boundary| rest.strip_prefix(boundary.as_slice())) else {
            continue;
        };
        let found = match tail {
            b"" => Delimiter::Next(level),
            b"--" => Delimiter::Close(level),
            _ => continue,
        };
        if !each.is_closed {
            return Some(found);
        }
        closed = closed.or(Some(found));
    }
    closed
}

fn guessed_boundary(raw: &[u8], start: usize) -> Option<Vec<u8>> {
    let mut at = start;
    while at < start.saturating_add(limits::BOUNDARY_GUESS_BYTES_MAX) {
        let line = line_at(raw, at)?;
        let text = slice(raw, line.start..line.end).trim_ascii_end();
        if let Some(boundary) = text.strip_prefix(b"--").filter(|boundary| !boundary.is_empty()) {
            return Some(boundary.to_vec());
        }
        at = line.next;
    }
    None
}

fn empty_root() -> Part {
    Part {
        header: header::Header::default(),
        whole: 0..0,
        body: 0..0,
        media_type: MediaType::new("text", "plain"),
        encoding: Encoding::Identity,
        disposition: String::new(),
        names: Vec::new(),
        children: Vec::new(),
    }
}
