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
