//! Corners of codes in a field of cells, however much else stands in it: of three that stand as those of one code the code is cut out
//! and read, turned or mirrored as it may be. Only what is exact is found: modules are whole numbers of cells.

use std::collections::BTreeSet;

use rqrr::{Grid, SimpleGrid};

use crate::formats::image::codes::{Codes, said};
use crate::formats::text_code::matrix::{MODULES_MAX, MODULES_MIN, Matrix};

/// Cells of a module, across or down, at most.
const UNIT_MAX: usize = 32;
/// Corners of one field, and codes that they may be of, that are looked at.
const CORNERS_MAX: usize = 64;
const TRIES_MAX: usize = 64;
/// Modules of a corner.
const SIDE: usize = 7;

/// Where a corner is, and how many cells its modules have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Corner {
    left: usize,
    top: usize,
    /// Across and down.
    unit: (usize, usize),
}

/// The codes in a field by their corners; unread where corners stand as those of a code that says nothing.
pub(super) fn codes(field: &Matrix) -> Codes {
    let mut found = Codes::default();
    let (corners, is_whole) = corners(field);
    found.has_more |= !is_whole;
    let mut places = places(&corners);
    found.has_more |= places.len() > TRIES_MAX;
    places.truncate(TRIES_MAX);
    let mut used: Vec<Corner> = Vec::new();
    let mut unread: Vec<Place> = Vec::new();
    for place in places {
        if place.corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        if let Some(text) = place.read(field) {
            used.extend(place.corners);
            found.merge(Codes { said: vec![text], ..Codes::default() });
        } else {
            unread.push(place);
        }
    }
    // Corners of two codes can stand as those of one.
    found.is_unread = unread.iter().any(|place| !place.corners.iter().any(|corner| used.contains(corner)));
    found
}

/// Where a code may be: the corner between the two others, the one beside it, the one above or below it.
#[derive(Clone, Copy, Debug)]
struct Place {
    corners: [Corner; 3],
    modules: usize,
}

impl Place {
    fn of(middle: Corner, beside: Corner, below: Corner) -> Option<Self> {
        let modules = |way: usize, unit: usize| {
            let count = way.checked_div(unit)?.saturating_add(SIDE);
            let is_side = (MODULES_MIN..=MODULES_MAX).contains(&count) && count % 4 == 1;
            (is_side && way.is_multiple_of(unit)).then_some(count)
        };
        let (across, down) = middle.unit;
        let count = modules(beside.left.abs_diff(middle.left), across)?;
        let is_square = modules(below.top.abs_diff(middle.top), down) == Some(count);
        is_square.then_some(Self { corners: [middle, beside, below], modules: count })
    }

    /// What the code says. Of one that is turned a quarter rows are columns.
    fn read(&self, field: &Matrix) -> Option<String> {
        let [middle, beside, below] = self.corners;
        let (across, down) = middle.unit;
        let last = self.modules.saturating_sub(1);
        let at = |x: usize, y: usize| {
            let x = if beside.left < middle.left { last.saturating_sub(x) } else { x };
            let y = if below.top < middle.top { last.saturating_sub(y) } else { y };
            let (left, top) = (middle.left.min(beside.left), middle.top.min(below.top));
            field.is_dark(left.saturating_add(x.saturating_mul(across)), top.saturating_add(y.saturating_mul(down)))
        };
        let read = |at: &dyn Fn(usize, usize) -> bool| said(&Grid::new(SimpleGrid::from_func(self.modules, at)));
        read(&at).or_else(|| read(&|x, y| at(y, x)))
    }
}

/// Every three that stand as those of a code, the smallest first.
fn places(corners: &BTreeSet<Corner>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for middle in corners {
        let is_alike = |other: &&Corner| other.unit == middle.unit && *other != middle;
        for beside in corners.iter().filter(is_alike).filter(|other| other.top == middle.top) {
            let below = corners.iter().filter(is_alike).filter(|other| other.left == middle.left);
            places.extend(below.filter_map(|below| Place::of(*middle, *beside, *below)));
        }
    }
    places.sort_by_key(|place| place.modules);
    places
}

/// All corners, and whether there was room for them.
fn corners(field: &Matrix) -> (BTreeSet<Corner>, bool) {
    let mut found = BTreeSet::new();
    for (y, row) in field.rows.iter().enumerate() {
        let mut runs = [0_usize; 5];
        let mut x = 0_usize;
        for run in row.chunk_by(|one, other| one == other) {
            x = x.saturating_add(run.len());
            runs.rotate_left(1);
            if let Some(last) = runs.last_mut() {
                *last = run.len();
            }
            let Some(across) = unit(runs).filter(|_| run.first() == Some(&true)) else { continue };
            let [_, _, _, _, last] = runs;
            let Some(left) = x.checked_sub(last.saturating_add(across.saturating_mul(SIDE.saturating_sub(1)))) else {
                continue;
            };
            let middle = left.saturating_add(across.saturating_mul(3)).saturating_add(across / 2);
            let Some((top, down)) = upright(field, middle, y) else { continue };
            let corner = Corner { left, top, unit: (across, down) };
            if corner.is_whole(field) && found.insert(corner) && found.len() > CORNERS_MAX {
                return (found, false);
            }
        }
    }
    (found, true)
}

impl Corner {
    /// Are all its modules as they have to be (ISO/IEC 18004 6.3.3)?
    fn is_whole(self, field: &Matrix) -> bool {
        let (across, down) = self.unit;
        let is_dark = |x: usize, y: usize| {
            let last = SIDE.saturating_sub(1);
            let is_rim = x == 0 || y == 0 || x == last || y == last;
            is_rim || ((2..5).contains(&x) && (2..5).contains(&y))
        };
        (0..SIDE).all(|y| {
            (0..SIDE).all(|x| {
                let left = self.left.saturating_add(x.saturating_mul(across));
                field.is_dark(left, self.top.saturating_add(y.saturating_mul(down))) == is_dark(x, y)
            })
        })
    }
}

/// The cells of a module where these are the runs through the middle of a corner. What is dark beside it makes its rim wider.
fn unit([first, second, middle, fourth, fifth]: [usize; 5]) -> Option<usize> {
    let is_corner = second == fourth && middle == second.saturating_mul(3) && first.min(fifth) >= second;
    (is_corner && (1..=UNIT_MAX).contains(&second)).then_some(second)
}

/// The same from the top down through a cell in its middle: where it begins, and the cells of a module.
fn upright(field: &Matrix, x: usize, y: usize) -> Option<(usize, usize)> {
    let most = UNIT_MAX.saturating_mul(3).saturating_add(1);
    // Cells of one shade from a place on, that place included.
    let run = |from: Option<usize>, is_up: bool, shade: bool| -> usize {
        let Some(from) = from else { return 0 };
        let step = |by: usize| if is_up { from.checked_sub(by) } else { from.checked_add(by) };
        let is_same = |by: &usize| step(*by).is_some_and(|y| y < field.rows.len() && field.is_dark(x, y) == shade);
        (0..most).take_while(is_same).count()
    };
    let (above, below) = (run(Some(y), true, true), run(y.checked_add(1), false, true));
    let middle = above.saturating_add(below);
    let top_of_middle = y.saturating_add(1).checked_sub(above)?;
    let light_above = run(top_of_middle.checked_sub(1), true, false);
    let top_of_light = top_of_middle.checked_sub(light_above)?;
    let dark_above = run(top_of_light.checked_sub(1), true, true);
    let under = y.saturating_add(1).saturating_add(below);
    let light_below = run(Some(under), false, false);
    let dark_below = run(under.checked_add(light_below), false, true);
    let down = unit([dark_above, light_above, middle, light_below, dark_below])?;
    Some((top_of_light.checked_sub(down)?, down))
}
