//! Lists of MAPI properties as TNEF writes them (MS-OXTNEF 2.1.3.3 and 2.1.3.4). Counts are believed only as far as bytes
//! follow.

use crate::formats::little::{size_at, u16_at, u32_at, utf16, western};

/// One property.
#[derive(Debug)]
pub(super) struct Property<'a> {
    pub(super) id: u16,
    pub(super) value: Value<'a>,
}

/// What is wanted of values: texts and bytes.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Text(String),
    Bytes(&'a [u8]),
    /// With the id of its interface in front.
    Object(&'a [u8]),
    Other,
}

/// Reads a list that begins at a place; what is cut short ends it. A property of several values is there once for each.
pub(super) fn read(bytes: &[u8], start: usize) -> Vec<Property<'_>> {
    let mut cursor = Cursor { bytes, at: start };
    let count = cursor.size().unwrap_or_default();
    let mut properties = Vec::new();
    for _ in 0..count {
        if cursor.property(&mut properties).is_none() {
            break;
        }
    }
    properties
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn size(&mut self) -> Option<usize> {
        let size = size_at(self.bytes, self.at)?;
        self.at = self.at.saturating_add(4);
        Some(size)
    }

    /// So many bytes, and what fills them up to a multiple of four.
    fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let data = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at = self.at.saturating_add(length.checked_next_multiple_of(4)?);
        Some(data)
    }

    fn property(&mut self, to: &mut Vec<Property<'a>>) -> Option<()> {
        let (kind, id) = (u16_at(self.bytes, self.at)?, u16_at(self.bytes, self.at.saturating_add(2))?);
        self.at = self.at.saturating_add(4);
        if id >= 0x8000 {
            // A name: the id of its set, then a number or a text.
            self.at = self.at.saturating_add(16);
            let is_text = u32_at(self.bytes, self.at)? == 1;
            self.at = self.at.saturating_add(4);
            let length = self.size()?;
            if is_text {
                self.padded(length)?;
            }
        }
        let is_many = kind & 0x1000 != 0;
        let kind = kind & 0x0fff;
        let fixed = match kind {
            0x02..=0x04 | 0x0a | 0x0b => Some(4),
            0x05..=0x07 | 0x14 | 0x40 => Some(8),
            0x48 => Some(16),
            _ => None,
        };
        if let (Some(length), false) = (fixed, is_many) {
            self.padded(length)?;
            return Some(());
        }
        // Those of no fixed length have a count as well, which is 1 unless they are many.
        let count = self.size()?;
        for _ in 0..count {
            match fixed {
                Some(length) => drop(self.padded(length)?),
                None => {
                    let value = self.value(kind)?;
                    to.push(Property { id, value });
                }
            }
        }
        Some(())
    }

    fn value(&mut self, kind: u16) -> Option<Value<'a>> {
        let length = self.size()?;
        let data = self.padded(length)?;
        Some(match kind {
            0x1e => Value::Text(western(data)),
            0x1f => Value::Text(utf16(data)),
            0x0d => Value::Object(data),
            0x102 => Value::Bytes(data),
            _ => Value::Other,
        })
    }
}
