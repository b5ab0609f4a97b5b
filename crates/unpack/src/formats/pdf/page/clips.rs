//! Clip paths (ISO 32000-2, 8.5.4), as far as they make shapes: a ground that is painted through one looks as it does.

use std::rc::Rc;

use super::Reader;
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Line, Rule};
use crate::formats::pdf::matrix::Rect;

/// Corners of a clip path that may be a code.
pub(super) const CODE_CORNERS_MIN: usize = 100;
/// Shade of a picture or a shading, which is not known: it hides nothing that is black or white.
const UNKNOWN_SHADE: u8 = 96;

/// Where painting is seen.
#[derive(Clone, Debug)]
pub(super) struct Clip {
    lines: Rc<Vec<Line>>,
    rule: Rule,
    rect: Rect,
    is_box: bool,
}

impl Clip {
    fn corners(&self) -> usize {
        self.lines.iter().map(Vec::len).sum()
    }
}

impl Reader<'_, '_, '_> {
    /// The path that was made is where painting is seen from now on.
    pub(super) fn set_clip(&mut self, rule: Rule) {
        let lines = std::mem::take(&mut self.path_lines);
        let rect = self.path;
        if !(rect.left.is_finite() && rect.right.is_finite()) {
            return;
        }
        let new = Clip { is_box: is_box(&lines), lines: Rc::new(lines), rule, rect };
        let old = self.state.clip.take();
        self.state.clip = Some(match old {
            Some(old) if new.is_box && holds(&new.rect, &old.rect) => old,
            Some(old) if new.is_box && old.is_box => {
                let rect = common(&new.rect, &old.rect);
                Clip { lines: Rc::new(lines_of(&rect)), rect, ..new }
            }
            _ => new,
        });
    }

    /// What is seen of a shape: a box through the clip path looks as that does.
    pub(super) fn clipped(&self, lines: Vec<Line>, rule: Rule) -> (Vec<Line>, Rule) {
        let path = self.path;
        let Some(clip) = &self.state.clip else { return (lines, rule) };
        if !is_box(&lines) || holds(&clip.rect, &path) {
            return (lines, rule);
        }
        if holds(&path, &clip.rect) {
            let lines = if clip.is_box { lines_of(&clip.rect) } else { clip.lines.as_ref().clone() };
            return (lines, clip.rule);
        }
        (lines_of(&common(&path, &clip.rect)), rule)
    }

    /// Something that is not known is painted wherever painting is seen, if that has so many corners.
    pub(super) fn fill_clip(&mut self, corners_min: usize) {
        let clip = self.state.clip.as_ref().filter(|clip| clip.corners() >= corners_min);
        if let Some(clip) = clip.filter(|_| !self.marked.contains(&true)) {
            let (lines, rule) = (clip.lines.as_ref().clone(), clip.rule);
            self.sheet.drawing.add_lines(lines, rule, Affine::IDENTITY, Some(UNKNOWN_SHADE));
        }
    }
}

/// One line of four corners.
fn is_box(lines: &[Line]) -> bool {
    matches!(lines, [line] if line.len() <= 5)
}

fn lines_of(rect: &Rect) -> Vec<Line> {
    let Rect { left, bottom, right, top } = *rect;
    vec![vec![(left, bottom), (right, bottom), (right, top), (left, top)]]
}

/// Is the other one within it?
fn holds(rect: &Rect, other: &Rect) -> bool {
    rect.left <= other.left && rect.right >= other.right && rect.bottom <= other.bottom && rect.top >= other.top
}

/// What is within both; a box of no size where that is nothing.
fn common(one: &Rect, other: &Rect) -> Rect {
    let (left, bottom) = (one.left.max(other.left), one.bottom.max(other.bottom));
    Rect { left, bottom, right: one.right.min(other.right).max(left), top: one.top.min(other.top).max(bottom) }
}
