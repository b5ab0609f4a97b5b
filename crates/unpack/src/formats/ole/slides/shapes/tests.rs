//! Slides of the old format whose shapes draw a code: by LibreOffice, and by hand.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{SAYS, dark, modules, modules_that_are, says};
use crate::formats::office::testing::{compound_of, mutate, open, unzipped};

fn show(slides: &[u8]) -> Content {
    open(&compound_of(&[("PowerPoint Document", slides)]))
}

/// A record in digits: a container has version 15.
fn record(version: u16, kind: u16, body: &str) -> String {
    let bytes = |number: &[u8]| number.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let size = u32::try_from(body.len() / 2).unwrap();
    bytes(&version.to_le_bytes()) + &bytes(&kind.to_le_bytes()) + &bytes(&size.to_le_bytes()) + body
}

fn numbers(all: &[i32]) -> String {
    all.iter().flat_map(|number| number.to_le_bytes()).map(|byte| format!("{byte:02x}")).collect()
}

fn properties(all: &[(u16, u32)]) -> String {
    let bytes = all.iter().flat_map(|(kind, value)| [&kind.to_le_bytes()[..], &value.to_le_bytes()].concat());
    let body: String = bytes.map(|byte| format!("{byte:02x}")).collect();
    record(u16::try_from(all.len()).unwrap() << 4 | 3, 0xf00b, &body)
}

/// A shape with flags, at a place of a group or of the slide.
fn shape(flags: i32, place: &str, all: &[(u16, u32)]) -> String {
    record(0x0f, 0xf004, &[record(0x12, 0xf00a, &numbers(&[7, flags])), properties(all), place.to_owned()].concat())
}

fn in_group(x: usize, y: usize) -> String {
    let [x, y] = [x, y].map(|at| i32::try_from(at * 100).unwrap());
    record(0, 0xf00f, &numbers(&[x, y, x + 100, y + 100]))
}

fn on_slide(x: usize, y: usize) -> String {
    let [x, y] = [x, y].map(|at| i32::try_from(at * 40).unwrap());
    record(0, 0xf010, &numbers(&[y, x, x + 40, y + 40]))
}

/// A slide whose colours are red, black and white.
fn slide(shapes: &str, behind: &str) -> Vec<u8> {
    let group = record(0, 0xf009, &numbers(&[0, 0, 0, 0])) + &record(0x02, 0xf00a, &numbers(&[1, 5]));
    let drawing = record(0x0f, 0xf003, &(record(0x0f, 0xf004, &group) + shapes)) + behind;
    let scheme = record(0x10, 0x07f0, "ff00000000000000ffffff00");
    let digits = record(0x0f, 0x03ee, &(record(0x0f, 0x040c, &record(0x0f, 0xf002, &drawing)) + &scheme));
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

const FILLED: (u16, u32) = (0x01bf, 0x0010_0010);

#[test]
fn codes_of_shapes() {
    assert!(says(&show(&unzipped(include_bytes!("../../../../../testdata/office/drawn.show.gz")))), "{SAYS}");
    let black = [(0x0181, 0), FILLED];
    let coordinates = record(0, 0xf009, &numbers(&[0, 0, 10_000, 10_000])) + &record(0x02, 0xf00a, &numbers(&[9, 1]));
    let group = |inside: &str| {
        let own = record(0x0f, 0xf004, &(coordinates.clone() + &record(0, 0xf010, &numbers(&[0, 0, 3000, 3000]))));
        record(0x0f, 0xf003, &(own + inside))
    };
    // Each row is a group of its own, moved to its place.
    let rows: String = modules(0)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let top = i32::try_from(y * 30).unwrap();
            let place = record(0, 0xf010, &numbers(&[top, 0, 300, top + 30]));
            let size = record(0, 0xf009, &numbers(&[0, 0, 1000, 100])) + &record(0x02, 0xf00a, &numbers(&[9, 1]));
            let dark = row.iter().enumerate().filter(|(_, dark)| **dark);
            let inside: String = dark.map(|(x, _)| shape(2, &in_group(x, 0), &black)).collect();
            record(0x0f, 0xf003, &(record(0x0f, 0xf004, &(size + &place)) + &inside))
        })
        .collect();
    let light = modules_that_are(false, 1, |x, y| shape(0, &on_slide(x, y), &[FILLED]));
    let ground = shape(0x400, "", &[(0x0181, 0x0800_0001), FILLED]);
    for (name, shapes, behind) in [
        ("on a slide", dark(0, |x, y| shape(0, &on_slide(x, y), &black)), ""),
        ("by the scheme", dark(0, |x, y| shape(0, &on_slide(x, y), &[(0x0181, 0x0800_0001), FILLED])), ""),
        ("in a group", group(&dark(0, |x, y| shape(2, &in_group(x, y), &black))), ""),
        ("in groups", rows, ""),
        ("turned", dark(0, |x, y| shape(0, &on_slide(x, y), &[(0x0004, 90 << 16), (0x0181, 0), FILLED])), ""),
        ("light on dark", light, ground.as_str()),
    ] {
        assert!(says(&show(&slide(&shapes, behind))), "{name}");
    }
}

#[test]
fn other_shapes_are_no_codes() {
    let content = show(&unzipped(include_bytes!("../../../../../testdata/office/boxes.show.gz")));
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
    let hollow = dark(0, |x, y| shape(0, &on_slide(x, y), &[(0x0181, 0), (0x01bf, 0x0010_0000)]));
    let deleted = dark(0, |x, y| shape(8, &on_slide(x, y), &[(0x0181, 0), FILLED]));
    let clear = dark(0, |x, y| shape(0, &on_slide(x, y), &[(0x0181, 0), (0x0182, 0), FILLED]));
    for shapes in [hollow, deleted, clear] {
        let content = show(&slide(&shapes, ""));
        assert!(!says(&content));
        assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
    }
}

#[test]
fn damaged_slides_do_no_harm() {
    let slides = unzipped(include_bytes!("../../../../../testdata/office/boxes.show.gz"));
    mutate(&compound_of(&[("PowerPoint Document", &slides)]), 50);
}
