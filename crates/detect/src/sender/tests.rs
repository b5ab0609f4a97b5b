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
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(address_domains_seen_in(text).first().map(String::as_str), expected, "{text:?}");
    };
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

#[test]
fn every_address_is_found_in_a_name() {
    let check = |text: &str, expected: &[&str]| assert_eq!(address_domains_seen_in(text), expected, "{text:?}");
    check("x@evil.example, ceo@corp.example", &["evil.example", "corp.example"]);
    check("a@a.example b@b.example (c@c.example)", &["a.example", "b.example", "c.example"]);
    check("x@evil.example ceo@corp.exa\u{ad}mple", &["evil.example", "corp.example"]);
    check("Alice @ Work", &[]);
    assert_eq!(address_domains_in(&"a@a.example ".repeat(500)).count(), ADDRESSES_MAX);
}

#[test]
fn own_domains_are_seen_behind_any_sign() {
    let own = Domain::parse("corp.example").expect("a domain");
    let knowledge = Knowledge::built_in(vec![own]).expect("built in");
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(own_domains_claimed_in(text, &knowledge), expected, "{text:?}");
    };
    for text in [
        "ceo @corp.example",
        "ceo@ corp.example",
        "ceo\u{2009}@\u{2009}corp.example",
        "ceo \u{fe6b} Corp.Example",
        "(ceo)@corp.example",
        "\"ceo\"@corp.example",
        "*ceo*@corp.example",
        "ceo\u{2709}@corp.example",
        "c\u{332}e\u{332}o\u{332}@corp\u{323}.example",
        "ceo@\u{e0100}corp.exa\u{e01ef}mple",
        "x@evil.example, ceo @corp.example- Sales",
    ] {
        check(text, &["corp.example"]);
    }
    check("ceo @mail.corp.example", &["mail.corp.example"]);
    check("Alice @ Work", &[]);
    check("Alice @ corp", &[]);
    check("ceo @corp.example.com", &[]);
    check("Alice (@ partner.example)", &[]);
    check("corp.example", &[]);
}
