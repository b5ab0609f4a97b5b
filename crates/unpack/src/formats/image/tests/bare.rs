//! Codes without timing patterns, which many programs read; and what only looks a little like one.

use super::crowds::with_corner;
use super::made::{Canvas, Random, code};
use super::{open, said};

const URL: &str = "https://evil.example/bare";

/// The code with its row and column of turns painted over.
fn bare(says: &str, paint: impl Fn(usize) -> bool) -> Vec<Vec<bool>> {
    let mut modules = code(says);
    for at in 8..modules.len() - 8 {
        (modules[6][at], modules[at][6]) = (paint(at), paint(at));
    }
    modules
}

fn on_room(code: &Canvas, width: u32, height: u32) -> Canvas {
    Canvas::from_func(width, height, |x, y| {
        if x < code.width && y < code.height { code.image.get_pixel(x, y).0 } else { [255; 3] }
    })
}

#[test]
fn codes_without_timing_patterns_are_read() {
    let long = format!("{URL}?{}", "q".repeat(120));
    let white = Canvas::of(&bare(URL, |_| false), 6, 4);
    let inverted = white.map(|_, _, rgb| rgb.map(|part| 255 - part));
    let image = image::imageops::rotate90(&white.image);
    for (name, picture) in [
        ("white", white.clone()),
        ("black", Canvas::of(&bare(URL, |_| true), 6, 4)),
        ("as it falls", Canvas::of(&bare(URL, |at| at * at % 7 < 3), 6, 4)),
        ("a large one", Canvas::of(&bare(&long, |_| true), 4, 4)),
        ("large pixels", Canvas::of(&bare(URL, |_| false), 12, 4)),
        ("light on dark", inverted),
        ("turned", Canvas { image, ..white.clone() }),
        ("blue", Canvas::coloured(&bare(URL, |_| false), 6, 4, ([20, 30, 160], [250, 240, 200]))),
    ] {
        let content = open(&[picture.png()]);
        assert!(said(&content).contains(URL), "{name}: {:?}", content.items[0].marks);
        assert_eq!(content.items[0].marks, ["qr"], "{name}");
    }
}

#[test]
fn neither_corners_nor_another_code_hide_them() {
    let hidden = Canvas::of(&bare(URL, |_| true), 6, 4);
    let mut decoys = on_room(&hidden, 600, 600);
    let mut random = Random(5);
    for _ in 0..24 {
        let left = hidden.width + random.below((600 - hidden.width - 40) as usize) as u32;
        decoys = with_corner(&decoys, (left, random.below(540) as u32), 4);
    }
    let other = Canvas::of(&code("https://good.example/"), 6, 4);
    let both = on_room(&hidden, hidden.width + other.width, 300);
    let both = both.map(|x, y, own| match x.checked_sub(hidden.width) {
        Some(x) if x < other.width && y < other.height => other.image.get_pixel(x, y).0,
        _ => own,
    });
    for (name, picture) in [("corners", decoys), ("a code", both)] {
        let content = open(&[picture.png()]);
        assert!(said(&content).contains(URL), "{name}: {:?}", content.items[0].marks);
    }
}

#[test]
fn the_last_of_many_is_read_or_told() {
    let codes: Vec<Canvas> = ["https://a.example/", "https://b.example/", "https://c.example/", URL]
        .into_iter()
        .map(|says| Canvas::of(&bare(says, |_| true), 5, 4))
        .collect();
    let side = codes[3].width;
    for order in [[0, 1, 2, 3], [3, 0, 1, 2], [0, 3, 1, 2]] {
        let all = Canvas::from_func(side * 2, side * 2, |x, y| {
            let own = &codes[order[(x / side + y / side * 2) as usize]];
            if x % side < own.width && y % side < own.height {
                own.image.get_pixel(x % side, y % side).0
            } else {
                [255; 3]
            }
        });
        let content = open(&[all.png()]);
        let is_told = content.items[0].marks.contains(&"picture_unread".to_owned());
        assert!(said(&content).contains(URL) || is_told, "{order:?}: {:?}", content.items[0].marks);
    }
}

#[test]
fn what_looks_like_a_code_and_says_nothing_is_told() {
    let mut random = Random(77);
    let mut modules = code(URL);
    let last = modules.len() - 8;
    for (y, row) in modules.iter_mut().enumerate() {
        for (x, own) in row.iter_mut().enumerate() {
            let is_corner = (x < 8 && (y < 8 || y >= last)) || (x >= last && y < 8);
            if !is_corner {
                *own = random.below(2) == 0;
            }
        }
    }
    let content = open(&[Canvas::of(&modules, 6, 4).png()]);
    assert_eq!(content.items[0].marks, ["picture_unread"]);
}

// Its corners stand as those of no square: rqrr 0.11 asserts that they map to numbers of 32 bits.
#[test]
fn a_code_that_makes_its_reader_panic_is_told() {
    let content = open(&[include_bytes!("../../../../testdata/small/torn-code.png").to_vec()]);
    assert_eq!(
        (said(&content).as_str(), content.items[0].marks.as_slice()),
        ("", ["picture_unread".to_owned()].as_slice())
    );
}

#[test]
fn rings_alone_are_no_code() {
    let rings = |between: &dyn Fn(usize, usize) -> bool| {
        let row = |y: usize| (0..29).map(|x| x.min(y) > 8 && between(x, y)).collect::<Vec<bool>>();
        let mut modules: Vec<Vec<bool>> = (0..29).map(row).collect();
        for (left, top) in [(0, 0), (22, 0), (0, 22)] {
            for y in 0..7 {
                for x in 0..7 {
                    modules[top + y][left + x] = x.min(y).min(6 - x).min(6 - y) != 1;
                }
            }
        }
        Canvas::of(&modules, 6, 4).png()
    };
    for (name, picture) in [
        ("nothing", rings(&|_, _| false)),
        ("a box", rings(&|x, y| x > 14 && y > 14)),
        ("stripes", rings(&|_, y| y % 4 < 2)),
        ("letters", rings(&|x, y| y % 6 < 3 && x % 5 == 1)),
    ] {
        let content = open(&[picture]);
        assert!(content.items[0].marks.is_empty(), "{name}: {:?}", content.items[0].marks);
    }
}

#[test]
fn pictures_of_corners_do_not_take_long() {
    // Corners with a timing pattern to each side: whichever three are taken, they stand as those of a code.
    let (pixels, step, side) = (3_u32, 18_u32, 12_u32);
    let lattice = Canvas::from_func(side * step * pixels, side * step * pixels, |x, y| {
        let (x, y) = (x / pixels % step, y / pixels % step);
        let is_ring = x < 7 && y < 7 && x.min(y).min(6 - x).min(6 - y) != 1;
        let is_turn = |along: u32, aside: u32| aside == 6 && along > 7 && along < 17 && along.is_multiple_of(2);
        if is_ring || is_turn(x, y) || is_turn(y, x) { [0; 3] } else { [255; 3] }
    });
    let pictures: Vec<Vec<u8>> = (0..12)
        .map(|number| lattice.map(|x, y, own| if (x, y) == (number, 600) { [9; 3] } else { own }).png())
        .collect();
    let mut budget = crate::budget::Budget::new(crate::budget::Limits::default());
    let part = |bytes: &Vec<u8>| crate::request::Part { bytes: bytes.clone().into(), ..Default::default() };
    let request = crate::request::Request { parts: pictures.iter().map(part).collect(), ..Default::default() };
    let content = crate::unpack::unpack(&request, &mut budget);
    assert!(content.items.iter().all(|item| item.marks == ["picture_unread"]));
    // What is left would do for a few more, as the same places are not tried again and again.
    assert!(!budget.code_steps.are_left());
    // Beside them an ordinary code is read all the same.
    let own = open(&[lattice.png(), Canvas::of(&code(URL), 6, 4).png()]);
    assert_eq!(own.items[1].marks, ["qr"]);
}
