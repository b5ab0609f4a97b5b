//! How large a picture is, by its head: PNG (W3C PNG 11.2.2), JPEG (ITU-T T.81 B.2.2), GIF (GIF89a 18 to 20), WebP (RFC 9649),
//! BMP, TIFF (TIFF 6.0, 2). Nothing else of it is looked at here but whether it moves.

mod numbers;
mod pages;

use numbers::Numbers;

/// Bytes of a JPEG in which its size is looked for.
const JPEG_HEAD_BYTES_MAX: usize = 256 << 10;
/// Bytes of a PNG before its first chunk, and those of a chunk beside its data: length, name, sum.
const PNG_HEAD_BYTES: usize = 8;
const PNG_CHUNK_BYTES: usize = 12;
/// Bytes of a GIF before its first table or block.
const GIF_HEAD_BYTES: usize = 13;

/// Pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Size {
    pub(super) const fn is_at_least(self, least: Self) -> bool {
        self.width >= least.width && self.height >= least.height
    }

    pub(super) fn pixels(self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }
}

/// That of a picture of this true type; none: it does not say.
pub(super) fn of(kind: &str, bytes: &[u8]) -> Option<Size> {
    match kind {
        "png" => png(bytes),
        "jpeg" => jpeg(bytes.get(..JPEG_HEAD_BYTES_MAX).unwrap_or(bytes)),
        "gif" => gif(bytes),
        "webp" => webp(bytes),
        "bmp" => bmp(bytes),
        "tiff" => pages::largest(bytes),
        _ => None,
    }
}

/// Is there more in it than its first picture, which alone is read? Of the kinds that may hold several only GIF and PNG keep the others
/// from the reader: it reads every page of a TIFF, and no WebP that moves.
pub(super) fn has_unread_frames(kind: &str, bytes: &[u8]) -> bool {
    match kind {
        "gif" => gif_frames(bytes).nth(1).is_some(),
        "png" => png_moves(bytes),
        _ => false,
    }
}

// The chunk that says so stands in front of the picture (PNG 3rd edition, 11.3.6). That picture need not be one of those which are shown.
fn png_moves(bytes: &[u8]) -> bool {
    let (numbers, mut at) = (Numbers::big(bytes), PNG_HEAD_BYTES);
    while let Some((length, rest)) = numbers.four(at).zip(bytes.get(at.saturating_add(4)..)) {
        match rest.first_chunk() {
            Some(b"acTL") => return true,
            Some(b"IDAT") | None => return false,
            Some(_) => {}
        }
        at = at.saturating_add(PNG_CHUNK_BYTES).saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
    }
    false
}

// Signature, then the first chunk: length, IHDR, width, height.
fn png(bytes: &[u8]) -> Option<Size> {
    let numbers = Numbers::big(bytes);
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some(Size { width: numbers.four(16)?, height: numbers.four(20)? })
}

// Segments up to the first frame header: SOF0 to SOF15 but DHT, JPG and DAC.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let (mark, after) = rest.split_first_chunk::<2>()?;
        let [0xff, kind] = *mark else { return None };
        // A filling byte.
        if kind == 0xff {
            rest = rest.get(1..)?;
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
        if matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) {
            let numbers = Numbers::big(after);
            return Some(Size { width: numbers.two(5)?, height: numbers.two(3)? });
        }
        // At least its own length, so this ends.
        rest = after.get(length.max(2)..)?;
    }
}

// The screen, or the first frame where that is larger: programs show all of it.
fn gif(bytes: &[u8]) -> Option<Size> {
    bytes.strip_prefix(b"GIF8")?;
    let numbers = Numbers::little(bytes);
    let screen = Size { width: numbers.two(6)?, height: numbers.two(8)? };
    let first = gif_frames(bytes).next().unwrap_or(screen);
    Some(Size { width: screen.width.max(first.width), height: screen.height.max(first.height) })
}

fn gif_frames(bytes: &[u8]) -> impl Iterator<Item = Size> {
    let table = table_bytes(bytes.get(10).copied());
    let mut rest = bytes.get(GIF_HEAD_BYTES.saturating_add(table)..).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            match *rest.first()? {
                // An extension: its label, then its blocks.
                0x21 => rest = behind_blocks(rest.get(2..)?)?,
                0x2c => {
                    let numbers = Numbers::little(rest);
                    let frame = Size { width: numbers.two(5)?, height: numbers.two(7)? };
                    // Behind a table of its own stands the length of the first code.
                    let data = table_bytes(rest.get(9).copied()).saturating_add(11);
                    rest = rest.get(data..).and_then(behind_blocks).unwrap_or_default();
                    return Some(frame);
                }
                _ => return None,
            }
        }
    })
}

/// Bytes of a table of colours, by the flags of who has it.
fn table_bytes(flags: Option<u8>) -> usize {
    match flags {
        Some(flags) if flags & 0x80 != 0 => 6 << (flags & 7),
        _ => 0,
    }
}

/// What stands behind a row of blocks, each with its length in front, of which the last is empty.
fn behind_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (length, after) = rest.split_first()?;
        if *length == 0 {
            return Some(after);
        }
        rest = after.get(usize::from(*length)..)?;
    }
}

// The first chunk says it, in each form in bits of its own.
fn webp(bytes: &[u8]) -> Option<Size> {
    bytes.strip_prefix(b"RIFF")?;
    let numbers = Numbers::little(bytes);
    match bytes.get(12..16)? {
        b"VP8 " if bytes.get(23..26)? == b"\x9d\x01\x2a" => {
            Some(Size { width: numbers.two(26)? & 0x3fff, height: numbers.two(28)? & 0x3fff })
        }
        b"VP8L" if *bytes.get(20)? == 0x2f => {
            let bits = numbers.four(21)?;
            Some(Size { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 })
        }
        b"VP8X" => Some(Size { width: numbers.three(24)? + 1, height: numbers.three(27)? + 1 }),
        _ => None,
    }
}

// Behind the head of the file stands that of the picture, with its own length first: 12 bytes in the oldest form.
fn bmp(bytes: &[u8]) -> Option<Size> {
    bytes.strip_prefix(b"BM")?;
    let numbers = Numbers::little(bytes);
    if numbers.four(14)? == 12 {
        return Some(Size { width: numbers.two(18)?, height: numbers.two(20)? });
    }
    // A picture from top to bottom has a height below zero.
    let height = numbers.four(22)?.cast_signed().unsigned_abs();
    Some(Size { width: numbers.four(18)?, height })
}

#[cfg(test)]
mod tests;
