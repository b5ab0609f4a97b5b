//! Tables written as text (RFC 4180; tab-separated; SYLK): cells that a spreadsheet takes for formulas when it opens them.
//!
//! A number, a telephone number, a dash of a list and a handle (`@name`, `@nick|user!host`) are no formulas.
//!
//! Which sign parts the cells is not said, unless the first line says it (`sep=^`): programs take that of the reader's language. So
//! a table is read with each that it may be.
//!
//! A page that is called a table is one for a spreadsheet, see `table/page.rs`.

mod page;
mod sylk;

pub(crate) use crate::formats::table::sylk::open as open_sylk;

use crate::formats::office::formula::{self, FETCHING, LEADING, Written};
use crate::formats::office::{Found, signs};
use crate::sniff::general;
use crate::text;
use crate::unpack::{File, Walk};

/// Bytes at the start in which separators are counted.
const HEAD_BYTES: usize = 64 * 1024;
/// What begins a formula, and the wide forms of it, which programs of East Asia take for the same.
const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// Of these, those that begin the lines of a list.
const DOUBTFUL: [char; 4] = ['+', '-', '\u{ff0b}', '\u{ff0d}'];
/// What parts cells where the table says nothing.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// What a topic in quotes is: one piece, whatever stands in it, or nothing of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Topics {
    Whole,
    Parted,
}

/// Which cells of a table are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// With the sign that is the likeliest to part them.
    Likely,
    /// With another one: what is no whole formula so is part of something else.
    Other,
}

/// Reads a table of cells.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let table = text::decode(file.bytes, file.charset);
    let declared = declared(&table);
    for line in table.split(['\n', '\r']) {
        // What a formula asks another program may have separators in it (`=a|'b;c'!d`), and need not be what it looks like.
        look_at_line(walk, file.at, line, (declared, Topics::Whole));
        if line.contains('|') && line.contains('\'') {
            look_at_line(walk, file.at, line, (declared, Topics::Parted));
        }
    }
    look_at_addresses(walk, file.at, &table);
    let may_be_page = matches!(general(walk.kind(file.at)), "html" | "xhtml" | "text");
    if may_be_page && table.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        page::open(walk, file.at, &table);
    }
    let mut separators = SEPARATORS.to_vec();
    separators.extend(declared.filter(|declared| !SEPARATORS.contains(declared)));
    let codes = signs::of_table(&table, &separators, &walk.budget.code_steps);
    walk.add_codes_in_text(file.at, codes);
}

/// The separator that the first line declares: `sep=^`, in quotes or not.
fn declared(table: &str) -> Option<char> {
    let line = table.split(['\n', '\r']).next().unwrap_or_default();
    let line = line.trim_start_matches(['\u{feff}', '"', ' ']);
    let (word, rest) = line.split_at_checked(4)?;
    let sign = rest.chars().next().filter(|sign| *sign != '"')?;
    word.eq_ignore_ascii_case("sep=").then_some(sign)
}

fn look_at_line(walk: &mut Walk<'_>, at: usize, line: &str, how: (Option<char>, Topics)) {
    // A cell in quotes may go on over lines; then its next line is looked at as if it began one, which harms nobody.
    let mut rest = line;
    while !rest.is_empty() {
        let (cell, behind) = first_cell(rest, how);
        look(walk, at, cell);
        rest = behind;
    }
}

/// What leads elsewhere, asks another program, or refers to another book: for that the cells are read as a program does, with one
/// separator after the other of those that the table has.
fn look_at_addresses(walk: &mut Walk<'_>, at: usize, table: &str) {
    let upper = table.to_ascii_uppercase();
    let is_any = LEADING.iter().chain(&FETCHING).any(|name| upper.contains(name));
    if !is_any && !upper.contains(['|', '!', '#']) {
        return;
    }
    let head = table.get(..table.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    let declared = declared(table);
    if let Some(separator) = declared {
        // That line is no row.
        let rows = table.trim_start_matches(|c| !matches!(c, '\n' | '\r'));
        let rows = rows.strip_prefix('\r').unwrap_or(rows);
        let rows = rows.strip_prefix('\n').unwrap_or(rows);
        read_cells(walk, at, rows, (separator, Reading::Likely));
    }
    let mut separators = SEPARATORS;
    separators.sort_by_key(|separator| std::cmp::Reverse(head.matches(*separator).count()));
    for (number, separator) in separators.into_iter().enumerate() {
        if number == 0 && declared.is_none() {
            read_cells(walk, at, table, (separator, Reading::Likely));
        } else if declared != Some(separator) && table.contains(separator) {
            read_cells(walk, at, table, (separator, Reading::Other));
        }
    }
}

fn read_cells(walk: &mut Walk<'_>, at: usize, table: &str, (separator, reading): (char, Reading)) {
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
                end_cell(&mut found, &std::mem::take(&mut cell), (row, column), reading);
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
    end_cell(&mut found, &cell, (row, column), reading);
    found.give(walk, at);
}

fn end_cell(found: &mut Found, cell: &str, (row, column): (u32, u32), reading: Reading) {
    found.cells.go(row, column);
    let cell = cell.trim();
    let is_value = |rest: &str| {
        // Prose that would be a question to another program if it were none.
        let is_no_question = || written(cell) == Written::Prose && formula::asks(rest, Written::Formula);
        let may_be = cell.starts_with(['=', '\u{ff1d}']) || (rest.contains('(') && !is_no_question());
        !may_be && !is_dde(cell)
    };
    match cell.strip_prefix(BEGINNINGS).filter(|rest| !is_value(rest)) {
        Some(formula) if reading == Reading::Likely || formula::is_whole(formula) => {
            drop(formula::read_cell(found, formula));
        }
        Some(_) => found.cells.keep_unknown(row, column),
        None => found.cells.keep_value(cell),
    }
}

/// Does a cell ask another program?
fn is_dde(cell: &str) -> bool {
    cell.strip_prefix(BEGINNINGS).is_some_and(|formula| formula::asks(formula, written(cell)))
}

/// A handle, or a line of a list, may be prose.
fn written(cell: &str) -> Written {
    let is_handle = cell.starts_with(['@', '\u{ff20}']);
    let is_line = || cell.strip_prefix(DOUBTFUL).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    if is_handle || is_line() { Written::Prose } else { Written::Formula }
}

/// The cell at the start of a line, and what stands behind its separator. Quotes count where they begin a cell.
fn first_cell(line: &str, (declared, topics): (Option<char>, Topics)) -> (&str, &str) {
    let parts = |c: char| SEPARATORS.contains(&c) || declared == Some(c);
    // Not further than to the end of the cell: there may be many empty ones.
    let begin = line.trim_start_matches(|c: char| c.is_whitespace() && !parts(c));
    let is_quoted = begin.starts_with('"');
    let is_formula =
        begin.trim_start_matches(|c: char| (c.is_whitespace() || c == '"') && !parts(c)).starts_with(BEGINNINGS);
    let may_have_topic = is_formula && topics == Topics::Whole;
    let (mut is_within, mut is_topic, mut before) = (false, false, ' ');
    let end = line.char_indices().find(|(at, character)| {
        is_within ^= is_quoted && *character == '"';
        if *character == '\'' {
            let closes = || line.get(at.saturating_add(1)..).is_some_and(|rest| rest.contains('\''));
            is_topic = !is_topic && may_have_topic && before == '|' && closes();
        }
        if !character.is_whitespace() {
            before = *character;
        }
        !is_within && !is_topic && parts(*character)
    });
    match end {
        Some((at, separator)) => {
            let behind = at.saturating_add(separator.len_utf8());
            (line.get(..at).unwrap_or_default(), line.get(behind..).unwrap_or_default())
        }
        None => (line, ""),
    }
}

fn look(walk: &mut Walk<'_>, at: usize, cell: &str) {
    let cell = cell.trim_matches(|character: char| character.is_whitespace() || character == '"');
    let Some(formula) = cell.strip_prefix(BEGINNINGS) else { return };
    // A table of one quoted column may have quotes doubled.
    let is_dde = is_dde(cell) || (cell.contains("\"\"") && is_dde(&cell.replace("\"\"", "\"")));
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

#[cfg(test)]
mod tests;
