//! Codes in characters, in documents and sheets; and what is none.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{modules, says};
use crate::formats::office::testing::{open, zip_of};
use crate::formats::shown;

const HEAD: &str = "<?xml version='1.0'?>";

/// The rows of a code in blocks, two beside each other for each module.
fn rows() -> Vec<String> {
    modules(1).iter().map(|row| row.iter().map(|dark| if *dark { "██" } else { "  " }).collect()).collect()
}

/// A text of two rows a line.
fn halves() -> Vec<String> {
    let modules = modules(2);
    let pairs = modules.chunks(2).map(|pair| {
        let below = |x: usize| pair.get(1).is_some_and(|row| row[x]);
        let sign = |x: usize| match (pair[0][x], below(x)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..pair[0].len()).map(sign).collect()
    });
    pairs.collect()
}

fn document(body: &str) -> Content {
    let document = format!("{HEAD}<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    open(&zip_of(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())]))
}

/// A sheet of these cells, by column and row.
fn sheet(cells: &[(usize, usize, String)]) -> Content {
    let name = |column: usize| {
        let letter = |at: usize| char::from(b'A' + u8::try_from(at).unwrap());
        if column < 26 {
            letter(column).to_string()
        } else {
            format!("{}{}", letter(column / 26 - 1), letter(column % 26))
        }
    };
    let rows = cells.chunk_by(|one, other| one.1 == other.1).map(|row| {
        let cells = row.iter().map(|(x, y, text)| {
            format!("<c r='{}{}' t='inlineStr'><is><t xml:space='preserve'>{text}</t></is></c>", name(*x), y + 1)
        });
        format!("<row r='{}'>{}</row>", row[0].1 + 1, cells.collect::<String>())
    });
    let sheet = format!("{HEAD}<worksheet><sheetData>{}</sheetData></worksheet>", rows.collect::<String>());
    open(&zip_of(&[("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", sheet.as_bytes())]))
}

/// A cell for each module, by what stands in it; empty ones are left out.
fn cells(sign: impl Fn(usize, usize, bool) -> String) -> Vec<(usize, usize, String)> {
    let modules = modules(0);
    let all =
        modules.iter().enumerate().flat_map(|(y, row)| row.iter().enumerate().map(move |(x, dark)| (x, y, *dark)));
    all.map(|(x, y, dark)| (x, y, sign(x, y, dark))).filter(|(.., text)| !text.is_empty()).collect()
}

fn is_unmarked(content: &Content) -> bool {
    let words = ["qr", "text_code", "picture_unread"];
    !content.items.iter().flat_map(|item| &item.marks).any(|mark| words.contains(&mark.as_str()))
}

#[test]
fn codes_in_the_text_of_documents() {
    let run = |text: &String| format!("<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>");
    let paragraph = |text: &String| format!("<w:p>{}</w:p>", run(text));
    let breaks = |rows: &[String]| rows.iter().map(|row| run(row) + "<w:r><w:br/></w:r>").collect::<String>();
    for (name, body) in [
        ("runs with breaks", format!("<w:p>{}</w:p>", breaks(&rows()))),
        ("paragraphs", rows().iter().map(paragraph).collect()),
        ("paragraphs of halves", halves().iter().map(paragraph).collect()),
        (
            "behind a text",
            "<w:p><w:r><w:t>Scan it:</w:t></w:r></w:p>".to_owned() + &rows().iter().map(paragraph).collect::<String>(),
        ),
        ("letters", rows().iter().map(|row| paragraph(&row.replace('█', "#"))).collect()),
    ] {
        let content = document(&body);
        assert!(says(&content), "{name}: {}", content.items[0].text);
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
    let rtf: String = rows().iter().map(|row| row.replace('█', "\\u9608?") + "\\par\n").collect();
    assert!(says(&open(format!("{{\\rtf1 {rtf}}}").as_bytes())), "RTF");
    let odt: String = rows().iter().map(|row| format!("<text:p>{}</text:p>", row.replace(' ', "<text:s/>"))).collect();
    let odt = format!("{HEAD}<office:document-content>{odt}</office:document-content>");
    assert!(
        says(&open(&zip_of(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", odt.as_bytes())
        ]))),
        "ODT"
    );
}

#[test]
fn codes_in_tabs_and_small_text_of_documents() {
    let tabs = |row: &Vec<bool>| {
        let signs: Vec<&str> = row.iter().map(|dark| if *dark { "<w:t>█</w:t>" } else { "" }).collect();
        format!("<w:p><w:r>{}</w:r></w:p>", signs.join("<w:tab/>"))
    };
    let small = |row: &String| {
        format!("<w:p><w:r><w:rPr><w:sz w:val='2'/></w:rPr><w:t xml:space='preserve'>{row}</w:t></w:r></w:p>")
    };
    let tabs: String = modules(1).iter().map(tabs).collect();
    let small: String = rows().iter().map(small).collect();
    for (name, body) in [("tabs", tabs), ("small text", small)] {
        assert!(says(&document(&body)), "{name}: {:?}", document(&body).items[0].text);
    }
    let list = "<w:p><w:r><w:t>■</w:t><w:tab/><w:t>An item</w:t><w:tab/><w:t>■</w:t></w:r></w:p>".repeat(60);
    assert!(is_unmarked(&document(&list)));
}

#[test]
fn codes_in_the_cells_of_sheets() {
    let rows = || rows().into_iter().enumerate();
    let thirds = |row: &str| {
        let signs: Vec<char> = row.chars().collect();
        signs.chunks(signs.len() / 3).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>()
    };
    let beside = |x: usize, y: usize, dark: bool| {
        if x == 0 {
            format!("row {y}")
        } else if dark {
            "█".to_owned()
        } else {
            String::new()
        }
    };
    let shift =
        |cells: Vec<(usize, usize, String)>| cells.into_iter().map(|(x, y, text)| (x + 5, y, text)).collect::<Vec<_>>();
    let dark = |_, _, dark: bool| if dark { "█".to_owned() } else { String::new() };
    let mut beside_words = shift(cells(dark));
    beside_words.extend((0..modules(0).len()).map(|y| (0, y, beside(0, y, false))));
    beside_words.sort_by_key(|(x, y, _)| (*y, *x));
    for (name, cells) in [
        ("a row a cell", rows().map(|(y, row)| (2, y, row)).collect()),
        (
            "three cells a row",
            rows()
                .flat_map(|(y, row)| thirds(&row).into_iter().enumerate().map(move |(x, text)| (x, y, text)))
                .collect(),
        ),
        ("a module a cell", cells(dark)),
        ("two signs a cell", cells(|_, _, dark| if dark { "██".to_owned() } else { String::new() })),
        ("light ones too", cells(|_, _, dark| if dark { "█" } else { "░" }.to_owned())),
        ("letters", cells(|_, _, dark| if dark { "x".to_owned() } else { String::new() })),
        ("beside words", beside_words),
    ] {
        let content = sheet(&cells);
        assert!(says(&content), "{name}: {}", content.items[0].text);
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
}

#[test]
fn codes_in_tables_of_text() {
    for separator in [";", ",", "\t"] {
        let line =
            |row: &Vec<bool>| row.iter().map(|dark| if *dark { "█" } else { "" }).collect::<Vec<_>>().join(separator);
        let table = modules(0).iter().map(line).collect::<Vec<_>>().join("\r\n");
        assert!(says(&shown::open("a.csv", "text/csv", table.as_bytes())), "{separator:?}");
    }
}

#[test]
fn other_cells_and_texts_are_no_codes() {
    // Who comes when; flags; figures; a chart of bars; a line of a form.
    let present = |x: usize, y: usize, _| if (x * 7 + y * 3) % 5 < 3 { "x".to_owned() } else { String::new() };
    let flags = |x: usize, y: usize, _| usize::from((x * x + y).is_multiple_of(3)).to_string();
    let figures = |x: usize, y: usize, _| ((x * 31 + y * 17) % 10).to_string();
    for (name, cells) in [("present", cells(present)), ("flags", cells(flags)), ("figures", cells(figures))] {
        let content = sheet(&cells);
        assert!(is_unmarked(&content), "{name}: {:?}", content.items[0].marks);
    }
    let bars: String =
        (1..40).map(|y: usize| format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "█".repeat(11 + y * 13 % 17))).collect();
    let form: String = (0..40).map(|_| "<w:p><w:r><w:t>______________________</w:t></w:r></w:p>").collect();
    for body in [bars, form] {
        let content = document(&body);
        assert!(is_unmarked(&content), "{:?}", content.items[0].marks);
    }
}

#[test]
fn sheets_of_signs_end() {
    let far: Vec<(usize, usize, String)> =
        (0..20_000).flat_map(|y| [(0, y, "█".to_owned()), (600, y, "█".to_owned())]).collect();
    let content = sheet(&far);
    assert_eq!(content.items[0].marks, ["picture_unread"]);
}
