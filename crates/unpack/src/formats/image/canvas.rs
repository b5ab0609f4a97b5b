//! What is drawn with shapes, as a picture that is searched for codes: boxes of a page, shapes of SVG, paths of a document, shaded
//! cells. Places are in any unit, y goes down; each shape has a shade and covers what was drawn before.
//!
//! Documented limits: curves and blending are for those who draw (see `canvas/look.rs` for what covers); [`SHAPES_MAX`], [`POINTS_MAX`], [`REPEATED_MAX`], [`DASHES_MAX`]
//! and those of `canvas/look.rs`, which are all told: what is beyond them is not whole. What does not stand as densely as the
//! modules of a code (`canvas/dense.rs`) is not painted, and that is not told.

mod dense;
mod look;
mod paint;

use crate::formats::image::affine::Affine;
use crate::formats::image::curves;

pub(crate) use crate::formats::image::canvas::dense::CORNERS_MIN;
pub(crate) use crate::formats::image::canvas::look::{Effort, Looked};

/// Shapes of one canvas: the largest code has half as many modules.
pub(crate) const SHAPES_MAX: usize = 70_000;
/// Corners of all its lines, besides those on curves.
const POINTS_MAX: usize = 500_000 + curves::POINTS_MAX;
/// Shapes and corners that are repeated, and dashes and gaps of lines, at most.
const REPEATED_MAX: usize = 1_000_000;
/// Lengths of dashes and gaps that a line is drawn with in turn: one for each module of a row, and more.
pub(crate) const DASHES_MAX: usize = 512;
/// The same with those of no length, which join what is around them.
const RAW_DASHES_MAX: usize = 8_192;
/// Places farther out are no places: those who draw reckon with 32 bits, or fewer.
const FAR: f64 = 1.7e38;
/// Shade of what is painted and not known, as a picture: it hides nothing that is black or white.
pub(crate) const UNKNOWN_SHADE: u8 = 96;

pub(crate) type Point = (f64, f64);
/// Corners, closed by itself.
pub(crate) type Line = Vec<Point>;

/// What is inside of lines that cross each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rule {
    #[default]
    NonZero,
    EvenOdd,
}

/// How lines are drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stroke {
    pub(crate) width: f64,
    /// Each piece is longer by half its width at both ends: a dash of no length is a dot.
    pub(crate) has_caps: bool,
    /// Drawn and left out in turn.
    pub(crate) dashes: Vec<f64>,
    /// Where in the dashes a line begins.
    pub(crate) offset: f64,
}

/// Shapes in the order of painting.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    shapes: Vec<Shape>,
    points: usize,
    repeated: usize,
    /// Corners of shapes that stand at no place.
    lost: usize,
    room: usize,
    /// How much is seen of the shapes that come next, in 255ths.
    alpha: u8,
    /// There was more than is kept.
    is_cut: bool,
}

#[derive(Clone, Debug)]
struct Shape {
    /// None: the shade of whoever repeats it, else black.
    shade: Option<u8>,
    /// How much is seen of it, in 255ths.
    alpha: u8,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// Left, top, right, bottom.
    Box([f64; 4]),
    Lines(Vec<Line>, Rule),
}

impl Shape {
    fn points(&self) -> usize {
        match &self.form {
            Form::Box(_) => 0,
            Form::Lines(lines, _) => lines.iter().map(Vec::len).sum(),
        }
    }

    fn corners(&self) -> usize {
        match &self.form {
            Form::Box(_) => 4,
            Form::Lines(..) => self.points(),
        }
    }

    /// The box around it.
    fn place(&self) -> [f64; 4] {
        match &self.form {
            Form::Box(place) => *place,
            Form::Lines(lines, _) => {
                let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
                lines.iter().flatten().fold(none, |[left, top, right, bottom], (x, y)| {
                    [left.min(*x), top.min(*y), right.max(*x), bottom.max(*y)]
                })
            }
        }
    }
}

/// A shape as its lines.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) lines: Vec<Line>,
    pub(crate) rule: Rule,
    /// None: that of whoever repeats it.
    pub(crate) shade: Option<u8>,
    /// How much is seen of it, from 0 to 1.
    pub(crate) share: f64,
}

impl Default for Canvas {
    fn default() -> Self {
        Self::with_room(SHAPES_MAX)
    }
}

impl Canvas {
    /// One that keeps so many shapes at most.
    pub(crate) fn with_room(room: usize) -> Self {
        let room = room.min(SHAPES_MAX);
        Self { shapes: Vec::new(), points: 0, repeated: 0, lost: 0, room, alpha: 255, is_cut: false }
    }

    /// How much is seen of the shapes that come next, from 0 to 1.
    pub(crate) fn set_alpha(&mut self, share: f64) {
        #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
        let alpha = (share * 255.0).round() as u8;
        self.alpha = alpha;
    }

    pub(crate) fn len(&self) -> usize {
        self.shapes.len()
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// A box of these two corners, wherever the map puts it.
    pub(crate) fn add_box(&mut self, [left, top, right, bottom]: [f64; 4], map: Affine, shade: Option<u8>) {
        if !map.is_upright() {
            let line = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
            return self.add_lines(vec![line], Rule::NonZero, map, shade);
        }
        let ((x, y), (to_x, to_y)) = (map.apply(left, top), map.apply(right, bottom));
        let place = [x.min(to_x), y.min(to_y), x.max(to_x), y.max(to_y)];
        if !place.iter().all(|side| side.abs() < FAR) {
            self.lose(4);
        } else if to_x != x && to_y != y {
            self.add(shade, Form::Box(place));
        }
    }

    /// What lines enclose.
    pub(crate) fn add_lines(&mut self, mut lines: Vec<Line>, rule: Rule, map: Affine, shade: Option<u8>) {
        lines.retain(|line| line.len() > 2);
        for (x, y) in lines.iter_mut().flatten() {
            (*x, *y) = map.apply(*x, *y);
        }
        lines.retain(|line| {
            let is_near = line.iter().all(|(x, y)| x.abs() < FAR && y.abs() < FAR);
            if !is_near {
                self.lose(line.len());
            }
            is_near
        });
        if lines.is_empty() {
            return;
        }
        // Most boxes are drawn by their corners.
        let place = if let [line] = lines.as_slice() { box_of(line) } else { None };
        if let Some(place) = place {
            return self.add(shade, Form::Box(place));
        }
        let points: usize = lines.iter().map(Vec::len).sum();
        self.points = self.points.saturating_add(points);
        if self.points > POINTS_MAX {
            return self.cut();
        }
        self.add(shade, Form::Lines(lines, rule));
    }

    /// The corners of the shapes from a number on, and the shade of the first.
    pub(crate) fn corners_from(&self, from: usize) -> (usize, Option<u8>) {
        let shapes = self.shapes.get(from..).unwrap_or_default();
        (shapes.iter().map(Shape::corners).sum(), shapes.first().and_then(|shape| shape.shade))
    }

    /// Corners and outline of what is drawn with upright lines only; none where there are others.
    pub(crate) fn upright(&self) -> Option<(usize, Vec<u64>)> {
        let mut outline = Vec::new();
        for shape in &self.shapes {
            outline.push(u64::from(shape.shade.unwrap_or(0)));
            match &shape.form {
                Form::Box(place) => outline.extend(place.map(f64::to_bits)),
                Form::Lines(lines, _) => {
                    for line in lines {
                        let sides = line.iter().zip(line.iter().skip(1).chain(line.first()));
                        if !sides.into_iter().all(|((x, y), (to_x, to_y))| x == to_x || y == to_y) {
                            return None;
                        }
                        outline.extend(line.iter().flat_map(|(x, y)| [x.to_bits(), y.to_bits()]));
                    }
                }
            }
        }
        Some((self.shapes.iter().map(Shape::corners).sum(), outline))
    }

    /// There is more that is not kept.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// A shape with so many corners is nowhere: it may be shown by who reckons otherwise, and as many as a code has are told.
    fn lose(&mut self, corners: usize) {
        self.lost = self.lost.saturating_add(corners);
        self.is_cut |= self.lost >= CORNERS_MIN;
    }

    /// So much more is done for this drawing than for its shapes; false when that was enough.
    pub(crate) fn spend(&mut self, count: usize) -> bool {
        self.repeated = self.repeated.saturating_add(count);
        self.is_cut |= self.repeated > REPEATED_MAX;
        !self.is_cut
    }

    /// A line of straight pieces, or its dashes, which go on from piece to piece.
    pub(crate) fn add_stroke(&mut self, line: &[Point], stroke: &Stroke, map: Affine, shade: Option<u8>) {
        let joined = (!stroke.has_caps && stroke.dashes.contains(&0.0)).then(|| joined(&stroke.dashes));
        let all = joined.as_ref().unwrap_or(&stroke.dashes);
        let dashes = all.get(..DASHES_MAX).unwrap_or(all);
        self.is_cut |= dashes.len() < all.len() || stroke.dashes.len() > RAW_DASHES_MAX;
        // An odd list is drawn the other way round each second time.
        let whole = dashes.iter().sum::<f64>() * if dashes.len() % 2 == 0 { 1.0 } else { 2.0 };
        let is_dashed = whole > 0.0 && whole.is_finite();
        let mut pattern = dashes.iter().copied().cycle().zip([true, false].into_iter().cycle());
        let mut left = -stroke.offset.rem_euclid(if is_dashed { whole } else { 1.0 });
        let mut is_drawn = false;
        for pair in line.windows(2) {
            let [from, to] = pair else { continue };
            if !self.spend(1) {
                return;
            }
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if !is_dashed {
                self.add_dash((*from, *to), stroke, map, shade);
                continue;
            }
            let place = |at: f64| {
                let share = (at / length).clamp(0.0, 1.0);
                (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
            };
            let mut at = 0.0;
            while at < length {
                if left <= 0.0 {
                    let Some((dash, is_next_drawn)) = pattern.next().filter(|_| self.spend(1)) else { return };
                    if dash == 0.0 && is_next_drawn && left == 0.0 {
                        // A dash of no length points where the line does.
                        self.add_dash((place(at), place(at + length * 1e-3)), stroke, map, shade);
                    }
                    (left, is_drawn) = (left + dash, is_next_drawn);
                    continue;
                }
                if is_drawn {
                    self.add_dash((place(at), place(at + left)), stroke, map, shade);
                }
                let step = left.min(length - at);
                (at, left) = (at + step, left - step);
                // Too short to be told from nothing.
                if step <= length * f64::EPSILON {
                    left = 0.0;
                }
            }
        }
    }

    fn add_dash(&mut self, (from, to): (Point, Point), stroke: &Stroke, map: Affine, shade: Option<u8>) {
        let ((mut x, mut y), (mut to_x, mut to_y)) = (from, to);
        let (length, half) = ((to_x - x).hypot(to_y - y), stroke.width / 2.0);
        // One of no length lies across.
        let (along, up) = if length > 0.0 { ((to_x - x) / length, (to_y - y) / length) } else { (1.0, 0.0) };
        if stroke.has_caps {
            (x, y, to_x, to_y) = (x - along * half, y - up * half, to_x + along * half, to_y + up * half);
        } else if length == 0.0 {
            return;
        }
        let (across, down) = (up * half, -along * half);
        let line = vec![
            (x + across, y + down),
            (to_x + across, to_y + down),
            (to_x - across, to_y - down),
            (x - across, y - down),
        ];
        self.add_lines(vec![line], Rule::NonZero, map, shade);
    }

    /// Shapes of another canvas once more, in another place; those without a shade get this one.
    pub(crate) fn repeat(&mut self, of: &Self, map: Affine, shade: Option<u8>) {
        self.spend(of.shapes.len().saturating_add(of.points));
        let alpha = self.alpha;
        for shape in &of.shapes {
            if self.is_cut {
                break;
            }
            self.alpha = product(alpha, shape.alpha);
            let shade = shape.shade.or(shade);
            match &shape.form {
                Form::Box(place) => self.add_box(*place, map, shade),
                Form::Lines(lines, rule) => self.add_lines(lines.clone(), *rule, map, shade),
            }
        }
        self.alpha = alpha;
    }

    /// The shapes between two numbers as a canvas of their own.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        let shapes = self.shapes.get(from..to).unwrap_or_default().to_vec();
        let points = shapes.iter().map(Shape::points).sum();
        Self { shapes, points, ..Self::default() }
    }

    /// Gives a shade to the shapes from a number on that have none.
    pub(crate) fn shade_from(&mut self, from: usize, shade: Option<u8>) {
        for shape in self.shapes.iter_mut().skip(from) {
            shape.shade = shape.shade.or(shade);
        }
    }

    /// All shapes in one shade, seen wholly.
    pub(crate) fn in_shade(mut self, shade: u8) -> Self {
        for shape in &mut self.shapes {
            (shape.shade, shape.alpha) = (Some(shade), 255);
        }
        self
    }

    /// A ground of a shade behind all shapes.
    pub(crate) fn on_ground(mut self, shade: u8) -> Self {
        let place = self.shapes.iter().map(Shape::place).reduce(|[left, top, right, bottom], [x, y, to_x, to_y]| {
            [left.min(x), top.min(y), right.max(to_x), bottom.max(to_y)]
        });
        if let Some([left, top, right, bottom]) = place {
            let margin = (right - left).max(bottom - top) / 8.0;
            let form = Form::Box([left - margin, top - margin, right + margin, bottom + margin]);
            self.shapes.insert(0, Shape { shade: Some(shade), alpha: 255, form });
        }
        self
    }

    /// Takes out the shapes from a number on, as a canvas of their own.
    pub(crate) fn take_from(&mut self, from: usize) -> Self {
        let shapes = self.shapes.split_off(from.min(self.shapes.len()));
        let points = shapes.iter().map(Shape::points).sum();
        self.points = self.points.saturating_sub(points);
        Self { shapes, points, ..Self::default() }
    }

    /// The shapes one by one.
    pub(crate) fn outlines(&self) -> impl Iterator<Item = Outline> {
        self.shapes.iter().map(|shape| {
            let (lines, rule) = match &shape.form {
                Form::Box([left, top, right, bottom]) => {
                    let line = vec![(*left, *top), (*right, *top), (*right, *bottom), (*left, *bottom)];
                    (vec![line], Rule::NonZero)
                }
                Form::Lines(lines, rule) => (lines.clone(), *rule),
            };
            Outline { lines, rule, shade: shape.shade, share: f64::from(shape.alpha) / 255.0 }
        })
    }

    /// Takes out what lies between the numbers of each pair; the pairs are in order.
    pub(crate) fn remove(&mut self, ranges: &[(usize, usize)]) {
        let mut number = 0_usize;
        let mut ranges = ranges.iter().copied().peekable();
        self.shapes.retain(|_| {
            let own = number;
            number = number.saturating_add(1);
            while ranges.peek().is_some_and(|(_, to)| *to <= own) {
                ranges.next();
            }
            ranges.peek().is_none_or(|(from, _)| own < *from)
        });
    }

    fn add(&mut self, shade: Option<u8>, form: Form) {
        if self.alpha == 0 {
            return;
        }
        if self.shapes.len() < self.room {
            self.shapes.push(Shape { shade, alpha: self.alpha, form });
        } else {
            self.is_cut = true;
        }
    }
}

/// Of two shares in 255ths the one that both leave.
fn product(one: u8, other: u8) -> u8 {
    let product = u16::from(one).saturating_mul(u16::from(other));
    u8::try_from(product / 255).unwrap_or(255)
}

/// Lengths of dashes and gaps in turn; one more than a line is drawn with at most.
pub(crate) fn dashes(lengths: impl Iterator<Item = f64>) -> Vec<f64> {
    lengths.take(RAW_DASHES_MAX.saturating_add(1)).collect()
}

/// Without those of no length, where there are no caps.
fn joined(lengths: &[f64]) -> Vec<f64> {
    let mut kept: Vec<f64> = Vec::new();
    let mut is_joined = false;
    for length in lengths {
        if is_joined && kept.len() > 1 {
            // What lies on both sides of nothing is one.
            kept.pop();
            if let Some(last) = kept.last_mut() {
                *last += length;
            }
            is_joined = false;
        } else if is_joined && *length == 0.0 {
            kept.clear();
            is_joined = false;
        } else if kept.len() <= DASHES_MAX {
            kept.push(*length);
            is_joined = *length == 0.0;
        } else {
            break;
        }
    }
    kept
}

/// The box that four corners are, if they are one.
fn box_of(line: &[Point]) -> Option<[f64; 4]> {
    let corners = match line {
        [one, two, three, four] => [one, two, three, four],
        [one, two, three, four, last] if last == one => [one, two, three, four],
        _ => return None,
    };
    let [one, two, three, four] = corners;
    let is_box = (one.1 == two.1 && two.0 == three.0 && three.1 == four.1 && four.0 == one.0)
        || (one.0 == two.0 && two.1 == three.1 && three.0 == four.0 && four.1 == one.1);
    let place = [one.0.min(three.0), one.1.min(three.1), one.0.max(three.0), one.1.max(three.1)];
    (is_box && one.0 != three.0 && one.1 != three.1).then_some(place)
}

#[cfg(test)]
mod tests;
