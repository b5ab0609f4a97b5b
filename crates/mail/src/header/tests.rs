//! Headers as they come.

use expect_test::{Expect, expect};

use super::*;

fn check(raw: &[u8], expected: &Expect) {
    let mut notes = Notes::default();
    let header = read(&Reading::new(raw, Choices::default()), 0, &|_| false, &mut notes);
    let mut text = String::new();
    for field in header.fields(raw) {
        text += &format!("{:?} {} = {:?}\n", field.whole(), field.name(), field.decoded());
    }
    text += &format!("end {}\n", header.end);
    for defect in notes.defects {
        text += &format!("{} @{}\n", defect.kind.word(), defect.offset);
    }
    for ambiguity in notes.ambiguities {
        text += &format!("{} @{}\n", ambiguity.kind.word(), ambiguity.offset);
    }
    expected.assert_eq(&text);
}

#[test]
fn folded_fields_with_both_line_ends() {
    check(
        b"From: a@b.example\r\nSubject: one\r\n\ttwo\n three\nX-Empty:\r\n\r\nbody",
        &expect![[r#"
            0..19 From = "a@b.example"
            19..45 Subject = "one\ttwo three"
            45..55 X-Empty = ""
            end 57
            lone_lf @33
            lone_lf @38
        "#]],
    );
}

#[test]
fn obsolete_space_before_the_colon_and_before_the_first_name() {
    check(
        b" From : a\r\nSubject\t:b\r\n\r\n",
        &expect![[r#"
            0..11 From = "a"
            11..23 Subject = "b"
            end 25
            indented_first_line @0
        "#]],
    );
}

#[test]
fn lines_without_colon_and_box_lines_are_passed_over() {
    check(
        b"From a@b Mon Jan  1 00:00:00 2026\nA: 1\nno colon here\n folded\nB: 2\n\n",
        &expect![[r#"
            34..39 A = "1"
            61..66 B = "2"
            end 67
            header_line_without_colon @0
            header_line_without_colon @39
        "#]],
    );
    check(
        b">From a@b Mon Jan  1 00:00:00 2026\nA: 1\n\n",
        &expect![[r#"
            35..40 A = "1"
            end 41
            header_line_without_colon @0
        "#]],
    );
    // Old relays write it further down.
    check(
        b"A: 1\n>From a@b Mon Jan  1 00:00:00 2026\nContent-Type: a/b\n\n",
        &expect![[r#"
            0..5 A = "1"
            40..58 Content-Type = "a/b"
            end 59
            header_line_without_colon @5
        "#]],
    );
    check(
        b"A: 1\n>From a@b Mon Jan  1 00:00:00 2026\nno colon here\nContent-Type: a/b\n\n",
        &expect![[r#"
            0..5 A = "1"
            54..72 Content-Type = "a/b"
            end 73
            header_line_without_colon @5
            header_line_without_colon @40
            bad_header_line @40
        "#]],
    );
}

#[test]
fn what_stands_behind_the_line_of_a_box_is_read_as_text_too() {
    let raw = b"A: 1\r\n>From a@b Mon Jan  1 00:00:00 2026\r\nContent-Type: text/html\r\n\r\nwords\r\n";
    let message = crate::message::Message::parse(raw.to_vec().into());
    assert!(message.ambiguities.is_empty());
    let contents: Vec<_> = message.alternatives.iter().map(|root| root.content(message.raw())).collect();
    assert!(contents.iter().any(|content| content.starts_with(b">From ")));
}

#[test]
fn a_field_of_mime_folded_to_a_line_without_colon_is_one() {
    check(
        b"A: 1\nno colon here\n Content-Type: a/b\n C: 3\n\n",
        &expect![[r#"
        0..5 A = "1"
        19..44 Content-Type = "a/b C: 3"
        end 45
        header_line_without_colon @5
        bad_header_line @5
        indented_first_line @19
    "#]],
    );
    // Any other is a part of that line.
    check(
        b"A: 1\nno colon here\n C: 3\n\n",
        &expect![[r#"
        0..5 A = "1"
        end 26
        header_line_without_colon @5
    "#]],
    );
}

#[test]
fn header_without_end() {
    check(
        b"A: 1\r\nB: 2",
        &expect![[r#"
            0..6 A = "1"
            6..10 B = "2"
            end 10
            header_without_end @10
        "#]],
    );
    check(
        b"",
        &expect![[r#"
        end 0
        header_without_end @0
    "#]],
    );
}

#[test]
fn bytes_that_are_not_ascii() {
    check(
        "A: \u{fc}\r\nB: x\r\n\r\n".as_bytes(),
        &expect![[r#"
            0..7 A = "ü"
            7..13 B = "x"
            end 15
            eight_bit_header @0
        "#]],
    );
    check(
        b"A: \xfc\r\nB: nul \0 here\r\n\r\n",
        &expect![[r#"
            0..6 A = "ü"
            6..21 B = "nul \0 here"
            end 23
            eight_bit_header @0
            nul_in_header @13
        "#]],
    );
}

#[test]
fn a_line_of_white_space_is_folded_and_does_not_end_the_header() {
    check(
        b"A: 1\r\n \r\nB: 2\r\n\r\n",
        &expect![[r#"
            0..9 A = "1"
            9..15 B = "2"
            end 17
        "#]],
    );
}

#[test]
fn encoded_words() {
    check(
        b"A: =?utf-8?Q?M=C3=BC?=\r\n =?UTF-8?b?bGxlcg==?= end\r\n\r\n",
        &expect![[r#"
            0..51 A = "Müller end"
            end 53
        "#]],
    );
}

#[test]
fn removing_the_whole_of_a_field_removes_the_field() {
    let raw = b"A: 1\r\nB: 2\r\n 3\r\nC: 4\r\n\r\n";
    let header = Header::parse(raw);
    let whole = header.first(raw, "b").expect("it stands there").whole();
    let rest = [&raw[..whole.start], &raw[whole.end..]].concat();
    assert_eq!(rest, b"A: 1\r\nC: 4\r\n\r\n");
}
