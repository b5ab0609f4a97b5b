//! The binary form of a property list, as `CFBinaryPList.c` of CoreFoundation reads it: objects by number, a table of where each
//! stands, and where the table stands at the very end. Every object is read, each for itself: which ones hold which matters to nobody here
//! but for what is said beside a file, and so neither circles nor depth do.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use encoding_rs::UTF_16BE;

use crate::budget::Budget;
use crate::formats::archives::bytes::{part, u64_be};
use crate::formats::web_archive::{DATA, DATA_BYTES_MIN, Data, FILES_MAX, KEYS, List, Resource, VALUE_BYTES_MAX};
use crate::text;

/// Objects of one list; what comes behind is said to be unread.
const OBJECTS_MAX: usize = 100_000;
/// Pairs of all dictionaries of one list: they can share their places.
const PAIRS_MAX: usize = 200_000;
/// Strings of one list, bytes: they can share their places, too.
const STRINGS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Ways in which one piece of data is spoken of.
const RESOURCES_MAX: usize = 4;
/// A key that counts is not longer, bytes.
const KEY_BYTES_MAX: usize = 64;
/// What stands at the end, bytes.
const TRAILER_BYTES: usize = 32;
/// Objects between two looks at the clock.
const CLOCK_EVERY: usize = 256;

/// Reads a list.
pub(super) fn read<'l>(bytes: &'l [u8], budget: &Budget) -> List<'l> {
    let mut list = List::default();
    let Some(table) = Table::read(bytes) else {
        list.is_broken = true;
        return list;
    };
    list.is_cut = table.count > OBJECTS_MAX;
    let mut said = Said { left: PAIRS_MAX, by_place: HashMap::new() };
    let mut objects: Vec<(usize, Object<'l>)> = Vec::new();
    let mut seen = HashSet::new();
    for number in 0..table.count.min(OBJECTS_MAX) {
        if number.is_multiple_of(CLOCK_EVERY) && budget.is_late() {
            list.is_cut = true;
            return list;
        }
        let Some((at, object)) = table.object(number) else {
            list.is_broken = true;
            continue;
        };
        if !seen.insert(at) {
            continue;
        }
        match object {
            Object::Dictionary { count, references } => list.is_cut |= !said.take(&table, count, references),
            Object::Other => {}
            Object::Data(_) | Object::Letters(_) | Object::Wide(_) => objects.push((at, object)),
        }
    }
    let mut left = STRINGS_BYTES_MAX;
    for (at, object) in objects {
        match object {
            Object::Data(bytes) if bytes.len() >= DATA_BYTES_MIN => add_file(&mut list, bytes, said.of(at)),
            Object::Data(_) => {}
            _ => add_string(&mut list, object, &mut left),
        }
    }
    list
}

/// A file, once for each way in which it is spoken of.
fn add_file<'l>(list: &mut List<'l>, bytes: &'l [u8], said: Vec<Resource>) {
    for said in said {
        if list.files.len() >= FILES_MAX {
            list.is_cut = true;
            return;
        }
        list.files.push(Data { bytes: Cow::Borrowed(bytes), said });
    }
}

fn add_string(list: &mut List<'_>, object: Object<'_>, left: &mut usize) {
    let Some(rest) = left.checked_sub(object.length()) else {
        list.is_cut = true;
        return;
    };
    *left = rest;
    text::break_line(&mut list.text);
    list.text.push_str(&object.string(usize::MAX).unwrap_or_default());
}

/// What dictionaries say of files, by the places of their data.
struct Said {
    /// Pairs that may still be looked at.
    left: usize,
    by_place: HashMap<usize, Vec<Resource>>,
}

impl Said {
    /// Looks at a dictionary: as many keys as values; false where it is too much.
    fn take(&mut self, table: &Table<'_>, count: usize, references: &[u8]) -> bool {
        let Some(left) = self.left.checked_sub(count) else { return false };
        self.left = left;
        let (mut resource, mut place) = (Resource::default(), None);
        for number in 0..count {
            let key = table.referred(references, number).and_then(|(_, key)| key.string(KEY_BYTES_MAX));
            let Some(key) = key.filter(|key| key.starts_with(KEYS)) else { continue };
            let value = number.checked_add(count).and_then(|number| table.referred(references, number));
            match value {
                Some((at, Object::Data(_))) if key == DATA => place = Some(at),
                Some((_, value)) => resource.take(&key, &value.string(VALUE_BYTES_MAX).unwrap_or_default()),
                None => {}
            }
        }
        let Some(place) = place else { return true };
        let known = self.by_place.entry(place).or_default();
        if !known.contains(&resource) && known.len() < RESOURCES_MAX {
            known.push(resource);
        }
        true
    }

    /// What is said of the data that stands there.
    fn of(&mut self, at: usize) -> Vec<Resource> {
        self.by_place.remove(&at).unwrap_or_else(|| vec![Resource::default()])
    }
}

/// Where objects stand.
struct Table<'l> {
    bytes: &'l [u8],
    offsets: &'l [u8],
    offset_bytes: usize,
    reference_bytes: usize,
    count: usize,
}

impl<'l> Table<'l> {
    fn read(bytes: &'l [u8]) -> Option<Self> {
        let trailer = bytes.get(bytes.len().checked_sub(TRAILER_BYTES)?..)?;
        let offset_bytes = usize::from(*trailer.get(6)?);
        let reference_bytes = usize::from(*trailer.get(7)?);
        let count = usize::try_from(u64_be(trailer, 8)?).ok()?;
        let at = usize::try_from(u64_be(trailer, 24)?).ok()?;
        let is_sound = (1..=8).contains(&offset_bytes) && (1..=8).contains(&reference_bytes) && count > 0;
        let offsets = part(bytes, at, count.checked_mul(offset_bytes)?)?;
        is_sound.then_some(Self { bytes, offsets, offset_bytes, reference_bytes, count })
    }

    /// The object of this number, and where it stands.
    fn object(&self, number: usize) -> Option<(usize, Object<'l>)> {
        let at = value(part(self.offsets, number.checked_mul(self.offset_bytes)?, self.offset_bytes)?)?;
        let references = self.reference_bytes;
        Object::read(self.bytes, at, references).map(|object| (at, object))
    }

    /// The object that a reference of a collection leads to.
    fn referred(&self, references: &[u8], number: usize) -> Option<(usize, Object<'l>)> {
        let at = number.checked_mul(self.reference_bytes)?;
        self.object(value(part(references, at, self.reference_bytes)?)?)
    }
}

/// An object, as far as it counts here.
#[derive(Clone, Copy)]
enum Object<'l> {
    Data(&'l [u8]),
    /// ASCII, or UTF-8.
    Letters(&'l [u8]),
    /// UTF-16, the high byte first.
    Wide(&'l [u8]),
    /// Keys, then values.
    Dictionary {
        count: usize,
        references: &'l [u8],
    },
    Other,
}

impl<'l> Object<'l> {
    fn read(bytes: &'l [u8], at: usize, reference_bytes: usize) -> Option<Self> {
        let marker = *bytes.get(at)?;
        let sort = marker >> 4;
        if !matches!(sort, 4..=7 | 13) {
            return Some(Self::Other);
        }
        let (length, from) = length(bytes, at, marker & 0xf)?;
        Some(match sort {
            4 => Self::Data(part(bytes, from, length)?),
            6 => Self::Wide(part(bytes, from, length.checked_mul(2)?)?),
            13 => {
                let references = length.checked_mul(2)?.checked_mul(reference_bytes)?;
                Self::Dictionary { count: length, references: part(bytes, from, references)? }
            }
            _ => Self::Letters(part(bytes, from, length)?),
        })
    }

    /// Of data or a string, bytes.
    fn length(self) -> usize {
        match self {
            Self::Data(bytes) | Self::Letters(bytes) | Self::Wide(bytes) => bytes.len(),
            Self::Dictionary { .. } | Self::Other => 0,
        }
    }

    /// As text, if it is some and not longer than so many bytes.
    fn string(self, most: usize) -> Option<Cow<'l, str>> {
        match self {
            _ if self.length() > most => None,
            Self::Letters(bytes) => Some(String::from_utf8_lossy(bytes)),
            Self::Wide(bytes) => Some(UTF_16BE.decode_without_bom_handling(bytes).0),
            _ => None,
        }
    }
}

/// How long an object is, and where it begins: the low half of its marker, or a number behind it.
fn length(bytes: &[u8], at: usize, low: u8) -> Option<(usize, usize)> {
    let from = at.checked_add(1)?;
    if low != 0xf {
        return Some((usize::from(low), from));
    }
    let marker = *bytes.get(from)?;
    let size = 1_usize.checked_shl(u32::from(marker & 0xf))?;
    let number_at = from.checked_add(1)?;
    let length = value(part(bytes, number_at, size)?)?;
    (marker >> 4 == 1).then_some((length, number_at.checked_add(size)?))
}

/// A number of some bytes, the high one first.
fn value(field: &[u8]) -> Option<usize> {
    if field.len() > 8 {
        return None;
    }
    let value = field.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    usize::try_from(value).ok()
}
