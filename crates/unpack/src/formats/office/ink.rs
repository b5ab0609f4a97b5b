//! Text on a ground of its own, highlighted or shaded: what is dark may be the modules of a code, whatever letters stand there.
//! Documented limit: grounds of named styles of words, of paragraphs, and of text on slides are not known.

use crate::budget::Steps;
use crate::formats::image::codes::Codes;
use crate::formats::text_code;

/// A ground up to this shade is dark: a code on a lighter one is read by nobody.
const DARK_MAX: u8 = 150;
/// Dark letters from which they may be a code: the smallest has as many modules that are dark.
const DARK_MIN: usize = 100;
/// Light letters in front of a dark one that are kept.
const LIGHT_MAX: usize = 1_024;
/// Bytes of all signs of one document.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// What stands for a dark letter.
const BLOCK: char = '\u{2588}';

/// Lines of a text by their grounds.
#[derive(Debug, Default)]
pub(in crate::formats) struct Ink {
    signs: String,
    dark: usize,
    /// Light letters behind the last dark one of a line.
    light: usize,
    is_cut: bool,
}

impl Ink {
    /// More of a line, on a ground of this shade, or on that of the page.
    pub(in crate::formats) fn add(&mut self, piece: &str, shade: Option<u8>) {
        let is_dark = shade.is_some_and(|shade| shade <= DARK_MAX);
        for letter in piece.chars() {
            if letter == '\n' {
                self.end_line();
            } else if is_dark {
                self.add_dark();
            } else {
                self.light = self.light.saturating_add(1);
            }
        }
    }

    fn add_dark(&mut self) {
        self.dark = self.dark.saturating_add(1);
        self.is_cut |= self.signs.len() >= BYTES_MAX;
        if !self.is_cut {
            self.signs.extend(std::iter::repeat_n(' ', std::mem::take(&mut self.light).min(LIGHT_MAX)));
            self.signs.push(BLOCK);
        }
    }

    /// Lines in which nothing is dark are none.
    pub(in crate::formats) fn end_line(&mut self) {
        self.light = 0;
        if self.signs.ends_with(BLOCK) {
            self.signs.push('\n');
        }
    }

    /// Lines of a piece of the document.
    pub(super) fn append(&mut self, other: &Self) {
        if other.dark == 0 {
            return;
        }
        self.end_line();
        self.dark = self.dark.saturating_add(other.dark);
        self.is_cut |= other.is_cut || self.signs.len() >= BYTES_MAX;
        if !self.is_cut {
            self.signs.push_str(&other.signs);
            self.end_line();
        }
    }

    /// The codes that they are.
    pub(super) fn codes(&self, steps: &Steps) -> Codes {
        if self.dark < DARK_MIN {
            return Codes::default();
        }
        let mut codes = text_code::codes(&self.signs, steps);
        codes.has_more |= self.is_cut;
        codes
    }
}
