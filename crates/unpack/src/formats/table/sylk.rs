//! Symbolic link files (SYLK): formulas stand in `E` fields, values in `K` fields, macros in named ranges; `S` names the cell that
//! has the formula of this one.

use scan::content::LinkKind;

use crate::formats::office::Found;
use crate::formats::office::formula::{self, Kind, Sharing, is_dde};
use crate::text;
use crate::unpack::{File, Walk};

/// Reads the file.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let table = text::decode(file.bytes, file.charset);
    walk.set_kind(file.at, "slk");
    let (mut found, mut shared) = (Found::new(walk), Sharing::default());
    found.cells.turn_to("");
    for line in table.split(['\n', '\r']) {
        let fields = fields(line);
        let record = fields.first().map_or("", |record| record.trim());
        let fields = fields.get(1..).unwrap_or_default();
        match record {
            "C" => {
                read_place(&mut found, fields);
                mark_fields(walk, file, fields);
                read_fields(&mut found, &mut shared, fields);
            }
            "F" => read_place(&mut found, fields),
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
    }
    shared.finish(&mut found);
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

/// A row or column, counted from 0; the first field of that letter counts.
fn line(fields: &[String], letter: char) -> Option<u32> {
    let text = fields.iter().find_map(|field| field.strip_prefix(letter))?;
    text.trim().parse::<u32>().ok()?.checked_sub(1)
}

/// Row and column are those of the record before where they are not said.
fn read_place(found: &mut Found, fields: &[String]) {
    let here = found.cells.here;
    found.cells.go(line(fields, 'Y').unwrap_or(here.row), line(fields, 'X').unwrap_or(here.column));
}

/// What is said of a cell's formula by its words, and its value as text.
fn mark_fields(walk: &mut Walk<'_>, file: File<'_>, fields: &[String]) {
    for field in fields {
        if let Some(formula) = field.strip_prefix('E') {
            let is_fetching = formula::is_fetching(&formula.to_ascii_uppercase());
            let words = [
                (true, "formula"),
                (is_dde(formula), "dde"),
                (is_fetching, "external_link"),
                (formula::is_acting(formula), "xlm"),
            ];
            words.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, word)| walk.mark(file.at, word));
        } else if let Some(value) = field.strip_prefix('K') {
            walk.add_text(file.at, value_of(value).0);
        }
    }
}

/// A value without its quotes, and what it is.
fn value_of(written: &str) -> (&str, Kind) {
    match (written.strip_prefix('"'), written) {
        (Some(text), _) => (text.strip_suffix('"').unwrap_or(text), Kind::Text),
        (None, "TRUE") => ("1", Kind::Truth),
        (None, "FALSE") => ("0", Kind::Truth),
        (None, number) => (number, Kind::Number),
    }
}

fn read_fields(found: &mut Found, shared: &mut Sharing<(u32, u32)>, fields: &[String]) {
    let here = (found.cells.here.row, found.cells.here.column);
    let mut is_shared = false;
    for field in fields {
        let (letter, rest) = field.split_at_checked(1).unwrap_or((field, ""));
        match letter {
            "E" => {
                let formula = formula::read_cell(found, rest);
                shared.keep(here, formula, found);
            }
            // The formula of another cell, said once.
            "S" if !is_shared => {
                is_shared = true;
                let first = (line(fields, 'R').unwrap_or(here.0), line(fields, 'C').unwrap_or(here.1));
                shared.read_or_wait(first, found);
            }
            "K" => {
                let (value, kind) = value_of(rest);
                found.cells.keep(value, kind);
            }
            _ => {}
        }
    }
}
