//! A file made by the specification, read by another program as well.

use expect_test::expect;
use scan::content::{Link, LinkKind};

use super::compressed;
use crate::formats::shown::{damage, open, shown};

const SAMPLE: &[u8] = include_bytes!("../../../testdata/small/winmail.dat");

#[test]
fn body_attachments_and_messages_within() {
    expect![[r#"
        1 tnef [winmail.dat] 
            text: Outer message
            text: Body, see https://tnef.example/
            Text: https://tnef.example/ []
        1/tnef:rtf rtf [] 
            text: hello world
        1/tnef:0 text [a long name of a file.txt|ALONG~1.TXT] 
            text: words of the first file
        1/tnef:msg1 tnef [Inner message] 
            text: Inner message
        1/tnef:msg1/tnef:0 text [deep.txt|DEEP.TXT] 
            text: words of the inner file
    "#]]
    .assert_eq(&shown("winmail.dat", SAMPLE));
}

#[test]
fn compressed_rtf() {
    // MS-OXRTFCP 3.1.1.1 and 3.1.1.2: text that repeats itself.
    let simple =
        hex("2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0");
    let text = compressed::unpack(&simple, u64::MAX).unwrap().bytes;
    assert_eq!(String::from_utf8_lossy(&text), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    let again = hex("1a0000001c0000004c5a4675e2d44b51 410004205758595a0d6e7d010eb0");
    let text = compressed::unpack(&again, u64::MAX).unwrap().bytes;
    assert_eq!(String::from_utf8_lossy(&text), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    let cut = compressed::unpack(&again, 5).unwrap();
    assert_eq!((cut.bytes.len(), cut.is_cut), (5, true));
    // It says to be of three bytes.
    let liar = hex("1a000000030000004c5a4675e2d44b51 410004205758595a0d6e7d010eb0");
    assert_eq!(compressed::unpack(&liar, u64::MAX).unwrap().bytes, text);
}

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| u8::try_from(high << 4 | low).unwrap()).collect()
}

#[test]
fn one_cut_short_is_said_and_read_as_far_as_it_goes() {
    let content = open("winmail.dat", "", SAMPLE.get(..SAMPLE.len() / 2).unwrap_or_default());
    assert_eq!((content.items[0].marks.join(" ").as_str(), content.unopened[0].why.word()), ("malformed", "broken"));
}

fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    let length = u32::try_from(data.len()).unwrap();
    [&[level][..], &id.to_le_bytes(), &length.to_le_bytes(), data, &sum.to_le_bytes()].concat()
}

#[test]
fn all_of_several_are_files() {
    let data = |bytes: &[u8]| attribute(2, 0x0006_800f, bytes);
    // PidTagAttachDataObject as bytes, of two values.
    let values = [
        &[1, 0, 0, 0, 2, 0x11, 1, 0x37, 2, 0, 0, 0][..],
        &[8, 0, 0, 0],
        b"\x7fELF\x02\x01\x02\0",
        &[3, 0, 0, 0],
        b"fou\0",
    ];
    let file = [
        &[0x78, 0x9f, 0x3e, 0x22, 1, 0][..],
        &attribute(2, 0x0006_9002, &[0; 14]),
        &attribute(2, 0x0001_8010, b"run.exe\0"),
        &attribute(2, 0x0001_8010, b"note.txt\0"),
        &data(b"\x7fELF\x02\x01\x01\0"),
        &data(b"second"),
        &attribute(2, 0x0006_9005, &values.concat()),
    ]
    .concat();
    expect![[r#"
        1 tnef [winmail.dat] 
        1/tnef:0 elf [run.exe|note.txt] type_conflict
        1/tnef:0.1 text [run.exe|note.txt] 
            text: second
        1/tnef:msg0 elf [run.exe|note.txt] type_conflict
        1/tnef:msg0.1 text [run.exe|note.txt] 
            text: fou
    "#]]
    .assert_eq(&shown("winmail.dat", &file));
}

/// A list of one property of the message (MS-OXTNEF 2.1.3.4): how many, its kind and id, how many values, how long, padded.
fn property(kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let mut padded = data.to_vec();
    padded.resize(data.len().next_multiple_of(4), 0);
    let one = 1_u32.to_le_bytes();
    [&one[..], &kind.to_le_bytes(), &id.to_le_bytes(), &one, &length.to_le_bytes(), &padded].concat()
}

#[test]
fn a_body_that_is_a_page_is_read_as_one() {
    let page = "<html><body><p>Please sign in</p><p style='display:none'>unseen</p><a href='https://html.example/login'>your bank</a>\
        <form action='https://form.example/post'><input type=password></form></body></html>";
    let wide: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // PidTagBodyHtml as bytes, as a text of one byte a letter, and of two.
    for (kind, bytes) in [(0x0102, page.as_bytes()), (0x001e, page.as_bytes()), (0x001f, wide.as_slice())] {
        let properties = attribute(1, 0x0006_9003, &property(kind, 0x1013, bytes));
        let file = [&[0x78, 0x9f, 0x3e, 0x22, 1, 0][..], &properties].concat();
        let content = open("winmail.dat", "", &file);
        let item = &content.items[0];
        assert!(item.text.contains("Please sign in") && !item.text.contains("unseen"), "{kind:x}: {:?}", item.text);
        assert!(item.hidden_text.contains("unseen"), "{kind:x}: {:?}", item.hidden_text);
        for (wanted, target, text) in [
            (LinkKind::Anchor, "https://html.example/login", "your bank"),
            (LinkKind::Form, "https://form.example/post", ""),
        ] {
            let is_it = |link: &Link| link.kind == wanted && link.target == target && link.text == text;
            assert!(item.links.iter().any(is_it), "{kind:x}: {:?}", item.links);
        }
        for mark in ["form", "password_field"] {
            assert!(item.marks.iter().any(|own| own == mark), "{kind:x}: {:?}", item.marks);
        }
        assert!(content.unopened.is_empty(), "{kind:x}: {:?}", content.unopened);
    }
}

#[test]
fn damaged_ones_break_nothing() {
    damage("winmail.dat", "application/ms-tnef", SAMPLE, 3_000);
}
