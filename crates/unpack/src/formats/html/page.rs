//! The state while a page is read: which elements are open, whether they hide, and what has been collected.

mod conditional;
mod glyphs;
mod letters;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use lol_html::html_content::TextType;
use scan::content::{Link, LinkKind};

use crate::budget::{LINK_TEXT_BYTES_MAX, TEXT_BYTES_MAX};
use crate::formats::html::bases::Bases;
use crate::formats::html::drawn::Drawn;
use crate::formats::html::page::letters::{Letters, turned};
use crate::formats::html::seen::Seen;
use crate::formats::html::sheet::Sheet;
use crate::formats::html::{data, has_depth, read_nested, script, style, tags};
use crate::text;
use mail::links::{find, inner};

/// Script kept to be searched for words and links, bytes a page.
const SCRIPT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Rules, and words of drawings, that are copied for what has sheets of its own.
const COPIED_MAX: usize = 400_000;
/// Long texts in attributes that are kept.
const CODED_MAX: usize = 64;
/// Bytes of all of them.
const CODED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Links collected of one page; the budget counts those of the message.
pub(super) const PAGE_LINKS_MAX: usize = 20_000;
/// Different values of attributes that a sheet shows.
const SHOWN_MAX: usize = 10_000;
/// Children of one page: `data:` addresses, pages in attributes, what scripts hold.
const CHILDREN_MAX: usize = 200;

/// Elements that are shown where scripts, plug-ins or frames are not.
const FALLBACKS: [&str; 3] = ["noscript", "noembed", "noframes"];

/// What was found in a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) hidden_text: String,
    pub(crate) links: Vec<Link>,
    pub(crate) marks: BTreeSet<&'static str>,
    /// Files and pages inside its addresses, attributes and scripts.
    pub(crate) children: Vec<Child>,
    /// What may be codes drawn in characters, cells or shapes.
    pub(crate) drawn: Drawn,
    /// Of a page within another one, as they stand: the page around makes the links whole.
    pub(crate) bases: Vec<String>,
    /// False: a limit ended the reading.
    pub(crate) is_whole: bool,
}

/// Something inside a page that is looked at as a part of its own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Child {
    /// `data`, `srcdoc` or `script`.
    pub(crate) step: &'static str,
    pub(crate) declared: String,
    pub(crate) charset: String,
    pub(crate) bytes: Vec<u8>,
}

/// An element that matters while it is open.
#[derive(Debug)]
struct Open {
    number: u32,
    tag: String,
    seen: Seen,
}

/// Elements whose text is no running text of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Raw {
    #[default]
    None,
    Style,
    /// Shown where scripts or frames are not: `noscript`, `noembed`, `noframes`, `iframe`.
    Fallback,
    /// Shown as it is: `xmp`, `plaintext`, `textarea`, `title`.
    Shown,
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
    /// Where the text begins that is not yet searched for links.
    unsearched: usize,
    letters: Letters,
    /// Values of attributes that a sheet shows, each once.
    shown: HashSet<String>,
    raw: Raw,
    raw_text: String,
    /// What looks like a sheet may be markup.
    has_glyph: bool,
    /// The text so far of a sheet inside a drawing.
    sheet_text: String,
    script: String,
    conditional: String,
    coded: Vec<String>,
    bases: Bases,
    is_cut: bool,
    /// Pages around this one.
    depth: u32,
    pub(super) sheet: Sheet,
    /// How much of the sheets was copied for what has sheets of its own.
    copied: usize,
    pub(super) drawn: Drawn,
    /// What is drawn in elements that count as removed.
    pub(super) drawn_removed: Drawn,
}

impl Reader {
    pub(super) fn new(depth: u32, base: &str) -> Self {
        Self { depth, bases: Bases::new(base), ..Self::default() }
    }

    pub(super) fn mark(&mut self, word: &'static str) {
        self.page.marks.insert(word);
    }

    /// What holds where the reader is.
    pub(super) fn seen(&self) -> Seen {
        self.open.last().map(|open| open.seen).unwrap_or_default()
    }

    /// An element that hides, colours or links from here on; the number closes it.
    pub(super) fn push(&mut self, tag: &str, seen: Seen) -> u32 {
        self.numbers = self.numbers.saturating_add(1);
        self.open.push(Open { number: self.numbers, tag: tag.to_owned(), seen });
        self.numbers
    }

    /// Ends that element, and what stayed open within it.
    pub(super) fn close(&mut self, number: u32) {
        if let Some(at) = self
            .open
            .iter()
            .rposition(|open| open.number <= number)
            .filter(|at| self.open.get(*at).is_some_and(|open| open.number == number))
        {
            let has_sheet = self.open.iter().skip(at).any(|open| open.tag == "style");
            self.open.truncate(at);
            self.drawn.close(number);
            self.drawn_removed.close(number);
            if has_sheet {
                self.end_sheet();
            }
        }
        if self.anchor.is_some_and(|(anchor, _)| anchor >= number) {
            self.anchor = None;
            self.unsearched = self.page.text.len();
        }
    }

    /// Ends the innermost element that matters, if it is one of these (a `p` ends where a block begins).
    pub(super) fn close_implied(&mut self, tags: &[&str]) {
        let Some(last) = self.open.last() else { return };
        if tags.contains(&last.tag.as_str()) {
            self.close(last.number);
        }
    }

    pub(super) fn add_base(&mut self, target: &str) {
        self.bases.add(target);
    }

    pub(super) fn begin_anchor(&mut self, number: u32, target: String) {
        self.search();
        if self.add_link(target, LinkKind::Anchor) {
            self.anchor = Some((number, self.page.links.len().saturating_sub(1)));
        }
    }

    /// Keeps a link; false when there were too many. What an address carries itself becomes a child.
    pub(super) fn add_link(&mut self, mut target: String, kind: LinkKind) -> bool {
        if self.page.links.len() >= PAGE_LINKS_MAX {
            self.is_cut = true;
            return false;
        }
        if data::is_data(&target) {
            if let Some(data) = data::open(&target) {
                self.add_child(Child {
                    step: "data",
                    declared: data.declared,
                    charset: data.charset,
                    bytes: data.bytes,
                });
            }
            text::cut(&mut target, data::KEPT_BYTES);
            if kind == LinkKind::Image {
                return false;
            }
        }
        self.page.links.push(Link { target, text: String::new(), kind });
        true
    }

    pub(super) fn add_child(&mut self, child: Child) {
        if self.page.children.len() >= CHILDREN_MAX {
            self.is_cut = true;
        } else {
            self.page.children.push(child);
        }
    }

    pub(super) fn break_line(&mut self) {
        self.end_letters();
        self.new_line();
        self.push_anchor(" ");
    }

    fn new_line(&mut self) {
        self.search();
        text::break_line(&mut self.page.text);
        text::break_line(&mut self.page.hidden_text);
        self.unsearched = self.page.text.len();
        self.letters.piece = self.page.text.len();
    }

    pub(super) fn push_space(&mut self) {
        text::push_folded(&mut self.page.text, " ");
    }

    /// Looks for links in the text of this block, over the tags within it.
    fn search(&mut self) {
        let from = self.unsearched;
        self.unsearched = self.page.text.len();
        if self.anchor.is_some() || from >= self.page.text.len() {
            return;
        }
        let block = self.page.text.get(self.page.text.floor_char_boundary(from)..).unwrap_or_default();
        let targets: Vec<String> = find::links(block).into_iter().map(String::from).collect();
        for target in targets {
            self.add_link(target, LinkKind::Text);
        }
    }

    /// Whether a text is hidden is a judgement, and programs differ: its links are kept all the same.
    fn search_hidden(&mut self) {
        let hidden = std::mem::take(&mut self.page.hidden_text);
        self.add_written_links(&hidden, LinkKind::Text);
        self.page.hidden_text = hidden;
    }

    pub(super) fn begin_raw(&mut self, raw: Raw) {
        self.raw = raw;
    }

    pub(super) fn text(&mut self, piece: &str, kind: TextType, is_last: bool) {
        match kind {
            TextType::ScriptData => self.add_script(piece),
            TextType::RawText => {
                self.raw_text.push_str(piece);
                if is_last {
                    self.end_raw();
                }
            }
            TextType::PlainText | TextType::RCData | TextType::Data | TextType::CDataSection => {
                self.node.push_str(piece);
                if is_last {
                    self.end_node(kind.allows_html_entities(), kind != TextType::Data);
                }
            }
        }
    }

    /// A script, or the value of a handler.
    pub(super) fn add_script(&mut self, piece: &str) {
        self.is_cut |= !push_at_most(&mut self.script, piece, SCRIPT_BYTES_MAX);
    }

    fn end_raw(&mut self) {
        let raw = std::mem::take(&mut self.raw_text);
        match self.raw {
            Raw::Style => {
                self.read_sheet(&raw);
                self.read_markup_in_sheet(&raw);
            }
            Raw::Fallback => self.add_fragment(&without_fallbacks(&raw), self.seen().hides(true)),
            Raw::Shown | Raw::None => {
                self.push_text(&raw);
                if raw.contains('<') {
                    self.add_fragment(&raw, true);
                }
            }
        }
        self.raw = Raw::None;
    }

    fn read_sheet(&mut self, css: &str) {
        self.sheet.read(css);
        self.drawn.sheet(css);
        for target in style::addresses(css) {
            self.add_link(target, LinkKind::Other);
        }
        if css.contains("://") || css.contains("href") {
            self.add_written_links(css, LinkKind::Other);
        }
        for words in style::contents(css).words {
            self.push_elsewhere(&words);
        }
    }

    /// Words that a sheet shows of an attribute of the element, if it has that.
    pub(super) fn push_shown(&mut self, words: &str) {
        if self.shown.contains(words) {
            return;
        }
        if self.shown.len() >= SHOWN_MAX {
            self.is_cut = true;
            return;
        }
        self.shown.insert(words.to_owned());
        self.push_elsewhere(words);
    }

    /// Words that some see, and nobody here knows where.
    fn push_elsewhere(&mut self, words: &str) {
        text::break_line(&mut self.page.hidden_text);
        push_bounded(&mut self.page.hidden_text, words);
        text::break_line(&mut self.page.hidden_text);
    }

    /// A sheet inside a drawing ends: its text may stand in several pieces.
    fn end_sheet(&mut self) {
        let css = std::mem::take(&mut self.sheet_text);
        if !css.is_empty() {
            self.read_sheet(&css);
        }
    }

    /// The sheets of the page hold in it; its own hold for nothing else, as far as anybody knows, and so they are added to a copy.
    fn read_fragment(&mut self, html: &str) -> Option<Page> {
        if !has_depth(self.depth) {
            return None;
        }
        if tags::find(html, "<style").is_none() {
            let (page, sheet) = read_nested(html, self.depth, std::mem::take(&mut self.sheet));
            self.sheet = sheet;
            return Some(page);
        }
        self.copied = self.copied.saturating_add(self.sheet.weight());
        let has_room = self.copied <= COPIED_MAX;
        if !has_room {
            self.drawn.cut();
        }
        let sheet = if has_room { self.sheet.clone() } else { Sheet::default() };
        Some(read_nested(html, self.depth, sheet).0)
    }

    /// Reads markup inside the page that some programs show and some do not.
    fn add_fragment(&mut self, html: &str, is_hidden: bool) {
        let page = self.read_fragment(html);
        self.add_read(page, is_hidden);
    }

    /// Adds what was read of it; none where it stands deeper than is read.
    fn add_read(&mut self, page: Option<Page>, is_hidden: bool) {
        let Some(page) = page else {
            self.is_cut = true;
            return;
        };
        self.search();
        let to = if is_hidden { &mut self.page.hidden_text } else { &mut self.page.text };
        // What is shown as it stands has its text already.
        let is_known = is_hidden && self.raw == Raw::Shown;
        if !page.text.is_empty() && !is_known {
            text::break_line(to);
            push_bounded(to, &page.text);
        }
        push_bounded(&mut self.page.hidden_text, &page.hidden_text);
        self.unsearched = self.page.text.len();
        self.page.marks.extend(page.marks);
        for link in page.links {
            if self.page.links.len() >= PAGE_LINKS_MAX {
                self.is_cut = true;
                break;
            }
            self.page.links.push(link);
        }
        page.bases.iter().for_each(|base| self.bases.add(base));
        for child in page.children {
            self.add_child(child);
        }
        self.drawn.append(page.drawn);
        self.is_cut |= !page.is_whole;
    }

    fn end_node(&mut self, has_entities: bool, is_raw: bool) {
        let node = std::mem::take(&mut self.node);
        let decoded = if has_entities { htmlize::unescape(node.as_str()) } else { node.as_str().into() };
        let tag = self.open.last().map_or("", |open| open.tag.as_str());
        let is_sheet = tag == "style";
        if tag == "script" {
            self.add_script(&decoded);
        } else if is_sheet {
            self.sheet_text.push_str(&decoded);
        } else {
            self.push_text(&decoded);
        }
        // A reader may not know that markup in here is none (`<select><title>`).
        if is_raw && !is_sheet && node.contains('<') {
            self.raw = Raw::Shown;
            self.add_fragment(&node, true);
            self.raw = Raw::None;
        }
        // The buffer is used again.
        self.node = node;
        self.node.clear();
    }

    /// Text where the reader is.
    pub(super) fn push_text(&mut self, piece: &str) {
        let seen = self.seen();
        if let Some(ink) = seen.ink() {
            let drawn = if seen.is_removed() { &mut self.drawn_removed } else { &mut self.drawn };
            drawn.text(piece, ink);
        }
        if seen.hides(!self.sheet.has_unread_background) {
            return push_bounded(&mut self.page.hidden_text, piece);
        }
        let turned = if seen.is_turned() { turned(piece) } else { None };
        if turned.is_some() {
            self.push_elsewhere(piece);
        }
        let piece = turned.as_deref().unwrap_or(piece);
        push_bounded(&mut self.page.text, piece);
        self.push_anchor(piece);
    }

    fn push_anchor(&mut self, piece: &str) {
        let Some((_, at)) = self.anchor else { return };
        let Some(link) = self.page.links.get_mut(at) else { return };
        if link.text.len() < LINK_TEXT_BYTES_MAX {
            text::push_folded(&mut link.text, piece);
        }
    }

    fn add_written_links(&mut self, source: &str, kind: LinkKind) {
        for target in find::links(source).into_iter().filter(|target| inner::is_away(target)) {
            let target = htmlize::unescape_attribute(inner::clean_end(&target)).into_owned();
            if !self.page.links.iter().rev().take(64).any(|link| link.target == target) {
                self.add_link(target, kind);
            }
        }
    }

    /// A long text in an attribute, which a script may make a file of.
    pub(super) fn add_coded(&mut self, coded: String) {
        let bytes: usize = self.coded.iter().map(String::len).sum();
        if self.coded.len() < CODED_MAX && bytes < CODED_BYTES_MAX {
            self.coded.push(coded);
        } else {
            self.is_cut = true;
        }
    }

    /// Files in base64 that stand in the page, where a script can take them.
    fn end_coded(&mut self) {
        let coded = std::mem::take(&mut self.coded);
        if !self.page.marks.contains("script") && !self.page.marks.contains("event_handler") {
            return;
        }
        let in_text = self.page.text.split_whitespace().chain(self.page.hidden_text.split_whitespace());
        let held = in_text.chain(coded.iter().map(String::as_str)).filter_map(script::file_in);
        // One more than may be is enough to know that there are too many.
        for (number, bytes) in held.take(CODED_MAX.saturating_add(1)).collect::<Vec<_>>().into_iter().enumerate() {
            self.is_cut |= number >= CODED_MAX;
            self.mark("smuggling");
            self.add_child(Child { step: "script", declared: String::new(), charset: String::new(), bytes });
        }
    }

    fn end_script(&mut self) {
        let source = std::mem::take(&mut self.script);
        if source.is_empty() {
            return;
        }
        let found = script::read(&source);
        self.is_cut |= found.is_cut;
        self.page.marks.extend(found.marks);
        for target in found.redirects {
            self.add_link(target, LinkKind::Redirect);
        }
        for target in found.links {
            self.add_link(target, LinkKind::Script);
        }
        for bytes in found.held {
            let declared = if bytes.contains(&b'<') { "text/html" } else { "" };
            self.add_child(Child { step: "script", declared: declared.to_owned(), charset: String::new(), bytes });
        }
    }

    fn end_links(&mut self) {
        for link in &mut self.page.links {
            link.text.truncate(link.text.trim_end().len());
        }
        self.is_cut |= self.bases.is_cut;
        if self.depth > 0 {
            self.page.bases = self.bases.take();
        } else {
            self.is_cut |= !self.bases.resolve(&mut self.page.links, PAGE_LINKS_MAX);
        }
    }

    /// What was found, and the sheets.
    pub(super) fn finish(mut self, is_whole: bool) -> (Page, Sheet) {
        if !self.node.is_empty() {
            self.end_node(true, false);
        }
        if !self.raw_text.is_empty() {
            self.end_raw();
        }
        self.end_sheet();
        self.anchor = None;
        self.end_letters();
        self.search();
        if !self.conditional.trim().is_empty() {
            self.end_conditional();
        }
        self.search_hidden();
        self.end_script();
        self.end_coded();
        self.end_links();
        if self.sheet.is_cut {
            self.drawn.cut();
        }
        let removed = std::mem::take(&mut self.drawn_removed).finish();
        self.page.drawn = std::mem::take(&mut self.drawn).finish().with_removed(removed);
        self.page.text.truncate(self.page.text.trim_end().len());
        self.page.hidden_text.truncate(self.page.hidden_text.trim_end().len());
        self.page.is_whole = is_whole && !self.is_cut;
        (self.page, self.sheet)
    }
}

fn push_bounded(to: &mut String, piece: &str) {
    // One byte over the budget's limit is kept, so that the cut is seen there.
    if to.len() <= TEXT_BYTES_MAX {
        text::push_folded(to, piece);
    }
}

/// Appends a piece, or what still fits of it; false if it did not fit.
fn push_at_most(to: &mut String, piece: &str, most: usize) -> bool {
    let fitting = piece.get(..piece.floor_char_boundary(most.saturating_sub(to.len()))).unwrap_or_default();
    to.push_str(fitting);
    fitting.len() == piece.len()
}

/// Programs that show what stands for scripts read it as any other markup: the tags for it within are only tags there.
fn without_fallbacks(html: &str) -> Cow<'_, str> {
    let lower = html.to_ascii_lowercase();
    let mut kept = String::new();
    let mut from = 0_usize;
    for at in memchr::memchr_iter(b'<', lower.as_bytes()) {
        let name = at.saturating_add(1);
        let name = name.saturating_add(usize::from(lower.get(name..).is_some_and(|rest| rest.starts_with('/'))));
        let is_fallback = FALLBACKS.iter().any(|tag| lower.get(name..).is_some_and(|rest| rest.starts_with(tag)));
        if is_fallback {
            kept.push_str(html.get(from..name).unwrap_or_default());
            kept.push_str("x-");
            from = name;
        }
    }
    if kept.is_empty() {
        return Cow::Borrowed(html);
    }
    kept.push_str(html.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}
