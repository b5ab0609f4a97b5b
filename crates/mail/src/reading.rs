//! What is noted while a message is read, and the choices in which readers differ. The first reading makes none of the
//! choices; for each one that arises the message is read again the other way, alone and together with others.

use memchr::{memchr, memmem};

use crate::defect::{Ambiguity, AmbiguityKind, Defect, DefectKind};
use crate::limits;
use crate::lines::{Line, LineEnds, is_blank, starts_with_crlf_line};

/// A place where readers part ways; the first reading does the other thing than what is said here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The last of several Content-Type fields counts.
    LastType,
    /// One between the first and the last counts.
    MiddleType,
    /// A Content-Type that is not written as RFC 2045 5.1 asks is read strictly where others are lenient, or the reverse.
    OtherType,
    /// The last of several Content-Transfer-Encoding fields counts.
    LastEncoding,
    /// One between the first and the last counts.
    MiddleEncoding,
    /// The other encoding named in one field counts.
    OtherEncodingWord,
    /// The last of several Content-Disposition fields counts.
    LastDisposition,
    /// The last of several charset parameters counts.
    LastCharset,
    /// The second candidate for the boundary counts.
    Boundary2,
    /// The third one.
    Boundary3,
    /// The fourth one.
    Boundary4,
    /// The fifth one.
    Boundary5,
    /// A multipart without boundary parameter, or without any part, has the boundary of its first delimiter-like line.
    GuessBoundary,
    /// The encoding of a multipart counts: it is one opaque body.
    DecodeMultipart,
    /// A message of an unknown type, or a fragment of one, is a message.
    ReadUnknownMessage,
    /// The encoding of a message/rfc822 does not count.
    IgnoreMessageEncoding,
    /// Parts after the close delimiter are parts.
    ReadAfterClose,
    /// What has the fields of a part before the first delimiter or after the last one is a part.
    ReadOutside,
    /// A line that begins like a delimiter is one (RFC 2046 5.1.1: what follows need not match).
    DelimiterByPrefix,
    /// A close delimiter with something behind it is one that opens a part.
    CloseWithTailOpens,
    /// The outermost multipart whose boundary begins a line owns it.
    OuterDelimiterFirst,
    /// A multipart that is not closed owns all lines: no delimiter of an outer one ends it.
    InnerUntilClosed,
    /// A delimiter may be indented.
    IndentedDelimiter,
    /// A delimiter may be in the other case.
    DelimiterInAnyCase,
    /// A header line without a colon is the first line of the body.
    BodyAtBadLine,
    /// A line of blanks ends the header.
    BlankLineEndsHeader,
    /// Empty lines before a header are passed over.
    SkipEmptyLines,
    /// A line of nothing but CR does not end a header.
    ReadOverCrLines,
    /// An indented first line of a header is not a field.
    DropIndentedFirst,
    /// A field with blanks before the colon is not that field.
    DropSpacedNames,
    /// NUL is not there.
    DropNul,
    /// A value ends with its first NUL.
    CutAtNul,
    /// A lone CR ends a line.
    LoneCrEndsLine,
    /// A lone LF does not.
    LoneLfEndsNoLine,
}

impl Choice {
    pub(crate) const OTHER_BOUNDARIES: [Self; 4] = [Self::Boundary2, Self::Boundary3, Self::Boundary4, Self::Boundary5];

    const fn bit(self) -> u64 {
        // The discriminant of a field-less enum: no other way to it is const.
        match self {
            Self::LastType => 1,
            Self::MiddleType => 1 << 1,
            Self::OtherType => 1 << 2,
            Self::LastEncoding => 1 << 3,
            Self::MiddleEncoding => 1 << 4,
            Self::OtherEncodingWord => 1 << 5,
            Self::LastDisposition => 1 << 6,
            Self::LastCharset => 1 << 7,
            Self::Boundary2 => 1 << 8,
            Self::Boundary3 => 1 << 9,
            Self::Boundary4 => 1 << 10,
            Self::Boundary5 => 1 << 11,
            Self::GuessBoundary => 1 << 12,
            Self::DecodeMultipart => 1 << 13,
            Self::IgnoreMessageEncoding => 1 << 14,
            Self::ReadAfterClose => 1 << 15,
            Self::ReadOutside => 1 << 16,
            Self::DelimiterByPrefix => 1 << 17,
            Self::CloseWithTailOpens => 1 << 18,
            Self::IndentedDelimiter => 1 << 19,
            Self::DelimiterInAnyCase => 1 << 20,
            Self::BodyAtBadLine => 1 << 21,
            Self::BlankLineEndsHeader => 1 << 22,
            Self::SkipEmptyLines => 1 << 23,
            Self::DropIndentedFirst => 1 << 24,
            Self::DropSpacedNames => 1 << 25,
            Self::DropNul => 1 << 26,
            Self::CutAtNul => 1 << 27,
            Self::LoneCrEndsLine => 1 << 28,
            Self::LoneLfEndsNoLine => 1 << 29,
            Self::OuterDelimiterFirst => 1 << 30,
            Self::ReadUnknownMessage => 1 << 31,
            Self::InnerUntilClosed => 1 << 32,
            Self::ReadOverCrLines => 1 << 33,
        }
    }
}

/// A set of choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choices(u64);

impl Choices {
    pub(crate) const fn has(self, choice: Choice) -> bool {
        self.0 & choice.bit() != 0
    }

    pub(crate) const fn add(&mut self, choice: Choice) {
        self.0 |= choice.bit();
    }

    pub(crate) const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The choices of both.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn only(choice: Choice) -> Self {
        Self(choice.bit())
    }

    /// Each choice of the set as a set of its own.
    pub(crate) fn singles(self) -> impl Iterator<Item = Self> {
        (0..u64::BITS).map(|bit| Self(1 << bit)).filter(move |single| self.0 & single.0 != 0)
    }
}

/// The bytes and how they are read this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) raw: &'a [u8],
    pub(crate) choices: Choices,
    pub(crate) ends: LineEnds,
    /// Lines end with CRLF in general.
    pub(crate) is_crlf: bool,
    /// There is a NUL somewhere.
    pub(crate) has_nul: bool,
    /// Somewhere two hyphens stand behind a CR, or behind blanks at the start of a line, or there is a NUL: not only lines
    /// that begin with hyphens may be delimiters.
    pub(crate) has_odd_delimiters: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(raw: &'a [u8], choices: Choices) -> Self {
        // Both at once is no reader's way: the first wins.
        let ends = if choices.has(Choice::LoneCrEndsLine) {
            LineEnds::LoneCrToo
        } else if choices.has(Choice::LoneLfEndsNoLine) {
            LineEnds::OnlyCrlf
        } else {
            LineEnds::Usual
        };
        let has_nul = memchr(0, raw).is_some();
        let has_odd_delimiters = has_nul || has_odd_hyphens(raw);
        Self { raw, choices, ends, is_crlf: starts_with_crlf_line(raw), has_nul, has_odd_delimiters }
    }

    pub(crate) const fn has(&self, choice: Choice) -> bool {
        self.choices.has(choice)
    }
}

// Every byte is looked at a bounded number of times: blanks before hyphens belong to one pair of hyphens.
fn has_odd_hyphens(raw: &[u8]) -> bool {
    memmem::find_iter(raw, b"--").any(|at| {
        let before = raw.get(..at).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|byte| is_blank(**byte)).count();
        match before.get(..before.len().saturating_sub(blanks)) {
            Some([.., b'\r']) => true,
            Some([.., b'\n'] | []) => blanks > 0,
            _ => false,
        }
    })
}

/// Defects, ambiguities and choices met in one reading.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) defects: Vec<Defect>,
    pub(crate) ambiguities: Vec<Ambiguity>,
    pub(crate) open: Choices,
    /// Ambiguities that are some only if the reading with this choice shows something else.
    pub(crate) suspects: Vec<(Choice, Ambiguity)>,
    /// Boundaries of the reading, each once, at most [`limits::BOUNDARIES_KEPT_MAX`].
    pub(crate) boundaries: Vec<Vec<u8>>,
    /// Parts of the reading.
    pub(crate) parts: usize,
    /// Bytes looked at.
    pub(crate) bytes: usize,
    is_limited: bool,
}

impl Notes {
    /// Nothing noted yet of a reading for which these choices are known to be open.
    pub(crate) fn with_open(open: Choices) -> Self {
        Self { open, ..Self::default() }
    }

    pub(crate) fn defect(&mut self, kind: DefectKind, offset: usize) {
        if self.defects.len() < limits::DEFECTS_MAX {
            self.defects.push(Defect { kind, offset });
        }
    }

    /// Noted once, for the first limit that is reached, and also where there is no room for other defects.
    pub(crate) fn limit(&mut self, offset: usize) {
        if !self.is_limited {
            self.is_limited = true;
            self.defects.truncate(limits::DEFECTS_MAX.saturating_sub(1));
            self.defect(DefectKind::LimitReached, offset);
        }
    }

    pub(crate) const fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// Two readers part here: the ambiguity, and the choice that the first reading did not make.
    pub(crate) fn fork(&mut self, kind: AmbiguityKind, choice: Choice, offset: usize) {
        self.open.add(choice);
        self.ambiguity(kind, offset);
    }

    /// Two readers part here, and may yet see the same.
    pub(crate) fn suspect(&mut self, kind: AmbiguityKind, choice: Choice, offset: usize) {
        self.open.add(choice);
        if self.suspects.len() < limits::AMBIGUITIES_MAX {
            self.suspects.push((choice, Ambiguity { kind, offset }));
        }
    }

    pub(crate) fn ambiguity(&mut self, kind: AmbiguityKind, offset: usize) {
        let ambiguity = Ambiguity { kind, offset };
        if self.ambiguities.len() < limits::AMBIGUITIES_MAX && !self.ambiguities.contains(&ambiguity) {
            self.ambiguities.push(ambiguity);
        }
    }

    pub(crate) fn line(&mut self, line: Line) {
        if line.end.saturating_sub(line.start) > limits::LINE_BYTES_USUAL {
            self.defect(DefectKind::LongLine, line.start);
        }
    }

    /// A multipart has this boundary.
    pub(crate) fn boundary(&mut self, boundary: &[u8]) {
        let is_wanted = !boundary.is_empty() && self.boundaries.len() < limits::BOUNDARIES_KEPT_MAX;
        if is_wanted && !self.boundaries.iter().any(|known| known == boundary) {
            self.boundaries.push(boundary.to_vec());
        }
    }

    /// So many bytes were looked at.
    pub(crate) const fn visit(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }
}
