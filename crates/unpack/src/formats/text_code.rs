//! QR codes drawn in characters: blocks and their halves and quarters, braille, shades, or any two letters (`##` and blanks).

mod corners;
pub(crate) mod matrix;

use std::borrow::Cow;

use crate::budget::Steps;
use crate::formats::image::codes::Codes;
use crate::formats::text_code::matrix::{Matrix, SIDE_MAX};

/// Codes read of one text.
const CODES_MAX: usize = 4;
/// Different letters of a drawing without blocks.
const LETTERS_MAX: usize = 2;
/// Different signs of a drawing of which each may be the dark one.
const SIGNS_MAX: usize = 4;
/// Characters of a line, at least: the smallest code in quarters.
const COLUMNS_MIN: usize = 11;
/// Lines of a drawing, at least: the smallest code in halves, or in braille with its four rows a character.
const LINES_MIN: usize = 6;
/// Cells that a character is cut into, across and down.
const ACROSS: usize = 2;
/// See [`ACROSS`].
const DOWN: usize = 4;
/// All cells of a character.
const FULL: u8 = 0xff;

/// The codes in a text.
pub(crate) fn codes(text: &str, steps: &Steps) -> Codes {
    let mut found = Codes::default();
    let mut drawing = Drawing::default();
    for line in text.lines() {
        match Line::of(line) {
            Line::Blank => {}
            Line::Text => drawing.end(&mut found, steps),
            Line::Row(row) => {
                if !drawing.takes(&row) {
                    drawing.end(&mut found, steps);
                }
                drawing.add(row);
            }
        }
    }
    drawing.end(&mut found, steps);
    found
}

/// What a line may be.
enum Line<'t> {
    Blank,
    /// A row of a drawing.
    Row(Row<'t>),
    Text,
}

/// A row of a drawing, without blanks at its end and characters that take no room.
struct Row<'t> {
    signs: Cow<'t, str>,
    has_blocks: bool,
    /// Where it has no blocks: what it is drawn with.
    letters: Vec<char>,
}

impl<'t> Line<'t> {
    /// Most lines have too many letters within their first dozen.
    fn of(line: &'t str) -> Self {
        let shown = line.trim_end_matches(|c| is_blank(c) || takes_no_room(c) || c == '\r');
        if shown.is_empty() {
            return Self::Blank;
        }
        let has_blocks = !line.is_ascii() && shown.chars().any(is_block);
        let mut letters: Vec<char> = Vec::new();
        for c in shown.chars().filter(|c| !has_blocks && !is_blank(*c) && !takes_no_room(*c)) {
            if !letters.contains(&c) {
                if letters.len() >= LETTERS_MAX {
                    return Self::Text;
                }
                letters.push(c);
            }
        }
        let is_short = line.chars().filter(|c| !takes_no_room(*c)).nth(COLUMNS_MIN.saturating_sub(1)).is_none();
        if !has_blocks && is_short {
            return Self::Text;
        }
        let is_plain = shown.is_ascii() || !shown.chars().any(takes_no_room);
        let end = shown.char_indices().nth(SIDE_MAX).map_or(shown.len(), |(at, _)| at);
        let signs = match shown.get(..end).filter(|_| is_plain) {
            Some(signs) => Cow::Borrowed(signs),
            None => Cow::Owned(shown.chars().filter(|c| !takes_no_room(*c)).take(SIDE_MAX).collect()),
        };
        Self::Row(Row { signs, has_blocks, letters })
    }
}

/// Lines that follow each other and may be one drawing: all with blocks, whatever else is in them, or all of the same two letters.
#[derive(Default)]
struct Drawing<'t> {
    rows: Vec<Cow<'t, str>>,
    has_blocks: bool,
    letters: Vec<char>,
}

impl<'t> Drawing<'t> {
    /// May the row be one of this drawing? A line beside a drawing, such as one of dashes, is none of it.
    fn takes(&self, row: &Row<'_>) -> bool {
        if self.rows.is_empty() {
            return true;
        }
        let new = row.letters.iter().filter(|letter| !self.letters.contains(letter)).count();
        let is_of_letters = new < row.letters.len() && self.letters.len().saturating_add(new) <= LETTERS_MAX;
        self.has_blocks == row.has_blocks && (row.has_blocks || is_of_letters)
    }

    fn add(&mut self, row: Row<'t>) {
        self.has_blocks = row.has_blocks;
        for letter in row.letters {
            if !self.letters.contains(&letter) {
                self.letters.push(letter);
            }
        }
        self.rows.push(row.signs);
    }

    /// Looks at what there was.
    fn end(&mut self, found: &mut Codes, steps: &Steps) {
        let drawing = std::mem::take(self);
        let is_wide = |row: &Cow<'_, str>| row.chars().nth(COLUMNS_MIN.saturating_sub(1)).is_some();
        let has_room = drawing.rows.len() >= LINES_MIN && drawing.rows.iter().any(is_wide);
        if has_room && found.said.len() >= CODES_MAX {
            found.has_more = true;
        } else if has_room {
            // What is too long for one code is looked at in pieces, each with half of the one before.
            for from in (0..drawing.rows.len()).step_by(SIDE_MAX / 2) {
                let rest = drawing.rows.get(from..).unwrap_or_default();
                found.merge(read(rest.get(..SIDE_MAX).unwrap_or(rest), drawing.has_blocks, steps));
                if rest.len() <= SIDE_MAX {
                    break;
                }
            }
        }
    }
}

/// Is it one of the characters that drawings are made of?
pub(crate) fn is_block(c: char) -> bool {
    !c.is_ascii() && block(c).is_some()
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{3000}' | '\t')
}

/// Joiners, marks of order, and what says that a sign is a picture.
fn takes_no_room(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// By what blocks look like, whatever else is light; else by each sign that may be the dark one, or by all.
fn read(rows: &[Cow<'_, str>], has_blocks: bool, steps: &Steps) -> Codes {
    let mut found = if has_blocks { field(rows, |c| block(c).unwrap_or(0)).look(steps) } else { Codes::default() };
    let Some(signs) = signs(rows).filter(|signs| found.said.is_empty() && (!has_blocks || signs.len() > 1)) else {
        return found;
    };
    for sign in &signs {
        if found.said.is_empty() {
            found.merge(field(rows, |c| if c == *sign { FULL } else { 0 }).look(steps));
        }
    }
    if found.said.is_empty() && signs.len() > 1 {
        found.merge(field(rows, |c| if is_blank(c) { 0 } else { FULL }).look(steps));
    }
    found.is_unread &= found.said.is_empty();
    found
}

/// The signs of a drawing, if they are few.
fn signs(rows: &[Cow<'_, str>]) -> Option<Vec<char>> {
    let mut signs: Vec<char> = Vec::new();
    for c in rows.iter().flat_map(|row| row.chars()).filter(|c| !is_blank(*c)) {
        if !signs.contains(&c) {
            if signs.len() >= SIGNS_MAX {
                return None;
            }
            signs.push(c);
        }
    }
    Some(signs)
}

/// The cells of a drawing, by those of each character.
fn field(rows: &[Cow<'_, str>], cells: impl Fn(char) -> u8) -> Matrix {
    let mut matrix = Matrix::default();
    for line in rows {
        let mut rows = vec![Vec::new(); DOWN];
        for c in line.chars() {
            let cells = cells(c);
            for (down, row) in rows.iter_mut().enumerate() {
                let pair = cells >> down.saturating_mul(2);
                row.extend([pair & 1 != 0, pair & 2 != 0]);
            }
        }
        matrix.rows.extend(rows);
    }
    matrix.smallest()
}

/// The cells of a character, two across and four down, the lowest bit at the top left; none for what is no block.
fn block(c: char) -> Option<u8> {
    Some(match c {
        '█' | '■' | '▓' | '⬛' | '⬤' | '●' | '⚫' | '◼' | '◾' | '▪' | '▮' => FULL,
        // Red, blue, purple, green and brown, as circles and as squares.
        '\u{1f534}' | '\u{1f535}' | '\u{1f7e2}'..='\u{1f7e6}' | '\u{1f7e9}'..='\u{1f7eb}' => FULL,
        '░' | '▒' | '□' | '⬜' | '○' | '⚪' | '◻' | '◽' | '▫' | '▯' => 0,
        // The same in orange and yellow.
        '\u{1f7e0}' | '\u{1f7e1}' | '\u{1f7e7}' | '\u{1f7e8}' => 0,
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
