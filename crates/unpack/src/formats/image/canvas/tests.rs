//! Shapes in, what they say out.

use std::cell::Cell;
use std::time::Duration;

use super::{Canvas, Line, Looked, Rule, SHAPES_MAX, Stroke};
use crate::budget::{Budget, Limits};
use crate::formats::archives::tests::damaged::Random;
use crate::formats::drawing::{SAYS, modules};
use crate::formats::image::affine::Affine;

const BLACK: Option<u8> = Some(0);
const WHITE: Option<u8> = Some(255);

fn real(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn look(canvas: &Canvas) -> Looked {
    canvas.read(&Budget::new(Limits::default()))
}

fn check(name: &str, canvas: &Canvas) {
    let looked = look(canvas);
    assert_eq!(looked.codes, [SAYS], "{name}");
    assert!(looked.is_whole, "{name}");
}

/// A box for each module that is dark, or light.
fn boxes(canvas: &mut Canvas, is_dark: bool, shade: Option<u8>, map: Affine) {
    for (y, row) in modules(0).iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, own)| **own == is_dark) {
            canvas.add_box([real(x), real(y), real(x) + 1.0, real(y) + 1.0], map, shade);
        }
    }
}

#[test]
fn boxes_of_any_size_anywhere() {
    let turned = |degrees: f64| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Affine([cos, sin, -sin, cos, 0.0, 0.0])
    };
    for (name, map) in [
        ("one", Affine::IDENTITY),
        ("tiny", Affine::scaled(0.001, 0.001)),
        ("huge", Affine::scaled(900.0, 900.0)),
        ("far away", Affine::moved(-40_000.0, 90_000.0)),
        ("turned", turned(90.0)),
        ("askew", turned(30.0)),
        ("twice as wide", Affine::scaled(2.0, 1.0)),
        ("twice as high", Affine::scaled(3.0, 6.0)),
        ("upside down", Affine::scaled(1.0, -1.0).then(Affine::scaled(-1.0, 1.0))),
    ] {
        let mut canvas = Canvas::default();
        boxes(&mut canvas, true, BLACK, map);
        check(name, &canvas);
    }
}

#[test]
fn light_on_dark_and_among_other_things() {
    let mut inverted = Canvas::default();
    inverted.add_box([-4.0, -4.0, 33.0, 33.0], Affine::IDENTITY, BLACK);
    boxes(&mut inverted, true, WHITE, Affine::IDENTITY);
    check("light on dark", &inverted);
    let mut ground = Canvas::default();
    ground.add_box([-6.0, -6.0, 35.0, 35.0], Affine::IDENTITY, Some(30));
    ground.add_box([-4.0, -4.0, 33.0, 33.0], Affine::IDENTITY, Some(160));
    boxes(&mut ground, true, Some(120), Affine::IDENTITY);
    check("of other shades than the page", &ground);
    let mut page = Canvas::default();
    page.add_box([0.0, 0.0, 900.0, 2000.0], Affine::IDENTITY, Some(250));
    for line in 0..40 {
        let y = f64::from(line) * 20.0;
        page.add_box([20.0, y, 880.0, y + 0.5], Affine::IDENTITY, BLACK);
    }
    boxes(&mut page, true, BLACK, Affine::scaled(3.0, 3.0).then(Affine::moved(300.0, 1200.0)));
    for number in 0..30 {
        let x = f64::from(number) * 25.0;
        page.add_box([x, 1900.0, x + 3.0, 1903.0], Affine::IDENTITY, BLACK);
    }
    check("on a page", &page);
}

/// The outlines of all dark modules that touch, as editors join them.
fn outlines() -> Vec<Line> {
    let modules = modules(1);
    let is_dark = |x: usize, y: usize| modules.get(y).and_then(|row| row.get(x)).copied().unwrap_or(false);
    // An edge for each side where dark meets light, dark on its right.
    let mut edges: Vec<((usize, usize), (usize, usize))> = Vec::new();
    for y in 0..modules.len() {
        for x in 0..modules.len() {
            let (right, down) = (x.saturating_add(1), y.saturating_add(1));
            if is_dark(x, y) {
                let sides = [
                    (is_dark(x, y.wrapping_sub(1)), (x, y), (right, y)),
                    (is_dark(right, y), (right, y), (right, down)),
                    (is_dark(x, down), (right, down), (x, down)),
                    (is_dark(x.wrapping_sub(1), y), (x, down), (x, y)),
                ];
                edges.extend(sides.into_iter().filter(|(is_inner, ..)| !is_inner).map(|(_, from, to)| (from, to)));
            }
        }
    }
    let mut lines = Vec::new();
    while let Some((start, mut at)) = edges.pop() {
        let mut line = vec![start];
        while at != start {
            line.push(at);
            let next = edges.iter().position(|(from, _)| *from == at).unwrap();
            at = edges.swap_remove(next).1;
        }
        lines.push(line.into_iter().map(|(x, y)| (real(x), real(y))).collect());
    }
    lines
}

#[test]
fn outlines_and_strokes() {
    for rule in [Rule::NonZero, Rule::EvenOdd] {
        let mut canvas = Canvas::default();
        canvas.add_lines(outlines(), rule, Affine::scaled(7.5, 7.5), BLACK);
        assert_eq!(canvas.len(), 1);
        check("one shape", &canvas);
    }
    let mut strokes = Canvas::default();
    let mut dashes = Canvas::default();
    for (y, row) in modules(0).iter().enumerate() {
        let middle = real(y) + 0.5;
        let solid = Stroke { width: 1.0, ..Stroke::default() };
        for (x, _) in row.iter().enumerate().filter(|(_, own)| **own) {
            strokes.add_stroke(((real(x), middle), (real(x) + 1.0, middle)), &solid, Affine::IDENTITY, BLACK);
        }
        let mut lengths: Vec<f64> = row.chunk_by(|one, other| one == other).map(|run| real(run.len())).collect();
        if !row[0] {
            lengths.insert(0, 0.0);
        }
        let dashed = Stroke { width: 1.0, dashes: lengths, offset: 0.0 };
        dashes.add_stroke(((0.0, middle), (real(row.len()), middle)), &dashed, Affine::scaled(5.0, 5.0), BLACK);
    }
    check("strokes", &strokes);
    check("dashes", &dashes);
}

#[test]
fn repeated_shapes() {
    let mut row = Canvas::default();
    row.add_box([0.0, 0.0, 1.0, 1.0], Affine::IDENTITY, None);
    let mut canvas = Canvas::default();
    for (y, own) in modules(0).iter().enumerate() {
        for (x, is_dark) in own.iter().enumerate() {
            canvas.repeat(&row, Affine::moved(real(x), real(y)), if *is_dark { BLACK } else { WHITE });
        }
    }
    check("one by one", &canvas);
    let mut again = Canvas::default();
    again.repeat(&canvas.part(0, canvas.len()), Affine::scaled(4.0, 4.0), None);
    check("all at once", &again);
}

#[test]
fn what_is_no_code_says_nothing() {
    let mut random = Random(0x0bad_5eed);
    let mut bars = Canvas::default();
    for _ in 0..20_000 {
        let (x, y) = (real(random.below(999)), real(random.below(999)));
        bars.add_box([x, y, x + 3.0, y + 3.0], Affine::IDENTITY, Some(20));
    }
    let mut cells = Canvas::default();
    for number in 0..42 {
        let (x, y) = (f64::from(number % 7) * 40.0, f64::from(number / 7) * 30.0);
        cells.add_box([x, y, x + 38.0, y + 28.0], Affine::IDENTITY, if number % 5 == 0 { BLACK } else { Some(220) });
    }
    let mut same = Canvas::default();
    for _ in 0..10_000 {
        same.add_box([1.0, 1.0, 2.0, 2.0], Affine::IDENTITY, BLACK);
    }
    for (name, canvas) in [("bars", bars), ("cells", cells), ("same", same), ("nothing", Canvas::default())] {
        let looked = look(&canvas);
        // So many corners are not all looked at.
        assert_eq!((looked.codes.is_empty(), looked.is_whole), (true, name != "bars"), "{name}");
    }
}

#[test]
fn limits_are_told() {
    let mut many = Canvas::default();
    for number in 0..=SHAPES_MAX {
        let x = real(number);
        many.add_box([x, 0.0, x + 1.0, 1.0], Affine::IDENTITY, BLACK);
    }
    assert!(many.is_cut() && !look(&many).is_whole);
    let mut bomb = Canvas::default();
    bomb.add_box([0.0, 0.0, 1.0, 1.0], Affine::IDENTITY, BLACK);
    for _ in 0..40 {
        let part = bomb.part(0, bomb.len());
        bomb.repeat(&part, Affine::moved(1.0, 1.0), None);
    }
    assert!(bomb.is_cut() && bomb.len() <= SHAPES_MAX);
    // Painted over and over.
    let mut random = Random(7);
    let mut heap = Canvas::default();
    for _ in 0..30_000 {
        let (x, y) = (real(random.below(100)), real(random.below(100)));
        heap.add_box([x, y, x + 10.0, y + 10.0], Affine::IDENTITY, BLACK);
    }
    assert!(!look(&heap).is_whole);
}

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

#[test]
fn the_time_ends_it() {
    let mut canvas = Canvas::default();
    boxes(&mut canvas, true, BLACK, Affine::IDENTITY);
    let clock = || Duration::from_secs(NOW.get());
    let budget = Budget::with_clock(Limits::default(), clock);
    assert_eq!(canvas.read(&budget).codes, [SAYS]);
    NOW.set(1_000);
    let looked = canvas.read(&budget);
    assert!(looked.codes.is_empty() && !looked.is_whole);
}
