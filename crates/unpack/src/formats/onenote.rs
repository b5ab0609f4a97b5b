//! Notes of OneNote (MS-ONESTORE, MS-ONE): the files in them, their text, their links.
//!
//! The store is not followed object by object: files are found by the identifier that each of them begins with (2.6.13), text
//! by its letters. Names stand apart from files; where they cannot be told which is whose, each file gets all of them.

use scan::content::{LinkKind, WhyUnopened};

use crate::formats::little::utf16_runs;
use crate::sniff::sniff;
use crate::unpack::{File, Leaf, Walk};

/// `guidHeader` of a FileDataStoreObject.
const FILE_START: &[u8] = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";
/// Bytes between it and the file: the identifier, the length, what is unused.
const HEADER_BYTES: usize = 36;
/// Files of one store.
const FILES_MAX: usize = 1_000;
/// Names in one store, each of which any file may get; of stores with more it is said.
const NAMES_MAX: usize = 256;
/// Characters of a run of letters that is text.
const RUN_CHARS_MIN: usize = 4;
/// Runs of letters that are kept.
const RUNS_MAX: usize = 20_000;
/// Kinds that a note shows as a picture.
const PICTURES: [&str; 8] = ["png", "jpeg", "gif", "bmp", "tiff", "emf", "wmf", "webp"];
/// Names that OneNote itself writes.
const OWN_NAMES: [&str; 3] = [".one", ".onetoc2", ".ttf"];

/// Reads a store.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut files: Vec<&[u8]> = Vec::new();
    let mut around: Vec<&[u8]> = Vec::new();
    let mut from = 0_usize;
    let mut is_cut = false;
    for at in memchr::memmem::find_iter(file.bytes, FILE_START) {
        // An identifier within a file is its own.
        if at < from {
            continue;
        }
        let length = file.bytes.get(at.saturating_add(16)..).and_then(|rest| rest.first_chunk::<8>());
        let Some(length) = length.and_then(|length| usize::try_from(u64::from_le_bytes(*length)).ok()) else {
            is_cut = true;
            break;
        };
        let start = at.saturating_add(HEADER_BYTES);
        let end = start.saturating_add(length);
        let data = file.bytes.get(start..end);
        is_cut |= data.is_none() || files.len() >= FILES_MAX;
        if files.len() >= FILES_MAX {
            break;
        }
        let data = data.or_else(|| file.bytes.get(start..)).unwrap_or_default();
        files.push(data);
        around.push(file.bytes.get(from..at).unwrap_or_default());
        // One that lies about its length hides nothing: what is in it is looked through again.
        from = if file.bytes.get(end..).is_some() { end } else { start };
    }
    around.push(file.bytes.get(from..).unwrap_or_default());
    let runs: Vec<String> = around.iter().flat_map(|part| utf16_runs(part, RUN_CHARS_MIN)).take(RUNS_MAX).collect();
    if is_cut {
        walk.mark(file.at, "malformed");
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
    if runs.len() >= RUNS_MAX {
        walk.mark(file.at, "text_cut");
    }
    show(walk, file, &runs);
    let mut names = names(&runs);
    if names.len() > NAMES_MAX {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
        names.truncate(NAMES_MAX);
    }
    take(walk, file, &files, &names);
}

fn show(walk: &mut Walk<'_>, file: File<'_>, runs: &[String]) {
    let mut seen = std::collections::HashSet::new();
    for run in runs.iter().filter(|run| seen.insert(run.as_str())) {
        walk.add_links_of_text(file.at, run, LinkKind::Anchor);
        walk.add_text(file.at, run);
    }
}

fn names(runs: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for run in runs {
        if names.len() > NAMES_MAX {
            break;
        }
        let name = run.rsplit(['\\', '/']).next().unwrap_or_default();
        let Some((stem, ending)) = name.rsplit_once('.') else { continue };
        let is_name = !stem.is_empty()
            && (1..=8).contains(&ending.len())
            && ending.chars().all(|character| character.is_ascii_alphanumeric())
            && name.chars().count() < 256
            && !name.contains(['<', '>', '"', '|', '?', '*', '\n', '\r'])
            && !run.contains("://");
        let lower = name.to_ascii_lowercase();
        if is_name && !OWN_NAMES.iter().any(|own| lower.ends_with(own)) && !names.iter().any(|own| own == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn take(walk: &mut Walk<'_>, file: File<'_>, files: &[&[u8]], names: &[String]) {
    let is_attached = |data: &[u8]| !data.is_empty() && !PICTURES.contains(&sniff(data));
    let attached = files.iter().filter(|data| is_attached(data)).count();
    let mut own = names.iter();
    for (number, data) in files.iter().enumerate() {
        let names: Vec<String> = if !is_attached(data) {
            Vec::new()
        } else if names.len() == attached {
            own.next().cloned().into_iter().collect()
        } else {
            names.to_vec()
        };
        if is_attached(data) {
            walk.mark(file.at, "embedded_file");
        }
        // Files that lie about their length lie within each other: few bytes are many.
        if u64::try_from(data.len()).unwrap_or(u64::MAX) > walk.budget.unpacked_bytes_left() {
            return walk.stopped(file.at);
        }
        walk.budget.spend_unpacked(data.len());
        let leaf = Leaf { names, is_read: true, ..Leaf::default() };
        if !walk.child(file, &format!("one:{number}"), leaf, data) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
