//! Files written as text, in the middle of any other text: uuencode (POSIX), xxencode, yEnc 1.3, BinHex 4.0 (RFC 1741). Old mail
//! programs make attachments of them, whatever MIME says. And files that are nothing but base64.

pub(super) mod bare;
mod binhex;
mod uu;
mod yenc;

use memchr::memmem;

use crate::bounded::{End, Taken};
use crate::formats::archives::Member;
use crate::unpack::{File, Walk};

/// Files in one text.
const BLOCKS_MAX: usize = 1000;

/// A file out of a text.
struct Block {
    name: Vec<u8>,
    bytes: Vec<u8>,
    /// Its end is there, and what is said of it is right.
    is_whole: bool,
    /// Where the text goes on.
    end: usize,
}

/// How a file is found in a text: what its begin has, its word, and its reader.
struct Encoding {
    begin: &'static [u8],
    word: &'static str,
    /// Reads what begins at an offset, at most so many bytes; nothing where it only looks like it.
    read: fn(&[u8], usize, usize) -> Option<Block>,
}

const ALL: [Encoding; 4] = [
    Encoding { begin: b"begin", word: "uu", read: uu::read },
    Encoding { begin: b"begin", word: "xx", read: uu::read_xx },
    Encoding { begin: b"=ybegin ", word: "yenc", read: yenc::read },
    Encoding { begin: b"(This file must be converted with BinHex", word: "hqx", read: binhex::read },
];

/// Opens the files in a text.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    bare::open(walk, file);
    for encoding in &ALL {
        let mut from = 0_usize;
        let mut number = 0_usize;
        while let Some(found) = file.bytes.get(from..).and_then(|rest| memmem::find(rest, encoding.begin)) {
            let at = from.saturating_add(found);
            from = at.saturating_add(encoding.begin.len());
            if !begins_line(file.bytes, at) {
                continue;
            }
            let most = usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX);
            let Some(block) = (encoding.read)(file.bytes, at, most) else { continue };
            from = block.end.max(from);
            if number >= BLOCKS_MAX || !walk.may_open(file) {
                return walk.stopped(file.at);
            }
            let is_over = block.bytes.len() >= most;
            let end = if is_over {
                End::OverBudget
            } else if block.is_whole {
                End::Whole
            } else {
                End::Broken
            };
            walk.budget.spend_unpacked(block.bytes.len());
            let member = Member::named(format!("{}:{number}", encoding.word), block.name.trim_ascii());
            number = number.saturating_add(1);
            if !walk.member(file, member, &Taken { bytes: block.bytes, end }) {
                return;
            }
        }
    }
}

fn begins_line(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| matches!(bytes.get(before), Some(b'\n' | b'\r')))
}

/// The line that begins there, without its end, and where the next one begins. A bare CR ends it too, as it begins a file.
fn line(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..length)?;
    let end = if rest.get(length..).is_some_and(|rest| rest.starts_with(b"\r\n")) { 2 } else { 1 };
    Some((line, at.saturating_add(length).saturating_add(end)))
}

#[cfg(test)]
mod tests;
