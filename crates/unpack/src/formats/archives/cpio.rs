//! Archives of cpio in its four forms (pax of POSIX, cpio(5)), and packages of RPM, which hold one.

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::Member;
use crate::formats::archives::bytes::{has, part_or_less, to_nul, u16_be, u16_le, u32_be};
use crate::unpack::{File, Walk};

/// Ends the archive.
const TRAILER: &[u8] = b"TRAILER!!!";
/// The head of a package, and the magic of its two headers (RPM package format 4).
const RPM_LEAD_BYTES: usize = 96;
const RPM_HEADER: &[u8] = b"\x8e\xad\xe8\x01";

/// One member's head.
struct Head {
    mode: u64,
    size: usize,
    name_size: usize,
    /// Of the head itself, bytes.
    length: usize,
    /// Everything stands at multiples of this.
    step: usize,
}

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut at = 0_usize;
    let mut number = 0_usize;
    while let Some(head) = file.bytes.get(at..).and_then(head) {
        let name_at = at.saturating_add(head.length);
        let name = to_nul(part_or_less(file.bytes, name_at, head.name_size));
        let data_at = aligned(name_at.saturating_add(head.name_size), head.step);
        let data = part_or_less(file.bytes, data_at, head.size);
        at = aligned(data_at.saturating_add(head.size), head.step);
        if name == TRAILER {
            let rest = file.bytes.get(at..).unwrap_or_default();
            if rest.iter().any(|byte| *byte != 0) {
                walk.mark(file.at, "archive_trailing");
                walk.stored_member(
                    file,
                    Member { step: "cpio:rest".to_owned(), ..Member::default() },
                    rest,
                    End::Whole,
                );
            }
            return;
        }
        let member = Member::named(format!("cpio:{number}"), name);
        number = number.saturating_add(1);
        match head.mode & 0o170_000 {
            0o040_000 => {
                walk.note_names(file.at, &member.names);
                continue;
            }
            0 | 0o100_000 => {}
            _ => walk.mark(file.at, "link_entry"),
        }
        let end = if data.len() == head.size { End::Whole } else { End::Broken };
        if !walk.stored_member(file, member, data, end) {
            return;
        }
    }
    walk.not_opened(file.at, WhyUnopened::Broken);
}

fn aligned(at: usize, step: usize) -> usize {
    at.div_ceil(step).saturating_mul(step)
}

fn head(bytes: &[u8]) -> Option<Head> {
    let small = |read: fn(&[u8], usize) -> Option<u16>| {
        let [high, low] = [read(bytes, 22)?, read(bytes, 24)?].map(usize::from);
        let size = (high << 16) | low;
        Some(Head {
            mode: u64::from(read(bytes, 6)?),
            size,
            name_size: usize::from(read(bytes, 20)?),
            length: 26,
            step: 2,
        })
    };
    if bytes.starts_with(b"\xc7\x71") {
        return small(u16_le);
    }
    if bytes.starts_with(b"\x71\xc7") {
        return small(u16_be);
    }
    let number = |from: usize, length: usize, base: u32| {
        let digits = std::str::from_utf8(part_or_less(bytes, from, length)).ok()?;
        u64::from_str_radix(digits, base).ok()
    };
    let size = |value: Option<u64>| usize::try_from(value?).ok();
    match bytes.get(..6)? {
        b"070701" | b"070702" => Some(Head {
            mode: number(14, 8, 16)?,
            size: size(number(54, 8, 16))?,
            name_size: size(number(94, 8, 16))?,
            length: 110,
            step: 4,
        }),
        b"070707" => Some(Head {
            mode: number(18, 6, 8)?,
            size: size(number(65, 11, 8))?,
            name_size: size(number(59, 6, 8))?,
            length: 76,
            step: 1,
        }),
        _ => None,
    }
}

/// Opens a package: its payload is a packed archive.
pub(crate) fn open_rpm(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let signature = rpm_header(file.bytes, RPM_LEAD_BYTES).map(|end| aligned(end, 8));
    let payload = signature.and_then(|at| rpm_header(file.bytes, at)).and_then(|at| file.bytes.get(at..));
    match payload {
        Some(payload) => {
            walk.stored_member(file, Member { step: "rpm:0".to_owned(), ..Member::default() }, payload, End::Whole);
        }
        None => walk.not_opened(file.at, WhyUnopened::Broken),
    }
}

/// Where a header ends: entries of 16 bytes, then their data.
fn rpm_header(bytes: &[u8], at: usize) -> Option<usize> {
    if !has(bytes, at, RPM_HEADER) {
        return None;
    }
    let count = usize::try_from(u32_be(bytes, at.checked_add(8)?)?).ok()?;
    let size = usize::try_from(u32_be(bytes, at.checked_add(12)?)?).ok()?;
    at.checked_add(16)?.checked_add(count.checked_mul(16)?)?.checked_add(size)
}
