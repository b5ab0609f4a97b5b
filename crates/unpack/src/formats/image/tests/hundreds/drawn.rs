//! Codes without a picture: characters, cells of tables, drawings in SVG.

use super::{Way, part, way};
use crate::formats::image::tests::made::code;
use crate::request::Part;

pub(super) fn ways() -> Vec<Way> {
    vec![
        way("characters", "blocks", |content| text(&rows(content, ("██", "  "), "\n"))),
        way("characters", "half blocks", |content| text(&halves(content, false, "\n"))),
        way("characters", "half blocks, light on dark", |content| text(&halves(content, true, "\n"))),
        way("characters", "hashes", |content| text(&rows(content, ("##", "  "), "\r\n"))),
        way("characters", "half blocks in a page", |content| {
            page(&format!("<pre>{}</pre>", halves(content, false, "\n")))
        }),
        way("table", "colours of cells", |content| {
            let cells = ("<td bgcolor='#000000'>&nbsp;</td>", "<td bgcolor='#ffffff'>&nbsp;</td>");
            page(&format!("<table><tr>{}</tr></table>", rows(content, cells, "</tr><tr>")))
        }),
        way("table", "styles of empty cells", |content| {
            let cells = ("<td class=k style='background:navy'></td>", "<td></td>");
            page(&format!("<table cellspacing=0><tr>{}</tr></table>", rows(content, cells, "</tr><tr>")))
        }),
        way("table", "classes", |content| {
            let table = rows(content, ("<td class=d></td>", "<td class=l></td>"), "<tr>");
            page(&format!(
                "<style>.d{{background-color:#222}}.l{{background-color:#eee}}</style><table><tr>{table}</table>"
            ))
        }),
        way("svg", "boxes", |content| {
            svg(&boxes(content, |x, y, length| format!("<rect x='{x}' y='{y}' width='{length}' height='1'/>")))
        }),
        way("svg", "path", |content| {
            let path = boxes(content, |x, y, length| format!("M{x} {y}h{length}v1h-{length}z"));
            svg(&format!("<path fill='#036' d='{path}'/>"))
        }),
        way("svg", "lines", |content| {
            let path = boxes(content, |x, y, length| format!("M{x} {y}.5h{length}"));
            svg(&format!("<path stroke='black' stroke-width='1' d='{path}'/>"))
        }),
        way("svg", "in a page", |content| {
            let boxes = boxes(content, |x, y, length| format!("<rect x='{x}' y='{y}' width='{length}' height='1'/>"));
            page(&format!(
                "<svg width=200 height=200 viewBox='0 0 90 90'><g transform='translate(3 3)'>{boxes}</g></svg>"
            ))
        }),
    ]
}

/// The modules with so many light ones around them.
pub(super) fn with_margin(content: &str, margin: usize) -> Vec<Vec<bool>> {
    let modules = code(content);
    let side = modules.len() + 2 * margin;
    let is_dark = |x: usize, y: usize| modules.get(y.checked_sub(margin)?)?.get(x.checked_sub(margin)?).copied();
    (0..side).map(|y| (0..side).map(|x| is_dark(x, y).unwrap_or(false)).collect()).collect()
}

fn text(drawn: &str) -> Vec<Part> {
    vec![part("text/plain", format!("Please scan:\n\n{drawn}\nThank you\n"))]
}

fn page(drawn: &str) -> Vec<Part> {
    vec![part("text/html", format!("<html><body><p>Please scan</p>{drawn}<p>Thank you</p></body></html>"))]
}

fn svg(drawn: &str) -> Vec<Part> {
    let file =
        format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 90 90' width='300' height='300'>{drawn}</svg>");
    vec![part("image/svg+xml", file)]
}

/// One piece of text for each module, rows parted by `end`.
fn rows(content: &str, (dark, light): (&str, &str), end: &str) -> String {
    let row = |row: &Vec<bool>| row.iter().map(|is_dark| if *is_dark { dark } else { light }).collect::<String>();
    with_margin(content, 1).iter().map(row).collect::<Vec<_>>().join(end)
}

fn halves(content: &str, is_inverted: bool, end: &str) -> String {
    let modules = with_margin(content, 1);
    let at = |x: usize, y: usize| modules.get(y).is_some_and(|row| row[x]) != is_inverted;
    let block = |x: usize, y: usize| match (at(x, y), at(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    let row = |y: usize| (0..modules.len()).map(|x| block(x, y)).collect::<String>();
    (0..modules.len()).step_by(2).map(row).collect::<Vec<_>>().join(end)
}

/// Text for each run of dark modules: column, row, length.
fn boxes(content: &str, text: impl Fn(usize, usize, usize) -> String) -> String {
    let mut out = String::new();
    for (y, row) in with_margin(content, 2).iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run[0] {
                out += &text(x, y, run.len());
            }
            x += run.len();
        }
    }
    out
}
