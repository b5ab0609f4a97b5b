//! Compressed RTF (MS-OXRTFCP 2.1 to 2.2).

use crate::formats::little::u32_at;

/// What the window holds at the start.
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// Bytes of the window.
const WINDOW_BYTES: usize = 4096;
/// `LZFu`
const COMPRESSED: u32 = 0x7546_5a4c;
/// `MELA`
const PLAIN: u32 = 0x414c_454d;
/// Bytes of the header.
const HEADER_BYTES: usize = 16;

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rtf {
    pub(crate) bytes: Vec<u8>,
    /// There is more than was asked for.
    pub(crate) is_cut: bool,
}

/// The RTF, at most so many bytes; none if it is not compressed in this way. How much it says to be is not believed: the data
/// ends by itself.
pub(crate) fn unpack(packed: &[u8], most: u64) -> Option<Rtf> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let data = packed.get(HEADER_BYTES..)?;
    let bytes = match u32_at(packed, 8)? {
        PLAIN => data.get(..most.saturating_add(1)).unwrap_or(data).to_vec(),
        COMPRESSED => inflate(data, most.saturating_add(1)),
        _ => return None,
    };
    let is_cut = bytes.len() > most;
    let bytes = bytes.get(..most).map(<[u8]>::to_vec).unwrap_or(bytes);
    Some(Rtf { bytes, is_cut })
}

fn inflate(data: &[u8], most: usize) -> Vec<u8> {
    let mut window = [0_u8; WINDOW_BYTES];
    for (to, from) in window.iter_mut().zip(START) {
        *to = *from;
    }
    let mut at = START.len();
    let mut rtf = Vec::new();
    let mut left = data;
    let mut push = |byte: u8, window: &mut [u8; WINDOW_BYTES]| {
        if let Some(to) = window.get_mut(at) {
            *to = byte;
        }
        at = at.saturating_add(1) % WINDOW_BYTES;
        rtf.push(byte);
        (at, rtf.len() < most)
    };
    let mut place = START.len();
    while let Some((control, rest)) = left.split_first() {
        left = rest;
        for bit in 0..8 {
            if control & (1 << bit) == 0 {
                let Some((byte, rest)) = left.split_first() else { return rtf };
                left = rest;
                let (next, goes_on) = push(*byte, &mut window);
                place = next;
                if !goes_on {
                    return rtf;
                }
                continue;
            }
            let Some((reference, rest)) = left.split_first_chunk::<2>() else { return rtf };
            left = rest;
            let reference = usize::from(u16::from_be_bytes(*reference));
            let (from, length) = (reference >> 4, (reference & 15).saturating_add(2));
            // A reference to where writing stands ends the data.
            if from == place {
                return rtf;
            }
            for step in 0..length {
                let byte = window.get(from.saturating_add(step) % WINDOW_BYTES).copied().unwrap_or_default();
                let (next, goes_on) = push(byte, &mut window);
                place = next;
                if !goes_on {
                    return rtf;
                }
            }
        }
    }
    rtf
}
