//! How VBA packs its streams: runs of literal bytes and copies of what came before, in chunks of 4,096 bytes (MS-OVBA 2.4.1).

use crate::formats::office::bytes::u16_at;

/// Bytes of a full chunk.
const CHUNK_BYTES: usize = 4096;

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::formats::ole) struct Unpacked {
    pub(in crate::formats::ole) bytes: Vec<u8>,
    /// There is more than was asked for.
    pub(in crate::formats::ole) is_cut: bool,
}

/// Unpacks at most so many bytes; none where it is not packed so. A chunk that breaks off ends the text.
pub(in crate::formats::ole) fn unpack(packed: &[u8], most: usize) -> Option<Unpacked> {
    let mut rest = packed.strip_prefix(&[1])?;
    let mut bytes = Vec::new();
    let mut is_cut = false;
    while let Some(head) = u16_at(rest, 0) {
        let size = usize::from(head & 0x0fff).saturating_add(1);
        let chunk = rest.get(2..).unwrap_or_default();
        // The signature of a chunk; behind the last one there may be anything.
        if head & 0x7000 != 0x3000 {
            break;
        }
        if bytes.len() >= most {
            is_cut = true;
            break;
        }
        let body = chunk.get(..size).unwrap_or(chunk);
        rest = chunk.get(body.len()..).unwrap_or_default();
        match head & 0x8000 {
            0 => bytes.extend_from_slice(chunk.get(..CHUNK_BYTES).unwrap_or(chunk)),
            _ => unpack_chunk(body, &mut bytes),
        }
    }
    is_cut |= bytes.len() > most;
    bytes.truncate(most);
    (is_cut || !bytes.is_empty()).then_some(Unpacked { bytes, is_cut })
}

fn unpack_chunk(mut body: &[u8], bytes: &mut Vec<u8>) {
    let start = bytes.len();
    while let Some((flags, rest)) = body.split_first() {
        body = rest;
        for bit in 0..8 {
            if bytes.len().saturating_sub(start) >= CHUNK_BYTES {
                return;
            }
            if flags & (1 << bit) == 0 {
                let Some((byte, rest)) = body.split_first() else { return };
                bytes.push(*byte);
                body = rest;
                continue;
            }
            let Some(token) = u16_at(body, 0) else { return };
            body = body.get(2..).unwrap_or_default();
            if copy(token, start, bytes).is_none() {
                return;
            }
        }
    }
}

/// A copy token: how far back and how long; the more is there, the more bits the distance has (2.4.1.3.19.1).
fn copy(token: u16, start: usize, bytes: &mut Vec<u8>) -> Option<()> {
    let done = bytes.len().saturating_sub(start);
    let distance_bits = (4..12_u32).find(|bits| 1_usize << bits >= done).unwrap_or(12);
    let length_bits = 16_u32.saturating_sub(distance_bits);
    let length = usize::from(token & (0xffff_u16 >> distance_bits)).saturating_add(3);
    let distance = usize::from(token >> length_bits).saturating_add(1);
    let mut from = bytes.len().checked_sub(distance).filter(|from| *from >= start)?;
    for _ in 0..length {
        let byte = bytes.get(from).copied()?;
        bytes.push(byte);
        from = from.saturating_add(1);
    }
    Some(())
}
