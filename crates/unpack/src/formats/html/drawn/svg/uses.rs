//! Uses of shapes and groups that have a name (SVG 2, 5.6), which may come later.

use super::{Attributes, NAMES_MAX, Paint, Svg};
use crate::formats::image::affine::Affine;

/// Uses within a named group of what comes later: more than these may be a code.
const WITHIN_MAX: usize = 20;

/// A shape or group that has a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) shapes: (usize, usize),
    pub(super) map: Affine,
    /// Of a symbol with a view of its own.
    pub(super) size: Option<(f64, f64)>,
}

/// A use of a shape or group.
#[derive(Clone, Debug)]
pub(super) struct Use {
    id: String,
    place: (f64, f64),
    size: Option<(f64, f64)>,
    map: Affine,
    fill: Paint,
    opacity: f64,
    /// It stands in a group that has a name itself.
    is_within: bool,
}

impl Svg {
    pub(super) fn repeat(&mut self, attributes: &Attributes<'_>, map: Affine, fill: Paint) {
        let target = attributes.text("href").or_else(|| attributes.text("xlink:href")).unwrap_or_default();
        let Some(id) = target.strip_prefix('#') else { return };
        self.uses = self.uses.saturating_add(1);
        let one = Use {
            id: id.to_owned(),
            place: (attributes.number("x"), attributes.number("y")),
            size: attributes.length("width").zip(attributes.length("height")),
            map,
            fill,
            opacity: self.opacity() * attributes.opacity("opacity"),
            is_within: attributes.text("id").is_some() || self.groups.iter().any(|group| group.id.is_some()),
        };
        match self.named.get(id).copied() {
            Some(named) => self.paint_use(&one, named),
            None if self.waiting.len() < NAMES_MAX => self.waiting.push(one),
            None => self.canvas.cut(),
        }
    }

    fn paint_use(&mut self, one: &Use, named: Named) {
        let Some(back) = named.map.inverse() else { return };
        let scale = one.size.zip(named.size).map_or(Affine::IDENTITY, |((width, height), (of_width, of_height))| {
            Affine::scaled(width / of_width, height / of_height)
        });
        let moved = Affine::moved(one.place.0, one.place.1);
        let part = self.canvas.part(named.shapes.0, named.shapes.1);
        self.canvas.set_alpha(one.opacity);
        self.canvas.repeat(&part, back.then(scale).then(moved).then(one.map), one.fill.shade());
        self.canvas.set_alpha(1.0);
    }

    /// Uses of what came later.
    pub(super) fn paint_waiting(&mut self) {
        for one in std::mem::take(&mut self.waiting) {
            match self.named.get(&one.id).copied() {
                // Who uses the group around it did so without what it shows.
                Some(_) if one.is_within && self.uses > WITHIN_MAX => self.canvas.cut(),
                Some(named) if !self.canvas.is_cut() => self.paint_use(&one, named),
                None if self.has_more_names => self.canvas.cut(),
                _ => {}
            }
        }
    }
}
