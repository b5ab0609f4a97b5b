//! Codes that are painted through clip paths, and clip paths of other pages.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::made::page;
use crate::formats::drawing::{check, check_none, dark};

fn code() -> String {
    dark(0, |x, y| format!("{} {} 5 5 re ", x * 5 + 20, 250 - y * 5))
}

/// A circle of that radius around the middle of the page.
fn circle(radius: f64) -> String {
    let (left, right, bend) = (150.0 - radius, 150.0 + radius, radius * 0.5523);
    let (low, high) = (150.0 - bend, 150.0 + bend);
    format!(
        "{right} 150 m {right} {high} {high} {right} 150 {right} c {low} {right} {left} {high} {left} 150 c \
         {left} {low} {low} {left} 150 {left} c {high} {left} {right} {low} {right} 150 c "
    )
}

/// A shape that is not convex, all around the page, of very many corners.
fn frayed() -> String {
    let teeth: String =
        (0..900).map(|at| format!("{} {} l ", 320 - at / 2, if at % 2 == 0 { 320 } else { 310 })).collect();
    format!("-130 -20 m 320 -20 l {teeth}h ")
}

#[test]
fn clip_paths_within_others_hide_nothing() {
    let code = code();
    let octagon = "0 0 m 300 0 l 300 150 l 300 300 l 150 300 l 0 300 l 0 150 l h ";
    let all = "0 0 300 300 re f";
    let small = |radius| format!("{code} W n {} W n {all}", circle(radius));
    check(
        "application/pdf",
        &[
            ("many corners around", page(&format!("{code} W n {octagon} W n {all}"), "")),
            ("many corners before", page(&format!("{octagon} W n {code} W n {all}"), "")),
            ("a little smaller", page(&format!("{code} W n 20.1 90 200 300 re W n {all}"), "")),
            ("a circle", page(&small(200.0), "")),
            ("a circle before", page(&format!("{} W n {code} W n {all}", circle(200.0)), "")),
            ("more corners than it has", page(&format!("{code} W n {} W n {all}", frayed()), "")),
            ("two halves", page(&format!("{code} W n 0 0 300 170 re f 0 170 300 200 re f"), "")),
            ("two boxes in one", page(&format!("{code} W n 0 0 300 300 re 0 0 1 1 re f"), "")),
            ("a circle that is filled", page(&format!("{code} W n {} f", circle(220.0)), "")),
            ("frays that are filled", page(&format!("{code} W n {} f", frayed()), "")),
        ],
    );
}

#[test]
fn a_clip_path_for_each_module() {
    let turned = |size: f64| {
        dark(0, move |x, y| {
            format!(
                "q {} {} {size} {size} re W n -300 -300 900 900 re f Q ",
                x * 5 + 60,
                80.0 - f64::from(u32::try_from(y).unwrap()) * 5.0
            )
        })
    };
    let turned = |degrees: f64| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        page(&format!("{cos} {sin} {} {cos} 60 60 cm {}", -sin, turned(5.0)), "")
    };
    let strokes = dark(0, |x, y| {
        let (x, y) = (x * 5 + 20, 250 - y * 5);
        format!("q {x} {y} 5 5 re W n 300 w 0 150 m 300 150 l S Q ")
    });
    let circles = dark(0, |x, y| {
        let (x, y) = (x * 5 + 20, 250 - y * 5);
        format!("q {x} {y} 5 5 re W n {} f Q ", circle(230.0))
    });
    check(
        "application/pdf",
        &[
            ("upright", turned(0.0)),
            ("turned", turned(90.0)),
            ("askew", turned(45.0)),
            ("a little askew", turned(12.0)),
            ("strokes", page(&strokes, "")),
            ("something round", page(&circles, "")),
        ],
    );
}

#[test]
fn clip_paths_that_are_no_codes() {
    let chart: String =
        (0..60).map(|bar| format!("0 .3 .7 rg {} 20 3 {} re f ", bar * 4 + 20, (bar * 37) % 200)).collect();
    let blobs: String = (0..40)
        .map(|at| {
            format!("q {} W n {} W n .5 g 0 {} 300 90 re f Q ", circle(f64::from(at) * 3.0 + 9.0), frayed(), at * 5)
        })
        .collect();
    check_none(
        "application/pdf",
        &[
            ("a chart in a frame", page(&format!("10 10 200 100 re W n {chart}"), "")),
            ("a chart in a circle", page(&format!("{} W n {chart}", circle(90.0)), "")),
            ("a chart in frays", page(&format!("{} W n {chart}", frayed()), "")),
            ("blobs", page(&blobs, "")),
        ],
    );
}

#[test]
fn clip_paths_take_linear_time() {
    let many = dark(0, |x, y| format!("{} {} 5 5 re ", x * 5 + 20, 250 - y * 5)).repeat(40);
    let again = format!("{many} W n {}", "q 0 0 299 299 re W n 0 0 40 400 re f Q ".repeat(40_000));
    let frays = format!("{} W n {} ", frayed(), format!("q {} W n Q ", frayed()).repeat(300));
    for content in [again, frays] {
        let content = crate::formats::shown::open("a.pdf", "", page(&content, "").as_bytes());
        assert_eq!(content.items[0].kind, "pdf");
    }
}
