//! Zip archives (PKWARE APPNOTE 6.3.10), and the formats that are zips: office documents, Java archives, packages.
//!
//! Names are data, never paths. Every entry is read that any reader could find: those of the central directory, and those
//! whose local headers no directory names. Declared sizes are believed by nobody: what comes out is bounded by the budget.

mod directory;
mod inflate;

use scan::content::WhyUnopened;

use crate::bounded::{End, Taken};
use crate::budget::NAME_BYTES_MAX;
use crate::formats::package::{self, Package};
use crate::formats::zip::directory::{Directory, Entry};
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Is there a zip in something of another kind, behind a picture or in front of padding? Readers find it from the end.
pub(crate) fn hides_in(kind: &str, bytes: &[u8]) -> bool {
    kind != "empty" && directory::has_end(bytes)
}

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let directory = directory::read(file.bytes, walk.budget.files_left());
    note(walk, file.at, &directory);
    let is_document = package::is_document(walk.kind(file.at));
    let mut package = Package::default();
    for (number, entry) in directory.entries.iter().enumerate() {
        if entry.is_folder() {
            continue;
        }
        let (names, step) = (shown_names(entry), format!("zip:{number}"));
        if entry.is_encrypted {
            walk.mark(file.at, "encrypted");
            let size = u64::try_from(entry.data.len()).unwrap_or(u64::MAX);
            if !walk.closed_child(file, &step, (names, size), WhyUnopened::Encrypted) {
                break;
            }
            continue;
        }
        let taken = inflate::inflate(entry, walk.budget.unpacked_bytes_left());
        walk.budget.spend_unpacked(taken.bytes.len());
        let is_going_on = open_entry(walk, file, (&step, names.clone(), !is_document), &taken);
        if is_document {
            package.parts.push((names.into_iter().next().unwrap_or_default(), taken.bytes));
        }
        if !is_going_on {
            walk.mark(file.at, "bomb");
            walk.not_opened(file.at, WhyUnopened::OverBudget);
            break;
        }
    }
    package::read(walk, file, &package);
}

/// Looks at one entry's bytes; false when the budget is used up.
fn open_entry(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (step, names, is_read): (&str, Vec<String>, bool),
    taken: &Taken,
) -> bool {
    if taken.bytes.is_empty() && taken.end == End::Unsupported {
        return walk.closed_child(file, step, (names, 0), WhyUnopened::Unsupported);
    }
    let at = walk.content.items.len();
    let has_room = walk.child(file, step, Leaf { names, is_read, ..Leaf::default() }, &taken.bytes);
    match taken.end {
        End::Whole => {}
        End::Broken => walk.not_opened(at, WhyUnopened::Broken),
        End::Unsupported => walk.not_opened(at, WhyUnopened::Unsupported),
        End::OverBudget => walk.not_opened(at, WhyUnopened::OverBudget),
    }
    has_room && taken.end != End::OverBudget
}

/// What the directory says about the archive as a whole.
fn note(walk: &mut Walk<'_>, at: usize, directory: &Directory<'_>) {
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
        walk.not_opened(at, WhyUnopened::Broken);
    }
    if directory.is_too_long {
        walk.mark(at, "bomb");
        walk.not_opened(at, WhyUnopened::OverBudget);
    }
    if directory.entries.iter().any(|entry| entry.has_end("vbaproject.bin")) {
        walk.mark(at, "macro");
    }
    if walk.kind(at) == "zip"
        && let Some(kind) = kind(directory)
    {
        walk.set_kind(at, kind);
    }
}

/// Formats that are zips, by the entries they must have.
fn kind(directory: &Directory<'_>) -> Option<&'static str> {
    let has = |name: &str| directory.entries.iter().any(|entry| entry.has_name(name));
    let starts = |start: &str| directory.entries.iter().any(|entry| entry.has_start(start));
    let is_office = has("[content_types].xml");
    match () {
        () if is_office && starts("word/") => Some("docx"),
        () if is_office && starts("xl/") => Some("xlsx"),
        () if is_office && starts("ppt/") => Some("pptx"),
        () if has("androidmanifest.xml") => Some("apk"),
        () if has("appxmanifest.xml") => Some("appx"),
        () if has("meta-inf/manifest.mf") => Some("jar"),
        () if has("mimetype") && has("content.xml") => Some("odf"),
        () if has("mimetype") && has("meta-inf/container.xml") => Some("epub"),
        () => None,
    }
}

fn shown_names(entry: &Entry<'_>) -> Vec<String> {
    entry.names.iter().map(|name| shown_name(name)).collect()
}

/// A name as text: UTF-8 if it is, else by the Western code page; bounded.
fn shown_name(name: &[u8]) -> String {
    let mut name = text::decode(name, "").into_owned();
    text::cut(&mut name, NAME_BYTES_MAX);
    name
}

#[cfg(test)]
mod tests;
