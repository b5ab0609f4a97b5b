//! Reading of the MIME tree in one pass over the lines (RFC 2046 5.1): a stack holds the open parts, and only a line that
//! starts with `--` is compared with their boundaries. No recursion; nothing is decoded.

use memchr::memchr;

use crate::declared::{self, Declared, Places};
use crate::decode::base64;
use crate::defect::{AmbiguityKind, DefectKind};
use crate::delimiter::{self, Bounded, Delimiter, Firsts, Found};
use crate::guess::{Guesses, comes_soon};
use crate::header;
use crate::limits;
use crate::lines::{Line, LineEnds, slice};
use crate::media_type::{self, MediaType};
use crate::part::{Encoding, Part};
use crate::reading::{Choice, Notes, Reading};

/// Reads the whole message in one way.
pub(crate) fn read(reading: &Reading<'_>, notes: &mut Notes) -> Part {
    let mut reader =
        Reader { reading, notes, open: Vec::new(), parts: 0, guesses: Guesses::default(), firsts: Firsts::default() };
    let at = reader.open_part(0, MediaType::new("text", "plain"));
    reader.read_lines(at);
    reader.finish()
}

struct Open {
    part: Part,
    boundary: Option<Vec<u8>>,
    // Nobody guesses another boundary for it (see `Places`).
    is_supposed: bool,
    // The close delimiter has passed.
    is_closed: bool,
    // Only empty lines since the header or the close delimiter.
    is_fresh: bool,
}

impl Bounded for Open {
    fn boundary(&self) -> Option<&[u8]> {
        self.boundary.as_deref()
    }

    fn is_closed(&self) -> bool {
        self.is_closed
    }
}

struct Reader<'a> {
    reading: &'a Reading<'a>,
    notes: &'a mut Notes,
    // From the root to the part that is being read.
    open: Vec<Open>,
    parts: usize,
    guesses: Guesses,
    firsts: Firsts,
}

impl Reader<'_> {
    fn read_lines(&mut self, start: usize) {
        let raw = self.reading.raw;
        let mut at = start;
        while let Some(line) = self.next_line(at) {
            let text = slice(raw, line.start..line.end);
            at = line.next;
            let Some(delimiter) = self.delimiter(line, text) else {
                self.notes.line(line);
                at = self.outside(line, text).unwrap_or(at);
                continue;
            };
            let end = self.reading.ends.end_before(raw, line.start);
            match delimiter {
                Delimiter::Close(level) => {
                    self.close_above(level, end);
                    if let Some(open) = self.open.get_mut(level) {
                        open.is_closed = true;
                        open.is_fresh = true;
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
                    self.close_above(level, end);
                    at = self.open_part(line.next, self.default_type(level));
                }
            }
        }
    }

    // The next line that can be more than text.
    fn next_line(&mut self, start: usize) -> Option<Line> {
        let Reading { raw, ends, has_odd_delimiters, .. } = *self.reading;
        let is_outside = self.open.last().is_some_and(|open| open.boundary.is_some());
        let all = is_outside || has_odd_delimiters;
        let mut at = start;
        while let Some(line) = ends.line_at(raw, at) {
            if all || raw.get(line.start) == Some(&b'-') {
                self.notes.visit(line.next.saturating_sub(start));
                return Some(line);
            }
            self.notes.line(line);
            at = line.next;
        }
        self.notes.visit(at.saturating_sub(start));
        None
    }

    // What the line is for this reading; what it is for others is noted.
    fn delimiter(&mut self, line: Line, text: &[u8]) -> Option<Delimiter> {
        self.notes.visit(self.open.len());
        let may_be = self.firsts.begin(text);
        let found = if may_be { delimiter::find(&self.open, text, self.reading.choices) } else { Found::Nothing };
        match found {
            Found::Delimiter(delimiter) => {
                let raw = self.reading.raw;
                let is_strict = !line.ends_with_lone_lf(raw) && !follows_lone_lf(raw, line.start);
                if self.reading.is_crlf && !is_strict && self.reading.ends == LineEnds::Usual {
                    self.notes.fork(AmbiguityKind::LoneLf, Choice::LoneLfEndsNoLine, line.start);
                }
                let (Delimiter::Next(level) | Delimiter::Close(level)) = delimiter;
                let mut inner = self.open.iter().skip(level.saturating_add(1));
                let is_seen = |open: &Open| !open.is_supposed || !open.part.children.is_empty();
                if inner.any(|open| open.boundary.is_some() && !open.is_closed && is_seen(open)) {
                    self.notes.open.add(Choice::InnerUntilClosed);
                }
                return Some(delimiter);
            }
            Found::Near(kind, choice) => {
                self.notes.fork(kind, choice, line.start);
                if kind == AmbiguityKind::DelimiterWithTail {
                    self.notes.open.add(Choice::CloseWithTailOpens);
                    if memchr(b'\r', text.trim_ascii_end()).is_some() {
                        self.notes.fork(AmbiguityKind::LoneCrAtDelimiter, Choice::LoneCrEndsLine, line.start);
                    }
                }
            }
            Found::Nothing => {}
        }
        let is_delimiter = |text: &[u8]| delimiter::is_delimiter(&self.open, text, self.reading.choices);
        let has_cr = self.reading.has_odd_delimiters && memchr(b'\r', text).is_some();
        if has_cr && text.split(|byte| *byte == b'\r').any(is_delimiter) {
            self.notes.fork(AmbiguityKind::LoneCrAtDelimiter, Choice::LoneCrEndsLine, line.start);
        }
        self.delimiter_with_nul(line, text)
    }

    fn delimiter_with_nul(&mut self, line: Line, text: &[u8]) -> Option<Delimiter> {
        if !self.reading.has_nul || memchr(0, text).is_none() {
            return None;
        }
        let clean: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
        let Found::Delimiter(delimiter) = delimiter::find(&self.open, &clean, self.reading.choices) else {
            return None;
        };
        self.notes.fork(AmbiguityKind::NulInDelimiter, Choice::DropNul, line.start);
        Some(delimiter).filter(|_| self.reading.has(Choice::DropNul))
    }

    fn is_after_close(&mut self, level: usize, offset: usize) -> bool {
        if !self.open.get(level).is_some_and(|open| open.is_closed) {
            return false;
        }
        self.notes.fork(AmbiguityKind::PartAfterClose, Choice::ReadAfterClose, offset);
        !self.reading.has(Choice::ReadAfterClose)
    }

    // The preamble and the epilogue of the innermost multipart: a field of a part in it makes it a part for some. With text
    // before it, as where two reports are glued together, nobody is known to read it so.
    fn outside(&mut self, line: Line, text: &[u8]) -> Option<usize> {
        let open = self.open.last_mut().filter(|open| open.boundary.is_some())?;
        let is_first = open.is_fresh;
        open.is_fresh &= text.trim_ascii().is_empty();
        if !matches!(text.first(), Some(b'C' | b'c')) || !header::is_of_mime(text.get(..memchr(b':', text)?)?) {
            return None;
        }
        self.notes.open.add(Choice::ReadOutside);
        if is_first {
            self.notes.ambiguity(AmbiguityKind::PartOutside, line.start);
        }
        if !self.reading.has(Choice::ReadOutside) {
            return None;
        }
        if self.parts >= limits::PARTS_MAX {
            self.notes.limit(line.start);
            return None;
        }
        Some(self.open_part(line.start, MediaType::new("text", "plain")))
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
            let (open, choices) = (&self.open, self.reading.choices);
            let is_delimiter = |line: &[u8]| delimiter::is_delimiter(open, line, choices);
            let header = header::read(self.reading, at, &is_delimiter, self.notes);
            if self.is_sun_message(&header) {
                default_type = MediaType::new("message", "rfc822");
            }
            let mut reader = declared::Reader { reading: self.reading, notes: self.notes };
            let declared = reader.read(&header, &default_type);
            let body = header.end;
            if self.open.is_empty()
                && declared.places.is_mime
                && header.first(self.reading.raw, "mime-version").is_none()
            {
                self.notes.defect(DefectKind::MissingMimeVersion, at);
            }
            let (part, places) = part(at, header, declared);
            let boundary = self.boundary(&part, &places);
            let is_message = self.is_message(&part, places.type_at) && self.reads_message(&part, places.encoding_at);
            let is_supposed = places.is_supposed;
            self.open.push(Open { part, boundary, is_supposed, is_closed: false, is_fresh: true });
            self.firsts = Firsts::of(&self.open);
            if !is_message || self.at_limit(body) {
                return body;
            }
            at = body;
            default_type = MediaType::new("text", "plain");
        }
    }

    // A part of a mail of old Suns says its type in a field of its own.
    fn is_sun_message(&self, header: &header::Header) -> bool {
        let is_sun = self.open.last().is_some_and(|open| open.part.media_type.is("multipart", media_type::SUN));
        let field = header.first(self.reading.raw, "x-sun-data-type").filter(|_| is_sun);
        field.is_some_and(|field| field.raw_value().trim_ascii().eq_ignore_ascii_case(b"message"))
    }

    fn at_limit(&mut self, offset: usize) -> bool {
        let is_reached = self.open.len() >= limits::PART_DEPTH_MAX || self.parts >= limits::PARTS_MAX;
        if is_reached {
            self.notes.limit(offset);
        }
        is_reached
    }

    fn is_message(&mut self, part: &Part, type_at: usize) -> bool {
        let media_type = &part.media_type;
        if media_type.is_message() || media_type.top != "message" {
            return media_type.is_message();
        }
        let is_delimiter = |line: &[u8]| delimiter::is_delimiter(&self.open, line, self.reading.choices);
        let has_mime = header::has_mime(self.reading, part.body.start, &is_delimiter, self.notes);
        let choice = Choice::ReadUnknownMessage;
        // What a pointer leads to is no part of it, a fragment is no message for anybody before it is put together, and a
        // report is text; but some programs read all of `message/` as one (Python), and what that shows is looked at.
        let is_pointer = media_type.is("message", "external-body");
        if media_type.may_be_message() && media_type.sub != "partial" && has_mime {
            self.notes.fork(AmbiguityKind::UnknownMessageType, choice, type_at);
        } else if media_type.may_be_message() || is_pointer || has_mime {
            self.notes.open.add(choice);
        }
        self.reading.has(choice)
    }

    // An encoded message is content to be decoded; one that begins with a field as it stands is a message for those who
    // hold that it cannot be encoded (RFC 2046 5.2.1).
    fn reads_message(&mut self, part: &Part, encoding_at: usize) -> bool {
        if part.encoding_is_transparent() {
            return true;
        }
        let first = self.reading.ends.line_at(self.reading.raw, part.body.start);
        let text = first.map(|line| slice(self.reading.raw, line.start..line.end)).unwrap_or_default();
        let name = memchr(b':', text).and_then(|colon| text.get(..colon)).unwrap_or_default();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        self.notes.fork(AmbiguityKind::EncodedMessage, Choice::IgnoreMessageEncoding, encoding_at);
        self.reading.has(Choice::IgnoreMessageEncoding)
    }

    fn boundary(&mut self, part: &Part, places: &Places) -> Option<Vec<u8>> {
        if !part.is_multipart() {
            return None;
        }
        if self.open.len().saturating_add(1) >= limits::PART_DEPTH_MAX {
            self.notes.limit(part.whole.start);
            return None;
        }
        if !part.encoding_is_transparent() {
            let (kind, choice) = (AmbiguityKind::EncodedMultipart, Choice::DecodeMultipart);
            if part.encoding == Encoding::QuotedPrintable {
                self.notes.suspect(kind, choice, places.encoding_at);
            } else {
                self.notes.fork(kind, choice, places.encoding_at);
            }
            if self.reading.has(Choice::DecodeMultipart) {
                return None;
            }
        }
        let wants = self.reading.has(Choice::GuessBoundary) && !places.is_supposed;
        let guess = if wants { self.guesses.boundary(self.reading, part.body.start) } else { None };
        let Some(boundary) = self.declared_boundary(places) else {
            self.notes.defect(DefectKind::MissingBoundary, places.type_at);
            self.notes.open.add(Choice::GuessBoundary);
            return guess;
        };
        if boundary.len() > limits::BOUNDARY_BYTES_USUAL {
            self.notes.defect(DefectKind::LongBoundary, places.type_at);
        }
        self.note_prefixes(&boundary, places.type_at);
        self.notes.boundary(&boundary);
        match guess {
            Some(guess) if !comes_soon(self.reading, part.body.start, &boundary) => Some(guess),
            _ => Some(boundary),
        }
    }

    // The new boundary and one that is open, where one begins the other.
    fn note_prefixes(&mut self, boundary: &[u8], offset: usize) {
        for outer in self.open.iter().filter_map(|open| open.boundary.as_deref()) {
            self.notes.visit(outer.len().min(boundary.len()));
            let choice = if outer.is_empty() || boundary.is_empty() {
                continue;
            } else if boundary.starts_with(outer) {
                Choice::OuterDelimiterFirst
            } else if outer.starts_with(boundary) {
                Choice::DelimiterByPrefix
            } else {
                continue;
            };
            self.notes.suspect(AmbiguityKind::PrefixBoundary, choice, offset);
        }
    }

    fn declared_boundary(&mut self, places: &Places) -> Option<Vec<u8>> {
        let candidates = &places.boundaries;
        if candidates.len() > limits::BOUNDARIES_MAX {
            self.notes.limit(places.type_at);
        }
        let mut chosen = candidates.first()?;
        for (candidate, choice) in candidates.iter().skip(1).zip(Choice::OTHER_BOUNDARIES) {
            if candidate.is_rare {
                self.notes.suspect(candidate.kind, choice, places.type_at);
            } else {
                self.notes.fork(candidate.kind, choice, places.type_at);
            }
            if self.reading.has(choice) {
                chosen = candidate;
            }
        }
        chosen.value.clone()
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
        self.firsts = Firsts::of(&self.open);
    }

    // A part ends behind its own header and children, also where the line end before the delimiter was theirs.
    fn end_part(&mut self, open: &mut Open, end: usize) {
        let part = &mut open.part;
        let inside = part.children.last().map_or(part.body.start, |child| child.whole.end);
        let end = end.max(inside);
        part.body.end = end;
        part.whole.end = end;
        if open.boundary.is_some() && !open.is_closed && !(open.is_supposed && part.children.is_empty()) {
            if part.children.is_empty() {
                self.notes.defect(DefectKind::BoundaryNeverSeen, part.body.start);
                self.notes.open.add(Choice::GuessBoundary);
            } else {
                self.notes.defect(DefectKind::MissingCloseDelimiter, end);
            }
        }
        if part.encoding == Encoding::Base64
            && part.is_leaf()
            && let Some(at) = base64::lines_after_padding(slice(self.reading.raw, part.body.clone()))
        {
            self.notes.ambiguity(AmbiguityKind::DataAfterPadding, part.body.start.saturating_add(at));
        }
    }

    fn finish(mut self) -> Part {
        let end = self.reading.raw.len();
        self.close_above(0, end);
        self.notes.parts = self.parts;
        let Some(mut root) = self.open.pop() else {
            return Part::default();
        };
        self.end_part(&mut root, end);
        root.part
    }
}

fn part(start: usize, header: header::Header, declared: Declared) -> (Part, Places) {
    let Declared { media_type, encoding, is_oddly_encoded, disposition, names, elsewhere, places } = declared;
    let body = header.end;
    let part = Part {
        header,
        whole: start..body,
        body: body..body,
        media_type,
        encoding,
        is_oddly_encoded,
        disposition,
        names,
        elsewhere,
        follows_text: false,
        children: Vec::new(),
    };
    (part, places)
}

impl Part {
    // 7bit, 8bit, binary: the only encodings of a composite type (RFC 2045 6.4). An unknown one nobody can undo.
    pub(crate) const fn encoding_is_transparent(&self) -> bool {
        matches!(self.encoding, Encoding::Identity | Encoding::Unknown)
    }
}

fn follows_lone_lf(raw: &[u8], start: usize) -> bool {
    match raw.get(..start) {
        Some([.., b'\r', b'\n']) => false,
        Some([.., b'\n']) => true,
        _ => false,
    }
}
