//! Files that are valid as two kinds. Programs look for what they know at other places than the start: readers of zip from the
//! end, unpackers of rar and 7z within the first megabytes (that is how archives that unpack themselves work), readers of PDF
//! within 1,024 bytes, of tar at 257, of an image of a disc at 32,769; a browser shows a page behind any picture.
//!
//! What is found is opened, whatever the first bytes say. In a program that is the rule; in anything else it is marked.

mod archives;
mod compound;
mod members;

use memchr::{memchr_iter, memmem};
use scan::content::WhyUnopened;

use crate::formats::archives::bytes::has;
use crate::formats::archives::{iso, streams, tar};
use crate::formats::{self, encoded, html};
use crate::polyglot::archives::Archive;
use crate::polyglot::members::Members;
use crate::sniff::{self, general, holds_pdf};
use crate::unpack::{File, Walk};

/// Unpackers look so far for packed data in a file of no kind, bytes.
const PACKED_AT_BYTES_MAX: usize = 64 * 1024;
/// Readers of PDF look so far for its head, bytes.
const PDF_AT_BYTES_MAX: usize = 1024;
/// Heads of a PDF in the first bytes that are compared with members.
const PDF_HEADS_MAX: usize = 16;

/// Pictures that a browser shows as a page if it is told to.
const PICTURES: [&str; 7] = ["gif", "jpeg", "png", "bmp", "webp", "ico", "tiff"];

/// Endings of names of files that hold others: archives, images of disks, mailboxes.
const ARCHIVE_ENDINGS: [&str; 31] = [
    ".zip",
    ".rar",
    ".7z",
    ".gz",
    ".tgz",
    ".bz2",
    ".xz",
    ".zst",
    ".br",
    ".zz",
    ".lz4",
    ".lzma",
    ".tar",
    ".cab",
    ".iso",
    ".arj",
    ".ace",
    ".lzh",
    ".lha",
    ".vhd",
    ".arc",
    ".pmd",
    ".aar",
    ".aea",
    ".dmg",
    ".sparseimage",
    ".sparsebundle",
    ".pst",
    ".ost",
    ".dbx",
    ".nsf",
];

/// Declared as one of these it was read as a page already.
const PAGE_TYPES: [&str; 3] = ["text/html", "application/xhtml+xml", "image/svg+xml"];

/// Tags by which a page behind a picture begins, in lower case.
const TAGS: [&[u8]; 11] = [
    b"<script",
    b"<html",
    b"<body",
    b"<iframe",
    b"<svg",
    b"<!doctype html",
    b"<hta:application",
    b"<form",
    b"<meta",
    b"<embed",
    b"<object",
];

/// Opens what a file is besides its kind (by its first bytes).
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>, kind: &str) {
    if kind == "empty" {
        return;
    }
    if matches!(general(kind), "text" | "unknown" | "html") || is_written(walk, file) {
        encoded::open(walk, file);
    }
    let mut found = archives::open(walk, file, (kind, is_called_archive(walk, file.at)));
    if general(kind) == "unknown" {
        // What is nothing else is no disguise of what is in it.
        open_packed(walk, file);
    }
    let has_children = walk.content.items.len() > file.at.saturating_add(1);
    found = found.saturating_add(open_by_place(walk, file, kind));
    if PICTURES.contains(&kind) {
        found = found.saturating_add(open_page(walk, file, kind));
    } else if !is_page_or_text(file, walk.kind(file.at))
        && walk.content.items.get(file.at).is_some_and(formats::is_called_page)
    {
        // Its reader was called for its name.
        found = found.saturating_add(u32::from(page_at(file.bytes).is_some()));
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

/// Is it a text for some program, whatever magic it begins with?
fn is_written(walk: &Walk<'_>, file: File<'_>) -> bool {
    sniff::is_text(file.bytes) || walk.content.items.get(file.at).is_some_and(formats::is_shown_as_text)
}

/// Does a file's name say that it holds others?
fn is_called_archive(walk: &Walk<'_>, at: usize) -> bool {
    let names = walk.content.items.get(at).map(|item| item.names.as_slice()).unwrap_or_default();
    let is_so = |name: &String| {
        let name = name.trim_end_matches([' ', '.']).to_ascii_lowercase();
        ARCHIVE_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    names.iter().any(is_so)
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
    let head = file.bytes.get(..PDF_AT_BYTES_MAX).unwrap_or(file.bytes);
    let mut members = Members::of(walk, file, |kind| kind == "pdf");
    let mut heads = memmem::find_iter(head, b"%PDF-").take(PDF_HEADS_MAX);
    !members.is_empty() && heads.all(|at| members.begin_at(file.bytes, at, walk.budget))
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
    let page = page_at(file.bytes);
    let is_read = walk
        .content
        .items
        .get(file.at)
        .is_some_and(|item| PAGE_TYPES.contains(&item.declared.as_str()) || formats::is_called_page(item));
    if let Some(bytes) = page.and_then(|at| file.bytes.get(at..))
        && !is_read
    {
        html::open(walk, File { bytes, ..file });
    }
    u32::from(page.is_some() || begins_as_script)
}

/// Where a tag stands by which a page begins.
fn page_at(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b'<', bytes).find(|at| {
        let rest = bytes.get(*at..).unwrap_or_default();
        TAGS.iter().any(|tag| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
    })
}

/// Is it a page as it should be, or no more than a text?
fn is_page_or_text(file: File<'_>, kind: &str) -> bool {
    matches!(general(kind), "html" | "xhtml" | "svg" | "text" | "xml" | "script" | "unknown")
        || sniff::is_text(file.bytes)
}

#[cfg(test)]
mod tests;
