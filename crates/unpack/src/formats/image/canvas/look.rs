//! Where in a drawing a code may be: shapes are parted into groups with room between them, and only a group that can be a code is
//! painted.

use super::paint::Painter;
use super::{Canvas, Form};
use crate::budget::Budget;
use crate::formats::image::codes;

/// Fewer corners are no code, however its modules are put together.
const CORNERS_MIN: usize = 100;
/// A shape so many times as long as the usual one is a ground or a rule, if it has few corners.
const LONG_MIN: f64 = 16.0;
/// Corners of a shape that is no ground and no rule.
const CORNERS_MANY: usize = 9;
/// Room between two groups, in usual sides: a code wants four around it, and has none within.
const GAP_MIN: f64 = 12.0;
/// Times a group is parted, across and down in turn.
const PARTINGS: usize = 4;
/// Groups of one drawing that are painted.
const GROUPS_MAX: usize = 12;
/// A group that is so many times as long as wide is no code, however stretched.
const RATIO_MAX: f64 = 3.2;
/// Usual sides of a group, at least: rounded corners and merged modules make it more, never less.
const SIDES_MIN: f64 = 7.0;
/// Of a group's box its shapes fill at least so much.
const FILLED_MIN: f64 = 0.06;
/// And at most so much, over each other: what is painted over and over is not looked at, and that is said.
const FILLED_MAX: f64 = 24.0;
/// By so much of a usual side boxes are grown to each side.
const GROWN: [f64; 2] = [0.0, 0.18];
/// Codes of one drawing.
const CODES_MAX: usize = 8;

/// What came of looking.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    pub(crate) codes: Vec<String>,
    /// False: a limit ended it, or the time.
    pub(crate) is_whole: bool,
}

impl Looked {
    /// Codes that are not there yet.
    pub(crate) fn add(&mut self, codes: Vec<String>) {
        for code in codes {
            if self.codes.len() < CODES_MAX && !self.codes.contains(&code) {
                self.codes.push(code);
            }
        }
    }
}

/// A shape, or one line of it.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Left, top, right, bottom.
    place: [f64; 4],
    corners: usize,
}

impl Piece {
    fn width(&self) -> f64 {
        self.place[2] - self.place[0]
    }

    fn height(&self) -> f64 {
        self.place[3] - self.place[1]
    }

    fn around(self, other: Self) -> Self {
        let ([left, top, right, bottom], [x, y, to_x, to_y]) = (self.place, other.place);
        Self {
            place: [left.min(x), top.min(y), right.max(to_x), bottom.max(to_y)],
            corners: self.corners.saturating_add(other.corners),
        }
    }
}

impl Canvas {
    /// Has it the corners that a code has at least?
    pub(crate) fn may_be_code(&self) -> bool {
        let corners = self.shapes.iter().map(|shape| match &shape.form {
            Form::Box(_) => 4,
            Form::Lines(..) => shape.points(),
        });
        corners.sum::<usize>() >= CORNERS_MIN
    }

    /// What the codes say that the shapes show.
    pub(crate) fn read(&self, budget: &Budget) -> Looked {
        let mut looked = Looked { codes: Vec::new(), is_whole: !self.is_cut };
        let pieces = self.pieces();
        if corners(&pieces) < CORNERS_MIN {
            return looked;
        }
        let unit = self.usual_side();
        let small =
            |piece: &Piece| piece.corners >= CORNERS_MANY || piece.width().max(piece.height()) <= unit * LONG_MIN;
        let mut groups = vec![pieces.into_iter().filter(small).collect::<Vec<Piece>>()];
        for round in 0..PARTINGS {
            let parted = |group: Vec<Piece>| part(group, round % 2 == 0, unit * GAP_MIN);
            groups = groups.into_iter().flat_map(parted).filter(|group| corners(group) >= CORNERS_MIN).collect();
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        looked.is_whole &= groups.len() <= GROUPS_MAX;
        for group in groups.iter().take(GROUPS_MAX) {
            if budget.is_late() {
                looked.is_whole = false;
                break;
            }
            self.look_at(group, (unit, budget), &mut looked);
        }
        looked
    }

    fn look_at(&self, group: &[Piece], (unit, budget): (f64, &Budget), looked: &mut Looked) {
        let Some(around) = group.iter().copied().reduce(Piece::around) else { return };
        let (width, height) = (around.width(), around.height());
        let area: f64 = group.iter().map(|piece| piece.width() * piece.height()).sum();
        let filled = area / (width * height);
        let is_likely = width.max(height) <= width.min(height) * RATIO_MAX
            && width.min(height) >= unit * SIDES_MIN
            && filled >= FILLED_MIN;
        if !is_likely {
            return;
        }
        if filled > FILLED_MAX {
            looked.is_whole = false;
            return;
        }
        // Modules that do not touch are made to.
        for grown in GROWN {
            let painter = Painter::new(around.place, (unit, unit * grown), around.corners);
            let Some(grey) = painter.paint(&self.shapes, budget) else {
                looked.is_whole = false;
                return;
            };
            let found = codes::in_drawing(&grey);
            looked.is_whole &= !found.has_more;
            if !found.said.is_empty() {
                return looked.add(found.said);
            }
        }
    }

    fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(self.shapes.len());
        for shape in &self.shapes {
            match &shape.form {
                Form::Box(place) => pieces.push(Piece { place: *place, corners: 4 }),
                Form::Lines(lines, _) => pieces.extend(lines.iter().filter_map(|line| {
                    let points = line.iter().map(|(x, y)| Piece { place: [*x, *y, *x, *y], corners: 1 });
                    points.reduce(Piece::around)
                })),
            }
        }
        pieces
    }

    /// The side that is longer than a quarter of all sides: of one module, if these are modules.
    fn usual_side(&self) -> f64 {
        let mut sides: Vec<f64> = Vec::with_capacity(self.shapes.len());
        for shape in &self.shapes {
            match &shape.form {
                Form::Box([left, top, right, bottom]) => sides.push((right - left).min(bottom - top)),
                Form::Lines(lines, _) => {
                    let edges = lines.iter().flat_map(|line| line.windows(2));
                    sides.extend(edges.filter_map(|edge| {
                        let [(x, y), (to_x, to_y)] = edge else { return None };
                        let length = (to_x - x).hypot(to_y - y);
                        (length > 0.0).then_some(length)
                    }));
                }
            }
        }
        let quarter = sides.len() / 4;
        if quarter >= sides.len() {
            return 0.0;
        }
        *sides.select_nth_unstable_by(quarter, f64::total_cmp).1
    }
}

fn corners(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.corners).sum()
}

/// Parts pieces where nothing stands for so much, across or down.
fn part(mut pieces: Vec<Piece>, is_across: bool, gap: f64) -> Vec<Vec<Piece>> {
    let span = |piece: &Piece| {
        let [left, top, right, bottom] = piece.place;
        if is_across { (left, right) } else { (top, bottom) }
    };
    pieces.sort_unstable_by(|one, other| span(one).0.total_cmp(&span(other).0));
    let mut groups: Vec<Vec<Piece>> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for piece in pieces {
        let (from, to) = span(&piece);
        match groups.last_mut() {
            Some(group) if from - end <= gap => group.push(piece),
            _ => groups.push(vec![piece]),
        }
        end = end.max(to);
    }
    groups
}
