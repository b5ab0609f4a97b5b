//! The built-in lists are well-formed, and the version follows what is known.

use super::*;

fn domain(text: &str) -> Domain {
    Domain::parse(text).expect("a domain")
}

#[test]
fn own_domains_hold_what_is_below_them() {
    let knowledge = Knowledge::built_in(vec![domain("corp.example")]).expect("built in");
    assert!(knowledge.is_own(&domain("corp.example")));
    assert!(knowledge.is_own(&domain("mail.corp.example")));
    assert!(!knowledge.is_own(&domain("notcorp.example")));
}

#[test]
fn the_version_follows_the_domains() {
    let one = Knowledge::built_in(vec![domain("corp.example")]).expect("built in");
    let other = one.with_own_domains(vec![domain("other.example")]);
    assert_ne!(one.version, other.version);
    assert_eq!(one.version, other.with_own_domains(vec![domain("corp.example")]).version);
    assert_eq!(one.version.0.len(), 64);
}

#[test]
fn lists_of_domains_hold_registrable_domains_in_lower_case_once() {
    for text in [FREEMAIL, SENDING_SERVICES] {
        let mut seen = HashSet::new();
        for line in lines(text) {
            assert_eq!(crate::sender::organisation(line), line, "not a registrable domain");
            assert_eq!(line.to_lowercase(), line);
            assert!(seen.insert(line), "{line} twice");
        }
        assert!(seen.len() > 10);
    }
}

#[test]
fn every_list_says_where_it_comes_from() {
    for text in [FREEMAIL, SENDING_SERVICES, CREDENTIAL_LURES, ADVANCE_FEE, OFFERS] {
        for word in ["# Source:", "# Licence:", "# Date:"] {
            assert!(text.lines().take(10).any(|line| line.starts_with(word)), "{word} missing in {}", &text[..40]);
        }
    }
}
