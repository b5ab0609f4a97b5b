//! Folding and matching.

use super::*;

fn compiled() -> Phrases {
    let lures = ["verify your account", "konto bestätigen", "spin", "don't wait"];
    let listed = lures.map(|phrase| (List::CredentialLures, phrase)).into_iter();
    Phrases::compile(listed.chain([(List::Offers, "spin"), (List::Offers, "your account")])).unwrap()
}

fn check(text: &str, expected: &[&str]) {
    let phrases = compiled();
    let found = phrases.find_in_folded(&folded(text));
    assert_eq!(phrases.of(List::CredentialLures, &found), expected, "{text:?}");
}

#[test]
fn each_list_is_told_its_own_phrases() {
    let phrases = compiled();
    let found = phrases.find_in_folded(&folded("Spin, and verify your account"));
    assert_eq!(phrases.of(List::CredentialLures, &found), ["spin", "verify your account"]);
    assert_eq!(phrases.of(List::Offers, &found), ["spin", "your account"]);
    assert_eq!(phrases.of(List::AdvanceFee, &found), [""; 0]);
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

// One character after the other, as the rule reads.
fn folded_slowly(text: &str) -> String {
    let mut out = String::new();
    let mut blank = false;
    for c in text.chars().filter(|c| !links::is_invisible(*c)) {
        match c {
            _ if c.is_whitespace() && blank => {}
            _ if c.is_whitespace() => out.push(' '),
            '\u{2019}' => out.push('\''),
            _ => out.extend(c.to_lowercase()),
        }
        blank = c.is_whitespace();
    }
    out
}

#[test]
fn words_taken_together_are_folded_alike() {
    let pieces = ["A", "bC", " ", "  ", "\t", "\n ", "\u{200b}", "\u{a0}", "Ä", "\u{2019}", "\x7f", "\x01", "."];
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        texts = texts.iter().flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}"))).collect();
    }
    for text in texts {
        assert_eq!(folded(&text), folded_slowly(&text), "{text:?}");
    }
}
