//! How large a picture is, by its head: PNG (W3C PNG 11.2.2) and JPEG (ITU-T T.81 B.2.2). Nothing else of it is looked at here.

/// Bytes of a JPEG in which its size is looked for.
const JPEG_HEAD_BYTES_MAX: usize = 256 << 10;

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
        _ => None,
    }
}

// Signature, then the first chunk: length, IHDR, width, height.
fn png(bytes: &[u8]) -> Option<Size> {
    let number = |at: usize| bytes.get(at..)?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four));
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some(Size { width: number(16)?, height: number(20)? })
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
            let number = |at: usize| after.get(at..)?.first_chunk::<2>().map(|two| u32::from(u16::from_be_bytes(*two)));
            return Some(Size { width: number(5)?, height: number(3)? });
        }
        // At least its own length, so this ends.
        rest = after.get(length.max(2)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_garbage_has_none() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x2c\0\0\0\x64\x08\x02";
        let head = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xdb\0\x03x";
        let jpeg = [head.as_slice(), b"\xff\xc2\0\x11\x08\0\x64\x01\x2c\x03"].concat();
        let size = Size { width: 300, height: 100 };
        assert_eq!((of("png", png), of("jpeg", &jpeg)), (Some(size), Some(size)));
        assert_eq!((of("png", &jpeg), of("jpeg", png), of("gif", png)), (None, None, None));
        for cut in 0..jpeg.len() - 1 {
            assert_eq!(of("jpeg", &jpeg[..cut]), None, "{cut}");
        }
        assert_eq!(of("jpeg", b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0"), None, "a segment without a length");
        assert!(size.is_at_least(Size { width: 300, height: 100 }));
        assert!(!size.is_at_least(Size { width: 301, height: 1 }) && size.pixels() == 30_000);
    }
}
