//! The whole of a message: which author it has, what is logged of the sender, and what it may ask.

use std::time::Duration;

use mail::address::{Address, ReversePath};
use mail::message::Message;
use net::dns::DnsBudget;
use scan::auth::{DmarcResult, SpfResult};

use crate::from::{Author, author};
use crate::sample::{Key, NOW, World, signed};
use crate::{Input, authenticate};

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

/// AUTH-07: trees of `include` and of `mx` cost ten terms, however wide and deep they are, beside two hundred signatures too.
#[tokio::test]
async fn a_message_asks_for_no_more_than_its_budget() {
    let includes = |name: &str| (0..10).map(|n| format!("include:{n}.{name}")).collect::<Vec<_>>().join(" ");
    let mut zone = format!("tree.example TXT v=spf1 {} -all\n", includes("tree.example"));
    for n in 0..10 {
        let name = format!("{n}.tree.example");
        zone.push_str(&format!("{name} TXT v=spf1 {} -all\n", includes(&name)));
        for m in 0..10 {
            zone.push_str(&format!("{m}.{name} TXT v=spf1 ?all\n"));
        }
    }
    let world = World::new(&zone).await;
    let key = Key::new();
    let mut raw = "From: <a@tree.example>\r\nTo: b@corp.example\r\nSubject: x\r\n\r\nhello\r\n".to_owned();
    for number in 0..200 {
        raw = signed(&key.signer(&format!("d{number}.example"), &["From", "To"]), &raw);
    }
    let results = world.run("a@tree.example", &raw).await;
    assert_eq!(results.spf.result, SpfResult::PermError);
    let asked = world.server.names_asked();
    let count = |part: &str| asked.iter().filter(|name| name.contains(part)).count();
    assert_eq!(count("_domainkey"), 20, "{asked:?}");
    let spf = asked.iter().filter(|name| name.ends_with("tree.example") && !name.starts_with('_')).count();
    // The record itself and ten terms.
    assert_eq!(spf, 11, "{asked:?}");
    assert!(world.server.queries() <= 20 + 11 + 8, "{}: {asked:?}", world.server.queries());
}

/// Servers that never answer cost a message its time and no more.
#[tokio::test]
async fn silence_costs_no_more_than_the_time_of_a_message() {
    let mut zone = format!(
        "slow.example TXT v=spf1 {} -all\n",
        (0..10).map(|n| format!("a:h{n}.slow.example")).collect::<Vec<_>>().join(" ")
    );
    for n in 0..10 {
        zone.push_str(&format!("h{n}.slow.example TIMEOUT\n"));
    }
    let world = World::new(&zone).await;
    let message = Message::parse(bytes::Bytes::from_static(b"From: <a@slow.example>\r\n\r\nx\r\n"));
    let sender = ReversePath::Address(Address::parse("a@slow.example").unwrap());
    let input = Input {
        client_ip: "192.0.2.1".parse().unwrap(),
        helo: "mx.example.org",
        sender: &sender,
        message: &message,
        received_at: NOW,
    };
    let budget = DnsBudget::new(Duration::from_millis(300), 250);
    let start = tokio::time::Instant::now();
    let results = authenticate(&input, &world.dns, &budget).await;
    assert!(start.elapsed() < Duration::from_millis(600), "{:?}", start.elapsed());
    assert_eq!(results.spf.result, SpfResult::TempError);
}

/// Messages with signatures and chains, with bytes changed, doubled, cut out and moved: whatever they are, a result comes
/// back.
#[tokio::test]
async fn mutated_messages_bring_a_result() {
    const SEEDS: [&str; 4] = [
        "v=1; a=rsa-sha256; c=relaxed/simple; d=corp.example; s=s1; h=From:To:Subject; bh=AAAA; l=5; x=99; b=AAAA",
        "i=1; a=rsa-sha256; d=corp.example; s=s1; t=1; cv=none; b=AAAA",
        "i=1; a=rsa-sha256; c=relaxed/relaxed; d=corp.example; s=s1; h=from; bh=AAAA; b=AAAA",
        "i=1; mx.example.org; spf=pass smtp.mailfrom=a@corp.example",
    ];
    const FIELDS: [&str; 4] = ["DKIM-Signature", "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"];
    let key = Key::new();
    let world = World::new(&format!("{ZONE}\ns1._domainkey.corp.example TXT {}", key.record())).await;
    let body = "From: <a@corp.example>\r\nTo: b@corp.example\r\nSubject: x\r\n\r\nhello \r\n\r\n";
    let mut chance = Chance(0x5eed);
    for _ in 0..10_000 {
        let mut raw = signed(&key.signer("corp.example", &["From", "To"]).body_length(true), body);
        for (name, seed) in FIELDS.iter().zip(SEEDS) {
            raw = format!("{name}: {seed}\r\n{raw}");
        }
        let mut bytes = raw.into_bytes();
        for _ in 0..=chance.below(6) {
            let (at, from) = (chance.below(bytes.len()), chance.below(bytes.len()));
            match chance.below(4) {
                0 => bytes[at] = b"\0\r\n;=:<>@\"\\ \xff/lxi0"[chance.below(18)],
                1 if bytes.len() > 1 => drop(bytes.remove(at)),
                2 => {
                    let piece = bytes[from..(from + 20).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes.truncate(at.max(1)),
            }
        }
        world.run_bytes("a@corp.example", bytes).await;
    }
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

#[tokio::test]
async fn it_runs_on_any_thread() {
    let world = World::new(ZONE).await;
    let run = async move { world.run("a@evil.example", "From: <a@evil.example>\r\n\r\nx\r\n").await.spf.result };
    assert_eq!(tokio::spawn(run).await.unwrap(), SpfResult::Pass);
}
