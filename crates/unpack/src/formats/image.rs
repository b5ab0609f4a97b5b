//! Pictures (PNG, JPEG, GIF, BMP, WebP, TIFF, ICO, Netpbm, TGA): QR codes in them (ISO/IEC 18004), also inverted, coloured, drawn out to
//! one side, speckled, lighter on one side, cut over neighbours as a page shows them or laid over each other.
//!
//! Documented limits: a picture over 40 megapixels, or beyond what one message's pictures may hold together, and one that is
//! broken, is marked `picture_unread`, and so is one of a kind that is not decoded (JPEG 2000, JPEG XL, JPEG XR, AVIF, HEIC, Photoshop,
//! DjVu, PostScript, and those of [`UNREAD_STARTS`] and [`UNREAD_ENDINGS`]); of metafiles see `metafile.rs`. Of an animation (GIF, PNG,
//! WebP) the first frames are looked at, and of the others those that are shown for a while, that which is shown longest and the last; films
//! of many short frames are honest, and what is in the others of theirs is not told. Of a TIFF the first pages, of an icon its PNGs and its
//! largest picture; Data Matrix, Aztec and Micro QR are not read. Pictures with a side over 1200
//! pixels are made smaller, and those up to four megapixels are looked at as they were as well, larger ones up to twelve where they are strips or the
//! smaller one shows the corners of a code, within as many pixels of a message again; what that leaves out is marked. Looked at so,
//! a picture is seen by its brightness and by what shines through it, not by each colour; modules under two pixels are grain there, and under
//! three where grain hides all else.

pub(crate) mod affine;
pub(crate) mod bitmap;
pub(crate) mod canvas;
mod closer;
pub(crate) mod codes;
pub(crate) mod curves;
mod frames;
pub(crate) mod grey;
mod joined;
pub(crate) mod metafile;
mod picture;
mod tiff;

use image::ImageFormat;
use mail::names;
use scan::content::Link;

use crate::budget::Steps;
use crate::formats::image::closer::Source;
pub(crate) use crate::formats::image::closer::{Full, Original};
use crate::formats::image::codes::Codes;
use crate::formats::image::grey::Grey;
use crate::formats::image::joined::{Pages, Pieces};
use crate::formats::image::picture::{Decoded, Picture};
pub(crate) use crate::formats::image::picture::{luma, times_smaller};
use crate::unpack::{File, Walk};

/// Pixels of all large pictures of one message that are decoded; and as many of all small ones, so that nobody can put a
/// photograph in front of a code.
const MESSAGE_PIXELS_MAX: u64 = 40_000_000;

/// Brands of AVIF and HEIC.
const BRANDS: [&[u8]; 10] = [b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
/// How pictures begin that nothing else tells: a stream of JPEG 2000, a file of JPEG XL; icons of the Macintosh, DirectDraw, SGI, PCX of
/// five colour depths, QOI, OpenEXR.
const UNREAD_STARTS: [&[u8]; 9] = [
    b"\xff\x4f\xff\x51",
    b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a",
    b"icns\0",
    b"DDS \x7c",
    b"\x01\xda\x00",
    b"\x01\xda\x01",
    b"\x0a\x05\x01",
    b"qoif",
    b"\x76\x2f\x31\x01",
];
/// Endings of pictures that are not decoded, where the bytes say nothing.
const UNREAD_ENDINGS: [&str; 22] = [
    "avif", "bw", "cdr", "cgm", "dds", "eps", "exr", "hdr", "heic", "heif", "icns", "j2k", "jng", "mng", "pct", "pcx",
    "pict", "qoi", "sgi", "svm", "xbm", "xpm",
];
/// Those of Netpbm, whose magic is two letters of a text as well; and of TGA, which has none, but for the end of newer ones.
const NETPBM: [&str; 5] = ["pam", "pbm", "pgm", "pnm", "ppm"];
const TGA_END: &[u8] = b"TRUEVISION-XFILE.\0";

/// What is kept over the pictures of one message.
#[derive(Debug)]
pub(crate) struct Pictures {
    pieces: Pieces,
    pages: Pages,
    /// Of small pictures and of large ones.
    pixels_left: [u64; 2],
    /// As many again for those that were made smaller and are looked at as they were.
    closer_left: [u64; 2],
    /// What the picture that is opened next was made of, if a reader made it smaller itself.
    pub(crate) original: Option<Box<dyn Original>>,
}

impl Default for Pictures {
    fn default() -> Self {
        let all = [MESSAGE_PIXELS_MAX; 2];
        let (pieces, pages) = (Pieces::default(), Pages::default());
        Self { pieces, pages, pixels_left: all, closer_left: all, original: None }
    }
}

impl Pictures {
    /// Notes how pages name the item of that number, if it is a picture.
    pub(crate) fn label(&mut self, at: usize, labels: &[String]) {
        self.pieces.label(at, labels);
    }

    fn left_for(&mut self, pixels: u64) -> &mut u64 {
        let [small, large] = &mut self.pixels_left;
        if picture::is_cheap(pixels) { small } else { large }
    }

    /// Pays for a closer look at so many pixels; false where there are not so many left.
    fn pay_closer(&mut self, pixels: u64) -> bool {
        let [small, large] = &mut self.closer_left;
        let left = if picture::is_cheap(pixels) { small } else { large };
        let rest = left.checked_sub(pixels);
        *left = rest.unwrap_or(*left);
        rest.is_some()
    }

    /// Notes what a page shows.
    pub(crate) fn note_page(&mut self, links: &[Link]) {
        self.pages.note(links);
    }
}

/// The codes in a picture, however it is seen.
fn look(walk: &mut Walk<'_>, source: &Source<'_>, (picture, light): (&Picture, &Grey)) -> Codes {
    let seen =
        if picture.has_room() { look_at_kept(picture, light, &walk.budget.code_steps) } else { Codes::default() };
    closer::look(walk, source, picture, seen)
}

fn look_at_kept(picture: &Picture, light: &Grey, steps: &Steps) -> Codes {
    let codes = codes::in_grey(light, steps);
    if !codes.said.is_empty() {
        return codes;
    }
    let others = picture.others();
    let mut looked = others.iter().map(|other| codes::in_plane(other, steps));
    let Some(other) = looked.find(|codes| !codes.said.is_empty()) else { return codes };
    Codes { has_more: codes.has_more || other.has_more, is_unread: false, ..other }
}

/// Reads a picture.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let original = walk.pictures.original.take();
    if let Some(format) = format(walk.kind(file.at)) {
        read(walk, file, &Source { bytes: file.bytes, format, original });
    }
}

fn read(walk: &mut Walk<'_>, file: File<'_>, source: &Source<'_>) {
    let format = source.format;
    let pixels_left = walk.pictures.left_for(picture::area(file.bytes, format));
    let pictures = if format == ImageFormat::Tiff {
        pages(file.bytes, pixels_left)
    } else {
        picture::decode(file.bytes, format, pixels_left)
    };
    let pictures = match pictures {
        Decoded::Pictures(pictures) => pictures,
        Decoded::Partly(pictures) => {
            walk.mark(file.at, "picture_unread");
            pictures
        }
        Decoded::Nothing => return,
        Decoded::Unread => return walk.mark(file.at, "picture_unread"),
    };
    let mut found: Vec<String> = Vec::new();
    for picture in pictures {
        if walk.budget.is_late() {
            walk.mark(file.at, "picture_unread");
            break;
        }
        let light = picture.light();
        let codes = look(walk, source, (&picture, &light));
        if codes.has_more || codes.is_unread {
            walk.mark(file.at, "picture_unread");
        }
        if codes.said.is_empty() {
            walk.pictures.pieces.add(file.at, light);
        }
        for text in codes.said {
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    for text in found {
        walk.mark(file.at, "qr");
        walk.add_code(file.at, &text);
    }
}

/// The pages of a TIFF.
fn pages(bytes: &[u8], pixels_left: &mut u64) -> Decoded {
    let (starts, has_more) = tiff::pages(bytes);
    let mut pictures = Vec::new();
    let mut is_whole = !has_more && !starts.is_empty();
    let mut file = bytes.to_vec();
    for start in starts {
        if !tiff::begin_with(&mut file, start) {
            is_whole = false;
            continue;
        }
        match picture::decode(&file, ImageFormat::Tiff, pixels_left) {
            Decoded::Pictures(own) => pictures.extend(own),
            Decoded::Nothing => {}
            Decoded::Partly(_) | Decoded::Unread => is_whole = false,
        }
    }
    if is_whole { Decoded::Pictures(pictures) } else { Decoded::Partly(pictures) }
}

/// Reads a picture that has no kind of its own, and notes one that is not decoded.
pub(crate) fn open_unread(walk: &mut Walk<'_>, file: File<'_>) {
    let Some(item) = walk.content.items.get(file.at) else { return };
    let (kind, bytes) = (item.kind.as_str(), file.bytes);
    let endings: Vec<String> = item.names.iter().flat_map(|name| names::endings(name)).collect();
    let is_called = |all: &[&str]| endings.iter().any(|ending| all.contains(&ending.as_str()));
    let is_nameless = kind == "unknown";
    if is_nameless && metafile::is_bare(bytes) {
        return metafile::open(walk, file);
    }
    let format = if is_netpbm(bytes) && (is_nameless || is_called(&NETPBM)) {
        Some(ImageFormat::Pnm)
    } else if is_nameless && (is_called(&["tga"]) || bytes.ends_with(TGA_END)) {
        Some(ImageFormat::Tga)
    } else {
        None
    };
    if let Some(format) = format {
        return read(walk, file, &Source { bytes, format, original: None });
    }
    let is_picture = match kind {
        "jp2" | "jxl" | "jxr" | "psd" | "djvu" | "ps" => true,
        // ISO/IEC 14496-12 and 23008-12: the brand tells a picture from a film.
        "mp4" => bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand)),
        _ => UNREAD_STARTS.iter().any(|start| bytes.starts_with(start)) || is_called(&UNREAD_ENDINGS),
    };
    if is_picture {
        walk.mark(file.at, "picture_unread");
    }
}

/// One letter, a figure, white space or a comment.
fn is_netpbm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'1'..=b'7', behind, ..] if behind.is_ascii_whitespace() || *behind == b'#')
}

/// When all parts are read: codes that are cut over several pictures.
pub(crate) fn finish(walk: &mut Walk<'_>) {
    let pieces = std::mem::take(&mut walk.pictures.pieces);
    let joined = pieces.read(&walk.pictures.pages, walk.budget);
    for (at, text) in joined.said {
        walk.mark(at, "qr");
        walk.add_code(at, &text);
    }
    for at in joined.unread {
        walk.mark(at, "picture_unread");
    }
}

fn format(kind: &str) -> Option<ImageFormat> {
    Some(match kind {
        "png" => ImageFormat::Png,
        "jpeg" => ImageFormat::Jpeg,
        "gif" => ImageFormat::Gif,
        "bmp" => ImageFormat::Bmp,
        "webp" => ImageFormat::WebP,
        "tiff" => ImageFormat::Tiff,
        "ico" => ImageFormat::Ico,
        _ => return None,
    })
}

#[cfg(test)]
pub(crate) mod tests;
