use super::*;
use expect_test::{Expect, expect};

fn check(input: &str, expected: &Expect) {
    let text = match Address::parse(input) {
        Ok(address) => format!("{address} (local {:?})", address.local()),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&text);
}

#[test]
fn addresses_are_read_strictly() {
    check("Bob@Corp.Example", &expect![[r#"Bob@corp.example (local "Bob")"#]]);
    check("\"a b\"@corp.example", &expect![[r#""a b"@corp.example (local "a b")"#]]);
    check("\"bob\"@corp.example", &expect![[r#"bob@corp.example (local "bob")"#]]);
    check("\"a\\\"b\"@corp.example", &expect![[r#""a\"b"@corp.example (local "a\"b")"#]]);
    check("bob@[192.0.2.1]", &expect![[r#"bob@[192.0.2.1] (local "bob")"#]]);
    check("bob@[IPv6:2001:DB8::1]", &expect![[r#"bob@[IPv6:2001:db8::1] (local "bob")"#]]);
    check("bob@bücher.example", &expect![[r#"bob@xn--bcher-kva.example (local "bob")"#]]);
}

#[test]
fn what_is_no_address_is_refused() {
    for (input, error) in [
        ("bob", AddressError::Incomplete),
        ("@corp.example", AddressError::Incomplete),
        ("bob@", AddressError::Incomplete),
        ("a@b@corp.example", AddressError::Domain),
        ("bob..x@corp.example", AddressError::Local),
        ("bob@corp.example.", AddressError::Domain),
        ("bob@-corp.example", AddressError::Domain),
        ("bob@corp..example", AddressError::Domain),
        ("bob@[300.0.0.1]", AddressError::Domain),
        ("b\u{0}b@corp.example", AddressError::Local),
        ("\"\"@corp.example", AddressError::Local),
        ("\"bob@corp.example", AddressError::Incomplete),
    ] {
        assert_eq!(Address::parse(input), Err(error), "{input}");
    }
    assert_eq!(Address::parse(&format!("{}@corp.example", "a".repeat(65))), Err(AddressError::Local));
    assert_eq!(Address::parse(&format!("bob@{}.example", "a".repeat(64))), Err(AddressError::Domain));
}

#[test]
fn a_subdomain_lies_within() {
    let corp = Domain::parse("corp.example").unwrap();
    assert!(Domain::parse("mail.corp.example").unwrap().is_within(&corp));
    assert!(!Domain::parse("evilcorp.example").unwrap().is_within(&corp));
}
