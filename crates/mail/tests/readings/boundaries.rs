//! Which boundary a multipart has (RFC 2046 5.1.1).

use expect_test::expect;

use super::check;

#[test]
fn two_parameters() {
    check(
        "Content-Type: multipart/mixed; boundary=A; boundary=\"B\"\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by one"
            multipart/mixed
              text/plain "seen by the other"
            ambiguous duplicate_boundary @77
        "#]],
    );
}

#[test]
fn three_parameters() {
    check(
        "Content-Type: multipart/mixed; boundary=A; boundary=C; boundary=\"B\"\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n--C\n\nand by a third\n--C--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by one"
            multipart/mixed
              text/plain "and by a third"
            multipart/mixed
              text/plain "seen by the other"
            ambiguous duplicate_boundary @77
        "#]],
    );
}

#[test]
fn a_comment_in_the_name() {
    check(
        "Content-Type: multipart/mixed; boundary((c))=\"B\"; boundary=\"A\"\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by the other"
            multipart/mixed
              text/plain "seen by one"
            ambiguous duplicate_boundary @77
        "#]],
    );
}

#[test]
fn a_comment_within_the_name() {
    check(
        "Content-Type: multipart/mixed; bound(x)ary=B; boundary=A; (boundary=C)\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by one"
            multipart/mixed "--A\r\n\r\nseen by one\r\n--A--\r\n--B\r\n\r\nseen by the other\r\n--B--\r\n"
            multipart/mixed
              text/plain "seen by the other"
            ambiguous boundary_spelling @77
        "#]],
    );
}

#[test]
fn all_signs_that_a_boundary_may_have() {
    check(
        "Content-Type: multipart/mixed;\n boundary=\"=_a b'()+,-./:=?\"\n\n--=_a b'()+,-./:=?\n\none\n--=_a b'()+,-./:=?--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
        "#]],
    );
}

#[test]
fn signs_around_it_are_quotes_for_some() {
    // Who takes it so sees nothing else in these.
    check(
        "Content-Type: multipart/mixed; boundary=\"'q'\"\n\n--'q'\n\none\n--'q'--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed "--'q'\r\n\r\none\r\n--'q'--\r\n"
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=\"<q>\"\n\n--<q>\n\none\n--<q>--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed "--<q>\r\n\r\none\r\n--<q>--\r\n"
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary==q\n\n--=q\n\none\n--=q--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed "--=q\r\n\r\none\r\n--=q--\r\n"
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=\"'q'\"\n\n--'q'\n\none\n--'q'--\n--q\n\nother\n--q--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "other"
            ambiguous boundary_spelling @77
        "#]],
    );
}

#[test]
fn a_comment_in_the_value() {
    check(
        "Content-Type: multipart/mixed; boundary=B(c)\n\n--B\n\none\n--B--\n--B(c)\n\nother\n--B(c)--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "other"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "one"
              text/plain "other"
              text/plain ""
            ambiguous boundary_spelling @77
            ambiguous delimiter_with_tail @144
            ambiguous delimiter_with_tail @161
            ambiguous part_after_close @144
            ambiguous part_after_close @161
        "#]],
    );
}

#[test]
fn by_rfc_2231() {
    check(
        "Content-Type: multipart/mixed; boundary*=us-ascii'en'%41\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        multipart/mixed "--A\r\n\r\nhello\r\n--A--\r\n"
        ambiguous encoded_boundary @77
    "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary*0=A; boundary*1=B\n\n--AB\n\nhello\n--AB--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        multipart/mixed "--AB\r\n\r\nhello\r\n--AB--\r\n"
        ambiguous encoded_boundary @77
    "#]],
    );
}

#[test]
fn plain_and_by_rfc_2231() {
    check(
        "Content-Type: multipart/mixed; boundary*=us-ascii''B; boundary=A\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by the other"
            multipart/mixed
              text/plain "seen by one"
            ambiguous duplicate_boundary @77
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A; boundary*0=B\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by one"
            multipart/mixed
              text/plain "seen by the other"
            ambiguous duplicate_boundary @77
        "#]],
    );
}

#[test]
fn sections_with_a_gap_or_twice() {
    check(
        "Content-Type: multipart/mixed; boundary*0=A; boundary*2=B\n\n--A\n\none\n--AB\n\nother\n--AB--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "other"
            multipart/mixed
              text/plain "one\r\n--AB\r\n\r\nother\r\n--AB--\r\n"
            multipart/mixed "--A\r\n\r\none\r\n--AB\r\n\r\nother\r\n--AB--\r\n"
            multipart/mixed
              text/plain "one"
              text/plain "other"
              text/plain ""
            ambiguous duplicate_boundary @77
            ambiguous encoded_boundary @77
            ambiguous delimiter_with_tail @150
            ambiguous delimiter_with_tail @165
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary*0=A; boundary*0=B\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by one"
            multipart/mixed
              text/plain "seen by the other"
            multipart/mixed "--A\r\n\r\nseen by one\r\n--A--\r\n--B\r\n\r\nseen by the other\r\n--B--\r\n"
            ambiguous duplicate_boundary @77
            ambiguous encoded_boundary @77
        "#]],
    );
}

#[test]
fn as_an_encoded_word() {
    check(
        "Content-Type: multipart/mixed; boundary=\"=?us-ascii?Q?A?=\"\n\n--=?us-ascii?Q?A?=\n\none\n--A\n\nother\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one\r\n--A\r\n\r\nother\r\n--A--\r\n"
            multipart/mixed
              text/plain "other"
            defect missing_close_delimiter @187
            ambiguous encoded_boundary @77
        "#]],
    );
}

#[test]
fn quoted_pairs() {
    check(
        "Content-Type: multipart/mixed; boundary=\"A\\B\"\n\n--AB\n\none\n--AB--\n--A\\B\n\nother\n--A\\B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "other"
            ambiguous boundary_spelling @77
        "#]],
    );
}

#[test]
fn a_semicolon_in_quotes() {
    check(
        "Content-Type: multipart/mixed; boundary=\"A;B\"\n\n--A;B\n\none\n--A;B--\n--A\n\nother\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "other"
            multipart/mixed
              text/plain "one"
              text/plain ""
              text/plain "other"
            ambiguous boundary_spelling @77
            ambiguous delimiter_with_tail @126
            ambiguous delimiter_with_tail @140
        "#]],
    );
}

#[test]
fn in_another_parameter() {
    check(
        "Content-Type: multipart/mixed; x=\"boundary=A\"; boundary=B\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by the other"
            multipart/mixed "--A\r\n\r\nseen by one\r\n--A--\r\n--B\r\n\r\nseen by the other\r\n--B--\r\n"
            multipart/mixed
              text/plain "seen by one"
            ambiguous boundary_spelling @77
        "#]],
    );
}

#[test]
fn junk_behind_the_quotes() {
    check(
        "Content-Type: multipart/mixed; boundary=\"A\"B\n\n--A\n\none\n--A--\n--AB\n\nother\n--AB--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "other"
            multipart/mixed
              text/plain "one"
              text/plain "other"
              text/plain ""
            ambiguous boundary_spelling @77
            ambiguous delimiter_with_tail @144
            ambiguous delimiter_with_tail @159
            ambiguous part_after_close @144
            ambiguous part_after_close @159
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\"B\"\n\n--A\"B\"\n\none\n--A\"B\"--\n--AB\n\nother\n--AB--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "other"
            ambiguous boundary_spelling @77
        "#]],
    );
}

#[test]
fn blanks_at_its_end() {
    check(
        "Content-Type: multipart/mixed; boundary=\"A \"\n\n--A\n\none\n--A --\n--A\n\nother\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one\r\n--A --"
              text/plain "other"
            multipart/mixed "--A\r\n\r\none\r\n--A --\r\n--A\r\n\r\nother\r\n--A--\r\n"
            multipart/mixed
              text/plain "one"
              text/plain ""
              text/plain "other"
            ambiguous boundary_spelling @77
            ambiguous delimiter_with_tail @137
        "#]],
    );
}

#[test]
fn blanks_in_it_without_quotes() {
    check(
        "Content-Type: multipart/mixed; boundary=A B\n\n--A\n\none\n--A--\n--A B\n\nother\n--A B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "other"
            multipart/mixed
              text/plain "one"
              text/plain "other"
              text/plain ""
            ambiguous boundary_spelling @77
            ambiguous delimiter_with_tail @143
            ambiguous delimiter_with_tail @159
            ambiguous part_after_close @143
            ambiguous part_after_close @159
        "#]],
    );
}

#[test]
fn quotes_that_do_not_close() {
    check(
        "Content-Type: multipart/mixed; boundary=\"A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "hello"
            multipart/mixed "--A\r\n\r\nhello\r\n--A--\r\n"
            ambiguous boundary_spelling @77
        "#]],
    );
}

#[test]
fn folded_parameters() {
    check(
        "Content-Type: multipart/mixed;\n  boundary\n =\n \"A\"\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
    "#]],
    );
}

#[test]
fn empty() {
    check(
        "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nhello\n----\n",
        &expect![[r#"
        multipart/mixed "--\r\n\r\nhello\r\n----\r\n"
        multipart/mixed
          text/plain "hello"
        multipart/mixed
          text/plain ""
        defect missing_boundary @77
        ambiguous empty_boundary @77
    "#]],
    );
}

#[test]
fn none() {
    check(
        "Content-Type: multipart/mixed\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect missing_boundary @77
    "#]],
    );
}

#[test]
fn never_seen() {
    check(
        "Content-Type: multipart/mixed; boundary=B\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect boundary_never_seen @122
    "#]],
    );
}

#[test]
fn more_than_seventy_characters() {
    check(
        "Content-Type: multipart/mixed; boundary=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\n--AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\nhello\n--AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "hello"
            defect long_boundary @77
        "#]],
    );
}

#[test]
fn two_fields() {
    check(
        "Content-Type: multipart/mixed; boundary=A\nContent-Type: multipart/mixed; boundary=B\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by the other\n--B--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "seen by one"
            multipart/mixed
              text/plain "seen by the other"
            ambiguous duplicate_content_type @120
        "#]],
    );
}
