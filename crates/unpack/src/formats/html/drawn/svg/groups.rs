//! Groups of shapes (SVG 2, 5): what holds for all that is in one.

use std::rc::Rc;

use super::{Attributes, Named, Paint, Svg, view};
use crate::formats::html::sheet::Doubt;
use crate::formats::html::style::Colour;
use crate::formats::image::affine::Affine;

/// Groups within groups; deeper ones are as their outer ones.
const GROUPS_MAX: usize = 256;

/// What shows shapes that are not seen where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// Patterns and markers.
    AsTheyAre,
    Mask,
    Clip,
}

/// A group that is open.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// None until it is known, and where its end is not told.
    number: Option<u32>,
    pub(super) map: Affine,
    /// Width and height that shares are of.
    pub(super) size: (f64, f64),
    pub(super) fill: Paint,
    pub(super) stroke: Paint,
    /// The same as they are written.
    pub(super) colours: (Option<Colour>, Option<Colour>),
    /// Of text.
    pub(super) colour: Option<Colour>,
    /// A number for the variables that hold in it.
    pub(super) variables: u64,
    /// A rule that may hold gives it other colours.
    pub(super) doubt: Option<Doubt>,
    pub(super) stroke_width: f64,
    pub(super) has_caps: bool,
    pub(super) dashes: Option<Rc<[f64]>>,
    /// At the ends of lines, and between them.
    pub(super) markers: (bool, bool),
    /// How much is seen of what is in it, from 0 to 1.
    pub(super) opacity: f64,
    /// A filter or a mode of blending changes what is in it.
    pub(super) is_altered: bool,
    /// What is in it is not seen, where that does not say otherwise.
    pub(super) is_invisible: bool,
    /// Only its uses are seen.
    pub(super) is_defined: bool,
    pub(super) elsewhere: Option<Elsewhere>,
    pub(super) id: Option<String>,
    first: usize,
}

pub(super) fn is_group(tag: &str) -> bool {
    matches!(tag, "svg" | "g" | "a" | "defs" | "symbol" | "clippath" | "mask" | "marker" | "pattern" | "switch")
}

impl Svg {
    pub(super) fn begin_group(&mut self, tag: &str, attributes: &Attributes<'_>) -> bool {
        if self.groups.len() >= GROUPS_MAX {
            self.canvas.cut();
            return false;
        }
        let (map, size) = self.frame(tag, attributes);
        if let Some(id) = attributes.text("id").filter(|_| tag == "pattern") {
            self.gradients.pattern(id);
        }
        let outer = self.groups.last();
        let (fill, stroke) = outer.map_or((Paint::Usual, Paint::Nothing), |group| (group.fill, group.stroke));
        let colours = attributes.colours(outer.map_or((None, None), |group| group.colours));
        let width = outer.map_or(1.0, |group| group.stroke_width);
        let has_caps = outer.is_some_and(|group| group.has_caps);
        let dashes = attributes.dashes().or_else(|| outer.and_then(|group| group.dashes.clone()));
        let markers = attributes.markers(outer.map_or((false, false), |group| group.markers));
        let of_outer = outer.and_then(|group| group.doubt).filter(|_| attributes.colour("fill").is_none());
        let doubt = Some(attributes.doubt).filter(|doubt| doubt.recolours(colours.0, colours.1)).or(of_outer);
        let is_defined =
            matches!(tag, "defs" | "symbol" | "clippath" | "mask" | "marker" | "pattern") || attributes.is_absent();
        let elsewhere = match tag {
            "pattern" | "marker" => Some(Elsewhere::AsTheyAre),
            "mask" => Some(Elsewhere::Mask),
            "clippath" => Some(Elsewhere::Clip),
            _ => None,
        };
        let group = Group {
            number: None,
            map,
            size,
            fill: self.paint(attributes, "fill", fill),
            stroke: self.paint(attributes, "stroke", stroke),
            colours,
            colour: self.current(attributes),
            variables: self.variables(attributes),
            doubt,
            stroke_width: attributes.length("stroke-width").unwrap_or(width),
            has_caps: attributes.has_caps(has_caps),
            dashes,
            markers,
            opacity: self.opacity() * attributes.opacity("opacity"),
            is_altered: attributes.is_altered(),
            is_invisible: attributes.is_invisible().unwrap_or_else(|| self.is_invisible()),
            is_defined,
            elsewhere,
            id: attributes.text("id").map(str::to_owned),
            first: self.canvas.len(),
        };
        self.groups.push(group);
        true
    }

    /// Is what stands here invisible, where it does not say otherwise itself?
    pub(super) fn is_invisible(&self) -> bool {
        self.groups.last().is_some_and(|group| group.is_invisible)
    }

    /// Where a group stands, and the size that shares are of in it.
    fn frame(&self, tag: &str, attributes: &Attributes<'_>) -> (Affine, (f64, f64)) {
        let mut map = self.map(attributes);
        let mut size = attributes.size;
        if matches!(tag, "svg" | "symbol") {
            let own = attributes.length("width").zip(attributes.length("height")).filter(|(x, y)| *x > 0.0 && *y > 0.0);
            let view = attributes.text("viewbox").and_then(view);
            size = view.map(|[_, _, width, height]| (width, height)).or(own).unwrap_or(size);
            let is_inner = tag == "svg" && !self.groups.is_empty();
            if is_inner {
                map = Affine::moved(attributes.number("x"), attributes.number("y")).then(map);
            }
            if let Some([left, top, width, height]) = view {
                let is_stretched = attributes.text("preserveaspectratio").is_some_and(|how| how.starts_with("none"));
                let (wide, high) = own.filter(|_| is_inner || is_stretched).unwrap_or((width, height));
                map = Affine::moved(-left, -top).then(Affine::scaled(wide / width, high / height)).then(map);
            }
        }
        (map, size)
    }

    /// The number of the group that was begun last.
    pub(in crate::formats::html::drawn) fn opened(&mut self, number: u32) {
        if let Some(group) = self.groups.last_mut() {
            group.number = Some(number);
        }
    }

    /// Ends the groups from a number on; true where that ends the drawing.
    pub(in crate::formats::html::drawn) fn close(&mut self, number: u32) -> bool {
        while self.groups.last().is_some_and(|group| group.number.is_none_or(|own| own >= number)) {
            let Some(group) = self.groups.pop() else { break };
            let shapes = (group.first, self.canvas.len());
            if group.is_defined && shapes.0 < shapes.1 && !self.groups.iter().any(|outer| outer.is_defined) {
                self.unseen.push(shapes);
            }
            let is_within = self.groups.iter().any(|outer| outer.elsewhere.is_some());
            if let Some(elsewhere) = group.elsewhere.filter(|_| shapes.0 < shapes.1 && !is_within) {
                self.elsewhere.push((shapes, elsewhere));
            }
            if group.is_altered && shapes.0 < shapes.1 && !self.groups.iter().any(|outer| outer.is_altered) {
                self.altered.push(shapes);
            }
            if let Some(id) = group.id {
                self.name(id, Named { shapes, map: group.map, size: Some(group.size) });
            }
        }
        self.groups.is_empty()
    }
}
