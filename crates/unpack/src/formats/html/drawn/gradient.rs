//! Pictures that a style draws by itself: shadows of boxes, and gradients with hard stops (CSS Backgrounds 3, CSS Images 3).

use crate::formats::html::style::{Length, colour, shade};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;

/// Shadows, layers, or stops of one style that are read.
const LISTED_MAX: usize = 20_000;

/// A box: left, top, width, height.
pub(super) type Frame = (f64, f64, f64, f64);

/// The value of a declaration; the last one counts.
pub(super) fn value<'c>(css: &'c str, names: &[&str]) -> Option<&'c str> {
    let mut declarations = css.rsplit(';').filter_map(|one| one.split_once(':'));
    declarations.find(|(name, _)| names.contains(&name.trim())).map(|(_, value)| value.trim())
}

/// The shadows of a box, the first on top.
pub(super) fn shadows(canvas: &mut Canvas, css: &str, (left, top, width, height): Frame) {
    let Some(list) = value(css, &["box-shadow"]) else { return };
    let shadows = listed(list);
    for shadow in shadows.iter().rev() {
        let (lengths, shade) = words(shadow);
        let pixels = |at: usize| lengths.get(at).map_or(0.0, |length| length.within(0.0));
        let (x, y, spread) = (left + pixels(0), top + pixels(1), pixels(3));
        let place = [x - spread, y - spread, x + width + spread, y + height + spread];
        canvas.add_box(place, Affine::IDENTITY, Some(shade.unwrap_or(0)));
    }
}

/// Which way a picture's stripes lie beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Across,
    Down,
}

/// The gradients behind a box, the first on top; the way of the stripes, if these are stripes.
pub(super) fn gradients(canvas: &mut Canvas, css: &str, frame: Frame) -> Option<Way> {
    let layers = listed(value(css, &["background", "background-image"])?);
    let places = value(css, &["background-position"]).map(listed).unwrap_or_default();
    let sizes = value(css, &["background-size"]).map(listed).unwrap_or_default();
    let mut way = None;
    for (number, layer) in layers.iter().enumerate().rev() {
        let Some((before, rest)) = layer.split_once("linear-gradient(") else { continue };
        let Some((inner, after)) = closed(rest) else { continue };
        // `0 0 / 6px 6px no-repeat` stands before or behind.
        let (place, size) = after.split_once('/').or_else(|| before.split_once('/')).unwrap_or((after, ""));
        let of = |own: &str, list: &[&str]| -> Vec<Length> {
            let own = words(own).0;
            let cycled = number.checked_rem(list.len()).and_then(|at| list.get(at));
            if own.is_empty() { cycled.map_or(own, |one| words(one).0) } else { own }
        };
        let (place, size) = (of(place, &places), of(size, &sizes));
        let (left, top, width, height) = frame;
        let wide = size.first().map_or(width, |length| length.within(width));
        let high = size.get(1).map_or(height, |length| length.within(height));
        // A share of a place is of the room that is left.
        let x = place.first().map_or(0.0, |length| length.within(width - wide));
        let y = place.get(1).map_or(0.0, |length| length.within(height - high));
        way = Some(stripes(canvas, inner, (left + x, top + y, wide, high)));
    }
    way
}

/// Paints one gradient: between two stops of one shade a stripe.
fn stripes(canvas: &mut Canvas, inner: &str, (left, top, width, height): Frame) -> Way {
    let mut parts = listed(inner);
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
    let length = if way == Way::Across { width } else { height };
    let mut stops: Vec<(f64, u8)> = Vec::new();
    let count = parts.len().saturating_sub(1).max(1);
    for (number, part) in parts.iter().enumerate() {
        let (lengths, shade) = words(part);
        let Some(shade) = shade else { continue };
        let even = || {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            length * f64::from(number) / f64::from(u32::try_from(count).unwrap_or(u32::MAX))
        };
        let first = lengths.first().map_or_else(even, |first| first.within(length));
        stops.push((first, shade));
        stops.extend(lengths.get(1).map(|second| (second.within(length), shade)));
    }
    let first = stops.first().map(|(_, shade)| (0.0, *shade));
    let last = stops.last().map(|(_, shade)| (length, *shade));
    let all: Vec<(f64, u8)> = first.into_iter().chain(stops).chain(last).collect();
    let mut reached = f64::NEG_INFINITY;
    for pair in all.windows(2) {
        let [(from, shade), (to, to_shade)] = pair else { continue };
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
            canvas.add_box(place, Affine::IDENTITY, Some(shade.midpoint(*to_shade)));
        }
    }
    way
}

/// What commas part, outside of brackets.
fn listed(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_u32, 0_usize);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 && parts.len() < LISTED_MAX => {
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

/// The lengths in a value, in order, and the shade of its colour.
fn words(value: &str) -> (Vec<Length>, Option<u8>) {
    let (mut lengths, mut found) = (Vec::new(), None);
    let mut rest = value.trim();
    while !rest.is_empty() {
        let end = rest.find([' ', '(']).unwrap_or(rest.len());
        let is_function = rest.get(end..).is_some_and(|rest| rest.starts_with('('));
        let end = if is_function { rest.find(')').map_or(rest.len(), |at| at.saturating_add(1)) } else { end };
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after.trim_start();
        match Length::read(word).filter(|_| !is_function) {
            Some(length) => lengths.push(length),
            None if word == "transparent" => found = Some(255),
            None => found = colour(word).map(shade).or(found),
        }
    }
    (lengths, found)
}
