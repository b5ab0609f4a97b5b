//! Folding and matching.

use super::*;

fn check(text: &str, expected: &[&str]) {
    let phrases =
        Phrases::compile(["verify your account", "konto bestätigen", "spin", "don't wait"].into_iter()).unwrap();
    assert_eq!(phrases.found_in_folded(&folded(text)), expected, "{text:?}");
}

#[test]
fn a_phrase_is_found_whatever_case_and_breaks() {
    check("Please VERIFY\r\n   your\u{a0}account.", &["verify your account"]);
    check("ver\u{200b}ify your acc\u{ad}ount", &["verify your account"]);
    check("KONTO BESTÄTIGEN", &["konto bestätigen"]);
    check("don\u{2019}t wait", &["don't wait"]);
}

#[test]
fn a_phrase_is_found_once_and_alone() {
    check("spin, spin, verify your account, spin", &["spin", "verify your account"]);
    check("spinning spine respin", &[]);
}

#[test]
fn a_long_text_is_cut_after_folding() {
    let cut = |text: &str, most: usize| {
        let mut out = String::new();
        fold(text, most, &mut out);
        out
    };
    assert_eq!(cut("aäb", 2), "aä");
    assert_eq!(cut("aäb", 3), "aä");
    assert_eq!(cut("", 3), "");
    assert_eq!(cut(&format!("{}   here", "\u{200b}".repeat(100_000)), 8), " here");
}

#[test]
fn folding_does_not_grow_without_limit() {
    let mut out = String::new();
    fold(&"\u{130}".repeat(ITEM_TEXT_BYTES_MAX), ITEM_TEXT_BYTES_MAX, &mut out);
    assert!(out.len() <= ITEM_TEXT_BYTES_MAX + 8);
}
