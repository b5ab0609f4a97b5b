//! What the tests of sources share, and what holds for all of them together.

use mail::timestamp::Timestamp;
use net::clock::ManualClock;
use net::dns::{DnsSettings, Servers};
use parking_lot::Mutex;
use scan::facts::Fact;
use testkit::dns::{TestDns, Zone};

use super::*;

/// Sources, a resolver, the server it asks, and a clock that stands still.
pub(crate) struct Rig {
    pub(crate) server: TestDns,
    pub(crate) clock: ManualClock,
    dns: Mutex<Dns>,
    sources: Sources,
}

impl Rig {
    pub(crate) async fn new(zone: &str, dns_lists: Vec<DnsListSettings>, query_timeout_ms: u64) -> Self {
        let server = TestDns::start_text(zone).await;
        let dns = Mutex::new(resolver(&server, query_timeout_ms));
        let clock = ManualClock::new(Timestamp::from_unix_millis(0));
        let sources = Sources::new(&LookupSettings { dns_lists, ..LookupSettings::default() });
        Self { server, clock, dns, sources }
    }

    pub(crate) fn replace(&self, zone: &str) {
        self.server.replace(Zone::parse(zone).unwrap());
    }

    /// A resolver with an empty cache, as if all its answers had run out.
    pub(crate) fn forget(&self) {
        *self.dns.lock() = resolver(&self.server, 800);
    }
}

fn resolver(server: &TestDns, query_timeout_ms: u64) -> Dns {
    Dns::new(&DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms, retries: 0 }).unwrap()
}

pub(crate) async fn facts(rig: &Rig, ip: &str, domains: &[&str]) -> Facts {
    let domains: Vec<Domain> = domains.iter().map(|domain| Domain::parse(domain).unwrap()).collect();
    let input = Input { client_ip: ip.parse().unwrap(), domains: &domains, reverse_dns: None };
    let dns = rig.dns.lock().clone();
    rig.sources.gather(&input, &dns, &rig.clock).await
}

#[tokio::test]
async fn nothing_lasts_longer_than_the_deadline() {
    let zone = "@192.0.2.1 TIMEOUT\n2.0.0.127.slow.example TIMEOUT\n2.0.0.127.good.example A 127.0.0.2\n";
    let server = TestDns::start_text(zone).await;
    let list =
        |zone: &str| DnsListSettings { zone: Domain::parse(zone).unwrap(), kind: ListKind::Client, codes: Vec::new() };
    let settings = LookupSettings { dns_lists: vec![list("slow.example"), list("good.example")], deadline_ms: 150 };
    let sources = Sources::new(&settings);
    let dns = resolver(&server, 30_000);
    let input = Input { client_ip: "192.0.2.1".parse().unwrap(), domains: &[], reverse_dns: None };
    let clock = ManualClock::new(Timestamp::from_unix_millis(0));
    let facts = sources.gather(&input, &dns, &clock).await;
    assert_eq!(facts.reverse_dns, Fact::Unknown(UnknownReason::TimedOut));
    assert_eq!(facts.dns_lists[0].codes, Fact::Unknown(UnknownReason::TimedOut));
    assert_eq!(facts.dns_lists[1].codes, Fact::Known(Vec::new()), "the others answer all the same");
}

#[tokio::test]
async fn a_message_asks_so_much_and_no_more() {
    let lists = (0..30).map(|n| DnsListSettings {
        zone: Domain::parse(&format!("l{n}.example")).unwrap(),
        kind: ListKind::Client,
        codes: Vec::new(),
    });
    let zone: String = (0..30).map(|n| format!("2.0.0.127.l{n}.example A 127.0.0.2\n")).collect();
    let rig = Rig::new(&zone, lists.collect(), 1_000).await;
    let facts = facts(&rig, "192.0.2.9", &[]).await;
    let known = facts.dns_lists.iter().filter(|fact| fact.codes.known().is_some()).count();
    assert_eq!(known, 19, "twenty questions, one of them for the name of the client");
    assert_eq!(facts.dns_lists.len(), 30);
}

#[tokio::test]
async fn it_runs_on_any_thread() {
    let rig = Rig::new("@192.0.2.1 PTR mx.example.org\nmx.example.org A 192.0.2.1\n", Vec::new(), 800).await;
    let reverse = tokio::spawn(async move { facts(&rig, "192.0.2.1", &[]).await.reverse_dns }).await.unwrap();
    assert!(reverse.known().is_some_and(|reverse| reverse.confirmed));
}
