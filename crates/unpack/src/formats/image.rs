//! Pictures (PNG, JPEG, GIF, BMP, WebP): QR codes in them (ISO/IEC 18004), also inverted, coloured, and cut over neighbours.
//!
//! Documented limits: a picture over 40 megapixels, or beyond what one message's pictures may hold together, and one that is
//! broken, is marked `picture_unread`; of an animation the first frames are looked at; Data Matrix, Aztec and Micro QR are not read.

pub(crate) mod codes;
pub(crate) mod grey;
mod joined;
mod picture;

use image::ImageFormat;

use crate::formats::image::joined::Pieces;
use crate::formats::image::picture::Decoded;
use crate::unpack::{File, Walk};

/// Pixels of all large pictures of one message that are decoded; and as many of all small ones, so that nobody can put a
/// photograph in front of a code.
const MESSAGE_PIXELS_MAX: u64 = 40_000_000;
/// Pixels of a small picture.
const SMALL_PIXELS_MAX: u64 = 4_000_000;

/// What is kept over the pictures of one message.
#[derive(Debug)]
pub(crate) struct Pictures {
    pieces: Pieces,
    /// Of small pictures and of large ones.
    pixels_left: [u64; 2],
}

impl Default for Pictures {
    fn default() -> Self {
        Self { pieces: Pieces::default(), pixels_left: [MESSAGE_PIXELS_MAX; 2] }
    }
}

/// Reads a picture.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let Some(format) = format(walk.kind(file.at)) else { return };
    let [small, large] = &mut walk.pictures.pixels_left;
    let pixels_left = if picture::area(file.bytes, format) <= SMALL_PIXELS_MAX { small } else { large };
    let pictures = match picture::decode(file.bytes, format, pixels_left) {
        Decoded::Pictures(pictures) => pictures,
        Decoded::Nothing => return,
        Decoded::Unread => return walk.mark(file.at, "picture_unread"),
    };
    let mut found: Vec<String> = Vec::new();
    for picture in pictures {
        if walk.budget.is_late() {
            return walk.mark(file.at, "picture_unread");
        }
        let light = picture.light();
        let mut said = codes::in_grey(&light);
        if said.is_empty() {
            said = picture.others().iter().map(codes::in_plane).find(|said| !said.is_empty()).unwrap_or_default();
        }
        if said.is_empty() {
            walk.pictures.pieces.add(file.at, light);
        }
        found.extend(said);
    }
    found.dedup();
    for text in found {
        walk.mark(file.at, "qr");
        walk.add_code(file.at, &text);
    }
}

/// When all parts are read: codes that are cut over several pictures.
pub(crate) fn finish(walk: &mut Walk<'_>) {
    let pieces = std::mem::take(&mut walk.pictures.pieces);
    for (at, text) in pieces.read() {
        walk.mark(at, "qr");
        walk.add_code(at, &text);
    }
}

fn format(kind: &str) -> Option<ImageFormat> {
    Some(match kind {
        "png" => ImageFormat::Png,
        "jpeg" => ImageFormat::Jpeg,
        "gif" => ImageFormat::Gif,
        "bmp" => ImageFormat::Bmp,
        "webp" => ImageFormat::WebP,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
