//! What the attributes and the style of an element of a drawing say.

use super::{Paint, UNKNOWN_SHADE};
use crate::formats::html::style::{Colour, Length, Style, paint, shade, share};

/// The attributes of an element.
pub(super) struct Attributes<'s> {
    pub(super) all: Vec<(String, String)>,
    pub(super) style: &'s Style,
    pub(super) size: (f64, f64),
}

impl Attributes<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// What its own style declares, where that is of no use but here.
    pub(super) fn declared(&self, name: &str) -> Option<&str> {
        let declared = self.text("style")?.rsplit(';').filter_map(|one| one.split_once(':'));
        let mut named = declared.filter(|(own, _)| own.trim().eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim())
    }

    /// A length across, down, or of neither way.
    pub(super) fn length(&self, name: &str) -> Option<f64> {
        let around = match name {
            "x" | "width" | "cx" | "x1" | "x2" | "rx" => self.size.0,
            "y" | "height" | "cy" | "y1" | "y2" | "ry" => self.size.1,
            _ => self.size.0.min(self.size.1),
        };
        let place = &self.style.place;
        let styled = match name {
            "width" => place.width,
            "height" => place.height,
            _ => self.style.shape.length(name),
        };
        let own = || self.text(name).and_then(|value| Length::read(&value.to_ascii_lowercase()));
        styled.or_else(own).map(|length| length.within(around))
    }

    pub(super) fn number(&self, name: &str) -> f64 {
        self.length(name).unwrap_or(0.0)
    }

    pub(super) fn paint(&self, name: &str, around: Paint) -> Paint {
        let styled = if name == "fill" { self.style.fill } else { self.style.stroke };
        let own = self.text(name).filter(|value| !matches!(*value, "inherit" | ""));
        match styled.or_else(|| own.map(|value| paint(&value.to_ascii_lowercase()))) {
            None => around,
            Some(Colour::Clear) => Paint::Nothing,
            Some(Colour::Rgb(colour)) => Paint::Shade(shade(colour), 255),
            Some(Colour::Tint(colour, alpha)) => Paint::Shade(shade(colour), alpha),
            Some(Colour::Other) if own.is_some_and(|value| value.starts_with("url(")) => {
                Paint::Shade(UNKNOWN_SHADE, 255)
            }
            Some(Colour::Other) => Paint::Usual,
        }
    }

    /// How much is seen of it, from 0 to 1.
    pub(super) fn opacity(&self, name: &str) -> f64 {
        let shape = &self.style.shape;
        let styled = match name {
            "fill-opacity" => shape.fill_opacity,
            "stroke-opacity" => shape.stroke_opacity,
            _ => shape.opacity,
        };
        f64::from(styled.or_else(|| self.text(name).and_then(share)).unwrap_or(1.0))
    }

    /// `#name` in its own style, or in an attribute.
    pub(super) fn reference(&self, name: &str) -> Option<&str> {
        let value = self.declared(name).or_else(|| self.text(name))?;
        let inner = value.strip_prefix("url(")?.split(')').next()?;
        inner.trim_matches(['"', '\'', ' ']).strip_prefix('#')
    }

    /// Are its lines longer by half their width at both ends?
    pub(super) fn has_caps(&self, around: bool) -> bool {
        let own = self.text("stroke-linecap").map(|value| value != "butt");
        self.style.shape.has_caps.or(own).unwrap_or(around)
    }

    pub(super) fn dashes(&self) -> Option<&str> {
        self.declared("stroke-dasharray").or_else(|| self.text("stroke-dasharray"))
    }

    /// Does a filter or a mode of blending change it?
    pub(super) fn is_altered(&self) -> bool {
        let named = |name: &str| self.text(name).is_some_and(|value| !matches!(value, "none" | "normal" | ""));
        self.style.shape.is_altered.unwrap_or_else(|| named("filter") || named("mix-blend-mode"))
    }

    pub(super) fn has_markers(&self) -> bool {
        ["marker", "marker-start", "marker-mid", "marker-end"]
            .iter()
            .any(|name| self.declared(name).or_else(|| self.text(name)).is_some_and(|value| value != "none"))
    }

    pub(super) fn is_unpainted(&self) -> bool {
        self.style.is_unpainted()
            || self.text("display") == Some("none")
            || matches!(self.text("visibility"), Some("hidden" | "collapse"))
    }
}
