//! Envelopes made by OpenSSL.

use expect_test::expect;

use crate::formats::shown::{damage, open, show, shown};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/small/", $name)).as_slice()
    };
}

#[test]
fn what_was_signed_is_read_as_the_message_it_is() {
    expect![[r#"
        1 p7m [smime.p7m] signed_data
        1/cms:0 text [] 
            text: Content-Type: multipart/mixed; boundary="=_inner"
        1/cms:0/eml:1 text [] 
            text: Please open https://inner.example/a
            Text: https://inner.example/a []
        1/cms:0/eml:2 text [inner.txt] 
            text: words of the attachment
    "#]]
    .assert_eq(&shown("smime.p7m", sample!("opaque.p7m")));
    let by_type = show(&open("", "application/pkcs7-mime", sample!("opaque.p7m")));
    assert_eq!(shown("", sample!("opaque.p7m")), by_type, "neither type nor name");
    let armoured = shown("", sample!("armoured.p7m"));
    assert!(armoured.contains("words of the attachment"), "{armoured}");
}

#[test]
fn content_in_pieces_of_unknown_length() {
    let all = shown("smime.p7m", sample!("stream.p7m"));
    assert!(all.contains("signed_data") && all.contains("words of the attachment"), "{all}");
}

#[test]
fn a_signed_document_keeps_its_name() {
    let content = open("report.pdf.p7m", "", sample!("report.pdf.p7m"));
    assert_eq!((content.items[1].names.join("|").as_str(), content.items[1].kind.as_str()), ("report.pdf", "pdf"));
}

#[test]
fn a_signature_alone_holds_nothing() {
    expect![[r#"
        1 p7m [smime.p7s] 
    "#]]
    .assert_eq(&shown("smime.p7s", sample!("detached.p7s")));
}

#[test]
fn what_is_encrypted_is_said() {
    expect![[r#"
        1 p7m [smime.p7m] encrypted
        unopened 1 encrypted
    "#]]
    .assert_eq(&shown("smime.p7m", sample!("enveloped.p7m")));
}

#[test]
fn compressed_content_is_unpacked() {
    use std::io::Write as _;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"Content-Type: text/plain\r\n\r\nwords of the packed message\r\n").unwrap();
    let octets = element(0x04, &packed.finish().unwrap());
    let data = element(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    let content = element(0x30, &[data, element(0xa0, &octets)].concat());
    let inner = element(0x30, &[element(0x02, &[0]), content].concat());
    let kind = element(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09");
    let all = shown("a.p7z", &element(0x30, &[kind, element(0xa0, &inner)].concat()));
    assert!(all.contains("words of the packed message"), "{all}");
}

#[test]
fn what_was_signed_is_an_entity_whatever_field_is_first() {
    let many = "X-Report: nothing was found in this one, and nothing will be found in the next one\r\n".repeat(150);
    let long = format!("X-Report: {}", "x".repeat(9_000));
    for first in [
        "X-Mailer: Foo",
        "Received: from a by b; Mon, 02 Nov 2026 10:00:00 +0000",
        "To: b@b.example",
        "Message-ID: <x@y.example>",
        "X : y",
        "_1: y",
        long.as_str(),
        many.trim_ascii_end(),
    ] {
        let parts = [
            "Content-Type: application/octet-stream; name=run.js\r\nContent-Transfer-Encoding: base64\r\n\r\n\
            V1NjcmlwdC5FY2hvKCdoZWxsbycpDQo=\r\n",
            "Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; name=run.js\r\n\r\n\
            WScript.Echo('hello')\r\n--q--\r\n",
            "Content-Type: (x) multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; name=run.js\r\n\r\n\
            WScript.Echo('hello')\r\n--q--\r\n",
        ];
        for part in parts {
            let entity = format!("{first}\r\n{part}");
            for entity in [entity.replace("\r\n", "\n"), entity] {
                let all = shown("smime.p7m", &signed(entity.as_bytes()));
                assert!(all.contains("[run.js]") && all.contains("text: WScript.Echo('hello')"), "{entity}\n{all}");
                assert!(!all.contains("1/cms:0~message"), "it is nothing else: {all}");
            }
        }
    }
}

#[test]
fn what_was_signed_twice_is_opened_twice() {
    let inner = signed(b"X-A: b\r\nContent-Type: text/plain; name=run.js\r\n\r\nWScript.Echo('hello')\r\n");
    let coded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, inner);
    let head = "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64";
    let all = shown("smime.p7m", &signed(format!("{head}\r\n\r\n{coded}\r\n").as_bytes()));
    assert!(all.contains("[run.js]"), "{all}");
}

#[test]
fn a_signed_file_is_a_file_and_an_entity_where_it_may_be_both() {
    let program = [b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".as_slice(), &[0; 64]].concat();
    let content = open("setup.exe.p7m", "", &signed(&program));
    assert_eq!((content.items.len(), content.items[1].kind.as_str()), (2, "exe"));
    let note = signed(b"Subject: see http://a.example/1\r\nand here http://a.example/2\r\n");
    let all = shown("note.txt.p7m", &note);
    assert!(all.contains("1/cms:0 text [note.txt]") && all.contains("1/cms:0~message text []"), "{all}");
    assert!(all.contains("text: and here http://a.example/2"), "{all}");
    // Colons alone are no fields of mail.
    for text in [b"Note: see http://a.example/1\r\n".as_slice(), b"<p:Invoice xmlns:p='u'>7</p:Invoice>", b"{\"a\":1}"]
    {
        let all = shown("note.p7m", &signed(text));
        assert!(!all.contains("~message"), "{all}");
    }
    // Many programs pass over a line that is no field.
    let all = shown(
        "smime.p7m",
        &signed(b"junk\r\nContent-Type: text/plain; name=b.txt\r\nMIME-Version: 1.0\r\n\r\nwords\r\n"),
    );
    assert!(all.contains("1/cms:0 text []") && all.contains("[b.txt]"), "{all}");
    // A name says that it is a file as well.
    let all = shown("run.js.p7m", &signed(b"a: 1\r\nContent-Type: text/plain; name=b.txt\r\n\r\nwords\r\n"));
    assert!(all.contains("1/cms:0 text [run.js]") && all.contains("[b.txt]"), "{all}");
}

/// What an envelope of signed data looks like that nobody has signed.
fn signed(content: &[u8]) -> Vec<u8> {
    let data = element(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    let carried = element(0x30, &[data, element(0xa0, &element(0x04, content))].concat());
    let parts = [element(0x02, &[1]), element(0x31, &[]), carried, element(0x31, &[])];
    let kind = element(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    element(0x30, &[kind, element(0xa0, &element(0x30, &parts.concat()))].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], length.as_slice(), content].concat()
}

#[test]
fn lengths_that_never_end_break_nothing() {
    let nested = [0x30_u8, 0x80].repeat(50_000);
    assert!(shown("a.p7m", &nested).contains("broken"));
    damage("a.p7m", "", sample!("opaque.p7m"), 1_500);
    damage("a.p7m", "", sample!("stream.p7m"), 500);
}
