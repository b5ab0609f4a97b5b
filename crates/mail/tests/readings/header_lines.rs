//! Lines of a header that readers take in different ways, as they were found with the readers themselves.

use expect_test::expect;

use super::check;

#[test]
fn a_blank_first_line_of_a_header() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n \nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nContent-Type: application/x\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
        multipart/mixed
          application/x Base64 "hello"
        multipart/mixed
          text/plain "X: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8="
        ambiguous blank_header_line @127
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n	\nno colon\nContent-Type: application/x\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
        multipart/mixed
          application/x Base64 "hello"
        multipart/mixed
          text/plain "no colon\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8="
        defect header_line_without_colon @130
        ambiguous blank_header_line @127
        ambiguous bad_header_line @130
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\u{c}\nX: y\n c\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain Base64 "hello"
        multipart/mixed
          text/plain "X: y\r\n c\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8="
        ambiguous blank_header_line @127
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nX: y\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "X: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nX: y\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8="
        multipart/mixed
          text/plain Base64 "hello"
    "#]],
    );
}

#[test]
fn a_blank_line_that_hides_nothing() {
    check(
        "X-Report:\n \n	* text\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "\t* text\r\nContent-Type: text/html\r\n\r\nhello\r\n"
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n \nhello\n\nworld\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "world"
        multipart/mixed
          text/plain "hello\r\n\r\nworld"
        defect header_line_without_colon @130
    "#]],
    );
}

#[test]
fn a_name_of_a_field_with_something_in_it() {
    check(
        "Content-Type\n : text/html\n\nhello\n",
        &expect![[r#"
            text/html "hello\r\n"
            text/plain "Content-Type\r\n : text/html\r\n\r\nhello\r\n"
            text/plain "hello\r\n"
            ambiguous spaced_field_name @77
        "#]],
    );
    check(
        "Content-Transfer-Encoding \n \n	: base64\n\naGVsbG8=\n",
        &expect![[r#"
            text/plain Base64 "hello"
            text/plain "Content-Transfer-Encoding \r\n \r\n\t: base64\r\n\r\naGVsbG8=\r\n"
            text/plain "aGVsbG8=\r\n"
            ambiguous spaced_field_name @77
        "#]],
    );
    check(
        "Content-\n Type: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "Content-\r\n Type: text/html\r\n\r\nhello\r\n"
        text/plain "hello\r\n"
        ambiguous spaced_field_name @77
    "#]],
    );
}

#[test]
fn a_name_of_a_field_with_what_does_not_print() {
    check(
        "Content-Type\u{b}: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "Content-Type\u{b}: text/html\r\n\r\nhello\r\n"
        text/plain "hello\r\n"
        ambiguous spaced_field_name @77
    "#]],
    );
    check(
        "\u{b}Content-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "\u{b}Content-Type: text/html\r\n\r\nhello\r\n"
        text/plain "hello\r\n"
        ambiguous spaced_field_name @77
    "#]],
    );
    check(
        "(c)Con(t)tent-Type (c): text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "(c)Con(t)tent-Type (c): text/html\r\n\r\nhello\r\n"
        text/plain "hello\r\n"
        ambiguous spaced_field_name @77
    "#]],
    );
    check(
        "Content-Type\u{a0}: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "Content-Type\u{a0}: text/html\r\n\r\nhello\r\n"
        text/plain "hello\r\n"
        defect eight_bit_header @77
        ambiguous spaced_field_name @77
    "#]],
    );
    check(
        "Content-Type\u{1}: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "Content-Type\u{1}: text/html\r\n\r\nhello\r\n"
        text/plain "hello\r\n"
        ambiguous spaced_field_name @77
    "#]],
    );
}

#[test]
fn a_mark_of_utf_8() {
    check(
        "\u{feff}Content-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "\u{feff}Content-Type: text/html\r\n\r\nhello\r\n"
        defect eight_bit_header @77
    "#]],
    );
}

#[test]
fn a_line_of_cr_in_a_header() {
    check(
        "Content-Type: text/html\n\r\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/html "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
        text/html "\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
        text/html Base64 "hello"
        ambiguous lone_cr_in_header @102
    "#]],
    );
    check(
        "X: y\r\nContent-Type: text/html\r\n\r\nhello\r\n",
        &expect![[r#"
        text/html "hello\r\r\n"
        text/plain "Content-Type: text/html\r\r\n\r\r\nhello\r\r\n"
    "#]],
    );
    check(
        "X: y\r\n\r\nContent-Type: text/html\r\n\nhello\n",
        &expect![[r#"
        text/plain "Content-Type: text/html\r\r\n\r\nhello\r\n"
        text/plain "\r\r\nContent-Type: text/html\r\r\n\r\nhello\r\n"
        text/html "hello\r\n"
    "#]],
    );
}
