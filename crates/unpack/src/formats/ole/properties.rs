//! Property sets of compound files: title, author, keywords, and what programs keep there (MS-OLEPS 2.19).

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::formats::office::bytes::{code_page, size_at, slice, u16_at, u32_at, until_nul, utf16_until_nul};
use crate::formats::office::{Found, Layer};

/// Types of values.
const TEXT_NARROW: u32 = 0x1e;
const TEXT_WIDE: u32 = 0x1f;
const VECTOR: u32 = 0x1000;
/// Number of the property that names the code page.
const CODE_PAGE: u32 = 1;
/// Properties of one set, and values of one vector.
const VALUES_MAX: usize = 1_000;

/// Reads the texts of a property stream.
pub(super) fn read(stream: &[u8], found: &mut Found) {
    let sets = size_at(stream, 24).unwrap_or(0).min(2);
    for number in 0..sets {
        let at = number.saturating_mul(20).saturating_add(44);
        if let Some(set) = size_at(stream, at).and_then(|at| stream.get(at..)) {
            read_set(set, found);
        }
    }
}

fn read_set(set: &[u8], found: &mut Found) {
    let count = size_at(set, 4).unwrap_or(0).min(VALUES_MAX);
    let places: Vec<(u32, usize)> = (0..count)
        .filter_map(|number| {
            let at = number.saturating_mul(8).saturating_add(8);
            Some((u32_at(set, at)?, size_at(set, at.saturating_add(4))?))
        })
        .collect();
    let page = places.iter().find(|(id, _)| *id == CODE_PAGE);
    let page = page.and_then(|(_, at)| u16_at(set, at.saturating_add(4)));
    let page = page.map_or(WINDOWS_1252, |page| code_page(u32::from(page)));
    for (_, at) in places {
        let Some(kind) = u32_at(set, at) else { continue };
        let from = at.saturating_add(4);
        match kind {
            TEXT_NARROW | TEXT_WIDE => drop(text(set, from, (kind, page), found)),
            kind if kind & VECTOR != 0 => read_vector(set, from, (kind & 0xff, page), found),
            _ => {}
        }
    }
}

fn read_vector(set: &[u8], from: usize, (kind, page): (u32, &'static Encoding), found: &mut Found) {
    let count = size_at(set, from).unwrap_or(0).min(VALUES_MAX);
    let mut at = from.saturating_add(4);
    for _ in 0..count {
        let own = match kind {
            // Values of any type, each with its own.
            0x0c => {
                at = at.saturating_add(4);
                u32_at(set, at.saturating_sub(4)).unwrap_or(0)
            }
            kind => kind,
        };
        let size = match own {
            TEXT_NARROW | TEXT_WIDE => text(set, at, (own, page), found),
            0x03 => Some(4),
            _ => None,
        };
        let Some(size) = size else { return };
        at = at.saturating_add(size);
    }
}

/// Adds a text, and says how many bytes it took.
fn text(set: &[u8], at: usize, (kind, page): (u32, &'static Encoding), found: &mut Found) -> Option<usize> {
    let count = size_at(set, at)?;
    let from = at.saturating_add(4);
    let (text, size) = match kind {
        TEXT_WIDE => {
            let size = count.saturating_mul(2);
            (utf16_until_nul(slice(set, from, size)), size)
        }
        _ => (until_nul(slice(set, from, count), page), count),
    };
    if !text.trim().is_empty() {
        found.line(Layer::Other, &text);
    }
    Some(size.saturating_add(4).div_ceil(4).saturating_mul(4))
}
