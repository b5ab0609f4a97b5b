//! Files of several messages (RFC 4155): each begins with a line `From ` behind an empty one.

use memchr::{memchr, memmem};

use crate::formats::message::FIELD_BYTES_MAX;
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// The messages of a file, each with its line; none where the file does not begin so.
pub(super) fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    if !bytes.starts_with(b"From ") {
        return Vec::new();
    }
    let is_start = |at: &usize| {
        let (before, line) = bytes.split_at_checked(*at).unwrap_or_default();
        let is_behind_empty = before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n");
        // A sentence has no time of day.
        is_behind_empty && memchr(b':', line.get(..memchr(b'\n', line).unwrap_or(line.len())).unwrap_or(line)).is_some()
    };
    let starts: Vec<usize> = memmem::find_iter(bytes, b"From ").filter(|at| *at == 0 || is_start(at)).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| bytes.get(*start..end)).collect()
}

/// Each message is a child.
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>, pieces: &[&[u8]]) {
    walk.set_kind(file.at, "mbox");
    for (number, piece) in pieces.iter().enumerate() {
        let line = piece.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut line = text::decode(line.trim_ascii_end(), "").into_owned();
        text::cut(&mut line, FIELD_BYTES_MAX);
        walk.add_text(file.at, &line);
        walk.budget.spend_unpacked(piece.len());
        let leaf = Leaf { declared: "message/rfc822", is_read: true, ..Leaf::default() };
        if !walk.child(file, &format!("mbox:{number}"), leaf, piece) {
            return;
        }
    }
}
