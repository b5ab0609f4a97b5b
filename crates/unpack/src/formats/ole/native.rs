//! Files that were put into documents as objects: what the packager keeps of them. Sources: MS-OLEDS 2.3.6, and the form that
//! the packager itself writes, which is known from files only.

use encoding_rs::WINDOWS_1252;
use memchr::memchr;

use crate::formats::office::bytes::{size_at, slice, u16_at, until_nul, utf16};
use crate::unpack::{File, Leaf, Walk};

/// An embedded file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Native<'b> {
    pub(crate) names: Vec<String>,
    pub(crate) bytes: &'b [u8],
    pub(crate) is_cut: bool,
}

/// Reads the stream `\x01Ole10Native`.
pub(crate) fn read(stream: &[u8]) -> Native<'_> {
    packaged(stream).unwrap_or_else(|| {
        // Other programs keep their data as it is, with its size before it.
        let size = size_at(stream, 0).unwrap_or(0);
        let bytes = slice(stream, 4, size);
        Native { names: Vec::new(), bytes, is_cut: bytes.len() < size }
    })
}

fn packaged(stream: &[u8]) -> Option<Native<'_>> {
    if u16_at(stream, 4)? != 2 {
        return None;
    }
    let mut at = 6_usize;
    let label = zero_ended(stream, &mut at)?;
    let path = zero_ended(stream, &mut at)?;
    // Two numbers that say: an embedded file; a linked one has no data.
    at = at.checked_add(4)?;
    let length = size_at(stream, at)?;
    let temporary = until_nul(slice(stream, at.checked_add(4)?, length), WINDOWS_1252);
    at = at.checked_add(4)?.checked_add(length)?;
    let size = size_at(stream, at)?;
    at = at.checked_add(4)?;
    let bytes = slice(stream, at, size);
    let mut names = vec![label, path, temporary];
    at = at.checked_add(bytes.len())?;
    // The same three again in UTF-16, in another order.
    for _ in 0..3 {
        let Some(count) = size_at(stream, at).filter(|count| *count < 4096) else { break };
        names.push(utf16(slice(stream, at.saturating_add(4), count.saturating_mul(2))));
        at = at.saturating_add(4).saturating_add(count.saturating_mul(2));
    }
    Some(Native { names: last_steps(names), bytes, is_cut: bytes.len() < size })
}

fn zero_ended(stream: &[u8], at: &mut usize) -> Option<String> {
    let rest = stream.get(*at..)?;
    let end = memchr(0, rest)?;
    *at = at.checked_add(end)?.checked_add(1)?;
    Some(until_nul(rest, WINDOWS_1252))
}

/// Paths of the writer's machine are of no use, their last steps are names.
fn last_steps(paths: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        let name = path.rsplit(['\\', '/']).next().unwrap_or_default().trim_end_matches('\0').to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Adds it as a child of a file; false when the budget is used up.
pub(crate) fn add(walk: &mut Walk<'_>, file: File<'_>, step: &str, native: Native<'_>) -> bool {
    walk.mark(file.at, "embedded_object");
    if native.bytes.is_empty() {
        return true;
    }
    let at = walk.content.items.len();
    let leaf = Leaf { names: native.names, is_read: true, ..Leaf::default() };
    let is_going_on = walk.child(file, step, leaf, native.bytes);
    if native.is_cut {
        walk.not_opened(at, scan::content::WhyUnopened::Broken);
    }
    is_going_on
}
