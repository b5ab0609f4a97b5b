//! QR codes in a picture: the picture is made black and white in several ways, and `rqrr` looks for codes in each. A picture
//! without three places that look like the corners of a code is done with at once.

mod corners;

use rqrr::{BitGrid, Grid, PreparedImage};

use crate::formats::image::codes::corners::stretch;
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
    let mut is_likely = false;
    let mut look = |binary: &Grey| {
        let found = in_likely(binary, times);
        is_likely |= found.is_some();
        found.unwrap_or_default()
    };
    let mut found = look(&plain);
    if found.is_empty() {
        found = look(&grey.parted_locally());
    }
    if found.is_empty() && grey.is_graded() {
        found = look(&grey.parted_by_range(distance / 2));
    }
    if found.is_empty() && plain.is_speckled() {
        found = look(&plain.unspeckled());
    }
    if found.is_empty() && is_likely && grey.pixels.len() <= SMOOTHED_PIXELS_MAX {
        return in_smoothed(grey, times.max(2));
    }
    found
}

/// The same for a picture that was drawn here: its shades are few and sharp, and nothing lies over it.
pub(crate) fn in_drawing(grey: &Grey) -> Vec<String> {
    let times = times(grey, 6);
    let shades = grey.shades();
    let Some((_, darker)) = shades.split_last() else { return Vec::new() };
    for shade in darker.iter().take(SHADES_MAX) {
        let found = in_likely(&grey.parted_at(*shade), times).unwrap_or_default();
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
    in_likely(&grey.parted_at(shade), times(grey, 4)).unwrap_or_default()
}

/// How many times a small picture is enlarged.
fn times(grey: &Grey, most: usize) -> usize {
    SMALL_PIXELS.div_ceil(grey.width.max(grey.height).max(1)).min(most)
}

/// None where no three corners stand as those of a code. What is longer than wide is pushed together first.
fn in_likely(binary: &Grey, times: usize) -> Option<Vec<String>> {
    let stretch = stretch(binary)?;
    let mut large = enlarged(binary, times);
    if !stretch.is_square() {
        large = stretch.undone(&large);
    }
    let found = in_both(&large);
    if !found.is_empty() {
        return Some(found);
    }
    // Upside down the search for the fourth corner begins elsewhere.
    large.pixels.reverse();
    Some(in_both(&large))
}

/// Enlarged with smooth passages, and black up to several shades: those of a blurred or shrunken picture's rims lie between.
fn in_smoothed(grey: &Grey, times: usize) -> Vec<String> {
    let smooth = grey.enlarged(times);
    let (shade, _) = smooth.parting();
    for shade in [shade, shade.saturating_sub(40), shade.saturating_add(40)] {
        let found = in_both(&smooth.parted_at(shade));
        if !found.is_empty() {
            return found;
        }
    }
    in_both(&smooth.parted_locally())
}

/// Whole pixels, so that sharp rims stay sharp.
fn enlarged(grey: &Grey, times: usize) -> Grey {
    let pixel = |at: usize| at.checked_div(times).unwrap_or(0);
    Grey::from_func(grey.width.saturating_mul(times), grey.height.saturating_mul(times), |x, y| {
        grey.at(pixel(x), pixel(y))
    })
}

/// As it is, and light on dark.
fn in_both(binary: &Grey) -> Vec<String> {
    let found = in_binary(&binary.padded(MARGIN_PIXELS));
    if found.is_empty() { in_binary(&binary.inverted().padded(MARGIN_PIXELS)) } else { found }
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
