//! QR codes drawn in characters: blocks and their halves and quarters, braille, shades, or any two letters (`##` and blanks).

pub(crate) mod matrix;

use crate::budget::Steps;
use crate::formats::image::codes::Codes;
use crate::formats::text_code::matrix::{MODULES_MIN, Matrix, SIDE_MAX};

/// Codes read of one text.
const CODES_MAX: usize = 4;
/// Different characters in one drawing, at most.
const LETTERS_MAX: usize = 17;
/// Of those, ones that are no blocks.
const OTHER_LETTERS_MAX: usize = 2;
/// Characters of a line, at least: the smallest code in quarters.
const COLUMNS_MIN: usize = 11;
/// Lines of a drawing, at least: the smallest code in halves, or in braille with its four rows a character.
const LINES_MIN: usize = 6;
/// Cells that a character is cut into, across and down.
const ACROSS: usize = 2;
/// See [`ACROSS`].
const DOWN: usize = 4;

/// The codes in a text.
pub(crate) fn codes(text: &str, steps: &Steps) -> Codes {
    let mut found = Codes::default();
    let mut drawing: Vec<&str> = Vec::new();
    for line in text.lines().chain(["."]) {
        let line = line.trim_end_matches(['\r', '\n']);
        if is_drawn(line) {
            drawing.push(line);
        } else if !line.trim().is_empty() {
            if drawing.len() >= LINES_MIN && found.said.len() < CODES_MAX {
                found.merge(read(&drawing, steps));
            } else {
                found.has_more |= drawing.len() >= LINES_MIN;
            }
            drawing.clear();
        }
    }
    found
}

/// Can a line be one row of a drawing? Most lines have too many letters within their first dozen.
fn is_drawn(line: &str) -> bool {
    let mut letters: [char; OTHER_LETTERS_MAX] = ['\0'; OTHER_LETTERS_MAX];
    let mut others = 0_usize;
    let mut columns = 0_usize;
    let mut blocks: Vec<char> = Vec::new();
    for c in line.chars() {
        columns = columns.saturating_add(1);
        if is_blank(c) {
            continue;
        }
        if block(c).is_some() {
            if !blocks.contains(&c) && blocks.len() < 300 {
                blocks.push(c);
            }
        } else if !letters.contains(&c) {
            let Some(free) = letters.get_mut(others) else { return false };
            *free = c;
            others = others.saturating_add(1);
        }
    }
    let is_braille = blocks.first().is_some_and(|c| matches!(c, '\u{2800}'..='\u{28ff}'));
    (COLUMNS_MIN..=SIDE_MAX).contains(&columns)
        && (is_braille || blocks.len() <= LETTERS_MAX)
        && blocks.len().saturating_add(others) > 0
}

/// Is it one of the characters that drawings are made of?
pub(crate) fn is_block(c: char) -> bool {
    block(c).is_some()
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2002}'..='\u{200b}' | '\u{3000}' | '\t')
}

fn read(lines: &[&str], steps: &Steps) -> Codes {
    let lines = lines.get(..lines.len().min(SIDE_MAX)).unwrap_or_default();
    let has_blocks = lines.iter().any(|line| line.chars().any(|c| block(c).is_some()));
    let mut others: Vec<char> = Vec::new();
    for c in lines.iter().flat_map(|line| line.chars()).filter(|c| !is_blank(*c) && block(*c).is_none()) {
        if !others.contains(&c) {
            others.push(c);
        }
        if others.len() > OTHER_LETTERS_MAX || (has_blocks && others.len() > 1) {
            return Codes::default();
        }
    }
    let widest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let height = lines.len();
    if widest.saturating_mul(ACROSS) < MODULES_MIN || height.saturating_mul(DOWN) < MODULES_MIN || widest > SIDE_MAX {
        return Codes::default();
    }
    // Without blocks the first letter is dark, and blanks or the second are light.
    let dark = others.first().copied().filter(|_| !has_blocks);
    let mut matrix = Matrix::default();
    for line in lines {
        let mut rows = vec![Vec::new(); DOWN];
        for c in line.chars() {
            let cells = if Some(c) == dark { 0xff } else { block(c).unwrap_or(0) };
            for (down, row) in rows.iter_mut().enumerate() {
                let pair = cells >> down.saturating_mul(2);
                row.extend([pair & 1 != 0, pair & 2 != 0]);
            }
        }
        matrix.rows.extend(rows);
    }
    matrix.smallest().look(steps)
}

/// The cells of a character, two across and four down, the lowest bit at the top left; none for what is no block.
fn block(c: char) -> Option<u8> {
    Some(match c {
        '█' | '■' | '▓' | '⬛' | '●' | '⚫' | '◼' | '▮' | '\u{1f7e5}' | '\u{1f7e6}' | '\u{1f7eb}' => 0xff,
        '░' | '▒' | '□' | '⬜' | '○' | '⚪' | '◻' | '▯' => 0,
        '▀' => 0x0f,
        '▄' => 0xf0,
        '▌' => 0x55,
        '▐' => 0xaa,
        '▘' => 0x05,
        '▝' => 0x0a,
        '▖' => 0x50,
        '▗' => 0xa0,
        '▚' => 0xa5,
        '▞' => 0x5a,
        '▛' => 0x5f,
        '▜' => 0xaf,
        '▙' => 0xf5,
        '▟' => 0xfa,
        '\u{2800}'..='\u{28ff}' => braille(c),
        _ => return None,
    })
}

/// Dots 1 2 3 7 go down on the left, 4 5 6 8 on the right (Unicode 16, chapter 21.1).
fn braille(c: char) -> u8 {
    let dots = u8::try_from(u32::from(c) & 0xff).unwrap_or(0);
    let bit = |dot: u32, cell: u32| ((dots >> dot) & 1) << cell;
    bit(0, 0) | bit(3, 1) | bit(1, 2) | bit(4, 3) | bit(2, 4) | bit(5, 5) | bit(6, 6) | bit(7, 7)
}

impl Matrix {
    /// Cells that are always the same as their neighbours are put together, so that the field is as small as what it shows.
    fn smallest(mut self) -> Self {
        for size in [4, 2] {
            let is_same = self.rows.chunks(size).all(|rows| rows.windows(2).all(|pair| pair.first() == pair.last()));
            if is_same && self.rows.len().is_multiple_of(size) {
                self.rows = self.rows.into_iter().step_by(size).collect();
                break;
            }
        }
        let is_same = self.rows.iter().all(|row| row.chunks(ACROSS).all(|pair| pair.first() == pair.last()));
        if is_same {
            for row in &mut self.rows {
                *row = row.iter().copied().step_by(ACROSS).collect();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;
