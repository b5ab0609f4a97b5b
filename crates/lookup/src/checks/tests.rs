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
    expect!["parse unpack dmarc policy"].assert_eq(&required.join(" "));
    assert_eq!(fail_modes().lines().count(), CHECKS.len() + 2);
}
