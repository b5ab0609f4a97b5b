//! How pieces in an order may lie: in rows from left to right, or in columns from top to bottom, all of one length.

use crate::formats::image::grey::Grey;
use crate::formats::image::joined::NEAR_PIXELS;

/// Pieces in a row, or rows.
const LINE_MAX: usize = 32;
/// A code is as wide as it is high, and what lies around it no longer than this many times.
const RATIO_MAX: usize = 2;

/// Pieces in rows, or in columns.
#[derive(Clone, Debug)]
pub(super) struct Layout<'g> {
    lines: Vec<Vec<&'g Grey>>,
    are_columns: bool,
}

/// The ways in which the first pieces may lie, the longest rows first.
pub(super) fn layouts<'g>(pieces: &[&'g Grey]) -> Vec<Layout<'g>> {
    let mut layouts = Vec::new();
    for first in (1..=pieces.len().min(LINE_MAX)).rev() {
        for are_columns in [false, true] {
            let Some(layout) = Layout::of(pieces, first, are_columns) else { continue };
            // One row of five is five columns of one.
            let is_known = are_columns && (layout.lines.len() == 1 || first == 1);
            if layout.count() > 1 && !is_known {
                layouts.push(layout);
            }
        }
    }
    layouts
}

impl<'g> Layout<'g> {
    /// Rows (or columns) that are as long as that of the first pieces, as many as make a square or nearly so.
    fn of(pieces: &[&'g Grey], first: usize, are_columns: bool) -> Option<Self> {
        let along = |piece: &Grey| if are_columns { piece.height } else { piece.width };
        let across = |piece: &Grey| if are_columns { piece.width } else { piece.height };
        let length: usize = pieces.iter().take(first).map(|piece| along(piece)).sum();
        let (mut lines, mut rest, mut depth) = (Vec::new(), pieces, 0_usize);
        while let Some(line) = line(rest, length, (&along, &across)) {
            let own = line.first().map_or(0, |piece| across(piece));
            if depth.saturating_add(own) > length.saturating_mul(RATIO_MAX) || lines.len() >= LINE_MAX {
                break;
            }
            rest = rest.get(line.len()..).unwrap_or_default();
            depth = depth.saturating_add(own);
            lines.push(line);
        }
        let is_likely = lines.first().is_some_and(|line| line.len() == first);
        (is_likely && depth.saturating_mul(RATIO_MAX) >= length).then_some(Self { lines, are_columns })
    }

    /// Pieces in it.
    pub(super) fn count(&self) -> usize {
        self.lines.iter().map(Vec::len).sum()
    }

    /// Pixels that they have together, those of a piece as often as it stands in it.
    pub(super) fn pixels(&self) -> usize {
        self.lines.iter().flatten().map(|piece| piece.pixels.len()).fold(0, usize::saturating_add)
    }

    /// The same with each row from right to left, with the last row first, and both.
    pub(super) fn mirrored(&self) -> Vec<Self> {
        let has_rows = self.lines.len() > 1;
        let has_pieces = self.lines.iter().any(|line| line.len() > 1);
        let mut others = Vec::new();
        for (are_turned, are_backwards) in [(false, true), (true, false), (true, true)] {
            if (are_turned && !has_rows) || (are_backwards && !has_pieces) {
                continue;
            }
            let mut other = self.clone();
            if are_turned {
                other.lines.reverse();
            }
            if are_backwards {
                other.lines.iter_mut().for_each(|line| line.reverse());
            }
            others.push(other);
        }
        others
    }

    /// The picture that they make.
    pub(super) fn joined(&self) -> Grey {
        let (inner, outer): (Join, Join) = if self.are_columns { (above, beside) } else { (beside, above) };
        let lines: Vec<Grey> = self.lines.iter().map(|line| inner(line)).collect();
        outer(&lines.iter().collect::<Vec<_>>())
    }
}

type Join = fn(&[&Grey]) -> Grey;
type Side<'s> = &'s dyn Fn(&Grey) -> usize;

/// The first pieces, as many as are so long together; none where they do not fit, or are not equally high.
fn line<'g>(pieces: &[&'g Grey], length: usize, (along, across): (Side<'_>, Side<'_>)) -> Option<Vec<&'g Grey>> {
    let (mut line, mut sum) = (Vec::new(), 0_usize);
    let depth = across(pieces.first()?);
    for piece in pieces {
        if across(piece).abs_diff(depth) > NEAR_PIXELS {
            return None;
        }
        sum = sum.saturating_add(along(piece));
        line.push(*piece);
        if sum.saturating_add(NEAR_PIXELS) >= length {
            return (sum.abs_diff(length) <= NEAR_PIXELS).then_some(line);
        }
    }
    None
}

/// Where one is dark, the whole is; they are nearly equally large.
pub(super) fn laid_over(pieces: &[&Grey]) -> Option<Grey> {
    let side = |side: fn(&Grey) -> usize| pieces.iter().map(|piece| side(piece)).min();
    let (width, height) = (side(|piece| piece.width)?, side(|piece| piece.height)?);
    Some(Grey::from_func(width, height, |x, y| pieces.iter().map(|piece| piece.at(x, y)).min().unwrap_or(255)))
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
