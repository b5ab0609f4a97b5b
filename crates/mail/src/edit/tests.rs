//! Edits leave everything else alone.

use super::*;

const RAW: &[u8] = b"From: a@b.example\r\nSubject: =?utf-8?Q?caf=C3=A9?=\r\n more\r\nX-Ours: old\r\n\r\nbody\r\n";

fn message(raw: &[u8]) -> Message {
    Message::parse(Bytes::copy_from_slice(raw))
}

fn edited(message: &Message, edits: &[Edit]) -> String {
    String::from_utf8_lossy(&apply(message.raw(), edits).expect("the edits fit")).into_owned()
}

fn edit(range: Range<usize>, text: &'static str) -> Edit {
    Edit { range, replacement: Bytes::from_static(text.as_bytes()) }
}

#[test]
fn edits_are_sorted_and_overlaps_refused() {
    let raw = Bytes::from_static(b"0123456789");
    let edits = [edit(8..9, "x"), edit(2..2, "a"), edit(2..4, "b"), edit(2..2, "c")];
    assert_eq!(apply(&raw, &edits).as_deref(), Ok(b"01acb4567x9".as_slice()));
    assert_eq!(apply(&raw, &[edit(2..5, ""), edit(4..6, "")]), Err(EditError::Overlap(2..5, 4..6)));
    assert_eq!(apply(&raw, &[edit(2..5, ""), edit(3..3, "x")]), Err(EditError::Overlap(2..5, 3..3)));
    assert_eq!(apply(&raw, &[edit(9..11, "")]), Err(EditError::OutOfRange(9..11)));
    assert_eq!(apply(&raw, &[edit(10..10, "x")]).as_deref(), Ok(b"0123456789x".as_slice()));
}

#[test]
fn pieces_name_what_stays_without_copying() {
    let pieces = pieces(100, &[edit(0..0, "new"), edit(50..60, "")]).expect("they fit");
    assert_eq!(pieces, [Piece::New(Bytes::from_static(b"new")), Piece::Raw(0..50), Piece::Raw(60..100)]);
}

#[test]
fn fields_on_top_and_removed() {
    let message = message(RAW);
    let ours = message.first("x-ours").expect("it stands there");
    let edits = [prepend_fields(&message, &[("X-One", "1"), ("X-Two", "2")]), remove_field(ours)];
    let text = edited(&message, &edits);
    assert!(text.starts_with("X-One: 1\r\nX-Two: 2\r\nFrom: "), "{text}");
    assert!(text.ends_with(" more\r\n\r\nbody\r\n"), "{text}");
    let text = edited(&message, &[replace_field(ours, "new")]);
    assert!(text.ends_with("\r\nX-Ours: new\r\n\r\nbody\r\n"), "{text}");
}

#[test]
fn fields_stand_behind_a_box_line() {
    let message = message(b"From a@b Mon Jan  1 00:00:00 2026\nA: 1\n\n");
    let text = edited(&message, &[prepend_fields(&message, &[("X", "1")])]);
    assert_eq!(text, "From a@b Mon Jan  1 00:00:00 2026\nX: 1\r\nA: 1\n\n");
}

fn check_prefix(raw: &[u8], prefix: &str, expected_raw: &str, expected_subject: &str) {
    let before = message(raw);
    let after = message(edited(&before, &prefix_subject(&before, prefix)).as_bytes());
    assert_eq!(after.subject(), expected_subject);
    assert_eq!(String::from_utf8_lossy(after.raw()), expected_raw);
    assert!(prefix_subject(&after, prefix).is_empty(), "once is enough");
}

#[test]
fn a_prefix_keeps_the_rest_of_the_subject() {
    check_prefix(b"Subject: hi\r\n\r\n", "[SPAM]", "Subject: [SPAM] hi\r\n\r\n", "[SPAM] hi");
    check_prefix(b"Subject:hi\r\n\r\n", "[SPAM]", "Subject: [SPAM] hi\r\n\r\n", "[SPAM] hi");
    check_prefix(b"Subject:\r\n hi\r\n\r\n", "[SPAM]", "Subject:\r\n [SPAM] hi\r\n\r\n", "[SPAM] hi");
    check_prefix(
        b"Subject: =?utf-8?Q?caf=C3=A9?=\r\n more\r\n\r\n",
        "[SPAM]",
        "Subject: [SPAM] =?utf-8?Q?caf=C3=A9?=\r\n more\r\n\r\n",
        "[SPAM] caf\u{e9} more",
    );
    check_prefix(
        b"Subject: =?utf-8?Q?caf=C3=A9?=\r\n\r\n",
        "[Gef\u{e4}hrlich]",
        "Subject: =?UTF-8?B?W0dlZsOkaHJsaWNoXQ==?= =?UTF-8?Q?_?= =?utf-8?Q?caf=C3=A9?=\r\n\r\n",
        "[Gef\u{e4}hrlich] caf\u{e9}",
    );
    check_prefix(b"A: 1\r\n\r\n", "[SPAM]", "Subject: [SPAM]\r\nA: 1\r\n\r\n", "[SPAM]");
    check_prefix(b"Subject:\r\n\r\n", "[SPAM]", "Subject: [SPAM]\r\n\r\n", "[SPAM]");
    let long = "x".repeat(75);
    let raw = format!("Subject: {long}\r\n\r\n");
    let folded = format!("Subject: [SPAM]\r\n {long}\r\n\r\n");
    check_prefix(raw.as_bytes(), "[SPAM]", &folded, &format!("[SPAM] {long}"));
}

#[test]
fn every_subject_gets_the_prefix() {
    let message = message(b"Subject: one\r\nSubject: two\r\n\r\n");
    assert_eq!(edited(&message, &prefix_subject(&message, "[X]")), "Subject: [X] one\r\nSubject: [X] two\r\n\r\n");
}
