//! Shapes into a picture in shades of grey.

use super::{Form, Line, Rule, Shape};
use crate::budget::Budget;
use crate::formats::image::codes::Area;
use crate::formats::image::grey::Grey;

/// Pixels of a usual side.
const SIDE_PIXELS: f64 = 4.0;
/// Pixels for each corner at most: a few shapes make no large picture.
const CORNER_PIXELS: f64 = 200.0;
/// Pixels of the longer side.
const LONGER_PIXELS_MAX: f64 = 1000.0;
/// Usual sides around a group: codes want a quiet margin.
const MARGIN: f64 = 5.0;
/// A box of so many usual sides is no module.
const SMALL_MAX: f64 = 1.6;
/// Pixels that are painted, all shapes over each other, and places where lines cross rows.
const PAINTED_MAX: usize = 60_000_000;
/// Shapes between two looks at the time.
const SHAPES_A_LOOK: usize = 1024;

/// A shade, and how much is seen of it, in 255ths.
type Tint = (u8, u8);

/// A picture being made of a part of a drawing.
pub(super) struct Painter {
    left: f64,
    top: f64,
    scale: f64,
    /// Small boxes are so much larger, to each side.
    grown: f64,
    /// Sides of boxes that are small.
    small: f64,
    grey: Grey,
    left_to_paint: usize,
    /// What is lighter covers nothing.
    keeps_darkest: bool,
    /// Row, place, and whether the line goes down: used again for each shape.
    crossings: Vec<(usize, f64, bool)>,
}

impl Painter {
    pub(super) fn new([left, top, right, bottom]: [f64; 4], (unit, grown): (f64, f64), corners: usize) -> Self {
        let (width, height) = (right - left, bottom - top);
        let by_corners = (real(corners) * CORNER_PIXELS / (width * height)).sqrt();
        let longer = width.max(height) + 2.0 * MARGIN * unit;
        let scale = (SIDE_PIXELS / unit).min(by_corners).min(LONGER_PIXELS_MAX / longer);
        let margin = MARGIN * unit;
        let pixels = |length: f64| whole((length + 2.0 * margin) * scale).max(1);
        let (width, height) = (pixels(width), pixels(height));
        let grey = Grey { width, height, pixels: vec![255; width.saturating_mul(height)] };
        let (left, top) = (left - margin, top - margin);
        let small = unit * SMALL_MAX;
        Self {
            left,
            top,
            scale,
            grown,
            small,
            grey,
            left_to_paint: PAINTED_MAX,
            keeps_darkest: false,
            crossings: Vec::new(),
        }
    }

    /// One that paints nothing lighter over what is darker.
    pub(super) fn keeping_the_darkest(self) -> Self {
        Self { keeps_darkest: true, ..self }
    }

    /// May a shape be a module by its size, where modules are so long?
    pub(super) fn is_small(shape: &Shape, unit: f64) -> bool {
        matches!(shape.form, Form::Box([left, top, right, bottom])
            if right - left <= unit * SMALL_MAX && bottom - top <= unit * SMALL_MAX)
    }

    /// None where it takes too much, or too long; and how many pixels were painted, over each other.
    pub(super) fn paint(mut self, shapes: &[&Shape], budget: &Budget) -> (Option<Grey>, usize) {
        let is_done = self.paint_all(shapes, budget).is_some();
        (is_done.then_some(self.grey), PAINTED_MAX.saturating_sub(self.left_to_paint))
    }

    fn paint_all(&mut self, shapes: &[&Shape], budget: &Budget) -> Option<()> {
        for (number, shape) in shapes.iter().enumerate() {
            if number % SHAPES_A_LOOK == 0 && budget.is_late() {
                return None;
            }
            let shade = (shape.shade.unwrap_or(0), shape.alpha);
            match &shape.form {
                Form::Box(place) => self.paint_box(*place, shade)?,
                Form::Lines(lines, rule) => self.fill(lines, *rule, shade)?,
            }
        }
        Some(())
    }

    /// Where a part of the picture is in the drawing.
    pub(super) fn place_of(&self, Area { from, to }: Area) -> [f64; 4] {
        let place = |(x, y): (usize, usize)| (real(x) / self.scale + self.left, real(y) / self.scale + self.top);
        let ((left, top), (right, bottom)) = (place(from), place(to));
        [left, top, right, bottom]
    }

    fn x(&self, x: f64) -> f64 {
        (x - self.left) * self.scale
    }

    fn y(&self, y: f64) -> f64 {
        (y - self.top) * self.scale
    }

    fn paint_box(&mut self, [left, top, right, bottom]: [f64; 4], shade: Tint) -> Option<()> {
        let grown = if right - left <= self.small && bottom - top <= self.small { self.grown } else { 0.0 };
        let columns = (whole(self.x(left - grown)), whole(self.x(right + grown)));
        for row in whole(self.y(top - grown))..whole(self.y(bottom + grown)).min(self.grey.height) {
            self.paint_row(row, columns, shade)?;
        }
        Some(())
    }

    fn paint_row(&mut self, row: usize, (from, to): (usize, usize), (shade, alpha): Tint) -> Option<()> {
        let length = to.min(self.grey.width).saturating_sub(from);
        if self.left_to_paint < length {
            return None;
        }
        self.left_to_paint = self.left_to_paint.saturating_sub(length.max(1));
        let start = row.saturating_mul(self.grey.width).saturating_add(from);
        if let Some(pixels) = self.grey.pixels.get_mut(start..start.saturating_add(length)) {
            if self.keeps_darkest {
                pixels.iter_mut().for_each(|pixel| *pixel = mixed(*pixel, (shade, alpha)).min(*pixel));
            } else if alpha == 255 {
                pixels.fill(shade);
            } else {
                pixels.iter_mut().for_each(|pixel| *pixel = mixed(*pixel, (shade, alpha)));
            }
        }
        Some(())
    }

    /// Fills between the crossings of each row with the lines.
    fn fill(&mut self, lines: &[Line], rule: Rule, shade: Tint) -> Option<()> {
        let mut crossings = std::mem::take(&mut self.crossings);
        crossings.clear();
        for line in lines {
            let closed = line.iter().zip(line.iter().skip(1).chain(line.first()));
            for ((x, y), (to_x, to_y)) in closed {
                let (x, y, to_x, to_y) = (self.x(*x), self.y(*y), self.x(*to_x), self.y(*to_y));
                let rows = whole(y.min(to_y))..whole(y.max(to_y)).min(self.grey.height);
                if self.left_to_paint < rows.len() {
                    return None;
                }
                self.left_to_paint = self.left_to_paint.saturating_sub(rows.len());
                for row in rows {
                    let share = ((real(row) + 0.5 - y) / (to_y - y)).clamp(0.0, 1.0);
                    crossings.push((row, x + (to_x - x) * share, to_y > y));
                }
            }
        }
        crossings.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let mut winding = 0_i32;
        for pair in crossings.windows(2) {
            let [(row, from, is_down), (to_row, to, _)] = pair else { continue };
            winding = match rule {
                Rule::EvenOdd => winding ^ 1,
                Rule::NonZero if *is_down => winding.saturating_add(1),
                Rule::NonZero => winding.saturating_sub(1),
            };
            if row != to_row {
                winding = 0;
            } else if winding != 0 {
                self.paint_row(*row, (whole(*from), whole(*to)), shade)?;
            }
        }
        self.crossings = crossings;
        Some(())
    }
}

/// A pixel with a tint over it.
fn mixed(pixel: u8, (shade, alpha): Tint) -> u8 {
    let (pixel, shade, alpha) = (u32::from(pixel), u32::from(shade), u32::from(alpha));
    let sum = pixel.saturating_mul(255_u32.saturating_sub(alpha)).saturating_add(shade.saturating_mul(alpha));
    u8::try_from(sum.saturating_add(127) / 255).unwrap_or(255)
}

/// The nearest whole number, not below zero.
fn whole(number: f64) -> usize {
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    {
        number.round() as usize
    }
}

/// Sizes as numbers to reckon with.
fn real(size: usize) -> f64 {
    u32::try_from(size).map_or(f64::from(u32::MAX), f64::from)
}
