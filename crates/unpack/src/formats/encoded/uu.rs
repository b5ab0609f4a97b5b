//! uuencode: `begin 644 name`, lines that begin with their length, `end`; and its form in base64.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::formats::encoded::Block;

/// Longest line of data, bytes unpacked.
const LINE_BYTES_MAX: usize = 63;
/// Bytes of a line that is full.
const FULL_LINE_BYTES: usize = 45;
/// Padding may be there or not, and what is behind the last whole byte does not count.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Reads what begins at `at`, at most so many bytes.
pub(super) fn read(bytes: &[u8], at: usize, most: usize) -> Option<Block> {
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
    // Programs write three digits and read any number; `begin 5 minutes` is prose unless bytes follow.
    let is_short = mode.len() < 3;
    let mut found = Found { has_name: !name.is_empty(), ..Found::default() };
    let mut at = next;
    while let Some((data, next)) = line(bytes, at) {
        at = next;
        let is_end = if is_base64 { data.starts_with(b"====") } else { data.trim_ascii_end() == b"end" };
        if is_end {
            block.is_whole = found.bad_lines == 0;
            block.end = next;
            return found.is_file_with_end(is_short).then_some(block);
        }
        let room = most.saturating_sub(block.bytes.len());
        let decoded = if is_base64 { LENIENT.decode(data.trim_ascii()).ok() } else { decode(data) };
        let Some(decoded) = decoded else {
            // Lines that are no data are passed over, however many: programs look at each line alone (Thunderbird). Another
            // file may begin without the end of this one.
            found.bad_lines = found.bad_lines.saturating_add(1);
            if data.starts_with(b"begin") {
                break;
            }
            continue;
        };
        found.has_data |= !is_short || !decoded.is_empty();
        found.is_full |= decoded.len() >= FULL_LINE_BYTES;
        block.bytes.extend(decoded.into_iter().take(room));
        block.end = next;
        if room == 0 {
            break;
        }
    }
    found.is_file().then_some(block)
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
}

impl Found {
    const fn is_file(self) -> bool {
        self.has_data && (self.is_full || (self.has_name && self.bad_lines == 0))
    }

    const fn is_file_with_end(self, is_short: bool) -> bool {
        self.has_data || (!is_short && self.has_name && self.bad_lines == 0)
    }
}

/// The line that begins there, without its end, and where the next one begins. A bare CR ends it too, as it begins a file.
fn line(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..length)?;
    let end = if rest.get(length..).is_some_and(|rest| rest.starts_with(b"\r\n")) { 2 } else { 1 };
    Some((line, at.saturating_add(length).saturating_add(end)))
}

/// One line; its end may have got lost. An empty line ends the data, as that of length 0 does.
fn decode(line: &[u8]) -> Option<Vec<u8>> {
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
    padded.resize(needed, b' ');
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
