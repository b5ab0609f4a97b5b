//! QR codes in a picture: the picture is made black and white in several ways, and `rqrr` looks for codes in each. A picture
//! without three places that look like the corners of a code and have its timing pattern between them is done with at once.

mod corners;
mod timing;

use rqrr::{BitGrid, Grid, PreparedImage};

use crate::formats::image::codes::corners::{CORNERS_MAX, Crowd, Hint, Likely, PART_CORNERS_MAX, likely};
use crate::formats::image::grey::Grey;
use crate::text;

/// Codes kept of one picture.
const CODES_MAX: usize = 40;
/// Places of a crowd that are looked at by themselves, and their pixels as many times as the picture has.
const TRIES_MAX: usize = 64;
const TRIED_TIMES_MAX: usize = 4;
/// Those of them in which nothing was found.
const FAILED_MAX: usize = 16;
/// How many times a small picture is enlarged at most, one of several ways to see it, and a part of one.
const TIMES_MAX: usize = 6;
const PLANE_TIMES_MAX: usize = 4;
const PART_TIMES_MAX: usize = 2;
/// Pictures smaller than this are looked at enlarged, pixels of the longer side.
const SMALL_PIXELS: usize = 480;
/// Margin that is put around a picture, pixels.
const MARGIN_PIXELS: usize = 12;
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
}

impl Codes {
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
type Look = fn(&Grey, Scope) -> Codes;

/// The codes in a picture.
pub(crate) fn in_grey(grey: &Grey) -> Codes {
    look_in_grey(grey, Scope::Whole)
}

fn look_in_grey(grey: &Grey, scope: Scope) -> Codes {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Codes::default();
    }
    let (times_max, corners_max) = scope.most();
    let times = times(grey, times_max);
    let plain = grey.parted_at(shade);
    let mut hints: Vec<Hint> = Vec::new();
    let mut look = |binary: &Grey| match in_likely(binary, times, corners_max) {
        Looked::Nothing => Codes::default(),
        Looked::Code(hint, said) => {
            hints.push(hint);
            Codes { said, has_more: false }
        }
        Looked::Crowd(crowd) => in_crowd(grey, &crowd, scope, look_in_grey),
    };
    let mut found = look(&plain);
    let has_more = found.has_more;
    if found.said.is_empty() {
        found = look(&grey.parted_locally());
    }
    if found.said.is_empty() && scope == Scope::Whole && grey.is_graded() {
        found = look(&grey.parted_by_range(distance / 2));
    }
    if found.said.is_empty() && scope == Scope::Whole && plain.is_speckled() {
        found = look(&plain.unspeckled());
    }
    if !found.said.is_empty() || scope == Scope::Part {
        return found;
    }
    // Parted in other ways many a photograph is all corners: more of them is nothing to tell.
    found.has_more = has_more;
    // Only small modules have rims that smoothing tells apart.
    let small = hints.iter().find(|hint| hint.is_small).filter(|_| grey.pixels.len() <= SMOOTHED_PIXELS_MAX);
    if let Some(hint) = small {
        found.add(in_smoothed(grey, times.max(2), *hint));
    }
    found
}

/// The same for a picture that was drawn here: its shades are few and sharp, and nothing lies over it.
pub(crate) fn in_drawing(grey: &Grey) -> Codes {
    look_in_drawing(grey, Scope::Whole)
}

fn look_in_drawing(grey: &Grey, scope: Scope) -> Codes {
    let shades = grey.shades();
    let Some((_, darker)) = shades.split_last() else { return Codes::default() };
    let mut has_more = false;
    for shade in darker.iter().take(SHADES_MAX) {
        let found = in_parted(grey, *shade, (TIMES_MAX, scope), look_in_drawing);
        if !found.said.is_empty() {
            return found;
        }
        has_more |= found.has_more;
    }
    Codes { said: Vec::new(), has_more }
}

/// The same for one of several ways to see a picture: black up to one shade only.
pub(crate) fn in_plane(grey: &Grey) -> Codes {
    look_in_plane(grey, Scope::Whole)
}

fn look_in_plane(grey: &Grey, scope: Scope) -> Codes {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Codes::default();
    }
    in_parted(grey, shade, (PLANE_TIMES_MAX, scope), look_in_plane)
}

fn in_parted(grey: &Grey, shade: u8, (times_max, scope): (usize, Scope), again: Look) -> Codes {
    let (own_max, corners_max) = scope.most();
    match in_likely(&grey.parted_at(shade), times(grey, times_max.min(own_max)), corners_max) {
        Looked::Nothing => Codes::default(),
        Looked::Code(_, said) => Codes { said, has_more: false },
        Looked::Crowd(crowd) => in_crowd(grey, &crowd, scope, again),
    }
}

/// Each place where a code may be by itself, as long as its corners are not those of one that was read.
fn in_crowd(grey: &Grey, crowd: &Crowd, scope: Scope, look: Look) -> Codes {
    if scope == Scope::Part {
        return Codes { has_more: true, ..Codes::default() };
    }
    let mut found = Codes { has_more: !crowd.is_whole, ..Codes::default() };
    let mut used: Vec<usize> = Vec::new();
    let (mut tries, mut failed) = (0_usize, 0_usize);
    let mut pixels_left = grey.pixels.len().saturating_mul(TRIED_TIMES_MAX);
    for place in &crowd.places {
        if place.corners.iter().all(|corner| used.contains(corner)) {
            continue;
        }
        let part = grey.cut(place.from, place.to);
        if tries >= TRIES_MAX || failed >= FAILED_MAX || part.pixels.len() > pixels_left {
            found.has_more = true;
            break;
        }
        tries = tries.saturating_add(1);
        pixels_left = pixels_left.saturating_sub(part.pixels.len());
        let own = look(&part, Scope::Part);
        found.has_more |= own.has_more;
        if own.said.is_empty() {
            failed = failed.saturating_add(1);
        } else {
            used.extend(place.corners);
        }
        found.add(own.said);
    }
    found
}

/// How many times a small picture is enlarged.
fn times(grey: &Grey, most: usize) -> usize {
    SMALL_PIXELS.div_ceil(grey.width.max(grey.height).max(1)).min(most)
}

/// What a look at a picture in black and white came to.
enum Looked {
    Nothing,
    Code(Hint, Vec<String>),
    Crowd(Crowd),
}

/// Nothing where no three corners stand as those of a code. What is longer than wide is pushed together first.
fn in_likely(binary: &Grey, times: usize, corners_max: usize) -> Looked {
    let hint = match likely(binary, corners_max) {
        Likely::Nowhere => return Looked::Nothing,
        Likely::Somewhere(hint) => hint,
        Likely::Crowd(crowd) => return Looked::Crowd(crowd),
    };
    let mut large = enlarged(binary, times);
    if !hint.stretch.is_square() {
        large = hint.stretch.undone(&large);
    }
    let found = in_shades(&large, hint);
    if !found.is_empty() {
        return Looked::Code(hint, found);
    }
    // Upside down the search for the fourth corner begins elsewhere.
    large.pixels.reverse();
    Looked::Code(hint, in_shades(&large, hint))
}

/// Enlarged with smooth passages, and black up to several shades: those of a blurred or shrunken picture's rims lie between.
fn in_smoothed(grey: &Grey, times: usize, hint: Hint) -> Vec<String> {
    let smooth = grey.enlarged(times);
    let (shade, _) = smooth.parting();
    for shade in [shade, shade.saturating_sub(40), shade.saturating_add(40)] {
        let found = in_shades(&smooth.parted_at(shade), hint);
        if !found.is_empty() {
            return found;
        }
    }
    in_shades(&smooth.parted_locally(), hint)
}

/// Whole pixels, so that sharp rims stay sharp.
fn enlarged(grey: &Grey, times: usize) -> Grey {
    let pixel = |at: usize| at.checked_div(times).unwrap_or(0);
    Grey::from_func(grey.width.saturating_mul(times), grey.height.saturating_mul(times), |x, y| {
        grey.at(pixel(x), pixel(y))
    })
}

/// As it is, and light on dark, whichever its corners speak for.
fn in_shades(binary: &Grey, hint: Hint) -> Vec<String> {
    let found = if hint.is_dark { in_binary(&binary.padded(MARGIN_PIXELS)) } else { Vec::new() };
    if found.is_empty() && hint.is_light { in_binary(&binary.inverted().padded(MARGIN_PIXELS)) } else { found }
}

fn in_binary(binary: &Grey) -> Vec<String> {
    let mut image = PreparedImage::prepare_from_bitmap(binary.width, binary.height, |x, y| binary.at(x, y) == 0);
    let mut found: Vec<String> = Vec::new();
    for grid in image.detect_grids() {
        if let Some(text) = said(&grid).filter(|text| !found.contains(text))
            && found.len() < CODES_MAX
        {
            found.push(text);
        }
    }
    found
}

/// What one code says.
pub(crate) fn said<G: BitGrid>(grid: &Grid<G>) -> Option<String> {
    let mut bytes = Vec::new();
    grid.decode_to(&mut bytes).ok()?;
    (!bytes.is_empty()).then(|| text::decode(&bytes, "").into_owned())
}
