//! Boxes that a page paints, as a picture: codes are often drawn so, and no picture file holds them.

use super::matrix::Rect;
use super::object::{real, rounded};
use super::png;

/// Fewer boxes are no code.
const BOXES_MIN: usize = 60;
/// Longer than this many times its other side, a box is a line.
const RATIO_MAX: f64 = 16.0;
/// Pixels of the shorter side of the boxes.
const BOX_PIXELS: f64 = 4.0;
/// Pixels of a side of the picture.
const SIDE_MAX: f64 = 900.0;
/// And of all boxes together, over each other.
const PAINTED_PIXELS_MAX: usize = 40_000_000;
/// Boxes of a usual side on each edge: codes want a quiet margin.
const MARGIN: f64 = 5.0;

/// A PNG of what is drawn with boxes, if it may be a code.
pub(super) fn picture(boxes: &[(Rect, bool)]) -> Option<Vec<u8>> {
    let is_box = |(rect, _): &&(Rect, bool)| {
        let (width, height) = (rect.width(), rect.height());
        width > 0.0
            && height > 0.0
            && width.is_finite()
            && height.is_finite()
            && width.max(height) / width.min(height) <= RATIO_MAX
    };
    let boxes: Vec<&(Rect, bool)> = boxes.iter().filter(is_box).collect();
    if boxes.len() < BOXES_MIN {
        return None;
    }
    let mut sides: Vec<f64> = boxes.iter().map(|(rect, _)| rect.width().min(rect.height())).collect();
    sides.sort_by(f64::total_cmp);
    let side = *sides.get(sides.len() / 2)?;
    // A ground behind the code, and what else is painted on the page, is not part of it.
    let small = boxes.iter().filter(|(rect, _)| rect.width().max(rect.height()) <= side * RATIO_MAX);
    let mut around = Rect::NONE;
    for (rect, _) in small {
        around.add(rect.left, rect.bottom);
        around.add(rect.right, rect.top);
    }
    let margin = side * MARGIN;
    let (width, height) = (around.width() + 2.0 * margin, around.height() + 2.0 * margin);
    let scale = (BOX_PIXELS / side).min(SIDE_MAX / width.max(height));
    let pixels = |length: f64| usize::try_from(rounded(length)).unwrap_or_default();
    let (columns, rows) = (pixels(width * scale).max(1), pixels(height * scale).max(1));
    let mut samples = vec![255_u8; columns.checked_mul(rows)?];
    let mut painted = 0_usize;
    for (rect, is_dark) in boxes {
        let x = |x: f64| pixels(((x - around.left + margin) * scale).clamp(0.0, real(columns)));
        // Rows count from the top.
        let y = |y: f64| pixels(((around.top + margin - y) * scale).clamp(0.0, real(rows)));
        let (left, right) = (x(rect.left), x(rect.right));
        for row in y(rect.top)..y(rect.bottom) {
            let start = row.saturating_mul(columns);
            let line = samples.get_mut(start.saturating_add(left)..start.saturating_add(right));
            line.unwrap_or_default().fill(if *is_dark { 0 } else { 255 });
            painted = painted.saturating_add(right.saturating_sub(left));
        }
        if painted > PAINTED_PIXELS_MAX {
            return None;
        }
    }
    png::write(u32::try_from(columns).ok()?, u32::try_from(rows).ok()?, 1, &samples)
}
