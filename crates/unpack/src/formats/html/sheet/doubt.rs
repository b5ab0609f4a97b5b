//! What rules say of an element of which it is not known whether they hold for it: nothing of that is drawn, and nothing is left out
//! for it. What they would change is told of those elements that may be modules of a code.

use std::collections::HashMap;

use super::selector::{Selector, Subject};
use crate::formats::html::style::{Colour, Style};

/// Words that something is said of.
const WORDS_MAX: usize = 20_000;

/// What they say, all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::formats::html) struct Doubt {
    background: Option<Colour>,
    fill: Option<Colour>,
    stroke: Option<Colour>,
    hides: bool,
    puts: bool,
    sizes: bool,
    /// They say where shapes are.
    puts_shapes: bool,
    /// They draw borders, shadows or gradients.
    draws: bool,
    /// Which elements they hold for is not known either.
    pub(in crate::formats::html) is_partial: bool,
    /// Steps of an animation that may draw.
    pub(in crate::formats::html) is_lively: bool,
}

/// What they say, by one word of their selectors each.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubts {
    by_tag: HashMap<String, Doubt>,
    by_class: HashMap<String, Doubt>,
    by_id: HashMap<String, Doubt>,
}

impl Doubts {
    /// False where there is no more room.
    pub(super) fn add(&mut self, selector: &Selector, doubt: Doubt) -> bool {
        if doubt.is_empty() {
            return true;
        }
        let (map, word) = match (selector.classes.last(), selector.id.as_str()) {
            (_, id) if !id.is_empty() => (&mut self.by_id, id),
            (Some(class), _) => (&mut self.by_class, class.as_str()),
            (None, _) => (&mut self.by_tag, selector.tag.as_str()),
        };
        let own = Doubt { is_partial: doubt.is_partial || !selector.is_single(), ..doubt };
        if let Some(known) = map.get_mut(word) {
            *known = known.with(own);
        } else if map.len() < WORDS_MAX {
            map.insert(word.to_owned(), own);
        } else {
            return false;
        }
        true
    }

    /// What may be of an element.
    pub(super) fn of(&self, subject: &Subject<'_>) -> Doubt {
        let of_tags = [self.by_tag.get(subject.tag), self.by_tag.get(""), self.by_id.get(subject.id)];
        let of_classes = subject.classes.iter().filter_map(|class| self.by_class.get(*class));
        of_tags.into_iter().flatten().chain(of_classes).fold(Doubt::default(), |all, one| all.with(*one))
    }
}

impl Doubt {
    pub(super) fn of(style: &Style) -> Self {
        Self {
            background: style.background,
            fill: style.fill,
            stroke: style.stroke,
            hides: style.may_hide(),
            puts: style.place.puts(),
            sizes: style.place.sizes(),
            puts_shapes: style.shape.puts() || style.place.moved.is_some(),
            draws: style.is_drawing || style.place.border.may_paint(),
            is_partial: false,
            is_lively: false,
        }
    }

    pub(super) fn is_empty(self) -> bool {
        Self { is_partial: false, ..self } == Self::default()
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self {
            background: joined(self.background, other.background),
            fill: joined(self.fill, other.fill),
            stroke: joined(self.stroke, other.stroke),
            hides: self.hides || other.hides,
            puts: self.puts || other.puts,
            sizes: self.sizes || other.sizes,
            puts_shapes: self.puts_shapes || other.puts_shapes,
            draws: self.draws || other.draws,
            is_partial: self.is_partial || other.is_partial,
            is_lively: self.is_lively || other.is_lively,
        }
    }

    /// With what a rule says that is sure, as far as it is of the same: it is not known which of them wins.
    pub(super) fn beside(self, style: &Style) -> Self {
        let or = |own: Option<Colour>, other: Option<Colour>| own.and_then(|own| joined(Some(own), other));
        Self {
            background: or(self.background, style.background),
            fill: or(self.fill, style.fill),
            stroke: or(self.stroke, style.stroke),
            ..self
        }
    }

    /// May they give a box a colour?
    pub(in crate::formats::html) fn paints(self) -> bool {
        self.draws || self.background.is_some_and(|colour| colour != Colour::Clear)
    }

    /// Would they make of a box that looks so something else?
    pub(in crate::formats::html) fn contests(self, own: &Style) -> bool {
        self.recolours_box(own.background)
            || self.hides
            || self.draws
            || (self.puts && own.place.puts())
            || (self.sizes && own.place.sizes())
    }

    /// The same of a shape; those that say nothing are black.
    pub(in crate::formats::html) fn contests_shape(self, fill: Option<Colour>, stroke: Option<Colour>) -> bool {
        self.recolours(fill, stroke) || self.hides || self.puts_shapes
    }

    /// Would they give shapes of these colours others?
    pub(in crate::formats::html) fn recolours(self, fill: Option<Colour>, stroke: Option<Colour>) -> bool {
        self.recolours_by("fill", (fill, stroke)) || self.recolours_by("stroke", (fill, stroke))
    }

    /// The same by one property only.
    pub(in crate::formats::html) fn recolours_by(
        self,
        name: &str,
        (fill, stroke): (Option<Colour>, Option<Colour>),
    ) -> bool {
        let (said, own) = match name {
            "fill" => (self.fill, fill.unwrap_or(Colour::Rgb(0))),
            _ => (self.stroke, stroke.unwrap_or(Colour::Clear)),
        };
        said.is_some_and(|said| said != own)
    }

    /// Would they give a box of that colour another one?
    pub(in crate::formats::html) fn recolours_box(self, own: Option<Colour>) -> bool {
        self.background.is_some_and(|colour| own != Some(colour))
    }
}

/// Of two different colours none is known.
fn joined(one: Option<Colour>, other: Option<Colour>) -> Option<Colour> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(Colour::Other),
        (one, other) => one.or(other),
    }
}
