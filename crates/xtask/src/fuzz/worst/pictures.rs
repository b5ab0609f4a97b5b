//! Pictures of few bytes and as many pixels as are decoded.

use std::io::Write as _;

use anyhow::Result;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::{Made, Make, is_marked};

/// All of them.
pub(super) const ALL: &[Make] = &[scans, colours, interlaced, deep, flat];

/// A side of a square of nearly forty megapixels, and of 25: as much as decoders may take at eight bytes a pixel. Both in blocks of
/// eight pixels.
const SIDE: usize = 6320;
const DEEP_SIDE: usize = 5000;
/// The same of a JPEG in many scans, which takes six bytes a pixel.
const SCANS_SIDE: usize = 5600;
/// Passes over one picture that its decoder takes, less the two that all have.
const SCANS: usize = 97;
/// Blocks without a change that one code of sixteen bits stands for.
const RUN_BLOCKS: usize = 32_766;

/// One that has to be decoded, or the row shows nothing.
fn picture((name, declared): (&'static str, &'static str), bytes: Vec<u8>, pixels: usize) -> Made {
    Made { name, declared, bytes, read_bytes: pixels, is_read: |content| !is_marked(content, "picture_unread") }
}

/// One that may be called unread instead: its decoder holds more than the pixels are.
fn large((name, declared): (&'static str, &'static str), bytes: Vec<u8>, pixels: usize) -> Made {
    Made { is_read: |_| true, ..picture((name, declared), bytes, pixels) }
}

/// Blocks of eight pixels of a square.
const fn blocks(side: usize) -> usize {
    (side / 8) * (side / 8)
}

/// The head of a progressive JPEG (ITU-T T.81) of so many components and that side: tables of ones, and of the codes that its scans have.
fn jpeg(components: u8, side: usize) -> Vec<u8> {
    let side = u16::try_from(side).unwrap_or(u16::MAX).to_be_bytes();
    let length = [0, 8 + 3 * components];
    let listed = (1..=components).flat_map(|own| [own, 0x11, 0]);
    let frame = [&[0xff_u8, 0xc2][..], &length, &[8], &side, &side, &[components]].concat();
    let frame: Vec<u8> = frame.into_iter().chain(listed).collect();
    let quantization = [&[0xff_u8, 0xdb, 0, 67, 0][..], &[1; 64]].concat();
    // Of the first coefficients: no change, in one bit. Of the others: a one in one bit and its sign; a run of blocks in two bits.
    let first = [&[0xff_u8, 0xc4, 0, 20, 0x00, 1][..], &[0; 15], &[0x00]].concat();
    let others = [&[0xff_u8, 0xc4, 0, 21, 0x10, 1, 1][..], &[0; 14], &[0x01, 0xe0]].concat();
    [vec![0xff, 0xd8], quantization, frame, first, others].concat()
}

/// A scan of so many components over these coefficients, refining or not.
fn scan(components: u8, [from, to, high]: [u8; 3], data: &[u8]) -> Vec<u8> {
    let listed: Vec<u8> = (1..=components).flat_map(|own| [own, 0]).collect();
    [&[0xff_u8, 0xda, 0, 6 + 2 * components, components][..], &listed, &[from, to, high << 4], data].concat()
}

/// A hundred passes over all blocks, each of which has something in it: nothing changes after the second, and all is looked through.
fn scans() -> Result<Made> {
    // Of each block the sign of a one, after its code.
    let blocks = blocks(SCANS_SIDE);
    let ones = vec![0x55_u8; blocks.div_ceil(4)];
    let runs = [0xbf_u8, 0xfe].repeat(blocks.div_ceil(RUN_BLOCKS));
    let first = [scan(1, [0, 0, 0], &vec![0; blocks.div_ceil(8)]), scan(1, [1, 1, 0], &ones)].concat();
    let bytes = [jpeg(1, SCANS_SIDE), first, scan(1, [2, 63, 1], &runs).repeat(SCANS), vec![0xff, 0xd9]].concat();
    Ok(picture(("scans.jpeg", "image/jpeg"), bytes, SCANS_SIDE * SCANS_SIDE))
}

/// Three components at their full size, of which the decoder keeps all coefficients beside the pixels.
fn colours() -> Result<Made> {
    let data = vec![0; (3 * blocks(SIDE)).div_ceil(8)];
    let bytes = [jpeg(3, SIDE), scan(3, [0, 0, 0], &data), vec![0xff, 0xd9]].concat();
    Ok(large(("colours.jpeg", "image/jpeg"), bytes, SIDE * SIDE))
}

/// A PNG (third edition, 5.2) whose rows are zeros, so many bytes in all; its kind of pixels, and how they are put in order.
fn png(side: usize, [depth, colours, order]: [u8; 3], row_bytes: usize) -> Result<Vec<u8>> {
    let side = u32::try_from(side)?.to_be_bytes();
    let head = [&side[..], &side, &[depth, colours, 0, 0, order]].concat();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let zeros = vec![0; 1 << 20];
    let mut left = row_bytes;
    while left > 0 {
        let piece = zeros.get(..left).unwrap_or(&zeros);
        encoder.write_all(piece)?;
        left -= piece.len();
    }
    let rows = encoder.finish()?;
    let chunks = [chunk(b"IHDR", &head)?, chunk(b"IDAT", &rows)?, chunk(b"IEND", &[])?];
    Ok([b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat())
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Result<Vec<u8>> {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    let length = u32::try_from(data.len())?.to_be_bytes();
    Ok([&length[..], kind, data, &sum.sum().to_be_bytes()].concat())
}

/// Seven passes, each pixel of which is put in its place by itself.
fn interlaced() -> Result<Made> {
    // Where each begins, and how far its pixels and its rows are apart.
    const PASSES: [[usize; 4]; 7] =
        [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
    let bytes = |[x, y, wide, high]: [usize; 4]| (SIDE - y).div_ceil(high) * (1 + (SIDE - x).div_ceil(wide));
    let file = png(SIDE, [8, 0, 1], PASSES.into_iter().map(bytes).sum())?;
    Ok(picture(("interlaced.png", "image/png"), file, SIDE * SIDE))
}

/// Eight bytes a pixel, and as many pixels as decoders may hold at that; made one byte a colour they are held once more.
fn deep() -> Result<Made> {
    let file = png(DEEP_SIDE, [16, 6, 0], DEEP_SIDE * (1 + 8 * DEEP_SIDE))?;
    Ok(large(("deep.png", "image/png"), file, DEEP_SIDE * DEEP_SIDE))
}

/// A WebP without loss (RFC 9649 3) whose every code has one symbol: no bit a pixel. Four bytes of each are held, then three more.
fn flat() -> Result<Made> {
    let side = u64::try_from(SIDE - 1)?;
    // A mark of eight bits, sides of fourteen; no alpha, version, transform, cache or further codes in the next seven; then five codes
    // of four bits: a simple one, of one symbol, of one bit, and that is 0.
    let codes = (0..5).fold(0_u64, |codes, code| codes | (1 << (43 + 4 * code)));
    let data = [(0x2f | (side << 8) | (side << 22) | codes).to_le_bytes(), [0; 8]].concat();
    let number = |number: usize| u32::try_from(number).unwrap_or(0).to_le_bytes();
    let inner = [&b"WEBPVP8L"[..], &number(data.len()), &data].concat();
    let file = [&b"RIFF"[..], &number(inner.len()), &inner].concat();
    Ok(large(("flat.webp", "image/webp"), file, SIDE * SIDE))
}
