//! Predictors of Flate and LZW (ISO 32000-2, 7.4.4.4): PNG's of each row, and TIFF's of 8-bit samples.

use super::object::{Dict, Object};

/// Bytes of one row that are believed.
const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Undoes the predictor that the parameters name; without one, nothing.
pub(super) fn undo(bytes: Vec<u8>, params: &Dict) -> Vec<u8> {
    let number = |name: &str, otherwise: usize| params.get(name).and_then(Object::size).unwrap_or(otherwise);
    let predictor = number("Predictor", 1);
    if predictor < 2 {
        return bytes;
    }
    let (colors, bits) = (number("Colors", 1), number("BitsPerComponent", 8));
    let row_bits = colors.saturating_mul(bits).saturating_mul(number("Columns", 1));
    let (row, pixel) = (row_bits.div_ceil(8), colors.saturating_mul(bits).div_ceil(8).max(1));
    if row == 0 || row > ROW_BYTES_MAX {
        return bytes;
    }
    match predictor {
        2 if bits == 8 => tiff(bytes, row, pixel),
        2 => bytes,
        _ => png(&bytes, row, pixel),
    }
}

fn tiff(mut bytes: Vec<u8>, row: usize, pixel: usize) -> Vec<u8> {
    for row in bytes.chunks_mut(row) {
        for at in pixel..row.len() {
            let left = row.get(at.saturating_sub(pixel)).copied().unwrap_or_default();
            if let Some(byte) = row.get_mut(at) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    bytes
}

// Each row begins with the number of its own predictor.
fn png(bytes: &[u8], row: usize, pixel: usize) -> Vec<u8> {
    let mut made = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; row.min(bytes.len())];
    for coded in bytes.chunks(row.saturating_add(1)) {
        let Some((method, coded)) = coded.split_first() else { break };
        let start = made.len();
        for (at, byte) in coded.iter().enumerate() {
            let left_at = at.checked_sub(pixel);
            let left = left_at.and_then(|at| made.get(start.saturating_add(at))).copied().unwrap_or_default();
            let up = above.get(at).copied().unwrap_or_default();
            let up_left = left_at.and_then(|at| above.get(at)).copied().unwrap_or_default();
            let predicted = match method {
                1 => left,
                2 => up,
                3 => u8::try_from(u16::from(left).saturating_add(u16::from(up)) >> 1).unwrap_or_default(),
                4 => paeth(left, up, up_left),
                _ => 0,
            };
            made.push(byte.wrapping_add(predicted));
        }
        let done = made.get(start..).unwrap_or_default();
        if let Some(above) = above.get_mut(..done.len()) {
            above.copy_from_slice(done);
        }
    }
    made
}

fn paeth(left: u8, up: u8, up_left: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(up_left));
    let near = a.saturating_add(b).saturating_sub(c);
    let distance = |value: i16| near.saturating_sub(value).unsigned_abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        left
    } else if distance(b) <= distance(c) {
        up
    } else {
        up_left
    }
}
