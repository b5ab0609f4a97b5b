//! The timing patterns of a code: dark and light by turns between two of its corners (ISO/IEC 18004 6.3.5). Places in a photograph
//! that look like corners have none. Readers that take the version from the distance of the corners do without: where all the rest is
//! as in a code, the patterns are drawn anew.

use crate::formats::image::grey::Grey;

/// Modules between the middles of two corners of a code of version 0, if there were one; each version has four more.
const MODULES_BASE: f32 = 10.0;
/// The largest version.
const VERSION_MAX: f32 = 40.0;
/// How far the size of a corner may lead astray about the version.
const DISTANCE_SLACK: f32 = 0.3;
/// Modules from the middle of a corner to its timing pattern, and beside it where a code is bent or seen from the side.
const ROWS: [f32; 3] = [3.0, 2.6, 3.4];
/// Of this many modules one may be other than it should.
const WRONG_IN: u8 = 5;
/// Versions that are tried where the patterns are drawn anew, the likeliest first.
const GUESSES_MAX: usize = 4;
/// Of the 49 modules of a corner so many are as they should be.
const RING_MIN: usize = 42;
/// Modules of a side that are looked at to see whether dark and light are mixed.
const SAMPLES: u8 = 16;
/// Shares of dark modules, and of modules that are other than the next one, that a code has, in hundredths.
const MIXED: std::ops::RangeInclusive<u32> = 28..=72;

/// A corner: its middle and how wide it is, in pixels of a picture that is pushed together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corner {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
}

impl Corner {
    /// In a picture that many times as large.
    pub(super) fn enlarged(self, times: usize) -> Self {
        let times = u8::try_from(times).map_or(1.0, f32::from);
        let place = |at: f32| (at + 0.5) * times - 0.5;
        Self { x: place(self.x), y: place(self.y), width: self.width * times }
    }

    /// In a part of the picture that begins there.
    pub(super) fn moved(self, (left, top): (usize, usize)) -> Self {
        Self { x: self.x - real(left), y: self.y - real(top), ..self }
    }
}

/// A picture of black and white, so many times as high as it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) binary: &'a Grey,
    pub(super) ratio: f32,
}

impl Seen<'_> {
    /// Along how many sides of the code with these corners, the first between the others, dark and light take turns.
    pub(super) fn timing(self, [first, second, third]: [Corner; 3]) -> usize {
        let sides = [(second, third), (third, second)];
        sides.into_iter().filter(|(to, aside)| self.has_turns(first, *to, *aside)).count()
    }

    /// Is all there of a code but its timing patterns: rings of modules for corners, and dark and light mixed between them, across
    /// and down?
    pub(super) fn is_bare(self, corners: [Corner; 3]) -> bool {
        let Some(modules) = guesses(corners).next() else { return false };
        let grid = Grid::of(corners, modules);
        [(0.0, 0.0), (modules, 0.0), (0.0, modules)].into_iter().all(|middle| self.is_ring(grid, middle))
            && self.is_mixed(grid)
    }

    fn is_ring(self, grid: Grid, (u, v): (f32, f32)) -> bool {
        let places = || (0_u8..7).map(|at| f32::from(at) - 3.0);
        let shade = self.is_dark(grid.place(u, v));
        let is_right = |across: f32, down: f32| {
            let is_light = (across.abs().max(down.abs()) - 2.0).abs() < 0.5;
            (self.is_dark(grid.place(u + across, v + down)) == shade) != is_light
        };
        let right = places().map(|down| places().filter(|across| is_right(*across, down)).count());
        right.sum::<usize>() >= RING_MIN
    }

    fn is_mixed(self, grid: Grid) -> bool {
        let modules = grid.modules;
        let is_dark = |u: f32, v: f32| self.is_dark(grid.place(u, v));
        let (mut count, mut dark, mut across, mut down) = (0_u32, 0_u32, 0_u32, 0_u32);
        let all = || (0..SAMPLES).map(|at| (f32::from(at) * (modules - 1.0) / f32::from(SAMPLES - 1)).round());
        for v in all() {
            for u in all().filter(|u| !grid.is_corner(*u, v)) {
                let own = is_dark(u, v);
                count = count.saturating_add(1);
                dark = dark.saturating_add(u32::from(own));
                across = across.saturating_add(u32::from(is_dark(u + 1.0, v) != own));
                down = down.saturating_add(u32::from(is_dark(u, v + 1.0) != own));
            }
        }
        let is_mixed =
            |some: u32| some.saturating_mul(100).checked_div(count).is_some_and(|share| MIXED.contains(&share));
        is_mixed(dark) && is_mixed(across) && is_mixed(down)
    }

    // Between the first corner and the second, on the side of the third.
    fn has_turns(self, first: Corner, second: Corner, third: Corner) -> bool {
        let along = Way::between(first, second);
        let aside = Way::between(first, third);
        // A row crosses a turned corner aslant.
        let module = first.width.min(second.width) / 7.0 * along.x.abs().max(along.y.abs());
        let modules = along.length / module.max(f32::MIN_POSITIVE);
        versions(modules).any(|modules| {
            let step = along.length / modules;
            ROWS.iter().any(|row| {
                let start = (first.x + aside.x * row * step, first.y + aside.y * row * step);
                let place = |module: f32| (start.0 + along.x * module * step, start.1 + along.y * module * step);
                self.turns(modules, place)
            })
        })
    }

    // From the fifth module after the middle of one corner to the fifth before that of the other, dark is every second.
    fn turns(self, modules: f32, place: impl Fn(f32) -> (f32, f32)) -> bool {
        let (mut as_first, mut other, mut is_first) = (0_u8, 0_u8, true);
        for module in (5_u8..).map(f32::from).take_while(|module| *module <= modules - 5.0) {
            let is_right = self.is_dark(place(module)) == is_first;
            let count = if is_right { &mut as_first } else { &mut other };
            *count = count.saturating_add(1);
            // Asked after each one: what is by chance is seen to be so soon.
            let wrong_max = (as_first.saturating_add(other) / WRONG_IN).saturating_add(1);
            if as_first.min(other) > wrong_max {
                return false;
            }
            is_first = !is_first;
        }
        as_first.min(other) <= as_first.saturating_add(other) / WRONG_IN
    }

    fn is_dark(self, (x, y): (f32, f32)) -> bool {
        self.binary.at(whole(x), whole(y * self.ratio)) == 0
    }
}

/// The nearest whole number; below zero it is 0.
fn whole(number: f32) -> usize {
    // A conversion from f32 saturates, and makes a NaN 0.
    #[expect(clippy::as_conversions, reason = "pixels are whole")]
    {
        (number + 0.5) as usize
    }
}

/// How many modules may lie between the middles of these corners, the likeliest first.
pub(super) fn guesses([first, second, third]: [Corner; 3]) -> impl Iterator<Item = f32> {
    let guess = |to: Corner| {
        let way = Way::between(first, to);
        let width = (first.width + second.width + third.width) / 3.0;
        way.length / (width / 7.0 * way.x.abs().max(way.y.abs())).max(f32::MIN_POSITIVE)
    };
    let guess = f32::midpoint(guess(second), guess(third));
    let mut all: Vec<f32> = versions(guess).collect();
    all.sort_by(|one, other| (one - guess).abs().total_cmp(&(other - guess).abs()));
    all.into_iter().take(GUESSES_MAX)
}

/// A picture with the timing patterns of a code with so many modules between its corners, which are dark or light.
pub(super) fn with_timing(grey: &Grey, corners: [Corner; 3], (modules, is_dark): (f32, bool)) -> Grey {
    let grid = Grid::of(corners, modules);
    Grey::from_func(grey.width, grey.height, |x, y| {
        let (u, v) = grid.module((real(x), real(y)));
        let is_along = |on: f32, aside: f32| (aside - 3.0).abs() <= 0.5 && on > 3.5 && on < modules - 3.5;
        let on = if is_along(u, v) {
            u
        } else if is_along(v, u) {
            v
        } else {
            return grey.at(x, y);
        };
        // The first one beside a corner is light.
        let is_odd = (on.round() / 2.0).fract() > 0.1;
        if is_odd == is_dark { 0 } else { 255 }
    })
}

/// Modules by their column and row from the middle of the first corner.
#[derive(Clone, Copy, Debug)]
struct Grid {
    first: Corner,
    along: Way,
    aside: Way,
    /// Pixels of a module each way.
    steps: (f32, f32),
    modules: f32,
}

impl Grid {
    fn of([first, second, third]: [Corner; 3], modules: f32) -> Self {
        let (along, aside) = (Way::between(first, second), Way::between(first, third));
        Self { first, along, aside, steps: (along.length / modules, aside.length / modules), modules }
    }

    fn place(&self, u: f32, v: f32) -> (f32, f32) {
        let (u, v) = (u * self.steps.0, v * self.steps.1);
        (self.first.x + self.along.x * u + self.aside.x * v, self.first.y + self.along.y * u + self.aside.y * v)
    }

    /// The other way round.
    fn module(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (x, y) = (x - self.first.x, y - self.first.y);
        let area = self.along.x * self.aside.y - self.along.y * self.aside.x;
        let across = (x * self.aside.y - y * self.aside.x) / area;
        let down = (self.along.x * y - self.along.y * x) / area;
        (across / self.steps.0, down / self.steps.1)
    }

    /// Is it a module of one of the three corners, or beside it?
    fn is_corner(&self, u: f32, v: f32) -> bool {
        let (near, far) = (5.0, self.modules - 6.0);
        (u < near || u > far) && (v < near || v > far) && !(u > far && v > far)
    }
}

/// Pixels of a side as a number.
fn real(pixels: usize) -> f32 {
    u16::try_from(pixels).map_or(f32::from(u16::MAX), f32::from)
}

/// How many modules may lie between two corners, by a guess.
fn versions(guess: f32) -> impl Iterator<Item = f32> {
    let version = |modules: f32| (modules - MODULES_BASE) / 4.0;
    let least = version(guess * (1.0 - DISTANCE_SLACK)).floor().clamp(1.0, VERSION_MAX);
    let most = version(guess * (1.0 + DISTANCE_SLACK)).ceil().clamp(1.0, VERSION_MAX);
    (0_u8..)
        .map(move |step| least + f32::from(step))
        .take_while(move |version| *version <= most)
        .map(|version| MODULES_BASE + version * 4.0)
}

/// From one corner to another.
#[derive(Clone, Copy, Debug)]
struct Way {
    x: f32,
    y: f32,
    length: f32,
}

impl Way {
    fn between(from: Corner, to: Corner) -> Self {
        let (x, y) = (to.x - from.x, to.y - from.y);
        let length = x.hypot(y).max(f32::MIN_POSITIVE);
        Self { x: x / length, y: y / length, length }
    }
}
