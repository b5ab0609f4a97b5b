//! Formulas of spreadsheets as text, as the formats share them: links, and what is fetched by itself. Sources: ECMA-376-1 18.17,
//! OpenFormula 1.2.

mod fold;

use scan::content::LinkKind;

use crate::formats::office::{Found, Layer};

/// Calls of one function in one formula that are looked at.
const CALLS_MAX: usize = 16;
/// Functions that get something from elsewhere, or make the program do so, when a sheet is computed.
const FETCHING: [&str; 8] =
    ["WEBSERVICE(", "IMPORTXML(", "IMPORTDATA(", "IMPORTHTML(", "IMPORTFEED(", "IMAGE(", "RTD(", "FILTERXML("];
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

/// Reads a formula that stands in a cell.
pub(crate) fn read(found: &mut Found, formula: &str) {
    // Most formulas only compute.
    if !formula.contains(['(', '|', '\\', '/']) {
        return;
    }
    let upper = formula.to_ascii_uppercase();
    for (at, function) in upper.match_indices("HYPERLINK(").take(CALLS_MAX) {
        let rest = formula.get(at.saturating_add(function.len())..).unwrap_or_default();
        let literals = strings(rest);
        let mut literals = literals.into_iter();
        let mut arguments = fold::arguments(rest, 2).into_iter();
        // What is not known is thought to be the next text that stands there.
        let mut next = || arguments.next().flatten().or_else(|| literals.next()).unwrap_or_default();
        let (target, shown) = (next(), next());
        found.link(&target, &shown, LinkKind::Anchor);
    }
    for function in FETCHING {
        for (at, _) in upper.match_indices(function).take(CALLS_MAX) {
            let rest = formula.get(at.saturating_add(function.len())..).unwrap_or_default();
            for target in fold::arguments(rest, 3).into_iter().flatten().chain(strings(rest)) {
                found.fetched(&target, "external_link");
            }
        }
    }
    if is_dde(&upper) {
        found.mark("dde");
        found.line(Layer::Hidden, formula);
    }
    // `'\\host\share\[book.xlsx]Sheet'!A1`, `'https://host/[book.xlsx]Sheet'!A1`
    if let Some((before, _)) = formula.split_once(".xl").filter(|(before, _)| before.contains(['\\', '/'])) {
        let from = before.rfind('\'').map_or(0, |at| at.saturating_add(1));
        found.fetched(&before.get(from..).unwrap_or_default().replace('[', ""), "external_link");
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
