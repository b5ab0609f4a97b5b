//! Quoted-printable (RFC 2045 6.7). An escape that is none stays as it is written.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

use super::Decoded;
use crate::lines::{Line, line_at, slice};

/// Decodes; line ends stay as they are.
#[must_use]
pub fn decode(encoded: &[u8]) -> Decoded<'_> {
    if memchr(b'=', encoded).is_none() && memchr(b' ', encoded).is_none() && memchr(b'\t', encoded).is_none() {
        return Decoded { bytes: Cow::Borrowed(encoded), bad_at: None };
    }
    let (bytes, bad_at) = decode_by(encoded, Rules::default());
    Decoded { bytes: Cow::Owned(bytes), bad_at }
}

/// Every other content that a reader may get from the same characters: bad escapes without their sign, a sign with blanks
/// behind it as text (RFC 2045 6.7 has them deleted), a sign before a lone CR as one that joins with the next line or with what
/// stands behind it, two signs as one (Python's binascii), lines joined before escapes are looked for, bytes left out that are not to be
/// in it. None for what is written as it should be.
#[must_use]
pub fn other_readings(encoded: &[u8]) -> Vec<Vec<u8>> {
    let mut others = Vec::new();
    let (has_bad, has_blank) = oddities(encoded);
    if memchr_iter(b'\r', encoded).any(|at| is_sign_before_cr(encoded, at)) {
        others.push(decode_by(encoded, Rules { at_cr: AtCr::Drops, ..Rules::default() }).0);
        others.push(decode_by(encoded, Rules { at_cr: AtCr::Joins, ..Rules::default() }).0);
    }
    if has_bad {
        others.push(decode_by(encoded, Rules { drops_bad: true, ..Rules::default() }).0);
        others.extend(joined_first(encoded).map(|joined| decode(&joined).bytes.into_owned()));
        // A control behind the sign is a blank (mime4j).
        if encoded.windows(2).any(|pair| matches!(pair, [b'=', control] if is_control(*control))) {
            let shown: Vec<u8> = encoded.iter().copied().filter(|byte| !is_control(*byte)).collect();
            others.push(decode(&shown).bytes.into_owned());
        }
    }
    if memmem::find(encoded, b"==").is_some() {
        others.push(decode_by(encoded, Rules { halves_doubles: true, ..Rules::default() }).0);
    }
    if has_blank {
        others.push(decode_by(encoded, Rules { joins_strictly: true, ..Rules::default() }).0);
    }
    if !encoded.iter().copied().all(is_allowed) {
        let kept: Vec<u8> = encoded.iter().copied().filter(|byte| is_allowed(*byte)).collect();
        others.push(decode(&kept).bytes.into_owned());
    }
    others
}

// RFC 2045 6.7: what is in no encoded text might be left out (mailparse does).
const fn is_allowed(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}

const fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n')
}

// Whether there are escapes that are none, and signs before blanks at the end of a line.
fn oddities(encoded: &[u8]) -> (bool, bool) {
    let (mut has_bad, mut has_blank) = (false, false);
    for at in memchr_iter(b'=', encoded) {
        let escape = encoded.get(at..).unwrap_or_default();
        if escaped(escape).is_some() {
            continue;
        }
        let behind = escape.get(1..).unwrap_or_default();
        let is_white = |byte: &u8| byte.is_ascii_whitespace() && !matches!(byte, b'\r' | b'\n');
        let blanks = behind.iter().copied().take_while(|byte| is_white(byte)).count();
        let end = behind.get(blanks..).unwrap_or_default();
        let ends_line = end.is_empty() || end.starts_with(b"\n") || end.starts_with(b"\r\n");
        has_bad |= !ends_line;
        has_blank |= ends_line && blanks > 0;
    }
    (has_bad, has_blank)
}

// Without signs that join lines, for readers that join before they decode (mailparser): an escape may stand on two lines.
fn joined_first(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while let Some(line) = line_at(encoded, at) {
        at = line.next;
        match slice(encoded, line.start..line.end).trim_ascii_end().strip_suffix(b"=") {
            Some(text) => joined.extend_from_slice(text),
            None => joined.extend_from_slice(slice(encoded, line.start..line.next)),
        }
    }
    (joined.len() != encoded.len()).then_some(joined)
}

#[derive(Clone, Copy, Debug, Default)]
struct Rules {
    // The equals sign of an escape that is none is not there.
    drops_bad: bool,
    // An equals sign joins lines only where it is the last character.
    joins_strictly: bool,
    at_cr: AtCr,
    // Two equals signs are one, and join nothing.
    halves_doubles: bool,
}

/// What an equals sign before a lone CR does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum AtCr {
    /// It is an escape that is none.
    #[default]
    Stays,
    /// It joins with the next line, and what stands behind it is lost (Python).
    Drops,
    /// It joins with what stands behind it (Thunderbird, Jakarta Mail).
    Joins,
}

// The CR at this place.
fn is_sign_before_cr(encoded: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| encoded.get(before));
    before == Some(&b'=') && encoded.get(at.saturating_add(1)).is_some_and(|byte| *byte != b'\n')
}

fn decode_by(encoded: &[u8], rules: Rules) -> (Vec<u8>, Option<usize>) {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut bad_at = None;
    let mut at = 0;
    while let Some(line) = line_at(encoded, at) {
        let bad = decode_line(encoded, line, rules, &mut bytes);
        bad_at = bad_at.or(bad);
        at = line.next;
    }
    (bytes, bad_at)
}

// Rule 3: white space at the end of a line was added on the way. Rule 5: an equals sign at the end joins two lines.
fn decode_line(encoded: &[u8], line: Line, rules: Rules, bytes: &mut Vec<u8>) -> Option<usize> {
    let whole = slice(encoded, line.start..line.end);
    let trimmed = whole.trim_ascii_end();
    let signs = trimmed.iter().rev().take_while(|byte| **byte == b'=').count();
    let is_halved = rules.halves_doubles && signs % 2 == 0;
    let joins = |text: &[u8]| !is_halved && (!rules.joins_strictly || text.len() == whole.len());
    let (text, joined) = match trimmed.strip_suffix(b"=") {
        Some(text) if joins(trimmed) => (text, true),
        _ => (trimmed, false),
    };
    let mut bad_at = None;
    let mut rest = text;
    while let Some(at) = memchr(b'=', rest) {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, b""));
        bytes.extend_from_slice(plain);
        if let Some(byte) = escaped(escape) {
            bytes.push(byte);
            rest = escape.get(3..).unwrap_or_default();
        } else if rules.at_cr == AtCr::Drops && escape.starts_with(b"=\r") {
            return bad_at;
        } else if rules.at_cr == AtCr::Joins && escape.starts_with(b"=\r") {
            rest = escape.get(2..).unwrap_or_default();
        } else if rules.halves_doubles && escape.starts_with(b"==") {
            bytes.push(b'=');
            rest = escape.get(2..).unwrap_or_default();
        } else {
            bad_at = bad_at.or(Some(line.start.saturating_add(text.len().saturating_sub(escape.len()))));
            if !rules.drops_bad {
                bytes.push(b'=');
            }
            rest = escape.get(1..).unwrap_or_default();
        }
    }
    bytes.extend_from_slice(rest);
    if !joined {
        bytes.extend_from_slice(slice(encoded, line.end..line.next));
    }
    bad_at
}

/// The byte of `=XX` at the start of `text`.
pub(crate) fn escaped(text: &[u8]) -> Option<u8> {
    match text {
        [_, high, low, ..] => hex(*high)?.checked_mul(16)?.checked_add(hex(*low)?),
        _ => None,
    }
}

const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(byte.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}
