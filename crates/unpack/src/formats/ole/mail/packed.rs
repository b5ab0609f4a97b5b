//! Packed rich text (MS-OXRTFCP): literals and copies out of a window that is full of usual words at the start.

use crate::formats::office::bytes::{size_at, slice, u32_at};

/// Bytes of the window.
const WINDOW_BYTES: usize = 4096;
/// What stands in it at the start (MS-OXRTFCP 2.1.3.1.2).
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS \
Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// `LZFu` and `MELA`: packed, and as it is.
const PACKED: u32 = 0x7546_5a4c;
const PLAIN: u32 = 0x414c_454d;
const HEAD_BYTES: usize = 16;

/// Unpacks at most so many bytes; none where it is of neither form.
pub(super) fn unpack(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let most = size_at(bytes, 4)?.min(most);
    let body = slice(bytes, HEAD_BYTES, bytes.len());
    match u32_at(bytes, 8)? {
        PLAIN => Some(slice(body, 0, most).to_vec()),
        PACKED => Some(run(body, most)),
        _ => None,
    }
}

fn run(mut body: &[u8], most: usize) -> Vec<u8> {
    // The window is the end of what is there already.
    let mut bytes = START.to_vec();
    let most = most.saturating_add(START.len());
    'body: while let Some((flags, rest)) = body.split_first() {
        body = rest;
        for bit in 0..8 {
            if bytes.len() >= most {
                break 'body;
            }
            if flags & (1 << bit) == 0 {
                let Some((byte, rest)) = body.split_first() else { break 'body };
                bytes.push(*byte);
                body = rest;
                continue;
            }
            let Some((token, rest)) = body.split_first_chunk() else { break 'body };
            body = rest;
            let token = usize::from(u16::from_be_bytes(*token));
            let here = bytes.len() % WINDOW_BYTES;
            let back = here.saturating_add(WINDOW_BYTES).saturating_sub(token >> 4) % WINDOW_BYTES;
            // A copy from where the window is written next ends the text.
            if back == 0 {
                break 'body;
            }
            for _ in 0..(token & 0x0f).saturating_add(2) {
                let from = bytes.len().checked_sub(back);
                bytes.push(from.and_then(|from| bytes.get(from)).copied().unwrap_or(0));
            }
        }
    }
    bytes.truncate(most);
    bytes.split_off(START.len().min(bytes.len()))
}
