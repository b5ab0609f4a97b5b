//! The catalogue is complete in every language, and values are harmless in it.

use std::collections::BTreeSet;

use scan::evidence::TextId;

use super::*;
use crate::detectors::ALL;

/// Other words of a detector that has several.
const FURTHER: [&str; 6] = [
    "encrypted_archive_opened",
    "listed_file",
    "unscannable_file",
    "unscannable_inner",
    "unscannable_message",
    "unscannable_within",
];

fn holes(mut text: &str) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    while let Some((_, number, after)) = next_hole(text) {
        found.insert(number);
        text = after;
    }
    found
}

#[test]
fn every_detector_has_its_text_in_every_language_with_the_same_holes() {
    let ids: BTreeSet<&str> = ALL.iter().map(|detector| detector.id.name()).chain(FURTHER).collect();
    let english = Language::English.catalogue();
    for language in Language::ALL {
        let catalogue = language.catalogue();
        assert_eq!(catalogue.keys().map(String::as_str).collect::<BTreeSet<_>>(), ids, "{language:?}");
        for (name, text) in catalogue {
            assert_eq!(holes(text), holes(&english[name]), "{language:?} {name}");
            assert!(!text.trim().is_empty() && !text.contains('\n'), "{language:?} {name}");
        }
    }
}

#[test]
fn values_are_put_in_escaped() {
    let detail = Detail {
        text: TextId("executable_attachment".into()),
        args: vec![Arg::Content("in\u{202e}fdp\n{1}.exe".into()), Arg::Meta("exe".into())],
    };
    expect_test::expect![[r#"The attachment "in\u{202e}fdp\u{a}{1}.exe" is a program or runs when opened (exe)"#]]
        .assert_eq(&render(&detail, Language::English));
    expect_test::expect![[r#"Der Anhang "in\u{202e}fdp\u{a}{1}.exe" ist ein Programm oder startet beim Öffnen (exe)"#]]
        .assert_eq(&render(&detail, Language::from_tag("de-CH")));
}

#[test]
fn a_text_of_a_later_release_is_shown_by_its_name() {
    let detail = Detail { text: TextId("not_yet".into()), args: vec![Arg::Meta("a\u{7}".into())] };
    assert_eq!(render(&detail, Language::Spanish), "not_yet a\\u{7}");
}

#[test]
fn a_long_value_is_cut() {
    let shown = escape(&"x".repeat(VALUE_CHARS_MAX + 1));
    assert_eq!(shown.chars().count(), VALUE_CHARS_MAX + 1);
    assert!(shown.ends_with('…'));
}
