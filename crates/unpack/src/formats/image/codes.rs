//! QR codes in a picture: the picture is made black and white in several ways, and `rqrr` looks for codes in each. A picture
//! without three places that look like the corners of a code is done with at once.

mod corners;

use rqrr::{BitGrid, Grid, PreparedImage};

use crate::formats::image::codes::corners::{Hint, hint};
use crate::formats::image::grey::Grey;
use crate::text;

/// Codes kept of one picture.
const CODES_MAX: usize = 16;
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

/// What the codes in a picture say, each once.
pub(crate) fn in_grey(grey: &Grey) -> Vec<String> {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Vec::new();
    }
    let times = times(grey, 6);
    let plain = grey.parted_at(shade);
    let mut hints: Vec<Hint> = Vec::new();
    let mut look = |binary: &Grey| {
        let found = in_likely(binary, times)?;
        hints.push(found.0);
        Some(found.1)
    };
    let mut found = look(&plain).unwrap_or_default();
    if found.is_empty() {
        found = look(&grey.parted_locally()).unwrap_or_default();
    }
    if found.is_empty() && grey.is_graded() {
        found = look(&grey.parted_by_range(distance / 2)).unwrap_or_default();
    }
    if found.is_empty() && plain.is_speckled() {
        found = look(&plain.unspeckled()).unwrap_or_default();
    }
    // Only small modules have rims that smoothing tells apart.
    let small = hints.iter().find(|hint| hint.is_small).filter(|_| grey.pixels.len() <= SMOOTHED_PIXELS_MAX);
    match small {
        Some(hint) if found.is_empty() => in_smoothed(grey, times.max(2), *hint),
        _ => found,
    }
}

/// The same for a picture that was drawn here: its shades are few and sharp, and nothing lies over it.
pub(crate) fn in_drawing(grey: &Grey) -> Vec<String> {
    let times = times(grey, 6);
    let shades = grey.shades();
    let Some((_, darker)) = shades.split_last() else { return Vec::new() };
    for shade in darker.iter().take(SHADES_MAX) {
        let found = in_likely(&grey.parted_at(*shade), times).map(|(_, found)| found).unwrap_or_default();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// The same for one of several ways to see a picture: black up to one shade only.
pub(crate) fn in_plane(grey: &Grey) -> Vec<String> {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Vec::new();
    }
    in_likely(&grey.parted_at(shade), times(grey, 4)).map(|(_, found)| found).unwrap_or_default()
}

/// How many times a small picture is enlarged.
fn times(grey: &Grey, most: usize) -> usize {
    SMALL_PIXELS.div_ceil(grey.width.max(grey.height).max(1)).min(most)
}

/// None where no three corners stand as those of a code. What is longer than wide is pushed together first.
fn in_likely(binary: &Grey, times: usize) -> Option<(Hint, Vec<String>)> {
    let hint = hint(binary)?;
    let mut large = enlarged(binary, times);
    if !hint.stretch.is_square() {
        large = hint.stretch.undone(&large);
    }
    let found = in_shades(&large, hint);
    if !found.is_empty() {
        return Some((hint, found));
    }
    // Upside down the search for the fourth corner begins elsewhere.
    large.pixels.reverse();
    Some((hint, in_shades(&large, hint)))
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
