//! Volumes of FAT12, FAT16 and FAT32 (Microsoft, FAT File System Specification 1.03), with long names. Deleted files are not
//! looked for: nobody who mounts the volume sees them.

use std::collections::HashSet;

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::bytes::{part_or_less, u16_le, u32_le};
use crate::formats::archives::disk::{Disk, amount};
use crate::formats::archives::{Member, shown};
use crate::unpack::{File, Walk};

/// Entries of all folders of one disk: clusters can be shared, so that few bytes are many lists.
const ENTRIES_MAX: usize = 100_000;
/// Folders of one volume, bytes of one folder's list, and bytes of all lists of one disk.
const FOLDERS_MAX: usize = 10_000;
const LIST_BYTES_MAX: usize = 2 * 1024 * 1024;
const LISTS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// From so many clusters on the table has entries of 16 bits.
const CLUSTERS_16: u64 = 4085;
/// Bytes of an entry of a folder.
const ENTRY_BYTES: usize = 32;

/// Is it the first sector of a volume?
pub(super) fn is_volume(boot: &[u8]) -> bool {
    Volume::read(boot, 0).is_some()
}

/// What was read of all volumes of one disk: they can share their places.
#[derive(Debug, Default)]
pub(super) struct Spent {
    /// Files, by which their places are numbered.
    files: usize,
    entries: usize,
    list_bytes: usize,
}

/// Opens a volume; false when the budget is used up.
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>, (disk, start): (&Disk<'_>, u64), spent: &mut Spent) -> bool {
    let Some(volume) = Volume::read(&disk.read(start, 512), start) else { return true };
    // Windows goes by the table that is said to be the one in use, Linux by the first one.
    let active = volume.active_table_at.map(|table_at| Volume { table_at, ..volume.clone() });
    let mut views = std::iter::once(&volume).chain(&active);
    views.all(|volume| open_view(walk, file, (disk, volume), spent))
}

/// Opens a volume by one of its tables.
fn open_view(walk: &mut Walk<'_>, file: File<'_>, (disk, volume): (&Disk<'_>, &Volume), spent: &mut Spent) -> bool {
    // The list of a folder is read when its turn comes: many that wait are only numbers.
    let mut folders = vec![(None, String::new())];
    let mut visited: HashSet<u64> = HashSet::new();
    let mut is_cut = false;
    while let Some((cluster, path)) = folders.pop() {
        let list = volume.list(disk, cluster);
        spent.list_bytes = spent.list_bytes.saturating_add(list.len());
        is_cut |= list.len() > LIST_BYTES_MAX || spent.list_bytes > LISTS_BYTES_MAX;
        if spent.list_bytes > LISTS_BYTES_MAX {
            break;
        }
        for entry in entries(&list) {
            spent.entries = spent.entries.saturating_add(1);
            if spent.entries > ENTRIES_MAX || walk.budget.is_late() {
                walk.stopped(file.at);
                return false;
            }
            let name = shown(format!("{path}{}", entry.name).as_bytes());
            if entry.is_folder {
                is_cut |= visited.len() >= FOLDERS_MAX;
                if visited.len() < FOLDERS_MAX && visited.insert(entry.cluster) {
                    walk.note_names(file.at, std::slice::from_ref(&name));
                    folders.push((Some(entry.cluster), format!("{name}/")));
                }
                continue;
            }
            if !open_file(walk, file, (volume, disk), ((name, entry), spent)) {
                return false;
            }
        }
    }
    if is_cut {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    true
}

fn open_file(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (volume, disk): (&Volume, &Disk<'_>),
    ((name, entry), spent): ((String, Entry), &mut Spent),
) -> bool {
    let left = usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX);
    let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
    let mut bytes = volume.chain(disk, entry.cluster, size.min(left.saturating_add(1)));
    bytes.truncate(size);
    let end = if bytes.len() < size.min(left) { End::Broken } else { End::Whole };
    let mut names = vec![name];
    names.extend(entry.short.filter(|short| !names.contains(short)));
    let member = Member { step: format!("fat:{}", spent.files), names, is_part: false };
    spent.files = spent.files.saturating_add(1);
    walk.stored_member(file, member, &bytes, end)
}

/// Where things lie, bytes from the begin of the disk.
#[derive(Clone)]
struct Volume {
    table_at: u64,
    /// Of the table that is the only one in use, if it is another.
    active_table_at: Option<u64>,
    root_at: u64,
    root_bytes: usize,
    root_cluster: u64,
    data_at: u64,
    cluster_bytes: u64,
    clusters: u64,
    bits: u64,
}

impl Volume {
    fn read(boot: &[u8], start: u64) -> Option<Self> {
        let sector = amount(boot, 11).filter(|size| matches!(size, 512 | 1024 | 2048 | 4096))?;
        let per_cluster = u64::from(*boot.get(13)?);
        let reserved = amount(boot, 14).filter(|reserved| *reserved > 0)?;
        let tables = u64::from(*boot.get(16)?);
        if !per_cluster.is_power_of_two() || !(1..=4).contains(&tables) {
            return None;
        }
        let large = u64::from(u32_le(boot, 32)?);
        let total = amount(boot, 19).filter(|total| *total > 0).unwrap_or(large);
        // However few clusters it has, a table of which the old field says nothing has entries of 32 bits for every program.
        let small = amount(boot, 22).filter(|size| *size > 0);
        let is_wide = small.is_none();
        let table_sectors = small.unwrap_or(u64::from(u32_le(boot, 36)?));
        let root_bytes = amount(boot, 17)?.checked_mul(32)?;
        let root_sectors = root_bytes.div_ceil(sector);
        let root_sector = tables.checked_mul(table_sectors)?.checked_add(reserved)?;
        let data_sector = root_sector.checked_add(root_sectors)?;
        let clusters = total.checked_sub(data_sector)?.checked_div(per_cluster)?;
        let bits = if is_wide {
            32
        } else if clusters < CLUSTERS_16 {
            12
        } else {
            16
        };
        let place = |sectors: u64| start.checked_add(sectors.checked_mul(sector)?);
        let active = active_table(boot).filter(|active| is_wide && (1..tables).contains(active));
        let table = |number: u64| place(number.checked_mul(table_sectors)?.checked_add(reserved)?);
        Some(Self {
            table_at: place(reserved)?,
            active_table_at: active.and_then(table),
            root_at: place(root_sector)?,
            root_bytes: if is_wide { 0 } else { usize::try_from(root_bytes).ok()? },
            root_cluster: if is_wide || root_bytes == 0 { u64::from(u32_le(boot, 44)?) } else { 0 },
            data_at: place(data_sector)?,
            cluster_bytes: per_cluster.checked_mul(sector)?,
            clusters,
            bits,
        })
    }

    /// The list of a folder, or of the one at the top: a little more than is allowed if it has more.
    fn list(&self, disk: &Disk<'_>, cluster: Option<u64>) -> Vec<u8> {
        match cluster {
            Some(cluster) => self.chain(disk, cluster, LIST_BYTES_MAX.saturating_add(1)),
            None if self.root_bytes > 0 => disk.read(self.root_at, self.root_bytes).into_owned(),
            None => self.chain(disk, self.root_cluster, LIST_BYTES_MAX.saturating_add(1)),
        }
    }

    /// The bytes of a chain of clusters, at most so many and a cluster.
    fn chain(&self, disk: &Disk<'_>, first: u64, most: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut cluster = first;
        let step = usize::try_from(self.cluster_bytes).unwrap_or(usize::MAX);
        let last = self.clusters.saturating_add(2);
        while bytes.len() < most && (2..last).contains(&cluster) {
            let at = cluster.saturating_sub(2).saturating_mul(self.cluster_bytes).saturating_add(self.data_at);
            let found = disk.read(at, step);
            bytes.extend_from_slice(&found);
            if found.len() < step {
                break;
            }
            cluster = self.next(disk, cluster);
        }
        bytes
    }

    /// What the table says comes after a cluster.
    fn next(&self, disk: &Disk<'_>, cluster: u64) -> u64 {
        let at = self.table_at.saturating_add(cluster.saturating_mul(self.bits) >> 3);
        let field = disk.read(at, 4);
        match self.bits {
            12 => {
                let pair = u16_le(&field, 0).unwrap_or(u16::MAX);
                u64::from(if cluster & 1 == 1 { pair >> 4 } else { pair & 0xfff })
            }
            16 => u16_le(&field, 0).map_or(u64::MAX, u64::from),
            _ => u32_le(&field, 0).map_or(u64::MAX, |next| u64::from(next & 0x0fff_ffff)),
        }
    }
}

/// The number of the table that is in use, where the flags say that the others are not kept the same.
fn active_table(boot: &[u8]) -> Option<u64> {
    amount(boot, 40).filter(|flags| flags & 0x80 != 0).map(|flags| flags & 0xf)
}

/// A file or folder in a folder.
struct Entry {
    name: String,
    /// The name of eight and three letters, beside a long one.
    short: Option<String>,
    is_folder: bool,
    cluster: u64,
    size: u32,
}

fn entries(list: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut long: Vec<(u8, Vec<u16>)> = Vec::new();
    for entry in list.chunks_exact(ENTRY_BYTES) {
        let (first, flags) = (entry.first().copied().unwrap_or(0), entry.get(11).copied().unwrap_or(0));
        match first {
            0 => break,
            0xe5 => {
                long.clear();
                continue;
            }
            _ => {}
        }
        if flags & 0x3f == 0x0f {
            long.push((first & 0x3f, units(entry)));
            continue;
        }
        let name = long_name(std::mem::take(&mut long));
        // The label of the volume; the folder itself, and the one above.
        if flags & 8 != 0 || entry.starts_with(b". ") || entry.starts_with(b".. ") {
            continue;
        }
        let short = short_name(entry);
        let high = u16_le(entry, 20).map_or(0, u64::from);
        let low = u16_le(entry, 26).map_or(0, u64::from);
        let has_long = !name.is_empty();
        entries.push(Entry {
            name: if has_long { name } else { short.clone() },
            short: has_long.then_some(short),
            is_folder: flags & 0x10 != 0,
            cluster: (high << 16) | low,
            size: u32_le(entry, 28).unwrap_or(0),
        });
    }
    entries
}

/// The characters of a part of a long name.
fn units(entry: &[u8]) -> Vec<u16> {
    let fields = [(1, 10), (14, 12), (28, 4)];
    let bytes: Vec<u8> = fields.iter().flat_map(|(at, length)| part_or_less(entry, *at, *length)).copied().collect();
    let units = bytes.chunks_exact(2).filter_map(|pair| u16_le(pair, 0));
    units.take_while(|unit| *unit != 0 && *unit != u16::MAX).collect()
}

/// The parts stand in reverse order.
fn long_name(mut parts: Vec<(u8, Vec<u16>)>) -> String {
    parts.sort_by_key(|(number, _)| *number);
    let units: Vec<u16> = parts.into_iter().flat_map(|(_, units)| units).collect();
    String::from_utf16_lossy(&units)
}

fn short_name(entry: &[u8]) -> String {
    let stem = shown(part_or_less(entry, 0, 8).trim_ascii_end());
    let ending = shown(part_or_less(entry, 8, 3).trim_ascii_end());
    if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
}
