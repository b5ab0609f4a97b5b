//! Formulas of spreadsheets as text, as the formats share them: links, and what is fetched by itself. Sources: ECMA-376-1 18.17,
//! OpenFormula 1.2.

mod cells;
mod fold;

use std::cell::Cell;

use scan::content::LinkKind;

pub(crate) use crate::formats::office::formula::cells::{Cells, Standing};
use crate::formats::office::formula::fold::{First, Known};
use crate::formats::office::{Found, Layer};

/// Calls of one function in one formula that are looked at.
const CALLS_MAX: usize = 16;
/// Functions that get something from elsewhere, or make the program do so, when a sheet is computed.
pub(crate) const FETCHING: [&str; 9] = [
    "WEBSERVICE(",
    "IMPORTXML(",
    "IMPORTDATA(",
    "IMPORTHTML(",
    "IMPORTFEED(",
    "IMPORTRANGE(",
    "IMAGE(",
    "RTD(",
    "FILTERXML(",
];
/// Functions of Excel 4.0 macros that run, load or write something.
const ACTING: [&str; 15] = [
    "EXEC(",
    "CALL(",
    "REGISTER(",
    "REGISTER.ID(",
    "FOPEN(",
    "FWRITE(",
    "FWRITELN(",
    "FORMULA(",
    "FORMULA.FILL(",
    "RUN(",
    "SAVE.AS(",
    "FILE.DELETE(",
    "SET.VALUE(",
    "ON.TIME(",
    "SEND.KEYS(",
];

/// Functions of those that fetch whose arguments are no addresses as they stand.
const FETCHING_BY_OTHERS: [&str; 2] = ["RTD(", "FILTERXML("];

/// What a call in a formula does.
enum Call {
    /// A link: where it leads, what is shown, and the texts that stand in the call.
    Leads { target: Option<String>, shown: Option<String>, literals: Vec<String> },
    /// Gets something from one of these.
    Fetches { targets: Vec<String>, is_known: bool },
    /// There are more calls than are looked at.
    TooMany,
}

/// Reads the formula of the cell that is read now.
pub(crate) fn read_cell(found: &mut Found, formula: &str) {
    read_moved(found, formula, (0, 0));
}

/// As [`read_cell`], with relative references that are moved by so many rows and columns.
pub(crate) fn read_moved(found: &mut Found, formula: &str, (rows, columns): (i64, i64)) {
    let standing = Standing { formula: formula.to_owned(), place: found.cells.here, rows, columns };
    found.cells.keep_formula(&standing);
    read_standing(found, standing);
}

/// Reads a formula that is no cell's: of a name, a rule, a picture.
pub(crate) fn read(found: &mut Found, formula: &str) {
    let place = found.cells.here;
    read_standing(found, Standing { formula: formula.to_owned(), place, rows: 0, columns: 0 });
}

fn read_standing(found: &mut Found, standing: Standing) {
    let formula = standing.formula.as_str();
    // Most formulas only compute.
    if !formula.contains(['(', '|', '\\', '/']) {
        return;
    }
    let upper = formula.to_ascii_uppercase();
    if is_dde(&upper) {
        found.mark("dde");
        found.line(Layer::Hidden, formula);
    }
    // `'\\host\share\[book.xlsx]Sheet'!A1`, `'https://host/[book.xlsx]Sheet'!A1`
    if let Some((before, _)) = formula.split_once(".xl").filter(|(before, _)| before.contains(['\\', '/'])) {
        let from = before.rfind('\'').map_or(0, |at| at.saturating_add(1));
        found.fetched(&before.get(from..).unwrap_or_default().replace('[', ""), "external_link");
    }
    let known = Known { cells: None, first: First::Formula, steps: &Cell::new(0) };
    let calls = calls(&standing, known);
    // What depends on cells waits for them.
    if calls.iter().any(|call| !call.is_known()) && found.cells.wait(standing) {
        return;
    }
    for call in calls {
        call.tell(found);
    }
}

/// Reads the formulas that waited until all cells were known.
pub(crate) fn finish(found: &mut Found) {
    let waiting = found.cells.take_waiting();
    let cells = std::mem::take(&mut found.cells);
    let steps = Cell::new(0);
    for standing in waiting {
        // What the file says a cell shows need not be what its formula comes to.
        for first in [First::Formula, First::Value] {
            for call in calls(&standing, Known { cells: Some(&cells), first, steps: &steps }) {
                call.tell(found);
            }
        }
    }
}

/// The calls of a formula that lead or fetch.
fn calls(standing: &Standing, known: Known<'_>) -> Vec<Call> {
    let mut calls = Vec::new();
    let formula = standing.formula.as_str();
    let upper = formula.to_ascii_uppercase();
    for (number, rest) in calls_of("HYPERLINK(", &upper, formula).enumerate() {
        if number >= CALLS_MAX {
            calls.push(Call::TooMany);
            break;
        }
        let mut arguments = fold::arguments(rest, standing, known, 2).into_iter();
        let (target, shown) = (arguments.next().flatten(), arguments.next().flatten());
        calls.push(Call::Leads { target, shown, literals: strings(rest) });
    }
    for function in FETCHING {
        for (number, rest) in calls_of(function, &upper, formula).enumerate() {
            if number >= CALLS_MAX {
                calls.push(Call::TooMany);
                break;
            }
            let arguments = fold::arguments(rest, standing, known, 3);
            let is_known =
                FETCHING_BY_OTHERS.contains(&function) || arguments.first().is_some_and(|first| first.is_some());
            // Beginnings are of interest only where the whole is not known.
            let literals = if is_known { Vec::new() } else { strings(rest) };
            let others = if FETCHING_BY_OTHERS.contains(&function) { strings(rest) } else { Vec::new() };
            let targets = arguments.into_iter().flatten().chain(literals).chain(others).collect();
            calls.push(Call::Fetches { targets, is_known });
        }
    }
    calls
}

/// What stands behind the bracket of each call of a function.
fn calls_of<'f>(function: &'static str, upper: &'f str, formula: &'f str) -> impl Iterator<Item = &'f str> {
    let name = function.trim_end_matches('(');
    upper.match_indices(name).filter_map(move |(at, _)| {
        let rest = formula.get(at.saturating_add(name.len())..)?;
        rest.trim_start().strip_prefix('(')
    })
}

impl Call {
    fn is_known(&self) -> bool {
        match self {
            Self::Leads { target, .. } => target.is_some(),
            Self::Fetches { is_known, .. } => *is_known,
            Self::TooMany => true,
        }
    }

    fn tell(self, found: &mut Found) {
        if !self.is_known() {
            found.mark("link_computed");
        }
        match self {
            Self::Leads { target, shown, literals } => {
                // What is not known is thought to be the next text that stands there.
                let mut literals = literals.into_iter();
                let (target, shown) = match target {
                    Some(target) => (target, shown),
                    None => (literals.next().unwrap_or_default(), shown.or_else(|| literals.next())),
                };
                found.link(&target, &shown.unwrap_or_default(), LinkKind::Anchor);
            }
            Self::Fetches { targets, is_known } => {
                if !is_known {
                    found.mark("external_link");
                }
                for target in targets {
                    found.fetched(&target, "external_link");
                }
            }
            Self::TooMany => found.mark("link_computed"),
        }
    }
}

/// Does a formula of a macro sheet do more than compute?
pub(crate) fn is_acting(formula: &str) -> bool {
    let upper = formula.to_ascii_uppercase();
    ACTING.iter().any(|function| {
        upper.match_indices(function).any(|(at, _)| {
            let before = upper.get(..at).unwrap_or_default().chars().next_back();
            before.is_none_or(|before| !(before.is_alphanumeric() || matches!(before, '.' | '_')))
        })
    })
}

/// `service|topic!item`, with or without quotes around the parts.
fn is_dde(upper: &str) -> bool {
    if upper.contains("DDE(") {
        return true;
    }
    let Some((before, after)) = upper.split_once('|') else { return false };
    let service = before.trim_end_matches(['\'', '"']);
    service.ends_with(|c: char| c.is_ascii_alphanumeric()) && after.contains('!')
}

/// The string literals of a formula; a doubled quote stands for one.
fn strings(formula: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let mut characters = formula.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '"' {
            continue;
        }
        let mut string = String::new();
        while let Some(character) = characters.next() {
            if character == '"' && characters.next_if_eq(&'"').is_none() {
                break;
            }
            string.push(character);
        }
        strings.push(string);
    }
    strings
}

#[cfg(test)]
mod tests;
