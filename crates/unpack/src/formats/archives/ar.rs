//! Archives of `ar`, which Debian's packages are: members in plain sight, long names in a table of their own (GNU) or before
//! the data (BSD).

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::Member;
use crate::formats::archives::bytes::{has, part, part_or_less};
use crate::unpack::{File, Walk};

const MAGIC_BYTES: usize = 8;
const HEAD_BYTES: usize = 60;

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut at = MAGIC_BYTES;
    let mut number = 0_usize;
    let mut long_names: &[u8] = &[];
    while let Some(head) = part(file.bytes, at, HEAD_BYTES) {
        let Some(size) = decimal(part_or_less(head, 48, 10)).filter(|_| has(head, 58, b"`\n")) else { break };
        let from = at.saturating_add(HEAD_BYTES);
        let mut data = part_or_less(file.bytes, from, size);
        let is_whole = data.len() == size;
        at = from.saturating_add(size).saturating_add(size & 1);
        let field = part_or_less(head, 0, 16).trim_ascii_end();
        let name = match field {
            b"//" => {
                long_names = data;
                continue;
            }
            b"/" | b"/SYM64/" => continue,
            _ if field.starts_with(b"#1/") => {
                let length = decimal(field.get(3..).unwrap_or_default()).unwrap_or(0).min(data.len());
                let (name, rest) = data.split_at_checked(length).unwrap_or((data, &[]));
                data = rest;
                name
            }
            _ if field.len() > 1 && field.starts_with(b"/") => {
                let from = decimal(field.get(1..).unwrap_or_default()).unwrap_or(usize::MAX);
                let name = part_or_less(long_names, from, long_names.len());
                name.split(|byte| *byte == b'\n').next().unwrap_or_default()
            }
            _ => field,
        };
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let end = if is_whole { End::Whole } else { End::Broken };
        if !walk.stored_member(file, Member::named(format!("ar:{number}"), name), data, end) {
            return;
        }
        number = number.saturating_add(1);
    }
    let rest = file.bytes.get(at..).unwrap_or_default();
    if number == 0 {
        walk.not_opened(file.at, WhyUnopened::Broken);
    } else if !rest.trim_ascii().is_empty() {
        walk.mark(file.at, "archive_trailing");
        walk.not_opened(file.at, WhyUnopened::Broken);
        walk.stored_member(file, Member { step: "ar:rest".to_owned(), ..Member::default() }, rest, End::Whole);
    }
}

fn decimal(field: &[u8]) -> Option<usize> {
    std::str::from_utf8(field.trim_ascii()).ok()?.parse().ok()
}
