//! Where a style puts a box: for codes that are drawn with boxes. Lengths are in pixels of CSS, or shares of what is around.

/// Bytes, and entries, of a list that draws as much as a code: with fewer none can be drawn.
const LIST_BYTES_MIN: usize = 300;
const LIST_ENTRIES_MIN: usize = 100;

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
    pub(in crate::formats::html) margin_left: Option<Length>,
    pub(in crate::formats::html) margin_top: Option<Length>,
    /// By `transform` or `translate`.
    pub(in crate::formats::html) moved: Option<(Length, Length)>,
    /// Column and row of a grid, from one.
    pub(in crate::formats::html) column: Option<u16>,
    pub(in crate::formats::html) row: Option<u16>,
    /// Both borders across, and both down, together; their colour, `0xRRGGBB`.
    pub(in crate::formats::html) borders: Option<(f32, f32, u32)>,
    /// Both paddings across, and both down, together.
    pub(in crate::formats::html) padding: Option<(f32, f32)>,
    /// Something of it is reckoned, and not known here.
    pub(in crate::formats::html) is_reckoned: bool,
    /// A list that may draw is not read.
    pub(in crate::formats::html) has_unread_list: bool,
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
    /// `40px + 8px - 2px`: a sum of pixels.
    fn reckon(sum: &str) -> Option<Self> {
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
        self.has_unread_list |= value.len() >= LIST_BYTES_MIN && is_unread_list(name, value);
        let is_length = matches!(name, "left" | "top" | "right" | "bottom" | "width" | "height" | "inset");
        let is_reckoned =
            is_length || name.starts_with("margin") || matches!(name, "transform" | "translate" | "padding");
        self.is_reckoned |= is_reckoned && value.contains("var(")
            || (is_length && value.contains('(') && Length::read(value).is_none());
        match name {
            "position" => {
                self.position = Some(match value {
                    "absolute" | "fixed" => Position::Out,
                    "relative" | "sticky" => Position::Relative,
                    _ => Position::InFlow,
                });
            }
            "left" | "inset-inline-start" => self.left = Length::read(value),
            "top" | "inset-block-start" => self.top = Length::read(value),
            "right" => self.right = Length::read(value),
            "bottom" => self.bottom = Length::read(value),
            "inset" => {
                let mut sides = value.split_ascii_whitespace().map(Length::read);
                let top = sides.next().flatten();
                let right = sides.next().unwrap_or(top);
                let bottom = sides.next().unwrap_or(top);
                (self.top, self.right, self.bottom) = (top, right, bottom);
                self.left = sides.next().unwrap_or(right);
            }
            "width" | "min-width" | "inline-size" => self.width = Length::read(value),
            "height" | "min-height" | "block-size" => self.height = Length::read(value),
            "margin-left" => self.margin_left = Length::read(value),
            "margin-top" => self.margin_top = Length::read(value),
            "margin" => {
                let sides: Vec<Option<Length>> = value.split_ascii_whitespace().map(Length::read).collect();
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
                let sides: Vec<f32> = value.split_ascii_whitespace().map(pixels).collect();
                let side = |at: usize, or: usize| sides.get(at).or(sides.get(or)).or(sides.first()).copied();
                let sums = side(1, 0).zip(side(3, 1)).zip(side(0, 0).zip(side(2, 0)));
                self.padding = sums.map(|((right, left), (top, bottom))| (right + left, top + bottom));
            }
            "padding-left" | "padding-right" => self.add_padding((pixels(value), 0.0)),
            "padding-top" | "padding-bottom" => self.add_padding((0.0, pixels(value))),
            "outline" => self.add_border(value, (2.0, 2.0)),
            "border" => self.add_border(value, (2.0, 2.0)),
            "border-left" | "border-right" => self.add_border(value, (1.0, 0.0)),
            "border-top" | "border-bottom" => self.add_border(value, (0.0, 1.0)),
            _ => return false,
        }
        true
    }

    fn add_padding(&mut self, (across, down): (f32, f32)) {
        let (wide, high) = self.padding.unwrap_or_default();
        self.padding = Some((wide + across, high + down));
    }

    fn add_border(&mut self, value: &str, (across, down): (f32, f32)) {
        let width = super::words(value).find_map(|word| match Length::read(word)? {
            Length::Pixels(pixels) => Some(pixels),
            Length::Share(_) => None,
        });
        let colour = super::words(value).find_map(super::colour);
        if let (Some(width), Some(colour)) = (width, colour) {
            let (wide, high, _) = self.borders.filter(|(_, _, own)| *own == colour).unwrap_or_default();
            self.borders = Some((wide + width * across, high + width * down, colour));
        }
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
            margin_left: nearer.margin_left.or(self.margin_left),
            margin_top: nearer.margin_top.or(self.margin_top),
            moved: nearer.moved.or(self.moved),
            column: nearer.column.or(self.column),
            row: nearer.row.or(self.row),
            borders: nearer.borders.or(self.borders),
            padding: nearer.padding.or(self.padding),
            is_reckoned: self.is_reckoned || nearer.is_reckoned,
            has_unread_list: self.has_unread_list || nearer.has_unread_list,
        }
    }
}

fn pixels(value: &str) -> f32 {
    match Length::read(value) {
        Some(Length::Pixels(pixels)) => pixels,
        _ => 0.0,
    }
}

/// Does a property that may draw have as many entries as a code needs, and is not read?
fn is_unread_list(name: &str, value: &str) -> bool {
    let is_read = match name {
        "box-shadow" | "background-position" | "background-size" | "font-family" | "src" => true,
        "background" | "background-image" => !["radial-", "conic-", "repeating-"].iter().any(|own| value.contains(own)),
        _ => false,
    };
    // Pictures in an address are pictures of their own.
    let count = |sign: u8| memchr::memchr_iter(sign, value.as_bytes()).count();
    !is_read && !value.contains("url(") && count(b',').max(count(b'(')) >= LIST_ENTRIES_MIN
}

/// `translate(4px, 8px)`, `translatex(4px)`, `4px 8px`.
fn moved(value: &str) -> Option<(Length, Length)> {
    let none = Length::Pixels(0.0);
    let inner = |name: &str| value.split_once(name).and_then(|(_, rest)| rest.split(')').next());
    let (x, y) = (inner("translatex("), inner("translatey("));
    if x.is_some() || y.is_some() {
        return Some((x.and_then(Length::read).unwrap_or(none), y.and_then(Length::read).unwrap_or(none)));
    }
    let inner = inner("translate(").or_else(|| inner("translate3d("));
    let inner = inner.or_else(|| (!value.contains('(')).then_some(value))?;
    let mut lengths = inner.split([',', ' ']).filter(|word| !word.is_empty()).map(Length::read);
    Some((lengths.next()??, lengths.next().flatten().unwrap_or(none)))
}

/// The first number of `3`, `3 / 4`, `3 / span 2`.
fn whole(value: &str) -> Option<u16> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    value.get(..digits)?.parse().ok()
}
