//! BinHex 4.0 (RFC 1741, appendix A): sextets between colons, runs shortened, then a head, the data fork and the other fork.

use crate::formats::archives::bytes::{part, part_or_less, u32_be};
use crate::formats::encoded::Block;

const ALPHABET: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
/// The data begins so near behind the words that announce it, bytes.
const HEAD_BYTES_MAX: usize = 512;
/// Before the count of a run.
const RUN: u8 = 0x90;

/// Reads what begins at `at`, at most so many bytes.
pub(super) fn read(bytes: &[u8], at: usize, most: usize) -> Option<Block> {
    let colon = memchr::memchr(b':', part_or_less(bytes, at, HEAD_BYTES_MAX))?;
    let from = at.saturating_add(colon).saturating_add(1);
    let text = bytes.get(from..)?;
    let length = memchr::memchr(b':', text);
    let text = text.get(..length.unwrap_or(text.len()))?;
    let unpacked = unpack(text, most.saturating_add(256));
    let name_length = usize::from(*unpacked.first()?);
    let name = part(&unpacked, 1, name_length).filter(|_| (1..64).contains(&name_length))?;
    // Version, type, creator, flags, then the sizes of both forks and a checksum.
    let sizes_at = name_length.saturating_add(12);
    let size = usize::try_from(u32_be(&unpacked, sizes_at)?).ok()?;
    let data = part_or_less(&unpacked, sizes_at.saturating_add(10), size.min(most));
    Some(Block {
        name: name.to_vec(),
        bytes: data.to_vec(),
        is_whole: data.len() == size && length.is_some(),
        end: from.saturating_add(text.len()),
    })
}

/// The bytes behind sextets and runs.
fn unpack(text: &[u8], most: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    let (mut word, mut bits) = (0_u32, 0_u32);
    let mut is_run = false;
    for byte in text {
        let Some(value) = ALPHABET.iter().zip(0_u32..).find(|(own, _)| *own == byte).map(|(_, value)| value) else {
            if byte.is_ascii_whitespace() {
                continue;
            }
            break;
        };
        word = ((word << 6) | value) & 0xffff;
        bits = bits.saturating_add(6);
        if bits < 8 {
            continue;
        }
        bits = bits.saturating_sub(8);
        let [_, _, _, byte] = (word >> bits).to_be_bytes();
        if std::mem::take(&mut is_run) {
            match (byte, out.last().copied()) {
                (0, _) => out.push(RUN),
                (count, Some(last)) => out.resize(out.len().saturating_add(usize::from(count.saturating_sub(1))), last),
                _ => break,
            }
        } else if byte == RUN {
            is_run = true;
        } else {
            out.push(byte);
        }
        if out.len() >= most {
            break;
        }
    }
    out
}
