//! PDF (ISO 32000-2): text as a reader sees it, text that is hidden, links, what the document does, and the files in it.
//!
//! The reader is its own and takes a document as the tolerant programs do: every object of every revision counts, whatever the
//! cross-reference says, since two programs that repair a file may find different ones. Documented limits stand beside their
//! constants in the files of `pdf/`; fonts' programs, JPEG 2000, JBIG2 and fax pictures are not read, patterns and clipping
//! not followed, certificates not used.

mod active;
mod cmap;
mod crypt;
mod document;
mod files;
mod filter;
mod font;
mod glyphs;
mod inflate;
mod joined;
mod layout;
mod lexer;
mod matrix;
mod metadata;
mod object;
mod page;
mod picture;
mod png;
mod predictor;
mod rewrite;
mod sheets;

use scan::content::WhyUnopened;

use crate::formats::pdf::active::Active;
use crate::formats::pdf::document::{Access, Document};
use crate::formats::pdf::sheets::Sheets;
use crate::formats::plain;
use crate::unpack::{File, Walk};

pub(crate) use crate::formats::pdf::rewrite::disarm;

/// Bytes behind the end of a document that are nothing: line ends, and what careless programs leave.
const TRAILING_BYTES_MAX: usize = 16;

/// Opens a document.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let document = Document::read(file.bytes, walk);
    if document.values.is_empty() {
        return open_empty(walk, file);
    }
    if has_trailing(file.bytes) {
        walk.mark(file.at, "archive_trailing");
    }
    if document.trailers.is_empty() {
        // Cut short, or never whole: readers that repair it may differ.
        walk.mark(file.at, "malformed");
    }
    if document.is_too_much {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    let mut labels = std::collections::HashMap::new();
    match &document.crypt {
        Access::Locked => {
            walk.mark(file.at, "encrypted");
            walk.not_opened(file.at, WhyUnopened::Encrypted);
        }
        access => {
            if matches!(access, Access::Unlocked(crypt) if crypt.has_password) {
                walk.mark(file.at, "password_found");
            }
            let mut sheets = Sheets::new(&document, walk, file);
            sheets.read();
            labels = std::mem::take(&mut sheets.labels);
            let shared = std::mem::take(&mut sheets.shared);
            metadata::read(&document, walk, file.at);
            files::take_pictures(&document, walk, file, &shared);
        }
    }
    if document.is_exhausted() {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    Active::new(&document, walk, file, labels).look();
    files::take(&document, walk, file);
    document.say(walk, file.at);
}

/// No objects: a text that speaks of PDF, or a document that nobody can open.
fn open_empty(walk: &mut Walk<'_>, file: File<'_>) {
    if walk.kind(file.at) != "pdf" {
        return;
    }
    let is_text = std::str::from_utf8(file.bytes).is_ok_and(|text| !text.contains('\0'));
    if is_text {
        walk.set_kind(file.at, "text");
        return plain::open(walk, file);
    }
    walk.mark(file.at, "malformed");
    walk.not_opened(file.at, WhyUnopened::Broken);
}

fn has_trailing(bytes: &[u8]) -> bool {
    let Some(end) = memchr::memmem::rfind(bytes, b"%%EOF") else { return false };
    let behind = bytes.get(end.saturating_add(5)..).unwrap_or_default();
    behind.iter().filter(|byte| !lexer::is_space(**byte)).nth(TRAILING_BYTES_MAX).is_some()
}

#[cfg(test)]
mod tests;
