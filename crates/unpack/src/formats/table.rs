//! Tables written as text (RFC 4180; tab-separated; SYLK): cells that a spreadsheet takes for formulas when it opens them.
//!
//! A number, a telephone number, a dash of a list and a handle (`@name`) are no formulas.

use std::collections::HashMap;

use scan::content::LinkKind;

use crate::formats::office::Found;
use crate::formats::office::formula::{self, FETCHING, LEADING, Shared, is_dde};
use crate::text;
use crate::unpack::{File, Walk};

/// Bytes at the start in which separators are counted.
const HEAD_BYTES: usize = 64 * 1024;
/// What begins a formula, and the wide forms of it, which programs of East Asia take for the same.
const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// Places of formulas in one symbolic link file that further cells may share.
const SHARED_MAX: usize = 10_000;

/// Reads a table of cells.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let table = text::decode(file.bytes, file.charset);
    for line in table.split(['\n', '\r']) {
        // A cell in quotes may go on over lines; then its next line is looked at as if it began one, which harms nobody.
        let mut rest = line;
        while !rest.is_empty() {
            let (cell, behind) = first_cell(rest);
            look(walk, file.at, cell);
            rest = behind;
        }
    }
    look_at_addresses(walk, file.at, &table);
}

/// What leads elsewhere, asks another program, or refers to another book: for that the cells are read with the one separator that
/// the table has, as a program does.
fn look_at_addresses(walk: &mut Walk<'_>, at: usize, table: &str) {
    let upper = table.to_ascii_uppercase();
    let is_any = LEADING.iter().chain(&FETCHING).any(|name| upper.contains(name));
    if !is_any && !upper.contains(['|', '!', '#']) {
        return;
    }
    let head = table.get(..table.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    let count = |separator: &char| head.matches(*separator).count();
    let separator = [',', ';', '\t'].into_iter().max_by_key(count).unwrap_or(',');
    let mut found = Found::new(walk);
    found.cells.turn_to("");
    let mut cell = String::new();
    let (mut row, mut column) = (0_u32, 0_u32);
    let (mut is_within, mut is_blank) = (false, true);
    let mut characters = table.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_within && characters.next_if_eq(&'"').is_some() => {
                is_blank = false;
                cell.push('"');
            }
            '"' if is_within || is_blank => is_within = !is_within,
            '\r' if !is_within && characters.peek() == Some(&'\n') => {}
            character if !is_within && (character == separator || matches!(character, '\n' | '\r')) => {
                is_blank = true;
                end_cell(&mut found, &std::mem::take(&mut cell), (row, column));
                (row, column) = match character {
                    '\n' | '\r' => (row.saturating_add(1), 0),
                    _ => (row, column.saturating_add(1)),
                };
            }
            character => {
                is_blank &= character.is_whitespace();
                cell.push(character);
            }
        }
    }
    end_cell(&mut found, &cell, (row, column));
    found.give(walk, at);
}

fn end_cell(found: &mut Found, cell: &str, (row, column): (u32, u32)) {
    found.cells.go(row, column);
    let cell = cell.trim();
    let is_value = |rest: &str| !(cell.starts_with(['=', '\u{ff1d}']) || rest.contains('(') || is_dde(rest));
    match cell.strip_prefix(BEGINNINGS).filter(|rest| !is_value(rest)) {
        Some(formula) => drop(formula::read_cell(found, formula)),
        None => found.cells.keep_value(cell),
    }
}

/// The cell at the start of a line, and what stands behind its separator. Quotes count where they begin a cell. What a formula asks
/// another program may have separators in it (`=a|'b;c'!d`).
fn first_cell(line: &str) -> (&str, &str) {
    let is_quoted = line.trim_start().starts_with('"');
    let is_formula = line.trim_start_matches(|c: char| c.is_whitespace() || c == '"').starts_with(BEGINNINGS);
    let (mut is_within, mut is_topic, mut before) = (false, false, ' ');
    let end = line.char_indices().find(|(at, character)| {
        is_within ^= is_quoted && *character == '"';
        if *character == '\'' {
            let closes = || line.get(at.saturating_add(1)..).is_some_and(|rest| rest.contains('\''));
            is_topic = !is_topic && is_formula && before == '|' && closes();
        }
        if !character.is_whitespace() {
            before = *character;
        }
        !is_within && !is_topic && matches!(character, ',' | ';' | '\t')
    });
    match end {
        Some((at, _)) => (line.get(..at).unwrap_or_default(), line.get(at.saturating_add(1)..).unwrap_or_default()),
        None => (line, ""),
    }
}

fn look(walk: &mut Walk<'_>, at: usize, cell: &str) {
    let cell = cell.trim_matches(|character: char| character.is_whitespace() || character == '"');
    let Some(formula) = cell.strip_prefix(BEGINNINGS) else { return };
    // A table of one quoted column may have quotes doubled.
    let is_dde = is_dde(formula) || (formula.contains("\"\"") && is_dde(&formula.replace("\"\"", "\"")));
    if is_dde || is_formula(cell) {
        walk.mark(at, "formula");
        if is_dde {
            walk.mark(at, "dde");
        }
        if formula::is_fetching(&formula.to_ascii_uppercase()) {
            walk.mark(at, "external_link");
        }
    }
}

fn is_formula(cell: &str) -> bool {
    let mut rest = cell.chars();
    let first = rest.next();
    let rest = rest.as_str().trim_start();
    let next = rest.chars().next();
    let calls = || {
        let at = rest.find('(');
        at.and_then(|at| rest.get(..at)).is_some_and(|name| name.ends_with(|last: char| last.is_ascii_alphanumeric()))
    };
    match first {
        Some('=' | '\u{ff1d}') => next.is_some_and(|next| next.is_alphanumeric() || "+-(\"'@{#$\\_".contains(next)),
        Some('@' | '\u{ff20}') => calls() && !rest.contains(' '),
        Some(_) => calls() && !is_prose(rest),
        None => false,
    }
}

// "- see the list (below)" is no formula: its words stand apart.
fn is_prose(rest: &str) -> bool {
    rest.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).nth(1).is_some()
}

/// Reads a symbolic link file (SYLK): formulas stand in `E` fields, values in `K` fields, macros in named ranges.
pub(crate) fn open_sylk(walk: &mut Walk<'_>, file: File<'_>) {
    let table = text::decode(file.bytes, file.charset);
    walk.set_kind(file.at, "slk");
    let mut found = Found::new(walk);
    found.cells.turn_to("");
    let mut shared: HashMap<(u32, u32), Shared> = HashMap::new();
    for line in table.split(['\n', '\r']) {
        let fields = fields(line);
        let record = fields.first().map_or("", |record| record.trim());
        let fields = fields.get(1..).unwrap_or_default();
        match record {
            "C" | "F" => read_place(&mut found, fields),
            // Cells may hold macros.
            "O" if fields.iter().any(|field| field.eq_ignore_ascii_case("E")) => walk.mark(file.at, "xlm"),
            "NN" => {
                let names = ["AUTO_OPEN", "AUTO_CLOSE"];
                let runs = |field: &String| names.iter().any(|name| field.to_ascii_uppercase().contains(name));
                if fields.iter().any(runs) {
                    walk.mark(file.at, "xlm");
                    walk.mark(file.at, "auto_run");
                }
                let of = |letter: char| fields.iter().find_map(|field| field.strip_prefix(letter));
                if let (Some(name), Some(formula)) = (of('N'), of('E')) {
                    found.cells.name(name, formula, (0, 0));
                }
            }
            _ => {}
        }
        if record == "C" {
            read_fields(walk, file, (&mut found, &mut shared), fields);
        }
    }
    found.give(walk, file.at);
    walk.add_links_of_text(file.at, &table, LinkKind::Text);
    walk.add_other_text(file.at, &table);
}

/// The fields of a record; a doubled semicolon is one that does not part them.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ';' && characters.next_if_eq(&';').is_none() {
            fields.push(String::new());
        } else if let Some(field) = fields.last_mut() {
            field.push(character);
        }
    }
    fields
}

/// Row and column are those of the record before where they are not said.
fn read_place(found: &mut Found, fields: &[String]) {
    let number = |letter: char| {
        let text = fields.iter().find_map(|field| field.strip_prefix(letter))?;
        text.trim().parse::<u32>().ok()?.checked_sub(1)
    };
    let here = found.cells.here;
    found.cells.go(number('Y').unwrap_or(here.row), number('X').unwrap_or(here.column));
}

fn read_fields(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (found, shared): (&mut Found, &mut HashMap<(u32, u32), Shared>),
    fields: &[String],
) {
    for field in fields {
        let (letter, rest) = field.split_at_checked(1).unwrap_or((field, ""));
        match letter {
            "E" => {
                walk.mark(file.at, "formula");
                if is_dde(rest) {
                    walk.mark(file.at, "dde");
                }
                if formula::is_fetching(&rest.to_ascii_uppercase()) {
                    walk.mark(file.at, "external_link");
                }
                if formula::is_acting(rest) {
                    walk.mark(file.at, "xlm");
                }
                let here = (found.cells.here.row, found.cells.here.column);
                let formula = formula::read_cell(found, rest);
                if shared.len() < SHARED_MAX {
                    shared.insert(here, formula);
                } else if formula.leads() {
                    found.mark("link_computed");
                }
            }
            // The formula of another cell.
            "S" => {
                let number = |letter: char| {
                    let text = fields.iter().find_map(|field| field.strip_prefix(letter))?;
                    text.trim().parse::<u32>().ok()?.checked_sub(1)
                };
                let here = found.cells.here;
                let first = (number('R').unwrap_or(here.row), number('C').unwrap_or(here.column));
                match shared.get(&first) {
                    Some(formula) => formula::read_shared(found, formula),
                    None => found.cells.keep_unknown(here.row, here.column),
                }
            }
            "K" => {
                let value = rest.strip_prefix('"').map_or(rest, |text| text.strip_suffix('"').unwrap_or(text));
                found.cells.keep_value(value);
                walk.add_text(file.at, value);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
