//! One entry's bytes, out of whatever method, never more than asked for.

use std::io::Read;

use flate2::read::DeflateDecoder;
use zip::read::read_zipfile_from_stream;
use zip::result::ZipError;

use crate::bounded::{End, Taken, read};
use crate::formats::zip::directory::Entry;

/// Stored (APPNOTE 4.4.5).
const STORED: u16 = 0;
/// Deflated.
const DEFLATED: u16 = 8;
/// Reads an entry that is not encrypted.
pub(super) fn inflate(entry: &Entry<'_>, most: u64) -> Taken {
    match entry.method {
        STORED => checked(entry, read(entry.data, most)),
        DEFLATED => checked(entry, read(DeflateDecoder::new(entry.data), most)),
        _ => other_method(entry, most),
    }
}

/// Size and checksum as the entry says them; where it says none, nothing is checked.
fn checked(entry: &Entry<'_>, mut inflated: Taken) -> Taken {
    let Some(said) = entry.said else { return inflated };
    let size = u64::try_from(inflated.bytes.len()).unwrap_or(u64::MAX);
    if inflated.end == End::Whole && (size != said.size || crc32fast::hash(&inflated.bytes) != said.crc32) {
        inflated.end = End::Broken;
    }
    inflated
}

/// bzip2, LZMA, zstd: read by the `zip` crate, behind a local header that we write, so that it sees what we believe.
fn other_method(entry: &Entry<'_>, most: u64) -> Taken {
    let none = |end| Taken { bytes: Vec::new(), end };
    let Some(said) = entry.said else { return none(End::Broken) };
    let (Ok(packed), Ok(size)) = (u32::try_from(entry.data.len()), u32::try_from(said.size)) else {
        return none(End::OverBudget);
    };
    let mut header = Vec::with_capacity(30);
    header.extend_from_slice(b"PK\x03\x04\x3f\x00");
    // No flag but the one that says how an LZMA stream ends (bit 1) may stay.
    header.extend_from_slice(&(entry.flags & 2).to_le_bytes());
    header.extend_from_slice(&entry.method.to_le_bytes());
    header.extend_from_slice(&[0, 0, 0x21, 0]);
    header.extend_from_slice(&said.crc32.to_le_bytes());
    header.extend_from_slice(&packed.to_le_bytes());
    header.extend_from_slice(&size.to_le_bytes());
    header.extend_from_slice(&[1, 0, 0, 0, b'x']);
    let mut stream = header.as_slice().chain(entry.data);
    match read_zipfile_from_stream(&mut stream) {
        Ok(Some(file)) => checked(entry, read(file, most)),
        Err(ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_)) => none(End::Unsupported),
        Ok(None) | Err(_) => none(End::Broken),
    }
}
