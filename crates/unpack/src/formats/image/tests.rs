//! Pictures in, what their codes say out: made here in many ways, and the public set of another project.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

mod bare;
mod closer;
mod crowds;
mod hundreds;
mod kinds;
pub(crate) mod made;
mod moving;
mod pieces;
mod public_set;

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
fn a_paler_code_beside_another_is_read() {
    let good = Canvas::of(&code("https://good.example/"), 6, 4);
    let evil = code("https://evil.example/pale");
    for colours in [([150; 3], [255; 3]), ([200, 200, 60], [255, 255, 250]), ([255; 3], [90; 3])] {
        let pale = Canvas::coloured(&evil, 6, 4, colours);
        let both = Canvas::from_func(good.width + pale.width, pale.height.max(good.height), |x, y| {
            let (own, x) = if x < good.width { (&good, x) } else { (&pale, x - good.width) };
            if y < own.height { own.image.get_pixel(x, y).0 } else { [255; 3] }
        });
        let content = open(&[both.png()]);
        assert!(said(&content).contains("https://evil.example/pale"), "{colours:?}: {}", said(&content));
        assert_eq!(content.items[0].marks, ["qr"]);
    }
}

/// An icon of these pictures, each a PNG.
fn icon(pngs: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(pngs.len()).unwrap();
    let mut head = [[0, 0, 1, 0].as_slice(), &count.to_le_bytes()].concat();
    let mut data = Vec::new();
    for png in pngs {
        let at = 6 + 16 * pngs.len() + data.len();
        head.extend([0, 0, 0, 0, 1, 0, 32, 0]);
        head.extend(u32::try_from(png.len()).unwrap().to_le_bytes());
        head.extend(u32::try_from(at).unwrap().to_le_bytes());
        data.extend(png);
    }
    [head, data].concat()
}

#[test]
fn each_picture_of_an_icon_is_read() {
    let shown = Canvas::of(&code("https://evil.example/icon"), 4, 4).png();
    let blank = Canvas::from_func(32, 32, |_, _| [255; 3]).png();
    let marks = |pngs: &[Vec<u8>]| open(&[icon(pngs)]).items[0].marks.clone();
    assert_eq!(marks(&[shown.clone(), blank.clone()]), ["qr"]);
    assert_eq!(marks(&[blank.clone(), shown.clone(), blank.clone()]), ["qr"]);
    assert!(marks(&vec![blank.clone(); 8]).is_empty());
    assert_eq!(marks(&[vec![blank; 20], vec![shown]].concat()), ["picture_unread"]);
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
fn pieces_over_each_other_are_put_together() {
    let canvas = Canvas::of(&code("https://evil.example/over"), 8, 4);
    let half =
        |is_upper: bool| canvas.map(|_, y, rgb| if (y < canvas.height / 2) == is_upper { rgb } else { [255; 3] }).png();
    assert!(said(&open(&[half(true), half(false)])).contains("https://evil.example/over"));
    let clear = |is_odd: bool| {
        canvas.map(|x, _, rgb| if (x / 30 % 2 == 1) == is_odd { rgb } else { [255; 3] }).clear_png([0; 3])
    };
    assert!(said(&open(&[clear(true), clear(false)])).contains("https://evil.example/over"));
}

#[test]
fn drawn_out_speckled_and_lighter_on_one_side() {
    let modules = code("https://evil.example/bent");
    let plain = Canvas::of(&modules, 6, 4);
    let sized = |width: u32, height: u32| {
        let image = image::imageops::resize(&plain.image, width, height, image::imageops::FilterType::Nearest);
        Canvas { width, height, image }.png()
    };
    let (width, height) = (plain.width, plain.height);
    let speckled = |percent: usize, seed: u64| {
        let mut random = made::Random(seed);
        plain.map(|_, _, rgb| if random.below(100) < percent { [random.below(256) as u8; 3] } else { rgb }).png()
    };
    let graded = |is_across: bool, from: u32| {
        let plain = plain.map(|x, y, [shade, ..]| {
            let share = from + 120 * if is_across { x } else { y } / width;
            [u8::try_from(if shade < 128 { share } else { 130 + share }).unwrap_or(255); 3]
        });
        plain.png()
    };
    let mut large = Canvas::from_func(900, 700, |_, _| [240; 3]);
    for (x, y, pixel) in plain.image.enumerate_pixels() {
        large.image.put_pixel(300 + x * 2, 100 + y, *pixel);
        large.image.put_pixel(301 + x * 2, 100 + y, *pixel);
    }
    for (name, picture) in [
        ("twice as wide", sized(width * 2, height)),
        ("twice as high", sized(width, height * 2)),
        ("two to three", sized(width * 3 / 2, height)),
        ("wide in a larger one", large.png()),
        ("some salt and pepper", speckled(3, 1)),
        ("salt and pepper", speckled(8, 2)),
        ("lighter on the right", graded(true, 0)),
        ("lighter below", graded(false, 0)),
    ] {
        assert!(said(&open(&[picture])).contains("https://evil.example/bent"), "{name}");
    }
}

#[test]
fn one_pixel_a_module() {
    for text in ["http://evil-host.example/login?u=bob", "https://evil.example/small", "https://evil.example/a/b?c=d"] {
        assert_eq!(said(&open(&[Canvas::of(&code(text), 1, 2).png()])), text);
    }
}

#[test]
fn tiff_and_icons() {
    let canvas = Canvas::of(&code("https://evil.example/old"), 6, 4);
    let icon = canvas.scaled(200);
    let content = open(&[canvas.tiff(), canvas.lzw_tiff(), icon.ico()]);
    let kinds: Vec<&str> = content.items.iter().map(|item| item.kind.as_str()).collect();
    assert_eq!(kinds, ["tiff", "tiff", "ico"]);
    for item in &content.items {
        assert_eq!(
            (item.text.as_str(), item.marks.as_slice()),
            ("https://evil.example/old", ["qr".to_owned()].as_slice())
        );
    }
}

#[test]
fn the_second_page_of_a_tiff_is_read() {
    let blank = Canvas::from_func(64, 64, |_, _| [255; 3]).tiff();
    let second = Canvas::of(&code("https://evil.example/page2"), 6, 4).tiff();
    // The second file behind the first: all its places move by the length of the first.
    let shift = u32::try_from(blank.len()).unwrap();
    let number = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let short = |bytes: &[u8], at: usize| usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()));
    let mut moved = second.clone();
    let start = number(&second, 4) as usize;
    for entry in 0..short(&second, start) {
        let at = start + 2 + entry * 12;
        let size = [0, 1, 1, 2, 4, 8][short(&second, at + 2).min(5)] * number(&second, at + 4);
        let is_place = size > 4;
        let tag = short(&second, at);
        let value = number(&second, at + 8);
        if is_place {
            moved[at + 8..at + 12].copy_from_slice(&(value + shift).to_le_bytes());
            // Where the strips stand.
            if tag == 273 {
                for strip in 0..number(&second, at + 4) as usize {
                    let at = value as usize + strip * 4;
                    moved[at..at + 4].copy_from_slice(&(number(&second, at) + shift).to_le_bytes());
                }
            }
        } else if tag == 273 {
            moved[at + 8..at + 12].copy_from_slice(&(value + shift).to_le_bytes());
        }
    }
    let mut both = blank.clone();
    both.extend(&moved);
    let first = number(&blank, 4) as usize;
    let next = first + 2 + short(&blank, first) * 12;
    both[next..next + 4].copy_from_slice(&(number(&second, 4) + shift).to_le_bytes());
    let content = open(&[both]);
    assert_eq!(content.items[0].text, "https://evil.example/page2");
}

#[test]
fn kinds_that_are_not_decoded_are_said() {
    let film = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    let cases: [(&[u8], bool); 8] = [
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", true),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", true),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", true),
        (b"\xff\x4f\xff\x51\0\x2f\0\0\0\0", true),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", true),
        (b"\xff\x0a\xfa\x1f\x41\x91\x08\x06\x01\0", true),
        (&film, false),
        (b"\x01\x02\x03\x04 nothing", false),
    ];
    for (bytes, is_unread) in cases {
        let marks = &open(&[bytes.to_vec()]).items[0].marks;
        assert_eq!(marks.contains(&"picture_unread".to_owned()), is_unread, "{bytes:?}");
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
fn nineteen_of_twenty_pictures_are_read() {
    let variants = made::variants();
    assert_eq!(variants.len(), 100);
    let mut unread = Vec::new();
    for (name, content, picture) in &variants {
        if !said(&open(std::slice::from_ref(picture))).contains(content.as_str()) {
            unread.push(name.as_str());
        }
    }
    assert!(unread.len() <= 5, "{} unread: {unread:?}", unread.len());
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
