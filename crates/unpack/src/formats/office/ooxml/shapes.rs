//! Shapes of slides, sheets and texts (ECMA-376-1, 19.3.1.43 and 20.1.7.6), with the groups that they stand in: codes are drawn so.
//! Documented limits: one of a preset form is as large as the box around it; lines that are filled with nothing, shapes of VML, and where a
//! text moves its shapes to, but for how far from its anchor, are not known. Shapes of a sheet are drawn where they say and once more where
//! their cells are, all of which are taken for squares.

mod anchors;
mod path;

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Rule};
use crate::formats::office::ooxml::colours::Colours;
use crate::formats::office::ooxml::shapes::anchors::Cells;
use crate::formats::office::ooxml::shapes::path::Path;
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::shaded::placed::{turned, within};
use crate::formats::office::{self, Found};
use crate::formats::xml::Tag;

/// Groups within groups.
const GROUPS_MAX: usize = 64;
/// Units of a degree, and of a point: in its own unit a slide is millions wide.
const DEGREE: f64 = 60_000.0;
const POINT: f64 = 12_700.0;

/// Those of one part.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    canvas: Canvas,
    /// The same by their cells, and the cells of the shape that is read.
    by_cells: Canvas,
    cells: Option<Cells>,
    open: Option<Shape>,
    groups: Vec<Group>,
    /// Groups beyond those that are followed.
    left_out: usize,
    /// Elements that are open and whose colours are not the shape's: its line, its text, its effects.
    aside: usize,
    colours: Colours,
    /// How far from its anchor a shape of a text stands, across and down, and which of both is read.
    anchor: [f64; 2],
    axis: Option<usize>,
    is_offset: bool,
}

#[derive(Debug, Default)]
struct Shape {
    frame: Frame,
    /// What it is filled with and how much is seen of it, if anything says so; none of both: nothing.
    fill: Option<Option<(u8, f64)>>,
    /// What its style fills it with.
    usual: Option<(u8, f64)>,
    is_in_style: bool,
    path: Option<Path>,
}

/// A group: where its shapes are put.
#[derive(Debug, Default)]
struct Group {
    frame: Frame,
    /// Known where its own properties have ended.
    map: Option<Affine>,
}

/// Where something stands.
#[derive(Debug, Default)]
struct Frame {
    place: Option<(f64, f64)>,
    size: Option<(f64, f64)>,
    /// The same in the coordinates of what is in a group.
    own_place: Option<(f64, f64)>,
    own_size: Option<(f64, f64)>,
    degrees: f64,
}

impl Frame {
    fn take(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.attribute(name).and_then(|number| office::number(&number));
        match tag.name() {
            "xfrm" => self.degrees = number("rot").unwrap_or(0.0) / DEGREE,
            "off" => self.place = self.place.or(number("x").zip(number("y"))),
            "ext" => self.size = self.size.or(number("cx").zip(number("cy"))),
            "chOff" => self.own_place = self.own_place.or(number("x").zip(number("y"))),
            "chExt" => self.own_size = self.own_size.or(number("cx").zip(number("cy"))),
            _ => {}
        }
    }

    fn sides(place: Option<(f64, f64)>, size: Option<(f64, f64)>) -> Option<[f64; 4]> {
        let ((x, y), (width, height)) = (place?, size?);
        Some([x, y, x + width, y + height])
    }
}

impl Shapes {
    pub(super) fn start(&mut self, tag: &Tag<'_>, theme: &Theme) {
        match tag.name() {
            "sp" | "wsp" => {
                (self.open, self.aside) = (Some(Shape::default()), 0);
                return;
            }
            "grpSp" | "wgp" | "wpc" if self.groups.len() >= GROUPS_MAX => {
                self.left_out = self.left_out.saturating_add(1);
                return self.canvas.cut();
            }
            "grpSp" | "wgp" | "wpc" => return self.groups.push(Group::default()),
            "anchor" | "inline" => self.anchor = [0.0; 2],
            "positionH" => self.axis = Some(0),
            "positionV" => self.axis = Some(1),
            "posOffset" => self.is_offset = true,
            "twoCellAnchor" => self.cells = Some(Cells::default()),
            _ => {}
        }
        if let Some(cells) = self.cells.as_mut().filter(|_| self.open.is_none()) {
            cells.start(tag);
        }
        let Some(shape) = &mut self.open else {
            if let Some(group) = self.groups.last_mut().filter(|group| group.map.is_none()) {
                group.frame.take(tag);
            }
            return;
        };
        if is_aside(tag.name()) {
            self.aside = self.aside.saturating_add(1);
        }
        if self.aside > 0 {
            return;
        }
        self.colours.start(tag, theme);
        shape.frame.take(tag);
        match tag.name() {
            "noFill" => shape.fill = shape.fill.or(Some(None)),
            "fillRef" => shape.is_in_style = true,
            "custGeom" => shape.path = Some(Path::default()),
            _ => {}
        }
        if let Some(path) = &mut shape.path {
            path.start(tag);
        }
    }

    /// Text in an element.
    pub(super) fn text(&mut self, piece: &str) {
        let axis = self.axis.filter(|_| self.is_offset).and_then(|axis| self.anchor.get_mut(axis));
        if let (Some(axis), Some(offset)) = (axis, office::number(piece)) {
            *axis = offset;
        }
        if let Some(cells) = self.cells.as_mut().filter(|_| self.open.is_none()) {
            cells.text(piece);
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if is_aside(name) {
            self.aside = self.aside.saturating_sub(1);
        }
        if let Some(cells) = self.cells.as_mut().filter(|_| self.open.is_none()) {
            cells.end();
        }
        match (name, &mut self.open) {
            ("twoCellAnchor", _) => self.cells = None,
            ("posOffset", _) => self.is_offset = false,
            ("grpSpPr", _) => self.place_group(),
            ("grpSp" | "wgp" | "wpc", _) if self.left_out > 0 => self.left_out = self.left_out.saturating_sub(1),
            ("grpSp" | "wgp" | "wpc", _) => drop(self.groups.pop()),
            ("fillRef", Some(shape)) => shape.is_in_style = false,
            ("sp" | "wsp", Some(_)) => self.end_shape(),
            (name, Some(shape)) if self.aside == 0 => {
                let Some(seen) = self.colours.end(name) else { return };
                match shape.is_in_style {
                    true => shape.usual = shape.usual.or(Some(seen)),
                    false => shape.fill = shape.fill.or(Some(Some(seen))),
                }
            }
            _ => {}
        }
    }

    /// Where what stands in the innermost group is put.
    fn map(&self) -> Affine {
        let [x, y] = self.anchor;
        self.groups.iter().rev().find_map(|group| group.map).unwrap_or(Affine::moved(x, y))
    }

    fn place_group(&mut self) {
        let outer = self.map();
        let Some(group) = self.groups.last_mut().filter(|group| group.map.is_none()) else { return };
        let Frame { place, size, own_place, own_size, degrees } = std::mem::take(&mut group.frame);
        let (place, own) = (Frame::sides(place, size), Frame::sides(own_place, own_size));
        let inside = own.zip(place).map_or(Affine::IDENTITY, |(own, place)| within(own, place));
        group.map = Some(inside.then(place.map_or(Affine::IDENTITY, |place| turned(place, degrees))).then(outer));
    }

    fn end_shape(&mut self) {
        let Some(Shape { frame, fill, usual, path, .. }) = self.open.take() else { return };
        let Some((shade, alpha)) = fill.unwrap_or(usual) else { return };
        let cells = self.cells.as_ref().filter(|_| self.groups.is_empty()).and_then(Cells::place);
        if let Some(place) = cells {
            add(&mut self.by_cells, (place, path.clone()), turned(place, frame.degrees), (shade, alpha));
        }
        let Some(place) = Frame::sides(frame.place, frame.size) else { return };
        let scale = Affine::scaled(1.0 / POINT, 1.0 / POINT);
        let map = turned(place, frame.degrees).then(self.map()).then(scale);
        add(&mut self.canvas, (place, path), map, (shade, alpha));
    }

    /// At the end of the part.
    pub(super) fn finish(self, found: &mut Found) {
        found.drawing(self.canvas);
        found.drawing(self.by_cells);
    }
}

fn add(to: &mut Canvas, (place, path): ([f64; 4], Option<Path>), map: Affine, (shade, alpha): (u8, f64)) {
    to.set_alpha(alpha);
    match path {
        Some(path) => to.add_lines(path.within(place), Rule::EvenOdd, map, Some(shade)),
        None => to.add_box(place, map, Some(shade)),
    }
    to.set_alpha(1.0);
}

fn is_aside(name: &str) -> bool {
    matches!(name, "ln" | "txBody" | "txbx" | "effectLst" | "lnRef" | "effectRef" | "fontRef" | "extLst")
}

#[cfg(test)]
mod tests;
