//! Images of hard disks and floppies: raw and as VHD (fixed or growing), with a table of partitions (MBR, GPT) or none. Volumes
//! of FAT are opened; NTFS, exFAT, and those of other systems are said to be unopened.

use std::borrow::Cow;

use scan::content::WhyUnopened;

use crate::formats::archives::bytes::{has, part, part_or_less, u16_le, u32_be, u32_le, u64_be, u64_le};
use crate::formats::archives::fat::{self, Spent};
use crate::unpack::{File, Walk};

/// A sector, bytes.
pub(super) const SECTOR_BYTES: u64 = 512;
/// Volumes of one disk.
const VOLUMES_MAX: usize = 64;
/// Entries of a table of partitions with identifiers: what such a table has as a rule is half of that.
const GUID_ENTRIES_MAX: usize = 256;
/// Length of the footer of a VHD, bytes.
const FOOTER_BYTES: usize = 512;
/// Blocks of a growing VHD, bytes, at most.
const BLOCK_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A disk: bytes as they are, or in blocks of which some are not there.
pub(super) struct Disk<'b> {
    bytes: &'b [u8],
    blocks: Option<Blocks<'b>>,
}

/// The map of a growing VHD.
struct Blocks<'b> {
    block_bytes: u64,
    /// Before a block's data: which of its sectors are written.
    bitmap_bytes: u64,
    table: &'b [u8],
}

impl<'b> Disk<'b> {
    /// Where the last sector of a disk begins that is there as a whole.
    fn last_sector(&self) -> Option<u64> {
        let sectors = u64::try_from(self.bytes.len()).ok()?.checked_div(SECTOR_BYTES)?;
        sectors.checked_sub(1)?.checked_mul(SECTOR_BYTES).filter(|_| self.blocks.is_none())
    }

    /// Bytes from there on; what is not written reads as zeros, what is beyond the end not at all.
    pub(super) fn read(&self, at: u64, length: usize) -> Cow<'b, [u8]> {
        let Some(blocks) = &self.blocks else {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            return Cow::Borrowed(part_or_less(self.bytes, at, length));
        };
        let mut out = Vec::new();
        let mut at = at;
        while out.len() < length {
            let Some(offset) = at.checked_rem(blocks.block_bytes) else { break };
            let Some(block) = at.checked_div(blocks.block_bytes).and_then(|block| usize::try_from(block).ok()) else {
                break;
            };
            let Some(sector) = block.checked_mul(4).and_then(|entry| u32_be(blocks.table, entry)) else { break };
            let room = length.saturating_sub(out.len());
            let step = usize::try_from(blocks.block_bytes.saturating_sub(offset)).unwrap_or(usize::MAX).min(room);
            if sector == u32::MAX {
                out.resize(out.len().saturating_add(step), 0);
            } else {
                let from = u64::from(sector)
                    .saturating_mul(SECTOR_BYTES)
                    .saturating_add(blocks.bitmap_bytes)
                    .saturating_add(offset);
                let found = part_or_less(self.bytes, usize::try_from(from).unwrap_or(usize::MAX), step);
                out.extend_from_slice(found);
                if found.len() < step {
                    break;
                }
            }
            at = at.saturating_add(u64::try_from(step).unwrap_or(u64::MAX));
        }
        Cow::Owned(out)
    }
}

/// Opens a raw image.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if walk.may_open(file) {
        open_disk(walk, file, &Disk { bytes: file.bytes, blocks: None });
    }
}

/// Opens a VHD (Microsoft, Virtual Hard Disk Image Format Specification).
pub(crate) fn open_vhd(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let end = file.bytes.len().saturating_sub(FOOTER_BYTES);
    let footer = [end, 0].into_iter().find(|at| has(file.bytes, *at, b"conectix"));
    let Some(footer) = footer.and_then(|at| part(file.bytes, at, FOOTER_BYTES)) else {
        return walk.not_opened(file.at, WhyUnopened::Broken);
    };
    match u32_be(footer, 60) {
        Some(2) => {
            let disk = Disk { bytes: part_or_less(file.bytes, 0, end), blocks: None };
            open_disk(walk, file, &disk);
        }
        Some(3) => match growing(file.bytes, footer) {
            Some(disk) => open_disk(walk, file, &disk),
            None => walk.not_opened(file.at, WhyUnopened::Broken),
        },
        _ => walk.not_opened(file.at, WhyUnopened::Unsupported),
    }
}

fn growing<'b>(bytes: &'b [u8], footer: &[u8]) -> Option<Disk<'b>> {
    let at = usize::try_from(u64_be(footer, 16)?).ok()?;
    let head = part(bytes, at, 1024).filter(|head| head.starts_with(b"cxsparse"))?;
    let table_at = usize::try_from(u64_be(head, 16)?).ok()?;
    let count = usize::try_from(u32_be(head, 28)?).ok()?;
    let block_bytes = u64::from(u32_be(head, 32)?);
    if !block_bytes.is_power_of_two() || !(SECTOR_BYTES..=BLOCK_BYTES_MAX).contains(&block_bytes) {
        return None;
    }
    let bitmap_bytes =
        block_bytes.div_ceil(SECTOR_BYTES.checked_mul(8)?).div_ceil(SECTOR_BYTES).checked_mul(SECTOR_BYTES)?;
    let table = part_or_less(bytes, table_at, count.checked_mul(4)?);
    Some(Disk { bytes, blocks: Some(Blocks { block_bytes, bitmap_bytes, table }) })
}

fn open_disk(walk: &mut Walk<'_>, file: File<'_>, disk: &Disk<'_>) {
    let mut spent = Spent::default();
    let first = disk.read(0, 512);
    let is_volume = fat::is_volume(&first) || is_foreign(disk, 0);
    let mut partitions = volumes(disk, &first);
    if is_volume {
        // The code of a volume's first sector is no table; where it leads to a volume it is one as well.
        partitions.starts.retain(|start| *start != 0 && begins_volume(disk, *start));
        partitions.starts.insert(0, 0);
        partitions.is_cut = false;
        partitions.is_broken = false;
    }
    for (is_so, why) in [(partitions.is_cut, WhyUnopened::OverBudget), (partitions.is_broken, WhyUnopened::Broken)] {
        if is_so {
            walk.not_opened(file.at, why);
        }
    }
    let mut is_known = false;
    for start in partitions.starts {
        let boot = disk.read(start, 512);
        if fat::is_volume(&boot) {
            is_known = true;
            if !fat::open(walk, file, (disk, start), &mut spent) {
                return;
            }
        } else if boot.iter().any(|byte| *byte != 0) {
            is_known = true;
            walk.mark(file.at, "unopened_container");
            walk.not_opened(file.at, WhyUnopened::Unsupported);
        }
    }
    if !is_known {
        walk.mark(file.at, "unopened_container");
        walk.not_opened(file.at, WhyUnopened::Unsupported);
    }
}

/// A volume of another kind that begins here.
fn is_foreign(disk: &Disk<'_>, start: u64) -> bool {
    let boot = disk.read(start, 2048);
    has(&boot, 3, b"NTFS    ")
        || has(&boot, 3, b"EXFAT   ")
        || has(&boot, 0x438, b"\x53\xef")
        || has(&boot, 1024, b"H+")
}

fn begins_volume(disk: &Disk<'_>, start: u64) -> bool {
    fat::is_volume(&disk.read(start, 512)) || is_foreign(disk, start)
}

/// What a table of partitions says.
#[derive(Default)]
struct Partitions {
    /// Where they begin, bytes.
    starts: Vec<u64>,
    /// There are more than are looked at.
    is_cut: bool,
    /// It points to a table that is not there.
    is_broken: bool,
}

impl Partitions {
    fn add(&mut self, start: u64) {
        if self.starts.contains(&start) {
            return;
        }
        self.is_cut |= self.starts.len() >= VOLUMES_MAX;
        if self.starts.len() < VOLUMES_MAX {
            self.starts.push(start);
        }
    }
}

fn volumes(disk: &Disk<'_>, first: &[u8]) -> Partitions {
    let mut found = Partitions::default();
    let mut tables = vec![(0_u64, 0_u64)];
    let mut is_guid = false;
    let mut count = 0_usize;
    while let Some((at, base)) = tables.pop() {
        let table = if at == 0 { Cow::Borrowed(first) } else { disk.read(at.saturating_mul(SECTOR_BYTES), 512) };
        if !has(&table, 510, b"\x55\xaa") {
            continue;
        }
        count = count.saturating_add(1);
        if count > VOLUMES_MAX {
            found.is_cut = true;
            break;
        }
        for entry in table.get(446..510).unwrap_or_default().chunks_exact(16) {
            let (kind, start) = (entry.get(4).copied().unwrap_or(0), u64::from(u32_le(entry, 8).unwrap_or(0)));
            match kind {
                0 => {}
                0xee => is_guid = true,
                // Further tables in a chain, each behind the one before it.
                5 | 0xf | 0x85 => {
                    let base = if base == 0 { start } else { base };
                    let next = if at == 0 { start } else { base.saturating_add(start) };
                    if next > at {
                        tables.push((next, base));
                    }
                }
                _ => found.add(at.saturating_add(start).saturating_mul(SECTOR_BYTES)),
            }
        }
    }
    if is_guid {
        let before = found.starts.len();
        let heads = [Some(SECTOR_BYTES), disk.last_sector()].into_iter().flatten();
        let has_table = heads.filter(|at| guid_volumes(disk, *at, &mut found)).count() > 0;
        found.is_broken |= !has_table || (found.starts.is_empty() && before == 0);
    }
    found
}

/// UEFI 5.3: the table of partitions with identifiers, at the begin and again at the end. False: there is none.
fn guid_volumes(disk: &Disk<'_>, head_at: u64, found: &mut Partitions) -> bool {
    let head = disk.read(head_at, 512);
    let fields = (u64_le(&head, 72), u32_le(&head, 80), u32_le(&head, 84));
    let (Some(at), Some(count), Some(size)) = fields else { return false };
    let (count, size) = (usize::try_from(count).unwrap_or(0), usize::try_from(size).unwrap_or(0));
    if !head.starts_with(b"EFI PART") || !(128..=512).contains(&size) {
        return false;
    }
    found.is_cut |= count > GUID_ENTRIES_MAX;
    let table = disk.read(at.saturating_mul(SECTOR_BYTES), count.min(GUID_ENTRIES_MAX).saturating_mul(size));
    let used = table.chunks_exact(size).filter(|entry| entry.iter().take(16).any(|byte| *byte != 0));
    used.filter_map(|entry| u64_le(entry, 32)).for_each(|start| found.add(start.saturating_mul(SECTOR_BYTES)));
    true
}

/// A number of two bytes as an amount.
pub(super) fn amount(bytes: &[u8], at: usize) -> Option<u64> {
    u16_le(bytes, at).map(u64::from)
}
