//! Zip archives (PKWARE APPNOTE 6.3.10), and the formats that are zips: office documents, Java archives, packages.
//!
//! Names are data, never paths. Every entry is read that any reader could find: those of the central directory, and those
//! whose local headers no directory names. Declared sizes are believed by nobody: what comes out is bounded by the budget.

mod directory;
mod inflate;

use scan::content::{Item, WhyUnopened};

use crate::budget::NAME_BYTES_MAX;
use crate::formats::zip::directory::{Directory, Entry};
use crate::formats::zip::inflate::{End, Inflated};
use crate::text;
use crate::unpack::{Leaf, Walk};

/// Is there a zip in something of another kind, behind a picture or in front of padding? Readers find it from the end.
pub(crate) fn hides_in(kind: &str, bytes: &[u8]) -> bool {
    kind != "empty" && directory::has_end(bytes)
}

/// Opens the archive that item number `at` is.
pub(crate) fn open(walk: &mut Walk<'_>, at: usize, bytes: &[u8], depth: u32) {
    let Some(item) = walk.content.items.get(at) else { return };
    let place = item.place.clone();
    if !walk.budget.allows_depth(depth) {
        walk.mark(at, "bomb");
        return walk.not_opened(&place, WhyUnopened::OverBudget);
    }
    let directory = directory::read(bytes, walk.budget.files_left());
    note(walk, at, &place, &directory);
    for (number, entry) in directory.entries.iter().enumerate() {
        let child = format!("{place}/zip:{number}");
        if !open_entry(walk, child, entry, depth) {
            walk.mark(at, "bomb");
            return walk.not_opened(&place, WhyUnopened::OverBudget);
        }
        if entry.is_encrypted {
            walk.mark(at, "encrypted");
        }
    }
}

/// What the directory says about the archive as a whole.
fn note(walk: &mut Walk<'_>, at: usize, place: &str, directory: &Directory<'_>) {
    for (is_so, word) in [
        (directory.has_conflict, "zip_conflict"),
        (directory.has_overlap, "zip_overlap"),
        (directory.is_prefixed, "zip_prefixed"),
    ] {
        if is_so {
            walk.mark(at, word);
        }
    }
    if directory.is_broken {
        walk.not_opened(place, WhyUnopened::Broken);
    }
    if directory.is_too_long {
        walk.mark(at, "bomb");
        walk.not_opened(place, WhyUnopened::OverBudget);
    }
    let has = |name: &str| directory.entries.iter().any(|entry| entry.has_name(name));
    let starts = |start: &str| directory.entries.iter().any(|entry| entry.has_start(start));
    if directory.entries.iter().any(|entry| entry.has_end("vbaproject.bin")) {
        walk.mark(at, "macro");
    }
    let Some(item) = walk.content.items.get_mut(at).filter(|item| item.kind == "zip") else { return };
    let kind = match () {
        () if has("[content_types].xml") && starts("word/") => "docx",
        () if has("[content_types].xml") && starts("xl/") => "xlsx",
        () if has("[content_types].xml") && starts("ppt/") => "pptx",
        () if has("androidmanifest.xml") => "apk",
        () if has("appxmanifest.xml") => "appx",
        () if has("meta-inf/manifest.mf") => "jar",
        () if has("mimetype") && has("content.xml") => "odf",
        () if has("mimetype") && has("meta-inf/container.xml") => "epub",
        () => return,
    };
    item.kind = kind.to_owned();
}

/// Opens one entry; false when the budget is used up.
fn open_entry(walk: &mut Walk<'_>, place: String, entry: &Entry<'_>, depth: u32) -> bool {
    if entry.is_folder() {
        return true;
    }
    if walk.budget.files_left() == 0 {
        return false;
    }
    let names: Vec<String> = entry.names.iter().map(|name| shown_name(name)).collect();
    if entry.is_encrypted {
        return walk.push_closed(place, names, entry.data.len(), WhyUnopened::Encrypted);
    }
    let Inflated { bytes, end } = inflate::inflate(entry, walk.budget.unpacked_bytes_left());
    walk.budget.spend_unpacked(bytes.len());
    if bytes.is_empty() && end == End::Unsupported {
        return walk.push_closed(place, names, entry.data.len(), WhyUnopened::Unsupported);
    }
    let leaf = Leaf { place: place.clone(), names, declared: "", charset: "", inline: false };
    walk.look(leaf, &bytes, depth.saturating_add(1));
    match end {
        End::Whole => true,
        End::Broken => {
            walk.not_opened(&place, WhyUnopened::Broken);
            true
        }
        End::Unsupported => {
            walk.not_opened(&place, WhyUnopened::Unsupported);
            true
        }
        End::OverBudget => {
            walk.not_opened(&place, WhyUnopened::OverBudget);
            false
        }
    }
}

impl Walk<'_> {
    /// A child whose bytes are not to be had: its names and size are known, it has no hash.
    fn push_closed(&mut self, place: String, names: Vec<String>, size: usize, why: WhyUnopened) -> bool {
        if !self.budget.take_file() {
            return false;
        }
        self.not_opened(&place, why);
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        self.content.items.push(Item { place, names, kind: "unknown".to_owned(), size, ..Item::default() });
        true
    }
}

/// A name as text: UTF-8 if it is, else by the Western code page; bounded.
fn shown_name(name: &[u8]) -> String {
    let mut name = text::decode(name, "").into_owned();
    text::cut(&mut name, NAME_BYTES_MAX);
    name
}

#[cfg(test)]
mod tests;
