//! Codes that pages draw with paths, and pages that draw other things.

use super::made::page;
use crate::formats::drawing::{check, check_none, dark, modules, modules_that_are, runs};

fn form(content: &str, more: &str) -> String {
    format!(
        "9 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 99 99]{more}/Length {}>> stream\n{content}\nendstream endobj",
        content.len()
    )
}

fn with_form(content: &str, form: &str) -> String {
    page(content, form).replace("/Font<<", "/XObject<</B 9 0 R>>/Font<<")
}

#[test]
fn paths() {
    let boxes = dark(0, |x, y| format!("{} {} 5 5 re f ", x * 5 + 20, 250 - y * 5));
    let one_path = dark(0, |x, y| format!("{} {} 4 4 re ", x * 4 + 20, 250 - y * 4)) + "f*";
    let corners = dark(0, |x, y| {
        let (x, y) = (x * 3 + 50, 280 - y * 3);
        format!("{x} {y} m {} {y} l {} {} l {x} {} l h f ", x + 3, x + 3, y + 3, y + 3)
    });
    let moved = dark(0, |x, y| format!("q 1 0 0 1 {} {} cm 0 0 5 5 re f Q ", x * 5 + 20, 250 - y * 5));
    let inverted = modules_that_are(false, 2, |x, y| format!("{} {} 5 5 re ", x * 5 + 60, 250 - y * 5));
    let runs = runs(
        0,
        |x, y, length, is_dark| {
            if is_dark { format!("{} {} {} 2 re ", x * 2, 200 - y * 2, length * 2) } else { String::new() }
        },
    );
    check(
        "application/pdf",
        &[
            ("boxes", page(&boxes, "")),
            ("boxes of one path", page(&one_path, "")),
            ("corners", page(&corners, "")),
            ("moved boxes", page(&moved, "")),
            ("light on dark", page(&format!("0 0 .4 rg 30 90 200 200 re f 1 1 .8 rg {inverted} f"), "")),
            ("runs, askew", page(&format!(".87 .5 -.5 .87 120 40 cm .1 g {runs} f"), "")),
        ],
    );
}

/// A dashed line for each row of the code: of the lengths of its dashes, its own, and where it is.
fn dashes(line: impl Fn(&str, usize, usize) -> String) -> String {
    let rows = modules(0);
    let of_row = |(y, row): (usize, &Vec<bool>)| {
        let runs = row.chunk_by(|one, other| one == other);
        let lengths: Vec<String> = runs.map(|run| run.len().strict_mul(4).to_string()).collect();
        let start = if row[0] { "" } else { "0 " };
        line(&format!("{start}{}", lengths.join(" ")), row.len().strict_mul(4), 280_usize.strict_sub(y.strict_mul(4)))
    };
    rows.iter().enumerate().map(of_row).collect()
}

#[test]
fn letters_in_rows() {
    let row = |(y, row): (usize, &Vec<bool>)| {
        let signs: String = row.iter().map(|dark| if *dark { "##" } else { "  " }).collect();
        format!("BT /F 5 Tf 20 {} Td ({signs}) Tj ET ", 280_usize.strict_sub(y.strict_mul(5)))
    };
    let rows: Vec<String> = modules(0).iter().enumerate().map(row).collect();
    let mixed: Vec<String> = rows.iter().skip(1).step_by(2).chain(rows.iter().step_by(2)).cloned().collect();
    let page = |rows: &[String]| page(&rows.concat(), "");
    check("application/pdf", &[("in order", page(&rows)), ("in another order", page(&mixed))]);
    let words = |y: usize| format!("BT /F 5 Tf 20 {y} Td (a line of a letter, as they are) Tj ET ");
    check_none(
        "application/pdf",
        &[("words", page(&(5..50_usize).map(|y| words(y.strict_mul(5))).collect::<Vec<_>>()))],
    );
}

#[test]
fn strokes() {
    let lines = dark(0, |x, y| format!("{} {y} m {} {y} l S ", x * 5 + 20, x * 5 + 25, y = 250 - y * 5));
    let scaled = runs(
        0,
        |x, y, length, is_dark| if is_dark { format!("{x} {y} m {} {y} l ", x + length) } else { String::new() },
    );
    let dashed = dashes(|lengths, width, y| format!("[{lengths}] 0 d 30 {y} m {} {y} l S ", 30 + width));
    let light =
        modules_that_are(false, 2, |x, y| format!("{} {y} m {} {y} l S ", x * 5 + 60, x * 5 + 65, y = 250 - y * 5));
    check(
        "application/pdf",
        &[
            ("segments", page(&format!("5 w {lines}"), "")),
            ("scaled runs", page(&format!("q 6 0 0 -6 20 280 cm 1 w {scaled} S Q"), "")),
            ("dashes", page(&format!("4 w {dashed}"), "")),
            ("light on dark", page(&format!("0 g 30 90 200 200 re f 1 G 5 w {light}"), "")),
        ],
    );
}

#[test]
fn forms_that_are_drawn_many_times() {
    let cells = dark(0, |x, y| format!("q 1 0 0 1 {} {} cm /B Do Q ", x * 5 + 20, 250 - y * 5));
    let scaled = dark(0, |x, y| format!("q 5 0 0 5 {} {} cm /B Do Q ", x * 5 + 20, 250 - y * 5));
    let both: String = (0..2)
        .map(|shade| {
            modules_that_are(shade == 0, 2, |x, y| {
                format!("q {shade} g 1 0 0 1 {} {} cm /B Do Q ", x * 5 + 60, 250 - y * 5)
            })
        })
        .collect();
    let whole = dark(0, |x, y| format!("{x} {y} 1 1 re "));
    check(
        "application/pdf",
        &[
            ("cells", with_form(&cells, &form("0 0 5 5 re f", ""))),
            ("cells with a map", with_form(&scaled, &form("0 0 9 9 re f", "/Matrix[.1111 0 0 .1111 0 0]"))),
            ("cells of any colour", with_form(&format!("0 g 40 100 190 190 re f {both}"), &form("0 0 5 5 re f", ""))),
            ("the whole at once", with_form("q 4 0 0 -4 20 250 cm /B Do Q", &form(&format!("{whole} f"), ""))),
        ],
    );
}

#[test]
fn decoys_hide_nothing() {
    let boxes = dark(0, |x, y| format!("{} {} 5 5 re f ", x * 5 + 20, 250 - y * 5));
    let chain: String = (0..12).map(|at| format!("{} 180 5 5 re f ", at * 50 + 180)).collect();
    let veil = "q /V gs 1 g 20 180 90 90 re f Q ";
    let veiled = page(&format!("{boxes}{veil}"), "").replace("/Font<<", "/ExtGState<</V<</ca .1>>>>/Font<<");
    let zeros = "0 0 ".repeat(50);
    let dashed = dashes(|lengths, _, y| format!("[{zeros}{lengths}] 0 d 30 {y} m 90 {y} l 146 {y} l S "));
    check(
        "application/pdf",
        &[
            ("specks", page(&format!("{}{boxes}", "1 1 .01 .01 re f ".repeat(500)), "")),
            ("white specks", page(&format!("1 g {}0 g {boxes}", "300 300 .01 .01 re f ".repeat(500)), "")),
            ("a chain", page(&format!("{boxes}.99 g {chain}"), "")),
            ("a veil", veiled),
            ("dashes of no length", page(&format!("4 w {dashed}"), "")),
            ("states within states", page(&format!("{}1 g {}{boxes}", "q ".repeat(900), "Q ".repeat(900)), "")),
        ],
    );
}

#[test]
fn limits_of_pages_are_told() {
    let boxes = dark(0, |x, y| format!("{} {} 5 5 re f ", x * 5 + 20, 250 - y * 5));
    let strokes = format!("[.0001 .0001] 0 d 0 0 m {}S ", "1 0 l 0 0 l ".repeat(80_000));
    for (name, content) in [
        ("states", format!("{}1 g {}{boxes}", "q ".repeat(4_097), "Q ".repeat(4_097))),
        ("marks", format!("{}{}{boxes}", "/A BMC ".repeat(4_097), "EMC ".repeat(4_097))),
        ("strokes", strokes),
    ] {
        let content = crate::formats::shown::open("a.pdf", "", page(&content, "").as_bytes());
        assert!(content.items[0].marks.contains(&"picture_unread".to_owned()), "{name}");
    }
}

#[test]
fn pages_that_draw_no_codes() {
    let table: String =
        (0..40).map(|row| format!(".5 w 30 {y} m 270 {y} l S .9 g 30 {y} 240 3 re f ", y = row * 7 + 5)).collect();
    let chart: String =
        (0..60).map(|bar| format!("0 .3 .7 rg {} 20 3 {} re f ", bar * 4 + 20, (bar * 37) % 200)).collect();
    let logo =
        "1 0 0 rg 20 20 m 60 20 80 40 80 80 c 80 120 60 140 20 140 c h f 0 0 1 RG 3 w 90 20 m 140 140 l S ".repeat(40);
    let plot: String =
        (0..900).map(|at| format!("{} {} 1 1 re f ", 20 + (at * 7919) % 250, 20 + (at * 104_729) % 250)).collect();
    check_none(
        "application/pdf",
        &[
            ("a table", page(&table, "")),
            ("a chart", page(&chart, "")),
            ("a logo", page(&logo, "")),
            ("dots", page(&plot, "")),
        ],
    );
}

#[test]
fn more_than_is_kept_is_told() {
    let many: String = (0..72_000).map(|at| format!("{} {} 1 1 re f ", at % 268 * 2, at / 268 * 2)).collect();
    let content = crate::formats::shown::open("a.pdf", "", page(&many, "").as_bytes());
    assert!(content.items[0].marks.contains(&"picture_unread".to_owned()));
}

#[test]
fn a_code_beside_another_is_read() {
    let good = qrcode::QrCode::new("https://good.example/").unwrap();
    let (width, colours) = (good.width(), good.to_colors());
    let dark_ones = colours.iter().enumerate().filter(|(_, own)| **own == qrcode::Color::Dark);
    let good: String =
        dark_ones.map(|(at, _)| format!("{} {} 3 3 re f ", at % width * 3 + 10, 150 - at / width * 3)).collect();
    let between: String =
        (0..30).map(|at| format!("{} {} 3 3 re f ", width * 3 + 10 + at % 5 * 3, 90 + at / 5 * 9)).collect();
    let evil = |left: usize| dark(0, |x, y| format!("{} {} 3 3 re f ", x * 3 + left, 150 - y * 3));
    let left = width * 3 + 28;
    let inverted = modules_that_are(false, 3, |x, y| format!("{} {} 3 3 re f ", x * 3 + left, 160 - y * 3));
    check(
        "application/pdf",
        &[
            ("paler", page(&format!("{good} 1 g {between} .2 g {}", evil(left)), "")),
            ("paler, first", page(&format!(".6 g {} 0 g {good}", evil(left)), "")),
            ("light on dark", page(&format!("{good} .3 g {left} 60 110 110 re f 1 g {inverted}"), "")),
            (
                "of modules that do not touch",
                page(&format!("{good} {}", evil(left).replace("3 3 re", "2.2 2.2 re")), ""),
            ),
        ],
    );
}
