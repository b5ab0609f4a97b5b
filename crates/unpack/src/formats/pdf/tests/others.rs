//! Codes that pages draw with caps, clip paths, patterns, masks and glyphs; pages that use these for something else.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::made::page;
use crate::formats::drawing::{check, check_none, check_unread, dark, runs};

fn stream(number: u32, dict: &str, content: &str) -> String {
    format!("{number} 0 obj <<{dict}/Length {}>> stream\n{content}\nendstream endobj ", content.len())
}

fn with(resources: &str, content: &str, more: &str) -> String {
    page(content, more).replace("/Font<<", &format!("{resources}/Font<<"))
}

fn boxes() -> String {
    dark(0, |x, y| format!("{} {} 5 5 re ", x * 5 + 20, 250 - y * 5))
}

/// A page of pictures: of each its width and samples, one byte each, and where it is put.
fn pictures(all: &[(usize, Vec<u8>, [usize; 4])]) -> String {
    let (mut named, mut shown, mut objects) = (String::new(), String::new(), String::new());
    for (number, (width, samples, [x, y, wide, high])) in all.iter().enumerate() {
        let hex: String = samples.iter().map(|sample| format!("{sample:02x}")).collect();
        let height = samples.len() / width;
        named += &format!("/P{number} {} 0 R", number + 20);
        shown += &format!("q {wide} 0 0 {high} {x} {y} cm /P{number} Do Q ");
        let kind = format!(
            "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/AHx"
        );
        objects += &stream(u32::try_from(number + 20).unwrap(), &kind, &format!("{hex}>"));
    }
    with(&format!("/XObject<<{named}>>"), &shown, &objects)
}

#[test]
fn pictures_of_rows_and_columns() {
    let rows = crate::formats::drawing::modules(3);
    let side = rows.len();
    let samples = |row: &[bool]| row.iter().map(|dark| if *dark { 0 } else { 255 }).collect::<Vec<u8>>();
    let of_rows = |height: usize| -> Vec<_> {
        let strips = rows.chunks(height).enumerate();
        strips
            .map(|(at, strip)| {
                let place = [20, 280 - at * height * 5 - strip.len() * 5, side * 5, strip.len() * 5];
                (side, samples(&strip.concat()), place)
            })
            .collect()
    };
    let column = |x: usize| {
        let column: Vec<bool> = rows.iter().map(|row| row[x]).collect();
        (1, samples(&column), [20 + x * 5, 20, 5, side * 5])
    };
    check(
        "application/pdf",
        &[
            ("rows", pictures(&of_rows(1))),
            ("strips", pictures(&of_rows(7))),
            ("columns", pictures(&(0..side).map(column).collect::<Vec<_>>())),
        ],
    );
    let lines: Vec<_> = (0..12).map(|at| (1, vec![0], [20, 20 + at * 20, 260, 1])).collect();
    let grid: Vec<_> = (0..12).map(|at| (1, vec![90], [20 + at * 20, 20, 1, 240])).chain(lines.clone()).collect();
    let shades: Vec<_> = (0..40_u8).map(|at| (1, vec![at * 6], [20, 20 + usize::from(at) * 5, 200, 5])).collect();
    check_none(
        "application/pdf",
        &[("lines", pictures(&lines)), ("a grid", pictures(&grid)), ("shades", pictures(&shades))],
    );
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

const GLYPH_FONT: &str = "8 0 obj <</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<</a 9 0 R/space 10 0 R>>/Encoding<</Differences[32/space 97/a]>>/FirstChar 97/LastChar 97/Widths[10]/Resources<<>>>> endobj ";

fn with_glyph(content: &str, glyph: &str) -> String {
    let more = GLYPH_FONT.to_owned() + &stream(9, "", glyph) + &stream(10, "", "0 0 d0");
    page(content, &more).replace("/Font<<", "/Font<</T 8 0 R")
}

#[test]
fn glyphs_of_any_make() {
    let each = dark(0, |x, y| format!("BT /T 5 Tf {} {} Td (a) Tj ET ", x * 5 + 20, 250 - y * 5));
    let rows: String = crate::formats::drawing::modules(0)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let text: String = row.iter().map(|is_dark| if *is_dark { 'a' } else { ' ' }).collect();
            format!("BT /T 5 Tf 5 Tw 20 {} Td ({text}) Tj ET ", 250 - y * 5)
        })
        .collect();
    let comment = format!("%{}\n10 0 d0 0 0 10 10 re f", "x".repeat(3_000));
    let round = "10 0 d0 10 5 m 10 8 8 10 5 10 c 2 10 0 8 0 5 c 0 2 2 0 5 0 c 8 0 10 2 10 5 c f";
    let picture = "10 0 d0 q 10 0 0 10 0 0 cm BI /W 1 /H 1 /IM true /BPC 1 ID x EI Q";
    let halves = "10 0 d0 0 0 5 10 re f 5 0 5 10 re f";
    let white = with_glyph(&format!("0 g 10 90 200 200 re f 0 g {each}"), "10 0 d0 1 g 0 0 10 10 re f");
    check(
        "application/pdf",
        &[
            ("spaces between words", with_glyph(&rows, "10 0 d0 0 0 10 10 re f")),
            ("a comment", with_glyph(&each, &comment)),
            ("a map", with_glyph(&each, "10 0 d0 q .5 0 0 .5 0 0 cm 0 0 20 20 re f Q")),
            ("a stroke", with_glyph(&each, "10 0 d0 10 w 0 5 m 10 5 l S")),
            ("two boxes", with_glyph(&each, halves)),
            ("its own colour", white),
            ("something round", with_glyph(&each, round)),
            ("a picture", with_glyph(&each, picture)),
        ],
    );
    let lines: String =
        (0..40).map(|row| format!("BT /T 6 Tf 20 {} Td ({}) Tj ET ", 290 - row * 7, "aa a aaa ".repeat(9))).collect();
    check_none(
        "application/pdf",
        &[("a text", with_glyph(&lines, round)), ("a text of boxes", with_glyph(&lines, "9 0 d0 1 1 7 6 re f"))],
    );
}

#[test]
fn dashes_of_an_extended_state() {
    let rows = crate::formats::drawing::modules(0);
    let (mut states, mut content) = (String::new(), "4 w ".to_owned());
    for (y, row) in rows.iter().enumerate() {
        let lengths: Vec<String> =
            row.chunk_by(|one, other| one == other).map(|run| (run.len() * 4).to_string()).collect();
        let start = if row[0] { "" } else { "0 " };
        states += &format!("/D{y}<</D[[{start}{}]0]>>", lengths.join(" "));
        content += &format!("/D{y} gs 30 {at} m {} {at} l S ", 30 + row.len() * 4, at = 280 - y * 4);
    }
    check("application/pdf", &[("dashes", with(&format!("/ExtGState<<{states}>>"), &content, ""))]);
    let lists: String = (0..200).map(|at| format!("[{at} {}] 0 d q ", "1 ".repeat(8_000))).collect();
    let content = crate::formats::shown::open("a.pdf", "", page(&lists, "").as_bytes());
    assert!(content.items[0].marks.contains(&"picture_unread".to_owned()));
}

/// A pattern for each two rows of the code, and what is painted with them; the cell of each, and where it lies.
fn patterns(cell: impl Fn(usize, &str) -> (String, String)) -> String {
    let (mut names, mut objects, mut content) = (String::new(), String::new(), "/Pattern cs ".to_owned());
    for pair in 0..13_usize.max(crate::formats::drawing::modules(0).len().div_ceil(2)) {
        let own = runs(0, |x, y, length, is_dark| {
            if is_dark && y / 2 == pair {
                format!("{} {} {} 5 re ", x * 5 + 20, 250 - y * 5, length * 5)
            } else {
                String::new()
            }
        });
        let (dict, own) = cell(250 - pair * 10 - 5, &own);
        let number = u32::try_from(pair + 20).unwrap();
        let dict = format!("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/Resources<<>>{dict}");
        objects += &stream(number, &dict, &format!("{own} f"));
        names += &format!("/P{pair} {number} 0 R");
        content += &format!("/P{pair} scn 0 {} 300 10 re f ", 250 - pair * 10 - 5);
    }
    with(&format!("/Pattern<<{names}>>"), &content, &objects)
}

#[test]
fn a_code_in_pieces_of_patterns() {
    let in_place = patterns(|_, own| ("/BBox[0 0 300 300]/XStep 300/YStep 300".to_owned(), own.to_owned()));
    let content = crate::formats::shown::open("a.pdf", "", in_place.as_bytes());
    assert!(crate::formats::drawing::says(&content) || content.items[0].marks == ["picture_unread"]);
    let tiles = patterns(|bottom, own| {
        let moved = format!("q 1 0 0 1 0 {} cm {own} f Q", -i64::try_from(bottom).unwrap());
        (format!("/BBox[0 0 300 10]/XStep 300/YStep 10/Matrix[1 0 0 1 0 {bottom}]"), moved)
    });
    let content = crate::formats::shown::open("a.pdf", "", tiles.as_bytes());
    assert!(crate::formats::drawing::says(&content) || content.items[0].marks == ["picture_unread"]);
    let piled = patterns(|bottom, own| {
        let moved = format!("q 1 0 0 1 0 {} cm {own} f Q", 5 - i64::try_from(bottom).unwrap());
        ("/BBox[0 0 300 10]/XStep 300/YStep 10".to_owned(), moved)
    });
    check_unread("application/pdf", &[("piled", piled)]);
    let hatches = patterns(|_, _| ("/BBox[0 0 4 4]/XStep 4/YStep 4".to_owned(), "0 0 m 4 4 l S".to_owned()));
    check_none("application/pdf", &[("hatches", hatches)]);
}

#[test]
fn codes_of_the_standard_font_of_signs() {
    let each = dark(0, |x, y| format!("1 0 0 1 {} {} Tm (n) Tj ", x * 8 + 20, 280 - y * 8));
    let dots = each.replace("(n)", "(l)");
    let font = |content: &str| page(&format!("BT /F 8.8 Tf {content} ET"), "").replace("/Helvetica", "/ZapfDingbats");
    check("application/pdf", &[("squares", font(&each)), ("dots", font(&dots))]);
    let list: String = (0..30).map(|row| format!("1 0 0 1 20 {} Tm (n) Tj ", 290 - row * 9)).collect();
    check_none("application/pdf", &[("a list", font(&list))]);
}

#[test]
fn codes_of_notes_without_looks() {
    let notes = |kind: &str, more: &str| {
        let note = dark(0, |x, y| {
            let (left, bottom) = (x * 5 + 20, 250 - y * 5);
            format!("<</Type/Annot/Subtype/{kind}/Rect[{left} {bottom} {} {}]/IC[0 0 0]{more}>>", left + 5, bottom + 5)
        });
        page("", "").replace("/Resources<<", &format!("/Annots[{note}]/Resources<<"))
    };
    check("application/pdf", &[("squares", notes("Square", "/F 4")), ("circles", notes("Circle", ""))]);
    check_none("application/pdf", &[("hidden", notes("Square", "/F 2")), ("links", notes("Link", ""))]);
}

#[test]
fn addresses_of_media_and_of_other_files() {
    let notes = "<</Subtype/Screen/A<</S/Rendition/OP 0/R<</S/MR/C<</S/MCD/D<</FS/URL/F(http://media.example/in)>>>>>>>>>>\
        <</Subtype/Link/A<</S/Thread/F(http://thread.example/in)/D 0>>>><</Subtype/Screen/A<</S/Rendition/R<</C<</S/MCD/D(http://name.example/in)>>>>>>>>";
    let document = page("", "").replace("/Resources<<", &format!("/Annots[{notes}]/Resources<<"));
    let found = crate::formats::shown::shown("a.pdf", document.as_bytes());
    for link in
        ["Fetched: http://media.example/in", "Other: http://thread.example/in", "Fetched: http://name.example/in"]
    {
        assert!(found.contains(link), "{link}: {found}");
    }
}
