//! Tape archives: of version 7 without magic, ustar, pax (POSIX.1-2024 pax, ustar), GNU with long names and sparse members.
//!
//! The view of every program is read: a header whose checksum is wrong is passed over by some and believed by others, a size
//! in a pax record outweighs the header's; where the two differ both are looked at. Blocks of zeros do not end the reading:
//! what follows is read too, as `--ignore-zeros` does.

mod header;

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::bytes::part_or_less;
use crate::formats::archives::tar::header::{BLOCK_BYTES, Header, Records};
use crate::formats::archives::{Member, shown};
use crate::unpack::{File, Walk};

/// Long name or records of one member, bytes.
const LONG_BYTES_MAX: usize = 64 * 1024;

/// Is it an archive of the time before the magic: a header whose checksum is right?
pub(crate) fn is_old(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<BLOCK_BYTES>() else { return false };
    block.first().is_some_and(|first| *first >= 0x20) && Header::read(block).is_some_and(|header| header.is_sound)
}

/// What preceding members say of the next one.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    link: bool,
    records: Records,
    is_broken: bool,
}

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut at = 0;
    let mut number = 0_usize;
    let mut ahead = Ahead::default();
    let mut has_junk = false;
    while let Some(block) = file.bytes.get(at..).and_then(|rest| rest.first_chunk::<BLOCK_BYTES>()) {
        let from = at.saturating_add(BLOCK_BYTES);
        at = from;
        if block.iter().all(|byte| *byte == 0) {
            continue;
        }
        // Of what is no header the next block is looked at: data behind the end, or a damaged place.
        let Some(header) = Header::read(block).filter(|header| header.is_sound || (number == 0 && header.has_magic))
        else {
            has_junk = true;
            continue;
        };
        if !header.is_sound {
            walk.mark(file.at, "malformed");
        }
        at = from.saturating_add(header.padded(&ahead.records));
        if header.is_ahead() {
            take_ahead(&mut ahead, &header, part_or_less(file.bytes, from, header.size()));
            continue;
        }
        let member = std::mem::take(&mut ahead);
        if !open_member(walk, file, (&header, &member), (from, number)) {
            return;
        }
        number = number.saturating_add(1);
    }
    if number == 0 {
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
    if has_junk {
        walk.mark(file.at, "archive_trailing");
    }
}

/// A long name, or records, for the member that follows.
fn take_ahead(ahead: &mut Ahead, header: &Header<'_>, body: &[u8]) {
    ahead.is_broken |= body.len() < header.size() || body.len() > LONG_BYTES_MAX;
    let body = part_or_less(body, 0, LONG_BYTES_MAX);
    match header.kind {
        b'L' => ahead.name = Some(crate::formats::archives::bytes::to_nul(body).to_vec()),
        b'K' => ahead.link = true,
        _ => ahead.records.read(body),
    }
}

fn open_member(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (header, ahead): (&Header<'_>, &Ahead),
    (from, number): (usize, usize),
) -> bool {
    let mut names: Vec<String> = Vec::new();
    for name in [ahead.records.path.as_deref(), ahead.name.as_deref(), Some(header.full_name().as_slice())]
        .into_iter()
        .flatten()
    {
        let name = shown(name);
        // A long name's head is repeated, cut, in the header: the same name.
        if !name.is_empty() && !names.iter().any(|known| known.starts_with(&name)) {
            names.push(name);
        }
    }
    let member = Member { step: format!("tar:{number}"), names, is_part: false };
    if header.is_link() || ahead.link {
        walk.mark(file.at, "link_entry");
    }
    let size = header.size_by(&ahead.records);
    if header.is_folder() && size == 0 {
        walk.note_names(file.at, &member.names);
        return true;
    }
    if header.is_link() && size == 0 {
        return walk.stored_member(file, member, &[], End::Whole);
    }
    let body = part_or_less(file.bytes, from, size);
    let is_whole = body.len() == size && !ahead.is_broken;
    let end = if is_whole { End::Whole } else { End::Broken };
    // Of a sparse member the holes are left out, its data stands there as one.
    let data = if header.is_sparse() { header.behind_map(body) } else { ahead.records.behind_map(body) };
    if !walk.stored_member(file, member, data, end) {
        return false;
    }
    if header.size() != size {
        walk.mark(file.at, "malformed");
        let other = part_or_less(file.bytes, from, header.size());
        let member = Member { step: format!("tar:{number}.ustar"), ..Member::default() };
        return other == body || walk.stored_member(file, member, other, End::Whole);
    }
    true
}
