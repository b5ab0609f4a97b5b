//! Gradients of SVG (SVG 2, 14.2): stripes between their stops, for boxes; other shapes have one shade.

use std::collections::{HashMap, HashSet};

use super::{Attributes, NAMES_MAX};
use crate::formats::html::style::{Colour, Length, any_colour, shade, share};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Line, Rule, UNKNOWN_SHADE};

/// Hard edges of a gradient that may be a row of a code.
const HARD_MIN: usize = 4;
/// Gradients that have their stops from another.
const CHAIN_MAX: usize = 8;
/// Of shades of soft passages only so much is told apart.
const COARSE: u8 = 0b1110_0000;
/// Stops of all gradients of a drawing.
const STOPS_MAX: usize = 100_000;

/// Those read so far.
#[derive(Debug, Default)]
pub(super) struct Gradients {
    by_id: HashMap<String, Gradient>,
    /// The one that is read.
    open: Option<String>,
    stops: usize,
    /// Names of patterns.
    patterns: HashSet<String>,
    /// Shapes that were painted with one that was not known yet, by its name.
    forward: HashMap<String, usize>,
    /// Shapes that were painted with one with hard edges, in a way that is not followed.
    hard: usize,
}

#[derive(Debug, Default)]
struct Gradient {
    is_down: bool,
    is_back: bool,
    /// It goes across or down from end to end of what it paints.
    is_straight: bool,
    /// The one whose stops it has, if it has none itself.
    of: Option<String>,
    stops: Vec<Stop>,
    /// Stops that stand where the one before does, with another colour.
    edges: usize,
}

/// Where it is, from 0 to 1, its shade, and how much is seen of it, from 0 to 1.
type Stop = (f64, u8, f64);

impl Gradients {
    pub(super) fn element(&mut self, tag: &str, attributes: &Attributes<'_>) {
        if tag == "stop" {
            return self.stop(attributes);
        }
        self.open = attributes.text("id").map(str::to_owned);
        if let Some(id) = self.open.clone().filter(|_| self.by_id.len() < NAMES_MAX) {
            let share = |name: &str, usual: f64| {
                attributes.text(name).and_then(Length::read).map_or(usual, |length| length.within(1.0))
            };
            let (across, down) = (share("x2", 1.0) - share("x1", 0.0), share("y2", 0.0) - share("y1", 0.0));
            let of = attributes.text("href").or_else(|| attributes.text("xlink:href"));
            let of = of.and_then(|target| target.strip_prefix('#')).map(str::to_owned);
            let is_own = attributes.text("gradientunits") != Some("userSpaceOnUse");
            let is_plain = is_own && attributes.text("gradienttransform").is_none() && tag == "lineargradient";
            let is_straight = is_plain && (across.abs() + down.abs() - 1.0).abs() < 1e-3 && across * down == 0.0;
            let (is_down, is_back) = (across == 0.0, across + down < 0.0);
            let gradient = Gradient { is_down, is_back, is_straight, of, stops: Vec::new(), edges: 0 };
            self.by_id.entry(id).or_insert(gradient);
        }
    }

    fn stop(&mut self, attributes: &Attributes<'_>) {
        let Some(gradient) = self.open.as_ref().and_then(|id| self.by_id.get_mut(id)) else { return };
        let own = |name: &str| attributes.declared(name).or_else(|| attributes.text(name));
        let colour = own("stop-color").map(|value| any_colour(&value.to_ascii_lowercase()));
        let (shade, seen) = match colour {
            None => (0, 255),
            Some(Colour::Rgb(colour)) => (shade(colour), 255),
            Some(Colour::Tint(colour, alpha)) => (shade(colour), alpha),
            Some(Colour::Clear) => (255, 0),
            Some(Colour::Other) => (UNKNOWN_SHADE, 255),
        };
        let opacity = own("stop-opacity").and_then(share).map_or(1.0, f64::from);
        self.stops = self.stops.saturating_add(1);
        if self.stops <= STOPS_MAX {
            let at = own("offset").and_then(share).map_or(0.0, f64::from);
            let stop = (at, shade, opacity * f64::from(seen) / 255.0);
            let is_edge =
                gradient.stops.last().is_some_and(|last| last.0 >= at && (last.1, last.2) != (stop.1, stop.2));
            gradient.edges = gradient.edges.saturating_add(usize::from(is_edge));
            gradient.stops.push(stop);
        }
    }

    /// A gradient, and the one whose stops it has.
    fn found(&self, id: &str) -> Option<(&Gradient, &Gradient)> {
        let gradient = self.by_id.get(id)?;
        let mut own = gradient;
        for _ in 0..CHAIN_MAX {
            if !own.stops.is_empty() {
                return Some((gradient, own));
            }
            own = self.by_id.get(own.of.as_ref()?)?;
        }
        None
    }

    pub(super) fn pattern(&mut self, id: &str) {
        if self.patterns.len() < NAMES_MAX {
            self.patterns.insert(id.to_owned());
        }
    }

    /// A shape is painted with one, and that is not followed; true where it is known.
    pub(super) fn pass(&mut self, id: &str) -> bool {
        if let Some((_, own)) = self.found(id) {
            self.hard = self.hard.saturating_add(usize::from(own.is_hard()));
            return true;
        }
        if self.forward.len() < NAMES_MAX || self.forward.contains_key(id) {
            let count = self.forward.entry(id.to_owned()).or_default();
            *count = count.saturating_add(1);
        } else {
            self.hard = self.hard.saturating_add(1);
        }
        false
    }

    /// Shapes that may be a row of a code each.
    pub(super) fn rows(&self) -> usize {
        let is_row = |id: &String| match self.found(id) {
            Some((_, own)) => own.is_hard(),
            None => !self.patterns.contains(id),
        };
        self.forward.iter().filter(|(id, _)| is_row(id)).fold(self.hard, |rows, (_, count)| rows.saturating_add(*count))
    }

    /// Paints what lines enclose; false where nothing is known of the gradient.
    pub(super) fn draw(
        &mut self,
        id: &str,
        (lines, rule): (&[Line], Rule),
        (map, opacity): (Affine, f64),
        canvas: &mut Canvas,
    ) -> bool {
        let Some((gradient, own)) = self.found(id) else { return self.pass(id) };
        let stops = own.stops.as_slice();
        if self.stops > STOPS_MAX || !canvas.spend(stops.len()) {
            canvas.cut();
            return true;
        }
        match lines {
            [line] if line.len() <= 5 && gradient.is_straight => gradient.stripes(stops, (line, map, opacity), canvas),
            _ => {
                let count = f64::from(u32::try_from(stops.len()).unwrap_or(u32::MAX));
                let mean = |of: fn(&Stop) -> f64| stops.iter().map(of).sum::<f64>() / count;
                let shade = coarse(rounded(mean(|(_, shade, _)| f64::from(*shade))));
                canvas.set_alpha(opacity * mean(|(_, _, seen)| *seen));
                canvas.add_lines(lines.to_vec(), rule, map, Some(shade));
                canvas.set_alpha(1.0);
                self.hard = self.hard.saturating_add(usize::from(own.is_hard()));
            }
        }
        true
    }
}

impl Gradient {
    /// Has it several edges where one colour ends and another begins?
    fn is_hard(&self) -> bool {
        self.edges >= HARD_MIN
    }

    /// A stripe between each two stops, in the shade between theirs.
    fn stripes(&self, stops: &[Stop], (line, map, opacity): (&Line, Affine, f64), canvas: &mut Canvas) {
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let [left, top, right, bottom] = line.iter().fold(none, |[left, top, right, bottom], (x, y)| {
            [left.min(*x), top.min(*y), right.max(*x), bottom.max(*y)]
        });
        let first = stops.first().map(|(_, shade, seen)| (0.0, *shade, *seen));
        let last = stops.last().map(|(_, shade, seen)| (1.0, *shade, *seen));
        let all: Vec<Stop> = first.into_iter().chain(stops.iter().copied()).chain(last).collect();
        let mut reached = 0.0_f64;
        for pair in all.windows(2) {
            let [(from, shade, seen), (to, to_shade, to_seen)] = pair else { continue };
            let from = from.max(reached);
            let to = to.max(from);
            reached = from;
            if to <= from {
                continue;
            }
            let (from, to) = if self.is_back { (1.0 - to, 1.0 - from) } else { (from, to) };
            let place = if self.is_down {
                [left, top + (bottom - top) * from, right, top + (bottom - top) * to]
            } else {
                [left + (right - left) * from, top, left + (right - left) * to, bottom]
            };
            canvas.set_alpha(opacity * f64::midpoint(*seen, *to_seen));
            let between = if shade == to_shade { *shade } else { coarse(shade.midpoint(*to_shade)) };
            canvas.add_box(place, map, Some(between));
        }
        canvas.set_alpha(1.0);
    }
}

/// A drawing of many soft passages is not one of as many shades.
fn coarse(shade: u8) -> u8 {
    shade & COARSE
}

fn rounded(shade: f64) -> u8 {
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    {
        shade.round() as u8
    }
}
