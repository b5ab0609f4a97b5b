//! Whole messages to the tree that is read in them: type, places, names, and the notes.

use bytes::Bytes;
use expect_test::{Expect, expect};
use mail::message::Message;
use mail::part::Encoding;

fn check(raw: &str, expected: &Expect) {
    let message = Message::parse(Bytes::copy_from_slice(raw.replace('\n', "\r\n").as_bytes()));
    expected.assert_eq(&dump(&message));
}

fn dump(message: &Message) -> String {
    let mut text = String::new();
    for (path, part) in message.parts() {
        let indent = "  ".repeat(path.0.len());
        let name = if path.0.is_empty() { "root".to_owned() } else { path.to_string() };
        text += &format!("{indent}{name} {} whole {:?} body {:?}", part.media_type.essence(), part.whole, part.body);
        if part.encoding != Encoding::Identity {
            text += &format!(" {:?}", part.encoding);
        }
        if !part.names.is_empty() {
            text += &format!(" {:?}", part.names);
        }
        if part.is_leaf() {
            text += &format!(" {:?}", part.text(message.raw()));
        }
        text += "\n";
        assert_eq!(message.part(&path), Some(part), "a path leads back");
    }
    for defect in &message.defects {
        text += &format!("{} @{}\n", defect.kind.word(), defect.offset);
    }
    for ambiguity in &message.ambiguities {
        text += &format!("ambiguous: {} @{}\n", ambiguity.kind.word(), ambiguity.offset);
    }
    text
}

const HEAD: &str = "From: a@b.example\nDate: Wed, 25 Nov 2026 21:00:00 +0000\nMIME-Version: 1.0\n";

#[test]
fn plain_text() {
    check(
        &format!("{HEAD}\nhello\n"),
        &expect![[r#"
            root text/plain whole 0..86 body 79..86 "hello\r\n"
        "#]],
    );
    check(
        "From: a@b.example\nDate: x",
        &expect![[r#"
            root text/plain whole 0..26 body 26..26 ""
            header_without_end @26
        "#]],
    );
}

#[test]
fn nested_multiparts_with_preamble_and_epilogue() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=out\n\npreamble\n--out\n\
         Content-Type: multipart/alternative; boundary=\"in ner\"\n\n--in ner\n\none\n--in ner  \n\
         Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>=C3=BC</p>\n\
         --in ner--\nbetween\n--out\nContent-Type: application/pdf; name=a.pdf\n\
         Content-Disposition: Attachment; filename=\"b.pdf\"\nContent-Transfer-Encoding: base64\n\naGVs\nbG8=\n\
         --out--\nepilogue\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..520 body 124..520
              1 multipart/alternative whole 141..349 body 199..349
                1.1 text/plain whole 209..214 body 211..214 "one"
                1.2 text/html whole 228..328 body 315..328 QuotedPrintable "<p>ü</p>"
              2 application/pdf whole 358..499 body 489..499 Base64 ["a.pdf", "b.pdf"] "hello"
        "#]],
    );
}

#[test]
fn an_outer_delimiter_ends_inner_parts() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n\
         --i\n\none\n--o\n\ntwo\n--o--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..203 body 122..203
              1 multipart/mixed whole 127..182 body 172..182
                1.1 text/plain whole 177..182 body 179..182 "one"
              2 text/plain whole 189..194 body 191..194 "two"
                0.1 multipart/mixed whole 0..203 body 122..203
                  0.1.1 multipart/mixed whole 127..203 body 172..203
                    0.1.1.1 text/plain whole 177..203 body 179..203 "one\r\n--o\r\n\r\ntwo\r\n--o--\r\n"
            missing_close_delimiter @182
        "#]],
    );
}

#[test]
fn a_boundary_that_starts_like_another_is_another() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n\
         --ab\n\none\n--ab--\n--a\n\n--a not a delimiter\n--a--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..229 body 122..229
              1 multipart/mixed whole 127..192 body 173..192
                1.1 text/plain whole 179..184 body 181..184 "one"
              2 text/plain whole 199..220 body 201..220 "--a not a delimiter"
                0.1 multipart/mixed whole 0..229 body 122..229
                  0.1.1 multipart/mixed whole 127..192 body 173..192
                    0.1.1.1 text/plain whole 179..184 body 181..184 "one"
                  0.1.2 text/plain whole 199..201 body 201..201 ""
                  0.1.3 text/plain whole 222..222 body 222..222 ""
                0.2 multipart/mixed whole 0..229 body 122..229
                  0.2.1 multipart/mixed whole 127..173 body 173..173 ""
                  0.2.2 text/plain whole 179..184 body 181..184 "one"
                  0.2.3 text/plain whole 194..194 body 194..194 ""
                  0.2.4 text/plain whole 199..201 body 201..201 ""
                  0.2.5 text/plain whole 222..222 body 222..222 ""
            ambiguous: delimiter_with_tail @201
        "#]],
    );
}

#[test]
fn messages_in_messages_and_digests() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: first\n\nbody 1\n--d\n\
         Content-Type: message/rfc822\n\nSubject: second\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\n\
         body 2\n--m--\n--d\nContent-Type: text/plain\n\nno message\n--d--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/digest whole 0..329 body 123..329
              1 message/rfc822 whole 128..154 body 130..154
                1.1 text/plain whole 130..154 body 148..154 "body 1"
              2 message/rfc822 whole 161..275 body 193..275
                2.1 multipart/mixed whole 193..275 body 255..275
                  2.1.1 text/plain whole 260..268 body 262..268 "body 2"
              3 text/plain whole 282..320 body 310..320 "no message"
        "#]],
    );
}

#[test]
fn an_encoded_message_is_a_leaf() {
    let raw =
        format!("{HEAD}Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKYQo=\n");
    check(
        &raw,
        &expect![[r#"
            root message/rfc822 whole 0..166 body 144..166 Base64 "Subject: x\n\na\n"
        "#]],
    );
}

#[test]
fn parts_without_body_header_or_end() {
    let raw =
        format!("{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b\nContent-Type: text/x\n\n--b");
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..166 body 122..166
              1 text/plain whole 127..127 body 127..127 ""
              2 text/plain whole 132..134 body 134..134 ""
              3 text/x whole 139..163 body 163..163 ""
              4 text/plain whole 166..166 body 166..166 ""
            header_without_end @127
            header_without_end @166
            missing_close_delimiter @166
        "#]],
    );
}

#[test]
fn two_boundaries() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=\"A\"; boundary=\"B\"\n\n--A\n\nseen by one\n--A--\n--B\n\n\
         seen by the other\n--B--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..198 body 138..198
              1 text/plain whole 143..156 body 145..156 "seen by one"
                0.1 multipart/mixed whole 0..198 body 138..198
                  0.1.1 text/plain whole 170..189 body 172..189 "seen by the other"
            ambiguous: duplicate_boundary @77
        "#]],
    );
}

#[test]
fn two_types_and_two_encodings() {
    let raw = format!(
        "{HEAD}Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\
         Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--B--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root text/plain whole 0..240 body 148..240 "--B\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--B--\r\n"
                0.1 multipart/mixed whole 0..240 body 148..240
                  0.1.1 text/plain whole 153..231 body 223..231 "aGVsbG8="
                0.2 multipart/mixed whole 0..240 body 148..240
                  0.2.1 text/plain whole 153..231 body 223..231 Base64 "hello"
            ambiguous: duplicate_content_type @103
        "#]],
    );
}

#[test]
fn a_part_after_the_close_delimiter() {
    let raw = format!("{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--B--\n--B\n\nhidden\n--B--\n");
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..163 body 122..163
              1 text/plain whole 127..132 body 129..132 "one"
                0.1 multipart/mixed whole 0..163 body 122..163
                  0.1.1 text/plain whole 127..132 body 129..132 "one"
                  0.1.2 text/plain whole 146..154 body 148..154 "hidden"
            ambiguous: part_after_close @141
        "#]],
    );
}

#[test]
fn an_encoded_multipart() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=B\nContent-Transfer-Encoding: base64\n\n--B\n\none\n--B--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..176 body 157..176 Base64
              1 text/plain whole 162..167 body 164..167 "one"
                0.1 multipart/mixed whole 0..176 body 157..176 Base64 "\u{6}‰Þ"
            ambiguous: encoded_multipart @120
        "#]],
    );
}

#[test]
fn a_multipart_without_boundary_is_read_with_the_first_delimiter_too() {
    let raw = format!("{HEAD}Content-Type: multipart/mixed\n\n--B\n\none\n--B--\n");
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..129 body 110..129 "--B\r\n\r\none\r\n--B--\r\n"
                0.1 multipart/mixed whole 0..129 body 110..129
                  0.1.1 text/plain whole 115..120 body 117..120 "one"
            missing_boundary @77
        "#]],
    );
}

#[test]
fn a_header_line_without_colon_may_start_the_body() {
    let raw = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\nfirst line\nX: second\n\n\
         third\n--B--\n"
    );
    check(
        &raw,
        &expect![[r#"
            root multipart/mixed whole 0..192 body 122..192
              1 text/plain whole 127..183 body 178..183 "third"
                0.1 multipart/mixed whole 0..192 body 122..192
                  0.1.1 text/plain whole 127..183 body 153..183 "first line\r\nX: second\r\n\r\nthird"
            header_line_without_colon @153
        "#]],
    );
}

#[test]
fn file_names_are_all_candidates() {
    let raw = format!(
        "{HEAD}Content-Type: application/octet-stream; name=\"report.pdf\"; name*=utf-8''r%65port.scr\n\
         Content-Disposition: attachment; filename=\"=?utf-8?Q?a=2Eexe?=\"; filename*0=\"rep\"; filename*1=\"ort.com\"\n\
         \nx\n"
    );
    check(
        &raw,
        &expect![[r#"
            root application/octet-stream whole 0..273 body 270..273 ["report.pdf", "report.scr", "a.exe", "report.com"] "x\r\n"
            ambiguous: name_conflict @163
        "#]],
    );
}
