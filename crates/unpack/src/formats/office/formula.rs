//! Formulas of spreadsheets as text, as the formats share them: links, and what is fetched by itself. Sources: ECMA-376-1 18.17,
//! OpenFormula 1.2.
//!
//! Limits: [`CALLS_MAX`], [`FORMULA_BYTES_MAX`], and those of `fold` and `cells`; what is over them is marked `link_computed`.

mod cells;
mod fold;
mod outline;
mod sharing;

use std::rc::Rc;

use scan::content::LinkKind;

use crate::budget::Budget;
pub(crate) use crate::formats::office::formula::cells::{Cells, Kind, Standing, a1};
use crate::formats::office::formula::fold::{Choice, Known};
pub(crate) use crate::formats::office::formula::fold::{relative, spend};
pub(crate) use crate::formats::office::formula::outline::{Written, asks, closing, is_dde, is_whole};
pub(crate) use crate::formats::office::formula::sharing::Sharing;
use crate::formats::office::{CELL_BYTES, Found, Layer, is_remote};

/// Calls of one function in one formula that are looked at.
const CALLS_MAX: usize = 16;
/// A formula that is reckoned, bytes: 8,192 characters is the most that Excel takes.
const FORMULA_BYTES_MAX: usize = 32 * 1024;
/// Cells of one range that a formula fills.
const AREA_CELLS_MAX: u32 = 1_000;
/// Functions whose address is followed at a click.
pub(crate) const LEADING: [&str; 1] = ["HYPERLINK"];
/// Functions that get something from elsewhere, or make the program do so, when a sheet is computed.
pub(crate) const FETCHING: [&str; 9] =
    ["WEBSERVICE", "IMPORTXML", "IMPORTDATA", "IMPORTHTML", "IMPORTFEED", "IMPORTRANGE", "IMAGE", "RTD", "FILTERXML"];
/// Functions of Excel 4.0 macros that run, load or write something.
const ACTING: [&str; 15] = [
    "EXEC",
    "CALL",
    "REGISTER",
    "REGISTER.ID",
    "FOPEN",
    "FWRITE",
    "FWRITELN",
    "FORMULA",
    "FORMULA.FILL",
    "RUN",
    "SAVE.AS",
    "FILE.DELETE",
    "SET.VALUE",
    "ON.TIME",
    "SEND.KEYS",
];

/// Functions of those that fetch whose arguments are no addresses as they stand.
const FETCHING_BY_OTHERS: [&str; 2] = ["RTD", "FILTERXML"];

/// What a call in a formula does.
enum Call {
    /// A link: where it leads, what is shown, and the texts that stand in the call and in what it depends on.
    Leads { target: Option<String>, shown: Option<String>, is_guess: bool, literals: Vec<String> },
    /// Gets something from one of these.
    Fetches { targets: Vec<String>, is_known: bool },
    /// There are more calls than are looked at, or they are longer.
    TooMuch,
}

/// A formula that further cells may share.
#[derive(Debug)]
pub(crate) struct Shared {
    first: Standing,
    /// It leads or fetches.
    calls: bool,
}

impl Shared {
    /// Does it lead somewhere, or fetch something?
    pub(crate) const fn leads(&self) -> bool {
        self.calls
    }
}

/// Reads the formula of the cell that is read now.
pub(crate) fn read_cell(found: &mut Found, formula: &str) -> Shared {
    let first = Standing { formula: Rc::from(formula), place: found.cells.here, rows: 0, columns: 0 };
    found.cells.keep_formula(first.clone());
    let calls = read_standing(found, first.clone());
    Shared { first, calls }
}

/// The cell that is read now has the formula of another, with relative references that are moved as it is. What such a formula
/// says of itself was told with the first one.
pub(crate) fn read_shared(found: &mut Found, shared: &Shared) {
    let (first, here) = (shared.first.place, found.cells.here);
    let moved = |from: u32, to: u32| i64::from(to).saturating_sub(i64::from(from));
    let standing = Standing {
        place: here,
        rows: moved(first.row, here.row),
        columns: moved(first.column, here.column),
        ..shared.first.clone()
    };
    found.cells.keep_formula(standing.clone());
    if shared.calls && !found.cells.wait(standing) {
        found.mark("link_computed");
    }
}

/// The formula of this cell fills a range up to a corner: what the file says of the other cells is no more than its result.
pub(crate) fn read_area(found: &mut Found, (row, column): (u32, u32)) {
    let here = found.cells.here;
    let size = |from: u32, to: u32| to.saturating_sub(from).saturating_add(1);
    let count = size(here.row, row).saturating_mul(size(here.column, column));
    let bytes = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(CELL_BYTES);
    if count > AREA_CELLS_MAX || !fold::spend(&found.steps, bytes) {
        return found.cells.doubt_sheet();
    }
    for row in here.row..=row {
        for column in here.column..=column {
            found.cells.keep_unknown(row, column);
        }
    }
}

/// Reads a formula that is no cell's: of a name, a rule, a picture.
pub(crate) fn read(found: &mut Found, formula: &str) {
    let place = found.cells.here;
    read_standing(found, Standing { formula: Rc::from(formula), place, rows: 0, columns: 0 });
}

/// Says whether the formula leads or fetches.
fn read_standing(found: &mut Found, standing: Standing) -> bool {
    let formula = &*standing.formula;
    // Most formulas only compute.
    if !formula.contains(['(', '|', '!', '#']) {
        return false;
    }
    if is_dde(formula) {
        found.mark("dde");
        found.line(Layer::Hidden, formula);
    }
    let books = outline::other_books(formula);
    if books.is_cut {
        found.mark("external_link");
        found.mark("link_computed");
    }
    for book in books.remote {
        found.fetched(&book, "external_link");
    }
    if !formula.contains('(') {
        return false;
    }
    let upper = formula.to_ascii_uppercase();
    let is_any = |functions: &[&'static str]| functions.iter().any(|name| has_call(name, &upper));
    if !is_any(&LEADING) && !is_any(&FETCHING) {
        return false;
    }
    if formula.len() > FORMULA_BYTES_MAX {
        let remote = outline::texts(formula, fold::LITERALS_MAX).into_iter().filter(|text| is_remote(text));
        remote.for_each(|target| found.link(&target, "", LinkKind::Anchor));
        Call::TooMuch.tell(found);
        return false;
    }
    let calls = calls(&standing, None, &found.steps);
    // What depends on cells waits for them.
    if calls.iter().any(|call| !call.is_known()) && found.cells.wait(standing) {
        return true;
    }
    for call in calls {
        call.tell(found);
    }
    true
}

/// Reads the formulas that waited until all cells were known.
pub(crate) fn finish(found: &mut Found, budget: &Budget) {
    let waiting = found.cells.take_waiting();
    let cells = std::mem::take(&mut found.cells);
    for standing in waiting {
        // That is noted by who asks; what was left out has no need to be told one by one.
        if budget.is_late() {
            break;
        }
        for call in calls(&standing, Some(&cells), &found.steps) {
            call.tell(found);
        }
    }
}

/// The calls of a formula that lead or fetch.
fn calls(standing: &Standing, cells: Option<&Cells>, steps: &std::cell::Cell<u32>) -> Vec<Call> {
    let formula = &*standing.formula;
    if !fold::spend(steps, formula.len()) {
        return vec![Call::TooMuch];
    }
    let upper = formula.to_ascii_uppercase();
    let mut found = Vec::new();
    for function in LEADING.iter().chain(&FETCHING).copied() {
        for (number, (_, rest)) in outline::calls(function, &upper, formula).enumerate() {
            if number >= CALLS_MAX {
                found.push(Call::TooMuch);
                break;
            }
            let ways = fold::ways(rest, standing, Known { cells, choice: Choice::First, steps }, 3);
            found.extend(ways.into_iter().map(|told| Call::of(function, told)));
        }
    }
    found
}

/// Is a function called? Its name is in capitals.
fn has_call(name: &'static str, upper: &str) -> bool {
    outline::calls(name, upper, upper).next().is_some()
}

/// Does a formula, in capitals, get something from elsewhere?
pub(crate) fn is_fetching(upper: &str) -> bool {
    upper.contains('(') && FETCHING.iter().any(|name| has_call(name, upper))
}

/// Does a formula ask another program, fetch something, or name a book on another machine?
pub(crate) fn reaches_out(formula: &str) -> bool {
    is_dde(formula) || is_fetching(&formula.to_ascii_uppercase()) || !outline::other_books(formula).remote.is_empty()
}

impl Call {
    fn of(function: &str, told: fold::Told) -> Self {
        let mut values = told.values.into_iter();
        if LEADING.contains(&function) {
            let (target, shown) = (values.next().flatten(), values.next().flatten());
            return Self::Leads { target, shown, is_guess: told.is_guess, literals: told.literals };
        }
        let is_by_others = FETCHING_BY_OTHERS.contains(&function);
        let first = values.next().flatten();
        let is_known = is_by_others || (first.is_some() && !told.is_guess);
        // Beginnings are of interest only where the whole is not known.
        let literals = if is_known && !is_by_others { Vec::new() } else { told.literals };
        let targets = first.into_iter().chain(values.flatten()).chain(literals).collect();
        Self::Fetches { targets, is_known }
    }

    fn is_known(&self) -> bool {
        match self {
            Self::Leads { target, is_guess, .. } => target.is_some() && !is_guess,
            Self::Fetches { is_known, .. } => *is_known,
            Self::TooMuch => true,
        }
    }

    fn tell(self, found: &mut Found) {
        if !self.is_known() {
            found.mark("link_computed");
        }
        match self {
            Self::Leads { target, shown, is_guess, literals } => {
                let is_sure = target.is_some() && !is_guess;
                // What is not known is thought to be the next text that stands there.
                let mut texts = literals.iter();
                let (target, shown) = match target {
                    Some(target) => (target, shown),
                    None => (texts.next().cloned().unwrap_or_default(), shown.or_else(|| texts.next().cloned())),
                };
                found.link(&target, &shown.unwrap_or_default(), LinkKind::Anchor);
                for other in literals.iter().filter(|text| !is_sure && **text != target && is_remote(text)) {
                    found.link(other, "", LinkKind::Anchor);
                }
            }
            Self::Fetches { targets, is_known } => {
                if !is_known {
                    found.mark("external_link");
                }
                for target in targets {
                    found.fetched(&target, "external_link");
                }
            }
            Self::TooMuch => found.mark("link_computed"),
        }
    }
}

/// Does a formula of a macro sheet do more than compute?
pub(crate) fn is_acting(formula: &str) -> bool {
    let upper = formula.to_ascii_uppercase();
    ACTING.iter().any(|function| outline::calls(function, &upper, &upper).any(|(before, _)| before != Some('.')))
}

#[cfg(test)]
mod tests;
