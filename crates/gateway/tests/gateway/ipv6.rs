//! The other Internet protocol: a session over `::1`, named as RFC 5321 writes it, and on to a next hop there.

use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::sink::Sink;
use testkit::{compare, loopback};

use crate::{ADDED, ALICE, BOB, POSTERN, SOON, note, send_accepted};

const ZONE: &str = "
    sender.example TXT \"v=spf1 ip6:::1 -all\"
    @::1 PTR six.sender.example
    six.sender.example AAAA ::1
    mx.partner.example AAAA ::1
";

#[tokio::test(flavor = "multi_thread")]
async fn mail_comes_and_goes_by_ipv6() {
    let (Some(listen), Some(hop)) = (loopback::ipv6_socket(), loopback::ipv6_socket()) else {
        println!("this machine has no ::1: nothing was tested");
        return;
    };
    let (dns, sink) = (TestDns::start_text(ZONE).await, Sink::start_at(hop).await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.http = Some(loopback::socket(9252));
    setup.listen = listen;
    let daemon = Daemon::start(POSTERN, setup).await;
    let message = note("six");
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &message).await;
    let received = sink.wait_for(1, SOON).await.remove(0);
    compare::assert_same("over ::1", &message, &received.message, &ADDED);
    let text = String::from_utf8_lossy(&received.message).replace("\r\n\t", " ").replace("\r\n ", " ");
    // RFC 5321 4.1.3: an address literal says which protocol it is of.
    let field = text.lines().find(|line| line.starts_with("Received: ")).unwrap_or_else(|| panic!("{text}"));
    assert!(field.contains("[IPv6:::1]"), "{field}");
    assert!(
        text.lines().any(|line| line.starts_with("Authentication-Results:") && line.contains("spf=pass")),
        "{text}"
    );
    let trace = daemon.json(&["trace", "show", reply.reference()]).await;
    assert_eq!(trace["message"]["client"], "::1", "{trace}");
    let delivered = trace["events"].as_array().unwrap().iter().find(|event| event["event"] == "delivered").unwrap();
    assert!(delivered["detail"].as_str().unwrap().contains("::1"), "{delivered}");
    let found = daemon.rows(&["trace", "search", "--client", "::1"]).await;
    assert_eq!(found.len(), 1, "{found:?}");
    daemon.assert_balanced().await;
}

/// A next hop by name that has an IPv6 address only.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_ipv6_alone_is_reached() {
    let Some(hop) = loopback::ipv6_socket() else {
        println!("this machine has no ::1: nothing was tested");
        return;
    };
    let (dns, sink) = (TestDns::start_text(ZONE).await, Sink::start_at(hop).await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.domains[0].next_hop = format!("[\"mx.partner.example:{}\"]", hop.port());
    let daemon = Daemon::start(POSTERN, setup).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("named")).await;
    assert_eq!(sink.wait_for(1, SOON).await[0].recipients, [BOB]);
    daemon.quiet().await;
}
