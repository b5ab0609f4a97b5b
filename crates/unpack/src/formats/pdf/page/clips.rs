//! Clip paths (ISO 32000-2, 8.5.4), as far as they make shapes: what is painted through one looks as both together do.
//!
//! What is convex is cut out of the other exactly. Of two shapes that are not, the one with more corners is taken, and a clip path that
//! may be a code is then looked at by itself besides.

use std::rc::Rc;

use super::Reader;
use crate::fingerprint;
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{CORNERS_MIN, Canvas, Line, Point, Rule, UNKNOWN_SHADE};
use crate::formats::pdf::matrix::{Matrix, Rect};

/// Corners of a shape that others are cut by.
const CUTTER_CORNERS_MAX: usize = 12;
/// Corners of all clip paths of a page that are no boxes.
const CLIP_CORNERS_MAX: usize = 2_000_000;
/// Corners of clip paths that others, or simpler shapes, are cut out of, on one page. What is beyond is not cut.
const CUT_CORNERS_MAX: usize = 2_000_000;
/// A shape is large in a clip path from one in so many parts of it on.
const LARGE_SHARE: f64 = 16.0;
/// Clip paths of one page that are looked at by themselves.
const CLIPS_ASIDE_MAX: usize = 32;

/// Where painting is seen.
#[derive(Clone, Debug)]
pub(super) struct Clip {
    lines: Rc<Vec<Line>>,
    rule: Rule,
    rect: Rect,
    is_box: bool,
    /// Its corners in one number: documents make the same path again for each thing that they show through it.
    print: u64,
}

impl Clip {
    fn of_box(rect: Rect) -> Self {
        Self { lines: Rc::new(lines_of(&rect)), rule: Rule::NonZero, rect, is_box: true, print: 0 }
    }

    fn of(lines: Vec<Line>, rule: Rule, rect: Rect) -> Self {
        let corners: Vec<_> = lines.iter().flatten().map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
        let is_box = box_of(&lines).is_some();
        Self { is_box, lines: Rc::new(lines), rule, rect, print: fingerprint::of(corners) }
    }

    /// The box of a form after the map to where it is drawn.
    pub(super) fn of_form(own: Rect, map: Matrix) -> Option<Self> {
        let rect = map.apply_to(own);
        let has_room = own.width() > 0.0 && own.height() > 0.0 && is_finite(&rect);
        let lines = lines_of(&own).into_iter().map(|line| line.into_iter().map(|(x, y)| map.apply(x, y)).collect());
        has_room.then(|| Self::of(lines.collect(), Rule::NonZero, rect))
    }

    fn corners(&self) -> usize {
        corners(&self.lines)
    }

    /// Is all within that box seen?
    pub(super) fn shows_all(&self, rect: &Rect) -> bool {
        self.is_box && holds(&self.rect, rect)
    }
}

impl Reader<'_, '_, '_> {
    /// The path that was made is where painting is seen from now on.
    pub(super) fn set_clip(&mut self, rule: Rule) {
        let lines = std::mem::take(&mut self.path_lines);
        let rect = if self.has_curves { self.path_reach } else { self.path };
        if !is_finite(&rect) {
            return;
        }
        // Round corners are cut off nothing: the box around shows more.
        let is_round = self.has_curves && corners(&lines) <= CUTTER_CORNERS_MAX;
        let new = if is_round { Clip::of_box(rect) } else { Clip::of(lines, rule, rect) };
        self.clip_corners = self.clip_corners.saturating_add(if new.is_box { 0 } else { new.corners() });
        if self.clip_corners > CLIP_CORNERS_MAX {
            self.sheet.is_drawing_cut = true;
            return;
        }
        let old = self.state.clip.take();
        self.state.clip = Some(match old {
            None => new,
            Some(old) => self.both(old, new),
        });
    }

    /// So many corners are to be cut; false where that is too much.
    fn spend_cut(&mut self, corners: usize) -> bool {
        self.cut_corners = self.cut_corners.saturating_add(corners);
        self.cut_corners <= CUT_CORNERS_MAX
    }

    /// What is seen through two clip paths.
    fn both(&mut self, old: Clip, new: Clip) -> Clip {
        if new.shows_all(&old.rect) {
            return old;
        }
        if old.shows_all(&new.rect) {
            return new;
        }
        if old.is_box && new.is_box {
            return Clip::of_box(common(&new.rect, &old.rect));
        }
        let has_room = self.spend_cut(old.corners().saturating_add(new.corners()));
        let (more, less) = if old.corners() > new.corners() { (old, new) } else { (new, old) };
        let cut = has_room.then(|| cut((&more.lines, more.rule), (&less.lines, less.rule))).flatten();
        match cut {
            Some((lines, rule)) => {
                let rect = around(&lines).unwrap_or_else(|| common(&more.rect, &less.rect));
                Clip::of(lines, rule, rect)
            }
            None => {
                self.look_aside(&less);
                more
            }
        }
    }

    /// A clip path that is seen together with something else than is known.
    fn look_aside(&mut self, clip: &Clip) {
        if clip.corners() < CORNERS_MIN || self.clips_aside.contains(&clip.print) {
            return;
        }
        if self.clips_aside.len() >= CLIPS_ASIDE_MAX {
            self.sheet.is_drawing_cut = true;
            return;
        }
        self.clips_aside.insert(clip.print);
        let mut drawing = Canvas::default();
        drawing.add_lines(clip.lines.as_ref().clone(), clip.rule, Affine::IDENTITY, Some(0));
        self.keep_other(drawing);
    }

    /// What is seen of a path that is filled: round corners cut nothing off, so that a simple one with curves is the box around it.
    pub(super) fn clipped_path(&mut self, lines: Vec<Line>, rule: Rule) -> (Vec<Line>, Rule) {
        let is_round = self.has_curves && corners(&lines) <= CUTTER_CORNERS_MAX;
        let is_clipped = self.state.clip.as_ref().is_some_and(|clip| !clip.shows_all(&self.path_reach));
        if is_round && is_clipped {
            return self.clipped(lines_of(&self.path_reach), rule);
        }
        self.clipped(lines, rule)
    }

    /// Cuts what was drawn from a number on, unless all that it reaches is seen.
    pub(super) fn clip_from(&mut self, first: usize, reach: &Rect) {
        if self.state.clip.as_ref().is_some_and(|clip| !clip.shows_all(reach)) {
            let drawn = self.sheet.drawing.take_from(first);
            self.draw_clipped(&drawn, Affine::IDENTITY, (1.0, None));
        }
    }

    /// Draws shapes through the clip path; so much is seen of them, and those without a shade get this one.
    pub(super) fn draw_clipped(&mut self, drawing: &Canvas, map: Matrix, (share, shade): (f64, Option<u8>)) {
        for outline in drawing.outlines() {
            if !self.sheet.drawing.spend(corners(&outline.lines)) {
                break;
            }
            let mut lines = outline.lines;
            lines.iter_mut().flatten().for_each(|(x, y)| (*x, *y) = map.apply(*x, *y));
            let (lines, rule) = self.clipped(lines, outline.rule);
            self.sheet.drawing.set_alpha(share * outline.share);
            self.sheet.drawing.add_lines(lines, rule, Affine::IDENTITY, outline.shade.or(shade));
        }
        self.sheet.drawing.set_alpha(1.0);
    }

    /// What is seen of a shape.
    pub(super) fn clipped(&mut self, lines: Vec<Line>, rule: Rule) -> (Vec<Line>, Rule) {
        let Some(clip) = self.state.clip.clone() else { return (lines, rule) };
        let Some(own) = around(&lines) else { return (lines, rule) };
        if clip.shows_all(&own) {
            return (lines, rule);
        }
        if self.sheet.drawing.is_cut() && !clip.is_box {
            return (Vec::new(), rule);
        }
        let is_simple = corners(&lines) <= CUTTER_CORNERS_MAX;
        let is_less = corners(&lines) < clip.corners();
        // The corners of something round are not known here.
        let is_ground = is_simple && is_less && clip.corners() >= CORNERS_MIN && is_large_in(&own, &clip.rect);
        let lines = if is_ground { lines_of(&own) } else { lines };
        match box_of(&lines) {
            Some(own) if clip.is_box => return (lines_of(&common(&own, &clip.rect)), rule),
            Some(own) if holds(&own, &clip.rect) => return (clip.lines.as_ref().clone(), clip.rule),
            _ => {}
        }
        let has_room = self.spend_cut(if is_less { clip.corners() } else { 0 });
        let cut = has_room.then(|| cut((&lines, rule), (&clip.lines, clip.rule))).flatten();
        cut.unwrap_or_else(|| {
            self.look_aside(&clip);
            (lines, rule)
        })
    }

    /// Something that is not known is painted wherever painting is seen, if that has so many corners. A form may yet be drawn through
    /// what has.
    pub(super) fn fill_clip(&mut self, corners_min: usize) {
        let clip = self.state.clip.as_ref().filter(|clip| clip.corners() >= corners_min);
        let Some(clip) = clip else {
            let least = self.form.unknown_corners.map_or(corners_min, |least| least.min(corners_min));
            self.form.unknown_corners = Some(least);
            return;
        };
        if !self.is_in_hidden_layer() && !self.sheet.drawing.is_cut() {
            let (lines, rule) = (clip.lines.as_ref().clone(), clip.rule);
            self.sheet.drawing.add_lines(lines, rule, Affine::IDENTITY, Some(UNKNOWN_SHADE));
        }
    }
}

/// Does it take a good part of the other one?
fn is_large_in(rect: &Rect, other: &Rect) -> bool {
    rect.width() * rect.height() * LARGE_SHARE >= other.width() * other.height()
}

/// What is within both shapes, if either is convex.
fn cut(one: (&[Line], Rule), other: (&[Line], Rule)) -> Option<(Vec<Line>, Rule)> {
    let ((lines, rule), cutter) = match (cutter(other.0), cutter(one.0)) {
        (Some(cutter), _) => (one, cutter),
        (None, Some(cutter)) => (other, cutter),
        (None, None) => return None,
    };
    let next = cutter.iter().copied().cycle().skip(1);
    let sides: Vec<(Point, Point)> = cutter.iter().copied().zip(next).collect();
    let cut = lines.iter().map(|line| sides.iter().fold(line.clone(), |line, side| left_of(&line, *side)));
    Some((cut.filter(|line| line.len() > 2).collect(), rule))
}

/// The corners of one convex shape, going round to the left.
fn cutter(lines: &[Line]) -> Option<Vec<Point>> {
    let [line] = lines else { return None };
    let mut corners = line.clone();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    if !(3..=CUTTER_CORNERS_MAX).contains(&corners.len()) {
        return None;
    }
    let next = |by: usize| corners.iter().cycle().skip(by);
    let turns: Vec<f64> =
        corners.iter().zip(next(1)).zip(next(2)).map(|((one, two), three)| side(*three, (*one, *two))).collect();
    // What goes round more than once has more than two turns of its way up and down.
    let ups: Vec<bool> =
        corners.iter().zip(next(1)).filter(|(one, two)| one.1 != two.1).map(|(one, two)| two.1 > one.1).collect();
    let changes = ups.iter().zip(ups.iter().cycle().skip(1)).filter(|(one, two)| one != two).count();
    let is_left = turns.iter().all(|turn| *turn >= 0.0);
    let is_right = turns.iter().all(|turn| *turn <= 0.0);
    if is_right {
        corners.reverse();
    }
    (is_left != is_right && changes == 2).then_some(corners)
}

/// Positive where a point is to the left of a line.
fn side((x, y): Point, (from, to): (Point, Point)) -> f64 {
    (to.0 - from.0) * (y - from.1) - (to.1 - from.1) * (x - from.0)
}

/// What of a closed line is to the left of another one (Sutherland and Hodgman 1974).
fn left_of(line: &[Point], edge: (Point, Point)) -> Line {
    let mut kept = Vec::with_capacity(line.len().saturating_add(2));
    for (one, two) in line.iter().zip(line.iter().cycle().skip(1)) {
        let (first, second) = (side(*one, edge), side(*two, edge));
        if first >= 0.0 {
            kept.push(*one);
        }
        if (first > 0.0 && second < 0.0) || (first < 0.0 && second > 0.0) {
            let share = first / (first - second);
            kept.push((one.0 + (two.0 - one.0) * share, one.1 + (two.1 - one.1) * share));
        }
    }
    kept
}

fn corners(lines: &[Line]) -> usize {
    lines.iter().map(Vec::len).sum()
}

fn box_of(lines: &[Line]) -> Option<Rect> {
    let [line] = lines else { return None };
    Rect::of_line(line)
}

/// The box around all corners.
fn around(lines: &[Line]) -> Option<Rect> {
    let mut rect = Rect::NONE;
    lines.iter().flatten().for_each(|(x, y)| rect.add(*x, *y));
    is_finite(&rect).then_some(rect)
}

fn is_finite(rect: &Rect) -> bool {
    [rect.left, rect.right, rect.bottom, rect.top].iter().all(|side| side.is_finite())
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
