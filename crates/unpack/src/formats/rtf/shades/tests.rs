//! Tables of RTF whose cells are shaded.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{dark, modules, runs, says};
use crate::formats::office::testing::open;

fn document(body: &str) -> Content {
    open(
        format!("{{\\rtf1{{\\colortbl;\\red10\\green10\\blue30;\\red255\\green255\\blue255;}}{body}\\pard end}}")
            .as_bytes(),
    )
}

fn table(cell: impl Fn(bool) -> &'static str) -> String {
    let row = |row: &Vec<bool>| {
        let cells = row.iter().enumerate().map(|(x, dark)| format!("{}\\cellx{}", cell(*dark), (x + 1) * 200));
        format!("\\trowd{}{}\\row\n", cells.collect::<String>(), "\\pard\\intbl\\cell".repeat(row.len()))
    };
    modules(1).iter().map(row).collect()
}

#[test]
fn codes_of_shaded_cells() {
    let wide = runs(1, |x, _, length, is_dark| {
        let start = if x == 0 { "\\row\\trowd\\trleft-100" } else { "" };
        format!("{start}{}\\cellx{}", if is_dark { "\\clcbpat1" } else { "" }, (x + length) * 150 - 100)
    });
    for (name, body) in [
        ("only dark", table(|dark| if dark { "\\clcbpat1" } else { "" })),
        ("both", table(|dark| if dark { "\\clcbpat1" } else { "\\clcbpat2" })),
        ("inverted", table(|dark| if dark { "\\clcbpat2" } else { "\\clcbpat1" })),
        ("patterns", table(|dark| if dark { "\\clshdng10000\\clcfpat1\\clcbpat2" } else { "\\clshdng1000\\clcfpat1" })),
        ("wide cells", format!("{wide}\\row")),
    ] {
        let content = document(&body);
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
}

#[test]
fn codes_of_text_on_grounds() {
    for word in ["highlight", "chcbpat", "cb"] {
        let row = |row: &Vec<bool>| {
            let module = |dark: &bool| format!("{{\\{word}{}   }}", if *dark { 1 } else { 2 });
            row.iter().map(module).collect::<String>() + "\\par\n"
        };
        let content = document(&modules(2).iter().map(row).collect::<String>());
        assert!(says(&content), "{word} {:?}", content.items[0].marks);
    }
}

#[test]
fn codes_of_shapes() {
    let property = |name: &str, value: usize| format!("{{\\sp{{\\sn {name}}}{{\\sv {value}}}}}");
    let shapes = dark(0, |x, y| {
        let (left, top, right, bottom) = (x * 80, y * 80, x * 80 + 80, y * 80 + 80);
        format!(
            "{{\\shp{{\\*\\shpinst\\shpleft{left}\\shptop{top}\\shpright{right}\\shpbottom{bottom}{}{}}}}}",
            property("shapeType", 1),
            property("fillColor", 0)
        )
    });
    assert!(says(&document(&shapes)));
    let hollow = shapes.replace("\\sn shapeType", "\\sn fFilled").replace("\\sv 1", "\\sv 0");
    let content = document(&hollow);
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
}

#[test]
fn other_tables_are_no_codes() {
    let plain = table(|_| "");
    let row = |y: usize| {
        let shade = if y.is_multiple_of(2) { "\\clcbpat1" } else { "\\clcbpat2" };
        let cells: String = (1..12).map(|x| format!("{shade}\\cellx{}", x * 900)).collect();
        format!("\\trowd{cells}{}\\row", "\\intbl 12\\cell".repeat(11))
    };
    for body in [plain, (0..60).map(row).collect()] {
        let content = document(&body);
        assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
        assert!(!content.items[0].text.contains(';'), "{}", content.items[0].text);
    }
}

#[test]
fn what_is_passed_over_is_no_row() {
    let table = table(|dark| if dark { "\\clcbpat1" } else { "\\clcbpat2" });
    for (name, decoy) in [
        ("a row once more", "{\\*\\zz\\row}"),
        ("a row of its own", "{\\*\\zz\\trowd\\clcbpat1\\cellx9000\\row}"),
        ("colours", "{\\*\\zz{\\colortbl;\\red255\\green255\\blue255;}}"),
    ] {
        let content = document(&format!("{decoy}{}", table.replace("\\row\n", &format!("\\row{decoy}\n"))));
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
    let nested = format!("{{\\*\\nesttableprops{}}}", table.replace("\\row\n", "\\nestrow\n"));
    assert!(says(&document(&nested)));
    // Whether this is passed over is up to the program.
    let content = document(&table.replace("\\row\n", "{\\*\\row}\n\\row\n"));
    assert!(content.items[0].marks.contains(&"picture_unread".to_owned()), "{:?}", content.items[0].marks);
    let content = document("\\trowd\\clcbpat1\\cellx900{\\*\\row}\\row");
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
}

#[test]
fn more_than_is_kept_is_told() {
    let colours = ";".repeat(10_001);
    let cells: String = (1..1_100).map(|x| format!("\\clcbpat1\\cellx{}", x * 20)).collect();
    for body in [format!("{{\\colortbl{colours}}}"), format!("\\trowd{cells}\\row")] {
        let content = document(&body);
        assert_eq!(content.items[0].marks, ["picture_unread"]);
    }
}

#[test]
fn cells_that_are_parts_of_others_and_hatches() {
    let modules = modules(1);
    let mut above = vec![false; modules.len()];
    let mut merged = String::new();
    for own in &modules {
        merged += "\\trowd";
        for (x, (dark, above)) in own.iter().zip(&above).enumerate() {
            let (joins, shown) = if dark == above { ("\\clvmrg", !*dark) } else { ("\\clvmgf", *dark) };
            merged += &format!("{joins}\\clcbpat{}\\cellx{}", if shown { 1 } else { 2 }, (x + 1) * 200);
        }
        merged += "\\row\n";
        above.clone_from(own);
    }
    // Each row once more, of no height to speak of, with other shades; and a narrow cell without a shade.
    let low = table(|dark| if dark { "\\clcbpat1" } else { "\\clcbpat2" });
    let low = low
        .replace("\\trowd", "\\trowd\\trrh-200")
        .replace("\\row\n", "\\row\\trowd\\trrh-1\\clcbpat1\\cellx6000\\row\n");
    for (name, body) in [
        ("parts of the cell above", merged),
        ("hatches", table(|dark| if dark { "\\clbgdkcross\\clcfpat1" } else { "" })),
        ("raw shades", table(|dark| if dark { "\\clcbpatraw1" } else { "\\clcbpatraw2" })),
        ("low rows", low),
        ("a narrow cell", format!("\\trowd\\cellx20\\row{}", table(|dark| if dark { "\\clcbpat1" } else { "" }))),
    ] {
        assert!(says(&document(&body)), "{name}");
    }
}
