//! Pictures that touch each other on a page, as one picture: a code cut into pieces is whole only for the reader.
//!
//! Documented limits: pictures that are turned or mirrored are put in as they are stored; [`PIECES_MAX`], [`PIXELS_MAX`].

use std::io::Cursor;

use image::{GrayImage, ImageReader, Limits};

use super::document::Document;
use super::matrix::Rect;
use super::object::{Dict, Id, Object, Value, rounded};
use super::picture::{self, Made};
use super::png;

/// Pictures of one page that are compared.
pub(super) const PIECES_MAX: usize = 64;
/// Pictures that are not farther apart touch.
const GAP_MAX: f64 = 1.5;
/// Pixels of the longer side of what is made.
const SIDE_MAX: f64 = 800.0;
/// So many pictures that are too small to hold anything may hold it together: fewer are lines and ornaments.
const SMALL_MIN: usize = 4;
/// Pixels of all pieces of a document.
pub(super) const PIXELS_MAX: u64 = 16_000_000;
/// Bytes that decoding one piece may take.
const PIECE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Bytes of samples of one piece.
const SAMPLES_MAX: usize = 8 * 1024 * 1024;

/// A PNG for each group of pictures that touch.
pub(super) fn pictures(document: &Document<'_>, placed: &[(Id, Rect)], pixels_left: &mut u64) -> Vec<Vec<u8>> {
    if placed.len() < 2 || placed.len() > PIECES_MAX {
        return Vec::new();
    }
    groups(placed)
        .iter()
        .filter(|group| group.len() > 1)
        .filter_map(|group| join(document, group, pixels_left))
        .collect()
}

fn groups(placed: &[(Id, Rect)]) -> Vec<Vec<(Id, Rect)>> {
    let mut groups: Vec<Vec<(Id, Rect)>> = Vec::new();
    for one in placed.iter().filter(|(_, rect)| rect.width() > 0.0 && rect.height() > 0.0) {
        let (touching, apart): (Vec<_>, Vec<_>) = std::mem::take(&mut groups)
            .into_iter()
            .partition(|group| group.iter().any(|other| touch(&one.1, &other.1)));
        groups = apart;
        groups.push(touching.into_iter().flatten().chain([*one]).collect());
    }
    groups
}

fn touch(one: &Rect, other: &Rect) -> bool {
    one.left <= other.right + GAP_MAX
        && other.left <= one.right + GAP_MAX
        && one.bottom <= other.top + GAP_MAX
        && other.bottom <= one.top + GAP_MAX
}

fn join(document: &Document<'_>, group: &[(Id, Rect)], pixels_left: &mut u64) -> Option<Vec<u8>> {
    let mut around = Rect::NONE;
    for (_, rect) in group {
        around.add(rect.left, rect.bottom);
        around.add(rect.right, rect.top);
    }
    let scale = SIDE_MAX / around.width().max(around.height());
    let pixels = |length: f64| u32::try_from(rounded(length * scale)).unwrap_or_default();
    let (width, height) = (pixels(around.width()).max(1), pixels(around.height()).max(1));
    let mut canvas = GrayImage::from_pixel(width, height, image::Luma([255]));
    let is_small =
        |id: &Id| document.value(*id).and_then(Value::dict).is_none_or(|dict| picture::is_small(document, dict));
    let takes_small = group.iter().filter(|(id, _)| is_small(id)).count() >= SMALL_MIN;
    let mut pieces = 0_u32;
    for (id, rect) in group.iter().filter(|(id, _)| takes_small || !is_small(id)) {
        let Some(piece) = piece(document, *id, pixels_left) else { continue };
        pieces = pieces.saturating_add(1);
        let (left, right) = (pixels(rect.left - around.left), pixels(rect.right - around.left).min(width));
        let (top, bottom) = (pixels(around.top - rect.top), pixels(around.top - rect.bottom).min(height));
        // Where in the piece a pixel between two edges lies.
        let place = |at: u32, from: u32, to: u32, side: u32| {
            let part = (f64::from(at.saturating_sub(from)) + 0.5) / f64::from(to.saturating_sub(from)).max(1.0);
            u32::try_from(rounded((part * f64::from(side)).floor())).unwrap_or_default().min(side.saturating_sub(1))
        };
        for y in top..bottom {
            let row = place(y, top, bottom, piece.height());
            for x in left..right {
                let column = place(x, left, right, piece.width());
                if let (Some(from), Some(to)) =
                    (piece.get_pixel_checked(column, row), canvas.get_pixel_mut_checked(x, y))
                {
                    *to = *from;
                }
            }
        }
    }
    if pieces < 2 {
        return None;
    }
    png::write(width, height, 1, canvas.as_raw())
}

fn piece(document: &Document<'_>, id: Id, pixels_left: &mut u64) -> Option<GrayImage> {
    let value = document.value(id)?;
    let none = Dict::default();
    let dict = value.dict().unwrap_or(&none);
    let size = |name: &str| document.get(dict, name).and_then(Object::size).and_then(|size| u64::try_from(size).ok());
    let pixels = size("Width")?.checked_mul(size("Height")?)?;
    *pixels_left = pixels_left.checked_sub(pixels)?;
    let Made::File(bytes, ..) = picture::make_piece(document, dict, SAMPLES_MAX, |most| {
        document.decode_within(value, most.min(PIECE_BYTES_MAX))
    }) else {
        return None;
    };
    let opened = || ImageReader::new(Cursor::new(bytes.as_slice())).with_guessed_format().ok();
    // A JPEG has sizes of its own.
    let (width, height) = opened()?.into_dimensions().ok()?;
    if u64::from(width).checked_mul(u64::from(height))? > pixels {
        return None;
    }
    let mut reader = opened()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(PIECE_BYTES_MAX);
    reader.limits(limits);
    Some(reader.decode().ok()?.to_luma8())
}
