//! Shapes of a slide or on a sheet, as boxes (ECMA-376-1, 19.3.1.43 and 20.1.7.6): codes are drawn so. Documented limits: each is as large
//! as the box around it, and as if it were not turned; groups are not moved; colours of a theme are taken as those of the usual one.

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::office::Found;
use crate::formats::office::shaded::{COLOURED, shade_of};
use crate::formats::xml::Tag;

/// Those of one part.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    canvas: Canvas,
    open: Option<Shape>,
    /// Elements that are open and whose colours are not the shape's: its line, its text, its effects.
    aside: usize,
}

#[derive(Debug, Default)]
struct Shape {
    place: Option<(f64, f64)>,
    size: Option<(f64, f64)>,
    /// What it is filled with, if anything says so; none of both: nothing.
    fill: Option<Option<u8>>,
    /// What its style fills it with.
    usual: Option<u8>,
    is_in_style: bool,
}

impl Shapes {
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        if tag.name() == "sp" {
            (self.open, self.aside) = (Some(Shape::default()), 0);
            return;
        }
        let Some(shape) = &mut self.open else { return };
        if is_aside(tag.name()) {
            self.aside = self.aside.saturating_add(1);
        }
        if self.aside > 0 {
            return;
        }
        let number = |name: &str| tag.attribute(name).and_then(|number| number.trim().parse::<f64>().ok());
        match tag.name() {
            "off" => shape.place = shape.place.or(number("x").zip(number("y"))),
            "ext" => shape.size = shape.size.or(number("cx").zip(number("cy"))),
            "noFill" => shape.fill = shape.fill.or(Some(None)),
            "fillRef" => shape.is_in_style = true,
            "srgbClr" | "sysClr" | "schemeClr" | "prstClr" => shape.see_colour(tag),
            _ => {}
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if is_aside(name) {
            self.aside = self.aside.saturating_sub(1);
        }
        match (name, &mut self.open) {
            ("fillRef", Some(shape)) => shape.is_in_style = false,
            ("sp", Some(_)) => {
                let Shape { place, size, fill, usual, .. } = self.open.take().unwrap_or_default();
                if let (Some((x, y)), Some((width, height)), Some(shade)) = (place, size, fill.unwrap_or(usual)) {
                    // In points: in its own unit a slide is millions wide.
                    let place = [x, y, x + width, y + height].map(|side| side / 12_700.0);
                    self.canvas.add_box(place, Affine::IDENTITY, Some(shade));
                }
            }
            _ => {}
        }
    }

    /// At the end of the part.
    pub(super) fn finish(self, found: &mut Found) {
        found.drawing(self.canvas);
    }
}

impl Shape {
    fn see_colour(&mut self, tag: &Tag<'_>) {
        let value = tag.attribute("val").unwrap_or_default();
        let shade = match (tag.name(), value.as_str()) {
            ("srgbClr", colour) => shade_of(colour),
            ("sysClr", _) => tag.attribute("lastClr").and_then(|colour| shade_of(&colour)),
            (_, "black" | "tx1" | "dk1") => Some(0),
            (_, "white" | "bg1" | "lt1") => Some(255),
            _ => Some(COLOURED),
        };
        match self.is_in_style {
            true => self.usual = self.usual.or(shade),
            false => self.fill = self.fill.or(Some(shade)),
        }
    }
}

fn is_aside(name: &str) -> bool {
    matches!(name, "ln" | "txBody" | "effectLst" | "lnRef" | "effectRef" | "fontRef" | "extLst")
}

#[cfg(test)]
mod tests;
