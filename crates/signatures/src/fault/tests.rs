use super::*;

#[test]
fn places_are_lines_and_characters() {
    let text = "one\ntwo \u{e4}\u{f6}x\n";
    for (offset, expected) in [(0, (1, 1)), (3, (1, 4)), (4, (2, 1)), (12, (2, 7)), (9, (2, 5)), (99, (3, 1))] {
        assert_eq!(place(text, offset), expected, "{offset}");
    }
}

#[test]
fn words_are_one_bounded_line() {
    assert_eq!(one_line("a\r\n\u{1b}[31mb\0"), "a   [31mb ");
    let long = "\u{e4}".repeat(FAULT_TEXT_BYTES_MAX);
    assert_eq!(one_line(&long).len(), FAULT_TEXT_BYTES_MAX);
    assert_eq!(cut("a\u{e4}", 2), "a");
    assert_eq!(cut("", 0), "");
}

#[test]
fn a_fault_reads_like_a_compilers() {
    let words = ("unknown word".to_owned(), "remove it".to_owned());
    let fault = Fault::at("a.yar", "x\n  y", 4, Level::Broken, words);
    assert_eq!(fault.to_string(), "a.yar:2:3: broken: unknown word (remove it)");
    let bare = Fault { hint: String::new(), level: Level::Note, ..fault };
    assert_eq!(bare.to_string(), "a.yar:2:3: note: unknown word");
}
