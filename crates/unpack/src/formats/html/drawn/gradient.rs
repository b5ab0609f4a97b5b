//! Pictures that a style draws by itself: shadows of boxes, and gradients with hard stops (CSS Backgrounds 3, CSS Images 3). A style is
//! read once, and drawn for each box that has it.

use crate::formats::html::style::{Colour, Length, any_colour, declarations, shade, words};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;

/// Shadows, layers, or stops of one style that are read.
const LISTED_MAX: usize = 20_000;

/// A box: left, top, width, height.
pub(super) type Frame = (f64, f64, f64, f64);

/// The pictures of one style; none of a property that it does not name.
#[derive(Clone, Debug, Default)]
pub(in crate::formats::html) struct Pictures {
    /// Lengths and shade of each, the first on top.
    shadows: Option<Vec<Words>>,
    layers: Option<Vec<Layer>>,
    places: Option<Vec<Words>>,
    sizes: Option<Vec<Words>>,
    /// There is more than is kept.
    is_cut: bool,
    /// A gradient is none of those that are drawn.
    is_unread: bool,
}

/// The lengths in a value, in order, and its shade with how much is seen of it, in 255ths.
type Words = (Vec<Length>, Option<(u8, u8)>);

/// One gradient; where it says so itself, its place and size.
#[derive(Clone, Debug, Default)]
struct Layer {
    place: Vec<Length>,
    size: Vec<Length>,
    stripes: Option<Stripes>,
}

#[derive(Clone, Debug)]
struct Stripes {
    way: Way,
    is_back: bool,
    stops: Vec<Words>,
}

/// Which way a picture's stripes lie beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Across,
    Down,
}

impl Pictures {
    /// Reads declarations, in lower case and without comments.
    pub(in crate::formats::html) fn read(css: &str) -> Self {
        let mut read = Self::default();
        let all = |list: &str, is_cut: &mut bool| listed(list, is_cut).into_iter().map(measured).collect();
        for declaration in declarations(css) {
            let value = declaration.value.as_ref();
            match declaration.name.as_ref() {
                "box-shadow" => read.shadows = Some(all(value, &mut read.is_cut)),
                "background" | "background-image" => {
                    let layers = listed(value, &mut read.is_cut);
                    let layers = layers.into_iter().map(|layer| (layer, Layer::read(layer, &mut read.is_cut)));
                    let layers: Vec<(&str, Layer)> = layers.collect();
                    let is_unread =
                        |(text, layer): &(&str, Layer)| layer.stripes.is_none() && text.contains("gradient(");
                    read.is_unread |= layers.iter().any(is_unread);
                    read.layers = Some(layers.into_iter().map(|(_, layer)| layer).collect());
                }
                "background-position" => read.places = Some(all(value, &mut read.is_cut)),
                "background-size" => read.sizes = Some(all(value, &mut read.is_cut)),
                _ => {}
            }
        }
        read
    }

    /// Is there something to draw that was not read, in these and those of a nearer style?
    pub(super) fn has_unread(&self, nearer: &Self) -> bool {
        let is_drawn = |own: &Self| {
            let layers = own.layers.iter().flatten().filter(|layer| layer.stripes.is_some());
            layers.count().saturating_add(own.shadows.iter().flatten().count()) > 0
        };
        self.is_unread || nearer.is_unread || !(is_drawn(self) || is_drawn(nearer))
    }

    /// Draws them for a box, as far as a nearer style does not name others; gives the way of the stripes, if there are any.
    pub(super) fn draw(&self, nearer: &Self, canvas: &mut Canvas, frame: Frame) -> Option<Way> {
        if self.is_cut || nearer.is_cut {
            canvas.cut();
        }
        let count = |own: &Self| [own.layers.as_ref().map(Vec::len), own.shadows.as_ref().map(Vec::len)];
        let counts = count(self).into_iter().chain(count(nearer)).flatten();
        if !canvas.spend(counts.sum()) {
            return None;
        }
        let mut way = None;
        if let Some(layers) = nearer.layers.as_ref().or(self.layers.as_ref()) {
            let places = nearer.places.as_ref().or(self.places.as_ref());
            let sizes = nearer.sizes.as_ref().or(self.sizes.as_ref());
            for (number, layer) in layers.iter().enumerate().rev() {
                let of = |own: &[Length], list: Option<&Vec<Words>>| -> Vec<Length> {
                    let cycled = list.and_then(|list| list.get(number.checked_rem(list.len())?));
                    let cycled = cycled.filter(|_| own.is_empty()).map(|(lengths, _)| lengths.clone());
                    cycled.unwrap_or_else(|| own.to_vec())
                };
                if let Some(stripes) = &layer.stripes {
                    let frame = placed(&of(&layer.place, places), &of(&layer.size, sizes), frame);
                    way = Some(stripes.draw(canvas, frame));
                }
            }
        }
        if let Some(shadows) = nearer.shadows.as_ref().or(self.shadows.as_ref()) {
            draw_shadows(shadows, canvas, frame);
        }
        way
    }
}

/// The frame of a picture within that of its box. A share of a place is of the room that is left.
fn placed(place: &[Length], size: &[Length], (left, top, width, height): Frame) -> Frame {
    let wide = size.first().map_or(width, |length| length.within(width));
    let high = size.get(1).map_or(height, |length| length.within(height));
    let x = place.first().map_or(0.0, |length| length.within(width - wide));
    let y = place.get(1).map_or(0.0, |length| length.within(height - high));
    (left + x, top + y, wide, high)
}

fn draw_shadows(shadows: &[Words], canvas: &mut Canvas, (left, top, width, height): Frame) {
    for (lengths, tint) in shadows.iter().rev() {
        let pixels = |at: usize| lengths.get(at).map_or(0.0, |length| length.within(0.0));
        let (x, y, spread) = (left + pixels(0), top + pixels(1), pixels(3));
        let place = [x - spread, y - spread, x + width + spread, y + height + spread];
        add_box(canvas, place, tint.unwrap_or((0, 255)));
    }
}

fn add_box(canvas: &mut Canvas, place: [f64; 4], (shade, alpha): (u8, u8)) {
    canvas.set_alpha(f64::from(alpha) / 255.0);
    canvas.add_box(place, Affine::IDENTITY, Some(shade));
    canvas.set_alpha(1.0);
}

impl Layer {
    fn read(layer: &str, is_cut: &mut bool) -> Self {
        let stripes = layer.split_once("linear-gradient(").and_then(|(before, rest)| Some((before, closed(rest)?)));
        let Some((before, (inner, after))) = stripes else { return Self::default() };
        // `0 0 / 6px 6px no-repeat` stands before or behind.
        let (place, size) = after.split_once('/').or_else(|| before.split_once('/')).unwrap_or((after, ""));
        let (place, size) = (measured(place).0, measured(size).0);
        Self { place, size, stripes: Some(Stripes::read(inner, is_cut)) }
    }
}

impl Stripes {
    fn read(inner: &str, is_cut: &mut bool) -> Self {
        let mut parts = listed(inner, is_cut);
        let direction = parts.first().copied().unwrap_or_default();
        let is_direction = direction.starts_with("to ") || direction.ends_with("deg") || direction.ends_with("turn");
        let (way, is_back) = match direction {
            "to right" | "90deg" | ".25turn" | "0.25turn" => (Way::Across, false),
            "to left" | "270deg" | "-90deg" => (Way::Across, true),
            "to top" | "0deg" | "360deg" => (Way::Down, true),
            _ => (Way::Down, false),
        };
        if is_direction {
            parts.remove(0);
        }
        Self { way, is_back, stops: parts.into_iter().map(measured).collect() }
    }

    /// Paints between two stops of one shade a stripe.
    fn draw(&self, canvas: &mut Canvas, (left, top, width, height): Frame) -> Way {
        let Self { way, is_back, .. } = *self;
        if !canvas.spend(self.stops.len()) {
            return way;
        }
        let length = if way == Way::Across { width } else { height };
        let all = self.stops_within(length);
        let mut reached = f64::NEG_INFINITY;
        for pair in all.windows(2) {
            let [(from, tint), (to, to_tint)] = pair else { continue };
            // A stop before another one stands where that one does.
            let from = from.max(reached);
            let to = to.max(from);
            reached = from;
            let (from, to) = if is_back { (length - to, length - from) } else { (from, to) };
            let place = match way {
                Way::Across => [left + from, top, left + to, top + height],
                Way::Down => [left, top + from, left + width, top + to],
            };
            if to > from {
                add_box(canvas, place, (tint.0.midpoint(to_tint.0), tint.1.midpoint(to_tint.1)));
            }
        }
        way
    }

    /// Where each stop is, from the beginning to the end.
    fn stops_within(&self, length: f64) -> Vec<(f64, (u8, u8))> {
        let mut stops: Vec<(f64, (u8, u8))> = Vec::new();
        let count = self.stops.len().saturating_sub(1).max(1);
        for (number, (lengths, tint)) in self.stops.iter().enumerate() {
            let Some(tint) = *tint else { continue };
            let even = || {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                length * f64::from(number) / f64::from(u32::try_from(count).unwrap_or(u32::MAX))
            };
            stops.push((lengths.first().map_or_else(even, |first| first.within(length)), tint));
            stops.extend(lengths.get(1).map(|second| (second.within(length), tint)));
        }
        let first = stops.first().map(|(_, tint)| (0.0, *tint));
        let last = stops.last().map(|(_, tint)| (length, *tint));
        first.into_iter().chain(stops).chain(last).collect()
    }
}

/// What commas part, outside of brackets.
fn listed<'l>(list: &'l str, is_cut: &mut bool) -> Vec<&'l str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_u32, 0_usize);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                if parts.len() >= LISTED_MAX {
                    *is_cut = true;
                    return parts;
                }
                parts.push(list.get(from..at).unwrap_or_default().trim());
                from = at.saturating_add(1);
            }
            _ => {}
        }
    }
    parts.push(list.get(from..).unwrap_or_default().trim());
    parts
}

/// Up to the bracket that closes, and what stands behind it.
fn closed(rest: &str) -> Option<(&str, &str)> {
    let mut depth = 1_u32;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some((rest.get(..at)?, rest.get(at.saturating_add(1)..)?));
        }
    }
    None
}

fn measured(value: &str) -> Words {
    let (mut lengths, mut found) = (Vec::new(), None);
    for word in words(value) {
        match Length::read(word) {
            Some(length) => lengths.push(length),
            None => {
                found = match any_colour(word) {
                    Colour::Rgb(colour) => Some((shade(colour), 255)),
                    Colour::Tint(colour, alpha) => Some((shade(colour), alpha)),
                    Colour::Clear => Some((255, 0)),
                    Colour::Other => found,
                }
            }
        }
    }
    (lengths, found)
}
