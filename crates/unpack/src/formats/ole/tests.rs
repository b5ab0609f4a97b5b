//! Compound files: documents of old formats made by other programs, and active content made by hand.
#![expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "numbers of the test itself")]

mod books;
mod messages;
mod projects;
mod shows;
mod twins;

use expect_test::{Expect, expect};

use crate::formats::office::testing::{compound_of, mutate, open, open_with, show, unzipped};

/// A stream of the packager.
fn native(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = vec![2, 0];
    body.extend(format!("{name}\0C:\\Users\\x\\{name}\0").bytes());
    body.extend([0, 0, 3, 0]);
    let path = format!("C:\\Temp\\{name}\0");
    body.extend((path.len() as u32).to_le_bytes());
    body.extend(path.bytes());
    body.extend((bytes.len() as u32).to_le_bytes());
    body.extend(bytes);
    let mut stream = (body.len() as u32).to_le_bytes().to_vec();
    stream.extend(body);
    stream
}

fn check(streams: &[(&str, &[u8])], expected: &Expect) {
    expected.assert_eq(&show(&open(&compound_of(streams))));
}

#[test]
fn documents_of_other_programs() {
    for (bytes, expected) in [
        (
            &include_bytes!("../../../testdata/office/lo.doc")[..],
            expect![[r#"
            1 doc []
              Minutes
              Dear all, please see the minutes of last Monday. Grüße
              Item	Price		Apples	12.50
              other Minutes of the meeting
              other 0
              -> https://minutes.example/2024 Anchor "the minutes"
        "#]],
        ),
        (
            include_bytes!("../../../testdata/office/lo.xls"),
            expect![[r#"
            1 xls []
              lo
              &C&"DejaVu Serif,Book"&12&A
              &C&"DejaVu Serif,Book"&12Page &P
              Item	Price	When
              Apples	12.5	45352
              Pears	7	45353
              Grüße	1	45354
              other 0
        "#]],
        ),
        (
            include_bytes!("../../../testdata/office/library.xls"),
            expect![[r#"
            1 xls ["hidden_sheet"]
              Shown
              &P
              &F
              old cell	7
              hidden Away
              hidden &P
              hidden &F
              hidden old hidden
              -> https://old.example/c Anchor "go"
        "#]],
        ),
        (
            &unzipped(include_bytes!("../../../testdata/office/lo.ppt.gz")),
            expect![[r#"
            1 ppt []
              *
              *
              *
              *
              Quarterly review
              our site
              remember the budget
              *
              other Click to edit Master title style
              other *
              other *
              other *
              other ___PPT10
              other generated using python-pptx
              other Steve Canny
              other 1
              other 14.0000
              other On-screen Show (4:3)
              -> https://review.example/q1 Anchor "https://review.example/q1"
        "#]],
        ),
    ] {
        expected.assert_eq(&show(&open(bytes)));
    }
}

#[test]
fn packaged_files_come_out() {
    check(
        &[("\u{1}Ole10Native", &native("invoice.exe", b"MZ is a program"))],
        &expect![[r#"
        1 ole ["embedded_object"]
        1/ole:1 exe []
    "#]],
    );
    let content = open(&compound_of(&[("\u{1}oLe10nAtIvE", &native("invoice.exe", b"\x7fELF\x02\x01\x01\0\0"))]));
    assert!(content.items.iter().any(|item| item.kind == "elf"), "names are compared without case");
    check(
        &[("ObjectPool/_1/\u{1}Ole10Native", b"\x05\0\0\0{\\rtf"), ("x/CONTENTS", b"%PDF-1.4 x")],
        &expect![[r#"
            1 ole ["embedded_object"]
            1/ole:3 rtf []
            1/ole:5 text []
              %PDF-1.4 x
        "#]],
    );
}

#[test]
fn addresses_in_a_file_of_no_known_kind() {
    let wide: Vec<u8> = "See https://wide.example/in here".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let content =
        open(&compound_of(&[("MN0", b"\0\x02http://evil.example/login\0\x01words alone"), ("More/Text", &wide)]));
    let links: Vec<&str> = content.items[0].links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(links, ["http://evil.example/login", "https://wide.example/in"], "{}", show(&content));
    assert!(!content.items[0].other_text.contains("alone"), "{}", show(&content));
}

#[test]
fn equations_links_and_controls_are_marked() {
    let mut link = vec![1, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0];
    link.extend(b"\xe0\xc9\xea\x79\xf9\xba\xce\x11\x8c\x82\x00\xaa\x00\x4b\xa9\x0b");
    let target: Vec<u8> = "http://evil.example/a.hta\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    link.extend((target.len() as u32).to_le_bytes());
    link.extend(target);
    check(
        &[("a/\u{1}Ole", &link), ("a/\u{3}OCXNAME", b"x"), ("b/Equation Native", b"\x1c\0")],
        &expect![[r#"
        1 ole ["external_link", "activex", "equation"]
          -> http://evil.example/a.hta Fetched ""
    "#]],
    );
}

#[test]
fn encrypted_documents_open_with_the_words_of_the_message() {
    let velvet = include_bytes!("../../../testdata/office/velvet.xlsx");
    let content = open(velvet);
    assert_eq!(content.items[0].marks, ["encrypted", "password_found"]);
    assert_eq!(content.items[1].kind, "xlsx");
    let locked = include_bytes!("../../../testdata/office/locked.xlsx");
    expect![[r#"
        1 ole ["encrypted"]
        unopened 1 encrypted
    "#]]
    .assert_eq(&show(&open(locked)));
    let content = open_with(locked, &["wrong", "Sommer-2024!"]);
    assert_eq!((content.items[1].kind.as_str(), content.unopened.len()), ("xlsx", 0));
}

#[test]
fn old_documents_open_with_the_words_of_the_message() {
    expect![[r#"
        1 xls ["encrypted", "password_found"]
          lo
          &C&"DejaVu Serif,Book"&12&A
          &C&"DejaVu Serif,Book"&12Page &P
          Item	Price	When
          Apples	12.5	45352
          Pears	7	45353
          Grüße	1	45354
          other 0
    "#]]
    .assert_eq(&show(&open(include_bytes!("../../../testdata/office/velvet.xls"))));
    for locked in [
        &include_bytes!("../../../testdata/office/locked.xls")[..],
        include_bytes!("../../../testdata/office/locked.doc"),
        include_bytes!("../../../testdata/office/locked.odt"),
    ] {
        let content = open(locked);
        assert_eq!((content.items[0].marks.join(" ").as_str(), content.unopened.len()), ("encrypted", 1));
        let content = open_with(locked, &["wrong", "Sommer-2024!"]);
        assert_eq!(
            (content.items[0].marks.join(" ").as_str(), content.unopened.len()),
            ("encrypted password_found", 0)
        );
        assert!(content.items[0].text.contains("Apples"), "{}", show(&content));
    }
}

#[test]
fn what_is_no_compound_file_is_said() {
    expect![[r#"
        1 ole ["malformed"]
        unopened 1 broken
    "#]]
    .assert_eq(&show(&open(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 short")));
    let mut cut = include_bytes!("../../../testdata/office/lo.doc").to_vec();
    cut.truncate(1536);
    expect![[r#"
        1 ole ["malformed"]
        unopened 1 broken
    "#]]
    .assert_eq(&show(&open(&cut)));
}

#[test]
fn chains_in_circles_end() {
    let mut bytes = compound_of(&[("a", &[7; 100_000]), ("b", &[8; 100_000])]);
    // Every sector follows itself.
    let table = u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize;
    let at = (table + 1) * 4096;
    for number in 0..1024_u32 {
        let place = at + number as usize * 4;
        if place + 4 <= bytes.len() && number > 2 {
            bytes[place..place + 4].copy_from_slice(&number.to_le_bytes());
        }
    }
    assert_eq!(open(&bytes).items.len(), 1);
}

#[test]
fn damaged_files_do_no_harm() {
    mutate(include_bytes!("../../../testdata/office/lo.doc"), 1_000);
    mutate(include_bytes!("../../../testdata/office/library.xls"), 1_000);
    mutate(&compound_of(&[("x/\u{1}Ole10Native", &native("a.txt", b"hello")), ("WordDocument", &[0xec; 600])]), 1_000);
}
