//! Many codes, or many corners, in one picture.

use super::made::{Canvas, Random, code};
use super::{open, said};

/// Codes beside and under each other, the modules of each of so many pixels.
fn sheet(columns: u32, rows: u32, pixels: u32) -> Canvas {
    let canvases: Vec<Canvas> = (0..columns * rows)
        .map(|number| Canvas::of(&code(&format!("https://evil.example/{number:03}")), pixels, 4))
        .collect();
    let side = canvases[0].width;
    Canvas::from_func(columns * side, rows * side, |x, y| {
        let one = &canvases[(y / side * columns + x / side) as usize];
        one.image.get_pixel(x % side, y % side).0
    })
}

/// A corner of a code alone, in that colour, with its left and upper end there.
pub(super) fn with_corner(canvas: &Canvas, (left, top): (u32, u32), pixels: u32) -> Canvas {
    canvas.map(|x, y, own| {
        let at = |place: u32, start: u32| place.checked_sub(start).map(|place| place / pixels).filter(|at| *at < 7);
        let Some((x, y)) = at(x, left).zip(at(y, top)) else { return own };
        let ring = x.min(y).min(6 - x).min(6 - y);
        if ring == 1 { [255; 3] } else { [0; 3] }
    })
}

#[test]
fn all_codes_of_a_sheet_are_read() {
    for (columns, rows) in [(5, 1), (3, 3), (5, 4), (6, 6)] {
        let content = open(&[sheet(columns, rows, 4).png()]);
        let said = said(&content);
        for number in 0..columns * rows {
            assert!(said.contains(&format!("/{number:03}")), "{number} of {columns} by {rows}: {said}");
        }
        assert_eq!(content.items[0].marks, ["qr"], "{columns} by {rows}");
    }
}

#[test]
fn corners_beside_a_code_hide_nothing() {
    let code = Canvas::of(&code("https://evil.example/decoys"), 6, 4);
    for (count, width) in [(12, 600), (24, 600), (40, 900)] {
        let room = Canvas::from_func(width, 600, |x, y| {
            if x < code.width && y < code.height { code.image.get_pixel(x, y).0 } else { [255; 3] }
        });
        let mut picture = room;
        let mut random = Random(count);
        for _ in 0..count {
            let left = code.width + random.below((width - code.width - 40) as usize) as u32;
            picture = with_corner(&picture, (left, random.below(540) as u32), 3 + random.below(3) as u32);
        }
        let content = open(&[picture.png()]);
        assert!(said(&content).contains("evil.example/decoys"), "{count}: {:?}", content.items[0].marks);
    }
}

#[test]
fn more_corners_than_are_looked_at_are_told() {
    let mut picture = Canvas::from_func(600, 600, |_, _| [255; 3]);
    for at in 0..196 {
        picture = with_corner(&picture, (at % 14 * 42, at / 14 * 42), 4);
    }
    assert!(open(&[picture.png()]).items[0].marks.contains(&"picture_unread".to_owned()));
}
