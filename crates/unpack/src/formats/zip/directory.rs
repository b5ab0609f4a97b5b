//! Which entries an archive has, in every reading: by the central directory at the end, and by local headers that stand where
//! no entry of the directory lies. Where the two disagree it is noted. Nothing is unpacked here.

use memchr::memmem;

/// Signatures (APPNOTE 4.3).
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
/// Lengths of their fixed parts, bytes.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const LOCATOR_64_BYTES: usize = 20;
/// Ends of a directory tried, from the last; a file full of them is no archive.
const ENDS_TRIED_MAX: usize = 32;
/// The size says: look in the extra field.
const IN_EXTRA: u64 = 0xffff_ffff;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Directory<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    /// Two readers would see two archives.
    pub(super) has_conflict: bool,
    /// Entries share data: how a small file becomes endless.
    pub(super) has_overlap: bool,
    /// Something stands before the archive.
    pub(super) is_prefixed: bool,
    /// There is no directory, or it ends early.
    pub(super) is_broken: bool,
    /// More entries than asked for.
    pub(super) is_too_long: bool,
}

/// One entry.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    /// The directory's name, and the local header's where that differs.
    pub(super) names: Vec<&'a [u8]>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) is_encrypted: bool,
    /// Size and checksum; of a streamed entry without directory nobody says them.
    pub(super) said: Option<Said>,
    /// Packed bytes.
    pub(super) data: &'a [u8],
}

/// What the directory says will come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) size: u64,
    pub(super) crc32: u32,
}

impl Entry<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.data.is_empty() && self.names.iter().all(|name| name.ends_with(b"/"))
    }

    pub(super) fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name.as_bytes()))
    }

    pub(super) fn has_start(&self, start: &str) -> bool {
        self.names
            .iter()
            .any(|own| own.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes())))
    }

    pub(super) fn has_end(&self, end: &str) -> bool {
        let tail = |own: &&[u8]| own.len().checked_sub(end.len()).and_then(|from| own.get(from..)).map(<[u8]>::to_vec);
        self.names.iter().filter_map(tail).any(|own| own.eq_ignore_ascii_case(end.as_bytes()))
    }
}

/// Is there a directory that a reader would find from the end?
pub(super) fn has_end(bytes: &[u8]) -> bool {
    find_directory(bytes).is_some_and(|found| starts(bytes, found.at, CENTRAL))
}

/// Reads the directory, and at most so many entries.
pub(super) fn read(bytes: &[u8], most: u32) -> Directory<'_> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut directory = Directory::default();
    let mut taken = Vec::new();
    match find_directory(bytes) {
        Some(found) => read_central(bytes, &found, most, (&mut directory, &mut taken)),
        None => directory.is_broken = true,
    }
    taken.sort_unstable();
    directory.has_overlap = taken.windows(2).any(|pair| matches!(pair, [one, two] if one.1 > two.0));
    read_gaps(bytes, &taken, most, &mut directory);
    directory
}

/// The directory's place.
struct Found {
    at: usize,
    /// What stands before the archive, bytes: all offsets count from there.
    shift: usize,
    entries: u64,
    end: usize,
}

fn find_directory(bytes: &[u8]) -> Option<Found> {
    memmem::rfind_iter(bytes, END).take(ENDS_TRIED_MAX).find_map(|end| found_by(bytes, end))
}

fn found_by(bytes: &[u8], end: usize) -> Option<Found> {
    let after = end.saturating_add(END_BYTES).saturating_add(usize::from(u16_at(bytes, end, 20)?));
    let small =
        (u64::from(u16_at(bytes, end, 10)?), u64::from(u32_at(bytes, end, 12)?), u64::from(u32_at(bytes, end, 16)?));
    let locator = end.checked_sub(LOCATOR_64_BYTES).filter(|at| starts(bytes, *at, LOCATOR_64));
    let big = locator.and_then(|locator| found_64(bytes, locator));
    let (before, (entries, size, offset)) = big.unwrap_or((end, small));
    let at = before.checked_sub(usize::try_from(size).ok()?)?;
    let shift = at.checked_sub(usize::try_from(offset).ok()?)?;
    let is_one = starts(bytes, at, CENTRAL) || (size == 0 && entries == 0);
    is_one.then_some(Found { at, shift, entries, end: after })
}

type Sizes = (u64, u64, u64);

/// The record of zip64, which stands right before its locator (APPNOTE 4.3.14).
fn found_64(bytes: &[u8], locator: usize) -> Option<(usize, Sizes)> {
    let at = memmem::rfind(bytes.get(..locator)?, END_64)?;
    Some((at, (u64_at(bytes, at, 32)?, u64_at(bytes, at, 40)?, u64_at(bytes, at, 48)?)))
}

fn read_central<'a>(
    bytes: &'a [u8],
    found: &Found,
    most: usize,
    (directory, taken): (&mut Directory<'a>, &mut Vec<(usize, usize)>),
) {
    let mut at = found.at;
    let mut count = 0_u64;
    while starts(bytes, at, CENTRAL) {
        if directory.entries.len() >= most {
            directory.is_too_long = true;
            break;
        }
        let Some((central, next)) = Central::read(bytes, at) else {
            directory.is_broken = true;
            break;
        };
        match with_local(bytes, &central, found.shift) {
            Some((entry, range, agrees)) => {
                directory.has_conflict |= !agrees;
                directory.entries.push(entry);
                taken.push(range);
            }
            None => directory.is_broken = true,
        }
        count = count.saturating_add(1);
        at = next;
    }
    taken.push((found.at, found.end.max(at)));
    directory.is_prefixed = found.shift > 0;
    directory.has_conflict |= !directory.is_too_long && count != found.entries;
}

/// A central header.
struct Central<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    said: Said,
    packed: u64,
    offset: u64,
}

impl<'a> Central<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let name_length = usize::from(u16_at(bytes, at, 28)?);
        let extra_length = usize::from(u16_at(bytes, at, 30)?);
        let comment_length = usize::from(u16_at(bytes, at, 32)?);
        let name_at = at.saturating_add(CENTRAL_BYTES);
        let extra_at = name_at.saturating_add(name_length);
        let extra_end = extra_at.saturating_add(extra_length);
        let extra = bytes.get(extra_at..extra_end)?;
        let mut sizes = [u32_at(bytes, at, 24)?, u32_at(bytes, at, 20)?, u32_at(bytes, at, 42)?].map(u64::from);
        widen(&mut sizes, extra);
        let [size, packed, offset] = sizes;
        let central = Self {
            name: bytes.get(name_at..extra_at)?,
            flags: u16_at(bytes, at, 8)?,
            method: u16_at(bytes, at, 10)?,
            said: Said { size, crc32: u32_at(bytes, at, 16)? },
            packed,
            offset,
        };
        Some((central, extra_end.saturating_add(comment_length)))
    }
}

/// Sizes that did not fit stand in the extra field 1, in this order, only those (APPNOTE 4.5.3).
fn widen(sizes: &mut [u64], mut extra: &[u8]) {
    while let (Some(id), Some(length)) = (u16_at(extra, 0, 0), u16_at(extra, 0, 2)) {
        let end = usize::from(length).saturating_add(4);
        let body = extra.get(4..end).unwrap_or_default();
        if id == 1 {
            let wide = sizes.iter_mut().filter(|size| **size == IN_EXTRA);
            for (size, value) in wide.zip(body.chunks_exact(8)) {
                *size = value.first_chunk().map_or(*size, |value| u64::from_le_bytes(*value));
            }
            return;
        }
        extra = extra.get(end..).unwrap_or_default();
    }
}

/// The entry with its data, its bytes' range from the local header on, and whether the local header says the same.
fn with_local<'a>(bytes: &'a [u8], central: &Central<'a>, shift: usize) -> Option<(Entry<'a>, (usize, usize), bool)> {
    let at = usize::try_from(central.offset).ok()?.saturating_add(shift);
    // An offset can also count from the start of the file although something stands before.
    let at = [at, at.saturating_sub(shift)].into_iter().find(|at| starts(bytes, *at, LOCAL))?;
    let local = Local::read(bytes, at)?;
    let end = local.data_at.saturating_add(usize::try_from(central.packed).ok()?);
    let data = bytes.get(local.data_at..end)?;
    let is_streamed = local.flags & 8 != 0;
    let same_sizes =
        is_streamed || (local.said == central.said && local.packed == central.packed) || local.packed == IN_EXTRA;
    let same_method = local.method == central.method && (local.flags ^ central.flags) & 1 == 0;
    let same_name = local.name == central.name;
    let names = if same_name { vec![central.name] } else { vec![central.name, local.name] };
    let entry = Entry {
        names,
        flags: central.flags,
        method: central.method,
        is_encrypted: (central.flags | local.flags) & 0x41 != 0,
        said: Some(central.said),
        data,
    };
    Some((entry, (at, end), same_sizes && same_method && same_name))
}

/// A local header.
struct Local<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    said: Said,
    packed: u64,
    data_at: usize,
}

impl<'a> Local<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        let name_at = at.saturating_add(LOCAL_BYTES);
        let extra_at = name_at.saturating_add(usize::from(u16_at(bytes, at, 26)?));
        let data_at = extra_at.saturating_add(usize::from(u16_at(bytes, at, 28)?));
        let mut sizes = [u32_at(bytes, at, 22)?, u32_at(bytes, at, 18)?].map(u64::from);
        widen(&mut sizes, bytes.get(extra_at..data_at)?);
        let [size, packed] = sizes;
        Some(Self {
            name: bytes.get(name_at..extra_at)?,
            flags: u16_at(bytes, at, 6)?,
            method: u16_at(bytes, at, 8)?,
            said: Said { size, crc32: u32_at(bytes, at, 14)? },
            packed,
            data_at,
        })
    }
}

/// Entries that only a reader of local headers would find: in front, in between, behind.
fn read_gaps<'a>(bytes: &'a [u8], taken: &[(usize, usize)], most: usize, directory: &mut Directory<'a>) {
    let mut from = 0;
    for (start, end) in taken.iter().copied().chain([(bytes.len(), bytes.len())]) {
        if start > from {
            read_gap(bytes, (from, start), most, directory);
        }
        from = from.max(end);
    }
}

fn read_gap<'a>(bytes: &'a [u8], (mut from, end): (usize, usize), most: usize, directory: &mut Directory<'a>) {
    while let Some(found) = bytes.get(from..end).and_then(|gap| memmem::find(gap, LOCAL)) {
        let at = from.saturating_add(found);
        from = at.saturating_add(LOCAL.len());
        let Some((entry, data_end)) = Local::read(bytes, at).and_then(|local| stray(bytes, &local, end)) else {
            continue;
        };
        if directory.entries.len() >= most {
            directory.is_too_long = true;
            return;
        }
        directory.has_conflict = true;
        directory.entries.push(entry);
        from = data_end.max(from);
    }
}

fn stray<'a>(bytes: &'a [u8], local: &Local<'a>, end: usize) -> Option<(Entry<'a>, usize)> {
    let is_streamed = local.flags & 8 != 0 && local.packed == 0;
    let declared = usize::try_from(local.packed).ok()?;
    let data_end = if is_streamed { end } else { local.data_at.saturating_add(declared).min(end) };
    let entry = Entry {
        names: vec![local.name],
        flags: local.flags,
        method: local.method,
        is_encrypted: local.flags & 0x41 != 0,
        said: (!is_streamed).then_some(local.said),
        data: bytes.get(local.data_at..data_end)?,
    };
    // Of a streamed entry the end is not known: what follows is looked through for further headers.
    Some((entry, if is_streamed { local.data_at } else { data_end }))
}

fn starts(bytes: &[u8], at: usize, signature: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(signature))
}

fn u16_at(bytes: &[u8], at: usize, offset: usize) -> Option<u16> {
    bytes.get(at.saturating_add(offset)..)?.first_chunk().map(|field| u16::from_le_bytes(*field))
}

fn u32_at(bytes: &[u8], at: usize, offset: usize) -> Option<u32> {
    bytes.get(at.saturating_add(offset)..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

fn u64_at(bytes: &[u8], at: usize, offset: usize) -> Option<u64> {
    bytes.get(at.saturating_add(offset)..)?.first_chunk().map(|field| u64::from_le_bytes(*field))
}
