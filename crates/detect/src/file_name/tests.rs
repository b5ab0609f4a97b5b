//! Endings.

use super::*;

#[test]
fn the_ending_is_what_a_desktop_opens() {
    let check = |name: &str, expected: Option<&str>| assert_eq!(ending(name).as_deref(), expected, "{name:?}");
    check("report.PDF", Some("pdf"));
    check("setup.exe. . ", Some("exe"));
    check("setup.exe:stream", Some("exe"));
    check("..\\dir\\x.js", Some("js"));
    check(".profile", None);
    check("README", None);
    check("", None);
}

#[test]
fn two_endings_are_a_document_that_runs() {
    assert!(has_two_endings("invoice.pdf.exe"));
    assert!(has_two_endings("invoice.pdf            .scr"));
    assert!(!has_two_endings("invoice.pdf"));
    assert!(!has_two_endings("archive.tar.gz"));
    assert!(!has_two_endings("setup.v2.exe"));
}
