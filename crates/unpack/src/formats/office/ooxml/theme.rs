//! The twelve colours of a theme (ECMA-376-1, 20.1.6.2), as shades. Documented limit: of several themes the first one counts, and a part
//! that maps its names of colours otherwise is not followed.

use crate::formats::office::shaded::{COLOURED, shade_of};
use crate::formats::xml::{self, Event, Outcome};

/// Names in the order in which they are written.
const NAMES: [&str; 12] =
    ["dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"];
/// Those of the usual theme.
const USUAL: [u8; 12] = [0, 255, 85, 230, 123, 134, 165, 159, 153, 132, 99, 105];

/// Shades by the order of their names.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Theme {
    shades: [u8; 12],
    is_read: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self { shades: USUAL, is_read: false }
    }
}

impl Theme {
    /// Reads the part of a theme.
    pub(in crate::formats::office) fn read(&mut self, xml: &str) -> Outcome {
        if self.is_read {
            return xml::read(xml, &mut |_| {});
        }
        self.is_read = true;
        let mut open: Option<usize> = None;
        let mut is_in_scheme = false;
        xml::read(xml, &mut |event| match event {
            Event::Start(tag) => match tag.name() {
                "clrScheme" => is_in_scheme = true,
                "srgbClr" | "sysClr" if is_in_scheme => {
                    let value = tag.attribute("lastClr").or_else(|| tag.attribute("val")).unwrap_or_default();
                    if let Some(shade) = open.and_then(|open| self.shades.get_mut(open)) {
                        *shade = shade_of(&value).unwrap_or(*shade);
                    }
                }
                name if is_in_scheme => open = NAMES.iter().position(|own| *own == name),
                _ => {}
            },
            Event::End("clrScheme") => is_in_scheme = false,
            Event::End(_) | Event::Text(_) => {}
        })
    }

    /// By its name in DrawingML, or in WordprocessingML (17.18.97).
    pub(super) fn by_name(&self, name: &str) -> u8 {
        let name = match name {
            "tx1" | "dark1" | "text1" => "dk1",
            "bg1" | "light1" | "background1" => "lt1",
            "tx2" | "dark2" | "text2" => "dk2",
            "bg2" | "light2" | "background2" => "lt2",
            "hyperlink" => "hlink",
            "followedHyperlink" => "folHlink",
            name => name,
        };
        let at = NAMES.iter().position(|own| *own == name);
        at.and_then(|at| self.shades.get(at)).copied().unwrap_or(COLOURED)
    }

    /// By its number in a workbook, where light ones come before dark ones.
    pub(in crate::formats) fn by_number(&self, number: u32) -> u8 {
        let at = match number {
            0 => Some(1),
            1 => Some(0),
            2 => Some(3),
            3 => Some(2),
            number => usize::try_from(number).ok(),
        };
        at.and_then(|at| self.shades.get(at)).copied().unwrap_or(COLOURED)
    }
}
