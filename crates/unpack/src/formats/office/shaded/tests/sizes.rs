//! Sheets with hidden columns and rows, with ones of other sizes, with grounds of rows; and honest ones.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use scan::content::Content;

use super::{column, fill, package};
use crate::formats::drawing::{modules, says};

/// A sheet with black, white and no fills (styles 1, 2, 0), its columns, its rows.
fn sheet(columns: &str, rows: &str) -> Content {
    let fills = [fill("rgb='FF000000'"), fill("rgb='FFFFFFFF'")].concat();
    let styles = format!(
        "<?xml version='1.0'?><styleSheet><fills><fill/><fill/>{fills}</fills><cellXfs><xf/><xf fillId='2'/><xf fillId='3'/></cellXfs></styleSheet>"
    );
    let sheet =
        format!("<?xml version='1.0'?><worksheet><cols>{columns}</cols><sheetData>{rows}</sheetData></worksheet>");
    package(&[("xl/worksheets/sheet1.xml", sheet), ("xl/styles.xml", styles)])
}

/// Rows of cells whose styles are told by column, row and shade.
fn rows(start: impl Fn(usize) -> String, cell: impl Fn(usize, usize, bool) -> String) -> String {
    let row = |(y, row): (usize, &Vec<bool>)| {
        let cells: String = row.iter().enumerate().map(|(x, dark)| cell(x, y, *dark)).collect();
        format!("{}{cells}</row>", start(y))
    };
    modules(1).iter().enumerate().map(row).collect()
}

fn cell(x: usize, y: usize, style: usize) -> String {
    format!("<c r='{}{}' s='{style}'/>", column(x), y + 1)
}

#[test]
fn hidden_columns_and_rows_part_nothing() {
    let style = |dark: bool| if dark { 1 } else { 2 };
    let start = |y: usize| format!("<row r='{}'>", y + 1);
    let hidden: String =
        (0..40).map(|x| format!("<col min='{0}' max='{0}' width='9' hidden='1'/>", x * 2 + 2)).collect();
    let columns = rows(start, |x, y, dark| cell(x * 2, y, style(dark)) + &cell(x * 2 + 1, y, 1 + x % 2));
    assert!(says(&sheet(&hidden, &columns)), "columns");
    let above = rows(
        |y| {
            let decoys: String = (0..29).map(|x| cell(x, y * 2, 1 + (x + y) % 2)).collect();
            format!("<row r='{}' hidden='true'>{decoys}</row><row r='{}'>", y * 2 + 1, y * 2 + 2)
        },
        |x, y, dark| cell(x, y * 2 + 1, style(dark)),
    );
    assert!(says(&sheet("", &above)), "rows");
    // Each module is two columns, of which now the first and now the second is narrow.
    let widths: String = (0..40)
        .map(|x: usize| {
            let (one, two) = if x.is_multiple_of(3) { (1, 4) } else { (4, 1) };
            format!("<col min='{}' max='{}' width='{one}'/>", x * 2 + 1, x * 2 + 1)
                + &format!("<col min='{}' max='{}' width='{two}'/>", x * 2 + 2, x * 2 + 2)
        })
        .collect();
    let split = rows(
        |y| format!("<row r='{}' ht='34'>", y + 1),
        |x, y, dark| cell(x * 2, y, style(dark)) + &cell(x * 2 + 1, y, style(dark)),
    );
    assert!(says(&sheet(&widths, &split)), "split");
}

/// `NaN` and `INF` are numbers of XML, and no sizes.
#[test]
fn what_is_no_size_hides_nothing() {
    let style = |dark: bool| if dark { 1 } else { 2 };
    for no_size in ["NaN", "INF", "-INF", "inf", "1e999"] {
        let cells = rows(|y| format!("<row r='{}'>", y + 1), |x, y, dark| cell(x + 1, y, style(dark)));
        assert!(says(&sheet(&format!("<col min='1' max='1' width='{no_size}'/>"), &cells)), "{no_size}: a column");
        let start = |y: usize| {
            format!("<row r='{}'{}>", y + 1, if y == 0 { format!(" ht='{no_size}'") } else { String::new() })
        };
        let cells = rows(start, |x, y, dark| cell(x, y, style(dark)));
        assert!(says(&sheet("", &cells)), "{no_size}: a row");
    }
}

#[test]
fn grounds_of_rows_and_columns_are_under_cells() {
    let light = |x: usize, y: usize, dark: bool| if dark { String::new() } else { cell(x, y, 2) };
    let of_rows = rows(|y| format!("<row r='{}' s='1' customFormat='1'>", y + 1), light);
    assert!(says(&sheet("", &of_rows)), "rows");
    let of_columns = rows(|y| format!("<row r='{}'>", y + 1), light);
    assert!(says(&sheet("<col min='1' max='16384' width='3' style='1'/>", &of_columns)), "columns");
    // What has no fill of its own shows none.
    let none = rows(
        |y| format!("<row r='{}' s='1' customFormat='1'>", y + 1),
        |x, y, dark| if dark { String::new() } else { cell(x, y, 0) },
    );
    assert!(says(&sheet("", &none)), "without a fill");
}

#[test]
fn merged_cells_are_as_their_first() {
    let rows = rows(|y| format!("<row r='{}'>", y * 2 + 1), |x, y, dark| cell(x, y * 2, usize::from(dark)));
    let modules = modules(1);
    let below = |y: usize| {
        let row = modules[y].iter().enumerate();
        row.map(|(x, dark)| cell(x, y * 2 + 1, usize::from(!*dark))).collect::<String>()
    };
    let all: String = rows
        .split_inclusive("</row>")
        .enumerate()
        .map(|(y, row)| format!("{row}<row r='{}'>{}</row>", y * 2 + 2, below(y)))
        .collect();
    let merged: String = (0..modules.len())
        .flat_map(|y| (0..modules.len()).map(move |x| (x, y)))
        .map(|(x, y)| format!("<mergeCell ref='{0}{1}:{0}{2}'/>", column(x), y * 2 + 1, y * 2 + 2))
        .collect();
    let content = sheet("", &format!("{all}</sheetData><mergeCells>{merged}</mergeCells><sheetData>"));
    assert!(says(&content));
}

#[test]
fn honest_sheets_stay_unmarked() {
    // Groups of hidden rows, striped, a coloured column, more formatted rows than are kept.
    let rows: String = (0..12_000)
        .map(|y: usize| {
            let hidden = if y.is_multiple_of(7) { "" } else { " hidden='1'" };
            let cells: String = (0..4).map(|x| cell(x, y, if y.is_multiple_of(2) { 1 } else { 2 })).collect();
            format!("<row r='{}' s='{}' customFormat='1'{hidden}>{cells}</row>", y + 1, 1 + y % 2)
        })
        .collect();
    let content =
        sheet("<col min='2' max='2' width='20' style='1'/><col min='4' max='9' width='3' hidden='1'/>", &rows);
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
}
