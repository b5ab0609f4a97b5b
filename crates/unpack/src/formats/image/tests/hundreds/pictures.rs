//! Codes in pictures: inverted, coloured, turned, scaled, compressed, in pieces.

use image::imageops;

use super::{Way, part, way};
use crate::formats::image::tests::made::{Canvas, code};
use crate::request::Part;

pub(super) fn ways() -> Vec<Way> {
    vec![
        way("inverted", "black and white", |content| png(&pair(content, 6, ([255; 3], [0; 3])))),
        way("inverted", "of two colours", |content| png(&pair(content, 6, ([250, 220, 90], [20, 40, 90])))),
        way("inverted", "JPEG", |content| jpeg(&pair(content, 5, ([240; 3], [20; 3])), 60)),
        way("split", "left and right", |content| pieces(content, (2, 1), false)),
        way("split", "above and below", |content| pieces(content, (1, 2), false)),
        way("split", "two by two", |content| pieces(content, (2, 2), false)),
        way("split", "two by two, the parts in another order", |content| pieces(content, (2, 2), true)),
        way("split", "three by three, the parts in another order", |content| pieces(content, (3, 3), true)),
        way("coloured", "red on yellow", |content| png(&pair(content, 6, ([180, 0, 0], [255, 255, 0])))),
        way("coloured", "green on green", |content| png(&pair(content, 6, ([0, 60, 0], [150, 220, 150])))),
        way("coloured", "red on blue", |content| png(&pair(content, 6, ([255, 0, 0], [0, 0, 255])))),
        way("coloured", "pale", |content| png(&pair(content, 6, ([200; 3], [216; 3])))),
        way("coloured", "dark modules of all colours", |content| png(&graded(content, true))),
        way("coloured", "light ground of all colours", |content| png(&graded(content, false))),
        way("turned", "a little", |content| png(&large(content).turned(7.0))),
        way("turned", "by thirty degrees", |content| png(&large(content).turned(30.0))),
        way("turned", "by half a right angle, JPEG", |content| jpeg(&large(content).turned(45.0), 75)),
        way("turned", "upside down", |content| {
            let plain = plain(content);
            png(&Canvas { image: imageops::rotate180(&plain.image), ..plain })
        }),
        way("scaled", "one pixel a module", |content| png(&Canvas::of(&code(content), 1, 2))),
        way("scaled", "made smaller", |content| {
            let modules = code(content);
            let side = u32::try_from(modules.len()).unwrap() + 8;
            png(&Canvas::of(&modules, 12, 4).scaled(side * 7 / 2))
        }),
        way("scaled", "twenty pixels a module", |content| png(&Canvas::of(&code(content), 20, 4))),
        way("compressed", "middling", |content| jpeg(&plain(content), 50)),
        way("compressed", "badly", |content| jpeg(&Canvas::of(&code(content), 8, 4), 15)),
        way("compressed", "blurred", |content| jpeg(&large(content).blurred(3.0), 60)),
    ]
}

fn png(canvas: &Canvas) -> Vec<Part> {
    vec![part("image/png", canvas.png())]
}

fn jpeg(canvas: &Canvas, quality: u8) -> Vec<Part> {
    vec![part("image/jpeg", canvas.jpeg(quality))]
}

fn plain(content: &str) -> Canvas {
    Canvas::of(&code(content), 6, 4)
}

fn large(content: &str) -> Canvas {
    Canvas::of(&code(content), 12, 4)
}

fn pair(content: &str, pixels: u32, colours: ([u8; 3], [u8; 3])) -> Canvas {
    Canvas::coloured(&code(content), pixels, 4, colours)
}

/// From one colour to another across the picture, the dark modules or what is between them.
fn graded(content: &str, are_modules: bool) -> Canvas {
    let plain = plain(content);
    let width = plain.width;
    plain.map(|x, y, [shade, ..]| {
        let (across, down) = (x * 120 / width, y * 120 / width);
        let share = |base: u32, more: u32| u8::try_from(base + more).unwrap();
        match (shade < 128, are_modules) {
            (true, true) => [share(0, across), share(0, down), share(100, 0)],
            (false, false) => [share(255 - 120, across), share(255 - 120, down), share(220, 0)],
            (true, false) => [20, 10, 40],
            (false, true) => [255; 3],
        }
    })
}

/// A page with the pieces in rows and columns, and the pieces.
fn pieces(content: &str, (columns, rows): (u32, u32), is_mixed: bool) -> Vec<Part> {
    let whole = Canvas::of(&code(content), 8, 4);
    let end = |at: u32, count: u32| at * whole.width / count;
    let mut page = "<p>Please scan</p><table cellspacing=0 cellpadding=0>".to_owned();
    let mut parts = Vec::new();
    for y in 0..rows {
        page += "<tr>";
        for x in 0..columns {
            let (left, top) = (end(x, columns), end(y, rows));
            let piece = whole.cut(left, top, end(x + 1, columns) - left, end(y + 1, rows) - top);
            let label = format!("{x}.{y}@sender.example");
            page += &format!("<td><img src='cid:{label}'></td>");
            parts.push(Part { labels: vec![label], ..part("image/png", piece.png()) });
        }
        page += "</tr>";
    }
    if is_mixed {
        let middle = parts.len() / 2;
        parts.rotate_left(middle);
        parts.swap(0, 1);
    }
    parts.insert(0, part("text/html", page + "</table>"));
    parts
}
