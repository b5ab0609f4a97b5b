//! Zip archives (PKWARE APPNOTE 6.3.10), and the formats that are zips: office documents, Java archives, packages.
//!
//! Names are data, never paths. Every entry is read that any reader could find: those of each directory, and those whose local
//! headers no directory names. Declared methods and sizes are believed by nobody: what comes out is bounded by the budget.
//! An entry whose data is that of another is looked at once, under both names.

mod central;
mod directory;
mod entry;
mod extra;
mod inflate;
mod inside;
mod local;
mod unlock;
pub(crate) mod whole;

use std::collections::HashMap;

use scan::content::{LinkKind, WhyUnopened};

use crate::bounded::{End, Taken};
use crate::formats::archives::{Member, path, shown};
use crate::formats::office::ooxml;
use crate::formats::package::{self, Package};
use crate::formats::zip::directory::Directory;
use crate::formats::zip::entry::{Entry, Way};
use crate::formats::zip::inflate::{Inflated, Packed, inflate};
use crate::formats::zip::unlock::{Unlock, Unlocked};
use crate::sniff;
use crate::text;
use crate::unpack::{File, Walk};

pub(crate) use crate::formats::zip::inside::{explains, within};

/// Entries of one archive that are asked for the content types.
const CONTENT_TYPES_MAX: usize = 4;
/// Names that one item keeps of entries that share its data; for more the data is looked at again.
const SHARED_NAMES_MAX: usize = 16;

/// Is there a zip in something of another kind, behind a picture or in front of padding? Readers find it from the end.
pub(crate) fn hides_in(bytes: &[u8]) -> bool {
    directory::has_end(bytes)
}

/// As [`hides_in`], but only where it ends together with the file: in kinds that hold whole archives by nature.
pub(crate) fn ends(bytes: &[u8]) -> bool {
    directory::ends_with_end(bytes)
}

/// Where the archive ends, by its last end record.
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    directory::last_end(bytes)
}

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let directory = directory::read(file.bytes, walk.budget);
    note(walk, file.at, &directory);
    read_comments(walk, file.at, &directory);
    name_package(walk, file, &directory);
    let mut opening = Opening {
        is_document: package::is_document(walk.kind(file.at)),
        package: Package::default(),
        unlock: Unlock::default(),
        seen: HashMap::new(),
        shared_bytes: 0,
    };
    for (number, entry) in directory.entries.iter().enumerate() {
        if !opening.entry(walk, file, (number, entry)) {
            break;
        }
    }
    package::read(walk, file, &opening.package);
}

/// What is kept from entry to entry.
struct Opening {
    is_document: bool,
    package: Package,
    unlock: Unlock,
    /// The items of data that was looked at.
    seen: HashMap<Way, usize>,
    /// Bytes that would have come out of data that was seen before.
    shared_bytes: u64,
}

impl Opening {
    /// One entry; false when the budget is used up.
    fn entry(&mut self, walk: &mut Walk<'_>, file: File<'_>, (number, entry): (usize, &Entry<'_>)) -> bool {
        let names = path::as_all_read(entry.names.iter().map(|name| shown(name)).collect());
        if entry.is_folder() {
            walk.note_names(file.at, &names);
            return true;
        }
        if entry.is_link {
            walk.mark(file.at, "link_entry");
        }
        if let Some(at) = self.seen.get(&entry.way()).copied()
            && has_room(walk, at, &names)
        {
            return self.share(walk, (file.at, at), (names, entry));
        }
        self.seen.insert(entry.way(), walk.content.items.len());
        let member = Member { step: format!("zip:{number}"), names, is_part: self.is_document };
        if !entry.is_encrypted() {
            let inflated = inflate(&Packed::of(entry), walk.budget);
            return self.inflated(walk, file, member, inflated);
        }
        if let Some(bare) = inflate::bare(entry, walk.budget) {
            let step = format!("{}.bare", member.step);
            let member = Member { step, names: member.names.clone(), is_part: member.is_part };
            if !self.inflated(walk, file, member, bare) {
                return false;
            }
        }
        walk.mark(file.at, "encrypted");
        let Some(Unlocked { data, method, has_sum }) = self.unlock.entry(walk, entry) else {
            let size = u64::try_from(entry.data.len()).unwrap_or(u64::MAX);
            return walk.closed_member(file, member, (size, WhyUnopened::Encrypted));
        };
        walk.mark(file.at, "password_found");
        let packed = Packed { data: &data, method, flags: entry.flags, said: entry.said, has_sum };
        let inflated = inflate(&packed, walk.budget);
        self.inflated(walk, file, member, inflated)
    }

    fn inflated(&mut self, walk: &mut Walk<'_>, file: File<'_>, member: Member, inflated: Inflated) -> bool {
        let Inflated { readings, is_lie } = inflated;
        if is_lie {
            walk.mark(file.at, "zip_conflict");
        }
        for (reading, taken) in readings.into_iter().enumerate() {
            walk.budget.spend_unpacked(taken.bytes.len());
            let step = if reading == 0 { member.step.clone() } else { format!("{}.{reading}", member.step) };
            let takes = |name: &String| package::takes(name, &taken.bytes);
            let is_part = member.is_part && member.names.iter().all(takes);
            let one = Member { step, names: member.names.clone(), is_part };
            let goes_on = walk.member(file, one, &taken);
            self.keep(&member, taken);
            if !goes_on {
                return false;
            }
        }
        true
    }

    /// A part of a document is kept for the document's reader.
    fn keep(&mut self, member: &Member, taken: Taken) {
        if self.is_document && taken.end != End::Unsupported {
            self.package.parts.push((member.names.first().cloned().unwrap_or_default(), taken.bytes));
        }
    }

    /// A further name of data that was looked at.
    fn share(
        &mut self,
        walk: &mut Walk<'_>,
        (archive, at): (usize, usize),
        (names, entry): (Vec<String>, &Entry<'_>),
    ) -> bool {
        walk.mark(archive, "zip_overlap");
        walk.note_names(archive, &names);
        self.shared_bytes = self.shared_bytes.saturating_add(entry.said.map_or(0, |said| said.size));
        if let Some(item) = walk.content.items.get_mut(at) {
            for name in names {
                if !item.names.contains(&name) {
                    item.names.push(name);
                }
            }
        }
        let has_room = self.shared_bytes <= walk.budget.unpacked_bytes_left();
        if !has_room {
            walk.stopped(archive);
        }
        has_room
    }
}

/// Can an item keep these names too?
fn has_room(walk: &Walk<'_>, at: usize, names: &[String]) -> bool {
    let Some(item) = walk.content.items.get(at) else { return false };
    let news = names.iter().filter(|name| !item.names.contains(name)).count();
    item.names.len().saturating_add(news) <= SHARED_NAMES_MAX
}

/// What the directory says about the archive as a whole.
fn note(walk: &mut Walk<'_>, at: usize, directory: &Directory<'_>) {
    for (is_so, word) in [
        (directory.has_conflict, "zip_conflict"),
        (directory.has_overlap, "zip_overlap"),
        (directory.is_prefixed, "zip_prefixed"),
        (directory.has_trailing, "archive_trailing"),
    ] {
        if is_so {
            walk.mark(at, word);
        }
    }
    for (is_so, why) in [
        (directory.is_broken, WhyUnopened::Broken),
        (directory.is_split, WhyUnopened::Unsupported),
        (directory.is_hidden, WhyUnopened::Encrypted),
        (directory.is_late, WhyUnopened::OverTime),
    ] {
        if is_so {
            walk.not_opened(at, why);
        }
    }
    if directory.is_too_long {
        walk.stopped(at);
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

/// What programs show beside the names: comments of the archive and of its entries.
fn read_comments(walk: &mut Walk<'_>, at: usize, directory: &Directory<'_>) {
    for comment in &directory.comments {
        let text = text::decode(comment, "");
        walk.add_links_of_text(at, &text, LinkKind::Text);
        // Some programs keep there what is none, such as a signature.
        if sniff::is_text(comment) {
            walk.add_text(at, &text);
        }
    }
    if directory.has_more_comments {
        walk.mark(at, "text_cut");
    }
}

/// A document whose parts are called as nobody calls them: its content types tell what it is, and programs go by them.
fn name_package(walk: &mut Walk<'_>, file: File<'_>, directory: &Directory<'_>) {
    if walk.kind(file.at) != "zip" {
        return;
    }
    let types = directory.entries.iter().filter(|entry| entry.has_name("[content_types].xml") && !entry.is_encrypted());
    for entry in types.take(CONTENT_TYPES_MAX) {
        for taken in inflate(&Packed::of(entry), walk.budget).readings {
            walk.budget.spend_unpacked(taken.bytes.len());
            if let Some(kind) = ooxml::kind_of(&taken.bytes) {
                return walk.set_kind(file.at, kind);
            }
        }
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
        () if has("appxmanifest.xml") || has("appxmetadata/appxbundlemanifest.xml") => Some("appx"),
        () if has("meta-inf/manifest.mf") => Some("jar"),
        // The entry that names the type is asked for by nobody.
        () if has("content.xml") && (has("mimetype") || has("meta-inf/manifest.xml")) => Some("odf"),
        () if has("mimetype") && has("meta-inf/container.xml") => Some("epub"),
        () => None,
    }
}

#[cfg(test)]
mod tests;
