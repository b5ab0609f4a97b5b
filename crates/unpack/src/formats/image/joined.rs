//! Codes that are cut over several pictures of one message: side by side, one above the other, four in a square, or laid over each
//! other where each shows a part.

use crate::budget::Steps;
use crate::formats::image::codes;
use crate::formats::image::grey::Grey;

/// Pictures of one message that are kept to be put together.
const KEPT_MAX: usize = 16;
/// Pixels of all of them together.
const KEPT_PIXELS_MAX: usize = 4_000_000;
/// Ways to put them together that are tried.
const TRIES_MAX: usize = 40;
/// Pictures in a row.
const ROW_MAX: usize = 8;
/// Pictures over each other.
const OVER_MAX: usize = 4;
/// Sides that differ by so few pixels are equal.
const NEAR_PIXELS: usize = 2;
/// Shades of a piece of a code lie apart by so much.
const CONTRAST_MIN: u8 = 40;

/// Pictures that may be pieces, with the numbers of their items.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    kept: Vec<(usize, Grey)>,
    pixels: usize,
}

impl Pieces {
    /// Keeps a picture without a whole code, if it can be a piece of one.
    pub(crate) fn add(&mut self, at: usize, grey: Grey) {
        let pixels = self.pixels.saturating_add(grey.pixels.len());
        if self.kept.len() < KEPT_MAX && pixels <= KEPT_PIXELS_MAX && is_two_toned(&grey) {
            self.pixels = pixels;
            self.kept.push((at, grey));
        }
    }

    /// What the codes say that come of pieces put together, with the number of the first piece's item.
    pub(crate) fn read(self, steps: &Steps) -> Vec<(usize, String)> {
        let mut found: Vec<(usize, String)> = Vec::new();
        let mut first = 0_usize;
        let mut tries = 0_usize;
        while first < self.kept.len() {
            let pieces = self.kept.get(first..).unwrap_or_default();
            let mut used = 1_usize;
            for (count, joined) in ways(pieces) {
                tries = tries.saturating_add(1);
                if tries > TRIES_MAX {
                    return found;
                }
                let said = codes::in_grey(&joined, steps).said;
                if !said.is_empty() {
                    let at = pieces.first().map_or(0, |(at, _)| *at);
                    found.extend(said.into_iter().map(|text| (at, text)));
                    used = count;
                    break;
                }
            }
            first = first.saturating_add(used);
        }
        found
    }
}

/// Nearly all pixels are of one of two shades.
fn is_two_toned(grey: &Grey) -> bool {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return false;
    }
    let mean = |is_low: bool| {
        let (sum, count) =
            grey.pixels.iter().filter(|own| (**own <= shade) == is_low).fold((0_u64, 0_u64), |(sum, count), own| {
                (sum.saturating_add(u64::from(*own)), count.saturating_add(1))
            });
        u8::try_from(sum.checked_div(count).unwrap_or(0)).unwrap_or(255)
    };
    let (low, high) = (mean(true), mean(false));
    let between = grey.pixels.iter().filter(|own| own.abs_diff(low).min(own.abs_diff(high)) > 48).count();
    between.saturating_mul(8) < grey.pixels.len()
}

/// The ways to put the first pieces together, each with the number of pieces that it takes.
fn ways(pieces: &[(usize, Grey)]) -> Vec<(usize, Grey)> {
    let greys: Vec<&Grey> = pieces.iter().take(ROW_MAX).map(|(_, grey)| grey).collect();
    let mut ways = Vec::new();
    let Some(first) = greys.first() else { return ways };
    let equal = |is_equal: fn(&Grey, &Grey) -> bool| greys.iter().take_while(|grey| is_equal(first, grey)).count();
    let in_row = equal(|one, other| one.height.abs_diff(other.height) <= NEAR_PIXELS);
    let in_column = equal(|one, other| one.width.abs_diff(other.width) <= NEAR_PIXELS);
    for count in 2..=in_row {
        ways.push((count, beside(greys.get(..count).unwrap_or_default())));
    }
    for count in 2..=in_column {
        ways.push((count, above(greys.get(..count).unwrap_or_default())));
    }
    let over = in_row.min(in_column).min(OVER_MAX);
    for count in 2..=over {
        ways.push((count, laid_over(greys.get(..count).unwrap_or_default())));
    }
    if let [one, two, three, four, ..] = greys.as_slice() {
        let upper = beside(&[one, two]);
        let lower = beside(&[three, four]);
        if upper.width.abs_diff(lower.width) <= NEAR_PIXELS {
            ways.push((4, above(&[&upper, &lower])));
        }
    }
    ways
}

/// Where one is dark, the whole is.
fn laid_over(pieces: &[&Grey]) -> Grey {
    let side = |side: fn(&Grey) -> usize| pieces.iter().map(|piece| side(piece)).min().unwrap_or(0);
    let (width, height) = (side(|piece| piece.width), side(|piece| piece.height));
    Grey::from_func(width, height, |x, y| pieces.iter().map(|piece| piece.at(x, y)).min().unwrap_or(255))
}

fn beside(pieces: &[&Grey]) -> Grey {
    let height = pieces.iter().map(|piece| piece.height).min().unwrap_or(0);
    let width = pieces.iter().map(|piece| piece.width).sum();
    let mut pixels = Vec::with_capacity(height.saturating_mul(width));
    for y in 0..height {
        for piece in pieces {
            let from = y.saturating_mul(piece.width);
            pixels.extend_from_slice(piece.pixels.get(from..from.saturating_add(piece.width)).unwrap_or_default());
        }
    }
    Grey { width, height, pixels }
}

fn above(pieces: &[&Grey]) -> Grey {
    let width = pieces.iter().map(|piece| piece.width).min().unwrap_or(0);
    let mut pixels = Vec::new();
    for piece in pieces {
        pixels.extend(piece.rows().flat_map(|row| row.iter().take(width)).copied());
    }
    Grey { width, height: pieces.iter().map(|piece| piece.height).sum(), pixels }
}
