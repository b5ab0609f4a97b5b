//! Organisations and addresses in free text.

use super::*;

#[test]
fn an_organisation_is_what_one_party_registered() {
    assert_eq!(organisation("mail.shop.co.uk"), "shop.co.uk");
    assert_eq!(organisation("corp.example"), "corp.example");
    assert_eq!(organisation("someone.github.io"), "someone.github.io");
    assert_eq!(organisation("192.0.2.1"), "192.0.2.1");
    assert_eq!(organisation("com"), "com");
}

#[test]
fn an_address_is_found_in_a_name() {
    assert_eq!(address_domain_in("CEO <ceo@Corp.Example>"), Some("corp.example".to_owned()));
    assert_eq!(address_domain_in("meet @ noon"), None);
    assert_eq!(address_domain_in("bob@home"), None);
    assert_eq!(address_domain_in("@a.example"), None);
}

#[test]
fn an_address_is_seen_in_a_name() {
    let check =
        |text: &str, expected: Option<&str>| assert_eq!(address_domain_seen_in(text).as_deref(), expected, "{text:?}");
    check("ceo@corp.example", Some("corp.example"));
    check("ceo\u{200b}@\u{200b}corp\u{34f}.example", Some("corp.example"));
    check("ceo@corp.exa\u{ad}mple", Some("corp.example"));
    check("ceo\u{ff20}corp.example", Some("corp.example"));
    check("ceo@corp\u{3002}example", Some("corp.example"));
    check("\u{1d41c}\u{1d41e}\u{1d428}@\u{1d41c}\u{1d428}\u{1d42b}\u{1d429}\u{2024}example", Some("corp.example"));
    check("\u{30bb}\u{30fc}\u{30eb}\u{ff20}\u{672c}\u{5e97}\u{3002}\u{304a}\u{5f97}", None);
    check("\u{5e97}\u{ff20}\u{672c}\u{5e97}\u{ff0e}\u{304a}", None);
    check("bob@b\u{fc}cher.example", Some("b\u{fc}cher.example"));
}
