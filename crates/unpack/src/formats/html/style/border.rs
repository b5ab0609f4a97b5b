//! Borders and outlines of boxes (CSS Backgrounds 3, 4): how wide they are together, and what they are painted with.

use crate::formats::html::style::{Colour, Length, any_colour, is_dark, words};

/// `thin`, `medium`, `thick` (CSS Backgrounds 3, 4.3), pixels.
const WIDTHS: [(&str, f32); 3] = [("thin", 1.0), ("medium", 3.0), ("thick", 5.0)];
const MEDIUM: f32 = 3.0;
/// Borders across, or down, that are as wide as this together are no frame.
const THICK_PIXELS_MIN: f32 = 2.5;
/// Of text, and so of a border that names no colour.
const BLACK: u32 = 0;

/// What a style says of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::formats::html) struct Border {
    /// By shorthands: both across, and both down, together; and their colour, `0xRRGGBB`.
    whole: Option<(f32, f32, u32)>,
    /// By properties of their own.
    widths: Option<(f32, f32)>,
    colour: Option<Colour>,
    is_styled: Option<bool>,
    /// A variable, or something else that is not known.
    is_unread: bool,
    /// Its sides are dark and light, or of a colour that is not known.
    is_mixed: bool,
}

impl Border {
    /// Takes a declaration, in lower case; false where it is of another matter.
    pub(super) fn declare(&mut self, name: &str, value: &str) -> bool {
        let Some(rest) = name.strip_prefix("border").or_else(|| name.strip_prefix("outline")) else { return false };
        let (side, of) = match rest.strip_suffix("-width") {
            Some(side) => (side, "width"),
            None => match rest.strip_suffix("-style") {
                Some(side) => (side, "style"),
                None => rest.strip_suffix("-color").map_or((rest, ""), |side| (side, "color")),
            },
        };
        let Some(sides) = sides(side) else { return false };
        match of {
            "width" => self.add_widths(value, (side, sides)),
            "style" => {
                let is_styled = words(value).any(is_style);
                self.is_styled = Some(is_styled || (!side.is_empty() && self.is_styled == Some(true)));
            }
            "color" => {
                let of_sides = || words(value).map(any_colour).filter(|colour| *colour != Colour::Clear);
                let before = self.colour.filter(|colour| !side.is_empty() && *colour != Colour::Clear);
                let first = before.or_else(|| of_sides().next()).and_then(darkness);
                self.is_mixed |= of_sides().any(|colour| darkness(colour).is_none() || darkness(colour) != first);
                self.colour = Some(of_sides().next().unwrap_or(Colour::Clear));
            }
            _ => self.add(value, sides),
        }
        true
    }

    /// A shorthand. Without a style there is none.
    fn add(&mut self, value: &str, (across, down): (f32, f32)) {
        let is_known = |word: &str| !word.contains('(') || any_colour(word) != Colour::Other || width(word).is_some();
        self.is_unread |= !words(value).all(is_known);
        let colours = || words(value).map(any_colour);
        let own = match colours().find(|colour| *colour != Colour::Other) {
            Some(Colour::Rgb(colour) | Colour::Tint(colour, _)) => Some(colour),
            Some(Colour::Clear) => None,
            Some(Colour::Other) | None => Some(BLACK),
        };
        let width = words(value).find_map(width).unwrap_or(MEDIUM);
        let Some(colour) = own.filter(|_| words(value).any(is_style)) else { return };
        // Two modules in one element.
        let is_other = |(_, _, own): (f32, f32, u32)| is_dark(own) != is_dark(colour);
        self.is_unread |= width >= THICK_PIXELS_MIN && self.thick().is_some() && self.whole.is_some_and(is_other);
        let (wide, high, _) = self.whole.filter(|(_, _, own)| *own == colour).unwrap_or_default();
        self.whole = Some((wide + width * across, high + width * down, colour));
    }

    fn add_widths(&mut self, value: &str, (side, (across, down)): (&str, (f32, f32))) {
        let all: Vec<f32> = words(value).map(|word| width(word).unwrap_or(0.0)).collect();
        let at = |at: usize, or: usize| all.get(at).or(all.get(or)).or(all.first()).copied().unwrap_or(0.0);
        self.widths = Some(if side.is_empty() {
            (at(1, 0) + at(3, 1), at(0, 0) + at(2, 0))
        } else {
            let (wide, high) = self.widths.unwrap_or_default();
            (wide + at(0, 0) * across, high + at(0, 0) * down)
        });
    }

    /// What is painted of them: both across, and both down, together, in which colour.
    pub(in crate::formats::html) fn painted(&self) -> Option<(f32, f32, u32)> {
        let usual = (MEDIUM * 2.0, MEDIUM * 2.0);
        let own = self.is_styled.unwrap_or(false).then(|| self.widths.unwrap_or(usual));
        let (wide, high, colour) = match (self.whole, own) {
            (Some((wide, high, colour)), _) if self.is_styled != Some(false) => {
                let (wide, high) = self.widths.unwrap_or((wide, high));
                (wide, high, colour)
            }
            (_, Some((wide, high))) => (wide, high, BLACK),
            _ => return None,
        };
        let colour = match self.colour {
            Some(Colour::Rgb(own) | Colour::Tint(own, _)) => own,
            Some(Colour::Clear) => return None,
            Some(Colour::Other) | None => colour,
        };
        (wide + high > 0.0).then_some((wide, high, colour))
    }

    /// The colour of borders that are as good as a background.
    pub(in crate::formats::html) fn thick(&self) -> Option<u32> {
        let thick = self.painted().filter(|(across, down, _)| across.max(*down) >= THICK_PIXELS_MIN);
        thick.map(|(_, _, colour)| colour)
    }

    /// Is it not known what they look like?
    pub(in crate::formats::html) fn is_unread(&self) -> bool {
        self.is_unread || (self.is_mixed && self.thick().is_some())
    }

    /// May they be as good as a background?
    pub(in crate::formats::html) fn may_paint(&self) -> bool {
        self.is_unread() || self.thick().is_some()
    }

    /// These, where a nearer style does not say otherwise.
    pub(super) fn under(self, nearer: Self) -> Self {
        Self {
            whole: nearer.whole.or(self.whole),
            widths: nearer.widths.or(self.widths),
            colour: nearer.colour.or(self.colour),
            is_styled: nearer.is_styled.or(self.is_styled),
            is_unread: self.is_unread || nearer.is_unread,
            is_mixed: self.is_mixed || nearer.is_mixed,
        }
    }
}

/// How many borders across, and down, a name is of; none of another matter (`border-radius`).
fn sides(name: &str) -> Option<(f32, f32)> {
    Some(match name {
        "" => (2.0, 2.0),
        "-left" | "-right" | "-inline-start" | "-inline-end" => (1.0, 0.0),
        "-top" | "-bottom" | "-block-start" | "-block-end" => (0.0, 1.0),
        "-inline" => (2.0, 0.0),
        "-block" => (0.0, 2.0),
        _ => return None,
    })
}

/// Is a colour dark? None where it is not known, or nothing of it is seen.
fn darkness(colour: Colour) -> Option<bool> {
    match colour {
        Colour::Rgb(colour) | Colour::Tint(colour, _) => Some(is_dark(colour)),
        Colour::Clear | Colour::Other => None,
    }
}

fn is_style(word: &str) -> bool {
    matches!(word, "solid" | "dashed" | "dotted" | "double" | "groove" | "ridge" | "inset" | "outset" | "auto")
}

fn width(word: &str) -> Option<f32> {
    let named = WIDTHS.iter().find(|(name, _)| *name == word).map(|(_, width)| *width);
    named.or_else(|| match Length::read(word)? {
        Length::Pixels(pixels) => Some(pixels),
        Length::Share(_) => None,
    })
}
