//! Points on curves, for those who draw with straight lines: what is round is nearly as large as it is. They stand apart from the ends
//! of the curves, which alone say how many corners a path has.
//!
//! Documented limits: curves that are hardly bent are straight, and so are those behind [`POINTS_MAX`] points of one drawing.

use std::f64::consts::{FRAC_PI_4, PI};

use crate::formats::image::canvas::{Line, Point};

/// Points on all curves of one drawing.
pub(crate) const POINTS_MAX: usize = 100_000;
/// A curve is bent where its points of control are a way so many times as long as the straight one, and more than a quarter of a
/// circle where they are so many times as long.
const BENT: f64 = 1.05;
const VERY_BENT: f64 = 1.5;
/// An arc is cut into so many parts at most: each is an eighth of a circle or less.
const ARC_PARTS_MAX: u8 = 8;

/// The points on the curves of one path: each with its line and the corner that it stands before.
#[derive(Debug, Default)]
pub(crate) struct Curves {
    points: Vec<(usize, usize, Point)>,
    /// Of the paths before.
    earlier: usize,
}

impl Curves {
    /// The next path begins.
    pub(crate) fn clear(&mut self) {
        self.earlier = self.earlier.saturating_add(self.points.len());
        self.points.clear();
    }

    /// How many points are on the curves of this path.
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// A curve that ends at a corner that comes next in these lines.
    pub(crate) fn add(&mut self, lines: &[Line], points: &[Point]) {
        let has_room = self.earlier.saturating_add(self.points.len()).saturating_add(points.len()) <= POINTS_MAX;
        let is_known = points.iter().all(|(x, y)| x.is_finite() && y.is_finite());
        if let Some((number, at)) = lines.len().checked_sub(1).zip(lines.last().map(Vec::len))
            && has_room
            && is_known
        {
            self.points.extend(points.iter().map(|point| (number, at, *point)));
        }
    }

    /// The lines of the path with the points on its curves.
    pub(crate) fn rounded(&self, lines: Vec<Line>) -> Vec<Line> {
        if self.points.is_empty() {
            return lines;
        }
        let mut points = self.points.iter().peekable();
        let round = |(number, line): (usize, Line)| {
            let mut round = Line::with_capacity(line.len());
            for (at, corner) in line.into_iter().enumerate() {
                while let Some((.., point)) = points.next_if(|(own, before, _)| (*own, *before) <= (number, at)) {
                    round.push(*point);
                }
                round.push(corner);
            }
            round
        };
        lines.into_iter().enumerate().map(round).collect()
    }
}

/// Points on a curve of two points of control: its ends are the first and the last.
pub(crate) fn cubic(places: [Point; 4]) -> Vec<Point> {
    let [from, one, two, to] = places;
    let length = |(x, y): Point, (to_x, to_y): Point| (to_x - x).hypot(to_y - y);
    let (way, straight) = (length(from, one) + length(one, two) + length(two, to), length(from, to));
    let shares: &[f64] = if way > straight * VERY_BENT {
        &[0.25, 0.5, 0.75]
    } else if way > straight * BENT {
        &[0.5]
    } else {
        &[]
    };
    let at = |share: f64| {
        let rest = 1.0 - share;
        let weights = [rest.powi(3), 3.0 * rest.powi(2) * share, 3.0 * rest * share.powi(2), share.powi(3)];
        let sum = |one: fn(&Point) -> f64| places.iter().zip(weights).map(|(place, weight)| one(place) * weight).sum();
        (sum(|place| place.0), sum(|place| place.1))
    };
    shares.iter().map(|share| at(*share)).collect()
}

/// The points of control of a curve that has one.
pub(crate) fn as_cubic((from_x, from_y): Point, (x, y): Point, (to_x, to_y): Point) -> (Point, Point) {
    let toward = |end: f64, own: f64| end + (own - end) * 2.0 / 3.0;
    ((toward(from_x, x), toward(from_y, y)), (toward(to_x, x), toward(to_y, y)))
}

/// Points on an arc of an ellipse (SVG 2, B.2): its radii, how it is turned in degrees, and whether it is the larger one of two, and
/// goes on to the side of growing angles.
pub(crate) fn arc(from: Point, [rx, ry, turned, larger, growing]: [f64; 5], to: Point) -> Vec<Point> {
    let (mut rx, mut ry) = (rx.abs(), ry.abs());
    if rx == 0.0 || ry == 0.0 || from == to {
        return Vec::new();
    }
    let (sin, cos) = turned.to_radians().sin_cos();
    let (half_x, half_y) = ((from.0 - to.0) / 2.0, (from.1 - to.1) / 2.0);
    // Where it begins, seen from between both ends, by the axes of the ellipse.
    let (x, y) = (cos * half_x + sin * half_y, cos * half_y - sin * half_x);
    // One that is too small to reach both ends is made as large as that takes.
    let reach = (x / rx).hypot(y / ry);
    if reach > 1.0 {
        (rx, ry) = (rx * reach, ry * reach);
    }
    let size = (rx * y).powi(2) + (ry * x).powi(2);
    let aside = (((rx * ry).powi(2) - size) / size).max(0.0).sqrt();
    let aside = if (larger == 0.0) == (growing == 0.0) { -aside } else { aside };
    let (middle_x, middle_y) = (aside * rx * y / ry, -aside * ry * x / rx);
    let angle = |x: f64, y: f64| ((y - middle_y) / ry).atan2((x - middle_x) / rx);
    let first = angle(x, y);
    let way = angle(-x, -y) - first;
    let way = match growing == 0.0 {
        true if way > 0.0 => way - 2.0 * PI,
        false if way < 0.0 => way + 2.0 * PI,
        _ => way,
    };
    let is_enough = |parts: &u8| f64::from(*parts) * FRAC_PI_4 * 1.001 >= way.abs();
    let parts = (1..ARC_PARTS_MAX).find(is_enough).unwrap_or(ARC_PARTS_MAX);
    let at = |part: u8| {
        let angle = first + way * f64::from(part) / f64::from(parts);
        let (x, y) = (middle_x + rx * angle.cos(), middle_y + ry * angle.sin());
        (cos * x - sin * y + f64::midpoint(from.0, to.0), sin * x + cos * y + f64::midpoint(from.1, to.1))
    };
    (1..parts).map(at).collect()
}
