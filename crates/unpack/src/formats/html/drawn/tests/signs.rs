//! Codes in the characters of a page, however they are written.

use super::page;
use crate::formats::drawing::{check, check_none, modules};

/// What each module is, rows between these.
fn drawn(dark: &str, light: &str, (begin, end): (&str, &str)) -> String {
    let row = |row: &Vec<bool>| row.iter().map(|own| if *own { dark } else { light }).collect::<String>();
    page(&modules(1).iter().map(|own| format!("{begin}{}{end}", row(own))).collect::<String>())
}

#[test]
fn signs_of_any_sort() {
    let line = ("<div>", "</div>");
    let pairs = [
        ("&#09608;", "&nbsp;"),
        ("&#x02588;", "&nbsp;"),
        ("&blk34;", "&nbsp;"),
        ("&#11035;", "&#11036;"),
        ("●", "○"),
        ("◼", "◻"),
        ("⚫", "⚪"),
        ("\u{1f7e9}", "⬜"),
        ("MM", "&nbsp;&nbsp;"),
        ("%", "."),
        ("<b>M</b>", "<i>&nbsp;</i>"),
        ("<font color=black>M</font>", "<font color=white>M</font>"),
    ];
    check("text/html", &pairs.map(|(dark, light)| (dark, drawn(dark, light, line))));
    check("text/html", &pairs.map(|(dark, light)| (dark, drawn(dark, light, ("", "<br>")))));
}

#[test]
fn a_sign_a_cell() {
    let row = ("<tr>\n", "</tr>\n");
    let table = |dark: &str, light: &str| format!("<table>{}</table>", drawn(dark, light, row));
    check(
        "text/html",
        &[
            ("cells", table("<td>█</td>", "<td>&nbsp;</td>")),
            ("cells on lines", table("  <td>█</td>\n", "  <td>&nbsp;</td>\n")),
            ("paragraphs", table("<td>\n<p>█</p>\n</td>\n", "<td>\n<p>&nbsp;</p>\n</td>\n")),
            ("letters", table("<td>M</td>", "<td>&nbsp;</td>")),
        ],
    );
}

#[test]
fn ordinary_signs() {
    let rows = "<tr><td>Mon</td><td>●</td><td>○</td><td>●</td></tr>".repeat(60);
    let rota = format!("<tr>{}</tr>", "<td>x</td><td>-</td><td>-</td><td>x</td><td>x</td>".repeat(6)).repeat(30);
    let list = "<div>■ An item of it</div><div>▪ Another one</div>".repeat(60);
    let lines = "<p>------------------------------</p><p>==============================</p>".repeat(40);
    check_none(
        "text/html",
        &[
            ("dots", page(&format!("<table>{rows}</table>"))),
            ("a rota", page(&format!("<table>{rota}</table>"))),
            ("a list", page(&list)),
            ("lines", page(&lines)),
        ],
    );
}
