//! Volumes and folders that share their places: what is read of a whole image has limits, however many they are.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::io::Read as _;

use lzma_rust2::XzReader;
use scan::content::{Content, WhyUnopened};

use super::{open_with, roomy, sample, show};
use crate::budget::Limits;

const SECTOR: usize = 2048;

fn is_over(content: &Content) -> bool {
    content.unopened.iter().any(|one| one.why == WhyUnopened::OverBudget)
}

/// A volume of UDF whose anchor, in the last sector, leads to other descriptors behind the volume.
fn disc(descriptors: &[Vec<u8>]) -> Vec<u8> {
    let mut image = Vec::new();
    XzReader::new(sample!("small-udf.iso.xz"), false).read_to_end(&mut image).unwrap();
    let mut anchor = image[47 * SECTOR..].to_vec();
    let first = u32::try_from(image.len() / SECTOR).unwrap();
    anchor[20..24].copy_from_slice(&first.to_le_bytes());
    for descriptor in descriptors {
        image.extend_from_slice(descriptor);
    }
    image.extend_from_slice(&anchor);
    image
}

/// The descriptors of the partition and of the volume in the sample.
fn descriptors() -> [Vec<u8>; 2] {
    let image = disc(&[]);
    [21, 22].map(|sector| image[sector * SECTOR..(sector + 1) * SECTOR].to_vec())
}

#[test]
fn more_volumes_of_udf_than_any_honest_disc_has() {
    let [partition, logical] = descriptors();
    // Each with one map of its partition more than the last one: no two are the same.
    let volume = |maps: u8| {
        let mut own = logical.clone();
        own[264..268].copy_from_slice(&(u32::from(maps) * 6).to_le_bytes());
        let map = own[440..446].to_vec();
        for number in 0..usize::from(maps) {
            own[440 + number * 6..446 + number * 6].copy_from_slice(&map);
        }
        own
    };
    let few: Vec<Vec<u8>> = std::iter::once(partition.clone()).chain((1..=3).map(volume)).collect();
    let content = open_with(&disc(&few), &[], roomy());
    assert!(content.items.iter().any(|item| item.names == ["hello.txt"]), "{}", show(&content));
    assert!(content.items[0].marks.iter().any(|mark| mark == "malformed") && !is_over(&content), "{}", show(&content));
    let many: Vec<Vec<u8>> = std::iter::once(partition).chain((1..=40).map(volume)).collect();
    assert!(is_over(&open_with(&disc(&many), &[], roomy())));
}

/// A sector that leads from so many packets to others, and the volume whose map of its partition names it.
fn spared(logical: &[u8], table: u32, packets: &[u32]) -> [Vec<u8>; 2] {
    let mut map = vec![0_u8; 64];
    (map[0], map[1]) = (2, 64);
    map[5..28].copy_from_slice(b"*UDF Sparable Partition");
    map[48..52].copy_from_slice(&table.to_le_bytes());
    let mut own = logical.to_vec();
    own[264..268].copy_from_slice(&64_u32.to_le_bytes());
    own[440..504].copy_from_slice(&map);
    let mut sector = vec![0_u8; SECTOR];
    sector[17..35].copy_from_slice(b"*UDF Sparing Table");
    sector[48..50].copy_from_slice(&u16::try_from(packets.len()).unwrap().to_le_bytes());
    for (number, packet) in packets.iter().enumerate() {
        sector[56 + number * 8..60 + number * 8].copy_from_slice(&packet.to_le_bytes());
    }
    [own, sector]
}

/// Its driver shows other bytes in their place.
#[test]
fn blocks_with_others_in_their_place_are_said_to_be_unread() {
    let [partition, logical] = descriptors();
    let first = u32::try_from(disc(&[]).len() / SECTOR).unwrap() - 1;
    for (packets, is_unread) in [(&[u32::MAX, 0xffff_fff0][..], false), (&[u32::MAX, 3][..], true)] {
        let [own, table] = spared(&logical, first + 2, packets);
        let content = open_with(&disc(&[partition.clone(), own, table]), &[], roomy());
        assert!(content.items.iter().any(|item| item.names == ["hello.txt"]), "{}", show(&content));
        let unread = content.unopened.iter().any(|one| one.why == WhyUnopened::Unsupported);
        assert_eq!(unread, is_unread, "{}", show(&content));
    }
}

/// Descriptors that go on elsewhere, or of which there are more than are read: another volume may stand there.
#[test]
fn descriptors_that_are_not_reached_are_said() {
    let both = descriptors();
    let (mut pointer, filling) = (vec![0_u8; SECTOR], vec![0_u8; SECTOR]);
    pointer[0] = 3;
    let with = |more: &[Vec<u8>]| open_with(&disc(&[both.as_slice(), more].concat()), &[], roomy());
    assert!(!is_over(&with(&[])) && !is_over(&with(&vec![filling.clone(); 100])));
    assert!(is_over(&with(&[pointer])));
    assert!(is_over(&with(&vec![filling; 1024])));
}

/// A sector that begins a volume of FAT whose table stands so many sectors behind it, and whose folder is right behind that.
fn boot(reserved: u16) -> [u8; 512] {
    let mut boot = [0_u8; 512];
    boot[..3].copy_from_slice(b"\xeb\x3c\x90");
    // Bytes of a sector, sectors before the table, entries of the folder at the top, sectors in all, sectors of the table.
    for (at, value) in [(11, 512_u16), (14, reserved), (17, u16::MAX), (19, 8000), (22, 1)] {
        boot[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    (boot[13], boot[16], boot[510], boot[511]) = (1, 1, 0x55, 0xaa);
    boot
}

/// A disk with a table of partitions with identifiers, whose volumes all have one and the same folder at the top.
fn disk(volumes: u16) -> Vec<u8> {
    let mut disk = vec![0_u8; 512 * 200];
    disk[446 + 4] = 0xee;
    disk[446 + 8..446 + 12].copy_from_slice(&1_u32.to_le_bytes());
    disk[510..512].copy_from_slice(b"\x55\xaa");
    disk[512..520].copy_from_slice(b"EFI PART");
    disk[512 + 72..512 + 80].copy_from_slice(&2_u64.to_le_bytes());
    disk[512 + 80..512 + 84].copy_from_slice(&128_u32.to_le_bytes());
    disk[512 + 84..512 + 88].copy_from_slice(&128_u32.to_le_bytes());
    for number in 0..volumes {
        let (entry, sector) = (1024 + usize::from(number) * 128, 40 + usize::from(number));
        disk[entry] = 1;
        disk[entry + 32..entry + 40].copy_from_slice(&u64::try_from(sector).unwrap().to_le_bytes());
        disk[sector * 512..(sector + 1) * 512].copy_from_slice(&boot(160 - number));
    }
    // The table at sector 200, then folders that are all the same one, and empty.
    disk.extend([0; 512]);
    let folder = [b"FOLDER     \x10".as_slice(), &[0; 20]].concat();
    disk.extend(folder.repeat(20_000));
    disk
}

#[test]
fn volumes_of_one_disk_share_its_limits() {
    let limits = Limits { ratio: 100_000, ..Limits::default() };
    let one = open_with(&disk(1), &[], limits);
    assert!(one.items[0].kind == "img" && one.unopened.is_empty(), "{}", show(&one));
    assert!(is_over(&open_with(&disk(40), &[], limits)));
}
