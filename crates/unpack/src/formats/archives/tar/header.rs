//! One header block of a tape archive, and the records of pax.

use crate::formats::archives::bytes::{has, part, to_nul};

/// Everything in the archive stands in blocks of this size.
pub(super) const BLOCK_BYTES: usize = 512;
/// Largest size believed, bytes: more than any message has.
const SIZE_BYTES_MAX: u64 = 1 << 40;

/// A size as programs read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// As the most patient program does.
    pub(super) usual: usize,
    /// As one does that stops at what is no digit.
    pub(super) other: usize,
}

/// The fields that are looked at.
#[derive(Clone, Debug)]
pub(super) struct Header<'b> {
    name: &'b [u8],
    prefix: &'b [u8],
    /// Where a link leads, or the beginning of it.
    pub(super) link: &'b [u8],
    /// None: it is no number.
    pub(super) sizes: Option<Sizes>,
    pub(super) kind: u8,
    pub(super) has_magic: bool,
    /// Its checksum is right, by bytes with or without a sign.
    pub(super) is_sound: bool,
    /// GNU's map goes on in further blocks.
    has_more_map: bool,
}

impl<'b> Header<'b> {
    /// Reads a block; nothing where it is too short.
    pub(super) fn read(block: &'b [u8; BLOCK_BYTES]) -> Option<Self> {
        let said = [patient(part(block, 148, 8)?), strict(part(block, 148, 8)?)];
        let is_gnu = has(block, 257, b"ustar  \0");
        let is_posix = has(block, 257, b"ustar\0");
        let size = part(block, 124, 12)?;
        let usual = patient(size).and_then(|size| usize::try_from(size).ok());
        let other = strict(size).and_then(|size| usize::try_from(size).ok());
        Some(Self {
            name: to_nul(part(block, 0, 100)?),
            link: to_nul(part(block, 157, 100)?),
            prefix: if is_posix { to_nul(part(block, 345, 155)?) } else { &[] },
            sizes: usual.map(|usual| Sizes { usual, other: other.unwrap_or(usual) }),
            kind: *block.get(156)?,
            has_magic: is_gnu || is_posix || has(block, 257, b"ustar"),
            is_sound: sums(block).into_iter().any(|sum| said.contains(&Some(sum))),
            has_more_map: is_gnu && block.get(482).is_some_and(|more| *more != 0),
        })
    }

    pub(super) fn full_name(&self) -> Vec<u8> {
        if self.prefix.is_empty() { self.name.to_vec() } else { [self.prefix, b"/", self.name].concat() }
    }

    /// As the records say, which outweigh the header; its own those for all.
    pub(super) fn size_by(&self, own: &Records, global: &Records) -> usize {
        let usual = if self.has_no_data() { 0 } else { self.sizes.map_or(0, |sizes| sizes.usual) };
        own.size.or(global.size).unwrap_or(usual)
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

    /// Blocks between the header of a sparse member and its data, in which its map goes on; its size does not count them.
    pub(super) fn map_blocks(&self, bytes: &[u8], from: usize) -> usize {
        let mut count = 0_usize;
        let mut goes_on = self.kind == b'S' && self.has_more_map;
        while goes_on {
            let at = from.saturating_add(count.saturating_mul(BLOCK_BYTES));
            goes_on = bytes.get(at.saturating_add(504)).is_some_and(|more| *more != 0);
            count = count.saturating_add(1);
        }
        count
    }

    /// Symbolic links, devices, folders have a size field that means nothing; hard links may have data (pax).
    pub(super) fn has_no_data(&self) -> bool {
        matches!(self.kind, b'2'..=b'6')
    }
}

/// A number as the most patient programs read it: behind blanks, tabs and a leading NUL (GNU), up to what is no digit
/// (libarchive); bytes of a number where the first bit is set, and old base 64 (GNU). Nothing written at all is 0.
fn patient(field: &[u8]) -> Option<u64> {
    let field = field.strip_prefix(b"\0").unwrap_or(field);
    let field = field.trim_ascii_start();
    match field.first() {
        Some(first) if first & 0x80 != 0 => {
            let rest = field.iter().skip(1);
            let value = rest.fold(u64::from(first & 0x7f), |value, byte| value.saturating_mul(256) | u64::from(*byte));
            (value <= SIZE_BYTES_MAX).then_some(value)
        }
        Some(b'+') => {
            let digits = field.iter().skip(1).map_while(|digit| base_64(*digit));
            let value = digits.fold(0_u64, |value, digit| value.saturating_mul(64) | digit);
            (value <= SIZE_BYTES_MAX).then_some(value)
        }
        Some(first) if !matches!(first, 0 | b'0'..=b'7') => None,
        _ => {
            let digits = field.iter().take_while(|digit| matches!(digit, b'0'..=b'7'));
            let value = digits.fold(0_u64, |value, digit| (value << 3) | u64::from(digit.saturating_sub(b'0')));
            (value <= SIZE_BYTES_MAX).then_some(value)
        }
    }
}

/// As programs read it that take the field for a text that a NUL ends.
fn strict(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|first| first & 0x80 != 0 || *first == b'+') {
        return patient(field);
    }
    let text = to_nul(field).trim_ascii();
    if text.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok().filter(|value| *value <= SIZE_BYTES_MAX)
}

fn base_64(digit: u8) -> Option<u64> {
    let value = match digit {
        b'A'..=b'Z' => digit.saturating_sub(b'A'),
        b'a'..=b'z' => digit.saturating_sub(b'a').saturating_add(26),
        b'0'..=b'9' => digit.saturating_sub(b'0').saturating_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u64::from(value))
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
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<usize>,
    /// The data begins with the map of a sparse member (GNU's form 1.0).
    pub(super) is_sparse: bool,
}

impl Records {
    /// The data of a member, behind the map of a sparse one: lines of numbers, first how many pairs follow.
    pub(super) fn behind_map<'d>(&self, body: &'d [u8]) -> &'d [u8] {
        let mut ends = memchr::memchr_iter(b'\n', body);
        let first = ends.next().unwrap_or(0);
        let digits = std::str::from_utf8(body.get(..first).unwrap_or_default());
        let pairs = digits.ok().and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(0);
        let last = if pairs == 0 { Some(first) } else { ends.nth(pairs.saturating_mul(2).saturating_sub(1)) };
        let from = last.unwrap_or(0).div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES);
        body.get(from..).unwrap_or_default()
    }

    /// `30 path=name\n`, one after the other; false where one breaks off, and what follows is not read.
    pub(super) fn read(&mut self, mut body: &[u8]) -> bool {
        while body.iter().any(|byte| *byte != 0) {
            let blank = memchr::memchr(b' ', body).unwrap_or(body.len());
            let digits = body.get(..blank).unwrap_or_default();
            let Some(length) = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok()) else {
                return false;
            };
            if length <= blank {
                return false;
            }
            let record = body.get(blank.saturating_add(1)..length.saturating_sub(1)).unwrap_or_default();
            self.take(record);
            body = body.get(length..).unwrap_or_default();
        }
        true
    }

    fn take(&mut self, record: &[u8]) {
        let Some(at) = memchr::memchr(b'=', record) else { return };
        let value = record.get(at.saturating_add(1)..).unwrap_or_default();
        match record.get(..at) {
            Some(b"path" | b"GNU.sparse.name") => self.path = Some(value.to_vec()),
            Some(b"linkpath") => self.link = Some(value.to_vec()),
            Some(b"size") => {
                self.size = std::str::from_utf8(value).ok().and_then(|digits| digits.trim().parse().ok());
            }
            Some(b"GNU.sparse.major") => self.is_sparse = value == b"1",
            _ => {}
        }
    }
}
