//! Filters of streams (ISO 32000-2, 7.4), one after the other, each within the budget, all together within [`WORK_BYTES_MAX`].
//!
//! Not undone, but said: `JPXDecode`, `JBIG2Decode`, `CCITTFaxDecode`. `DCTDecode` is left as it is: a JPEG is a file.

use std::io::Read;

use super::inflate::Inflate;
use super::lexer::{hex, is_space};
use super::object::{Dict, Object};
use super::predictor;
use crate::bounded::{self, End, Taken};

/// Bytes that come out of all filters of one stream together: any number of filters may follow each other, and each costs as
/// much as comes out of it.
pub(super) const WORK_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Codes of LZW (12 bits).
const LZW_CODES_MAX: usize = 4096;

/// A stream without its filters.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
    /// The filter that was met and not undone: its bytes are those of a picture.
    pub(super) picture: Option<Vec<u8>>,
    /// Bytes that came out of all filters together.
    pub(super) work: u64,
}

impl Decoded {
    /// One that was not read since there was enough.
    pub(super) fn over_budget() -> Self {
        Self { bytes: Vec::new(), end: End::OverBudget, picture: None, work: 0 }
    }
}

/// One filter and its parameters, references already followed.
pub(super) type Stage<'d> = (&'d [u8], Option<&'d Dict>);

/// Undoes filters, at most so many bytes after each.
pub(super) fn undo(raw: &[u8], stages: &[Stage<'_>], most: u64) -> Decoded {
    let mut taken: Option<Vec<u8>> = None;
    let (mut end, mut work) = (End::Whole, 0_u64);
    for (name, params) in stages {
        let input = taken.as_deref().unwrap_or(raw);
        if is_of_picture(name) {
            let bytes = taken.unwrap_or_else(|| raw.to_vec());
            return Decoded { bytes, end, picture: Some(name.to_vec()), work };
        }
        if *name == b"Crypt" {
            continue;
        }
        let room = most.min(WORK_BYTES_MAX.saturating_sub(work));
        let Some(next) = undo_one(name, *params, input, room) else {
            end = End::Unsupported;
            break;
        };
        if next.end != End::Whole {
            end = next.end;
        }
        // A filter that gives nothing is a little work as well.
        work = work.saturating_add(u64::try_from(next.bytes.len()).unwrap_or(u64::MAX)).saturating_add(1);
        taken = Some(match params {
            Some(params) => predictor::undo(next.bytes, params),
            None => next.bytes,
        });
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let bytes = match taken {
        Some(taken) => taken,
        None if raw.len() > most => {
            end = End::OverBudget;
            raw.get(..most).unwrap_or_default().to_vec()
        }
        None => raw.to_vec(),
    };
    Decoded { bytes, end, picture: None, work }
}

fn is_of_picture(name: &[u8]) -> bool {
    matches!(name, b"DCTDecode" | b"DCT" | b"JPXDecode" | b"JBIG2Decode" | b"CCITTFaxDecode" | b"CCF")
}

/// None: nobody knows such a filter.
fn undo_one(name: &[u8], params: Option<&Dict>, input: &[u8], most: u64) -> Option<Taken> {
    Some(match name {
        // Programs write empty streams under any filter.
        b"FlateDecode" | b"Fl" if input.is_empty() => Taken { bytes: Vec::new(), end: End::Whole },
        b"FlateDecode" | b"Fl" => bounded::read(Inflate::new(input), most),
        b"LZWDecode" | b"LZW" => lzw(input, is_early(params), most),
        b"ASCIIHexDecode" | b"AHx" => bounded::read(ascii_hex(input).as_slice(), most),
        b"ASCII85Decode" | b"A85" => bounded::read(ascii_85(input).as_slice(), most),
        b"RunLengthDecode" | b"RL" => run_length(input, most),
        _ => return None,
    })
}

fn is_early(params: Option<&Dict>) -> bool {
    params.and_then(|params| params.get("EarlyChange")).and_then(Object::number) != Some(0.0)
}

fn ascii_hex(input: &[u8]) -> Vec<u8> {
    let digits = input.iter().take_while(|byte| **byte != b'>').filter_map(|byte| hex(*byte));
    let mut bytes = Vec::with_capacity(input.len().div_ceil(2));
    let mut high = None;
    for digit in digits {
        match high.take() {
            Some(high) => bytes.push(high << 4 | digit),
            None => high = Some(digit),
        }
    }
    bytes.extend(high.map(|high: u8| high << 4));
    bytes
}

fn ascii_85(input: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(input.len());
    let (mut group, mut count) = (0_u32, 0_usize);
    let input = input.strip_prefix(b"<~").unwrap_or(input);
    for byte in input.iter().copied().filter(|byte| !is_space(*byte)) {
        match byte {
            b'z' if count == 0 => bytes.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte.saturating_sub(b'!')));
                count = count.saturating_add(1);
                if count == 5 {
                    bytes.extend_from_slice(&group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            b'~' => break,
            _ => {}
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        bytes.extend(group.to_be_bytes().iter().take(count.saturating_sub(1)));
    }
    bytes
}

fn run_length(input: &[u8], most: u64) -> Taken {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    let mut left = input;
    while let Some((length, rest)) = left.split_first() {
        let length = usize::from(*length);
        left = match length {
            0..128 => {
                let (run, rest) = rest.split_at(rest.len().min(length.saturating_add(1)));
                bytes.extend_from_slice(run);
                rest
            }
            128 => break,
            _ => {
                let Some((byte, rest)) = rest.split_first() else { break };
                bytes.extend(std::iter::repeat_n(*byte, 257_usize.saturating_sub(length)));
                rest
            }
        };
        if bytes.len() > most {
            bytes.truncate(most);
            return Taken { bytes, end: End::OverBudget };
        }
    }
    Taken { bytes, end: End::Whole }
}

fn lzw(input: &[u8], is_early: bool, most: u64) -> Taken {
    bounded::read(Lzw::new(input, is_early), most)
}

/// LZW of 7.4.4.2: codes of 9 to 12 bits, 256 begins anew, 257 ends.
struct Lzw<'a> {
    input: &'a [u8],
    bits: u32,
    bit_count: u32,
    /// What each code above 257 stands for: the code before it and one more byte.
    codes: Vec<(u16, u8)>,
    last: Option<u16>,
    is_early: bool,
    /// What has come out and was not asked for yet, the end first.
    waiting: Vec<u8>,
    is_over: bool,
}

impl<'a> Lzw<'a> {
    fn new(input: &'a [u8], is_early: bool) -> Self {
        let codes = Vec::with_capacity(LZW_CODES_MAX);
        Self { input, bits: 0, bit_count: 0, codes, last: None, is_early, waiting: Vec::new(), is_over: false }
    }

    fn width(&self) -> u32 {
        let next = self.codes.len().saturating_add(258).saturating_add(usize::from(self.is_early));
        match next {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        }
    }

    fn code(&mut self) -> Option<u16> {
        let width = self.width();
        while self.bit_count < width {
            let (byte, rest) = self.input.split_first()?;
            self.bits = self.bits << 8 | u32::from(*byte);
            self.bit_count = self.bit_count.saturating_add(8);
            self.input = rest;
        }
        self.bit_count = self.bit_count.saturating_sub(width);
        let mask = (1_u32 << width).saturating_sub(1);
        u16::try_from(self.bits >> self.bit_count & mask).ok()
    }

    /// The bytes of a code, the last first.
    fn expand(&mut self, code: u16) -> Option<u8> {
        let mut code = code;
        loop {
            if let Ok(byte) = u8::try_from(code) {
                self.waiting.push(byte);
                return Some(byte);
            }
            let (before, byte) = *self.codes.get(usize::from(code).checked_sub(258)?)?;
            self.waiting.push(byte);
            code = before;
        }
    }

    fn next(&mut self) -> Option<()> {
        let code = self.code()?;
        match code {
            256 => {
                self.codes.clear();
                self.last = None;
            }
            257 => return None,
            _ => {
                let known = self.codes.len().saturating_add(258);
                let is_new = usize::from(code) == known;
                if is_new {
                    // The code that is being made: what the last stands for, and its own first byte again.
                    self.waiting.push(0);
                }
                let first = self.expand(if is_new { self.last? } else { code })?;
                if is_new && let Some(end) = self.waiting.first_mut() {
                    *end = first;
                }
                if let Some(last) = self.last
                    && self.codes.len().saturating_add(258) < LZW_CODES_MAX
                {
                    self.codes.push((last, first));
                }
                self.last = Some(code);
            }
        }
        Some(())
    }
}

impl Read for Lzw<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let mut made = 0_usize;
        for to in into.iter_mut() {
            while self.waiting.is_empty() && !self.is_over {
                self.is_over = self.next().is_none();
            }
            let Some(byte) = self.waiting.pop() else { break };
            *to = byte;
            made = made.saturating_add(1);
        }
        Ok(made)
    }
}
