//! Where a domain's mail goes, as DNS and settings say.

use queue::outcome::Delivery;
use queue::route::{HostPort, Route};
use queue::scheduler::Deliver as _;
use testkit::sink::{Sink, Stage};

use crate::world::{TEXT, World, is_all, mail};

const ZONE: &str = "
    null.example MX 0 .
    broken.example SERVFAIL
    silent.example TIMEOUT
    loop.example MX 10 GATE.example
    loop.example MX 20 other.example
    gate.example A 192.0.2.25
    other.example A 192.0.2.26
    inside.example MX 10 mx.inside.example
    mx.inside.example A 10.0.0.1
    mx.inside.example AAAA ::1
    rebound.example MX 10 127.0.0.1
    bare.example A 127.0.0.1
    nohost.example MX 10 gone.example
";

#[tokio::test]
async fn what_dns_says_of_a_domain_decides_how_it_ends() {
    let world = World::with_zone(ZONE).await;
    for (domain, result, status) in [
        ("null.example", Delivery::Permanent, "5.1.10"),
        ("missing.test", Delivery::Permanent, "5.1.2"),
        ("broken.example", Delivery::Transient, "4.4.3"),
        ("silent.example", Delivery::Transient, "4.4.3"),
        ("loop.example", Delivery::Permanent, "5.4.6"),
        ("inside.example", Delivery::Permanent, "5.4.4"),
        ("rebound.example", Delivery::Permanent, "5.4.4"),
        ("bare.example", Delivery::Permanent, "5.4.4"),
        ("nohost.example", Delivery::Permanent, "5.4.4"),
        ("[127.0.0.1]", Delivery::Permanent, "5.4.4"),
        ("[IPv6:::1]", Delivery::Permanent, "5.4.4"),
    ] {
        let job = world.job(mail(TEXT, &[&format!("b@{domain}")]), Route::Mx).await;
        let outcomes = world.smtp.attempt(&job).await;
        assert_eq!((outcomes[0].result, outcomes[0].status.as_str()), (result, status), "{domain}: {outcomes:?}");
        assert_eq!(outcomes[0].peer, "", "{domain}");
    }
}

// The operator may name any host, a private one too; by name or by address.
#[tokio::test]
async fn a_route_of_settings_may_lead_inside() {
    let sink = Sink::start().await;
    let zone = format!("store.inside.example A {}", sink.address.ip());
    let world = World::with_zone(&zone).await;
    for host in ["store.inside.example", &sink.address.ip().to_string()] {
        let route = Route::Hosts(vec![
            HostPort { host: "nowhere.inside.example".to_owned(), port: 2525 },
            HostPort { host: host.to_owned(), port: sink.address.port() },
        ]);
        let job = world.job(mail(TEXT, &["b@one.example"]), route).await;
        assert!(is_all(&world.smtp.attempt(&job).await, Delivery::Done), "{host}");
    }
    assert_eq!((sink.count(), sink.reached(Stage::Connect)), (2, 1));
}

// Our mistake, not the sender's.
#[tokio::test]
async fn a_next_hop_without_an_address_is_tried_again() {
    let world = World::new().await;
    let route = Route::Hosts(vec![HostPort { host: "typo.inside.example".to_owned(), port: 25 }]);
    let job = world.job(mail(TEXT, &["b@one.example"]), route).await;
    let outcomes = world.smtp.attempt(&job).await;
    assert_eq!((outcomes[0].result, outcomes[0].status.as_str()), (Delivery::Transient, "4.4.3"));
    assert!(outcomes[0].reply.contains("typo.inside.example"), "{outcomes:?}");
}
