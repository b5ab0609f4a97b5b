//! Codes that are lost where their picture is made smaller.

use std::io::Cursor;

use image::{ImageFormat, RgbaImage};

use super::made::{Canvas, Random, code};
use super::{open, said};

const SMALL: &str = "https://evil.example/small";

/// A page with the small code at a place, of so many pixels a module.
fn with_small((width, height): (u32, u32), module: u32, (left, top): (u32, u32)) -> Canvas {
    let small = Canvas::of(&code(SMALL), module, 4);
    Canvas::from_func(width, height, |x, y| {
        let (own_x, own_y) = (x.wrapping_sub(left), y.wrapping_sub(top));
        if own_x < small.width && own_y < small.height { small.image.get_pixel(own_x, own_y).0 } else { [250; 3] }
    })
}

/// Made smaller such codes lose their modules: pixels of a page with the code, and pixels of a module.
#[test]
fn a_small_code_of_a_large_picture_is_read() {
    for (width, height, module) in [(2480, 3508, 4), (1300, 900, 3), (2400, 800, 3)] {
        let page = with_small((width, height), module, (301, 401));
        let is_small = width * height <= 4_000_000;
        let kinds = [("PNG", page.png()), ("BMP", page.bmp()), ("GIF", page.gif()), ("TIFF", page.tiff())];
        // Frames and pages are looked at so up to four megapixels.
        for (kind, picture) in kinds.into_iter().take(if is_small { 4 } else { 2 }) {
            let content = open(&[picture]);
            let read = (said(&content), content.items[0].marks.clone());
            let wanted = (SMALL.to_owned(), vec!["qr".to_owned()]);
            assert_eq!(read, wanted, "{kind} {width}x{height} {module}");
        }
    }
}

/// A large code that says something harmless does not stand in front of a small one.
#[test]
fn a_large_code_does_not_hide_a_small_one() {
    let (large, small) = (code("https://shop.example/"), code(SMALL));
    let codes = [(Canvas::of(&large, 16, 4), (20, 20)), (Canvas::of(&small, 3, 4), (901, 601))];
    let page = Canvas::from_func(1300, 900, |x, y| {
        let seen = codes.iter().find_map(|(code, (left, top))| {
            let (x, y) = (x.wrapping_sub(*left), y.wrapping_sub(*top));
            (x < code.width && y < code.height).then(|| code.image.get_pixel(x, y).0)
        });
        seen.unwrap_or([250; 3])
    });
    let content = open(&[page.png()]);
    for text in ["https://shop.example/", SMALL] {
        assert!(said(&content).contains(text), "{text} is missing from {}", said(&content));
    }
}

/// Made smaller it has a side too short for any code.
#[test]
fn a_code_in_a_long_thin_picture_is_read() {
    for size in [(13_000, 200), (200, 13_000), (20_000, 220)] {
        let at = if size.0 > size.1 { (6_001, 11) } else { (11, 6_001) };
        let content = open(&[with_small(size, 4, at).png()]);
        assert_eq!((said(&content).as_str(), content.items[0].marks.as_slice()), (SMALL, ["qr".to_owned()].as_slice()));
    }
    let none = Canvas::from_func(13_000, 200, |x, _| if x % 90 < 40 { [30; 3] } else { [250; 3] });
    assert!(open(&[none.png()]).items[0].marks.is_empty());
}

/// Made smaller it has room for a code, but the modules of common ones are gone.
#[test]
fn a_small_code_in_a_strip_is_read() {
    for (size, at) in [((600, 8000), (101, 4001)), ((9000, 700), (5003, 301))] {
        let content = open(&[with_small(size, 4, at).png()]);
        assert_eq!((said(&content).as_str(), content.items[0].marks.as_slice()), (SMALL, ["qr".to_owned()].as_slice()));
    }
}

/// White on nothing: seen on a dark page. Black on nothing, half of which is seen.
#[test]
fn a_small_code_is_seen_through_a_picture() {
    let page = with_small((1300, 900), 3, (301, 401));
    let png = |pixel: fn(bool) -> [u8; 4]| {
        let image = RgbaImage::from_fn(1300, 900, |x, y| image::Rgba(pixel(page.image.get_pixel(x, y).0[0] < 128)));
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let on_dark = png(|is_dark| [255, 255, 255, if is_dark { 0 } else { 255 }]);
    let by_holes = png(|is_dark| [128, 128, 128, if is_dark { 255 } else { 0 }]);
    for (name, picture) in [("on a dark page", on_dark), ("by holes", by_holes)] {
        assert_eq!(said(&open(&[picture])), SMALL, "{name}");
    }
}

/// Fine grain, which goes where the picture is made smaller.
fn grainy(page: &Canvas, most: i32) -> Canvas {
    let mut noise = Random(11);
    page.map(|_, _, pixel| {
        let grain = noise.below(2 * most as usize) as i32 - most;
        pixel.map(|shade| (i32::from(shade) + grain).clamp(0, 255) as u8)
    })
}

#[test]
fn grain_of_a_photograph_is_nothing_unread() {
    let ground = Canvas::from_func(1600, 1200, |x, y| [(x / 8) as u8, (y / 6) as u8, 120]);
    let large = Canvas::of(&code("https://shop.example/"), 20, 4);
    let with_code = ground.map(|x, y, pixel| {
        let (x, y) = (x.wrapping_sub(400), y.wrapping_sub(200));
        if x < large.width && y < large.height { large.image.get_pixel(x, y).0 } else { pixel }
    });
    let content = open(&[grainy(&with_code, 60).png()]);
    assert_eq!((said(&content).as_str(), content.items[0].marks.join(" ").as_str()), ("https://shop.example/", "qr"));
    for most in [5, 8] {
        assert!(open(&[grainy(&ground, most).png()]).items[0].marks.is_empty(), "{most}");
    }
}

/// Ten of them are as many pixels as small pictures of a message may have, and each that is decoded is looked at.
#[test]
fn the_last_of_many_is_looked_at_or_said_to_be_unread() {
    let (plain, last) =
        (Canvas::from_func(2000, 1900, |_, _| [250; 3]).png(), with_small((2000, 1900), 3, (301, 401)).png());
    let many = |count: usize| [vec![plain.clone(); count], vec![last.clone()]].concat();
    let (tenth, eleventh) = (open(&many(9)), open(&many(10)));
    assert_eq!((tenth.items[9].text.as_str(), tenth.items[9].marks.join(" ").as_str()), (SMALL, "qr"));
    assert_eq!(eleventh.items[10].marks, ["picture_unread"]);
}
