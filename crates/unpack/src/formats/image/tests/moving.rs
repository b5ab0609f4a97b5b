//! Animations: a code in one of the first frames is seen.

use super::made::{Canvas, code};
use super::{open, said};

const URL: &str = "https://evil.example/frame";

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = crc32fast::Hasher::new();
    sum.update(name);
    sum.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length, name.as_slice(), data, &sum.finalize().to_be_bytes()].concat()
}

/// The data of each chunk of that name, one behind the other.
fn data_of(png: &[u8], name: &[u8; 4]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut rest = &png[8..];
    while rest.len() >= 12 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        if &rest[4..8] == name {
            data.extend(&rest[8..8 + length]);
        }
        rest = &rest[12 + length..];
    }
    data
}

/// An APNG of pictures of one size and kind; the first may be none of its frames.
fn apng(pngs: &[Vec<u8>], is_first_a_frame: bool) -> Vec<u8> {
    let head = data_of(&pngs[0], b"IHDR");
    let (size, count) = (head[..8].to_vec(), pngs.len() - usize::from(!is_first_a_frame));
    let mut file = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head)].concat();
    file.extend(chunk(b"acTL", &[(count as u32).to_be_bytes(), [0; 4]].concat()));
    let mut number = 0_u32;
    for (at, png) in pngs.iter().enumerate() {
        if at > 0 || is_first_a_frame {
            // Place, delay, neither disposed nor blended.
            let control = [&number.to_be_bytes(), size.as_slice(), &[0; 8], &[0, 1, 0, 10, 0, 0]].concat();
            file.extend(chunk(b"fcTL", &control));
            number += 1;
        }
        let data = data_of(png, b"IDAT");
        if at == 0 {
            file.extend(chunk(b"IDAT", &data));
        } else {
            file.extend(chunk(b"fdAT", &[&number.to_be_bytes(), data.as_slice()].concat()));
            number += 1;
        }
    }
    file.extend(chunk(b"IEND", &[]));
    file
}

/// An animated WebP of pictures of one size, lossless.
fn moving_webp(canvases: &[&Canvas]) -> Vec<u8> {
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let chunk = |name: &[u8; 4], data: Vec<u8>| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        let padding = vec![0; data.len() % 2];
        [name.as_slice(), &length, &data, &padding].concat()
    };
    let size = [three(canvases[0].width - 1), three(canvases[0].height - 1)].concat();
    let mut inner = b"WEBP".to_vec();
    inner.extend(chunk(b"VP8X", [vec![2, 0, 0, 0], size.clone()].concat()));
    inner.extend(chunk(b"ANIM", vec![255, 255, 255, 255, 0, 0]));
    for canvas in canvases {
        let still = canvas.webp();
        let at = still.windows(4).position(|name| name == b"VP8L").unwrap();
        let frame = [vec![0; 6], size.clone(), three(100), vec![2], still[at..].to_vec()].concat();
        inner.extend(chunk(b"ANMF", frame));
    }
    chunk(b"RIFF", inner)
}

fn blank_and_code() -> (Canvas, Canvas) {
    let shown = Canvas::of(&code(URL), 6, 4);
    (shown.map(|_, _, _| [255; 3]), shown)
}

#[test]
fn frames_of_png_are_read() {
    let (blank, shown) = blank_and_code();
    let (blank, shown) = (blank.png(), shown.png());
    for (name, pngs, is_first_a_frame) in [
        ("second frame", vec![blank.clone(), shown.clone()], true),
        ("fifth frame", vec![blank.clone(), blank.clone(), blank.clone(), blank.clone(), shown.clone()], true),
        ("first frame behind another picture", vec![blank.clone(), shown.clone()], false),
        ("picture that is no frame", vec![shown.clone(), blank.clone()], false),
    ] {
        let content = open(&[apng(&pngs, is_first_a_frame)]);
        assert_eq!(
            (said(&content).as_str(), content.items[0].marks.as_slice()),
            (URL, ["qr".to_owned()].as_slice()),
            "{name}"
        );
    }
    let honest = open(&[apng(&[blank.clone(), blank], true)]);
    assert!(honest.items[0].marks.is_empty(), "{:?}", honest.items[0].marks);
}

#[test]
fn what_is_only_seen_in_a_frame_is_read() {
    // The same colours, seen through in the first frame.
    let shown = Canvas::of(&code(URL), 6, 4);
    let hidden = shown.map(|_, _, _| [255; 3]).clear_png([0; 3]);
    assert_eq!(said(&open(&[apng(&[hidden, shown.clear_png([0; 3])], true)])), URL);
}

#[test]
fn frames_of_webp_are_read() {
    let (blank, shown) = blank_and_code();
    for (name, canvases) in [("second", vec![&blank, &shown]), ("fourth", vec![&blank, &blank, &blank, &shown])] {
        let content = open(&[moving_webp(&canvases)]);
        assert_eq!(
            (said(&content).as_str(), content.items[0].marks.as_slice()),
            (URL, ["qr".to_owned()].as_slice()),
            "{name}"
        );
    }
    assert!(open(&[moving_webp(&[&blank, &blank])]).items[0].marks.is_empty());
}

/// A GIF of pictures, each shown for so many milliseconds.
fn moving_gif(frames: &[(&Canvas, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new_with_speed(&mut bytes, 30);
    for (canvas, shown) in frames {
        let image = image::DynamicImage::from(canvas.image.clone()).into_rgba8();
        let delay = image::Delay::from_numer_denom_ms(*shown, 1);
        encoder.encode_frame(image::Frame::from_parts(image, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    bytes
}

#[test]
fn frames_behind_the_first_ones_are_read() {
    let (blank, shown) = blank_and_code();
    let dot = blank.map(|x, y, rgb| if x + y == 0 { [0; 3] } else { rgb });
    let before = [(&blank, 100), (&dot, 100)].repeat(12);
    for (name, own) in [
        ("the last one", vec![(&shown, 100)]),
        ("the longest one", vec![(&blank, 100), (&shown, 3_000), (&dot, 100), (&blank, 100)]),
        ("many alike", [vec![(&shown, 100); 12], vec![(&blank, 100), (&dot, 200)]].concat()),
    ] {
        let content = open(&[moving_gif(&[before.clone(), own].concat())]);
        assert_eq!(said(&content), URL, "{name}");
        assert_eq!(content.items[0].marks, ["qr"], "{name}");
    }
    assert!(open(&[moving_gif(&before)]).items[0].marks.is_empty());
    // Too large for all of its frames to be looked at: only what is shown long can be read.
    let large = Canvas::from_func(1_000, 1_000, |_, _| [255; 3]);
    let line = large.map(|x, _, rgb| if x < 9 { [0; 3] } else { rgb });
    let film = [(&large, 40), (&line, 40)].repeat(14);
    assert!(open(&[moving_gif(&film)]).items[0].marks.is_empty());
    let slow = [film, vec![(&large, 2_000)]].concat();
    assert_eq!(open(&[moving_gif(&slow)]).items[0].marks, ["picture_unread"]);
}

/// As many slides have it: each is shown for as long as the others.
#[test]
fn a_slide_among_many_is_read() {
    let (blank, shown) = blank_and_code();
    let slide = |number: u32| blank.map(|x, y, rgb| if x / 4 == number && y < 4 { [0; 3] } else { rgb });
    let slides: Vec<Canvas> = (0..40).map(slide).collect();
    let mut frames: Vec<(&Canvas, u32)> = slides.iter().take(32).map(|slide| (slide, 500)).collect();
    frames.insert(20, (&shown, 500));
    let content = open(&[moving_gif(&frames)]);
    assert_eq!((said(&content).as_str(), content.items[0].marks.as_slice()), (URL, ["qr".to_owned()].as_slice()));
    // More than are looked at, which is told; of a film it is not.
    let many = |shown: u32| slides.iter().map(|slide| (slide, shown)).collect::<Vec<_>>();
    assert_eq!(open(&[moving_gif(&many(500))]).items[0].marks, ["picture_unread"]);
    assert!(open(&[moving_gif(&many(100))]).items[0].marks.is_empty());
}

#[test]
fn one_frame_behind_the_picture_is_told() {
    // Of sixteen bits a colour, which is not read in frames.
    let deep = |canvas: &Canvas| {
        let image = image::DynamicImage::from(canvas.image.clone()).into_rgb16();
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(image).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let (blank, shown) = blank_and_code();
    let marks = |pngs: &[Vec<u8>], is_first: bool| open(&[apng(pngs, is_first)]).items[0].marks.clone();
    assert_eq!(marks(&[deep(&blank), deep(&shown)], false), ["picture_unread"]);
    assert!(marks(&[deep(&blank)], true).is_empty());
}

#[test]
fn frames_that_cannot_be_read_are_told() {
    let (blank, shown) = blank_and_code();
    let mut broken = apng(&[blank.png(), shown.png()], true);
    let at = broken.windows(4).rposition(|name| name == b"fdAT").unwrap();
    broken[at + 20] ^= 0xff;
    assert_eq!(open(&[broken]).items[0].marks, ["picture_unread"]);
    let mut broken = moving_webp(&[&blank, &shown]);
    let at = broken.windows(4).rposition(|name| name == b"VP8L").unwrap();
    broken.truncate(at + 12);
    let length = u32::try_from(broken.len() - 8).unwrap();
    broken[4..8].copy_from_slice(&length.to_le_bytes());
    let marks = &open(&[broken]).items[0].marks;
    assert_eq!(marks, &["picture_unread"]);
}

#[test]
fn damaged_animations_never_panic() {
    let canvas = Canvas::of(&code("https://evil.example/x"), 1, 1);
    let blank = canvas.map(|_, _, _| [255; 3]);
    let seeds = [apng(&[blank.png(), canvas.png()], true), moving_webp(&[&blank, &canvas]), canvas.gif()];
    let mut random = super::made::Random(0x5eed_0002);
    for round in 0..600_usize {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        // Names of chunks and their sums keep a file readable as one.
        assert_eq!(open(&[bytes]).items.len(), 1);
    }
}
