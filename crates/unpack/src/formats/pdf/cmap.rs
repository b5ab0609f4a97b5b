//! Character maps: code to Unicode (`ToUnicode`, ISO 32000-2, 9.10.3), and how many bytes a code has (9.7.5).

use std::ops::RangeInclusive;

use super::lexer::{Lexer, Token};
use super::object::{Object, whole};

/// Objects within one map.
const NODES_MAX: usize = 400_000;

/// A map, read.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// Sorted by first code, from [`CMap::read`] on.
    ranges: Vec<Range>,
    /// Ranges that are kept.
    most: usize,
    /// Bytes of a code, and the codes of that length.
    spaces: Vec<(usize, RangeInclusive<u32>)>,
}

#[derive(Debug)]
struct Range {
    first: u32,
    last: u32,
    /// UTF-16 of the first; the last unit counts up.
    units: Vec<u16>,
}

impl CMap {
    /// At most so many ranges are kept.
    pub(super) fn read(bytes: &[u8], most: usize) -> Self {
        let mut map = Self { most, ..Self::default() };
        let mut lexer = Lexer::new(bytes, 0, NODES_MAX);
        lexer.has_references = false;
        let mut operands: Vec<Object> = Vec::new();
        loop {
            if let Some(object) = lexer.object() {
                operands.push(object);
                continue;
            }
            match lexer.token() {
                Some(Token::Word(word)) => map.take(word, &operands),
                Some(_) => {}
                None => break,
            }
            operands.clear();
            if lexer.nodes_left == 0 {
                break;
            }
        }
        map.ranges.sort_by_key(|range| range.first);
        map
    }

    fn take(&mut self, word: &[u8], operands: &[Object]) {
        match word {
            b"endbfchar" => {
                for pair in operands.as_chunks::<2>().0 {
                    let [code, to] = pair;
                    if let (Some(code), Some(units)) = (code_of(code), units_of(to)) {
                        self.push(Range { first: code, last: code, units });
                    }
                }
            }
            b"endbfrange" => {
                for triple in operands.as_chunks::<3>().0 {
                    self.take_range(triple);
                }
            }
            b"endcodespacerange" => {
                for pair in operands.as_chunks::<2>().0 {
                    let [first, last] = pair;
                    if let (Some(from), Some(to)) = (code_of(first), code_of(last)) {
                        let length = first.text().map_or(1, <[u8]>::len);
                        self.spaces.push((length, from..=to));
                    }
                }
            }
            _ => {}
        }
    }

    fn take_range(&mut self, [first, last, to]: &[Object; 3]) {
        let (Some(first), Some(last)) = (code_of(first), code_of(last)) else { return };
        match to {
            Object::Array(array) => {
                for (code, to) in (first..=last).zip(array) {
                    if let Some(units) = units_of(to) {
                        self.push(Range { first: code, last: code, units });
                    }
                }
            }
            _ => {
                if let Some(units) = units_of(to).filter(|_| last >= first) {
                    self.push(Range { first, last, units });
                }
            }
        }
    }

    fn push(&mut self, range: Range) {
        if self.ranges.len() < self.most {
            self.ranges.push(range);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Adds the characters of a code; false if it has none.
    pub(super) fn push_characters(&self, code: u32, to: &mut String) -> bool {
        let after = self.ranges.partition_point(|range| range.first <= code);
        // Of ranges that overlap, one of the nearest will do.
        let near = self.ranges.get(after.saturating_sub(4)..after).unwrap_or_default();
        let Some(range) = near.iter().rev().find(|range| range.last >= code) else { return false };
        let step = u16::try_from(code.saturating_sub(range.first)).unwrap_or_default();
        let last = range.units.len().saturating_sub(1);
        let units = range.units.iter().enumerate();
        let units = units.map(|(at, unit)| if at == last { unit.wrapping_add(step) } else { *unit });
        to.extend(char::decode_utf16(units).map(|character| character.unwrap_or('\u{fffd}')).filter(|c| *c != '\0'));
        true
    }

    /// Bytes of the code that a string begins with.
    pub(super) fn code_bytes(&self, text: &[u8]) -> Option<usize> {
        let fits = |(length, codes): &&(usize, RangeInclusive<u32>)| {
            text.get(..*length).is_some_and(|code| codes.contains(&number(code)))
        };
        self.spaces.iter().take(64).find(fits).map(|(length, _)| *length)
    }
}

fn code_of(object: &Object) -> Option<u32> {
    match object {
        Object::Text(code) if !code.is_empty() && code.len() <= 4 => Some(number(code)),
        Object::Number(code) => u32::try_from(whole(*code)?).ok(),
        _ => None,
    }
}

/// A code as a number, its first byte the highest.
pub(super) fn number(code: &[u8]) -> u32 {
    code.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn units_of(object: &Object) -> Option<Vec<u16>> {
    match object {
        Object::Text(text) if text.len() == 1 => Some(text.iter().map(|byte| u16::from(*byte)).collect()),
        Object::Text(text) => {
            let units = text.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
            Some(units.take(64).collect::<Vec<u16>>()).filter(|units| !units.is_empty())
        }
        Object::Name(name) => Some(super::glyphs::characters(name)?.encode_utf16().collect()),
        _ => None,
    }
}
