//! The timing patterns of a code: dark and light by turns between two of its corners (ISO/IEC 18004 6.3.5). Places in a photograph
//! that look like corners have none, and a code without any is read by nobody.

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

/// A corner: its middle and how wide it is, in pixels of a picture that is pushed together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corner {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
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
