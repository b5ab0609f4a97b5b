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

/// True types of files that hold other files; what is in them counts as theirs.
const ARCHIVES: [&str; 20] = [
    "zip", "7z", "rar", "tar", "gz", "bz2", "xz", "zstd", "lzma", "lz", "z", "cab", "iso", "img", "vhd", "ar", "cpio",
    "rpm", "deb", "tnef",
];

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
pub(super) fn chosen(message: &Message, content: &Content, removes: &[&Remove]) -> Vec<Removed> {
    if removes.is_empty() {
        return Vec::new();
    }
    let leaves = message.parts().filter(|(path, part)| part.is_leaf() && path.0.first() != Some(&0));
    let mut removed = Vec::new();
    for (path, part) in leaves.filter(|(_, part)| is_attachment(part)) {
        let items = items_of(message, part, content);
        let why = removes.iter().find_map(|remove| why(remove, part, &items));
        let Some(why) = why else { continue };
        let name = part.names.first().map_or_else(|| part.media_type.essence(), |name| visible(name).into_owned());
        removed.push(Removed { path, name, why });
    }
    removed
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
    let within = found.within.iter().copied().filter(|_| is_archive);
    let files = || found.own.iter().copied().chain(within.clone());
    let declared = part.media_type.essence();
    let mut kinds = files().map(|item| item.kind.as_str()).chain([declared.as_str()]);
    if let Some(kind) = kinds.find(|kind| remove.types.iter().any(|own| own == kind)) {
        return Some(format!("files of the type {kind} are not delivered"));
    }
    let own_names = part.names.iter();
    let mut endings = own_names.chain(files().flat_map(|item| &item.names)).flat_map(|name| names::endings(name));
    if let Some(ending) = endings.find(|ending| remove.extensions.contains(ending)) {
        return Some(format!("files that end in .{ending} are not delivered"));
    }
    let all = found.own.iter().chain(&found.within);
    let mark = all.flat_map(|item| &item.marks).find(|mark| remove.marks.contains(mark))?;
    let meaning = scan::marks::ALL.iter().find(|(word, _)| word == mark).map_or(mark.as_str(), |(_, meaning)| *meaning);
    Some(format!("this was found in it: {meaning}"))
}
