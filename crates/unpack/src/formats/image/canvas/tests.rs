//! Shapes in, what they say out.

mod covers;

use std::cell::Cell;
use std::time::Duration;

use super::{Canvas, DASHES_MAX, Effort, Line, Looked, POINTS_MAX, Rule, SHAPES_MAX, Stroke};
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
    canvas.read(&Budget::new(Limits::default()), &mut Effort::default())
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
            strokes.add_stroke(&[(real(x), middle), (real(x) + 1.0, middle)], &solid, Affine::IDENTITY, BLACK);
        }
        let mut lengths: Vec<f64> = row.chunk_by(|one, other| one == other).map(|run| real(run.len())).collect();
        if !row[0] {
            lengths.insert(0, 0.0);
        }
        let dashed = Stroke { width: 1.0, dashes: lengths, ..Stroke::default() };
        dashes.add_stroke(&[(0.0, middle), (real(row.len()), middle)], &dashed, Affine::scaled(5.0, 5.0), BLACK);
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

/// The shapes of a code, and what somebody draws beside it so that it is not looked at.
#[test]
fn decoys_hide_nothing() {
    let with = |decoys: &dyn Fn(&mut Canvas)| {
        let mut canvas = Canvas::default();
        decoys(&mut canvas);
        boxes(&mut canvas, true, BLACK, Affine::IDENTITY);
        canvas
    };
    let squares = |canvas: &mut Canvas, places: &[(f64, f64)], side: f64, shade: Option<u8>| {
        for (x, y) in places {
            canvas.add_box([*x, *y, x + side, y + side], Affine::IDENTITY, shade);
        }
    };
    let mut random = Random(0xdec0);
    let mut anywhere = |count: usize, reach: usize| -> Vec<(f64, f64)> {
        (0..count).map(|_| (real(random.below(reach)) / 7.0 - 9.0, real(random.below(reach)) / 7.0 - 9.0)).collect()
    };
    let (within, near, far) = (anywhere(3_000, 300), anywhere(2_000, 900), anywhere(1_000, 90_000));
    let row = |step: f64| (0..90).map(|at| (f64::from(at) * step + 30.0, 9.0)).collect::<Vec<_>>();
    let column = |step: f64| (0..90).map(|at| (9.0, f64::from(at) * step + 30.0)).collect::<Vec<_>>();
    let band: Vec<(f64, f64)> = (0..4_000).map(|at| (f64::from(at % 400) + 33.0, f64::from(at / 400) + 3.0)).collect();
    let field: Vec<(f64, f64)> =
        (0..20_000).map(|at| (f64::from(at % 200) - 33.0, f64::from(at / 200) - 20.0)).collect();
    let nearly_white = Some(254);
    let cases: Vec<(&str, Canvas)> = vec![
        ("specks in one place", with(&|own| squares(own, &vec![(-1.0, -1.0); 900], 0.001, WHITE))),
        ("specks within", with(&|own| squares(own, &within, 0.001, BLACK))),
        ("specks all around", with(&|own| squares(own, &near, 0.01, BLACK))),
        ("specks far away", with(&|own| squares(own, &far, 0.1, BLACK))),
        ("large ones far away", with(&|own| squares(own, &far, 9.0, nearly_white))),
        ("large ones beneath", with(&|own| squares(own, &near, 40.0, WHITE))),
        ("a chain", with(&|own| squares(own, &row(10.0), 1.0, nearly_white))),
        ("a dense chain", with(&|own| squares(own, &row(1.0), 1.0, nearly_white))),
        ("a chain down", with(&|own| squares(own, &column(3.0), 2.0, nearly_white))),
        ("a band", with(&|own| squares(own, &band, 1.0, nearly_white))),
        ("a field beneath", with(&|own| squares(own, &field, 1.0, nearly_white))),
        (
            "twenty shades",
            with(&|own| {
                for number in 0..20_u8 {
                    let x = f64::from(number) * 3.0 - 16.0;
                    own.add_box([x, -14.0, x + 3.0, -5.0], Affine::IDENTITY, Some(number));
                }
            }),
        ),
    ];
    for (name, canvas) in &cases {
        check(name, canvas);
    }
}

/// Modules that are put together of something else than a square each.
#[test]
fn modules_of_any_make() {
    let with = |module: &dyn Fn(&mut Canvas, f64, f64)| {
        let mut canvas = Canvas::default();
        for (y, row) in modules(0).iter().enumerate() {
            for (x, _) in row.iter().enumerate().filter(|(_, own)| **own) {
                module(&mut canvas, real(x), real(y));
            }
        }
        canvas
    };
    let add = |canvas: &mut Canvas, place: [f64; 4]| canvas.add_box(place, Affine::IDENTITY, BLACK);
    let strips = with(&|canvas, x, y| {
        for part in 0..25 {
            let y = y + f64::from(part) / 25.0;
            add(canvas, [x, y, x + 1.0, y + 0.04]);
        }
    });
    let crumbs = with(&|canvas, x, y| {
        for part in 0..64 {
            let (x, y) = (x + f64::from(part % 8) / 8.0, y + f64::from(part / 8) / 8.0);
            add(canvas, [x, y, x + 0.125, y + 0.125]);
        }
    });
    let triangles = with(&|canvas, x, y| {
        for line in [vec![(x, y), (x + 1.0, y), (x, y + 1.0)], vec![(x + 1.0, y + 1.0), (x + 1.0, y), (x, y + 1.0)]] {
            canvas.add_lines(vec![line], Rule::NonZero, Affine::IDENTITY, BLACK);
        }
    });
    let mut faint = Canvas::default();
    faint.set_alpha(0.3);
    boxes(&mut faint, true, BLACK, Affine::IDENTITY);
    let mut veiled = Canvas::default();
    boxes(&mut veiled, true, BLACK, Affine::IDENTITY);
    for number in 0..14 {
        let y = f64::from(number) * 2.0;
        veiled.set_alpha(f64::from(number) / 35.0);
        veiled.add_box([0.0, y, 29.0, y + 2.0], Affine::IDENTITY, WHITE);
    }
    // So many of one piece are looked at in smaller pieces as well, as far as that goes.
    assert_eq!(look(&strips).codes, [SAYS]);
    for (name, canvas) in [("crumbs", crumbs), ("triangles", triangles), ("faint", faint), ("veils", veiled)] {
        check(name, &canvas);
    }
}

/// Modules that only their upper left corners tell of.
#[test]
fn what_reaches_far_beyond_a_code() {
    // From where a run begins to far beyond the code, and white from where it ends.
    let mut covered = Canvas::default();
    let mut crossed: Vec<Line> = Vec::new();
    for (y, row) in modules(1).iter().enumerate() {
        for x in 1..row.len() {
            if row[x] != row[x - 1] {
                let (left, top) = (real(x), real(y));
                covered.add_box([left, top, 900.0, top + 1.0], Affine::IDENTITY, if row[x] { BLACK } else { WHITE });
                crossed.push(vec![(left, top), (900.0, top), (900.0, top + 1.0), (left, top + 1.0)]);
            }
        }
    }
    let mut odd = Canvas::default();
    odd.add_lines(crossed, Rule::EvenOdd, Affine::IDENTITY, BLACK);
    // The same down and across: all corners are far from each other but one.
    let mut quarters: Vec<Line> = Vec::new();
    let all = modules(1);
    for y in 1..all.len() {
        for x in 1..all.len() {
            if all[y][x] ^ all[y][x - 1] ^ all[y - 1][x] ^ all[y - 1][x - 1] {
                let (left, top) = (real(x), real(y));
                quarters.push(vec![(left, top), (900.0, top), (900.0, 900.0), (left, 900.0)]);
            }
        }
    }
    let mut quartered = Canvas::default();
    quartered.add_lines(quarters, Rule::EvenOdd, Affine::IDENTITY, BLACK);
    for (name, canvas) in [("covers", covered), ("crossings", odd), ("quarters", quartered)] {
        check(name, &canvas);
    }
}

#[test]
fn dashes_that_have_no_length() {
    let mut canvas = Canvas::default();
    for (y, row) in modules(0).iter().enumerate() {
        let mut lengths = vec![0.0; 2_000];
        for run in row.chunk_by(|one, other| one == other) {
            if !run[0] && lengths.len() == 2_000 {
                lengths.push(0.0);
            }
            // In two pieces with nothing between them.
            lengths.extend([real(run.len()) / 2.0, 0.0, real(run.len()) / 2.0]);
        }
        let stroke = Stroke { width: 1.0, dashes: super::dashes(lengths.into_iter()), ..Stroke::default() };
        let middle = real(y) + 0.5;
        let line: Vec<(f64, f64)> = (0..=row.len()).map(|x| (real(x), middle)).collect();
        canvas.add_stroke(&line, &stroke, Affine::IDENTITY, BLACK);
    }
    check("pieces of a line", &canvas);
    assert_eq!(super::joined(&[0.0, 0.0, 3.0, 0.0, 2.0, 1.0]), [5.0, 1.0]);
    assert_eq!(super::joined(&[0.0, 4.0, 1.0]), [0.0, 4.0, 1.0]);
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
fn what_is_read_tells_nothing_of_what_stands_elsewhere() {
    // Corners and timing of a code, and nothing in it that can be read.
    let mut suspect = Canvas::default();
    let mut random = Random(0x51);
    let side = modules(0).len();
    for (y, row) in modules(0).iter().enumerate() {
        for (x, own) in row.iter().enumerate() {
            let is_fixed = (x < 9 && (y < 9 || y >= side - 8)) || (x >= side - 8 && y < 9) || x == 6 || y == 6;
            if if is_fixed { *own } else { random.below(2) == 0 } {
                let (left, top) = (real(x) + 500.0, real(y) + 500.0);
                suspect.add_box([left, top, left + 1.0, top + 1.0], Affine::IDENTITY, BLACK);
            }
        }
    }
    let alone = look(&suspect);
    assert_eq!((alone.codes.is_empty(), alone.is_whole), (true, false));
    boxes(&mut suspect, true, BLACK, Affine::IDENTITY);
    let both = look(&suspect);
    assert_eq!((both.codes.as_slice(), both.is_whole), ([SAYS.to_owned()].as_slice(), false));
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
    let mut heap = Canvas::default();
    for _ in 0..3_000 {
        heap.add_box([-20.0, -20.0, 80.0, 80.0], Affine::IDENTITY, WHITE);
    }
    boxes(&mut heap, true, BLACK, Affine::IDENTITY);
    assert!(!look(&heap).is_whole);
    // Of so many shades that not each is searched.
    let mut shades = Canvas::default();
    for number in 0..30_u8 {
        let x = f64::from(number) * 2.0 - 15.0;
        shades.add_box([x, -14.0, x + 2.0, -5.0], Affine::IDENTITY, Some(number * 5));
    }
    boxes(&mut shades, true, Some(160), Affine::IDENTITY);
    let looked = look(&shades);
    assert!(looked.codes == [SAYS] || !looked.is_whole);
    // One stroke after another, and dashes too small to see.
    let mut strokes = Canvas::default();
    let stroke = Stroke { width: 1.0, dashes: vec![1e-4, 1e-4], ..Stroke::default() };
    strokes.add_stroke(&[(0.0, 0.0), (1.0, 0.0)].repeat(80_000), &stroke, Affine::IDENTITY, BLACK);
    assert!(strokes.is_cut() && strokes.len() <= SHAPES_MAX);
    let mut dashes = Canvas::default();
    let stroke = Stroke { width: 1.0, dashes: vec![1.0; DASHES_MAX + 1], ..Stroke::default() };
    dashes.add_stroke(&[(0.0, 0.0), (1.0, 0.0)], &stroke, Affine::IDENTITY, BLACK);
    let mut points = Canvas::default();
    let line: Line = (0..POINTS_MAX + 1).map(|at| (real(at % 2), real(at % 3))).collect();
    points.add_lines(vec![line], Rule::NonZero, Affine::IDENTITY, BLACK);
    assert!(dashes.is_cut() && points.is_cut());
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
    assert_eq!(canvas.read(&budget, &mut Effort::default()).codes, [SAYS]);
    NOW.set(1_000);
    let looked = canvas.read(&budget, &mut Effort::default());
    assert!(looked.codes.is_empty() && !looked.is_whole);
}
