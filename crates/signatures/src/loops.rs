//! Rules that go round a loop too often, found in their text: `for any i in (0..100000000)` costs the same on every file, large or
//! small. Bounds are numbers and what is reckoned out of them. A loop over the matches of a pattern ends with those that are kept;
//! of one with another bound, which depends on the file, a note says that nobody knows how long it takes.

use crate::{
    fault::{Fault, Level, Source},
    limits::{LOOP_STEPS_MAX, MATCHES_PER_PATTERN_MAX},
};

/// Bytes between `for` and the range of a loop.
const HEAD_BYTES_MAX: usize = 200;

/// Brackets within brackets of a bound.
const DEPTH_MAX: u32 = 16;

/// A loop over numbers.
struct Loop {
    /// Where its `for` stands.
    start: usize,
    /// What it goes over, from here to there.
    body: std::ops::Range<usize>,
    /// How often; none where that depends on the file.
    steps: Option<u64>,
}

/// Adds a fault for each loop that goes round too often, loops within loops multiplied.
pub(crate) fn long_loops(sources: &[Source], faults: &mut Vec<Fault>) {
    for source in sources {
        let code = code_of(&source.text);
        let loops = loops(&code);
        for (at, own) in loops.iter().enumerate() {
            let outer = loops.iter().take(at).filter(|outer| outer.body.contains(&own.start));
            let Some(steps) = own.steps else {
                let message = "how long this loop takes depends on the file".to_owned();
                let hint = "see that its bounds cannot be far apart".to_owned();
                faults.push(Fault::at(&source.name, &source.text, own.start, Level::Note, (message, hint)));
                continue;
            };
            let steps = outer.filter_map(|outer| outer.steps).fold(steps, u64::saturating_mul);
            if steps <= LOOP_STEPS_MAX {
                continue;
            }
            let message = format!("this loop is gone round {steps} times for every file, at most {LOOP_STEPS_MAX}");
            let hint = "loop over a smaller range, or over the matches of a pattern".to_owned();
            faults.push(Fault::at(&source.name, &source.text, own.start, Level::Slow, (message, hint)));
        }
    }
}

/// The text with blanks for comments, for what stands in quotation marks and for regular expressions, byte for byte.
fn code_of(text: &str) -> Vec<u8> {
    let mut code = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest {
            [b'/', b'/', ..] => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => rest.windows(2).position(|end| end == b"*/").map_or(rest.len(), |end| end + 2),
            // It divides by `\`: every other slash begins a regular expression.
            [mark @ (b'"' | b'/'), ..] => quoted(rest, *mark),
            _ => {
                at += 1;
                continue;
            }
        };
        code.iter_mut().skip(at).take(length).filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at += length.max(1);
    }
    code
}

// Both end in their line.
fn quoted(rest: &[u8], mark: u8) -> usize {
    let mut is_escaped = false;
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            b'\n' => return at,
            byte if *byte == mark && !is_escaped => return at + 1,
            _ => is_escaped = *byte == b'\\' && !is_escaped,
        }
    }
    rest.len()
}

fn loops(code: &[u8]) -> Vec<Loop> {
    let mut found = Vec::new();
    for start in words(code, b"for") {
        let head = code.get(start..code.len().min(start + HEAD_BYTES_MAX)).unwrap_or_default();
        let Some(within) = words(head, b"in").find_map(|at| range(head.get(at + 2..)?).map(|range| (at + 2, range)))
        else {
            continue;
        };
        // Only what belongs to this `for`, not to one after it.
        if words(head.get(3..within.0).unwrap_or_default(), b"for").next().is_some() {
            continue;
        }
        let (steps, length) = within.1;
        let body = start + within.0 + length;
        found.push(Loop { start, body: body..body + bracketed(code.get(body..).unwrap_or_default()), steps });
    }
    found
}

/// Where a word stands by itself.
fn words<'a>(code: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    code.windows(word.len()).enumerate().filter_map(move |(at, own)| {
        let before = at.checked_sub(1).and_then(|at| code.get(at));
        (own == word && !is_part(before) && !is_part(code.get(at + word.len()))).then_some(at)
    })
}

/// `(1..20) :`: how many numbers, and how many bytes it is written with. No range: a list of numbers, or of something else.
fn range(code: &[u8]) -> Option<(Option<u64>, usize)> {
    let length = bracketed(code).checked_add(1)?;
    let mut behind = Rest { code, at: length };
    behind.pass(b":")?;
    let within = code.get(..length)?;
    let mut rest = Rest { code: within, at: 0 };
    rest.pass(b"(")?;
    let steps = rest.bounds();
    // So many matches are rare; what is made of their number counts where it is too much by itself.
    let is_of_matches = within.contains(&b'#');
    match steps.filter(|steps| !is_of_matches || *steps > LOOP_STEPS_MAX) {
        Some(steps) => Some((Some(steps), behind.at)),
        None if is_of_matches || !within.windows(2).any(|pair| pair == b"..") => None,
        None => Some((None, behind.at)),
    }
}

/// How many bytes lie to the end of the bracket that opens here.
fn bracketed(code: &[u8]) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth <= 1 => return at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// What is still to be read.
struct Rest<'a> {
    code: &'a [u8],
    at: usize,
}

impl Rest<'_> {
    fn blanks(&mut self) {
        self.at += self.code.iter().skip(self.at).take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    fn pass(&mut self, sign: &[u8]) -> Option<()> {
        self.blanks();
        self.code.get(self.at..)?.starts_with(sign).then_some(())?;
        self.at += sign.len();
        Some(())
    }

    /// `1..20)`
    fn bounds(&mut self) -> Option<u64> {
        let from = self.sum(0)?;
        self.pass(b"..")?;
        let to = self.sum(0)?;
        self.pass(b")")?;
        u64::try_from(to.saturating_sub(from).saturating_add(1)).ok().or(Some(0))
    }

    fn sum(&mut self, depth: u32) -> Option<i64> {
        let mut value = self.product(depth)?;
        loop {
            if self.pass(b"+").is_some() {
                value = value.saturating_add(self.product(depth)?);
            } else if self.pass(b"-").is_some() {
                value = value.saturating_sub(self.product(depth)?);
            } else if self.pass(b"<<").is_some() {
                value = u32::try_from(self.product(depth)?).ok().map_or(i64::MAX, |by| shifted(value, by));
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self, depth: u32) -> Option<i64> {
        let mut value = self.piece(depth)?;
        loop {
            if self.pass(b"*").is_some() {
                value = value.saturating_mul(self.piece(depth)?);
            } else if self.pass(b"\\").is_some() {
                value = value.checked_div(self.piece(depth)?)?;
            } else if self.pass(b"%").is_some() {
                value = value.checked_rem(self.piece(depth)?)?;
            } else {
                return Some(value);
            }
        }
    }

    fn piece(&mut self, depth: u32) -> Option<i64> {
        if depth >= DEPTH_MAX {
            return None;
        }
        if self.pass(b"-").is_some() {
            return Some(self.piece(depth + 1)?.saturating_neg());
        }
        if self.pass(b"(").is_some() {
            let value = self.sum(depth + 1)?;
            self.pass(b")")?;
            return Some(value);
        }
        if self.pass(b"#").is_some() {
            let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            self.at += self.code.get(self.at..)?.iter().take_while(is_of_name).count();
            return i64::try_from(MATCHES_PER_PATTERN_MAX).ok();
        }
        self.number().map(|number| i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn number(&mut self) -> Option<u64> {
        self.blanks();
        let rest = self.code.get(self.at..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let text = std::str::from_utf8(rest.get(..digits)?).ok()?;
        self.at += digits;
        let (text, times) = match text.strip_suffix("KB").or_else(|| text.strip_suffix("MB")) {
            Some(short) => (short, if text.ends_with("KB") { 1 << 10 } else { 1 << 20 }),
            None => (text, 1),
        };
        let radix = |prefix: &str, radix| text.strip_prefix(prefix).map(|text| u64::from_str_radix(text, radix));
        let number = radix("0x", 16).or_else(|| radix("0o", 8)).unwrap_or_else(|| text.parse());
        number.ok().map(|number| number.saturating_mul(times))
    }
}

/// To the left, and never round the end.
fn shifted(value: i64, by: u32) -> i64 {
    2_i64.checked_pow(by).map_or(i64::MAX, |times| value.saturating_mul(times))
}

#[cfg(test)]
mod tests;
