//! Local headers: one by one, and those that no directory names, as a reader of a stream would find them.

use std::cell::OnceCell;
use std::collections::HashMap;

use memchr::memmem;

use crate::formats::archives::bytes::{has, u16_le, u32_le};
use crate::formats::zip::directory::Directory;
use crate::formats::zip::entry::{Entry, STREAMED, Said};
use crate::formats::zip::extra::{self, Extra};

pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
/// Behind the data of a streamed entry (APPNOTE 4.3.9).
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Length of the fixed part, bytes.
const LOCAL_BYTES: usize = 30;
/// Descriptors of one file that are looked at: more than one archive has entries.
const DESCRIPTORS_MAX: usize = 200_000;

/// Where the data of streamed entries ends: known by the descriptors behind them, each of which says how long it is. Looked for
/// once for all entries, when one is asked for.
pub(super) struct Streams<'a> {
    pub(super) bytes: &'a [u8],
    /// End by start, the first of each; and whether there were too many.
    ends: OnceCell<(HashMap<usize, usize>, bool)>,
}

impl<'a> Streams<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, ends: OnceCell::new() }
    }

    /// Were there more descriptors than are looked at?
    pub(super) fn has_too_many(&self) -> bool {
        self.ends.get().is_some_and(|(_, has_too_many)| *has_too_many)
    }

    /// Where the data ends that begins here.
    fn end(&self, start: usize, most: usize) -> Option<usize> {
        let (ends, _) = self.ends.get_or_init(|| self.descriptors());
        ends.get(&start).copied().filter(|end| *end <= most)
    }

    fn descriptors(&self) -> (HashMap<usize, usize>, bool) {
        let mut ends = HashMap::new();
        for at in memmem::find_iter(self.bytes, DESCRIPTOR) {
            let size = u32_le(self.bytes, at.saturating_add(8)).and_then(|size| usize::try_from(size).ok());
            let Some(start) = size.and_then(|size| at.checked_sub(size)) else { continue };
            if ends.len() >= DESCRIPTORS_MAX {
                return (ends, true);
            }
            ends.entry(start).or_insert(at);
        }
        (ends, false)
    }
}

/// A local header.
pub(super) struct Local<'a> {
    pub(super) name: &'a [u8],
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    pub(super) said: Said,
    pub(super) packed: u64,
    pub(super) extra: Extra<'a>,
    pub(super) data_at: usize,
}

impl<'a> Local<'a> {
    pub(super) fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        if !has(bytes, at, LOCAL) {
            return None;
        }
        let field = |offset: usize| at.saturating_add(offset);
        let name_at = field(LOCAL_BYTES);
        let extra_at = name_at.saturating_add(usize::from(u16_le(bytes, field(26))?));
        let data_at = extra_at.saturating_add(usize::from(u16_le(bytes, field(28))?));
        let mut sizes = [u32_le(bytes, field(22))?, u32_le(bytes, field(18))?].map(u64::from);
        let extra = extra::read(bytes.get(extra_at..data_at)?, &mut sizes);
        let [size, packed] = sizes;
        Some(Self {
            name: bytes.get(name_at..extra_at)?,
            flags: u16_le(bytes, field(6))?,
            method: u16_le(bytes, field(8))?,
            time: u16_le(bytes, field(10))?,
            said: Said { size, crc32: u32_le(bytes, field(14))? },
            packed,
            extra,
            data_at,
        })
    }

    pub(super) fn is_streamed(&self) -> bool {
        self.flags & STREAMED != 0
    }

    /// The names that it has.
    pub(super) fn names(&self) -> Vec<&'a [u8]> {
        let mut names = vec![self.name];
        names.extend(self.extra.name.filter(|name| *name != self.name));
        names
    }

    /// The entry by this header alone, its data up to `end` at most.
    pub(super) fn entry(&self, streams: &Streams<'a>, end: usize) -> Option<Entry<'a>> {
        let no_size = self.is_streamed() && self.packed == 0;
        let declared = self.data_at.saturating_add(usize::try_from(self.packed).unwrap_or(usize::MAX)).min(end);
        // Without a descriptor that fits packed data ends by itself.
        let data_end = if no_size { streams.end(self.data_at, end).unwrap_or(end) } else { declared };
        Some(Entry {
            names: self.names(),
            flags: self.flags,
            method: self.method,
            time: self.time,
            said: (!no_size).then_some(self.said),
            aes: self.extra.aes,
            is_link: false,
            range: (self.data_at, data_end),
            data: streams.bytes.get(self.data_at..data_end)?,
        })
    }
}

/// Entries that only a reader of local headers would find: in front, in between, behind.
pub(super) fn read_gaps<'a>(
    streams: &Streams<'a>,
    taken: &[(usize, usize)],
    most: usize,
    directory: &mut Directory<'a>,
) {
    let mut from = 0;
    let length = streams.bytes.len();
    for (start, end) in taken.iter().copied().chain([(length, length)]) {
        if start > from {
            read_gap(streams, (from, start), most, directory);
        }
        from = from.max(end);
    }
}

fn read_gap<'a>(streams: &Streams<'a>, (mut from, end): (usize, usize), most: usize, directory: &mut Directory<'a>) {
    let bytes = streams.bytes;
    while let Some(found) = bytes.get(from..end).and_then(|gap| memmem::find(gap, LOCAL)) {
        let at = from.saturating_add(found);
        from = at.saturating_add(LOCAL.len());
        let Some(local) = Local::read(bytes, at) else { continue };
        let Some(entry) = local.entry(streams, end) else { continue };
        if directory.entries.len() >= most {
            directory.is_too_long = true;
            return;
        }
        // Of a streamed entry whose end nobody says, what follows is looked through for further headers.
        from = if entry.said.is_none() { local.data_at } else { entry.range.1 }.max(from);
        directory.has_conflict |= directory.has_directory;
        directory.entries.push(entry);
    }
}
