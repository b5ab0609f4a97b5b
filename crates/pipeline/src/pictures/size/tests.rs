use super::*;

const GIF: &[u8] = include_bytes!("../../../tests/data/words.gif");
const TWO_FRAMES: &[u8] = include_bytes!("../../../tests/data/second-frame.gif");
const WEBP: &[u8] = include_bytes!("../../../tests/data/words.webp");
const LOSSLESS: &[u8] = include_bytes!("../../../tests/data/lossless.webp");
const MOVING: &[u8] = include_bytes!("../../../tests/data/moving.webp");
const BMP: &[u8] = include_bytes!("../../../tests/data/words.bmp");
const TIFF: &[u8] = include_bytes!("../../../tests/data/words.tif");
const TWO_PAGES: &[u8] = include_bytes!("../../../tests/data/second-page.tif");

const WORDS: Size = Size { width: 640, height: 130 };

#[test]
fn sizes_are_read_and_garbage_has_none() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x2c\0\0\0\x64\x08\x02";
    let head = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xdb\0\x03x";
    let jpeg = [head.as_slice(), b"\xff\xc2\0\x11\x08\0\x64\x01\x2c\x03"].concat();
    let size = Size { width: 300, height: 100 };
    assert_eq!((of("png", png), of("jpeg", &jpeg)), (Some(size), Some(size)));
    assert_eq!((of("png", &jpeg), of("jpeg", png), of("gif", png)), (None, None, None));
    for cut in 0..jpeg.len() - 1 {
        assert_eq!(of("jpeg", &jpeg[..cut]), None, "{cut}");
    }
    assert_eq!(of("jpeg", b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0"), None, "a segment without a length");
    assert!(size.is_at_least(Size { width: 300, height: 100 }));
    assert!(!size.is_at_least(Size { width: 301, height: 1 }) && size.pixels() == 30_000);
}

#[test]
fn every_kind_says_its_size_as_programs_write_it() {
    for (kind, bytes) in [
        ("gif", GIF),
        ("gif", TWO_FRAMES),
        ("webp", WEBP),
        ("webp", LOSSLESS),
        ("webp", MOVING),
        ("bmp", BMP),
        ("tiff", TIFF),
        ("tiff", TWO_PAGES),
    ] {
        assert_eq!(of(kind, bytes), Some(WORDS), "{kind}");
        for other in ["png", "jpeg", "gif", "webp", "bmp", "tiff"] {
            assert!(other == kind || of(other, bytes).is_none(), "{kind} as {other}");
        }
        // Wherever it is cut, there is an end; in front of its size it says none.
        for cut in 0..bytes.len().min(2_000) {
            let _ = (of(kind, &bytes[..cut]), has_unread_frames(kind, &bytes[..cut]));
        }
        assert_eq!(of(kind, &bytes[..8]), None, "{kind}");
    }
}

#[test]
fn frames_that_nobody_reads_are_seen() {
    assert!(has_unread_frames("gif", TWO_FRAMES));
    for (kind, bytes) in [("gif", GIF), ("tiff", TWO_PAGES), ("bmp", BMP), ("gif", b"GIF89a".as_slice())] {
        assert!(!has_unread_frames(kind, bytes), "{kind}");
    }
}

/// Pages of a TIFF of these sizes, one behind the other.
fn pages(sizes: &[(u16, u16)]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    for (number, (width, height)) in sizes.iter().enumerate() {
        let tag =
            |tag: u16, value: u16| [tag.to_le_bytes(), [3, 0], [1, 0], [0, 0], value.to_le_bytes(), [0, 0]].concat();
        tiff.extend([vec![2, 0], tag(256, *width), tag(257, *height)].concat());
        let next = if number + 1 == sizes.len() { 0 } else { u32::try_from(tiff.len() + 4).unwrap() };
        tiff.extend(next.to_le_bytes());
    }
    tiff
}

#[test]
fn no_page_stands_before_the_one_with_words() {
    let words = Some(WORDS);
    assert_eq!(of("tiff", &pages(&[(10_000, 49), (640, 130)])), words, "a larger one that holds no text");
    assert_eq!(of("tiff", &pages(&[(640, 130), (10_000, 49)])), words);
    assert_eq!(of("tiff", &pages(&[&[(1, 1); 63][..], &[(640, 130)]].concat())), words);
    assert_eq!(of("tiff", &pages(&[&[(1, 1); 64][..], &[(640, 130)]].concat())), None, "behind all that are looked at");
    assert_eq!(of("tiff", &pages(&[(300, 300), (0, 0)])), Some(Size { width: 300, height: 300 }));
}

#[test]
fn a_png_that_moves_is_not_read_whole() {
    let chunk = |name: &[u8; 4], data: &[u8]| {
        [&u32::try_from(data.len()).unwrap().to_be_bytes(), name.as_slice(), data, &[0; 4]].concat()
    };
    let png = |chunks: &[Vec<u8>]| [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat();
    let (head, picture, moves) = (chunk(b"IHDR", &[0; 13]), chunk(b"IDAT", b"acTL"), chunk(b"acTL", &[0; 8]));
    assert!(has_unread_frames("png", &png(&[head.clone(), moves.clone(), picture.clone()])));
    assert!(!has_unread_frames("png", &png(&[head.clone(), picture, moves])), "behind the picture it says nothing");
    for cut in 0..40 {
        assert!(!has_unread_frames("png", &png(std::slice::from_ref(&head))[..cut.min(33)]));
    }
}

/// Two frames, of which the first is larger than the screen says, with a table of colours each and a comment between them.
#[test]
fn a_small_screen_hides_no_large_frame() {
    let table = [0_u8; 6];
    let frame = |width: u16| {
        let size = [width.to_le_bytes(), 60_u16.to_le_bytes()].concat();
        [b"\x2c\0\0\0\0".as_slice(), &size, b"\x80", &table, b"\x02\x02\x44\x01\0"].concat()
    };
    let gif =
        [b"GIF89a\x01\0\x01\0\x80\0\0".as_slice(), &table, &frame(300), b"\x21\xfe\x05hello\0", &frame(20), b"\x3b"]
            .concat();
    assert_eq!(of("gif", &gif), Some(Size { width: 300, height: 60 }));
    assert!(has_unread_frames("gif", &gif));
}

#[test]
fn heights_below_zero_and_the_oldest_form_of_bmp() {
    let mut down = BMP[..54].to_vec();
    down[22..26].copy_from_slice(&(-130_i32).to_le_bytes());
    assert_eq!(of("bmp", &down), Some(WORDS));
    let old = [b"BM\0\0\0\0\0\0\0\0\x1a\0\0\0".as_slice(), b"\x0c\0\0\0\x80\x02\x82\0\x01\0\x18\0"].concat();
    assert_eq!(of("bmp", &old), Some(WORDS));
}

#[test]
fn pages_that_lead_to_themselves_end() {
    // One page with the two tags, and behind them its own place. How many values a tag has is not looked at.
    let tags = |order: fn(u16) -> [u8; 2], value: u16| {
        let tag = |number: u16| [order(number), order(3), order(0), order(0), order(value), order(0)].concat();
        [order(2).to_vec(), tag(256), tag(257)].concat()
    };
    let little = |next: &[u8]| [b"II*\0\x08\0\0\0".as_slice(), &tags(u16::to_le_bytes, 300), next].concat();
    let big = |next: &[u8]| [b"MM\0*\0\0\0\x08".as_slice(), &tags(u16::to_be_bytes, 300), next].concat();
    let size = Some(Size { width: 300, height: 300 });
    assert_eq!((of("tiff", &little(&[0; 4])), of("tiff", &big(&[0; 4]))), (size, size));
    assert_eq!((of("tiff", &little(b"\x08\0\0\0")), of("tiff", &big(b"\0\0\0\x08"))), (None, None), "without an end");
    assert_eq!(of("tiff", b"II*\0\0\0\0\0"), None, "no page");
}
