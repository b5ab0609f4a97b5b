//! Looks for codes in a drawing: each place where shapes stand densely is painted, as finely as its modules may be, and searched. Where
//! nothing is found it is looked at once more without what lies over it: who draws it may see through that, for more reasons than are
//! known here (clip paths, blending, filters, the order of layers).

mod covers;

use self::covers::Orders;
use super::dense::{CORNERS_MIN, Marks, Window};
use super::paint::Painter;
use super::{Canvas, Form, Shape};
use crate::budget::{Budget, Steps};
use crate::formats::image::codes::{self, Area, Codes};
use crate::formats::image::grey::Grey;

/// Pixels that are painted and searched for one file, besides [`CORNER_EFFORT`].
const EFFORT_MAX: usize = 60_000_000;
/// And so many for each corner that is drawn.
const CORNER_EFFORT: usize = 200;
/// What it takes to find out with whom a cell stands, in pixels.
const CELL_EFFORT: usize = 40;
/// And what it takes to paint a corner.
const POINT_EFFORT: usize = 4;
/// What takes longer than its pixels say counts by its time.
const PIXELS_A_MICROSECOND: u128 = 300;
/// Pixels painted over each other count less than pixels searched, by so much.
const PAINTED_SHARE: usize = 8;
/// Modules are painted as if they were these shares of a cell long, in which places are found: they are a quarter to a half, and
/// in smaller cells they were not found.
const UNIT_SHARES: (f64, f64) = (0.1, 0.4);
/// A side of more cells is of no module.
const SIDE_CELLS_MAX: f64 = 4.0;
/// By so much of a usual side boxes are grown to each side, so that modules touch.
const GROWN: f64 = 0.18;
/// Shades of a place that are searched at a time, and how many times.
const SHADES_AT_ONCE: usize = 6;
const SHADES_ROUNDS_MAX: usize = 4;
/// Pixels that were painted and searched of a place before it is no longer looked at for more than what was read in it.
const AGAIN_EFFORT_MAX: usize = 2_000_000;
/// Codes of one drawing.
const CODES_MAX: usize = 8;

/// What came of looking.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    pub(crate) codes: Vec<String>,
    /// False: a limit ended it, or the time; or something that looks like a code says nothing.
    pub(crate) is_whole: bool,
}

/// What was seen in the places of one drawing, or in one of them.
#[derive(Debug)]
struct Sight {
    looked: Looked,
    is_unread: bool,
    /// Places where something looks like a code and says nothing, and those of codes.
    unread: Vec<[f64; 4]>,
    read: Vec<[f64; 4]>,
}

impl Default for Sight {
    fn default() -> Self {
        let looked = Looked { codes: Vec::new(), is_whole: true };
        Self { looked, is_unread: false, unread: Vec::new(), read: Vec::new() }
    }
}

impl Looked {
    /// Codes that are not there yet.
    pub(crate) fn add(&mut self, codes: Vec<String>) {
        for code in codes.into_iter().filter(|code| !code.is_empty()) {
            if self.codes.contains(&code) {
                continue;
            }
            self.is_whole &= self.codes.len() < CODES_MAX;
            if self.codes.len() < CODES_MAX {
                self.codes.push(code);
            }
        }
    }
}

/// How much may still be done for the drawings of one file.
#[derive(Debug)]
pub(crate) struct Effort {
    left: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { left: EFFORT_MAX }
    }
}

impl Effort {
    fn spend(&mut self, pixels: usize) {
        self.left = self.left.saturating_sub(pixels);
    }
}

/// A place that was looked at.
#[derive(Clone, Copy, Debug)]
struct Seen {
    place: [f64; 4],
    unit: f64,
    has_code: bool,
}

impl Seen {
    /// Would a look at that place show nothing else?
    fn is_enough_for(&self, place: [f64; 4], unit: f64) -> bool {
        let area = |[left, top, right, bottom]: [f64; 4]| (right - left) * (bottom - top);
        let is_within = place.iter().zip(self.place).take(2).all(|(own, other)| *own >= other)
            && place.iter().zip(self.place).skip(2).all(|(own, other)| *own <= other);
        is_within && area(self.place) <= area(place) * 2.0 && (self.has_code || self.unit <= unit * 1.1)
    }
}

impl Canvas {
    /// Has it the corners that a code has at least?
    pub(crate) fn may_be_code(&self) -> bool {
        self.corners() >= CORNERS_MIN
    }

    fn corners(&self) -> usize {
        self.shapes.iter().map(Shape::corners).sum()
    }

    /// What the codes say that the shapes show.
    pub(crate) fn read(&self, budget: &Budget, effort: &mut Effort) -> Looked {
        let looked = Looked { codes: Vec::new(), is_whole: !self.is_cut };
        let corners = self.corners();
        if corners < CORNERS_MIN {
            return looked;
        }
        effort.left = effort.left.saturating_add(corners.saturating_mul(CORNER_EFFORT));
        let mut sight = Sight { looked, ..Sight::default() };
        self.look(budget, effort, &mut sight);
        // The same may be read at another size; a code elsewhere says nothing of it.
        let is_read = |place: &[f64; 4]| sight.read.iter().any(|other| overlap(*place, *other));
        sight.looked.is_whole &= sight.unread.iter().all(is_read);
        sight.looked
    }

    fn look(&self, budget: &Budget, effort: &mut Effort, sight: &mut Sight) {
        let marks = Marks::of(self);
        let places: Vec<[f64; 4]> = self.shapes.iter().map(Shape::place).collect();
        let mut seen: Vec<Seen> = Vec::new();
        for level in marks.levels() {
            if effort.left == 0 || budget.is_late() {
                sight.looked.is_whole = false;
                return;
            }
            let found = marks.windows(level);
            sight.looked.is_whole &= !found.is_cut;
            effort.spend(found.marked.saturating_mul(CELL_EFFORT));
            for window in found.windows {
                if effort.left == 0 || budget.is_late() {
                    sight.looked.is_whole = false;
                    return;
                }
                let from = budget.now();
                let spent = self.look_at(window, (&places, &mut seen), budget, sight);
                let time = budget.now().saturating_sub(from).as_micros().saturating_mul(PIXELS_A_MICROSECOND);
                effort.spend(spent.max(usize::try_from(time).unwrap_or(usize::MAX)));
            }
        }
    }

    /// Looks at one place; gives how many pixels that took.
    fn look_at(
        &self,
        window: Window,
        (places, seen): (&[[f64; 4]], &mut Vec<Seen>),
        budget: &Budget,
        sight: &mut Sight,
    ) -> usize {
        let [left, top, right, bottom] = window.place;
        let is_in = |place: &[f64; 4]| place[0] < right && place[2] > left && place[1] < bottom && place[3] > top;
        let own = self.shapes.iter().zip(places).filter(|(_, place)| is_in(place));
        let (shapes, places): (Vec<&Shape>, Vec<[f64; 4]>) = own.unzip();
        let points: usize = shapes.iter().map(|shape| shape.points()).sum();
        let mut spent = points.saturating_mul(POINT_EFFORT).saturating_add(self.shapes.len() / 4);
        let (least, most) = UNIT_SHARES;
        let usual = usual_side(&shapes, window.cell * SIDE_CELLS_MAX);
        let usual = usual.clamp(window.cell * least, window.cell * most);
        if seen.iter().any(|seen| seen.is_enough_for(window.place, usual)) {
            return spent;
        }
        let painted = |grown: f64| Painter::new(window.place, (usual, grown), window.corners);
        let mut own = Sight::default();
        let mut read: Vec<Area> = Vec::new();
        let has_small = shapes.iter().any(|shape| Painter::is_small(shape, usual));
        let sizes = if has_small { vec![0.0, usual * GROWN] } else { vec![0.0] };
        let first = spent;
        for grown in &sizes {
            if may_look_again(&read, spent.saturating_sub(first)) {
                look_once(painted(*grown), &shapes, budget, (&mut spent, &mut own, &mut read));
            }
        }
        let has_code = !read.is_empty();
        let orders = Orders::of((&shapes, &places), usual);
        // What is unread without a cover tells nothing: as a whole it may be something else.
        let mut uncovered = Sight::default();
        for grown in &sizes {
            if let Some(shapes) = &orders.uncovered
                && may_look_again(&read, spent.saturating_sub(first))
            {
                look_once(painted(*grown), shapes, budget, (&mut spent, &mut uncovered, &mut read));
            }
            if orders.has_covered && may_look_again(&read, spent.saturating_sub(first)) {
                let painter = painted(*grown).keeping_the_darkest();
                look_once(painter, &shapes, budget, (&mut spent, &mut uncovered, &mut read));
            }
        }
        let is_uncovered = !uncovered.looked.codes.is_empty();
        // What is unread beside a code is another one; else it may be read at another size yet.
        sight.looked.is_whole &= own.looked.is_whole && !(own.is_unread && has_code && !is_uncovered);
        sight.unread.extend(Some(window.place).filter(|_| own.is_unread && !has_code));
        sight.looked.add(own.looked.codes);
        sight.looked.add(uncovered.looked.codes);
        seen.push(Seen { place: window.place, unit: usual, has_code: !read.is_empty() });
        let painter = painted(0.0);
        sight.read.extend(read.iter().map(|area| painter.place_of(*area)));
        spent
    }
}

/// Where a code was read, another one beside it is looked for in all other ways as well, unless that place takes very much.
fn may_look_again(read: &[Area], spent: usize) -> bool {
    read.is_empty() || spent <= AGAIN_EFFORT_MAX
}

fn overlap(one: [f64; 4], other: [f64; 4]) -> bool {
    one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1]
}

/// Paints shapes without the codes that were read in that place before, and searches them.
fn look_once(
    painter: Painter,
    shapes: &[&Shape],
    budget: &Budget,
    (spent, sight, read): (&mut usize, &mut Sight, &mut Vec<Area>),
) {
    let (grey, painted) = painter.paint(shapes, budget);
    *spent = spent.saturating_add(painted / PAINTED_SHARE);
    let Some(mut grey) = grey else {
        sight.looked.is_whole = false;
        return;
    };
    codes::paint_over(&mut grey, read);
    let found = search(grey, spent, &budget.code_steps);
    // Where one is read now, it may be what was unread before.
    sight.is_unread = found.is_unread || (sight.is_unread && found.areas.is_empty());
    sight.looked.is_whole &= !found.has_more;
    sight.looked.add(found.said);
    read.extend(found.areas);
}

/// Searches what was painted, a few shades at a time, the darkest first.
fn search(mut grey: Grey, spent: &mut usize, steps: &Steps) -> Codes {
    let mut look = |grey: &Grey, shades: usize| {
        let searched = shades.clamp(1, SHADES_AT_ONCE.saturating_add(1));
        *spent = spent.saturating_add(grey.pixels.len().saturating_mul(searched));
        codes::in_drawing(grey, steps)
    };
    let mut found = look(&grey, grey.shades().len());
    // Modules of many shades are dark and light all the same.
    if found.said.is_empty() && grey.shades().len() > 2 {
        let plane = codes::in_plane(&grey, steps);
        if plane.said.is_empty() {
            found.merge(plane);
        } else {
            codes::paint_over(&mut grey, &plane.areas);
            found = look(&grey, grey.shades().len());
            found.merge(plane);
        }
    } else {
        codes::paint_over(&mut grey, &found.areas);
    }
    // Beside so many shades that are darker a code is as well seen as any other.
    let shades = grey.shades();
    let rounds = shades.len().saturating_sub(1).div_ceil(SHADES_AT_ONCE);
    for round in 1..rounds.min(SHADES_ROUNDS_MAX) {
        let last = round.saturating_mul(SHADES_AT_ONCE).saturating_sub(1);
        let Some(last) = shades.get(last) else { break };
        for pixel in grey.pixels.iter_mut().filter(|pixel| **pixel <= *last) {
            *pixel = 255;
        }
        let own = look(&grey, SHADES_AT_ONCE);
        codes::paint_over(&mut grey, &own.areas);
        found.merge(own);
    }
    found.has_more |= rounds > SHADES_ROUNDS_MAX;
    found
}

/// The side of one module, if these are modules: a quarter of the length of all sides is of sides that are shorter. Specks have no
/// length to speak of, and sides longer than a few modules are of something else.
fn usual_side(shapes: &[&Shape], longest: f64) -> f64 {
    let mut sides: Vec<(f64, f64)> = Vec::with_capacity(shapes.len());
    for shape in shapes {
        match &shape.form {
            Form::Box([left, top, right, bottom]) => {
                let (width, height) = (right - left, bottom - top);
                sides.push((width.min(height), width.max(height)));
            }
            Form::Lines(lines, _) => {
                let edges = lines.iter().flat_map(|line| line.windows(2));
                sides.extend(edges.filter_map(|edge| {
                    let [(x, y), (to_x, to_y)] = edge else { return None };
                    let length = (to_x - x).hypot(to_y - y);
                    Some((length, length))
                }));
            }
        }
    }
    sides.retain(|(_, longer)| *longer > 0.0 && *longer <= longest);
    sides.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let quarter = sides.iter().map(|(_, longer)| longer).sum::<f64>() / 4.0;
    let mut sum = 0.0;
    let reaches = |(_, longer): &&(f64, f64)| {
        sum += longer;
        sum >= quarter
    };
    sides.iter().find(reaches).map_or(0.0, |(side, _)| *side)
}
