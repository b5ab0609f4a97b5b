//! Places that look like the corners of a code, which most pictures do not have.

use crate::budget::Steps;
use crate::formats::image::codes::timing::{Corner as Middle, Seen};
use crate::formats::image::grey::Grey;
use crate::formats::image::picture::KEPT_SIDE;

/// A picture with more places that look like corners is a crowd: the search for codes is lost in all of it at once.
pub(super) const CORNERS_MAX: usize = 14;
/// The same for a part of a picture that was cut out of a crowd.
pub(super) const PART_CORNERS_MAX: usize = 9;
/// Places of a crowd that are looked at.
const CROWD_MAX: usize = 160;
/// Pixels of a corner at least in a picture at its full size, where the grain of photographs and scans looks like narrower ones.
const FINE_CORNER_MIN: usize = 12;
/// Modules around the middles of a code's corners that belong to it, with its margin.
const AROUND_MODULES: f32 = 8.0;
/// Corners that are so little longer than wide are square.
const SQUARE_RATIO_MAX: f32 = 1.3;
/// Pixels of a corner that may be higher than wide.
const DRAWN_OUT_MIN: usize = 21;
/// Pixels of a picture that was pushed together or drawn out, at most.
const UNDONE_PIXELS_MAX: f32 = 4_000_000.0;

/// Corners of modules of so many pixels are large enough without smoothing.
const LARGE_MODULE_PIXELS: f32 = 4.0;

/// How far a code may be seen from the side.
#[derive(Clone, Copy, Debug)]
struct Bend {
    /// Its longer side to its shorter one.
    ratio: f32,
    /// Of the angle between them.
    cosine: f32,
}
const BEND: Bend = Bend { ratio: 1.7, cosine: 0.55 };
/// Among many corners, where by chance many stand nearly so.
const CROWD_BEND: Bend = Bend { ratio: 1.35, cosine: 0.3 };
/// Of a code without timing patterns, which is known by little else than how its corners stand.
const BARE_BEND: Bend = Bend { ratio: 1.2, cosine: 0.2 };
/// What it takes to look for timing patterns between three corners that stand as those of a code, and for all the rest of one, in
/// steps.
const TIMING_STEPS: usize = 250;
const BARE_STEPS: usize = 250;

/// A corner: its middle, how wide and how high it is.
type Corner = ((usize, usize), (usize, usize));

/// How a code may lie in a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    pub(super) stretch: Stretch,
    /// Corners dark on light stand so, corners light on dark do.
    pub(super) is_dark: bool,
    pub(super) is_light: bool,
    /// Its modules have few pixels.
    pub(super) is_small: bool,
}

/// How many times as high as wide the corners are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch(f32);

impl Stretch {
    pub(super) fn is_square(self) -> bool {
        self.0.max(1.0 / self.0) <= SQUARE_RATIO_MAX
    }

    /// The picture with its shorter way drawn out, as far as there is room.
    pub(super) fn undone(self, grey: &Grey) -> Grey {
        let most = UNDONE_PIXELS_MAX / number(grey.pixels.len()).max(1.0);
        let wider = self.0.clamp(1.0, most.max(1.0));
        let higher = (1.0 / self.0).clamp(1.0, most.max(1.0));
        let (width, height) = (whole(number(grey.width) * wider), whole(number(grey.height) * higher));
        let columns: Vec<usize> = (0..width).map(|x| whole((number(x) + 0.5) / wider - 0.5)).collect();
        let rows: Vec<usize> = (0..height).map(|y| whole((number(y) + 0.5) / higher - 0.5)).collect();
        let place = |places: &[usize], at: usize| places.get(at).copied().unwrap_or(0);
        Grey::from_func(width, height, |x, y| grey.at(place(&columns, x), place(&rows, y)))
    }

    /// Where a corner is in the picture that was drawn out, if there was room.
    pub(super) fn undone_place(self, Middle { x, y, width }: Middle) -> Middle {
        let times = if self.is_square() { 1.0 } else { self.0.max(1.0) };
        Middle { x: x * times, y: y * times, width: width * times }
    }
}

/// Where codes may be.
pub(super) enum Likely {
    Nowhere,
    /// And what there looks like a code that rqrr cannot read as it is.
    Somewhere(Hint, Vec<Suspect>),
    Crowd(Crowd),
}

/// Three corners that stand as those of a code do, with dark and light mixed between them as its modules are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect {
    pub(super) corners: [Middle; 3],
    pub(super) is_dark: bool,
    /// None of its corners belongs to another code with both timing patterns.
    pub(super) is_alone: bool,
}

impl Suspect {
    /// Have both a corner that is the same?
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let is_same = |one: &Middle, two: &Middle| (one.x - two.x).hypot(one.y - two.y) < one.width / 2.0;
        self.corners.iter().any(|one| other.corners.iter().any(|two| is_same(one, two)))
    }
}

/// Where codes may be among very many corners.
pub(super) struct Crowd {
    /// Each from its left and upper end to its right and lower one; what looks most like a code, and the smallest, first.
    pub(super) places: Vec<Place>,
    /// Was there room for all corners?
    pub(super) is_whole: bool,
}

/// A part of a picture, and the corners in it by their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) from: (usize, usize),
    pub(super) to: (usize, usize),
    pub(super) corners: [usize; 3],
}

impl Place {
    /// Is it the other one, seen in another way?
    pub(super) fn is_near(&self, other: &Self) -> bool {
        let near = self.to.0.saturating_sub(self.from.0) / 32;
        let is_near =
            |one: (usize, usize), two: (usize, usize)| one.0.abs_diff(two.0) <= near && one.1.abs_diff(two.1) <= near;
        is_near(self.from, other.from) && is_near(self.to, other.to)
    }
}

/// Looks for places that look like the corner of a code in their row and in their column: dark and light in the proportions 1 1 3 1 1
/// (ISO/IEC 18004 6.3.3), whichever is dark, and for three of one sort that stand as those of a code do.
pub(super) fn likely(binary: &Grey, corners_max: usize, steps: &Steps) -> Likely {
    let (found, is_whole) = corners(binary);
    let mut ratios: Vec<f32> = found.iter().map(|(_, (width, height))| number(*height) / number(*width)).collect();
    ratios.sort_by(f32::total_cmp);
    let Some(middle) = ratios.get(ratios.len() / 2).copied() else { return Likely::Nowhere };
    if !is_whole {
        return Likely::Crowd(Crowd { places: Vec::new(), is_whole });
    }
    let is_crowd = found.len() > corners_max;
    // Most codes are square, and what else looks like a corner may not be.
    let stretched = Some(middle).filter(|middle| !Stretch(*middle).is_square());
    for ratio in [1.0].into_iter().chain(stretched) {
        let seen = Seen { binary, ratio };
        let bend = if is_crowd { CROWD_BEND } else { BEND };
        // A few corners are always looked at, whatever the rest of the message took.
        let steps = Some(steps).filter(|_| is_crowd);
        let mut all: Vec<Triple> = Vec::new();
        for is_dark in [true, false] {
            if !add_triples(&mut all, (&found, is_dark), (seen, bend), steps) {
                return Likely::Crowd(Crowd { places: Vec::new(), is_whole: false });
            }
        }
        // Among so many corners three may stand so, and even have a side that looks right, by chance.
        all.retain(|triple| !is_crowd || triple.is_likely());
        if all.is_empty() {
            continue;
        }
        if is_crowd {
            all.sort_by(|one, other| other.timing.cmp(&one.timing).then(one.side().total_cmp(&other.side())));
            let places = all.iter().map(|triple| triple.place(ratio)).collect();
            return Likely::Crowd(Crowd { places, is_whole });
        }
        let width = all.iter().map(Triple::width).fold(f32::INFINITY, f32::min);
        let hint = Hint {
            stretch: Stretch(ratio),
            is_dark: all.iter().any(|triple| triple.is_dark),
            is_light: all.iter().any(|triple| !triple.is_dark),
            is_small: width < LARGE_MODULE_PIXELS * 7.0,
        };
        return Likely::Somewhere(hint, suspects(&all));
    }
    Likely::Nowhere
}

/// What looks like a code by all but its timing patterns, the likeliest first.
fn suspects(all: &[Triple]) -> Vec<Suspect> {
    let whole: Vec<usize> = all.iter().filter(|own| own.timing == 2).flat_map(|own| own.numbers).collect();
    let bare = all.iter().filter(|triple| triple.is_bare);
    let mut suspects: Vec<Suspect> = bare
        .map(|Triple { corners, numbers, is_dark, .. }| Suspect {
            corners: *corners,
            is_dark: *is_dark,
            is_alone: !numbers.iter().any(|number| whole.contains(number)),
        })
        .collect();
    suspects.sort_by_key(|suspect| !suspect.is_alone);
    suspects
}

/// Is there one that is as wide as an eighth of the picture's shorter side?
pub(super) fn has_large(binary: &Grey) -> bool {
    let side = binary.width.min(binary.height);
    corners(binary).0.iter().any(|(_, (width, _))| width.saturating_mul(8) >= side)
}

/// Every place that looks like one, and whether there was room for all.
fn corners(binary: &Grey) -> (Vec<Corner>, bool) {
    let narrowest = if binary.width.max(binary.height) > KEPT_SIDE { FINE_CORNER_MIN } else { 0 };
    let mut found: Vec<Corner> = Vec::new();
    for (y, row) in binary.rows().enumerate() {
        let (mut runs, mut x) = ([0_usize; 5], 0_usize);
        while x < row.len() {
            let end = end_of_run(row, x);
            let [_, second, third, fourth, fifth] = runs;
            runs = [second, third, fourth, fifth, end.saturating_sub(x)];
            x = end;
            if !is_corner(&runs) || runs.iter().sum::<usize>() < narrowest {
                continue;
            }
            let Some(corner) = corner_at(binary, (x, y), &runs, &found) else { continue };
            if found.len() >= CROWD_MAX {
                return (found, false);
            }
            found.push(corner);
        }
    }
    (found, true)
}

/// Where the pixels of one shade end that begin there.
fn end_of_run(row: &[u8], from: usize) -> usize {
    let rest = row.get(from..).unwrap_or_default();
    let shade = rest.first().copied().unwrap_or_default();
    // Eight pixels at a time.
    let same = u64::from_le_bytes([shade; 8]);
    let (words, _) = rest.as_chunks::<8>();
    let mut length = 0_usize;
    for word in words {
        let other = u64::from_le_bytes(*word) ^ same;
        if other != 0 {
            let equal = usize::try_from(other.trailing_zeros() / 8).unwrap_or(0);
            return from.saturating_add(length).saturating_add(equal);
        }
        length = length.saturating_add(8);
    }
    let tail = rest.get(length..).unwrap_or_default();
    let equal = tail.iter().take_while(|own| **own == shade).count();
    from.saturating_add(length).saturating_add(equal)
}

/// The corner whose runs end there in their row, if it is one from above to below as well, and is not known.
fn corner_at(binary: &Grey, (x, y): (usize, usize), runs: &[usize; 5], found: &[Corner]) -> Option<Corner> {
    let [_, _, middle, fourth, fifth] = *runs;
    let centre = x.saturating_sub(fifth).saturating_sub(fourth).saturating_sub(middle.div_ceil(2));
    let size: usize = runs.iter().sum();
    if is_known(found, (centre, y), size) {
        return None;
    }
    let (middle, height) = upright(binary, (centre, y), size)?;
    let is_one = size < DRAWN_OUT_MIN || is_corner_aslant(binary, (centre, y), (size, height));
    is_one.then_some(((centre, middle), (size, height)))
}

/// As near as half a corner it is the same one; something like a corner may stand right beside one.
fn is_known(found: &[Corner], (x, y): (usize, usize), size: usize) -> bool {
    let near = size / 2;
    found.iter().any(|((own_x, own_y), _)| own_x.abs_diff(x) <= near && own_y.abs_diff(y) <= near)
}

/// Three corners of a code, the first between the others, with their numbers.
struct Triple {
    corners: [Middle; 3],
    numbers: [usize; 3],
    is_dark: bool,
    /// Sides with a timing pattern.
    timing: usize,
    /// They stand quite upright, and have all of a code but that.
    is_bare: bool,
}

impl Triple {
    fn is_likely(&self) -> bool {
        self.timing == 2 || self.is_bare
    }

    fn width(&self) -> f32 {
        self.corners.iter().map(|corner| corner.width).fold(f32::INFINITY, f32::min)
    }

    fn side(&self) -> f32 {
        let [first, second, third] = self.corners;
        let way = |to: Middle| (to.x - first.x).hypot(to.y - first.y);
        way(second).max(way(third))
    }

    /// All of the code and its margin.
    fn place(&self, ratio: f32) -> Place {
        let ((left, top), (right, bottom)) = ends_of(self.corners);
        let (from, to) = ((whole(left), whole(top * ratio)), (whole(right), whole(bottom * ratio)));
        Place { from, to, corners: self.numbers }
    }
}

/// All of the code with these corners, and its margin.
pub(super) fn place_of(corners: [Middle; 3]) -> ((usize, usize), (usize, usize)) {
    let ((left, top), (right, bottom)) = ends_of(corners);
    ((whole(left), whole(top)), (whole(right), whole(bottom)))
}

fn ends_of(corners: [Middle; 3]) -> ((f32, f32), (f32, f32)) {
    let [first, second, third] = corners;
    let fourth = (second.x + third.x - first.x, second.y + third.y - first.y);
    let around = corners.iter().map(|corner| corner.width).fold(0.0, f32::max) / 7.0 * AROUND_MODULES;
    let ends = |own: [f32; 4]| {
        let least = own.into_iter().fold(f32::INFINITY, f32::min) - around;
        (least, own.into_iter().fold(0.0, f32::max) + around)
    };
    let (left, right) = ends([first.x, second.x, third.x, fourth.0]);
    let (top, bottom) = ends([first.y, second.y, third.y, fourth.1]);
    ((left, top), (right, bottom))
}

/// Every three, dark on light or light on dark, that stand as those of a code do and have something else of one; false where that
/// takes too much.
fn add_triples(
    all: &mut Vec<Triple>,
    (found, is_dark): (&[Corner], bool),
    (seen, bend): (Seen<'_>, Bend),
    steps: Option<&Steps>,
) -> bool {
    let spend = |count: usize| steps.is_none_or(|steps| steps.spend(count));
    let places: Vec<(usize, Middle)> = found
        .iter()
        .enumerate()
        .filter(|(_, ((x, y), _))| (seen.binary.at(*x, *y) == 0) == is_dark)
        .map(|(at, ((x, y), (width, _)))| {
            (at, Middle { x: number(*x), y: number(*y) / seen.ratio, width: number(*width) })
        })
        .collect();
    for (first, one) in &places {
        for (at, (second, two)) in places.iter().enumerate().filter(|(_, (second, _))| second != first) {
            let others = places.get(at.saturating_add(1)..).unwrap_or_default();
            if !spend(others.len()) {
                return false;
            }
            for (third, three) in others.iter().filter(|(third, _)| third != first) {
                let corners = [*one, *two, *three];
                if !is_triple(corners, bend) {
                    continue;
                }
                let timing = if spend(TIMING_STEPS) { seen.timing(corners) } else { 0 };
                let is_bare = is_triple(corners, BARE_BEND) && spend(BARE_STEPS) && seen.is_bare(corners);
                if timing > 0 || is_bare {
                    all.push(Triple { corners, numbers: [*first, *second, *third], is_dark, timing, is_bare });
                }
            }
        }
    }
    true
}

/// Are they as large as each other, and two of them about as far from the first, to two sides?
fn is_triple([first, second, third]: [Middle; 3], bend: Bend) -> bool {
    let least = first.width.min(second.width).min(third.width);
    let most = first.width.max(second.width).max(third.width);
    // A code that is seen from the side has corners of different sizes; a small one is not seen so.
    if most > least * if least < number(DRAWN_OUT_MIN) { 1.4 } else { 2.0 } {
        return false;
    }
    let way = |to: Middle| (to.x - first.x, to.y - first.y);
    let ((across, down), (to_across, to_down)) = (way(second), way(third));
    let (one, two) = (across.hypot(down), to_across.hypot(to_down));
    let cosine = (across * to_across + down * to_down) / (one * two);
    one.min(two) > least && one.max(two) < one.min(two) * bend.ratio && cosine.abs() < bend.cosine
}

/// Its middle row and how high it is, if it has the same proportions up and down from there.
fn upright(binary: &Grey, (x, y): (usize, usize), size: usize) -> Option<(usize, usize)> {
    let shade = binary.at(x, y);
    // Drawn out there are more pixels than across; in a very small picture that would let in too much.
    let most = if size >= DRAWN_OUT_MIN { size.saturating_mul(2) } else { size };
    // How many pixels of a shade follow each other, from `from` pixels above or below.
    let run = |is_up: bool, from: usize, is_same: bool| {
        let place =
            |step: usize| if is_up { y.checked_sub(step) } else { y.checked_add(step) }.filter(|y| *y < binary.height);
        (from..from.saturating_add(most))
            .take_while(|step| place(*step).is_some_and(|y| (binary.at(x, y) == shade) == is_same))
            .count()
    };
    let side = |is_up: bool| {
        let middle = run(is_up, 1, true);
        let light = run(is_up, middle.saturating_add(1), false);
        let dark = run(is_up, middle.saturating_add(light).saturating_add(1), true);
        (middle, light, dark)
    };
    let (above, below) = (side(true), side(false));
    let runs = [above.2, above.1, above.0.saturating_add(below.0).saturating_add(1), below.1, below.2];
    let last = y.saturating_add(below.0).saturating_add(below.1).saturating_add(below.2);
    let height: usize = runs.iter().sum();
    is_corner(&runs).then(|| (last.saturating_sub(height.saturating_sub(1) / 2), height))
}

/// Has it dark and light as a corner has along at least one of its diagonals: through letters and dots they lie otherwise.
fn is_corner_aslant(binary: &Grey, (x, y): (usize, usize), (width, height): (usize, usize)) -> bool {
    let shade = binary.at(x, y);
    let slope = number(height) / number(width.max(1));
    // The shades from the middle outwards, one way: how many are as it is, are not, are again.
    let side = |is_right: bool, is_down: bool| {
        let mut runs = [0_usize; 3];
        let mut at = 0_usize;
        for step in 1..=width {
            let down = whole(number(step) * slope);
            let to_x = if is_right { x.checked_add(step) } else { x.checked_sub(step) };
            let to_y = if is_down { y.checked_add(down) } else { y.checked_sub(down) };
            let (Some(to_x), Some(to_y)) = (to_x, to_y) else { break };
            if to_x >= binary.width || to_y >= binary.height {
                break;
            }
            let is_same = binary.at(to_x, to_y) == shade;
            if is_same != at.is_multiple_of(2) {
                at = at.saturating_add(1);
            }
            match runs.get_mut(at) {
                Some(run) => *run = run.saturating_add(1),
                None => break,
            }
        }
        runs
    };
    [(true, true), (true, false)].into_iter().any(|(is_right, is_down)| {
        let (one, two) = (side(is_right, is_down), side(!is_right, !is_down));
        let [one_middle, one_light, one_dark] = one;
        let [two_middle, two_light, two_dark] = two;
        near_ring(&[one_dark, one_light, one_middle.saturating_add(two_middle).saturating_add(1), two_light, two_dark])
    })
}

/// The middle and the light ring alone, where the outer ring runs into what lies beside it.
fn near_ring([first, second, middle, fourth, fifth]: &[usize; 5]) -> bool {
    let module = number(*middle) / 3.0;
    let is_one = |run: usize| number(run) >= module * 0.4 && number(run) <= module * 1.8;
    *first > 0 && *fifth > 0 && is_one(*second) && is_one(*fourth)
}

fn is_corner(runs: &[usize; 5]) -> bool {
    let [_, second, middle, fourth, _] = *runs;
    // What is near three modules of seven is never less than what is near one: most runs are done with here.
    if middle < second || middle < fourth {
        return false;
    }
    let total: usize = runs.iter().sum();
    if runs.contains(&0) || total < 7 {
        return false;
    }
    // In sevenths of the whole, with half a module to spare.
    let near = |run: usize, modules: usize| {
        let (run, want) = (run.saturating_mul(14), total.saturating_mul(modules).saturating_mul(2));
        run.abs_diff(want) <= total.saturating_add(7)
    };
    let [first, second, middle, fourth, fifth] = *runs;
    near(first, 1) && near(second, 1) && near(middle, 3) && near(fourth, 1) && near(fifth, 1)
}

fn number(value: usize) -> f32 {
    // Pixels of a side or a picture stay far below 2^24 where it matters.
    #[expect(clippy::as_conversions, reason = "rounding of large numbers does no harm")]
    {
        value as f32
    }
}

fn whole(number: f32) -> usize {
    #[expect(clippy::as_conversions, reason = "a conversion from f32 saturates, and makes a NaN 0")]
    {
        number.round() as usize
    }
}
