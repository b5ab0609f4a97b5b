//! Cells with a background: of tables, and of boxes that a page lays in rows or in a grid. An element is a cell by what is in it: one
//! cell, whatever else shows no colour; or rows of them, which stand beside or below the others of the element around.
//!
//! Documented limits: what has no size counts as a cell like any other here (`cells/measured.rs` goes by widths and heights); an
//! element whose rows, or cells of a row, are more than a code twice as large has is looked at by itself, and is no part of what is
//! around it; [`OPEN_MAX`], [`WORK_MAX`] and those of `cells/flow.rs` are told.

mod flow;
mod measured;

use lol_html::html_content::Element;

use crate::formats::html::attributes;
use crate::formats::html::drawn::Says;
use crate::formats::html::drawn::cells::flow::{Block, Cell, Flow, Span};
pub(super) use crate::formats::html::drawn::cells::measured::Found;
use crate::formats::html::drawn::cells::measured::Measured;
use crate::formats::html::seen::PAGE;
use crate::formats::html::style::{Colour, Length, Place, Position, Style, is_dark, over};
use crate::formats::text_code::matrix::{Matrix, SIDE_MAX};

/// Elements within elements that are followed.
const OPEN_MAX: usize = 256;
/// Cells that are put together, and looked at, on one page.
const WORK_MAX: usize = 16_000_000;
/// So many dark runs may be a code.
const RUNS_MIN: usize = 100;
/// Boxes of a row, such as a float, that are as large as this at most are cells, even without a background.
const BOX_PIXELS_MAX: f64 = 40.0;

/// Cells so far.
#[derive(Debug, Default)]
pub(super) struct Cells {
    page: Flow,
    measured: Measured,
    open: Vec<Open>,
    fields: Vec<Matrix>,
    work: usize,
    /// Dark runs of rows that there was no room for.
    lost: usize,
    /// There were more than are kept.
    is_cut: bool,
}

/// An element that may be a cell, or rows of them.
#[derive(Debug)]
struct Open {
    /// A cell of a table ends with the next one.
    number: Option<u32>,
    kind: Kind,
    own: Option<bool>,
    ground: Option<bool>,
    flow: Flow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Table,
    Cell(Span),
    /// `p` ends where a block begins.
    Paragraph,
    Block,
    Inline,
}

impl Cells {
    /// Takes an element; true if its end matters.
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, says: Says<'_>) -> bool {
        let Says { style, is_hidden, .. } = says;
        if style.is_nowhere(tag) || (is_hidden && !style.names_display()) {
            return false;
        }
        let ground = match style.background {
            _ if style.is_unpainted() => None,
            Some(Colour::Rgb(colour)) => Some(is_dark(colour)),
            Some(Colour::Tint(colour, alpha)) => Some(is_dark(over(colour, alpha, PAGE))),
            Some(Colour::Clear | Colour::Other) | None => None,
        };
        // A thick border is as good as a background.
        let border = style.place.border.thick().filter(|_| !style.is_unpainted()).map(is_dark);
        let own = ground.or(border);
        self.measure(tag, element, (style, own));
        match tag {
            "table" => return self.begin((Kind::Table, ground, ground)),
            "tr" => self.begin_row(ground),
            "td" | "th" => self.begin_cell(span(element), own, ground),
            "br" => self.flow().end_row(),
            "html" | "head" | "body" | "thead" | "tbody" | "tfoot" | "caption" | "colgroup" | "col" => {}
            _ => return self.begin_box(tag, (own, ground), is_small_box(style)),
        }
        false
    }

    /// Notes how large it is, where it may be a run of modules.
    fn measure(&mut self, tag: &str, element: &Element<'_, '_>, (style, own): (&Style, Option<bool>)) {
        let is_cell = matches!(tag, "td" | "th");
        let place = &style.place;
        let side = |own: Option<Length>, name: &str| {
            let attribute = || attributes::lower(element, name).and_then(|value| Length::read(&value));
            let length = own.or_else(|| if is_cell || tag == "tr" { attribute() } else { None });
            length.and_then(|length| if let Length::Pixels(pixels) = length { Some(pixels) } else { None })
        };
        let (wide, high) = place.border.painted().map_or((0.0, 0.0), |(across, down, _)| (across, down));
        let sum = |length: Option<f32>, border: f32| length.map(|length| length + border).or(Some(border));
        let (width, height) = (side(place.width(), "width"), side(place.height(), "height"));
        if tag == "tr" || tag == "br" {
            self.measured.end_row();
            self.measured.heighten(height);
        } else if is_cell || (own.is_some() && (width.is_some() || wide > 0.0) && place.position != Some(Position::Out))
        {
            self.measured.add((sum(width, wide), sum(height, high)), own, is_cell);
        } else if is_block(tag) {
            self.measured.end_row();
            self.measured.heighten(height);
        }
    }

    /// The innermost element in which cells stand: what is between the cells of a table stands in front of it.
    fn flow(&mut self) -> &mut Flow {
        let inner = self.open.iter_mut().rev().find(|open| open.kind != Kind::Table);
        inner.map_or(&mut self.page, |open| &mut open.flow)
    }

    fn begin(&mut self, (kind, own, ground): (Kind, Option<bool>, Option<bool>)) -> bool {
        let has_room = self.open.len() < OPEN_MAX;
        self.is_cut |= !has_room;
        if has_room {
            self.open.push(Open { number: None, kind, own, ground, flow: Flow::default() });
        }
        has_room
    }

    fn begin_row(&mut self, own: Option<bool>) {
        self.end_cell();
        self.table().begin_table_row(own);
    }

    fn begin_cell(&mut self, span: Span, own: Option<bool>, ground: Option<bool>) {
        self.end_cell();
        self.table().fill_spans(0);
        self.begin((Kind::Cell(span), own, ground));
    }

    /// The innermost table; without one, its rows are the page's.
    fn table(&mut self) -> &mut Flow {
        let inner = self.open.iter_mut().rev().find(|open| open.kind == Kind::Table);
        inner.map_or(&mut self.page, |open| &mut open.flow)
    }

    /// Ends the cell that is open in the innermost table, and what is in it.
    fn end_cell(&mut self) {
        let of_table = self.open.iter().rposition(|open| open.kind == Kind::Table);
        let from = of_table.map_or(0, |at| at.saturating_add(1));
        let is_cell = |open: &Open| matches!(open.kind, Kind::Cell(_));
        let inner = self.open.get(from..).unwrap_or_default().iter().position(is_cell);
        if of_table.is_some() || inner.is_some() {
            self.end_from(from.saturating_add(inner.unwrap_or(0)));
        }
    }

    fn begin_box(&mut self, tag: &str, (own, ground): (Option<bool>, Option<bool>), is_small: bool) -> bool {
        let is_block = is_block(tag);
        if is_block {
            self.end_paragraph();
        }
        let is_box = own.is_some() || (is_small && is_usual(tag));
        let kind = match tag {
            "p" => Kind::Paragraph,
            _ if is_block => Kind::Block,
            _ => Kind::Inline,
        };
        if is_box {
            return self.begin((kind, own, ground));
        }
        if is_block && tag != "center" && tag != "hr" {
            self.flow().end_row();
        }
        false
    }

    fn end_paragraph(&mut self) {
        let is_around = |open: &Open| matches!(open.kind, Kind::Table | Kind::Cell(_));
        let from = self.open.iter().rposition(is_around).map_or(0, |at| at.saturating_add(1));
        let boxes = self.open.get(from..).unwrap_or_default();
        if let Some(at) = boxes.iter().rposition(|open| open.kind == Kind::Paragraph) {
            self.end_from(from.saturating_add(at));
        }
    }

    /// The number of the element that was opened last.
    pub(super) fn opened(&mut self, number: u32) {
        if let Some(open) = self.open.last_mut().filter(|open| !matches!(open.kind, Kind::Cell(_))) {
            open.number.get_or_insert(number);
        }
    }

    /// An element ends, and all within it.
    pub(super) fn close(&mut self, number: u32) {
        let before = self.open.iter().rposition(|open| open.number.is_some_and(|own| own < number));
        let from = before.map_or(0, |at| at.saturating_add(1));
        let inner = self.open.get(from..).unwrap_or_default().iter().position(|open| open.number.is_some());
        if let Some(at) = inner {
            self.end_from(from.saturating_add(at));
        }
    }

    fn end_from(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(open) = self.open.pop() else { return };
            self.end(open);
        }
    }

    /// What the element has in it goes to the one around.
    fn end(&mut self, open: Open) {
        let Open { kind, own, ground, mut flow, .. } = open;
        flow.end_table_row();
        if !self.has_strength(&flow, ground) {
            return;
        }
        flow.fill(ground);
        self.look(&mut flow);
        let block = flow.into_block();
        let around = match kind {
            Kind::Cell(_) => self.table(),
            _ => self.flow(),
        };
        let span = if let Kind::Cell(span) = kind { span } else { (1, 1) };
        match (block, kind) {
            (Block::Nothing, Kind::Table) if own.is_none() => {}
            (Block::Nothing | Block::Large, _) => around.add(Cell::of(own), span),
            (Block::Single(cell), _) => around.add(cell.within(own), span),
            (Block::Rows(rows), Kind::Cell(_) | Kind::Inline) => {
                let written = around.add_beside(rows);
                self.work = self.work.saturating_add(written);
            }
            (Block::Rows(rows), Kind::Table | Kind::Paragraph | Kind::Block) => {
                around.add_below(rows);
                if around.is_long() {
                    self.look_at_long();
                }
            }
        }
    }

    /// May all its cells be gone through once more?
    fn has_strength(&mut self, flow: &Flow, ground: Option<bool>) -> bool {
        self.is_cut |= flow.is_cut;
        self.lost = self.lost.saturating_add(flow.lost);
        self.is_cut |= self.lost >= RUNS_MIN;
        if ground.is_some() {
            self.work = self.work.saturating_add(flow.cells());
        }
        self.is_cut |= self.work > WORK_MAX;
        self.work <= WORK_MAX
    }

    /// Cells without a colour are gone through as well before it is known that they are no field.
    fn look(&mut self, flow: &mut Flow) {
        if flow.is_likely() {
            self.work = self.work.saturating_add(flow.cells());
        }
        if self.work > WORK_MAX {
            self.is_cut = true;
            return;
        }
        let fields = flow.look();
        let count = |field: &Matrix| field.rows.iter().map(Vec::len).sum::<usize>();
        self.work = self.work.saturating_add(fields.iter().map(count).sum());
        self.fields.extend(fields);
    }

    /// Looks at the rows that there are around the element that has ended, and leaves those that a code may go on from.
    fn look_at_long(&mut self) {
        let mut flow = std::mem::take(self.flow());
        self.look(&mut flow);
        flow.shorten();
        *self.flow() = flow;
    }

    /// The fields that they are, and whether that is all.
    pub(super) fn finish(mut self) -> (Found, bool) {
        self.end_from(0);
        let mut page = std::mem::take(&mut self.page);
        page.end_table_row();
        if self.has_strength(&page, None) {
            self.look(&mut page);
        }
        let (mut found, is_whole) = self.measured.finish();
        self.fields.append(&mut found.fields);
        found.fields = self.fields;
        (found, is_whole && !self.is_cut)
    }
}

/// As far as the table goes.
fn span(element: &Element<'_, '_>) -> Span {
    let of = |name: &str| attributes::lower(element, name).and_then(|span| span.trim().parse::<usize>().ok());
    let (across, down) = (of("colspan").unwrap_or(1), of("rowspan").unwrap_or(1));
    (across.clamp(1, SIDE_MAX), if down == 0 { SIDE_MAX } else { down.min(SIDE_MAX) })
}

/// Elements that stand below each other.
fn is_block(tag: &str) -> bool {
    matches!(tag, "div" | "p" | "ul" | "ol" | "li" | "section" | "center" | "hr" | "blockquote")
}

/// Elements that are often laid in rows, with nothing in them.
fn is_usual(tag: &str) -> bool {
    matches!(tag, "div" | "span" | "i" | "b" | "p" | "li" | "a" | "font" | "u" | "s" | "em" | "strong" | "small")
}

/// Has it a size of its own, in the flow, as the modules have that a page lays beside each other?
fn is_small_box(style: &Style) -> bool {
    let is_small = |side: Option<Length>| matches!(side, Some(Length::Pixels(pixels)) if (1.0..=BOX_PIXELS_MAX).contains(&f64::from(pixels)));
    let place: &Place = &style.place;
    place.position != Some(Position::Out) && is_small(place.width()) && is_small(place.height())
}
