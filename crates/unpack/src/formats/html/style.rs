//! As much of CSS declarations as says whether text is seen, where boxes stand that may be squares of a code, and the addresses
//! in them.

mod border;
mod colours;
mod content;
mod flow;
mod place;
mod shape;
mod signs;
mod source;

pub(super) use crate::formats::html::style::content::contents;
pub(super) use crate::formats::html::style::flow::{Flow, Line};
pub(super) use crate::formats::html::style::place::{Length, Place, Position};
pub(super) use crate::formats::html::style::shape::{Shape, share};
pub(super) use crate::formats::html::style::source::{
    addresses, declarations, imported, parts, plain, without_strings,
};
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
    pub(super) flow: Flow,
    /// Of shapes of a drawing.
    pub(super) fill: Option<Colour>,
    pub(super) stroke: Option<Colour>,
    pub(super) shape: Shape,
    /// It draws with shadows or gradients.
    pub(super) is_drawing: bool,
    /// The rule of the sheet that does so.
    pub(super) drawing_rule: Option<usize>,
    /// Something moves or paints it by and by.
    pub(super) is_animated: bool,
    /// It gives variables a value, for itself and what is in it.
    pub(super) has_variables: bool,
    /// Of what it draws something is `!important`.
    pub(super) is_forced: bool,
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
/// `clip`, which counts for what is out of the flow only (CSS Masking 1, 7.1).
const RECT: u16 = 1 << 13;
/// Of a row nothing is left, not even its room.
const COLLAPSE: u16 = 1 << 14;
/// Each of these hides text by itself, with all that is inside.
const ALONE: u16 = DISPLAY | OPACITY | INDENT | CLIP | RECT | MSO | SCALE;
/// Each of these hides all that is inside: boxes stand where they are without a word of text, and one program knows of its own
/// word.
const ALL: u16 = DISPLAY | COLLAPSE | OPACITY | CLIP | SCALE;

/// Text at most so high is not read, pixels.
const FONT_PIXELS_MAX: f32 = 1.0;
/// Side of a box that shares are of, where it is not known, pixels.
pub(super) const USUAL_SIDE_PIXELS: f32 = 600.0;
/// Text at least so far beside the page is not seen, pixels.
const FAR_PIXELS_MIN: f32 = 400.0;
/// Of a colour so much is seen at most where it is not seen at all, in 255ths, and at least where it is seen wholly.
const CLEAR_ALPHA_MAX: u8 = 5;
const FULL_ALPHA_MIN: u8 = 250;
/// Words of a background that paint nothing by themselves.
const BARE_WORDS: [&str; 23] = [
    "none",
    "initial",
    "inherit",
    "unset",
    "revert",
    "repeat",
    "repeat-x",
    "repeat-y",
    "no-repeat",
    "scroll",
    "fixed",
    "local",
    "top",
    "bottom",
    "left",
    "right",
    "center",
    "cover",
    "contain",
    "border-box",
    "padding-box",
    "content-box",
    "/",
];
/// Words of properties: others are none to any program, and what was said before holds.
const VISIBILITIES: [&str; 8] =
    ["visible", "hidden", "collapse", "initial", "inherit", "unset", "revert", "revert-layer"];
/// What is seen less is as good as not seen.
const FAINT_SHARE: f32 = 0.5;
/// Colours at most so far apart in each of their three parts cannot be told from each other.
const NEAR_SHADES: u8 = 10;

impl Style {
    /// Takes it its text off the page, with all that is inside?
    pub(super) fn removes(&self) -> bool {
        self.hides & ALONE != 0 || self.is_folded_away()
    }

    /// Takes it all off the page, drawings as well?
    pub(super) fn removes_drawings(&self) -> bool {
        let is_clipped = self.hides & (POSITION | RECT) == (POSITION | RECT);
        self.hides & ALL != 0 || is_clipped || self.is_folded_away()
    }

    fn is_folded_away(&self) -> bool {
        let has = |bits: u16| self.hides & bits == bits;
        (self.hides & (HEIGHT | WIDTH) != 0 && has(OVERFLOW)) || has(POSITION | PLACE)
    }

    /// Too small to be read, or not? None: as around.
    pub(super) fn is_tiny(&self) -> Option<bool> {
        (self.named & FONT_SIZE != 0).then_some(self.hides & FONT_SIZE != 0)
    }

    /// Invisible, or not? None: as around.
    pub(super) fn is_invisible(&self) -> Option<bool> {
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
            flow: self.flow.under(nearer.flow),
            fill: nearer.fill.or(self.fill),
            stroke: nearer.stroke.or(self.stroke),
            shape: self.shape.under(nearer.shape),
            is_drawing: self.is_drawing || nearer.is_drawing,
            drawing_rule: nearer.drawing_rule.or(self.drawing_rule),
            is_animated: self.is_animated || nearer.is_animated,
            has_variables: self.has_variables || nearer.has_variables,
            is_forced: self.is_forced || nearer.is_forced,
        }
    }

    /// Not painted at all, wherever it stands.
    pub(super) fn is_unpainted(&self) -> bool {
        self.hides & (DISPLAY | OPACITY | VISIBILITY) != 0
    }

    /// As far as that cannot be undone by what is in it, as being invisible can.
    pub(super) fn is_absent(&self) -> bool {
        self.hides & (DISPLAY | OPACITY) != 0
    }

    /// Takes it no room? Only of rows and columns what is collapsed takes none (CSS 2.2, 11.2).
    pub(super) fn is_nowhere(&self, tag: &str) -> bool {
        let is_row = matches!(tag, "tr" | "thead" | "tbody" | "tfoot" | "col" | "colgroup");
        self.hides & DISPLAY != 0 || (self.hides & COLLAPSE != 0 && is_row)
    }

    /// Says it how the box is shown? That holds before what the page's own words, such as `hidden`, say of it.
    pub(super) fn names_display(&self) -> bool {
        self.named & DISPLAY != 0
    }

    /// Would something of it take what it is of from the page?
    pub(super) fn may_hide(&self) -> bool {
        let is_faint = |share: Option<f32>| share.is_some_and(|share| share < FAINT_SHARE);
        let Shape { opacity, fill_opacity, .. } = self.shape;
        self.removes() || self.is_unpainted() || is_faint(opacity) || is_faint(fill_opacity)
    }

    /// As much of it as only draws boxes: not what hides or moves, nor the colour of text or shapes.
    pub(super) fn of_drawing(self) -> Self {
        let (shape, place) = (self.shape.of_paint(), Place { moved: None, ..self.place });
        let bare = Self { named: 0, hides: 0, important: 0, colour: None, fill: None, stroke: None, ..self };
        Self { is_forced: false, shape, place, flow: Flow::default(), ..bare }
    }

    /// Says it nothing of text that is seen or not, only of boxes and shapes?
    pub(super) fn is_of_boxes(&self) -> bool {
        self.named == 0 && self.colour.is_none() && self.background.is_none()
    }

    /// Does it give a box or a shape a colour?
    pub(super) fn draws(&self) -> bool {
        self.background.is_some() || self.fill.is_some() || self.is_drawing || self.place.border.may_paint()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
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
    let plain = plain(style);
    let mut forced = Vec::new();
    for declaration in declarations(&plain) {
        if declaration.is_important {
            forced.push(declaration);
        } else {
            declare(&mut read, &declaration.name, &declaration.value, false);
        }
    }
    // Of one block they count, wherever they stand.
    for declaration in forced {
        let before = read;
        declare(&mut read, &declaration.name, &declaration.value, true);
        let is_drawn =
            (read.fill, read.stroke) != (before.fill, before.stroke) || read.of_drawing() != before.of_drawing();
        read.is_forced |= is_drawn;
    }
    read
}

fn declare(read: &mut Style, name: &str, value: &str, is_important: bool) {
    read.place.declare(name, value);
    read.shape.declare(name, value);
    read.flow.declare(name, value);
    let mut set = |bit, hides| read.set(bit, hides, is_important);
    match name {
        "display" if !is_display(value) => {}
        "display" => set(DISPLAY, value == "none"),
        "visibility" if !VISIBILITIES.contains(&value) => {}
        "visibility" => {
            set(VISIBILITY, matches!(value, "hidden" | "collapse"));
            set(COLLAPSE, value == "collapse");
        }
        "mso-hide" => set(MSO, value == "all"),
        "opacity" if share(value).is_none() && !value.contains('(') && !is_of_all(value) => {}
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
        "position" if Position::read(value).is_none() => {}
        "position" => set(POSITION, matches!(value, "absolute" | "fixed")),
        "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => set(PLACE, is_far(value)),
        "text-indent" => set(INDENT, is_far(value)),
        "clip" => set(RECT, is_nothing_of(value, "rect(")),
        "clip-path" => {
            set(CLIP, value.starts_with("inset(5") || value.starts_with("inset(100") || value.starts_with("circle(0"))
        }
        "transform" => {
            set(SCALE, value.replace(' ', "").starts_with("scale(0)") || value.replace(' ', "").starts_with("scale(0,"))
        }
        "color" => read.colour = Some(any_colour(value)),
        "background" | "background-color" | "background-image" => declare_background(read, name, value),
        "box-shadow" => read.is_drawing |= value != "none",
        "animation" | "animation-name" => read.is_animated |= !matches!(value, "none" | "initial" | "unset"),
        "fill" => read.fill = Some(later(read.fill, paint(value), || !is_hashless(value))),
        "stroke" => read.stroke = Some(later(read.stroke, paint(value), || !is_hashless(value))),
        _ => read.has_variables |= name.starts_with("--"),
    }
}

/// Words that any property may have.
fn is_of_all(value: &str) -> bool {
    matches!(value, "initial" | "inherit" | "unset" | "revert" | "revert-layer")
}

/// A word for how a box is shown (CSS Display 3), with those of old programs.
fn is_display(value: &str) -> bool {
    let parts = ["block", "inline", "flow", "flex", "grid", "table", "ruby", "list-item", "run-in", "box"];
    let is_known = |word: &str| {
        let bare = ["-webkit-", "-moz-", "-ms-"].iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or(word);
        parts.iter().any(|part| bare.starts_with(part))
    };
    matches!(value, "none" | "contents" | "math")
        || is_of_all(value)
        || value.contains('(')
        || words(value).all(is_known)
}

fn declare_background(read: &mut Style, name: &str, value: &str) {
    read.is_drawing |= value.contains("gradient(");
    match name {
        "background-image" if value == "none" => {}
        "background-image" => read.background = Some(Colour::Other),
        // The colour can stand anywhere in the shorthand.
        _ => read.background = Some(later(read.background, background(value), || is_background(value))),
    }
}

/// What holds behind an earlier declaration: of a value that not all programs take it is not known which one does.
fn later(before: Option<Colour>, own: Colour, is_taken: impl FnOnce() -> bool) -> Colour {
    if before.is_none_or(|before| before == own) || is_taken() { own } else { Colour::Other }
}

/// `ffffff`, which is a colour in attributes, and in styles for some programs.
fn is_hashless(word: &str) -> bool {
    word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Is it a background to all programs: one colour at most, and nothing else that is not known?
fn is_background(value: &str) -> bool {
    let mut colours = 0_usize;
    let is_known = words(value).all(|word| {
        let is_bare = BARE_WORDS.contains(&word) || Length::read(word).is_some_and(|_| !is_hashless(word));
        colours = colours.saturating_add(usize::from(!is_bare));
        is_bare || (any_colour(word) != Colour::Other && !is_hashless(word))
    });
    is_known && colours <= 1
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
    let is_none = || words(value).all(|word| BARE_WORDS.contains(&word) || Length::read(word).is_some());
    found.unwrap_or_else(|| if is_none() { Colour::Clear } else { Colour::Other })
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
