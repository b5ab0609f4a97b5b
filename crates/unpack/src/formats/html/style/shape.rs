//! What a style says of a shape of a drawing: where it is, how large, how much is seen of it (SVG 2, 8 and 13).

use crate::formats::html::style::Length;

/// Lengths, and shares from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::formats::html) struct Shape {
    pub(in crate::formats::html) x: Option<Length>,
    pub(in crate::formats::html) y: Option<Length>,
    pub(in crate::formats::html) cx: Option<Length>,
    pub(in crate::formats::html) cy: Option<Length>,
    pub(in crate::formats::html) r: Option<Length>,
    pub(in crate::formats::html) rx: Option<Length>,
    pub(in crate::formats::html) ry: Option<Length>,
    pub(in crate::formats::html) stroke_width: Option<Length>,
    pub(in crate::formats::html) opacity: Option<f32>,
    pub(in crate::formats::html) fill_opacity: Option<f32>,
    pub(in crate::formats::html) stroke_opacity: Option<f32>,
    /// Lines are longer by half their width at both ends.
    pub(in crate::formats::html) has_caps: Option<bool>,
    /// A filter or a mode of blending makes something else of its colours.
    pub(in crate::formats::html) is_altered: Option<bool>,
    /// Markers stand at its corners.
    pub(in crate::formats::html) has_markers: Option<bool>,
    /// Its lines are drawn with more dashes than a line of a chart has.
    pub(in crate::formats::html) has_long_dashes: bool,
}

/// Lengths of dashes and gaps.
const LONG_DASHES_MIN: usize = 7;

impl Shape {
    /// Takes a declaration, in lower case.
    pub(super) fn declare(&mut self, name: &str, value: &str) {
        match name {
            "x" => self.x = Length::read(value),
            "y" => self.y = Length::read(value),
            "cx" => self.cx = Length::read(value),
            "cy" => self.cy = Length::read(value),
            "r" => self.r = Length::read(value),
            "rx" => self.rx = Length::read(value),
            "ry" => self.ry = Length::read(value),
            "stroke-width" => self.stroke_width = Length::read(value),
            "opacity" => self.opacity = share(value),
            "fill-opacity" => self.fill_opacity = share(value),
            "stroke-opacity" => self.stroke_opacity = share(value),
            "stroke-linecap" => self.has_caps = Some(value != "butt"),
            "marker" | "marker-mid" | "marker-start" | "marker-end" => self.has_markers = Some(value != "none"),
            "stroke-dasharray" => {
                let lengths = value.split([',', ' ']).filter(|length| !length.is_empty());
                self.has_long_dashes = lengths.take(LONG_DASHES_MIN).count() == LONG_DASHES_MIN;
            }
            "filter" | "mix-blend-mode" => self.is_altered = Some(!matches!(value, "none" | "normal" | "initial")),
            _ => {}
        }
    }

    /// Does it say where a shape is, or how large?
    pub(in crate::formats::html) fn puts(&self) -> bool {
        [self.x, self.y, self.cx, self.cy, self.r, self.rx, self.ry].iter().any(Option::is_some)
    }

    /// This shape, where what it says of its place and of being seen is left out.
    pub(super) fn of_paint(self) -> Self {
        Self {
            stroke_width: self.stroke_width,
            has_caps: self.has_caps,
            is_altered: self.is_altered,
            has_markers: self.has_markers,
            has_long_dashes: self.has_long_dashes,
            ..Self::default()
        }
    }

    /// The length of that name.
    pub(in crate::formats::html) fn length(&self, name: &str) -> Option<Length> {
        match name {
            "x" => self.x,
            "y" => self.y,
            "cx" => self.cx,
            "cy" => self.cy,
            "r" => self.r,
            "rx" => self.rx,
            "ry" => self.ry,
            "stroke-width" => self.stroke_width,
            _ => None,
        }
    }

    /// This shape, where a nearer style does not say otherwise.
    pub(super) fn under(self, nearer: Self) -> Self {
        Self {
            x: nearer.x.or(self.x),
            y: nearer.y.or(self.y),
            cx: nearer.cx.or(self.cx),
            cy: nearer.cy.or(self.cy),
            r: nearer.r.or(self.r),
            rx: nearer.rx.or(self.rx),
            ry: nearer.ry.or(self.ry),
            stroke_width: nearer.stroke_width.or(self.stroke_width),
            opacity: nearer.opacity.or(self.opacity),
            fill_opacity: nearer.fill_opacity.or(self.fill_opacity),
            stroke_opacity: nearer.stroke_opacity.or(self.stroke_opacity),
            has_caps: nearer.has_caps.or(self.has_caps),
            is_altered: nearer.is_altered.or(self.is_altered),
            has_markers: nearer.has_markers.or(self.has_markers),
            has_long_dashes: self.has_long_dashes || nearer.has_long_dashes,
        }
    }
}

/// `.5`, `50%`.
pub(in crate::formats::html) fn share(value: &str) -> Option<f32> {
    Some(match Length::read(value)? {
        Length::Pixels(number) => number.clamp(0.0, 1.0),
        Length::Share(share) => share.clamp(0.0, 1.0),
    })
}
