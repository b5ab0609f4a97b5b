//! The table as people read it.

use expect_test::expect;

use super::*;

#[test]
fn names_are_unique_and_found() {
    for check in &CHECKS {
        assert_eq!(CHECKS.iter().filter(|other| other.name == check.name).count(), 1);
        assert_eq!(Check::named(check.name), Some(check));
    }
    assert_eq!(Check::named("astrology"), None);
}

#[test]
fn required_checks() {
    let required: Vec<&str> =
        CHECKS.iter().filter(|check| check.need == Need::Required).map(|check| check.name).collect();
    expect!["parse unpack dmarc scanner:NAME policy"].assert_eq(&required.join(" "));
    let rows = fail_modes().lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(
        rows,
        CHECKS.len() + SCANNER_FAILURES.len() + CHANGE_FAILURES.len() + 3,
        "a row for each, and three heads"
    );
}

#[test]
fn no_failure_of_a_required_scanner_delivers() {
    for failure in SCANNER_FAILURES.iter().filter(|failure| !failure.does.contains("by its own settings")) {
        let kept = ["451", "unscannable", "held"].iter().any(|word| failure.required.contains(word));
        assert!(kept, "{}: {}", failure.does, failure.required);
    }
}
