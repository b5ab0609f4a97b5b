//! Documents written by hand: what no honest program writes.

use std::io::Write as _;

use expect_test::{Expect, expect};
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::formats::shown::{open, shown};

fn check(document: &str, expected: &Expect) {
    expected.assert_eq(&shown("a.pdf", document.as_bytes()));
}

pub(super) fn page(content: &str, more: &str) -> String {
    format!(
        "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
        3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj\n\
        4 0 obj <</Length {}>> stream\n{content}\nendstream endobj\n5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n\
        {more}\ntrailer <</Root 1 0 R>>\n%%EOF\n",
        content.len()
    )
}

#[test]
fn no_cross_reference_and_comments_within_objects() {
    let document = page("BT /F 12 Tf 20 200 Td (plain words) Tj ET", "");
    check(
        &document,
        &expect![[r#"
        1 pdf [a.pdf] 
            text: plain words
    "#]],
    );
    check(
        &document.replace("4 0 obj", "4 %x 9 9\n0%obj\n obj"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: plain words
    "#]],
    );
}

#[test]
fn filters_one_after_the_other() {
    let text = b"BT /F 12 Tf 20 200 Td (words in three filters) Tj ET";
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).unwrap();
    let packed = packed.finish().unwrap();
    let hex: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
    let run: Vec<String> = hex
        .as_bytes()
        .chunks(100)
        .map(|part| format!("{:02x}{}", part.len().saturating_sub(1), to_hex(part)))
        .collect();
    let document = page("", "6 0 obj <</Filter[/AHx/RL/AHx/Fl]>> stream\nDATA80>\nendstream endobj");
    let document = document.replace("DATA", &run.concat()).replace("/Contents 4 0 R", "/Contents[4 0 R 6 0 R]");
    check(
        &document,
        &expect![[r#"
        1 pdf [a.pdf] 
            text: words in three filters
    "#]],
    );
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn lzw_and_ascii_85() {
    // The example of ISO 32000-2, 7.4.4.2, and one in ASCII 85 of the words "Man is".
    let document = page(
        "",
        "6 0 obj <</Type/EmbeddedFile/Filter[/AHx/LZW]>> stream\n800B6050220C0C8501>\nendstream endobj\n7 0 obj <</Type/EmbeddedFile/Filter/A85>> stream\n9jqo^BlbD~>\nendstream endobj",
    );
    check(
        &document,
        &expect![[r#"
            1 pdf [a.pdf] embedded_file
            1/pdf:0 text [] 
                text: -----A---B
            1/pdf:1 text [] 
                text: Man is 
        "#]],
    );
}

#[test]
fn a_map_to_unicode_says_what_glyphs_mean() {
    let map = "1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfrange <0001> <0003> <0041> <0010> <0011> [<00480049> <0021>] endbfrange 1 beginbfchar <0020> <d83dde00> endbfchar";
    let more = format!(
        "6 0 obj <</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</DW 600>>]/ToUnicode 7 0 R>> endobj\n7 0 obj <<>> stream\n{map}\nendstream endobj"
    );
    let content = "BT /G 12 Tf 20 200 Td <000100020003001000110020> Tj ET";
    check(
        &page(content, &more).replace("/F 5 0 R", "/F 5 0 R/G 6 0 R"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: ABCHI!😀
    "#]],
    );
}

#[test]
fn names_of_glyphs_and_charsets() {
    let more = "6 0 obj <</Type/Font/Subtype/Type1/Encoding<</Differences[1/P/a/y/space/f_i/Odieresis/uni20AC/afii10017]>>>> endobj\n\
        7 0 obj <</Type/Font/Subtype/Type0/Encoding/90ms-RKSJ-H/DescendantFonts[<<>>]>> endobj";
    let content = "BT /G 12 Tf 20 200 Td <0102030405060708> Tj /J 12 Tf 0 -20 Td <93fa967b> Tj ET";
    check(
        &page(content, more).replace("/F 5 0 R", "/F 5 0 R/G 6 0 R/J 7 0 R"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: Pay fiÖ€А
            text: 日本
    "#]],
    );
}

#[test]
fn layers_that_are_off_and_forms_nobody_draws() {
    let more = "6 0 obj <</Type/OCG/Name(x)>> endobj 7 0 obj <</Subtype/Form/BBox[0 0 9 9]>> stream\nBT 0 0 Td (a form nobody draws) Tj ET\nendstream endobj";
    let content =
        "BT /F 12 Tf 20 200 Td (seen) Tj /OC /L BDC 0 -20 Td (in a layer that is off) Tj EMC 0 -20 Td (seen too) Tj ET";
    let document = page(content, more)
        .replace("/Font<<", "/Properties<</L 6 0 R>>/Font<<")
        .replace("/Type/Catalog", "/Type/Catalog/OCProperties<</D<</OFF[6 0 R]>>>>");
    check(
        &document,
        &expect![[r#"
        1 pdf [a.pdf] 
            text: seen
            text: seen too
            hidden: in a layer that is off
            other: a form nobody draws
    "#]],
    );
}

#[test]
fn a_form_ends_no_layer_of_its_page() {
    let more = "6 0 obj <</Type/OCG/Name(x)>> endobj 7 0 obj <</Subtype/Form/BBox[0 0 9 9]>> stream\nEMC EMC\nendstream endobj";
    let marks = "/A BMC ".repeat(5_000) + &"EMC ".repeat(5_000);
    let content = format!(
        "BT /F 12 Tf 20 200 Td (seen) Tj ET /OC /L BDC /B Do {marks} BT /F 12 Tf 20 180 Td (in a layer that is off) Tj ET EMC"
    );
    let document = page(&content, more)
        .replace("/Font<<", "/Properties<</L 6 0 R>>/XObject<</B 7 0 R>>/Font<<")
        .replace("/Type/Catalog", "/Type/Catalog/OCProperties<</D<</OFF[6 0 R]>>>>");
    check(
        &document,
        &expect![[r#"
        1 pdf [a.pdf] picture_unread
            text: seen
            hidden: in a layer that is off
    "#]],
    );
}

#[test]
fn a_scanned_page_shows_its_unseen_text() {
    let content = "BT /F 12 Tf 3 Tr 20 200 Td (words of the scan) Tj ET q 300 0 0 300 0 0 cm /I Do Q";
    let more = "6 0 obj <</Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray>> stream\n0\nendstream endobj";
    check(
        &page(content, more).replace("/Font<<", "/XObject<</I 6 0 R>>/Font<<"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: words of the scan
    "#]],
    );
}

#[test]
fn a_text_that_speaks_of_documents_is_a_text() {
    check(
        "A file begins with %PDF-1.7 and ends with %%EOF, as you know.",
        &expect![[r#"
        1 text [a.pdf] 
            text: A file begins with %PDF-1.7 and ends with %%EOF, as you know.
    "#]],
    );
}

#[test]
fn a_document_without_objects_is_said_broken() {
    expect![[r#"
        1 pdf [a.pdf] malformed
        unopened 1 broken
    "#]]
    .assert_eq(&shown("a.pdf", b"%PDF-1.7\n\x80\x81\0\0\xff nothing here"));
}

#[test]
fn data_behind_the_end_is_marked() {
    let document = page("", "") + "MZ and much more than line ends";
    assert_eq!(open("a.pdf", "", document.as_bytes()).items[0].marks, ["archive_trailing"]);
}

#[test]
fn forms_within_forms_end() {
    let more = "6 0 obj <</Subtype/Form/Resources<</XObject<</A 6 0 R/B 7 0 R>>>>>> stream\n/A Do /B Do /B Do\nendstream endobj\n\
        7 0 obj <</Subtype/Form/Resources<</XObject<</A 6 0 R>>>>>> stream\n/A Do BT (inner) Tj ET\nendstream endobj";
    check(
        &page("/A Do", more).replace("/Font<<", "/XObject<</A 6 0 R>>/Font<<"),
        &expect![[r#"
        1 pdf [a.pdf] 
            hidden: inner
    "#]],
    );
}

#[test]
fn objects_within_each_other_take_linear_time() {
    let open_texts: String = (0..40_000).map(|number| format!("{number} 0 obj (")).collect();
    let open_arrays: String = (0..40_000).map(|number| format!("{number} 0 obj [[")).collect();
    let open_streams: String = (0..40_000).map(|number| format!("{number} 0 obj <<>> stream\n")).collect();
    let pushes = page(&"q ".repeat(100_000), "");
    for document in [open_texts, open_arrays, open_streams, pushes] {
        let content = open("a.pdf", "", format!("%PDF-1.7\n{document}").as_bytes());
        assert_eq!(content.items[0].kind, "pdf");
    }
}
