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
        if SHAPES.contains(&changed) {
            let values = || attributes.text("values")?.rsplit(';').find(|value| !value.trim().is_empty());
            let Some(value) = attributes.text("to").or_else(values) else { return };
            last.all.retain(|(own, _)| own != changed);
            last.all.push((changed.to_owned(), value.to_owned()));
            last.is_shown = false;
        }
        if !last.is_shown {
            last.is_shown = true;
            let style = Style::default();
            let Last { tag, all, map, size, .. } = &mut last;
            let own = Attributes { all: std::mem::take(all), style: &style, doubt: Doubt::default(), size: *size };
            self.curves.clear();
            let lines = self.lines(tag, &own);
            let lines = self.curves.rounded(lines);
            self.clear.add_lines(lines, Rule::NonZero, *map, Some(0));
            *all = own.all;
        }
        self.last = Some(last);
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

    /// All of it, where it may be a code.
    pub(super) fn take_later(&mut self) -> Option<Canvas> {
        for id in std::mem::take(&mut self.shown_later) {
            let Some(named) = self.named.get(&id).copied().filter(|_| !self.clear.is_cut()) else { continue };
            let part = self.canvas.part(named.shapes.0, named.shapes.1);
            self.clear.repeat(&part, Affine::IDENTITY, None);
        }
        let clear = std::mem::take(&mut self.clear);
        (clear.may_be_code() || clear.is_cut()).then(|| clear.in_shade(0))
    }
}

/// The paths that a sheet gives to shapes, or cuts them by.
pub(in crate::formats::html::drawn) fn paths(css: &str) -> Canvas {
    let (mut canvas, mut numbers_left, mut curves) = (Canvas::default(), NUMBERS_MAX, Curves::default());
    let mut rest = css;
    while let Some(at) = tags::find(rest, PATH) {
        rest = rest.get(at.saturating_add(PATH.len())..).unwrap_or_default();
        let source = rest.split(')').next().unwrap_or_default();
        curves.clear();
        let lines = path::lines(source, &mut numbers_left, &mut curves);
        canvas.add_lines(curves.rounded(lines), Rule::NonZero, Affine::IDENTITY, Some(0));
    }
    if numbers_left == 0 {
        canvas.cut();
    }
    canvas
}
