//! Boxes of a page of which it is not known what they look like, or where they stand: variables, sums that are reckoned, rules with
//! selectors that are not followed. A few are in any letter; as many as a code has, with nothing in them, are told.

use crate::formats::html::style::{Colour, Length, Style};

/// So many boxes may be a code: the smallest has as many dark runs in its rows.
const BOXES_MIN: usize = 100;
/// The same of boxes that only have no background, as those have that keep room between others.
const BARE_MIN: usize = 150;
/// A box that is longer is no module, pixels.
const MODULE_PIXELS_MAX: f64 = 40.0;

/// Boxes so far.
#[derive(Debug, Default)]
pub(super) struct Unsure {
    /// What they look like is not known.
    unknown: usize,
    /// They have a size, and no background; a rule that is not followed may give it to them.
    bare: usize,
    /// The element that was opened last, as long as no text followed it.
    last: Option<Kind>,
    has_unread_rule: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Unknown,
    Bare,
}

impl Unsure {
    pub(super) fn element(&mut self, tag: &str, style: &Style) {
        self.end_element();
        self.last = kind(tag, style);
    }

    /// Text that is seen: what it stands in is no module.
    pub(super) fn text(&mut self) {
        self.last = None;
    }

    /// The page has a rule that draws, for elements that nobody here can tell.
    pub(super) fn has_unread_rule(&mut self) {
        self.has_unread_rule = true;
    }

    fn end_element(&mut self) {
        let count = match self.last.take() {
            Some(Kind::Unknown) => &mut self.unknown,
            Some(Kind::Bare) => &mut self.bare,
            None => return,
        };
        *count = count.saturating_add(1);
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.bare = self.bare.saturating_add(other.bare);
        self.has_unread_rule |= other.has_unread_rule;
    }

    /// May they be a code, all together?
    pub(super) fn may_be_code(&self) -> bool {
        self.unknown >= BOXES_MIN || (self.has_unread_rule && self.unknown.saturating_add(self.bare) >= BARE_MIN)
    }

    pub(super) fn finish(&mut self) {
        self.end_element();
    }
}

fn kind(tag: &str, style: &Style) -> Option<Kind> {
    if style.is_unpainted() || matches!(tag, "img" | "table" | "tr" | "body" | "html" | "input") {
        return None;
    }
    let place = &style.place;
    let is_small = |side: Option<Length>| {
        side.is_some_and(
            |side| matches!(side, Length::Pixels(side) if (0.5..=MODULE_PIXELS_MAX).contains(&f64::from(side))),
        )
    };
    let is_sized = is_small(place.width) && is_small(place.height);
    match style.background {
        Some(Colour::Other) if !style.is_drawing => Some(Kind::Unknown),
        Some(Colour::Rgb(_) | Colour::Tint(..)) if place.is_reckoned => Some(Kind::Unknown),
        None if is_sized => Some(Kind::Bare),
        _ => None,
    }
}
