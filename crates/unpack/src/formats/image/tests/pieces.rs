//! Codes in pieces, in the order in which a page shows them.

use std::time::Duration;

use bytes::Bytes;
use scan::content::Content;

use super::made::{Canvas, Random, code};
use super::said;
use crate::budget::{Budget, Limits, thread_time};
use crate::request::{Part, Request};
use crate::unpack::unpack;

const URL: &str = "https://evil.example/pieces";

/// A page, and pictures with their names in it, in the order of the parts.
fn shown(html: &str, pictures: &[(String, Vec<u8>)]) -> Content {
    shown_by(&[html.to_owned()], pictures)
}

/// The same with several pages.
fn shown_by(pages: &[String], pictures: &[(String, Vec<u8>)]) -> Content {
    let pages = pages.iter().enumerate().map(|(number, html)| Part {
        place: format!("1.{number}"),
        declared: "text/html".to_owned(),
        inline: true,
        bytes: Bytes::copy_from_slice(html.as_bytes()),
        ..Part::default()
    });
    let pictures = pictures.iter().enumerate().map(|(number, (label, bytes))| Part {
        place: (number + 2).to_string(),
        declared: "image/png".to_owned(),
        labels: vec![label.clone()],
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    });
    let parts = pages.chain(pictures).collect();
    unpack(&Request { parts, ..Request::default() }, &mut Budget::new(Limits::default()))
}

/// The code in so many columns and rows, row by row, each piece with its name.
fn pieces(columns: u32, rows: u32) -> Vec<(String, Vec<u8>)> {
    let whole = Canvas::of(&code(URL), 8, 4);
    let end = |at: u32, count: u32| at * whole.width / count;
    let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
    places
        .map(|(x, y)| {
            let (left, top) = (end(x, columns), end(y, rows));
            let piece = whole.cut(left, top, end(x + 1, columns) - left, end(y + 1, rows) - top);
            (format!("p{x}.{y}@evil.example"), piece.png())
        })
        .collect()
}

fn shuffled<T>(mut list: Vec<T>, seed: u64) -> Vec<T> {
    let mut random = Random(seed);
    for at in (1..list.len()).rev() {
        list.swap(at, random.below(at + 1));
    }
    list
}

/// Cells that show the pieces row by row.
fn table(columns: u32, rows: u32) -> String {
    let row =
        |y: u32| (0..columns).map(|x| format!("<td><img src=\"cid:p{x}.{y}@evil.example\"></td>")).collect::<String>();
    let rows: String = (0..rows).map(|y| format!("<tr>{}</tr>", row(y))).collect();
    format!("<p>Scan</p><table cellspacing=0 cellpadding=0>{rows}</table>")
}

#[test]
fn the_order_of_the_page_counts() {
    for (columns, rows) in [(2, 1), (1, 2), (3, 1), (1, 4), (2, 2), (2, 3), (3, 3), (4, 4), (5, 5), (1, 20), (16, 1)] {
        for seed in 1..4 {
            let parts = shuffled(pieces(columns, rows), seed);
            let content = shown(&table(columns, rows), &parts);
            assert!(said(&content).contains(URL), "{columns} by {rows}, {seed}");
            assert_eq!(content.items.iter().filter(|item| !item.marks.is_empty()).count(), 1);
        }
    }
}

#[test]
fn the_order_of_the_parts_counts_where_no_page_says_one() {
    for (columns, rows) in [(3, 3), (2, 3), (4, 4)] {
        let content = shown("<p>Scan the attachments</p>", &pieces(columns, rows));
        assert!(said(&content).contains(URL), "{columns} by {rows}");
    }
}

#[test]
fn names_are_found_however_they_are_written() {
    let parts: Vec<_> = shuffled(pieces(2, 2), 1);
    let by = |name: fn(u32, u32) -> String| -> String {
        (0..4).map(|at| format!("<img src='{}'>{}", name(at % 2, at / 2), ["", "<br>"][(at % 2) as usize])).collect()
    };
    for (name, html) in [
        ("coded", by(|x, y| format!("CID:p{x}.{y}%40evil.example"))),
        ("another case", by(|x, y| format!("cid:P{x}.{y}@EVIL.example"))),
        (
            "a background",
            by(|x, y| format!("https://away.example/{x}{y}")) + &by(|x, y| format!("cid:p{x}.{y}@evil.example")),
        ),
    ] {
        assert!(said(&shown(&html, &parts)).contains(URL), "{name}");
    }
    let located: Vec<(String, Vec<u8>)> =
        parts.into_iter().map(|(label, bytes)| (format!("http://evil.example/a/{}.png", &label[..4]), bytes)).collect();
    let html = by(|x, y| format!("http://evil.example/a/p{x}.{y}.png"));
    assert!(said(&shown(&html, &located)).contains(URL));
    assert!(said(&shown(&by(|x, y| format!("p{x}.{y}.png")), &located)).contains(URL));
}

#[test]
fn columns_and_other_ways_to_read() {
    let image = |x: u32, y: u32| format!("<img src='cid:p{x}.{y}@evil.example'>");
    let columns: String =
        (0..3).map(|x| format!("<td>{}</td>", (0..3).map(|y| image(x, y) + "<br>").collect::<String>())).collect();
    let backwards: String = (0..3).rev().map(|x| image(x, 0)).collect();
    let upwards: String = (0..3).rev().flat_map(|y| (0..3).map(move |x| (x, y))).map(|(x, y)| image(x, y)).collect();
    for (name, html, parts) in [
        ("columns", format!("<table><tr>{columns}</tr></table>"), pieces(3, 3)),
        ("right to left", format!("<div dir=rtl>{backwards}</div>"), pieces(3, 1)),
        ("from below", format!("<div style='flex-direction:column-reverse'>{upwards}</div>"), pieces(3, 3)),
    ] {
        assert!(said(&shown(&html, &shuffled(parts, 1))).contains(URL), "{name}");
    }
}

#[test]
fn other_pictures_between_hide_nothing() {
    let logo = Canvas::from_func(90, 40, |x, y| if (x / 9 + y / 8) % 2 == 0 { [0; 3] } else { [255; 3] }).png();
    let line = Canvas::from_func(300, 6, |_, _| [255; 3]).png();
    let mut parts = pieces(2, 2);
    parts.push(("logo@evil.example".to_owned(), logo));
    parts.push(("line@evil.example".to_owned(), line));
    let image = |label: &str| format!("<img src='cid:{label}@evil.example'>");
    let html = format!(
        "{}{}{}{}{}<br>{}{}{}",
        image("logo"),
        image("p0.0"),
        image("line"),
        image("p1.0"),
        image("logo"),
        image("p0.1"),
        image("p1.1"),
        image("line")
    );
    assert!(said(&shown(&html, &shuffled(parts, 1))).contains(URL));
}

#[test]
fn pieces_whose_order_nothing_tells_are_marked() {
    // Another order than that of the page is none that is tried.
    let parts = pieces(2, 2);
    let order = [3, 0, 1, 2].map(|at: usize| parts[at].clone());
    let content = shown("<p>Put it together and scan</p>", &order);
    assert!(!said(&content).contains(URL));
    let marked = content.items.iter().filter(|item| item.marks.contains(&"picture_unread".to_owned())).count();
    assert_eq!(marked, 3, "those with corners");
}

fn is_marked(content: &Content) -> bool {
    content.items.iter().any(|item| item.marks.contains(&"picture_unread".to_owned()))
}

#[test]
fn many_pieces_and_many_others_hide_nothing() {
    assert!(said(&shown(&table(10, 10), &shuffled(pieces(10, 10), 1))).contains(URL), "ten by ten");
    let plain = Canvas::from_func(4, 4, |_, _| [255; 3]).png();
    let mut parts: Vec<(String, Vec<u8>)> = (0..260).map(|at| (format!("s{at}@evil.example"), plain.clone())).collect();
    parts.extend(shuffled(pieces(2, 2), 1));
    let content = shown(&table(2, 2), &parts);
    assert!(said(&content).contains(URL), "behind pictures of one shade");
}

#[test]
fn orders_that_are_not_tried_are_told() {
    // No two of one size, so that nothing else tells that they belong together.
    let whole = Canvas::of(&code(URL), 8, 4);
    let (x, y) = (whole.width * 3 / 5, whole.height * 11 / 20);
    let ends = [
        (0, 0, x, y),
        (x, 0, whole.width - x, y),
        (0, y, x, whole.height - y),
        (x, y, whole.width - x, whole.height - y),
    ];
    let piece = |at: usize| {
        let (left, top, width, height) = ends[at];
        (format!("p{at}@evil.example"), whole.cut(left, top, width, height).png())
    };
    let parts: Vec<(String, Vec<u8>)> = [3, 0, 2, 1].map(piece).to_vec();
    let page =
        |order: &[usize]| order.iter().map(|at| format!("<img src='cid:p{at}@evil.example'>")).collect::<String>();
    let mut pages: Vec<String> = (0..8).map(|count| page(&[vec![3; count + 1], vec![0]].concat())).collect();
    assert!(!is_marked(&shown_by(&pages[..2], &parts)));
    pages.push(page(&[0, 1, 2, 3]));
    assert!(is_marked(&shown_by(&pages, &parts)));
    assert!(said(&shown(&pages[8], &parts)).contains(URL));
}

#[test]
fn large_pictures_that_are_named_often_end() {
    let large = |seed: u32| {
        Canvas::from_func(1200, 1200, |x, y| if (x / 9 + y / 8 + seed).is_multiple_of(2) { [0; 3] } else { [255; 3] })
    };
    let parts = [("a@a.example".to_owned(), large(0).png()), ("b@a.example".to_owned(), large(1).png())];
    let html = "<img src='cid:a@a.example'><img src='cid:b@a.example'>".repeat(128);
    let began = thread_time();
    let content = shown(&html, &parts);
    assert!(thread_time().saturating_sub(began) < Duration::from_secs(20));
    assert!(!is_marked(&content));
}

#[test]
fn honest_pictures_are_not_marked() {
    let icon = |number: u32| {
        Canvas::from_func(32, 32, |x, y| {
            let (dx, dy) = (f64::from(x) - 15.5, f64::from(y) - 15.5);
            let is_round = dx * dx + dy * dy < 240.0;
            let is_glyph = match number % 4 {
                // A letter, a play button, a camera with its lens, a bird of two lines.
                0 => (12..17).contains(&x) && y > 6 || (12..22).contains(&x) && (13..17).contains(&y),
                1 => x > 10 && f64::from(x) < 24.0 - dy.abs(),
                2 => (25.0..60.0).contains(&(dx * dx + dy * dy)) || (7..9).contains(&x) || (23..25).contains(&x),
                _ => (x + y) % 9 < 2,
            };
            if is_round && !is_glyph { [20, 20, 20] } else { [255; 3] }
        })
    };
    let mut parts: Vec<(String, Vec<u8>)> =
        (0..8).map(|number| (format!("icon{number}@shop.example"), icon(number).png())).collect();
    parts.push(("pixel@shop.example".to_owned(), Canvas::from_func(1, 1, |_, _| [255; 3]).png()));
    parts.push(("spacer@shop.example".to_owned(), Canvas::from_func(600, 10, |_, _| [255; 3]).png()));
    let html: String = parts.iter().map(|(label, _)| format!("<a href='#'><img src='cid:{label}'></a>")).collect();
    let content = shown(&html, &parts);
    for item in &content.items {
        assert!(item.marks.is_empty(), "{}: {:?}", item.place, item.marks);
    }
}
