//! The state while a page is read: which elements are open, whether they hide, and what has been collected.

use std::collections::BTreeSet;

use lol_html::html_content::TextType;
use scan::content::{Link, LinkKind};
use url::Url;

use crate::budget::{LINK_TEXT_BYTES_MAX, TEXT_BYTES_MAX};
use crate::text;

/// Script kept to be searched for words and links, bytes a page.
const SCRIPT_BYTES_MAX: usize = 1024 * 1024;
/// Links collected of one page; the budget counts those of the message.
const PAGE_LINKS_MAX: usize = 20_000;
/// Words of scripts that put a file together in the browser.
const SMUGGLING_WORDS: [&str; 4] = ["createObjectURL", "msSaveOrOpenBlob", "msSaveBlob", "application/octet-stream"];

/// What was found in a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) hidden_text: String,
    pub(crate) links: Vec<Link>,
    pub(crate) marks: BTreeSet<&'static str>,
    /// False: a limit ended the reading.
    pub(crate) is_whole: bool,
}

/// An element that matters while it is open.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) number: u32,
    pub(super) tag: String,
    pub(super) hides: bool,
    pub(super) background: Option<u32>,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Reader {
    page: Page,
    open: Vec<Open>,
    numbers: u32,
    /// The open anchor: its number, and its link's place in the list.
    anchor: Option<(u32, usize)>,
    /// The text node being read; a node can come in several pieces.
    node: String,
    script: String,
    base: Option<Url>,
    is_cut: bool,
}

impl Reader {
    pub(super) fn mark(&mut self, word: &'static str) {
        self.page.marks.insert(word);
    }

    /// An element that hides, colours or links from here on; the number closes it.
    pub(super) fn push(&mut self, tag: &str, hides: bool, background: Option<u32>) -> u32 {
        self.numbers = self.numbers.saturating_add(1);
        self.open.push(Open { number: self.numbers, tag: tag.to_owned(), hides, background });
        self.numbers
    }

    /// Ends that element, and what stayed open within it.
    pub(super) fn close(&mut self, number: u32) {
        if let Some(at) = self.open.iter().rposition(|open| open.number == number) {
            self.open.truncate(at);
        }
        if self.anchor.is_some_and(|(anchor, _)| anchor >= number) {
            self.anchor = None;
        }
    }

    /// Ends the innermost element that matters, if it is one of these (a `p` ends where a block begins).
    pub(super) fn close_implied(&mut self, tags: &[&str]) {
        let Some(last) = self.open.last() else { return };
        if tags.contains(&last.tag.as_str()) {
            self.close(last.number);
        }
    }

    pub(super) fn background(&self) -> Option<u32> {
        self.open.iter().rev().find_map(|open| open.background)
    }

    pub(super) fn set_base(&mut self, target: &str) {
        if self.base.is_none() {
            self.base = Url::parse(target).ok();
        }
    }

    pub(super) fn begin_anchor(&mut self, number: u32, target: String) {
        if self.add_link(target, LinkKind::Anchor) {
            self.anchor = Some((number, self.page.links.len().saturating_sub(1)));
        }
    }

    /// Keeps a link; false when there were too many.
    pub(super) fn add_link(&mut self, target: String, kind: LinkKind) -> bool {
        if self.page.links.len() >= PAGE_LINKS_MAX {
            self.is_cut = true;
            return false;
        }
        let target = self.resolve(target);
        self.page.links.push(Link { target, text: String::new(), kind });
        true
    }

    fn resolve(&self, target: String) -> String {
        let Some(base) = &self.base else { return target };
        if target.starts_with('#') || Url::parse(&target).is_ok() {
            return target;
        }
        base.join(&target).map_or(target, String::from)
    }

    pub(super) fn break_line(&mut self) {
        text::break_line(&mut self.page.text);
        text::break_line(&mut self.page.hidden_text);
        self.push_anchor(" ");
    }

    pub(super) fn push_space(&mut self) {
        text::push_folded(&mut self.page.text, " ");
    }

    pub(super) fn text(&mut self, piece: &str, kind: TextType, is_last: bool) {
        match kind {
            TextType::ScriptData => {
                let room = SCRIPT_BYTES_MAX.saturating_sub(self.script.len());
                self.script.push_str(piece.get(..piece.floor_char_boundary(room)).unwrap_or_default());
            }
            TextType::RawText => {}
            TextType::PlainText | TextType::RCData | TextType::Data | TextType::CDataSection => {
                self.node.push_str(piece);
                if is_last {
                    self.end_node(kind.allows_html_entities());
                }
            }
        }
    }

    fn end_node(&mut self, has_entities: bool) {
        let node = std::mem::take(&mut self.node);
        let decoded = if has_entities { htmlize::unescape(node.as_str()) } else { node.as_str().into() };
        if self.open.iter().any(|open| open.hides) {
            push_bounded(&mut self.page.hidden_text, &decoded);
            return;
        }
        if self.anchor.is_none() {
            for target in text::links(&decoded) {
                self.add_link(target.to_owned(), LinkKind::Text);
            }
        }
        push_bounded(&mut self.page.text, &decoded);
        self.push_anchor(&decoded);
    }

    fn push_anchor(&mut self, piece: &str) {
        let Some((_, at)) = self.anchor else { return };
        let Some(link) = self.page.links.get_mut(at) else { return };
        if link.text.len() < LINK_TEXT_BYTES_MAX {
            text::push_folded(&mut link.text, piece);
        }
    }

    /// Some mail programs show what stands in conditional comments: links in them count.
    pub(super) fn comment(&mut self, comment: &str) {
        if comment.trim_start().starts_with("[if") {
            self.add_written_links(comment);
        }
    }

    fn add_written_links(&mut self, source: &str) {
        for target in text::links(source).filter(|target| target.contains("://")) {
            self.add_link(htmlize::unescape_attribute(target).into_owned(), LinkKind::Other);
        }
    }

    pub(super) fn finish(mut self, is_whole: bool) -> Page {
        if !self.node.is_empty() {
            self.end_node(true);
        }
        let script = std::mem::take(&mut self.script);
        if SMUGGLING_WORDS.iter().any(|word| script.contains(word)) {
            self.mark("smuggling");
        }
        self.add_written_links(&script);
        self.page.text.truncate(self.page.text.trim_end().len());
        self.page.hidden_text.truncate(self.page.hidden_text.trim_end().len());
        for link in &mut self.page.links {
            link.text.truncate(link.text.trim_end().len());
        }
        self.page.is_whole = is_whole && !self.is_cut;
        self.page
    }
}

fn push_bounded(to: &mut String, piece: &str) {
    // One byte over the budget's limit is kept, so that the cut is seen there.
    if to.len() <= TEXT_BYTES_MAX {
        text::push_folded(to, piece);
    }
}
