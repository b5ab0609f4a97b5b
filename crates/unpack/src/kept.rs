//! What readers of formats keep of a file: text, hidden text, links; each within the budget of the message.

use std::collections::HashSet;

use scan::content::{Item, Link, LinkKind, WhyUnopened};
use scan::marks::of_share;
use sha2::{Digest as _, Sha256};

use crate::budget::LINK_TEXT_BYTES_MAX;
use crate::formats::html::{self, Child, Page};
use crate::formats::image::canvas::Looked;
use crate::formats::image::codes::Codes;
use crate::text;
use crate::unpack::{File, Leaf, Walk};
use mail::links::{self, Flags};

/// Text of a part that is shown which is kept in any case, bytes, or the message was not looked into.
const SHOWN_TEXT_BYTES_MIN: usize = 256 * 1024;
/// Links before one that it may repeat.
const SAME_LINKS_ASKED: usize = 16;

impl Walk<'_> {
    /// Adds to the visible text of an item, on a line of its own.
    pub(crate) fn add_text(&mut self, at: usize, text: &str) {
        self.add(at, text, |item| &mut item.text);
    }

    /// Adds to the text that a reader does not see.
    pub(crate) fn add_hidden_text(&mut self, at: usize, text: &str) {
        self.add(at, text, |item| &mut item.hidden_text);
    }

    /// Adds to the text as other readers would see it.
    pub(crate) fn add_other_text(&mut self, at: usize, text: &str) {
        self.add(at, text, |item| &mut item.other_text);
    }

    fn add(&mut self, at: usize, text: &str, field: fn(&mut Item) -> &mut String) {
        let Some(item) = self.content.items.get_mut(at) else { return };
        let is_shown = item.inline && !item.place.contains('/');
        let room = self.budget.take_text(text.len(), is_shown);
        let kept = text.get(..text.floor_char_boundary(room)).unwrap_or_default();
        let to = field(item);
        text::break_line(to);
        to.push_str(kept);
        if kept.len() < text.len() {
            self.mark(at, "text_cut");
            // Nobody reads megabytes; but another part must not take the room of this one.
            if is_shown && kept.len() < text.len().min(SHOWN_TEXT_BYTES_MIN) {
                self.not_opened(at, WhyUnopened::OverBudget);
            }
        }
    }

    /// Adds the links of a running text; the text itself is added apart.
    pub(crate) fn add_links_of_text(&mut self, at: usize, text: &str, kind: LinkKind) {
        let mut known = HashSet::new();
        for target in links::find::links(text) {
            // What a text says over and over is looked into once.
            if !known.insert(target.clone()) {
                continue;
            }
            self.add_link(at, Link { target: target.into_owned(), text: String::new(), kind });
        }
    }

    /// Adds a link, and the links inside it. An inlined picture leads nowhere; its bytes are not kept as a link.
    pub(crate) fn add_link(&mut self, at: usize, mut link: Link) {
        text::cut(&mut link.text, LINK_TEXT_BYTES_MAX);
        if link.kind == LinkKind::Image && is_data_url(&link.target) {
            return;
        }
        if may_be_share(&link.target) {
            self.note_share(at, &link.target);
        }
        let inner = links::inner::inner(&link.target);
        let text = if !inner.is_empty() && links::is_wrapper(&link.target) { link.text.clone() } else { String::new() };
        for target in inner {
            self.note_share(at, &target);
            self.keep_link(at, Link { target, text: text.clone(), kind: link.kind });
        }
        self.keep_link(at, link);
    }

    /// Marks what leads to a share of files, apart whether anybody outside of the reader's network could be behind it.
    fn note_share(&mut self, at: usize, target: &str) {
        let Some(link) = links::normal(target).filter(|link| link.flags.has(Flags::UNC)) else { return };
        self.mark(at, of_share(&link.host));
    }

    fn keep_link(&mut self, at: usize, link: Link) {
        let Some(item) = self.content.items.get_mut(at) else { return };
        // Lists and logs say the same thing over and over.
        if item.links.iter().rev().take(SAME_LINKS_ASKED).any(|known| *known == link) {
            return;
        }
        if self.budget.take_link(link.target.len().saturating_add(link.text.len())) {
            return item.links.push(link);
        }
        // A log of addresses is cut as its text is; where somebody clicks, nothing is left out in silence.
        if item.kind == "text" && !item.inline {
            self.mark(at, "text_cut");
        } else {
            self.not_opened(at, WhyUnopened::OverBudget);
        }
    }

    /// Reads a text as a page and adds what is in it to an item: also for HTML inside other formats.
    pub(crate) fn add_page(&mut self, at: usize, html: &str) {
        self.add_page_at(at, html, "");
    }

    /// As [`Walk::add_page`], with links that are not whole read against a base.
    pub(crate) fn add_page_at(&mut self, at: usize, html: &str, base: &str) {
        self.keep_page(at, html::read_against(base, html));
        if let Some(cleaned) = html::without_controls(html) {
            self.add_other_page(at, &cleaned, base);
        }
    }

    fn keep_page(&mut self, at: usize, page: Page) {
        let Page { text, hidden_text, links, marks, children, drawn, is_whole, bases: _ } = page;
        for word in marks {
            self.mark(at, word);
        }
        if !is_whole {
            self.not_opened(at, WhyUnopened::OverBudget);
        }
        self.add_text(at, &text);
        self.add_hidden_text(at, &hidden_text);
        self.pictures.note_page(&links);
        for link in links {
            self.add_link(at, link);
        }
        self.add_looked(at, drawn.read(self.budget), "text_code");
        self.add_children(at, children);
    }

    /// Adds what a page says to other readers: links that are not known yet, marks, and its text as other text.
    pub(crate) fn add_other_page(&mut self, at: usize, html: &str, base: &str) {
        let mut page = html::read_against(base, html);
        let known: HashSet<&str> = self
            .content
            .items
            .get(at)
            .into_iter()
            .flat_map(|item| &item.links)
            .map(|link| link.target.as_str())
            .collect();
        page.links.retain(|link| !known.contains(link.target.as_str()));
        let text = std::mem::take(&mut page.text);
        let hidden_text = std::mem::take(&mut page.hidden_text);
        let known: HashSet<&[u8]> = self.content.items.iter().skip(at).map(|item| item.sha256.as_slice()).collect();
        page.children.retain(|child| !known.contains(Sha256::digest(&child.bytes).as_slice()));
        // Most readings differ in nothing that is seen.
        let is_known = self.content.items.get(at).is_some_and(|item| item.text.ends_with(&text));
        self.keep_page(at, page);
        if !is_known {
            self.add_other_text(at, &text);
        }
        self.add_other_text(at, &hidden_text);
    }

    /// Adds what came of looking at a drawing, and marks that a code was in it.
    pub(crate) fn add_looked(&mut self, at: usize, looked: Looked, word: &str) {
        for code in looked.codes {
            self.mark(at, word);
            self.add_code(at, &code);
        }
        if !looked.is_whole {
            self.mark(at, "picture_unread");
        }
    }

    /// Adds what codes in characters say, and marks that there may be more.
    pub(crate) fn add_codes_in_text(&mut self, at: usize, codes: Codes) {
        if codes.has_more || codes.is_unread {
            self.mark(at, "picture_unread");
        }
        for code in codes.said {
            self.mark(at, "text_code");
            self.add_code(at, &code);
        }
    }

    /// Adds what one code says: its text, and the links in it.
    pub(crate) fn add_code(&mut self, at: usize, code: &str) {
        self.add_text(at, code);
        let whole = code.trim();
        let mut is_link = false;
        for target in links::find::links(whole) {
            is_link |= target == whole;
            self.add_link(at, Link { target: target.into_owned(), text: String::new(), kind: LinkKind::Code });
        }
        // A code that is nothing but an address is opened, however it is written.
        if !is_link && !whole.contains(char::is_whitespace) && links::normal(whole).is_some() {
            self.add_link(at, Link { target: whole.to_owned(), text: String::new(), kind: LinkKind::Code });
        }
    }

    fn add_children(&mut self, at: usize, children: Vec<Child>) {
        if children.is_empty() {
            return;
        }
        let place = self.content.items.get(at).map(|item| item.place.clone()).unwrap_or_default();
        let depth = u32::try_from(place.matches('/').count()).unwrap_or(u32::MAX);
        let file = File { at, depth, ..File::default() };
        let prefix = format!("{place}/");
        let is_own = |item: &&Item| item.place.strip_prefix(&prefix).is_some_and(|step| !step.contains('/'));
        let first = self.content.items.iter().skip(at).filter(is_own).count();
        for (number, child) in (first..).zip(children) {
            let size = u64::try_from(child.bytes.len()).unwrap_or(u64::MAX);
            if size > self.budget.unpacked_bytes_left() {
                return self.not_opened(at, WhyUnopened::OverBudget);
            }
            self.budget.spend_unpacked(child.bytes.len());
            let leaf = Leaf {
                declared: &child.declared,
                charset: &child.charset,
                inline: true,
                is_read: true,
                ..Leaf::default()
            };
            if !self.child(file, &format!("{}:{number}", child.step), leaf, &child.bytes) {
                return;
            }
        }
    }
}

fn is_data_url(target: &str) -> bool {
    target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// Only such targets can name a share of files.
fn may_be_share(target: &str) -> bool {
    // Programs drop what cannot be seen.
    let is_seen = |c: &char| !c.is_ascii_control() && !c.is_whitespace();
    let start: String = target.chars().filter(is_seen).take(5).collect();
    start.starts_with(['\\', '/']) || start.eq_ignore_ascii_case("file:")
}
