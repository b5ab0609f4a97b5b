//! Extra fields of an entry (APPNOTE 4.5, 4.6): wide sizes, a name and a comment in UTF-8, AES.

use crate::formats::archives::bytes::{part_or_less, u16_le, u64_le};
use crate::formats::zip::entry::Aes;

/// Ids of the fields that are read.
const WIDE: u16 = 1;
const UNICODE_NAME: u16 = 0x7075;
const UNICODE_COMMENT: u16 = 0x6375;
const AES: u16 = 0x9901;
/// The size says: look in the extra field.
pub(super) const IN_EXTRA: u64 = 0xffff_ffff;

/// What the fields say.
#[derive(Debug, Default)]
pub(super) struct Extra<'a> {
    pub(super) name: Option<&'a [u8]>,
    pub(super) comment: &'a [u8],
    pub(super) aes: Option<Aes>,
}

/// Reads them; sizes that did not fit are put in their place, in the order that the format has (APPNOTE 4.5.3).
pub(super) fn read<'a>(mut extra: &'a [u8], sizes: &mut [u64]) -> Extra<'a> {
    let mut found = Extra::default();
    while let (Some(id), Some(length)) = (u16_le(extra, 0), u16_le(extra, 2)) {
        let length = usize::from(length);
        let body = part_or_less(extra, 4, length);
        match id {
            WIDE => widen(body, sizes),
            // Version, checksum of the plain name, name.
            UNICODE_NAME => found.name = body.get(5..).filter(|name| !name.is_empty()),
            UNICODE_COMMENT => found.comment = body.get(5..).unwrap_or_default(),
            AES => found.aes = aes(body),
            _ => {}
        }
        extra = extra.get(length.saturating_add(4)..).unwrap_or_default();
    }
    found
}

fn widen(body: &[u8], sizes: &mut [u64]) {
    let wide = sizes.iter_mut().filter(|size| **size == IN_EXTRA);
    for (number, size) in wide.enumerate() {
        *size = u64_le(body, number.saturating_mul(8)).unwrap_or(*size);
    }
}

fn aes(body: &[u8]) -> Option<Aes> {
    Some(Aes { strength: *body.get(4)?, method: u16_le(body, 5)?, has_sum: u16_le(body, 0)? == 1 })
}
