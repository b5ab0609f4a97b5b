//! As much of a `style` attribute as says whether text is seen.

/// What a style says about being seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) hides: bool,
    pub(super) colour: Option<u32>,
    pub(super) background: Option<u32>,
}

/// Names of colours that hide text, as `0xRRGGBB`.
const NAMES: [(&str, u32); 10] = [
    ("white", 0x00ff_ffff),
    ("black", 0),
    ("snow", 0x00ff_fafa),
    ("ivory", 0x00ff_fff0),
    ("whitesmoke", 0x00f5_f5f5),
    ("silver", 0x00c0_c0c0),
    ("gray", 0x0080_8080),
    ("grey", 0x0080_8080),
    ("red", 0x00ff_0000),
    ("blue", 0x0000_00ff),
];

/// Reads the declarations of a `style` attribute, entities decoded.
pub(super) fn read(style: &str) -> Style {
    let mut read = Style::default();
    for declaration in without_comments(style).to_ascii_lowercase().split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value = value.trim().trim_end_matches("!important").trim_end();
        match name.trim() {
            "display" => read.hides |= value == "none",
            "visibility" => read.hides |= matches!(value, "hidden" | "collapse"),
            "mso-hide" => read.hides |= value == "all",
            "font-size" | "opacity" | "max-height" | "max-width" => read.hides |= is_zero(value),
            "font" => read.hides |= value.split([' ', '/']).any(|word| word.starts_with('0') && is_zero(word)),
            "color" => read.colour = colour(value),
            "background" | "background-color" => {
                // The colour can stand anywhere in the shorthand.
                read.background = colour(value).or_else(|| value.split(' ').find_map(colour));
            }
            _ => {}
        }
    }
    read
}

fn without_comments(style: &str) -> String {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// `0`, `0px`, `.0em`, `0%`.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%').trim_end();
    number.parse::<f32>().is_ok_and(|number| number == 0.0)
}

/// A colour as `0xRRGGBB`: `#fff`, `#ffffff`, `ffffff`, `rgb(255, 255, 255)` or one of the names that hide.
pub(super) fn colour(value: &str) -> Option<u32> {
    let value = value.trim().to_ascii_lowercase();
    if let Some((_, colour)) = NAMES.iter().find(|(name, _)| *name == value) {
        return Some(*colour);
    }
    if let Some(inner) = value.strip_prefix("rgb(").or_else(|| value.strip_prefix("rgba(")) {
        return rgb(inner.trim_end_matches(')'));
    }
    let digits = value.strip_prefix('#').unwrap_or(&value);
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        6 if is_hex => u32::from_str_radix(digits, 16).ok(),
        3 if is_hex && value.starts_with('#') => {
            let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            u32::from_str_radix(&doubled, 16).ok()
        }
        _ => None,
    }
}

fn rgb(inner: &str) -> Option<u32> {
    let mut parts = inner.split([',', ' ', '/']).filter(|part| !part.is_empty()).map(|part| part.parse::<u8>());
    let (red, green, blue) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some(u32::from_be_bytes([0, red, green, blue]))
}
