//! The walk: each part, and each child of a container, is named, hashed, marked, and read as far as its format is known.

use scan::content::{Content, Item, Unopened, WhyUnopened};
use sha2::{Digest, Sha256};

use crate::budget::Budget;
use crate::eicar::is_eicar;
use crate::formats;
use crate::formats::image::{self, Pictures};
use crate::passwords::Passwords;
use crate::polyglot;
use crate::request::{self, Request};
use crate::sniff::{claim, is_closed_container, sniff};

/// What is called with each item's bytes before they are read: rules of signatures, copies for outside scanners.
pub type Inspect<'i> = dyn FnMut(&mut Item, &[u8]) + 'i;

/// Looks into every part. What could not be looked into stands in the result's `unopened`.
#[must_use]
pub fn unpack(request: &Request, budget: &mut Budget) -> Content {
    unpack_with(request, budget, &mut |_, _| {})
}

/// As [`unpack()`], and shows every item with its bytes to `inspect`.
#[must_use]
pub fn unpack_with(request: &Request, budget: &mut Budget, inspect: &mut Inspect<'_>) -> Content {
    budget.begin(request.size());
    let passwords = Passwords::new(request, budget);
    let mut walk = Walk { budget, content: Content::default(), passwords, pictures: Pictures::default(), inspect };
    for part in &request.parts {
        let leaf = Leaf {
            place: part.place.clone(),
            names: part.names.clone(),
            declared: &part.declared,
            charset: &part.charset,
            joins_words: part.joins_words,
            inline: part.inline,
            base: part.base(),
            is_read: true,
        };
        let at = walk.content.items.len();
        walk.look(leaf, &part.bytes, 0);
        walk.note_names(at, &part.names);
        walk.add_pointers(at, request::targets_of(&part.declared, &part.points_to).to_vec());
        walk.pictures.label(at, &part.labels);
    }
    image::finish(&mut walk);
    walk.note_lateness();
    walk.content
}

/// What is known of something before its bytes are looked at.
#[derive(Default)]
pub(crate) struct Leaf<'a> {
    pub(crate) place: String,
    pub(crate) names: Vec<String>,
    pub(crate) declared: &'a str,
    pub(crate) charset: &'a str,
    /// Soft line ends part no words in its text (RFC 3676).
    pub(crate) joins_words: bool,
    pub(crate) inline: bool,
    /// Of a page: against what its links are read that are not whole; empty where nothing says so.
    pub(crate) base: &'a str,
    /// False: its container's reader takes its text, and no reader of its own looks at it unless its bytes call for one
    /// that is no text (an XML part of an office document is not read as XML of its own).
    pub(crate) is_read: bool,
}

/// Something that stands in the content as item number `at`, for the reader of its format.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct File<'a> {
    pub(crate) at: usize,
    pub(crate) bytes: &'a [u8],
    /// As declared; empty where nothing is.
    pub(crate) charset: &'a str,
    /// As [`Leaf::joins_words`].
    pub(crate) joins_words: bool,
    /// Of a page, as [`Leaf::base`].
    pub(crate) base: &'a str,
    /// Containers around it.
    pub(crate) depth: u32,
}

/// The walk through one message.
pub(crate) struct Walk<'b> {
    pub(crate) budget: &'b mut Budget,
    pub(crate) content: Content,
    pub(crate) passwords: Passwords<'b>,
    pub(crate) pictures: Pictures,
    inspect: &'b mut Inspect<'b>,
}

impl<'b> Walk<'b> {
    /// One that keeps nothing, for who reads a file by the readers' means and not for its content.
    pub(crate) fn bare(budget: &'b mut Budget, request: &'b Request, inspect: &'b mut Inspect<'b>) -> Self {
        let passwords = Passwords::new(request, budget);
        Self { budget, content: Content::default(), passwords, pictures: Pictures::default(), inspect }
    }
}

impl Walk<'_> {
    /// One part or child, and what is in it.
    pub(crate) fn look(&mut self, leaf: Leaf<'_>, bytes: &[u8], depth: u32) {
        if self.budget.is_late() {
            return self.unopened(leaf.place, WhyUnopened::OverTime);
        }
        if !self.budget.take_file() {
            return self.unopened(leaf.place, WhyUnopened::OverBudget);
        }
        let at = self.content.items.len();
        let file = File { at, bytes, charset: leaf.charset, joins_words: leaf.joins_words, base: leaf.base, depth };
        let is_read = leaf.is_read;
        self.content.items.push(item(leaf, bytes));
        self.inspect(file);
        let kind = self.kind(at).to_owned();
        let readers = self.content.items.get(at).map(|item| formats::readers(item, bytes, is_read)).unwrap_or_default();
        for read in readers {
            read(self, file);
        }
        if is_closed_container(&kind) {
            self.mark(at, "unopened_container");
            self.not_opened(at, WhyUnopened::Unsupported);
        }
        polyglot::open(self, file, &kind);
        if self.content.items.get(at).is_some_and(claim::is_conflict) {
            self.mark(at, "type_conflict");
        }
        // Not every reader asks on the way; what took so long is never called clean.
        if self.budget.is_late() {
            self.not_opened(at, WhyUnopened::OverTime);
        }
    }

    fn inspect(&mut self, file: File<'_>) {
        let Some(item) = self.content.items.get_mut(file.at) else { return };
        if is_eicar(file.bytes) {
            mark(item, "eicar");
        }
        (self.inspect)(item, file.bytes);
    }

    /// A child of a file, under the name of the step that leads to it (`zip:3`). False: the budget has no room for it, which
    /// is noted; its container may stop.
    pub(crate) fn child(&mut self, of: File<'_>, step: &str, leaf: Leaf<'_>, bytes: &[u8]) -> bool {
        if !self.may_open(of) {
            return false;
        }
        if self.budget.is_late() || self.budget.files_left() == 0 {
            self.stopped(of.at);
            return false;
        }
        let place = self.place_of_child(of, step);
        self.look(Leaf { place, ..leaf }, bytes, of.depth.saturating_add(1));
        true
    }

    /// What took longer than it may is never clean: whoever stopped may have called it by another name, and whoever did not ask at
    /// all may have been at work after the last file.
    fn note_lateness(&mut self) {
        let is_noted = self.content.unopened.iter().any(|one| one.why == WhyUnopened::OverTime);
        if self.budget.is_late() && !is_noted {
            self.not_opened(0, WhyUnopened::OverTime);
        }
    }

    /// May something be taken out of it: is it not too deep within containers? If not, that is noted.
    pub(crate) fn may_open(&mut self, file: File<'_>) -> bool {
        let may = self.budget.allows_depth(file.depth);
        if !may {
            self.mark(file.at, "bomb");
            self.not_opened(file.at, WhyUnopened::OverBudget);
        }
        may
    }

    /// A child whose bytes are not to be had: its names and size are known, it has no hash. False as for [`Walk::child`].
    pub(crate) fn closed_child(
        &mut self,
        of: File<'_>,
        step: &str,
        (names, size): (Vec<String>, u64),
        why: WhyUnopened,
    ) -> bool {
        if !self.budget.take_file() {
            self.not_opened(of.at, WhyUnopened::OverBudget);
            return false;
        }
        let place = self.place_of_child(of, step);
        self.unopened(place.clone(), why);
        self.content.items.push(Item { place, names, kind: "unknown".to_owned(), size, ..Item::default() });
        true
    }

    fn place_of_child(&self, of: File<'_>, step: &str) -> String {
        let place = self.content.items.get(of.at).map_or("", |item| item.place.as_str());
        format!("{place}/{step}")
    }

    /// Notes that something could not be looked into, or not whole.
    pub(crate) fn not_opened(&mut self, at: usize, why: WhyUnopened) {
        let place = self.content.items.get(at).map(|item| item.place.clone()).unwrap_or_default();
        self.unopened(place, why);
    }

    fn unopened(&mut self, place: String, why: WhyUnopened) {
        // One line a reason and place says it all, and a crafted archive cannot make the list long.
        let is_same = self.content.unopened.last().is_some_and(|last| last.place == place && last.why == why);
        if !is_same {
            self.content.unopened.push(Unopened { place, why });
        }
    }

    /// Notes a word of [`scan::marks::ALL`] about an item.
    pub(crate) fn mark(&mut self, at: usize, word: &str) {
        if let Some(item) = self.content.items.get_mut(at) {
            mark(item, word);
        }
    }

    /// The true type of an item, as far as it is known by now.
    pub(crate) fn kind(&self, at: usize) -> &str {
        self.content.items.get(at).map_or("", |item| item.kind.as_str())
    }

    /// The type that the message declares; empty inside containers.
    pub(crate) fn declared(&self, at: usize) -> &str {
        self.content.items.get(at).map_or("", |item| item.declared.as_str())
    }

    /// A reader knows more than the first bytes say: `zip` turns out to be `docx`.
    pub(crate) fn set_kind(&mut self, at: usize, kind: &str) {
        debug_assert!(scan::types::is_known(kind), "{kind} is not in scan::types::ALL");
        if let Some(item) = self.content.items.get_mut(at) {
            kind.clone_into(&mut item.kind);
        }
    }
}

fn item(leaf: Leaf<'_>, bytes: &[u8]) -> Item {
    let kind = sniff(bytes);
    debug_assert!(scan::types::is_known(kind), "{kind} is not in scan::types::ALL");
    Item {
        place: leaf.place,
        names: leaf.names,
        kind: kind.to_owned(),
        declared: leaf.declared.to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        sha256: Sha256::digest(bytes).to_vec(),
        inline: leaf.inline,
        ..Item::default()
    }
}

fn mark(item: &mut Item, word: &str) {
    debug_assert!(scan::marks::is_known(word), "{word} is not in scan::marks::ALL");
    if !item.marks.iter().any(|mark| mark == word) {
        item.marks.push(word.to_owned());
    }
}

#[cfg(test)]
mod tests;
