//! Objects in RTF: hexadecimal digits, and all that may stand between them. Source: MS-OLEDS 2.2 (OLE 1.0 objects).
//!
//! Programs and scanners disagree about digits in groups within the data and about escaped bytes: each reading that gives an
//! object is opened.

use crate::formats::image::bitmap;
use crate::formats::office::Found;
use crate::formats::office::bytes::{size_at, slice, u32_at, until_nul};
use crate::formats::ole::native;
use crate::unpack::{File, Leaf, Walk};

/// How a compound file begins, as digits.
const COMPOUND: [u8; 16] = [13, 0, 12, 15, 1, 1, 14, 0, 10, 1, 11, 1, 1, 10, 14, 1];
/// Kinds of objects.
const LINKED: u32 = 1;
const EMBEDDED: u32 = 2;
/// Bytes of a name in an object's head.
const NAME_BYTES_MAX: usize = 4096;

/// The digits, in three readings.
#[derive(Debug, Default)]
pub(super) struct Data {
    /// All digits at any depth, escaped bytes left out.
    all: Vec<u8>,
    /// Digits of groups within left out; none as long as it is the first reading.
    outer: Option<Vec<u8>>,
    /// All digits, those of escaped bytes too; none as long as it is the first reading.
    escaped: Option<Vec<u8>>,
}

impl Data {
    pub(super) fn digit(&mut self, byte: u8, depth: usize) {
        let Some(digit) = value(byte) else { return };
        if depth > 0 && self.outer.is_none() {
            self.outer = Some(self.all.clone());
        }
        self.all.push(digit);
        if let Some(outer) = self.outer.as_mut().filter(|_| depth == 0) {
            outer.push(digit);
        }
        if let Some(escaped) = &mut self.escaped {
            escaped.push(digit);
        }
    }

    pub(super) fn escaped(&mut self, digits: &[u8]) {
        let escaped = self.escaped.get_or_insert_with(|| self.all.clone());
        escaped.extend(digits.iter().filter_map(|byte| value(*byte)));
    }

    /// Bytes that stand as they are.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        let digits = || bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        self.all.extend(digits());
        if let Some(outer) = &mut self.outer {
            outer.extend(digits());
        }
        if let Some(escaped) = &mut self.escaped {
            escaped.extend(digits());
        }
    }

    fn readings(&self) -> impl Iterator<Item = &[u8]> {
        [Some(self.all.as_slice()), self.outer.as_deref(), self.escaped.as_deref()].into_iter().flatten()
    }
}

/// The bytes of a picture.
#[derive(Debug, Default)]
pub(super) struct Picture {
    pub(super) bytes: Vec<u8>,
    high: Option<u8>,
    /// It has no head of a file: `dibitmap`.
    pub(super) is_bitmap: bool,
}

impl Picture {
    /// As a file.
    pub(super) fn file(self) -> Vec<u8> {
        if self.is_bitmap && !self.bytes.is_empty() { bitmap::with_head(&self.bytes) } else { self.bytes }
    }

    pub(super) fn digit(&mut self, byte: u8) {
        let Some(digit) = value(byte) else { return };
        match self.high.take() {
            Some(high) => self.bytes.push((high << 4) | digit),
            None => self.high = Some(digit),
        }
    }
}

fn value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn bytes_of(digits: &[u8]) -> Vec<u8> {
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect()
}

/// What the head of an object says.
struct Head {
    kind: u32,
    class: String,
    topic: String,
    /// Where its data begins, and how much it says there is.
    at: usize,
    size: usize,
}

fn head(bytes: &[u8]) -> Option<Head> {
    let kind = u32_at(bytes, 4)?;
    let mut at = 8_usize;
    let mut names = [const { String::new() }; 3];
    for name in &mut names {
        let size = size_at(bytes, at).filter(|size| *size <= NAME_BYTES_MAX)?;
        *name = until_nul(slice(bytes, at.saturating_add(4), size), encoding_rs::WINDOWS_1252);
        at = at.saturating_add(4).saturating_add(size);
    }
    let [class, topic, _] = names;
    let size = size_at(bytes, at).unwrap_or(0);
    matches!(kind, LINKED | EMBEDDED).then_some(Head { kind, class, topic, at: at.saturating_add(4), size })
}

/// Adds what is in the data as children; false when the budget is used up.
pub(super) fn add(
    walk: &mut Walk<'_>,
    file: File<'_>,
    ((step, number), found): ((&str, &mut usize), &mut Found),
    data: &Data,
) -> bool {
    let mut done: Vec<Vec<u8>> = Vec::new();
    let mut raw = None;
    for digits in data.readings() {
        let bytes = bytes_of(digits);
        let Some((content, is_package)) = content(digits, &bytes, found) else {
            raw.get_or_insert(bytes);
            continue;
        };
        if content.is_empty() || done.contains(&content) {
            continue;
        }
        let step = format!("{step}{number}");
        *number = number.saturating_add(1);
        let is_going_on = if is_package {
            native::add(walk, file, &step, native::read(&content))
        } else {
            walk.child(file, &step, Leaf { is_read: true, ..Leaf::default() }, &content)
        };
        if !is_going_on {
            return false;
        }
        done.push(content);
    }
    // Nothing was understood: it is looked at as it is.
    match raw.filter(|bytes| done.is_empty() && !bytes.is_empty()) {
        Some(bytes) => {
            found.mark("malformed");
            let step = format!("{step}{number}");
            *number = number.saturating_add(1);
            walk.child(file, &step, Leaf { is_read: true, ..Leaf::default() }, &bytes)
        }
        None => true,
    }
}

/// What is in an object, and whether the packager made it.
fn content(digits: &[u8], bytes: &[u8], found: &mut Found) -> Option<(Vec<u8>, bool)> {
    if let Some(head) = head(bytes) {
        if head.class.to_ascii_lowercase().starts_with("equation.") {
            found.mark("equation");
        }
        if head.kind == LINKED {
            found.fetched(&head.topic, "external_link");
            return Some((Vec::new(), false));
        }
        let content = slice(bytes, head.at, head.size);
        if head.class.eq_ignore_ascii_case("package") {
            let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
            return Some(([&size.to_le_bytes(), content].concat(), true));
        }
        if !content.is_empty() {
            return Some((content.to_vec(), false));
        }
    }
    // A head that lies, or half a byte too many: the file within is known by its first bytes.
    let at = memchr::memmem::find(digits, &COMPOUND)?;
    digits.get(at..).map(|digits| (bytes_of(digits), false))
}
