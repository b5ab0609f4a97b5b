//! Codes in a picture of black and white, as `rqrr` reads them.

use rqrr::{BitGrid, Grid, PreparedImage};

use crate::caught::caught;
use crate::formats::image::codes::Codes;
use crate::formats::image::codes::areas::Area;
use crate::formats::image::codes::corners::Hint;
use crate::formats::image::grey::Grey;
use crate::text;

/// Margin that is put around a picture, pixels.
const MARGIN_PIXELS: usize = 12;

/// As it is, and light on dark, whichever its corners speak for.
pub(super) fn in_shades(binary: &Grey, hint: Hint) -> Codes {
    let padded =
        |binary: &Grey| in_binary(&binary.padded(MARGIN_PIXELS)).with_areas(|area| area.without_margin(MARGIN_PIXELS));
    let dark = if hint.is_dark { padded(binary) } else { Codes::default() };
    if !dark.said.is_empty() || !hint.is_light {
        return dark;
    }
    let mut light = padded(&binary.inverted());
    light.is_unread |= dark.is_unread && light.said.is_empty();
    light
}

/// Corners that stand as those of no code at all make rqrr panic, and lose what stands beside them.
fn in_binary(binary: &Grey) -> Codes {
    let detected = caught(|| {
        let is_black = |x, y| binary.at(x, y) == 0;
        let mut image = PreparedImage::prepare_from_bitmap(binary.width, binary.height, is_black);
        let grids = image.detect_grids();
        grids.iter().filter_map(|grid| Some((said(grid)?, Area::around(&grid.bounds)))).collect::<Vec<_>>()
    });
    let mut found = Codes { is_unread: detected.is_none(), ..Codes::default() };
    for (text, area) in detected.unwrap_or_default() {
        found.areas.push(area);
        found.add(vec![text]);
    }
    found
}

/// What one code says.
pub(crate) fn said<G: BitGrid>(grid: &Grid<G>) -> Option<String> {
    let mut bytes = Vec::new();
    caught(|| grid.decode_to(&mut bytes))?.ok()?;
    (!bytes.is_empty()).then(|| text::decode(&bytes, "").into_owned())
}
