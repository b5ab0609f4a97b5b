//! Base64 (RFC 2045 6.8). Bytes outside the alphabet are passed over; padding ends a group and not the data, since some
//! readers go on behind it.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use memchr::{memchr, memchr2};

use super::Decoded;

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes in the usual way: what is not of the alphabet is passed over, and behind a padding it goes on.
#[must_use]
pub fn decode(encoded: &[u8]) -> Decoded<'static> {
    match TOLERANT.decode(packed(encoded).characters) {
        Ok(bytes) => Decoded { bytes: Cow::Owned(bytes), bad_at: None },
        Err(_) => Decoded { bytes: Cow::Owned(decode_by(encoded, Rules::default())), bad_at: bad_at(encoded) },
    }
}

/// What readers get from the same characters.
#[derive(Debug)]
pub struct Readings {
    /// Every content, the usual one first; one for what is written as it should be. Some may be equal.
    pub contents: Vec<Vec<u8>>,
    /// Some line has a character that is not of the alphabet.
    pub has_text_lines: bool,
}

/// Every content that a reader may get from the same characters.
#[must_use]
pub fn readings(encoded: &[u8]) -> Readings {
    let packed = packed(encoded);
    if let Ok(bytes) = TOLERANT.decode(&packed.characters) {
        let mut contents = vec![bytes];
        if packed.has_odd_lines {
            contents.push(decode_by(encoded, Rules { lines: Lines::Alone, ..Rules::default() }));
        }
        return Readings { contents, has_text_lines: false };
    }
    let found = Oddities::of(encoded);
    let mut rules = vec![Rules::default()];
    if found.has_data_after_padding {
        rules.push(Rules { padding: Padding::Ends, ..Rules::default() });
        rules.push(Rules { padding: Padding::Nothing, ..Rules::default() });
    }
    if found.has_url_alphabet {
        rules.push(Rules { is_url_safe: true, ..Rules::default() });
    }
    if found.has_text_lines {
        rules.push(Rules { lines: Lines::Pure, ..Rules::default() });
        rules.push(Rules { lines: Lines::Alone, ..Rules::default() });
    }
    if found.has_url_alphabet && found.has_text_lines {
        rules.push(Rules { is_url_safe: true, lines: Lines::Pure, ..Rules::default() });
    }
    if packed.has_odd_lines {
        rules.push(Rules { is_url_safe: found.has_url_alphabet, lines: Lines::Alone, ..Rules::default() });
    }
    let contents = rules.into_iter().map(|rules| decode_by(encoded, rules)).collect();
    Readings { contents, has_text_lines: found.has_text_lines }
}

/// The lines put together, without blanks around them.
struct Packed {
    characters: Vec<u8>,
    /// A line whose length is no multiple of four, and which is not the last.
    has_odd_lines: bool,
}

fn packed(encoded: &[u8]) -> Packed {
    let mut packed = Packed { characters: Vec::with_capacity(encoded.len()), has_odd_lines: false };
    let mut is_odd = false;
    let mut at = 0_usize;
    while let Some(rest) = encoded.get(at..).filter(|rest| !rest.is_empty()) {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default().trim_ascii();
        packed.has_odd_lines |= is_odd && !line.is_empty();
        is_odd |= line.len() % 4 != 0;
        packed.characters.extend_from_slice(line);
        at = at.saturating_add(end).saturating_add(1);
    }
    packed
}

/// What a padding is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Padding {
    /// The end of a group, behind which another begins.
    #[default]
    EndsGroup,
    /// The end of the data.
    Ends,
    /// A character that is passed over.
    Nothing,
}

/// What a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lines {
    /// Nothing: groups go on over its end.
    #[default]
    Joined,
    /// Data if it has no other character in it, blanks included; else text before or behind the data.
    Pure,
    /// The same, and a group ends with it.
    Alone,
}

#[derive(Clone, Copy, Debug, Default)]
struct Rules {
    padding: Padding,
    lines: Lines,
    // `-` and `_` are the last two of the alphabet (RFC 4648 5).
    is_url_safe: bool,
}

#[derive(Clone, Copy, Debug)]
struct Oddities {
    has_data_after_padding: bool,
    has_url_alphabet: bool,
    has_text_lines: bool,
}

impl Oddities {
    fn of(encoded: &[u8]) -> Self {
        Self {
            has_data_after_padding: data_after_padding(encoded).is_some(),
            has_url_alphabet: memchr2(b'-', b'_', encoded).is_some(),
            has_text_lines: has_text_lines(encoded),
        }
    }
}

// Some line has a character that is not of the alphabet.
fn has_text_lines(encoded: &[u8]) -> bool {
    encoded.split(|byte| *byte == b'\n').any(|line| !is_pure(line.trim_ascii(), true))
}

fn is_pure(line: &[u8], is_url_safe: bool) -> bool {
    line.iter().all(|byte| *byte == b'=' || value_of(*byte, is_url_safe).is_some())
}

/// Offset of the first character of the alphabet behind a padding: data for some readers (RFC 2045 6.8).
pub(crate) fn data_after_padding(encoded: &[u8]) -> Option<usize> {
    let padding = memchr(b'=', encoded)?;
    let behind = encoded.get(padding..)?.iter().position(|byte| value_of(*byte, false).is_some())?;
    Some(padding.saturating_add(behind))
}

/// The same, where it can be meant as data: a text at the end, as gateways and mailing lists write it behind everything, has
/// other characters in each of its lines.
pub(crate) fn lines_after_padding(encoded: &[u8]) -> Option<usize> {
    let at = data_after_padding(encoded)?;
    let behind = encoded.get(memchr(b'=', encoded)?..)?;
    let mut lines = behind.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let has_data = |line: &[u8]| line.iter().any(|byte| value_of(*byte, false).is_some());
    let is_data = |line: &[u8]| has_data(line) && is_pure(line, false);
    (lines.next().is_some_and(has_data) || lines.any(is_data)).then_some(at)
}

// The first character that does not belong where it stands.
fn bad_at(encoded: &[u8]) -> Option<usize> {
    let is_strange = |byte: &u8| *byte != b'=' && !byte.is_ascii_whitespace() && value_of(*byte, false).is_none();
    let strange = encoded.iter().position(is_strange);
    let after = data_after_padding(encoded);
    let first = match (strange, after) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let count = encoded.iter().filter(|byte| value_of(**byte, false).is_some()).count();
    first.or_else(|| encoded.len().checked_sub(1).filter(|_| count % 4 == 1))
}

// A group is four characters of six bits; a shorter group gives as many whole bytes as it has.
fn decode_by(encoded: &[u8], rules: Rules) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut group = [0_u8; 4];
    let mut filled = 0_usize;
    for line in encoded.split(|byte| *byte == b'\n') {
        if rules.lines != Lines::Joined && !is_pure(line.trim_ascii(), rules.is_url_safe) {
            continue;
        }
        for byte in line {
            if *byte == b'=' && rules.padding != Padding::Nothing {
                flush(&group, filled, &mut bytes);
                filled = 0;
                if rules.padding == Padding::Ends {
                    return bytes;
                }
            }
            let Some(value) = value_of(*byte, rules.is_url_safe) else {
                continue;
            };
            if let Some(slot) = group.get_mut(filled) {
                *slot = value;
            }
            filled = filled.saturating_add(1);
            if filled == group.len() {
                flush(&group, filled, &mut bytes);
                filled = 0;
            }
        }
        if rules.lines == Lines::Alone {
            flush(&group, filled, &mut bytes);
            filled = 0;
        }
    }
    flush(&group, filled, &mut bytes);
    bytes
}

fn flush(group: &[u8; 4], filled: usize, bytes: &mut Vec<u8>) {
    let [a, b, c, d] = *group;
    let whole = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    bytes.extend(whole.iter().take(filled.saturating_sub(1)));
}

/// The six bits of a character.
pub(super) const fn value_of(byte: u8, is_url_safe: bool) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        b'-' if is_url_safe => Some(62),
        b'_' if is_url_safe => Some(63),
        _ => None,
    }
}
