//! Numbers and strings of formats that Microsoft wrote: little-endian, out of bytes that may end anywhere.

/// A 16-bit number at a place.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// A 32-bit number at a place.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// A 32-bit number that is a size or place.
pub(super) fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// UTF-16 up to a NUL or the end.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|character| character.unwrap_or('\u{fffd}')).collect()
}

/// Bytes up to a NUL or the end, in the Western code page.
pub(super) fn western(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    crate::text::decode(bytes.get(..end).unwrap_or(bytes), "windows-1252").into_owned()
}

/// Runs of letters that are text: UTF-16 of at least so many characters.
pub(super) fn utf16_runs(bytes: &[u8], least: usize) -> Vec<String> {
    let mut runs = Vec::new();
    // Text stands at even places of what holds it, and that may stand at any.
    for skip in 0..2 {
        let mut run = String::new();
        let mut count = 0_usize;
        let units =
            bytes.get(skip..).unwrap_or_default().as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        for unit in units.chain([0]) {
            let character = char::from_u32(u32::from(unit)).filter(|character| is_written(*character));
            match character {
                Some(character) => {
                    run.push(character);
                    count = count.saturating_add(1);
                }
                None => {
                    if count >= least && is_wordy(&run) {
                        runs.push(std::mem::take(&mut run));
                    }
                    run.clear();
                    count = 0;
                }
            }
        }
    }
    runs
}

// Letters of the scripts that are written left to right and right to left, and what stands between them; not the mass of
// ideographs, which random bytes look like, except where several stand together with others of their kind.
fn is_written(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{6ff}' | '\u{900}'..='\u{fff}' | '\u{1e00}'..='\u{206f}'
        | '\u{20a0}'..='\u{214f}' | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_wordy(run: &str) -> bool {
    let count = run.chars().count();
    // Letters of one byte each, read from the wrong place, end in a zero.
    let shifted = run.chars().filter(|character| u32::from(*character) & 255 == 0).count();
    let letters = run.chars().filter(|character| matches!(character, '\t'..='~' | '\u{a0}'..='\u{6ff}')).count();
    shifted.saturating_mul(2) < count
        && (letters.saturating_mul(2) >= count || run.chars().filter(|c| *c >= '\u{3000}').count() >= 6)
}
