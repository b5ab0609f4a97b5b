//! Notes made by the specification.

use expect_test::expect;

use crate::formats::shown::{damage, open, shown};

const NOTE: &[u8] = include_bytes!("../../../testdata/small/note.one");

#[test]
fn files_text_and_links() {
    expect![[r#"
        1 onenote [note.one] embedded_file
            text: Click the button to open the file
            text: invoice.cmd
            text: see https://note.example/open
            Anchor: https://note.example/open []
        1/one:0 png [] picture_unread
        1/one:1 text [invoice.cmd] 
            text: @echo words of the file
    "#]]
    .assert_eq(&shown("note.one", NOTE));
}

#[test]
fn a_note_with_a_picture_is_clean() {
    expect![[r#"
        1 onenote [clean.one] 
            text: Click the button to open the file
        1/one:0 png [] picture_unread
    "#]]
    .assert_eq(&shown("clean.one", include_bytes!("../../../testdata/small/clean.one")));
}

#[test]
fn a_file_that_lies_about_its_length_is_read_as_far_as_it_goes() {
    let cut = open("note.one", "", NOTE.get(..NOTE.len() - 40).unwrap_or_default());
    assert!(cut.items.iter().any(|item| item.text.starts_with("@echo")), "{cut:?}");
    assert_eq!(cut.unopened[0].why.word(), "broken");
}

/// Each says that it goes on to the end and far beyond.
#[test]
fn files_within_each_other_are_paid_for() {
    let start = [super::FILE_START, &[0xff; 8], &[0; 12]].concat();
    let magic = NOTE.get(..16).unwrap_or_default();
    let note = [magic, &start.repeat(900), &[0; 100_000]].concat();
    let content = open("note.one", "", &note);
    assert_eq!(content.items[0].kind, "onenote");
    assert!(content.items.len() < 400, "{}", content.items.len());
    assert!(content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{:?}", content.unopened);
    assert!(content.items[0].marks.iter().any(|mark| mark == "bomb"), "{:?}", content.items[0].marks);
}

#[test]
fn damaged_ones_break_nothing() {
    damage("note.one", "", NOTE, 2_000);
}
