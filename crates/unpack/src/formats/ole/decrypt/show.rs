//! Encrypted presentations (MS-PPT 2.3.7, MS-OFFCRYPTO 2.3.5): each object of the document with a key of its own; the lists of
//! objects and the head of the encryption are plain. Documented limit: pictures stay closed.

use std::collections::BTreeMap;

use crate::formats::office::bytes::{size_at, slice, u16_at, u32_at};
use crate::formats::ole::decrypt::Key;
use crate::unpack::Walk;

/// Types of records.
const USER_EDIT: u16 = 0x0ff5;
const DIRECTORY: u16 = 0x1772;
const SESSION: u16 = 0x2f14;
/// Bytes of a record's head.
pub(in crate::formats::ole) const HEAD_BYTES: usize = 8;
/// Edits of one document, each with a list of objects.
const EDITS_MAX: usize = 1_000;
/// Objects in all lists of one document, and their runs.
const LISTED_MAX: usize = 100_000;

/// The objects of a document, as its lists have them (MS-PPT 2.1.2): programs reach what is in it by these only.
#[derive(Debug, Default)]
pub(in crate::formats::ole) struct Objects {
    /// Where each begins, by number: what the newest edit says.
    pub(in crate::formats::ole) places: BTreeMap<u32, usize>,
    /// The number of the one that says how the others are encrypted.
    session: Option<u32>,
    /// There are more edits or objects than are read.
    pub(in crate::formats::ole) is_cut: bool,
    /// An edit or a list does not stand where it should.
    pub(in crate::formats::ole) is_broken: bool,
}

/// A document whose objects were opened.
pub(in crate::formats::ole) struct Opened {
    pub(in crate::formats::ole) stream: Vec<u8>,
    /// All of them, and no two lie in one place.
    pub(in crate::formats::ole) is_whole: bool,
}

/// The stream of the document with its objects opened; none where no word fits. `user` is the stream that says where the last edit is.
pub(in crate::formats::ole) fn open(walk: &Walk<'_>, stream: &[u8], user: &[u8]) -> Option<Opened> {
    let objects = Objects::of(stream, user)?;
    let session = objects.session?;
    let head = *objects.places.get(&session)?;
    let key = Key::find(walk, record(stream, head, SESSION)?)?;
    let mut open = stream.to_vec();
    // It looks like a record with others in it, and is none.
    if let Some(version) = open.get_mut(head) {
        *version &= 0xf0;
    }
    let mut is_whole = !objects.is_cut && !objects.is_broken;
    let mut places: Vec<(usize, u32)> = objects.places.into_iter().map(|(number, place)| (place, number)).collect();
    places.sort_unstable();
    let ends = places.iter().skip(1).map(|(place, _)| *place).chain([stream.len()]);
    for ((place, number), end) in places.iter().zip(ends).filter(|((_, number), _)| *number != session) {
        // Up to the next one, whatever its head says: a key opens what it closed, and spoils everything else.
        let object = stream.get(*place..end).unwrap_or_default();
        let head = key.open_object(slice(object, 0, HEAD_BYTES), *number)?;
        let size = size_at(&head, 4).map(|size| size.saturating_add(HEAD_BYTES));
        is_whole &= size.is_some_and(|size| size <= object.len());
        let object = key.open_object(slice(object, 0, size.unwrap_or(0)), *number)?;
        let room = open.get_mut(*place..).and_then(|room| room.get_mut(..object.len()));
        if let Some(room) = room {
            room.copy_from_slice(&object);
        }
    }
    Some(Opened { stream: open, is_whole })
}

impl Objects {
    /// Those of a document; none where its last edit is not found.
    pub(in crate::formats::ole) fn of(stream: &[u8], user: &[u8]) -> Option<Self> {
        let mut at = size_at(user, 16)?;
        record(stream, at, USER_EDIT)?;
        let mut objects = Self::default();
        let mut left = LISTED_MAX;
        for _ in 0..EDITS_MAX {
            let Some(edit) = record(stream, at, USER_EDIT) else {
                objects.is_broken = true;
                return Some(objects);
            };
            objects.session = objects.session.or(u32_at(edit, 28));
            match size_at(edit, 12).and_then(|list| record(stream, list, DIRECTORY)) {
                Some(list) => objects.add(list, &mut left),
                None => objects.is_broken = true,
            }
            at = size_at(edit, 8).unwrap_or(0);
            if at == 0 || objects.is_cut {
                return Some(objects);
            }
        }
        objects.is_cut = true;
        Some(objects)
    }

    /// Runs of objects: the first number and how many, then a place for each. Of an older edit only those are taken that no newer
    /// one has.
    fn add(&mut self, list: &[u8], left: &mut usize) {
        let mut at = 0_usize;
        while let Some(run) = u32_at(list, at) {
            let (first, count) = (run & 0x000f_ffff, run >> 20);
            for number in 0..count {
                at = at.saturating_add(4);
                let Some(place) = size_at(list, at) else { return };
                *left = left.saturating_sub(1);
                self.places.entry(first.saturating_add(number)).or_insert(place);
            }
            at = at.saturating_add(4);
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.is_cut = true;
                return;
            }
        }
    }
}

/// The body of the record that begins here, if it is of this type.
fn record(stream: &[u8], at: usize, kind: u16) -> Option<&[u8]> {
    let size = size_at(stream, at.checked_add(4)?)?;
    (u16_at(stream, at.checked_add(2)?)? == kind).then(|| slice(stream, at.saturating_add(HEAD_BYTES), size))
}
