//! Tapes, discs, disks and notes: headers, folders, volumes and files that share their places, so that few bytes are many.

use anyhow::Result;
use scan::content::Content;

use super::{INPUT_BYTES, Made, Make, is_over_budget, lay};

/// All of them.
pub(super) const ALL: &[Make] = &[members, claims, records, lists, descriptors, volumes, ring, notes];

/// A block of a tape and of a disk, and a sector of a disc.
const BLOCK: usize = 512;
const SECTOR: usize = 2048;
/// Bytes out of containers for each byte of a message, at most.
const RATIO: usize = 200;

fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes()
}

fn short(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes()
}

/// A header of a tape for this many bytes, with a sum that is right or not.
fn header(name: &str, size: usize, is_sound: bool) -> Vec<u8> {
    let mut header = vec![0; BLOCK];
    lay(&mut header, 0, name.as_bytes());
    lay(&mut header, 124, format!("{size:011o}\0").as_bytes());
    lay(&mut header, 148, b"        0");
    lay(&mut header, 257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let said = if is_sound { format!("{sum:06o}\0 ") } else { "0000001\0".to_owned() };
    lay(&mut header, 148, said.as_bytes());
    header
}

/// Very many members of one byte.
fn members() -> Result<Made> {
    let member = |number: usize| [header(&format!("a{number}.txt"), 1, true), vec![b'a'; BLOCK]].concat();
    let bytes: Vec<u8> = (0..INPUT_BYTES / (2 * BLOCK)).flat_map(member).collect();
    let is_read = |content: &Content| content.items.len() > INPUT_BYTES / (2 * BLOCK);
    Ok(Made { name: "members.tar", declared: "application/x-tar", read_bytes: bytes.len(), bytes, is_read })
}

/// Each block is a header whose sum is wrong, and says that all the rest is its member: some pass over it, and some believe it.
fn claims() -> Result<Made> {
    Ok(Made {
        name: "claims.tar",
        declared: "application/x-tar",
        bytes: header("a", INPUT_BYTES, false).repeat(INPUT_BYTES / BLOCK),
        read_bytes: RATIO * INPUT_BYTES,
        is_read: |content| content.items.len() > 100,
    })
}

/// Each record is a folder that lies where all of them do, and has a name that goes on in 64 fields elsewhere, the same for all.
fn records() -> Result<Made> {
    const NAMES_AT: usize = 500;
    const LISTS_AT: usize = 18;
    let mut disc = vec![0; INPUT_BYTES];
    let list_bytes = (NAMES_AT - LISTS_AT) * SECTOR;
    let record = |at: usize, size: usize| {
        let goes_on = [b"CE\x1c\x01".to_vec(), both(NAMES_AT), both(0), both(64 * 255)].concat();
        let mut record = vec![0; 34];
        for (at, bytes) in [(2, both(at)), (10, both(size)), (25, vec![2]), (32, b"\x01A".to_vec())] {
            lay(&mut record, at, &bytes);
        }
        record.extend(goes_on);
        lay(&mut record, 0, &[62]);
        record
    };
    lay(&mut disc, 16 * SECTOR, b"\x01CD001\x01");
    lay(&mut disc, 16 * SECTOR + 156, &record(LISTS_AT, list_bytes)[..34]);
    lay(&mut disc, 16 * SECTOR + 156, &[34]);
    lay(&mut disc, 17 * SECTOR, b"\xffCD001\x01");
    let in_sector = SECTOR / 62;
    for place in 0..list_bytes / SECTOR * in_sector {
        let at = (LISTS_AT + place / in_sector) * SECTOR + place % in_sector * 62;
        lay(&mut disc, at, &record(LISTS_AT, list_bytes - place));
    }
    let name = [b"NM\xff\x01\0".as_slice(), &[b'n'; 250]].concat();
    lay(&mut disc, NAMES_AT * SECTOR, &name.repeat(64));
    Ok(disc_of("records.iso", disc))
}

/// A number low byte first, and once more high byte first (ECMA-119 7.3.3).
fn both(value: usize) -> Vec<u8> {
    let mut turned = number(value);
    turned.reverse();
    [number(value), turned].concat()
}

fn disc_of(name: &'static str, bytes: Vec<u8>) -> Made {
    let declared = "application/x-iso9660-image";
    Made { name, declared, read_bytes: bytes.len(), bytes, is_read: is_over_budget }
}

/// An image with a volume of UDF (ECMA-167): one partition from a sector on, as many descriptors of the volume as there are maps, each
/// with so many maps of that partition, and the set of files and the folder at the top in its first two blocks.
fn udf(partition_at: usize, maps: &[usize]) -> Vec<u8> {
    let mut disc = vec![0; INPUT_BYTES];
    for (sector, word) in [(16, b"\0BEA01\x01"), (17, b"\0NSR02\x01"), (18, b"\0TEA01\x01")] {
        lay(&mut disc, sector * SECTOR, word);
    }
    lay(&mut disc, 19 * SECTOR, b"\x05\0\x02\0");
    lay(&mut disc, 19 * SECTOR + 188, &number(partition_at));
    for (place, maps) in maps.iter().enumerate() {
        let at = (20 + place) * SECTOR;
        for (offset, bytes) in [(0, &b"\x06\0\x02\0"[..]), (212, &number(SECTOR)), (264, &number(maps * 6))] {
            lay(&mut disc, at + offset, bytes);
        }
        lay(&mut disc, at + 440, &[1, 6, 1, 0, 0, 0].repeat(*maps));
    }
    lay(&mut disc, (20 + maps.len()) * SECTOR, b"\x08\0\x02\0");
    lay(&mut disc, partition_at * SECTOR, b"\0\x01\x02\0");
    lay(&mut disc, partition_at * SECTOR + 404, &number(1));
    let anchor = INPUT_BYTES - SECTOR;
    for (offset, bytes) in [(0, &b"\x02\0\x02\0"[..]), (20, &number(19)), (28, &number(19))] {
        lay(&mut disc, anchor + offset, bytes);
    }
    disc
}

/// The entry of a folder whose list lies in these extents: how long, and in which block.
fn folder(extents: &[(usize, usize)]) -> Vec<u8> {
    let mut entry = vec![0; 176];
    let size: usize = extents.iter().map(|(bytes, _)| bytes).sum();
    let listed: Vec<u8> = extents.iter().flat_map(|(bytes, block)| [number(*bytes), number(*block)].concat()).collect();
    for (at, bytes) in [(0, &b"\x05\x01\x02\0"[..]), (27, &[4]), (56, &number(size)), (172, &number(listed.len()))] {
        lay(&mut entry, at, bytes);
    }
    [entry, listed].concat()
}

/// Each of 64 folders has a list in 230 places that are one and the same, of zeros.
fn lists() -> Result<Made> {
    const PARTITION_AT: usize = 24;
    let mut disc = udf(PARTITION_AT, &[1]);
    let block = |place: usize| (PARTITION_AT + place) * SECTOR;
    // Tag, flags of a folder, length of its name, its entry's block; the name.
    let entry = |place: usize| {
        let mut entry = vec![0; 40];
        for (at, bytes) in [(0, &b"\x01\x01\x02\0"[..]), (18, &[2, 2]), (24, &number(4 + place)), (38, b"\x08a")] {
            lay(&mut entry, at, bytes);
        }
        entry
    };
    let list: Vec<u8> = (0..64).flat_map(entry).collect();
    lay(&mut disc, block(1), &folder(&[(list.len(), 2)]));
    lay(&mut disc, block(2), &list);
    for place in 0..64 {
        lay(&mut disc, block(4 + place), &folder(&[(400 * SECTOR, 70); 230]));
    }
    Ok(disc_of("lists.udf", disc))
}

/// Hundreds of volumes, most of them another than all before.
fn descriptors() -> Result<Made> {
    let maps: Vec<usize> = (0..470).map(|number| 1 + number % 250).collect();
    let mut disc = udf(495, &maps);
    lay(&mut disc, 496 * SECTOR, &folder(&[]));
    Ok(disc_of("descriptors.udf", disc))
}

/// Volumes of FAT whose folder at the top is one and the same, of tens of thousands of folders.
fn volumes() -> Result<Made> {
    let mut disk = vec![0; INPUT_BYTES];
    let head = [
        (450, &[0xee][..]),
        (454, &[1]),
        (510, b"\x55\xaa"),
        (512, b"EFI PART"),
        (584, &[2]),
        (592, &[128]),
        (596, &[128]),
    ];
    head.iter().for_each(|(at, bytes)| lay(&mut disk, *at, bytes));
    for volume in 0..64 {
        let (entry, sector) = (2 * BLOCK + volume * 128, 40 + volume);
        lay(&mut disk, entry, &[1]);
        lay(&mut disk, entry + 32, &number(sector));
        // Bytes of a sector, sectors of a cluster, sectors up to the table, which is that in sector 200, tables.
        let start = [&b"\xeb\x3c\x90"[..], &[0; 8], &short(BLOCK), &[1], &short(160 - volume), &[1]].concat();
        let rest = [&short(usize::from(u16::MAX))[..], &short(8000), &[0xf8], &short(1)].concat();
        lay(&mut disk, sector * BLOCK, &[start, rest].concat());
        lay(&mut disk, sector * BLOCK + 510, b"\x55\xaa");
    }
    let folder = [&b"FOLDER     \x10"[..], &[0; 20]].concat();
    let at = 201 * BLOCK;
    lay(&mut disk, at, &folder.repeat((INPUT_BYTES - at) / folder.len()));
    let declared = "application/octet-stream";
    Ok(Made { name: "volumes.img", declared, read_bytes: disk.len(), bytes: disk, is_read: is_over_budget })
}

/// A growing disk of blocks of a sector, with a file of 4 GiB in a ring of two clusters.
fn ring() -> Result<Made> {
    const BLOCKS: usize = 2880;
    let mut disk = vec![0; INPUT_BYTES];
    let head: [(usize, &[u8]); 8] = [
        (0, b"conectix"),
        (22, &[2]),
        (63, &[3]),
        (512, b"cxsparse"),
        (512 + 22, &[6]),
        (512 + 28, &2880_u32.to_be_bytes()),
        (512 + 34, &[2]),
        (1536, &[0xff; 4 * BLOCKS]),
    ];
    head.iter().for_each(|(at, bytes)| lay(&mut disk, *at, bytes));
    let boot =
        [&b"\xeb\x3c\x90"[..], &[0; 8], &short(BLOCK), &[1, 1, 0, 1, 16, 0], &short(BLOCKS), &[0xf0, 9, 0]].concat();
    let file = [&b"RING    BIN\x20"[..], &[0; 14], &[2, 0], &[0xff; 4]].concat();
    // The first cluster leads to the next, and that back.
    let table = [0xf0, 0xff, 0xff, 0x03, 0x20, 0x00];
    let blocks: [(usize, &[u8]); 5] =
        [(0, &boot), (1, &table), (10, &file), (11, &[0xff; BLOCK]), (12, &[0xfe; BLOCK])];
    for (place, (block, bytes)) in blocks.iter().enumerate() {
        // Each stands behind a sector that says which of its own are written.
        let sector = 32 + place * 2;
        lay(&mut disk, 1536 + block * 4, &u32::try_from(sector).unwrap_or(0).to_be_bytes());
        lay(&mut disk, (sector + 1) * BLOCK, bytes);
    }
    lay(&mut disk, 33 * BLOCK + 510, b"\x55\xaa");
    Ok(Made {
        name: "ring.vhd",
        declared: "application/octet-stream",
        bytes: disk,
        read_bytes: RATIO * INPUT_BYTES,
        is_read: |content| content.items.iter().skip(1).any(|item| item.size > 100 << 20),
    })
}

/// Files of a note that lie about their length, so that each holds all that follow it; and each is a note itself.
fn notes() -> Result<Made> {
    let magic = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";
    let file = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";
    let one = [&file[..], &[0xff; 8], &[0; 12], magic].concat();
    let mut note = [&magic[..], &one.repeat(1_000)].concat();
    note.resize(INPUT_BYTES, b'a');
    Ok(Made {
        name: "notes.one",
        declared: "application/msonenote",
        bytes: note,
        read_bytes: RATIO * INPUT_BYTES,
        is_read: |content| content.items.len() > 100,
    })
}
