//! UTF-7 (RFC 2152): ASCII with runs of base64 between `+` and `-` that hold UTF-16.

/// Decodes; what is no UTF-7 stays as it is, or becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let plain = memchr::memchr(b'+', rest).unwrap_or(rest.len());
        let (before, run) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        text.push_str(&String::from_utf8_lossy(before));
        let Some(run) = run.get(1..) else { return text };
        let length = run_length(run);
        let (coded, after) = run.split_at_checked(length).unwrap_or((run, &[]));
        if coded.is_empty() {
            text.push('+');
        } else {
            text.extend(char::decode_utf16(units(coded)).map(|unit| unit.unwrap_or('\u{fffd}')));
        }
        rest = after.strip_prefix(b"-").unwrap_or(after);
    }
}

/// Is there a run that spells ASCII, as nobody does who is not made to? Markup and addresses in UTF-7 against the label.
pub(crate) fn has_coded_ascii(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"+A").take(1000).any(|at| {
        let run = bytes.get(at.saturating_add(1)..).unwrap_or_default();
        let coded = run.get(..run_length(run)).unwrap_or_default();
        let mut units = units(coded).peekable();
        // Whole units: a run that ends in the middle of one is a word with a plus before it.
        coded.len().is_multiple_of(8) | matches!(coded.len() % 8, 3 | 6)
            && units.peek().is_some()
            && units.all(|unit| (0x20..0x7f).contains(&unit) || matches!(unit, 9 | 10 | 13))
    })
}

fn run_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| value(*byte).is_none()).unwrap_or(bytes.len())
}

/// The units of UTF-16 that a run of base64 holds; bits left over are dropped.
fn units(coded: &[u8]) -> impl Iterator<Item = u16> {
    let mut held = 0_u32;
    let mut bits = 0_u32;
    coded.iter().filter_map(move |byte| {
        held = (held << 6) | u32::from(value(*byte)?);
        bits = bits.saturating_add(6);
        if bits < 16 {
            return None;
        }
        bits = bits.saturating_sub(16);
        let unit = u16::try_from((held >> bits) & 0xffff).ok();
        held &= 0x3f;
        unit
    })
}

const fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
