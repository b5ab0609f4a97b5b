//! Filled shapes of the slides of old presentations, as boxes (MS-ODRAW 2.2.13 and later, 2.3.7; MS-PPT 2.5.13, 2.4.17): codes are drawn
//! so. Documented limits: each but a free form is as large as the box around it; a shape that does not say what it is filled with is
//! filled with nothing, though its master may say more; the ground of a master is not known.

use std::ops::Range;

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, SHAPES_MAX};
use crate::formats::image::grey;
use crate::formats::office::Found;
use crate::formats::office::bytes::{slice, u8_at, u16_at, u32_at};
use crate::formats::office::shaded::{COLOURED, placed};

/// Types of records: what is drawn by itself, the colours that shapes name by number.
const SHEETS: [u16; 3] = [0x03ee, 0x03f8, 0x03f0];
const SCHEME: u16 = 0x07f0;
/// Groups of shapes, shapes, and what is said of one: of a group its own coordinates; its type; its properties; its place in the group, or
/// on the slide.
const GROUP: u16 = 0xf003;
const SHAPE: u16 = 0xf004;
const COORDINATES: u16 = 0xf009;
const TYPE: u16 = 0xf00a;
const PROPERTIES: [u16; 3] = [0xf00b, 0xf121, 0xf122];
const PLACE_IN_GROUP: u16 = 0xf00f;
const PLACE_ON_SLIDE: u16 = 0xf010;
/// Flags of a shape: it stands for its group, it was taken away, it is the ground of the slide.
const IS_GROUP: u32 = 1;
const IS_DELETED: u32 = 8;
const IS_GROUND: u32 = 0x400;
/// Properties: how it is turned, the sort of its filling, its colour and how much is seen of it, and whether it is filled at all.
const TURNED: u16 = 0x0004;
const COLOUR: u16 = 0x0181;
const OPACITY: u16 = 0x0182;
const IS_FILLED: u16 = 0x01bf;
/// In the last: the bit, and the one that says that it counts.
const FILLED_BIT: u32 = 0x0010;
const FILLED_COUNTS: u32 = 0x0010_0000;
/// Flags of a colour: the number of one of the slide's, of one of the system's.
const OF_SCHEME: u8 = 0x08;
const OF_SYSTEM: u8 = 0x10;
/// Bytes of a property.
const PROPERTY_BYTES: usize = 6;
/// Groups within groups.
const GROUPS_MAX: usize = 64;
/// What is whole in numbers with a fraction of 16 bits.
const WHOLE: f64 = 65_536.0;

/// The shapes of the slide that is read.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    filled: Vec<Filled>,
    ground: Option<[u8; 4]>,
    scheme: Vec<u8>,
    groups: Vec<Group>,
    open: Option<(usize, Shape)>,
    is_cut: bool,
}

/// A group, where it ends, and where what is in it is put.
#[derive(Debug)]
struct Group {
    end: usize,
    map: Affine,
    /// Its own shape comes first.
    is_placed: bool,
}

#[derive(Debug, Default)]
struct Shape {
    flags: u32,
    /// Left, top, right, bottom.
    place: Option<[f64; 4]>,
    coordinates: Option<[f64; 4]>,
    colour: Option<[u8; 4]>,
    is_filled: Option<bool>,
    opacity: Option<u32>,
    turned: u32,
}

/// A filled shape.
#[derive(Debug)]
struct Filled {
    place: [f64; 4],
    map: Affine,
    colour: [u8; 4],
    opacity: f64,
}

impl Shapes {
    /// Sees a record that stands there, with its instance, kind and body.
    pub(super) fn see(&mut self, range: Range<usize>, (instance, kind): (u16, u16), body: &[u8], found: &mut Found) {
        if self.open.as_ref().is_some_and(|(end, _)| *end <= range.start) {
            self.end_shape();
        }
        while self.groups.pop_if(|group| group.end <= range.start).is_some() {}
        match (kind, &mut self.open) {
            (kind, _) if SHEETS.contains(&kind) => self.finish(found),
            (SCHEME, _) if instance == 1 || self.scheme.is_empty() => self.scheme = body.to_vec(),
            (GROUP, _) => {
                self.is_cut |= self.groups.len() >= GROUPS_MAX;
                if self.groups.len() < GROUPS_MAX {
                    let map = self.groups.last().map_or(Affine::IDENTITY, |group| group.map);
                    self.groups.push(Group { end: range.end, map, is_placed: false });
                }
            }
            (SHAPE, _) => self.open = Some((range.end, Shape::default())),
            (_, Some((_, shape))) => shape.see((instance, kind), body),
            _ => {}
        }
    }

    fn end_shape(&mut self) {
        let Some((_, shape)) = self.open.take() else { return };
        let map = self.groups.last().map_or(Affine::IDENTITY, |group| group.map);
        if shape.flags & IS_GROUP != 0 {
            if let Some(group) = self.groups.last_mut().filter(|group| !group.is_placed) {
                group.is_placed = true;
                group.map = shape.inside().then(map);
            }
            return;
        }
        let Some(colour) = shape.colour().filter(|_| shape.flags & IS_DELETED == 0) else { return };
        if shape.flags & IS_GROUND != 0 {
            self.ground = Some(colour);
            return;
        }
        let Some(place) = shape.place else { return };
        self.is_cut |= self.filled.len() >= SHAPES_MAX;
        if self.filled.len() < SHAPES_MAX {
            let opacity = shape.opacity.map_or(1.0, |opacity| f64::from(opacity) / WHOLE);
            let (place, turn) = turned(place, shape.turned);
            self.filled.push(Filled { place, map: turn.then(map), colour, opacity });
        }
    }

    /// At the end of a slide.
    pub(super) fn finish(&mut self, found: &mut Found) {
        self.end_shape();
        let Self { filled, ground, scheme, is_cut, .. } = std::mem::take(self);
        let mut canvas = Canvas::default();
        for Filled { place, map, colour, opacity } in filled {
            canvas.set_alpha(opacity.clamp(0.0, 1.0));
            canvas.add_box(place, map, Some(shade(colour, &scheme)));
        }
        canvas.set_alpha(1.0);
        let mut canvas = match ground {
            Some(colour) => canvas.on_ground(shade(colour, &scheme)),
            None => canvas,
        };
        if is_cut {
            canvas.cut();
        }
        found.drawing(canvas);
    }
}

impl Shape {
    fn see(&mut self, (instance, kind): (u16, u16), body: &[u8]) {
        let long = |at: usize| u32_at(body, at).map(|number| f64::from(number.cast_signed()));
        let short = |at: usize| u16_at(body, at).map(|number| f64::from(number.cast_signed()));
        let sides = |[left, top, right, bottom]: [Option<f64>; 4]| Some([left?, top?, right?, bottom?]);
        match kind {
            COORDINATES => self.coordinates = sides([0, 4, 8, 12].map(long)),
            TYPE => self.flags = u32_at(body, 4).unwrap_or(0),
            PLACE_IN_GROUP => self.place = sides([0, 4, 8, 12].map(long)),
            // Its top comes before its left side.
            PLACE_ON_SLIDE if body.len() < 16 => self.place = sides([2, 0, 4, 6].map(short)),
            PLACE_ON_SLIDE => self.place = sides([4, 0, 8, 12].map(long)),
            kind if PROPERTIES.contains(&kind) => {
                let all = slice(body, 0, usize::from(instance).saturating_mul(PROPERTY_BYTES));
                for property in all.chunks_exact(PROPERTY_BYTES) {
                    let value = u32_at(property, 2).unwrap_or(0);
                    match u16_at(property, 0).unwrap_or(0) & 0x3fff {
                        TURNED => self.turned = value,
                        COLOUR => self.colour = Some(value.to_le_bytes()),
                        OPACITY => self.opacity = Some(value),
                        IS_FILLED if value & FILLED_COUNTS != 0 => self.is_filled = Some(value & FILLED_BIT != 0),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Its colour, if anything says that it is filled. The usual one is white.
    fn colour(&self) -> Option<[u8; 4]> {
        match self.is_filled {
            Some(false) => None,
            Some(true) => Some(self.colour.unwrap_or([255, 255, 255, 0])),
            None => self.colour,
        }
    }

    /// From the coordinates of a group to its place.
    fn inside(&self) -> Affine {
        self.coordinates.zip(self.place).map_or(Affine::IDENTITY, |(own, place)| placed::within(own, place))
    }
}

/// The place of a shape, and how it is turned, by a number of degrees with a fraction of 16 bits (MS-ODRAW 2.3.18.5).
fn turned([left, top, right, bottom]: [f64; 4], turned: u32) -> ([f64; 4], Affine) {
    let degrees = (f64::from(turned.cast_signed()) / WHOLE).rem_euclid(360.0);
    // The place of one that lies on its side is that of one that stands.
    let lies = (45.0..135.0).contains(&degrees) || (225.0..315.0).contains(&degrees);
    let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    let (across, down) = ((right - left) / 2.0, (bottom - top) / 2.0);
    let (across, down) = if lies { (down, across) } else { (across, down) };
    let place = [x - across, y - down, x + across, y + down];
    (place, placed::turned(place, degrees))
}

/// The shade of a colour: its parts, or a number (MS-ODRAW 2.2.2).
fn shade([red, green, blue, flags]: [u8; 4], scheme: &[u8]) -> u8 {
    let of_parts = |red: u8, green: u8, blue: u8| grey::shade(u32::from_be_bytes([0, red, green, blue]));
    if flags & OF_SCHEME != 0 {
        let part = |by: usize| u8_at(scheme, usize::from(red).saturating_mul(4).saturating_add(by));
        let parts = part(0).zip(part(1)).zip(part(2));
        return parts.map_or(COLOURED, |((red, green), blue)| of_parts(red, green, blue));
    }
    match red {
        // The window, and what is written in it.
        5 if flags & OF_SYSTEM != 0 => 255,
        8 if flags & OF_SYSTEM != 0 => 0,
        _ if flags & OF_SYSTEM != 0 => COLOURED,
        _ => of_parts(red, green, blue),
    }
}

#[cfg(test)]
mod tests;
