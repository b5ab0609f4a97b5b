//! One record of a folder (ECMA-119 9.1), with the names of Joliet and of Rock Ridge (SUSP 1.12, RRIP 1.12).

use crate::budget::NAME_BYTES_MAX;
use crate::formats::archives::bytes::{part, part_or_less, size_le};
use crate::formats::archives::iso::sector_at;
use crate::formats::archives::shown;

/// Fixed part, bytes.
const FIXED_BYTES: usize = 33;
/// Fields of a record that are read, those in continuations together.
const FIELDS_MAX: usize = 32;

/// Where something lies, and what it is called.
pub(super) struct Record<'b> {
    /// Bytes from the begin of the image.
    pub(super) at: usize,
    pub(super) size: usize,
    flags: u8,
    name: &'b [u8],
    system_use: &'b [u8],
}

impl<'b> Record<'b> {
    /// The record that begins here, and its length; nothing where there is none.
    pub(super) fn read(bytes: &'b [u8]) -> Option<(Self, usize)> {
        let length = usize::from(*bytes.first()?);
        let record = part(bytes, 0, length).filter(|record| record.len() > FIXED_BYTES)?;
        let name_length = usize::from(*record.get(32)?);
        let name = part(record, FIXED_BYTES, name_length)?;
        // The name is padded to an even length.
        let after = FIXED_BYTES.checked_add(name_length)?.checked_add(1 & !name_length)?;
        let attributes = usize::from(*record.get(1)?).checked_mul(super::SECTOR_BYTES)?;
        let record = Self {
            at: sector_at(record, 2)?.checked_add(attributes)?,
            size: size_le(record, 10)?,
            flags: *record.get(25)?,
            name,
            system_use: record.get(after..).unwrap_or_default(),
        };
        Some((record, length))
    }

    pub(super) fn is_folder(&self) -> bool {
        self.flags & 2 != 0
    }

    /// A further record has more of the same file.
    pub(super) fn goes_on(&self) -> bool {
        self.flags & 0x80 != 0
    }

    pub(super) fn is_itself_or_parent(&self) -> bool {
        matches!(self.name, [0 | 1])
    }

    /// Its names: of Rock Ridge, and as the record has it, without the version.
    pub(super) fn names(&self, image: &[u8], is_joliet: bool) -> Vec<String> {
        let plain = if is_joliet {
            encoding_rs::UTF_16BE.decode_without_bom_handling(self.name).0.into_owned()
        } else {
            shown(self.name)
        };
        let plain = plain.split(';').next().unwrap_or_default().trim_end_matches('.').to_owned();
        let mut long = Vec::new();
        self.fields(image, |field| {
            // A name can go on in field after field: of a longer one no more is shown.
            if field.starts_with(b"NM") && long.len() < NAME_BYTES_MAX {
                long.extend_from_slice(field.get(5..).unwrap_or_default());
            }
        });
        let mut names = vec![shown(&long), plain];
        names.retain(|name| !name.is_empty());
        names.dedup();
        names
    }

    /// A symbolic link, or a device.
    pub(super) fn is_link(&self, image: &[u8]) -> bool {
        let mut is_link = false;
        self.fields(image, |field| is_link |= field.starts_with(b"SL") || field.starts_with(b"PN"));
        is_link
    }

    /// The fields of system use, also where they go on elsewhere.
    fn fields(&self, image: &[u8], mut each: impl FnMut(&[u8])) {
        let mut rest = self.system_use;
        let mut next: Option<&[u8]> = None;
        for _ in 0..FIELDS_MAX {
            let length = rest.get(2).map_or(0, |length| usize::from(*length));
            let Some(field) = part(rest, 0, length).filter(|field| field.len() >= 4) else {
                let Some(more) = next.take() else { return };
                rest = more;
                continue;
            };
            if field.starts_with(b"CE") {
                let at = sector_at(field, 4).zip(size_le(field, 12)).map(|(at, offset)| at.saturating_add(offset));
                next = at.zip(size_le(field, 20)).map(|(at, size)| part_or_less(image, at, size));
            } else {
                each(field);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}
