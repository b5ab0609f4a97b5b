//! Workbooks made by hand: macro sheets, links, encryption.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use expect_test::{Expect, expect};

use crate::formats::office::testing::{compound_of, mutate, open, show};

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

fn begin(part: u16) -> Vec<u8> {
    record(0x0809, &[0, 6, part.to_le_bytes()[0], 0, 0, 0, 0, 0])
}

/// A formula of the cell in this row.
fn formula(row: u16, tokens: &[u8]) -> Vec<u8> {
    let mut body = [&row.to_le_bytes()[..], &[0; 4], &[0, 0, 0, 0, 0, 0, 0xff, 0xff], &[0; 6]].concat();
    body.extend(u16::try_from(tokens.len()).unwrap().to_le_bytes());
    body.extend(tokens);
    record(0x06, &body)
}

fn check(records: &[Vec<u8>], expected: &Expect) {
    expected.assert_eq(&show(&open(&compound_of(&[("Workbook", &records.concat())]))));
}

fn macro_book() -> Vec<Vec<u8>> {
    let name = [&[0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0, 1]].concat();
    // "cm" & CHAR(100), EXEC of it, HALT.
    let joined = b"\x17\x02\x00cm\x1e\x64\x00\x41\x6f\x00\x08\x42\x01\x6e\x00";
    vec![
        begin(5),
        record(0x85, &[0, 1, 0, 0, 2, 1, 6, 0, b'M', b'a', b'c', b'r', b'o', b'1']),
        record(0x18, &name),
        begin(0x40),
        formula(0, joined),
        formula(1, b"\x42\x00\x36\x00"),
    ]
}

#[test]
fn macro_sheets_are_told_and_kept() {
    check(
        &macro_book(),
        &expect![[r#"
        1 xls ["xlm", "hidden_sheet", "auto_run", "macro_code"]
          hidden Macro1
        1/xlm xlm []
          EXEC("cmd")
          HALT()
    "#]],
    );
}

#[test]
fn links_to_other_programs_are_told() {
    let link = b"\x00\x00\x0c\x00\x00cmd\x03/c calc.";
    let web = [&[1, 0, 25, 0, 0][..], b"\x01\x05http://x.example/a.xls "].concat();
    check(
        &[begin(5), record(0x1ae, link), record(0x1ae, &web)],
        &expect![[r#"
        1 xls ["dde", "external_link"]
          hidden cmd|/c calc.
          -> http://x.example/a.xls  Fetched ""
    "#]],
    );
}

#[test]
fn shared_strings_go_on_in_the_next_record() {
    let mut first = vec![3, 0, 0, 0, 3, 0, 0, 0];
    first.extend([5, 0, 0]);
    first.extend(b"he");
    let mut second = vec![1];
    second.extend("llo".encode_utf16().flat_map(u16::to_le_bytes));
    // With a run of formats, then one that is cut.
    second.extend([2, 0, 8, 1, 0, b'o', b'k', 9, 9, 9, 9, 4, 0, 0, b'c']);
    let cell = |row: u8, string: u8| record(0xfd, &[row, 0, 0, 0, 0, 0, string, 0, 0, 0]);
    check(
        &[
            begin(5),
            record(0xfc, &first),
            record(0x3c, &second),
            begin(16),
            cell(0, 0),
            cell(0, 1),
            cell(1, 2),
            cell(1, 9),
        ],
        &expect![[r#"
            1 xls []
              hello	ok
              c
        "#]],
    );
}

#[test]
fn damaged_books_do_no_harm() {
    mutate(&compound_of(&[("Workbook", &macro_book().concat())]), 2_000);
}

/// Mixes a workbook with the sixteen bytes of `VelvetSweatshop`, which were computed by another program.
fn mixed(records: &[Vec<u8>]) -> Vec<u8> {
    const MIXERS: [u8; 16] = [135, 107, 154, 226, 30, 227, 5, 98, 30, 105, 150, 96, 152, 110, 148, 4];
    let mut stream = Vec::new();
    for record in records {
        let kind = u16::from_le_bytes([record[0], record[1]]);
        let size = record.len() - 4;
        let plain = if matches!(kind, 0x809 | 0x2f) {
            record.len()
        } else if kind == 0x85 {
            8
        } else {
            4
        };
        let start = stream.len();
        for (at, byte) in record.iter().enumerate() {
            let mixer = MIXERS[(start + at + size) % 16];
            stream.push(if at < plain { *byte } else { byte.rotate_left(5) ^ mixer });
        }
    }
    stream
}

#[test]
fn what_excel_opens_without_asking_is_opened() {
    let label = [&[0, 0, 0, 0, 0, 0, 5, 0, 0][..], b"hello"].concat();
    let book = [
        begin(5),
        record(0x2f, &[0, 0, 0, 0, 0x0a, 0x9a]),
        record(0x85, &[0, 1, 0, 0, 2, 0, 3, 0, b'O', b'n', b'e']),
        begin(0x10),
        record(0x204, &label),
    ];
    expect![[r#"
        1 xls ["encrypted", "password_found", "hidden_sheet"]
          hello
          hidden One
    "#]]
    .assert_eq(&show(&open(&compound_of(&[("Workbook", &mixed(&book))]))));
}

#[test]
fn addresses_out_of_cells_and_names() {
    let label = |column: u8, text: &str| {
        let mut body = vec![0, 0, column, 0, 0, 0, u8::try_from(text.len()).unwrap(), 0, 0];
        body.extend(text.as_bytes());
        record(0x0204, &body)
    };
    // HYPERLINK of A1 & B1.
    let joined = b"\x24\x00\x00\x00\xc0\x24\x00\x00\x01\xc0\x08\x42\x01\x67\x01";
    // HYPERLINK of the first name, which is "http://name.example/".
    let name = b"\x17\x14\x00http://name.example/";
    let mut defined = vec![0, 0, 0, 2, u8::try_from(name.len()).unwrap(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'W', b'x'];
    defined.extend(name);
    let named = b"\x23\x01\x00\x00\x00\x42\x01\x67\x01";
    check(
        &[
            begin(5),
            record(0x18, &defined),
            begin(0x10),
            formula(1, joined),
            formula(2, named),
            label(0, "http://evil"),
            label(1, ".example/"),
        ],
        &expect![[r#"
            1 xls []
              http://evil	.example/
              other Wx
              -> http://evil.example/ Anchor ""
              -> http://name.example/ Anchor ""
              -> http://evil Text ""
        "#]],
    );
}

#[test]
fn a_chart_shows_no_hidden_sheet() {
    let label = |row: u8, text: &str| {
        let size = u8::try_from(text.len()).unwrap();
        record(0x0204, &[&[row, 0, 0, 0, 0, 0, size, 0, 0][..], text.as_bytes()].concat())
    };
    let globals = |place: u32| {
        let sheet = [&place.to_le_bytes()[..], &[1, 0, 4, 0], b"Away"].concat();
        [begin(5), record(0x85, &sheet), record(0x0a, &[])].concat()
    };
    let place = u32::try_from(globals(0).len()).unwrap();
    let chart = [begin(0x20), label(0, "of the chart"), record(0x0a, &[])].concat();
    let book = [globals(place), begin(0x10), label(0, "before"), chart, label(1, "behind")];
    let content = open(&compound_of(&[("Workbook", &book.concat())]));
    assert!(content.items[0].hidden_text.contains("behind"), "{}", show(&content));
    assert!(!content.items[0].text.contains("behind"), "{}", show(&content));
}

/// Of Excel 2, 3 and 4, which no compound file is around.
#[test]
fn bare_books_of_old_versions_are_read() {
    let label = b"\x19http://evil.example/login";
    for (begin, cell) in [
        (record(0x09, &[2, 0, 0x10, 0]), record(0x04, &[&[0; 7][..], label].concat())),
        (
            record(0x0209, &[0, 3, 0x10, 0, 0, 0]),
            record(0x0204, &[&[0, 0, 0, 0, 0, 0, 25, 0][..], &label[1..]].concat()),
        ),
    ] {
        let content = open(&[begin, cell, record(0x0a, &[])].concat());
        let item = &content.items[0];
        assert_eq!(
            (item.kind.as_str(), item.text.trim_end()),
            ("xls", "http://evil.example/login"),
            "{}",
            show(&content)
        );
        assert_eq!(item.links[0].target, "http://evil.example/login", "{}", show(&content));
    }
    let book = [
        record(0x0409, &[0, 4, 0x40, 0, 0, 0]),
        record(0x17, b"\x0ccmd\x03/c calc."),
        record(0x0218, &[&[2, 0, 0, 9, 2, 0][..], b"Auto_Open", &[0x44, 0]].concat()),
        record(0x0406, &[&[0; 16][..], &[12, 0, 0x17, 8], b"calc.exe\x42\x01\x6e\x00"].concat()),
    ];
    let content = open(&book.concat());
    for mark in ["xlm", "auto_run", "dde"] {
        assert!(content.items[0].marks.iter().any(|own| own == mark), "{mark}: {}", show(&content));
    }
    assert!(content.items[0].other_text.contains("calc.exe"), "{}", show(&content));
    mutate(&book.concat(), 500);
    // A stream of Excel 97 that somebody took out of its file, and what only begins like one.
    expect![[r#"
        1 xls ["xlm"]
    "#]]
    .assert_eq(&show(&open(&begin(0x40))));
    assert_eq!(
        open(&record(0x09, &[2, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).items[0].kind,
        "unknown"
    );
}
