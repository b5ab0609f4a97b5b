//! The first frames of an animation (GIF 89a; PNG 11.3.6; animated WebP), each as it is seen: laid over those before it.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat, ImageResult};

use crate::caught::caught;
use crate::formats::image::picture::{Decoded, Picture, limits, still};

/// Frames of an animation that are looked at.
const FRAMES_MAX: usize = 12;
/// The chunk that makes a PNG an animation, and the one before each frame; the same of WebP.
const PNG_CHUNKS: [&[u8]; 2] = [b"acTL", b"fcTL"];
const WEBP_CHUNKS: [&[u8]; 2] = [b"ANIM", b"ANMF"];

/// Is it of a kind that is read frame by frame?
pub(super) fn are_in(bytes: &[u8], format: ImageFormat) -> bool {
    let has = |[all, _]: [&[u8]; 2]| memchr::memmem::find(bytes, all).is_some();
    match format {
        ImageFormat::Gif => true,
        ImageFormat::Png => has(PNG_CHUNKS),
        ImageFormat::WebP => has(WEBP_CHUNKS),
        _ => false,
    }
}

/// The frames that differ, each of so many pixels; those of the first picture are paid for.
pub(super) fn read(bytes: &[u8], format: ImageFormat, area: u64, pixels: &mut u64) -> Decoded {
    let mut pictures = Vec::new();
    // Programs that know nothing of animations show the picture that a PNG begins with, which need be none of its frames.
    if format != ImageFormat::Gif {
        match still(bytes, format) {
            Some(picture) => pictures.push(picture),
            None => return Decoded::Unread,
        }
    }
    // The libraries panic where chunks contradict each other.
    let is_whole = caught(|| add(&mut pictures, frames(bytes, format), (area, pixels))).unwrap_or(false);
    if pictures.is_empty() {
        return Decoded::Unread;
    }
    // Many a GIF ends in something that is no frame, and its readers do not say whether there is one.
    let is_told = format != ImageFormat::Gif && !is_whole && count(bytes, format) > 1;
    if is_told { Decoded::Partly(pictures) } else { Decoded::Pictures(pictures) }
}

/// False: there may be frames that were not reached.
fn add(pictures: &mut Vec<Picture>, frames: ImageResult<Frames<'_>>, (area, pixels): (u64, &mut u64)) -> bool {
    let Ok(frames) = frames else { return false };
    let mut frames = frames.take(FRAMES_MAX);
    loop {
        if !pictures.is_empty() {
            if area > *pixels {
                return false;
            }
            *pixels = pixels.saturating_sub(area);
        }
        let Some(frame) = frames.next() else { return true };
        let Ok(frame) = frame else { return false };
        let picture = Picture::of(DynamicImage::ImageRgba8(frame.into_buffer()));
        if pictures.last() != Some(&picture) {
            pictures.push(picture);
        }
    }
}

fn frames(bytes: &[u8], format: ImageFormat) -> ImageResult<Frames<'_>> {
    let bytes = Cursor::new(bytes);
    Ok(match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(bytes)?;
            decoder.set_limits(limits())?;
            decoder.into_frames()
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(bytes)?;
            decoder.set_limits(limits())?;
            // Its reader panics where there is no animation.
            let none = || Frames::new(Box::new(std::iter::empty()));
            if decoder.has_animation() { decoder.into_frames() } else { none() }
        }
        _ => PngDecoder::with_limits(bytes, limits())?.apng()?.into_frames(),
    })
}

/// How many frames there seem to be.
fn count(bytes: &[u8], format: ImageFormat) -> usize {
    let [_, each] = if format == ImageFormat::Png { PNG_CHUNKS } else { WEBP_CHUNKS };
    memchr::memmem::find_iter(bytes, each).count()
}
