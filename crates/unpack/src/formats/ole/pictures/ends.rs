//! Where a picture ends, by its own pieces.

use crate::formats::image::bitmap;
use crate::formats::office::bytes::{size_at, u8_at, u16_at, u32_at};

/// Behind the last chunk of a PNG (PNG 3, 5.3); none where the chunks do not lead there.
pub(super) fn of_png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8_usize;
    loop {
        let head = bytes.get(at..)?;
        let size = u32::from_be_bytes(*head.first_chunk()?);
        // Length, name and checksum.
        at = at.checked_add(usize::try_from(size).ok()?)?.checked_add(12)?;
        if head.get(4..8)? == b"IEND" {
            return Some(at.min(bytes.len()));
        }
    }
}

/// Behind the marker that ends a JPEG (ITU-T T.81, B.1.1); none where the segments do not lead there.
pub(super) fn of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2_usize;
    loop {
        at = at.checked_add(memchr::memchr(0xff, bytes.get(at..)?)?)?;
        let behind = at.checked_add(2)?;
        at = match bytes.get(at.checked_add(1)?)? {
            0xd9 => return Some(behind),
            // Filling.
            0xff => at.checked_add(1)?,
            // No markers, or such as stand alone.
            0 | 1 | 0xd0..=0xd8 => behind,
            _ => {
                let size = u16::from_be_bytes(*bytes.get(behind..)?.first_chunk()?);
                behind.checked_add(usize::from(size))?
            }
        };
    }
}

/// Behind the sign that ends a GIF (GIF89a, 18 to 27); where its blocks do not lead there, how far they were followed.
pub(super) fn of_gif(bytes: &[u8]) -> Result<usize, usize> {
    let mut at = 0_usize;
    follow_gif(bytes, &mut at).ok_or(at)
}

fn follow_gif(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 6_usize << (flags & 7) };
    *at = 13_usize.checked_add(table(u8_at(bytes, 10)?))?;
    loop {
        *at = match u8_at(bytes, *at)? {
            0x3b => return at.checked_add(1),
            0x21 => at.checked_add(2)?,
            // Behind its place, its size, its colours, and how long its letters are.
            0x2c => at.checked_add(11)?.checked_add(table(u8_at(bytes, at.checked_add(9)?)?))?,
            _ => return None,
        };
        loop {
            let size = u8_at(bytes, *at)?;
            *at = at.checked_add(usize::from(size))?.checked_add(1)?;
            if size == 0 {
                break;
            }
        }
    }
}

/// Behind the pixels of a bitmap by its head (MS-WMF 2.2.2.3); none where it cannot be told.
pub(super) fn of_bitmap(bytes: &[u8]) -> Option<usize> {
    let start = bitmap::pixels_at(bytes).checked_sub(bitmap::HEAD_BYTES)?;
    // Packed ones say how long they are.
    if u32_at(bytes, 16)? != 0 && size_at(bytes, 20)? != 0 {
        return start.checked_add(size_at(bytes, 20)?);
    }
    let (width, height) = (size_at(bytes, 4)?, i32::from_le_bytes(u32_at(bytes, 8)?.to_le_bytes()).unsigned_abs());
    let bits = width.checked_mul(usize::from(u16_at(bytes, 14)?))?;
    let row = bits.div_ceil(32).checked_mul(4)?;
    start.checked_add(row.checked_mul(usize::try_from(height).ok()?)?)
}
