//! A picture taken out of its format, no larger than codes need: its shades, and its colours one by one.

use std::io::Cursor;

use image::{ColorType, DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage};

use crate::formats::image::closer::{Full, Whole};
use crate::formats::image::frames;
use crate::formats::image::grey::Grey;

/// Pixels of a small picture.
const SMALL_PIXELS_MAX: u64 = 4_000_000;
/// Pixels of one picture that are decoded.
pub(crate) const PIXELS_MAX: u64 = 40_000_000;
/// Pixels of a side, at most.
const SIDE_MAX: u32 = 20_000;
/// Pixels of a side from which a picture may hold a code.
pub(crate) const SIDE_MIN: u32 = 21;
/// Pixels of a side from which one may be a piece of a code.
pub(crate) const PIECE_SIDE_MIN: u32 = 3;
/// Memory that decoding a picture may take, bytes: of the 256 MiB of a message.
const DECODER_BYTES_MAX: u64 = 192 * 1024 * 1024;
/// Of it for each pixel of an animation: what was seen before, what is laid over it, and what comes of it.
const FRAME_BYTES: u64 = 8;
/// For each pixel of a coloured JPEG in several scans: coefficients of up to four colours.
const JPEG_BYTES: u64 = 8;
/// For each pixel of a WebP that was written without loss.
const WEBP_BYTES: u64 = 4;
/// Frames of a JPEG in several scans (ITU-T T.81, B.1.1.3).
const PROGRESSIVE: [&[u8]; 2] = [b"\xff\xc2", b"\xff\xca"];
/// Pixels of the longer side that are kept: a larger picture is made smaller.
pub(super) const KEPT_SIDE: usize = 1200;
/// A pixel of which so much is seen is seen whole.
const SEEN_MIN: u8 = 250;
/// Bytes of a picture whose three colours are looked at one by one.
const COLOURS_BYTES_MAX: usize = 1_500_000;
/// Pixels by which the commonest colour is told, and not quite twice as many.
const SAMPLED_PIXELS: usize = 50_000;
/// Pictures of an icon that are looked at.
const ICONS_MAX: usize = 16;
/// How a PNG begins.
const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Red, green, blue as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Three bytes a pixel.
    rgb: Vec<u8>,
    /// How much is seen of each pixel, where some are not seen whole.
    alpha: Option<Vec<u8>>,
    whole: Whole,
}

/// What came of a picture's bytes.
#[derive(Debug)]
pub(crate) enum Decoded {
    Pictures(Vec<Picture>),
    /// There are more that are not read.
    Partly(Vec<Picture>),
    /// Too small to hold anything.
    Nothing,
    /// Larger than is read, or broken.
    Unread,
}

/// A picture of so many pixels is cheap to look at as it is.
pub(super) const fn is_cheap(pixels: u64) -> bool {
    pixels <= SMALL_PIXELS_MAX
}

/// One so wide and high can hold a code whole.
pub(super) fn has_room((width, height): (usize, usize)) -> bool {
    width.min(height) >= side(SIDE_MIN)
}

/// Are there pixels that are not seen whole?
pub(super) fn is_seen_through(seen: &[u8]) -> bool {
    seen.iter().any(|seen| *seen < SEEN_MIN)
}

/// What the head of a picture says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    width: u32,
    height: u32,
    /// Bytes of memory that decoding takes for each pixel, all that is held at the same time.
    pixel_bytes: u64,
}

impl Head {
    /// `None` where it is broken.
    fn read(bytes: &[u8], format: ImageFormat) -> Option<Self> {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits());
        let decoder = reader.into_decoder().ok()?;
        let (width, height) = decoder.dimensions();
        let color = decoder.color_type();
        let made = u64::from(color.bytes_per_pixel());
        // What is not of eight bits, or grey, is made so in a second piece of memory.
        let kept = match color {
            ColorType::Rgb8 | ColorType::Rgba8 => 0,
            _ if color.has_alpha() => 4,
            _ => 3,
        };
        let work = match format {
            _ if frames::are_in(bytes, format) => FRAME_BYTES,
            ImageFormat::Jpeg if PROGRESSIVE.iter().any(|mark| memchr::memmem::find(bytes, mark).is_some()) => {
                if color.has_color() { JPEG_BYTES } else { 2 }
            }
            ImageFormat::WebP => WEBP_BYTES,
            // A file may have all its pixels in one strip.
            ImageFormat::Tiff => made,
            _ => 0,
        };
        Some(Self { width, height, pixel_bytes: made.saturating_add(kept).saturating_add(work) })
    }

    fn area(self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }

    /// Can it be decoded within what pictures may take?
    fn fits(self) -> bool {
        let memory = self.area().saturating_mul(self.pixel_bytes);
        self.area() <= PIXELS_MAX && self.width.max(self.height) <= SIDE_MAX && memory <= DECODER_BYTES_MAX
    }
}

/// Pixels that its head says it has.
pub(crate) fn area(bytes: &[u8], format: ImageFormat) -> u64 {
    Head::read(bytes, format).map_or(0, Head::area)
}

/// Decodes within `pixels` of all frames together, and takes from them what it took.
pub(crate) fn decode(bytes: &[u8], format: ImageFormat, pixels: &mut u64) -> Decoded {
    if format == ImageFormat::Ico && memchr::memmem::find(bytes, PNG_START).is_some() {
        return icon(bytes, pixels);
    }
    let Some(head) = Head::read(bytes, format) else { return Decoded::Unread };
    let (shorter, area) = (head.width.min(head.height), head.area());
    if shorter < PIECE_SIDE_MIN {
        return Decoded::Nothing;
    }
    if area > *pixels || !head.fits() {
        return Decoded::Unread;
    }
    *pixels = pixels.saturating_sub(area);
    if frames::are_in(bytes, format) {
        return frames::read(bytes, format, area, pixels);
    }
    let broken = if shorter < SIDE_MIN { Decoded::Nothing } else { Decoded::Unread };
    still(bytes, format).map_or(broken, |picture| Decoded::Pictures(vec![picture]))
}

/// The pictures of an icon that are PNGs: its decoder takes only one of their kinds. And the largest that is none.
fn icon(bytes: &[u8], pixels: &mut u64) -> Decoded {
    let starts: Vec<usize> = memchr::memmem::find_iter(bytes, PNG_START).take(ICONS_MAX.saturating_add(1)).collect();
    let (mut pictures, mut is_whole) = (Vec::new(), starts.len() <= ICONS_MAX);
    for at in starts.into_iter().take(ICONS_MAX) {
        match decode(bytes.get(at..).unwrap_or_default(), ImageFormat::Png, pixels) {
            Decoded::Pictures(own) => pictures.extend(own),
            Decoded::Nothing => {}
            Decoded::Partly(own) => {
                pictures.extend(own);
                is_whole = false;
            }
            Decoded::Unread => is_whole = false,
        }
    }
    let largest = Head::read(bytes, ImageFormat::Ico).filter(|head| head.fits() && head.area() <= *pixels);
    if let Some(head) = largest {
        *pixels = pixels.saturating_sub(head.area());
        pictures.extend(still(bytes, ImageFormat::Ico).filter(|picture| !pictures.contains(picture)));
    }
    if is_whole { Decoded::Pictures(pictures) } else { Decoded::Partly(pictures) }
}

/// The one picture, or that which programs show that know nothing of animations.
pub(super) fn still(bytes: &[u8], format: ImageFormat) -> Option<Picture> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    reader.decode().ok().map(Picture::of)
}

/// Can it be decoded again by itself? Not one of several frames, pages or sizes.
pub(super) fn is_one_still(bytes: &[u8], format: ImageFormat) -> bool {
    !matches!(format, ImageFormat::Tiff | ImageFormat::Ico) && !frames::are_in(bytes, format)
}

/// The picture again, as it is.
pub(super) fn whole(bytes: &[u8], format: ImageFormat) -> Option<Full> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let image = reader.decode().ok()?;
    let size = (side(image.width()), side(image.height()));
    Some(if image.color().has_alpha() {
        Full::of_rgba(size, image.into_rgba8().as_raw().as_chunks().0)
    } else {
        Full::of_rgb(size, image.into_rgb8().as_raw().as_chunks().0)
    })
}

pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    limits
}

impl Picture {
    pub(super) fn of(image: DynamicImage) -> Self {
        let times = times_smaller(side(image.width()), side(image.height()));
        Self::smaller(image, times)
    }

    fn smaller(image: DynamicImage, times: usize) -> Self {
        if image.color().has_alpha() {
            Self::see_through(&image.into_rgba8(), times)
        } else {
            Self::solid(image.into_rgb8(), times)
        }
    }

    fn see_through(image: &RgbaImage, times: usize) -> Self {
        let size = (side(image.width()), side(image.height()));
        let whole = Whole::keep(times, size, || Full::of_rgba(size, image.as_raw().as_chunks().0));
        let (rgb, alpha): (Vec<u8>, Vec<u8>) = smaller::<4>(image.as_raw(), size, times).fold(
            (Vec::new(), Vec::new()),
            |(mut rgb, mut alpha), [red, green, blue, seen]| {
                rgb.extend([red, green, blue]);
                alpha.push(seen);
                (rgb, alpha)
            },
        );
        let alpha = is_seen_through(&alpha).then_some(alpha);
        Self { width: part(size.0, times), height: part(size.1, times), rgb, alpha, whole }
    }

    fn solid(image: RgbImage, times: usize) -> Self {
        let size = (side(image.width()), side(image.height()));
        let whole = Whole::keep(times, size, || Full::of_rgb(size, image.as_raw().as_chunks().0));
        let (width, height) = (part(size.0, times), part(size.1, times));
        let mut rgb = Vec::new();
        if times == 1 {
            rgb = image.into_raw();
        } else {
            rgb.reserve(width.saturating_mul(height).saturating_mul(3));
            smaller::<3>(image.as_raw(), size, times).for_each(|pixel| rgb.extend_from_slice(&pixel));
        }
        Self { width, height, rgb, alpha: None, whole }
    }

    fn grey(&self, shade: impl Fn([u8; 3], u8) -> u8) -> Grey {
        let (pixels, _) = self.rgb.as_chunks::<3>();
        let pixels = match &self.alpha {
            Some(alpha) => pixels.iter().zip(alpha).map(|(rgb, seen)| shade(*rgb, *seen)).collect(),
            None => pixels.iter().map(|rgb| shade(*rgb, 255)).collect(),
        };
        Grey { width: self.width, height: self.height, pixels }
    }

    pub(super) const fn whole(&self) -> &Whole {
        &self.whole
    }

    /// It can hold a code whole.
    pub(super) fn has_room(&self) -> bool {
        has_room((self.width, self.height))
    }

    /// As bright as it is seen, on a white page.
    pub(crate) fn light(&self) -> Grey {
        self.grey(|rgb, seen| over(luma(rgb), seen, 255))
    }

    /// Other ways to see it: on a dark page, in each colour, by the distance from its commonest colour.
    pub(crate) fn others(&self) -> Vec<Grey> {
        let mut others = Vec::new();
        if self.alpha.is_some() {
            others.push(self.grey(|rgb, seen| over(luma(rgb), seen, 0)));
            others.push(self.grey(|_, seen| seen));
        }
        if self.is_coloured() {
            let ground = self.commonest();
            others.push(self.grey(|rgb, _| 255_u8.saturating_sub(distance(rgb, ground))));
            if self.rgb.len() > COLOURS_BYTES_MAX {
                return others;
            }
            others.push(self.grey(|[red, _, _], seen| over(red, seen, 255)));
            others.push(self.grey(|[_, green, _], seen| over(green, seen, 255)));
            others.push(self.grey(|[_, _, blue], seen| over(blue, seen, 255)));
        }
        others
    }

    fn is_coloured(&self) -> bool {
        let (pixels, _) = self.rgb.as_chunks::<3>();
        let coloured = pixels
            .iter()
            .step_by(7)
            .filter(|[red, green, blue]| red.abs_diff(*green).max(green.abs_diff(*blue)) > 24)
            .count();
        coloured.saturating_mul(7 * 100) > pixels.len()
    }

    /// In steps of sixteen, by a sample of a large picture.
    fn commonest(&self) -> [u8; 3] {
        let mut counts = vec![0_u32; 4096];
        let (pixels, _) = self.rgb.as_chunks::<3>();
        let mut step = (pixels.len() / SAMPLED_PIXELS) | 1;
        // Not the same columns in each row.
        while step > 1 && self.width.is_multiple_of(step) {
            step = step.saturating_add(2);
        }
        for [red, green, blue] in pixels.iter().step_by(step) {
            let at = (usize::from(red >> 4) << 8) | (usize::from(green >> 4) << 4) | usize::from(blue >> 4);
            if let Some(count) = counts.get_mut(at) {
                *count = count.saturating_add(1);
            }
        }
        let most = counts.iter().enumerate().max_by_key(|(_, count)| **count).map_or(0, |(at, _)| at);
        let step = |at: usize| u8::try_from((at & 0xf) << 4).unwrap_or(0) | 8;
        [step(most >> 8), step(most >> 4), step(most)]
    }
}

fn side(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

/// How many times smaller a picture of that size is kept.
pub(crate) fn times_smaller(width: usize, height: usize) -> usize {
    width.max(height).div_ceil(KEPT_SIDE).max(1)
}

/// Pixels of a side that is made so many times smaller.
fn part(side: usize, times: usize) -> usize {
    side.checked_div(times).unwrap_or(0)
}

/// The means of squares of pixels, row by row.
fn smaller<const N: usize>(raw: &[u8], (width, height): (usize, usize), times: usize) -> impl Iterator<Item = [u8; N]> {
    let (kept_width, kept_height) = (part(width, times), part(height, times));
    let (pixels, _) = raw.as_chunks::<N>();
    let area = u32::try_from(times.saturating_mul(times)).unwrap_or(1);
    (0..kept_height).flat_map(move |y| (0..kept_width).map(move |x| (x, y))).map(move |(x, y)| {
        let first = y.saturating_mul(times).saturating_mul(width).saturating_add(x.saturating_mul(times));
        if times == 1 {
            return pixels.get(first).copied().unwrap_or([255; N]);
        }
        let mut sums = [0_u32; N];
        for line in 0..times {
            let from = first.saturating_add(line.saturating_mul(width));
            for pixel in pixels.get(from..from.saturating_add(times)).unwrap_or_default() {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum = sum.saturating_add(u32::from(*value));
                }
            }
        }
        sums.map(|sum| u8::try_from(sum.checked_div(area).unwrap_or(0)).unwrap_or(255))
    })
}

/// ITU-R BT.601, in 256ths.
#[inline]
pub(crate) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    // At most 255 * 256: nothing overflows.
    let sum = u16::from(red)
        .wrapping_mul(77)
        .wrapping_add(u16::from(green).wrapping_mul(150))
        .wrapping_add(u16::from(blue).wrapping_mul(29));
    let [high, _] = sum.to_be_bytes();
    high
}

/// On a page of that shade.
#[inline]
pub(super) fn over(shade: u8, seen: u8, page: u8) -> u8 {
    if seen == 255 {
        return shade;
    }
    let (shade, seen, page) = (u32::from(shade), u32::from(seen), u32::from(page));
    let sum = shade.saturating_mul(seen).saturating_add(page.saturating_mul(255_u32.saturating_sub(seen)));
    u8::try_from(sum.checked_div(255).unwrap_or(0)).unwrap_or(255)
}

#[inline]
fn distance([red, green, blue]: [u8; 3], [other_red, other_green, other_blue]: [u8; 3]) -> u8 {
    red.abs_diff(other_red).saturating_add(green.abs_diff(other_green)).saturating_add(blue.abs_diff(other_blue))
}
