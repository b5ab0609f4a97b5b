//! Pages that were scanned finely, with a code on them, and without.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::made::page;
use crate::formats::drawing::{SAYS, check, check_none, modules, modules_of, says};
use crate::formats::shown::open;

/// Before its picture so many blank ones of that size, which no page shows.
fn with_more(page: &str, size: (usize, usize), count: usize) -> String {
    let object = |document: &str| {
        let start = document.find("9 0 obj").unwrap();
        document[start..document.find("\ntrailer").unwrap()].to_owned()
    };
    let blank = object(&scanned(size, GREY, &vec![245; size.0 * size.1]));
    let more: String =
        (0..count).map(|number| blank.replacen("9 0 obj", &format!("{} 0 obj", 10 + number), 1) + "\n").collect();
    // The page's own comes last, by its place and by its number.
    page.replacen("9 0 obj", &format!("{more}99 0 obj"), 1).replace("/B 9 0 R", "/B 99 0 R")
}

/// A page that shows one picture: so wide and high, how its samples are written, and they.
fn scanned((width, height): (usize, usize), kind: &str, samples: &[u8]) -> String {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(samples).unwrap();
    let hex: String = packed.finish().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let picture = format!(
        "9 0 obj <</Type/XObject/Subtype/Image/Width {width}/Height {height}{kind}/Filter[/AHx/Fl]/Length {}>> stream\n{hex}>\nendstream endobj",
        hex.len() + 1
    );
    page("q 300 0 0 300 0 0 cm /B Do Q", &picture).replace("/Font<<", "/XObject<</B 9 0 R>>/Font<<")
}

/// Is there ink at a place of a page with lines of something like text? And with a code of so many pixels a module, in one place.
fn has_ink((x, y): (usize, usize), code: &[Vec<bool>], side: usize) -> bool {
    let (left, top) = (side * 25, side * 20);
    let at = |place: usize, first: usize| place.checked_sub(first).map(|at| at / side);
    let within = |at: usize| at < code.len();
    match (at(x, left).filter(|at| within(*at)), at(y, top).filter(|at| within(*at))) {
        (Some(x), Some(y)) => code[y][x],
        // Stems and bars of letters.
        _ => y % 64 < 32 && x % 200 > 40 && (x % 25 < 5 || (y % 64 < 5 && x / 25 % 3 > 0)),
    }
}

/// One byte for each place.
fn grey((width, height): (usize, usize), code: &[Vec<bool>], side: usize) -> Vec<u8> {
    (0..width * height).map(|at| if has_ink((at % width, at / width), code, side) { 10 } else { 245 }).collect()
}

/// One bit for each place, of a width that is a multiple of eight.
fn bits((width, height): (usize, usize), code: &[Vec<bool>], side: usize) -> Vec<u8> {
    let bit = |at: usize, bit: usize| {
        let place = at * 8 + bit;
        u8::from(!has_ink((place % width, place / width), code, side)) << (7 - bit)
    };
    (0..width * height / 8).map(|at| (0..8).map(|number| bit(at, number)).sum()).collect()
}

const GREY: &str = "/ColorSpace/DeviceGray/BitsPerComponent 8";
const BITS: &str = "/ColorSpace/DeviceGray/BitsPerComponent 1";
const TABLE: &str = "/ColorSpace[/Indexed/DeviceRGB 1<000000ffffff>]/BitsPerComponent 1";

#[test]
fn codes_of_pages_that_were_scanned_finely() {
    let (fine, finest) = ((2480, 3508), (4960, 7016));
    let code = modules(4);
    // Those places that are kept where every third row and column is kept are left out.
    let mut holes = grey(fine, &code, 12);
    let at_third = |at: usize| (at % fine.0).is_multiple_of(3) && (at / fine.0).is_multiple_of(3);
    holes.iter_mut().enumerate().filter(|(at, _)| at_third(*at)).for_each(|(_, sample)| *sample = 245);
    let bits = bits(finest, &code, 24);
    check(
        "application/pdf",
        &[
            ("grey, with holes", scanned(fine, GREY, &holes)),
            ("black and white", scanned(finest, BITS, &bits)),
            ("of a table", scanned(finest, TABLE, &bits)),
        ],
    );
}

/// Made smaller its modules are a pixel and a half, at odd places.
#[test]
fn a_small_code_is_looked_for_at_full_size() {
    let (fine, code) = ((1241, 1754), modules(4));
    check("application/pdf", &[("of 3 pixels a module", scanned(fine, GREY, &grey(fine, &code, 3)))]);
}

/// What the small one says begins what the large one says, which is seen first.
#[test]
fn a_small_code_beside_a_large_one_that_says_more() {
    let (fine, large) = ((1241, 1754), modules_of(&format!("{SAYS}&more=1"), 4));
    let mut samples = grey(fine, &modules(4), 3);
    for (y, row) in large.iter().flat_map(|row| [row; 8]).enumerate() {
        for (x, is_dark) in row.iter().flat_map(|module| [*module; 8]).enumerate() {
            samples[(800 + y) * fine.0 + 400 + x] = if is_dark { 10 } else { 245 };
        }
    }
    check("application/pdf", &[("two", scanned(fine, GREY, &samples))]);
}

#[test]
fn scanned_pages_without_codes() {
    let size = (2480, 3508);
    check_none(
        "application/pdf",
        &[
            ("grey", scanned(size, GREY, &grey(size, &[], 8))),
            ("black and white", scanned(size, BITS, &bits(size, &[], 8))),
            ("looked at as it is", scanned((1241, 1754), GREY, &grey((1241, 1754), &[], 3))),
        ],
    );
}

/// Of twenty pages of 150 dpi the last one is beyond the pixels that are looked at as they are: it says so.
#[test]
fn a_page_beyond_the_limit_is_said_to_be_unread() {
    let (fine, code) = ((1240, 1754), modules(4));
    let last = scanned(fine, GREY, &grey(fine, &code, 3));
    check("application/pdf", &[("the sixth", with_more(&last, fine, 5))]);
    let content = open("", "application/pdf", with_more(&last, fine, 20).as_bytes());
    let last = content.items.last().map(|item| (item.place.as_str(), item.marks.clone()));
    assert!(!says(&content), "{last:?}");
    let is_told = |marks: &[String]| marks.iter().any(|mark| mark == "picture_unread");
    assert!(last.as_ref().is_some_and(|(place, marks)| place.ends_with("image20") && is_told(marks)), "{last:?}");
}
