//! What the cells of a sheet hold, as conditions compare it, and how wide a list of ranges is.

use std::collections::HashMap;

use super::place;
use crate::fingerprint;

/// Cells of one sheet that are kept.
const CELLS_MAX: usize = 70_000;
/// Column and row, from 0.
pub(super) type At = (usize, usize);
/// From a corner to another, both in it.
pub(super) type Range = (At, At);

/// Cells of a side of the smallest code.
const SIDE_MIN: usize = 21;
/// Of so many of its cells one is dark, and one light, at least.
const MODULES_SHARE: usize = 3;
/// Ranges of one list.
const RANGES_MAX: usize = 1_000;

/// What one cell holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    /// The same for what is the same to Excel.
    pub(super) kind: u64,
    /// Text and truth are more than every number, and an error is none.
    pub(super) number: f64,
}

/// By the cell.
#[derive(Debug, Default)]
pub(super) struct Values {
    cells: HashMap<At, Value>,
    /// The box around what is not known.
    lost: Option<Range>,
}

impl Values {
    /// Keeps what a cell of this type holds (18.18.11).
    pub(super) fn add(&mut self, at: At, cell_type: &str, text: &str, strings: &[String]) {
        if text.trim().is_empty() {
            return;
        }
        let string = |text: &str| strings.get(text.trim().parse::<usize>().ok()?);
        let value = match cell_type {
            "" | "n" => text.trim().parse().ok().map(Value::of_number),
            "s" => string(text).map(|string| Value::of_text(string)),
            "str" | "inlineStr" | "b" => Some(Value::of_text(text)),
            "e" => Some(Value { number: f64::NAN, ..Value::of_text(text) }),
            // Dates in words.
            _ => None,
        };
        match value.filter(|_| self.cells.len() < CELLS_MAX || self.cells.contains_key(&at)) {
            // What looks empty is.
            Some(value) if !value.is_blank() => {
                self.cells.insert(at, value);
            }
            Some(_) => {}
            None => self.lost = Some(self.lost.map_or((at, at), |lost| around(lost, (at, at)))),
        }
    }

    pub(super) fn number(&self, at: At) -> Option<f64> {
        self.cells.get(&at).map(|value| value.number).filter(|number| number.is_finite())
    }

    /// How much it is to look for those in a range.
    pub(super) fn cost(&self, range: &Range) -> usize {
        let ((left, top), (right, bottom)) = *range;
        let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
        width.saturating_add(1).saturating_mul(height.saturating_add(1)).min(self.cells.len()).saturating_add(1)
    }

    /// Those in ranges, each once; `shift`: of cells so far from them, in columns and rows.
    pub(super) fn within(&self, ranges: &[Range], shift: (isize, isize)) -> Vec<(At, Value)> {
        let mut held = Vec::new();
        let back = (shift.0.saturating_neg(), shift.1.saturating_neg());
        for range in ranges {
            let Some((from, to)) = moved(range.0, shift).zip(moved(range.1, shift)) else { continue };
            if self.cost(&(from, to)) <= self.cells.len() {
                let cells = (from.1..=to.1).flat_map(|row| (from.0..=to.0).map(move |column| (column, row)));
                held.extend(cells.filter_map(|at| Some((moved(at, back)?, *self.cells.get(&at)?))));
            } else {
                let own = self.cells.iter().filter(|(at, _)| is_in(&(from, to), **at));
                held.extend(own.filter_map(|(at, value)| Some((moved(*at, back)?, *value))));
            }
        }
        held.sort_unstable_by_key(|(at, _)| *at);
        held.dedup_by_key(|(at, _)| *at);
        held
    }

    /// Those of the ranges for which something stands so far from them that is not known.
    pub(super) fn unknown(&self, ranges: &[Range], shift: (isize, isize)) -> Vec<Range> {
        let Some(lost) = self.lost else { return Vec::new() };
        let meets = |range: &&Range| {
            let Some((from, to)) = moved(range.0, shift).zip(moved(range.1, shift)) else { return false };
            from.0 <= lost.1.0 && lost.0.0 <= to.0 && from.1 <= lost.1.1 && lost.0.1 <= to.1
        };
        ranges.iter().filter(meets).copied().collect()
    }
}

impl Value {
    pub(super) fn of_number(number: f64) -> Self {
        Self { kind: number.to_bits(), number }
    }

    /// Case says nothing.
    pub(super) fn of_text(text: &str) -> Self {
        Self { kind: fingerprint::of(text.trim().to_lowercase()), number: f64::INFINITY }
    }

    fn is_blank(self) -> bool {
        self.number.is_infinite() && self.kind == Self::of_text("").kind
    }
}

/// Can a code be drawn with as many of these cells as are dark, or light, in it?
pub(super) fn are_of_code(cells: &[At]) -> bool {
    let ranges: Vec<Range> = cells.iter().map(|at| (*at, *at)).collect();
    cells.len() >= SIDE_MIN.saturating_mul(SIDE_MIN) / MODULES_SHARE && have_room(&ranges)
}

/// Are there as many columns and rows in these ranges as a code has?
pub(super) fn have_room(ranges: &[Range]) -> bool {
    is_wide(ranges) && is_high(ranges)
}

/// Are there as many columns?
pub(super) fn is_wide(ranges: &[Range]) -> bool {
    covered(ranges.iter().map(|(from, to)| (from.0, to.0)).collect()) >= SIDE_MIN
}

/// Are there as many rows?
pub(super) fn is_high(ranges: &[Range]) -> bool {
    covered(ranges.iter().map(|(from, to)| (from.1, to.1)).collect()) >= SIDE_MIN
}

/// How many numbers are in these pairs, of which both ends count.
fn covered(mut pairs: Vec<(usize, usize)>) -> usize {
    pairs.sort_unstable();
    let (mut count, mut next) = (0_usize, 0_usize);
    for (from, to) in pairs {
        let from = from.max(next);
        let behind = to.saturating_add(1);
        count = count.saturating_add(behind.saturating_sub(from));
        next = next.max(behind);
    }
    count
}

fn is_in((from, to): &Range, at: At) -> bool {
    (from.0..=to.0).contains(&at.0) && (from.1..=to.1).contains(&at.1)
}

fn around((from, to): Range, (other_from, other_to): Range) -> Range {
    let first = (from.0.min(other_from.0), from.1.min(other_from.1));
    (first, (to.0.max(other_to.0), to.1.max(other_to.1)))
}

/// The corner of the least column and row.
pub(super) fn corner(ranges: &[Range]) -> At {
    ranges.iter().copied().reduce(around).map_or((0, 0), |(from, _)| from)
}

fn moved(at: At, shift: (isize, isize)) -> Option<At> {
    Some((at.0.checked_add_signed(shift.0)?, at.1.checked_add_signed(shift.1)?))
}

/// `A1:C3 E5`; and whether there are more than are kept.
pub(super) fn ranges(list: &str) -> (Vec<Range>, bool) {
    let range = |one: &str| {
        let (from, to) = one.split_once(':').unwrap_or((one, one));
        place(from).zip(place(to)).map(|(from, to)| around((from, from), (to, to)))
    };
    let mut all = list.split_ascii_whitespace();
    let kept = all.by_ref().take(RANGES_MAX).filter_map(range).collect();
    (kept, all.next().is_some())
}
