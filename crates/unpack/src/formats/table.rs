//! Tables written as text (RFC 4180; tab-separated; SYLK): cells that a spreadsheet takes for formulas when it opens them.
//!
//! A number, a telephone number, a dash of a list and a handle (`@name`) are no formulas.

use scan::content::LinkKind;

use crate::formats::office::Found;
use crate::formats::office::formula::{self, FETCHING};
use crate::text;
use crate::unpack::{File, Walk};

/// Bytes of one cell that are looked at.
const CELL_BYTES_MAX: usize = 8 * 1024;
/// Bytes at the start in which separators are counted.
const HEAD_BYTES: usize = 64 * 1024;
/// Functions that lead elsewhere.
const LEADING: [&str; 1] = ["HYPERLINK("];

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

/// What leads elsewhere: of formulas that put an address together the cells are read with the one separator that the table has.
fn look_at_addresses(walk: &mut Walk<'_>, at: usize, table: &str) {
    let upper = table.to_ascii_uppercase();
    let is_any = LEADING.iter().chain(&FETCHING).any(|name| upper.contains(name.trim_end_matches('(')));
    if !is_any {
        return;
    }
    let head = table.get(..table.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    let count = |separator: &char| head.matches(*separator).count();
    let separator = [',', ';', '\t'].into_iter().max_by_key(count).unwrap_or(',');
    let mut found = Found::new(walk);
    found.cells.turn_to("");
    let mut cell = String::new();
    let (mut row, mut column, mut is_within) = (0_u32, 0_u32, false);
    let mut characters = table.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_within && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if is_within || cell.trim().is_empty() => is_within = !is_within,
            '\r' if !is_within => {}
            character if !is_within && (character == separator || character == '\n') => {
                end_cell(&mut found, &std::mem::take(&mut cell), (row, column));
                (row, column) = match character {
                    '\n' => (row.saturating_add(1), 0),
                    _ => (row, column.saturating_add(1)),
                };
            }
            character => cell.push(character),
        }
    }
    end_cell(&mut found, &cell, (row, column));
    found.give(walk, at);
}

fn end_cell(found: &mut Found, cell: &str, (row, column): (u32, u32)) {
    found.cells.go(row, column);
    let cell = cell.trim();
    match cell.strip_prefix(['=', '+', '-', '@', '\u{ff1d}']) {
        Some(formula) if formula.contains('(') => formula::read_cell(found, formula),
        _ => found.cells.keep_value(cell),
    }
}

/// The cell at the start of a line, and what stands behind its separator. Quotes count where they begin a cell.
fn first_cell(line: &str) -> (&str, &str) {
    let is_quoted = line.trim_start().starts_with('"');
    let mut is_within = false;
    let end = line.char_indices().find(|(_, character)| {
        is_within ^= is_quoted && *character == '"';
        !is_within && matches!(character, ',' | ';' | '\t')
    });
    match end {
        Some((at, _)) => (line.get(..at).unwrap_or_default(), line.get(at.saturating_add(1)..).unwrap_or_default()),
        None => (line, ""),
    }
}

/// The wide forms of what begins a formula.
const WIDE: [(char, char); 4] = [('\u{ff1d}', '='), ('\u{ff0b}', '+'), ('\u{ff0d}', '-'), ('\u{ff20}', '@')];

fn look(walk: &mut Walk<'_>, at: usize, cell: &str) {
    let cell = cell.trim_matches(|character: char| character.is_whitespace() || character == '"');
    // Programs of East Asia take the wide forms for the same.
    let wide = WIDE.iter().find_map(|(wide, narrow)| Some(format!("{narrow}{}", cell.strip_prefix(*wide)?)));
    let cell = wide.as_deref().unwrap_or(cell);
    if !cell.starts_with(['=', '+', '-', '@']) {
        return;
    }
    let cell = cell.get(..cell.floor_char_boundary(CELL_BYTES_MAX)).unwrap_or(cell);
    if is_formula(cell) {
        walk.mark(at, "formula");
        look_into(walk, at, cell);
    }
}

/// What a formula does beyond reckoning.
fn look_into(walk: &mut Walk<'_>, at: usize, formula: &str) {
    let bare: String = formula.chars().filter(|character| !character.is_whitespace()).collect();
    let bare = bare.to_ascii_uppercase();
    let is_link = bare.split_once('|').is_some_and(|(program, rest)| {
        rest.contains('!')
            && program.ends_with(|character: char| character.is_ascii_alphanumeric() || character == '\'')
    });
    if is_link || bare.contains("DDE(") {
        walk.mark(at, "dde");
    }
    if FETCHING.iter().any(|name| bare.contains(name)) {
        walk.mark(at, "external_link");
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
    let is_reaching = || rest.contains('|') && rest.contains('!');
    match first {
        Some('=') => next.is_some_and(|next| next.is_alphanumeric() || "+-(\"'@{#$\\_".contains(next)),
        Some('@') => calls() && !rest.contains(' ') || is_reaching(),
        Some(_) => is_reaching() || (calls() && !is_prose(rest)),
        None => false,
    }
}

// "- see the list (below)" is no formula: its words stand apart.
fn is_prose(rest: &str) -> bool {
    rest.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).nth(1).is_some()
}

/// Reads a symbolic link file (SYLK): formulas stand in `E` fields, macros in named ranges.
pub(crate) fn open_sylk(walk: &mut Walk<'_>, file: File<'_>) {
    let table = text::decode(file.bytes, file.charset);
    walk.set_kind(file.at, "slk");
    let mut found = Found::new(walk);
    found.cells.turn_to("");
    for line in table.lines() {
        let mut fields = line.split(';');
        let record = fields.next().unwrap_or_default().trim();
        for field in fields {
            let upper = field.to_ascii_uppercase();
            match record {
                "C" if field.starts_with('E') => {
                    walk.mark(file.at, "formula");
                    let formula = field.get(1..).unwrap_or_default();
                    look_into(walk, file.at, formula);
                    formula::read(&mut found, formula);
                    if ["EXEC(", "CALL(", "REGISTER(", "RUN(", "FORMULA("].iter().any(|name| upper.contains(name)) {
                        walk.mark(file.at, "xlm");
                    }
                }
                "C" if field.starts_with('K') => {
                    walk.add_text(file.at, field.get(1..).unwrap_or_default().trim_matches('"'));
                }
                // Cells may hold macros.
                "O" if upper == "E" => walk.mark(file.at, "xlm"),
                "NN" if upper.contains("AUTO_OPEN") || upper.contains("AUTO_CLOSE") => {
                    walk.mark(file.at, "xlm");
                    walk.mark(file.at, "auto_run");
                }
                _ => {}
            }
        }
    }
    found.give(walk, file.at);
    walk.add_links_of_text(file.at, &table, LinkKind::Text);
    walk.add_other_text(file.at, &table);
}
