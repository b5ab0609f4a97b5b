//! Pictures in, what their codes say out: made here in many ways, and the public set of another project.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

mod made;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use scan::content::{Content, LinkKind};

use self::made::{Canvas, code};
use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

pub(super) fn open(pictures: &[Vec<u8>]) -> Content {
    let parts = pictures.iter().enumerate().map(|(number, bytes)| Part {
        place: number.to_string(),
        declared: "image/png".to_owned(),
        inline: true,
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    });
    unpack(&Request { parts: parts.collect(), ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn said(content: &Content) -> String {
    content.items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_code_is_text_link_and_mark() {
    let content = open(&[Canvas::of(&code("https://evil.example/qr?x=1"), 6, 4).png()]);
    let item = &content.items[0];
    assert_eq!(item.text, "https://evil.example/qr?x=1");
    assert_eq!((item.links[0].kind, item.links[0].target.as_str()), (LinkKind::Code, "https://evil.example/qr?x=1"));
    assert_eq!(item.marks, ["qr"]);
}

#[test]
fn pieces_are_put_together() {
    let canvas = Canvas::of(&code("https://evil.example/split"), 8, 4);
    let (width, height) = (canvas.width, canvas.height);
    let cut = |x: u32, y: u32, w: u32, h: u32| canvas.cut(x, y, w, h).png();
    let (half, third) = (width / 2, width / 3);
    let cases: Vec<Vec<Vec<u8>>> = vec![
        vec![cut(0, 0, half, height), cut(half, 0, width - half, height)],
        vec![cut(0, 0, width, half), cut(0, half, width, height - half)],
        vec![cut(0, 0, third, height), cut(third, 0, third, height), cut(2 * third, 0, width - 2 * third, height)],
        vec![
            cut(0, 0, half, half),
            cut(half, 0, width - half, half),
            cut(0, half, half, height - half),
            cut(half, half, width - half, height - half),
        ],
    ];
    for (number, pictures) in cases.iter().enumerate() {
        let content = open(pictures);
        assert!(said(&content).contains("https://evil.example/split"), "case {number}");
        assert!(content.items[0].marks.contains(&"qr".to_owned()));
    }
}

#[test]
fn pictures_without_codes_say_nothing() {
    let mut noise = made::Random(7);
    let photo = Canvas::from_func(320, 240, |x, y| {
        let base = (x * 255 / 320) as u8;
        [base.wrapping_add(noise.below(40) as u8), (y % 256) as u8, 128]
    });
    let stripes = Canvas::from_func(200, 200, |x, _| if (x / 10) % 2 == 0 { [0; 3] } else { [255; 3] });
    let flat = Canvas::from_func(100, 100, |_, _| [200, 10, 10]);
    for picture in [photo.png(), photo.jpeg(80), stripes.png(), flat.png()] {
        let content = open(&[picture]);
        assert!(content.items[0].marks.is_empty() && content.items[0].text.is_empty() && content.unopened.is_empty());
    }
}

#[test]
fn large_pictures_are_said_to_be_unread() {
    // A head that promises hundreds of megapixels, and one that is cut short.
    let mut bomb = Canvas::from_func(30, 30, |_, _| [0; 3]).bmp();
    bomb[18..26].copy_from_slice(&[0, 0x40, 0, 0, 0, 0x40, 0, 0]);
    let cut = Canvas::from_func(30, 30, |_, _| [0; 3]).png();
    assert_eq!(open(&[cut[..40].to_vec()]).items[0].marks, ["picture_unread"]);
    assert_eq!(open(&[bomb]).items[0].marks, ["picture_unread"]);
}

#[test]
fn the_public_set_is_read_whole() {
    // As the suites of MIME: `POSTERN_SUITES`, or beside the checkout.
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites");
    let suites = std::env::var_os("POSTERN_SUITES").map_or_else(beside, PathBuf::from);
    let folder = suites.join("qr-strelka/src/python/strelka/tests/fixtures");
    let Ok(files) = std::fs::read_dir(&folder) else {
        return eprintln!("{} is not here: the public set is not read", folder.display());
    };
    let files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} holds no picture", folder.display());
    let mut unread = Vec::new();
    for file in files {
        let content = open(&[std::fs::read(&file).unwrap()]);
        if !content.items[0].marks.contains(&"qr".to_owned()) {
            unread.push(file);
        }
    }
    assert!(unread.is_empty(), "{unread:?}");
}

#[test]
fn nineteen_of_twenty_variants_are_read() {
    let variants = made::variants();
    assert_eq!(variants.len(), 200);
    let mut unread = Vec::new();
    for (name, content, picture) in &variants {
        if !said(&open(std::slice::from_ref(picture))).contains(content.as_str()) {
            unread.push(name.as_str());
        }
    }
    assert!(unread.len() <= 10, "{} unread: {unread:?}", unread.len());
}

#[test]
fn damaged_pictures_never_panic() {
    let canvas = Canvas::of(&code("https://evil.example/x"), 1, 1);
    let seeds = [canvas.png(), canvas.jpeg(70), canvas.gif(), canvas.bmp()];
    let mut random = made::Random(0x5eed_0001);
    for round in 0..2000_usize {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=random.below(6) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.below(256) as u8,
                _ => bytes.truncate(at.max(9)),
            }
        }
        assert_eq!(open(&[bytes]).items.len(), 1);
    }
}
