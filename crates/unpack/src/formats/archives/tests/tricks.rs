//! Archives and images that show one program less than another: what any of them gets is looked at, and what nobody looks at
//! is said.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use expect_test::expect;
use scan::content::Content;

use super::{open_with, roomy, show};
use crate::budget::Limits;

/// The head of a program, of fifteen bytes.
const PROGRAM: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0";

fn open(bytes: &[u8]) -> Content {
    open_with(bytes, &[], roomy())
}

/// A header of ustar with a right checksum.
fn head(name: &str, kind: u8, size: &[u8; 12]) -> [u8; 512] {
    let mut head = [0_u8; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..108].copy_from_slice(b"0000644\0");
    head[124..136].copy_from_slice(size);
    head[156] = kind;
    head[257..265].copy_from_slice(b"ustar\x0000");
    sum(&mut head);
    head
}

fn sum(head: &mut [u8; 512]) {
    head[148..156].fill(b' ');
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

fn octal(size: usize) -> [u8; 12] {
    format!("{size:011o}\0").into_bytes().try_into().unwrap()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn member(name: &str, bytes: &[u8]) -> Vec<u8> {
    [&head(name, b'0', &octal(bytes.len()))[..], &padded(bytes)].concat()
}

#[test]
fn sizes_of_tapes_that_only_some_read() {
    for size in [
        b"\x0000000000017",
        b"\t\t\t00000017\0",
        b"   \t000017x ",
        b"\0 0000000017",
        b"\x80\0\0\0\0\0\0\0\0\0\0\x0f",
        b"+AAAAAAAAAAP",
        b"00000000017\xff",
    ] {
        let tape =
            [&member("a.txt", b"words")[..], &head("run.exe", b'0', size), &padded(PROGRAM), &[0; 1024]].concat();
        let content = open(&tape);
        let found = content.items.iter().any(|item| item.kind == "elf" && item.names == ["run.exe"]);
        assert!(found, "{size:?}: {}", show(&content));
    }
    // Nobody can say how much it is.
    let tape = [&member("a.txt", b"words")[..], &head("run.exe", b'0', b"xyzxyzxyzxy\0"), &padded(PROGRAM)].concat();
    let content = open(&tape);
    assert!(content.unopened.iter().any(|one| one.why.word() == "broken"), "{}", show(&content));
    assert!(content.items.iter().any(|item| item.kind == "elf"), "{}", show(&content));
}

#[test]
fn what_belongs_to_nothing_on_a_tape_is_a_file() {
    let tape = [&member("a.txt", b"words")[..], &[0; 1024], &padded(PROGRAM), &[0; 512], b"PK tail"].concat();
    expect![[r#"
        1 tar "" 3079 archive_trailing
        1/tar:0 text "a.txt" 5
        1/tar:rest elf "" 512
        1/tar:rest1 text "" 7
    "#]]
    .assert_eq(&show(&open(&tape)));
    // A header that some pass over and others believe.
    let mut wrong = head("run.exe", b'0', &octal(15));
    wrong[150] ^= 1;
    let tape = [&member("a.txt", b"words")[..], &wrong, &padded(PROGRAM), &member("b.txt", b"more")].concat();
    let content = open(&tape);
    let names: Vec<String> = content.items.iter().map(|item| item.names.join("|")).collect();
    assert_eq!(names, ["", "a.txt", "run.exe", "b.txt"]);
    assert_eq!(content.items[2].kind, "elf");
}

#[test]
fn records_for_all_members_count_for_all() {
    let records = b"11 size=15\n16 path=run.exe\n";
    let tape = [
        &head("g", b'g', &octal(records.len()))[..],
        &padded(records),
        &head("a.txt", b'0', &octal(0)),
        &padded(PROGRAM),
        &head("b.txt", b'0', &octal(0)),
        &padded(PROGRAM),
    ]
    .concat();
    let content = open(&tape);
    let programs = content.items.iter().filter(|item| item.kind == "elf" && item.names[0] == "run.exe").count();
    assert_eq!(programs, 2, "{}", show(&content));
}

#[test]
fn links_of_a_tape_to_other_machines_are_links() {
    let target = b"//evil.example/share";
    let mut short = head("a", b'2', &octal(0));
    short[157..177].copy_from_slice(target);
    sum(&mut short);
    let records = b"33 linkpath=//evil.example/share\n";
    let long = [&head("l", b'K', &octal(target.len()))[..], &padded(target)].concat();
    let said = [&head("x", b'x', &octal(records.len()))[..], &padded(records)].concat();
    let plain = head("a", b'2', &octal(0)).to_vec();
    for tape in [short.to_vec(), [long, plain.clone()].concat(), [said, plain].concat()] {
        let content = open(&[&tape[..], &[0; 1024]].concat());
        assert_eq!(content.items[1].links[0].target, "//evil.example/share", "{}", show(&content));
        assert_eq!(content.items[0].marks, ["link_entry"]);
    }
    let mut near = head("a", b'2', &octal(0));
    near[157..165].copy_from_slice(b"../b.txt");
    sum(&mut near);
    assert!(open(&[&near[..], &[0; 1024]].concat()).items[1].links.is_empty());
}

#[test]
fn the_map_of_a_sparse_member_goes_on_before_its_data() {
    let mut sparse = head("run.exe", b'S', &octal(700));
    sparse[257..265].copy_from_slice(b"ustar  \0");
    sparse[482] = 1;
    sum(&mut sparse);
    let mut map = [0_u8; 1024];
    map[504] = 1;
    let data = [PROGRAM, &[b'x'; 685]].concat();
    let tape = [&sparse[..], &map, &padded(&data), &member("b.txt", b"words")].concat();
    expect![[r#"
        1 tar "" 3584
        1/tar:0 elf "run.exe" 700
        1/tar:1 text "b.txt" 5
    "#]]
    .assert_eq(&show(&open(&tape)));
}

/// A record of a folder (ECMA-119 9.1).
fn record(name: &[u8], flags: u8, at: u32, size: u32) -> Vec<u8> {
    let length = (33 + name.len()).next_multiple_of(2);
    let mut record = vec![0_u8; length];
    record[0] = length as u8;
    record[2..6].copy_from_slice(&at.to_le_bytes());
    record[10..14].copy_from_slice(&size.to_le_bytes());
    record[25] = flags;
    record[32] = name.len() as u8;
    record[33..33 + name.len()].copy_from_slice(name);
    record
}

/// An image: the root folder's records, and sectors from number 19 on.
fn disc(root: &[Vec<u8>], sectors: &[&[u8]]) -> Vec<u8> {
    let mut image = vec![0_u8; 16 * 2048];
    let mut volume = vec![0_u8; 2048];
    volume[..6].copy_from_slice(b"\x01CD001");
    let own = record(&[0], 2, 18, 2048);
    volume[156..156 + own.len()].copy_from_slice(&own);
    image.extend(volume);
    image.extend([b"\xffCD001".as_slice(), &[0; 2042]].concat());
    let list = root.concat();
    assert!(list.len() <= 2048);
    for sector in std::iter::once(list.as_slice()).chain(sectors.iter().copied()) {
        let start = image.len();
        image.extend_from_slice(sector);
        image.resize(start + 2048, 0);
    }
    image
}

#[test]
fn one_place_under_two_sizes_is_two_folders() {
    let list = record(b"RUN.EXE", 0, 20, 15);
    let image =
        disc(&[record(b"DIR", 2, 19, 2048), record(b"DIR", 2, 19, 0), record(b"DIR", 2, 19, 30)], &[&list, PROGRAM]);
    let content = open(&image);
    assert!(content.items.iter().any(|item| item.kind == "elf" && item.names == ["DIR/RUN.EXE"]), "{}", show(&content));
}

#[test]
fn files_of_more_than_one_place() {
    // The first place of one is the whole of another.
    let image = disc(
        &[
            record(b"A.TXT", 0, 19, 2048),
            record(b"B.BIN", 0x80, 19, 2048),
            record(b"B.BIN", 0, 20, 5),
            record(b"RUN.EXE", 0x80, 21, 15),
            record(b"NOTE.TXT", 0, 19, 5),
            record(b"LAST.BIN", 0x80, 22, 9),
        ],
        &[b"words", b"more.", PROGRAM, &PROGRAM[..9]],
    );
    expect![[r#"
        1 iso "" 47104 malformed
        1/iso:0 unknown "A.TXT" 2048
        1/iso:1 unknown "B.BIN" 2053
        1/iso:2 elf "RUN.EXE" 15
        1/iso:3 text "NOTE.TXT" 5
        1/iso:4 elf "RUN.EXE|NOTE.TXT" 20 type_conflict
        1/iso:5 elf "LAST.BIN" 9
        unopened 1/iso:5 broken
    "#]]
    .assert_eq(&show(&open(&image)));
}

#[test]
fn no_name_of_shared_data_is_lost() {
    let records: Vec<Vec<u8>> = (0..40).map(|number| record(format!("F{number}.TXT").as_bytes(), 0, 19, 5)).collect();
    let image = disc(&[records, vec![record(b"RUN.JS", 0, 19, 5)]].concat(), &[b"words"]);
    let content = open(&image);
    let names: Vec<&String> = content.items.iter().flat_map(|item| &item.names).collect();
    assert!(names.len() == 41 && names.iter().any(|name| *name == "RUN.JS"), "{names:?}");
}

#[test]
fn raw_sectors_of_both_modes() {
    let image = disc(&[record(b"RUN.EXE", 0, 19, 15)], &[PROGRAM]);
    for data_at in [16, 24] {
        let raw: Vec<u8> = image
            .chunks(2048)
            .flat_map(|sector| {
                let head = b"\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0".iter().copied().chain([0; 12]).take(data_at);
                let tail = vec![0; 2352 - 2048 - data_at];
                head.chain(sector.iter().copied()).chain(tail).collect::<Vec<u8>>()
            })
            .collect();
        let content = open(&raw);
        assert!(content.items.iter().any(|item| item.names == ["RUN.EXE"] && item.kind == "elf"), "{}", show(&content));
        assert_eq!((content.items[0].kind.as_str(), content.items[0].marks.len()), ("iso", 0));
    }
}

#[test]
fn folders_of_a_floppy_that_share_a_circle_of_clusters() {
    // FAT12: 2,847 clusters of a sector; cluster 2 follows itself. Each of many folders begins at another cluster that leads
    // into the circle.
    let mut image = vec![0_u8; 1_474_560];
    image[..3].copy_from_slice(b"\xeb\x3c\x90");
    for (at, value) in [(11, 512_u16), (14, 1), (17, 224), (19, 2880), (22, 9)] {
        image[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    (image[13], image[16], image[510], image[511]) = (1, 2, 0x55, 0xaa);
    image[21] = 0xf0;
    for cluster in 2..402_usize {
        let at = 512 + cluster * 3 / 2;
        let pair = u16::from_le_bytes([image[at], image[at + 1]]);
        let pair = if cluster % 2 == 1 { (pair & 0xf) | (2 << 4) } else { (pair & 0xf000) | 2 };
        image[at..at + 2].copy_from_slice(&pair.to_le_bytes());
    }
    let root = 512 * 19;
    for number in 0..200_usize {
        let entry = &mut image[root + number * 32..root + number * 32 + 32];
        entry[..11].copy_from_slice(format!("D{number:<10}").as_bytes());
        entry[11] = 0x10;
        entry[26..28].copy_from_slice(&(number as u16 + 3).to_le_bytes());
    }
    let content = open_with(&image, &[], Limits::default());
    assert!(content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{:?}", content.unopened);
}

#[test]
fn marks_in_front_of_an_archive_hide_nothing() {
    let rar = super::sample!("v50.rar");
    let decoys = b"Rar!\x1a\x07\x55".repeat(50);
    let picture = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), &decoys, rar].concat();
    let content = open(&picture);
    assert!(content.items.len() > 1 && content.items[0].marks.iter().any(|mark| mark == "polyglot"), "{content:?}");
    let archive = crate::formats::office::testing::zip_of(&[("run.exe", PROGRAM)]);
    let picture = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), &archive, &b"PK\x05\x06 false".repeat(400)].concat();
    let content = open(&picture);
    assert!(content.items.iter().any(|item| item.kind == "elf"), "{content:?}");
}

#[test]
fn many_entries_of_one_streamed_header_are_read_once() {
    let mut archive = Vec::new();
    archive.extend(b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a");
    archive.extend(vec![0x55; 8 * 1024 * 1024]);
    let at = archive.len();
    for _ in 0..9_000 {
        archive.extend(b"PK\x01\x02\x14\0\x14\0\x08\0\0\0\0\0\0\0\0\0\0\0\x09\0\0\0\x09\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a");
    }
    let size = archive.len() - at;
    archive.extend(b"PK\x05\x06\0\0\0\0\x28\x23\x28\x23");
    archive.extend((size as u32).to_le_bytes());
    archive.extend((at as u32).to_le_bytes());
    archive.extend([0, 0]);
    // Nine thousand searches through eight megabytes would take many seconds.
    let content = open_with(&archive, &[], Limits::default());
    assert!(content.items[0].marks.iter().any(|mark| mark == "zip_overlap"), "{:?}", content.items[0]);
}

#[test]
fn no_name_of_shared_entries_is_lost() {
    let mut names: Vec<String> = (0..60).map(|number| format!("file{number:02}.txt")).collect();
    names.push("run000.js0".to_owned());
    let mut archive = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\x05\0\0\0\x0a\0\0\0".to_vec();
    archive[14..18].copy_from_slice(&crc32fast::hash(b"words").to_le_bytes());
    archive.extend(b"file00.txtwords");
    let at = archive.len();
    for name in &names {
        let mut entry =
            b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\x05\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                .to_vec();
        entry[16..20].copy_from_slice(&crc32fast::hash(b"words").to_le_bytes());
        archive.extend(entry);
        archive.extend(&name.as_bytes()[..10]);
    }
    let size = archive.len() - at;
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend((names.len() as u16).to_le_bytes().repeat(2));
    archive.extend((size as u32).to_le_bytes());
    archive.extend((at as u32).to_le_bytes());
    archive.extend([0, 0]);
    let content = open(&archive);
    let known: Vec<&String> = content.items.iter().flat_map(|item| &item.names).collect();
    assert!(names.iter().all(|name| known.contains(&name)), "{known:?}");
}

#[test]
fn packed_data_behind_something_else() {
    let packed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let gz = packed(PROGRAM);
    let padded = [&packed(b"hello")[..], &[0; 100], &gz].concat();
    let behind = [b"\x01\x02 junk of no kind ".repeat(30).as_slice(), &gz].concat();
    let far = [vec![7; 3 * 1024 * 1024].as_slice(), super::sample!("v50.rar")].concat();
    // All members are one file.
    assert_eq!(open(&padded).items[1].size, 20);
    for (name, bytes) in [("junk before", behind), ("far behind", far)] {
        let content = open(&bytes);
        let is_program = |kind: &str| matches!(kind, "elf" | "exe");
        assert!(content.items.iter().any(|item| is_program(&item.kind)), "{name}: {}", show(&content));
    }
    let content = open(&b"\x01\x02 \x1f\x8b\x08 \x28\xb5\x2f\xfd BZh9 \xfd7zXZ\0 of no kind".repeat(400));
    assert_eq!((content.items.len(), content.unopened.len()), (1, 0), "{}", show(&content));
}

#[test]
fn a_document_that_an_archive_holds_as_it_is_is_no_second_kind() {
    let pdf = include_bytes!("../../../../testdata/pdf/reportlab.pdf").as_slice();
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::write::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("a.pdf", options).unwrap();
    std::io::Write::write_all(&mut writer, pdf).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    let tape: Vec<u8> = [&member("a.pdf", pdf)[..], &[0; 1024]].concat();
    for bytes in [zip, tape.clone()] {
        let content = open(&bytes);
        assert_eq!(
            (content.items.len(), content.items[0].marks.len(), content.unopened.len()),
            (2, 0, 0),
            "{content:?}"
        );
    }
    // One in front of the archive is.
    let mut hidden = tape;
    hidden[..15].copy_from_slice(b"%PDF-1.4 a.pdf\0");
    let mut head: [u8; 512] = hidden[..512].try_into().unwrap();
    sum(&mut head);
    hidden[..512].copy_from_slice(&head);
    assert!(!open(&hidden).items[0].marks.is_empty());
}

#[test]
fn what_stands_behind_a_rar_is_a_file() {
    for rar in [super::sample!("v50.rar"), super::sample!("v29.rar"), super::sample!("v50-solid.rar")] {
        let before = open(rar).items.len();
        let content = open(&[rar, PROGRAM].concat());
        assert_eq!(content.items.len(), before + 1);
        let rest = content.items.last().unwrap();
        assert_eq!((rest.kind.as_str(), rest.place.as_str()), ("elf", "1/rar:rest"));
    }
}

#[test]
fn what_is_only_called_an_archive_is_said_to_be_unopened() {
    let noise: Vec<u8> = (0..2_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (name, is_said) in [
        ("a.rar", true),
        ("A.ZIP ", true),
        ("a.br", true),
        ("a.dmg", true),
        ("a.SparseImage", true),
        ("a.arc", true),
        ("a.ost", true),
        ("a.nsf", true),
        ("a.dat", false),
        ("", false),
    ] {
        let content = crate::formats::shown::open(name, "", &noise);
        assert_eq!(content.items[0].kind, "unknown");
        assert_eq!(!content.unopened.is_empty(), is_said, "{name:?}");
    }
}
