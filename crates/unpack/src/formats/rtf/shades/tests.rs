//! Tables of RTF whose cells are shaded.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{modules, runs, says};
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
