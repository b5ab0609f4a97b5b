//! Parts before the first delimiter, behind the last one, and in encoded multiparts and messages.

use expect_test::expect;

use super::check;

#[test]
fn a_part_after_the_close_delimiter() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A--\n--A\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "one"
              text/plain Base64 "hello"
            ambiguous part_after_close @141
            ambiguous part_outside @146
        "#]],
    );
}

#[test]
fn a_part_in_the_preamble() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\nContent-Type: application/x; name=a.exe\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--A\n\none\n--A--\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              application/x Base64 ["a.exe"] "hello"
              text/plain "one"
            ambiguous part_outside @122
        "#]],
    );
}

#[test]
fn a_part_in_the_epilogue() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A--\n\nContent-Type: application/x; name=a.exe\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "one"
              application/x Base64 ["a.exe"] "hello"
            ambiguous part_outside @143
        "#]],
    );
}

#[test]
fn a_part_behind_other_text_in_the_epilogue() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n--A--\nSubject: glued\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
            multipart/mixed
              text/plain "one"
              text/plain Base64 "hello"
        "#]],
    );
}

#[test]
fn a_preamble_and_an_epilogue_of_text() {
    check(
        "Content-Type: multipart/mixed; boundary=A\n\nThis is a message with parts.\n--A\n\none\n--A--\nSent: today\n",
        &expect![[r#"
            multipart/mixed
              text/plain "one"
        "#]],
    );
}

#[test]
fn an_encoded_multipart() {
    check(
        "Content-Type: multipart/mixed; boundary=A\nContent-Transfer-Encoding: base64\n\nLS1BDQoNCmhlbGxvDQotLUEtLQ0K\n",
        &expect![[r#"
            multipart/mixed Base64 "--A\r\n\r\nhello\r\n--A--\r\n"
            defect boundary_never_seen @157
            ambiguous encoded_multipart @120
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\nContent-Transfer-Encoding: quoted-printable\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed QuotedPrintable
              text/plain "hello"
            multipart/mixed QuotedPrintable "--A\r\n\r\nhello\r\n--A--\r\n"
        "#]],
    );
    check(
        "Content-Type: multipart/mixed; boundary=A\nContent-Transfer-Encoding: x-what\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            multipart/mixed Unknown
              text/plain "hello"
            defect unknown_encoding @120
        "#]],
    );
}

#[test]
fn an_encoded_message() {
    check(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQpoZWxsbw0K\n",
        &expect![[r#"
            message/rfc822 Base64 "Subject: x\r\n\r\nhello\r\n"
        "#]],
    );
    check(
        "Content-Type: message/global\nContent-Transfer-Encoding: quoted-printable\n\nSubject: x\n\nhe=6Clo\n",
        &expect![[r#"
            message/global QuotedPrintable "Subject: x\r\n\r\nhello\r\n"
            message/global QuotedPrintable
              text/plain "he=6Clo\r\n"
            ambiguous encoded_message @107
        "#]],
    );
    check(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
            message/rfc822 Base64 "\n��z{Sʗ�{\u{1b}\u{7f}�٥��e" "\n��z{~O*^��m�\u{1b}f�\u{17}��" "��e" "Content-Type: text/html\r\n\r\nhello\r\n"
            message/rfc822 Base64
              text/html "hello\r\n"
            ambiguous encoded_message @107
        "#]],
    );
}

#[test]
fn messages_and_digests() {
    check(
        "Content-Type: message/global\n\nSubject: x\n\nhello\n",
        &expect![[r#"
        message/global
          text/plain "hello\r\n"
    "#]],
    );
    check(
        "Content-Type: multipart/digest; boundary=A\n\n--A\n\nSubject: x\n\nhello\n--A\nContent-Type: text/plain\n\ntext\n--A--\n",
        &expect![[r#"
            multipart/digest
              message/rfc822
                text/plain "hello"
              text/plain "text"
        "#]],
    );
}

#[test]
fn multiparts_of_every_name() {
    check(
        "Content-Type: multipart/x-unheard-of; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
        multipart/x-unheard-of
          text/plain "hello"
    "#]],
    );
    check(
        "Content-Type: multipart/appledouble; boundary=A\n\n--A\nContent-Type: application/applefile\n\nfork\n--A\nContent-Type: application/octet-stream; name=a.exe\n\ndata\n--A--\n",
        &expect![[r#"
            multipart/appledouble
              application/applefile "fork"
              application/octet-stream ["a.exe"] "data"
        "#]],
    );
    check(
        "Content-Type: multipart/related; boundary=A; type=\"text/html\"\n\n--A\nContent-Type: text/html\n\n<p>\n--A\nContent-Type: image/png\nContent-ID: <a.exe>\nContent-Location: b.exe\nContent-Description: c.png\n\npng\n--A--\n",
        &expect![[r#"
            multipart/related
              text/html "<p>"
              image/png "png"
        "#]],
    );
}

#[test]
fn fragments_and_pointers() {
    check(
        "Content-Type: message/partial; id=\"a@b\"; number=1; total=2\n\nSubject: x\n\nhello\n",
        &expect![[r#"
            message/partial "Subject: x\r\n\r\nhello\r\n"
            message/partial
              text/plain "hello\r\n"
        "#]],
    );
    check(
        "Content-Type: message/external-body; access-type=URL; URL=\"http://b.example/x.exe\"\n\nContent-Type: application/x\n\n",
        &expect![[r#"
            message/external-body "Content-Type: application/x\r\n\r\n"
            message/external-body
              application/x ""
        "#]],
    );
}

#[test]
fn containers_stay_leaves_with_all_bytes() {
    check(
        "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+Ig==\n",
        &expect![[r#"
            application/ms-tnef Base64 ["winmail.dat"] "x�>\""
        "#]],
    );
    check(
        "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Disposition: attachment; filename=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIB\n",
        &expect![[r#"
            application/pkcs7-mime Base64 attachment ["smime.p7m"] "0�\u{1}"
        "#]],
    );
    check(
        "Content-Type: application/mac-binhex40; name=a.hqx\n\n(This file must be converted with BinHex 4.0)\n:x:\n",
        &expect![[r#"
            application/mac-binhex40 ["a.hqx"] "(This file must be converted with BinHex 4.0)\r\n:x:\r\n"
        "#]],
    );
    check(
        "Content-Type: application/vnd.ms-outlook; name=a.msg\nContent-Transfer-Encoding: base64\n\n0M8R4A==\n",
        &expect![[r#"
            application/vnd.ms-outlook Base64 ["a.msg"] "��\u{11}�"
        "#]],
    );
    check(
        "\nbegin 644 a.exe\n%:&5L;&\\\n`\nend\n=ybegin line=128 size=5 name=b.exe\n",
        &expect![[r#"
        text/plain "begin 644 a.exe\r\n%:&5L;&\\\r\n`\r\nend\r\n=ybegin line=128 size=5 name=b.exe\r\n"
    "#]],
    );
}

#[test]
fn a_message_of_a_type_that_nobody_knows() {
    check(
        "Content-Type: message/x-mail\n\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        message/x-mail "Content-Type: text/html\r\n\r\nhello\r\n"
        message/x-mail
          text/html "hello\r\n"
        ambiguous unknown_message_type @77
    "#]],
    );
    check(
        "Content-Type: message/,rfc822\n\nContent-Type: text/html\n\nhello\n",
        &expect![[r#"
        text/plain "Content-Type: text/html\r\n\r\nhello\r\n"
        message/rfc822
          text/html "hello\r\n"
        defect bad_content_type @77
        ambiguous malformed_content_type @77
    "#]],
    );
    check(
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nAction: failed\n",
        &expect![[r#"
        message/delivery-status "Reporting-MTA: dns; a.example\r\n\r\nAction: failed\r\n"
    "#]],
    );
}
