//! Seeds of the target that opens images of discs and disks: what lies at the beginning of the samples, and volumes that are made
//! so small that all of them fits an input.

use super::samples::inner_up_to;

/// Kinds of images, in the order of the target's table.
const DISC: u8 = 0;
const VOLUME: u8 = 1;
const PARTED: u8 = 2;
const UDF: u8 = 3;
const GROWING: u8 = 4;
const RAW: u8 = 5;
/// Where the target lays the descriptors of a disc, and a table of partitions.
const DESCRIPTORS_AT: usize = 0x8000;
const TABLE_AT: usize = 446;
/// Bytes of the target's image, and of an input behind its first byte.
const IMAGE_BYTES: usize = 96 * 1024;
const LAID_BYTES_MAX: usize = 64 * 1024 - 1;
/// Bytes of a sample that is a seed as far as it fits: they are packed, and mostly empty.
const SAMPLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A sector of a disk, and of a disc; and what stands around the latter where it is raw.
const SECTOR_BYTES: usize = 512;
const DISC_SECTOR_BYTES: usize = 2048;
const RAW_HEAD: [u8; 16] = [0; 16];
const RAW_TAIL: [u8; 288] = [0; 288];

/// All of them, with the byte in front that says which kind they are of.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let discs = inner_up_to("archives", &["iso"], SAMPLE_BYTES_MAX);
    let disks = inner_up_to("archives", &["img", "vhd"], SAMPLE_BYTES_MAX);
    let mut seeds: Vec<Vec<u8>> = discs.iter().flat_map(|disc| of_disc(disc)).collect();
    seeds.extend(disks.iter().flat_map(|disk| of_disk(disk)));
    seeds.push(seed(VOLUME, &fat32()));
    seeds
}

fn seed(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], bytes.get(..LAID_BYTES_MAX).unwrap_or(bytes)].concat()
}

fn from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

fn of_disc(bytes: &[u8]) -> Vec<Vec<u8>> {
    let descriptors = from(bytes, DESCRIPTORS_AT);
    if !from(descriptors, 1).starts_with(b"BEA01") {
        return vec![seed(DISC, descriptors), seed(RAW, &raw(descriptors))];
    }
    // The anchor of a longer one is not where the target has it.
    let is_short = bytes.len() <= IMAGE_BYTES;
    is_short.then(|| seed(UDF, descriptors)).into_iter().collect()
}

/// Sectors as they lie on a disc (ECMA-130 14), without the sums behind them, which nobody looks at.
fn raw(sectors: &[u8]) -> Vec<u8> {
    let sectors = sectors.chunks(DISC_SECTOR_BYTES).take(LAID_BYTES_MAX / DISC_SECTOR_BYTES);
    sectors.flat_map(|sector| [&RAW_HEAD, sector, &RAW_TAIL].concat()).collect()
}

fn of_disk(bytes: &[u8]) -> Vec<Vec<u8>> {
    if bytes.starts_with(b"conectix") {
        return vec![seed(GROWING, bytes)];
    }
    let mut seeds = vec![seed(VOLUME, bytes), seed(PARTED, from(bytes, TABLE_AT))];
    // A volume that begins with the image is put behind a table of either kind.
    if bytes.starts_with(b"\xeb") {
        seeds.push(seed(PARTED, &[table(6, 1).as_slice(), bytes].concat()));
        seeds.push(seed(PARTED, &[table(0xee, 1).as_slice(), &guid_table(), bytes].concat()));
    }
    seeds
}

/// A table of one partition of this kind that begins in that sector, from its entries on.
fn table(kind: u8, start: u32) -> Vec<u8> {
    let entry = [&[0x80, 1, 1, 0, kind, 0xfe, 0xff, 0xff][..], &start.to_le_bytes(), &[0, 8, 0, 0]].concat();
    [entry.as_slice(), &[0; 48], b"\x55\xaa"].concat()
}

/// A table of partitions with identifiers (UEFI 5.3): its head, and behind it one entry, whose volume begins in sector 3.
fn guid_table() -> Vec<u8> {
    let mut table = vec![0; 2 * SECTOR_BYTES];
    let fields: [(usize, &[u8]); 5] = [
        (0, b"EFI PART\0\0\x01\0\x5c\0\0\0"),
        (72, &[2, 0, 0, 0, 0, 0, 0, 0]),
        (80, &[1, 0, 0, 0, 128, 0, 0, 0]),
        (SECTOR_BYTES, &[0xa2; 16]),
        (SECTOR_BYTES + 32, &[3, 0, 0, 0, 0, 0, 0, 0]),
    ];
    fields.iter().for_each(|(at, bytes)| lay(&mut table, *at, bytes));
    table
}

/// A volume of FAT32 that says to be of 34 MiB, and of which there are five sectors: the table stands in the third, the folder at the
/// top in the fourth, a file in the fifth.
fn fat32() -> Vec<u8> {
    let mut volume = vec![0; 5 * SECTOR_BYTES];
    let fields: [(usize, &[u8]); 10] = [
        // Bytes of a sector, sectors of a cluster, sectors before the table, tables.
        (11, &[0, 2, 1, 2, 0, 1]),
        // Sectors in all, of the table; the first cluster of the folder at the top.
        (32, &70_000_u32.to_le_bytes()),
        (36, &[1, 0, 0, 0]),
        (44, &[2, 0, 0, 0]),
        (82, b"FAT32   "),
        (510, b"\x55\xaa"),
        (2 * SECTOR_BYTES, b"\xf8\xff\xff\x0f\xff\xff\xff\x0f\xff\xff\xff\x0f\xff\xff\xff\x0f"),
        (3 * SECTOR_BYTES, b"HELLO   TXT\x20"),
        (3 * SECTOR_BYTES + 26, &[3, 0, 28, 0, 0, 0]),
        (4 * SECTOR_BYTES, b"see https://a.example/hello\n"),
    ];
    fields.iter().for_each(|(at, bytes)| lay(&mut volume, *at, bytes));
    volume
}

fn lay(over: &mut [u8], at: usize, bytes: &[u8]) {
    for (to, byte) in over.iter_mut().skip(at).zip(bytes) {
        *to = *byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_image_has_a_seed_that_fits() {
        let seeds = seeds();
        for kind in [DISC, VOLUME, PARTED, UDF, GROWING, RAW] {
            assert!(seeds.iter().any(|seed| seed.first() == Some(&kind)), "{kind}");
        }
        assert!(seeds.iter().all(|seed| seed.len() <= LAID_BYTES_MAX + 1));
    }
}
