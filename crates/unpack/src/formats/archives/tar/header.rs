//! One header block of a tape archive, and the records of pax.

use crate::formats::archives::bytes::{has, part, to_nul};

/// Everything in the archive stands in blocks of this size.
pub(super) const BLOCK_BYTES: usize = 512;
/// Largest size believed, bytes: more than any message has.
const SIZE_BYTES_MAX: u64 = 1 << 40;

/// The fields that are looked at.
#[derive(Clone, Debug)]
pub(super) struct Header<'b> {
    name: &'b [u8],
    prefix: &'b [u8],
    size: usize,
    pub(super) kind: u8,
    pub(super) has_magic: bool,
    /// Its checksum is right, by bytes with or without a sign.
    pub(super) is_sound: bool,
    /// GNU's map goes on in further blocks.
    has_more_map: bool,
}

impl<'b> Header<'b> {
    /// Reads a block; nothing where the numbers are none.
    pub(super) fn read(block: &'b [u8; BLOCK_BYTES]) -> Option<Self> {
        let said = number(part(block, 148, 8)?)?;
        let is_gnu = has(block, 257, b"ustar  \0");
        let is_posix = has(block, 257, b"ustar\0");
        Some(Self {
            name: to_nul(part(block, 0, 100)?),
            prefix: if is_posix { to_nul(part(block, 345, 155)?) } else { &[] },
            size: usize::try_from(number(part(block, 124, 12)?)?).ok()?,
            kind: *block.get(156)?,
            has_magic: is_gnu || is_posix || has(block, 257, b"ustar"),
            is_sound: sums(block).into_iter().any(|sum| sum == said),
            has_more_map: is_gnu && block.get(482).is_some_and(|more| *more != 0),
        })
    }

    pub(super) fn full_name(&self) -> Vec<u8> {
        if self.prefix.is_empty() { self.name.to_vec() } else { [self.prefix, b"/", self.name].concat() }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// As the records say, which outweigh the header.
    pub(super) fn size_by(&self, records: &Records) -> usize {
        records.size.unwrap_or(if self.has_no_data() { 0 } else { self.size })
    }

    /// What to step over, bytes.
    pub(super) fn padded(&self, records: &Records) -> usize {
        let size = if self.is_ahead() { self.size } else { self.size_by(records) };
        size.div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES)
    }

    /// Does it say something of the next member: GNU's long names, records of pax (also of all that follow)?
    pub(super) fn is_ahead(&self) -> bool {
        matches!(self.kind, b'L' | b'K' | b'x' | b'g' | b'X')
    }

    pub(super) fn is_link(&self) -> bool {
        matches!(self.kind, b'1'..=b'4' | b'6')
    }

    pub(super) fn is_folder(&self) -> bool {
        matches!(self.kind, b'5' | b'D' | b'V') || (matches!(self.kind, 0 | b'0') && self.name.ends_with(b"/"))
    }

    pub(super) fn is_sparse(&self) -> bool {
        self.kind == b'S'
    }

    /// The data of a sparse member stands behind the blocks in which its map goes on.
    pub(super) fn behind_map<'d>(&self, body: &'d [u8]) -> &'d [u8] {
        let mut rest = body;
        let mut goes_on = self.has_more_map;
        while goes_on {
            goes_on = rest.get(504).is_some_and(|more| *more != 0);
            rest = rest.get(BLOCK_BYTES..).unwrap_or_default();
        }
        rest
    }

    /// Symbolic links, devices, folders have a size field that means nothing; hard links may have data (pax).
    fn has_no_data(&self) -> bool {
        matches!(self.kind, b'2'..=b'6')
    }
}

/// Octal digits, or bytes of a number where the first bit is set (GNU).
fn number(field: &[u8]) -> Option<u64> {
    let first = *field.first()?;
    if first & 0x80 != 0 {
        let rest = field.iter().skip(1);
        let value = rest.fold(u64::from(first & 0x7f), |value, byte| (value << 8) | u64::from(*byte));
        return (value <= SIZE_BYTES_MAX).then_some(value);
    }
    let digits = field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| !matches!(byte, 0 | b' '));
    digits.copied().try_fold(0_u64, |value, digit| {
        matches!(digit, b'0'..=b'7').then(|| (value << 3) | u64::from(digit.saturating_sub(b'0')))
    })
}

/// The sum of all bytes, the field of the sum itself as blanks; old programs took bytes with a sign.
fn sums(block: &[u8; BLOCK_BYTES]) -> [u64; 2] {
    let (mut plain, mut signed) = (0_u64, 0_i64);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        plain = plain.saturating_add(u64::from(byte));
        signed = signed.saturating_add(i64::from(byte.cast_signed()));
    }
    [plain, u64::try_from(signed).unwrap_or(plain)]
}

/// The records of pax that count here.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size: Option<usize>,
    /// The data begins with the map of a sparse member (GNU's form 1.0).
    is_sparse: bool,
}

impl Records {
    /// The data of a member, behind the map of a sparse one: lines of numbers, first how many pairs follow.
    pub(super) fn behind_map<'d>(&self, body: &'d [u8]) -> &'d [u8] {
        if !self.is_sparse {
            return body;
        }
        let mut ends = memchr::memchr_iter(b'\n', body);
        let first = ends.next().unwrap_or(0);
        let digits = std::str::from_utf8(body.get(..first).unwrap_or_default());
        let pairs = digits.ok().and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(0);
        let last = if pairs == 0 { Some(first) } else { ends.nth(pairs.saturating_mul(2).saturating_sub(1)) };
        let from = last.unwrap_or(0).div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES);
        body.get(from..).unwrap_or_default()
    }

    /// `30 path=name\n`, one after the other.
    pub(super) fn read(&mut self, mut body: &[u8]) {
        while let Some(blank) = memchr::memchr(b' ', body) {
            let digits = body.get(..blank).unwrap_or_default();
            let Some(length) = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok()) else {
                return;
            };
            if length <= blank {
                return;
            }
            let record = body.get(blank.saturating_add(1)..length.saturating_sub(1)).unwrap_or_default();
            self.take(record);
            body = body.get(length..).unwrap_or_default();
        }
    }

    fn take(&mut self, record: &[u8]) {
        let Some(at) = memchr::memchr(b'=', record) else { return };
        let value = record.get(at.saturating_add(1)..).unwrap_or_default();
        match record.get(..at) {
            Some(b"path" | b"GNU.sparse.name") => self.path = Some(value.to_vec()),
            Some(b"size") => {
                self.size = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
            }
            Some(b"GNU.sparse.major") => self.is_sparse = value == b"1",
            _ => {}
        }
    }
}
