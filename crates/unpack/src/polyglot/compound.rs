//! Archives in compound files. PowerPoint and Word keep themes as zips in the middle of their streams, and a stream lies in
//! sectors in any order: what a reader of archives sees in the raw bytes are torn pieces of what the streams hold whole. So the
//! streams are what is opened; the raw bytes count where they show something else.

use crate::budget::Budget;
use crate::formats::ole::compound::{Compound, Sort};
use crate::formats::zip;
use crate::polyglot::members::Members;
use crate::unpack::{File, Leaf, Walk};

/// Streams that are kept, so many times the bytes of the file: honest ones do not lie over each other.
const KEPT_FACTOR: usize = 2;
/// Members in pieces whose place is looked for.
const PLACES_MAX: usize = 256;
/// Archives in the streams of one file.
const ARCHIVES_MAX: usize = 2_000;

/// The streams in which an archive can be.
pub(super) struct Streams<'b> {
    compound: Compound<'b>,
    /// Number and bytes.
    streams: Vec<(usize, Vec<u8>)>,
}

impl<'b> Streams<'b> {
    /// Those that hold one of the marks; none where it is no compound file, or one whose streams lie over each other.
    pub(super) fn of(bytes: &'b [u8], marks: &[&[u8]]) -> Option<Self> {
        let compound = Compound::read(bytes)?;
        let has_mark = |stream: &[u8]| marks.iter().any(|mark| memchr::memmem::find(stream, mark).is_some());
        let mut left = bytes.len().saturating_mul(KEPT_FACTOR);
        let mut streams = Vec::new();
        for (number, _) in compound.entries.iter().enumerate().filter(|(_, entry)| entry.sort == Sort::Stream) {
            let stream = compound.stream(number);
            if has_mark(&stream) {
                left = left.checked_sub(stream.len())?;
                streams.push((number, stream));
            }
        }
        Some(Self { compound, streams })
    }

    /// Is every zip that the raw bytes show held by a stream?
    pub(super) fn explain_zips(&self, walk: &Walk<'_>, raw: &[u8]) -> bool {
        let streams: Vec<&[u8]> = self.streams.iter().map(|(_, stream)| stream.as_slice()).collect();
        !self.compound.is_used_up() && zip::explains(&streams, raw, walk.budget)
    }

    /// Opens the zips that stand within streams and that no reader took out.
    pub(super) fn open_zips(&self, walk: &mut Walk<'_>, file: File<'_>) {
        let mut own = Members::of(walk, file, |_| true);
        let mut count = 0_usize;
        for (number, stream) in &self.streams {
            for (part, (start, end)) in zip::within(stream, ARCHIVES_MAX).into_iter().enumerate() {
                let Some(archive) = stream.get(start..end) else { continue };
                count = count.saturating_add(1);
                if count > ARCHIVES_MAX {
                    return walk.stopped(file.at);
                }
                if own.end_at((stream, end), b"PK", walk.budget) {
                    continue;
                }
                let step = format!("ole:{number}.{part}");
                if !walk.child(file, &step, Leaf { is_read: true, ..Leaf::default() }, archive) {
                    return;
                }
            }
        }
    }

    /// Where members of this kind begin that lie in pieces.
    pub(super) fn places_of(&self, own: &mut Members, (kind, mark): (&str, &[u8]), budget: &Budget) -> Vec<usize> {
        let mut places = Vec::new();
        for (number, stream) in &self.streams {
            let mut from = 0_usize;
            while let Some(at) = stream.get(from..).and_then(|rest| memchr::memmem::find(rest, mark)) {
                let at = at.saturating_add(from);
                // One that no reader took out hides what stands behind it as well.
                let size = stream.get(at..).filter(|_| places.len() < PLACES_MAX);
                let Some(size) = size.and_then(|rest| own.size_of(rest, kind, budget)) else { break };
                places.extend(self.compound.place(*number, at));
                from = at.saturating_add(size.max(1));
            }
        }
        places
    }
}
