//! True kind, declared type, names: which lies count.

use super::*;

fn item(kind: &str, declared: &str, names: &[&str], inline: bool) -> Item {
    Item {
        kind: kind.to_owned(),
        declared: declared.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        inline,
        ..Item::default()
    }
}

#[test]
fn lies_that_count() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("exe", "image/png", &["picture.png"]),
        ("exe", "application/octet-stream", &["invoice.pdf"]),
        ("exe", "application/octet-stream", &["invoice.pdf  "]),
        ("exe", "text/plain", &["x"]),
        ("exe", "application/zip", &["setup.exe"]),
        ("html", "text/plain", &["note.txt"]),
        ("html", "image/jpeg", &["photo.jpg"]),
        ("hta", "application/pdf", &["order.pdf"]),
        ("rar", "application/octet-stream", &["files.zip"]),
        ("rar", "application/zip", &["files"]),
        ("zip", "application/octet-stream", &["scan.jpg"]),
        ("zip", "application/pdf", &["scan"]),
        ("7z", "", &["letter.doc"]),
        ("lnk", "", &["readme.txt"]),
        ("iso", "", &["invoice.pdf"]),
        ("gif", "text/html", &[]),
        ("pdf", "image/jpeg", &["x.jpg"]),
        ("text", "image/jpeg", &["invoice.js"]),
        ("unknown", "application/pdf", &["x.pdf", "x.scr"]),
        ("exe", "", &["x.exe", "x.jpg"]),
        ("chm", "", &["letter.docx"]),
        ("pdf", "", &["a.html"]),
        ("docx", "application/octet-stream", &["a.htm"]),
        ("doc", "", &["a.hta", "a.html"]),
        ("onenote", "", &["a.svg"]),
        ("rar", "", &["a.xhtml"]),
        ("pdf", "text/html", &["a.html"]),
        ("pdf", "text/html", &[]),
    ];
    for (kind, declared, names) in cases {
        assert!(is_conflict(&item(kind, declared, names, false)), "{kind} {declared} {names:?}");
    }
}

#[test]
fn lies_that_do_no_harm() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("exe", "application/octet-stream", &["setup.exe"]),
        ("exe", "application/x-msdownload", &["driver.sys"]),
        ("png", "image/jpeg", &["photo.jpg"]),
        ("jpeg", "image/pjpeg", &["photo.JPG"]),
        ("jpeg", "application/octet-stream", &["scan.pdf"]),
        ("docx", "application/zip", &["letter.docx"]),
        ("docx", "application/msword", &["letter.doc"]),
        ("zip", "application/octet-stream", &["drawing.vsdx"]),
        ("jar", "application/zip", &["tool.zip"]),
        ("jar", "", &["tool.jar"]),
        ("text", "text/plain", &["table.csv"]),
        ("text", "text/plain", &["tool.js"]),
        ("html", "application/vnd.ms-excel", &["report.xls"]),
        ("html", "text/plain", &["page.html"]),
        ("rtf", "application/msword", &["letter.doc"]),
        ("ole", "", &["locked.docx"]),
        ("gz", "application/gzip", &["src.tar.gz"]),
        ("tar", "application/gzip", &["src.tar.gz"]),
        ("pdf", "image/pdf", &["x.pdf"]),
        ("png", "image/png", &["logo.example.com"]),
        ("appledouble", "image/jpeg", &["._photo.jpg"]),
        ("unknown", "application/pdf", &["x.pdf"]),
        ("iso", "", &["disc.img"]),
        ("pdf", "text/html", &["invoice.pdf"]),
        ("docx", "text/html", &["letter.docx"]),
        ("zip", "text/html", &["files.zip"]),
        ("onenote", "application/onenote", &["notes.one"]),
        ("pdf", "", &["a.html.pdf"]),
    ];
    for (kind, declared, names) in cases {
        assert!(!is_conflict(&item(kind, declared, names, false)), "{kind} {declared} {names:?}");
    }
    assert!(!is_conflict(&item("html", "text/plain", &[], true)), "a body is no file");
}
