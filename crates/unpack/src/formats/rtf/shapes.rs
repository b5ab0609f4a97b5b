//! Shapes that stand in a text (RTF 1.9.1, drawing objects of Word 97 and later): codes are drawn so. Documented limits: a shape is as
//! large as the box around it, as if it were not turned; where its anchor is, and groups within groups, are not known.

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::image::grey;
use crate::formats::office::{Found, number};

/// Shapes within shapes.
const OPEN_MAX: usize = 64;
/// Bytes of a value that are looked at.
const VALUE_BYTES_MAX: usize = 32;
/// Sides, and the same within a group: left, top, right, bottom.
const SIDES: [&str; 4] = ["shpleft", "shptop", "shpright", "shpbottom"];
const SIDES_IN_GROUP: [&str; 4] = ["relLeft", "relTop", "relRight", "relBottom"];

/// Those of one document.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    canvas: Canvas,
    open: Vec<Shape>,
    /// Shapes beyond those that are followed.
    left_out: usize,
    /// The property whose value is read, and the value.
    property: String,
    value: String,
}

#[derive(Debug, Default)]
struct Shape {
    sides: [Option<f64>; 4],
    in_group: [Option<f64>; 4],
    fill: Option<u32>,
    is_hollow: bool,
}

impl Shapes {
    pub(super) fn begin(&mut self) {
        if self.open.len() < OPEN_MAX {
            self.open.push(Shape::default());
        } else {
            self.left_out = self.left_out.saturating_add(1);
            self.canvas.cut();
        }
    }

    /// A control word.
    pub(super) fn word(&mut self, word: &str, number: Option<i32>) {
        let Some(at) = SIDES.iter().position(|side| *side == word) else { return };
        let side = self.open.last_mut().and_then(|shape| shape.sides.get_mut(at));
        side.into_iter().for_each(|side| *side = number.map(f64::from));
    }

    /// The value of a property begins.
    pub(super) fn begin_value(&mut self, property: String) {
        self.property = property;
        self.value.clear();
    }

    pub(super) fn add_value(&mut self, piece: &str) {
        if self.value.len() < VALUE_BYTES_MAX {
            self.value.push_str(piece);
        }
    }

    pub(super) fn end_value(&mut self) {
        let property = std::mem::take(&mut self.property);
        let (name, value) = (property.trim(), self.value.trim());
        let Some(shape) = self.open.last_mut() else { return };
        match name {
            "fillColor" => shape.fill = value.parse().ok(),
            "fFilled" => shape.is_hollow = value == "0",
            name => {
                let at = SIDES_IN_GROUP.iter().position(|side| *side == name);
                let side = at.and_then(|at| shape.in_group.get_mut(at));
                side.into_iter().for_each(|side| *side = number(value));
            }
        }
    }

    pub(super) fn end(&mut self) {
        if self.left_out > 0 {
            self.left_out = self.left_out.saturating_sub(1);
            return;
        }
        let Some(Shape { sides, in_group, fill, is_hollow }) = self.open.pop() else { return };
        let all = |sides: [Option<f64>; 4]| match sides {
            [Some(left), Some(top), Some(right), Some(bottom)] => Some([left, top, right, bottom]),
            _ => None,
        };
        let Some(place) = all(in_group).or(all(sides)).filter(|_| !is_hollow) else { return };
        // White where nothing says so; blue stands in the third byte.
        let colour = fill.unwrap_or(0x00ff_ffff);
        self.canvas.add_box(place, Affine::IDENTITY, Some(grey::shade(colour.swap_bytes() >> 8)));
    }

    /// At the end of the document.
    pub(super) fn finish(self, found: &mut Found) {
        found.drawing(self.canvas);
    }
}
