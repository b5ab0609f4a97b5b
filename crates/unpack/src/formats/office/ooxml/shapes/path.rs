//! A form of a shape's own (ECMA-376-1, 20.1.9.15): its lines. Documented limits: curves are taken as straight lines between their points;
//! places that a formula gives, and arcs, are left out.

use crate::formats::image::canvas::Line;
use crate::formats::office;
use crate::formats::xml::Tag;

/// Points of one shape.
const POINTS_MAX: usize = 500_000;

/// The lines of all paths, each in shares of the box around the shape.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    lines: Vec<Line>,
    points: usize,
    /// Width and height of the path that is read, where it names them.
    size: Option<(f64, f64)>,
    is_new: bool,
}

impl Path {
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.attribute(name).and_then(|number| office::number(&number));
        match tag.name() {
            "path" => self.size = number("w").zip(number("h")).filter(|(width, height)| *width > 0.0 && *height > 0.0),
            "moveTo" => self.is_new = true,
            "pt" if self.points < POINTS_MAX => {
                let (Some((x, y)), Some((width, height))) = (number("x").zip(number("y")), self.size) else { return };
                if std::mem::take(&mut self.is_new) || self.lines.is_empty() {
                    self.lines.push(Line::new());
                }
                if let Some(line) = self.lines.last_mut() {
                    line.push((x / width, y / height));
                }
                self.points = self.points.saturating_add(1);
            }
            _ => {}
        }
    }

    /// Its lines within a box: left, top, right, bottom. The box itself, where no line is known.
    pub(super) fn within(mut self, [left, top, right, bottom]: [f64; 4]) -> Vec<Line> {
        if self.lines.is_empty() {
            self.lines.push(vec![(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
        }
        for (x, y) in self.lines.iter_mut().flatten() {
            (*x, *y) = (left + *x * (right - left), top + *y * (bottom - top));
        }
        self.lines
    }
}
