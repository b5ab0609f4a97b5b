//! QR codes in a picture: the picture is made black and white in several ways, and `rqrr` looks for codes in each. A picture
//! without the pattern of a code's corner in any row is done with at once.

use rqrr::{BitGrid, Grid, PreparedImage};

use crate::formats::image::grey::Grey;
use crate::text;

/// Codes kept of one picture.
const CODES_MAX: usize = 16;
/// Pictures smaller than this are looked at enlarged, pixels of the longer side.
const SMALL_PIXELS: usize = 480;
/// Margin that is put around a picture, pixels.
const MARGIN_PIXELS: usize = 12;
/// Rows with the pattern of a corner, from which a picture may hold a code.
const CORNER_ROWS_MIN: usize = 2;
/// Lighter and darker shades closer than this are one.
const CONTRAST_MIN: u8 = 6;

/// What the codes in a picture say, each once.
pub(crate) fn in_grey(grey: &Grey) -> Vec<String> {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return Vec::new();
    }
    let local = grey.parted_locally();
    let whole = grey.parted_at(shade);
    let rows = (corner_rows(&local), corner_rows(&whole));
    if rows.0 < CORNER_ROWS_MIN && rows.1 < CORNER_ROWS_MIN {
        return Vec::new();
    }
    let longer = grey.width.max(grey.height);
    let times = SMALL_PIXELS.div_ceil(longer.max(1)).min(6);
    let parted = [whole, local];
    for binary in &parted {
        let found = if times > 1 { in_both(&enlarged(binary, times)) } else { in_both(binary) };
        if !found.is_empty() {
            return found;
        }
    }
    let smooth = if times > 1 { grey.enlarged(times) } else { grey.enlarged(if longer < 1000 { 2 } else { 1 }) };
    let (shade, _) = smooth.parting();
    let found = in_both(&smooth.parted_at(shade));
    if !found.is_empty() {
        return found;
    }
    let found = in_both(&smooth.parted_locally());
    if !found.is_empty() {
        return found;
    }
    // The shade of the modules' rims: those of a blurred or shrunken picture lie between.
    [shade.saturating_sub(40), shade.saturating_add(40)]
        .into_iter()
        .map(|shade| in_both(&smooth.parted_at(shade)))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
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

/// Rows and columns through something like the corner of a code: dark and light in the proportions 1 1 3 1 1 (ISO/IEC 18004
/// 6.3.3), whichever is dark.
pub(crate) fn corner_rows(binary: &Grey) -> usize {
    let mut found = 0_usize;
    for row in binary.rows() {
        found = found.saturating_add(usize::from(has_corner(row.iter().copied())));
        if found >= CORNER_ROWS_MIN {
            break;
        }
    }
    found
}

fn has_corner(shades: impl Iterator<Item = u8>) -> bool {
    let mut runs = [0_usize; 5];
    let mut last = None;
    for shade in shades.map(Some).chain([None]) {
        if shade == last {
            if let Some(run) = runs.last_mut() {
                *run = run.saturating_add(1);
            }
            continue;
        }
        if is_corner(&runs) {
            return true;
        }
        runs.rotate_left(1);
        if let Some(run) = runs.last_mut() {
            *run = 1;
        }
        last = shade;
    }
    false
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
