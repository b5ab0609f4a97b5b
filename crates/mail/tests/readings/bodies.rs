//! Types, boundaries and encodings as they were found with the readers themselves, and those of honest senders.

use expect_test::expect;

use super::check;

#[test]
fn blanks_in_a_boundary() {
    check(
        "Content-Type: multipart/mixed; boundary=\"b\n  1\"\n\n--b  1\n\none\n--b  1--\n--b 1\n\nother\n--b 1--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one"
        multipart/mixed
          text/plain "other"
        ambiguous boundary_spelling @77
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=\"\u{a0}b\u{a0}\"\n\n--\u{a0}b\u{a0}\n\none\n--b\n\nother\n--b--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "one\r\n--b\r\n\r\nother\r\n--b--\r\n"
        multipart/mixed
          text/plain "other"
        defect eight_bit_header @77
        defect missing_close_delimiter @165
        ambiguous boundary_spelling @77
    "#]],
    );
}

#[test]
fn no_boundary_and_a_long_preamble() {
    check(
        &format!("Content-Type: multipart/mixed\n\n{}--A\n\nhello\n--A--\n", "padding\n".repeat(1_000)),
        &expect![[r#"
        multipart/mixed "padding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\npadding\r\n--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect missing_boundary @77
    "#]],
    );
}

#[test]
fn a_type_with_something_in_it() {
    check(
        "Content-Type: multi(c)part/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: multi\\part/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: multi part/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
    "#]],
    );
}

#[test]
fn a_boundary_of_another_type() {
    check(
        "Content-Type: text/plain; boundary=A\n\n--A\nContent-Type: text/html\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\nContent-Type: text/html\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/html "hello"
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: text/plain; boundary=A\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        multipart/mixed "hello\r\n"
    "#]],
    );
}

#[test]
fn empty_parameters_at_the_end() {
    check(
        "Content-Type: multipart/mixed; boundary=A; ;\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
    "#]],
    );
}

#[test]
fn reports_that_are_read_as_messages() {
    check(
        "Content-Type: message/feedback-report\n\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        message/feedback-report "Content-Type: text/html\r\n\r\nhello\r\n"
        message/feedback-report
          text/html "hello\r\n"
    "#]],
    );
    check(
        "Content-Type: message/html\n\n<p>hello\n",
        &expect![[r#"
        message/html "<p>hello\r\n"
        message/html
          text/plain ""
        message/html
          text/plain "<p>hello\r\n"
    "#]],
    );
}

#[test]
fn two_multiparts_with_one_boundary() {
    check(
        "Content-Type: multipart/digest; boundary=A\n\n--A\nContent-Type: multipart/mixed; boundary=A\n\n--A\n\nContent-Type: text/html\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/digest
          multipart/mixed
            text/plain "Content-Type: text/html\r\n\r\nhello"
        multipart/digest
          multipart/mixed
            text/html "hello"
        multipart/digest
          multipart/mixed ""
          message/rfc822
            text/html "hello"
        multipart/digest
          multipart/mixed ""
          text/html "hello"
        defect missing_close_delimiter @221
        ambiguous empty_first_line @178
        ambiguous prefix_boundary @128
    "#]],
    );
}

#[test]
fn encodings_with_something_around_the_word() {
    check(
        "Content-Transfer-Encoding: base64x\n\naGVs!*bG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "" "aGVs!*bG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: mime-base64\n\naGVsbG8=\n",
        &expect![[r#"
        text/plain Base64 "hello" "aGVsbG8=\r\n"
        defect unknown_encoding @77
    "#]],
    );
    check(
        "Content-Transfer-Encoding: xquoted-printable\n\n=68ello\n",
        &expect![[r#"
        text/plain QuotedPrintable "hello\r\n" "=68ello\r\n"
        defect unknown_encoding @77
    "#]],
    );
}

#[test]
fn a_footer_behind_base64() {
    check(
        "Content-Transfer-Encoding: base64\n\naGVsbG8=\n\n____\nthe mailing list\n",
        &expect![[r#"
        text/plain Base64 "hello�\u{17}�j)b�\tb�" "hello" "hello-�隊X��X�" "hello����\u{17}�j)b�\tb�" "hello���" "aGVsbG8=\r\n\r\n____\r\nthe mailing list\r\n"
    "#]],
    );
}

#[test]
fn fields_twice_that_say_the_same() {
    check(
        "Content-Type: text/html; charset=utf-8\nContent-Type: text/html\n\n<p>\n",
        &expect![[r#"
        text/html utf-8 "<p>\r\n"
        text/html "<p>\r\n"
    "#]],
    );
    check(
        "Content-Type: text/html; charset=utf-8\nContent-Type: text/html; charset=UTF-8\n\n<p>\u{e4}\n",
        &expect![[r#"
        text/html utf-8 "<p>ä\r\n"
        text/html UTF-8 "<p>ä\r\n"
    "#]],
    );
    check(
        "Content-Type: text/html; charset=utf-8\nContent-Type: text/html; charset=utf-7\n\n+ADw-\n",
        &expect![[r#"
        text/html utf-8 "+ADw-\r\n"
        text/html utf-7 "+ADw-\r\n"
        ambiguous duplicate_content_type @117
    "#]],
    );
    check(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: quoted-printable\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        text/plain QuotedPrintable "hello\r\n"
    "#]],
    );
    check(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: quoted-printable\n\nhe=6Clo\n",
        &expect![[r#"
        text/plain "he=6Clo\r\n"
        text/plain QuotedPrintable "hello\r\n"
        ambiguous duplicate_encoding @110
    "#]],
    );
    check(
        "Content-Type: text/plain; charset=utf-8; charset=iso-8859-1\n\nhello\n",
        &expect![[r#"
        text/plain utf-8 "hello\r\n"
        text/plain iso-8859-1 "hello\r\n"
    "#]],
    );
}

#[test]
fn an_encoded_multipart_that_changes_nothing() {
    check(
        "Content-Type: multipart/mixed; boundary=A\nContent-Transfer-Encoding: quoted-printable\n\n--A\nContent-Transfer-Encoding: quoted-printable\n\n<p style=3D\"x\">\n--A--\n",
        &expect![[r#"
        multipart/mixed QuotedPrintable
          text/plain QuotedPrintable "<p style=\"x\">"
        multipart/mixed QuotedPrintable "--A\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p style=\"x\">\r\n--A--\r\n"
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\nContent-Transfer-Encoding: quoted-printable\n\n--A\n\nhello\n--=41\nContent-Type: text/html\n\nhidden\n--A--\n",
        &expect![[r#"
        multipart/mixed QuotedPrintable
          text/plain "hello\r\n--=41\r\nContent-Type: text/html\r\n\r\nhidden"
        multipart/mixed QuotedPrintable "--A\r\n\r\nhello\r\n--A\r\nContent-Type: text/html\r\n\r\nhidden\r\n--A--\r\n"
        multipart/mixed QuotedPrintable
          text/html "hidden"
        ambiguous encoded_multipart @120
    "#]],
    );
}

#[test]
fn two_dispositions_of_what_has_no_name() {
    check(
        "Content-Disposition: inline\nContent-Disposition: attachment\n\nhello\n",
        &expect![[r#"
        text/plain inline "hello\r\n"
        text/plain attachment "hello\r\n"
        ambiguous duplicate_disposition @106
    "#]],
    );
}
