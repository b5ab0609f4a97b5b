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

#[test]
fn an_ending_that_only_looks_like_one_that_is_run() {
    for name in [
        "a.\u{435}xe",
        "a.\u{435}\u{445}\u{435}",
        "a.\u{ff4a}\u{ff53}",
        "a.e\u{2179}e",
        "a.e\u{200b}xe",
        "a.\u{1d423}\u{1d42c}",
        "a.\u{458}\u{455} ",
    ] {
        assert!(looks_run(name), "{name:?}");
    }
    for name in [
        "a.exe",
        "a.pdf",
        "a.\u{434}\u{43e}\u{43a}",
        "a.\u{440}\u{443}\u{441}",
        "\u{412}\u{410}\u{422}. 2024",
        "\u{898b}\u{7a4d}\u{66f8}.\u{ff50}\u{ff44}\u{ff46}",
        "\u{3c7}.\u{3b1}.",
        "no ending",
    ] {
        assert!(!looks_run(name), "{name:?}");
    }
}

#[test]
fn a_class_id_is_an_ending_that_is_not_shown() {
    assert!(ends_in_class_id("a.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"));
    assert!(ends_in_class_id("a.{00021401-0000-0000-c000-000000000046}. "));
    assert!(!ends_in_class_id("{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}.png"));
    assert!(!ends_in_class_id("scan {3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"));
    assert!(!ends_in_class_id("a.{draft}"));
}
