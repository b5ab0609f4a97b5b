//! Documents whose cells are shaded as a code, and ones whose cells are shaded for a reader.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

mod cells;
mod conditions;
mod sizes;

use crate::formats::drawing::{modules, runs, says};
use crate::formats::office::testing::{open, zip_of};
use scan::content::Content;

const TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

fn package(parts: &[(&str, String)]) -> Content {
    let mut all: Vec<(&str, &[u8])> = vec![("[Content_Types].xml", TYPES.as_bytes())];
    all.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    open(&zip_of(&all))
}

fn words(body: &str) -> Content {
    let text = format!("<?xml version='1.0'?><w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    package(&[("word/document.xml", text)])
}

fn table(cell: impl Fn(bool) -> String) -> String {
    let row = |row: &Vec<bool>| row.iter().map(|is_dark| cell(*is_dark)).collect::<String>();
    let rows: String = modules(1).iter().map(|own| format!("<w:tr>{}</w:tr>", row(own))).collect();
    format!("<w:p/><w:tbl><w:tblPr/>{rows}</w:tbl><w:p/>")
}

#[test]
fn tables_of_words() {
    let fill = |colour: &str| format!("<w:tc><w:tcPr><w:shd w:val='clear' w:fill='{colour}'/></w:tcPr><w:p/></w:tc>");
    let solid = |colour: &str| {
        format!("<w:tc><w:tcPr><w:shd w:val='solid' w:color='{colour}' w:fill='auto'/></w:tcPr><w:p/></w:tc>")
    };
    let merged = runs(1, |x, _, length, is_dark| {
        let start = if x == 0 { "</w:tr><w:tr>" } else { "" };
        let colour = if is_dark { "101820" } else { "FFFFFF" };
        format!(
            "{start}<w:tc><w:tcPr><w:gridSpan w:val='{length}'/><w:shd w:val='clear' w:fill='{colour}'/></w:tcPr><w:p><w:r><w:t> </w:t></w:r></w:p></w:tc>"
        )
    });
    for (name, body) in [
        ("black and white", table(|is_dark| fill(if is_dark { "000000" } else { "FFFFFF" }))),
        ("only dark", table(|is_dark| if is_dark { fill("1F3864") } else { "<w:tc><w:p/></w:tc>".to_owned() })),
        ("inverted", table(|is_dark| fill(if is_dark { "FFFF00" } else { "000080" }))),
        ("solid", table(|is_dark| if is_dark { solid("000000") } else { solid("FFFFFF") })),
        ("merged cells", format!("<w:tbl><w:tr>{merged}</w:tr></w:tbl>")),
        (
            "within a table",
            format!(
                "<w:tbl><w:tr><w:tc><w:p/>{}</w:tc></w:tr></w:tbl>",
                table(|is_dark| fill(if is_dark { "000000" } else { "FFFFFF" }))
            ),
        ),
    ] {
        let content = words(&body);
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
}

/// Each module is two letters on a ground of their own.
#[test]
fn text_on_grounds() {
    let text = |dark: &str, light: &str, end: &str| {
        let run = |is_dark: &bool| {
            let ground = if *is_dark { dark } else { light };
            format!("<w:r><w:rPr>{ground}</w:rPr><w:t xml:space='preserve'>\u{a0} </w:t></w:r>")
        };
        let row = |row: &Vec<bool>| row.iter().map(run).collect::<String>() + end;
        format!("<w:p>{}</w:p>", modules(2).iter().map(row).collect::<String>())
    };
    let paragraph = "</w:p><w:p>";
    for (name, body) in [
        ("highlighted", text("<w:highlight w:val='black'/>", "", paragraph)),
        ("both", text("<w:highlight w:val='darkBlue'/>", "<w:highlight w:val='white'/>", paragraph)),
        ("shaded", text("<w:shd w:val='clear' w:fill='000000'/>", "", paragraph)),
        ("in one paragraph", text("<w:shd w:val='solid' w:color='auto'/>", "", "<w:r><w:br/></w:r>")),
    ] {
        let content = words(&body);
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
    let struck = "<w:p><w:r><w:t>The name </w:t></w:r><w:r><w:rPr><w:highlight w:val='black'/></w:rPr><w:t>John Doe</w:t></w:r><w:r><w:t> and more.</w:t></w:r></w:p>";
    let content = words(&(struck.repeat(60) + &text("<w:highlight w:val='yellow'/>", "", paragraph)));
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
}

#[test]
fn tables_deep_within_tables() {
    let fill = |is_dark: bool| {
        let colour = if is_dark { "000000" } else { "FFFFFF" };
        format!("<w:tc><w:tcPr><w:shd w:val='clear' w:fill='{colour}'/></w:tcPr><w:p/></w:tc>")
    };
    let (start, end) = ("<w:tbl><w:tr><w:tc>".repeat(32), "</w:tc></w:tr></w:tbl>".repeat(32));
    let inside = words(&format!("{start}{}{end}", table(fill)));
    assert_eq!(inside.items[0].marks, ["picture_unread"]);
    // A heap of tables in one cell does not end the tables around it.
    let mut heap = Some(format!("<w:tc>{start}{end}</w:tc>"));
    let cell = |is_dark: bool| fill(is_dark);
    let rows: String = modules(1)
        .iter()
        .map(|row| {
            let cells: String = row.iter().skip(1).map(|is_dark| cell(*is_dark)).collect();
            format!("<w:tr>{}{cells}</w:tr>", heap.take().unwrap_or_else(|| fill(false)))
        })
        .collect();
    assert!(says(&words(&format!("<w:tbl>{rows}</w:tbl>"))));
}

#[test]
fn tables_of_slides() {
    let cell = |is_dark: bool| {
        let colour = if is_dark { "000000" } else { "FFFFFF" };
        format!(
            "<a:tc><a:txBody><a:p><a:r><a:rPr><a:solidFill><a:srgbClr val='FF0000'/></a:solidFill></a:rPr><a:t/></a:r></a:p></a:txBody><a:tcPr><a:lnL><a:solidFill><a:srgbClr val='00FF00'/></a:solidFill></a:lnL><a:solidFill><a:srgbClr val='{colour}'/></a:solidFill></a:tcPr></a:tc>"
        )
    };
    let rows: String = modules(0)
        .iter()
        .map(|row| format!("<a:tr>{}</a:tr>", row.iter().map(|own| cell(*own)).collect::<String>()))
        .collect();
    let slide = format!("<?xml version='1.0'?><p:sld xmlns:p='p' xmlns:a='a'><a:tbl>{rows}</a:tbl></p:sld>");
    assert!(says(&package(&[("ppt/slides/slide1.xml", slide)])));
}

fn column(number: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at).unwrap()).to_string();
    if number < 26 { letter(number) } else { letter(number / 26 - 1) + &letter(number % 26) }
}

fn book(fills: &str, rows: &str, behind: &str) -> Content {
    let styles = format!(
        "<?xml version='1.0'?><styleSheet><fills><fill/><fill/>{fills}</fills><cellStyleXfs><xf fillId='0'/></cellStyleXfs><cellXfs><xf/><xf fillId='2'/><xf fillId='3'/></cellXfs></styleSheet>"
    );
    let sheet = format!("<?xml version='1.0'?><worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>");
    package(&[("xl/worksheets/sheet1.xml", sheet), ("xl/styles.xml", styles)])
}

fn fill(colour: &str) -> String {
    format!("<fill><patternFill patternType='solid'><fgColor {colour}/><bgColor indexed='64'/></patternFill></fill>")
}

#[test]
fn cells_of_sheets() {
    let rows = |with_places: bool| -> String {
        let rows = modules(2);
        let row = |(y, row): (usize, &Vec<bool>)| {
            let cells: String = row
                .iter()
                .enumerate()
                .map(|(x, is_dark)| {
                    let place = if with_places { format!("r='{}{}'", column(x + 3), y + 7) } else { String::new() };
                    format!("<c {place} s='{}'/>", if *is_dark { 1 } else { 2 })
                })
                .collect();
            let place = if with_places { format!("r='{}'", y + 7) } else { String::new() };
            format!("<row {place}>{cells}</row>")
        };
        rows.iter().enumerate().map(row).collect()
    };
    let merged = runs(1, |x, y, length, is_dark| {
        let start = if x == 0 { format!("</row><row r='{}'>", y + 1) } else { String::new() };
        if is_dark {
            format!("{start}<c r='{}{}' s='1'/>", column(x), y + 1)
        } else {
            start + &" ".repeat(length.min(1))
        }
    });
    let ranges = runs(1, |x, y, length, is_dark| {
        if is_dark && length > 1 {
            format!("<mergeCell ref='{}{}:{}{}'/>", column(x), y + 1, column(x + length - 1), y + 1)
        } else {
            String::new()
        }
    });
    let plain = fill("rgb='FF000000'") + &fill("rgb='FFFFFFFF'");
    for (name, content) in [
        ("black and white", book(&plain, &rows(true), "")),
        ("without places", book(&plain, &rows(false), "")),
        ("only dark", book(&fill("theme='1'"), &rows(true), "")),
        ("not said", book("<fill><patternFill patternType='solid'/></fill>", &rows(true), "")),
        ("automatic", book(&fill("auto='1'"), &rows(true), "")),
        ("inverted", book(&(fill("theme='0' tint='-0.05'") + &fill("indexed='8'")), &rows(true), "")),
        ("merged", book(&plain, &format!("<row>{merged}</row>"), &format!("<mergeCells>{ranges}</mergeCells>"))),
    ] {
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
}

#[test]
fn shades_for_readers_say_nothing() {
    let plan: String = (0..60)
        .map(|row| {
            let cells: String = (0..52)
                .map(|day| format!("<c r='{}{}' s='{}'/>", column(day), row + 1, (row * 7 + day * 3) % 3))
                .collect();
            format!("<row r='{}'>{cells}</row>", row + 1)
        })
        .collect();
    let content = book(&(fill("rgb='FF9BC2E6'") + &fill("theme='4' tint='0.6'")), &plan, "");
    assert!(!says(&content) && content.items[0].marks.is_empty() && content.unopened.is_empty());
    let striped = (0..80).map(|row| {
        let colour = if row % 2 == 0 { "D9E2F3" } else { "FFFFFF" };
        format!(
            "<w:tr>{}</w:tr>",
            format!("<w:tc><w:tcPr><w:shd w:val='clear' w:fill='{colour}'/></w:tcPr><w:p/></w:tc>").repeat(6)
        )
    });
    let content = words(&format!("<w:tbl>{}</w:tbl>", striped.collect::<String>()));
    assert!(!says(&content) && content.items[0].marks.is_empty());
}
