//! Which rules would cost much on ordinary data, without a clock. A scan looks for short fixed pieces of every pattern (at most
//! four bytes) in one pass and tries a pattern where one of its pieces stands; so the number of such places in a sample says what
//! a rule costs, the same on every machine. The sample is made here: prose, markup, script, base64, bytes of programs and zeros.

use std::collections::HashMap;

use yara_x::Rule;

use crate::{
    fault::{Fault, Level, Source},
    limits::LOOKS_PER_MEGABYTE_MAX,
    rules::declaration,
};

/// Bytes of each kind of data in the sample.
const KIND_BYTES: usize = 32 << 10;
/// Longest piece that is looked for.
const PIECE_BYTES_MAX: usize = 4;
const PROSE: &[u8] =
    b"Dear colleagues, please find attached the minutes of the meeting. We will send the invoice for your order of \
    23.11.2026 within 5 days; http://www.example.com/?id=42 has more. Kind regards, The Office Team\r\n";
const MARKUP: &[u8] = b"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>p { color: #333; }</style></head><body><table width=\"100%\">\
    <tr><td align=\"left\"><a href=\"https://www.example.org/path?utm=1\"><img src=\"cid:a@b\" alt=\"\"></a>&nbsp;</td></tr></table></body></html>\n";
const SCRIPT: &[u8] = b"function show(list) { var i = 0; for (i = 0; i < list.length; i++) { document.getElementById('x' + i).innerHTML = \
    list[i].name; } return new Date().toString(); } // end\nimport os, sys\nif __name__ == '__main__':\n    print(\"%s\" % os.path.join(a, b))\n";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Adds a fault for each rule that would look too often.
pub(crate) fn slow_rules(compiled: &yara_x::Rules, sources: &[Source], faults: &mut Vec<Fault>) {
    let sample = sample();
    let counts = count_pieces(&sample);
    for rule in compiled.iter() {
        let looks = looks_per_megabyte(&rule, &counts, sample.len());
        if looks <= LOOKS_PER_MEGABYTE_MAX {
            continue;
        }
        let of_it = |source: &&Source| source.namespace == rule.namespace();
        let declared = |source: &Source| Some((source.clone(), declaration(&source.text, rule.identifier())?));
        let Some((source, offset)) = sources.iter().filter(of_it).find_map(declared) else { continue };
        let message = format!(
            "rule {:?} would look closer {looks} times in a megabyte of ordinary data, at most {LOOKS_PER_MEGABYTE_MAX}",
            rule.identifier()
        );
        let hint = "give its patterns fixed bytes that are not common, or a fixed place".to_owned();
        faults.push(Fault::at(&source.name, &source.text, offset, Level::Slow, (message, hint)));
    }
}

fn looks_per_megabyte(rule: &Rule<'_, '_>, counts: &HashMap<u64, usize>, sample_bytes: usize) -> usize {
    let pieces = rule.patterns().include_private(true).flat_map(|pattern| pattern.atoms().map(|atom| atom.as_slice()));
    let looks = pieces.map(|piece| looks_for(piece, counts, sample_bytes)).fold(0, usize::saturating_add);
    looks.saturating_mul(1 << 20) / sample_bytes.max(1)
}

fn looks_for(piece: &[u8], counts: &HashMap<u64, usize>, everywhere: usize) -> usize {
    // Without a fixed piece it is tried everywhere.
    if piece.is_empty() { everywhere } else { counts.get(&key(piece)).copied().unwrap_or(0) }
}

fn count_pieces(sample: &[u8]) -> HashMap<u64, usize> {
    let mut counts = HashMap::new();
    for length in 1..=PIECE_BYTES_MAX {
        for piece in sample.windows(length) {
            *counts.entry(key(piece)).or_default() += 1;
        }
    }
    counts
}

/// Length and bytes of a piece in one number; of a longer one its first bytes, which is more often than the whole.
fn key(piece: &[u8]) -> u64 {
    let piece = piece.get(..PIECE_BYTES_MAX).unwrap_or(piece);
    piece.iter().fold(1, |key, byte| key << 8 | u64::from(*byte))
}

pub(crate) fn sample() -> Vec<u8> {
    let mut sample = Vec::with_capacity(6 * KIND_BYTES);
    for text in [PROSE, MARKUP, SCRIPT] {
        sample.extend(text.iter().cycle().take(KIND_BYTES));
    }
    let mut state: u32 = 1;
    // The generator of Numerical Recipes; the top byte is good enough here.
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let letters = (0..KIND_BYTES).filter_map(|_| BASE64.get(usize::from(byte() & 63)));
    sample.extend(letters);
    sample.extend((0..KIND_BYTES).map(|_| byte()));
    sample.resize(6 * KIND_BYTES, 0);
    sample
}

#[cfg(test)]
mod tests;
