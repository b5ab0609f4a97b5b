//! The whole of a message: which author it has, what is logged of the sender, and what it may ask.

use mail::message::Message;
use scan::auth::{DmarcResult, SpfResult};

use crate::from::{Author, author};
use crate::sample::{Key, World, signed};

const ZONE: &str = "
_dmarc.corp.example TXT v=DMARC1; p=reject
corp.example TXT v=spf1 ip4:192.0.2.1 -all
evil.example TXT v=spf1 ip4:192.0.2.1 -all
mx.example.org TXT v=spf1 a -all
mx.example.org A 192.0.2.1
";

fn author_of(header: &str) -> Option<String> {
    match author(&Message::parse(format!("{header}\r\nTo: b@corp.example\r\n\r\nx\r\n").into())) {
        Author::One(domain) => Some(domain.to_string()),
        Author::Unclear => None,
    }
}

#[test]
fn one_author_or_none() {
    for (header, expected) in [
        ("From: Ann <ann@Corp.Example>", Some("corp.example")),
        ("From: ann@corp.example", Some("corp.example")),
        ("From: \"ceo@bank.example\" <x@evil.example>", Some("evil.example")),
        ("From: a@corp.example, b@corp.example", Some("corp.example")),
        ("From: <attacker@evil.example>\r\nFrom: <ceo@corp.example>", None),
        ("From: <attacker@evil.example>\r\nfrom : <ceo@corp.example>", None),
        ("From: <attacker@evil.example>, <ceo@corp.example>", None),
        ("From: =?utf-8?B?PGNlb0Bjb3JwLmV4YW1wbGU+?=, <attacker@evil.example>", None),
        ("From: <ceo@corp.example>\\,<attacker@evil.example>", None),
        ("From: Ann", None),
        ("From:", None),
        ("From: ann@[192.0.2.1]", None),
        ("Sender: <ceo@corp.example>\r\nResent-From: <ceo@corp.example>", None),
    ] {
        assert_eq!(author_of(header).as_deref(), expected, "{header}");
    }
}

#[tokio::test]
async fn two_authors_never_pass() {
    let key = Key::new();
    let world = World::new(&format!("{ZONE}\ns1._domainkey.corp.example TXT {}", key.record())).await;
    let raw = "From: <news@corp.example>\r\nTo: bob@corp.example\r\nSubject: News\r\n\r\nhello\r\n";
    let good = signed(&key.signer("corp.example", &["From", "To", "Subject"]), raw);
    assert_eq!(world.run("news@corp.example", &good).await.dmarc.result, DmarcResult::Pass);
    let doubled = format!("From: <ceo@corp.example>\r\n{good}");
    let results = world.run("news@corp.example", &doubled).await;
    assert_eq!((results.dmarc.result, results.sender_is_genuine()), (DmarcResult::PermError, true));
    assert!(!results.dmarc.dkim_aligned);
}

#[tokio::test]
async fn the_null_sender_is_checked_by_helo() {
    let world = World::new(ZONE).await;
    let results = world.run("", "From: <a@corp.example>\r\n\r\nx\r\n").await;
    assert_eq!((results.spf.result, results.spf.of_helo), (SpfResult::Pass, true));
    assert_eq!(results.spf.domain.map(|domain| domain.to_string()).as_deref(), Some("mx.example.org"));
}

#[tokio::test]
async fn the_checked_domain_is_the_domain_of_the_sender() {
    let world = World::new(ZONE).await;
    let results = world.run("\"ceo@corp.example \"@evil.example", "From: <a@corp.example>\r\n\r\nx\r\n").await;
    assert_eq!(results.spf.domain.map(|domain| domain.to_string()).as_deref(), Some("evil.example"));
    assert_eq!((results.spf.result, results.dmarc.result), (SpfResult::Pass, DmarcResult::Fail));
}

#[tokio::test]
async fn a_tree_of_records_stays_within_the_limits() {
    let mut zone = String::new();
    let list = |kind: &str| (0..10).map(|n| format!("{kind}:m{n}.evil.example")).collect::<Vec<_>>().join(" ");
    zone.push_str(&format!("evil.example TXT v=spf1 {} -all\n", list("mx")));
    for n in 0..10 {
        for host in 0..10 {
            zone.push_str(&format!("m{n}.evil.example MX {host} h{n}x{host}.evil.example\n"));
            zone.push_str(&format!("h{n}x{host}.evil.example A 198.51.100.{host}\n"));
        }
    }
    let world = World::new(&zone).await;
    let results = world.run("a@evil.example", "From: <a@evil.example>\r\n\r\nx\r\n").await;
    assert_eq!(results.spf.result, SpfResult::Fail);
    assert!(world.server.queries() <= 130, "{}", world.server.queries());
}
