//! Drawings in, what they say out.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::fmt::Write as _;

use bytes::Bytes;
use qrcode::QrCode;
use scan::content::{Content, LinkKind};

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

const SAYS: &str = "https://evil.example/drawn?x=1";

fn modules() -> Vec<Vec<bool>> {
    let code = QrCode::new(SAYS).unwrap();
    let mut rows: Vec<Vec<bool>> = code
        .to_colors()
        .chunks(code.width())
        .map(|row| row.iter().map(|color| *color == qrcode::Color::Dark).collect())
        .collect();
    for row in &mut rows {
        row.insert(0, false);
        row.push(false);
    }
    rows
}

fn open(declared: &str, text: &str) -> Content {
    let part = Part {
        place: "1".to_owned(),
        declared: declared.to_owned(),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
        ..Part::default()
    };
    unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn check(name: &str, declared: &str, text: &str) {
    let content = open(declared, text);
    let item = &content.items[0];
    assert!(item.marks.contains(&"text_code".to_owned()), "{name}: {:?}", item.marks);
    assert!(
        item.links.iter().any(|link| link.kind == LinkKind::Code && link.target == SAYS),
        "{name}: {:?}",
        item.links
    );
}

/// One piece of text a module, rows joined by `end`.
fn drawn(dark: &str, light: &str, end: &str) -> String {
    modules()
        .iter()
        .map(|row| row.iter().map(|is_dark| if *is_dark { dark } else { light }).collect::<String>() + end)
        .collect()
}

fn halves(is_inverted: bool, end: &str) -> String {
    let modules = modules();
    let at = |x: usize, y: usize| modules.get(y).is_some_and(|row| row[x]) != is_inverted;
    let mut out = String::new();
    for y in (0..modules.len()).step_by(2) {
        for x in 0..modules[0].len() {
            out.push(match (at(x, y), at(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        out.push_str(end);
    }
    out
}

#[test]
fn characters() {
    for (name, text) in [
        ("full blocks", drawn("██", "  ", "\n")),
        ("inverted", drawn("  ", "██", "\r\n")),
        ("halves", halves(false, "\n")),
        ("inverted halves", halves(true, "\n")),
        ("hashes", drawn("##", "  ", "\n")),
        ("digits", drawn("1", "0", "\n")),
        ("letters", drawn("XX", "..", "\n")),
        ("squares", drawn("⬛", "⬜", "\n")),
        ("shades", drawn("▓▓", "░░", "\n")),
        ("blank lines between", drawn("██", "  ", "\n\n")),
    ] {
        check(name, "text/plain", &format!("Please scan:\n\n{text}\nThank you, the team\n"));
    }
}

/// The same for each module by its place.
fn drawn_by(module: impl Fn(usize, usize, bool) -> String) -> String {
    let row = |(y, row): (usize, &Vec<bool>)| {
        row.iter().enumerate().map(|(x, is_dark)| module(x, y, *is_dark)).collect::<String>() + "\n"
    };
    modules().iter().enumerate().map(row).collect()
}

#[test]
fn lines_beside_a_drawing_hide_nothing() {
    let blocks = drawn("██", "  ", "\n");
    let letters = drawn("##", "  ", "\n");
    let lines =
        ["-=-=-=-=-=-=-=-", "------------------------", "ab ab ab ab ab", "#-#-#-#-#-#-#-#-#-#-#", "-#-#-#-#-#-#-#-#"];
    for drawing in [&blocks, &letters] {
        for line in lines {
            check(line, "text/plain", &format!("{line}\n{drawing}{line}\n"));
        }
    }
    for (name, before) in [
        ("one row of blocks", "█".repeat(20)),
        ("many rows", "█\n".repeat(900)),
        ("rows of two", "█ ▒\n".repeat(1_700)),
        ("a longer row", "█ ".repeat(500)),
        ("many signs", "▀▄▌▐▘▝▖▗▚▞▛▜▙▟░▒▓■□".to_owned()),
    ] {
        check(name, "text/plain", &format!("{before}\n{blocks}"));
    }
    check(
        "letters in front",
        "text/plain",
        &drawn_by(|x, y, own| {
            let number = if x == 0 { format!("{:3} ", y + 100) } else { String::new() };
            number + if own { "██" } else { "  " }
        }),
    );
}

#[test]
fn characters_that_take_no_room() {
    for unseen in ["\u{fe0f}", "\u{200b}", "\u{200c}", "\u{2060}", "\u{feff}"] {
        let with = |sign: &str| format!("{sign}{unseen}");
        check("dark ones", "text/plain", &drawn(&with("⬛"), "⬜", "\n"));
        check("light ones", "text/plain", &drawn("██", &with("  "), "\n"));
    }
    check("trailing blanks", "text/plain", &drawn("██", "  ", &(" ".repeat(900) + "\n")));
    check("trailing blanks of letters", "text/plain", &drawn("##", "  ", &(" ".repeat(900) + "\n")));
}

#[test]
fn any_signs() {
    let light = |x: usize, y: usize| [".", ",", "'", "`"][(x * 7 + y * 3) % 4];
    for (name, text) in [
        ("many light letters", drawn_by(|x, y, own| if own { "█".to_owned() } else { light(x, y).to_owned() })),
        ("green", drawn("\u{1f7e9}", "⬜", "\n")),
        ("yellow", drawn("⬛", "\u{1f7e8}", "\n")),
        ("signs that are taken for light", drawn("○", "□", "\n")),
        ("hearts", drawn("♥", "♡", "\n")),
        ("percent", drawn("%%", "  ", "\n")),
        (
            "two dark letters",
            drawn_by(|x, y, own| {
                if !own {
                    " "
                } else if (x + y) % 3 == 0 {
                    "@"
                } else {
                    "M"
                }
                .to_owned()
            }),
        ),
        (
            "two dark blocks",
            drawn_by(|x, y, own| {
                if !own {
                    " "
                } else if (x + y) % 3 == 0 {
                    "░"
                } else {
                    "█"
                }
                .to_owned()
            }),
        ),
    ] {
        check(name, "text/plain", &text);
    }
    // Turned, and seen in a mirror.
    let modules: Vec<Vec<bool>> = modules().iter().map(|row| row[1..row.len() - 1].to_vec()).collect();
    let last = modules.len() - 1;
    let draw = |place: &dyn Fn(usize, usize) -> (usize, usize)| -> String {
        let sign = |x: usize, y: usize| {
            let (x, y) = place(x, y);
            if modules[y][x] { "##" } else { "  " }
        };
        (0..=last).map(|y| (0..=last).map(|x| sign(x, y)).collect::<String>() + "\n").collect()
    };
    for (name, text) in [
        ("turned", draw(&|x, y| (y, last - x))),
        ("upside down", draw(&|x, y| (last - x, last - y))),
        ("mirrored", draw(&|x, y| (last - x, y))),
    ] {
        check(name, "text/plain", &format!("{}\n{text}", "#".repeat(70)));
    }
}

#[test]
fn codes_that_cannot_be_read_are_told() {
    // All but its corners is the other way round.
    let broken = drawn_by(|x, y, own| {
        let is_corner = (x < 9 && !(9..=21).contains(&y)) || (x > 21 && y < 9);
        if own == is_corner { "██" } else { "  " }.to_owned()
    });
    let marks = |text: &str| open("text/plain", text).items[0].marks.clone();
    assert_eq!(marks(&broken), ["picture_unread"]);
    assert_eq!(marks(&format!("{}{broken}", "█\n".repeat(300))), ["picture_unread"]);
}

#[test]
fn characters_in_a_page() {
    check("pre", "text/html", &format!("<p>Scan</p><pre>{}</pre><p>Thank you</p>", halves(false, "\n")));
    check("br", "text/html", &format!("<div>Scan</div><div>{}</div>", halves(false, "<br>").replace(' ', "&nbsp;")));
    check("entities", "text/html", &format!("<pre>{}</pre>", drawn("&#9608;&#9608;", "&nbsp;&nbsp;", "\n")));
    check("rows", "text/html", &rows());
}

fn rows() -> String {
    modules()
        .iter()
        .map(|row| {
            format!(
                "<div>{}</div>",
                row.iter().map(|is_dark| if *is_dark { "██" } else { "&nbsp; " }).collect::<String>()
            )
        })
        .collect()
}

#[test]
fn cells() {
    let cell = |dark: &str, light: &str, open: &str, close: &str| {
        let rows = modules();
        rows.iter()
            .map(|row| {
                format!(
                    "{open}{}{close}",
                    row.iter().map(|is_dark| if *is_dark { dark } else { light }).collect::<String>()
                )
            })
            .collect::<String>()
    };
    check(
        "table",
        "text/html",
        &format!("<table>{}</table>", cell("<td bgcolor=#000></td>", "<td bgcolor=white></td>", "<tr>", "</tr>")),
    );
    check(
        "only dark",
        "text/html",
        &format!("<table>{}</table>", cell("<td style='background:#123'></td>", "<td></td>", "<tr>", "</tr>")),
    );
    check(
        "class",
        "text/html",
        &format!(
            "<style>.d{{background-color:navy}}</style><table>{}</table>",
            cell("<td class=d></td>", "<td></td>", "<tr>", "</tr>")
        ),
    );
    check(
        "boxes",
        "text/html",
        &cell("<span style='background:black'></span>", "<span style='background:#fff'></span>", "<div>", "</div>"),
    );
    let square: String = {
        let rows: Vec<Vec<bool>> = QrCode::new(SAYS)
            .unwrap()
            .to_colors()
            .chunks(QrCode::new(SAYS).unwrap().width())
            .map(|row| row.iter().map(|color| *color == qrcode::Color::Dark).collect())
            .collect();
        rows.iter()
            .flatten()
            .map(|is_dark| if *is_dark { "<i style='background:#000'></i>" } else { "<i style='background:#fff'></i>" })
            .collect()
    };
    check(
        "grid",
        "text/html",
        &format!("<div style='display:grid;grid-template-columns:repeat(29,4px)'>{square}</div>"),
    );
}

#[test]
fn shapes() {
    let (mut rectangles, mut filled, mut stroked) = (String::new(), String::new(), String::new());
    for (y, row) in modules().iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, is_dark)| **is_dark) {
            write!(rectangles, "<rect x='{x}' y='{y}' width='1' height='1' fill='#000'/>").unwrap();
            write!(filled, "M{x},{y}h1v1h-1z").unwrap();
            write!(stroked, "M{x} {y}.5h1").unwrap();
        }
    }
    let svg = |inner: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 60'><rect width='100%' height='100%' fill='#fff'/>{inner}</svg>"
        )
    };
    check("rectangles", "image/svg+xml", &svg(&rectangles));
    check("path", "text/html", &format!("<p>Scan {}", svg(&format!("<path d='{filled}'/>"))));
    check("strokes", "image/svg+xml", &svg(&format!("<path stroke='#000' d='{stroked}'/>")));
}

#[test]
fn pages_and_texts_without_codes_say_nothing() {
    let table = format!("<table>{}</table>", "<tr><td bgcolor=#eee>a</td><td bgcolor=#ddd>b</td></tr>".repeat(60));
    let lines = "=====================================\n- - - - - - - - - - - - - - - - - - -\n".repeat(20);
    for (declared, text) in [
        ("text/html", table.as_str()),
        ("text/plain", &lines),
        ("text/plain", &"█".repeat(3000)),
        ("text/plain", &"##########  ##########\n".repeat(30)),
        ("text/plain", &"● An item of a list\n■ and another one\n\n".repeat(60)),
        ("text/plain", &"██████░░░░ 60%\n████░░░░░░ 40%\n".repeat(30)),
        ("text/plain", &"☐ open\n☑ done\n□ ■ □ ■ □ ■ □ ■ □ ■ □ ■\n".repeat(30)),
        (
            "text/plain",
            &"X . . X . X X . . . X . X . X . X . X . X\n. X X . X . . X X X . X . X . X . X . X .\n".repeat(12),
        ),
    ] {
        let content = open(declared, text);
        assert!(content.items[0].marks.is_empty(), "{text}: {:?}", content.items[0].marks);
    }
}

#[test]
fn more_drawings_than_are_read_are_told() {
    let text = |number: usize| -> String {
        let code = QrCode::new(format!("https://a{number}.example/")).unwrap();
        let rows = code.to_colors();
        let rows = rows.chunks(code.width());
        rows.map(|row| {
            row.iter().map(|own| if *own == qrcode::Color::Dark { "##" } else { "  " }).collect::<String>() + "\n"
        })
        .collect()
    };
    let of = |count: usize| (0..count).map(|number| format!("Code {number}:\n{}\n", text(number))).collect::<String>();
    let marks = |text: &str| open("text/plain", text).items[0].marks.clone();
    assert_eq!(marks(&of(4)), ["text_code"]);
    assert_eq!(marks(&of(5)), ["picture_unread", "text_code"]);
    let table = "+----------+----------+\n|          |          |\n".repeat(40);
    assert!(marks(&format!("Dear all,\n{table}")).is_empty());
}
