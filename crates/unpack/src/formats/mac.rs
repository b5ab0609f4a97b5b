//! Files of a Mac in one piece: AppleSingle and AppleDouble (RFC 1740), MacBinary II and III. The data fork is the file; the
//! other one is kept as a child as well.

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::Member;
use crate::formats::archives::bytes::{has, part, part_or_less, u16_be, u32_be};
use crate::unpack::{File, Walk};

/// Entries of a file, by what they are.
const DATA: u32 = 1;
const RESOURCES: u32 = 2;
const NAME: u32 = 3;
/// Head of MacBinary, and what its forks are padded to, bytes.
const BINARY_HEAD_BYTES: usize = 128;

/// Opens AppleSingle and AppleDouble.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    if has(file.bytes, 3, b"\x07") {
        walk.mark(file.at, "apple_double");
    }
    let count = usize::from(u16_be(file.bytes, 24).unwrap_or(0));
    let entry = |number: usize| {
        let entry = part(file.bytes, number.checked_mul(12)?.checked_add(26)?, 12)?;
        let (at, length) = (usize::try_from(u32_be(entry, 4)?).ok()?, usize::try_from(u32_be(entry, 8)?).ok()?);
        Some((u32_be(entry, 0)?, part_or_less(file.bytes, at, length), length))
    };
    let entries: Vec<_> = (0..count).map_while(entry).collect();
    if entries.len() < count || count == 0 {
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
    let name = entries.iter().find(|(id, ..)| *id == NAME).map_or(&[][..], |(_, name, _)| *name);
    for (id, bytes, length) in
        entries.iter().filter(|(id, bytes, _)| matches!(*id, DATA | RESOURCES) && !bytes.is_empty())
    {
        let end = if bytes.len() == *length { End::Whole } else { End::Broken };
        let member = Member::named(format!("fork:{id}"), if *id == DATA { name } else { &[] });
        if !walk.stored_member(file, member, bytes, end) {
            return;
        }
    }
}

/// Is it MacBinary: a head whose zeros, sizes and checksum (or, in version III, mark) are right?
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let Some(head) = part(bytes, 0, BINARY_HEAD_BYTES) else { return false };
    let zeros = [0, 74, 82].into_iter().all(|at| head.get(at) == Some(&0));
    let has_name = head.get(1).is_some_and(|length| (1..64).contains(length));
    let fits = forks(bytes).is_some_and(|(data, _)| !data.is_empty());
    zeros && has_name && fits && (has(head, 102, b"mBIN") || u16_be(head, 124) == Some(sum(part_or_less(head, 0, 124))))
}

/// The data fork and the other one.
fn forks(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = |at| u32_be(bytes, at).and_then(|length| usize::try_from(length).ok());
    let (data, resources) = (length(83)?, length(87)?);
    let after = BINARY_HEAD_BYTES.checked_add(data.div_ceil(128).checked_mul(128)?)?;
    Some((part(bytes, BINARY_HEAD_BYTES, data)?, part_or_less(bytes, after, resources)))
}

/// CRC of CCITT, as XMODEM has it.
fn sum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(
            sum ^ (u16::from(*byte) << 8),
            |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 },
        )
    })
}

/// Opens MacBinary.
pub(crate) fn open_binary(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let Some((data, resources)) = forks(file.bytes) else { return walk.not_opened(file.at, WhyUnopened::Broken) };
    let name_length = file.bytes.get(1).map_or(0, |length| usize::from(*length));
    let member = Member::named(format!("fork:{DATA}"), part_or_less(file.bytes, 2, name_length));
    if walk.stored_member(file, member, data, End::Whole) && !resources.is_empty() {
        walk.stored_member(
            file,
            Member { step: format!("fork:{RESOURCES}"), ..Member::default() },
            resources,
            End::Whole,
        );
    }
}
