//! Text of nothing but blocks, which is as good as boxes.

use super::{Attributes, Svg};
use crate::formats::html::style::Length;
use crate::formats::image::affine::Affine;

/// Places of letters that are kept of one text.
const PLACES_MAX: usize = 1_024;
const BOX_CORNERS: usize = 4;
/// Width of a letter, in shares of its size.
const LETTER_WIDTH: f64 = 0.6;

/// Where text stands.
#[derive(Clone, Debug)]
pub(super) struct Text {
    map: Affine,
    /// Of each letter; those behind the last follow it.
    places: Vec<f64>,
    y: f64,
    /// Of its letters.
    size: f64,
    /// How long it is said to be.
    length: Option<f64>,
}

impl Svg {
    /// Text begins, or another part of it.
    pub(super) fn begin_text(&mut self, tag: &str, attributes: &Attributes<'_>) {
        let map = self.map(attributes);
        let usual = Text { map, places: vec![0.0], y: 0.0, size: 16.0, length: None };
        let around = self.text.take().filter(|_| tag == "tspan").unwrap_or(usual);
        let declared = attributes.declared("font-size").or_else(|| attributes.text("font-size"));
        let size = declared.and_then(Length::read).map(|length| length.within(attributes.size.0));
        self.text = Some(Text {
            map,
            places: attributes.text("x").map(|list| places(list, attributes.size.0)).unwrap_or(around.places),
            y: attributes
                .text("y")
                .and_then(|list| places(list, attributes.size.1).first().copied())
                .unwrap_or(around.y),
            size: size.unwrap_or(around.size),
            length: attributes.length("textlength"),
        });
    }

    /// Blocks in it are boxes. How wide blanks are between them nobody knows: rows of such text are told.
    pub(in crate::formats::html::drawn) fn text(&mut self, piece: &str) {
        let is_block = |c: char| matches!(c, '\u{2580}'..='\u{25ff}' | '\u{2b1b}'..='\u{2b1f}');
        let piece = piece.trim();
        let has_blanks = piece.contains(char::is_whitespace);
        let has_other = piece.chars().any(|c| !is_block(c) && !c.is_whitespace());
        let Some(Text { map, places, y, size, length }) =
            self.text.as_ref().filter(|_| !has_other && !piece.is_empty())
        else {
            return;
        };
        self.told.rows = self.told.rows.saturating_add(usize::from(has_blanks));
        let count = |letters: usize| f64::from(u32::try_from(letters).unwrap_or(u32::MAX));
        let all = piece.chars().count();
        let advance = length.map_or(size * LETTER_WIDTH, |length| length / count(all));
        let last = places.len().saturating_sub(1);
        let start = |at: usize| {
            let place = places.get(at.min(last)).copied().unwrap_or(0.0);
            place + advance * count(at.saturating_sub(last))
        };
        let letters: Vec<(usize, char)> = piece.chars().enumerate().collect();
        let is_one = |one: &(usize, char), other: &(usize, char)| {
            is_block(one.1) == is_block(other.1) && (other.0 > last || places.len() == 1)
        };
        for run in letters.chunk_by(is_one) {
            let [(from, letter), ..] = run else { continue };
            if is_block(*letter) {
                let left = start(*from);
                // What stands by itself is as high as it is wide: rows may be closer than their letters are high.
                let (top, bottom) = match places.len() {
                    0 | 1 => (y - size * 0.8, y + size * 0.2),
                    _ => (y - size * 0.3 - advance / 2.0, y - size * 0.3 + advance / 2.0),
                };
                let place = [left, top, left + advance * count(run.len()), bottom];
                self.canvas.add_box(place, *map, None);
                self.told.shape(BOX_CORNERS, None, None);
            }
        }
    }
}

/// `4`, `4 6 7`, `4,6,7`.
fn places(list: &str, around: f64) -> Vec<f64> {
    let all = list.split([',', ' ', '\t', '\n', '\r']).filter(|one| !one.is_empty());
    let places: Vec<f64> = all
        .filter_map(|one| Length::read(&one.to_ascii_lowercase()))
        .take(PLACES_MAX)
        .map(|own| own.within(around))
        .collect();
    if places.is_empty() { vec![0.0] } else { places }
}
