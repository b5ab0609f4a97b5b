//! QR codes in a picture: the picture is made black and white in several ways, and `rqrr` looks for codes in each. A picture
//! without three places that look like the corners of a code and have its timing pattern between them is done with at once.

mod areas;
mod binary;
mod corners;
mod timing;

use crate::budget::Steps;
pub(crate) use crate::formats::image::codes::areas::{Area, paint_over};
use crate::formats::image::codes::binary::in_shades;
pub(crate) use crate::formats::image::codes::binary::said;
use crate::formats::image::codes::corners::{
    CORNERS_MAX, Crowd, Hint, Likely, PART_CORNERS_MAX, Place, Suspect, likely,
};
use crate::formats::image::codes::timing::{guesses, with_timing};
use crate::formats::image::grey::Grey;

/// Codes kept of one picture.
const CODES_MAX: usize = 40;
/// Places of a crowd that are looked at by themselves, and their pixels as many times as the picture has.
const TRIES_MAX: usize = 64;
const TRIED_TIMES_MAX: usize = 4;
/// Those of them in which nothing was found, however the picture is parted in black and white.
const FAILED_MAX: usize = 16;
/// What it takes to look at a pixel of such a place in vain, in steps; where a code is read it is one.
const FAILED_PIXEL_STEPS: usize = 4;
/// Places of one picture whose timing patterns are drawn anew.
const SUSPECTS_MAX: usize = 3;
/// How many times a drawing is looked at once more without the codes that were read in it.
const AGAIN_MAX: usize = 4;
/// How many times a small picture is enlarged at most, one of several ways to see it, and a part of one.
const TIMES_MAX: usize = 6;
const PLANE_TIMES_MAX: usize = 4;
const PART_TIMES_MAX: usize = 2;
/// Pictures smaller than this are looked at enlarged, pixels of the longer side.
const SMALL_PIXELS: usize = 480;
/// Larger pictures are not looked at smoothed: their codes are large enough.
const SMOOTHED_PIXELS_MAX: usize = 360_000;
/// Shades of a drawing that it is parted at.
const SHADES_MAX: usize = 6;
/// Lighter and darker shades closer than this are one.
const CONTRAST_MIN: u8 = 6;

/// What was found in a picture.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    /// What the codes say, each once.
    pub(crate) said: Vec<String>,
    /// Codes may be in it that were not looked for: it has too many corners, or codes.
    pub(crate) has_more: bool,
    /// Something looks like a code, and says nothing.
    pub(crate) is_unread: bool,
    /// Where codes were read.
    pub(crate) areas: Vec<Area>,
}

impl Codes {
    /// What another look found as well.
    pub(crate) fn merge(&mut self, other: Self) {
        self.has_more |= other.has_more;
        self.is_unread |= other.is_unread;
        self.areas.extend(other.areas);
        self.add(other.said);
    }

    fn with_areas(mut self, change: impl Fn(Area) -> Area) -> Self {
        self.areas.iter_mut().for_each(|area| *area = change(*area));
        self
    }

    fn add(&mut self, said: Vec<String>) {
        for text in said {
            if self.said.contains(&text) {
                continue;
            }
            if self.said.len() >= CODES_MAX {
                self.has_more = true;
                return;
            }
            self.said.push(text);
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// A picture.
    Whole,
    /// Around one code of a crowd.
    Part,
}

impl Scope {
    /// How many times it is enlarged, and how many corners it may have to be looked at in one piece.
    fn most(self) -> (usize, usize) {
        match self {
            Self::Whole => (TIMES_MAX, CORNERS_MAX),
            Self::Part => (PART_TIMES_MAX, PART_CORNERS_MAX),
        }
    }
}

/// How a picture is looked at, to be done again with a part of it.
type Look = fn(&Grey, Scope, &Steps) -> Codes;

/// What was tried of one picture, however it is parted in black and white.
struct Tried<'s> {
    steps: &'s Steps,
    tries: usize,
    pixels_left: usize,
    failed: Vec<Place>,
}

impl<'s> Tried<'s> {
    fn new(grey: &Grey, steps: &'s Steps) -> Self {
        let pixels_left = grey.pixels.len().saturating_mul(TRIED_TIMES_MAX);
        Self { steps, tries: 0, pixels_left, failed: Vec::new() }
    }

    /// May a place of so many pixels be tried as well?
    fn begin(&mut self, pixels: usize) -> bool {
        let has_room = self.tries < TRIES_MAX && self.failed.len() < FAILED_MAX && pixels <= self.pixels_left;
        if has_room {
            self.tries = self.tries.saturating_add(1);
            self.pixels_left = self.pixels_left.saturating_sub(pixels);
        }
        has_room && self.steps.are_left()
    }
}

/// A picture that is looked at in several ways.
struct View<'v> {
    grey: &'v Grey,
    scope: Scope,
    times: usize,
    tried: Tried<'v>,
    hints: Vec<Hint>,
}

impl View<'_> {
    fn look(&mut self, binary: &Grey) -> Codes {
        let (_, corners_max) = self.scope.most();
        match in_likely(binary, (self.times, corners_max), self.tried.steps) {
            Looked::Nothing => Codes::default(),
            Looked::Code(hint, found) => {
                self.hints.push(hint);
                found
            }
            Looked::Crowd(crowd) => in_crowd(self.grey, &crowd, (self.scope, look_in_grey), &mut self.tried),
        }
    }
}

/// The codes in a picture.
pub(crate) fn in_grey(grey: &Grey, steps: &Steps) -> Codes {
    let mut found = look_in_grey(grey, Scope::Whole, steps);
    if !found.areas.is_empty() {
        // Beside a code a paler one is light: without it the rest is parted otherwise.
        let mut rest = grey.clone();
        paint_over(&mut rest, &found.areas);
        found.add(look_in_grey(&rest, Scope::Whole, steps).said);
    }
    found
}

fn look_in_grey(grey: &Grey, scope: Scope, steps: &Steps) -> Codes {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Codes::default();
    }
    let (times_max, _) = scope.most();
    let times = times(grey, times_max);
    let plain = grey.parted_at(shade);
    let mut view = View { grey, scope, times, tried: Tried::new(grey, steps), hints: Vec::new() };
    let mut found = view.look(&plain);
    let (has_more, mut is_unread) = (found.has_more, found.is_unread);
    if found.said.is_empty() {
        found = view.look(&grey.parted_locally());
        is_unread |= found.is_unread;
    }
    if found.said.is_empty() && scope == Scope::Whole && grey.is_graded() {
        found = view.look(&grey.parted_by_range(distance / 2));
    }
    if found.said.is_empty() && scope == Scope::Whole && plain.is_speckled() {
        found = view.look(&plain.unspeckled());
    }
    if !found.said.is_empty() {
        return found;
    }
    found.is_unread = is_unread;
    if scope == Scope::Part {
        return found;
    }
    // Parted in other ways many a photograph is all corners: more of them is nothing to tell.
    found.has_more = has_more;
    // Only small modules have rims that smoothing tells apart.
    let small = view.hints.iter().find(|hint| hint.is_small).filter(|_| grey.pixels.len() <= SMOOTHED_PIXELS_MAX);
    if let Some(hint) = small {
        found.add(in_smoothed(grey, times.max(2), *hint));
        found.is_unread &= found.said.is_empty();
    }
    found
}

/// The same for a picture that was drawn here: its shades are few and sharp, and nothing lies over it.
pub(crate) fn in_drawing(grey: &Grey, steps: &Steps) -> Codes {
    look_in_drawing(grey, Scope::Whole, steps)
}

fn look_in_drawing(grey: &Grey, scope: Scope, steps: &Steps) -> Codes {
    let mut all = in_each_shade(grey, scope, steps);
    let mut new = all.areas.clone();
    let mut rest = grey.clone();
    for _ in 0..AGAIN_MAX {
        if new.is_empty() {
            return all;
        }
        // One in other shades, or light on dark: and what is unread now is no code that was read.
        paint_over(&mut rest, &new);
        let found = in_each_shade(&rest, scope, steps);
        new.clone_from(&found.areas);
        (all.has_more, all.is_unread) = (all.said.len() >= CODES_MAX, false);
        all.merge(found);
    }
    all.has_more |= !new.is_empty();
    all
}

fn in_each_shade(grey: &Grey, scope: Scope, steps: &Steps) -> Codes {
    let shades = grey.shades();
    let Some((_, darker)) = shades.split_last() else { return Codes::default() };
    let mut all = Codes::default();
    let mut tried = Tried::new(grey, steps);
    for shade in darker.iter().take(SHADES_MAX) {
        all.merge(in_parted(grey, *shade, (TIMES_MAX, scope, look_in_drawing), &mut tried));
    }
    all
}

/// The same for one of several ways to see a picture: black up to one shade only.
pub(crate) fn in_plane(grey: &Grey, steps: &Steps) -> Codes {
    look_in_plane(grey, Scope::Whole, steps)
}

fn look_in_plane(grey: &Grey, scope: Scope, steps: &Steps) -> Codes {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Codes::default();
    }
    in_parted(grey, shade, (PLANE_TIMES_MAX, scope, look_in_plane), &mut Tried::new(grey, steps))
}

fn in_parted(grey: &Grey, shade: u8, (times_max, scope, again): (usize, Scope, Look), tried: &mut Tried<'_>) -> Codes {
    let (own_max, corners_max) = scope.most();
    let times = times(grey, times_max.min(own_max));
    match in_likely(&grey.parted_at(shade), (times, corners_max), tried.steps) {
        Looked::Nothing => Codes::default(),
        Looked::Code(_, found) => found,
        Looked::Crowd(crowd) => in_crowd(grey, &crowd, (scope, again), tried),
    }
}

/// Each place where a code may be by itself, as long as its corners are not those of one that was read.
fn in_crowd(grey: &Grey, crowd: &Crowd, (scope, look): (Scope, Look), tried: &mut Tried<'_>) -> Codes {
    if scope == Scope::Part {
        return Codes { has_more: true, ..Codes::default() };
    }
    let mut found = Codes { has_more: !crowd.is_whole, ..Codes::default() };
    let mut used: Vec<usize> = Vec::new();
    let mut unread: Vec<&Place> = Vec::new();
    for place in &crowd.places {
        let is_used = place.corners.iter().all(|corner| used.contains(corner));
        if is_used || tried.failed.iter().any(|failed| failed.is_near(place)) {
            continue;
        }
        let part = grey.cut(place.from, place.to);
        if !tried.begin(part.pixels.len()) {
            found.has_more = true;
            break;
        }
        let own = look(&part, Scope::Part, tried.steps);
        found.has_more |= own.has_more;
        let pixels = part.pixels.len().saturating_mul(times(&part, PART_TIMES_MAX).saturating_pow(2));
        if own.said.is_empty() {
            tried.steps.spend(pixels.saturating_mul(FAILED_PIXEL_STEPS));
            tried.failed.push(*place);
            unread.extend(own.is_unread.then_some(place));
        } else {
            tried.steps.spend(pixels);
            used.extend(place.corners);
        }
        found.areas.extend(own.areas.iter().map(|area| area.moved(place.from)));
        found.add(own.said);
    }
    // Corners of two codes can stand as those of one.
    found.is_unread = unread.iter().any(|place| !place.corners.iter().any(|corner| used.contains(corner)));
    found
}

/// Does a place in it look like a corner that takes a good part of it?
pub(crate) fn has_large_corner(grey: &Grey) -> bool {
    let (shade, distance) = grey.parting();
    distance >= CONTRAST_MIN && corners::has_large(&grey.parted_at(shade))
}

/// How many times a small picture is enlarged.
fn times(grey: &Grey, most: usize) -> usize {
    SMALL_PIXELS.div_ceil(grey.width.max(grey.height).max(1)).min(most)
}

/// What a look at a picture in black and white came to.
enum Looked {
    Nothing,
    Code(Hint, Codes),
    Crowd(Crowd),
}

/// Nothing where no three corners stand as those of a code. What is longer than wide is pushed together first.
fn in_likely(binary: &Grey, (times, corners_max): (usize, usize), steps: &Steps) -> Looked {
    let (hint, suspects) = match likely(binary, corners_max, steps) {
        Likely::Nowhere => return Looked::Nothing,
        Likely::Somewhere(hint, suspects) => (hint, suspects),
        Likely::Crowd(crowd) => return Looked::Crowd(crowd),
    };
    let mut large = enlarged(binary, times);
    if !hint.stretch.is_square() {
        large = hint.stretch.undone(&large);
    }
    let mut found = in_shades(&large, hint);
    if found.said.is_empty() {
        // Upside down the search for the fourth corner begins elsewhere.
        large.pixels.reverse();
        found = in_shades(&large, hint).with_areas(|area| area.turned(&large));
        large.pixels.reverse();
    }
    found = found.with_areas(|area| area.scaled(&large, binary));
    let (mut tries, mut read) = (0_usize, Vec::new());
    for suspect in &suspects {
        let is_known = !found.said.is_empty() && !suspect.is_alone;
        if is_known || read.iter().any(|other| suspect.is_beside(other)) {
            continue;
        }
        if tries >= SUSPECTS_MAX {
            found.has_more = true;
            break;
        }
        tries = tries.saturating_add(1);
        let own = in_redrawn(&large, *suspect, (hint, times), steps);
        if own.said.is_empty() {
            found.is_unread = true;
        } else {
            read.push(*suspect);
            found.merge(own.with_areas(|area| area.scaled(&large, binary)));
        }
    }
    Looked::Code(hint, found)
}

/// A place that has all but the timing patterns, with those drawn into it: many readers do without.
fn in_redrawn(large: &Grey, suspect: Suspect, (hint, times): (Hint, usize), steps: &Steps) -> Codes {
    let corners = suspect.corners.map(|corner| hint.stretch.undone_place(corner).enlarged(times));
    let place = corners::place_of(corners);
    let part = large.cut(place.0, place.1);
    let corners = corners.map(|corner| corner.moved(place.0));
    let own = Hint { is_dark: suspect.is_dark, is_light: !suspect.is_dark, ..hint };
    for modules in guesses(corners) {
        if !steps.spend(part.pixels.len().saturating_mul(FAILED_PIXEL_STEPS)) {
            break;
        }
        let mut drawn = with_timing(&part, corners, (modules, suspect.is_dark));
        let mut found = in_shades(&drawn, own).said;
        if found.is_empty() {
            drawn.pixels.reverse();
            found = in_shades(&drawn, own).said;
        }
        if !found.is_empty() {
            let areas = vec![Area { from: place.0, to: place.1 }];
            return Codes { said: found, areas, ..Codes::default() };
        }
    }
    Codes::default()
}

/// Enlarged with smooth passages, and black up to several shades: those of a blurred or shrunken picture's rims lie between.
fn in_smoothed(grey: &Grey, times: usize, hint: Hint) -> Vec<String> {
    let smooth = grey.enlarged(times);
    let (shade, _) = smooth.parting();
    for shade in [shade, shade.saturating_sub(40), shade.saturating_add(40)] {
        let found = in_shades(&smooth.parted_at(shade), hint).said;
        if !found.is_empty() {
            return found;
        }
    }
    in_shades(&smooth.parted_locally(), hint).said
}

/// Whole pixels, so that sharp rims stay sharp.
fn enlarged(grey: &Grey, times: usize) -> Grey {
    let pixel = |at: usize| at.checked_div(times).unwrap_or(0);
    Grey::from_func(grey.width.saturating_mul(times), grey.height.saturating_mul(times), |x, y| {
        grey.at(pixel(x), pixel(y))
    })
}
