//! Cells, ranges and names in a formula: `B7`, `$B$7`, `Sheet2!B7`, `'My sheet'!A1:A9`, `R1C1`, `R[-1]C`, `[.B7]` and
//! `[$Sheet2.B7]` of OpenFormula.

use crate::formats::office::formula::cells::{COLUMNS, Line, Place, ROWS, a1};
use crate::formats::office::formula::fold::{Choice, RANGE_CELLS_MAX, Reader, Value};

impl Reader<'_> {
    /// What a reference or a name stands for.
    pub(super) fn reference(&mut self, depth: u32) -> Value {
        let is_open = self.step('[');
        let sheet = self.sheet(is_open);
        let value = match sheet {
            Ok(sheet) => self.range(sheet, depth),
            Err(()) => None,
        };
        if !is_open {
            return value;
        }
        self.step(']').then_some(value).flatten()
    }

    /// What stands in a reference that is written as a text.
    pub(super) fn indirect(&mut self, reference: &str, depth: u32) -> Value {
        let mut inner = Reader { rest: reference, counted: reference.len(), moved: (0, 0), ..*self };
        let value = inner.reference(depth);
        let is_whole = inner.peek().is_none();
        inner.spend(0);
        self.is_over |= inner.is_over;
        value.filter(|_| is_whole)
    }

    /// The sheet in front of a reference: this one where none is named. An error where it is none of this book.
    fn sheet(&mut self, is_open: bool) -> Result<u32, ()> {
        let before = self.rest;
        let mark = if is_open { '.' } else { '!' };
        self.step('$');
        let name = match self.peek() {
            Some('\'') => self.string('\''),
            _ => self.word(|c| c.is_alphanumeric() || matches!(c, '_' | '#') || (c == '.' && !is_open)).to_owned(),
        };
        let Some(rest) = self.rest.strip_prefix(mark) else {
            self.back(before);
            return Ok(self.place.sheet);
        };
        self.rest = rest;
        if name.is_empty() {
            return Ok(self.place.sheet);
        }
        self.known.cells.and_then(|cells| cells.sheet(&name)).ok_or(())
    }

    /// One cell, or those between two.
    fn range(&mut self, sheet: u32, depth: u32) -> Value {
        let before = self.rest;
        let Some(first) = self.corner() else {
            self.back(before);
            return self.name(depth);
        };
        let last = match self.rest.strip_prefix(':') {
            Some(rest) => {
                self.rest = rest.strip_prefix('.').unwrap_or(rest);
                self.corner()?
            }
            None => first,
        };
        let (rows, columns) = ((first.0.min(last.0), first.0.max(last.0)), (first.1.min(last.1), first.1.max(last.1)));
        let size = |(from, to): (u32, u32)| to.saturating_sub(from).saturating_add(1);
        if size(rows).saturating_mul(size(columns)) > RANGE_CELLS_MAX {
            return None;
        }
        let mut texts = Vec::new();
        for row in rows.0..=rows.1 {
            for column in columns.0..=columns.1 {
                texts.push(self.cell(Place { sheet, row, column }, depth)?);
            }
        }
        Some(texts)
    }

    fn corner(&mut self) -> Option<(u32, u32)> {
        let before = self.rest;
        let Some((row, column)) = a1(self.word(|c| c.is_ascii_alphanumeric() || c == '$')) else {
            let (row, column, rest) = r1c1(before, self.place)?;
            self.rest = rest;
            return Some((row, column));
        };
        if self.rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | '!')) {
            return None;
        }
        let moved = |line: Line, by: i64, count: u32| match line.is_fixed {
            true => Some(line.at),
            false => round(line.at, by, count),
        };
        Some((moved(row, self.moved.0, ROWS)?, moved(column, self.moved.1, COLUMNS)?))
    }

    fn cell(&mut self, place: Place, depth: u32) -> Option<String> {
        let cells = self.known.cells?;
        let value = cells.value(place);
        if !self.spend(value.map_or(0, str::len)) {
            return None;
        }
        let Some(formula) = cells.formula(place) else { return value.map(str::to_owned) };
        let reckoned = formula.and_then(|standing| {
            let mut inner = Reader::new(standing.formula.trim_start_matches('='), standing, (self.known, self.notes));
            inner.is_over = self.is_over;
            let reckoned = inner.expression(depth.saturating_add(1)).filter(|_| inner.rest.trim().is_empty());
            inner.spend(0);
            self.is_over |= inner.is_over;
            if reckoned.is_none() {
                self.note_literals(&standing.formula);
            }
            Some(reckoned?.concat())
        });
        match (reckoned, value) {
            // What the file says a cell shows need not be what its formula comes to.
            (Some(reckoned), Some(value)) if reckoned != value => {
                self.notes.has_other.set(true);
                Some(if self.known.choice == Choice::First { reckoned } else { value.to_owned() })
            }
            (Some(reckoned), _) => Some(reckoned),
            (None, value) => {
                self.notes.is_guess.set(true);
                value.map(str::to_owned)
            }
        }
    }

    /// What a name stands for: relative references in it are moved from the cell that they are written for.
    fn name(&mut self, depth: u32) -> Value {
        let name = self.word(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\\'));
        let here = (self.place.row, self.place.column);
        let (formula, base) = match name.to_ascii_uppercase().as_str() {
            "TRUE" => ("1", here),
            "FALSE" => ("0", here),
            _ => self.known.cells?.named(name)?,
        };
        let by = |to: u32, from: u32| i64::from(to).saturating_sub(i64::from(from));
        let rest = formula.trim_start_matches('=');
        let moved = (by(here.0, base.0), by(here.1, base.1));
        let mut inner = Reader { rest, counted: rest.len(), moved, ..*self };
        let value = inner.expression(depth.saturating_add(1));
        let is_whole = inner.peek().is_none();
        inner.spend(0);
        self.is_over |= inner.is_over;
        let value = value.filter(|_| is_whole);
        if value.is_none() {
            self.note_literals(formula);
        }
        value
    }
}

/// So far from there, round the edge of the sheet.
fn round(at: u32, by: i64, count: u32) -> Option<u32> {
    u32::try_from(i64::from(at).checked_add(by)?.checked_rem_euclid(i64::from(count))?).ok()
}

/// `R7C2`, `R[-1]C`, `RC[3]`: row, column, and what stands behind.
pub(in crate::formats::office::formula) fn r1c1(text: &str, place: Place) -> Option<(u32, u32, &str)> {
    let (row, rest) = line(text.strip_prefix(['R', 'r'])?, (place.row, ROWS))?;
    let (column, rest) = line(rest.strip_prefix(['C', 'c'])?, (place.column, COLUMNS))?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | '!'));
    ends.then_some((row, column, rest))
}

fn line(text: &str, (here, count): (u32, u32)) -> Option<(u32, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (by, rest) = rest.split_once(']')?;
        return Some((round(here, by.parse().ok()?, count)?, rest));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    match digits {
        "" => Some((here, rest)),
        _ => Some((digits.parse::<u32>().ok()?.checked_sub(1)?, rest)),
    }
}
