//! Cells, ranges and names in a formula: `B7`, `$B$7`, `Sheet2!B7`, `'My sheet'!A1:A9`, `R1C1`, `R[-1]C`, `[.B7]` and
//! `[$Sheet2.B7]` of OpenFormula.

use crate::formats::office::formula::cells::{COLUMNS, Line, Place, ROWS, a1};
use crate::formats::office::formula::fold::doubt::Doubt;
use crate::formats::office::formula::fold::scalar::Scalar;
use crate::formats::office::formula::fold::{NAMING, Operand, RANGE_CELLS_MAX, Reader, Style, Value, has_call};

impl<'f> Reader<'f> {
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

    /// What stands in a reference that is written as a text; a second argument says how.
    pub(super) fn indirect(&mut self, arguments: Vec<Value>, depth: u32) -> Value {
        let mut arguments = arguments.into_iter();
        let reference = self.one(arguments.next()?)?.text()?;
        let style = match arguments.next() {
            None => Style::Either,
            Some(is_a1) => match self.one(is_a1)?.holds()? {
                true => Style::A1,
                false => Style::R1C1,
            },
        };
        let mut inner = Reader { rest: &reference, counted: reference.len(), moved: (0, 0), style, ..*self };
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
        let mut cells = Vec::new();
        for row in rows.0..=rows.1 {
            for column in columns.0..=columns.1 {
                cells.push(self.cell(Place { sheet, row, column }, depth)?);
            }
        }
        if let [one] = cells.as_slice() {
            return Some(Operand::One(one.clone()));
        }
        let within = |at: u32, (from, to): (u32, u32)| (from..=to).contains(&at).then(|| at.saturating_sub(from));
        let own = match (rows.0 == rows.1, columns.0 == columns.1) {
            (false, true) => within(self.place.row, rows),
            (true, false) => within(self.place.column, columns),
            _ => None,
        };
        Some(Operand::Range(cells, own.and_then(|own| usize::try_from(own).ok())))
    }

    fn corner(&mut self) -> Option<(u32, u32)> {
        let before = self.rest;
        let word = self.word(|c| c.is_ascii_alphanumeric() || c == '$');
        let by_letters = a1(word).filter(|_| self.style != Style::R1C1);
        let by_numbers = r1c1(before, self.place).filter(|_| self.style != Style::A1);
        match (by_letters, by_numbers) {
            // `RC5` may be either.
            (Some(_), Some(_)) => {
                if self.goes_first(Doubt::Style) {
                    self.moved(by_letters?)
                } else {
                    self.numbered(by_numbers?)
                }
            }
            (Some(by_letters), None) => self.moved(by_letters),
            (None, by_numbers) => self.numbered(by_numbers?),
        }
    }

    fn moved(&self, (row, column): (Line, Line)) -> Option<(u32, u32)> {
        if self.rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | '!')) {
            return None;
        }
        let moved = |line: Line, by: i64, count: u32| match line.is_fixed {
            true => Some(line.at),
            false => round(line.at, by, count),
        };
        Some((moved(row, self.moved.0, ROWS)?, moved(column, self.moved.1, COLUMNS)?))
    }

    fn cell(&mut self, place: Place, depth: u32) -> Option<Scalar> {
        let cells = self.known.cells?;
        let told = cells.value(place);
        if !self.spend(told.map_or(0, |(text, _)| text.len())) {
            return None;
        }
        let told = told.map(|(text, kind)| match Scalar::of_cell(text, kind) {
            (own, Some(other)) => {
                if self.goes_first(Doubt::Kind(place)) {
                    own
                } else {
                    other
                }
            }
            (own, None) => own,
        });
        let Some(formula) = cells.formula(place) else { return told };
        let reckoned = formula.and_then(|standing| {
            let mut inner = Reader::new(standing.formula.trim_start_matches('='), standing, (self.known, self.notes));
            inner.is_over = self.is_over;
            let reckoned = inner.expression(depth.saturating_add(1)).filter(|_| inner.rest.trim().is_empty());
            let reckoned = inner.one(reckoned);
            inner.spend(0);
            self.is_over |= inner.is_over;
            if reckoned.is_none() {
                self.note_literals(&standing.formula);
            }
            reckoned
        });
        match (reckoned, told) {
            (Some(reckoned), Some(told)) if reckoned.is_same(&told) => Some(told),
            // What the file says a cell shows need not be what its formula comes to.
            (Some(reckoned), Some(told)) => Some(if self.goes_first(Doubt::Result(place)) { reckoned } else { told }),
            (Some(reckoned), None) => Some(reckoned),
            (None, told) => {
                self.notes.is_guess.set(true);
                told
            }
        }
    }

    fn numbered(&mut self, (row, column, rest): (u32, u32, &'f str)) -> Option<(u32, u32)> {
        self.rest = rest;
        Some((row, column))
    }

    /// What a name stands for: relative references in it are moved from the cell that they are written for.
    fn name(&mut self, depth: u32) -> Value {
        let name = self.word(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\\'));
        let here = (self.place.row, self.place.column);
        match name.to_ascii_uppercase().as_str() {
            "TRUE" => return Some(Operand::One(Scalar::Truth(true))),
            "FALSE" => return Some(Operand::One(Scalar::Truth(false))),
            _ => {}
        }
        let (formula, base) = self.known.cells?.named(name)?;
        if !self.spend(self.formula.len()) || self.has_names_of_its_own(name) {
            return None;
        }
        let by = |to: u32, from: u32| i64::from(to).saturating_sub(i64::from(from));
        let rest = formula.trim_start_matches('=');
        let moved = (by(here.0, base.0), by(here.1, base.1));
        let mut inner = Reader { formula, rest, counted: rest.len(), moved, style: Style::Either, ..*self };
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

    /// May a name be one that the formula gives to a value?
    fn has_names_of_its_own(&self, name: &str) -> bool {
        let upper = self.formula.to_ascii_uppercase();
        name.to_ascii_uppercase().starts_with("_XLPM.") || NAMING.iter().any(|function| has_call(function, &upper))
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
