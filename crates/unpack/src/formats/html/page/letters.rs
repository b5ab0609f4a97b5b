//! Words that people read and that stand there in another order or in pieces: letters in boxes side by side, and text that is turned
//! to run from right to left. Documented limit: what stands in boxes of more than a letter or two is not put together.

use crate::formats::html::page::Reader;

/// Letters of a box that is a part of a word.
const BOX_LETTERS_MAX: usize = 2;
/// Boxes of a word: fewer are numbers and signs that stand for themselves.
const BOXES_MIN: usize = 4;

/// Such boxes, one after the other, by their places in the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Letters {
    begin: usize,
    count: usize,
    /// Where the text begins that stands behind the last new line.
    pub(super) piece: usize,
}

impl Reader {
    /// Begins a line for a box that stands beside the one before.
    pub(in crate::formats::html) fn begin_beside(&mut self) {
        let piece = self.page.text.get(self.letters.piece..).unwrap_or_default().trim();
        let (is_empty, is_part) = (piece.is_empty(), is_part(piece));
        if is_part {
            if self.letters.count == 0 {
                self.letters.begin = self.letters.piece;
            }
            self.letters.count = self.letters.count.saturating_add(1);
        } else if !is_empty {
            self.end_letters();
            self.push_anchor(" ");
        }
        self.new_line();
    }

    /// Puts together what stands in the boxes up to here, if it may be a word.
    pub(super) fn end_letters(&mut self) {
        let Letters { begin, count, piece } = self.letters;
        self.letters.count = 0;
        if count == 0 {
            return;
        }
        // What stands behind the last box goes on in its line.
        let last = self.page.text.get(piece..).unwrap_or_default();
        let is_within = is_part(last.split_whitespace().next().unwrap_or_default());
        let end = if is_within { self.page.text.len() } else { piece };
        let is_word = count.saturating_add(usize::from(is_within)) >= BOXES_MIN;
        let text = &self.page.text;
        if !is_word || begin > end || !text.is_char_boundary(begin) || !text.is_char_boundary(end) {
            return;
        }
        let written = text.get(begin..end).unwrap_or_default().to_owned();
        if is_row(&written) {
            return;
        }
        let rest = self.page.text.split_off(end);
        let word = self.page.text.split_off(begin).replace('\n', "");
        self.page.text.push_str(&word);
        if !rest.is_empty() {
            self.page.text.push('\n');
            self.page.text.push_str(&rest);
        }
        self.unsearched = self.unsearched.min(begin);
        self.push_elsewhere(&written);
    }
}

/// Are these boxes words of their own: numbers of a scale, or days (`Mo`, `Di`)?
fn is_row(boxes: &str) -> bool {
    let is_name = |piece: &str| {
        let mut letters = piece.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    };
    !boxes.contains(char::is_alphabetic) || boxes.split_whitespace().filter(|piece| is_name(piece)).count() > 1
}

fn is_part(piece: &str) -> bool {
    (1..=BOX_LETTERS_MAX).contains(&piece.chars().take(BOX_LETTERS_MAX.saturating_add(1)).count())
}

/// Text as it is read where all of it runs from right to left; none where it does so by itself.
pub(super) fn turned(piece: &str) -> Option<String> {
    let is_of_right_to_left =
        |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}');
    (!piece.contains(is_of_right_to_left)).then(|| piece.chars().rev().collect())
}

#[cfg(test)]
mod tests;
