//! What is known of the cells of a workbook while its formulas are read: values that are kept in the file, formulas, names, and
//! the formulas with an address that depends on them, which wait until all is known.
//!
//! A cell of which the file says nothing is empty. Not known are: what is beyond [`CELLS_MAX`], [`CELL_BYTES_MAX`] and
//! [`VALUE_BYTES_MAX`], and from then on every cell of which nothing is kept; errors; the rest of a sheet with more repetitions
//! than are followed. A value of a cell with a formula is what the sender wrote there: a guess (see `fold`).

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::formats::office::signs::sign;

/// Values, formulas and names that are kept of one document.
const CELLS_MAX: usize = 400_000;
/// Their texts together, bytes.
const CELL_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A value or formula, bytes: 8,192 characters; no address is longer.
const VALUE_BYTES_MAX: usize = 32 * 1024;
/// Formulas that wait.
const WAITING_MAX: usize = 100_000;
/// Names of sheets are compared so far, bytes.
const SHEET_NAME_BYTES_MAX: usize = 256;
/// Rows and columns of a sheet: relative references go round.
pub(super) const ROWS: u32 = 1_048_576;
/// See [`ROWS`].
pub(super) const COLUMNS: u32 = 16_384;
/// What stands in a cell whose formula failed.
const ERRORS: [&str; 9] = ["#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!"];

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
    pub(crate) formula: Rc<str>,
    pub(crate) place: Place,
    pub(crate) rows: i64,
    pub(crate) columns: i64,
}

/// What the file says that the value of a cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing: programs take what looks like a number for one.
    #[default]
    Open,
    Number,
    Text,
    Truth,
}

/// A piece of the texts that are kept.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: usize,
    to: usize,
    kind: Kind,
}

/// What a name stands for, and the cell that relative references in it are written for.
type Named = (String, (u32, u32));

/// What is known.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The cell that is read now.
    pub(crate) here: Place,
    /// The row and the column that come next where none is named.
    next: (u32, u32),
    sheets: HashMap<String, u32>,
    texts: String,
    /// None: too long to be kept, or an error.
    values: HashMap<Place, Option<Span>>,
    /// None: there is one, and what it is is not known.
    formulas: HashMap<Place, Option<Standing>>,
    /// None: two formulas have this name.
    names: HashMap<String, Option<Named>>,
    waiting: Vec<Standing>,
    bytes: usize,
    /// There was more than is kept: of the book, and of sheets.
    is_over: bool,
    lost: HashSet<u32>,
    /// Sheets with values that may be results of formulas.
    doubted: HashSet<u32>,
}

impl Cells {
    /// Goes to the start of a sheet.
    pub(crate) fn turn_to(&mut self, sheet: &str) {
        self.here = Place { sheet: self.number(sheet), row: 0, column: 0 };
        self.next = (0, 0);
    }

    /// Goes to a cell of this sheet.
    pub(crate) fn go(&mut self, row: u32, column: u32) {
        let next_row = if row == self.here.row { self.next.0 } else { 0 };
        self.here = Place { row, column, ..self.here };
        self.next = (next_row.max(row.saturating_add(1)), column.saturating_add(1));
    }

    /// Goes to a cell by its name, `B7`; a cell without one follows the last of its row.
    pub(crate) fn go_to(&mut self, reference: &str) {
        match a1(reference) {
            Some((row, column)) => self.go(row.at, column.at),
            None => self.go(self.here.row, self.next.1),
        }
    }

    /// The row behind this one: the first one where no row was read.
    pub(crate) const fn next_row(&self) -> u32 {
        self.next.0
    }

    /// The column behind this one: the first one where no cell of the row was read.
    pub(crate) const fn next_column(&self) -> u32 {
        self.next.1
    }

    /// Goes to the start of a row, in front of its first cell.
    pub(crate) fn start_row(&mut self, row: u32) {
        self.go(row, 0);
        self.next.1 = 0;
    }

    /// This row, or this cell, stands for so many more.
    pub(crate) fn skip(&mut self, rows: u32, columns: u32) {
        self.next = (self.next.0.saturating_add(rows), self.next.1.saturating_add(columns));
    }

    /// Another word for a sheet.
    pub(crate) fn alias(&mut self, word: &str, sheet: &str) {
        let number = self.number(sheet);
        self.sheets.insert(key(word), number);
    }

    fn number(&mut self, sheet: &str) -> u32 {
        // Sheet 0 is none.
        let next = u32::try_from(self.sheets.len()).unwrap_or(u32::MAX).saturating_add(1);
        *self.sheets.entry(key(sheet)).or_insert(next)
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

    /// Keeps the value of this cell, of which the file does not say what it is.
    pub(crate) fn keep_value(&mut self, value: &str) {
        self.keep(value, Kind::Open);
    }

    /// Keeps the value of this cell; a truth is written as `0` or `1`.
    pub(crate) fn keep(&mut self, value: &str, kind: Kind) {
        let is_kept = value.len() <= VALUE_BYTES_MAX && !is_error(value);
        if value.is_empty() || !self.has_room(if is_kept { value.len() } else { 0 }) {
            return;
        }
        let span = is_kept.then(|| {
            let from = self.texts.len();
            self.texts.push_str(value);
            Span { from, to: self.texts.len(), kind }
        });
        self.values.insert(self.here, span);
    }

    /// Keeps the formula of a cell.
    pub(super) fn keep_formula(&mut self, standing: Standing) {
        // One that is shared is kept once.
        let is_first = standing.rows == 0 && standing.columns == 0;
        let bytes = if is_first { standing.formula.len() } else { 0 };
        let is_kept = bytes <= VALUE_BYTES_MAX;
        if self.has_room(if is_kept { bytes } else { 0 }) {
            self.formulas.insert(standing.place, is_kept.then_some(standing));
        }
    }

    /// A cell of this sheet has a formula that is not known here.
    pub(crate) fn keep_unknown(&mut self, row: u32, column: u32) {
        let place = Place { row, column, ..self.here };
        if self.has_room(0) {
            self.formulas.entry(place).or_insert(None);
        }
    }

    /// More cells of this sheet have a value than is followed.
    pub(crate) fn lose_sheet(&mut self) {
        self.lost.insert(self.here.sheet);
    }

    /// Values of this sheet may be results of a formula.
    pub(super) fn doubt_sheet(&mut self) {
        self.doubted.insert(self.here.sheet);
    }

    /// A name for a formula, whose relative references are written for a cell.
    pub(crate) fn name(&mut self, name: &str, formula: &str, base: (u32, u32)) {
        if !self.has_room(name.len().saturating_add(formula.len())) {
            return;
        }
        let formula = (formula.to_owned(), base);
        match self.names.entry(name.to_uppercase()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(Some(formula));
            }
            std::collections::hash_map::Entry::Occupied(mut entry) if entry.get().as_ref() != Some(&formula) => {
                entry.insert(None);
            }
            std::collections::hash_map::Entry::Occupied(_) => {}
        }
    }

    /// Lets a formula wait until all cells are known; false where too many do.
    pub(super) fn wait(&mut self, standing: Standing) -> bool {
        let has_room = self.waiting.len() < WAITING_MAX;
        if has_room {
            self.waiting.push(standing);
        }
        has_room
    }

    pub(super) fn take_waiting(&mut self) -> Vec<Standing> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn sheet(&self, name: &str) -> Option<u32> {
        self.sheets.get(&key(name)).copied()
    }

    /// The formula of a cell; `Some(None)` is one that is not known.
    pub(super) fn formula(&self, place: Place) -> Option<Option<&Standing>> {
        let doubted = || (self.doubted.contains(&place.sheet) && self.values.contains_key(&place)).then_some(None);
        self.formulas.get(&place).map(Option::as_ref).or_else(doubted)
    }

    /// What the file says stands there; a cell that it does not speak of is empty.
    pub(super) fn value(&self, place: Place) -> Option<(&str, Kind)> {
        match self.values.get(&place) {
            Some(span) => {
                let span = span.as_ref()?;
                self.texts.get(span.from..span.to).map(|text| (text, span.kind))
            }
            None if self.is_over || self.lost.contains(&place.sheet) || self.formulas.contains_key(&place) => None,
            None => Some(("", Kind::Open)),
        }
    }

    /// The cells whose value is one sign, or the same sign again, in no order.
    pub(crate) fn signs(&self) -> Vec<(Place, char)> {
        let sign = |span: &Span| self.texts.get(span.from..span.to).and_then(sign);
        let values = self.values.iter();
        values.filter_map(|(place, span)| Some((*place, sign(span.as_ref()?)?))).collect()
    }

    pub(super) fn named(&self, name: &str) -> Option<(&str, (u32, u32))> {
        self.names.get(&name.to_uppercase())?.as_ref().map(|(formula, base)| (formula.as_str(), *base))
    }
}

fn key(sheet: &str) -> String {
    sheet.get(..sheet.floor_char_boundary(SHEET_NAME_BYTES_MAX)).unwrap_or_default().to_lowercase()
}

fn is_error(value: &str) -> bool {
    ERRORS.contains(&value) || (value.starts_with("Err:") && value.len() == 7)
}

/// A row or column, and whether it stays where it is when its formula is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) at: u32,
    pub(crate) is_fixed: bool,
}

/// `B7`, `$B$7`: row and column, counted from 0.
pub(crate) fn a1(reference: &str) -> Option<(Line, Line)> {
    let (is_fixed_column, rest) = fixed(reference.trim());
    let letters = rest.chars().take_while(char::is_ascii_alphabetic).take(4).count();
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
