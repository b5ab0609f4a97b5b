//! What lies over a part of a drawing: shapes that come last and are large, or lie exactly where darker ones are.

use std::collections::HashMap;

use super::super::dense::CORNERS_MIN;
use super::super::{Form, Shape};

/// A shape so many usual sides long that comes after the corners of a code is a cover; no side of a corner is as long.
const LONG_MIN: f64 = 9.0;
/// And so many usual squares large for each of its own corners: many modules in one shape are none.
const LARGE_MIN: f64 = 2.0;
/// Shapes that lie where a darker one is, at least.
const COVERED_MIN: usize = 40;
/// Shades that differ by less are the same.
const LIGHTER_BY: u8 = 24;

/// Other orders of the shapes of a place.
#[derive(Debug)]
pub(super) struct Orders<'s> {
    /// With the covers below all else; none where there is no cover.
    pub(super) uncovered: Option<Vec<&'s Shape>>,
    /// Small shapes lie over darker ones.
    pub(super) has_covered: bool,
}

impl<'s> Orders<'s> {
    /// Of shapes and the boxes around them, in the order of painting.
    pub(super) fn of((shapes, places): (&[&'s Shape], &[[f64; 4]]), usual: f64) -> Self {
        let mut corners = 0_usize;
        let (mut below, mut above): (Vec<&Shape>, Vec<&Shape>) = (Vec::new(), Vec::new());
        let mut shades: HashMap<(i64, i64), u8> = HashMap::new();
        let mut covered = 0_usize;
        for (shape, place) in shapes.iter().zip(places) {
            let own = match &shape.form {
                Form::Box(_) => 4,
                Form::Lines(..) => shape.points(),
            };
            if corners >= CORNERS_MIN && is_large(*place, own, usual) {
                below.push(shape);
                continue;
            }
            corners = corners.saturating_add(own);
            above.push(shape);
            let shade = shape.shade.unwrap_or(0);
            let before = *shades.entry(middle(*place, usual)).and_modify(|own| *own = shade.min(*own)).or_insert(shade);
            covered = covered.saturating_add(usize::from(shade.saturating_sub(before) > LIGHTER_BY));
        }
        let uncovered = (!below.is_empty()).then(|| below.into_iter().chain(above).collect());
        Self { uncovered, has_covered: covered >= COVERED_MIN }
    }
}

fn is_large([left, top, right, bottom]: [f64; 4], corners: usize, usual: f64) -> bool {
    let (wide, high) = ((right - left) / usual, (bottom - top) / usual);
    let corners = u32::try_from(corners).map_or(f64::MAX, f64::from);
    wide.max(high) >= LONG_MIN && wide * high >= corners * LARGE_MIN
}

/// The middle of a shape, in halves of a usual side.
fn middle([left, top, right, bottom]: [f64; 4], usual: f64) -> (i64, i64) {
    let at = |from: f64, to: f64| {
        #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
        {
            ((from + to) / usual).round() as i64
        }
    };
    (at(left, right), at(top, bottom))
}
