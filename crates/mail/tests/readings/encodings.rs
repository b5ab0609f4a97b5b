//! How a body is encoded (RFC 2045 6).

use expect_test::expect;

use super::check;

#[test]
fn two_encodings() {
    check(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain "aGVsbG8=\r\n"
        text/plain Base64 "hello"
        ambiguous duplicate_encoding @110
    "#]],
    );
    check(
        "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello"
        text/plain "aGVsbG8=\r\n"
        ambiguous duplicate_encoding @112
    "#]],
    );
}

#[test]
fn three_encodings() {
    check(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\naGVsbG8=\n",
        &expect![[r#"
            text/plain "aGVsbG8=\r\n"
            text/plain QuotedPrintable "aGVsbG8"
            text/plain Base64 "hello"
            ambiguous duplicate_encoding @110
        "#]],
    );
    check(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 8bit\n\naGVsbG8=\n",
        &expect![[r#"
            text/plain "aGVsbG8=\r\n"
            text/plain Base64 "hello"
            ambiguous duplicate_encoding @110
        "#]],
    );
}

#[test]
fn two_in_one_field() {
    check(
        "Content-Transfer-Encoding: 8bit; base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain "aGVsbG8=\r\n"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
        ambiguous conflicting_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: base64, 7bit\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        text/plain "aGVsbG8=\r\n"
        defect unknown_encoding @77
        ambiguous conflicting_encoding @77
    "#]],
    );
}

#[test]
fn eight_spellings() {
    check(
        "Content-Transfer-Encoding: base64 (a comment)\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: \"base64\"\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: BASE64;\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: x-base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: =?us-ascii?Q?base64?=\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: base64\t\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello"
    "#]],
    );
    check(
        "Content-Transfer-Encoding: \n base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello"
    "#]],
    );
    check(
        "Content-Transfer-Encoding: base 64\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
}

#[test]
fn unknown_ones() {
    check(
        "Content-Transfer-Encoding: x-what\n\naGVsbG8gd29ybGQh\n",
        &expect![[r#"
        text/plain Unknown "aGVsbG8gd29ybGQh\r\n" "hello world!"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: x-what\n\n=68ello, world\n",
        &expect![[r#"
        text/plain Unknown "=68ello, world\r\n" "hello, world\r\n"
        defect unknown_encoding @77
    "#]],
    );
}

#[test]
fn data_after_the_padding() {
    check(
        "Content-Transfer-Encoding: base64\n\naGVsbG8=\nd29ybGQ=\n",
        &expect![[r#"
        text/plain Base64 "helloworld" "hello" "hello\u{1d}�ܛ\u{19}"
        ambiguous data_after_padding @124
    "#]],
    );
}

#[test]
fn padding_that_is_behind_everything() {
    check(
        "Content-Transfer-Encoding: base64\n\naGVsbG8=\n=\n\n",
        &expect![[r#"
        text/plain Base64 "hello"
    "#]],
    );
}

#[test]
fn two_parts_with_the_same_bytes_are_two() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n\
         aGVsbG8=\n--A\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "aGVsbG8="
              text/plain Base64 "hello"
            multipart/mixed
              text/plain Base64 "hello"
              text/plain "aGVsbG8="
            ambiguous duplicate_encoding @160
            ambiguous duplicate_encoding @247
        "#]],
    );
}
