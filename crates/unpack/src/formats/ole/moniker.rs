//! Where a link object leads: monikers and hyperlink objects. Sources: MS-OSHARED 2.3.7, MS-OLEDS 2.3.3.

use encoding_rs::WINDOWS_1252;

use crate::formats::office::Found;
use crate::formats::office::bytes::{size_at, slice, u32_at, until_nul, utf16, utf16_until_nul};

/// Identifiers of monikers, as they stand.
const URL: [u8; 16] = *b"\xe0\xc9\xea\x79\xf9\xba\xce\x11\x8c\x82\x00\xaa\x00\x4b\xa9\x0b";
const FILE: [u8; 16] = *b"\x03\x03\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46";
/// Characters of one target.
const TARGET_CHARACTERS_MAX: usize = 4096;
/// Parts of a hyperlink object (MS-OSHARED 2.3.7.1).
const HAS_MONIKER: u32 = 0x01;
const HAS_LOCATION: u32 = 0x08;
const HAS_NAME: u32 = 0x10;
const HAS_FRAME: u32 = 0x80;
const IS_STRING: u32 = 0x100;

/// A hyperlink: where it leads, and what it shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hyperlink {
    pub(super) target: String,
    pub(super) name: String,
}

/// Reads a hyperlink object.
pub(super) fn hyperlink(object: &[u8]) -> Option<Hyperlink> {
    let flags = u32_at(object, 4)?;
    let mut at = 8_usize;
    let mut hyperlink = Hyperlink::default();
    if flags & HAS_NAME != 0 {
        hyperlink.name = string(object, &mut at)?;
    }
    if flags & HAS_FRAME != 0 {
        string(object, &mut at)?;
    }
    if flags & HAS_MONIKER != 0 {
        hyperlink.target = if flags & IS_STRING != 0 { string(object, &mut at)? } else { moniker(object, &mut at)? };
    }
    if flags & HAS_LOCATION != 0
        && let Some(location) = string(object, &mut at)
    {
        hyperlink.target = format!("{}#{location}", hyperlink.target);
    }
    Some(hyperlink)
}

/// A string with its length in characters.
fn string(object: &[u8], at: &mut usize) -> Option<String> {
    let count = size_at(object, *at).filter(|count| *count <= TARGET_CHARACTERS_MAX)?;
    let size = count.saturating_mul(2);
    let text = utf16_until_nul(slice(object, at.saturating_add(4), size));
    *at = at.saturating_add(4).saturating_add(size);
    Some(text)
}

fn moniker(object: &[u8], at: &mut usize) -> Option<String> {
    let class = object.get(*at..at.checked_add(16)?)?;
    let from = at.saturating_add(16);
    if class == URL {
        let size = size_at(object, from)?;
        *at = from.saturating_add(4).saturating_add(size);
        return Some(utf16_until_nul(slice(
            object,
            from.saturating_add(4),
            size.min(TARGET_CHARACTERS_MAX.saturating_mul(2)),
        )));
    }
    if class != FILE {
        return None;
    }
    let size = size_at(object, from.saturating_add(2))?;
    let narrow = until_nul(slice(object, from.saturating_add(6), size), WINDOWS_1252);
    let wide_at = from.saturating_add(6).saturating_add(size).saturating_add(24);
    let wide_size = size_at(object, wide_at)?;
    *at = wide_at.saturating_add(4).saturating_add(wide_size);
    let wide = utf16(slice(object, wide_at.saturating_add(10), wide_size.saturating_sub(6)));
    Some(if wide.is_empty() { narrow } else { wide })
}

/// Targets in a stream that tells of a linked object: wherever a moniker stands in it.
pub(super) fn note_linked(stream: &[u8], found: &mut Found) {
    for class in [URL, FILE] {
        for at in memchr::memmem::find_iter(stream, &class).take(16) {
            let mut at = at;
            if let Some(target) = moniker(stream, &mut at) {
                found.fetched(target.trim_end_matches('\0'), "external_link");
            }
        }
    }
}
