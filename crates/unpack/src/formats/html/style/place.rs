//! Where a style puts a box: for codes that are drawn with boxes. Lengths are in pixels of CSS, or shares of what is around.

use crate::formats::html::style::border::Border;
use crate::formats::html::style::words;

/// Bytes, and entries, of a list that may draw a part of a code: with fewer nothing of one can be drawn.
const LIST_BYTES_MIN: usize = 60;
const LIST_ENTRIES_MIN: usize = 8;
/// A longer value is no length.
const LENGTH_BYTES_MAX: usize = 256;
/// Units of lengths (CSS Values 4, 6); what has another one, or none, is a length to some programs only.
const UNITS: [&str; 22] = [
    "%", "px", "em", "rem", "ex", "ch", "pt", "pc", "in", "cm", "mm", "q", "vw", "vh", "vmin", "vmax", "lh", "rlh",
    "cap", "ic", "svh", "dvh",
];
/// Words for a length that is as if none had been said, or is not known.
const LENGTH_WORDS: [&str; 11] = [
    "auto",
    "none",
    "normal",
    "initial",
    "inherit",
    "unset",
    "revert",
    "revert-layer",
    "min-content",
    "max-content",
    "stretch",
];

/// A length, or a share of the box around.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::formats::html) enum Length {
    Pixels(f32),
    Share(f32),
}

/// How a box is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats::html) enum Position {
    InFlow,
    Relative,
    /// Absolute or fixed.
    Out,
}

/// What a style says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::formats::html) struct Place {
    pub(in crate::formats::html) position: Option<Position>,
    pub(in crate::formats::html) left: Option<Length>,
    pub(in crate::formats::html) top: Option<Length>,
    pub(in crate::formats::html) right: Option<Length>,
    pub(in crate::formats::html) bottom: Option<Length>,
    pub(in crate::formats::html) width: Option<Length>,
    pub(in crate::formats::html) height: Option<Length>,
    pub(super) min_width: Option<Length>,
    pub(super) min_height: Option<Length>,
    pub(in crate::formats::html) margin_left: Option<Length>,
    pub(in crate::formats::html) margin_top: Option<Length>,
    /// By `transform` or `translate`.
    pub(in crate::formats::html) moved: Option<(Length, Length)>,
    /// Column and row of a grid, from one.
    pub(in crate::formats::html) column: Option<u16>,
    pub(in crate::formats::html) row: Option<u16>,
    pub(in crate::formats::html) border: Border,
    /// Both paddings across, and both down, together.
    pub(in crate::formats::html) padding: Option<(f32, f32)>,
    /// Something of it is reckoned, and not known here.
    pub(in crate::formats::html) is_reckoned: bool,
    /// Entries of a list that may draw, and is not read.
    pub(in crate::formats::html) unread_entries: u16,
}

impl Position {
    /// None of a word that no program knows.
    pub(super) fn read(value: &str) -> Option<Self> {
        match value {
            "absolute" | "fixed" => Some(Self::Out),
            "relative" | "sticky" | "-webkit-sticky" => Some(Self::Relative),
            "static" | "initial" | "inherit" | "unset" | "revert" | "revert-layer" => Some(Self::InFlow),
            _ => None,
        }
    }
}

impl Length {
    /// In pixels, within so many.
    pub(in crate::formats::html) fn within(self, around: f64) -> f64 {
        match self {
            Self::Pixels(pixels) => f64::from(pixels),
            Self::Share(share) => f64::from(share) * around,
        }
    }

    /// `6px`, `.5em`, `3.5%`, `-4pt`.
    pub(in crate::formats::html) fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        if value.len() > LENGTH_BYTES_MAX {
            return None;
        }
        if let Some(sum) = value.strip_prefix("calc(").and_then(|inner| inner.strip_suffix(')')) {
            return Self::reckon(sum);
        }
        let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        let number: f32 = digits.parse().ok().filter(|number: &f32| number.is_finite())?;
        Some(match value.get(digits.len()..)? {
            "%" => Self::Share(number / 100.0),
            "em" | "rem" => Self::Pixels(number * 16.0),
            "ex" | "ch" => Self::Pixels(number * 8.0),
            "pt" => Self::Pixels(number * 4.0 / 3.0),
            "pc" => Self::Pixels(number * 16.0),
            "in" => Self::Pixels(number * 96.0),
            "cm" => Self::Pixels(number * 96.0 / 2.54),
            "mm" => Self::Pixels(number * 9.6 / 2.54),
            "vw" | "vh" | "vmin" | "vmax" => Self::Pixels(number * super::USUAL_SIDE_PIXELS / 100.0),
            _ => Self::Pixels(number),
        })
    }
}

impl Length {
    /// None where a share is added to a length.
    fn plus(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Pixels(0.0), other) => Some(other),
            (own, Self::Pixels(0.0)) => Some(own),
            (Self::Pixels(own), Self::Pixels(other)) => Some(Self::Pixels(own + other)),
            (Self::Share(own), Self::Share(other)) => Some(Self::Share(own + other)),
            _ => None,
        }
    }

    /// `40px + 8px - 2px`: a sum of pixels, without brackets.
    fn reckon(sum: &str) -> Option<Self> {
        if sum.contains('(') {
            return None;
        }
        let (mut total, mut sign) = (0.0, Some(1.0));
        for word in sum.split_ascii_whitespace() {
            match (word, sign) {
                ("+", None) => sign = Some(1.0),
                ("-", None) => sign = Some(-1.0),
                (length, Some(own)) => {
                    let Self::Pixels(pixels) = Self::read(length)? else { return None };
                    (total, sign) = (total + own * pixels, None);
                }
                (_, None) => return None,
            }
        }
        sign.is_none().then_some(Self::Pixels(total))
    }
}

impl Place {
    /// Takes a declaration, in lower case; false where it is of another matter.
    pub(super) fn declare(&mut self, name: &str, value: &str) -> bool {
        self.unread_entries = self.unread_entries.max(unread_entries(name, value));
        self.is_reckoned |= is_of_place(name) && value.contains('(') && !is_read(name, value);
        // A path to stand on, or a layer that goes its own way.
        self.is_reckoned |= matches!(name, "offset" | "offset-path" | "zoom" | "position-area") && !is_plain(value);
        match name {
            "position" => self.position = Position::read(value).or(self.position),
            "left" | "inset-inline-start" => later(&mut self.left, value, &mut self.is_reckoned),
            "top" | "inset-block-start" => later(&mut self.top, value, &mut self.is_reckoned),
            "right" | "inset-inline-end" => later(&mut self.right, value, &mut self.is_reckoned),
            "bottom" | "inset-block-end" => later(&mut self.bottom, value, &mut self.is_reckoned),
            // A part that is no length, and nothing of it holds.
            "inset" | "margin" if !words(value).all(is_length) => {}
            "inset" => {
                let mut sides = words(value).map(Length::read);
                let top = sides.next().flatten();
                let right = sides.next().unwrap_or(top);
                let bottom = sides.next().unwrap_or(top);
                (self.top, self.right, self.bottom) = (top, right, bottom);
                self.left = sides.next().unwrap_or(right);
            }
            "width" | "inline-size" => later(&mut self.width, value, &mut self.is_reckoned),
            "height" | "block-size" => later(&mut self.height, value, &mut self.is_reckoned),
            "min-width" => later(&mut self.min_width, value, &mut self.is_reckoned),
            "min-height" => later(&mut self.min_height, value, &mut self.is_reckoned),
            "margin-left" | "margin-inline-start" => later(&mut self.margin_left, value, &mut self.is_reckoned),
            "margin-top" | "margin-block-start" => later(&mut self.margin_top, value, &mut self.is_reckoned),
            "margin" => {
                let sides: Vec<Option<Length>> = words(value).map(Length::read).collect();
                self.margin_top = sides.first().copied().flatten();
                self.margin_left = sides.get(3).or(sides.get(1)).or(sides.first()).copied().flatten();
            }
            "transform" | "translate" => self.moved = moved(value),
            "grid-column" | "grid-column-start" => self.column = whole(value),
            "grid-row" | "grid-row-start" => self.row = whole(value),
            "grid-area" => {
                self.row = whole(value);
                self.column = value.split_once('/').and_then(|(_, column)| whole(column.trim()));
            }
            "padding" => {
                let sides: Vec<f32> = words(value).map(pixels).collect();
                let side = |at: usize, or: usize| sides.get(at).or(sides.get(or)).or(sides.first()).copied();
                let sums = side(1, 0).zip(side(3, 1)).zip(side(0, 0).zip(side(2, 0)));
                self.padding = sums.map(|((right, left), (top, bottom))| (right + left, top + bottom));
            }
            "padding-left" | "padding-right" => self.add_padding((pixels(value), 0.0)),
            "padding-top" | "padding-bottom" => self.add_padding((0.0, pixels(value))),
            _ => return self.border.declare(name, value),
        }
        true
    }

    /// The width, where it is known: no less than the least.
    pub(in crate::formats::html) fn width(&self) -> Option<Length> {
        larger(self.width, self.min_width)
    }

    /// As [`Self::width`].
    pub(in crate::formats::html) fn height(&self) -> Option<Length> {
        larger(self.height, self.min_height)
    }

    fn add_padding(&mut self, (across, down): (f32, f32)) {
        let (wide, high) = self.padding.unwrap_or_default();
        self.padding = Some((wide + across, high + down));
    }

    /// Does it say where a box stands, other than in the flow?
    pub(in crate::formats::html) fn puts(&self) -> bool {
        let lengths = [self.left, self.top, self.right, self.bottom, self.margin_left, self.margin_top];
        lengths.iter().any(Option::is_some)
            || self.position.is_some()
            || self.moved.is_some()
            || self.row.is_some()
            || self.column.is_some()
    }

    /// Does it say how large a box is?
    pub(in crate::formats::html) fn sizes(&self) -> bool {
        self.width().is_some() || self.height().is_some() || self.padding.is_some()
    }

    /// This place, where a nearer style does not say otherwise.
    pub(super) fn under(self, nearer: Self) -> Self {
        Self {
            position: nearer.position.or(self.position),
            left: nearer.left.or(self.left),
            top: nearer.top.or(self.top),
            right: nearer.right.or(self.right),
            bottom: nearer.bottom.or(self.bottom),
            width: nearer.width.or(self.width),
            height: nearer.height.or(self.height),
            min_width: nearer.min_width.or(self.min_width),
            min_height: nearer.min_height.or(self.min_height),
            margin_left: nearer.margin_left.or(self.margin_left),
            margin_top: nearer.margin_top.or(self.margin_top),
            moved: nearer.moved.or(self.moved),
            column: nearer.column.or(self.column),
            row: nearer.row.or(self.row),
            border: self.border.under(nearer.border),
            padding: nearer.padding.or(self.padding),
            is_reckoned: self.is_reckoned || nearer.is_reckoned,
            unread_entries: self.unread_entries.max(nearer.unread_entries),
        }
    }
}

/// Takes the length of a later declaration. What no program takes leaves the one before; of what some take it is not known which one
/// holds.
fn later(own: &mut Option<Length>, value: &str, is_unsure: &mut bool) {
    let read = Length::read(value);
    if read.is_none() && !is_length(value) {
        return;
    }
    *is_unsure |= own.is_some() && read != *own && !is_length(value);
    *own = read;
}

/// Is it a length to all programs, or a word that stands for one?
fn is_length(value: &str) -> bool {
    let value = value.trim();
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'));
    let is_number = || Length::read(value).is_some_and(|length| UNITS.contains(&unit) || length.within(1.0) == 0.0);
    // What is reckoned, and may not be known here.
    value.contains('(') || LENGTH_WORDS.contains(&value) || value.starts_with("-webkit-") || is_number()
}

fn larger(own: Option<Length>, least: Option<Length>) -> Option<Length> {
    let (Some(length), Some(min)) = (own, least) else {
        // Without a width of its own it may be wider than nothing.
        return own.or(least.filter(|least| least.within(1.0) > 0.0));
    };
    let around = f64::from(super::USUAL_SIDE_PIXELS);
    Some(if min.within(around) > length.within(around) { min } else { length })
}

fn pixels(value: &str) -> f32 {
    match Length::read(value) {
        Some(Length::Pixels(pixels)) => pixels,
        _ => 0.0,
    }
}

/// Does a property put a box, or say how large it is?
fn is_of_place(name: &str) -> bool {
    let is_side = matches!(name, "left" | "top" | "right" | "bottom" | "transform" | "translate" | "padding");
    is_side || is_size(name) || ["inset", "margin", "padding-"].iter().any(|own| name.starts_with(own))
}

fn is_size(name: &str) -> bool {
    matches!(name, "width" | "height" | "min-width" | "min-height" | "inline-size" | "block-size")
}

/// Is all of a value known?
fn is_read(name: &str, value: &str) -> bool {
    match name {
        "transform" | "translate" => moved(value).is_some(),
        _ => words(value).all(|word| !word.contains('(') || Length::read(word).is_some()),
    }
}

fn is_plain(value: &str) -> bool {
    matches!(value, "none" | "auto" | "normal" | "initial" | "inherit" | "unset" | "1" | "100%" | "0")
}

/// How many entries has a property that may draw, and is not read?
fn unread_entries(name: &str, value: &str) -> u16 {
    if value.len() < LIST_BYTES_MIN {
        return 0;
    }
    let is_of_others = ["transition", "animation", "will-", "font", "grid", "mso-", "--"];
    let is_read = match name {
        "box-shadow" | "background-position" | "background-size" | "src" => true,
        "background" | "background-image" => !["radial-", "conic-", "repeating-"].iter().any(|own| value.contains(own)),
        _ => is_of_others.iter().any(|own| name.contains(own)),
    };
    // Pictures in an address are pictures of their own.
    if is_read || value.contains("url(") {
        return 0;
    }
    let count = if name == "clip-path" {
        memchr::memchr_iter(b',', value.as_bytes()).count() / 2
    } else {
        listed(value).max(memchr::memchr_iter(b'(', value.as_bytes()).count() / 3)
    };
    u16::try_from(count).ok().filter(|count| usize::from(*count) >= LIST_ENTRIES_MIN).unwrap_or(0)
}

/// Commas outside of brackets.
fn listed(value: &str) -> usize {
    let (mut depth, mut count) = (0_u32, 0_usize);
    for byte in value.bytes() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => count = count.saturating_add(1),
            _ => {}
        }
    }
    count
}

/// `translate(4px, 8px)`, `translatex(4px) translatey(8px)`, `matrix(1, 0, 0, 1, 4, 8)`, `4px 8px`; none of anything else.
fn moved(value: &str) -> Option<(Length, Length)> {
    let none = Length::Pixels(0.0);
    if value == "none" {
        return Some((none, none));
    }
    if !value.contains('(') {
        let mut lengths = value.split([',', ' ']).filter(|word| !word.is_empty()).map(Length::read);
        return Some((lengths.next()??, lengths.next().flatten().unwrap_or(none)));
    }
    let mut sum = (none, none);
    for function in words(value) {
        let (name, inner) = function.strip_suffix(')')?.split_once('(')?;
        let mut parts = inner.split(',').map(str::trim);
        let (x, y) = match name {
            "translate" | "translate3d" => {
                (Length::read(parts.next()?)?, parts.next().map_or(Some(none), Length::read)?)
            }
            "translatex" => (Length::read(inner)?, none),
            "translatey" => (none, Length::read(inner)?),
            "translatez" => (none, none),
            "matrix" => {
                let numbers: Vec<f32> =
                    parts.filter_map(|part| part.parse().ok().filter(|own: &f32| own.is_finite())).collect();
                let [1.0, 0.0, 0.0, 1.0, x, y] = numbers.as_slice() else { return None };
                (Length::Pixels(*x), Length::Pixels(*y))
            }
            _ => return None,
        };
        sum = (sum.0.plus(x)?, sum.1.plus(y)?);
    }
    Some(sum)
}

/// The first number of `3`, `3 / 4`, `3 / span 2`.
fn whole(value: &str) -> Option<u16> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    value.get(..digits)?.parse().ok()
}
