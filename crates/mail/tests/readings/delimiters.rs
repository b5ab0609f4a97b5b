//! Which lines are delimiters (RFC 2046 5.1.1).

use expect_test::expect;

use super::{HEAD, LONE_LF, check, check_whole};

#[test]
fn a_prefix_of_another_boundary() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: multipart/mixed; boundary=AB\n\n--AB\n\none\n--AB--\n--A\n\ntwo\n--A--\n",
        &expect![[r#"
            multipart/mixed
              multipart/mixed
                text/plain "one"
              text/plain "two"
            multipart/mixed
              multipart/mixed ""
              text/plain "one"
              text/plain ""
              text/plain "two"
        "#]],
    );
}

#[test]
fn a_tail() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--AX\n\none\n--A\n\ntwo\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "two"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous delimiter_with_tail @122
    "#]],
    );
}

#[test]
fn a_tail_behind_the_close_delimiter() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A--junk\n\ntwo\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r\n--A--junk\r\n\r\ntwo"
        multipart/mixed
          text/plain "one"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous delimiter_with_tail @134
    "#]],
    );
}

#[test]
fn blanks_behind() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A \t\n\none\n--A--  \n",
        &expect![[r#"
        multipart/mixed
          text/plain "one"
    "#]],
    );
}

#[test]
fn blanks_before() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n \t--A\n\ntwo\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r\n \t--A\r\n\r\ntwo"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous indented_delimiter @134
    "#]],
    );
}

#[test]
fn the_other_case() {
    check(
        "Content-Type: multipart/mixed; boundary=Ab\n\n--Ab\n\none\n--aB\n\ntwo\n--Ab--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r\n--aB\r\n\r\ntwo"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous delimiter_case @136
    "#]],
    );
}

#[test]
fn a_nul() {
    check(
        "Content-Type: multipart/mixed; boundary=AB\n\n--AB\n\none\n--A\0B\n\ntwo\n--AB--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r\n--A\0B\r\n\r\ntwo"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        defect nul_in_body @139
        ambiguous nul_in_delimiter @136
    "#]],
    );
}

#[test]
fn a_lone_cr_before_it() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\r--A\n\ntwo\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r--A\r\n\r\ntwo"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous lone_cr_at_delimiter @129
    "#]],
    );
}

#[test]
fn a_lone_cr_behind_it() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A\r\rtwo\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one\r\n--A\r\rtwo"
            multipart/mixed
              text/plain "one"
              text/plain ""
            multipart/mixed
              text/plain "one"
              text/plain "two"
            ambiguous delimiter_with_tail @134
            ambiguous lone_cr_at_delimiter @134
        "#]],
    );
}

#[test]
fn a_lone_lf_before_it() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\u{240a}--A\n\ntwo\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        multipart/mixed
          text/plain "one\n--A\r\n\r\ntwo"
        ambiguous lone_lf @133
    "#]],
    );
}

#[test]
fn a_lone_lf_behind_it() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A\u{240a}\ntwo\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        multipart/mixed
          text/plain "one"
          text/plain ""
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous lone_lf @134
    "#]],
    );
}

#[test]
fn lone_lf_everywhere() {
    check_lone_lf(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one"
    "#]],
    );
}

#[test]
fn case_and_tail_together() {
    check(
        "Content-Type: multipart/mixed; boundary=Ab\n\n--Ab\n\none\n--aBx\n\ntwo\n--Ab--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r\n--aBx\r\n\r\ntwo"
        multipart/mixed
          text/plain "one"
          text/plain "two"
        ambiguous delimiter_case @136
        ambiguous delimiter_with_tail @136
    "#]],
    );
}

// Nothing is unusual where no line ends with CRLF.
fn check_lone_lf(rest: &str, expected: &expect_test::Expect) {
    check_whole(&format!("{HEAD}{rest}").replace('\n', LONE_LF), expected);
}

#[test]
fn a_prefix_of_another_boundary_under_which_more_is_seen() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A\nContent-Type: multipart/mixed; boundary=AB\n\n--AB\n\
         Content-Type: text/html\n\ntwo\n--AB--\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
              multipart/mixed
                text/html "two"
            multipart/mixed
              text/plain "one"
              multipart/mixed
                text/html "two"
                text/plain Base64 "hello"
            multipart/mixed
              text/plain "one"
              multipart/mixed ""
              text/html "two"
              text/plain Base64 "hello"
            ambiguous part_outside @231
            ambiguous prefix_boundary @139
        "#]],
    );
}

#[test]
fn within_a_line() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none--A\nContent-Type: text/html\n\ntwo\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one--A\r\nContent-Type: text/html\r\n\r\ntwo"
            multipart/mixed
              text/html "two"
            ambiguous delimiter_within_line @132
        "#]],
    );
}

#[test]
fn one_within_a_header() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Transfer-Encoding: base64\n--A\n\ndHdv\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain Base64 ""
              text/plain "dHdv"
            defect header_without_end @162
            ambiguous delimiter_in_header @162
        "#]],
    );
}

#[test]
fn one_of_the_outer_multipart_within_an_inner_one() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--A\n\ntwo\n--A--\n",
        &expect![[r#"
            multipart/mixed
              multipart/mixed
                text/plain "one"
              text/plain "two"
            multipart/mixed
              multipart/mixed
                text/plain "one\r\n--A\r\n\r\ntwo\r\n--A--\r\n"
            defect missing_close_delimiter @182
        "#]],
    );
}
