//! Compound files: a file system within a file, of sectors, chains and a tree of names (MS-CFB).
//!
//! Read as tolerantly as the programs do that are attacked through it: chains that end early or run in circles give what they
//! have, entries that no tree holds are found as well. What is not as it should be is noted. The sum of what is read is bounded
//! by the file's size, since nothing honest lies in two streams.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::formats::office::bytes::{slice, u16_at, u32_at, u64_at, utf16};

/// The first bytes.
const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// Places of the sector table that stand in the header.
const TABLE_IN_HEADER: usize = 109;
/// Streams under this size lie in the small sectors, bytes; the header says so as well, and has no choice.
const SMALL_STREAM_BYTES: u64 = 4096;
/// Entries of one file.
const ENTRIES_MAX: usize = 100_000;
/// Entries of one name in one storage that are read.
const TWINS_MAX: usize = 16;
/// Bytes read out of all streams, for each byte of the file: twice is honest when a storage is looked at by two readers.
const READ_RATIO_MAX: usize = 8;
/// No sector: from here on numbers have a meaning of their own.
const SPECIAL: u32 = 0xffff_fff0;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Storage,
    Stream,
}

/// One entry of the tree.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) sort: Sort,
    /// Identifier of the program's class, as it stands.
    pub(crate) class: [u8; 16],
    /// Number of the storage that holds it; the root holds itself, and what no storage holds.
    pub(crate) parent: usize,
    pub(crate) size: u64,
    start: u32,
}

/// The file.
#[derive(Debug)]
pub(crate) struct Compound<'b> {
    bytes: &'b [u8],
    sector_bytes: usize,
    small_bytes: usize,
    next: Vec<u32>,
    next_small: Vec<u32>,
    small: Vec<u8>,
    pub(crate) entries: Vec<Entry>,
    /// Numbers of what each storage holds.
    held: HashMap<usize, Vec<usize>>,
    /// It is not as it should be.
    pub(crate) is_malformed: bool,
    /// It has more entries than are read.
    pub(crate) is_cut: bool,
    left: Cell<usize>,
}

impl<'b> Compound<'b> {
    /// Reads the tables and the tree; none where there is no header.
    pub(crate) fn read(bytes: &'b [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) || bytes.len() < HEADER_BYTES {
            return None;
        }
        let shift = u16_at(bytes, 30)?;
        let small_shift = u16_at(bytes, 32)?;
        let is_wide = shift == 12 || (shift != 9 && u16_at(bytes, 26)? == 4);
        let mut compound = Self {
            bytes,
            sector_bytes: if is_wide { 4096 } else { 512 },
            small_bytes: 64,
            next: Vec::new(),
            next_small: Vec::new(),
            small: Vec::new(),
            entries: Vec::new(),
            held: HashMap::new(),
            is_malformed: !matches!(shift, 9 | 12) || small_shift != 6,
            is_cut: false,
            left: Cell::new(bytes.len().saturating_mul(READ_RATIO_MAX)),
        };
        compound.read_table();
        let directory = compound.chain(u32_at(bytes, 48)?, None);
        let small_table = compound.chain(u32_at(bytes, 60)?, None);
        compound.next_small = numbers(&small_table);
        compound.read_tree(&directory);
        compound.is_cut |= compound.has_too_many_twins();
        let root = compound.entries.first().map(|root| (root.start, root.size));
        if let Some((start, size)) = root {
            compound.small = compound.chain(start, usize::try_from(size).ok());
        }
        Some(compound)
    }

    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        let number = usize::try_from(number).ok().filter(|_| number < SPECIAL)?;
        // The header takes the room of the first sector.
        let at = number.checked_add(1)?.checked_mul(self.sector_bytes)?;
        let rest = self.bytes.get(at..)?;
        // The last one may be cut.
        Some(rest.get(..self.sector_bytes).unwrap_or(rest)).filter(|sector| !sector.is_empty())
    }

    fn sectors_max(&self) -> usize {
        self.bytes.len().checked_div(self.sector_bytes).unwrap_or(0).saturating_add(1)
    }

    /// The table that says which sector follows which, by its places in the header and behind it.
    fn read_table(&mut self) {
        let most = self.sectors_max();
        let mut places: Vec<u32> = numbers(slice(self.bytes, 76, TABLE_IN_HEADER.saturating_mul(4)));
        let mut more = u32_at(self.bytes, 68).unwrap_or(SPECIAL);
        for _ in 0..most {
            let Some(sector) = self.sector(more) else { break };
            let mut numbers = numbers(sector);
            more = numbers.pop().unwrap_or(SPECIAL);
            places.append(&mut numbers);
            if places.len() > most {
                break;
            }
        }
        places.truncate(most);
        for place in places.into_iter().filter(|place| *place < SPECIAL) {
            let Some(sector) = self.sector(place) else {
                self.is_malformed = true;
                continue;
            };
            self.next.append(&mut numbers(sector));
            if self.next.len() > most.saturating_add(self.sector_bytes) {
                break;
            }
        }
    }

    /// The bytes of a chain, at most so many.
    fn chain(&self, start: u32, most: Option<usize>) -> Vec<u8> {
        let most = most.unwrap_or(usize::MAX).min(self.left.get());
        let mut bytes = Vec::new();
        let mut number = start;
        for _ in 0..self.sectors_max() {
            if bytes.len() >= most {
                break;
            }
            let Some(sector) = self.sector(number) else { break };
            bytes.extend_from_slice(sector);
            number = usize::try_from(number).ok().and_then(|at| self.next.get(at)).copied().unwrap_or(SPECIAL);
        }
        bytes.truncate(most);
        self.left.set(self.left.get().saturating_sub(bytes.len()));
        bytes
    }

    fn small_chain(&self, start: u32, most: usize) -> Vec<u8> {
        let most = most.min(self.left.get());
        let mut bytes = Vec::new();
        let mut number = start;
        for _ in 0..=self.next_small.len() {
            if bytes.len() >= most {
                break;
            }
            let Some(at) = usize::try_from(number).ok().filter(|_| number < SPECIAL) else { break };
            let sector = slice(&self.small, at.saturating_mul(self.small_bytes), self.small_bytes);
            bytes.extend_from_slice(sector);
            number = self.next_small.get(at).copied().unwrap_or(SPECIAL);
        }
        bytes.truncate(most);
        self.left.set(self.left.get().saturating_sub(bytes.len()));
        bytes
    }

    /// The entries, and which storage holds which.
    fn read_tree(&mut self, directory: &[u8]) {
        let raw: Vec<&[u8]> = directory.chunks_exact(ENTRY_BYTES).take(ENTRIES_MAX).collect();
        let behind = directory.get(ENTRIES_MAX.saturating_mul(ENTRY_BYTES)..).unwrap_or_default();
        self.is_cut = behind.iter().any(|byte| *byte != 0);
        self.entries = raw.iter().map(|raw| entry(raw)).collect();
        let mut is_seen = vec![false; raw.len()];
        let root_child = raw.first().and_then(|root| u32_at(root, 76)).unwrap_or(SPECIAL);
        let mut open: Vec<(u32, usize)> = vec![(root_child, 0)];
        while let Some((number, parent)) = open.pop() {
            let Some(at) = usize::try_from(number).ok().filter(|at| *at != 0 && *at < raw.len()) else { continue };
            let (Some(seen), Some(raw), Some(entry)) = (is_seen.get_mut(at), raw.get(at), self.entries.get_mut(at))
            else {
                continue;
            };
            if std::mem::replace(seen, true) {
                self.is_malformed = true;
                continue;
            }
            entry.parent = parent;
            open.push((u32_at(raw, 68).unwrap_or(SPECIAL), parent));
            open.push((u32_at(raw, 72).unwrap_or(SPECIAL), parent));
            if entry.sort == Sort::Storage {
                open.push((u32_at(raw, 76).unwrap_or(SPECIAL), at));
            }
        }
        let mut names = HashSet::new();
        for (at, entry) in self.entries.iter().enumerate().skip(1).filter(|(_, entry)| !entry.name.is_empty()) {
            self.held.entry(entry.parent).or_default().push(at);
            // Which of two programs take depends on how they walk the tree. What no tree holds was deleted.
            let is_held = is_seen.get(at).copied().unwrap_or(false);
            self.is_malformed |= is_held && !names.insert((entry.parent, entry.name.to_ascii_lowercase()));
        }
    }

    /// The bytes of the stream that is entry `at`.
    pub(crate) fn stream(&self, at: usize) -> Vec<u8> {
        let Some(entry) = self.entries.get(at).filter(|entry| entry.sort == Sort::Stream) else { return Vec::new() };
        let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
        match entry.size < SMALL_STREAM_BYTES {
            true => self.small_chain(entry.start, size),
            false => self.chain(entry.start, Some(size)),
        }
    }

    /// Where byte `at` of the stream that is entry `number` stands in the file.
    pub(crate) fn place(&self, number: usize, at: usize) -> Option<usize> {
        let entry = self.entries.get(number).filter(|entry| entry.sort == Sort::Stream)?;
        if entry.size >= SMALL_STREAM_BYTES {
            return self.place_in_chain(entry.start, at);
        }
        let mut small = entry.start;
        for _ in 0..at.checked_div(self.small_bytes)? {
            small = *self.next_small.get(usize::try_from(small).ok()?)?;
        }
        let inside = usize::try_from(small).ok()?.checked_mul(self.small_bytes)?;
        let root = self.entries.first()?;
        self.place_in_chain(root.start, inside.checked_add(at.checked_rem(self.small_bytes)?)?)
    }

    fn place_in_chain(&self, start: u32, at: usize) -> Option<usize> {
        let mut number = start;
        for _ in 0..at.checked_div(self.sector_bytes)? {
            number = *self.next.get(usize::try_from(number).ok()?)?;
        }
        let sector = usize::try_from(number).ok().filter(|_| number < SPECIAL)?.checked_add(1)?;
        sector.checked_mul(self.sector_bytes)?.checked_add(at.checked_rem(self.sector_bytes)?)
    }

    /// Does the stream that is entry `at` begin so? Looks at its first sector only.
    pub(crate) fn starts_with(&self, at: usize, start: &[u8]) -> bool {
        let Some(entry) = self.entries.get(at).filter(|entry| entry.sort == Sort::Stream) else { return false };
        let first = match entry.size < SMALL_STREAM_BYTES {
            true => usize::try_from(entry.start)
                .ok()
                .and_then(|number| self.small.get(number.checked_mul(self.small_bytes)?..))
                .unwrap_or_default(),
            false => self.sector(entry.start).unwrap_or_default(),
        };
        first.starts_with(start) && entry.size >= u64::try_from(start.len()).unwrap_or(u64::MAX)
    }

    /// The numbers of all storages that hold something, the top first.
    pub(crate) fn storages(&self) -> Vec<usize> {
        let mut storages: Vec<usize> = self.held.keys().copied().collect();
        storages.sort_unstable();
        storages
    }

    /// The numbers of what a storage holds.
    pub(crate) fn children(&self, storage: usize) -> impl Iterator<Item = (usize, &Entry)> {
        let held = self.held.get(&storage).map(Vec::as_slice).unwrap_or_default();
        held.iter().filter_map(|at| Some((*at, self.entries.get(*at)?)))
    }

    /// The entry of this name in a storage; names are compared without case. There should be one; see [`Self::all`].
    pub(crate) fn find(&self, storage: usize, name: &str) -> Option<usize> {
        self.children(storage).find(|(_, entry)| entry.name.eq_ignore_ascii_case(name)).map(|(at, _)| at)
    }

    /// Every entry of this name in a storage: of two, programs reach either one or the other.
    pub(crate) fn all(&self, storage: usize, name: &str) -> Vec<usize> {
        let own = self.children(storage).filter(|(_, entry)| entry.name.eq_ignore_ascii_case(name));
        own.map(|(at, _)| at).take(TWINS_MAX).collect()
    }

    /// The bytes of every stream of this name in a storage.
    pub(crate) fn streams_of(&self, storage: usize, name: &str) -> Vec<Vec<u8>> {
        let streams = self.all(storage, name).into_iter().map(|at| self.stream(at));
        streams.filter(|stream| !stream.is_empty()).collect()
    }

    /// Do more entries share a name than are read?
    fn has_too_many_twins(&self) -> bool {
        let mut counts: HashMap<(usize, String), usize> = HashMap::new();
        let named = self.entries.iter().skip(1).filter(|entry| !entry.name.is_empty());
        named.map(|entry| (entry.parent, entry.name.to_ascii_lowercase())).any(|key| {
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(1);
            *count > TWINS_MAX
        })
    }

    /// The bytes of the stream of this name in a storage.
    pub(crate) fn stream_of(&self, storage: usize, name: &str) -> Option<Vec<u8>> {
        self.find(storage, name).map(|at| self.stream(at))
    }

    /// Was more asked for than there can be? Then streams share sectors.
    pub(crate) fn is_used_up(&self) -> bool {
        self.left.get() == 0
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|chunk| chunk.first_chunk().map(|number| u32::from_le_bytes(*number))).collect()
}

fn entry(raw: &[u8]) -> Entry {
    let length = usize::from(u16_at(raw, 64).unwrap_or(0)).min(64).saturating_sub(2);
    let sort = match raw.get(66) {
        Some(2) => Sort::Stream,
        _ => Sort::Storage,
    };
    let is_free = raw.get(66) == Some(&0);
    let size = u64_at(raw, 120).unwrap_or(0);
    Entry {
        name: if is_free { String::new() } else { utf16(slice(raw, 0, length)) },
        sort,
        class: raw.get(80..96).and_then(<[u8]>::first_chunk).copied().unwrap_or_default(),
        parent: 0,
        // Files of small sectors leave garbage in the upper half.
        size: size & 0xffff_ffff,
        start: u32_at(raw, 116).unwrap_or(SPECIAL),
    }
}
