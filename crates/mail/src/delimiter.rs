//! Delimiter lines (RFC 2046 5.1.1), and the lines that are delimiters for some readers only.

use crate::defect::AmbiguityKind;
use crate::lines::is_blank;
use crate::reading::{Choice, Choices};

/// An open multipart, as far as its delimiters go.
pub(crate) trait Bounded {
    /// Its boundary, if it has one.
    fn boundary(&self) -> Option<&[u8]>;
    /// The close delimiter has passed.
    fn is_closed(&self) -> bool;
}

/// A delimiter of the open part at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delimiter {
    Next(usize),
    Close(usize),
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// For this reading.
    Delimiter(Delimiter),
    /// Not for this reading, but for one that makes the choice.
    Near(AmbiguityKind, Choice),
    Nothing,
}

/// The first bytes of the boundaries that are open, in any case: most lines of hyphens are told from delimiters by them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Firsts {
    bytes: [u64; 4],
    // Some boundary is empty.
    has_empty: bool,
}

impl Firsts {
    pub(crate) fn of(open: &[impl Bounded]) -> Self {
        let mut firsts = Self::default();
        for boundary in open.iter().filter_map(Bounded::boundary) {
            let Some(first) = boundary.first() else {
                firsts.has_empty = true;
                continue;
            };
            for byte in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                if let Some(word) = firsts.bytes.get_mut(usize::from(byte >> 6)) {
                    *word |= 1 << (byte & 63);
                }
            }
        }
        firsts
    }

    /// The line may be a delimiter, or nearly one.
    pub(crate) fn begin(&self, line: &[u8]) -> bool {
        let blank = line.iter().take_while(|byte| is_blank(**byte)).count();
        let Some(rest) = line.get(blank..).and_then(|text| text.strip_prefix(b"--")) else {
            return false;
        };
        let has = |byte: &u8| self.bytes.get(usize::from(byte >> 6)).is_some_and(|word| (word >> (byte & 63)) & 1 == 1);
        self.has_empty || rest.first().is_some_and(has)
    }
}

/// Looks at one line without its line end.
pub(crate) fn find(open: &[impl Bounded], line: &[u8], choices: Choices) -> Found {
    let blank = line.iter().position(|byte| !is_blank(*byte)).unwrap_or(line.len());
    let Some(rest) = line.get(blank..).and_then(|text| text.strip_prefix(b"--")) else {
        return Found::Nothing;
    };
    let found = chosen(open, rest, choices);
    if blank == 0 {
        return found.map_or_else(|| near(open, rest, choices), Found::Delimiter);
    }
    match found {
        Some(delimiter) if choices.has(Choice::IndentedDelimiter) => Found::Delimiter(delimiter),
        Some(_) => Found::Near(AmbiguityKind::IndentedDelimiter, Choice::IndentedDelimiter),
        None => Found::Nothing,
    }
}

/// The line is a delimiter for this reading.
pub(crate) fn is_delimiter(open: &[impl Bounded], line: &[u8], choices: Choices) -> bool {
    matches!(line.first(), Some(b'-' | b' ' | b'\t')) && matches!(find(open, line, choices), Found::Delimiter(_))
}

// A delimiter of an outer multipart ends the inner ones (RFC 2046 5.1.2), so they are looked at from the inside out. A
// multipart that is closed gives way to an outer one with the same boundary.
fn chosen<B: Bounded>(open: &[B], rest: &[u8], choices: Choices) -> Option<Delimiter> {
    let mut closed = None;
    let last = open.len().saturating_sub(1);
    let is_open = |each: &&B| each.boundary().is_some() && !each.is_closed();
    if choices.has(Choice::InnerUntilClosed)
        && let Some(level) = open.iter().rposition(|each| is_open(&each))
    {
        let boundary = open.get(level).and_then(Bounded::boundary)?;
        return line_of(rest, boundary, choices).map(|line| line.of(level));
    }
    for step in 0..open.len() {
        let level = if choices.has(Choice::OuterDelimiterFirst) { step } else { last.saturating_sub(step) };
        let Some(each) = open.get(level) else {
            continue;
        };
        let found = match each.boundary().and_then(|boundary| line_of(rest, boundary, choices)) {
            Some(line) => line.of(level),
            None => continue,
        };
        if !each.is_closed() {
            return Some(found);
        }
        closed = closed.or(Some(found));
    }
    closed
}

enum Line {
    Next,
    Close,
}

impl Line {
    const fn of(self, level: usize) -> Delimiter {
        match self {
            Self::Next => Delimiter::Next(level),
            Self::Close => Delimiter::Close(level),
        }
    }
}

fn line_of(rest: &[u8], boundary: &[u8], choices: Choices) -> Option<Line> {
    let (head, tail) = rest.split_at_checked(boundary.len())?;
    let is_head = head == boundary || (choices.has(Choice::DelimiterInAnyCase) && head.eq_ignore_ascii_case(boundary));
    if !is_head {
        return None;
    }
    let by_prefix = choices.has(Choice::DelimiterByPrefix) || choices.has(Choice::OuterDelimiterFirst);
    let opens = choices.has(Choice::CloseWithTailOpens);
    // RFC 2046 5.1.1 allows blanks behind it and nothing else.
    let blank = tail.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    match tail.get(..tail.len().saturating_sub(blank)).unwrap_or_default() {
        b"" => Some(Line::Next),
        b"--" => Some(Line::Close),
        _ if boundary.is_empty() => None,
        tail if by_prefix && tail.starts_with(b"--") && !opens => Some(Line::Close),
        _ if by_prefix || opens => Some(Line::Next),
        _ => None,
    }
}

// A line that is no delimiter for this reading and would be one for another.
fn near(open: &[impl Bounded], rest: &[u8], choices: Choices) -> Found {
    // Told where outer delimiters count.
    if choices.has(Choice::InnerUntilClosed) {
        return Found::Nothing;
    }
    for boundary in open.iter().rev().filter_map(Bounded::boundary).filter(|boundary| !boundary.is_empty()) {
        let Some(head) = rest.get(..boundary.len()).filter(|head| head.eq_ignore_ascii_case(boundary)) else {
            continue;
        };
        if head != boundary && !choices.has(Choice::DelimiterInAnyCase) {
            return Found::Near(AmbiguityKind::DelimiterCase, Choice::DelimiterInAnyCase);
        }
        return Found::Near(AmbiguityKind::DelimiterWithTail, Choice::DelimiterByPrefix);
    }
    Found::Nothing
}
