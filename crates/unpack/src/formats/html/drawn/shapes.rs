//! Shapes of SVG, as far as codes are drawn with them: rectangles, circles, uses of one, and paths, drawn into a small picture.
//!
//! Documented limits: of transformations only `translate` on a shape of its own; curves are drawn as straight lines.

use lol_html::html_content::Element;

use crate::formats::html::style::{self, is_dark};
use crate::formats::image::codes;
use crate::formats::image::grey::Grey;

/// Shapes kept of one drawing.
const SHAPES_MAX: usize = 40_000;
/// Numbers read of all paths of a drawing.
const NUMBERS_MAX: usize = 400_000;
/// Pixels of the longer side of the picture.
const SIDE_PIXELS: f32 = 700.0;
/// Pixels that are painted, all shapes together.
const PAINTED_MAX: usize = 16_000_000;
/// Shapes, or corners of paths, of a code at least.
const SHAPES_MIN: usize = 8;

/// Corners of a closed line.
type Line = Vec<(f32, f32)>;

#[derive(Debug)]
enum Shape {
    Rectangle([f32; 4]),
    Path(Vec<Line>),
}

/// Shapes so far, in the order of painting.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    shapes: Vec<(Shape, bool)>,
    numbers: usize,
    group_fill: Option<String>,
    /// Width and height of the last rectangle, which `use` repeats.
    last: (f32, f32),
    is_drawing: bool,
}

impl Shapes {
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>) {
        self.is_drawing |= tag == "svg";
        if !self.is_drawing || self.shapes.len() >= SHAPES_MAX {
            return;
        }
        match tag {
            "svg" | "g" => self.group_fill = own_fill(element).or_else(|| self.group_fill.take()),
            "rect" | "use" => self.rectangle(tag, element),
            "circle" => self.circle(element),
            "path" | "polygon" => self.path(tag, element),
            _ => {}
        }
    }

    fn rectangle(&mut self, tag: &str, element: &Element<'_, '_>) {
        let number = |name: &str| element.get_attribute(name).and_then(|value| length(&value));
        let (dx, dy) = moved(element);
        let (x, y) = (number("x").unwrap_or(0.0) + dx, number("y").unwrap_or(0.0) + dy);
        let size = if tag == "use" { Some(self.last) } else { number("width").zip(number("height")) };
        let Some((width, height)) = size else { return };
        self.last = (width, height);
        let Some(dark) = self.fill(element) else { return };
        self.shapes.push((Shape::Rectangle([x, y, x + width, y + height]), dark));
    }

    fn circle(&mut self, element: &Element<'_, '_>) {
        let number = |name: &str| element.get_attribute(name).and_then(|value| length(&value));
        let Some(((x, y), radius)) = number("cx").zip(number("cy")).zip(number("r")) else { return };
        let Some(dark) = self.fill(element) else { return };
        self.shapes.push((Shape::Rectangle([x - radius, y - radius, x + radius, y + radius]), dark));
    }

    fn path(&mut self, tag: &str, element: &Element<'_, '_>) {
        let source = element.get_attribute(if tag == "path" { "d" } else { "points" }).unwrap_or_default();
        let source = if tag == "path" { source } else { format!("M{source}z") };
        let lines = lines(&source, &mut self.numbers);
        let stroke = attribute(element, "stroke").filter(|stroke| stroke != "none");
        let is_filled = own_fill(element).or_else(|| self.group_fill.clone()).is_none_or(|fill| fill != "none")
            && !(stroke.is_some() && source.find(['z', 'Z']).is_none());
        if is_filled {
            let dark = self.fill(element).unwrap_or(true);
            return self.shapes.push((Shape::Path(lines), dark));
        }
        let dark = stroke.and_then(|stroke| style::colour(&stroke)).is_none_or(is_dark);
        let half = attribute(element, "stroke-width").and_then(|width| length(&width)).unwrap_or(1.0) / 2.0;
        for pair in lines.iter().flat_map(|line| line.windows(2)) {
            let [(x, y), (to_x, to_y)] = pair else { continue };
            let (flat, upright) = ((y - to_y).abs() < f32::EPSILON, (x - to_x).abs() < f32::EPSILON);
            if (flat || upright) && self.shapes.len() < SHAPES_MAX {
                let (dx, dy) = if flat { (0.0, half) } else { (half, 0.0) };
                self.shapes.push((
                    Shape::Rectangle([x.min(*to_x) - dx, y.min(*to_y) - dy, x.max(*to_x) + dx, y.max(*to_y) + dy]),
                    dark,
                ));
            }
        }
    }

    /// Is it filled with something dark? None: not filled.
    fn fill(&self, element: &Element<'_, '_>) -> Option<bool> {
        let fill = own_fill(element).or_else(|| self.group_fill.clone());
        match fill.as_deref() {
            None => Some(true),
            Some("none" | "transparent") => None,
            Some(fill) => Some(style::colour(fill).is_none_or(is_dark)),
        }
    }

    /// What the code says, if they show one.
    pub(super) fn read(self) -> Vec<String> {
        let corners = self.shapes.iter().map(|(shape, _)| match shape {
            Shape::Rectangle(_) => 1,
            Shape::Path(lines) => lines.len(),
        });
        if corners.sum::<usize>() < SHAPES_MIN {
            return Vec::new();
        }
        self.painted().map_or_else(Vec::new, |grey| codes::in_grey(&grey))
    }

    fn painted(&self) -> Option<Grey> {
        let [left, top, right, bottom] = self.extent()?;
        let scale = SIDE_PIXELS / (right - left).max(bottom - top);
        if !scale.is_finite() || scale <= 0.0 {
            return None;
        }
        let (width, height) = (pixel((right - left) * scale), pixel((bottom - top) * scale));
        let mut grey = Grey { width, height, pixels: vec![255; width.saturating_mul(height)] };
        let mut left_to_paint = PAINTED_MAX;
        for (shape, dark) in &self.shapes {
            let shade = if *dark { 0 } else { 255 };
            let place = |(x, y): (f32, f32)| ((x - left) * scale, (y - top) * scale);
            match shape {
                Shape::Rectangle([x, y, to_x, to_y]) => {
                    let (from, to) = (place((*x, *y)), place((*to_x, *to_y)));
                    for row in pixel(from.1)..pixel(to.1).min(height) {
                        paint(&mut grey, row, (pixel(from.0), pixel(to.0)), shade, &mut left_to_paint);
                    }
                }
                Shape::Path(lines) => {
                    let lines: Vec<Line> =
                        lines.iter().map(|line| line.iter().map(|corner| place(*corner)).collect()).collect();
                    fill(&mut grey, &lines, shade, &mut left_to_paint);
                }
            }
        }
        Some(grey)
    }

    fn extent(&self) -> Option<[f32; 4]> {
        let mut extent: Option<[f32; 4]> = None;
        let mut add = |x: f32, y: f32| {
            let [left, top, right, bottom] = extent.unwrap_or([x, y, x, y]);
            extent = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
        };
        for (shape, _) in &self.shapes {
            match shape {
                Shape::Rectangle([x, y, to_x, to_y]) => {
                    add(*x, *y);
                    add(*to_x, *to_y);
                }
                Shape::Path(lines) => lines.iter().flatten().for_each(|(x, y)| add(*x, *y)),
            }
        }
        extent.filter(|extent| extent.iter().all(|side| side.is_finite()))
    }
}

fn attribute(element: &Element<'_, '_>, name: &str) -> Option<String> {
    let of_style = || {
        let style = element.get_attribute("style")?;
        let value = style.split(';').filter_map(|one| one.split_once(':')).find(|(own, _)| own.trim() == name)?.1;
        Some(value.trim().to_ascii_lowercase())
    };
    element.get_attribute(name).map(|value| value.trim().to_ascii_lowercase()).or_else(of_style)
}

fn own_fill(element: &Element<'_, '_>) -> Option<String> {
    attribute(element, "fill")
}

/// `translate(4, 8)`.
fn moved(element: &Element<'_, '_>) -> (f32, f32) {
    let Some(transform) = element.get_attribute("transform") else { return (0.0, 0.0) };
    let inner =
        transform.split_once("translate(").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inner, _)| inner);
    let mut numbers = inner.split([',', ' ']).filter_map(length);
    (numbers.next().unwrap_or(0.0), numbers.next().unwrap_or(0.0))
}

fn length(value: &str) -> Option<f32> {
    let value = value.trim();
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    number.parse().ok().filter(|number: &f32| number.is_finite() && number.abs() < 1e6)
}

/// The nearest pixel of a place, not below zero.
fn pixel(place: f32) -> usize {
    // A place is at most the picture's side; the nearest smaller number that fits is found by halves, without a cast.
    let place = (place + 0.5).clamp(0.0, 4096.0);
    let (mut low, mut high) = (0_u16, 4096_u16);
    while low < high {
        let middle = low.midpoint(high).saturating_add(low.abs_diff(high) & 1);
        if f32::from(middle) <= place { low = middle } else { high = middle.saturating_sub(1) }
    }
    usize::from(low)
}

fn paint(grey: &mut Grey, row: usize, (from, to): (usize, usize), shade: u8, left: &mut usize) {
    let to = to.min(grey.width);
    let length = to.saturating_sub(from);
    if length > *left {
        return;
    }
    *left = left.saturating_sub(length);
    let start = row.saturating_mul(grey.width).saturating_add(from);
    if let Some(pixels) = grey.pixels.get_mut(start..start.saturating_add(length)) {
        pixels.fill(shade);
    }
}

/// Fills between each second crossing of a row with the lines (even-odd rule).
fn fill(grey: &mut Grey, lines: &[Line], shade: u8, left: &mut usize) {
    let mut crossings: Vec<Vec<f32>> = vec![Vec::new(); grey.height];
    for line in lines {
        let closed = line.iter().zip(line.iter().skip(1).chain(line.first()));
        for ((x, y), (to_x, to_y)) in closed {
            let (top, bottom) = (pixel(y.min(*to_y)), pixel(y.max(*to_y)));
            for (row, crossing) in crossings.iter_mut().enumerate().take(bottom).skip(top) {
                let middle = f32::from(u16::try_from(row).unwrap_or(u16::MAX)) + 0.5;
                let share = ((middle - y) / (to_y - y)).clamp(0.0, 1.0);
                crossing.push(x + (to_x - x) * share);
                *left = left.saturating_sub(1);
            }
            if *left == 0 {
                return;
            }
        }
    }
    for (row, mut crossings) in crossings.into_iter().enumerate() {
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let [from, to] = pair else { continue };
            paint(grey, row, (pixel(*from), pixel(*to)), shade, left);
        }
    }
}

/// The lines of a path (SVG 2, 9.3); curves go straight to their ends.
fn lines(source: &str, numbers: &mut usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let (mut x, mut y) = (0.0_f32, 0.0_f32);
    let mut start = (0.0_f32, 0.0_f32);
    for (command, values) in commands(source, numbers) {
        let count = match command.to_ascii_lowercase() {
            'z' => {
                (x, y) = start;
                continue;
            }
            'h' | 'v' => 1,
            'm' | 'l' | 't' => 2,
            's' | 'q' => 4,
            'c' => 6,
            'a' => 7,
            _ => continue,
        };
        let is_relative = command.is_ascii_lowercase();
        for (round, values) in values.chunks_exact(count).enumerate() {
            let last = values.last().copied().unwrap_or(0.0);
            let before = values.get(count.saturating_sub(2)).copied().unwrap_or(0.0);
            let (to_x, to_y) = match command.to_ascii_lowercase() {
                'h' => (if is_relative { x + last } else { last }, y),
                'v' => (x, if is_relative { y + last } else { last }),
                _ if is_relative => (x + before, y + last),
                _ => (before, last),
            };
            if command.eq_ignore_ascii_case(&'m') && round == 0 {
                lines.push(Vec::new());
                start = (to_x, to_y);
            }
            (x, y) = (to_x, to_y);
            if let Some(line) = lines.last_mut() {
                line.push((x, y));
            }
        }
    }
    lines.retain(|line| line.len() > 1);
    lines
}

/// Each letter with its numbers.
fn commands(source: &str, left: &mut usize) -> Vec<(char, Vec<f32>)> {
    let mut commands: Vec<(char, Vec<f32>)> = Vec::new();
    let mut number = String::new();
    for c in source.chars().chain([' ']) {
        let is_part = c.is_ascii_digit() || (c == '.' && !number.contains('.')) || (c == '-' && number.is_empty());
        if is_part {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            *left = left.saturating_add(1);
            if let (Some((_, values)), Ok(value)) = (commands.last_mut(), number.parse::<f32>())
                && *left < NUMBERS_MAX
            {
                values.push(value.clamp(-1e6, 1e6));
            }
            number.clear();
        }
        if c == '-' || c == '.' {
            number.push(c);
        } else if c.is_ascii_alphabetic() && c != 'e' {
            commands.push((c, Vec::new()));
        }
    }
    commands
}
