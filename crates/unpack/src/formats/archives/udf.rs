//! UDF (ECMA-167, OSTA UDF 2.60): the first volume of an image, with partitions of the plain kind, spared ones in which nothing is
//! spared, and those of metadata. Every anchor and both sequences of descriptors are followed, since programs begin at different
//! ones. What is written anew in a virtual partition, or stands in place of a spared block, is said to be unread.

use std::borrow::Cow;
use std::collections::HashSet;

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::bytes::{has, part, part_or_less, size_le, u16_le, u32_le, u64_le};
use crate::formats::archives::iso::{Image, SECTOR_BYTES};
use crate::formats::archives::shown;
use crate::unpack::Walk;

/// Anchors stand here, sectors; and in the last sector, and so many before it.
const ANCHORS: [usize; 3] = [256, 512, 32];
const ANCHOR_BEFORE_END: usize = 256;
/// Where an anchor says where the main sequence of descriptors lies, and where the reserve.
const SEQUENCES_AT: [usize; 2] = [20, 28];
/// Descriptors of a volume, parts of a file, folders: at most.
const DESCRIPTORS_MAX: usize = 1024;
const EXTENTS_MAX: usize = 10_000;
const FOLDERS_MAX: usize = 10_000;
/// Partitions, and volumes, of one sequence of descriptors that are looked at, and volumes of one image: there should be one.
const KEPT_MAX: usize = 16;
/// Bytes of one folder's list, and of all lists of one image: folders can share their places, so that few bytes are many lists.
const LIST_BYTES_MAX: usize = 8 * 1024 * 1024;
const LISTS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Places of packets from here on stand for none, or for one that cannot be written (UDF 2.60 2.2.12).
const UNSPARED_MIN: u32 = 0xffff_fff0;

/// A part of the volume.
#[derive(PartialEq)]
struct Partition {
    /// Bytes from the begin of the image.
    start: usize,
    /// Of one of metadata: where its own blocks lie, in bytes from the begin of the image.
    map: Option<Vec<(usize, usize)>>,
}

/// The volume.
struct Volume<'i> {
    bytes: &'i [u8],
    block_bytes: usize,
    partitions: Vec<Partition>,
    /// Blocks of one of its partitions are found by a table that is not followed: it is written anew block by block, or damaged blocks
    /// have others in their place.
    is_remapped: bool,
}

/// A file's data.
struct Data<'i> {
    bytes: Cow<'i, [u8]>,
    end: End,
}

/// Walks through the volume, if there is one.
pub(super) fn open(walk: &mut Walk<'_>, image: &mut Image<'_>) -> bool {
    let bytes = image.bytes;
    let last = bytes.len().checked_div(SECTOR_BYTES).unwrap_or(0);
    let ends = [last.checked_sub(1), last.checked_sub(ANCHOR_BEFORE_END.saturating_add(1))];
    let places = ANCHORS.into_iter().chain(ends.into_iter().flatten());
    let anchors = places.filter_map(|sector| {
        let anchor = part(bytes, sector.checked_mul(SECTOR_BYTES)?, 512)?;
        (u16_le(anchor, 0) == Some(2) && u16_le(anchor, 2).is_some_and(|version| matches!(version, 2 | 3)))
            .then_some(anchor)
    });
    let mut known: Vec<(Volume<'_>, Place)> = Vec::new();
    let mut sequences = HashSet::new();
    let (mut is_one, mut is_cut) = (false, false);
    for anchor in anchors {
        is_one = true;
        // All anchors name the same two as a rule.
        let places = SEQUENCES_AT.into_iter().filter_map(|at| size_le(anchor, at)?.checked_mul(SECTOR_BYTES));
        for from in places.filter(|from| sequences.insert(*from)) {
            let (found, has_more) = volumes(bytes, from);
            is_cut |= has_more;
            for (volume, root) in found {
                if known.iter().any(|(own, place)| *place == root && own.is_same(&volume)) {
                    continue;
                }
                is_cut |= known.len() >= KEPT_MAX;
                if known.len() < KEPT_MAX {
                    known.push((volume, root));
                }
            }
        }
    }
    if is_one && known.is_empty() {
        image.unread(walk, WhyUnopened::Broken);
    }
    if is_cut {
        image.unread(walk, WhyUnopened::OverBudget);
    }
    walk_volumes(walk, image, &known);
    is_one
}

fn walk_volumes(walk: &mut Walk<'_>, image: &mut Image<'_>, known: &[(Volume<'_>, Place)]) {
    let mut list_bytes = 0_usize;
    for (number, (volume, root)) in known.iter().enumerate() {
        if volume.is_remapped {
            image.unread(walk, WhyUnopened::Unsupported);
        }
        if number > 0 {
            // Two programs see two volumes.
            image.mark(walk, "malformed");
        }
        walk_volume(walk, image, (volume, *root), &mut list_bytes);
    }
}

fn walk_volume(
    walk: &mut Walk<'_>,
    image: &mut Image<'_>,
    (volume, root): (&Volume<'_>, Place),
    list_bytes: &mut usize,
) {
    let mut visited = HashSet::new();
    let mut folders = vec![(root, String::new())];
    while let Some((place, path)) = folders.pop() {
        if !image.goes_on {
            return;
        }
        if !visited.insert(place) {
            continue;
        }
        // Also of one that cannot be read: to find that out takes time.
        if !image.count(walk) {
            return;
        }
        if visited.len() > FOLDERS_MAX {
            return image.unread(walk, WhyUnopened::OverBudget);
        }
        let Some(folder) = volume.data(place, LIST_BYTES_MAX.saturating_add(1)) else {
            image.unread(walk, WhyUnopened::Broken);
            continue;
        };
        if folder.end != End::Whole {
            image.unread(walk, WhyUnopened::Broken);
        }
        *list_bytes = list_bytes.saturating_add(folder.bytes.len());
        if *list_bytes > LISTS_BYTES_MAX {
            return image.unread(walk, WhyUnopened::OverBudget);
        }
        if folder.bytes.len() > LIST_BYTES_MAX {
            image.unread(walk, WhyUnopened::OverBudget);
        }
        read_folder(walk, image, (volume, part_or_less(&folder.bytes, 0, LIST_BYTES_MAX), &path), &mut folders);
    }
}

fn budget_bytes(walk: &Walk<'_>) -> usize {
    usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX)
}

type Place = (usize, u16);

/// ECMA-167 4/14.4: what is in a folder.
fn read_folder(
    walk: &mut Walk<'_>,
    image: &mut Image<'_>,
    (volume, list, path): (&Volume<'_>, &[u8], &str),
    folders: &mut Vec<(Place, String)>,
) {
    let mut at = 0_usize;
    while let Some(entry) = part(list, at, 38) {
        if !image.count(walk) {
            return;
        }
        if u16_le(entry, 0) != Some(257) {
            // What is no entry is passed over by some programs, and ends the folder for others.
            let Some(next) = next_entry(list, at) else {
                if list.get(at..).unwrap_or_default().iter().any(|byte| *byte != 0) {
                    image.unread(walk, WhyUnopened::Broken);
                }
                return;
            };
            image.unread(walk, WhyUnopened::Broken);
            at = next;
            continue;
        }
        let (flags, name_length) =
            (entry.get(18).copied().unwrap_or(0), usize::from(entry.get(19).copied().unwrap_or(0)));
        let extra = usize::from(u16_le(entry, 36).unwrap_or(0));
        let name_at = at.saturating_add(38).saturating_add(extra);
        let name = name(part_or_less(list, name_at, name_length));
        let length = name_at.saturating_add(name_length).saturating_sub(at);
        at = at.saturating_add(length.div_ceil(4).saturating_mul(4));
        // Deleted, or the folder above.
        if flags & 12 != 0 {
            continue;
        }
        let Some(place) = size_le(entry, 24).zip(u16_le(entry, 28)) else { continue };
        let name = format!("{path}{name}");
        if flags & 2 != 0 {
            walk.note_names_of(image, &name);
            folders.push((place, shown(format!("{name}/").as_bytes())));
            continue;
        }
        read_file(walk, image, (volume, place), name);
        if !image.goes_on {
            return;
        }
    }
}

/// The next place in a folder's list that an entry may begin at: all begin at multiples of four.
fn next_entry(list: &[u8], at: usize) -> Option<usize> {
    let rest = list.get(at..)?.chunks_exact(4).skip(1);
    let steps = rest.take_while(|four| !four.starts_with(b"\x01\x01")).count();
    let next = at.saturating_add(steps.saturating_add(1).saturating_mul(4));
    (part(list, next, 38).is_some()).then_some(next)
}

fn read_file(walk: &mut Walk<'_>, image: &mut Image<'_>, (volume, place): (&Volume<'_>, Place), name: String) {
    if volume.entry(place).is_some_and(|(_, kind, ..)| kind == 12) {
        image.mark(walk, "link_entry");
    }
    match volume.extents_of(place).filter(|extents| !extents.is_empty()) {
        Some(extents) => image.extents(walk, &extents, (vec![name], End::Whole)),
        None => match volume.data(place, budget_bytes(walk)) {
            Some(data) => image.bytes_of_file(walk, &data.bytes, (vec![name], data.end)),
            None => image.bytes_of_file(walk, &[], (vec![name], End::Broken)),
        },
    }
}

impl Walk<'_> {
    fn note_names_of(&mut self, image: &Image<'_>, name: &str) {
        if crate::formats::archives::path::is_no_plain_name(name) {
            image.mark(self, "path_name");
        }
    }
}

/// OSTA CS0: the first byte says how wide the characters are.
fn name(bytes: &[u8]) -> String {
    let rest = bytes.get(1..).unwrap_or_default();
    match bytes.first() {
        Some(16) => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        _ => rest.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The volumes by the sequence of descriptors that begins there, where the root folder's entry of each is, and whether there are more.
/// Of several descriptors for one thing programs take the first, the last, or the one with the highest number.
fn volumes(bytes: &[u8], from: usize) -> (Vec<(Volume<'_>, Place)>, bool) {
    let mut parts: Vec<(u16, usize)> = Vec::new();
    let mut logicals = Vec::new();
    let mut is_ended = false;
    for number in 0..DESCRIPTORS_MAX {
        let at = from.saturating_add(number.saturating_mul(SECTOR_BYTES));
        let Some(descriptor) = part(bytes, at, SECTOR_BYTES) else {
            is_ended = true;
            break;
        };
        let place = || size_le(descriptor, 188)?.checked_mul(SECTOR_BYTES);
        match u16_le(descriptor, 0) {
            Some(5) => parts.extend(u16_le(descriptor, 22).zip(place())),
            Some(6) => logicals.push(descriptor),
            // It goes on elsewhere (ECMA-167 3/10.3), which is not followed.
            Some(3) => break,
            Some(8) => {
                is_ended = true;
                break;
            }
            _ => {}
        }
    }
    let has_more = !is_ended || parts.len() > KEPT_MAX || logicals.len() > KEPT_MAX;
    parts.truncate(KEPT_MAX);
    let reversed: Vec<(u16, usize)> = parts.iter().rev().copied().collect();
    let both = logicals.iter().take(KEPT_MAX).flat_map(|logical| [(*logical, &parts), (*logical, &reversed)]);
    (both.filter_map(|(logical, parts)| volume(bytes, logical, parts)).collect(), has_more)
}

fn volume<'i>(bytes: &'i [u8], logical: &[u8], parts: &[(u16, usize)]) -> Option<(Volume<'i>, Place)> {
    let block_bytes = size_le(logical, 212).filter(|size| size.is_power_of_two() && (512..=32_768).contains(size))?;
    let mut volume = Volume { bytes, block_bytes, partitions: Vec::new(), is_remapped: false };
    let mut maps = part_or_less(logical, 440, size_le(logical, 264)?);
    while let Some(length) = maps.get(1).map(|length| usize::from(*length)).filter(|length| *length >= 6) {
        let map = part_or_less(maps, 0, length);
        let number = if map.first() == Some(&1) { u16_le(map, 4) } else { u16_le(map, 38) };
        let start = parts.iter().find(|(own, _)| Some(*own) == number).map(|(_, start)| *start)?;
        let mut partition = Partition { start, map: None };
        volume.is_remapped |= has(map, 5, b"*UDF Virtual Partition") || is_spared(bytes, map);
        if has(map, 5, b"*UDF Metadata Partition") {
            let partitions = vec![Partition { start, map: None }];
            let plain = Volume { bytes, block_bytes, partitions, is_remapped: false };
            partition.map = Some(plain.extents_of((size_le(map, 40)?, 0))?);
        }
        volume.partitions.push(partition);
        maps = maps.get(length..).unwrap_or_default();
    }
    let files = volume.block((size_le(logical, 252)?, u16_le(logical, 256)?))?;
    let set = part(bytes, files, 512).filter(|set| u16_le(set, 0) == Some(256))?;
    let root = (size_le(set, 404)?, u16_le(set, 408)?);
    Some((volume, root))
}

/// Does one of the tables of a spared partition, at most four, lead from a packet to another one? (UDF 2.60 2.2.9, 2.2.12)
fn is_spared(bytes: &[u8], map: &[u8]) -> bool {
    if !has(map, 5, b"*UDF Sparable Partition") {
        return false;
    }
    let mut places = part_or_less(map, 48, 16).chunks_exact(4).filter_map(|place| size_le(place, 0));
    places.any(|sector| {
        let at = sector.saturating_mul(SECTOR_BYTES);
        let Some(head) = part(bytes, at, 56).filter(|head| has(head, 17, b"*UDF Sparing Table")) else { return false };
        let length = u16_le(head, 48).map_or(0, usize::from).saturating_mul(8);
        let mut entries = part_or_less(bytes, at.saturating_add(56), length).chunks_exact(8);
        entries.any(|entry| u32_le(entry, 0).is_some_and(|packet| packet < UNSPARED_MIN))
    })
}

impl<'i> Volume<'i> {
    /// Is it the other one of the same image?
    fn is_same(&self, other: &Self) -> bool {
        (self.block_bytes, self.is_remapped) == (other.block_bytes, other.is_remapped)
            && self.partitions == other.partitions
    }

    /// Where a block lies, bytes from the begin of the image.
    fn block(&self, (block, partition): Place) -> Option<usize> {
        let partition = self.partitions.get(usize::from(partition))?;
        let mut offset = block.checked_mul(self.block_bytes)?;
        let Some(map) = &partition.map else { return partition.start.checked_add(offset) };
        for (at, size) in map {
            if offset < *size {
                return at.checked_add(offset);
            }
            offset = offset.checked_sub(*size)?;
        }
        None
    }

    /// The entry of a file: itself, its kind, how its parts are written down, and they.
    fn entry(&self, place: Place) -> Option<(&'i [u8], u8, u16, &'i [u8])> {
        let entry = part_or_less(self.bytes, self.block(place)?, self.block_bytes);
        let (attributes, list) = match u16_le(entry, 0)? {
            261 => (168, 176_usize),
            266 => (208, 216),
            _ => return None,
        };
        let skipped = size_le(entry, attributes)?;
        let length = size_le(entry, attributes.checked_add(4)?)?;
        let list = part_or_less(entry, list.checked_add(skipped)?, length);
        Some((entry, *entry.get(27)?, u16_le(entry, 34)? & 7, list))
    }

    /// Where a file's bytes lie; nothing if they stand in the entry itself, or a part is not written.
    fn extents_of(&self, place: Place) -> Option<Vec<(usize, usize)>> {
        let (entry, _, form, list) = self.entry(place)?;
        let mut left = usize::try_from(u64_le(entry, 56)?).ok()?;
        let step = match form {
            0 => 8_usize,
            1 => 16,
            _ => return None,
        };
        let mut extents: Vec<(usize, usize)> = Vec::new();
        for extent in list.chunks_exact(step).take(EXTENTS_MAX) {
            let length = size_le(extent, 0)?;
            let (kind, length) = (length >> 30, length & 0x3fff_ffff);
            if length == 0 || left == 0 {
                break;
            }
            if kind != 0 {
                return None;
            }
            let partition = if form == 1 { u16_le(extent, 8)? } else { place.1 };
            // Short forms of a partition of metadata's files lie in the partition below it.
            let at = self.block((size_le(extent, 4)?, partition))?;
            let length = length.min(left);
            left = left.checked_sub(length)?;
            match extents.last_mut() {
                Some((from, size)) if from.checked_add(*size) == Some(at) => *size = size.checked_add(length)?,
                _ => extents.push((at, length)),
            }
        }
        (left == 0).then_some(extents)
    }

    /// A file's bytes, at most so many.
    fn data(&self, place: Place, most: usize) -> Option<Data<'i>> {
        let (entry, _, form, list) = self.entry(place)?;
        let size = usize::try_from(u64_le(entry, 56)?).ok()?;
        if form == 3 {
            let bytes = part_or_less(list, 0, size);
            let end = if bytes.len() == size { End::Whole } else { End::Broken };
            return Some(Data { bytes: Cow::Borrowed(bytes), end });
        }
        let extents = self.extents_of(place)?;
        if let [(at, length)] = extents.as_slice() {
            let bytes = part_or_less(self.bytes, *at, *length);
            let end = if bytes.len() == size { End::Whole } else { End::Broken };
            return Some(Data { bytes: Cow::Borrowed(bytes), end });
        }
        let mut bytes = Vec::new();
        for (at, length) in extents {
            let room = most.saturating_add(1).saturating_sub(bytes.len());
            bytes.extend_from_slice(part_or_less(self.bytes, at, length.min(room)));
        }
        let end = if bytes.len() >= size.min(most) { End::Whole } else { End::Broken };
        Some(Data { bytes: Cow::Owned(bytes), end })
    }
}
