//! Tables of texts and slides, and the shades of their cells (ECMA-376-1, 17.4 and 21.1.3), and those of text: codes are drawn so. Documented limits: shades
//! of styles of tables are not known, nor how wide columns and how high rows are.

use crate::formats::image::grey;
use crate::formats::office::Found;
use crate::formats::office::ooxml::colours::Colours;
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::shaded::{Tables, WHOLE, mixed, shade_of};
use crate::formats::xml::Tag;

/// The tables that are read.
#[derive(Debug, Default)]
pub(super) struct Cells {
    tables: Tables,
    /// Paragraphs that are open, and how many were at the start of each open cell.
    paragraphs: usize,
    outside: Vec<usize>,
    /// Within the properties of a cell of a slide, and how many elements in them are open whose colours are not its ground's.
    is_in_properties: bool,
    aside: usize,
    colours: Colours,
}

impl Cells {
    pub(super) fn start(&mut self, tag: &Tag<'_>, theme: &Theme) {
        let number = |name: &str| tag.attribute(name).and_then(|value| value.trim().parse().ok());
        match tag.name() {
            "p" => self.paragraphs = self.paragraphs.saturating_add(1),
            "tbl" => self.tables.begin_table(),
            "tr" => self.tables.begin_row(),
            "gridBefore" => self.tables.skip(number("val").unwrap_or(0)),
            "tc" => self.start_cell(tag),
            "gridSpan" => self.tables.set_span(number("val").unwrap_or(1)),
            "vMerge" if tag.attribute("val").is_none_or(|value| value != "restart") => self.tables.join_above(),
            // The shade of a text stands within its paragraph.
            "shd" if self.outside.last() == Some(&self.paragraphs) => {
                shade(tag, theme).into_iter().for_each(|shade| self.tables.set_shade(shade));
            }
            "tcPr" => (self.is_in_properties, self.aside) = (true, 0),
            name if self.is_in_properties => {
                self.aside = self.aside.saturating_add(usize::from(is_aside(name)));
                if self.aside == 0 {
                    self.colours.start(tag, theme);
                }
            }
            _ => {}
        }
    }

    fn start_cell(&mut self, tag: &Tag<'_>) {
        let count = |name: &str| tag.attribute(name).and_then(|value| value.trim().parse().ok()).unwrap_or(1);
        let is = |name: &str| tag.attribute(name).is_some_and(|value| matches!(value.as_str(), "1" | "true"));
        self.outside.push(self.paragraphs);
        // Of a slide: what is under a cell stands there as well.
        self.tables.begin_cell(1);
        self.tables.set_cover(count("gridSpan"), count("rowSpan"));
        if is("hMerge") || is("vMerge") {
            self.tables.cover_cell();
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        match name {
            "p" => self.paragraphs = self.paragraphs.saturating_sub(1),
            "tbl" => self.tables.end_table(),
            "tc" => {
                self.outside.pop();
                self.tables.end_cell();
            }
            "tcPr" => self.is_in_properties = false,
            name if self.is_in_properties => {
                if is_aside(name) {
                    self.aside = self.aside.saturating_sub(1);
                } else if self.aside == 0 {
                    self.colours
                        .end(name)
                        .into_iter()
                        .for_each(|(shade, alpha)| self.tables.set_shade(over(shade, alpha)));
                }
            }
            _ => {}
        }
    }

    /// At the end of the part.
    pub(super) fn finish(self, found: &mut Found) {
        for canvas in self.tables.finish() {
            found.drawing(canvas);
        }
    }
}

/// Borders, and what else has a colour of its own.
fn is_aside(name: &str) -> bool {
    matches!(name, "lnL" | "lnR" | "lnT" | "lnB" | "lnTlToBr" | "lnBlToTr" | "cell3D" | "extLst")
}

/// A shade of which not all is seen, over white.
fn over(shade: u8, alpha: f64) -> u8 {
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    let share = (alpha * 10_000.0) as u32;
    mixed(shade, 255, share)
}

/// The shade of a ground with a pattern (17.3.5): the theme's colours come before others.
pub(super) fn shade(tag: &Tag<'_>, theme: &Theme) -> Option<u8> {
    let colour = |own: &str, of_theme: &str| {
        let by_theme = tag.attribute(of_theme).filter(|name| name != "none").map(|name| {
            let part = |end: &str| tag.attribute(&format!("{of_theme}{end}")).and_then(|part| share(&part));
            let light = theme.by_name(&name);
            let light = part("Shade").map_or(light, |share| mixed(light, 0, share));
            part("Tint").map_or(light, |share| mixed(light, 255, share))
        });
        by_theme.or_else(|| shade_of(&tag.attribute(own).unwrap_or_default()))
    };
    let (front, back) = (colour("color", "themeColor"), colour("fill", "themeFill"));
    match share_of(&tag.attribute("val").unwrap_or_default()) {
        0 => back,
        share => Some(mixed(front.unwrap_or(0), back.unwrap_or(255), share)),
    }
}

/// The shade of a pen that highlights, by its name (17.18.40).
pub(super) fn shade_of_pen(name: &str) -> Option<u8> {
    let colour = match name {
        "black" => 0x0000_0000,
        "blue" => 0x0000_00ff,
        "cyan" => 0x0000_ffff,
        "green" => 0x0000_ff00,
        "magenta" => 0x00ff_00ff,
        "red" => 0x00ff_0000,
        "yellow" => 0x00ff_ff00,
        "white" => 0x00ff_ffff,
        "darkBlue" => 0x0000_0080,
        "darkCyan" => 0x0000_8080,
        "darkGreen" => 0x0000_8000,
        "darkMagenta" => 0x0080_0080,
        "darkRed" => 0x0080_0000,
        "darkYellow" => 0x0080_8000,
        "darkGray" => 0x0080_8080,
        "lightGray" => 0x00c0_c0c0,
        _ => return None,
    };
    Some(grey::shade(colour))
}

/// `FF` is all.
fn share(part: &str) -> Option<u32> {
    let part = u32::from_str_radix(part.trim(), 16).ok()?.min(255);
    Some(part.saturating_mul(WHOLE) / 255)
}

/// How much of its front a pattern shows (17.18.78).
fn share_of(pattern: &str) -> u32 {
    match pattern {
        "solid" => WHOLE,
        "horzStripe" | "vertStripe" | "reverseDiagStripe" | "diagStripe" | "horzCross" | "diagCross" => WHOLE / 2,
        pattern if pattern.starts_with("thin") => WHOLE / 4,
        pattern => {
            let parts = pattern.strip_prefix("pct").and_then(|parts| parts.parse::<u32>().ok()).unwrap_or(0);
            parts.min(100).saturating_mul(WHOLE / 100)
        }
    }
}
