//! Which entries an archive has, in every reading: by each directory that an end record leads to, from the last, by its size
//! and by its offset, by the record of zip64 and without it; and by local headers that stand where no entry of a directory
//! lies. Where two readings disagree it is noted. Nothing is unpacked here.

use std::collections::HashSet;

use memchr::memmem;

use crate::budget::Budget;
use crate::formats::archives::bytes::{has, u16_le, u32_le, u64_le};
use crate::formats::zip::central::{CENTRAL, Central};
use crate::formats::zip::entry::{ENCRYPTED, Entry, Way};
use crate::formats::zip::extra::IN_EXTRA;
use crate::formats::zip::local::{LOCAL, Local, Streams, read_gaps};

/// Signatures (APPNOTE 4.3).
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
/// Lengths of their fixed parts, bytes.
const END_BYTES: usize = 22;
const LOCATOR_64_BYTES: usize = 20;
/// Ends that lead to a directory and are tried, from the last; a file full of them is too much. Ends that lead nowhere do not
/// count: programs pass over them.
const ENDS_TRIED_MAX: usize = 32;
/// The record of zip64 is looked for so far before its locator, if it is not where that says, bytes.
const END_64_BACK_BYTES: usize = 1024;
/// Comments kept of one archive, bytes.
const COMMENTS_BYTES_MAX: usize = 1024 * 1024;
/// Entries, and ends, between two looks at the clock.
const CLOCK_EVERY: usize = 256;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Directory<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    /// Of the archive and of entries.
    pub(super) comments: Vec<&'a [u8]>,
    /// There are more than are kept.
    pub(super) has_more_comments: bool,
    pub(super) has_directory: bool,
    /// Two readers would see two archives.
    pub(super) has_conflict: bool,
    /// Entries share data: how a small file becomes endless.
    pub(super) has_overlap: bool,
    /// Something stands before the archive.
    pub(super) is_prefixed: bool,
    /// Something other than zeros stands behind it.
    pub(super) has_trailing: bool,
    /// There is no directory, or it ends early.
    pub(super) is_broken: bool,
    /// More entries than asked for.
    pub(super) is_too_long: bool,
    /// It is one of several files (APPNOTE 8).
    pub(super) is_split: bool,
    /// The directory itself is encrypted (APPNOTE 7.3).
    pub(super) is_hidden: bool,
    /// The time of the message ran out.
    pub(super) is_late: bool,
}

/// Is there a directory that a reader would find from the end?
pub(super) fn has_end(bytes: &[u8]) -> bool {
    ends(bytes).any(|end| found_by(bytes, end).iter().any(|found| has(bytes, found.at, CENTRAL)))
}

/// Does an end record stand at the very end, as one that was put there to be found?
pub(super) fn ends_with_end(bytes: &[u8]) -> bool {
    let Some(end) = ends(bytes).next() else { return false };
    let after = end_of(bytes, end).unwrap_or(usize::MAX);
    let rest = bytes.len().checked_sub(after);
    rest.is_some_and(|rest| rest <= 2) && found_by(bytes, end).iter().any(|found| has(bytes, found.at, CENTRAL))
}

/// Behind the last end record that leads to a directory.
pub(super) fn last_end(bytes: &[u8]) -> Option<usize> {
    ends(bytes).find_map(|end| found_by(bytes, end).first().map(|found| found.end))
}

/// From where to where archives are that stand in a row with anything between them, from the last, at most so many. But for the end
/// record none shares bytes with the next.
pub(super) fn spans(bytes: &[u8], most: usize) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for end in ends(bytes) {
        // One that is stored in another is that one's.
        let behind = spans.last().map_or(bytes.len(), |(start, _)| *start);
        if end >= behind {
            continue;
        }
        // A comment ends where the next archive begins: else each could hold all that follow.
        let farthest = behind.max(end.saturating_add(END_BYTES));
        spans.extend(found_by(bytes, end).first().map(|found| (found.shift, found.end.min(farthest))));
        if spans.len() >= most {
            break;
        }
    }
    spans
}

/// Where end records are, from the last. Every part is asked for them and few have one: the search forwards is many times faster.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let first = memmem::find(bytes, END).unwrap_or(bytes.len());
    memmem::rfind_iter(bytes.get(first..).unwrap_or_default(), END).map(move |end| first.saturating_add(end))
}

/// Reads the directories, and at most as many entries as there may be files.
pub(super) fn read<'a>(bytes: &'a [u8], budget: &Budget) -> Directory<'a> {
    let most = usize::try_from(budget.files_left()).unwrap_or(usize::MAX);
    let mut reading = Reading {
        bytes,
        most,
        budget,
        directory: Directory::default(),
        taken: Vec::new(),
        seen: HashSet::new(),
        streams: Streams::new(bytes),
        inside: Vec::new(),
        comments: HashSet::new(),
        comment_bytes: 0,
    };
    reading.read_ends();
    let Reading { mut directory, mut taken, streams, .. } = reading;
    directory.is_broken |= !directory.has_directory;
    taken.sort_unstable();
    directory.has_overlap |= taken.windows(2).any(|pair| matches!(pair, [one, two] if one.1 > two.0));
    read_gaps(&streams, &taken, most, &mut directory);
    directory.is_too_long |= streams.has_too_many();
    directory
}

/// A directory's place.
#[derive(Clone, Copy)]
struct Found {
    at: usize,
    /// What stands before the archive, bytes: all offsets count from there.
    shift: usize,
    entries: u64,
    /// Where the comment of the archive is.
    comment_at: usize,
    /// Behind the end record and its comment.
    end: usize,
}

fn end_of(bytes: &[u8], end: usize) -> Option<usize> {
    let comment = usize::from(u16_le(bytes, end.saturating_add(20))?);
    Some(end.saturating_add(END_BYTES).saturating_add(comment).min(bytes.len()))
}

/// The directories that readers would find by this end record.
fn found_by(bytes: &[u8], end: usize) -> Vec<Found> {
    candidates(bytes, end).unwrap_or_default()
}

fn candidates(bytes: &[u8], end: usize) -> Option<Vec<Found>> {
    let after = end_of(bytes, end)?;
    let field = |offset: usize| end.saturating_add(offset);
    let small = (
        u64::from(u16_le(bytes, field(10))?),
        u64::from(u32_le(bytes, field(12))?),
        u64::from(u32_le(bytes, field(16))?),
    );
    let locator = end.checked_sub(LOCATOR_64_BYTES).filter(|at| has(bytes, *at, LOCATOR_64));
    let big = locator.into_iter().flat_map(|locator| found_64(bytes, locator));
    let mut all: Vec<Found> = Vec::new();
    for (before, (entries, size, offset)) in big.chain([(end, small)]) {
        let (Ok(size), Ok(offset)) = (usize::try_from(size), usize::try_from(offset)) else { continue };
        let by_size = before.checked_sub(size).and_then(|at| Some((at, at.checked_sub(offset)?)));
        for (at, shift) in by_size.into_iter().chain([(offset, 0)]) {
            let is_one = has(bytes, at, CENTRAL) || (size == 0 && entries == 0 && at == before);
            if is_one && at <= before && !all.iter().any(|known| known.at == at) {
                all.push(Found { at, shift, entries, comment_at: field(END_BYTES), end: after });
            }
        }
    }
    Some(all)
}

type Sizes = (u64, u64, u64);

/// The records of zip64: where the locator says, and right before it (APPNOTE 4.3.14 and 4.3.15).
fn found_64(bytes: &[u8], locator: usize) -> impl Iterator<Item = (usize, Sizes)> {
    let said = u64_le(bytes, locator.saturating_add(8)).and_then(|at| usize::try_from(at).ok());
    let from = locator.saturating_sub(END_64_BACK_BYTES);
    let before = bytes.get(from..locator).and_then(|before| memmem::rfind(before, END_64));
    let before = before.map(|at| from.saturating_add(at));
    let said = said.filter(|at| Some(*at) != before && *at < locator && has(bytes, *at, END_64));
    before.into_iter().chain(said).filter_map(move |at| {
        let field = |offset: usize| u64_le(bytes, at.saturating_add(offset));
        Some((at, (field(32)?, field(40)?, field(48)?)))
    })
}

/// What is gathered while directories are read.
struct Reading<'a, 'b> {
    bytes: &'a [u8],
    most: usize,
    budget: &'b Budget,
    directory: Directory<'a>,
    taken: Vec<(usize, usize)>,
    /// Entries that are there already: their way of reading, first name.
    seen: HashSet<(Way, &'a [u8])>,
    streams: Streams<'a>,
    /// Where entries lie, in their order, each with the farthest end of those up to it.
    inside: Vec<(usize, usize)>,
    /// Comments that were found, and how long they are together.
    comments: HashSet<&'a [u8]>,
    comment_bytes: usize,
}

impl<'a> Reading<'a, '_> {
    /// The directories by each end, from the last.
    fn read_ends(&mut self) {
        let mut known = HashSet::new();
        let mut tried = 0_usize;
        for (count, end) in ends(self.bytes).enumerate() {
            if self.is_late(count) {
                return;
            }
            // An archive stored in this one ends within an entry: it is opened as what it is.
            if self.is_within_entry(end) {
                continue;
            }
            let all = found_by(self.bytes, end);
            tried = tried.saturating_add(usize::from(!all.is_empty()));
            if tried > ENDS_TRIED_MAX {
                self.directory.is_too_long = true;
                return;
            }
            for found in all {
                if known.insert((found.at, found.shift)) {
                    self.read_central(&found, known.len() > 1);
                    self.order();
                }
            }
        }
    }

    fn is_late(&mut self, count: usize) -> bool {
        self.directory.is_late |= count.is_multiple_of(CLOCK_EVERY) && self.budget.is_late();
        self.directory.is_late
    }

    fn order(&mut self) {
        self.inside = self.directory.entries.iter().map(|entry| entry.range).collect();
        self.inside.sort_unstable();
        let mut farthest = 0;
        for (_, end) in &mut self.inside {
            farthest = farthest.max(*end);
            *end = farthest;
        }
    }

    fn is_within_entry(&self, at: usize) -> bool {
        let behind = self.inside.partition_point(|(from, _)| *from <= at);
        behind.checked_sub(1).and_then(|last| self.inside.get(last)).is_some_and(|(_, end)| at < *end)
    }

    fn read_central(&mut self, found: &Found, is_further: bool) {
        let mut at = found.at;
        let mut count = 0_u64;
        self.directory.has_directory = true;
        self.directory.has_conflict |= is_further;
        self.add_comment(self.bytes.get(found.comment_at..found.end).unwrap_or_default());
        while has(self.bytes, at, CENTRAL) {
            if self.directory.entries.len() >= self.most {
                self.directory.is_too_long = true;
                break;
            }
            let Some((central, next)) = Central::read(self.bytes, at) else {
                self.directory.is_broken = true;
                break;
            };
            self.add(&central, found.shift, is_further);
            self.add_comment(central.comment);
            self.add_comment(central.extra.comment);
            count = count.saturating_add(1);
            at = next;
            if self.is_late(self.directory.entries.len()) {
                break;
            }
        }
        self.taken.push((found.at, found.end.max(at)));
        let behind = self.bytes.get(found.end..).unwrap_or_default();
        if !is_further {
            self.directory.is_prefixed = found.shift > 0;
            self.directory.has_trailing = behind.iter().any(|byte| !matches!(byte, 0 | b'\r' | b'\n'));
        }
        let is_cut = self.directory.is_too_long || self.directory.is_split || self.directory.is_late;
        self.directory.has_conflict |= !is_cut && count != found.entries;
    }

    /// Keeps a comment, once however often it stands there.
    fn add_comment(&mut self, comment: &'a [u8]) {
        if comment.is_empty() || !self.comments.insert(comment) {
            return;
        }
        self.comment_bytes = self.comment_bytes.saturating_add(comment.len());
        if self.comment_bytes > COMMENTS_BYTES_MAX {
            self.directory.has_more_comments = true;
        } else {
            self.directory.comments.push(comment);
        }
    }

    fn add(&mut self, central: &Central<'a>, shift: usize, is_further: bool) {
        self.directory.is_split |= central.disk > 0 && central.disk != u16::MAX;
        let Some(Both { entries, range, agrees }) = with_local(&self.streams, central, shift) else {
            self.directory.is_broken = true;
            return;
        };
        self.directory.has_conflict |= !agrees;
        self.directory.is_hidden |= entries.first().is_some_and(Entry::is_strongly_encrypted);
        for entry in entries {
            let name = entry.names.first().copied().unwrap_or_default();
            // What a further directory repeats is there already.
            if self.seen.insert((entry.way(), name)) || !is_further {
                self.directory.entries.push(entry);
            }
        }
        self.taken.push(range);
    }
}

/// An entry as the directory has it, with its local header.
struct Both<'a> {
    /// By the directory, and in each other way that the local header gives.
    entries: Vec<Entry<'a>>,
    /// What it takes from its local header on.
    range: (usize, usize),
    agrees: bool,
}

fn with_local<'a>(streams: &Streams<'a>, central: &Central<'a>, shift: usize) -> Option<Both<'a>> {
    let bytes = streams.bytes;
    let at = usize::try_from(central.offset).ok()?.saturating_add(shift);
    // An offset can also count from the start of the file although something stands before.
    let at = [at, at.saturating_sub(shift)].into_iter().find(|at| has(bytes, *at, LOCAL))?;
    let local = Local::read(bytes, at)?;
    let end = local.data_at.saturating_add(usize::try_from(central.packed).ok()?);
    let mut entry = central.entry((local.data_at, end), bytes.get(local.data_at..end)?);
    entry.aes = entry.aes.or(local.extra.aes);
    let says_sizes = !(local.is_streamed() && local.packed == 0) && local.packed != IN_EXTRA;
    let same_sizes = !says_sizes || (local.said == central.said && local.packed == central.packed);
    let same_cipher = (local.flags ^ central.flags) & ENCRYPTED == 0;
    let same_data = same_sizes && local.method == central.method && same_cipher;
    let by_local = if same_data { None } else { local.entry(streams, bytes.len()) };
    let agrees = same_data && local.name == central.name;
    for name in local.names() {
        if !entry.names.contains(&name) {
            entry.names.push(name);
        }
    }
    // Programs go by either header, most of them with the sizes of the directory.
    let other = (!same_cipher).then(|| Entry { flags: entry.flags ^ ENCRYPTED, ..entry.clone() });
    let news = |one: &Entry<'_>| (one.range, one.method, one.said) != (entry.range, entry.method, entry.said);
    let by_local = by_local.filter(news);
    Some(Both { entries: std::iter::once(entry).chain(other).chain(by_local).collect(), range: (at, end), agrees })
}
