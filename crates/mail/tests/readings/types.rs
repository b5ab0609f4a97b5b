//! What type a part has (RFC 2045 5).

use bytes::Bytes;
use expect_test::expect;
use mail::message::Message;

use super::{HEAD, check};

#[test]
fn two_types() {
    check(
        "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
            multipart/mixed
              text/plain "hello"
            ambiguous duplicate_content_type @103
        "#]],
    );
}

#[test]
fn three_types() {
    check(
        "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=A\nContent-Type: text/html\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
            text/html "--A\r\n\r\nhello\r\n--A--\r\n"
            multipart/mixed
              text/plain "hello"
            ambiguous duplicate_content_type @103
        "#]],
    );
}

#[test]
fn the_same_type_twice() {
    check(
        "Content-Type: text/plain\nContent-Type: TEXT/Plain\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
    "#]],
    );
}

#[test]
fn no_semicolon() {
    check(
        "Content-Type: multipart/mixed boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        ambiguous malformed_content_type @77
    "#]],
    );
}

#[test]
fn two_semicolons() {
    check(
        "Content-Type: multipart/mixed;;boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        ambiguous malformed_content_type @77
    "#]],
    );
}

#[test]
fn no_subtype() {
    check(
        "Content-Type: multipart; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: multipart/; boundary=A\n\n--A\n\nhello\n--A--\n",
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
fn an_encoded_word() {
    check(
        "Content-Type: =?us-ascii?Q?multipart/mixed?=; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: =?us-ascii?Q?multipart/mixed=3B_boundary=3DA?=\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        multipart/mixed
          text/plain "hello"
        multipart/mixed "--A\r\n\r\nhello\r\n--A--\r\n"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
        ambiguous boundary_spelling @77
    "#]],
    );
}

#[test]
fn quotes_and_comments_around_it() {
    check(
        "Content-Type: \"multipart/mixed\"; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: (c) multipart/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: multipart (c)/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
        text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: multipart/mixed (c); boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/mixed
          text/plain "hello"
    "#]],
    );
}

#[test]
fn junk_in_the_type() {
    check(
        "Content-Type: text/plain, multipart/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            text/plain "--A\r\n\r\nhello\r\n--A--\r\n"
            multipart/mixed
              text/plain "hello"
            defect bad_content_type @77
            ambiguous malformed_content_type @77
        "#]],
    );
    check(
        "Content-Type: what is this\n\nhello\n",
        &expect![[r#"
        text/plain "hello\r\n"
        defect bad_content_type @77
    "#]],
    );
    check(
        "Content-Type: text/html junk; charset=x\n\nhello\n",
        &expect![[r#"
        text/html x "hello\r\n"
    "#]],
    );
}

#[test]
fn a_loosely_written_message() {
    check(
        "Content-Type: message/rfc822 x\n\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        message/rfc822
          text/html "hello\r\n"
        text/plain "Content-Type: text/html\r\n\r\nhello\r\n"
        ambiguous malformed_content_type @77
    "#]],
    );
}

#[test]
fn two_charsets() {
    check(
        "Content-Type: text/plain; charset=utf-8; charset=utf-7\n\n+ADw-\n",
        &expect![[r#"
        text/plain utf-8 "+ADw-\r\n"
        text/plain utf-7 "+ADw-\r\n"
        ambiguous duplicate_charset @77
    "#]],
    );
    check(
        "Content-Type: text/plain; charset=utf-8; charset=UTF-8\n\nhello\n",
        &expect![[r#"
        text/plain utf-8 "hello\r\n"
    "#]],
    );
}

#[test]
fn two_dispositions() {
    check(
        "Content-Disposition: inline; filename=a.txt\nContent-Disposition: attachment; filename=a.txt\n\nhello\n",
        &expect![[r#"
            text/plain inline ["a.txt"] "hello\r\n"
            text/plain attachment ["a.txt"] "hello\r\n"
        "#]],
    );
}

#[test]
fn mail_of_old_suns() {
    let raw = "From: a@b.example\r\nContent-Type: X-sun-attachment\r\n\r\n----------\r\nX-Sun-Data-Type: text\r\n\r\nhello\r\n\
        ----------\r\nX-Sun-Data-Type: message\r\n\r\nContent-Type: text/html\r\n\r\npage\r\n\
        ----------\r\nX-Sun-Data-Type: default\r\nX-Sun-Data-Name: a.js\r\n\r\nvar a;\r\n";
    let message = mail::message::Message::parse(bytes::Bytes::from(raw));
    let leaves: Vec<_> = message.parts().map(|(_, part)| part).filter(|part| part.is_leaf()).collect();
    assert!(leaves.iter().any(|part| part.media_type.is("text", "html") && part.text(message.raw()).contains("page")));
    assert!(leaves.iter().any(|part| part.names == ["a.js"] && part.text(message.raw()).contains("var a;")));
    assert!(!message.ambiguities.is_empty(), "others read it as one text");
}

/// Some readers show a page there, and whoever shows a text shows all of it.
#[test]
fn a_page_without_a_type_that_reads() {
    for value in ["text/html,text/plain", "text/html/", "html", "text/\"html\"; charset=utf-8", "text / html"] {
        let raw = format!("{HEAD}Content-Type: {value}\n\n<p>hello\n").replace('\n', "\r\n");
        let message = Message::parse(Bytes::from(raw));
        assert_eq!(
            (message.root.media_type.essence().as_str(), message.ambiguities.len()),
            ("text/html", 0),
            "{value}"
        );
    }
    let raw = format!("{HEAD}Content-Type: plain\n\nhello\n").replace('\n', "\r\n");
    assert_eq!(Message::parse(Bytes::from(raw)).root.media_type.essence(), "text/plain");
}
