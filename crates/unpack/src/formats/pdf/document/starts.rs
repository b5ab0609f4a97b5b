//! Where objects and their streams begin, seen from the words that show it (ISO 32000-2, 7.3.8 and 7.3.10).

use crate::formats::pdf::lexer::Lexer;
use crate::formats::pdf::object::{Data, Id};

/// Bytes of a comment that are looked back over.
const COMMENT_BYTES_MAX: usize = 128;
/// Digits of an object's number.
const DIGITS_MAX: usize = 10;

/// Number and generation in front of a place. Is a `%` on the same line the begin of a comment, or a byte of what stands
/// before? Both are taken.
pub(super) fn ids_before(bytes: &[u8], at: usize) -> impl Iterator<Item = Id> {
    let read = |has_comments: bool| {
        let before = bytes.get(..at)?;
        let (generation, before) = digits_before(before, has_comments)?;
        let (number, _) = digits_before(before, has_comments)?;
        Some(Id { number, generation: u16::try_from(generation).unwrap_or_default() })
    };
    let (plain, other) = (read(false), read(true));
    plain.into_iter().chain(other.filter(|other| Some(*other) != plain))
}

fn digits_before(bytes: &[u8], has_comments: bool) -> Option<(u32, &[u8])> {
    let mut bytes = before_space(bytes);
    while let Some(before) = has_comments.then(|| before_comment(bytes)).flatten() {
        bytes = before_space(before);
    }
    let count = bytes.iter().rev().take(DIGITS_MAX).take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = bytes.split_at(bytes.len().saturating_sub(count));
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

fn before_space(bytes: &[u8]) -> &[u8] {
    let mut bytes = bytes;
    while let [rest @ .., 0 | b'\t' | b'\n' | 12 | b'\r' | b' '] = bytes {
        bytes = rest;
    }
    bytes
}

/// What stands before the comment that ends here.
fn before_comment(bytes: &[u8]) -> Option<&[u8]> {
    let from = bytes.len().saturating_sub(COMMENT_BYTES_MAX);
    let tail = bytes.get(from..)?;
    let line = memchr::memrchr2(b'\r', b'\n', tail).map_or(0, |at| at.saturating_add(1));
    let percent = memchr::memchr(b'%', tail.get(line..)?)?;
    bytes.get(..from.saturating_add(line).saturating_add(percent))
}

/// Where the data of a stream begins, if the dictionary just read is one's.
pub(super) fn stream_start(lexer: &mut Lexer<'_>, bytes: &[u8]) -> Option<Data> {
    lexer.skip_space();
    let rest = bytes.get(lexer.at..)?.strip_prefix(b"stream")?;
    let skipped = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        // White space at the end of the line is common.
        [b' ', b'\n', ..] => 2,
        [b' ', b'\r', b'\n', ..] => 3,
        _ => 0,
    };
    let start = lexer.at.saturating_add(6).saturating_add(skipped);
    lexer.at = start;
    Some(Data { start, end: start })
}
