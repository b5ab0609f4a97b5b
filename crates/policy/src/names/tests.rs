use std::collections::BTreeSet;

use scan::auth::{DkimResult, DmarcPolicy, DmarcResult, SpfResult};

use super::*;

#[test]
fn every_name_stands_once_and_has_a_text() {
    let names: BTreeSet<&str> = NAMES.iter().map(|entry| entry.text).collect();
    assert_eq!(names.len(), NAMES.len());
    assert!(NAMES.iter().all(|entry| entry.doc.len() > 10 && entry.doc.ends_with('.')));
}

#[test]
fn the_words_are_those_of_scan() {
    assert!(CLASSES.iter().all(|word| Class::from_word(word).is_some()) && CLASSES.len() == Class::ALL.len());
    assert!(SPF.iter().all(|word| SpfResult::from_word(word).is_some()));
    assert!(DKIM.iter().all(|word| DkimResult::from_word(word).is_some()));
    assert!(DMARC.iter().all(|word| DmarcResult::from_word(word).is_some()));
    assert!(DMARC_POLICY.iter().all(|word| DmarcPolicy::from_word(word).is_some()));
}
