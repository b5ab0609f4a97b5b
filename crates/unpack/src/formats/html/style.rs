//! As much of CSS declarations as says whether text is seen, where boxes stand that may be squares of a code, and the addresses
//! in them.

mod colours;
mod place;
mod shape;

pub(super) use crate::formats::html::style::place::{Length, Place, Position};
pub(super) use crate::formats::html::style::shape::{Shape, share};
pub(super) use crate::formats::image::grey::shade;

/// What a style says about being seen. Properties that it does not name are left to the sheet and to the elements around.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Style {
    /// Properties that are named, of those that hide.
    named: u16,
    /// Those that hide, of the named ones.
    hides: u16,
    /// Those with `!important`.
    important: u16,
    pub(super) colour: Option<Colour>,
    pub(super) background: Option<Colour>,
    pub(super) place: Place,
    /// Of shapes of a drawing.
    pub(super) fill: Option<Colour>,
    pub(super) stroke: Option<Colour>,
    pub(super) shape: Shape,
    /// It draws with shadows or gradients.
    pub(super) is_drawing: bool,
    /// The rule of the sheet that does so.
    pub(super) drawing_rule: Option<usize>,
}

/// A colour as it stands in a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    /// `0xRRGGBB`.
    Rgb(u32),
    /// The same, of which so much is seen, in 255ths.
    Tint(u32, u8),
    /// Seen through.
    Clear,
    /// A picture, a gradient, a variable: not known.
    Other,
}

/// Properties that hide, each a bit.
const DISPLAY: u16 = 1;
const VISIBILITY: u16 = 1 << 1;
const OPACITY: u16 = 1 << 2;
const FONT_SIZE: u16 = 1 << 3;
const HEIGHT: u16 = 1 << 4;
const WIDTH: u16 = 1 << 5;
const OVERFLOW: u16 = 1 << 6;
const POSITION: u16 = 1 << 7;
const PLACE: u16 = 1 << 8;
const INDENT: u16 = 1 << 9;
const CLIP: u16 = 1 << 10;
const MSO: u16 = 1 << 11;
const SCALE: u16 = 1 << 12;
/// Each of these hides by itself, with all that is inside.
const ALONE: u16 = DISPLAY | OPACITY | INDENT | CLIP | MSO | SCALE;

/// Text at most so high is not read, pixels.
const FONT_PIXELS_MAX: f32 = 1.0;
/// Side of a box that shares are of, where it is not known, pixels.
pub(super) const USUAL_SIDE_PIXELS: f32 = 600.0;
/// Text at least so far beside the page is not seen, pixels.
const FAR_PIXELS_MIN: f32 = 400.0;
/// Of a colour so much is seen at most where it is not seen at all, in 255ths, and at least where it is seen wholly.
const CLEAR_ALPHA_MAX: u8 = 5;
const FULL_ALPHA_MIN: u8 = 250;
/// Colours at most so far apart in each of their three parts cannot be told from each other.
const NEAR_SHADES: u8 = 10;

impl Style {
    /// Takes it off the page, with all that is inside?
    pub(super) fn removes(self) -> bool {
        let has = |bits: u16| self.hides & bits == bits;
        self.hides & ALONE != 0 || (self.hides & (HEIGHT | WIDTH) != 0 && has(OVERFLOW)) || has(POSITION | PLACE)
    }

    /// Too small to be read, or not? None: as around.
    pub(super) fn is_tiny(self) -> Option<bool> {
        (self.named & FONT_SIZE != 0).then_some(self.hides & FONT_SIZE != 0)
    }

    /// Invisible, or not? None: as around.
    pub(super) fn is_invisible(self) -> Option<bool> {
        (self.named & VISIBILITY != 0).then_some(self.hides & VISIBILITY != 0)
    }

    /// This style, where a nearer one does not say otherwise.
    pub(super) fn under(self, nearer: Self) -> Self {
        let wins = nearer.named & !(self.important & !nearer.important);
        Self {
            named: self.named | nearer.named,
            hides: (self.hides & !wins) | (nearer.hides & wins),
            important: self.important | nearer.important,
            colour: nearer.colour.or(self.colour),
            background: nearer.background.or(self.background),
            place: self.place.under(nearer.place),
            fill: nearer.fill.or(self.fill),
            stroke: nearer.stroke.or(self.stroke),
            shape: self.shape.under(nearer.shape),
            is_drawing: self.is_drawing || nearer.is_drawing,
            drawing_rule: nearer.drawing_rule.or(self.drawing_rule),
        }
    }

    /// Not painted at all, wherever it stands.
    pub(super) fn is_unpainted(self) -> bool {
        self.hides & (DISPLAY | OPACITY | VISIBILITY) != 0
    }

    /// As much of it as only draws: not what hides, nor the colour of text.
    pub(super) fn of_drawing(self) -> Self {
        Self { named: 0, hides: 0, important: 0, colour: None, ..self }
    }

    /// Says it nothing of text that is seen or not, only of boxes and shapes?
    pub(super) fn is_of_boxes(self) -> bool {
        self.named == 0 && self.colour.is_none() && self.background.is_none()
    }

    /// Does it give a box or a shape a colour?
    pub(super) fn draws(&self) -> bool {
        self.background.is_some() || self.fill.is_some() || self.is_drawing || self.place.borders.is_some()
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn set(&mut self, bit: u16, hides: bool, is_important: bool) {
        self.named |= bit;
        self.hides = if hides { self.hides | bit } else { self.hides & !bit };
        if is_important {
            self.important |= bit;
        }
    }
}

/// Reads the declarations of a `style` attribute or a rule, entities decoded.
pub(super) fn read(style: &str) -> Style {
    let mut read = Style::default();
    let lower = if style.contains("/*") { without_comments(style) } else { style.to_owned() }.to_ascii_lowercase();
    for declaration in lower.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (value, is_important) = match value.split_once('!') {
            Some((value, word)) => (value.trim(), word.trim() == "important"),
            None => (value.trim(), false),
        };
        declare(&mut read, name.trim(), value, is_important);
    }
    read
}

fn declare(read: &mut Style, name: &str, value: &str, is_important: bool) {
    read.place.declare(name, value);
    read.shape.declare(name, value);
    let mut set = |bit, hides| read.set(bit, hides, is_important);
    match name {
        "display" => set(DISPLAY, value == "none"),
        "visibility" => set(VISIBILITY, matches!(value, "hidden" | "collapse")),
        "mso-hide" => set(MSO, value == "all"),
        "opacity" => set(OPACITY, share(value).is_some_and(|opacity| opacity < 0.02)),
        "filter" | "-ms-filter" => {
            set(OPACITY, value.replace(' ', "").contains("opacity(0)") || value.replace(' ', "").contains("opacity=0)"))
        }
        "font-size" => set(FONT_SIZE, is_tiny(value)),
        "font" => {
            if let Some(size) = value
                .split([' ', '/'])
                .find(|word| word.starts_with(|c: char| c.is_ascii_digit() || c == '.') && !is_weight(word))
            {
                set(FONT_SIZE, is_tiny(size));
            }
        }
        "max-height" | "height" => set(HEIGHT, is_zero(value)),
        "max-width" | "width" => set(WIDTH, is_zero(value)),
        "overflow" | "overflow-x" | "overflow-y" => set(OVERFLOW, matches!(value, "hidden" | "clip")),
        "position" => set(POSITION, matches!(value, "absolute" | "fixed")),
        "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => set(PLACE, is_far(value)),
        "text-indent" => set(INDENT, is_far(value)),
        "clip" => set(CLIP, is_nothing_of(value, "rect(")),
        "clip-path" => {
            set(CLIP, value.starts_with("inset(5") || value.starts_with("inset(100") || value.starts_with("circle(0"))
        }
        "transform" => {
            set(SCALE, value.replace(' ', "").starts_with("scale(0)") || value.replace(' ', "").starts_with("scale(0,"))
        }
        "color" => read.colour = Some(any_colour(value)),
        // The colour can stand anywhere in the shorthand.
        "background" | "background-color" => {
            read.is_drawing |= value.contains("gradient(");
            read.background = Some(background(value));
        }
        "background-image" if value != "none" => {
            read.is_drawing |= value.contains("gradient(");
            read.background = Some(Colour::Other);
        }
        "box-shadow" => read.is_drawing = true,
        "fill" => read.fill = Some(paint(value)),
        "stroke" => read.stroke = Some(paint(value)),
        _ => {}
    }
}

fn without_comments(style: &str) -> String {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// A sheet without comments and without what stands in quotes: neither is a rule.
pub(super) fn without_strings(css: &str) -> std::borrow::Cow<'_, str> {
    if memchr::memchr3(b'"', b'\'', b'\\', css.as_bytes()).is_none() && !css.contains("/*") {
        return css.into();
    }
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '\\', '/']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        kept.push_str(before);
        let inner = from.get(1..).unwrap_or_default();
        rest = match from.bytes().next() {
            Some(b'/') if inner.starts_with('*') => {
                kept.push(' ');
                inner.get(1..).and_then(|inner| inner.split_once("*/")).map_or("", |(_, after)| after)
            }
            Some(b'\\') => {
                let next = inner.chars().next().map_or(0, char::len_utf8);
                kept.push_str(from.get(..next.saturating_add(1)).unwrap_or_default());
                inner.get(next..).unwrap_or_default()
            }
            Some(quote @ (b'"' | b'\'')) => inner.get(quoted(inner, quote)..).unwrap_or_default(),
            _ => {
                kept.push('/');
                inner
            }
        };
    }
    kept.push_str(rest);
    kept.into()
}

/// How many bytes belong to a string after its first quote: up to the second, or to the end of the line.
fn quoted(inner: &str, quote: u8) -> usize {
    let mut is_escaped = false;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'\n' => return at,
            _ if byte == quote => return at.saturating_add(1),
            _ => {}
        }
    }
    inner.len()
}

/// A length in pixels, as far as it can be known.
fn pixels(value: &str) -> Option<f32> {
    Some(match Length::read(value)? {
        Length::Pixels(pixels) => pixels,
        Length::Share(share) => share * USUAL_SIDE_PIXELS,
    })
}

/// `0`, `0px`, `.0em`, `0%`.
fn is_zero(value: &str) -> bool {
    pixels(value).is_some_and(|length| length <= 0.0)
}

fn is_tiny(value: &str) -> bool {
    pixels(value).is_some_and(|size| (0.0..=FONT_PIXELS_MAX).contains(&size))
}

/// `400` in `font: 400 12px/1 Arial`.
fn is_weight(word: &str) -> bool {
    matches!(word, "100" | "200" | "300" | "400" | "500" | "600" | "700" | "800" | "900")
}

fn is_far(value: &str) -> bool {
    pixels(value).is_some_and(|length| length <= -FAR_PIXELS_MIN || length >= 5000.0)
}

/// `rect(0, 0, 0, 0)`, `rect(1px 1px 1px 1px)`.
fn is_nothing_of(value: &str, function: &str) -> bool {
    let Some(inner) = value.strip_prefix(function) else { return false };
    let mut numbers = inner.trim_end_matches(')').split([',', ' ']).filter(|part| !part.is_empty());
    let first = numbers.next().and_then(Length::read);
    first.is_some() && numbers.all(|other| Length::read(other) == first)
}

/// Can text of one colour be told from a ground of the other?
pub(super) fn is_near(one: u32, other: u32) -> bool {
    one.to_be_bytes().into_iter().zip(other.to_be_bytes()).all(|(one, other)| one.abs_diff(other) <= NEAR_SHADES)
}

/// Dark enough to be a dark square of a code.
pub(super) fn is_dark(colour: u32) -> bool {
    shade(colour) < 128
}

/// What a shape of a drawing is painted with.
pub(super) fn paint(value: &str) -> Colour {
    if value == "none" { Colour::Clear } else { any_colour(value) }
}

/// A colour, and how much is seen of it.
pub(super) fn any_colour(value: &str) -> Colour {
    if value == "transparent" {
        return Colour::Clear;
    }
    match (colour(value), alpha(value)) {
        (_, ..=CLEAR_ALPHA_MAX) => Colour::Clear,
        (Some(colour), FULL_ALPHA_MIN..) => Colour::Rgb(colour),
        (Some(colour), alpha) => Colour::Tint(colour, alpha),
        (None, _) => Colour::Other,
    }
}

/// How much is seen of a colour, in 255ths: `rgba(0, 0, 0, .5)`, `hsl(0 0% 0% / 50%)`, `#00000080`.
fn alpha(value: &str) -> u8 {
    let value = value.trim();
    let of_digits = |digits: &str| u8::from_str_radix(digits, 16).ok();
    let found = match (value.strip_prefix('#'), value.len()) {
        (Some(digits), 9) => digits.get(6..).and_then(of_digits),
        (Some(digits), 5) => digits.get(3..).and_then(of_digits).map(|digit| digit.saturating_mul(17)),
        (Some(_), _) => None,
        (None, _) => value.split_once('(').and_then(|(_, inner)| colours::alpha(inner.trim_end_matches(')'))),
    };
    found.unwrap_or(255)
}

/// One colour over another, of which so much is seen, in 255ths.
pub(super) fn over(colour: u32, alpha: u8, ground: u32) -> u32 {
    let mut mixed = ground.to_be_bytes();
    for (own, over) in mixed.iter_mut().zip(colour.to_be_bytes()) {
        let of = |part: u8, share: u8| u16::from(part).saturating_mul(u16::from(share));
        let sum = of(*own, 255_u8.saturating_sub(alpha)).saturating_add(of(over, alpha));
        *own = u8::try_from(sum / 255).unwrap_or(255);
    }
    u32::from_be_bytes(mixed)
}

fn background(value: &str) -> Colour {
    if value.contains("url(") || value.contains("gradient(") || value.contains("var(") {
        return Colour::Other;
    }
    let known = |word: &str| Some(any_colour(word)).filter(|colour| *colour != Colour::Other);
    let found = known(value).or_else(|| words(value).find_map(known));
    found.unwrap_or(if matches!(value, "none" | "initial" | "inherit") { Colour::Clear } else { Colour::Other })
}

/// The words of a value: what blanks part outside of brackets.
pub(super) fn words(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value.trim();
    std::iter::from_fn(move || {
        let mut depth = 0_u32;
        let end = rest.bytes().position(|byte| {
            match byte {
                b'(' => depth = depth.saturating_add(1),
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && byte.is_ascii_whitespace()
        });
        let (word, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after.trim_start();
        (!word.is_empty()).then_some(word)
    })
}

/// A colour as `0xRRGGBB`: `#fff`, `#ffffff`, `ffffff`, `rgb(255, 255, 255)` or a name.
pub(super) fn colour(value: &str) -> Option<u32> {
    let value = value.trim().to_ascii_lowercase();
    if value.starts_with(|c: char| c.is_ascii_alphabetic()) {
        if let Some(colour) = colours::by_name(&value) {
            return Some(colour);
        }
        let inner = |name: &str| value.strip_prefix(name).map(|inner| inner.trim_end_matches(')'));
        if let Some(inner) = inner("rgb(").or_else(|| inner("rgba(")) {
            return colours::rgb(inner);
        }
        if let Some(inner) = inner("hsl(").or_else(|| inner("hsla(")) {
            return colours::hsl(inner);
        }
    }
    let digits = value.strip_prefix('#').unwrap_or(&value);
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        6 if is_hex => u32::from_str_radix(digits, 16).ok(),
        8 if is_hex && value.starts_with('#') => u32::from_str_radix(digits.get(..6)?, 16).ok(),
        3 | 4 if is_hex && value.starts_with('#') => {
            let doubled: String = digits.chars().take(3).flat_map(|digit| [digit, digit]).collect();
            u32::from_str_radix(&doubled, 16).ok()
        }
        _ => None,
    }
}

/// Targets of `url(…)` and `@import "…"` in a style, with escapes of CSS decoded.
pub(super) fn addresses(style: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = style;
    while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"(").filter(|_| found.len() < 1000) {
        let is_url = rest.get(at.saturating_sub(3)..at).is_some_and(|word| word.eq_ignore_ascii_case("url"));
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if is_url {
            let end = rest.find(')').unwrap_or(rest.len());
            let value = rest.get(..end).unwrap_or_default();
            found.push(unescaped(value.trim_matches([' ', '"', '\'', '\n', '\r', '\t'])));
        }
    }
    let mut rest = style;
    while let Some((_, after)) = rest.split_once("@import") {
        let value = after.trim_start();
        if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            found.extend(value.get(1..).and_then(|value| value.split(quote).next()).map(unescaped));
        }
        rest = after;
    }
    found.retain(|target| !target.is_empty() && !target.starts_with('#'));
    found
}

/// `\68 ttp` (CSS Syntax 4.3.7).
fn unescaped(value: &str) -> String {
    if !value.contains('\\') || value.starts_with("\\\\") {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let digits = after.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let code = after.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        text.extend(code.and_then(char::from_u32));
        let after = after.get(digits..).unwrap_or_default();
        rest = if digits > 0 { after.strip_prefix(' ').unwrap_or(after) } else { after };
    }
    text.push_str(rest);
    text
}
