//! Remove: an attachment that fits becomes a short text that says what is missing, why, and how to ask for it.

use std::collections::HashSet;

use mail::edit::Edit;
use mail::message::Message;
use mail::names;
use mail::part::{Part, PartPath};
use mail::visible::visible;
use scan::action::Remove;
use scan::content::{Content, Item};
use sha2::{Digest as _, Sha256};

use super::part::{Replacement, replace};

/// True types of files that hold other files; whatever is in them counts as theirs.
const ARCHIVES: [&str; 20] = [
    "zip", "7z", "rar", "tar", "gz", "bz2", "xz", "zstd", "lzma", "lz", "z", "cab", "iso", "img", "vhd", "ar", "cpio",
    "rpm", "deb", "tnef",
];

/// Of anything else, what is in it counts, but for what every document and page is made of.
const MATERIAL: [&str; 15] =
    ["png", "jpeg", "gif", "bmp", "tiff", "webp", "ico", "jp2", "svg", "emf", "wmf", "font", "xml", "text", "html"];
/// Steps to the parts of a message that is attached, and to files written in a text.
const MESSAGE_STEPS: [&str; 3] = ["/eml:", "/mbox:", "/msg:"];
const WRITTEN_STEPS: [&str; 3] = ["/uu:", "/yenc:", "/hqx:"];

/// A part that goes.
pub(super) struct Removed {
    pub(super) path: PartPath,
    name: String,
    why: String,
}

impl Removed {
    /// For the journal.
    pub(super) fn words(&self) -> String {
        format!("{}: {}", self.name, self.why)
    }
}

/// The attachments that fit any of these.
///
/// # Errors
/// Something that fits stands in the text of the message itself (uuencode, an address that holds a file): it cannot be taken out.
pub(super) fn chosen(message: &Message, content: &Content, removes: &[&Remove]) -> Result<Vec<Removed>, String> {
    if removes.is_empty() {
        return Ok(Vec::new());
    }
    let leaves = message.parts().filter(|(path, part)| part.is_leaf() && path.0.first() != Some(&0));
    let mut removed = Vec::new();
    for (path, part) in leaves {
        let items = items_of(message, part, content);
        if !is_attachment(part) {
            match removes.iter().find_map(|remove| why_in_text(remove, &items)) {
                Some(why) => return Err(format!("a file in the text cannot be removed: {why}")),
                None => continue,
            }
        }
        let why = removes.iter().find_map(|remove| why(remove, part, &items));
        let Some(why) = why else { continue };
        let name = part.names.first().map_or_else(|| part.media_type.essence(), |name| visible(name).into_owned());
        removed.push(Removed { path, name, why });
    }
    Ok(removed)
}

/// The edits that put the texts in their places.
pub(super) fn edits(message: &Message, removed: &[Removed], reference: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for one in removed {
        let Some(part) = message.part(&one.path) else { continue };
        let text = super::changed::lines(&notice(one, reference));
        let kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: inline\r\n".to_owned();
        edits.extend(replace(message, part, &Replacement { content: &text, kind: Some(kind) }));
    }
    edits
}

// The name is the sender's: one line of letters that show, and no address that could be pressed.
fn notice(removed: &Removed, reference: &str) -> String {
    let name: String = removed.name.chars().take(200).collect();
    format!(
        "An attachment was removed from this message.\n\n    File: {name}\n    Why:  {}\n\n\
         The message as it came is kept for 30 days. To get it, ask your mail administrators\n\
         and give them this reference: {reference}\n",
        removed.why
    )
}

// What is offered as a file. The message's own text is none, and the pictures of a page are none.
fn is_attachment(part: &Part) -> bool {
    let essence = part.media_type.essence();
    let is_text = essence == "text/plain" || essence == "text/html";
    part.disposition == "attachment" || !part.names.is_empty() || !is_text
}

fn is_shown_picture(message: &Message, part: &Part) -> bool {
    let has_id = part.header.first(message.raw(), "content-id").is_some();
    part.disposition != "attachment" && has_id && part.media_type.essence().starts_with("image/")
}

/// The part as the worker saw it, with what is in it. It is found by its hash: in a message that was written anew it has
/// another place.
fn items_of<'c>(message: &Message, part: &Part, content: &'c Content) -> Found<'c> {
    let hash = Sha256::digest(part.content(message.raw())).to_vec();
    let is_own = |item: &&Item| !item.place.contains('/') && item.sha256 == hash;
    let places: HashSet<&str> = content.items.iter().filter(is_own).map(|item| item.place.as_str()).collect();
    let own: Vec<&Item> = content.items.iter().filter(is_own).collect();
    let is_within = |item: &&Item| item.place.split_once('/').is_some_and(|(top, _)| places.contains(top));
    let within: Vec<&Item> = content.items.iter().filter(is_within).collect();
    let is_picture = is_shown_picture(message, part);
    Found { own, within, is_picture }
}

struct Found<'c> {
    own: Vec<&'c Item>,
    within: Vec<&'c Item>,
    is_picture: bool,
}

fn why(remove: &Remove, part: &Part, found: &Found<'_>) -> Option<String> {
    if remove.is_all() {
        return (!found.is_picture).then(|| "attachments are not delivered".to_owned());
    }
    let is_archive = found.own.iter().any(|item| ARCHIVES.contains(&item.kind.as_str()));
    let within = found.within.iter().copied().filter(|item| is_archive || is_file_of_its_own(item));
    let files: Vec<&Item> = found.own.iter().copied().chain(within).collect();
    let declared = part.media_type.essence();
    why_of_kind(remove, files.iter().map(|item| item.kind.as_str()).chain([declared.as_str()]))
        .or_else(|| why_of_name(remove, part.names.iter().chain(files.iter().flat_map(|item| &item.names))))
        .or_else(|| why_of_mark(remove, found.own.iter().chain(&found.within)))
}

/// Does what stands in the text of the message itself fit?
fn why_in_text(remove: &Remove, found: &Found<'_>) -> Option<String> {
    let has_step = |item: &Item, steps: &[&str]| steps.iter().any(|step| item.place.contains(step));
    if remove.is_all() {
        let is_written = found.within.iter().any(|item| has_step(item, &WRITTEN_STEPS));
        return is_written.then(|| "attachments are not delivered".to_owned());
    }
    let written = |item: &&&Item| has_step(item, &WRITTEN_STEPS) || !MATERIAL.contains(&item.kind.as_str());
    let files: Vec<&Item> = found.within.iter().filter(written).copied().collect();
    why_of_kind(remove, files.iter().map(|item| item.kind.as_str()))
        .or_else(|| why_of_name(remove, files.iter().flat_map(|item| &item.names)))
        .or_else(|| why_of_mark(remove, files.iter()))
}

fn is_file_of_its_own(item: &Item) -> bool {
    MESSAGE_STEPS.iter().any(|step| item.place.contains(step)) || !MATERIAL.contains(&item.kind.as_str())
}

fn why_of_kind<'k>(remove: &Remove, mut kinds: impl Iterator<Item = &'k str>) -> Option<String> {
    let kind = kinds.find(|kind| remove.types.iter().any(|own| own == kind))?;
    Some(format!("files of the type {kind} are not delivered"))
}

fn why_of_name<'n>(remove: &Remove, names: impl Iterator<Item = &'n String>) -> Option<String> {
    let ending = names.flat_map(|name| names::endings(name)).find(|ending| remove.extensions.contains(ending))?;
    Some(format!("files that end in .{ending} are not delivered"))
}

fn why_of_mark<'i>(remove: &Remove, items: impl Iterator<Item = &'i &'i Item>) -> Option<String> {
    let mark = items.flat_map(|item| &item.marks).find(|mark| remove.marks.contains(mark))?;
    let meaning = scan::marks::ALL.iter().find(|(word, _)| word == mark).map_or(mark.as_str(), |(_, meaning)| *meaning);
    Some(format!("found in it: {meaning}"))
}
