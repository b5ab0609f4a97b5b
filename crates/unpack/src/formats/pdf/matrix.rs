//! Coordinates of pages (ISO 32000-2, 8.3): matrices, boxes, colours.

use super::document::Document;
use super::object::{Dict, Object};

pub(super) use crate::formats::image::affine::Affine as Matrix;

/// A box, its corners in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) bottom: f64,
    pub(super) right: f64,
    pub(super) top: f64,
}

/// Red, green, blue from 0 to 1; none if it is not known.
pub(super) type Colour = Option<[f64; 3]>;

/// Black.
pub(super) const BLACK: Colour = Some([0.0; 3]);
/// White.
pub(super) const WHITE: Colour = Some([1.0; 3]);
/// Colours that are nearer are the same to a reader's eye.
const NEAR: f64 = 0.06;

impl Matrix {
    /// Out of six operands.
    pub(super) fn of(operands: &[Object]) -> Option<Self> {
        let mut numbers = [0.0; 6];
        for (number, operand) in numbers.iter_mut().zip(operands.get(..6)?) {
            *number = operand.number().filter(|number| number.is_finite())?;
        }
        Some(Self(numbers))
    }

    /// The box around a box after it.
    pub(super) fn apply_to(self, rect: Rect) -> Rect {
        let corners =
            [(rect.left, rect.bottom), (rect.right, rect.bottom), (rect.left, rect.top), (rect.right, rect.top)];
        let mut around = Rect::NONE;
        for (x, y) in corners {
            let (x, y) = self.apply(x, y);
            around.add(x, y);
        }
        around
    }
}

impl Rect {
    /// A box with nothing in it.
    pub(super) const NONE: Self =
        Self { left: f64::INFINITY, bottom: f64::INFINITY, right: f64::NEG_INFINITY, top: f64::NEG_INFINITY };
    /// The unit square.
    pub(super) const UNIT: Self = Self { left: 0.0, bottom: 0.0, right: 1.0, top: 1.0 };

    /// Out of an array of four numbers, in any order.
    pub(super) fn of(document: &Document<'_>, array: &[Object]) -> Option<Self> {
        let mut rect = Self::NONE;
        for pair in array.get(..4)?.as_chunks::<2>().0 {
            let [x, y] = pair;
            rect.add(document.resolve(x).number()?, document.resolve(y).number()?);
        }
        Some(rect)
    }

    /// The box that an upright line of four corners is, as nearly as numbers of a turned page tell.
    pub(super) fn of_line(line: &[(f64, f64)]) -> Option<Self> {
        let [one, two, three, four, rest @ ..] = line else { return None };
        let mut rect = Self::NONE;
        [one, two, three, four].into_iter().for_each(|(x, y)| rect.add(*x, *y));
        let near = (rect.width() + rect.height()) * 1e-6;
        let is_same = |one: f64, two: f64| (one - two).abs() <= near;
        // To a side first, or up or down.
        let is_box = |one: &(f64, f64), two: &(f64, f64), three: &(f64, f64), four: &(f64, f64)| {
            is_same(one.1, two.1) && is_same(two.0, three.0) && is_same(three.1, four.1) && is_same(four.0, one.0)
        };
        let is_closed = rest.iter().all(|corner| corner == one);
        (is_closed && (is_box(one, two, three, four) || is_box(two, three, four, one))).then_some(rect)
    }

    pub(super) fn add(&mut self, x: f64, y: f64) {
        self.left = self.left.min(x);
        self.right = self.right.max(x);
        self.bottom = self.bottom.min(y);
        self.top = self.top.max(y);
    }

    /// Within it, or so near to it.
    pub(super) fn has(&self, x: f64, y: f64, near: f64) -> bool {
        x >= self.left - near && x <= self.right + near && y >= self.bottom - near && y <= self.top + near
    }

    pub(super) fn width(&self) -> f64 {
        (self.right - self.left).max(0.0)
    }

    pub(super) fn height(&self) -> f64 {
        (self.top - self.bottom).max(0.0)
    }
}

/// How bright it is; what is not known is taken for dark.
pub(super) fn shade(colour: Colour) -> u8 {
    let [red, green, blue] = colour.unwrap_or_default();
    let light = (red * 0.3 + green * 0.59 + blue * 0.11) * 255.0;
    u8::try_from(super::object::rounded(light)).unwrap_or(255)
}

/// Are both known, and the same to the eye?
pub(super) fn is_same(one: Colour, other: Colour) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.iter().zip(other).all(|(a, b)| (a - b).abs() < NEAR))
}

/// A colour by its components: grey, RGB or CMYK by their count.
pub(super) fn colour(operands: &[Object]) -> Colour {
    let part = |at: usize| operands.get(at).and_then(Object::number).map(|part| part.clamp(0.0, 1.0));
    match operands.len() {
        1 => part(0).map(|grey| [grey; 3]),
        3 => Some([part(0)?, part(1)?, part(2)?]),
        4 => {
            let (key, parts) = (part(3)?, [part(0)?, part(1)?, part(2)?]);
            Some(parts.map(|ink| (1.0 - ink) * (1.0 - key)))
        }
        _ => None,
    }
}

/// Do the numbers of a colour space mean light, as [`colour`] takes them?
pub(super) fn is_plain_space(document: &Document<'_>, spaces: Option<&Dict>, name: &[u8]) -> bool {
    let plain = |name: &[u8]| {
        let names: [&[u8]; 9] =
            [b"DeviceGray", b"DeviceRGB", b"DeviceCMYK", b"CalGray", b"CalRGB", b"ICCBased", b"G", b"RGB", b"CMYK"];
        names.contains(&name)
    };
    if plain(name) {
        return true;
    }
    let own = spaces.and_then(|spaces| spaces.named(name));
    match own.map(|space| document.resolve(space)) {
        Some(Object::Name(name)) => plain(name),
        Some(Object::Array(array)) => array.first().and_then(|first| document.resolve(first).name()).is_some_and(plain),
        _ => false,
    }
}

/// The text rendering mode as a number.
pub(super) fn whole_mode(mode: f64) -> i32 {
    super::object::rounded(mode)
}
