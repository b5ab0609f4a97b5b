//! Readings: what one client opens and another does not see.

use data_encoding::BASE64;

use super::{BAD, Variant, arrives, check, file, head, lines, stopped, text, with_file, with_parts};

/// A part that nobody may open.
fn bad() -> String {
    file("notes.bin", BAD.as_bytes())
}

fn multipart(subject: &str, kind: &str, body: &str) -> String {
    format!("{}{kind}\r\n\r\n{body}", head(subject))
}

fn parted(boundary: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
    format!("{parts}--{boundary}--\r\n")
}

fn boundaries() -> Vec<Variant> {
    let good = || parted("shown", &[text("Nothing here.")]);
    let both = format!("{}{}", good(), parted("hid", &[bad()]));
    let kind = |parameters: &str| format!("Content-Type: multipart/mixed; {parameters}");
    let split = |name, parameters: &str| {
        stopped(name, multipart(name, &kind(parameters), &both), &["mime_ambiguous", "signature_malware"])
    };
    vec![
        split("in pieces against a plain one", "boundary*0=hi; boundary*1=d; boundary=shown"),
        split("in per cents against a plain one", "boundary=\"shown\"; boundary*=us-ascii''hi%64"),
        split("three of them", "boundary=none; boundary=shown; boundary=hid"),
        stopped(
            "two types within a part",
            with_parts(
                "two types within a part",
                &[
                    text("Hello."),
                    format!(
                        "Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n{}",
                        parted("in", &[bad()])
                    ),
                ],
            ),
            &["mime_ambiguous", "signature_malware"],
        ),
        stopped(
            "a part after the end of an inner multipart",
            with_parts(
                "a part after the end of an inner multipart",
                &[format!(
                    "Content-Type: multipart/alternative; boundary=in\r\n\r\n{}--in\r\n{}\r\n",
                    parted("in", &[text("Hello.")]),
                    bad()
                )],
            ),
            &["mime_ambiguous", "signature_malware"],
        ),
    ]
}

fn encodings() -> Vec<Variant> {
    let body = lines(format!("It says {BAD} here.").as_bytes());
    let part = |fields: &str, body: &str| {
        let part = format!(
            "Content-Type: application/octet-stream; name=a.bin\r\nContent-Disposition: attachment; filename=a.bin\r\n{fields}\r\n\r\n{body}"
        );
        with_parts("an encoding", &[text("Hello."), part])
    };
    let encoded = BASE64.encode(format!("It says {BAD} here.").as_bytes());
    let (first, second) = encoded.split_at(encoded.len() / 2 / 4 * 4);
    let padded = format!("{}\r\n{first}\r\n{second}\r\n", BASE64.encode(b"ab"));
    vec![
        stopped(
            "three encodings",
            part(
                "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Transfer-Encoding: base64",
                &body,
            ),
            &["mime_ambiguous", "signature_malware"],
        ),
        stopped(
            "an encoding in quotes with more behind it",
            part("Content-Transfer-Encoding: \"base64\"; x=7bit", &body),
            &["signature_malware"],
        ),
        stopped(
            "padding before the data",
            part("Content-Transfer-Encoding: base64", &padded),
            &["mime_ambiguous", "signature_malware"],
        ),
        stopped(
            "a name in pieces that ends otherwise",
            with_parts(
                "a name in pieces",
                &["Content-Type: application/octet-stream; name=\"plan.txt\"\r\nContent-Disposition: attachment; \
                     filename*0*=utf-8''plan%2E; filename*1=js; filename=\"plan.txt\"\r\n\r\nWScript.Echo(1)\r\n"
                    .to_owned()],
            ),
            &["name_conflict"],
        ),
        stopped(
            "a program that is declared a picture",
            with_parts(
                "a picture",
                &[format!(
                    "Content-Type: image/jpeg; name=beach.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                    lines(&program())
                )],
            ),
            &["type_conflict"],
        ),
    ]
}

/// Enough of a program to be taken for one.
fn program() -> Vec<u8> {
    let mut bytes = [b"MZ".as_slice(), &[0; 0x3a], b"\x80\0\0\0"].concat();
    bytes.resize(0x80, 0);
    bytes.extend_from_slice(b"PE\0\0");
    bytes.resize(0x200, 0);
    bytes
}

fn containers() -> Vec<Variant> {
    let inner = with_file("inner", "a.bin", BAD.as_bytes());
    let by_name = with_file("a message by its name", "forwarded.eml", inner.as_bytes());
    let mut deep = text(&format!("At the bottom: {BAD}"));
    for level in 0..80 {
        deep = format!(
            "Content-Type: multipart/mixed; boundary=b{level}x\r\n\r\n{}",
            parted(&format!("b{level}x"), &[deep])
        );
    }
    let uu = "begin 644 a.bin\r\n@02U-05)++51(050M3TY,62U42$E3+51%4U0M2TY/5U,`\r\n`\r\nend\r\n";
    vec![
        stopped("a message by its name", by_name, &["signature_malware"]),
        stopped(
            "uuencode in a page",
            format!("{}Content-Type: text/html\r\n\r\n<pre>\r\n{uu}</pre>\r\n", head("uuencode in a page")),
            &["signature_malware"],
        ),
        stopped("eighty levels", format!("{}{deep}", head("eighty levels")), &["unscannable"]),
        stopped(
            "a fragment within a message",
            with_parts(
                "a fragment within",
                &[format!(
                    "Content-Type: message/rfc822\r\n\r\n{}Content-Type: message/partial; id=\"x@y.example\"; number=2; total=3\r\n\r\nthe middle\r\n",
                    head("the inner one")
                )],
            ),
            &["partial_message"],
        ),
    ]
}

fn honest() -> Vec<Variant> {
    let alternative = format!(
        "{}Content-Type: multipart/alternative;\r\n\tboundary=\"=_a b'()+,-./:=?\"\r\n\r\nThis is MIME.\r\n{}",
        head("two forms"),
        parted("=_a b'()+,-./:=?", &[text("Hello."), "Content-Type: text/html\r\n\r\n<p>Hello.</p>\r\n".to_owned()])
    );
    let names = "Content-Type: text/plain; name=\"Grüße.txt\"\r\nContent-Disposition: attachment;\r\n\
        \x20filename*0*=utf-8''Gr%C3%BC;\r\n\x20filename*1*=%C3%9Fe.txt\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nEs gr=C3=BC=C3=9Ft=\r\n Bob.\r\n";
    let japanese = format!(
        "{}Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n",
        head("a letter in Japanese")
    );
    let forwarded = with_parts(
        "forwarded",
        &[text("See below."), format!("Content-Type: message/rfc822\r\n\r\n{}\r\nHello.\r\n", head("the inner one"))],
    );
    vec![
        arrives("two forms of one text", alternative, &[]),
        arrives("a name in pieces", with_parts("a name in pieces", &[names.to_owned()]), &[]),
        arrives("a letter in Japanese", japanese, &[]),
        arrives("a forwarded message", forwarded, &[]),
        arrives("a list of the month", with_file("a list", "list.csv", b"name;chairs\r\nBob;20\r\n"), &[]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn readings() {
    check([boundaries(), encodings(), containers(), honest()].into_iter().flatten().collect()).await;
}
