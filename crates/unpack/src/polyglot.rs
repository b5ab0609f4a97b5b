//! Files that are valid as two kinds. Programs look for what they know at other places than the start: readers of zip from the
//! end, unpackers of rar and 7z within the first megabytes (that is how archives that unpack themselves work), readers of PDF
//! within 1,024 bytes, of tar at 257, of an image of a disc at 32,769; a browser shows a page behind any picture.
//!
//! What is found is opened, whatever the first bytes say. In a program that is the rule; in anything else it is marked.

use memchr::{memchr_iter, memmem};
use scan::content::{Item, WhyUnopened};
use sha2::{Digest as _, Sha256};

use crate::formats::archives::bytes::{has, part, u16_le, u32_le};
use crate::formats::archives::{cab, iso, rar, sevenz, streams, tar};
use crate::formats::{self, encoded, html, zip};
use crate::sniff::{general, holds_pdf};
use crate::unpack::{File, Walk};

/// Unpackers look so far for an archive behind a program, bytes.
const SELF_EXTRACTING_BYTES_MAX: usize = 8 * 1024 * 1024;
/// And so far for packed data in a file of no kind.
const PACKED_AT_BYTES_MAX: usize = 64 * 1024;
/// Readers of PDF look so far for its head, bytes.
const PDF_AT_BYTES_MAX: usize = 1024;
/// Members of an archive that are compared with what stands in its first bytes.
const COMPARED_MAX: usize = 16;

/// Kinds that hold whole files as they are: an archive inside them is their own.
const HOLDERS: [&str; 33] = [
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

/// Pictures that a browser shows as a page if it is told to.
const PICTURES: [&str; 7] = ["gif", "jpeg", "png", "bmp", "webp", "ico", "tiff"];

/// Endings of names of packed files.
const ARCHIVE_ENDINGS: [&str; 20] = [
    ".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".br", ".zz", ".lz4", ".lzma", ".tar", ".cab", ".iso",
    ".arj", ".ace", ".lzh", ".lha", ".vhd",
];

/// Declared as one of these it was read as a page already.
const PAGE_TYPES: [&str; 3] = ["text/html", "application/xhtml+xml", "image/svg+xml"];

/// Tags by which a page behind a picture begins, in lower case.
const TAGS: [&[u8]; 7] = [b"<script", b"<html", b"<body", b"<iframe", b"<svg", b"<!doctype html", b"<hta:application"];

/// Opens what a file is besides its kind (by its first bytes).
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>, kind: &str) {
    if kind == "empty" {
        return;
    }
    if matches!(general(kind), "text" | "unknown" | "html") {
        encoded::open(walk, file);
    }
    let is_holder = HOLDERS.contains(&kind);
    let mut found = 0_u32;
    if kind != "zip" && is_zip(file.bytes, kind, is_holder) {
        found = found.saturating_add(1);
        zip::open(walk, file);
    }
    if !is_holder {
        found = found.saturating_add(open_behind(walk, file, kind));
    }
    if general(kind) == "unknown" {
        // What is nothing else is no disguise of what is in it.
        open_packed(walk, file);
    }
    let has_children = walk.content.items.len() > file.at.saturating_add(1);
    found = found.saturating_add(open_by_place(walk, file, kind));
    if PICTURES.contains(&kind) {
        found = found.saturating_add(open_page(walk, file, kind));
    }
    if found > 0 && kind != "exe" {
        walk.mark(file.at, "polyglot");
    }
    if general(kind) == "unknown" && found == 0 && !has_children && is_called_archive(walk, file.at) {
        // Somebody has a program for it, and it is none that we know.
        walk.mark(file.at, "unopened_container");
        walk.not_opened(file.at, WhyUnopened::Unsupported);
    }
}

/// Does a file's name say that it is packed?
fn is_called_archive(walk: &Walk<'_>, at: usize) -> bool {
    let names = walk.content.items.get(at).map(|item| item.names.as_slice()).unwrap_or_default();
    let is_so = |name: &String| {
        let name = name.trim_end_matches([' ', '.']).to_ascii_lowercase();
        ARCHIVE_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    names.iter().any(is_so)
}

/// Is there a zip that a reader finds from the end?
fn is_zip(bytes: &[u8], kind: &str, is_holder: bool) -> bool {
    if kind == "pdf" {
        let ends = (memmem::rfind(bytes, b"%%EOF"), memmem::rfind(bytes, b"PK\x05\x06"));
        return matches!(ends, (Some(pdf), Some(zip)) if zip > pdf) && zip::hides_in(bytes);
    }
    if is_holder { zip::ends(bytes) } else { zip::hides_in(bytes) }
}

/// Magic, whether what begins there is one, its reader.
type Archive = (&'static [u8], fn(&[u8]) -> bool, formats::Read);

/// Archives behind something else; of a zip, behind its end.
fn open_behind(walk: &mut Walk<'_>, file: File<'_>, kind: &str) -> u32 {
    let from = if kind == "zip" { zip::end(file.bytes) } else { Some(1) };
    let Some(searched) = from.and_then(|from| file.bytes.get(from..)) else { return 0 };
    let searched = searched.get(..SELF_EXTRACTING_BYTES_MAX).unwrap_or(searched);
    let skipped = from.unwrap_or(0);
    let archives: [Archive; 3] = [
        (b"Rar!\x1a\x07", is_rar, rar::open),
        (b"7z\xbc\xaf\x27\x1c", is_sevenz, sevenz::open),
        (b"MSCF\0\0\0\0", is_cabinet, cab::open),
    ];
    let mut found = 0_u32;
    for (magic, is_so, read) in archives {
        // A mark alone is nothing: unpackers go on to the first one that is more, and any number may stand in front of it.
        let places = memmem::find_iter(searched, magic).map(|at| at.saturating_add(skipped));
        let at = places.filter_map(|at| file.bytes.get(at..)).find(|rest| is_so(rest));
        if let Some(bytes) = at {
            found = found.saturating_add(1);
            read(walk, File { bytes, ..file });
        }
    }
    found
}

/// Packed data behind bytes of no kind: 7-Zip opens it, and names the offset.
fn open_packed(walk: &mut Walk<'_>, file: File<'_>) {
    let archives: [Archive; 4] = [
        (b"\x1f\x8b\x08", streams::is_gz, streams::open_gz),
        (b"BZh", streams::is_bz2, streams::open_bz2),
        (b"\xfd7zXZ\0", streams::is_xz, streams::open_xz),
        (b"\x28\xb5\x2f\xfd", streams::is_zstd, streams::open_zstd),
    ];
    let searched = file.bytes.get(..PACKED_AT_BYTES_MAX).unwrap_or(file.bytes);
    for (magic, is_so, read) in archives {
        let mut places = memmem::find_iter(searched, magic).filter_map(|at| file.bytes.get(at..));
        if let Some(bytes) = places.find(|rest| is_so(rest)) {
            walk.mark(file.at, "archive_trailing");
            read(walk, File { bytes, ..file });
        }
    }
}

/// Is every head of a PDF among the first bytes that of a member, which an archive holds as it is and which was opened?
fn begins_with_members(walk: &Walk<'_>, file: File<'_>) -> bool {
    let Some(place) = walk.content.items.get(file.at).map(|item| format!("{}/", item.place)) else { return false };
    let inside = walk.content.items.iter().skip(file.at.saturating_add(1));
    // At any depth: a stream whose first block is not packed shows what its archive holds.
    let is_own = |item: &&Item| item.place.starts_with(&place);
    let members: Vec<&Item> = inside.filter(is_own).filter(|item| item.kind == "pdf").take(COMPARED_MAX).collect();
    let is_member = |at: usize| {
        members.iter().any(|member| {
            let size = usize::try_from(member.size).unwrap_or(usize::MAX);
            part(file.bytes, at, size).is_some_and(|bytes| Sha256::digest(bytes).as_slice() == member.sha256)
        })
    };
    let head = file.bytes.get(..PDF_AT_BYTES_MAX).unwrap_or(file.bytes);
    !members.is_empty() && memmem::find_iter(head, b"%PDF-").take(COMPARED_MAX).all(is_member)
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

/// Kinds that are known by bytes at another place than the start.
fn open_by_place(walk: &mut Walk<'_>, file: File<'_>, kind: &str) -> u32 {
    let mut found = 0_u32;
    if kind != "pdf" && kind != "text" && holds_pdf(file.bytes) && !begins_with_members(walk, file) {
        // The first block of such a stream stands as it is where packing it gains nothing: opened, and no trick.
        found = found.saturating_add(u32::from(kind != "zstd"));
        formats::read_as(walk, file, "pdf");
    }
    if !matches!(kind, "tar" | "text") && has(file.bytes, 257, b"ustar") && tar::is_old(file.bytes) {
        found = found.saturating_add(1);
        tar::open(walk, file);
    }
    let is_disc = iso::MAGIC_AT.into_iter().any(|at| has(file.bytes, at, b"CD001"));
    if kind != "iso" && is_disc {
        if general(kind) == "unknown" {
            walk.set_kind(file.at, "iso");
        } else {
            found = found.saturating_add(1);
        }
        iso::open(walk, file);
    }
    found
}

/// A page behind a picture, or a picture that is a script as well.
fn open_page(walk: &mut Walk<'_>, file: File<'_>, kind: &str) -> u32 {
    let begins_as_script = match kind {
        "gif" => [b"/*".as_slice(), b"=", b"*/"].iter().any(|code| has(file.bytes, 6, code)),
        "bmp" => [b"/*".as_slice(), b"="].iter().any(|code| has(file.bytes, 2, code)),
        "jpeg" => has(file.bytes, 4, b"/*"),
        _ => false,
    };
    let page = memchr_iter(b'<', file.bytes).find(|at| {
        let rest = file.bytes.get(*at..).unwrap_or_default();
        TAGS.iter().any(|tag| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
    });
    let is_read = walk.content.items.get(file.at).is_some_and(|item| PAGE_TYPES.contains(&item.declared.as_str()));
    if let Some(bytes) = page.and_then(|at| file.bytes.get(at..))
        && !is_read
    {
        html::open(walk, File { bytes, ..file });
    }
    u32::from(page.is_some() || begins_as_script)
}

#[cfg(test)]
mod tests;
