//! Paragraphs of runs: WordprocessingML, and DrawingML wherever it stands (slides, charts, diagrams, text boxes, comments).
//!
//! A word can be split over any number of runs, so text is joined by paragraph. What is only shown by other programs
//! (`mc:Fallback`) is kept apart. Source: ECMA-376-1, parts 17 and 21; MS-DOCX for newer comments. Documented limit: text hidden
//! by a named style, or in the colour of the ground, counts as shown.

mod cells;

use scan::content::LinkKind;

use crate::formats::office::ink::Ink;
use crate::formats::office::ooxml::relations::Relations;
use crate::formats::office::ooxml::shapes::Shapes;
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::ooxml::words::cells::Cells;
use crate::formats::office::{Found, Layer, field};
use crate::formats::xml::{Event, Tag};

/// Half points up to which a letter cannot be seen.
const INVISIBLE_HALF_POINTS: u32 = 2;
/// Fields within fields; what is deeper is read as text.
const FIELDS_MAX: usize = 32;

/// Reads one part.
pub(super) struct Words<'r> {
    relations: &'r Relations,
    /// Where what is shown goes: all text of a hidden slide is hidden.
    layer: Layer,
    paragraphs: Vec<Paragraph>,
    /// Text outside of every paragraph.
    outside: Paragraph,
    fields: Vec<Field>,
    links: Vec<(String, String)>,
    /// Link of the run that is open, by its properties (DrawingML).
    run_link: Option<String>,
    /// Where the text of that run begins in its paragraph.
    run_start: usize,
    is_in_run: bool,
    is_run_hidden: bool,
    /// The ground of that run: highlighted, or shaded.
    highlight: Option<u8>,
    run_shade: Option<u8>,
    holds: Holds,
    /// Within the text of a comment on a cell: its runs are pieces of one text.
    is_in_text: bool,
    /// Bytes of one text that are kept until it is given away.
    most: usize,
    /// The code of a field is longer than that.
    is_cut: bool,
    /// Alternatives for programs that do not know the first one, open now.
    fallbacks: u32,
    cells: Cells,
    shapes: Shapes,
    theme: &'r Theme,
}

/// A paragraph that is open: text boxes hold paragraphs within runs.
#[derive(Default)]
struct Paragraph {
    shown: String,
    hidden: String,
    other: String,
    ink: Ink,
}

/// A field that is open.
#[derive(Default)]
struct Field {
    code: String,
    shown: String,
    has_result: bool,
}

/// What text the open element holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Nothing,
    Text,
    Deleted,
    Code,
}

impl<'r> Words<'r> {
    /// Of one text no more than `most` bytes are kept.
    pub(super) fn new(relations: &'r Relations, layer: Layer, theme: &'r Theme, most: usize) -> Self {
        Self {
            relations,
            layer,
            most,
            paragraphs: Vec::new(),
            outside: Paragraph::default(),
            fields: Vec::new(),
            links: Vec::new(),
            run_link: None,
            run_start: 0,
            is_in_run: false,
            is_run_hidden: false,
            highlight: None,
            run_shade: None,
            holds: Holds::Nothing,
            is_in_text: false,
            is_cut: false,
            fallbacks: 0,
            cells: Cells::default(),
            shapes: Shapes::default(),
            theme,
        }
    }

    pub(super) fn see(&mut self, found: &mut Found, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                self.start_text(tag);
                self.start_run(found, tag);
                self.start_object(found, tag);
                self.cells.start(tag, self.theme);
                self.shapes.start(tag, self.theme);
            }
            Event::Text(piece) => {
                self.shapes.text(piece);
                self.text(piece);
            }
            Event::End(name) => {
                self.cells.end(name);
                self.shapes.end(name);
                self.end(found, name);
            }
        }
    }

    fn start_text(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" | "v" => self.holds = Holds::Text,
            "text" => {
                self.holds = Holds::Text;
                self.is_in_text = true;
            }
            "delText" => self.holds = Holds::Deleted,
            "instrText" | "delInstrText" => self.holds = Holds::Code,
            "br" | "cr" => self.add("\n", Holds::Text),
            // Tab stops of a paragraph have the same name.
            "tab" | "ptab" if self.is_in_run => self.add("\t", Holds::Text),
            "noBreakHyphen" => self.add("-", Holds::Text),
            "Fallback" => self.fallbacks = self.fallbacks.saturating_add(1),
            _ => {}
        }
    }

    fn start_run(&mut self, found: &mut Found, tag: &Tag<'_>) {
        match tag.name() {
            "r" | "fld" => {
                self.is_in_run = true;
                self.is_run_hidden = false;
                (self.highlight, self.run_shade) = (None, None);
                self.run_link = None;
                self.run_start = self.paragraph().shown.len();
            }
            "vanish" if self.is_in_run => self.is_run_hidden = tag.is_on(),
            "sz" if self.is_in_run => {
                let size = tag.attribute("val").and_then(|value| value.parse::<u32>().ok());
                self.is_run_hidden |= size.is_some_and(|size| size <= INVISIBLE_HALF_POINTS);
            }
            "highlight" if self.is_in_run => {
                self.highlight = cells::shade_of_pen(&tag.attribute("val").unwrap_or_default())
            }
            "shd" if self.is_in_run => self.run_shade = cells::shade(tag, self.theme),
            "fldSimple" => {
                let code = tag.attribute("instr").unwrap_or_default();
                self.open_field(Field { code, has_result: true, ..Field::default() });
            }
            "fldChar" => match tag.attribute("fldCharType").as_deref() {
                Some("begin") => self.open_field(Field::default()),
                Some("separate") => {
                    if let Some(field) = self.fields.last_mut() {
                        field.has_result = true;
                    }
                }
                Some("end") => self.close_field(found),
                _ => {}
            },
            "hyperlink" => {
                // A comment of a newer kind names it itself (MS-XLSX, CT_CommentHyperlink).
                let target = self.related(tag).or_else(|| tag.attribute("url")).unwrap_or_default();
                self.links.push((target, String::new()));
            }
            "hlinkClick" | "hlinkHover" | "hlinkMouseOver" => {
                self.action(found, tag);
                if let Some(target) = self.related(tag) {
                    match self.is_in_run {
                        true => self.run_link = Some(target),
                        false => found.link(&target, "", LinkKind::Anchor),
                    }
                }
            }
            _ => {}
        }
    }

    fn start_object(&mut self, found: &mut Found, tag: &Tag<'_>) {
        match tag.name() {
            "docPr" | "cNvPr" => {
                for name in ["descr", "title"] {
                    if let Some(text) = tag.attribute(name) {
                        found.line(Layer::Other, &text);
                    }
                }
            }
            "OLEObject" | "oleObj" => {
                found.mark("embedded_object");
                for name in ["ProgID", "progId"] {
                    if tag.attribute(name).is_some_and(|program| is_equation(&program)) {
                        found.mark("equation");
                    }
                }
            }
            "control" => found.mark("activex"),
            "textpath" => self.add(&tag.attribute("string").unwrap_or_default(), Holds::Text),
            // VML shapes.
            "shape" | "rect" | "oval" | "roundrect" | "line" | "group" | "imagedata" | "fill" => {
                for (name, value) in tag.attributes().filter(|(name, _)| matches!(*name, "href" | "src")) {
                    match name {
                        "href" if tag.name() != "imagedata" => found.link(&value, "", LinkKind::Anchor),
                        _ => found.fetched(&value, "external_link"),
                    }
                }
            }
            _ => {}
        }
    }

    /// What a click or a touch in a presentation does.
    fn action(&self, found: &mut Found, tag: &Tag<'_>) {
        let action = tag.attribute("action").unwrap_or_default().to_ascii_lowercase();
        if action.starts_with("ppaction://program") {
            found.mark("launch");
            found.line(Layer::Other, &self.related(tag).unwrap_or_default());
        } else if action.starts_with("ppaction://macro") {
            found.mark("auto_run");
        } else if action.starts_with("ppaction://ole") {
            found.mark("embedded_object");
        }
    }

    /// Where the relation leads that a tag names.
    fn related(&self, tag: &Tag<'_>) -> Option<String> {
        let mut identifiers = tag.attributes().filter(|(name, _)| *name == "id").map(|(_, value)| value);
        let relation = identifiers.find_map(|id| self.relations.get(&id));
        relation.filter(|relation| relation.is_external).map(|relation| relation.target.clone())
    }

    fn text(&mut self, piece: &str) {
        match self.holds {
            Holds::Nothing => {}
            holds => self.add(piece, holds),
        }
    }

    fn add(&mut self, piece: &str, holds: Holds) {
        let most = self.most;
        if holds == Holds::Code {
            match self.fields.last_mut() {
                Some(field) => self.is_cut |= !push_within(&mut field.code, piece, most),
                None => _ = push_within(&mut self.paragraph().other, piece, most),
            }
            return;
        }
        let is_hidden = holds == Holds::Deleted || self.is_run_hidden;
        if self.fallbacks > 0 {
            push_within(&mut self.paragraph().other, piece, most);
            return;
        }
        if is_hidden {
            push_within(&mut self.paragraph().hidden, piece, most);
            return;
        }
        // A result within a code is a piece of that code: how a code is hidden.
        if let Some(field) = self.fields.last_mut() {
            push_within(&mut field.shown, piece, most);
        }
        if let Some((_, shown)) = self.links.last_mut() {
            push_within(shown, piece, most);
        }
        push_within(&mut self.paragraph().shown, piece, most);
        let shade = self.highlight.or(self.run_shade);
        self.paragraph().ink.add(piece, shade);
    }

    fn paragraph(&mut self) -> &mut Paragraph {
        self.paragraphs.last_mut().unwrap_or(&mut self.outside)
    }

    fn end(&mut self, found: &mut Found, name: &str) {
        match name {
            "t" | "text" | "v" | "delText" | "instrText" | "delInstrText" => {
                self.holds = Holds::Nothing;
                self.is_in_text &= name != "text";
                if self.paragraphs.is_empty() && !self.is_in_text {
                    self.add("\n", Holds::Text);
                }
            }
            "r" | "fld" => {
                self.is_in_run = false;
                self.is_run_hidden = false;
                (self.highlight, self.run_shade) = (None, None);
                if let Some(target) = self.run_link.take() {
                    let start = self.run_start;
                    let shown = self.paragraph().shown.get(start..).unwrap_or_default().to_owned();
                    found.link(&target, &shown, LinkKind::Anchor);
                }
            }
            "hyperlink" => {
                if let Some((target, shown)) = self.links.pop() {
                    found.link(&target, &shown, LinkKind::Anchor);
                }
            }
            "fldSimple" => self.close_field(found),
            "p" => {
                let paragraph = self.paragraphs.pop().unwrap_or_default();
                self.give(found, &paragraph);
            }
            "comment" | "cm" | "tr" => {
                let outside = std::mem::take(&mut self.outside);
                self.give(found, &outside);
            }
            "Fallback" => self.fallbacks = self.fallbacks.saturating_sub(1),
            _ => {}
        }
    }

    fn give(&self, found: &mut Found, paragraph: &Paragraph) {
        found.add_ink(&paragraph.ink);
        for (layer, text) in
            [(self.layer, &paragraph.shown), (Layer::Hidden, &paragraph.hidden), (Layer::Other, &paragraph.other)]
        {
            if !text.is_empty() {
                found.line(layer, text);
            }
        }
    }

    fn open_field(&mut self, field: Field) {
        if self.fields.len() < FIELDS_MAX {
            self.fields.push(field);
        }
    }

    fn close_field(&mut self, found: &mut Found) {
        let Some(field) = self.fields.pop() else { return };
        field::read(found, &field.code, &field.shown);
        if let Some(outer) = self.fields.last_mut() {
            match outer.has_result {
                true => _ = push_within(&mut outer.shown, &field.shown, self.most),
                false => {
                    let result = field::result(found, &field.code, &field.shown);
                    self.is_cut |= !push_within(&mut outer.code, &result, self.most);
                }
            }
        }
    }

    /// At the end of the part: what was not closed.
    pub(super) fn finish(mut self, found: &mut Found) {
        while !self.fields.is_empty() {
            self.close_field(found);
        }
        while let Some((target, shown)) = self.links.pop() {
            found.link(&target, &shown, LinkKind::Anchor);
        }
        while let Some(paragraph) = self.paragraphs.pop() {
            self.give(found, &paragraph);
        }
        let outside = std::mem::take(&mut self.outside);
        self.give(found, &outside);
        if self.is_cut {
            found.leave_undone();
        }
        self.shapes.finish(found);
        self.cells.finish(found);
    }
}

/// Adds a piece to a text as far as it fits; false where it does not. What is given away is cut there once more, which is told.
fn push_within(to: &mut String, piece: &str, most: usize) -> bool {
    let kept = piece.get(..piece.floor_char_boundary(most.saturating_sub(to.len()))).unwrap_or_default();
    to.push_str(kept);
    kept.len() == piece.len()
}

/// Programs' names of the old equation editor.
pub(super) fn is_equation(program: &str) -> bool {
    let program = program.to_ascii_lowercase();
    program.starts_with("equation.2") || program.starts_with("equation.3")
}
