//! Volumes of FAT32 that are smaller than those that programs make, or say that one of their tables is the one in use.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use super::{open_with, roomy, show};

/// The head of a program, of fifteen bytes.
const PROGRAM: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0";
const SECTOR: usize = 512;
const LAST: u32 = 0x0fff_ffff;

/// A volume of 37 clusters: the folder at the top has two of them, and the program stands in the second one.
fn volume(flags: u16, tables: [[u32; 5]; 2]) -> Vec<u8> {
    let mut image = vec![0_u8; SECTOR * 40];
    image[..3].copy_from_slice(b"\xeb\x58\x90");
    // Bytes of a sector, sectors before the tables and in all; which table counts.
    for (at, value) in [(11, 512_u16), (14, 1), (19, 40), (40, flags)] {
        image[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    // Sectors of a cluster, tables; sectors of a table, and where the folder at the top begins.
    (image[13], image[16], image[36], image[44]) = (1, 2, 1, 2);
    image[510..512].copy_from_slice(b"\x55\xaa");
    for (number, table) in tables.iter().enumerate() {
        for (cluster, next) in table.iter().enumerate() {
            let at = SECTOR * (1 + number) + cluster * 4;
            image[at..at + 4].copy_from_slice(&next.to_le_bytes());
        }
    }
    let data = SECTOR * 3;
    for number in 0..16 {
        let at = data + number * 32;
        image[at..at + 12].copy_from_slice(format!("NOTE{number:02}  TXT ").as_bytes());
    }
    let entry = &mut image[data + SECTOR..data + SECTOR + 32];
    entry[..12].copy_from_slice(b"RUN     EXE ");
    (entry[26], entry[28]) = (4, 15);
    image[data + SECTOR * 2..data + SECTOR * 2 + 15].copy_from_slice(PROGRAM);
    image
}

fn programs(content: &Content) -> usize {
    content.items.iter().filter(|item| item.kind == "elf" && item.names == ["RUN.EXE"]).count()
}

const WHOLE: [u32; 5] = [LAST, LAST, 3, LAST, LAST];
const CUT: [u32; 5] = [LAST, LAST, LAST, LAST, LAST];

#[test]
fn a_small_volume_has_entries_of_32_bits_too() {
    let content = open_with(&volume(0, [WHOLE; 2]), &[], roomy());
    assert_eq!((programs(&content), content.unopened.len(), content.items.len()), (1, 0, 18), "{}", show(&content));
}

/// Windows goes by the table that is said to be in use, Linux by the first one.
#[test]
fn both_tables_count_where_one_is_said_to() {
    for (flags, tables, found) in
        [(0x81, [CUT, WHOLE], 1), (0x81, [WHOLE, CUT], 1), (0, [CUT, WHOLE], 0), (0x80, [WHOLE, CUT], 1)]
    {
        let content = open_with(&volume(flags, tables), &[], roomy());
        assert_eq!(programs(&content), found, "{flags}: {}", show(&content));
    }
}
