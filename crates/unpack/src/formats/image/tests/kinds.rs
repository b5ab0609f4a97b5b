//! Pictures of kinds that no magic tells, and of those that are not decoded.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};

use super::made::{Canvas, code};
use crate::formats::drawing::{SAYS, has_code};
use crate::formats::shown::open;

#[test]
fn pictures_without_magic_are_read() {
    let picture = DynamicImage::from(Canvas::of(&code(SAYS), 6, 4).image);
    let written = |format: ImageFormat| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let (netpbm, tga) = (written(ImageFormat::Pnm), written(ImageFormat::Tga));
    for (name, bytes) in [("a.ppm", &netpbm), ("a.tga", &tga)] {
        assert!(has_code(name, "", bytes), "{name}");
    }
    // Bits as figures: a text.
    let grey = picture.to_luma8();
    let bits: String = grey.pixels().map(|pixel| if pixel.0[0] < 128 { "1\n" } else { "0\n" }).collect();
    let plain = format!("P1\n# drawn\n{} {}\n{bits}", grey.width(), grey.height());
    assert!(has_code("a.pbm", "", plain.as_bytes()));
}

#[test]
fn kinds_that_are_not_decoded_are_told() {
    let is_told = |name: &str, bytes: &[u8]| open(name, "", bytes).items[0].marks == ["picture_unread"];
    for (name, bytes) in [
        ("", &b"icns\0\0\x10\0\0\0"[..]),
        ("", b"DDS \x7c\0\0\0\x07"),
        ("", b"8BPS\0\x01\0\0\0\0"),
        ("", b"\x0a\x05\x01\x08\0\0\0\0"),
        ("a.SGI", b"\0\x01\x02\x03\0"),
        ("a.xbm", b"#define a_width 9\nstatic char a_bits[] = {0};\n"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
        ("a.ppm", b"P6\nnothing"),
        ("a.tga", b"\0\0\x02\0\0"),
    ] {
        assert!(is_told(name, bytes), "{name} {bytes:?}");
    }
    for (name, bytes) in
        [("a.txt", &b"P5 is a car, icns\n"[..]), ("a.bin", b"\0\x01\x02\x03\0"), ("a.h", b"#define a 9\n")]
    {
        assert!(!is_told(name, bytes), "{name}");
    }
}
