//! What `compress.exe` makes and `expand.exe` opens: SZDD in two kinds, KWAJ with its methods 0 to 2. Source: documentation of
//! libmspack. Documented limit: the methods 3 and 4 of KWAJ (LZH, MSZIP) are not read, and said to be unsupported.

use crate::bounded::{End, Taken};
use crate::budget::Budget;
use crate::formats::archives::bytes::{to_nul, u16_le, u32_le};
use crate::formats::archives::shown;

/// The window, bytes; it is filled with blanks at first.
const WINDOW_BYTES: usize = 4096;
/// Bytes of flags that are read between two looks at the clock.
const CLOCK_EVERY_BYTES: u32 = 1 << 16;

/// What came out, the letter that the name lost, and the name in the head.
pub(super) struct Opened {
    pub(super) taken: Taken,
    pub(super) last_letter: Option<char>,
    pub(super) name: Option<String>,
}

pub(super) fn open(bytes: &[u8], most: usize, budget: &Budget) -> Opened {
    let broken = Opened { taken: Taken { bytes: Vec::new(), end: End::Broken }, last_letter: None, name: None };
    if bytes.starts_with(b"KWAJ") {
        return kwaj(bytes, most, budget).unwrap_or(broken);
    }
    // It begins sixteen bytes before the end of the window, or eighteen in the older kind, whose head is shorter.
    let is_old = bytes.starts_with(b"SZ ");
    let (size_at, from_end) = if is_old { (8, 18) } else { (10, 16) };
    let data = bytes.get(size_at..).and_then(|rest| rest.get(4..));
    let (Some(size), Some(data)) = (u32_le(bytes, size_at), data) else { return broken };
    let letter = bytes.get(9).copied().filter(|letter| !is_old && letter.is_ascii_graphic()).map(char::from);
    let mut taken = unpack(data, (most, from_end), budget);
    if taken.end == End::Whole && u32::try_from(taken.bytes.len()).ok() != Some(size) {
        taken.end = End::Broken;
    }
    Opened { taken, last_letter: letter, name: None }
}

fn kwaj(bytes: &[u8], most: usize, budget: &Budget) -> Option<Opened> {
    let (method, at, flags) = (u16_le(bytes, 8)?, usize::from(u16_le(bytes, 10)?), u16_le(bytes, 12)?);
    // Fields that may be there: a size, a number, so many bytes behind their count, a name, its ending.
    let mut field = 14_usize;
    for (flag, size) in [(1_u16, 4_usize), (2, 2)] {
        field = field.saturating_add(if flags & flag != 0 { size } else { 0 });
    }
    if flags & 4 != 0 {
        field = field.saturating_add(usize::from(u16_le(bytes, field)?)).saturating_add(2);
    }
    let mut name = String::new();
    for (flag, dot) in [(8_u16, ""), (16, ".")] {
        if flags & flag != 0 {
            let text = to_nul(bytes.get(field..)?);
            field = field.saturating_add(text.len()).saturating_add(1);
            name = format!("{name}{dot}{}", shown(text));
        }
    }
    let data = bytes.get(at..)?;
    let stored = data.get(..most).unwrap_or(data);
    let end = if data.len() > most { End::OverBudget } else { End::Whole };
    let taken = match method {
        0 => Taken { bytes: stored.to_vec(), end },
        1 => Taken { bytes: stored.iter().map(|byte| !byte).collect(), end },
        2 => unpack(data, (most, 18), budget),
        _ => Taken { bytes: Vec::new(), end: End::Unsupported },
    };
    Some(Opened { taken, last_letter: None, name: Some(name).filter(|name| !name.is_empty()) })
}

/// Eight flags a byte, low bit first: a byte as it is, or twelve bits of place and four of length.
fn unpack(data: &[u8], (most, from_end): (usize, usize), budget: &Budget) -> Taken {
    let mut window = [b' '; WINDOW_BYTES];
    let mut at = WINDOW_BYTES.saturating_sub(from_end);
    let mut out = Vec::new();
    let mut data = data.iter().copied();
    let mut count = 0_u32;
    while let Some(flags) = data.next() {
        count = count.wrapping_add(1);
        if count.checked_rem(CLOCK_EVERY_BYTES) == Some(0) && budget.is_late() {
            return Taken { bytes: out, end: End::OverTime };
        }
        for bit in 0..8_u32 {
            let Some(first) = data.next() else { return Taken { bytes: out, end: End::Whole } };
            let is_literal = flags & 1_u8.checked_shl(bit).unwrap_or(0) != 0;
            let (mut from, length) = match is_literal {
                true => (at, 1_u8),
                false => {
                    let Some(second) = data.next() else { return Taken { bytes: out, end: End::Broken } };
                    (usize::from(first) | (usize::from(second & 0xf0) << 4), (second & 0x0f).saturating_add(3))
                }
            };
            for _ in 0..length {
                let byte = if is_literal { first } else { window.get(from).copied().unwrap_or(b' ') };
                if out.len() >= most {
                    return Taken { bytes: out, end: End::OverBudget };
                }
                out.push(byte);
                if let Some(slot) = window.get_mut(at) {
                    *slot = byte;
                }
                (from, at) = (next(from), next(at));
            }
        }
    }
    Taken { bytes: out, end: End::Whole }
}

fn next(at: usize) -> usize {
    at.saturating_add(1) & WINDOW_BYTES.saturating_sub(1)
}
