//! A set that is slow for a reason that its text does not show is tried on a megabyte of ordinary data, with a clock: a set that
//! takes so long would hold up every message. The text to blame is found by trying each alone. A machine with much else to do is
//! asked again.

use std::time::Duration;

use yara_x::{ScanError, Scanner};

use crate::{
    fault::{Fault, Level, Source},
    limits::MATCHES_PER_PATTERN_MAX,
    probe::sample,
    rules::{add, compiler},
};

/// Bytes that a set is tried on.
const TRIAL_BYTES: usize = 1 << 20;
/// Times that a set is tried until it is fast enough.
const TRIES: usize = 3;
/// Texts that are tried alone.
const TEXTS_MAX: usize = 64;

/// Adds a fault for the first text that takes longer, or for the whole if none does so alone.
pub(crate) fn slow_texts(compiled: &yara_x::Rules, sources: &[Source], longest: Duration, faults: &mut Vec<Fault>) {
    let data: Vec<u8> = sample().into_iter().cycle().take(TRIAL_BYTES).collect();
    if (0..TRIES).any(|_| !is_slow(compiled, &data, longest)) {
        return;
    }
    // Those of the operator stand behind ours.
    let slow = sources.iter().rev().take(TEXTS_MAX).find(|source| is_slow_alone(source, &data, longest));
    let hint = "look for loops, and for patterns without fixed bytes".to_owned();
    let (message, source) = match slow {
        Some(source) => ("these rules take", source),
        None => match sources.last() {
            Some(source) => ("all rules together take", source),
            None => return,
        },
    };
    let message = format!("{message} more than {} ms for a megabyte of ordinary data", longest.as_millis());
    faults.push(Fault::at(&source.name, &source.text, 0, Level::Tried, (message, hint)));
}

fn is_slow_alone(source: &Source, data: &[u8], longest: Duration) -> bool {
    let Ok(mut compiler) = compiler() else { return false };
    add(&mut compiler, source, &mut Vec::new());
    is_slow(&compiler.build(), data, longest)
}

fn is_slow(compiled: &yara_x::Rules, data: &[u8], longest: Duration) -> bool {
    let mut scanner = Scanner::new(compiled);
    scanner.max_matches_per_pattern(MATCHES_PER_PATTERN_MAX).fast_scan(true);
    scanner.set_timeout(longest);
    matches!(scanner.scan(data), Err(ScanError::Timeout))
}

#[cfg(test)]
mod tests;
