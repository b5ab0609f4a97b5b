//! What a file holds as it is, without packing it: found in its bytes again.

use sha2::{Digest as _, Sha256};

use crate::formats::archives::bytes::{has, part};
use crate::unpack::{File, Walk};

/// Bytes hashed to find members of one file again; what is not found is taken for something that was put there.
const HASHED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Members of a kind that are compared with one place.
const COMPARED_MAX: usize = 16;

/// What was opened inside of a file, at any depth (a stream whose first block is not packed shows what its archive holds).
#[derive(Debug)]
pub(super) struct Members {
    members: Vec<Member>,
    left: usize,
}

#[derive(Debug)]
struct Member {
    kind: String,
    size: usize,
    sha256: Vec<u8>,
}

impl Members {
    /// Of the kinds asked for.
    pub(super) fn of(walk: &Walk<'_>, file: File<'_>, is_asked: fn(&str) -> bool) -> Self {
        let place = walk.content.items.get(file.at).map(|item| format!("{}/", item.place));
        let inside = walk.content.items.iter().skip(file.at.saturating_add(1));
        let own = inside.filter(|item| {
            place.as_ref().is_some_and(|place| item.place.starts_with(place)) && is_asked(&item.kind) && item.size > 0
        });
        let members = own.map(|item| Member {
            kind: item.kind.clone(),
            size: usize::try_from(item.size).unwrap_or(usize::MAX),
            sha256: item.sha256.clone(),
        });
        Self { members: members.collect(), left: HASHED_BYTES_MAX }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Sizes and hashes of those of a kind, at most [`COMPARED_MAX`].
    pub(super) fn sizes(&self, kind: &str) -> impl Iterator<Item = (usize, &[u8])> {
        let own = self.members.iter().filter(move |member| member.kind == kind).take(COMPARED_MAX);
        own.map(|member| (member.size, member.sha256.as_slice()))
    }

    /// Does one begin there?
    pub(super) fn begin_at(&mut self, bytes: &[u8], at: usize) -> bool {
        self.any(bytes, |_| Some(at))
    }

    /// Takes the one of this kind that begins there, and says how long it is: the next place has one less to ask for.
    pub(super) fn take_at(&mut self, bytes: &[u8], at: usize, kind: &str) -> Option<usize> {
        let Self { members, left } = self;
        let found = members.iter().position(|member| {
            if member.kind != kind || member.size > *left {
                return false;
            }
            let Some(bytes) = part(bytes, at, member.size) else { return false };
            *left = left.saturating_sub(member.size);
            Sha256::digest(bytes).as_slice() == member.sha256
        });
        found.map(|found| members.remove(found).size)
    }

    /// Does one that begins so end there?
    pub(super) fn end_at(&mut self, bytes: &[u8], end: usize, start: &[u8]) -> bool {
        self.any(bytes, |size| end.checked_sub(size).filter(|at| has(bytes, *at, start)))
    }

    fn any(&mut self, bytes: &[u8], place: impl Fn(usize) -> Option<usize>) -> bool {
        for member in &self.members {
            let Some(bytes) = place(member.size).and_then(|at| part(bytes, at, member.size)) else { continue };
            let Some(left) = self.left.checked_sub(member.size) else { continue };
            self.left = left;
            if Sha256::digest(bytes).as_slice() == member.sha256 {
                return true;
            }
        }
        false
    }
}
