//! OpenDocument: text, what is hidden, what runs and what is fetched.

mod comments;

use expect_test::{Expect, expect};

use crate::formats::office::testing::{mutate, open, show, unzipped, zip_of};

/// A document of these parts.
fn check(parts: &[(&str, &str)], expected: &Expect) {
    let mut all: Vec<(&str, &[u8])> = vec![("mimetype", b"application/vnd.oasis.opendocument.text")];
    all.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    expected.assert_eq(&show(&open(&zip_of(&all))));
}

fn content(body: &str) -> String {
    format!("<?xml version='1.0'?><office:document-content>{body}</office:document-content>")
}

#[test]
fn clean_documents_of_other_programs() {
    for (bytes, expected) in [
        (
            &include_bytes!("../../../../testdata/office/lo.odt")[..],
            expect![[r#"
            1 odf []
              Minutes
              Dear all, please see the minutes of last Monday. Grüße
              Table1
              Item	Price
              Apples	12.50
              other Minutes of the meeting
              other LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2
              -> https://minutes.example/2024 Anchor "the minutes"
            1/zip:11 png []
        "#]],
        ),
        (
            include_bytes!("../../../../testdata/office/lo.ods"),
            expect![[r#"
                1 odf []
                  ???
                  Page 1
                  lo
                  Item	Price	When
                  Apples	12.5	2024-03-01
                  Pears	7	2024-03-02
                  Grüße	1	2024-03-03
                  other LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2
                1/zip:13 png []
            "#]],
        ),
    ] {
        expected.assert_eq(&show(&open(bytes)));
    }
}

#[test]
fn files_in_a_flat_document_are_opened() {
    let flat = |data: &str| {
        format!(
            "<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><office:body>\
             <draw:image><office:binary-data>{data}</office:binary-data></draw:image></office:body></office:document>"
        )
    };
    // `see http://evil.example/x`, over two lines.
    let content = open(flat("c2VlIGh0dHA6\n Ly9ldmlsLmV4YW1wbGUveA==").as_bytes());
    assert_eq!(content.items.len(), 2, "{content:?}");
    assert_eq!(content.items[1].links[0].target, "http://evil.example/x");
    assert!(open(flat("").as_bytes()).unopened.is_empty());
    assert!(!open(flat("*").as_bytes()).unopened.is_empty());
}

#[test]
fn clean_shows_and_flat_files_of_other_programs() {
    for (bytes, expected) in [
        (
            &include_bytes!("../../../../testdata/office/lo.odp")[..],
            expect![[r#"
                1 odf []
                  <number>
                  Click to edit Master title style
                  <number>
                  <number>
                  Quarterly review
                  our site
                  remember the budget
                  <number>
                  other generated using python-pptx
                  other Steve Canny
                  other 2013-01-27T09:14:16
                  other 2013-01-27T09:15:58
                  other PT1M
                  other LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2
                  other 14.0000
                  other On-screen Show (4:3)
                  -> https://review.example/q1 Anchor "our site"
                1/zip:13 png []
            "#]],
        ),
        (
            &unzipped(include_bytes!("../../../../testdata/office/lo.fodt.gz")),
            expect![[r#"
                1 odf []
                  Minutes
                  Dear all, please see the minutes of last Monday. Grüße
                  Table1
                  Item	Price
                  Apples	12.50
                  other Minutes of the meeting
                  other LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2
                  -> https://minutes.example/2024 Anchor "the minutes"
            "#]],
        ),
    ] {
        expected.assert_eq(&show(&open(bytes)));
    }
}

#[test]
fn what_is_hidden_is_apart() {
    let body = "<office:automatic-styles><style:style style:name='T1'><style:text-properties text:display='none'/></style:style>\
        <style:style style:name='ta2'><style:table-properties table:display='false'/></style:style></office:automatic-styles>\
        <office:body><text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>\
        </text:changed-region></text:tracked-changes><text:p>41<text:span>11</text:span><text:s text:c='2'/>11<text:span \
        text:style-name='T1'>gone</text:span>12<text:note><text:note-body><text:p>note</text:p></text:note-body></text:note></text:p>\
        <text:section text:display='none'><text:p>section</text:p></text:section>\
        <table:table table:name='Two' table:style-name='ta2'><table:table-row><table:table-cell office:value='7'><text:p>seven</text:p>\
        </table:table-cell><table:table-cell office:value='8'/></table:table-row></table:table></office:body>";
    check(
        &[("content.xml", &content(body))],
        &expect![[r#"
            1 odf ["hidden_sheet"]
              note
              4111  1112
              hidden deleted
              hidden gone
              hidden section
              hidden Two
              hidden seven	8
        "#]],
    );
}

#[test]
fn what_is_fetched_or_run_is_marked() {
    let body = "<office:scripts><office:event-listeners><script:event-listener script:event-name='dom:load' \
        xlink:href='vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document'/></office:event-listeners>\
        </office:scripts><office:body><text:p><text:a xlink:href='http://link.example/'>a <text:span>link</text:span></text:a></text:p>\
        <draw:image xlink:href='http://image.example/a.png'/><draw:object-ole xlink:href='./Object 1'/>\
        <table:table-cell table:formula='of:=HYPERLINK(\"http://cell.example/\";\"go\")'/>\
        <table:table-cell table:formula='of:=DDE(\"cmd\";\"/c calc\";\"x\")'/>\
        <office:dde-source office:dde-application='soffice' office:dde-topic='x' office:dde-item='y'/></office:body>";
    let basic = "<?xml version='1.0'?><script:module script:name='Module1'>Sub Main\n  Shell(&quot;calc&quot;)\nEnd Sub</script:module>";
    check(
        &[
            ("content.xml", &content(body)),
            (
                "meta.xml",
                "<?xml version='1.0'?><office:document-meta><meta:template xlink:href='https://t.example/t.ott'/></office:document-meta>",
            ),
            ("Basic/Standard/Module1.xml", basic),
            ("Scripts/python/a.py", "import os\nos.system('id')\n"),
        ],
        &expect![[r#"
            1 odf ["auto_run", "macro", "external_link", "embedded_object", "dde", "remote_template", "macro_code"]
              a link
              hidden =DDE("cmd";"/c calc";"x")
              hidden soffice|x|y
              other vnd.sun.star.script:Standard.Module1.Main?language=Basic&location=document
              -> http://link.example/ Anchor "a link"
              -> http://image.example/a.png Fetched ""
              -> http://cell.example/ Anchor "go"
              -> https://t.example/t.ott Fetched ""
            1/script:0 vba ["macro", "macro_code"]
              Sub Main
                Shell("calc")
              End Sub
            1/script:1 text ["macro"]
              import os
              os.system('id')
        "#]],
    );
}

#[test]
fn definitions_and_encryption_are_told() {
    let text = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><office:document-content><text:p>&x;</text:p>\
        </office:document-content>";
    check(
        &[("content.xml", text)],
        &expect![[r#"
        1 odf ["dtd"]
        unopened 1 refused
    "#]],
    );
    // A word is put in, so that the link is seen, and refused all the same.
    let text = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY u 'https://evil.example'>]><office:document-content><text:p><text:a xlink:href='&u;/x'>y</text:a>\
        </text:p></office:document-content>";
    check(
        &[("content.xml", text)],
        &expect![[r#"
        1 odf ["dtd"]
          y
          -> https://evil.example/x Anchor "y"
        unopened 1 refused
    "#]],
    );
    let manifest = "<?xml version='1.0'?><manifest:manifest><manifest:file-entry manifest:full-path='content.xml'>\
        <manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    check(
        &[("content.xml", "\u{1}\u{2}\u{3}"), ("META-INF/manifest.xml", manifest)],
        &expect![[r#"
        1 odf ["encrypted"]
        1/zip:1 unknown []
        unopened 1 encrypted
    "#]],
    );
}

#[test]
fn parts_of_pictures_lead_somewhere() {
    let areas = ["rectangle", "circle", "polygon"]
        .map(|form| format!("<draw:area-{form} xlink:href='https://{form}.example/'/>"))
        .concat();
    check(
        &[("content.xml", &content(&format!("<draw:frame><draw:image-map>{areas}</draw:image-map></draw:frame>")))],
        &expect![[r#"
            1 odf []
              -> https://rectangle.example/ Anchor ""
              -> https://circle.example/ Anchor ""
              -> https://polygon.example/ Anchor ""
        "#]],
    );
}

#[test]
fn damaged_documents_do_no_harm() {
    // No pictures: those are another reader's, and slow.
    let body = content(
        "<office:body><text:p>a<text:s text:c='3'/><text:a xlink:href='http://a.example/'>b</text:a></text:p></office:body>",
    );
    mutate(
        &zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", body.as_bytes())]),
        1_500,
    );
    mutate(&unzipped(include_bytes!("../../../../testdata/office/lo.fodt.gz")), 500);
}

#[test]
fn more_sources_than_are_kept_are_said() {
    let names: Vec<String> = (0..1_100).map(|number| format!("Scripts/python/a{number}.py")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("META-INF/manifest.xml", b"<?xml version='1.0'?><manifest/>"),
        ("content.xml", b"<?xml version='1.0'?><x/>"),
    ];
    parts.extend(names.iter().map(|name| (name.as_str(), b"import os\n".as_slice())));
    let content = open(&zip_of(&parts));
    assert_eq!(content.items[0].kind, "odf", "nobody asks for the entry that names the type");
    assert!(content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{:?}", content.unopened);
}
