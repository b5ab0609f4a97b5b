//! Lists that list, lists that refuse, lists that are dead.

use std::time::Duration;

use super::*;
use crate::sources::tests::{Rig, facts};

const ZONE: &str = "
2.0.0.127.good.example A 127.0.0.2
9.2.0.192.good.example A 127.0.0.4
9.2.0.192.good.example A 127.0.0.11
8.2.0.192.good.example A 127.255.255.254
7.2.0.192.good.example A 203.0.113.5
6.2.0.192.good.example TIMEOUT
5.2.0.192.good.example A 127.0.0.1
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.good.example A 127.0.0.2
2.0.0.127.all.example A 127.0.0.2
1.0.0.127.all.example A 127.0.0.2
9.2.0.192.all.example A 127.0.0.2
9.2.0.192.empty.example A 127.0.0.2
2.0.0.127.blocked.example A 127.255.255.254
9.2.0.192.blocked.example A 127.0.0.2
2.0.0.127.dead.example TIMEOUT
9.2.0.192.dead.example A 127.0.0.2
2.0.0.127.down.example SERVFAIL
test.names.example A 127.0.1.2
evil.test.names.example A 127.0.1.2
evil.example.names.example A 127.0.1.4
";

fn list(zone: &str, kind: ListKind) -> DnsListSettings {
    DnsListSettings { zone: Domain::parse(zone).unwrap(), kind, codes: Vec::new() }
}

fn client(zone: &str) -> Vec<DnsListSettings> {
    vec![list(zone, ListKind::Client)]
}

async fn ask(rig: &Rig, ip: &str) -> String {
    let facts = facts(rig, ip, &[]).await.dns_lists;
    assert_eq!(facts.len(), 1);
    show(&facts[0].codes)
}

fn show(codes: &Fact<Vec<Ipv4Addr>>) -> String {
    match codes {
        Fact::Known(codes) if codes.is_empty() => "not listed".to_owned(),
        Fact::Known(codes) => codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Fact::Unknown(reason) => reason.word().to_owned(),
    }
}

#[tokio::test]
async fn what_a_list_says() {
    let rig = Rig::new(ZONE, client("good.example"), 800).await;
    for (ip, expected) in [
        ("192.0.2.9", "127.0.0.4 127.0.0.11"),
        ("192.0.2.1", "not listed"),
        ("192.0.2.8", "refused"),
        ("192.0.2.7", "refused"),
        ("192.0.2.6", "timed_out"),
        ("192.0.2.5", "refused"),
        ("2001:db8::1", "127.0.0.2"),
        ("::ffff:192.0.2.9", "127.0.0.4 127.0.0.11"),
        ("10.0.0.1", "not_asked"),
        ("127.0.0.2", "not_asked"),
        ("::1", "not_asked"),
    ] {
        assert_eq!(ask(&rig, ip).await, expected, "{ip}");
    }
}

#[tokio::test]
async fn a_list_that_fails_its_self_test_is_never_a_hit() {
    for (zone, expected) in [
        ("all.example", "refused"),
        ("empty.example", "refused"),
        ("blocked.example", "refused"),
        ("dead.example", "timed_out"),
        ("down.example", "failed"),
        ("no-such.example", "refused"),
    ] {
        let rig = Rig::new(ZONE, client(zone), 800).await;
        assert_eq!(ask(&rig, "192.0.2.9").await, expected, "{zone}");
        assert_eq!(rig.server.queries_for(&format!("9.2.0.192.{zone}")), 0, "{zone} is not asked");
    }
}

#[tokio::test]
async fn only_the_codes_that_count() {
    let mut settings = client("good.example");
    settings[0].codes = vec!["127.0.0.4".parse().unwrap()];
    let rig = Rig::new(ZONE, settings, 800).await;
    assert_eq!(ask(&rig, "192.0.2.9").await, "127.0.0.4");
}

#[tokio::test]
async fn domains_are_asked_by_their_registered_part_each_once() {
    let rig = Rig::new(ZONE, vec![list("names.example", ListKind::Domain)], 800).await;
    let facts = facts(&rig, "192.0.2.9", &["www.evil.example", "evil.example", "ok.example", "[192.0.2.1]"]).await;
    let told: Vec<String> =
        facts.dns_lists.iter().map(|fact| format!("{} {}", fact.subject, show(&fact.codes))).collect();
    assert_eq!(told, ["evil.example 127.0.1.4", "ok.example not listed"]);
}

#[tokio::test]
async fn the_self_test_is_repeated_by_the_hour() {
    let rig = Rig::new(ZONE, client("blocked.example"), 800).await;
    for _ in 0..3 {
        assert_eq!(ask(&rig, "192.0.2.9").await, "refused");
    }
    rig.replace("2.0.0.127.blocked.example A 127.0.0.2\n9.2.0.192.blocked.example A 127.0.0.3\n");
    rig.clock.advance(Duration::from_secs(3_599));
    assert_eq!(ask(&rig, "192.0.2.9").await, "refused");
    rig.clock.advance(Duration::from_secs(1));
    rig.forget();
    assert_eq!(ask(&rig, "192.0.2.9").await, "127.0.0.3");
}

#[tokio::test]
async fn a_dead_list_costs_one_wait_a_minute() {
    let rig = Rig::new(ZONE, client("dead.example"), 600).await;
    let tests = || rig.server.queries_for("2.0.0.127.dead.example");
    assert_eq!(ask(&rig, "192.0.2.9").await, "timed_out");
    let first = tests();
    for _ in 0..5 {
        assert_eq!(ask(&rig, "192.0.2.9").await, "timed_out");
    }
    assert_eq!(tests(), first, "the others do not wait");
    rig.clock.advance(Duration::from_secs(61));
    ask(&rig, "192.0.2.9").await;
    assert!(tests() > first);
}

#[tokio::test]
async fn a_list_that_dies_is_tested_before_it_is_asked_again() {
    let rig = Rig::new(ZONE, client("good.example"), 600).await;
    assert_eq!(ask(&rig, "192.0.2.6").await, "timed_out");
    let tests = rig.server.queries_for("2.0.0.127.good.example");
    rig.replace("2.0.0.127.good.example SERVFAIL\n");
    rig.forget();
    assert_eq!(ask(&rig, "192.0.2.9").await, "failed");
    assert!(rig.server.queries_for("2.0.0.127.good.example") > tests);
}
