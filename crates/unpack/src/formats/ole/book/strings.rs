//! Strings of workbook records (MS-XLS 2.5.293 to 2.5.296): of one byte or two a character, and over several records.

use encoding_rs::Encoding;

use crate::formats::office::bytes::{slice, u8_at, u16_at, u32_at, utf16_or_latin};

/// Flags of a string.
const IS_WIDE: u8 = 0x01;
const HAS_PHONETICS: u8 = 0x04;
const HAS_RUNS: u8 = 0x08;

/// Shared strings of one workbook: more than its cells can show.
const STRINGS_MAX: usize = 1_000_000;

/// So many characters, behind a byte of flags.
pub(super) fn characters(body: &[u8], at: usize, count: usize) -> String {
    let is_wide = u8_at(body, at).is_some_and(|flags| flags & IS_WIDE != 0);
    let size = if is_wide { count.saturating_mul(2) } else { count };
    utf16_or_latin(slice(body, at.saturating_add(1), size), is_wide)
}

/// A string whose length is one byte.
pub(super) fn short(body: &[u8], at: usize, (is_97, page): (bool, &'static Encoding)) -> String {
    let count = usize::from(u8_at(body, at).unwrap_or(0));
    let from = at.saturating_add(1);
    if is_97 { characters(body, from, count) } else { bytes(body, from, count, page) }
}

/// A string whose length is two bytes.
pub(super) fn long(body: &[u8], at: usize, (is_97, page): (bool, &'static Encoding)) -> String {
    if !is_97 {
        return short(body, at, (false, page));
    }
    characters(body, at.saturating_add(2), usize::from(u16_at(body, at).unwrap_or(0)))
}

/// A string of bytes.
pub(super) fn bytes(body: &[u8], at: usize, count: usize, page: &'static Encoding) -> String {
    page.decode_without_bom_handling(slice(body, at, count)).0.into_owned()
}

/// The shared strings: one record and those that continue it. Within a string each further record begins with new flags.
pub(super) fn shared(first: &[u8], continued: &[&[u8]]) -> Vec<String> {
    let mut pieces: Pieces<'_> =
        Pieces { all: std::iter::once(first).chain(continued.iter().copied()).collect(), at: 8, piece: 0 };
    let declared = u32_at(first, 4).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let mut strings = Vec::new();
    while strings.len() < declared.min(STRINGS_MAX) {
        let Some(string) = pieces.string() else { break };
        strings.push(string);
    }
    strings
}

struct Pieces<'r> {
    all: Vec<&'r [u8]>,
    piece: usize,
    at: usize,
}

impl<'r> Pieces<'r> {
    fn rest(&self) -> &'r [u8] {
        self.all.get(self.piece).and_then(|piece| piece.get(self.at..)).unwrap_or_default()
    }

    /// Goes to the next record when this one is used up; false when there is none.
    fn turn(&mut self) -> bool {
        if self.rest().is_empty() {
            self.piece = self.piece.saturating_add(1);
            self.at = 0;
        }
        self.piece < self.all.len()
    }

    fn take(&mut self, size: usize) -> &'r [u8] {
        let taken = slice(self.rest(), 0, size);
        self.at = self.at.saturating_add(taken.len());
        taken
    }

    fn skip(&mut self, mut size: usize) {
        while size > 0 && self.turn() {
            size = size.saturating_sub(self.take(size).len());
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.turn() {
            return None;
        }
        let mut left = usize::from(u16_at(self.take(2), 0)?);
        let mut flags = *self.take(1).first()?;
        let runs = if flags & HAS_RUNS != 0 { usize::from(u16_at(self.take(2), 0)?) } else { 0 };
        let phonetics = if flags & HAS_PHONETICS != 0 { usize::try_from(u32_at(self.take(4), 0)?).ok()? } else { 0 };
        let mut string = String::new();
        while left > 0 {
            if self.rest().is_empty() {
                if !self.turn() {
                    break;
                }
                flags = *self.take(1).first()?;
            }
            let is_wide = flags & IS_WIDE != 0;
            let width = if is_wide { 2 } else { 1 };
            let bytes = self.take(left.saturating_mul(width));
            // Half a character at the end of a record: lost, and no reason to stay.
            left = left.saturating_sub(bytes.len().div_ceil(width));
            string.push_str(&utf16_or_latin(bytes, is_wide));
        }
        self.skip(runs.saturating_mul(4).saturating_add(phonetics));
        Some(string)
    }
}
