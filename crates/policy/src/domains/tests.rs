use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const GOOD: &str = r#"
[[domain]]
name = "Example.org"
next_hop = ["mail.example.org", "192.0.2.7:2525", "[2001:db8::1]:26", "2001:db8::2"]
recipients = ["A.Person@example.org", "postmaster@example.org"]

[[domain]]
name = "bücher.example"
next_hop = "mx"
recipients = "ask"
policy = "observe"
"#;

#[test]
fn domains_are_read() {
    let domains = Domains::parse("domains.toml", GOOD).unwrap();
    assert_eq!(domains.names(), ["example.org", "xn--bcher-kva.example"]);
    let first = domains.find(&Domain::parse("EXAMPLE.org").unwrap()).unwrap();
    let NextHop::Hosts(hosts) = &first.next_hop else { panic!("hosts") };
    let hosts: Vec<String> = hosts
        .iter()
        .map(|host| match &host.name {
            HostName::Name(name) => format!("name {name} {}", host.port),
            HostName::Ip(ip) => format!("ip {ip} {}", host.port),
        })
        .collect();
    assert_eq!(hosts, ["name mail.example.org 25", "ip 192.0.2.7 2525", "ip 2001:db8::1 26", "ip 2001:db8::2 25"]);
    let known = HashSet::from(["a.person@example.org".to_owned(), "postmaster@example.org".to_owned()]);
    assert_eq!(first.recipients, Recipients::Listed(known));
    assert_eq!(first.policy, "standard");
    let second = domains.find(&Domain::parse("bücher.example").unwrap()).unwrap();
    assert_eq!(
        (&second.next_hop, &second.recipients, second.policy.as_str()),
        (&NextHop::Mx, &Recipients::Ask, "observe")
    );
    assert_eq!(domains.find(&Domain::parse("sub.example.org").unwrap()), None);
    assert_eq!(Domains::parse("x", "").unwrap(), Domains::default());
}

fn refuse(change: (&str, &str), expected: &Expect) {
    assert!(GOOD.contains(change.0), "{}", change.0);
    let text = GOOD.replacen(change.0, change.1, 1);
    expected.assert_eq(&Domains::parse("domains.toml", &text).expect_err(change.1).to_string());
}

#[test]
fn faults_have_a_place_and_a_hint() {
    refuse(
        ("[[domain]]", "[[domains]]"),
        &expect![[r#"
        domains.toml:2:3: unknown key `domains`
          hint: did you mean `domain`?"#]],
    );
    refuse(
        ("next_hop =", "nexthop ="),
        &expect![[r#"
        domains.toml:4:1: unknown key `nexthop`
          hint: did you mean `next_hop`?"#]],
    );
    refuse(
        ("next_hop =", "# next_hop ="),
        &expect![[r#"
        domains.toml:2:1: `next_hop` is missing
          hint: next_hop = ["mail.example.org:25"], or "mx""#]],
    );
    refuse(
        ("policy =", "polices ="),
        &expect![[r#"
        domains.toml:11:1: unknown key `polices`
          hint: did you mean `policy`?"#]],
    );
    refuse(
        ("\"mx\"", "\"mail.example\""),
        &expect![[r#"
        domains.toml:9:12: `next_hop` cannot be `mail.example`
          hint: next_hop = ["mail.example.org:25"], or "mx""#]],
    );
    refuse(
        ("\"ask\"", "\"asc\""),
        &expect![[r#"
        domains.toml:10:14: `recipients` cannot be `asc`
          hint: recipients = "ask" (the next hop knows), "any", or a list of addresses"#]],
    );
    refuse(
        ("Person@example.org", "Person@example.com"),
        &expect![[r#"
        domains.toml:5:15: `A.Person@example.com` is not in example.org
          hint: list it with its own domain"#]],
    );
    refuse(
        ("A.Person@example.org", "Person"),
        &expect![[r#"
        domains.toml:5:15: `Person`: an address needs a local part, an @ and a domain
          hint: for instance a.person@example.org"#]],
    );
}

#[test]
fn faults_of_names_have_a_place_and_a_hint() {
    refuse(
        ("192.0.2.7:2525", "192.0.2.7:0"),
        &expect![[r#"
        domains.toml:4:33: `192.0.2.7:0` is no host
          hint: name:port, 192.0.2.1:port or [2001:db8::1]:port; the port may be left out"#]],
    );
    refuse(
        ("192.0.2.7:2525", "192.0.2.700"),
        &expect![[r#"
        domains.toml:4:33: `192.0.2.700` is no host
          hint: name:port, 192.0.2.1:port or [2001:db8::1]:port; the port may be left out"#]],
    );
    refuse(
        ("bücher.example", "example.ORG"),
        &expect![[r#"
        domains.toml:7:1: a second domain `example.org`
          hint: a domain belongs to exactly one place"#]],
    );
    refuse(
        ("bücher.example", "*.example"),
        &expect![[r#"
        domains.toml:8:8: `*.example` is no domain
          hint: each domain is written out; there are no wildcards"#]],
    );
    refuse(
        ("bücher.example", "[192.0.2.1]"),
        &expect![[r#"
        domains.toml:8:8: `[192.0.2.1]` is no domain
          hint: an address literal cannot be relayed for"#]],
    );
    refuse(
        ("[\"mail.example.org\", \"192.0.2.7:2525\", \"[2001:db8::1]:26\", \"2001:db8::2\"]", "[]"),
        &expect![[r#"
        domains.toml:4:12: `next_hop` is empty
          hint: next_hop = ["mail.example.org:25"], or "mx""#]],
    );
    refuse(
        ("\"ask\"", "7"),
        &expect![[r#"
        domains.toml:10:14: `recipients` must be a list or a word, not integer
          hint: recipients = "ask" (the next hop knows), "any", or a list of addresses"#]],
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", at in 0usize..30) {
        let _ = Domains::parse("x", &text);
        let _ = Domains::parse("x", &format!("{}{text}{}", &GOOD[..at], &GOOD[at..]));
        let _ = parse_host(&text);
    }
}
