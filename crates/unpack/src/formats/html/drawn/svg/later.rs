//! What a drawing shows later, or by other ways than its shapes: shapes that are clear until an animation shows them, but for those that a
//! sheet animates; what an animation draws (SVG Animations 2); shapes that a filter shows as a picture (Filter Effects 1, 9.12); paths in styles (SVG 2,
//! 9.3.2; CSS Masking 1, 5.1). All of that is a drawing of its own, in one shade, whoever shows it and when.

use super::{Attributes, NAMES_MAX, NUMBERS_MAX, Svg, path};
use crate::formats::html::sheet::Doubt;
use crate::formats::html::style::Style;
use crate::formats::html::tags;
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Rule};
use crate::formats::image::curves::Curves;

/// Attributes by which an animation shows what was not to be seen.
const SHOWING: [&str; 7] = ["d", "points", "fill", "fill-opacity", "opacity", "visibility", "display"];
/// Of these, those that are the shape itself.
const SHAPES: [&str; 2] = ["d", "points"];
/// Values of a shape's animation besides the last that are drawings of their own, each in its shade until then; further ones are in
/// the last of these.
const FRAMES_MAX: u8 = 4;
/// How a path begins in a style.
const PATH: &str = "path(";

/// The shape that was drawn last: what animates it stands in it.
#[derive(Debug)]
pub(super) struct Last {
    tag: String,
    all: Vec<(String, String)>,
    map: Affine,
    size: (f64, f64),
    /// It was drawn here as it is.
    is_shown: bool,
}

impl Last {
    pub(super) fn new(tag: &str, attributes: Attributes<'_>, map: Affine) -> Self {
        Self { tag: tag.to_owned(), all: attributes.all, map, size: attributes.size, is_shown: false }
    }

    /// Is the attribute its shape?
    fn is_drawn_by(&self, changed: &str) -> bool {
        matches!((self.tag.as_str(), changed), ("path", "d") | ("polygon" | "polyline", "points"))
    }
}

impl Svg {
    /// An animation, or a picture in a filter.
    pub(super) fn later(&mut self, tag: &str, all: Vec<(String, String)>) {
        let style = Style::default();
        let attributes = Attributes { all, style: &style, doubt: Doubt::default(), size: (0.0, 0.0) };
        let target = attributes.text("href").or_else(|| attributes.text("xlink:href"));
        let target = target.and_then(|target| target.strip_prefix('#'));
        let changed = attributes.text("attributename").unwrap_or_default().to_ascii_lowercase();
        if tag != "feimage" && !SHOWING.contains(&changed.as_str()) {
            return;
        }
        if let Some(id) = target {
            if self.shown_later.len() < NAMES_MAX {
                self.shown_later.push(id.to_owned());
            } else {
                self.clear.cut();
            }
        } else if tag != "feimage" {
            self.animate(&changed, &attributes);
        }
    }

    /// The shape in which the animation stands, or the group.
    fn animate(&mut self, changed: &str, attributes: &Attributes<'_>) {
        let Some(mut last) = self.last.take() else {
            if let Some(group) = self.groups.last_mut() {
                group.is_altered = true;
            }
            return;
        };
        if !SHAPES.contains(&changed) {
            if !last.is_shown {
                last.is_shown = true;
                self.draw_later(&mut last, 0);
            }
        } else if last.is_drawn_by(changed) && !self.clear.is_cut() {
            self.draw_values(&mut last, changed, attributes);
        }
        self.last = Some(last);
    }

    /// Each shape that an animation gives, the last one first.
    fn draw_values(&mut self, last: &mut Last, changed: &str, attributes: &Attributes<'_>) {
        // What its style says is overridden.
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut last.all).into_iter().partition(|(name, _)| name == changed || name == "style");
        last.all = others;
        let values = attributes.text("values").unwrap_or_default().rsplit(';');
        let values = attributes.text("to").into_iter().chain(values).chain(attributes.text("from"));
        let frames = (0..FRAMES_MAX).chain(std::iter::repeat(FRAMES_MAX));
        for (value, frame) in values.filter(|value| !value.trim().is_empty()).zip(frames) {
            last.all.push((changed.to_owned(), value.to_owned()));
            self.draw_later(last, frame);
            last.all.pop();
        }
        last.all.extend(own);
    }

    fn draw_later(&mut self, last: &mut Last, frame: u8) {
        if self.clear.is_cut() {
            return;
        }
        let Last { tag, all, map, size, .. } = last;
        // They are read again for each animation.
        let length =
            all.iter().fold(0_usize, |sum, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()));
        if !self.clear.spend(length) {
            return;
        }
        let style = Style::default();
        let own = Attributes { all: std::mem::take(all), style: &style, doubt: Doubt::default(), size: *size };
        self.curves.clear();
        let lines = self.lines(tag, &own);
        let lines = self.curves.rounded(lines);
        self.clear.add_lines(lines, Rule::NonZero, *map, Some(frame));
        *all = own.all;
    }

    /// A path by which an element is cut to its shape.
    pub(super) fn cut_by_path(&mut self, attributes: &Attributes<'_>, map: Affine) {
        let Some((_, source)) = attributes.declared("clip-path").and_then(|value| value.split_once(PATH)) else {
            return;
        };
        self.curves.clear();
        let lines = path::lines(source, &mut self.numbers_left, &mut self.curves);
        let lines = self.curves.rounded(lines);
        self.clear.add_lines(lines, Rule::NonZero, map, Some(0));
        self.curves.clear();
    }

    /// All of it, where it may be a code; and what is shown at different times.
    pub(super) fn take_later(&mut self) -> Vec<Canvas> {
        for id in std::mem::take(&mut self.shown_later) {
            let Some(named) = self.named.get(&id).copied().filter(|_| !self.clear.is_cut()) else { continue };
            let part = self.canvas.part(named.shapes.0, named.shapes.1);
            self.clear.repeat(&part, Affine::IDENTITY, None);
        }
        let clear = std::mem::take(&mut self.clear);
        let mut drawings = Vec::new();
        if clear.may_be_code() {
            let frame = |shade: Option<u8>| shade.filter(|shade| *shade <= FRAMES_MAX).unwrap_or(0);
            let frames: Vec<u8> = clear.outlines().map(|outline| frame(outline.shade)).collect();
            let has_some = frames.iter().any(|frame| *frame > 0);
            for own in (0..=FRAMES_MAX).filter(|_| has_some) {
                let others = frames.iter().enumerate().filter(|(_, frame)| **frame != own);
                let others: Vec<(usize, usize)> = others.map(|(at, _)| (at, at.saturating_add(1))).collect();
                let mut part = clear.clone();
                part.remove(&others);
                drawings.extend(part.may_be_code().then(|| part.in_shade(0)));
            }
        }
        if clear.may_be_code() || clear.is_cut() {
            drawings.push(clear.in_shade(0));
        }
        drawings
    }
}

/// The paths that a sheet gives to shapes, or cuts them by.
pub(in crate::formats::html::drawn) fn paths(css: &str) -> Canvas {
    let (mut canvas, mut numbers_left, mut curves) = (Canvas::default(), NUMBERS_MAX, Curves::default());
    let mut rest = css;
    while let Some(at) = tags::find(rest, PATH) {
        rest = rest.get(at.saturating_add(PATH.len())..).unwrap_or_default();
        let source = rest.split(')').next().unwrap_or_default();
        rest = rest.get(source.len()..).unwrap_or_default();
        curves.clear();
        let lines = path::lines(source, &mut numbers_left, &mut curves);
        canvas.add_lines(curves.rounded(lines), Rule::NonZero, Affine::IDENTITY, Some(0));
        if numbers_left == 0 {
            break;
        }
    }
    if numbers_left == 0 {
        canvas.cut();
    }
    canvas
}
