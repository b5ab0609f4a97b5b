//! Encrypted presentations (MS-PPT 2.3.7, MS-OFFCRYPTO 2.3.5): each object of the document with a key of its own; the list of objects
//! and the head of the encryption are plain. Documented limit: pictures stay closed.

use crate::formats::office::bytes::{size_at, slice, u16_at, u32_at};
use crate::formats::ole::decrypt::Key;
use crate::unpack::Walk;

/// Types of records.
const USER_EDIT: u16 = 0x0ff5;
const DIRECTORY: u16 = 0x1772;
const SESSION: u16 = 0x2f14;
/// Bytes of a record's head.
const HEAD_BYTES: usize = 8;
/// Edits of one document, each with a list of objects.
const EDITS_MAX: usize = 64;
/// Objects of one document.
const OBJECTS_MAX: usize = 100_000;
/// Objects are opened up to so many times the bytes of the stream: none lies in two places.
const OPENED_FACTOR: usize = 2;

/// The stream of the document with its objects opened; none where no word fits. `user` is the stream that says where the last edit is.
pub(in crate::formats::ole) fn open(walk: &Walk<'_>, stream: &[u8], user: &[u8]) -> Option<Vec<u8>> {
    let (objects, session) = objects(stream, size_at(user, 16)?)?;
    let (_, at) = objects.iter().find(|(number, _)| *number == session)?;
    let key = Key::find(walk, record(stream, *at, SESSION)?)?;
    let mut open = stream.to_vec();
    // It looks like a record with others in it, and is none.
    if let Some(version) = open.get_mut(*at) {
        *version &= 0xf0;
    }
    let mut left = stream.len().saturating_mul(OPENED_FACTOR);
    for (number, at) in objects.iter().filter(|(number, _)| *number != session) {
        let head = key.open_object(slice(stream, *at, HEAD_BYTES), *number)?;
        let size = size_at(&head, 4).unwrap_or(0).saturating_add(HEAD_BYTES);
        let object = slice(stream, *at, size.min(left));
        left = left.saturating_sub(object.len());
        let object = key.open_object(object, *number)?;
        let room = open.get_mut(*at..).and_then(|room| room.get_mut(..object.len()));
        if let Some(room) = room {
            room.copy_from_slice(&object);
        }
    }
    Some(open)
}

/// Number and place of each object, of all edits, and the number of the one that says how it is encrypted.
fn objects(stream: &[u8], last: usize) -> Option<(Vec<(u32, usize)>, u32)> {
    let mut objects: Vec<(u32, usize)> = Vec::new();
    let mut session = None;
    let mut at = last;
    for _ in 0..EDITS_MAX {
        let edit = record(stream, at, USER_EDIT)?;
        session = session.or(u32_at(edit, 28));
        add(record(stream, size_at(edit, 12)?, DIRECTORY)?, &mut objects);
        at = size_at(edit, 8)?;
        if at == 0 || objects.len() >= OBJECTS_MAX {
            break;
        }
    }
    objects.sort_unstable();
    objects.dedup();
    Some((objects, session?))
}

/// Runs of objects: the first number and how many, then a place for each.
fn add(directory: &[u8], objects: &mut Vec<(u32, usize)>) {
    let mut at = 0_usize;
    while let Some(run) = u32_at(directory, at) {
        let (first, count) = (run & 0x000f_ffff, run >> 20);
        for number in 0..count {
            at = at.saturating_add(4);
            let Some(place) = size_at(directory, at).filter(|_| objects.len() < OBJECTS_MAX) else { return };
            objects.push((first.saturating_add(number), place));
        }
        at = at.saturating_add(4);
    }
}

/// The body of the record that begins here, if it is of this type.
fn record(stream: &[u8], at: usize, kind: u16) -> Option<&[u8]> {
    let size = size_at(stream, at.checked_add(4)?)?;
    (u16_at(stream, at.checked_add(2)?)? == kind).then(|| slice(stream, at.saturating_add(HEAD_BYTES), size))
}
