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

/// Looks at one line without its line end.
pub(crate) fn find(open: &[impl Bounded], line: &[u8], choices: Choices) -> Found {
    match line.first() {
        Some(b'-') => {}
        Some(b' ' | b'\t') => return indented(open, line, choices),
        _ => return Found::Nothing,
    }
    let Some(rest) = line.strip_prefix(b"--") else {
        return Found::Nothing;
    };
    if let Some(delimiter) = exact(open, rest.trim_ascii_end()) {
        return Found::Delimiter(delimiter);
    }
    open.iter().enumerate().rev().map(|(level, each)| near(each, level, rest, choices)).fold(Found::Nothing, first_of)
}

/// The line is a delimiter for this reading.
pub(crate) fn is_delimiter(open: &[impl Bounded], line: &[u8], choices: Choices) -> bool {
    matches!(find(open, line, choices), Found::Delimiter(_))
}

// A delimiter of an outer multipart ends the inner ones (RFC 2046 5.1.2), so they are looked at from the inside out. A
// multipart that is closed gives way to an outer one with the same boundary.
fn exact(open: &[impl Bounded], rest: &[u8]) -> Option<Delimiter> {
    let mut closed = None;
    for (level, each) in open.iter().enumerate().rev() {
        let Some(tail) = each.boundary().and_then(|boundary| tail(rest, boundary)) else {
            continue;
        };
        let found = match tail {
            b"" => Delimiter::Next(level),
            b"--" => Delimiter::Close(level),
            _ => continue,
        };
        if !each.is_closed() {
            return Some(found);
        }
        closed = closed.or(Some(found));
    }
    closed
}

// Blanks at the end of a boundary went with those at the end of the line.
fn tail<'a>(rest: &'a [u8], boundary: &[u8]) -> Option<&'a [u8]> {
    match rest.strip_prefix(boundary) {
        Some(tail) => Some(tail),
        None if rest == boundary.trim_ascii_end() && !rest.is_empty() => Some(b""),
        None => None,
    }
}

fn first_of(found: Found, other: Found) -> Found {
    match (found, other) {
        (Found::Delimiter(_), _) => found,
        (_, Found::Delimiter(_)) | (Found::Nothing, _) => other,
        (Found::Near(..), _) => found,
    }
}

fn near(each: &impl Bounded, level: usize, rest: &[u8], choices: Choices) -> Found {
    let Some(boundary) = each.boundary().filter(|boundary| !boundary.is_empty()) else {
        return Found::Nothing;
    };
    let Some((head, tail)) = rest.split_at_checked(boundary.len()) else {
        return Found::Nothing;
    };
    if !head.eq_ignore_ascii_case(boundary) {
        return Found::Nothing;
    }
    if head != boundary && !choices.has(Choice::DelimiterInAnyCase) {
        return Found::Near(AmbiguityKind::DelimiterCase, Choice::DelimiterInAnyCase);
    }
    let (is_close, is_whole) = match tail.trim_ascii_end() {
        b"" => (false, true),
        b"--" => (true, true),
        tail => (tail.starts_with(b"--"), false),
    };
    if !is_whole && !choices.has(Choice::DelimiterByPrefix) && !choices.has(Choice::CloseWithTailOpens) {
        return Found::Near(AmbiguityKind::DelimiterWithTail, Choice::DelimiterByPrefix);
    }
    let opens = !is_whole && choices.has(Choice::CloseWithTailOpens);
    Found::Delimiter(if is_close && !opens { Delimiter::Close(level) } else { Delimiter::Next(level) })
}

fn indented(open: &[impl Bounded], line: &[u8], choices: Choices) -> Found {
    let blank = line.iter().position(|byte| !is_blank(*byte)).unwrap_or(line.len());
    let Some(rest) = line.get(blank..).and_then(|text| text.strip_prefix(b"--")) else {
        return Found::Nothing;
    };
    match exact(open, rest.trim_ascii_end()) {
        Some(delimiter) if choices.has(Choice::IndentedDelimiter) => Found::Delimiter(delimiter),
        Some(_) => Found::Near(AmbiguityKind::IndentedDelimiter, Choice::IndentedDelimiter),
        None => Found::Nothing,
    }
}
