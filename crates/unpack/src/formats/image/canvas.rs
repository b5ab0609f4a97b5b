//! What is drawn with shapes, as a picture that is searched for codes: boxes of a page, shapes of SVG, paths of a document, shaded
//! cells. Places are in any unit, y goes down; each shape has a shade and covers what was drawn before.
//!
//! Documented limits: curves, blending and shapes that are seen through are for those who draw; groups of shapes of which none is
//! as large and as full as a code are not painted; [`SHAPES_MAX`], [`POINTS_MAX`], and those of `canvas/look.rs`.

mod look;
mod paint;

use crate::formats::image::affine::Affine;

pub(crate) use crate::formats::image::canvas::look::Looked;

/// Shapes of one canvas: the largest code has half as many modules.
pub(crate) const SHAPES_MAX: usize = 70_000;
/// Corners of all its lines.
const POINTS_MAX: usize = 500_000;
/// Shapes and corners that are repeated, at most.
const REPEATED_MAX: usize = 1_000_000;
/// Dashes and gaps of one line.
const DASHES_MAX: usize = 400;
/// Places farther out are no places.
const FAR: f64 = 1e7;

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

/// How lines are drawn: without caps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stroke {
    pub(crate) width: f64,
    /// Drawn and left out in turn.
    pub(crate) dashes: Vec<f64>,
    /// Where in the dashes a line begins.
    pub(crate) offset: f64,
}

/// Shapes in the order of painting.
#[derive(Debug)]
pub(crate) struct Canvas {
    shapes: Vec<Shape>,
    points: usize,
    repeated: usize,
    room: usize,
    /// There was more than is kept.
    is_cut: bool,
}

#[derive(Clone, Debug)]
struct Shape {
    /// None: the shade of whoever repeats it, else black.
    shade: Option<u8>,
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
}

impl Default for Canvas {
    fn default() -> Self {
        Self::with_room(SHAPES_MAX)
    }
}

impl Canvas {
    /// One that keeps so many shapes at most.
    pub(crate) fn with_room(room: usize) -> Self {
        Self { shapes: Vec::new(), points: 0, repeated: 0, room: room.min(SHAPES_MAX), is_cut: false }
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
        if place.iter().all(|side| side.abs() < FAR) && to_x != x && to_y != y {
            self.add(Shape { shade, form: Form::Box(place) });
        }
    }

    /// What lines enclose.
    pub(crate) fn add_lines(&mut self, mut lines: Vec<Line>, rule: Rule, map: Affine, shade: Option<u8>) {
        lines.retain(|line| line.len() > 2);
        for (x, y) in lines.iter_mut().flatten() {
            (*x, *y) = map.apply(*x, *y);
        }
        lines.retain(|line| line.iter().all(|(x, y)| x.abs() < FAR && y.abs() < FAR));
        if lines.is_empty() {
            return;
        }
        // Most boxes are drawn by their corners.
        let place = if let [line] = lines.as_slice() { box_of(line) } else { None };
        if let Some(place) = place {
            return self.add(Shape { shade, form: Form::Box(place) });
        }
        let points: usize = lines.iter().map(Vec::len).sum();
        self.points = self.points.saturating_add(points);
        if self.points > POINTS_MAX {
            return self.cut();
        }
        self.add(Shape { shade, form: Form::Lines(lines, rule) });
    }

    /// There is more that is not kept.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// A straight line, or its dashes.
    pub(crate) fn add_stroke(&mut self, (from, to): (Point, Point), stroke: &Stroke, map: Affine, shade: Option<u8>) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        if !stroke.dashes.iter().any(|dash| *dash > 0.0) {
            return self.add_dash((from, to), stroke.width, map, shade);
        }
        let place = |at: f64| {
            let share = (at / length).min(1.0);
            (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        };
        let mut at = -stroke.offset;
        for (number, dash) in stroke.dashes.iter().cycle().take(DASHES_MAX).enumerate() {
            if at >= length {
                break;
            }
            if number % 2 == 0 && at + dash > 0.0 {
                self.add_dash((place(at.max(0.0)), place(at + dash)), stroke.width, map, shade);
            }
            at += dash;
        }
    }

    fn add_dash(&mut self, (from, to): (Point, Point), width: f64, map: Affine, shade: Option<u8>) {
        let ((x, y), (to_x, to_y)) = (from, to);
        let length = (to_x - x).hypot(to_y - y);
        let (across, down) = ((to_y - y) / length * width / 2.0, (x - to_x) / length * width / 2.0);
        if across.is_finite() && down.is_finite() {
            let line = vec![
                (x + across, y + down),
                (to_x + across, to_y + down),
                (to_x - across, to_y - down),
                (x - across, y - down),
            ];
            self.add_lines(vec![line], Rule::NonZero, map, shade);
        }
    }

    /// Shapes of another canvas once more, in another place; those without a shade get this one.
    pub(crate) fn repeat(&mut self, of: &Self, map: Affine, shade: Option<u8>) {
        self.repeated = self.repeated.saturating_add(of.shapes.len()).saturating_add(of.points);
        self.is_cut |= self.repeated > REPEATED_MAX;
        for shape in &of.shapes {
            if self.is_cut {
                return;
            }
            let shade = shape.shade.or(shade);
            match &shape.form {
                Form::Box(place) => self.add_box(*place, map, shade),
                Form::Lines(lines, rule) => self.add_lines(lines.clone(), *rule, map, shade),
            }
        }
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

    /// Takes out what lies between the numbers of each pair.
    pub(crate) fn remove(&mut self, ranges: &[(usize, usize)]) {
        let mut number = 0_usize;
        self.shapes.retain(|_| {
            let own = number;
            number = number.saturating_add(1);
            !ranges.iter().any(|(from, to)| (*from..*to).contains(&own))
        });
    }

    fn add(&mut self, shape: Shape) {
        if self.shapes.len() < self.room {
            self.shapes.push(shape);
        } else {
            self.is_cut = true;
        }
    }
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
