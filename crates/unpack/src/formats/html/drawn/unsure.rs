//! What may be modules of a code of which it is not known what they look like, or where they stand: variables, sums that are reckoned,
//! rules of which nobody here can tell whether they hold. A few are in any letter; as many as a code has are told, all of a page
//! together: boxes with nothing in them, and shapes.

use lol_html::html_content::Element;
use mail::links::is_invisible;

use crate::formats::html::attributes;
use crate::formats::html::drawn::Says;
use crate::formats::html::style::{Colour, Length, Position, Style, is_dark};

/// So many boxes may be a code: the smallest has as many dark runs in its rows.
const BOXES_MIN: usize = 100;
/// The same of boxes that only have no background, as those have that keep room between others.
const BARE_MIN: usize = 150;
/// A box that is longer, or thinner, is no module, pixels.
const MODULE_PIXELS: std::ops::RangeInclusive<f64> = 0.5..=40.0;
/// And one that is a larger share of what is around it.
const MODULE_SHARE_MAX: f32 = 0.1;
/// Elements around a text that have it as their own: more are no wrappers.
const WRAPPERS_MAX: usize = 8;
/// Entries of lists that may draw.
const ENTRIES_MIN: usize = 100;

/// Parts of a path of VML that may be a row of a code.
const PATH_PARTS_MIN: usize = 8;

/// What there was so far.
#[derive(Debug, Default)]
pub(super) struct Unsure {
    /// Boxes of which it is not known what they look like.
    unknown: usize,
    /// Boxes with a size, and no background; a rule that is not followed may give it to them.
    bare: usize,
    /// Boxes that are known, and stand where they are put, as modules do.
    placed: usize,
    open: Vec<Open>,
    /// Of these, those around the last drawing.
    around_svg: usize,
    /// Entries of lists that may draw and are not read.
    entries: usize,
}

/// A box that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    number: Option<u32>,
    kind: Kind,
    is_empty: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Unknown,
    Bare,
    Placed,
}

/// How large a box is, as far as it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Module,
    Unknown,
    Other,
}

impl Unsure {
    /// Takes an element; true if its end matters. `has_unread` says that it draws what nobody read.
    pub(super) fn element(
        &mut self,
        tag: &str,
        element: &Element<'_, '_>,
        (says, has_unread): (Says<'_>, bool),
    ) -> bool {
        self.entries = self.entries.saturating_add(usize::from(says.style.place.unread_entries));
        self.entries = self.entries.saturating_add(strokes(tag, element));
        if shows(tag, element) && !says.style.is_unpainted() {
            self.fill(self.open.len());
        }
        if tag == "svg" {
            self.around_svg = self.open.len();
        }
        let kind = kind(tag, (says, has_unread), || size(tag, element, says.style));
        self.open.extend(kind.map(|kind| Open { number: None, kind, is_empty: true }));
        kind.is_some()
    }

    /// The number of the element that was opened last.
    pub(super) fn opened(&mut self, number: u32) {
        if let Some(open) = self.open.last_mut() {
            open.number.get_or_insert(number);
        }
    }

    /// Text, of any colour: what it stands in is no module, unless nothing of it is seen, or a dot.
    pub(super) fn text(&mut self, piece: &str) {
        let mut shown = piece.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c));
        let is_dot = shown.next().is_none_or(|c| !c.is_alphanumeric()) && shown.next().is_none();
        if !is_dot {
            self.fill(self.open.len());
        }
    }

    /// A drawing ends that has shapes.
    pub(super) fn fill_around_svg(&mut self) {
        self.fill(self.around_svg);
    }

    /// The first of the open boxes have something in them.
    fn fill(&mut self, count: usize) {
        let open = self.open.iter_mut().take(count);
        for open in open.rev().take(WRAPPERS_MAX) {
            open.is_empty = false;
        }
    }

    /// An element ends, and all within it.
    pub(super) fn close(&mut self, number: u32) {
        while let Some(open) = self.open.pop_if(|open| open.number.is_none_or(|own| own >= number)) {
            let count = match open.kind {
                Kind::Unknown => &mut self.unknown,
                Kind::Bare => &mut self.bare,
                Kind::Placed => &mut self.placed,
            };
            *count = count.saturating_add(usize::from(open.is_empty));
        }
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.bare = self.bare.saturating_add(other.bare);
        self.placed = self.placed.saturating_add(other.placed);
        self.entries = self.entries.saturating_add(other.entries);
    }

    /// May they be a code, all together?
    pub(super) fn may_be_code(&self) -> bool {
        self.unknown >= BOXES_MIN || self.unknown.saturating_add(self.bare) >= BARE_MIN || self.entries >= ENTRIES_MIN
    }

    /// Boxes with nothing in them that are put where they are.
    pub(super) fn placed(&self) -> usize {
        self.placed
    }

    pub(super) fn finish(&mut self) {
        self.close(0);
    }
}

/// Is there a picture, or what another page shows? Drawings are looked at when they end.
fn shows(tag: &str, element: &Element<'_, '_>) -> bool {
    let has = |name: &str| element.get_attribute(name).is_some_and(|source| !source.trim().is_empty());
    match tag {
        "img" | "image" | "iframe" | "embed" | "input" => has("src") || has("href") || has("xlink:href"),
        "video" => has("src") || has("poster"),
        "object" => has("data"),
        _ => false,
    }
}

/// What sort of box it is, if it may be a module.
fn kind(tag: &str, (says, has_unread): (Says<'_>, bool), size: impl FnOnce() -> Size) -> Option<Kind> {
    let Says { style, doubt, .. } = says;
    if style.is_unpainted() || matches!(tag, "body" | "html" | "head") {
        return None;
    }
    let own = match style.background {
        Some(Colour::Rgb(colour) | Colour::Tint(colour, _)) => Some(colour),
        _ => style.place.border.thick(),
    };
    let is_painted = own.is_some() || style.is_drawing;
    let is_unknown = style.background == Some(Colour::Other) && (!style.is_drawing || has_unread);
    let is_contested = is_painted && (style.place.is_reckoned || doubt.contests(style));
    let is_lively = style.is_animated && doubt.is_lively;
    let is_unread_border = style.place.border.is_unread();
    // A drawing is looked at by its shapes.
    let is_ground = tag == "svg" && own.is_some();
    let is_placed = own.is_some() && style.place.position == Some(Position::Out);
    let is_bare = own.is_none() && doubt.paints() && tag != "img";
    if !(is_unknown || is_contested || is_lively || is_unread_border || is_ground || is_placed || is_bare) {
        return None;
    }
    let size = size();
    let is_module = size == Size::Module;
    // A light box of no size of its own keeps room between others.
    let is_likely = is_module || style.is_drawing || own.is_some_and(is_dark);
    match size {
        Size::Other => None,
        _ if is_unknown || is_ground || (is_contested && is_likely) => Some(Kind::Unknown),
        Size::Module if is_lively || is_unread_border => Some(Kind::Unknown),
        Size::Module if is_placed => Some(Kind::Placed),
        Size::Module if is_bare => Some(Kind::Bare),
        _ => None,
    }
}

/// Lines of VML, and parts of its paths: they are not followed.
fn strokes(tag: &str, element: &Element<'_, '_>) -> usize {
    let parts = |name: &str| {
        let path = element.get_attribute(name).unwrap_or_default();
        Some(memchr::memchr_iter(b'm', path.as_bytes()).count()).filter(|count| *count >= PATH_PARTS_MIN).unwrap_or(0)
    };
    match tag {
        "v:line" | "v:polyline" | "v:curve" | "v:arc" => 1,
        "v:fill" | "v:stroke" => usize::from(element.has_attribute("color") && !element.has_attribute("src")),
        "v:shape" | "v:shapetype" | "v:path" => parts("path").saturating_add(parts("v")),
        _ => 0,
    }
}

fn size(tag: &str, element: &Element<'_, '_>, style: &Style) -> Size {
    let place = &style.place;
    let attribute = |name: &str| {
        let is_sized = matches!(tag, "td" | "th" | "table" | "img" | "svg" | "tr" | "col" | "hr");
        is_sized.then(|| attributes::lower(element, name)).flatten().and_then(|value| Length::read(&value))
    };
    let (wide, high) = place.padding.unwrap_or_default();
    let (thick, tall) = place.border.painted().map_or((0.0, 0.0), |(across, down, _)| (across, down));
    let width = side(place.width().or_else(|| attribute("width")), wide + thick);
    let height = side(place.height().or_else(|| attribute("height")), high + tall);
    // What is as wide as a part of the page is none; how high a share is nobody knows.
    let height =
        if height == Size::Other && matches!(place.height(), Some(Length::Share(_))) { Size::Unknown } else { height };
    width.max(height)
}

/// A side with its padding and border.
fn side(length: Option<Length>, around: f32) -> Size {
    let is_module = |pixels: f32| {
        if MODULE_PIXELS.contains(&f64::from(pixels)) { Size::Module } else { Size::Other }
    };
    match length {
        None if around > 0.0 => is_module(around),
        None => Size::Unknown,
        Some(Length::Pixels(pixels)) => is_module(pixels + around),
        Some(Length::Share(share)) if share <= MODULE_SHARE_MAX => Size::Module,
        Some(Length::Share(_)) => Size::Other,
    }
}
