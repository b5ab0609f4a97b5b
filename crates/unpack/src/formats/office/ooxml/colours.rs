//! Colours of DrawingML (ECMA-376-1, 20.1.2.3): by their values or by the theme, with what changes them, as shades. Documented limit: of
//! names only a few are known.

use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::shaded::{COLOURED, shade_of};
use crate::formats::xml::Tag;

/// The colour that is read.
#[derive(Debug, Default)]
pub(super) struct Colours {
    open: Option<Colour>,
}

/// How bright a colour is, from 0 to 255, and how much is seen of it, from 0 to 1.
#[derive(Clone, Copy, Debug)]
struct Colour {
    light: f64,
    alpha: f64,
}

impl Colours {
    pub(super) fn start(&mut self, tag: &Tag<'_>, theme: &Theme) {
        let value = || tag.attribute("val").unwrap_or_default();
        let light = match tag.name() {
            "srgbClr" => shade_of(&value()),
            "sysClr" => {
                tag.attribute("lastClr").and_then(|colour| shade_of(&colour)).or_else(|| match value().as_str() {
                    "window" => Some(255),
                    "windowText" => Some(0),
                    _ => Some(COLOURED),
                })
            }
            "schemeClr" => Some(theme.by_name(&value())),
            "prstClr" => Some(by_name(&value())),
            "scrgbClr" => {
                let part = |name: &str| tag.attribute(name).and_then(|part| share(&part)).unwrap_or(0.0);
                // They are linear.
                let sum = part("r") + part("g") * 2.0 + part("b");
                Some(byte((sum / 4.0).max(0.0).powf(1.0 / 2.2) * 255.0))
            }
            "hslClr" => tag.attribute("lum").and_then(|light| share(&light)).map(|light| byte(light * 255.0)),
            name => return self.change(name, tag),
        };
        self.open = light.map(|light| Colour { light: f64::from(light), alpha: 1.0 });
    }

    /// What stands in a colour changes it (20.1.2.3.1 and later).
    fn change(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(colour) = &mut self.open else { return };
        let share = tag.attribute("val").and_then(|value| share(&value)).unwrap_or(1.0);
        let light = colour.light;
        match name {
            "lumMod" | "shade" => colour.light = light * share,
            "lumOff" => colour.light = light + 255.0 * share,
            "lum" => colour.light = 255.0 * share,
            "tint" => colour.light = 255.0 - (255.0 - light) * share,
            "inv" => colour.light = 255.0 - light,
            "alpha" => colour.alpha = share,
            "alphaMod" => colour.alpha *= share,
            "alphaOff" => colour.alpha += share,
            _ => {}
        }
        colour.light = colour.light.clamp(0.0, 255.0);
    }

    /// At the end of an element: the shade of a colour that ends with it, and how much is seen of it.
    pub(super) fn end(&mut self, name: &str) -> Option<(u8, f64)> {
        let is_colour = matches!(name, "srgbClr" | "sysClr" | "schemeClr" | "prstClr" | "scrgbClr" | "hslClr");
        let Colour { light, alpha } = self.open.take_if(|_| is_colour)?;
        Some((byte(light), alpha.clamp(0.0, 1.0)))
    }
}

/// `50000` and `50%` are a half.
fn share(value: &str) -> Option<f64> {
    let value = value.trim();
    let (number, whole) = value.strip_suffix('%').map_or((value, 100_000.0), |number| (number, 100.0));
    number.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number / whole)
}

fn by_name(name: &str) -> u8 {
    match name {
        "black" => 0,
        "white" | "snow" | "ivory" | "floralWhite" | "ghostWhite" | "mintCream" | "azure" => 255,
        "navy" | "midnightBlue" | "darkBlue" | "dkBlue" | "maroon" | "darkGreen" | "dkGreen" => 30,
        "whiteSmoke" | "lightYellow" | "ltYellow" | "aliceBlue" | "honeydew" | "seashell" | "linen" | "beige" => 245,
        "lightGray" | "ltGray" | "lightGrey" | "ltGrey" | "gainsboro" | "silver" => 205,
        "yellow" => 191,
        "blue" | "red" => 64,
        "dkGray" | "dkGrey" | "dimGray" | "dimGrey" | "darkSlateGray" | "dkSlateGray" => 80,
        _ => COLOURED,
    }
}

fn byte(light: f64) -> u8 {
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    let byte = light.round() as u8;
    byte
}
