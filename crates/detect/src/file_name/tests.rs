//! Endings.

use super::*;

#[test]
fn two_endings_are_a_document_that_runs() {
    assert!(has_two_endings("invoice.pdf.exe"));
    assert!(has_two_endings("invoice.pdf            .scr"));
    assert!(has_two_endings("Fw: invoice.pdf.js"));
    assert!(!has_two_endings("invoice.pdf"));
    assert!(!has_two_endings("archive.tar.gz"));
    assert!(!has_two_endings("setup.v2.exe"));
}
