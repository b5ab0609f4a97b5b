//! Codes that are shown later, or by other ways than shapes.

use super::super::later::paths;
use super::{squares, svg};
use crate::formats::drawing::{check, check_none, dark, has_code, modules};

fn path() -> String {
    dark(4, |x, y| format!("M{x} {y}h1v1h-1z"))
}

#[test]
fn codes_that_an_animation_shows() {
    let path = path();
    let squares = squares();
    check(
        "image/svg+xml",
        &[
            (
                "clear",
                svg(&format!("<path d='{path}' opacity='0'><animate attributeName='opacity' from='0' to='1'/></path>")),
            ),
            ("a shape", svg(&format!("<path d='M0 0'><set attributeName='d' to='{path}'/></path>"))),
            ("values", svg(&format!("<path d='M0 0'><animate attributeName='d' values='M0 0;{path};'/></path>"))),
            (
                "the first one",
                svg(&format!("<path d='M0 0'><animate attributeName='d' from='{path}' to='M0 0h37v37h-37z'/></path>")),
            ),
            (
                "behind others",
                svg(&format!(
                    "<path d='{path}' opacity='0'><set attributeName='d' to=''/><set attributeName='points' to='1 1'/>\
                     <set attributeName='opacity' to='1'/></path>"
                )),
            ),
            ("white", svg(&format!("<path d='{path}' fill='#fff'><set attributeName='fill' to='#000'/></path>"))),
            (
                "invisible",
                svg(&format!(
                    "<path d='{path}' visibility='hidden'><set attributeName='visibility' to='visible'/></path>"
                )),
            ),
            ("a group", svg(&format!("<g opacity='0'><animate attributeName='opacity' to='1'/>{squares}</g>"))),
            ("a white group", svg(&format!("<g fill='#fff'><set attributeName='fill' to='#000'/>{squares}</g>"))),
            (
                "by its name",
                svg(&format!("<path id='q' d='{path}' fill='#fff'/><set href='#q' attributeName='fill' to='#000'/>")),
            ),
        ],
    );
}

#[test]
fn codes_that_styles_and_filters_draw() {
    let path = path();
    let image = format!("<filter id='i'><feImage href='#q'/></filter><path id='q' d='{path}'/>");
    check(
        "image/svg+xml",
        &[
            ("a sheet", svg(&format!("<style>.a{{d:path(\"{path}\")}}</style><path class='a' d='M0 0'/>"))),
            ("a cut", svg(&format!("<rect width='37' height='37' style=\"clip-path:path('{path}')\"/>"))),
            ("a filter", svg(&format!("<defs>{image}</defs><rect width='37' height='37' filter='url(#i)'/>"))),
        ],
    );
    let letters: String = modules(4)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let places: Vec<String> =
                row.iter().enumerate().filter(|(_, own)| **own).map(|(x, _)| x.to_string()).collect();
            format!("<text x='{}' y='{y}' font-size='1.4'>{}</text>", places.join(" "), "\u{2588}".repeat(places.len()))
        })
        .collect();
    check("image/svg+xml", &[("letters", svg(&letters))]);
}

#[test]
fn animations_that_show_no_code() {
    let bars: String = (0..15)
        .map(|at| {
            format!("<rect x='{at}' width='.5' height='9' opacity='0'><animate attributeName='opacity' to='1'/></rect>")
        })
        .collect();
    let icons = "<style>.a{clip-path:path('M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z')}.b{d:path('M2 2h9v9z')}</style><path class='b'/>";
    check_none("image/svg+xml", &[("bars", svg(&bars)), ("icons", svg(icons))]);
}

#[test]
fn many_of_them_cost_little() {
    assert!(!paths(&"path(".repeat(400_000)).may_be_code());
    let rect = format!("<rect id='{}' width='9' height='9'>", "x".repeat(100_000));
    let animated = format!("{rect}{}", "<set attributeName='d' to='M0 0h1v1z'/>".repeat(10_000));
    assert!(!has_code("a.svg", "image/svg+xml", svg(&animated).as_bytes()));
}
