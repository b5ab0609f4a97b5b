//! Samples to a PNG (ISO/IEC 15948), so that a picture without a file format is one.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PNG of 8-bit samples: `channels` is 1 for grey, 3 for colour. None if the sizes do not fit.
pub(super) fn write(width: u32, height: u32, channels: u8, samples: &[u8]) -> Option<Vec<u8>> {
    let row = usize::try_from(width).ok()?.checked_mul(usize::from(channels))?;
    if row == 0 || samples.len() != row.checked_mul(usize::try_from(height).ok()?)? {
        return None;
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for row in samples.chunks(row) {
        packed.write_all(&[0]).ok()?;
        packed.write_all(row).ok()?;
    }
    let mut head = Vec::with_capacity(13);
    head.extend_from_slice(&width.to_be_bytes());
    head.extend_from_slice(&height.to_be_bytes());
    head.extend_from_slice(&[8, if channels == 3 { 2 } else { 0 }, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &head)?;
    chunk(&mut png, b"IDAT", &packed.finish().ok()?)?;
    chunk(&mut png, b"IEND", b"")?;
    Some(png)
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> Option<()> {
    png.extend_from_slice(&u32::try_from(data.len()).ok()?.to_be_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(name);
    sum.update(data);
    png.extend_from_slice(name);
    png.extend_from_slice(data);
    png.extend_from_slice(&sum.finalize().to_be_bytes());
    Some(())
}
