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
