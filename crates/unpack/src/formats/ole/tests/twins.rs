//! Two streams of one name: one program reaches the first, another the second. And what is more than is read.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use crate::formats::office::testing::{compound_of, open, show};

/// Gives one entry the name of another of the same length.
fn rename(bytes: &mut [u8], from: &str, to: &str) {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let (from, to) = (wide(from), wide(to));
    let at = memchr::memmem::find(bytes, &from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(&to);
}

#[test]
fn both_attachments_of_one_name_are_opened() {
    let list = [0_u8; 32];
    let mut bytes = compound_of(&[
        ("__properties_version1.0", &list),
        ("__substg1.0_0037001F", b"S\0"),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", b"a\0.\0b\0"),
        ("__attach_version1.0_#00000000/__substg1.0_37010102", b"harmless words"),
        ("__attach_version1.0_#00000000/__substg1.0_37010103", b"\x7fELF\x02\x01\x01\0\0\0"),
    ]);
    rename(&mut bytes, "__substg1.0_37010103", "__substg1.0_37010102");
    let content = open(&bytes);
    assert!(content.items.iter().any(|item| item.kind == "elf"), "{}", show(&content));
    assert!(content.items[0].marks.iter().any(|mark| mark == "malformed"), "{}", show(&content));
}

#[test]
fn an_attachment_that_lies_elsewhere_is_a_link() {
    let path: Vec<u8> = "\\\\198.51.100.7\\share\\a.docx".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = compound_of(&[
        ("__properties_version1.0", &[0; 32]),
        ("__substg1.0_0037001F", b"S\0"),
        ("__attach_version1.0_#00000000/__substg1.0_370D001F", &path),
    ]);
    let content = open(&bytes);
    assert!(content.items[0].links.iter().any(|link| link.target.contains("198.51.100.7")), "{}", show(&content));
    assert!(content.items[0].marks.iter().any(|mark| mark == "unc_path"), "{}", show(&content));
}

#[test]
fn more_of_one_name_than_are_read_is_said() {
    let names: Vec<String> =
        (0..20).map(|number| format!("__substg1.0_371{}01{}2", number / 10, number % 10)).collect();
    let mut streams: Vec<(&str, &[u8])> = vec![("__properties_version1.0", &[0; 32]), ("__substg1.0_0037001F", b"S\0")];
    streams.extend(names.iter().map(|name| (name.as_str(), b"words".as_slice())));
    let mut bytes = compound_of(&streams);
    for name in names.iter().skip(1) {
        rename(&mut bytes, name, &names[0]);
    }
    let content = open(&bytes);
    assert!(content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{}", show(&content));
}
