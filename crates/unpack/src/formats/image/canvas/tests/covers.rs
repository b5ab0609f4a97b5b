//! What lies over a code and is seen through; lines with caps.

use super::super::dense::Marks;
use super::{BLACK, WHITE, boxes, check, look, real};
use crate::formats::drawing::modules;
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Line, Rule, Stroke};

fn code() -> Canvas {
    let mut canvas = Canvas::default();
    boxes(&mut canvas, true, BLACK, Affine::IDENTITY);
    canvas
}

#[test]
fn covers_hide_nothing() {
    let side = real(modules(0).len());
    let mut whole = code();
    whole.add_box([-9.0, -9.0, 60.0, 60.0], Affine::IDENTITY, WHITE);
    let mut strips = code();
    for row in 0..modules(0).len() {
        strips.add_box([-2.0, real(row), side + 2.0, real(row) + 1.0], Affine::IDENTITY, WHITE);
    }
    let mut quarters = code();
    for (x, y) in [(0.0, 0.0), (14.0, 0.0), (0.0, 14.0), (14.0, 14.0)] {
        quarters.add_box([x, y, x + 18.0, y + 18.0], Affine::IDENTITY, WHITE);
    }
    let mut round = code();
    let line: Line = vec![(-9.0, 14.0), (14.0, -20.0), (60.0, 14.0), (14.0, 60.0), (2.0, 50.0)];
    round.add_lines(vec![line], Rule::NonZero, Affine::IDENTITY, WHITE);
    // A cover for each module, of the same size.
    let mut each = code();
    boxes(&mut each, true, WHITE, Affine::IDENTITY);
    // Light modules, and the ground that lies behind them painted last.
    let mut ground = Canvas::default();
    boxes(&mut ground, false, WHITE, Affine::IDENTITY);
    ground.add_box([0.0, 0.0, side, side], Affine::IDENTITY, BLACK);
    for (name, canvas) in [
        ("one", whole),
        ("strips", strips),
        ("quarters", quarters),
        ("a shape", round),
        ("one for each module", each),
        ("a ground", ground),
    ] {
        check(name, &canvas);
    }
    // A card over a chart of bars.
    let mut chart = Canvas::default();
    for bar in 0..60 {
        let x = real(bar) * 3.0;
        chart.add_box([x, 100.0 - real(bar * 37 % 90), x + 2.0, 100.0], Affine::IDENTITY, Some(80));
    }
    chart.add_box([0.0, 0.0, 200.0, 100.0], Affine::IDENTITY, WHITE);
    let looked = look(&chart);
    assert!(looked.codes.is_empty() && looked.is_whole);
}

#[test]
fn lines_with_caps() {
    let stroke = |has_caps: bool| Stroke { width: 1.0, has_caps, ..Stroke::default() };
    let dots = |length: f64, stroke: &Stroke| {
        let mut canvas = Canvas::default();
        for (y, row) in modules(0).iter().enumerate() {
            for (x, _) in row.iter().enumerate().filter(|(_, own)| **own) {
                let (x, y) = (real(x) + 0.5, real(y) + 0.5);
                canvas.add_stroke(&[(x, y), (x + length, y)], stroke, Affine::IDENTITY, BLACK);
            }
        }
        canvas
    };
    check("dots", &dots(0.0, &stroke(true)));
    check("nearly dots", &dots(0.01, &stroke(true)));
    check("dashes of no length", &dots(0.4, &Stroke { dashes: vec![0.0, 1.0], ..stroke(true) }));
    assert!(look(&dots(0.0, &stroke(false))).codes.is_empty());
    let mut rows = Canvas::default();
    for (y, row) in modules(0).iter().enumerate() {
        // Dots one module apart where it is dark, a long gap where not.
        let mut dashes: Vec<f64> = Vec::new();
        let mut gap = 0.0;
        for own in row {
            if *own {
                dashes.extend(if dashes.is_empty() { vec![0.0, gap] } else { vec![gap] });
                dashes.push(0.0);
                gap = 0.0;
            }
            gap += 1.0;
        }
        dashes.push(99.0);
        let line = [(0.5, real(y) + 0.5), (60.0, real(y) + 0.5)];
        rows.add_stroke(&line, &Stroke { dashes, ..stroke(true) }, Affine::IDENTITY, BLACK);
    }
    assert!(!look(&rows).codes.is_empty() || rows.len() > 200);
}

#[test]
fn cells_beyond_those_kept_are_told() {
    // Each side lies over many cells of its own.
    let line: Line =
        (0..150_000_usize).map(|at| (real(at / 2 % 2) * 31.5 + real(at % 2) * 31.5, real(at / 2))).collect();
    let mut canvas = Canvas::default();
    canvas.add_lines(vec![line], Rule::NonZero, Affine::IDENTITY, BLACK);
    let marks = Marks::of(&canvas);
    assert!(marks.levels().iter().any(|level| marks.windows(*level).is_cut));
    let few = code();
    let marks = Marks::of(&few);
    assert!(marks.levels().iter().all(|level| !marks.windows(*level).is_cut));
}
