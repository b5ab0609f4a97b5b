//! What is known of the cells of a workbook while its formulas are read: values that are kept in the file, formulas, names, and
//! the formulas with an address that depends on them, which wait until all is known.
//!
//! Limits: [`CELLS_MAX`], [`CELL_BYTES_MAX`], [`VALUE_BYTES_MAX`], [`WAITING_MAX`]; beyond them a cell counts as not known.

use std::collections::HashMap;

/// Cells and names that are kept of one document.
const CELLS_MAX: usize = 100_000;
/// Their values and formulas together, bytes.
const CELL_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A value or formula, bytes; no address is longer.
const VALUE_BYTES_MAX: usize = 8 * 1024;
/// Formulas that wait.
const WAITING_MAX: usize = 10_000;

/// A cell of a sheet; rows and columns count from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) sheet: u32,
    pub(crate) row: u32,
    pub(crate) column: u32,
}

/// A formula, where it stands, and how far its relative references are moved: the cells below share the formula of the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) formula: String,
    pub(crate) place: Place,
    pub(crate) rows: i64,
    pub(crate) columns: i64,
}

/// What is known.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The cell that is read now.
    pub(crate) here: Place,
    /// A row of this sheet was read, and a cell of this row.
    has_row: bool,
    has_cell: bool,
    sheets: HashMap<String, u32>,
    /// None: too long to be kept.
    values: HashMap<Place, Option<String>>,
    formulas: HashMap<Place, Standing>,
    /// None: two formulas have this name.
    names: HashMap<String, Option<String>>,
    waiting: Vec<Standing>,
    bytes: usize,
    /// There was more than is kept.
    is_over: bool,
}

impl Cells {
    /// Goes to the start of a sheet.
    pub(crate) fn turn_to(&mut self, sheet: &str) {
        self.here = Place { sheet: self.number(sheet), row: 0, column: 0 };
        (self.has_row, self.has_cell) = (false, false);
    }

    /// Goes to a cell of this sheet.
    pub(crate) fn go(&mut self, row: u32, column: u32) {
        self.here = Place { row, column, ..self.here };
    }

    /// Goes to a cell by its name, `B7`; a cell without one follows the last.
    pub(crate) fn go_to(&mut self, reference: &str) {
        match a1(reference) {
            Some((row, column)) => self.go(row.at, column.at),
            None => self.here.column = self.next_column(),
        }
    }

    /// The row behind this one: the first one where no row was read.
    pub(crate) fn next_row(&self) -> u32 {
        if self.has_row { self.here.row.saturating_add(1) } else { 0 }
    }

    /// Goes to the start of a row, in front of its first cell.
    pub(crate) fn start_row(&mut self, row: u32) {
        self.go(row, 0);
        (self.has_row, self.has_cell) = (true, false);
    }

    /// The column behind this one: the first one where no cell of the row was read.
    pub(crate) fn next_column(&mut self) -> u32 {
        let has_cell = std::mem::replace(&mut self.has_cell, true);
        if has_cell { self.here.column.saturating_add(1) } else { 0 }
    }

    /// Another word for a sheet.
    pub(crate) fn alias(&mut self, word: &str, sheet: &str) {
        let number = self.number(sheet);
        self.sheets.insert(word.to_lowercase(), number);
    }

    fn number(&mut self, sheet: &str) -> u32 {
        // Sheet 0 is none.
        let next = u32::try_from(self.sheets.len()).unwrap_or(u32::MAX).saturating_add(1);
        *self.sheets.entry(sheet.to_lowercase()).or_insert(next)
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        let count = self.values.len().saturating_add(self.formulas.len()).saturating_add(self.names.len());
        let has_room = count < CELLS_MAX && self.bytes.saturating_add(bytes) <= CELL_BYTES_MAX;
        self.is_over |= !has_room;
        if has_room {
            self.bytes = self.bytes.saturating_add(bytes);
        }
        has_room
    }

    /// Keeps the value of this cell.
    pub(crate) fn keep_value(&mut self, value: &str) {
        let kept = Some(value).filter(|value| value.len() <= VALUE_BYTES_MAX);
        if !value.is_empty() && self.has_room(kept.map_or(0, str::len)) {
            self.values.insert(self.here, kept.map(str::to_owned));
        }
    }

    /// Keeps the formula of this cell.
    pub(super) fn keep_formula(&mut self, standing: &Standing) {
        if standing.formula.len() > VALUE_BYTES_MAX {
            self.is_over = true;
        } else if self.has_room(standing.formula.len()) {
            self.formulas.insert(standing.place, standing.clone());
        }
    }

    /// A name for a formula.
    pub(crate) fn name(&mut self, name: &str, formula: &str) {
        if !self.has_room(name.len().saturating_add(formula.len())) {
            return;
        }
        let known = self.names.entry(name.to_uppercase()).or_insert_with(|| Some(formula.to_owned()));
        if known.as_deref() != Some(formula) {
            *known = None;
        }
    }

    /// Lets a formula wait until all cells are known; false where too many do.
    pub(super) fn wait(&mut self, standing: Standing) -> bool {
        let has_room = self.waiting.len() < WAITING_MAX && self.has_room(standing.formula.len());
        if has_room {
            self.waiting.push(standing);
        }
        has_room
    }

    pub(super) fn take_waiting(&mut self) -> Vec<Standing> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn sheet(&self, name: &str) -> Option<u32> {
        self.sheets.get(&name.to_lowercase()).copied()
    }

    pub(super) fn formula(&self, place: Place) -> Option<&Standing> {
        self.formulas.get(&place)
    }

    /// What the file says stands there; a cell that it does not speak of is empty.
    pub(super) fn value(&self, place: Place) -> Option<String> {
        match self.values.get(&place) {
            Some(value) => value.clone(),
            None if self.is_over || self.formulas.contains_key(&place) => None,
            None => Some(String::new()),
        }
    }

    pub(super) fn named(&self, name: &str) -> Option<&str> {
        self.names.get(&name.to_uppercase())?.as_deref()
    }
}

/// A row or column, and whether it stays where it is when its formula is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) at: u32,
    pub(crate) is_fixed: bool,
}

/// `B7`, `$B$7`: row and column.
pub(crate) fn a1(reference: &str) -> Option<(Line, Line)> {
    let (is_fixed_column, rest) = fixed(reference);
    let letters = rest.chars().take_while(char::is_ascii_alphabetic).count();
    let (letters, rest) = rest.split_at_checked(letters).filter(|(letters, _)| (1..=3).contains(&letters.len()))?;
    let column = letters.bytes().fold(0_u32, |column, letter| {
        let value = u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')).saturating_add(1);
        column.saturating_mul(26).saturating_add(value)
    });
    let (is_fixed_row, digits) = fixed(rest);
    let is_number = (1..=7).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    let row: u32 = digits.parse().ok().filter(|_| is_number)?;
    let row = Line { at: row.checked_sub(1)?, is_fixed: is_fixed_row };
    Some((row, Line { at: column.saturating_sub(1), is_fixed: is_fixed_column }))
}

fn fixed(text: &str) -> (bool, &str) {
    text.strip_prefix('$').map_or((false, text), |rest| (true, rest))
}
