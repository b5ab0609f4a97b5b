//! The walk: each part, and each child of a container, is named, hashed, marked, and read as far as its format is known.
//!
//! Documented limits: PDF and old office documents are recognised, not read; archives other than zip are reported as
//! unsupported, never passed in silence.

use scan::content::{Content, Item, Link, LinkKind, Unopened, WhyUnopened};
use sha2::{Digest, Sha256};

use crate::budget::{Budget, LINK_TEXT_BYTES_MAX};
use crate::eicar::is_eicar;
use crate::formats::html::{self, Page};
use crate::formats::zip;
use crate::request::Request;
use crate::sniff::{is_closed_container, sniff};
use crate::text;

/// Names of files that a browser opens as a page, whatever is in them.
const PAGE_ENDINGS: [&str; 9] = [".htm", ".html", ".shtml", ".shtm", ".xhtml", ".xht", ".svg", ".hta", ".mht"];

/// Looks into every part. What could not be looked into stands in the result's `unopened`.
#[must_use]
pub fn unpack(request: &Request, budget: &mut Budget) -> Content {
    budget.begin(request.size());
    let mut walk = Walk { budget, content: Content::default() };
    for part in &request.parts {
        let leaf = Leaf {
            place: part.place.clone(),
            names: part.names.clone(),
            declared: &part.declared,
            charset: &part.charset,
            inline: part.inline,
        };
        walk.look(leaf, &part.bytes, 0);
    }
    walk.content
}

/// What is known of something before its bytes are looked at.
pub(crate) struct Leaf<'a> {
    pub(crate) place: String,
    pub(crate) names: Vec<String>,
    pub(crate) declared: &'a str,
    pub(crate) charset: &'a str,
    pub(crate) inline: bool,
}

/// The walk through one message.
pub(crate) struct Walk<'b> {
    pub(crate) budget: &'b mut Budget,
    pub(crate) content: Content,
}

impl Walk<'_> {
    /// One part or child, and what is in it.
    pub(crate) fn look(&mut self, leaf: Leaf<'_>, bytes: &[u8], depth: u32) {
        if !self.budget.take_file() {
            return self.not_opened(&leaf.place, WhyUnopened::OverBudget);
        }
        let kind = sniff(bytes);
        let charset = leaf.charset;
        let place = leaf.place.clone();
        let mut item = Item {
            place: leaf.place,
            names: leaf.names,
            kind: kind.to_owned(),
            declared: leaf.declared.to_owned(),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sha256: Sha256::digest(bytes).to_vec(),
            inline: leaf.inline,
            ..Item::default()
        };
        if is_eicar(bytes) {
            mark(&mut item, "eicar");
        }
        if is_page(&item) {
            self.read_page(&mut item, bytes, charset);
        } else if is_text(&item) {
            self.read_text(&mut item, bytes, charset);
        }
        if is_closed_container(kind) {
            mark(&mut item, "unopened_container");
            self.not_opened(&place, WhyUnopened::Unsupported);
        }
        let at = self.content.items.len();
        self.content.items.push(item);
        if kind == "zip" || zip::hides_in(kind, bytes) {
            zip::open(self, at, bytes, depth);
        }
    }

    /// Notes that something could not be looked into.
    pub(crate) fn not_opened(&mut self, place: &str, why: WhyUnopened) {
        // One line a reason and place says it all, and a crafted archive cannot make the list long.
        let is_same = self.content.unopened.last().is_some_and(|last| last.place == place && last.why == why);
        if !is_same {
            self.content.unopened.push(Unopened { place: place.to_owned(), why });
        }
    }

    /// Marks an item that stands in the content already.
    pub(crate) fn mark(&mut self, at: usize, word: &str) {
        if let Some(item) = self.content.items.get_mut(at) {
            mark(item, word);
        }
    }

    fn read_page(&mut self, item: &mut Item, bytes: &[u8], charset: &str) {
        let page = html::read(&text::decode_page(bytes, charset));
        let Page { text, hidden_text, links, marks, is_whole } = page;
        for word in marks {
            mark(item, word);
        }
        if !is_whole {
            self.not_opened(&item.place, WhyUnopened::OverBudget);
        }
        item.text = self.keep(item, text);
        item.hidden_text = self.keep(item, hidden_text);
        self.keep_links(item, links);
    }

    fn read_text(&mut self, item: &mut Item, bytes: &[u8], charset: &str) {
        let text = text::decode(bytes, charset);
        let links = text::links(&text).map(|target| Link { target: target.to_owned(), ..Link::default() }).collect();
        self.keep_links(item, links);
        item.text = self.keep(item, text.into_owned());
    }

    fn keep(&mut self, item: &mut Item, mut text: String) -> String {
        if text::cut(&mut text, self.budget.text_bytes_left()) {
            mark(item, "text_cut");
        }
        self.budget.spend_text(text.len());
        text
    }

    fn keep_links(&mut self, item: &mut Item, links: Vec<Link>) {
        for mut link in links {
            text::cut(&mut link.text, LINK_TEXT_BYTES_MAX);
            // An inlined picture leads nowhere; its bytes are not kept as a link.
            if link.kind == LinkKind::Image && is_data_url(&link.target) {
                continue;
            }
            if !self.budget.take_link(link.target.len().saturating_add(link.text.len())) {
                return self.not_opened(&item.place, WhyUnopened::OverBudget);
            }
            item.links.push(link);
        }
    }
}

fn mark(item: &mut Item, word: &str) {
    if !item.marks.iter().any(|mark| mark == word) {
        item.marks.push(word.to_owned());
    }
}

fn is_data_url(target: &str) -> bool {
    target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// Is it shown as a page: by its bytes, by what it is declared as, or by a name?
fn is_page(item: &Item) -> bool {
    let by_bytes = matches!(item.kind.as_str(), "html" | "xhtml" | "svg");
    let by_declaration = matches!(item.declared.as_str(), "text/html" | "application/xhtml+xml" | "image/svg+xml");
    let by_name = || item.names.iter().any(|name| has_page_ending(name));
    by_bytes || by_declaration || (matches!(item.kind.as_str(), "text" | "xml" | "unknown") && by_name())
}

fn has_page_ending(name: &str) -> bool {
    let name = name.trim_end_matches([' ', '.']).to_ascii_lowercase();
    PAGE_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_text(item: &Item) -> bool {
    let is_declared = item.declared.starts_with("text/") || item.declared.starts_with("message/");
    matches!(item.kind.as_str(), "text" | "script" | "xml") || (is_declared && item.kind == "unknown")
}

#[cfg(test)]
mod tests;
