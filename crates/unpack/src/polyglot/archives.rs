//! Archives in something else: behind a picture, a program, a document, another archive. Those that a file holds by nature were
//! opened as what they are, and are no trick.

use memchr::memmem;

use crate::formats::archives::bytes::{has, part, u16_le, u32_le};
use crate::formats::archives::{cab, rar, sevenz};
use crate::formats::{self, zip};
use crate::polyglot::compound::Streams;
use crate::polyglot::members::Members;
use crate::unpack::{File, Walk};

/// Unpackers look so far for an archive behind a program, bytes.
const SELF_EXTRACTING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Kinds that hold whole files as they are: an archive inside them may be one of these.
const HOLDERS: [&str; 39] = [
    "tar",
    "ar",
    "deb",
    "cpio",
    "rpm",
    "iso",
    "img",
    "vhd",
    "vhdx",
    "vmdk",
    "wim",
    "cab",
    "rar",
    "7z",
    "pdf",
    "ole",
    "onenote",
    "tnef",
    "pst",
    "dbx",
    "nsf",
    "dmg",
    "arc",
    "aar",
    "bplist",
    "chm",
    "sqlite",
    "xar",
    "applesingle",
    "appledouble",
    "gz",
    "bz2",
    "xz",
    "zstd",
    "lzma",
    "lz",
    "z",
    "lz4",
    "szdd",
];

/// Magic, whether what begins there is one, its reader.
pub(super) type Archive = (&'static [u8], fn(&[u8]) -> bool, formats::Read);

/// Archives that are found by their start, by kind.
const BY_START: [(&str, Archive); 3] = [
    ("rar", (b"Rar!\x1a\x07", is_rar, rar::open)),
    ("7z", (b"7z\xbc\xaf\x27\x1c", is_sevenz, sevenz::open)),
    ("cab", (b"MSCF\0\0\0\0", is_cabinet, cab::open)),
];

/// Opens every archive that a file is besides its kind, and maybe by its name; how many of them are a trick.
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>, (kind, is_called_so): (&str, bool)) -> u32 {
    let is_holder = HOLDERS.contains(&kind);
    let mut own = Members::of(walk, file, if is_holder { |_| true } else { |_| false });
    let mut found = 0_u32;
    if kind != "zip" && zip::hides_in(file.bytes) {
        found = found.saturating_add(open_zip(walk, file, (kind, is_called_so), &mut own));
    }
    let from = if kind == "zip" { zip::end(file.bytes) } else { Some(1) };
    let Some(from) = from.filter(|from| *from < file.bytes.len()) else { return found };
    let recovery = if kind == "rar" { rar::recovery(file.bytes) } else { Vec::new() };
    for (own_kind, archive) in BY_START {
        // Behind those that it holds by nature, one may stand that is none of them.
        let mut from = from;
        let mut in_pieces: Option<Vec<usize>> = None;
        while let Some(at) = first(file.bytes, from, archive) {
            if let Some(size) = own.take_at((file.bytes, at), own_kind, walk.budget) {
                from = at.saturating_add(size.max(1));
                continue;
            }
            if let Some((_, end)) = recovery.iter().find(|(start, end)| (*start..*end).contains(&at)) {
                from = *end;
                continue;
            }
            if kind == "ole" && !is_called_so {
                let places = in_pieces.get_or_insert_with(|| {
                    let streams = Streams::of(file.bytes, &[archive.0]);
                    let places = |streams: Streams<'_>| streams.places_of(&mut own, (own_kind, archive.0), walk.budget);
                    streams.map(places).unwrap_or_default()
                });
                if places.contains(&at) {
                    from = at.saturating_add(archive.0.len());
                    continue;
                }
            }
            found = found.saturating_add(1);
            if let Some(bytes) = file.bytes.get(at..) {
                archive.2(walk, File { bytes, ..file });
            }
            break;
        }
    }
    found
}

/// Opens the zip that readers find from the end, unless it is one that the file holds by nature; how many tricks that is.
fn open_zip(walk: &mut Walk<'_>, file: File<'_>, (kind, is_called_so): (&str, bool), own: &mut Members) -> u32 {
    let is_holder = HOLDERS.contains(&kind);
    let is_trick = !is_holder || is_to_be_found(file.bytes, kind);
    if !is_trick && zip::end(file.bytes).is_some_and(|end| own.end_at((file.bytes, end), b"PK", walk.budget)) {
        return 0;
    }
    if kind == "ole"
        && !is_trick
        && !is_called_so
        && let Some(streams) = Streams::of(file.bytes, &[b"PK\x05\x06"])
        && streams.explain_zips(walk, file.bytes)
    {
        streams.open_zips(walk, file);
        return 0;
    }
    zip::open(walk, file);
    u32::from(is_trick)
}

/// Where the first one begins. A mark alone is nothing: unpackers go on to the first one that is more, and any number may stand
/// in front of it.
fn first(bytes: &[u8], from: usize, (magic, is_so, _): Archive) -> Option<usize> {
    let end = from.saturating_add(SELF_EXTRACTING_BYTES_MAX).min(bytes.len());
    let places = memmem::find_iter(bytes.get(from..end)?, magic).map(|at| at.saturating_add(from));
    places.into_iter().find(|at| bytes.get(*at..).is_some_and(is_so))
}

/// Does a zip stand in a file that holds others where somebody put it for a reader to find: at its very end?
fn is_to_be_found(bytes: &[u8], kind: &str) -> bool {
    if kind == "pdf" {
        return memmem::rfind(bytes, b"endstream") < memmem::rfind(bytes, b"PK\x05\x06");
    }
    zip::ends(bytes)
}

/// Version 4: a main header follows the mark; version 5: a checksum and a small header.
fn is_rar(bytes: &[u8]) -> bool {
    let is_old = bytes.get(6) == Some(&0) && bytes.get(9) == Some(&0x73);
    let is_new = has(bytes, 6, b"\x01\0") && bytes.get(12).is_some_and(|size| (3..128).contains(size));
    is_old || is_new
}

/// The start header's own checksum.
fn is_sevenz(bytes: &[u8]) -> bool {
    let start = part(bytes, 12, 20);
    start.is_some_and(|start| u32_le(bytes, 8) == Some(crc32fast::hash(start)))
}

/// Version 1.3, and a size that the rest of the file has.
fn is_cabinet(bytes: &[u8]) -> bool {
    has(bytes, 24, b"\x03\x01") && u32_le(bytes, 16).is_some() && u16_le(bytes, 26).is_some_and(|folders| folders > 0)
}
