//! Shapes of drawings of which it is not known what they look like, all of a page together: as many as a code has are told.

use crate::formats::html::sheet::Doubt;
use crate::formats::image::canvas::CORNERS_MIN;

/// Shapes that may be a row of a code each: the smallest has as many rows.
const ROWS_MIN: usize = 21;

/// What was painted in a way that was not followed.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Corners of all shapes.
    corners: usize,
    /// Corners of those that a rule may paint in another way.
    doubtful: usize,
    /// The first of these ways, with what is painted otherwise; and whether there is another one. Where all shapes are alike, any of
    /// their colours shows what they are.
    alike: Option<(Doubt, Option<u8>)>,
    is_mixed: bool,
    /// Shapes of which each may be a row: gradients with hard stops that are not followed, text of blocks with blanks.
    pub(super) rows: usize,
    /// Markers that stand at corners.
    pub(super) markers: usize,
}

impl Told {
    /// A shape with its shade, and what may be said of it where that is something else.
    pub(super) fn shape(&mut self, corners: usize, shade: Option<u8>, doubt: Option<Doubt>) {
        self.corners = self.corners.saturating_add(corners);
        let Some(doubt) = doubt else { return };
        self.doubtful = self.doubtful.saturating_add(corners);
        let own = (doubt, shade);
        self.is_mixed |= doubt.is_partial || *self.alike.get_or_insert(own) != own;
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.corners = self.corners.saturating_add(other.corners);
        self.doubtful = self.doubtful.saturating_add(other.doubtful);
        self.is_mixed |= other.is_mixed || (self.alike.is_some() && other.alike.is_some() && self.alike != other.alike);
        self.alike = self.alike.or(other.alike);
        self.rows = self.rows.saturating_add(other.rows);
        self.markers = self.markers.saturating_add(other.markers);
    }

    /// May they be a code, all together?
    pub(super) fn may_be_code(&self) -> bool {
        let is_other = self.is_mixed || self.doubtful < self.corners;
        (self.doubtful >= CORNERS_MIN && is_other)
            || (self.rows >= ROWS_MIN && self.corners >= CORNERS_MIN)
            || self.markers >= CORNERS_MIN
    }
}
