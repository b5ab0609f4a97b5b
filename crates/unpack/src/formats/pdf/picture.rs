//! Pictures of a document (ISO 32000-2, 8.9) as files: a JPEG as it is, raw samples as a PNG, large ones made smaller.
//!
//! Not made: pictures of JPEG 2000, JBIG2 and fax compression; masks are not applied. Limits: [`SIDE_MIN`], [`SAMPLE_BYTES_MAX`],
//! [`ALL_SAMPLE_BYTES_MAX`], [`COUNT_MAX`]; what is passed over for them is marked.

mod smaller;

use super::document::Document;
use super::filter::Decoded;
use super::object::{Dict, Object};
use super::png;
use crate::bounded::End;
use crate::formats::image;
use crate::formats::image::grey::Grey;
use crate::formats::image::{Full, Original, luma};

/// Pictures with a shorter side hold nothing to read.
const SIDE_MIN: usize = 16;
/// Bytes of the samples of one picture.
pub(super) const SAMPLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of the samples of all pictures of a document that are unpacked here.
pub(super) const ALL_SAMPLE_BYTES_MAX: usize = 128 * 1024 * 1024;
/// And so many for each byte of the file, if that is less, but never less than [`SAMPLE_BYTES_MAX`].
pub(super) const SAMPLE_FACTOR: usize = 200;
/// Pictures of a document.
pub(super) const COUNT_MAX: usize = 256;
/// Bytes of a table of colours.
const TABLE_BYTES_MAX: usize = 4 * 256;

/// What became of a picture.
#[derive(Debug)]
pub(super) enum Made {
    /// A file, the bytes that were unpacked for it, and the picture as it is if it was made smaller.
    File(Vec<u8>, usize, Option<Fine>),
    /// Too small to hold anything.
    Small,
    /// Of a kind or size that is not read.
    Unread,
}

/// A picture that a file was made of with fewer pixels: small codes are lost in that.
#[derive(Debug)]
pub(super) struct Fine {
    shape: Shape,
    bytes: Vec<u8>,
}

impl Original for Fine {
    /// Also those of rows that are missing.
    fn size(&self) -> (usize, usize) {
        (self.shape.width, self.shape.height)
    }

    fn full(&self) -> Full {
        let (width, height) = self.size();
        let area = width.saturating_mul(height);
        let mut pixels = Vec::with_capacity(area);
        self.shape.each_pixel(&self.bytes, 1, |rgb| pixels.push(luma(rgb)));
        pixels.resize(area, u8::MAX);
        Grey { width, height, pixels }.into()
    }
}

/// How samples are colours.
#[derive(Clone, Debug, PartialEq)]
enum Space {
    Grey,
    /// More is darker.
    Ink,
    Rgb,
    Cmyk,
    /// Colours by number, three bytes each.
    Table(Vec<u8>),
    /// So many inks.
    Inks(usize),
}

impl Space {
    fn channels(&self) -> usize {
        match self {
            Self::Grey | Self::Ink | Self::Table(_) => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
            Self::Inks(count) => *count,
        }
    }
}

/// The size of a picture, and how its samples are written.
#[derive(Debug)]
struct Shape {
    width: usize,
    height: usize,
    bits: usize,
    space: Space,
    is_inverted: bool,
}

/// Makes a file of a picture; `decode` undoes its filters up to so many bytes.
pub(super) fn make(
    document: &Document<'_>,
    dict: &Dict,
    bytes_left: usize,
    decode: impl FnOnce(u64) -> Decoded,
) -> Made {
    if is_small(document, dict) {
        return Made::Small;
    }
    make_piece(document, dict, bytes_left, decode)
}

/// Has it a side that is too short to hold anything, but as a piece?
pub(super) fn is_small(document: &Document<'_>, dict: &Dict) -> bool {
    let (width, height) = size(document, dict);
    width.min(height) < SIDE_MIN
}

fn size(document: &Document<'_>, dict: &Dict) -> (usize, usize) {
    (number(document, dict, ("Width", "W")), number(document, dict, ("Height", "H")))
}

fn number(document: &Document<'_>, dict: &Dict, (long, short): (&str, &str)) -> usize {
    document.get(dict, long).or_else(|| document.get(dict, short)).and_then(Object::size).unwrap_or_default()
}

/// As [`make`], however small it is.
pub(super) fn make_piece(
    document: &Document<'_>,
    dict: &Dict,
    bytes_left: usize,
    decode: impl FnOnce(u64) -> Decoded,
) -> Made {
    let (width, height) = size(document, dict);
    if width.min(height) == 0 {
        return Made::Small;
    }
    let stages = document.stages(dict);
    let last = stages.last().map_or(b"".as_slice(), |(name, _)| name);
    if matches!(last, b"DCTDecode" | b"DCT") {
        // A JPEG stands in the file as it is, unless other filters are around it.
        let most = if stages.len() > 1 { SAMPLE_BYTES_MAX.min(bytes_left) } else { usize::MAX };
        let decoded = decode(u64::try_from(most).unwrap_or(u64::MAX));
        let cost = if stages.len() > 1 { decoded.bytes.len() } else { 0 };
        let is_whole = decoded.picture.is_some() && decoded.end != End::OverBudget;
        return if is_whole { Made::File(decoded.bytes, cost, None) } else { Made::Unread };
    }
    let unread = matches!(last, b"JPXDecode" | b"JBIG2Decode" | b"CCITTFaxDecode" | b"CCF");
    if unread {
        return Made::Unread;
    }
    let is_mask = [dict.get("ImageMask"), dict.get("IM")].contains(&Some(&Object::Bool(true)));
    let space = document.get(dict, "ColorSpace").or_else(|| document.get(dict, "CS"));
    let space = if is_mask { Some(Space::Grey) } else { space.and_then(|own| space_of(document, own, 0)) };
    let bits = if is_mask { 1 } else { number(document, dict, ("BitsPerComponent", "BPC")) };
    let (Some(space), 1 | 2 | 4 | 8 | 16) = (space, bits) else { return Made::Unread };
    let limits = document.get(dict, "Decode").or_else(|| document.get(dict, "D")).and_then(Object::array);
    let is_inverted = limits.and_then(|limits| limits.first()).and_then(Object::number) == Some(1.0);
    let shape = Shape { width, height, bits, space, is_inverted };
    let size = shape.row_bytes().saturating_mul(height);
    if size > SAMPLE_BYTES_MAX || size > bytes_left {
        return Made::Unread;
    }
    let bytes = decode(u64::try_from(size).unwrap_or(u64::MAX)).bytes;
    let Some(png) = shape.png(&bytes) else { return Made::Unread };
    let size = bytes.len();
    Made::File(png, size, (shape.step() > 1).then_some(Fine { shape, bytes }))
}

/// As [`make`], for a picture inside a content stream.
pub(super) fn make_inline(document: &Document<'_>, dict: &Dict, data: &[u8], bytes_left: usize) -> Made {
    make(document, dict, bytes_left, |most| document.undo(data, &document.stages(dict), most))
}

fn space_of(document: &Document<'_>, space: &Object, depth: u32) -> Option<Space> {
    let named = |name: &[u8]| match name {
        b"DeviceGray" | b"G" | b"CalGray" => Some(Space::Grey),
        b"DeviceRGB" | b"RGB" | b"CalRGB" | b"Lab" => Some(Space::Rgb),
        b"DeviceCMYK" | b"CMYK" => Some(Space::Cmyk),
        _ => None,
    };
    let array = match space {
        Object::Name(name) => return named(name),
        Object::Array(array) if depth < 4 => array,
        _ => return None,
    };
    let at = |at: usize| array.get(at).map(|object| document.resolve(object));
    match at(0)?.name()? {
        b"ICCBased" => {
            let profile = array.get(1).and_then(|object| document.follow(object)).and_then(|value| value.dict())?;
            match document.get(profile, "N").and_then(Object::size)? {
                1 => Some(Space::Grey),
                4 => Some(Space::Cmyk),
                _ => Some(Space::Rgb),
            }
        }
        b"Indexed" | b"I" => {
            let base = space_of(document, at(1)?, depth.saturating_add(1))?;
            let table = match at(3)? {
                Object::Text(table) => table.clone(),
                _ => document.decode_within(document.follow(array.get(3)?)?, 4096).bytes,
            };
            let table = table.get(..TABLE_BYTES_MAX).unwrap_or(&table);
            Some(Space::Table(table.chunks_exact(base.channels().max(1)).flat_map(|one| base.colour(one)).collect()))
        }
        b"Separation" => Some(Space::Ink),
        b"DeviceN" => match at(1)?.array()?.len() {
            1 => Some(Space::Ink),
            4 => Some(Space::Cmyk),
            count => (count <= 32).then_some(Space::Inks(count)),
        },
        name => named(name),
    }
}

impl Space {
    fn has_colours(&self) -> bool {
        matches!(self, Self::Rgb | Self::Cmyk | Self::Table(_))
    }

    /// Red, green, blue of one pixel's samples of 8 bits.
    #[inline]
    fn colour(&self, samples: &[u8]) -> [u8; 3] {
        match (self, samples) {
            (Self::Grey, [grey, ..]) => [*grey; 3],
            (Self::Ink, [ink, ..]) => [!ink; 3],
            (Self::Rgb, [red, green, blue, ..]) => [*red, *green, *blue],
            (Self::Cmyk, [cyan, magenta, yellow, key, ..]) => {
                [cyan, magenta, yellow].map(|ink| ink_to_light(*ink, *key))
            }
            (Self::Table(table), [number, ..]) => {
                let at = usize::from(*number).saturating_mul(3);
                table.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default()
            }
            (Self::Inks(_), inks) => [!inks.iter().copied().max().unwrap_or_default(); 3],
            _ => [0; 3],
        }
    }
}

fn ink_to_light(ink: u8, key: u8) -> u8 {
    u8::try_from(u16::from(!ink).saturating_mul(u16::from(!key)) / 255).unwrap_or_default()
}

impl Shape {
    fn row_bytes(&self) -> usize {
        self.width.saturating_mul(self.space.channels()).saturating_mul(self.bits).div_ceil(8)
    }

    fn step(&self) -> usize {
        image::times_smaller(self.width, self.height)
    }

    /// No larger than pictures are kept.
    fn png(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let step = self.step();
        let rows = self.height.min(bytes.len().div_ceil(self.row_bytes().max(1)));
        let (width, height) = (self.width.div_ceil(step), rows.div_ceil(step));
        let channels: u8 = if self.space.has_colours() { 3 } else { 1 };
        let mut samples = Vec::with_capacity(width.saturating_mul(height).saturating_mul(usize::from(channels)));
        self.each_pixel(bytes, step, |rgb| match channels {
            3 => samples.extend_from_slice(&rgb),
            _ => samples.extend(rgb.first()),
        });
        png::write(u32::try_from(width).ok()?, u32::try_from(height).ok()?, channels, &samples)
    }

    /// The sample number `at` of a row, stretched to 8 bits; numbers of colours stay as they are.
    fn sample(&self, row: &[u8], at: usize) -> u8 {
        let byte = |at: usize| row.get(at).copied().unwrap_or_default();
        let stretched = match self.bits {
            8 => byte(at),
            16 => byte(at.saturating_mul(2)),
            bits => {
                let place = at.saturating_mul(bits);
                let shift = 8_usize.saturating_sub(bits).saturating_sub(place % 8);
                let most = (1_u8 << bits).saturating_sub(1);
                let sample = byte(place / 8) >> shift & most;
                if matches!(self.space, Space::Table(_)) {
                    sample
                } else {
                    sample.saturating_mul(u8::MAX.checked_div(most).unwrap_or_default())
                }
            }
        };
        if self.is_inverted && !matches!(self.space, Space::Table(_)) { !stretched } else { stretched }
    }
}
