//! SpreadsheetML: the workbook, its strings, its sheets (ECMA-376-1, part 18). Cells of a row are joined by tabs, shared
//! strings stand where cells show them; sheets and rows that are not shown are hidden text; columns that are not shown count as shown.

use std::collections::{HashMap, HashSet};

use scan::content::LinkKind;

use crate::formats::office::formula::{self, Kind, Sharing, a1};
use crate::formats::office::ooxml::fills::{self, Fills};
use crate::formats::office::ooxml::relations::{All, Relations, plain, resolve};
use crate::formats::office::{Found, Layer};
use crate::formats::xml::{self, Event, Outcome, Tag};

/// Formulas of macro sheets kept as one text, bytes.
const MACRO_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Shared strings of one workbook; Excel itself has room for fewer different ones in a column.
const STRINGS_MAX: usize = 1_000_000;

/// What the workbook says of its sheets, and what they share.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Names of parts whose sheets are not shown.
    hidden: HashSet<String>,
    /// Names of sheets by those of their parts.
    sheets: HashMap<String, String>,
    strings: Vec<String>,
    pub(super) fills: Fills,
    has_too_many: bool,
    used: HashSet<usize>,
    /// Formulas of Excel 4.0 macro sheets.
    pub(super) macros: String,
    /// There are more of them than are kept.
    pub(super) is_cut: bool,
}

impl Book {
    /// Reads `xl/workbook.xml`.
    pub(super) fn read_workbook(&mut self, (name, xml): (&str, &str), all: &All, found: &mut Found) -> Outcome {
        let relations = all.of(name);
        let mut defined: Option<(String, String)> = None;
        xml::read(xml, &mut |event| match event {
            Event::Start(tag) if tag.name() == "sheet" => self.see_sheet(tag, &plain(name), relations, found),
            Event::Start(tag) if tag.name() == "definedName" => {
                defined = Some((tag.attribute("name").unwrap_or_default(), String::new()));
            }
            Event::Text(piece) => {
                if let Some((_, text)) = &mut defined {
                    text.push_str(piece);
                }
            }
            Event::End("definedName") => {
                let Some((name, text)) = defined.take() else { return };
                see_name(found, &name);
                // Relative references of names are written for the first cell.
                found.cells.name(&name, &text, (0, 0));
                formula::read(found, &text);
                found.line(Layer::Other, &format!("{name}\t{text}"));
            }
            _ => {}
        })
    }

    fn see_sheet(&mut self, tag: &Tag<'_>, owner: &str, relations: &Relations, found: &mut Found) {
        let is_hidden = tag.attribute("state").is_some_and(|state| !state.eq_ignore_ascii_case("visible"));
        let name = tag.attribute("name").unwrap_or_default();
        found.line(if is_hidden { Layer::Hidden } else { Layer::Shown }, &name);
        let id = tag.attributes().filter(|(name, _)| *name == "id").find_map(|(_, id)| relations.get(&id));
        let part = id.map(|relation| resolve(owner, &relation.target));
        if is_hidden {
            found.mark("hidden_sheet");
            self.hidden.extend(part.clone());
        }
        self.sheets.extend(part.map(|part| (part, name)));
    }

    /// The sheet of this name is that part: of the binary form.
    pub(super) fn add_sheet(&mut self, part: String, name: String) {
        self.sheets.insert(part, name);
    }

    /// Goes to the start of the sheet in a part.
    pub(super) fn turn_to(&self, part: &str, found: &mut Found) {
        let part = plain(part);
        found.cells.turn_to(self.sheets.get(&part).unwrap_or(&part));
    }

    /// Hides a sheet: of the binary form.
    pub(super) fn hide(&mut self, part: String) {
        self.hidden.insert(part);
    }

    /// Reads the shared strings.
    pub(super) fn read_strings(&mut self, xml: &str) -> Outcome {
        let (mut string, mut is_text, mut is_reading_aid) = (String::new(), false, false);
        xml::read(xml, &mut |event| match event {
            Event::Start(tag) => match tag.name() {
                "si" => string.clear(),
                "t" => is_text = !is_reading_aid,
                "rPh" => is_reading_aid = true,
                _ => {}
            },
            Event::Text(piece) if is_text => string.push_str(piece),
            Event::Text(_) => {}
            Event::End("t") => is_text = false,
            Event::End("rPh") => is_reading_aid = false,
            Event::End("si") => self.add_string(std::mem::take(&mut string)),
            Event::End(_) => {}
        })
    }

    /// One more of the shared strings.
    pub(super) fn add_string(&mut self, string: String) {
        if self.strings.len() < STRINGS_MAX {
            self.strings.push(string);
        } else {
            self.has_too_many = true;
        }
    }

    /// The string of this number, which a sheet shows.
    pub(super) fn string(&mut self, number: usize) -> &str {
        let Some(string) = self.strings.get(number) else { return "" };
        self.used.insert(number);
        string
    }

    /// Where the text of a sheet goes.
    pub(super) fn layer(&self, part: &str) -> Layer {
        if self.hidden.contains(&plain(part)) { Layer::Hidden } else { Layer::Shown }
    }

    /// Keeps a formula of a macro sheet.
    pub(super) fn add_macro(&mut self, formula: &str, found: &mut Found) {
        found.mark("xlm");
        if formula::is_acting(formula) {
            found.mark("macro_code");
        }
        self.is_cut |= self.macros.len() >= MACRO_BYTES_MAX;
        if self.macros.len() < MACRO_BYTES_MAX {
            self.macros.push_str(formula);
            self.macros.push('\n');
        }
    }

    /// Reads a sheet of cells or of macros.
    pub(super) fn read_sheet(
        &mut self,
        (name, xml): (&str, &str),
        relations: &Relations,
        found: &mut Found,
    ) -> Outcome {
        let links = links(xml, relations);
        let mut cells = Cells { layer: self.layer(name), links, ..Cells::default() };
        self.turn_to(name, found);
        let mut shaded = fills::Cells::of(xml);
        let outcome = xml::read(xml, &mut |event| match event {
            Event::Start(tag) => {
                shaded.start(tag, &self.fills);
                cells.start(tag, found);
            }
            Event::Text(piece) => {
                shaded.text(piece);
                cells.text(piece);
            }
            Event::End(name) => {
                shaded.end(name, (&self.fills, &self.strings));
                cells.end(name, self, found);
            }
        });
        cells.shared.finish(found);
        for (target, shown) in cells.links.into_values() {
            found.link(&target, &shown, LinkKind::Anchor);
        }
        for drawing in shaded.finish() {
            found.drawing(drawing);
        }
        outcome
    }

    /// Strings that no sheet shows are in the file all the same.
    pub(super) fn finish(self, found: &mut Found) {
        if self.has_too_many {
            found.mark("text_cut");
        }
        for (number, string) in self.strings.iter().enumerate() {
            if !self.used.contains(&number) && !string.trim().is_empty() {
                found.line(Layer::Hidden, string);
            }
        }
    }
}

/// Names that make a macro run by itself.
pub(in crate::formats) fn see_name(found: &mut Found, name: &str) {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("_xlnm.").unwrap_or(&name);
    if ["auto_open", "auto_close", "auto_activate", "auto_deactivate"].iter().any(|own| name.starts_with(own)) {
        found.mark("auto_run");
    }
}

/// Links of cells stand behind the cells.
fn links(xml: &str, relations: &Relations) -> HashMap<String, (String, String)> {
    let mut links = HashMap::new();
    if memchr::memmem::find(xml.as_bytes(), b"hyperlink ").is_none() {
        return links;
    }
    xml::read(xml, &mut |event| {
        let Event::Start(tag) = event else { return };
        if tag.name() != "hyperlink" {
            return;
        }
        let mut ids = tag.attributes().filter(|(name, _)| *name == "id").map(|(_, id)| id);
        let related = ids.find_map(|id| relations.get(&id)).map(|relation| relation.target.clone());
        let target = related.or_else(|| tag.attribute("location")).unwrap_or_default();
        let reference = tag.attribute("ref").unwrap_or_default();
        links.insert(reference, (target, tag.attribute("display").unwrap_or_default()));
    });
    links
}

/// The cells that are read.
#[derive(Default)]
struct Cells {
    layer: Layer,
    links: HashMap<String, (String, String)>,
    is_macro_sheet: bool,
    is_row_hidden: bool,
    reference: String,
    kind: String,
    value: String,
    formula: String,
    holds: Holds,
    /// Formulas that further cells share, by their number.
    shared: Sharing<String>,
    /// The number, where this formula is such a one.
    sharing: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Holds {
    #[default]
    Nothing,
    Value,
    Formula,
}

impl Cells {
    fn start(&mut self, tag: &Tag<'_>, found: &mut Found) {
        match tag.name() {
            "row" => {
                self.is_row_hidden =
                    tag.attribute("hidden").is_some_and(|value| matches!(value.as_str(), "1" | "true"));
                let row = tag.attribute("r").and_then(|row| row.trim().parse::<u32>().ok()?.checked_sub(1));
                found.cells.start_row(row.unwrap_or(found.cells.next_row()));
            }
            "c" => {
                self.value.clear();
                self.reference = tag.attribute("r").unwrap_or_default();
                self.kind = tag.attribute("t").unwrap_or_default();
                found.cells.go_to(&self.reference);
            }
            "v" | "t" => self.holds = Holds::Value,
            "f" => {
                self.holds = Holds::Formula;
                let kind = tag.attribute("t").unwrap_or_default();
                self.sharing = tag.attribute("si").filter(|_| kind == "shared");
                // An array, or a table of what comes out for other values.
                if matches!(kind.as_str(), "array" | "dataTable")
                    && let Some((row, column)) =
                        tag.attribute("ref").as_deref().and_then(|range| a1(range.rsplit(':').next()?))
                {
                    formula::read_area(found, (row.at, column.at));
                }
            }
            "formula" | "formula1" | "formula2" | "oddHeader" | "oddFooter" => self.holds = Holds::Formula,
            "macrosheet" => {
                self.is_macro_sheet = true;
                found.mark("xlm");
            }
            "oleObject" => {
                found.mark("embedded_object");
                if tag.attribute("progId").is_some_and(|program| super::words::is_equation(&program)) {
                    found.mark("equation");
                }
                if let Some(link) = tag.attribute("link") {
                    see_dde(found, &link);
                }
            }
            "control" => found.mark("activex"),
            // Shown beside a cell that is chosen, or filled in wrongly.
            "dataValidation" => {
                for name in ["promptTitle", "prompt", "errorTitle", "error"] {
                    if let Some(text) = tag.attribute(name).filter(|text| !text.trim().is_empty()) {
                        found.line(Layer::Other, &text);
                    }
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, piece: &str) {
        match self.holds {
            Holds::Nothing => {}
            Holds::Value => self.value.push_str(piece),
            Holds::Formula => self.formula.push_str(piece),
        }
    }

    fn end(&mut self, name: &str, book: &mut Book, found: &mut Found) {
        match name {
            "v" | "t" => self.holds = Holds::Nothing,
            "oddHeader" | "oddFooter" => {
                self.holds = Holds::Nothing;
                found.line(self.layer, &std::mem::take(&mut self.formula));
            }
            "f" | "formula" | "formula1" | "formula2" => {
                self.holds = Holds::Nothing;
                let formula = std::mem::take(&mut self.formula);
                match name {
                    "f" => self.read_formula(&formula, found),
                    _ => formula::read(found, &formula),
                }
                if self.is_macro_sheet {
                    book.add_macro(&formula, found);
                }
            }
            "c" => self.close_cell(book, found),
            "row" => found.break_line(self.row_layer()),
            _ => {}
        }
    }

    /// A formula, or one that another cell has and this one shares.
    fn read_formula(&mut self, formula: &str, found: &mut Found) {
        match self.sharing.take() {
            Some(number) if formula.is_empty() => self.shared.read_or_wait(number, found),
            number => {
                let shared = formula::read_cell(found, formula);
                if let Some(number) = number {
                    self.shared.keep(number, shared, found);
                }
            }
        }
    }

    fn row_layer(&self) -> Layer {
        if self.is_row_hidden { Layer::Hidden } else { self.layer }
    }

    fn close_cell(&mut self, book: &mut Book, found: &mut Found) {
        let number = (self.kind == "s").then(|| self.value.trim().parse().unwrap_or(usize::MAX));
        let value = number.map_or(self.value.as_str(), |number| book.string(number));
        if value.is_empty() {
            return;
        }
        let kind = match self.kind.as_str() {
            "s" | "str" | "inlineStr" => Kind::Text,
            "b" => Kind::Truth,
            "" | "n" => Kind::Number,
            _ => Kind::Open,
        };
        found.cells.keep(value, kind);
        if let Some((_, shown)) = self.links.get_mut(&self.reference) {
            value.clone_into(shown);
        }
        if !found.is_full() {
            let layer = self.row_layer();
            found.push(layer, value);
            found.push(layer, "\t");
        }
    }
}

/// A link to the data of another program: `service|topic!item`.
pub(super) fn see_dde(found: &mut Found, link: &str) {
    if link.contains('|') {
        found.mark("dde");
        found.line(Layer::Hidden, link);
    }
    found.fetched(link, "external_link");
}
