//! Property sets of compound files: title, author, keywords, and what programs keep there (MS-OLEPS 2.19). What lies beyond the
//! limits is noted.

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::formats::office::bytes::{code_page, size_at, slice, u16_at, u32_at, until_nul, utf16_until_nul};
use crate::formats::office::{Found, Layer};

/// Types of values.
const TEXT_NARROW: u32 = 0x1e;
const TEXT_WIDE: u32 = 0x1f;
const VECTOR: u32 = 0x1000;
/// Number of the property that names the code page.
const CODE_PAGE: u32 = 1;
/// Sets of one stream; there are one or two.
const SETS_MAX: usize = 16;
/// Properties of one set, and values of one vector.
const VALUES_MAX: usize = 10_000;
/// Bytes of texts of one stream: many properties may name the same place.
const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Reads the texts of a property stream.
pub(super) fn read(stream: &[u8], found: &mut Found) {
    let mut reader = Reader { found, page: WINDOWS_1252, left: TEXT_BYTES_MAX };
    let room = stream.len().saturating_sub(28).checked_div(20).unwrap_or(0);
    for number in 0..reader.counted(size_at(stream, 24), room, SETS_MAX) {
        let at = number.saturating_mul(20).saturating_add(44);
        if let Some(set) = size_at(stream, at).and_then(|at| stream.get(at..)) {
            reader.read_set(set);
        }
    }
}

struct Reader<'f> {
    found: &'f mut Found,
    page: &'static Encoding,
    /// Bytes of texts that may still be read.
    left: usize,
}

impl Reader<'_> {
    /// As many as are declared and there is room for; more than the most is noted.
    fn counted(&mut self, declared: Option<usize>, room: usize, most: usize) -> usize {
        let count = declared.unwrap_or(0).min(room);
        if count > most {
            self.found.leave_undone();
        }
        count.min(most)
    }

    fn read_set(&mut self, set: &[u8]) {
        let room = set.len().saturating_sub(8).checked_div(8).unwrap_or(0);
        let count = self.counted(size_at(set, 4), room, VALUES_MAX);
        let places: Vec<(u32, usize)> = (0..count)
            .filter_map(|number| {
                let at = number.saturating_mul(8).saturating_add(8);
                Some((u32_at(set, at)?, size_at(set, at.saturating_add(4))?))
            })
            .collect();
        let page = places.iter().find(|(id, _)| *id == CODE_PAGE);
        let page = page.and_then(|(_, at)| u16_at(set, at.saturating_add(4)));
        self.page = page.map_or(WINDOWS_1252, |page| code_page(u32::from(page)));
        for (_, at) in places {
            let Some(kind) = u32_at(set, at) else { continue };
            let from = at.saturating_add(4);
            match kind {
                TEXT_NARROW | TEXT_WIDE => drop(self.text(set, from, kind)),
                kind if kind & VECTOR != 0 => self.read_vector(set, from, kind & 0xff),
                _ => {}
            }
        }
    }

    fn read_vector(&mut self, set: &[u8], from: usize, kind: u32) {
        let room = set.len().saturating_sub(from).checked_div(4).unwrap_or(0);
        let mut at = from.saturating_add(4);
        for _ in 0..self.counted(size_at(set, from), room, VALUES_MAX) {
            let own = match kind {
                // Values of any type, each with its own.
                0x0c => {
                    at = at.saturating_add(4);
                    u32_at(set, at.saturating_sub(4)).unwrap_or(0)
                }
                kind => kind,
            };
            let size = match own {
                TEXT_NARROW | TEXT_WIDE => self.text(set, at, own),
                0x02 | 0x03 | 0x04 | 0x0a | 0x0b | 0x12 | 0x13 | 0x16 | 0x17 => Some(4),
                0x05 | 0x06 | 0x07 | 0x14 | 0x15 | 0x40 => Some(8),
                _ => None,
            };
            let Some(size) = size else { return };
            at = at.saturating_add(size);
        }
    }

    /// Adds a text, and says how many bytes it took.
    fn text(&mut self, set: &[u8], at: usize, kind: u32) -> Option<usize> {
        let count = size_at(set, at)?;
        let size = if kind == TEXT_WIDE { count.saturating_mul(2) } else { count };
        let bytes = slice(set, at.saturating_add(4), size);
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            self.found.leave_undone();
            return None;
        };
        self.left = left;
        let text = if kind == TEXT_WIDE { utf16_until_nul(bytes) } else { until_nul(bytes, self.page) };
        if !text.trim().is_empty() {
            self.found.line(Layer::Other, &text);
        }
        Some(size.saturating_add(4).div_ceil(4).saturating_mul(4))
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::office::testing::{compound_of, open};

    /// A stream of one set with a vector of so many texts of the same place, declared as so many.
    fn stream(values: &[&str], declared: u32) -> Vec<u8> {
        let mut stream = vec![0; 24];
        stream.extend(1_u32.to_le_bytes());
        stream.extend([0; 16]);
        stream.extend(48_u32.to_le_bytes());
        let mut vector = 0x101e_u32.to_le_bytes().to_vec();
        vector.extend(declared.to_le_bytes());
        for value in values {
            vector.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
            vector.extend(value.as_bytes());
            vector.extend(vec![0; value.len().next_multiple_of(4).saturating_sub(value.len())]);
        }
        let head: Vec<u8> = [0, 1, 7, 16].into_iter().flat_map(u32::to_le_bytes).collect();
        [stream, head, vector].concat()
    }

    fn read(stream: &[u8]) -> scan::content::Content {
        open(&compound_of(&[("\u{5}DocumentSummaryInformation", stream)]))
    }

    #[test]
    fn more_values_than_are_read_are_said() {
        let few = read(&stream(&["one", "last"], u32::MAX));
        assert!(few.items[0].other_text.contains("last") && few.unopened.is_empty(), "{few:?}");
        let many = vec!["abc"; super::VALUES_MAX.saturating_add(1)];
        let content = read(&stream(&many, u32::try_from(many.len()).unwrap()));
        assert_eq!(content.unopened.last().map(|one| one.why.word()), Some("over_budget"));
    }
}
