//! Codes that pages draw with caps, clip paths, patterns, masks and glyphs; pages that use these for something else.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::made::page;
use crate::formats::drawing::{check, check_none, dark};

fn stream(number: u32, dict: &str, content: &str) -> String {
    format!("{number} 0 obj <<{dict}/Length {}>> stream\n{content}\nendstream endobj ", content.len())
}

fn with(resources: &str, content: &str, more: &str) -> String {
    page(content, more).replace("/Font<<", &format!("{resources}/Font<<"))
}

fn boxes() -> String {
    dark(0, |x, y| format!("{} {} 5 5 re ", x * 5 + 20, 250 - y * 5))
}

#[test]
fn caps_and_clip_paths() {
    let dots = dark(0, |x, y| format!("{x} {y} m {x} {y} l S ", x = x * 5 + 22, y = 252 - y * 5));
    let each = dark(0, |x, y| format!("q {} {} 5 5 re W n 0 0 300 300 re f Q ", x * 5 + 20, 250 - y * 5));
    let shaded = dark(0, |x, y| format!("q {} {} 5 5 re W n /S sh Q ", x * 5 + 20, 250 - y * 5));
    let small = "q 0 0 1 1 re W n 1 g 0 0 300 300 re f Q";
    check(
        "application/pdf",
        &[
            ("square caps", page(&format!("5 w 2 J {dots}"), "")),
            ("round caps", page(&format!("5 w 1 J {dots}"), "")),
            ("a clip path", page(&format!("{} W n 0 0 300 300 re f", boxes()), "")),
            (
                "a clip path within another",
                page(&format!("10 10 280 280 re W n {} W* n 0 0 300 300 re f", boxes()), ""),
            ),
            ("a clip path for each", page(&each, "")),
            ("shadings", page(&shaded, "")),
            ("a cover that is clipped", page(&format!("{} f {small}", boxes()), "")),
            ("a cover", page(&format!("{} f 1 g 0 0 300 300 re f", boxes()), "")),
        ],
    );
}

#[test]
fn patterns_masks_and_glyphs() {
    let tile =
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 300 300]/XStep 300/YStep 300/Resources<<>>";
    let mask = "/Type/XObject/Subtype/Form/BBox[0 0 300 300]/Group<</S/Transparency/CS/DeviceGray>>/Resources<<>>";
    let glyph = |content: &str| {
        "8 0 obj <</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<</a 9 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[10]/Resources<<>>>> endobj "
            .to_owned()
            + &stream(9, "", content)
    };
    let each = dark(0, |x, y| format!("BT /T 5 Tf {} {} Td (a) Tj ET ", x * 5 + 20, 250 - y * 5));
    let rows = crate::formats::drawing::runs(0, |x, y, length, is_dark| {
        if is_dark {
            format!("BT /T 5 Tf {} {} Td ({}) Tj ET ", x * 5 + 20, 250 - y * 5, "a".repeat(length))
        } else {
            String::new()
        }
    });
    let with_glyphs = |content: &str, glyph: &str| page(content, glyph).replace("/Font<<", "/Font<</T 8 0 R");
    let box_of_glyph = glyph("10 0 d0 0 0 10 10 re f");
    check(
        "application/pdf",
        &[
            (
                "a pattern",
                with(
                    "/Pattern<</P 9 0 R>>",
                    "/Pattern cs /P scn 0 0 300 300 re f",
                    &stream(9, tile, &format!("{} f", boxes())),
                ),
            ),
            (
                "a soft mask",
                with(
                    "/ExtGState<</G<</SMask<</S/Luminosity/G 9 0 R>>>>>>",
                    "/G gs 0 0 300 300 re f",
                    &stream(9, mask, &format!("1 g {} f", boxes())),
                ),
            ),
            ("glyphs", with_glyphs(&each, &box_of_glyph)),
            ("rows of glyphs", with_glyphs(&rows, &glyph("10 0 0 0 10 10 d1 0 0 m 10 0 l 10 10 l 0 10 l h f"))),
        ],
    );
}

#[test]
fn pages_that_use_the_same() {
    let pictures: String =
        (0..90).map(|at| format!("q {} {} 20 20 re W n /S sh Q ", at % 10 * 25, at / 10 * 25)).collect();
    let tile = "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 4 4]/XStep 4/YStep 4/Resources<<>>";
    let hatched: String = (0..20).map(|at| format!("{} 20 8 {} re f ", at * 12 + 20, 20 + at * 9)).collect();
    let letters = "8 0 obj <</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<</a 9 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[10]/Resources<<>>>> endobj "
        .to_owned()
        + &stream(9, "", "10 0 d0 1 3 4 1 re f");
    let leaders: String =
        (0..30).map(|row| format!("BT /T 6 Tf 20 {} Td ({}) Tj ET ", 280 - row * 8, "a".repeat(40))).collect();
    check_none(
        "application/pdf",
        &[
            ("shadings", page(&pictures, "")),
            (
                "hatched bars",
                with(
                    "/Pattern<</P 9 0 R>>",
                    &format!("/Pattern cs /P scn {hatched}"),
                    &stream(9, tile, "0 0 m 4 4 l S"),
                ),
            ),
            ("leaders", page(&leaders, &letters).replace("/Font<<", "/Font<</T 8 0 R")),
            (
                "round lines",
                page(
                    &(0..80)
                        .map(|at| format!("1 J 2 w 20 {y} m {} {y} l S ", 30 + at * 2, y = at * 3 + 10))
                        .collect::<String>(),
                    "",
                ),
            ),
        ],
    );
}
