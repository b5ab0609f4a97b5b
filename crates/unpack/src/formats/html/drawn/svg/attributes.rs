//! What the attributes and the style of an element of a drawing say.

use std::rc::Rc;

use crate::formats::html::sheet::Doubt;
use crate::formats::html::style::{Colour, Length, Style, paint, parts, share};
use crate::formats::image::canvas::dashes;

/// The attributes of an element.
pub(super) struct Attributes<'s> {
    pub(super) all: Vec<(String, String)>,
    pub(super) style: &'s Style,
    pub(super) doubt: Doubt,
    pub(super) size: (f64, f64),
}

impl Attributes<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// What its own style declares, where that is of no use but here.
    pub(super) fn declared(&self, name: &str) -> Option<&str> {
        let declared = parts(self.text("style")?).filter_map(|one| one.split_once(':'));
        let named = declared.filter(|(own, _)| own.trim().eq_ignore_ascii_case(name));
        named.last().map(|(_, value)| value.trim())
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

    /// What it is filled with, or its lines are drawn with, if it says so.
    pub(super) fn colour(&self, name: &str) -> Option<Colour> {
        let styled = if name == "fill" { self.style.fill } else { self.style.stroke };
        styled.or_else(|| Some(paint(&self.value(name)?.to_ascii_lowercase())))
    }

    /// What it is filled with and its lines are drawn with, or what is around it.
    pub(super) fn colours(&self, around: (Option<Colour>, Option<Colour>)) -> (Option<Colour>, Option<Colour>) {
        (self.colour("fill").or(around.0), self.colour("stroke").or(around.1))
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|value| !matches!(*value, "inherit" | ""))
    }

    /// The words for a colour that is not known.
    pub(super) fn unknown(&self, name: &str) -> String {
        let own = self.declared(name).or_else(|| self.value(name).filter(|_| self.rule(name).is_none()));
        own.map_or_else(|| self.rule(name).unwrap_or_default(), str::to_ascii_lowercase)
    }

    /// A rule says it: which one is known by the element's classes.
    fn rule(&self, name: &str) -> Option<String> {
        let styled = if name == "fill" { self.style.fill } else { self.style.stroke };
        styled.map(|_| format!("{} {}", self.text("class").unwrap_or_default(), self.text("id").unwrap_or_default()))
    }

    /// What the variables are of that it sets, if it sets any.
    pub(super) fn variables(&self) -> Option<String> {
        let own = || format!("{} {}", self.text("class").unwrap_or_default(), self.text("style").unwrap_or_default());
        self.style.has_variables.then(own)
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

    /// Dashes and gaps, if it says so itself.
    pub(super) fn dashes(&self) -> Option<Rc<[f64]>> {
        let list = self.declared("stroke-dasharray").or_else(|| self.text("stroke-dasharray"))?;
        let list = list.split([',', ' ', '\t', '\n', '\r']).filter(|dash| !dash.is_empty());
        let lengths = list.filter_map(Length::read).map(|length| length.within(self.size.0));
        Some(dashes(lengths.filter(|dash| *dash >= 0.0)).into())
    }

    /// A rule says it, and it is long.
    pub(super) fn has_unread_dashes(&self) -> bool {
        self.style.shape.has_long_dashes
            && self.declared("stroke-dasharray").or_else(|| self.text("stroke-dasharray")).is_none()
    }

    /// Does a filter or a mode of blending change it?
    pub(super) fn is_altered(&self) -> bool {
        let named = |name: &str| self.text(name).is_some_and(|value| !matches!(value, "none" | "normal" | ""));
        self.style.shape.is_altered.unwrap_or_else(|| named("filter") || named("mix-blend-mode"))
    }

    /// Do markers stand at its ends, and between them? As around it where it does not say so.
    pub(super) fn markers(&self, (ends, middle): (bool, bool)) -> (bool, bool) {
        let own = |name: &str| self.declared(name).or_else(|| self.text(name)).map(|value| value != "none");
        let of = |name: &str| own(name).or_else(|| own("marker")).or(self.style.shape.has_markers);
        let is_end = of("marker-start").or_else(|| of("marker-end"));
        (is_end.unwrap_or(ends), of("marker-mid").unwrap_or(middle))
    }

    /// Is nothing of it painted, whatever is in it? An attribute says so where no style does (SVG 2, 6.6).
    pub(super) fn is_absent(&self) -> bool {
        self.style.is_absent() || (!self.style.names_display() && self.text("display") == Some("none"))
    }

    /// Is it invisible, or not? None: as around (SVG 2, 11.5).
    pub(super) fn is_invisible(&self) -> Option<bool> {
        let own = || match self.text("visibility")? {
            "hidden" | "collapse" => Some(true),
            "visible" => Some(false),
            _ => None,
        };
        self.style.is_invisible().or_else(own)
    }
}
