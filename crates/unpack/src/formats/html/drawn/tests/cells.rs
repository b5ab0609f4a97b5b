//! Cells of tables with something in them that shows nothing, and pages that have such cells and draw no code.

use super::page;
use crate::formats::drawing::{check, check_none, check_unread, modules, runs};

const fn shade(is_dark: bool) -> &'static str {
    if is_dark { "#000" } else { "#fff" }
}

/// A table of modules, each made of what it is.
fn table(cell: impl Fn(bool) -> String) -> String {
    let row = |row: &Vec<bool>| row.iter().map(|own| cell(*own)).collect::<String>();
    let rows: String = modules(1).iter().map(|own| format!("<tr>{}</tr>", row(own))).collect();
    page(&format!("<table cellspacing=0>{rows}</table>"))
}

/// Cells with a colour, and something in each.
fn with(inner: &str) -> String {
    table(|own| format!("<td width=4 height=4 bgcolor={}>{inner}</td>", shade(own)))
}

/// Cells without a colour, and something in each that has one.
fn within(inner: &str) -> String {
    table(|own| format!("<td>{}</td>", inner.replace("SHADE", shade(own))))
}

#[test]
fn cells_with_something_in_them_that_shows_nothing() {
    let inner = [
        "<br>",
        "<p></p>",
        "<p><br/></p>",
        "<p>&nbsp;",
        "<p style='margin:0'>\n<br/>\n\n</p>",
        "<div><div><br></div></div>",
        "<ul><li></ul>",
        "<!-- none --><center><br></center>",
        "<font color=#000><br></font>",
        "<table><tr><td><br></td></tr></table>",
        "<i style='width:1px;height:1px'></i><i style='width:1px;height:1px'></i>",
    ];
    check("text/html", &inner.map(|inner| (inner, with(inner))));
    // Of a word processor: only the dark ones have a colour, and no end tags.
    let dark = |own: bool| format!("<td width=3{}><p><br>", if own { " bgcolor=#000000" } else { "" });
    let classes = |own: bool| format!("<td class={}><p class=n><br/></p></td>", if own { "d" } else { "w" });
    let sheet = "<style>.d{background:#000}.n{margin:0}</style>";
    check("text/html", &[("dark", table(dark)), ("classes", format!("{sheet}{}", table(classes)))]);
}

#[test]
fn cells_filled_by_what_is_in_them() {
    let inner = [
        "<div style='width:6px;height:6px;background:SHADE'></div>",
        "<p style='margin:0;background:SHADE'>&nbsp;",
        "<div><div style='height:6px;background:SHADE'><br></div></div>",
        "<table><tr><td bgcolor=SHADE><br></td></tr></table>",
        "<table width=6 height=6 bgcolor=SHADE><tr><td></td></tr></table>",
        "<table><tr bgcolor=SHADE><td></td></tr></table>",
        "<table><tr><td><table><tr><td bgcolor=SHADE></td></tr></table></td></tr></table>",
        "<div style='background:SHADE'><span style='background:SHADE'>&nbsp;</span></div>",
        "<code style='display:block;width:4px;height:4px;background:SHADE'></code>",
    ];
    check("text/html", &inner.map(|inner| (inner, within(inner))));
    // What is in a cell may cover it, or hardly be seen.
    let opposite = |own: bool| {
        format!("<td bgcolor={}><div style='width:6px;height:6px;background:{}'></div></td>", shade(!own), shade(own))
    };
    let dots =
        |own: bool| format!("<td bgcolor={}><b style='width:1px;height:1px;background:#f00'></b></td>", shade(own));
    check("text/html", &[("covered", table(opposite)), ("dots", table(dots))]);
}

#[test]
fn rows_in_elements_of_their_own() {
    let cells = |row: &Vec<bool>, tag: &str| -> String {
        let cell = |own: &bool| format!("<{tag} style='width:4px;height:4px;background:{}'></{tag}>", shade(*own));
        row.iter().map(cell).collect()
    };
    let rows = |around: &dyn Fn(String) -> String, tag: &str| -> String {
        page(&modules(1).iter().map(|row| around(cells(row, tag))).collect::<String>())
    };
    let halves = |row: &Vec<bool>| {
        let (left, right) = row.split_at(row.len() / 2);
        (cells(&left.to_vec(), "b"), cells(&right.to_vec(), "b"))
    };
    let (left, right): (Vec<String>, Vec<String>) = modules(1).iter().map(halves).unzip();
    let half = |rows: &[String]| rows.iter().map(|row| format!("<div>{row}</div>")).collect::<String>();
    check(
        "text/html",
        &[
            ("tables", rows(&|cells| format!("<table cellspacing=0><tr>{cells}</tr></table>"), "td")),
            ("coloured rows", rows(&|cells| format!("<div style='background:#fff;height:4px'>{cells}</div>"), "b")),
            ("borders", rows(&|cells| format!("<div style='height:0;border-top:4px solid #fff'>{cells}</div>"), "b")),
            ("a cell a row", format!("<table>{}</table>", rows(&|cells| format!("<tr><td>{cells}</td></tr>"), "i"))),
            ("halves", page(&format!("<table><tr><td>{}</td><td>{}</td></tr></table>", half(&left), half(&right)))),
            (
                "beside words",
                page(&format!(
                    "<table bgcolor=#ffffff><tr><td>Scan<br>this</td><td>{}</td></tr></table>",
                    rows(&|cells| format!("<div>{cells}</div>"), "b")
                )),
            ),
        ],
    );
}

#[test]
fn elements_of_nothing_but_borders() {
    let row = |row: &Vec<bool>| {
        let cell = |own: &bool| {
            format!("<b style='display:inline-block;border:2px solid {};width:0;height:0'></b>", shade(*own))
        };
        row.iter().map(cell).collect::<String>()
    };
    let rows = |around: &str| -> String {
        page(&modules(1).iter().map(|own| around.replace("ROW", &row(own))).collect::<String>())
    };
    let sides = runs(1, |x, _, length, is_dark| {
        let start = if x == 0 { "<br>" } else { "" };
        format!("{start}{}", format!("<u style='border-left:4px solid {}'></u>", shade(is_dark)).repeat(length))
    });
    check(
        "text/html",
        &[
            ("rows", rows("<div style='height:0;border-top:4px solid #fff;width:132px'>ROW</div>")),
            ("lines", rows("ROW<br>")),
            ("left borders", page(&sides)),
        ],
    );
}

#[test]
fn cells_that_show_nothing_break_no_rows() {
    let rows = modules(1);
    let cells = |row: &[bool]| row.iter().map(|own| format!("<td bgcolor={}></td>", shade(*own))).collect::<String>();
    let half = |is_left: bool| -> String {
        let row = |row: &Vec<bool>| {
            let (left, right) = row.split_at(row.len() / 2);
            format!("<tr>{}</tr>", cells(if is_left { left } else { right }))
        };
        format!("<table>{}<tr><td colspan=355></td></tr></table>", rows.iter().map(row).collect::<String>())
    };
    let each = |before: &str, after: &str| -> String {
        let row = |row: &Vec<bool>| format!("<tr>{before}{}{after}</tr>", cells(row));
        page(&format!("<table>{}</table>", rows.iter().map(row).collect::<String>()))
    };
    let within = |row: &Vec<bool>| {
        format!("<tr>{}<td><table><tr>{}</tr></table></td></tr>", "<td></td>".repeat(340), cells(row))
    };
    let short = |row: &Vec<bool>| {
        let end = row.iter().rposition(|own| *own).map_or(0, |last| last.saturating_add(1));
        format!("<tr>{}</tr>", cells(&row[..end]))
    };
    check(
        "text/html",
        &[
            (
                "a wide row below halves",
                page(&format!("<table><tr><td>{}</td><td>{}</td></tr></table>", half(true), half(false))),
            ),
            ("behind empty cells", page(&format!("<table>{}</table>", rows.iter().map(within).collect::<String>()))),
            ("wide cells behind", each("", "<td colspan=900></td>")),
            ("wide cells in front", each("<td colspan=900></td>", "")),
            (
                "nothing behind the last dark one",
                page(&format!("<table>{}</table>", rows.iter().map(short).collect::<String>())),
            ),
            (
                "many rows below",
                each("", "").replace("</table>", &format!("{}</table>", "<tr><td colspan=25></td></tr>".repeat(800))),
            ),
            (
                "a black row below",
                each("", "").replace(
                    "</table>",
                    &format!("{}<tr>{}</tr></table>", "<tr><td colspan=31></td></tr>".repeat(6), cells(&[true; 31])),
                ),
            ),
            ("rows of no height", each("", "").replace("</tr>", "</tr><tr><td colspan=31></td></tr>")),
        ],
    );
}

#[test]
fn cells_as_wide_as_several_modules() {
    let tables = |decoy: &str| {
        let cells = runs(1, |x, _, length, own| {
            let begin = if x == 0 { "<tr height=8>" } else { "" };
            let width = length.saturating_mul(8);
            format!("{begin}<td width={width} bgcolor={}></td>{decoy}", shade(own))
        });
        page(&format!("<table cellspacing=0 cellpadding=0>{cells}</table>"))
    };
    let spans = |decoy: &str| {
        let spans = runs(1, |x, _, length, own| {
            let begin = if x == 0 { "<br>" } else { "" };
            let width = length.saturating_mul(6);
            let style = format!("display:inline-block;width:{width}px;height:6px;background:{}", shade(own));
            format!("{begin}<span style='{style}'></span>{decoy}")
        });
        page(&format!("<div>{spans}</div>"))
    };
    check(
        "text/html",
        &[
            ("cells", tables("")),
            ("cells of no size between", tables("<td bgcolor=#000000></td>")),
            ("boxes", spans("")),
            ("elements of no size between", spans("<b style='background:#000'></b>")),
        ],
    );
    let row = "<tr><td width=20 bgcolor=#003366></td><td width=260 bgcolor=#ffffff></td><td width=20 bgcolor=#003366></td><td width=300>a</td></tr>";
    let bars = (0..60_usize).map(|at| {
        let width = at.saturating_mul(7).wrapping_rem(50).saturating_add(10);
        format!("<div><span style='display:inline-block;height:8px;width:{width}px;background:#333'></span></div>")
    });
    check_none(
        "text/html",
        &[
            ("a layout", page(&format!("<table>{}</table>", row.repeat(120)))),
            ("bars", page(&bars.collect::<String>())),
        ],
    );
}

#[test]
fn other_rows_hide_no_cells() {
    let cells = runs(1, |x, y, length, own| {
        let begin = if x == 0 { format!("ROW{y}.<tr height=8>") } else { String::new() };
        format!("{begin}<td width={} bgcolor={}></td>", length.saturating_mul(8), shade(own))
    });
    let narrow = "<tr height=.1><td width=.1><td width=.1><td width=.1><td width=247.7></tr>";
    let table = |between: &dyn Fn(usize) -> String| {
        let cells = (0..64).rev().fold(cells.clone(), |cells, y| cells.replace(&format!("ROW{y}."), &between(y)));
        format!("<table cellspacing=0 cellpadding=0>{cells}</table>")
    };
    let plain = table(&|_| String::new());
    let between =
        |from: usize, to: usize| table(&|y| if (from..to).contains(&y) { narrow.to_owned() } else { String::new() });
    let widths = |count: usize| {
        let decoy = |at: usize| {
            let row = format!(
                "<tr height=8><td width={} bgcolor=#000>{}</tr>",
                at.saturating_add(20),
                "<td width=20>".repeat(3)
            );
            format!("<table>{}</table>", row.repeat(40))
        };
        (0..count).map(decoy).collect::<String>()
    };
    let lines =
        format!("<table>{}</table>", narrow.replace("<td width=247.7>", "<td width=247.7 bgcolor=#000>").repeat(20));
    check(
        "text/html",
        &[
            ("a narrow row elsewhere", page(&format!("{plain}<p>a<table>{narrow}</table>"))),
            (
                "many of them",
                page(&format!("{lines}<table><tr><td width=1><td width=2><td width=3><td width=4></table>{plain}")),
            ),
            ("one within", page(&between(9, 10))),
            ("eight within", page(&between(9, 17))),
            ("nine widths", page(&(widths(9) + &plain))),
            ("thirty widths", page(&(plain.clone() + &widths(30)))),
        ],
    );
    check_none("text/html", &[("rows of other tables", page(&(widths(30) + &lines + &lines)))]);
}

#[test]
fn borders_of_two_shades_are_told() {
    let row = |row: &Vec<bool>| {
        let pair = |pair: &[bool]| {
            let right = pair.get(1).copied().unwrap_or(false);
            format!(
                "<i style='border-left:4px solid {};border-right:4px solid {};height:4px'></i>",
                shade(pair[0]),
                shade(right)
            )
        };
        row.chunks(2).map(pair).collect::<String>()
    };
    let rows: String = modules(0).iter().map(|own| format!("<div>{}</div>", row(own))).collect();
    check_unread("text/html", &[("two in one", page(&rows))]);
}

#[test]
fn tables_that_draw_no_codes() {
    let status = |at: usize| {
        let colour = if at.is_multiple_of(3) { "#0a0" } else { "#333" };
        format!("<td bgcolor=#f4f4f4><span style='width:8px;height:8px;background:{colour}'></span> ok<br></td>")
    };
    let row = (0..24).map(status).collect::<String>();
    let report = format!("<table>{}</table>", format!("<tr>{row}</tr>").repeat(60));
    let nested = format!(
        "{}<table bgcolor=#ffffff>{}</table>{}",
        "<table bgcolor=#eeeeee><tr><td bgcolor=#ffffff>".repeat(60),
        "<tr><td bgcolor=#dddddd>a</td><td bgcolor=#0066cc><p>b</p></td></tr>".repeat(100),
        "</td></tr></table>".repeat(60)
    );
    let many = format!("<table>{}</table>", format!("<tr>{row}</tr>").repeat(12)).repeat(120);
    check_none("text/html", &[("a report", page(&report)), ("nested", page(&nested)), ("many", page(&many))]);
}

/// What is gone through again for each element around ends.
#[test]
fn deep_tables_end() {
    let wide = "<tr><td colspan=300>".repeat(300);
    let deep = "<table bgcolor=#ffffff><tr><td>".repeat(120) + "<table>" + &wide + &"</table>".repeat(121);
    let content =
        crate::formats::shown::open_within(std::time::Duration::from_secs(4), "text/html", deep.repeat(80).as_bytes());
    assert!(content.unopened.is_empty(), "{:?}", content.unopened);
    // Cells without a colour are no field, and cost all the same.
    let wide = "<table><tr>".to_owned() + &"<td colspan=300></td></tr><tr>".repeat(1_000) + "</table>";
    let content =
        crate::formats::shown::open_within(std::time::Duration::from_secs(4), "text/html", wide.repeat(300).as_bytes());
    assert!(content.unopened.is_empty(), "{:?}", content.unopened);
}
