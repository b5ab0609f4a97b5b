//! A header of the directory (APPNOTE 4.3.12): what it says of one entry.

use crate::formats::archives::bytes::{part_or_less, u16_le, u32_le};
use crate::formats::zip::entry::{Entry, Said};
use crate::formats::zip::extra::{self, Extra};

/// Its signature.
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";
/// Length of its fixed part, bytes.
const CENTRAL_BYTES: usize = 46;

/// A central header.
pub(super) struct Central<'a> {
    pub(super) name: &'a [u8],
    pub(super) made_by: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    pub(super) said: Said,
    pub(super) packed: u64,
    pub(super) offset: u64,
    pub(super) disk: u16,
    pub(super) attributes: u32,
    pub(super) extra: Extra<'a>,
    pub(super) comment: &'a [u8],
}

impl<'a> Central<'a> {
    pub(super) fn read(bytes: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let field = |offset: usize| at.saturating_add(offset);
        let name_length = usize::from(u16_le(bytes, field(28))?);
        let extra_length = usize::from(u16_le(bytes, field(30))?);
        let comment_length = usize::from(u16_le(bytes, field(32))?);
        let name_at = field(CENTRAL_BYTES);
        let extra_at = name_at.saturating_add(name_length);
        let extra_end = extra_at.saturating_add(extra_length);
        let mut sizes =
            [u32_le(bytes, field(24))?, u32_le(bytes, field(20))?, u32_le(bytes, field(42))?].map(u64::from);
        let extra = extra::read(bytes.get(extra_at..extra_end)?, &mut sizes);
        let [size, packed, offset] = sizes;
        let central = Self {
            name: bytes.get(name_at..extra_at)?,
            made_by: u16_le(bytes, field(4))?,
            flags: u16_le(bytes, field(8))?,
            method: u16_le(bytes, field(10))?,
            time: u16_le(bytes, field(12))?,
            said: Said { size, crc32: u32_le(bytes, field(16))? },
            packed,
            offset,
            disk: u16_le(bytes, field(34))?,
            attributes: u32_le(bytes, field(38))?,
            extra,
            comment: part_or_less(bytes, extra_end, comment_length),
        };
        Some((central, extra_end.saturating_add(comment_length)))
    }

    /// By the mode of Unix in the high half of the attributes: a symbolic link, a device, a pipe.
    fn is_link(&self) -> bool {
        let mode = self.attributes >> 16;
        self.made_by >> 8 == 3 && matches!(mode & 0xf000, 0xa000 | 0x6000 | 0x2000 | 0x1000)
    }

    pub(super) fn entry(&self, range: (usize, usize), data: &'a [u8]) -> Entry<'a> {
        let mut names = vec![self.name];
        names.extend(self.extra.name.filter(|name| *name != self.name));
        Entry {
            names,
            flags: self.flags,
            method: self.method,
            time: self.time,
            said: Some(self.said),
            aes: self.extra.aes,
            is_link: self.is_link(),
            range,
            data,
        }
    }
}
