//! What shapes are painted with. A colour that is not known has a shade of its own: whatever it is, what is painted with it can be told
//! from what is painted otherwise.

use super::{Attributes, Svg};
use crate::fingerprint;
use crate::formats::html::style::{Colour, shade};
use crate::formats::image::canvas::UNKNOWN_SHADE;

/// Shades of those that are not known, the first one first.
const SHADES: [u8; 8] = [UNKNOWN_SHADE, 160, 48, 200, 72, 128, 24, 224];
/// More different ones are not told apart.
const UNKNOWN_MAX: usize = 16;

/// What shapes are painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Nothing,
    /// Black, or as whoever uses it says.
    Usual,
    /// And how much is seen of it, in 255ths.
    Shade(u8, u8),
}

/// Colours that are not known.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// The words for them.
    words: Vec<String>,
    has_more: bool,
    /// Shapes that were painted with them.
    uses: usize,
}

impl Unknown {
    fn shade(&mut self, words: String) -> u8 {
        let at = self.words.iter().position(|own| *own == words).unwrap_or_else(|| {
            self.has_more |= self.words.len() >= UNKNOWN_MAX;
            if self.words.len() < UNKNOWN_MAX {
                self.words.push(words);
            }
            self.words.len().saturating_sub(1)
        });
        SHADES.get(at.checked_rem(SHADES.len()).unwrap_or(0)).copied().unwrap_or(UNKNOWN_SHADE)
    }

    /// Shapes that may be anything: there are too many different ones.
    pub(super) fn rows(&self) -> usize {
        if self.has_more { self.uses } else { 0 }
    }
}

impl Svg {
    /// What an element is painted with; as around it where it does not say so.
    pub(super) fn paint(&mut self, attributes: &Attributes<'_>, name: &str, around: Paint) -> Paint {
        let own = attributes.colours(self.groups.last().map_or((None, None), |group| group.colours));
        if attributes.doubt.recolours_by(name, own) {
            let words = format!("{own:?} {:?}", attributes.doubt);
            return Paint::Shade(self.unknown.shade(words), 255);
        }
        match attributes.colour(name) {
            None => around,
            Some(Colour::Other) => self.unknown(attributes, name),
            Some(known) => Paint::of(known),
        }
    }

    /// The colour of text, if it is known.
    pub(super) fn current(&self, attributes: &Attributes<'_>) -> Option<Colour> {
        let around = || self.groups.last().and_then(|group| group.colour);
        attributes.style.colour.or_else(around).filter(|colour| *colour != Colour::Other)
    }

    fn unknown(&mut self, attributes: &Attributes<'_>, name: &str) -> Paint {
        let words = attributes.unknown(name);
        if words == "currentcolor" {
            if let Some(current) = self.current(attributes) {
                return Paint::of(current);
            }
            // Whoever uses it has a colour.
            if self.groups.iter().any(|group| group.is_defined) {
                return Paint::Usual;
            }
        }
        // What is named elsewhere is known, or told, by its name.
        let is_named = words.starts_with("url(");
        self.unknown.uses = self.unknown.uses.saturating_add(usize::from(!is_named));
        let variables = self.variables(attributes);
        Paint::Shade(self.unknown.shade(format!("{words} {variables}")), 255)
    }

    /// A number for the variables that hold in an element.
    pub(super) fn variables(&self, attributes: &Attributes<'_>) -> u64 {
        let around = self.groups.last().map_or(0, |group| group.variables);
        attributes.variables().map_or(around, |own| fingerprint::of((around, own)))
    }
}

impl Paint {
    fn of(colour: Colour) -> Self {
        match colour {
            Colour::Clear => Self::Nothing,
            Colour::Rgb(colour) => Self::Shade(shade(colour), 255),
            Colour::Tint(colour, alpha) => Self::Shade(shade(colour), alpha),
            Colour::Other => Self::Usual,
        }
    }

    /// As the text of whoever uses it, where it has no other colour.
    pub(super) fn or_current(self, current: Option<Colour>) -> Self {
        if self == Self::Usual { current.map_or(self, Self::of) } else { self }
    }

    pub(super) fn shade(self) -> Option<u8> {
        match self {
            Self::Shade(shade, _) => Some(shade),
            Self::Nothing | Self::Usual => None,
        }
    }

    /// How much is seen of it, from 0 to 1.
    pub(super) fn alpha(self) -> f64 {
        match self {
            Self::Shade(_, alpha) => f64::from(alpha) / 255.0,
            Self::Nothing | Self::Usual => 1.0,
        }
    }
}
