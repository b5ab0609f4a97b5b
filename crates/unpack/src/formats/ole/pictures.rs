//! Pictures in documents of the old formats: the records that hold them (MS-ODRAW 2.2.23 to 2.2.32), wherever they stand, and whatever
//! begins as a picture does, since programs look at that and not at what a record says of itself. Streams: `Data` of Word, `Pictures`
//! of PowerPoint, those of controls and of Publisher; the records of a workbook, joined (`book/art.rs`).
//!
//! Metafiles are passed on, and the bitmaps in them taken out. Documented limits: pictures of the Macintosh are not looked at; pictures
//! of presentations that are encrypted stay closed (see `decrypt.rs`).

mod ends;
mod places;

use std::collections::HashSet;

use flate2::read::ZlibDecoder;
use sha2::{Digest as _, Sha256};

use crate::bounded::End;
use crate::formats::archives::Member;
use crate::formats::image::bitmap;
use crate::formats::ole::pictures::places::{Form, Places};
use crate::unpack::{File, Leaf, Walk};

/// Bytes that pictures of one stream take together, for each of its own: of honest ones none lies in another, but for the small
/// one that a camera puts into a photograph.
const OVERLAP_FACTOR: usize = 4;

/// What the steps to them begin with.
const STEP: &str = "ole:pict";

/// Takes the bitmaps out of a metafile, each as a child; one that was taken out of a document has given them there.
pub(crate) fn take_from_metafile(walk: &mut Walk<'_>, file: File<'_>) {
    let place = walk.content.items.get(file.at).map_or("", |item| item.place.as_str());
    if !place.rsplit('/').next().is_some_and(|step| step.starts_with(STEP)) {
        Pictures::default().take_at(walk, file, (file.bytes, places::in_metafile(file.bytes)));
    }
}

/// The pictures of one document.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// Hashes of those that were taken out: the same one stands there for each place where it is shown.
    seen: HashSet<Vec<u8>>,
    number: usize,
}

impl Pictures {
    /// Takes those of a stream out, each as a child; false when the budget is used up.
    pub(super) fn take(&mut self, walk: &mut Walk<'_>, file: File<'_>, stream: &[u8]) -> bool {
        self.take_at(walk, file, (stream, places::of(stream)))
    }

    fn take_at(&mut self, walk: &mut Walk<'_>, file: File<'_>, (stream, (places, has_more)): (&[u8], Places)) -> bool {
        if has_more {
            walk.stopped(file.at);
        }
        let mut left = stream.len().saturating_mul(OVERLAP_FACTOR);
        for place in places {
            let Some((bytes, looked_at)) = place.bytes(stream) else { continue };
            let Some(rest) = left.checked_sub(looked_at) else {
                walk.stopped(file.at);
                return true;
            };
            left = rest;
            let is_going_on = match place.form {
                _ if bytes.is_empty() => true,
                Form::File => self.add_file(walk, file, bytes),
                Form::Bitmap => self.add_file(walk, file, &bitmap::with_head(bytes)),
                Form::Metafile { is_packed } => self.add_metafile(walk, file, (is_packed, bytes)),
            };
            if !is_going_on {
                return false;
            }
        }
        true
    }

    fn add_file(&mut self, walk: &mut Walk<'_>, file: File<'_>, bytes: &[u8]) -> bool {
        if !self.seen.insert(Sha256::digest(bytes).to_vec()) {
            return true;
        }
        let member = Member { step: self.step(), names: Vec::new(), is_part: true };
        walk.stored_member(file, member, bytes, End::Whole)
    }

    fn step(&mut self) -> String {
        let step = format!("{STEP}{}", self.number);
        self.number = self.number.saturating_add(1);
        step
    }

    /// A metafile, and the bitmaps in it.
    fn add_metafile(&mut self, walk: &mut Walk<'_>, file: File<'_>, (is_packed, bytes): (bool, &[u8])) -> bool {
        let taken = is_packed.then(|| walk.take(ZlibDecoder::new(bytes)));
        let plain = taken.as_ref().map_or(bytes, |taken| &taken.bytes);
        if let Some(End::OverBudget | End::OverTime) = taken.as_ref().map(|taken| taken.end) {
            walk.stopped(file.at);
            return false;
        }
        if plain.is_empty() || !self.seen.insert(Sha256::digest(plain).to_vec()) {
            return true;
        }
        let as_file = places::with_head_of_metafile(plain);
        let step = self.step();
        if !walk.child(file, &step, Leaf::default(), as_file.as_deref().unwrap_or(plain)) {
            return false;
        }
        self.take_at(walk, file, (plain, places::in_metafile(plain)))
    }
}

#[cfg(test)]
mod tests;
