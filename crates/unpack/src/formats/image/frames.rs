//! The frames of an animation (GIF 89a; PNG 11.3.6; animated WebP), each as it is seen: laid over those before it. The first ones are
//! looked at; of those behind them some that are shown for a while, the one that is shown longest, and the last.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frame, Frames, ImageDecoder, ImageFormat, ImageResult, RgbaImage};

use crate::caught::caught;
use crate::formats::image::picture::{Decoded, Picture, limits, still};

/// Frames of an animation that are looked at, besides the two.
const FRAMES_MAX: usize = 12;
/// Of those behind them a frame is shown for a while, long enough for a telephone to be held before it, from so many milliseconds on.
const WHILE_MS: u32 = 400;
/// Such frames that are looked at.
const WHILE_FRAMES_MAX: usize = 24;
/// Part of the pixels of all pictures that one animation may take for the frames behind those.
const LATER_PART: u64 = 4;
/// A frame is shown long by so many hundredths of a second.
const SLOW_MIN: u16 = 100;
/// The chunk that makes a PNG an animation, and the one before each frame; the same of WebP.
const PNG_CHUNKS: [&[u8]; 2] = [b"acTL", b"fcTL"];
const WEBP_CHUNKS: [&[u8]; 2] = [b"ANIM", b"ANMF"];

/// Why there are no more frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    Broken,
    /// There were too many, or too large ones.
    NoRoom,
}

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
    let mut reading = Reading { pictures, read: 0, later: Later::default() };
    // The libraries panic where chunks contradict each other.
    let end = caught(|| reading.add(frames(bytes, format), (area, pixels))).unwrap_or(End::Broken);
    let Reading { mut pictures, read, later } = reading;
    let (later, are_left_out) = later.pictures();
    for picture in later {
        if !pictures.contains(&picture) {
            pictures.push(picture);
        }
    }
    if pictures.is_empty() {
        return Decoded::Unread;
    }
    if are_left_out || (end != End::Done && has_more(bytes, format, read)) {
        Decoded::Partly(pictures)
    } else {
        Decoded::Pictures(pictures)
    }
}

/// What was read so far.
struct Reading {
    pictures: Vec<Picture>,
    read: usize,
    later: Later,
}

impl Reading {
    fn add(&mut self, frames: ImageResult<Frames<'_>>, (area, pixels): (u64, &mut u64)) -> End {
        let Ok(mut frames) = frames else { return End::Broken };
        let mut later_pixels = pixels.checked_div(LATER_PART).unwrap_or(0);
        loop {
            if !self.pictures.is_empty() {
                let is_later = self.read >= FRAMES_MAX;
                if area > *pixels || (is_later && area > later_pixels) {
                    return End::NoRoom;
                }
                *pixels = pixels.saturating_sub(area);
                later_pixels = later_pixels.saturating_sub(if is_later { area } else { 0 });
            }
            let Some(frame) = frames.next() else { return End::Done };
            let Ok(frame) = frame else { return End::Broken };
            self.read = self.read.saturating_add(1);
            if self.read > FRAMES_MAX {
                self.later.add(frame);
                continue;
            }
            let picture = Picture::of(DynamicImage::ImageRgba8(frame.into_buffer()));
            if self.pictures.last() != Some(&picture) {
                self.pictures.push(picture);
            }
        }
    }
}

/// Frames behind the first ones.
#[derive(Default)]
struct Later {
    /// The last one, and how long it was shown so far, in milliseconds: what is the same as it goes on.
    last: Option<(RgbaImage, u32)>,
    longest: Option<(RgbaImage, u32)>,
    /// Those that are shown for a while, and whether there are more of them than are kept.
    slow: Vec<Picture>,
    has_more: bool,
}

impl Later {
    fn add(&mut self, frame: Frame) {
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let shown = numerator.checked_div(denominator).unwrap_or(0);
        let image = frame.into_buffer();
        if let Some((last, time)) = &mut self.last
            && *last == image
        {
            *time = time.saturating_add(shown);
            return;
        }
        self.end_last();
        self.last = Some((image, shown));
    }

    fn end_last(&mut self) {
        let Some((image, time)) = self.last.take() else { return };
        let longest = self.longest.as_ref().map(|(_, time)| *time);
        if time >= WHILE_MS && self.slow.len() < WHILE_FRAMES_MAX {
            self.slow.push(Picture::of(DynamicImage::ImageRgba8(image)));
        } else if longest.is_none_or(|longest| time > longest) {
            self.has_more |= longest.is_some_and(|longest| longest >= WHILE_MS);
            self.longest = Some((image, time));
        } else {
            self.has_more |= time >= WHILE_MS;
        }
    }

    /// What is kept of them, and whether others were left out that are shown for a while.
    fn pictures(self) -> (impl Iterator<Item = Picture>, bool) {
        let kept = self.longest.into_iter().chain(self.last);
        let kept = kept.map(|(image, _)| Picture::of(DynamicImage::ImageRgba8(image)));
        (self.slow.into_iter().chain(kept), self.has_more)
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

/// Are there frames behind so many that every program shows? Many a GIF ends in something that is no frame, and its readers do not
/// say whether there is one; where it has very many, only those that are shown long can be read by anybody.
fn has_more(bytes: &[u8], format: ImageFormat, read: usize) -> bool {
    let each_in = |bytes: &[u8], each: &[u8]| memchr::memmem::find_iter(bytes, each).count();
    let ([_, of_png], [_, of_webp]) = (PNG_CHUNKS, WEBP_CHUNKS);
    match format {
        ImageFormat::Gif => {
            let (count, last_slow) = count_in_gif(bytes).unwrap_or_default();
            if read < FRAMES_MAX { count > read } else { last_slow > read }
        }
        ImageFormat::Png => {
            // What stands in front of the picture itself makes it the first frame.
            let picture = memchr::memmem::find(bytes, b"IDAT").unwrap_or(0);
            let own = usize::from(each_in(bytes.get(..picture).unwrap_or_default(), of_png) > 0);
            each_in(bytes, of_png) > read.max(own)
        }
        _ => each_in(bytes, of_webp) > read.max(1),
    }
}

/// The frames of a GIF by its blocks (GIF 89a, 17 to 27), as many as are whole; and the number of the last one that is shown long.
fn count_in_gif(bytes: &[u8]) -> Option<(usize, usize)> {
    // So many bytes a table of colours has, by what stands before it.
    let table = |packed: u8| if packed & 0x80 == 0 { 0 } else { 6_usize << (packed & 7) };
    let mut at = table(*bytes.get(10)?).saturating_add(13);
    let (mut count, mut last_slow, mut is_slow) = (0_usize, 0_usize, false);
    while let Some(kind) = bytes.get(at) {
        let is_frame = *kind == b',';
        if let Some([b'!', 0xf9, 4, _, low, high]) = bytes.get(at..at.saturating_add(6)) {
            is_slow = u16::from_le_bytes([*low, *high]) >= SLOW_MIN;
        }
        at = match kind {
            b'!' => at.saturating_add(2),
            b',' => at.saturating_add(11).saturating_add(table(*bytes.get(at.saturating_add(9))?)),
            _ => break,
        };
        // Blocks of data, each with its length in front, up to one of no length.
        loop {
            let Some(length) = bytes.get(at) else { return Some((count, last_slow)) };
            at = at.saturating_add(1).saturating_add(usize::from(*length));
            if *length == 0 {
                break;
            }
        }
        if is_frame {
            count = count.saturating_add(1);
            last_slow = if std::mem::take(&mut is_slow) { count } else { last_slow };
        }
    }
    Some((count, last_slow))
}
