//! Fills of cells by conditions (ECMA-376-1, 18.3.1.10): comparisons with numbers, and scales of colours, are followed; a formula that
//! takes its answer from elsewhere is told where it fills as many cells as a code has.

use std::collections::{BTreeSet, HashMap};

use super::{CELLS_MAX, place, shade};
use crate::formats::image::canvas::Canvas;
use crate::formats::office::shaded;
use crate::formats::xml::Tag;

/// Cells of a side of the smallest code.
const SIDE_MIN: usize = 21;
/// Values that the modules of a code may have.
const KINDS_MAX: usize = 4;
/// Bytes of a value or a formula that are kept.
const VALUE_BYTES_MAX: usize = 256;
/// Cells that are filled by all conditions of a sheet.
const FILLED_MAX: usize = 400_000;
/// Values compared with ranges, of all conditions of a sheet.
const COMPARED_MAX: usize = 20_000_000;
/// Ranges of one condition.
const RANGES_MAX: usize = 1_000;
/// Words of formulas that take bits out of something.
const TAKING: [&str; 9] = ["!", "MID(", "BITAND(", "INDEX(", "CODE(", "FIND(", "SEARCH(", "INDIRECT(", "OFFSET("];

type At = (usize, usize);

/// The values of a sheet's cells, and the condition that is read.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    values: HashMap<At, f64>,
    at: At,
    is_held: bool,
    text: String,
    ranges: Vec<(At, At)>,
    rule: Option<Rule>,
    filled: usize,
    compared: usize,
}

#[derive(Debug, Default)]
struct Rule {
    kind: String,
    operator: String,
    fill: Option<usize>,
    formulas: Vec<String>,
    /// Of a scale, from the least value to the greatest.
    shades: Vec<u8>,
}

impl Conditions {
    /// None where a sheet has none.
    pub(super) fn of(xml: &str) -> Option<Self> {
        memchr::memmem::find(xml.as_bytes(), b"onditionalFormatting").is_some().then(Self::default)
    }

    /// The cell that comes next.
    pub(super) fn go_to(&mut self, at: At) {
        self.at = at;
    }

    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "v" => self.hold(),
            "formula" | "f" if self.rule.is_some() => self.hold(),
            "conditionalFormatting" => self.ranges = ranges(&tag.attribute("sqref").unwrap_or_default()),
            "cfRule" => {
                let text = |name: &str| tag.attribute(name).unwrap_or_default();
                let fill = text("dxfId").trim().parse().ok();
                self.rule = Some(Rule { kind: text("type"), operator: text("operator"), fill, ..Rule::default() });
            }
            "color" => {
                if let Some(rule) = &mut self.rule {
                    rule.shades.extend(shade(tag).filter(|_| rule.kind == "colorScale"));
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self) {
        self.text.clear();
        self.is_held = true;
    }

    pub(super) fn text(&mut self, piece: &str) {
        if self.is_held && self.text.len().saturating_add(piece.len()) <= VALUE_BYTES_MAX {
            self.text.push_str(piece);
        }
    }

    pub(super) fn end(&mut self, name: &str, fills: &[Option<u8>], canvas: &mut Canvas) {
        match name {
            "v" => {
                if let Some(value) = self.text.trim().parse().ok().filter(|_| self.values.len() < CELLS_MAX) {
                    self.values.insert(self.at, value);
                }
                self.is_held = false;
            }
            "formula" | "f" => {
                let formula = self.text.trim().to_owned();
                if let Some(rule) = self.rule.as_mut().filter(|rule| self.is_held && rule.formulas.len() < 2) {
                    rule.formulas.push(formula);
                }
                self.is_held = false;
            }
            "cfRule" => {
                if let Some(rule) = self.rule.take() {
                    self.fill(&rule, fills, canvas);
                }
            }
            _ => {}
        }
    }

    fn fill(&mut self, rule: &Rule, fills: &[Option<u8>], canvas: &mut Canvas) {
        let own = rule.fill.and_then(|number| fills.get(number).copied()).flatten();
        if own.is_none() && rule.shades.is_empty() {
            return;
        }
        let compared = self.values.len().saturating_mul(self.ranges.len()).saturating_mul(2);
        self.compared = self.compared.saturating_add(compared);
        if self.compared > COMPARED_MAX {
            return canvas.cut();
        }
        if let Some(paint) = self.paint_of(rule, own) {
            return self.fill_cells(&paint, canvas);
        }
        let is_taking = rule.formulas.iter().any(|formula| {
            let formula = formula.to_ascii_uppercase();
            TAKING.iter().any(|word| formula.contains(word))
        });
        let large =
            |(from, to): &(At, At)| to.0.saturating_sub(from.0) >= SIDE_MIN && to.1.saturating_sub(from.1) >= SIDE_MIN;
        if self.ranges.iter().any(|range| large(range) && (is_taking || self.is_of_few_values(range))) {
            canvas.cut();
        }
    }

    /// What a value is painted with, where that is known: none of what the rule does not hold for.
    fn paint_of(&self, rule: &Rule, own: Option<u8>) -> Option<Paint> {
        if rule.kind == "colorScale" {
            let values = self.values.iter().filter(|(at, _)| self.ranges.iter().any(|range| is_in(range, **at)));
            let ends = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), (_, value)| {
                (least.min(*value), most.max(*value))
            });
            return (rule.shades.len() > 1).then(|| Paint::Scale(rule.shades.clone(), ends));
        }
        if rule.kind != "cellIs" {
            return None;
        }
        let number = |at: usize| rule.formulas.get(at)?.trim_matches('"').parse::<f64>().ok();
        let (one, two) = (number(0)?, number(1));
        // The operators are those of 18.18.15.
        let range = match rule.operator.as_str() {
            "equal" => (one, one, true),
            "notEqual" => (one, one, false),
            "greaterThan" => (f64::NEG_INFINITY, one, false),
            "lessThan" => (one, f64::INFINITY, false),
            "greaterThanOrEqual" => (one, f64::INFINITY, true),
            "lessThanOrEqual" => (f64::NEG_INFINITY, one, true),
            "between" => (one, two?, true),
            "notBetween" => (one, two?, false),
            _ => return None,
        };
        Some(Paint::Range(own?, range))
    }

    fn fill_cells(&mut self, paint: &Paint, canvas: &mut Canvas) {
        for (at, value) in &self.values {
            if !self.ranges.iter().any(|range| is_in(range, *at)) {
                continue;
            }
            let Some(shade) = paint.shade(*value) else { continue };
            self.filled = self.filled.saturating_add(1);
            if self.filled > FILLED_MAX {
                return canvas.cut();
            }
            shaded::add(canvas, *at, (at.0.saturating_add(1), at.1.saturating_add(1)), shade);
        }
    }

    /// Has nearly each cell of the range a value, and all of them only a few different ones?
    fn is_of_few_values(&self, range: &(At, At)) -> bool {
        let own = self.values.iter().filter(|(at, _)| is_in(range, **at));
        let (mut kinds, mut count) = (BTreeSet::new(), 0_usize);
        for (_, value) in own {
            kinds.insert(value.to_bits());
            count = count.saturating_add(1);
            if kinds.len() > KINDS_MAX {
                return false;
            }
        }
        count >= SIDE_MIN.saturating_mul(SIDE_MIN) && kinds.len() > 1
    }
}

/// What cells are painted with by their value.
#[derive(Debug)]
enum Paint {
    /// A shade, from a value to another, or outside of these.
    Range(u8, (f64, f64, bool)),
    /// Shades between the least value and the greatest.
    Scale(Vec<u8>, (f64, f64)),
}

impl Paint {
    fn shade(&self, value: f64) -> Option<u8> {
        match self {
            Self::Range(shade, (from, to, is_within)) => {
                ((*from..=*to).contains(&value) == *is_within).then_some(*shade)
            }
            Self::Scale(shades, (least, most)) => {
                let (first, last) = (shades.first()?, shades.last()?);
                let share = (value - least) / (most - least);
                let middle = shades.get(1).filter(|_| shades.len() > 2).copied().unwrap_or(first.midpoint(*last));
                Some(match share {
                    share if share < 0.25 => *first,
                    share if share > 0.75 => *last,
                    _ => middle,
                })
            }
        }
    }
}

fn is_in((from, to): &(At, At), at: At) -> bool {
    (from.0..=to.0).contains(&at.0) && (from.1..=to.1).contains(&at.1)
}

/// `A1:C3 E5`.
fn ranges(list: &str) -> Vec<(At, At)> {
    let range = |one: &str| {
        let (from, to) = one.split_once(':').unwrap_or((one, one));
        place(from).zip(place(to))
    };
    list.split_ascii_whitespace().take(RANGES_MAX).filter_map(range).collect()
}
