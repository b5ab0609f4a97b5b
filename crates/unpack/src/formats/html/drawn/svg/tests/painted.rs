//! Other ways to paint modules, and drawings that use the same for something else.

use super::{squares, svg};
use crate::formats::drawing::{check, check_none, check_unread, dark, modules, modules_that_are, runs};

#[test]
fn lines_with_caps() {
    let dots = dark(4, |x, y| format!("M{x}.5 {y}.5h0"));
    let short = dark(4, |x, y| format!("M{x}.5 {y}.5h.01"));
    let dashed = dark(4, |x, y| format!("M{x}.5 {y}.5h.5"));
    check(
        "image/svg+xml",
        &[
            ("square", svg(&format!("<path stroke='#000' stroke-linecap='square' d='{dots}'/>"))),
            ("round, of a group", svg(&format!("<g stroke='#000' stroke-linecap='round'><path d='{short}'/></g>"))),
            (
                "of a class",
                svg(&format!("<style>.k{{stroke:#000;stroke-linecap:round}}</style><path class='k' d='{dots}'/>")),
            ),
            (
                "dashes",
                svg(&format!(
                    "<g stroke-dasharray='0 1'><path stroke='#000' style='stroke-linecap:square' d='{dashed}'/></g>"
                )),
            ),
        ],
    );
}

#[test]
fn gradients() {
    let rows = modules(0);
    let real = |number: usize| f64::from(u32::try_from(number).unwrap());
    let side = real(rows.len());
    let gradient = |row: &[bool], number: usize, more: &str| {
        let stop = |(x, is_dark): (usize, &bool)| {
            let colour = if *is_dark { "#000" } else { "#fff" };
            format!(
                "<stop offset='{}' stop-color='{colour}'/><stop offset='{}' stop-color='{colour}'/>",
                real(x) / side,
                real(x + 1) / side
            )
        };
        let stops: String = row.iter().enumerate().map(stop).collect();
        format!("<linearGradient id='g{number}' {more}>{stops}</linearGradient>")
    };
    let all: String = rows.iter().enumerate().map(|(y, row)| gradient(row, y, "")).collect();
    let boxes = |of: &str| -> String {
        (0..rows.len())
            .map(|y| format!("<rect x='4' y='{}' width='{side}' height='1' fill='url(#{of}{y})'/>", y + 4))
            .collect()
    };
    let named: String = (0..rows.len()).map(|y| format!("<linearGradient id='h{y}' href='#g{y}'/>")).collect();
    let columns: String = (0..rows.len())
        .map(|x| {
            let column: Vec<bool> = rows.iter().map(|row| row[x]).collect();
            let own = gradient(&column, x, "x2='0' y2='1'");
            format!("{own}<rect x='{}' y='4' height='{side}' width='1' style='fill:url(#g{x})'/>", x + 4)
        })
        .collect();
    let ground = "<linearGradient id='g'><stop stop-color='#eee'/><stop offset='1' stop-color='#fff'/></linearGradient><rect width='37' height='37' fill='url(#g)'/>";
    check(
        "image/svg+xml",
        &[
            ("rows", svg(&format!("<defs>{all}</defs>{}", boxes("g")))),
            ("rows by name", svg(&format!("<defs>{all}{named}</defs>{}", boxes("h")))),
            ("columns", svg(&columns)),
            ("a ground", svg(&format!("{ground}{}", squares()))),
        ],
    );
    check_unread(
        "image/svg+xml",
        &[("rows that come later", svg(&format!("{}<defs>{all}</defs>", boxes("g").repeat(2))))],
    );
}

#[test]
fn colours_that_something_changes() {
    let white = |more: &str| dark(4, |x, y| format!("<rect x='{x}' y='{y}' width='1' height='1' fill='#fff' {more}/>"));
    let blocks = dark(4, |x, y| format!("<text x='{x}' y='{y}.85' font-size='1.3' textLength='1'>\u{2588}</text>"));
    let ground = "<rect width='37' height='37' fill='#fff'/>";
    check(
        "image/svg+xml",
        &[
            ("blending", svg(&format!("{ground}{}", white("style='mix-blend-mode:difference'")))),
            (
                "blending by a class",
                svg(&format!("<style>.k{{mix-blend-mode:difference}}</style>{ground}{}", white("class='k'"))),
            ),
            ("a filter", svg(&format!("{ground}<g filter='url(#f)'>{}</g>", white("")))),
            ("a filter for each", svg(&format!("{ground}{}", white("filter='url(#f)'")))),
            ("blocks of text", svg(&blocks)),
        ],
    );
}

#[test]
fn names_and_covers() {
    let uses = dark(4, |x, y| format!("<use href='#m' x='{x}' y='{y}'/>"));
    let one = "<rect id='m' width='1' height='1'/>";
    let cover = |more: &str| format!("<rect width='37' height='37' fill='#fff' {more}/>");
    check(
        "image/svg+xml",
        &[
            ("two of one name", svg(&format!("<defs>{one}<rect id='m' width='0' height='0'/></defs>{uses}"))),
            ("a clip path", svg(&format!("{}<clipPath id='e'/>{}", squares(), cover("clip-path='url(#e)'")))),
            ("another one of a switch", svg(&format!("{}<switch><g/>{}</switch>", squares(), cover("")))),
            (
                "nothing of a gradient",
                svg(&format!(
                    "<linearGradient id='g'><stop stop-color='#fff' stop-opacity='0'/></linearGradient>{}<rect width='37' height='37' fill='url(#g)'/>",
                    squares()
                )),
            ),
        ],
    );
    let later =
        format!("<defs><g id='m'><use href='#r'/></g></defs>{uses}<defs><rect id='r' width='1' height='1'/></defs>");
    check_unread("image/svg+xml", &[("a name within a name", svg(&later))]);
}

#[test]
fn what_is_not_followed_is_told() {
    let line = dark(4, |x, y| format!("L{x} {y}"));
    let set = dark(4, |x, y| {
        format!("<rect width='1' height='1'><set attributeName='x' to='{x}'/><set attributeName='y' to='{y}'/></rect>")
    });
    let rows: String = (0..29_usize)
        .map(|y| {
            let row = runs(4, |x, own, length, is_dark| {
                if is_dark && own == y + 4 {
                    format!("<rect x='{x}' width='{length}' height='1'/>")
                } else {
                    String::new()
                }
            });
            format!("<g>{row}<animateTransform attributeName='transform' type='translate' to='0 {y}'/></g>")
        })
        .collect();
    let rules: String = modules(4)
        .concat()
        .iter()
        .enumerate()
        .filter(|(_, is_dark)| **is_dark)
        .map(|(at, _)| format!("rect:nth-of-type({}){{fill:#000}}", at + 1))
        .collect();
    let all = dark(4, |x, y| format!("<rect x='{x}' y='{y}' width='1' height='1'/>"))
        + &modules_that_are(false, 4, |x, y| format!("<rect x='{x}' y='{y}' width='1' height='1'/>"));
    check_unread(
        "image/svg+xml",
        &[
            ("markers", svg(&format!("<path marker-mid='url(#m)' d='M0 0{line}'/>"))),
            ("set", svg(&set)),
            ("moved rows", svg(&rows)),
            ("pseudo-classes", svg(&format!("<style>rect{{fill:#fff}}{rules}</style>{all}"))),
        ],
    );
}

#[test]
fn drawings_that_use_the_same() {
    let wheel: String = (0..12)
        .map(|at| format!("<rect x='46' width='8' height='20' rx='4' transform='rotate({} 50 50)'><animate attributeName='opacity' from='1' to='.1' dur='1s'/></rect>", at * 30))
        .collect();
    let plot: String = (0..60).map(|at| format!("L{} {}", at * 4, (at * 37) % 90)).collect();
    let shadow = "<filter id='f'><feGaussianBlur stdDeviation='2'/></filter><g filter='url(#f)'><rect width='90' height='50'/><circle r='9'/></g>";
    let badges: String = (0..40)
        .map(|at| format!("<linearGradient id='b{at}'><stop stop-color='#36c'/><stop offset='1' stop-color='#9cf'/></linearGradient><path fill='url(#b{at})' d='M{} 9c3 0 5 2 5 5s-2 5-5 5l-3-4z'/>", at * 14))
        .collect();
    let map: String =
        (0..90).map(|at| format!("<path d='M{} {}l9 3 4 7-6 5-9-2-2-8z'/>", at % 10 * 13, at / 10 * 14)).collect();
    check_none(
        "image/svg+xml",
        &[
            ("a wheel", svg(&wheel)),
            (
                "a plot",
                svg(&format!(
                    "<path fill='none' stroke='#36c' stroke-linecap='round' marker-mid='url(#dot)' d='M0 0{plot}'/>"
                )),
            ),
            ("a shadow", svg(shadow)),
            ("badges", svg(&badges)),
            ("a map", svg(&format!("<style>path:hover{{fill:#f90}}</style>{map}"))),
        ],
    );
}

#[test]
fn units_of_any_size() {
    let squares = |unit: f64| {
        let length = |count: usize| format!("{:e}", f64::from(u32::try_from(count).unwrap()) * unit);
        let squares =
            dark(4, |x, y| format!("<rect x='{}' y='{}' width='{unit:e}' height='{unit:e}'/>", length(x), length(y)));
        let path = dark(4, |x, y| format!("M{} {}h{unit:e}v{unit:e}h-{unit:e}z", length(x), length(y)));
        let drawing = |inner: &str| {
            let side = length(37);
            format!("<svg xmlns='http://www.w3.org/2000/svg' width='370' viewBox='0 0 {side} {side}'>{inner}</svg>")
        };
        [drawing(&squares), drawing(&format!("<path d='{path}'/>"))]
    };
    for unit in [1e7, 1e-12, 1e20, 1e35, 1e-30] {
        for (number, drawing) in squares(unit).into_iter().enumerate() {
            let name = format!("{unit:e}, {number}");
            check("text/html", &[(&name, format!("<p>Scan {drawing}"))]);
            check("image/svg+xml", &[(&name, drawing)]);
        }
    }
    // What cannot be told apart at all is told.
    let far = dark(4, |x, y| format!("M{x}e300 {y}e300h1e300v1e300h-1e300z"));
    check_unread("image/svg+xml", &[("farther than numbers go", svg(&format!("<path d='{far}'/>")))]);
    let ground = "<rect x='-1e39' y='-1e39' width='2e39' height='2e39' fill='#fff'/>";
    let map: String = (0..90)
        .map(|at| format!("<path d='M{}e9 {}e9l9e9 3e9 4e9 7e9-6e9 5e9-9e9-2e9z'/>", at % 10 * 13, at / 10 * 14))
        .collect();
    check_none("image/svg+xml", &[("a map", svg(&format!("{ground}{map}<path d='M0 0h1e300v9z'/>")))]);
}

#[test]
fn drawings_that_are_stretched() {
    let squares = dark(4, |x, y| format!("<rect x='{}' y='{y}' width='10' height='1'/>", x * 10));
    let drawing = |size: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' {size} preserveAspectRatio='none' viewBox='0 0 370 37'>{squares}</svg>"
        )
    };
    let cases = [("sides", drawing("width='370' height='370'")), ("shares", drawing("width='100%' height='100%'"))];
    check("image/svg+xml", &cases);
}
