//! Messages to their canonical form.

use bytes::Bytes;
use expect_test::{Expect, expect};

use super::*;

fn check(raw: &str, expected: &Expect) {
    let raw = format!("From: a@b.example\nSubject: x\n y\n{raw}").replace('\n', "\r\n");
    let written = canonical(&Message::parse(Bytes::from(raw)));
    expected.assert_eq(&String::from_utf8_lossy(&written).replace("\r\n", "\n"));
}

#[test]
fn a_plain_message() {
    check(
        "\nhello\n",
        &expect![[r#"
        From: a@b.example
        Subject: x
         y
        MIME-Version: 1.0
        Content-Type: text/plain
        Content-Transfer-Encoding: 7bit

        hello
    "#]],
    );
    check(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A4\n",
        &expect![[r#"
            From: a@b.example
            Subject: x
             y
            MIME-Version: 1.0
            Content-Type: text/plain;
             charset="utf-8"
            Content-Transfer-Encoding: base64

            w6QNCg==
        "#]],
    );
}

#[test]
fn two_boundaries() {
    check(
        "Content-Type: multipart/mixed; boundary=A; boundary=B\n\n--A\n\nseen by one\n--A--\n--B\n\nseen by one\n--B\n\
         Content-Disposition: attachment; filename=a.exe\n\nseen by the other\n--B--\n",
        &expect![[r#"
            From: a@b.example
            Subject: x
             y
            MIME-Version: 1.0
            Content-Type: multipart/mixed;
             boundary="=_95ae4e748c4319089b2f3c22"

            --=_95ae4e748c4319089b2f3c22
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit

            seen by one
            --=_95ae4e748c4319089b2f3c22
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit
            Content-Disposition: attachment;
             filename="a.exe"

            seen by the other
            --=_95ae4e748c4319089b2f3c22
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit
            Content-Disposition: attachment;
             filename="a.exe"

            seen by the other
            --B--

            --=_95ae4e748c4319089b2f3c22--
        "#]],
    );
}

#[test]
fn two_types_of_one_body() {
    check(
        "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=A\n\n--A\n\nhello\n--A--\n",
        &expect![[r#"
            From: a@b.example
            Subject: x
             y
            MIME-Version: 1.0
            Content-Type: multipart/mixed;
             boundary="=_d31e8ae4f919eeba3d0ed876"

            --=_d31e8ae4f919eeba3d0ed876
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit

            --A

            hello
            --A--

            --=_d31e8ae4f919eeba3d0ed876
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit

            hello
            --=_d31e8ae4f919eeba3d0ed876--
        "#]],
    );
}

#[test]
fn fields_and_names() {
    check(
        "X: 1\rY: 2\nContent-Type: image/png; name=\"a.png\"; x=\"\u{e4};\"; boundary=b\nnot a field\n\
         Content-Disposition: inline; filename=\"../a\u{202e}.exe\"; filename*=utf-8''b.txt\n\nx\0\n",
        &expect![[r#"
            From: a@b.example
            Subject: x
             y
            X: 1 Y: 2
            MIME-Version: 1.0
            Content-Type: multipart/mixed;
             boundary="=_23e6fb344e2257c875287422"

            --=_23e6fb344e2257c875287422
            Content-Type: image/png;
             x*=utf-8''%C3%A4%3B
            Content-Transfer-Encoding: base64
            Content-Disposition: inline;
             filename="_a.exe"

            eAANCg==

            --=_23e6fb344e2257c875287422
            Content-Type: image/png;
             x*=utf-8''%C3%A4%3B
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment;
             filename="a.png"

            bm90IGEgZmllbGQNCkNvbnRlbnQtRGlzcG9zaXRpb246IGlubGluZTsgZmlsZW5hbWU9Ii4uL2Hi
            gK4uZXhlIjsgZmlsZW5hbWUqPXV0Zi04JydiLnR4dA0KDQp4AA0K

            --=_23e6fb344e2257c875287422--
        "#]],
    );
}

#[test]
fn a_message_in_a_message() {
    check(
        "Content-Type: multipart/digest; boundary=A\n\n--A\n\nSubject: inner\n\nhello\n--A\nContent-Type: message/rfc822\n\
         Content-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKeAo=\n--A--\n",
        &expect![[r#"
            From: a@b.example
            Subject: x
             y
            MIME-Version: 1.0
            Content-Type: multipart/digest;
             boundary="=_95899be0956c13ed07afbcf2"

            --=_95899be0956c13ed07afbcf2
            Content-Type: message/rfc822

            Subject: inner
            MIME-Version: 1.0
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit

            hello
            --=_95899be0956c13ed07afbcf2
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment;
             filename="message.eml"

            U3ViamVjdDogeAoKeAo=

            --=_95899be0956c13ed07afbcf2--
        "#]],
    );
}

#[test]
fn the_name_that_runs_stays() {
    let name = |names: &[&str]| name::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(name(&[]), None);
    assert_eq!(name(&["a.pdf", "b.txt"]).as_deref(), Some("a.pdf"));
    assert_eq!(name(&["a.pdf", "b.txt", "c.EXE"]).as_deref(), Some("c.EXE"));
    assert_eq!(name(&["a.txt", "b.e\u{200b}xe . "]).as_deref(), Some("b.exe"));
    assert_eq!(name(&["..\\..\\=?x`\u{0}\r\n"]).as_deref(), Some("_.._=_x_"));
    assert_eq!(name(&[".."]).as_deref(), Some("unnamed"));
}
