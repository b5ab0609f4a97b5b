//! Documents of office programs: what their readers share. Each kind has its own file: [`ooxml`] (docx, xlsx, pptx and their
//! kin), [`odf`] (OpenDocument). The old compound files stand in `ole/`, RTF in `rtf.rs`.

pub(crate) mod bytes;
pub(in crate::formats) mod coded;
pub(crate) mod field;
pub(crate) mod formula;
pub(in crate::formats) mod ink;
pub(crate) mod mime_object;
pub(crate) mod odf;
pub(crate) mod ooxml;
pub(in crate::formats) mod shaded;
mod sieve;
pub(in crate::formats) mod signs;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod tokens;

use std::cell::Cell;
use std::collections::HashSet;

use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::image::canvas::{Canvas, Effort};
use crate::formats::office::ink::Ink;
use crate::formats::office::sieve::Sieve;
use crate::formats::share;
use crate::formats::xml::is_vocabulary;
use crate::text;
use crate::unpack::Walk;

/// A number of an attribute. `NaN` and `INF` are numbers of XML as well (XML Schema 2, 3.2.5), and no place or size for any program.
pub(in crate::formats) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// What was found in a document so far. Given to the walk at the end, when the parts of the document have been put in order.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What a reader sees.
    pub(crate) text: String,
    /// What is in it and is not shown: hidden runs, sheets, slides; what was deleted.
    pub(crate) hidden: String,
    /// What no page shows at all: properties, alternative texts, field codes, masters.
    pub(crate) other: String,
    links: Vec<Link>,
    marks: Vec<&'static str>,
    /// Bytes of text that may be kept, all three together.
    room: usize,
    is_cut: bool,
    /// There is more than was read: links, or parts of the document.
    has_more: bool,
    sieve: Sieve,
    /// Of a workbook.
    pub(crate) cells: formula::Cells,
    /// Steps of reckoning that are left for its formulas, and that there were.
    pub(crate) steps: Cell<u32>,
    steps_given: u32,
    /// What fields give names for.
    names: field::Names,
    /// Text on grounds of its own.
    ink: Ink,
    /// Shaded cells that may be codes.
    drawings: Vec<Canvas>,
    has_more_drawings: bool,
}

/// Where a piece of text goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Layer {
    #[default]
    Shown,
    Hidden,
    Other,
}

/// Tables and sheets of one document that are searched for codes.
const DRAWINGS_MAX: usize = 64;
/// What it costs to keep a cell, bytes.
const CELL_BYTES: usize = 128;
/// Bytes of a link's text or a field's code that are kept in any case.
const WORTH_BYTES_MIN: usize = 64 * 1024;
/// Bytes of the longest character.
const CHARACTER_BYTES_MAX: usize = 4;
/// Links kept of one document before the walk counts them.
const LINKS_MAX: usize = 10_000;

impl Found {
    pub(crate) fn new(walk: &Walk<'_>) -> Self {
        let steps = walk.budget.formula_steps_left();
        Self { room: walk.budget.text_room(), steps: Cell::new(steps), steps_given: steps, ..Self::default() }
    }

    /// Adds text as it is.
    pub(crate) fn push(&mut self, layer: Layer, piece: &str) {
        let kept = piece.get(..piece.floor_char_boundary(self.room)).unwrap_or_default();
        self.is_cut |= kept.len() < piece.len();
        self.room = self.room.saturating_sub(kept.len());
        self.layer(layer).push_str(kept);
    }

    /// Ends the line.
    pub(crate) fn break_line(&mut self, layer: Layer) {
        text::break_line(self.layer(layer));
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, layer: Layer, line: &str) {
        self.break_line(layer);
        self.push(layer, line);
        self.break_line(layer);
    }

    fn layer(&mut self, layer: Layer) -> &mut String {
        match layer {
            Layer::Shown => &mut self.text,
            Layer::Hidden => &mut self.hidden,
            Layer::Other => &mut self.other,
        }
    }

    /// One more cell that the document does not name, of so many bytes: false, and its sheet is not known whole, where that was too
    /// much.
    pub(crate) fn cells_may_repeat(&mut self, bytes: usize) -> bool {
        let may = formula::spend(&self.steps, bytes.saturating_add(CELL_BYTES));
        if !may {
            self.cells.lose_sheet();
        }
        may
    }

    /// Bytes of one text that are worth keeping until it is added: a little more than there is room for, so that the cut is told;
    /// and what links show and fields say, room or not.
    pub(crate) fn worth_keeping(&self) -> usize {
        self.room.max(WORTH_BYTES_MIN).saturating_add(CHARACTER_BYTES_MAX)
    }

    /// Is there no room for more text? Then what would only repeat it may stop.
    pub(crate) fn is_full(&self) -> bool {
        self.room == 0
    }

    pub(crate) fn mark(&mut self, word: &'static str) {
        if !self.marks.contains(&word) {
            self.marks.push(word);
        }
    }

    /// Something was left unread: a limit was reached.
    pub(crate) fn leave_undone(&mut self) {
        self.has_more = true;
    }

    /// A link to be followed by a reader.
    pub(crate) fn link(&mut self, target: &str, shown: &str, kind: LinkKind) {
        if target.is_empty() {
            return;
        }
        if let Some(word) = share_mark(target) {
            self.mark(word);
        }
        if !self.sieve.takes(target) {
            return;
        }
        if self.links.len() >= LINKS_MAX {
            self.has_more = true;
            return;
        }
        let mut folded = String::new();
        text::push_folded(&mut folded, shown);
        let text = folded.trim_end().to_owned();
        let link = Link { target: target.to_owned(), text, kind };
        if self.links.last() != Some(&link) {
            self.links.push(link);
        }
    }

    /// Something that the program gets by itself when the document is opened; a path of this machine is no news.
    pub(crate) fn fetched(&mut self, target: &str, word: &'static str) {
        if is_remote(target) {
            self.mark(word);
            self.link(target, "", LinkKind::Fetched);
        }
    }

    /// Links of which no text is known; those that stand somewhere with text are not told twice.
    pub(crate) fn links_without_text<'l>(&mut self, targets: impl Iterator<Item = &'l str>) {
        let known: HashSet<String> = self.links.iter().map(|link| link.target.clone()).collect();
        for target in targets.filter(|target| !known.contains(*target)) {
            self.link(target, "", LinkKind::Anchor);
        }
    }

    /// A table or a sheet whose shades may be a code.
    pub(crate) fn drawing(&mut self, canvas: Canvas) {
        self.has_more_drawings |= canvas.is_cut();
        if canvas.may_be_code() {
            self.has_more_drawings |= self.drawings.len() >= DRAWINGS_MAX;
            if self.drawings.len() < DRAWINGS_MAX {
                self.drawings.push(canvas);
            }
        }
    }

    /// Lines on grounds of their own.
    pub(in crate::formats) fn add_ink(&mut self, ink: &Ink) {
        self.ink.append(ink);
    }

    /// What was taken for shown is not: another form of the same text is.
    pub(crate) fn hide_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        text::break_line(&mut self.other);
        self.other.push_str(&text);
    }

    /// Takes over what was found in a piece of the document.
    pub(crate) fn append(&mut self, other: Self) {
        for word in other.marks {
            self.mark(word);
        }
        for link in other.links {
            self.link(&link.target, &link.text, link.kind);
        }
        for (layer, text) in [(Layer::Shown, other.text), (Layer::Hidden, other.hidden), (Layer::Other, other.other)] {
            if !text.is_empty() {
                self.break_line(layer);
                self.push(layer, &text);
            }
        }
        for canvas in other.drawings {
            self.drawing(canvas);
        }
        self.ink.append(&other.ink);
        self.has_more_drawings |= other.has_more_drawings;
        self.sieve.is_cut |= other.sieve.is_cut;
        self.is_cut |= other.is_cut;
        self.has_more |= other.has_more;
    }

    /// Hands all over.
    pub(crate) fn give(mut self, walk: &mut Walk<'_>, at: usize) {
        let mut codes = signs::codes((&self.text, &self.hidden), &self.cells, &walk.budget.code_steps);
        codes.merge(self.ink.codes(&walk.budget.code_steps));
        formula::finish(&mut self, walk.budget);
        walk.budget.spend_formula_steps(self.steps_given.saturating_sub(self.steps.get()));
        for word in self.marks {
            walk.mark(at, word);
        }
        if self.is_cut {
            walk.mark(at, "text_cut");
        }
        if self.has_more {
            walk.not_opened(at, WhyUnopened::OverBudget);
        }
        let known: HashSet<String> = self.links.iter().map(|link| link.target.clone()).collect();
        for link in self.links {
            walk.add_link(at, link);
        }
        for (text, kind) in
            [(&self.text, LinkKind::Text), (&self.hidden, LinkKind::Text), (&self.other, LinkKind::Field)]
        {
            let is_news = |target: &&str| kind != LinkKind::Field || !known.contains(*target);
            for target in text::links(text).filter(is_news).filter(|target| !is_vocabulary(target)) {
                if !self.sieve.takes(target) {
                    continue;
                }
                walk.add_link(at, Link { target: target.to_owned(), text: String::new(), kind });
            }
        }
        if self.sieve.is_cut {
            walk.mark(at, "links_cut");
        }
        if !self.text.is_empty() {
            walk.add_text(at, &self.text);
        }
        if !self.hidden.is_empty() {
            walk.add_hidden_text(at, &self.hidden);
        }
        if !self.other.is_empty() {
            walk.add_other_text(at, &self.other);
        }
        walk.add_codes_in_text(at, codes);
        let mut effort = Effort::default();
        for canvas in &self.drawings {
            let looked = canvas.read(walk.budget, &mut effort);
            walk.add_looked(at, looked, "text_code");
        }
        if self.has_more_drawings {
            walk.mark(at, "picture_unread");
        }
    }
}

/// Does a value of the properties tell anything? Counts and switches do not.
pub(crate) fn is_telling(line: &str) -> bool {
    (line.len() > 5 || line.contains(char::is_alphabetic)) && !matches!(line, "true" | "false")
}

/// The mark of a file share: its server is given the credentials of who opens it. Two slashes alone leave out the scheme here.
pub(crate) fn share_mark(target: &str) -> Option<&'static str> {
    share::mark(target).filter(|_| !target.starts_with('/'))
}

/// Does it lead to another machine?
pub(crate) fn is_remote(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    let has_scheme = ["http:", "https:", "ftp:", "ftps:", "webdav:", "mhtml:", "smb:", "ms-", "search-ms:", "script:"]
        .iter()
        .any(|scheme| lower.trim_start().starts_with(scheme));
    has_scheme
        || share_mark(target).is_some()
        || lower.contains("http://")
        || lower.contains("https://")
        || lower.starts_with("www.")
}

/// Brings marks of what lies inside a document up to the document, where policy asks for them.
pub(crate) fn lift_marks(walk: &mut Walk<'_>, at: usize, words: &[&'static str]) {
    let inner: Vec<&'static str> = words
        .iter()
        .copied()
        .filter(|word| {
            let items = walk.content.items.get(at.saturating_add(1)..).unwrap_or_default();
            items.iter().any(|item| item.marks.iter().any(|mark| mark == word))
        })
        .collect();
    for word in inner {
        walk.mark(at, word);
    }
}
