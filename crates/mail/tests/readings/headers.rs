//! Where a header ends and what its fields are (RFC 5322 2.2 and 4).

use expect_test::expect;

use super::{check, check_whole};

#[test]
fn a_line_without_colon() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nno colon\nContent-Type: text/html\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/html "hello"
            multipart/mixed
              text/plain "no colon\r\nContent-Type: text/html\r\n\r\nhello"
            defect header_line_without_colon @127
            ambiguous bad_header_line @127
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: text/html\nno colon\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/html "hello"
            multipart/mixed
              text/html "no colon\r\n\r\nhello"
            defect header_line_without_colon @152
        "#]],
    );
}

#[test]
fn a_line_of_blanks() {
    check(
        "Content-Type: text/html\n \nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/html Base64 "hello"
        text/html "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
        ambiguous blank_header_line @102
    "#]],
    );
    check(
        "Content-Type: text/html\n \t\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
    "#]],
    );
}

#[test]
fn an_empty_first_line() {
    check_whole(
        "\nFrom: a@b.example\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/plain "From: a@b.example\r\nContent-Type: text/html\r\n\r\nhello\r\n"
        text/html "hello\r\n"
        defect missing_date @2
        defect missing_from @2
        ambiguous empty_first_line @0
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8="
            multipart/mixed
              text/plain Base64 "hello"
            ambiguous empty_first_line @127
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\nNote: hello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "Note: hello"
    "#]],
    );
}

#[test]
fn a_blank_before_the_colon() {
    check(
        "Content-Type : text/html\n\nhello\n",
        &expect![[r#"
            text/html "hello\r\n"
            text/plain "Content-Type : text/html\r\n\r\nhello\r\n"
            text/plain "hello\r\n"
            ambiguous spaced_field_name @77
        "#]],
    );
    check(
        "Subject : x\n\nhello\n",
        &expect![[r#"
            text/plain "hello\r\n"
            text/plain "Subject : x\r\n\r\nhello\r\n"
        "#]],
    );
}

#[test]
fn an_indented_first_line() {
    check_whole(
        " From: a@b.example\nTo: c@d.example\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        text/plain "hello\r\n"
        defect missing_date @39
        ambiguous indented_first_line @0
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n Content-Type: text/html\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/html "hello"
            multipart/mixed
              text/plain "hello"
            ambiguous indented_first_line @127
        "#]],
    );
}

#[test]
fn a_nul() {
    check(
        "Content-\0Type: text/html\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        text/plain "Content-\0Type: text/html\r\n\r\nhello\r\n"
        text/html "hello\r\n"
        defect header_line_without_colon @77
        ambiguous nul_in_header @85
    "#]],
    );
    check(
        "Content-Type: text/html\0; charset=x\n\nhello\n",
        &expect![[r#"
        text/html x "hello\r\n"
        text/html "hello\r\n"
        defect bad_content_type @77
        ambiguous nul_in_header @100
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\0B\n\n--A\n\none\n--A--\n--AB\n\nother\n--AB--\n",
        &expect![[r#"
        multipart/mixed "--A\r\n\r\none\r\n--A--\r\n--AB\r\n\r\nother\r\n--AB--\r\n"
        multipart/mixed
          text/plain "one"
        multipart/mixed
          text/plain "other"
        multipart/mixed
          text/plain "one"
        multipart/mixed
          text/plain "one"
          text/plain "other"
          text/plain ""
        defect boundary_never_seen @124
        ambiguous nul_in_header @118
        ambiguous delimiter_with_tail @143
        ambiguous delimiter_with_tail @158
        ambiguous part_after_close @143
        ambiguous part_after_close @158
    "#]],
    );
}

#[test]
fn a_nul_in_the_body() {
    check(
        "\nhel\0lo\n",
        &expect![[r#"
        text/plain "hel\0lo\r\n"
        defect nul_in_body @82
    "#]],
    );
}

#[test]
fn a_lone_cr() {
    check(
        "X: 1\rContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        text/html "hello\r\n"
        ambiguous lone_cr_in_header @81
    "#]],
    );
    check(
        "X: 1\r\rhello\n\nworld\n",
        &expect![[r#"
        text/plain "world\r\n"
        text/plain "hello\r\n\r\nworld\r\n"
        ambiguous lone_cr_in_header @81
    "#]],
    );
    check(
        "X: 1\r\n\nhello\n",
        &expect![[r#"
            text/plain "hello\r\n"
            text/plain "\r\nhello\r\n"
        "#]],
    );
}

#[test]
fn a_lone_lf() {
    check(
        "X: 1\u{240a}Content-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/html "hello\r\n"
        text/plain "hello\r\n"
        ambiguous lone_lf @77
    "#]],
    );
}

#[test]
fn a_line_of_a_mail_box() {
    check_whole(
        "From a@b.example Wed Nov 25 21:00:00 2026\nFrom: a@b.example\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        defect header_line_without_colon @0
        defect missing_date @64
    "#]],
    );
}

#[test]
fn no_empty_line() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: text/html\n--A\nContent-Type: text/html\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/html ""
              text/html ""
            multipart/mixed
              text/html ""
              text/html "hello"
            defect header_without_end @152
            defect header_line_without_colon @182
            defect header_without_end @189
            ambiguous delimiter_in_header @152
            ambiguous delimiter_in_header @189
        "#]],
    );
}

#[test]
fn unfolded_parameters() {
    check(
        "Content-Type: multipart/mixed;\nboundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        multipart/mixed "boundary=A\r\n\r\n--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect header_line_without_colon @109
        defect missing_boundary @77
    "#]],
    );
}

#[test]
fn empty_lines_and_other_fields_before_those_of_mime() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n \n\nX: y\n z\nContent-Type: text/html\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "X: y\r\n z\r\nContent-Type: text/html\r\n\r\nhello"
            multipart/mixed
              text/html "hello"
            ambiguous empty_first_line @130
        "#]],
    );
}
