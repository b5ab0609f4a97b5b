//! Modules with curves, and drawings that have as many.

use super::svg;
use crate::formats::drawing::{check, check_none, dark, modules_that_are};

fn paths(path: impl Fn(usize, usize) -> String) -> String {
    svg(&dark(4, |x, y| format!("<path d='{}'/>", path(x, y))))
}

#[test]
fn modules_of_curves() {
    let clip = dark(4, |x, y| format!("<path d='M{x} {y}v1h.5a.5 .5, 0, 0, 0, 0 -1'/>"));
    let one = dark(4, |x, y| format!("M{x}.5 {y}a.5 .5 0 1 0 0 1 .5.5 0 1 0 0-1z"));
    let light = modules_that_are(false, 4, |x, y| format!("M{x} {y}.5a.5.5 0 0 1 1 0 .5.5 0 0 1-1 0z"));
    check(
        "image/svg+xml",
        &[
            ("half round", paths(|x, y| format!("M {x} {y}v 1h .5a .5 .5, 0, 0, 0, 0 -1"))),
            ("one round corner", paths(|x, y| format!("M {x} {y}v 1h 1v -.5a .5 .5, 0, 0, 0, -.5 -.5"))),
            (
                "circles of two arcs",
                paths(|x, y| format!("M{x} {y}.5A.5.5 0 0 1 {} {y}.5A.5.5 0 0 1 {x} {y}.5", x + 1)),
            ),
            ("circles of one arc", paths(|x, y| format!("M{x}.5 {y}a.5.5 0 1 1-.01 0z"))),
            ("circles of one path", svg(&format!("<path d='{one}'/>"))),
            ("cubic", paths(|x, y| format!("M{x} {y}.5c0-.67 1-.67 1 0s-1 .67-1 0z"))),
            ("quadratic", paths(|x, y| format!("M{x} {y}.5q0-.5.5-.5t.5.5q0 .5-.5.5t-.5-.5z"))),
            (
                "of a clip path",
                svg(&format!("<clipPath id='c'>{clip}</clipPath><rect width='37' height='37' clip-path='url(#c)'/>")),
            ),
            (
                "light on dark",
                svg(&format!("<rect width='37' height='37' fill='#036'/><path fill='#fff' d='{light}'/>")),
            ),
        ],
    );
}

#[test]
fn drawings_of_curves() {
    let dots: String = (0..400)
        .map(|at| format!("<path d='M{} {}a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0z'/>", at * 7919 % 36, at * 104_729 % 36))
        .collect();
    let icon = "M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2zm0 3c1.66 0 3 1.34 3 3s-1.34 3-3 3-3-1.34-3-3 1.34-3 3-3z";
    let icons: String = (0..40)
        .map(|at| format!("<path transform='translate({} {}) scale(.2)' d='{icon}'/>", at % 8 * 4, at / 8 * 5))
        .collect();
    check_none(
        "image/svg+xml",
        &[
            ("dots", svg(&dots)),
            ("icons", svg(&icons)),
            ("arcs of no size", svg(&"<path d='M1 1a0 0 0 0 0 1 1a1 1 0 0 0 0 0a0 1e-30 9 1 1 1 1z'/>".repeat(60))),
        ],
    );
}
