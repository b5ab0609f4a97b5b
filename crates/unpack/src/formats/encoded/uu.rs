//! uuencode: `begin 644 name`, lines that begin with their length, `end`; its form in base64; and xxencode, which is the same in
//! other characters.

use base64::Engine as _;

use crate::formats::archives::bytes::has;
use crate::formats::encoded::bare::LENIENT;
use crate::formats::encoded::{Block, line};

/// Longest line of data, bytes unpacked.
const LINE_BYTES_MAX: usize = 63;
/// Bytes of a line that is full.
const FULL_LINE_BYTES: usize = 45;

/// What a character stands for, and the one that stands for nothing at all.
#[derive(Clone, Copy)]
struct Characters {
    sextet: fn(u8) -> Option<u8>,
    zero: u8,
}

const UU: Characters = Characters { sextet, zero: b' ' };
const XX: Characters = Characters { sextet: sextet_of_xx, zero: b'+' };

/// Reads what begins at `at`, at most so many bytes.
pub(super) fn read(bytes: &[u8], at: usize, most: usize) -> Option<Block> {
    read_in(UU, bytes, (at, most))
}

/// As [`read`], in the characters of xxencode: no line of data of the one is one of the other.
pub(super) fn read_xx(bytes: &[u8], at: usize, most: usize) -> Option<Block> {
    let is_base64 = has(bytes, at, b"begin-");
    read_in(XX, bytes, (at, most)).filter(|block| !is_base64 && !block.bytes.is_empty())
}

fn read_in(characters: Characters, bytes: &[u8], (at, most): (usize, usize)) -> Option<Block> {
    let (head, next) = line(bytes, at)?;
    let rest = head.strip_prefix(b"begin")?;
    let (rest, is_base64) = rest.strip_prefix(b"-base64").map_or((rest, false), |rest| (rest, true));
    let rest = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"\t"))?.trim_ascii_start();
    let blank = memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
    let (mode, name) = rest.split_at_checked(blank)?;
    let (mode, name) = (mode.trim_ascii_end(), name.trim_ascii());
    if !(1..=6).contains(&mode.len()) || !mode.iter().all(|digit| matches!(digit, b'0'..=b'7')) {
        return None;
    }
    let mut block = Block { name: name.to_vec(), bytes: Vec::new(), is_whole: false, end: next };
    let mut found = Found { has_name: !name.is_empty(), is_odd: mode.len() < 3, ..Found::default() };
    let mut at = next;
    while let Some((data, next)) = line(bytes, at) {
        at = next;
        let is_end = if is_base64 { data.starts_with(b"====") } else { data.trim_ascii_end() == b"end" };
        if is_end {
            block.is_whole = found.bad_lines == 0;
            block.end = next;
            return found.is_file_with_end(block.bytes.len()).then_some(block);
        }
        let room = most.saturating_sub(block.bytes.len());
        let decoded = if is_base64 { LENIENT.decode(data.trim_ascii()).ok() } else { decode(data, characters) };
        let Some(decoded) = decoded else {
            // Lines that are no data are passed over, however many: programs look at each line alone (Thunderbird). Another
            // file may begin without the end of this one.
            found.bad_lines = found.bad_lines.saturating_add(1);
            if data.starts_with(b"begin") {
                break;
            }
            continue;
        };
        found.has_data = true;
        found.is_full |= decoded.len() >= FULL_LINE_BYTES;
        block.bytes.extend(decoded.into_iter().take(room));
        block.end = next;
        if room == 0 {
            break;
        }
    }
    found.is_file(block.bytes.len()).then_some(block)
}

/// What tells a file from prose that happens to begin so.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    has_name: bool,
    // Some line can be read as data.
    has_data: bool,
    // Some line is as long as nearly all are.
    is_full: bool,
    bad_lines: usize,
    // A number stands where a mode should: all has to be data.
    is_odd: bool,
}

impl Found {
    const fn is_file(self, length: usize) -> bool {
        self.has_data && (self.is_full || (self.has_name && self.bad_lines == 0)) && self.is_clear(length)
    }

    const fn is_file_with_end(self, length: usize) -> bool {
        (self.has_data || (self.has_name && self.bad_lines == 0)) && self.is_clear(length)
    }

    const fn is_clear(self, length: usize) -> bool {
        !self.is_odd || (self.bad_lines == 0 && length > 0)
    }
}

/// One line; its end may have got lost. An empty line ends the data, as that of length 0 does.
fn decode(line: &[u8], Characters { sextet, zero }: Characters) -> Option<Vec<u8>> {
    let Some((first, data)) = line.split_first() else { return Some(Vec::new()) };
    let length = usize::from(sextet(*first)?);
    let needed = length.div_ceil(3).saturating_mul(4);
    // Some write a checksum behind, or blanks; behind a full line nothing counts.
    let behind = data.get(needed..).unwrap_or_default().trim_ascii_end();
    let is_long = behind.len() > 2 && length != FULL_LINE_BYTES;
    if length > LINE_BYTES_MAX || is_long || data.len().saturating_mul(2) < needed {
        return None;
    }
    let mut out = Vec::with_capacity(length.saturating_add(3));
    let mut padded = data.get(..needed.min(data.len()))?.to_vec();
    padded.resize(needed, zero);
    for group in padded.chunks_exact(4) {
        let word = group.iter().try_fold(0_u32, |word, byte| Some((word << 6) | u32::from(sextet(*byte)?)))?;
        let [_, high, middle, low] = word.to_be_bytes();
        out.extend_from_slice(&[high, middle, low]);
    }
    out.truncate(length);
    Some(out)
}

fn sextet(byte: u8) -> Option<u8> {
    matches!(byte, 0x20..=0x60).then(|| byte.wrapping_sub(0x20) & 0x3f)
}

/// `+`, `-`, digits, capitals, small letters.
fn sextet_of_xx(byte: u8) -> Option<u8> {
    Some(match byte {
        b'+' => 0,
        b'-' => 1,
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(2),
        b'A'..=b'Z' => byte.wrapping_sub(b'A').wrapping_add(12),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(38),
        _ => return None,
    })
}
