//! Is text at a place of the page seen? What the elements around it say together.

use crate::formats::html::style::{Colour, Style, is_dark, is_near, over};

/// White, which pages are drawn on where nothing else is said.
pub(super) const PAGE: u32 = 0x00ff_ffff;

/// What is behind the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ground {
    #[default]
    Page,
    Rgb(u32),
    /// A picture, or what a rule that is not read may set.
    Unknown,
}

impl Ground {
    /// With a colour over it of which so much is seen, in 255ths.
    fn under(self, colour: u32, alpha: u8) -> Self {
        match self {
            Self::Page => Self::Rgb(over(colour, alpha, PAGE)),
            Self::Rgb(ground) => Self::Rgb(over(colour, alpha, ground)),
            Self::Unknown => Self::Unknown,
        }
    }
}

/// How a character is seen that fills its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Dark on light, or light on dark.
    Plain,
    /// As light, or as dark, as its ground.
    Faint,
    /// In the colour of its ground.
    Ground,
}

/// What holds at one place; each element makes the next from the one around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    is_removed: bool,
    is_undrawn: bool,
    is_tiny: bool,
    is_invisible: bool,
    is_clear: bool,
    colour: Option<u32>,
    ground: Ground,
    is_rtl: bool,
    is_overridden: bool,
}

impl Seen {
    /// Within an element of that style.
    pub(super) fn within(self, style: &Style) -> Self {
        let mut seen = self;
        seen.is_removed |= style.removes();
        seen.is_undrawn |= style.removes_drawings();
        seen.is_tiny = style.is_tiny().unwrap_or(seen.is_tiny);
        seen.is_invisible = style.is_invisible().unwrap_or(seen.is_invisible);
        seen.is_rtl = style.flow.is_rtl.unwrap_or(seen.is_rtl);
        seen.is_overridden = style.flow.is_turned.unwrap_or(seen.is_overridden);
        match style.colour {
            Some(Colour::Rgb(colour) | Colour::Tint(colour, _)) => {
                (seen.colour, seen.is_clear) = (Some(colour), false);
            }
            Some(Colour::Clear) => (seen.colour, seen.is_clear) = (None, true),
            Some(Colour::Other) => (seen.colour, seen.is_clear) = (None, false),
            None => {}
        }
        match style.background {
            Some(Colour::Rgb(colour)) => seen.ground = Ground::Rgb(colour),
            Some(Colour::Tint(colour, alpha)) => seen.ground = seen.ground.under(colour, alpha),
            Some(Colour::Other) => seen.ground = Ground::Unknown,
            Some(Colour::Clear) | None => {}
        }
        seen
    }

    /// Is its text off the page, with all that is inside?
    pub(super) fn is_removed(self) -> bool {
        self.is_removed
    }

    /// Is what is drawn in it off the page as well?
    pub(super) fn is_undrawn(self) -> bool {
        self.is_undrawn
    }

    /// Runs all text from right to left, whatever its letters are?
    pub(super) fn is_turned(self) -> bool {
        self.is_rtl && self.is_overridden
    }

    /// How a block is seen here, if what is around is; none where nothing is.
    pub(super) fn ink(self) -> Option<Ink> {
        if self.is_tiny || self.is_invisible {
            return None;
        }
        let ground = match self.ground {
            Ground::Rgb(colour) => colour,
            Ground::Page | Ground::Unknown => PAGE,
        };
        Some(match self.colour {
            _ if self.is_clear => Ink::Ground,
            Some(colour) if is_near(colour, ground) => Ink::Ground,
            Some(colour) if is_dark(colour) == is_dark(ground) => Ink::Faint,
            _ => Ink::Plain,
        })
    }

    /// Taken off the page by the element itself.
    pub(super) fn removed(self) -> Self {
        Self { is_removed: true, is_undrawn: true, ..self }
    }

    /// Links have a colour of their own, whatever stands around.
    pub(super) fn in_link(self) -> Self {
        Self { colour: None, is_clear: false, ..self }
    }

    /// Is text not seen? With `is_page_known` false the page may have another colour than white.
    pub(super) fn hides(self, is_page_known: bool) -> bool {
        let ground = match self.ground {
            Ground::Page => is_page_known.then_some(PAGE),
            Ground::Rgb(colour) => Some(colour),
            Ground::Unknown => None,
        };
        let is_same = self.colour.zip(ground).is_some_and(|(colour, ground)| is_near(colour, ground));
        self.is_removed || self.is_tiny || self.is_invisible || self.is_clear || is_same
    }
}
