//! The shades of cells of a sheet: styles name fills, cells name styles (ECMA-376-1, 18.8); conditions name fills by their values.
//!
//! Documented limits: fills of table styles are not known; of a gradient only the first colour is; of conditions with a formula only comparisons with constants are reckoned (see
//! `conditions.rs` for when that is told); sets of icons are not drawn.

mod conditions;
mod dependence;
mod rule;
mod values;

use crate::formats::image::canvas::Canvas;
use crate::formats::office;
use crate::formats::office::formula::a1;
use crate::formats::office::ooxml::fills::conditions::Conditions;
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::shaded::sheet::Sheet;
use crate::formats::office::shaded::{self, WHOLE, mixed};
use crate::formats::xml::{self, Event, Outcome, Tag};

/// Fills, and styles, of one workbook.
const FILLS_MAX: usize = 100_000;
/// Colours of a palette, and those in front of the first that has a number of its own.
const COLOURS_MAX: usize = 64;
const FIRST_COLOURS: usize = 8;

/// What styles fill cells with.
#[derive(Debug, Default)]
pub(super) struct Fills {
    /// By the number of the style.
    styles: Vec<Option<u8>>,
    /// Of conditions, by their number.
    of_conditions: Vec<Option<u8>>,
    colours: Colours,
}

/// What colours that are not said by their values mean.
#[derive(Debug, Default)]
struct Colours {
    theme: Theme,
    /// From the first colour that has a number on, where the book says so.
    palette: Vec<u8>,
}

/// One fill: a pattern of two colours.
#[derive(Clone, Copy, Debug, Default)]
struct Fill {
    front: Option<u8>,
    back: Option<u8>,
    /// How much is seen of the front, in hundredths; none where nothing says so.
    share: Option<u8>,
}

impl Fill {
    fn take(&mut self, tag: &Tag<'_>, colours: &Colours) {
        match tag.name() {
            "patternFill" => self.share = tag.attribute("patternType").map(|pattern| share_of(&pattern)),
            // Of a gradient.
            "color" => {
                self.front = self.front.or(shade(tag, colours));
                self.share.get_or_insert(100);
            }
            "fgColor" => self.front = self.front.or(shade(tag, colours)),
            "bgColor" => self.back = self.back.or(shade(tag, colours)),
            _ => {}
        }
    }

    /// The shade of a cell with it: none where nothing is seen of it.
    fn shade(self) -> Option<u8> {
        let share = self.share.filter(|share| *share > 0)?;
        // 18.8.24: where they are not said, or are automatic, they are those of the window.
        let share = u32::from(share).saturating_mul(WHOLE / 100);
        Some(mixed(self.front.unwrap_or(0), self.back.unwrap_or(255), share))
    }

    /// The same for a condition, where a fill without a pattern is a plain one, and has the colour of the back (18.3.1.10).
    fn shade_of_condition(self) -> Option<u8> {
        if self.share.is_none_or(|share| share == 100) { self.back.or(self.front) } else { self.shade() }
    }
}

/// How much of its front a pattern shows, in hundredths (18.18.55).
fn share_of(pattern: &str) -> u8 {
    match pattern {
        "solid" => 100,
        "darkGray" => 75,
        "mediumGray" | "darkHorizontal" | "darkVertical" | "darkDown" | "darkUp" | "darkGrid" | "darkTrellis" => 50,
        "lightGray" | "lightHorizontal" | "lightVertical" | "lightDown" | "lightUp" | "lightGrid" | "lightTrellis" => {
            25
        }
        "gray125" => 12,
        "gray0625" => 6,
        // `none`, and what no program knows.
        _ => 0,
    }
}

impl Fills {
    /// What colours of the theme are.
    pub(super) fn set_theme(&mut self, theme: &Theme) {
        self.colours.theme = theme.clone();
    }

    /// Reads `xl/styles.xml`.
    pub(super) fn read(&mut self, xml: &str) -> Outcome {
        self.colours.read(xml);
        let mut fills: Vec<Fill> = Vec::new();
        let (mut is_in_fills, mut is_in_styles, mut is_in_gradient) = (false, false, false);
        // A style of a condition, and its fill.
        let mut condition: Option<Fill> = None;
        let Self { styles, of_conditions, colours } = self;
        xml::read(xml, &mut |event| match event {
            Event::Start(tag) => match tag.name() {
                "fills" => is_in_fills = true,
                "cellXfs" => is_in_styles = true,
                "gradientFill" => is_in_gradient = true,
                "dxf" => condition = Some(Fill::default()),
                "fill" if is_in_fills && fills.len() < FILLS_MAX => fills.push(Fill::default()),
                "patternFill" | "fgColor" | "bgColor" | "color" => match (&mut condition, fills.last_mut()) {
                    (Some(fill), _) if tag.name() != "color" || is_in_gradient => fill.take(tag, colours),
                    (None, Some(fill)) if is_in_fills => fill.take(tag, colours),
                    _ => {}
                },
                "xf" if is_in_styles && styles.len() < FILLS_MAX => {
                    let fill = tag.attribute("fillId").and_then(|id| id.trim().parse::<usize>().ok());
                    styles.push(fill.and_then(|fill| fills.get(fill)).and_then(|fill| fill.shade()));
                }
                _ => {}
            },
            Event::End("fills") => is_in_fills = false,
            Event::End("gradientFill") => is_in_gradient = false,
            Event::End("cellXfs") => is_in_styles = false,
            Event::End("dxf") => {
                let fill = condition.take().unwrap_or_default();
                if of_conditions.len() < FILLS_MAX {
                    of_conditions.push(fill.shade_of_condition());
                }
            }
            Event::End(_) | Event::Text(_) => {}
        })
    }

    /// The shade of the style that an attribute names.
    fn of_attribute(&self, tag: &Tag<'_>, name: &str) -> Option<u8> {
        let style = tag.attribute(name)?.trim().parse::<usize>().ok()?;
        self.styles.get(style).copied().flatten()
    }
}

impl Colours {
    /// Reads the palette of a book, which stands behind what names its colours (18.8.27).
    fn read(&mut self, xml: &str) {
        if memchr::memmem::find(xml.as_bytes(), b"indexedColors").is_none() {
            return;
        }
        let (mut palette, mut is_in_palette) = (Vec::new(), false);
        xml::read(xml, &mut |event| match event {
            Event::Start(tag) if tag.name() == "indexedColors" => is_in_palette = true,
            Event::Start(tag) if tag.name() == "rgbColor" && is_in_palette && palette.len() < COLOURS_MAX => {
                palette.push(shaded::shade_of(&tag.attribute("rgb").unwrap_or_default()).unwrap_or(0));
            }
            Event::End("indexedColors") => is_in_palette = false,
            _ => {}
        });
        // The first eight are those of before numbers began.
        self.palette = palette.split_off(palette.len().min(FIRST_COLOURS));
    }
}

/// A colour by its value, by its place in the theme, or by its number.
fn shade(tag: &Tag<'_>, colours: &Colours) -> Option<u8> {
    if let Some(colour) = tag.attribute("rgb") {
        return shaded::shade_of(&colour);
    }
    let number = |name: &str| tag.attribute(name).and_then(|value| value.trim().parse::<u32>().ok());
    let light = match (number("theme"), tag.attribute("indexed").and_then(|own| own.trim().parse::<usize>().ok())) {
        (Some(theme), _) => colours.theme.by_number(theme),
        (None, Some(number)) => shaded::numbered(number, &colours.palette),
        (None, None) => return None,
    };
    let tint = tag.attribute("tint").and_then(|tint| office::number(&tint)).unwrap_or(0.0);
    Some(shaded::tinted(light, tint))
}

/// The shaded cells of a sheet.
#[derive(Debug, Default)]
pub(super) struct Cells {
    sheet: Sheet,
    /// The row that is read, the row behind it, and the next column; all from 0.
    row: usize,
    next_row: usize,
    column: usize,
    /// None where the sheet has none.
    conditions: Option<Conditions>,
}

impl Cells {
    /// Those of a sheet.
    pub(super) fn of(xml: &str) -> Self {
        let conditions = Conditions::of(xml);
        Self { conditions, ..Self::default() }
    }

    pub(super) fn text(&mut self, piece: &str) {
        if let Some(conditions) = &mut self.conditions {
            conditions.text(piece);
        }
    }

    /// Behind an element; with the shared strings.
    pub(super) fn end(&mut self, name: &str, (fills, strings): (&Fills, &[String])) {
        if let Some(conditions) = &mut self.conditions {
            conditions.end(name, (&fills.of_conditions, strings), &mut self.sheet);
        }
    }

    /// What may be codes.
    pub(super) fn finish(mut self) -> Vec<Canvas> {
        let mut drawings = match self.conditions.take() {
            Some(conditions) => conditions.finish(&mut self.sheet),
            None => Vec::new(),
        };
        drawings.push(self.sheet.finish());
        drawings
    }

    pub(super) fn start(&mut self, tag: &Tag<'_>, fills: &Fills) {
        if let Some(conditions) = &mut self.conditions {
            conditions.start(tag, &fills.colours);
        }
        if fills.styles.is_empty() && self.conditions.is_none() {
            return;
        }
        let number = |name: &str| tag.attribute(name).and_then(|number| office::number(&number));
        let is = |name: &str| tag.attribute(name).is_some_and(|value| matches!(value.as_str(), "1" | "true"));
        match tag.name() {
            "sheetFormatPr" => {
                number("defaultColWidth")
                    .into_iter()
                    .for_each(|width| self.sheet.grid.columns.set_usual(of_width(width)));
                number("defaultRowHeight")
                    .into_iter()
                    .for_each(|height| self.sheet.grid.rows.set_usual(of_height(height)));
                if is("zeroHeight") {
                    self.sheet.grid.rows.set_usual(0.0);
                }
            }
            "col" => self.start_columns(tag, fills),
            "row" => {
                let row = tag.attribute("r").and_then(|row| row.trim().parse::<usize>().ok()?.checked_sub(1));
                self.row = row.unwrap_or(self.next_row);
                self.next_row = self.row.saturating_add(1);
                self.column = 0;
                let height = number("ht").map(of_height).filter(|_| !is("hidden")).or(is("hidden").then_some(0.0));
                height.into_iter().for_each(|height| self.sheet.grid.rows.set(self.row, self.next_row, height));
                let ground = if is("customFormat") { fills.of_attribute(tag, "s") } else { None };
                ground.into_iter().for_each(|shade| self.sheet.ground_of_row(self.row, shade));
            }
            "c" => {
                let (column, row) = tag.attribute("r").and_then(|own| place(&own)).unwrap_or((self.column, self.row));
                self.column = column.saturating_add(1);
                if let Some(conditions) = &mut self.conditions {
                    conditions.go_to((column, row), tag.attribute("t").unwrap_or_default());
                }
                self.sheet.add((column, row), fills.of_attribute(tag, "s"));
            }
            "mergeCell" => {
                let range = tag.attribute("ref").unwrap_or_default();
                let ends = range.split_once(':').and_then(|(from, to)| place(from).zip(place(to)));
                ends.into_iter().for_each(|(from, to)| self.sheet.merge(from, to));
            }
            _ => {}
        }
    }

    /// Columns beside each other (18.3.1.13).
    fn start_columns(&mut self, tag: &Tag<'_>, fills: &Fills) {
        let number = |name: &str| tag.attribute(name).and_then(|number| number.trim().parse::<usize>().ok());
        let Some((first, last)) = number("min").zip(number("max")) else { return };
        let from = first.saturating_sub(1);
        let is_hidden = tag.attribute("hidden").is_some_and(|value| matches!(value.as_str(), "1" | "true"));
        let width = tag.attribute("width").and_then(|width| office::number(&width)).map(of_width);
        let width = if is_hidden { Some(0.0) } else { width };
        width.into_iter().for_each(|width| self.sheet.grid.columns.set(from, last, width));
        let ground = fills.of_attribute(tag, "style");
        ground.into_iter().for_each(|shade| self.sheet.ground_of_columns(from, last, shade));
    }
}

/// The width of a column of so many characters (18.3.1.13), and the height of a row of so many points, in usual heights of a row.
fn of_width(characters: f64) -> f64 {
    if characters > 0.0 { (characters * 7.0 + 5.0) / 20.0 } else { 0.0 }
}

fn of_height(points: f64) -> f64 {
    points / 15.0
}

/// `AB12`: column and row.
fn place(reference: &str) -> Option<(usize, usize)> {
    let (row, column) = a1(reference)?;
    Some((usize::try_from(column.at).ok()?, usize::try_from(row.at).ok()?))
}
