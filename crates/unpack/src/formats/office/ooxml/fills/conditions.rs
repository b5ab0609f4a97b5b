//! Fills of cells by conditions (ECMA-376-1, 18.3.1.10, and those of 2009 in the list of extensions): comparisons, ranks, scales and
//! bars are followed. Of a formula that is not it is told where it fills as many columns and rows as a code has, and its answer is not
//! the same along one of them.

use super::dependence::{Form, comparison};
use super::rule::{Paint, Rule};
use super::values::{At, Range, Value, Values, are_of_code, corner, have_room, is_high, is_wide, ranges};
use super::{Colours, Fill, place};
use crate::formats::image::canvas::{Canvas, SHAPES_MAX};
use crate::formats::office::shaded::sheet::{Grid, Sheet};
use crate::formats::xml::Tag;

/// Bytes of a value, a formula or a list of ranges that are kept.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Conditions of one list of ranges.
const RULES_MAX: usize = 1_000;
/// Cells that are filled by all conditions of a sheet.
const FILLED_MAX: usize = 400_000;
/// Values compared with ranges, of all conditions of a sheet.
const COMPARED_MAX: usize = 20_000_000;
/// Ranges whose fill is not known, of a sheet.
const UNTOLD_MAX: usize = 10_000;
/// References to rows and columns in comparisons of both, of all conditions of a sheet: plans have a few, and a row of a code has more.
const RULED_MAX: usize = 24;
/// Ranges that are the same along each row, or each column, and too narrow for a code: so many side by side may be one.
const NARROW_MAX: usize = 12;
/// Conditions that fill what is empty, and cells in their ranges, that are drawn.
const OF_BLANKS_MAX: usize = 16;
const HELD_MAX: usize = 20_000;
/// Cells that a formula asks for, and cells for which that is done.
const OWN_MAX: usize = 4;
const ASKED_MAX: usize = 400_000;

/// The values of a sheet's cells, and the condition that is read.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    values: Values,
    at: At,
    cell_type: String,
    /// The text that is read.
    text: Option<String>,
    is_long: bool,
    ranges: Vec<Range>,
    has_more_ranges: bool,
    rules: Vec<Rule>,
    rule: Option<Rule>,
    is_in_stop: bool,
    filled: usize,
    compared: usize,
    /// Ranges whose fill is not known; those that are filled by comparing rows with columns, and how often that is done; and narrow ones.
    untold: Vec<Range>,
    ruled: Vec<Range>,
    comparisons: usize,
    narrow: Vec<Range>,
    /// Cells whose fill hangs on a value in a way that is not known.
    asked: Vec<At>,
    /// All that is not followed, as if it held everywhere; and what is filled where nothing stands.
    filled_whole: Canvas,
    of_blanks: Vec<Canvas>,
    of_narrow_blanks: Canvas,
}

impl Conditions {
    /// None where a sheet has none.
    pub(super) fn of(xml: &str) -> Option<Self> {
        memchr::memmem::find(xml.as_bytes(), b"onditionalFormatting").is_some().then(Self::default)
    }

    /// The cell that comes next.
    pub(super) fn go_to(&mut self, at: At, cell_type: String) {
        self.at = at;
        self.cell_type = cell_type;
    }

    pub(super) fn start(&mut self, tag: &Tag<'_>, colours: &Colours) {
        match (tag.name(), &mut self.rule) {
            ("v" | "t", None) | ("sqref", _) | ("formula" | "f", Some(_)) => self.hold(),
            ("conditionalFormatting", _) => {
                (self.ranges, self.has_more_ranges) = ranges(&tag.attribute("sqref").unwrap_or_default());
                self.rules.clear();
            }
            ("cfRule", _) => self.rule = Some(Rule::of(tag)),
            ("cfvo", Some(rule)) => {
                let text = |name: &str| tag.attribute(name).unwrap_or_default();
                rule.stops.push((text("type"), text("val")));
                self.is_in_stop = true;
            }
            ("color", Some(rule)) => rule.take_colour(tag, colours),
            ("dxf", Some(rule)) => rule.own_fill = Some(Fill::default()),
            ("patternFill" | "fgColor" | "bgColor", Some(Rule { own_fill: Some(fill), .. })) => fill.take(tag, colours),
            _ => {}
        }
    }

    fn hold(&mut self) {
        self.text = Some(String::new());
        self.is_long = false;
    }

    pub(super) fn text(&mut self, piece: &str) {
        if let Some(text) = &mut self.text {
            self.is_long |= text.len().saturating_add(piece.len()) > TEXT_BYTES_MAX;
            if !self.is_long {
                text.push_str(piece);
            }
        }
    }

    pub(super) fn end(&mut self, name: &str, (fills, strings): (&[Option<u8>], &[String]), sheet: &mut Sheet) {
        match (name, &mut self.rule) {
            ("v" | "t", None) => {
                let text = self.text.take().unwrap_or_default();
                self.values.add(self.at, &self.cell_type, &text, strings);
            }
            ("formula" | "f", Some(rule)) => {
                let formula = self.text.take().unwrap_or_default().trim().to_owned();
                rule.is_cut |= self.is_long || rule.formulas.len() > 2;
                match rule.stops.last_mut().filter(|_| self.is_in_stop) {
                    Some((_, value)) => *value = formula,
                    None if !rule.is_cut => rule.formulas.push(formula),
                    None => {}
                }
            }
            ("cfvo", _) => self.is_in_stop = false,
            ("sqref", _) => {
                (self.ranges, self.has_more_ranges) = ranges(&self.text.take().unwrap_or_default());
                self.has_more_ranges |= self.is_long;
            }
            ("cfRule", Some(_)) => {
                let rule = self.rule.take().filter(|rule| rule.is_seen(fills));
                if self.rules.len() < RULES_MAX {
                    self.rules.extend(rule);
                } else if rule.is_some() {
                    sheet.canvas.cut();
                }
            }
            ("conditionalFormatting", _) => {
                for rule in std::mem::take(&mut self.rules) {
                    self.fill(&rule, rule.shade(fills), sheet);
                }
            }
            _ => {}
        }
    }

    fn fill(&mut self, rule: &Rule, own: Option<u8>, sheet: &mut Sheet) {
        let compared: usize = self.ranges.iter().map(|range| self.values.cost(range)).sum();
        self.compared = self.compared.saturating_add(compared);
        if self.has_more_ranges || self.compared > COMPARED_MAX {
            return sheet.canvas.cut();
        }
        if !rule.is_cut && self.follow(rule, own, sheet) {
            return;
        }
        paint_ranges(&self.ranges, own.unwrap_or(0), (&mut self.filled_whole, &mut sheet.grid));
        let form = rule.formulas.first().filter(|_| !rule.is_cut).map(|formula| Form::of(formula));
        let is_told = match form {
            Some(_) if rule.kind == "cellIs" => self.ask(&rule.formulas, true),
            Some(Form::Own(_)) => self.ask(&rule.formulas, false),
            Some(Form::Uniform { by_row, by_column }) => {
                if (by_row && !is_wide(&self.ranges)) || (by_column && !is_high(&self.ranges)) {
                    self.narrow.extend_from_slice(&self.ranges);
                }
                self.narrow.len() < UNTOLD_MAX
            }
            Some(Form::Ruled(count)) => {
                self.comparisons = self.comparisons.saturating_add(count);
                self.ruled.extend_from_slice(&self.ranges);
                self.ruled.len() < UNTOLD_MAX
            }
            // Those without a formula ask for the cell's own value.
            None if !rule.is_cut => self.ask(&[], true),
            Some(Form::Unknown) | None => false,
        };
        if !is_told {
            let ranges = self.ranges.clone();
            self.leave(&ranges, sheet);
        }
    }

    /// Notes ranges whose fill is not known.
    fn leave(&mut self, ranges: &[Range], sheet: &mut Sheet) {
        if self.untold.len().saturating_add(ranges.len()) > UNTOLD_MAX {
            return sheet.canvas.cut();
        }
        self.untold.extend_from_slice(ranges);
    }

    /// Notes the cells of which something stands where formulas ask for it; false where that cannot be told.
    fn ask(&mut self, formulas: &[String], is_of_own: bool) -> bool {
        let base = corner(&self.ranges);
        let mut asked = if is_of_own { vec![base] } else { Vec::new() };
        for formula in formulas {
            match Form::of(formula) {
                Form::Own(own) => asked.extend(own),
                Form::Unknown => return false,
                Form::Uniform { .. } | Form::Ruled(_) => {}
            }
        }
        asked.sort_unstable();
        asked.dedup();
        if asked.len() > OWN_MAX {
            return false;
        }
        for shift in asked.into_iter().map(|at| shift(base, at)) {
            if !self.values.unknown(&self.ranges, shift).is_empty() {
                return false;
            }
            let held = self.values.within(&self.ranges, shift);
            self.asked.extend(held.into_iter().map(|(at, _)| at));
        }
        self.asked.len() <= ASKED_MAX
    }

    /// Paints what a rule fills, if that is known.
    fn follow(&mut self, rule: &Rule, own: Option<u8>, sheet: &mut Sheet) -> bool {
        let base = corner(&self.ranges);
        let mut from = base;
        let compared = (rule.kind == "expression").then(|| comparison(rule.formulas.first()?)).flatten();
        let compared = compared.map(|(at, operator, constant)| {
            from = at;
            Rule::comparing(operator, constant)
        });
        let rule = compared.as_ref().unwrap_or(rule);
        let shift = shift(base, from);
        let held = self.values.within(&self.ranges, shift);
        let Some(paint) = rule.paint(own, &held, &self.values) else { return false };
        let unknown = self.values.unknown(&self.ranges, shift);
        self.leave(&unknown, sheet);
        for (at, value) in &held {
            let Some(shade) = paint.shade(*value) else { continue };
            self.filled = self.filled.saturating_add(1);
            if self.filled > FILLED_MAX {
                sheet.canvas.cut();
                break;
            }
            paint_ranges(&[(*at, *at)], shade, (&mut sheet.canvas, &mut sheet.grid));
        }
        // To comparisons what is empty is nought, and no text.
        let of_blanks = paint.shade_of_blank().filter(|_| matches!(rule.kind.as_str(), "cellIs" | "containsBlanks"));
        of_blanks.is_none_or(|shade| self.draw_blanks(shade, (&held, &paint), &mut sheet.grid))
    }

    /// Draws ranges whose empty cells have a shade; false where there are too many.
    fn draw_blanks(&mut self, shade: u8, (held, paint): (&[(At, Value)], &Paint), grid: &mut Grid) -> bool {
        let places: Vec<At> = held.iter().map(|(at, _)| *at).collect();
        let is_wide = are_of_code(&places);
        if is_wide && (held.len() > HELD_MAX || self.of_blanks.len() >= OF_BLANKS_MAX) {
            return false;
        }
        // Narrow ones side by side may be one code.
        let mut own_drawing = Canvas::default();
        let drawing = if is_wide { &mut own_drawing } else { &mut self.of_narrow_blanks };
        if drawing.len().saturating_add(held.len()).saturating_add(self.ranges.len()) > SHAPES_MAX {
            self.narrow.extend_from_slice(&self.ranges);
            return true;
        }
        paint_ranges(&self.ranges, shade, (drawing, grid));
        for (at, value) in held {
            paint_ranges(&[(*at, *at)], paint.shade(*value).unwrap_or(255), (drawing, grid));
        }
        if is_wide {
            self.of_blanks.push(own_drawing);
        }
        true
    }

    /// At the end of the sheet: what is drawn besides.
    pub(super) fn finish(mut self, sheet: &mut Sheet) -> Vec<Canvas> {
        if self.comparisons > RULED_MAX {
            self.untold.append(&mut self.ruled);
        }
        if self.narrow.len() > NARROW_MAX {
            self.untold.append(&mut self.narrow);
        }
        self.asked.sort_unstable();
        self.asked.dedup();
        if have_room(&self.untold) || are_of_code(&self.asked) {
            sheet.canvas.cut();
        }
        self.of_blanks.extend([self.of_narrow_blanks, self.filled_whole]);
        self.of_blanks.iter().map(|drawing| sheet.grid.looked_at(drawing)).collect()
    }
}

fn paint_ranges(ranges: &[Range], shade: u8, (canvas, grid): (&mut Canvas, &mut Grid)) {
    for (from, to) in ranges {
        grid.add(canvas, (*from, (to.0.saturating_add(1), to.1.saturating_add(1))), shade);
    }
}

/// A number, or that of a cell which is the same for all.
pub(super) fn known(formula: &str, values: &Values) -> Option<f64> {
    let formula = formula.trim().trim_start_matches('=');
    let number = formula.parse::<f64>().ok().filter(|number| number.is_finite());
    let is_fixed = || formula.starts_with('$') && formula.get(1..).is_some_and(|rest| rest.contains('$'));
    number.or_else(|| values.number(place(formula).filter(|_| is_fixed())?))
}

/// How far one cell is from another.
fn shift(from: At, to: At) -> (isize, isize) {
    let far = |from: usize, to: usize| to.checked_signed_diff(from).unwrap_or(0);
    (far(from.0, to.0), far(from.1, to.1))
}
