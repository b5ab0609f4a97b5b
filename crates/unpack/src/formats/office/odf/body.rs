//! The text of an OpenDocument part, with links, formulas, events and what is fetched.

use scan::content::LinkKind;

use crate::formats::office::formula::{self, Kind, Shared, a1};
use crate::formats::office::ink::Ink;
use crate::formats::office::odf::drawn::Drawn;
use crate::formats::office::odf::styles::Styles;
use crate::formats::office::odf::{Source, aside, objects};
use crate::formats::office::{Found, Layer};
use crate::formats::xml::{Event, Tag};

/// Spaces that one element stands for, at most.
const SPACES_MAX: usize = 1_000;
/// Cells that one repeated cell, or a row of them, is kept as; what is beyond counts as not known.
const REPEATED_MAX: u32 = 1_000;
/// Elements that are frames around something, or shapes.
const FRAMES: [&str; 14] = [
    "frame",
    "custom-shape",
    "rect",
    "line",
    "polyline",
    "polygon",
    "regular-polygon",
    "path",
    "circle",
    "ellipse",
    "g",
    "connector",
    "caption",
    "control",
];

/// Reads one part.
pub(super) struct Body<'s> {
    styles: &'s Styles,
    /// Paragraphs that are open: notes stand within paragraphs.
    paragraphs: Vec<Paragraph>,
    links: Vec<(String, String)>,
    /// Comments and frames that are open.
    apart: Vec<Apart>,
    /// Comments that are open, and what those on cells say: it follows the row.
    comments: usize,
    comments_on_cells: Vec<(Layer, String)>,
    /// Elements that are open, and whether each hides what is in it.
    hiding: Vec<bool>,
    hidden: usize,
    /// The grounds of pieces of text that are open.
    grounds: Vec<Option<u8>>,
    cells: usize,
    has_cell_text: bool,
    cell_value: String,
    cell: Option<OpenCell>,
    /// Row and column of the next cell, how many rows this one stands for, and its cells if it is more than one.
    next: (u32, u32),
    rows: u32,
    row_cells: Vec<OpenCell>,
    source: Option<Source>,
    sources: Vec<Source>,
    /// Text outside of paragraphs, of the element that is open.
    aside: String,
    is_data: bool,
    drawn: Drawn,
}

/// What of a paragraph is shown, and what is not: hidden pieces do not part words.
#[derive(Default)]
struct Paragraph {
    shown: String,
    hidden: String,
    ink: Ink,
}

/// Something that stands within a text and is no piece of it (ODF 1.3-3, 10.4.2 and 14.1): a comment, with the names of its author and a
/// date, and a frame or shape, with a title. What it says itself is not read as a piece of the paragraph around it.
#[derive(Clone, Copy, Default)]
struct Apart {
    /// Paragraphs and links that were open before it.
    paragraphs: usize,
    links: usize,
}

/// A cell, which may stand for several beside each other.
#[derive(Default)]
struct OpenCell {
    place: (u32, u32),
    columns: u32,
    text: String,
    /// The text was given apart from what is shown.
    is_given: bool,
    kind: Kind,
    formula: Option<Shared>,
}

impl<'s> Body<'s> {
    pub(super) fn new(styles: &'s Styles) -> Self {
        Self {
            styles,
            paragraphs: Vec::new(),
            links: Vec::new(),
            apart: Vec::new(),
            comments: 0,
            comments_on_cells: Vec::new(),
            hiding: Vec::new(),
            hidden: 0,
            grounds: Vec::new(),
            cells: 0,
            has_cell_text: false,
            cell_value: String::new(),
            cell: None,
            next: (0, 0),
            rows: 1,
            row_cells: Vec::new(),
            source: None,
            sources: Vec::new(),
            aside: String::new(),
            is_data: false,
            drawn: Drawn::default(),
        }
    }

    pub(super) fn see(&mut self, found: &mut Found, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                let hides = self.hides(found, tag);
                self.hiding.push(hides);
                self.hidden = self.hidden.saturating_add(usize::from(hides));
                self.start(found, tag);
                objects::see(found, tag);
                self.drawn.start(found, tag, self.styles);
            }
            Event::Text(piece) => self.text(piece),
            Event::End(name) => {
                self.end(found, name);
                if *name == "span" {
                    self.grounds.pop();
                }
                self.drawn.end(name);
                let hides = self.hiding.pop().unwrap_or(false);
                self.hidden = self.hidden.saturating_sub(usize::from(hides));
            }
        }
    }

    fn layer(&self) -> Layer {
        if self.hidden > 0 { Layer::Hidden } else { Layer::Shown }
    }

    fn hides(&self, found: &mut Found, tag: &Tag<'_>) -> bool {
        let style = || tag.attribute("style-name");
        match tag.name() {
            "p" | "h" | "span" => self.styles.hide_text(style().as_deref()),
            "table" if self.styles.hide_table(style().as_deref()) => {
                found.mark("hidden_sheet");
                true
            }
            "table-row" | "table-column" => tag.attribute("visibility").is_some_and(|value| value != "visible"),
            "section" => tag.attribute("display").is_some_and(|value| value == "none"),
            "deletion" | "hidden-text" | "hidden-paragraph" => true,
            "page" => tag.attribute("visibility").is_some_and(|value| value == "hidden"),
            _ => false,
        }
    }

    fn start(&mut self, found: &mut Found, tag: &Tag<'_>) {
        if !matches!(tag.name(), "s" | "tab" | "line-break" | "span" | "a") {
            aside(found, &std::mem::take(&mut self.aside));
        }
        match tag.name() {
            "p" | "h" => self.paragraphs.push(Paragraph::default()),
            "span" => {
                let around = self.grounds.last().copied().flatten();
                let own = self.styles.shade_of_letters(&tag.attribute("style-name").unwrap_or_default());
                self.grounds.push(own.or(around));
            }
            "s" => {
                let count = tag.attribute("c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                self.text(&" ".repeat(count.min(SPACES_MAX)));
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            "hidden-text" | "hidden-paragraph" | "conditional-text" => {
                for name in ["string-value", "string-value-if-true", "string-value-if-false"] {
                    if let Some(text) = tag.attribute(name) {
                        found.line(Layer::Hidden, &text);
                    }
                }
            }
            "a" => self.links.push((tag.attribute("href").unwrap_or_default(), String::new())),
            "annotation" => {
                self.comments = self.comments.saturating_add(1);
                self.apart.push(Apart { paragraphs: self.paragraphs.len(), links: self.links.len() });
            }
            // A link around a frame shows what is in it.
            name if FRAMES.contains(&name) => {
                let links = self.apart.last().map_or(0, |apart| apart.links);
                self.apart.push(Apart { paragraphs: self.paragraphs.len(), links });
            }
            "table" => {
                let name = tag.attribute("name").unwrap_or_default();
                self.next = (0, 0);
                found.cells.turn_to(&name);
                found.line(self.layer(), &name);
            }
            "table-row" => {
                self.next.1 = 0;
                self.rows = repeated(tag, "number-rows-repeated");
            }
            "table-cell" | "covered-table-cell" => self.start_cell(found, tag),
            "named-expression" | "named-range" => {
                let formula = tag.attribute("expression").or_else(|| tag.attribute("cell-range-address"));
                let formula = formula.unwrap_or_default();
                let formula = if formula.starts_with('$') { format!("[{formula}]") } else { formula };
                let base = tag.attribute("base-cell-address").unwrap_or_default();
                let base = a1(base.rsplit('.').next().unwrap_or_default()).map(|(row, column)| (row.at, column.at));
                let name = tag.attribute("name").unwrap_or_default();
                found.cells.name(&name, without_namespace(&formula), base.unwrap_or_default());
            }
            "binary-data" | "config-item" => self.is_data = true,
            "script" | "module" => {
                let name = tag.attribute("name").or_else(|| tag.attribute("language")).unwrap_or_default();
                self.source = Some(Source { name, text: String::new(), is_basic: true });
            }
            _ => {}
        }
    }

    fn start_cell(&mut self, found: &mut Found, tag: &Tag<'_>) {
        self.cells = self.cells.saturating_add(1);
        self.has_cell_text = false;
        self.cell_value = tag.attribute("value").unwrap_or_default();
        let place = self.next;
        let columns = repeated(tag, "number-columns-repeated");
        self.next.1 = self.next.1.saturating_add(columns);
        found.cells.go(place.0, place.1);
        let span = |name: &str| repeated(tag, name).saturating_sub(1);
        let spans = (span("number-matrix-rows-spanned"), span("number-matrix-columns-spanned"));
        if spans != (0, 0) {
            formula::read_area(found, (place.0.saturating_add(spans.0), place.1.saturating_add(spans.1)));
        }
        let formula = tag.attribute("formula").map(|text| formula::read_cell(found, without_namespace(&text)));
        let text = tag.attribute("string-value").unwrap_or_default();
        let is_given = !text.is_empty();
        let kind = match tag.attribute("value-type").as_deref() {
            Some("float" | "percentage" | "currency") => Kind::Number,
            Some("string") => Kind::Text,
            Some("boolean") => Kind::Truth,
            _ => Kind::Open,
        };
        if kind == Kind::Truth {
            let is_false = tag.attribute("boolean-value").is_some_and(|value| value == "false");
            self.cell_value = if is_false { "0" } else { "1" }.to_owned();
        }
        self.cell = Some(OpenCell { place, columns, text, is_given, kind, formula });
    }

    /// Keeps what the cell shows; one that is repeated has its value and its formula in each place.
    fn end_cell(&mut self, found: &mut Found) {
        let Some(mut cell) = self.cell.take() else { return };
        // What a number looks like is up to the sender.
        let is_by_value = matches!(cell.kind, Kind::Number | Kind::Truth) && !self.cell_value.is_empty();
        if is_by_value || (!self.has_cell_text && cell.text.is_empty()) {
            cell.text = std::mem::take(&mut self.cell_value);
        }
        if cell.text.is_empty() && cell.formula.is_none() {
            return;
        }
        found.cells.go(cell.place.0, cell.place.1);
        found.cells.keep(&cell.text, cell.kind);
        repeat(found, &cell, cell.place.0, 1);
        if self.rows > 1 {
            self.row_cells.push(cell);
        }
    }

    fn repeat_row(&mut self, found: &mut Found) {
        let cells = std::mem::take(&mut self.row_cells);
        let last = self.next.0.saturating_add(self.rows);
        for row in (self.next.0.saturating_add(1)..last).take(usize::try_from(REPEATED_MAX).unwrap_or(0)) {
            for cell in &cells {
                if !found.cells_may_repeat(cell.text.len()) {
                    return;
                }
                repeat(found, cell, row, 0);
            }
        }
        if self.rows > REPEATED_MAX && !cells.is_empty() {
            found.cells.lose_sheet();
        }
    }

    fn text(&mut self, piece: &str) {
        if self.is_data {
            return;
        }
        if let Some(source) = &mut self.source {
            return source.text.push_str(piece);
        }
        let Apart { paragraphs, links } = self.apart.last().copied().unwrap_or_default();
        let own = self.paragraphs.get_mut(paragraphs..).and_then(<[Paragraph]>::last_mut);
        let Some(paragraph) = own else { return self.aside.push_str(piece) };
        if self.hidden > 0 {
            return paragraph.hidden.push_str(piece);
        }
        paragraph.shown.push_str(piece);
        paragraph.ink.add(piece, self.grounds.last().copied().flatten());
        if let Some((_, shown)) = self.links.get_mut(links..).and_then(<[(String, String)]>::last_mut) {
            shown.push_str(piece);
        }
    }

    fn end(&mut self, found: &mut Found, name: &str) {
        match name {
            "p" | "h" => {
                let paragraph = self.paragraphs.pop().unwrap_or_default();
                self.give(found, &paragraph);
            }
            "a" => {
                if let Some((target, shown)) = self.links.pop() {
                    found.link(&target, &shown, LinkKind::Anchor);
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.cells = self.cells.saturating_sub(1);
                let layer = self.layer();
                if !self.has_cell_text {
                    found.push(layer, &self.cell_value);
                }
                found.push(layer, "\t");
                self.end_cell(found);
            }
            "table-row" => {
                self.repeat_row(found);
                self.next.0 = self.next.0.saturating_add(self.rows);
                found.break_line(self.layer());
                self.give_comments(found);
            }
            name if name == "annotation" || FRAMES.contains(&name) => {
                aside(found, &std::mem::take(&mut self.aside));
                self.comments = self.comments.saturating_sub(usize::from(name == "annotation"));
                self.apart.pop();
            }
            "binary-data" | "config-item" => self.is_data = false,
            "script" | "module" => {
                self.sources.extend(self.source.take().filter(|source| !source.text.trim().is_empty()));
            }
            _ => aside(found, &std::mem::take(&mut self.aside)),
        }
    }

    fn give(&mut self, found: &mut Found, paragraph: &Paragraph) {
        found.add_ink(&paragraph.ink);
        // Neither what a comment says nor a second paragraph goes on where the text of a cell ends.
        let is_on_cell = self.cells > 0 && self.comments > 0;
        let is_further = self.cells > 0 && self.has_cell_text;
        for (layer, text) in [(Layer::Shown, &paragraph.shown), (Layer::Hidden, &paragraph.hidden)] {
            if is_on_cell {
                self.comments_on_cells.push((layer, text.clone()));
                continue;
            }
            if is_further && !text.is_empty() {
                found.push(layer, " ");
            }
            found.push(layer, text);
            if let Some(cell) = self.cell.as_mut().filter(|cell| !text.is_empty() && !cell.is_given) {
                if !cell.text.is_empty() {
                    cell.text.push('\n');
                }
                cell.text.push_str(text);
            }
            // Cells stay in the line of their row.
            if self.cells == 0 && !text.is_empty() {
                found.break_line(layer);
            }
            self.has_cell_text |= !text.is_empty();
        }
    }

    /// What is said about the cells of a row, behind it.
    fn give_comments(&mut self, found: &mut Found) {
        for (layer, text) in self.comments_on_cells.drain(..).filter(|(_, text)| !text.is_empty()) {
            found.line(layer, &text);
        }
    }

    /// At the end of the part; returns the macros in it.
    pub(super) fn finish(mut self, found: &mut Found) -> Vec<Source> {
        while let Some((target, shown)) = self.links.pop() {
            found.link(&target, &shown, LinkKind::Anchor);
        }
        while let Some(paragraph) = self.paragraphs.pop() {
            self.give(found, &paragraph);
        }
        self.give_comments(found);
        self.drawn.finish(found);
        self.sources
    }
}

/// Keeps a cell in the places of a row that it stands for, but for so many that are kept already.
fn repeat(found: &mut Found, cell: &OpenCell, row: u32, kept: u32) {
    if cell.columns > REPEATED_MAX {
        found.cells.lose_sheet();
    }
    for by in kept..cell.columns.min(REPEATED_MAX) {
        if !found.cells_may_repeat(cell.text.len()) {
            return;
        }
        found.cells.go(row, cell.place.1.saturating_add(by));
        found.cells.keep(&cell.text, cell.kind);
        cell.formula.iter().for_each(|formula| formula::read_shared(found, formula));
    }
}

fn repeated(tag: &Tag<'_>, name: &str) -> u32 {
    tag.attribute(name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// `of:=A1` is `=A1` in the namespace of OpenFormula.
fn without_namespace(formula: &str) -> &str {
    let namespace = formula.split_once(':').filter(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric()));
    namespace.map_or(formula, |(_, formula)| formula)
}
