//! Cells of a sheet to which a shape is bound (ECMA-376-1, 20.5.2.33): whatever else the shape says of its place, it stands there.

use crate::formats::office;
use crate::formats::xml::Tag;

/// Usual width of a column and height of a row, in the units of offsets: what is further off than its cell is long ends with it.
const COLUMN: f64 = 609_600.0;
const ROW: f64 = 190_500.0;
/// What says where a corner is: column, how far in it, row, how far in that.
const FIELDS: [&str; 4] = ["col", "colOff", "row", "rowOff"];

/// The anchor that is open.
#[derive(Debug, Default)]
pub(super) struct Cells {
    from: [Option<f64>; 4],
    to: [Option<f64>; 4],
    is_to: bool,
    field: Option<usize>,
}

impl Cells {
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "from" => self.is_to = false,
            "to" => self.is_to = true,
            name => self.field = FIELDS.iter().position(|field| *field == name),
        }
    }

    pub(super) fn text(&mut self, piece: &str) {
        let corner = if self.is_to { &mut self.to } else { &mut self.from };
        if let Some(field) = self.field.and_then(|field| corner.get_mut(field)) {
            *field = office::number(piece);
        }
    }

    pub(super) fn end(&mut self) {
        self.field = None;
    }

    /// Left, top, right, bottom, each cell one unit wide and high.
    pub(super) fn place(&self) -> Option<[f64; 4]> {
        let corner = |[column, right, row, down]: [Option<f64>; 4]| {
            let part = |offset: Option<f64>, whole: f64| (offset.unwrap_or(0.0) / whole).clamp(0.0, 1.0);
            Some((column? + part(right, COLUMN), row? + part(down, ROW)))
        };
        let ((left, top), (right, bottom)) = (corner(self.from)?, corner(self.to)?);
        Some([left, top, right, bottom])
    }
}
