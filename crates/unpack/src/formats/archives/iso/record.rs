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
    pub(super) fn names(&self, fields: &Fields, is_joliet: bool) -> Vec<String> {
        let plain = if is_joliet {
            encoding_rs::UTF_16BE.decode_without_bom_handling(self.name).0.into_owned()
        } else {
            shown(self.name)
        };
        let plain = plain.split(';').next().unwrap_or_default().trim_end_matches('.').to_owned();
        let mut names = vec![shown(&fields.long_name), plain];
        names.retain(|name| !name.is_empty());
        names.dedup();
        names
    }

    /// What its fields of system use say, also where they go on elsewhere.
    pub(super) fn fields(&self, image: &[u8]) -> Fields {
        let mut fields = Fields::default();
        let mut rest = self.system_use;
        let mut next: Option<&[u8]> = None;
        while fields.read < FIELDS_MAX {
            fields.read = fields.read.saturating_add(1);
            let length = rest.get(2).map_or(0, |length| usize::from(*length));
            let Some(field) = part(rest, 0, length).filter(|field| field.len() >= 4) else {
                let Some(more) = next.take() else { return fields };
                rest = more;
                continue;
            };
            if field.starts_with(b"CE") {
                let at = sector_at(field, 4).zip(size_le(field, 12)).map(|(at, offset)| at.saturating_add(offset));
                next = at.zip(size_le(field, 20)).map(|(at, size)| part_or_less(image, at, size));
            } else {
                fields.add(field);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        fields.has_more = rest.len() >= 4 || next.is_some();
        fields
    }
}

/// What the fields of a record say.
#[derive(Default)]
pub(super) struct Fields {
    long_name: Vec<u8>,
    /// A symbolic link, or a device.
    pub(super) is_link: bool,
    /// How many were read.
    pub(super) read: usize,
    /// There are more than are read.
    pub(super) has_more: bool,
}

impl Fields {
    fn add(&mut self, field: &[u8]) {
        // A name can go on in field after field: of a longer one no more is shown.
        if field.starts_with(b"NM") && self.long_name.len() < NAME_BYTES_MAX {
            self.long_name.extend_from_slice(field.get(5..).unwrap_or_default());
        }
        self.is_link |= field.starts_with(b"SL") || field.starts_with(b"PN");
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

    use super::super::SECTOR_BYTES;
    use super::*;

    /// A record whose fields go on in the second sector of the image: so many that say nothing, then a name.
    fn with_fields(fillings: usize) -> (Vec<u8>, Vec<u8>) {
        let mut image = vec![0; SECTOR_BYTES];
        image.extend(b"PD\x04\x01".repeat(fillings));
        image.extend(b"NM\x0c\x01\0run.exe");
        let both = |number: usize| {
            let number = u32::try_from(number).unwrap();
            [number.to_le_bytes(), number.to_be_bytes()].concat()
        };
        let more = [b"CE\x1c\x01".to_vec(), both(1), both(0), both(image.len() - SECTOR_BYTES)].concat();
        let mut record = vec![0; FIXED_BYTES];
        record.extend(b"A");
        record.extend(more);
        (record[0], record[32]) = (u8::try_from(record.len()).unwrap(), 1);
        (record, image)
    }

    #[test]
    fn fields_behind_those_that_are_read_are_not_passed_over() {
        let (record, image) = with_fields(20);
        let (record, _) = Record::read(&record).unwrap();
        let fields = record.fields(&image);
        assert_eq!((record.names(&fields, false), fields.has_more), (vec!["run.exe".into(), "A".into()], false));
        let (record, image) = with_fields(40);
        let (record, _) = Record::read(&record).unwrap();
        let fields = record.fields(&image);
        assert_eq!((record.names(&fields, false), fields.has_more), (vec!["A".into()], true));
    }
}
