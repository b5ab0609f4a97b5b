//! Drawings that are too small for a code each: a code may be cut into them, such as one for each row. What they look like together is
//! not known; pieces of nothing but upright boxes, as modules are, are told where they are many.

use std::collections::HashSet;

use crate::fingerprint;
use crate::formats::image::canvas::{CORNERS_MIN, Canvas};

/// A piece with fewer is a bar with its ground, or a sign.
const ROW_CORNERS_MIN: usize = 12;
/// So many pieces may be a module each.
const PIECES_MIN: usize = 100;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Drawing,
    /// Of one: a pattern, a mask.
    Part,
    /// Boxes of a page.
    Boxes,
}

/// Pieces of a page.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Those that are known: the same sign may stand anywhere.
    known: HashSet<u64>,
    corners: usize,
    /// Drawings of upright boxes.
    drawings: usize,
    boxes: usize,
}

impl Pieces {
    pub(super) fn add(&mut self, canvas: &Canvas, kind: Kind) {
        let Some((corners, outline)) = canvas.upright().filter(|(corners, _)| *corners > 0) else { return };
        self.drawings = self.drawings.saturating_add(usize::from(kind == Kind::Drawing));
        self.boxes = self.boxes.saturating_add(if kind == Kind::Boxes { canvas.len() } else { 0 });
        // Boxes of a page stand wherever it has come to: which of them are the same is not known.
        let is_row = kind != Kind::Boxes && corners >= ROW_CORNERS_MIN && self.corners < CORNERS_MIN;
        if is_row && self.known.insert(fingerprint::of(outline)) {
            self.corners = self.corners.saturating_add(corners);
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        // What is the same in both counts twice: it may stand for two rows.
        self.corners = self.corners.saturating_add(other.corners);
        self.drawings = self.drawings.saturating_add(other.drawings);
        self.boxes = self.boxes.saturating_add(other.boxes);
    }

    /// May they be a code, all together, where so many boxes of a page are as modules are?
    pub(super) fn may_be_code(&self, modules: usize) -> bool {
        self.corners >= CORNERS_MIN || self.drawings.max(self.boxes.min(modules)) >= PIECES_MIN
    }
}
