//! Codes written into the text of a document, and into the cells of a sheet, one sign a cell.

use crate::budget::Steps;
use crate::formats::image::codes::Codes;
use crate::formats::office::formula::Cells;
use crate::formats::text_code;
use crate::formats::text_code::matrix::SIDE_MAX;

/// Cells with one sign from which a sheet may be a code: the smallest, in halves.
const SIGNS_MIN: usize = 100;
/// Bytes of the rows that are put together.
const ROWS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Signs of one cell that are compared.
const REPEATED_MAX: usize = 9;
/// A line that is no row of a drawing.
const END: &str = "end of sheet\n";

/// The codes in what a document shows, and in what it writes so small that it counts as hidden.
pub(super) fn codes((text, hidden): (&str, &str), cells: &Cells, steps: &Steps) -> Codes {
    let mut found = in_text(text, steps);
    found.merge(in_text(hidden, steps));
    let (rows, has_more) = rows(cells);
    found.merge(of_rows(&rows, steps));
    found.has_more |= has_more;
    found
}

fn in_text(text: &str, steps: &Steps) -> Codes {
    let mut found = text_code::codes(text, steps);
    // Cells of a row that hold several signs each stand apart in the text; of those with one sign each some are empty.
    if found.said.is_empty() && text.contains('\t') && text.chars().any(text_code::is_block) {
        found.merge(text_code::codes(&text.replace('\t', ""), steps));
        if found.said.is_empty() {
            found.merge(of_table(text, &['\t'], steps));
        }
    }
    found
}

/// The codes in the cells of a table that is written as text, with each of these signs that parts them.
pub(in crate::formats) fn of_table(table: &str, separators: &[char], steps: &Steps) -> Codes {
    let mut found = Codes::default();
    for separator in separators.iter().filter(|separator| table.contains(**separator)) {
        let mut rows = String::new();
        for line in table.lines() {
            rows.extend(line.split(*separator).map(|cell| sign(cell.trim_matches('"')).unwrap_or(' ')));
            rows.push('\n');
        }
        found.merge(of_rows(&rows, steps));
    }
    found
}

/// The codes in rows of signs; of letters and figures there are many that look like one from afar.
fn of_rows(rows: &str, steps: &Steps) -> Codes {
    let found = text_code::codes(rows, steps);
    let is_drawn = rows.chars().filter(|sign| text_code::is_block(*sign)).nth(SIGNS_MIN).is_some();
    if is_drawn { found } else { Codes { said: found.said, ..Codes::default() } }
}

/// The sign that a cell holds, and no other.
pub(super) fn sign(cell: &str) -> Option<char> {
    let sign = cell.chars().next().filter(|sign| !sign.is_whitespace())?;
    cell.chars().take(REPEATED_MAX).all(|other| other == sign).then_some(sign)
}

/// The cells with one sign, row by row, each where it stands; and whether there are more that may be a code.
fn rows(cells: &Cells) -> (String, bool) {
    let mut signs = cells.signs();
    let is_drawn = signs.iter().filter(|(_, sign)| text_code::is_block(*sign)).count() >= SIGNS_MIN;
    if is_drawn {
        // What else stands beside it is no part of it.
        signs.retain(|(_, sign)| text_code::is_block(*sign));
    }
    if signs.len() < SIGNS_MIN {
        return (String::new(), false);
    }
    signs.sort_unstable_by_key(|(place, _)| (place.sheet, place.row, place.column));
    let (mut text, mut is_cut) = (String::new(), false);
    for sheet in signs.chunk_by(|(one, _), (other, _)| one.sheet == other.sheet) {
        let first = sheet.iter().map(|(place, _)| place.column).min().unwrap_or(0);
        for row in sheet.chunk_by(|(one, _), (other, _)| one.row == other.row) {
            if text.len() >= ROWS_BYTES_MAX {
                return (text, is_drawn);
            }
            let mut length = 0_usize;
            for (place, sign) in row {
                let column = usize::try_from(place.column.saturating_sub(first)).unwrap_or(usize::MAX);
                if column >= SIDE_MAX {
                    is_cut = is_drawn;
                    break;
                }
                text.extend(std::iter::repeat_n(' ', column.saturating_sub(length)));
                text.push(*sign);
                length = column.saturating_add(1);
            }
            text.push('\n');
        }
        text.push_str(END);
    }
    (text, is_cut)
}

#[cfg(test)]
mod tests;
