//! One entry's bytes, out of whatever method, never more than asked for. A method that lies is no shelter: data that is
//! called stored and is deflated, or the other way round, is read both ways.

use std::io::Read;

use bzip2::read::MultiBzDecoder;
use flate2::read::DeflateDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use zip::read::read_zipfile_from_stream;
use zip::result::ZipError;

use crate::bounded::{End, Taken, read_in_time};
use crate::budget::Budget;
use crate::formats::archives::WINDOW_KIB_MAX;
use crate::formats::archives::bytes::{u16_le, u32_le};
use crate::formats::archives::streams::zstd_reader;
use crate::formats::zip::entry::{Entry, Said};
use crate::sniff::sniff;

/// Methods (APPNOTE 4.4.5).
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
const BZIP2: u16 = 12;
const LZMA: u16 = 14;
const ZSTD: u16 = 93;
const ZSTD_OLD: u16 = 20;
const XZ: u16 = 95;
const PPMD: u16 = 98;
/// Those that the `zip` crate reads for us: shrunk, reduced, imploded, deflate64.
const OLD_METHODS: [u16; 7] = [1, 2, 3, 4, 5, 6, 9];
/// Smallest window of LZMA, bytes.
const LZMA_WINDOW_BYTES_MIN: u32 = 4096;

/// What came out.
pub(super) struct Inflated {
    /// The usual reading first.
    pub(super) readings: Vec<Taken>,
    /// Method, sizes and data do not fit together.
    pub(super) is_lie: bool,
}

/// Packed data with what is said of it, free of encryption.
pub(super) struct Packed<'p> {
    pub(super) data: &'p [u8],
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) said: Option<Said>,
    /// AE-2 says no checksum.
    pub(super) has_sum: bool,
}

impl<'p> Packed<'p> {
    /// An entry that is not encrypted.
    pub(super) fn of(entry: &Entry<'p>) -> Self {
        Self { data: entry.data, method: entry.method, flags: entry.flags, said: entry.said, has_sum: true }
    }

    /// Does what came out have the size and the sum that are said? Where nothing is said, it does.
    fn fits(&self, bytes: &[u8]) -> bool {
        let Some(said) = self.said else { return true };
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        size == said.size && (!self.has_sum || crc32fast::hash(bytes) == said.crc32)
    }

    /// Does what came out have the sum that is said, whatever its size?
    fn has_sum_of(&self, bytes: &[u8]) -> bool {
        self.said.is_some_and(|said| self.has_sum && crc32fast::hash(bytes) == said.crc32)
    }

    fn checked(&self, mut taken: Taken) -> Taken {
        if taken.end == End::Whole && !self.fits(&taken.bytes) {
            taken.end = End::Broken;
        }
        taken
    }
}

/// Reads the data in each plausible way.
pub(super) fn inflate(packed: &Packed<'_>, budget: &Budget) -> Inflated {
    let most = budget.unpacked_bytes_left();
    if packed.method == DEFLATED {
        return deflated(packed, most, budget);
    }
    let usual = packed.checked(by_method(packed, most, budget));
    if !matches!(usual.end, End::Broken | End::Unsupported) {
        return Inflated { readings: vec![usual], is_lie: false };
    }
    // Whatever the method says: does it inflate?
    let most = most.saturating_sub(u64::try_from(usual.bytes.len()).unwrap_or(u64::MAX));
    let other = read_in_time(DeflateDecoder::new(packed.data), most, budget);
    let is_real = !other.bytes.is_empty() && (packed.has_sum_of(&other.bytes) || other.end == End::Whole);
    if is_real {
        // The size that is said is part of the lie where the sum is right.
        let other =
            if packed.said.is_some() && !packed.has_sum_of(&other.bytes) { packed.checked(other) } else { other };
        let usual = (!usual.bytes.is_empty() && other.end != End::Whole).then_some(usual);
        return Inflated { readings: std::iter::once(other).chain(usual).collect(), is_lie: true };
    }
    let raw = if usual.end == End::Unsupported { raw(packed, most) } else { None };
    let is_lie = raw.is_some();
    Inflated { readings: raw.into_iter().chain([usual]).collect(), is_lie }
}

/// Data that is called encrypted and is not: what comes out of it as it stands has the sum that is said. There are programs that
/// do not ask the flag.
pub(super) fn bare(entry: &Entry<'_>, budget: &mut Budget) -> Option<Inflated> {
    let packed = Packed::of(entry);
    let Inflated { readings, .. } = inflate(&packed, budget);
    let is_bare = readings.iter().any(|taken| !taken.bytes.is_empty() && packed.has_sum_of(&taken.bytes));
    if !is_bare {
        // Bytes of the cipher go wrong soon; who makes others pays for them.
        readings.iter().for_each(|taken| budget.spend_unpacked(taken.bytes.len()));
    }
    is_bare.then_some(Inflated { readings, is_lie: true })
}

fn deflated(packed: &Packed<'_>, most: u64, budget: &Budget) -> Inflated {
    let mut decoder = DeflateDecoder::new(packed.data);
    let taken = read_in_time(&mut decoder, most, budget);
    let used = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
    let usual = packed.checked(taken);
    let most = most.saturating_sub(u64::try_from(usual.bytes.len()).unwrap_or(u64::MAX));
    if usual.end == End::Broken {
        let raw = raw(packed, most);
        let is_lie = raw.is_some();
        let usual = (!usual.bytes.is_empty() || raw.is_none()).then_some(usual);
        return Inflated { readings: raw.into_iter().chain(usual).collect(), is_lie };
    }
    // Data behind the end of the packed stream, where the sizes say that there is none.
    let rest = packed.data.get(used..).unwrap_or_default();
    let has_rest = packed.said.is_some() && usual.end == End::Whole && !rest.is_empty();
    let rest = has_rest.then(|| taken_of(rest, most));
    Inflated { readings: std::iter::once(usual).chain(rest).collect(), is_lie: has_rest }
}

/// The packed bytes themselves, where they are what is said, or something that is known by its looks.
fn raw(packed: &Packed<'_>, most: u64) -> Option<Taken> {
    let is_said = packed.said.is_some() && packed.fits(packed.data);
    (is_said || !matches!(sniff(packed.data), "unknown" | "empty")).then(|| taken_of(packed.data, most))
}

fn taken_of(bytes: &[u8], most: u64) -> Taken {
    let kept = bytes.get(..usize::try_from(most).unwrap_or(usize::MAX)).unwrap_or(bytes);
    Taken { bytes: kept.to_vec(), end: if kept.len() < bytes.len() { End::OverBudget } else { End::Whole } }
}

fn by_method(packed: &Packed<'_>, most: u64, budget: &Budget) -> Taken {
    match packed.method {
        STORED => read_in_time(packed.data, most, budget),
        BZIP2 => read_in_time(MultiBzDecoder::new(packed.data), most, budget),
        ZSTD | ZSTD_OLD => match zstd_reader(packed.data) {
            Some(reader) => read_in_time(reader, most, budget),
            None => none(End::Broken),
        },
        XZ => read_in_time(XzReader::new_mem_limit(packed.data, true, WINDOW_KIB_MAX), most, budget),
        LZMA => lzma(packed, most, budget),
        method if OLD_METHODS.contains(&method) => old_method(packed, most, budget),
        PPMD => ppmd(packed, most, budget),
        _ => none(End::Unsupported),
    }
}

fn none(end: End) -> Taken {
    Taken { bytes: Vec::new(), end }
}

/// APPNOTE 5.8.8: version, length of the properties, properties, data.
fn lzma(packed: &Packed<'_>, most: u64, budget: &Budget) -> Taken {
    let head = (packed.data.get(4).copied(), u32_le(packed.data, 5), packed.data.get(9..));
    let (Some(properties), Some(window), Some(data)) = head else { return none(End::Broken) };
    // With bit 1 a mark ends the data, without it the size does.
    let size = packed.said.filter(|_| packed.flags & 2 == 0).map_or(u64::MAX, |said| said.size);
    // Nothing is farther back than all that comes out.
    let useful = u32::try_from(size.min(most)).unwrap_or(u32::MAX).max(LZMA_WINDOW_BYTES_MIN);
    let window = window.min(useful);
    if window.div_ceil(1024) > WINDOW_KIB_MAX {
        return none(End::OverBudget);
    }
    match LzmaReader::new_with_props(data, size, properties, window, None) {
        Ok(reader) => read_in_time(reader, most, budget),
        Err(_) => none(End::Broken),
    }
}

/// The memory that its model takes stands in its head (APPNOTE 5.10).
fn ppmd(packed: &Packed<'_>, most: u64, budget: &Budget) -> Taken {
    let Some(head) = u16_le(packed.data, 0) else { return none(End::Broken) };
    let memory_mib = u32::from((head >> 4) & 0xff).saturating_add(1);
    if memory_mib.saturating_mul(1024) > WINDOW_KIB_MAX {
        return none(End::OverBudget);
    }
    old_method(packed, most, budget)
}

/// Read by the `zip` crate, behind a local header that we write, so that it sees what we believe.
fn old_method(packed: &Packed<'_>, most: u64, budget: &Budget) -> Taken {
    let Some(said) = packed.said else { return none(End::Unsupported) };
    let (Ok(length), Ok(size)) = (u32::try_from(packed.data.len()), u32::try_from(said.size)) else {
        return none(End::OverBudget);
    };
    if said.size > most {
        return none(End::OverBudget);
    }
    let mut header = Vec::with_capacity(32);
    header.extend_from_slice(b"PK\x03\x04\x3f\x00");
    // Only the bits that say how it was imploded may stay.
    header.extend_from_slice(&(packed.flags & 6).to_le_bytes());
    header.extend_from_slice(&packed.method.to_le_bytes());
    header.extend_from_slice(&[0, 0, 0x21, 0]);
    header.extend_from_slice(&said.crc32.to_le_bytes());
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(&size.to_le_bytes());
    header.extend_from_slice(&[1, 0, 0, 0, b'x']);
    let mut stream = header.as_slice().chain(packed.data);
    match read_zipfile_from_stream(&mut stream) {
        Ok(Some(file)) => read_in_time(file, most, budget),
        Err(ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_)) => none(End::Unsupported),
        Ok(None) | Err(_) => none(End::Broken),
    }
}
