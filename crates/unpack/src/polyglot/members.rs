//! What a file holds as it is, without packing it: found in its bytes again.

use sha2::{Digest as _, Sha256};

use crate::budget::Budget;
use crate::formats::archives::bytes::{has, part};
use crate::unpack::{File, Walk};

/// Bytes hashed to find members of one file again; what is not found is taken for something that was put there.
const HASHED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What a hash costs besides its bytes, in bytes: members of a few bytes are many.
const DIGEST_BYTES: usize = 128;

/// What was opened inside of a file, at any depth (a stream whose first block is not packed shows what its archive holds).
#[derive(Debug)]
pub(super) struct Members {
    /// The smallest first.
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
        Self::with(members.collect(), HASHED_BYTES_MAX)
    }

    fn with(mut members: Vec<Member>, left: usize) -> Self {
        members.sort_by_key(|member| member.size);
        Self { members, left }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Does one begin there?
    pub(super) fn begin_at(&mut self, bytes: &[u8], at: usize, budget: &Budget) -> bool {
        self.beginning(bytes.get(at..), |_| true, budget).is_some()
    }

    /// Takes the one of this kind that begins there, and says how long it is: the next place has one less to ask for.
    pub(super) fn take_at(&mut self, (bytes, at): (&[u8], usize), kind: &str, budget: &Budget) -> Option<usize> {
        let found = self.beginning(bytes.get(at..), |own| own == kind, budget)?;
        Some(self.members.remove(found).size)
    }

    /// How long the one of this kind is by which these bytes begin.
    pub(super) fn size_of(&mut self, rest: &[u8], kind: &str, budget: &Budget) -> Option<usize> {
        let found = self.beginning(Some(rest), |own| own == kind, budget)?;
        self.members.get(found).map(|member| member.size)
    }

    /// Does one that begins so end there?
    pub(super) fn end_at(&mut self, (bytes, end): (&[u8], usize), start: &[u8], budget: &Budget) -> bool {
        if budget.is_late() {
            return false;
        }
        for member in &self.members {
            let at = end.checked_sub(member.size).filter(|at| has(bytes, *at, start));
            let Some(bytes) = at.and_then(|at| part(bytes, at, member.size)) else { continue };
            let Some(left) = self.left.checked_sub(member.size.saturating_add(DIGEST_BYTES)) else { break };
            self.left = left;
            if Sha256::digest(bytes).as_slice() == member.sha256 {
                return true;
            }
        }
        false
    }

    /// Which one of the kinds asked for these bytes begin by. Each byte is hashed once for a place, however many members there are:
    /// what was hashed for a small one goes on for the next.
    fn beginning(&mut self, rest: Option<&[u8]>, is_asked: impl Fn(&str) -> bool, budget: &Budget) -> Option<usize> {
        let rest = rest.filter(|_| !budget.is_late())?;
        let Self { members, left } = self;
        let mut hasher = Sha256::new();
        let (mut hashed, mut sum) = (0_usize, Vec::new());
        for (number, member) in members.iter().enumerate().filter(|(_, member)| is_asked(&member.kind)) {
            if member.size > hashed {
                // One that does not fit any more is followed by none that does.
                let more = rest.get(hashed..member.size)?;
                *left = left.checked_sub(more.len().saturating_add(DIGEST_BYTES))?;
                hasher.update(more);
                (hashed, sum) = (member.size, hasher.clone().finalize().to_vec());
            }
            if sum == member.sha256 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sizes: impl Iterator<Item = usize>, left: usize) -> Members {
        let member = |size| Member { kind: "rar".to_owned(), size, sha256: Sha256::digest(vec![b'a'; size]).to_vec() };
        Members::with(sizes.map(member).collect(), left)
    }

    #[test]
    fn any_number_of_members_is_found() {
        let bytes = [b'a'; 100];
        let budget = Budget::default();
        let mut members = of((1..=90).rev(), 100_000);
        let rest = [bytes.as_slice(), b"b"].concat();
        // The smallest first, each once.
        let sizes: Vec<Option<usize>> = (0..91).map(|_| members.take_at((&rest, 0), "rar", &budget)).collect();
        assert_eq!(sizes, (1..=90).map(Some).chain([None]).collect::<Vec<_>>());
        assert!(!of(1..=3, 1_000).begin_at(b"b", 0, &budget));
        assert_eq!(of(1..=3, 1_000).size_of(&bytes, "7z", &budget), None);
        assert!(of(1..=3, 1_000).end_at((b"xaaa", 4), b"a", &budget));
    }

    #[test]
    fn places_share_what_may_be_hashed() {
        // Each place asks for members that do not stand there.
        let bytes = vec![b'a'; 10_000];
        let other = |size| Member { kind: "rar".to_owned(), size, sha256: Vec::new() };
        let mut members = Members::with((0..16).map(|number| other(9_000 + number)).collect(), 100_000);
        let budget = Budget::default();
        for at in 0..64 {
            assert!(!members.begin_at(&bytes, at, &budget));
        }
        assert!(members.left < 10_000, "{}", members.left);
        members.members.insert(0, of(std::iter::once(8_000), 0).members.remove(0));
        members.left = 100;
        assert_eq!(members.size_of(&bytes, "rar", &budget), None);
        assert!(!members.end_at((&bytes, 8_000), b"a", &budget));
    }
}
