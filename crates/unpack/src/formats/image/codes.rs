//! QR codes in a picture: the picture is made black and white in several ways, and `rqrr` looks for codes in each. A picture
//! without three places that look like the corners of a code is done with at once.

use rqrr::{BitGrid, Grid, PreparedImage};

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
/// A picture with more places that look like corners is noise, which the search for codes would be lost in.
const CORNERS_MAX: usize = 14;
/// Lighter and darker shades closer than this are one.
const CONTRAST_MIN: u8 = 6;

/// What the codes in a picture say, each once.
pub(crate) fn in_grey(grey: &Grey) -> Vec<String> {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Vec::new();
    }
    let longer = grey.width.max(grey.height);
    let times = SMALL_PIXELS.div_ceil(longer.max(1)).min(6);
    let mut is_likely = false;
    for parted in [|grey: &Grey, shade: u8| grey.parted_at(shade), |grey: &Grey, _: u8| grey.parted_locally()] {
        let binary = parted(grey, shade);
        if !has_corners(&binary) {
            continue;
        }
        is_likely = true;
        let found = if times > 1 { in_both(&enlarged(&binary, times)) } else { in_both(&binary) };
        if !found.is_empty() {
            return found;
        }
    }
    if is_likely && grey.pixels.len() <= SMOOTHED_PIXELS_MAX { in_smoothed(grey, times.max(2)) } else { Vec::new() }
}

/// The same for one of several ways to see a picture: black up to one shade only.
pub(crate) fn in_plane(grey: &Grey) -> Vec<String> {
    let (shade, distance) = grey.parting();
    let binary = grey.parted_at(shade);
    if distance < CONTRAST_MIN || !has_corners(&binary) {
        return Vec::new();
    }
    let times = SMALL_PIXELS.div_ceil(grey.width.max(grey.height).max(1)).min(4);
    in_both(&enlarged(&binary, times))
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

/// Looks for places that look like the corner of a code in their row and in their column: dark and light in the proportions 1 1 3 1 1
/// (ISO/IEC 18004 6.3.3), whichever is dark. Are there three of them that stand as those of a code do?
fn has_corners(binary: &Grey) -> bool {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (y, row) in binary.rows().enumerate() {
        let mut runs = [0_usize; 5];
        let mut last = None;
        for (x, shade) in row.iter().copied().map(Some).chain([None]).enumerate() {
            if shade == last {
                if let Some(run) = runs.last_mut() {
                    *run = run.saturating_add(1);
                }
                continue;
            }
            if is_corner(&runs) {
                let [_, _, middle, fourth, fifth] = runs;
                let centre = x.saturating_sub(fifth).saturating_sub(fourth).saturating_sub(middle.div_ceil(2));
                let size: usize = runs.iter().sum();
                let is_known = found.iter().any(|(x, y_of, _)| x.abs_diff(centre) <= size && y_of.abs_diff(y) <= size);
                if !is_known && is_corner_down(binary, (centre, y), size) {
                    found.push((centre, y, size));
                    if found.len() > CORNERS_MAX {
                        return false;
                    }
                }
            }
            runs.rotate_left(1);
            if let Some(run) = runs.last_mut() {
                *run = 1;
            }
            last = shade;
        }
    }
    found.iter().enumerate().any(|(at, one)| {
        let others = || found.iter().skip(at.saturating_add(1));
        others().any(|two| {
            others().any(|three| {
                is_triple(*one, *two, *three) || is_triple(*two, *one, *three) || is_triple(*three, *one, *two)
            })
        })
    })
}

/// Are they as large as each other, and two of them about as far from the first, to two sides?
fn is_triple(first: (usize, usize, usize), second: (usize, usize, usize), third: (usize, usize, usize)) -> bool {
    let sizes = [first.2, second.2, third.2];
    let (least, most) = (sizes.iter().min().copied().unwrap_or(0), sizes.iter().max().copied().unwrap_or(0));
    if most > least.saturating_mul(2) {
        return false;
    }
    let number = |value: usize| f32::from(u16::try_from(value).unwrap_or(u16::MAX));
    let way = |to: (usize, usize, usize)| (number(to.0) - number(first.0), number(to.1) - number(first.1));
    let ((across, down), (to_across, to_down)) = (way(second), way(third));
    let (one, two) = (across.hypot(down), to_across.hypot(to_down));
    let cosine = (across * to_across + down * to_down) / (one * two);
    one.min(two) > number(least) && one.max(two) < one.min(two) * 1.7 && cosine.abs() < 0.55
}

/// The same proportions up and down from there.
fn is_corner_down(binary: &Grey, (x, y): (usize, usize), size: usize) -> bool {
    let shade = binary.at(x, y);
    // How many pixels of a shade follow each other, from `from` pixels above or below.
    let run = |is_up: bool, from: usize, is_same: bool| {
        let place =
            |step: usize| if is_up { y.checked_sub(step) } else { y.checked_add(step) }.filter(|y| *y < binary.height);
        (from..from.saturating_add(size))
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
    is_corner(&[above.2, above.1, above.0.saturating_add(below.0).saturating_add(1), below.1, below.2])
}

fn is_corner(runs: &[usize; 5]) -> bool {
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
