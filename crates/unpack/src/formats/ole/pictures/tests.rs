//! Pictures in documents of the old formats: by LibreOffice, and records made by hand.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "numbers of the test itself"
)]

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use scan::content::Content;

use crate::formats::image::tests::made::{Canvas, Random, code};
use crate::formats::office::testing::{compound_of, mutate, open, unzipped};

const SAYS: &str = "https://evil.example/picture?x=1";

fn code_of(pixels: u32) -> Canvas {
    Canvas::of(&code(SAYS), pixels, 4)
}

fn photo() -> Canvas {
    let mut random = Random(7);
    Canvas::from_func(120, 90, |x, y| [x, y, x + y].map(|at| (at as usize + random.below(40)) as u8))
}

/// A record of a picture: its instance, its type, what stands in front, the picture.
fn blip(instance: u16, kind: u16, front: &[u8], picture: &[u8]) -> Vec<u8> {
    let size = (front.len() + picture.len()) as u32;
    [&(instance << 4).to_le_bytes(), &kind.to_le_bytes(), &size.to_le_bytes()[..], front, picture].concat()
}

fn bitmap_blip(kind: u16, picture: &[u8]) -> Vec<u8> {
    blip(0x6e0, kind, &[7; 17], picture)
}

/// A metafile's record: packed or as it is.
fn metafile_blip(kind: u16, is_packed: bool, metafile: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(metafile).unwrap();
    let bytes = if is_packed { packed.finish().unwrap() } else { metafile.to_vec() };
    let said = [(metafile.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes()];
    let front = [&[7; 16], &said[0][..], &[0; 24], &said[1], &[if is_packed { 0 } else { 0xfe }, 0xfe]].concat();
    blip(0x3d4, kind, &front, &bytes)
}

/// A metafile of Windows that shows a bitmap.
fn metafile(bitmap: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 0, 9, 0, 0, 3];
    bytes.extend([0; 12]);
    bytes.extend(((bitmap.len() as u32 + 28) / 2).to_le_bytes());
    bytes.extend([0x43, 0x0f]);
    bytes.extend([0; 22]);
    bytes.extend(bitmap);
    bytes.extend([3, 0, 0, 0, 0, 0]);
    bytes
}

fn document(data: &[u8]) -> Content {
    open(&compound_of(&[("WordDocument", &[0; 2000]), ("Data", data)]))
}

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

fn says(content: &Content, what: &str) -> bool {
    content.items.iter().any(|item| item.text == what && item.marks.contains(&"qr".to_owned()))
}

/// Kinds of the children.
fn kinds(content: &Content) -> Vec<&str> {
    content.items[1..].iter().map(|item| item.kind.as_str()).collect()
}

#[test]
fn documents_of_another_program() {
    for (name, bytes) in [
        ("doc", &include_bytes!("../../../../testdata/office/code.doc.gz")[..]),
        ("xls", include_bytes!("../../../../testdata/office/code.xls.gz")),
        ("ppt", include_bytes!("../../../../testdata/office/code.ppt.gz")),
    ] {
        let content = open(&unzipped(bytes));
        assert!(says(&content, "http://evil.example/x"), "{name}: {:?}", content.items);
        assert_eq!(kinds(&content), ["png"], "{name}");
        assert!(content.unopened.is_empty(), "{name}");
    }
}

#[test]
fn records_of_every_kind() {
    let bitmap = &code_of(4).bmp()[14..];
    for (name, data, kind) in [
        ("PNG", bitmap_blip(0xf01e, &code_of(4).png()), "png"),
        ("JPEG", bitmap_blip(0xf01d, &code_of(4).jpeg(90)), "jpeg"),
        ("TIFF", bitmap_blip(0xf029, &code_of(4).tiff()), "tiff"),
        ("a bitmap", bitmap_blip(0xf01f, bitmap), "bmp"),
        ("two hashes", blip(0x7a9, 0xf01f, &[9; 33], bitmap), "bmp"),
        ("another kind than its record says", bitmap_blip(0xf01f, &code_of(4).tiff()), "tiff"),
        ("GIF", bitmap_blip(0xf01e, &code_of(4).gif()), "gif"),
    ] {
        let content = document(&[&[1; 300], &data[..], &[2; 300]].concat());
        assert!(says(&content, SAYS), "{name}");
        assert_eq!(kinds(&content), [kind], "{name}");
    }
}

#[test]
fn records_that_are_broken_hide_nothing() {
    let png = code_of(4).png();
    let none = [&[0; 700][..], &png, &[0; 700]].concat();
    let short = [bitmap_blip(0xf01e, &png[..200]), png[200..].to_vec(), vec![0; 3000]].concat();
    let mut long = bitmap_blip(0xf01d, &png);
    long[4..8].fill(0xff);
    // A picture that holds another, as far as its pieces say.
    let around = [&[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff], &none[..]].concat();
    for (name, data) in [("none", &none), ("short", &short), ("long", &long), ("within another", &around)] {
        assert!(says(&document(data), SAYS), "{name}");
    }
}

#[test]
fn metafiles_are_unpacked_and_their_bitmaps_taken_out() {
    let windows = metafile(&code_of(4).bmp()[14..]);
    let newer = [&[1, 0, 0, 0], &[0; 36][..], b" EMF", &[0; 60], &code_of(4).png(), &[0; 8]].concat();
    for (name, data, expected) in [
        ("packed", metafile_blip(0xf01b, true, &windows), ["wmf", "bmp"]),
        ("as it is", metafile_blip(0xf01b, false, &windows), ["wmf", "bmp"]),
        ("newer", metafile_blip(0xf01a, true, &newer), ["emf", "png"]),
    ] {
        let content = document(&[&data[..], &[0; 4000]].concat());
        assert_eq!(kinds(&content), expected, "{name}");
        assert!(says(&content, SAYS), "{name}");
    }
}

#[test]
fn pictures_of_a_workbook_are_put_together() {
    let drawn = bitmap_blip(0xf01f, &code_of(4).bmp()[14..]);
    let begin = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]);
    let pieces = |first: u16, rest: u16| {
        let pieces = drawn.chunks(8000).enumerate();
        pieces.map(|(at, piece)| record(if at == 0 { first } else { rest }, piece)).collect::<Vec<_>>().concat()
    };
    let bitmap = [&[9, 0, 1, 0, 0, 0, 0, 0], &code_of(1).bmp()[14..]].concat();
    for (name, records) in [
        ("continued", pieces(0x00eb, 0x003c)),
        ("each a group", pieces(0x00eb, 0x00eb)),
        ("of a sheet", pieces(0x00ec, 0x003c)),
        ("behind a sheet", record(0x00e9, &bitmap)),
    ] {
        let content = open(&compound_of(&[("Workbook", &[begin.clone(), records].concat())]));
        assert!(says(&content, SAYS), "{name}");
        assert_eq!(kinds(&content), ["bmp"], "{name}");
    }
}

#[test]
fn honest_pictures_are_taken_out_once_and_unmarked() {
    let photo = photo();
    let data = [
        bitmap_blip(0xf01d, &photo.jpeg(80)),
        bitmap_blip(0xf01e, &photo.png()),
        bitmap_blip(0xf01e, &photo.png()),
        metafile_blip(0xf01b, true, &metafile(&photo.bmp()[14..])),
        b"It begins with GIF89a, said the letter, and ends with no more than that.".to_vec(),
    ];
    let content = document(&data.concat());
    assert_eq!(kinds(&content), ["jpeg", "png", "wmf", "bmp"]);
    let marks: Vec<&String> = content.items[1..].iter().flat_map(|item| &item.marks).collect();
    assert!(marks.is_empty() && content.items[1..].iter().all(|item| item.text.is_empty()), "{marks:?}");
}

#[test]
fn pictures_that_lie_in_each_other_end() {
    // Each ends with the last.
    let crowd = [[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0].repeat(5_000), vec![0; 200_000], vec![0xff, 0xd9]].concat();
    let content = document(&crowd);
    assert!(content.items.len() < 50 && !content.unopened.is_empty(), "{}", content.items.len());
    // Blocks of blocks, which are followed from each.
    let gif = [b"GIF89a\0\0\0\0\0\0\0\x21\xff\x0f".repeat(9_000), [1, 1].repeat(500_000)].concat();
    assert!(document(&gif).items.len() < 50);
    let many = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'].repeat(20_000);
    assert!(!document(&many).unopened.is_empty());
}

#[test]
fn damaged_pictures_never_panic() {
    let data =
        [bitmap_blip(0xf01e, &code_of(1).png()), metafile_blip(0xf01b, true, &metafile(&code_of(1).bmp()[14..]))];
    mutate(&compound_of(&[("WordDocument", &[0; 20]), ("Data", &data.concat())]), 60);
}

#[test]
fn streams_that_begin_as_files_are_looked_at() {
    for start in [&b"MZ\0\0"[..], b"<html>", b"%PDF-1.4"] {
        let data = [start, &bitmap_blip(0xf01e, &code_of(4).png())].concat();
        assert!(says(&document(&data), SAYS), "{start:?}");
    }
}

#[test]
fn more_bitmaps_than_are_taken_are_said() {
    let book = |one: &[u8], count: usize| {
        let records = [record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]), one.repeat(count)].concat();
        open(&compound_of(&[("Workbook", &records)]))
    };
    let bitmap = [&[9, 0, 1, 0, 0, 0, 0, 0][..], &code_of(2).bmp()[14..]].concat();
    let many = book(&record(0x007f, &[9, 0, 1, 0, 0, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0]), 1_200);
    assert!(many.items[0].marks.contains(&"picture_unread".to_owned()));
    // Those that hold nothing are none.
    let empty = book(&record(0x007f, &[9, 0]), 50_000);
    assert_eq!((empty.items.len(), empty.items[0].marks.len()), (1, 0));
    assert!(says(&book(&record(0x007f, &bitmap), 1), SAYS));
}
