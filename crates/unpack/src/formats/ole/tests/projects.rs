//! Macro projects.

use expect_test::{Expect, expect};

use crate::formats::office::testing::{compound_of, mutate, open, show, zip_of};
use crate::formats::ole::vba::unpacking;

/// Packs without copies: a chunk of literals.
fn packed(text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1];
    for chunk in text.chunks(3_000) {
        let body: Vec<u8> = chunk.chunks(8).flat_map(|eight| std::iter::once(0).chain(eight.iter().copied())).collect();
        let head = 0xb000 | (u16::try_from(body.len()).unwrap().saturating_sub(1));
        bytes.extend(head.to_le_bytes());
        bytes.extend(body);
    }
    bytes
}

fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).unwrap();
    [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat()
}

/// A project of these modules: name, what stands before the source, source.
fn project(modules: &[(&str, &[u8], &str)]) -> Vec<u8> {
    let mut directory = [record(0x01, &[0; 4]), record(0x03, &1252_u16.to_le_bytes())].concat();
    directory.extend([9, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
    let mut streams = vec![
        ("PROJECT".to_owned(), b"ID=\"{0}\"".to_vec()),
        ("VBA/_VBA_PROJECT".to_owned(), b"\xcc\x61\xff\xff".to_vec()),
    ];
    for (name, cache, source) in modules {
        directory.extend(record(0x19, name.as_bytes()));
        directory.extend(record(0x1a, name.as_bytes()));
        directory.extend(record(0x31, &u32::try_from(cache.len()).unwrap().to_le_bytes()));
        directory.extend(record(0x2b, &[]));
        let source = if source.is_empty() { Vec::new() } else { packed(source.as_bytes()) };
        streams.push((format!("VBA/{name}"), [cache, source.as_slice()].concat()));
    }
    streams.push(("VBA/dir".to_owned(), packed(&directory)));
    let streams: Vec<(&str, &[u8])> = streams.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    compound_of(&streams)
}

fn check(bytes: &[u8], expected: &Expect) {
    expected.assert_eq(&show(&open(bytes)));
}

#[test]
fn packing_is_undone() {
    // The examples of MS-OVBA 3.2.
    let normal =
        b"\x01\x2f\xb0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6a\x01\x38\x08\x61\x6b\x6c\
        \x00\x30\x6d\x6e\x6f\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\x7a\x00\x3c";
    let text = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa";
    let unpacked = |packed: &[u8], most| unpacking::unpack(packed, most).map(|it| (it.bytes, it.is_cut));
    assert_eq!(unpacked(normal, 4096), Some((text.to_vec(), false)));
    assert_eq!(unpacked(b"\x01\x03\xb0\x02\x61\x45\x00", 4096), Some((vec![b'a'; 73], false)));
    assert_eq!(unpacked(b"\x01\x03\xb0\x02\x61\x45\x00", 10), Some((vec![b'a'; 10], true)));
    assert_eq!(unpacked(b"\x02nothing", 4096), None);
}

#[test]
fn modules_are_children_with_what_they_do() {
    let open = "Attribute VB_Name = \"ThisDocument\"\r\nPrivate Sub Document_Open()\r\n  Shell \"calc\"\r\nEnd Sub\r\n";
    let sum = "Attribute VB_Name = \"Module1\"\r\nFunction Sum(a, b)\r\n  ' see http://help.example/\r\n  Sum = a + b\r\nEnd Function\r\n";
    let bytes = project(&[("ThisDocument", b"cache", open), ("Module1", b"", sum)]);
    check(
        &bytes,
        &expect![[r#"
        1 vbaproject ["macro", "auto_run", "macro_code"]
        1/vba:0 vba ["macro", "auto_run", "macro_code"]
          Attribute VB_Name = "ThisDocument"
          Private Sub Document_Open()
            Shell "calc"
          End Sub
        1/vba:1 vba ["macro"]
          Attribute VB_Name = "Module1"
          Function Sum(a, b)
            ' see http://help.example/
            Sum = a + b
          End Function
          -> http://help.example/ Text ""
    "#]],
    );
    let document = zip_of(&[
        ("[Content_Types].xml", b"<?xml version='1.0'?><Types/>"),
        ("word/document.xml", b"<?xml version='1.0'?><w:document/>"),
        ("word/other.bin", &bytes),
    ]);
    check(
        &document,
        &expect![[r#"
        1 docx ["macro", "auto_run", "macro_code"]
        1/zip:2 vbaproject ["macro", "auto_run", "macro_code"]
        1/zip:2/vba:0 vba ["macro", "auto_run", "macro_code"]
          Attribute VB_Name = "ThisDocument"
          Private Sub Document_Open()
            Shell "calc"
          End Sub
        1/zip:2/vba:1 vba ["macro"]
          Attribute VB_Name = "Module1"
          Function Sum(a, b)
            ' see http://help.example/
            Sum = a + b
          End Function
          -> http://help.example/ Text ""
    "#]],
    );
}

#[test]
fn an_empty_project_is_no_macro() {
    check(
        &project(&[("Sheet1", b"", "Attribute VB_Name = \"Sheet1\"\r\nOption Explicit\r\n")]),
        &expect![[r#"
        1 vbaproject []
        1/vba:0 vba []
          Attribute VB_Name = "Sheet1"
          Option Explicit
    "#]],
    );
}

#[test]
fn code_that_only_the_cache_knows_is_told() {
    let shown = "Attribute VB_Name = \"Module1\"\r\nSub Hello()\r\nEnd Sub\r\n";
    check(
        &project(&[("Module1", b"..CreateObject..AutoOpen..", shown)]),
        &expect![[r#"
        1 vbaproject ["macro", "malformed", "macro_code", "auto_run"]
        1/vba:0 vba ["macro"]
          Attribute VB_Name = "Module1"
          Sub Hello()
          End Sub
    "#]],
    );
    check(
        &project(&[("Module1", b"compiled code", "")]),
        &expect![[r#"
        1 vbaproject ["malformed", "macro", "macro_code"]
    "#]],
    );
}

#[test]
fn modules_that_the_directory_leaves_out_are_found() {
    let source = packed(b"Attribute VB_Name = \"x\"\r\nSub AutoOpen()\r\nEnd Sub\r\n");
    let bytes = compound_of(&[
        ("VBA/_VBA_PROJECT", b"x"),
        ("VBA/dir", b"\x01"),
        ("VBA/hidden", &[b"before", source.as_slice()].concat()),
    ]);
    check(
        &bytes,
        &expect![[r#"
        1 ole ["macro", "auto_run"]
        1/vba:0 vba ["macro", "auto_run"]
          Attribute VB_Name = "x"
          Sub AutoOpen()
          End Sub
    "#]],
    );
}

#[test]
fn damaged_projects_do_no_harm() {
    mutate(
        &project(&[("Module1", b"cache", "Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\nEnd Sub\r\n")]),
        2_000,
    );
}

#[test]
fn source_behind_megabytes_of_comments_is_not_lost_in_silence() {
    let comments = format!("' {}\r\n", "x".repeat(70)).repeat(90_000);
    let source = format!(
        "Attribute VB_Name = \"A\"\r\nSub A()\r\nEnd Sub\r\n{comments}Sub AutoOpen()\r\n  Shell \"calc\"\r\nEnd Sub\r\n"
    );
    let content = open(&project(&[("A", b"", &source)]));
    assert!(content.items[0].marks.iter().any(|mark| mark == "macro"), "{:?}", content.items[0].marks);
    let is_seen = content.items[0].marks.iter().any(|mark| mark == "auto_run");
    assert!(is_seen || content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{:?}", content.unopened);
    assert!(!content.unopened.is_empty());
}

#[test]
fn two_modules_of_one_name_are_both_read() {
    let first = "Attribute VB_Name = \"Module1\"\r\nSub Harmless()\r\nEnd Sub\r\n";
    let second = "Attribute VB_Name = \"Module2\"\r\nSub AutoOpen()\r\n  Shell \"calc\"\r\nEnd Sub\r\n";
    let mut bytes = project(&[("Module1", b"", first), ("Module2", b"", second)]);
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let at = memchr::memmem::find(&bytes, &wide("Module2")).unwrap();
    bytes[at..at.saturating_add(14)].copy_from_slice(&wide("Module1"));
    let content = open(&bytes);
    let marks = &content.items[0].marks;
    assert!(marks.iter().any(|mark| mark == "auto_run") && marks.iter().any(|mark| mark == "malformed"), "{marks:?}");
}
