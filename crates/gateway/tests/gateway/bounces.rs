//! Notices by RFC 3464: to a sender that was verified, never to one that may be forged, never to the null sender (REL-06).

use testkit::daemon::{Daemon, Relayed, Setup, number};
use testkit::loopback;
use testkit::sink::{Received, Sink, Stage};
use testkit::wait;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

async fn gateway(corp: &Sink, back: &Sink, dns: std::net::SocketAddr) -> Daemon {
    let mut setup = Setup::new(corp.address, "observe").with_dns(dns);
    for name in ["sender.example", "forged.example"] {
        setup.domains.push(Relayed::to(name, back.address, "observe"));
    }
    setup.outbound = Some(loopback::socket(2587));
    Daemon::start(POSTERN, setup).await
}

fn text(received: &Received) -> String {
    String::from_utf8_lossy(&received.message).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_sender_is_told_once() {
    let (dns, corp, back) = (dns().await, Sink::start().await, Sink::start().await);
    corp.say(Stage::Recipient, "never@", "550 5.1.1 <never@corp.example> is unknown here");
    let daemon = gateway(&corp, &back, dns.address).await;
    send_accepted(daemon.address(), ALICE, &["never@corp.example", BOB], &note("original")).await;
    let notice = back.wait_for(1, SOON).await.remove(0);
    daemon.quiet().await;
    assert_eq!((notice.sender.as_str(), notice.recipients.as_slice()), ("", &[ALICE.to_owned()][..]));
    let text = text(&notice);
    for needed in [
        "multipart/report",
        "report-type=delivery-status",
        "Content-Type: message/delivery-status",
        "Reporting-MTA: dns; gateway.example",
        "Final-Recipient: rfc822; never@corp.example",
        "Action: failed",
        "Status: 5.1.1",
        "is unknown here",
        "Subject: original",
        "Auto-Submitted: auto-replied",
    ] {
        assert!(text.contains(needed), "{needed:?} is missing in {text}");
    }
    assert!(!text.contains("Final-Recipient: rfc822; bob@"), "bob has it");
    assert!(!text.contains("\r\nHello.\r\n"), "the body does not go back");
    assert_eq!((back.count(), corp.count()), (1, 1));
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "bounced"), number(&status, "added")), (1, 1), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_told() {
    let (dns, corp, back) = (dns().await, Sink::start().await, Sink::start().await);
    corp.say(Stage::Recipient, "", "550 5.1.1 nobody");
    back.say(Stage::Recipient, "", "550 5.1.1 nobody");
    let daemon = gateway(&corp, &back, dns.address).await;
    for sender in ["mallory@forged.example", "", "x@unknown.example"] {
        send_accepted(daemon.address(), sender, &[BOB], &note("refused")).await;
    }
    // A notice that cannot be delivered is the end of it.
    send_accepted(daemon.address(), ALICE, &[BOB], &note("refused")).await;
    daemon.quiet().await;
    assert_eq!((corp.count(), back.count()), (0, 0));
    let senders: Vec<String> = back.lines().into_iter().filter(|line| line.starts_with("RCPT")).collect();
    assert_eq!(senders, [format!("RCPT TO:<{ALICE}>")], "one try of one notice");
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "bounced"), number(&status, "queued")), (5, 0), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_takes_no_mail_is_the_end_at_once() {
    let (dns, corp, back) = (dns().await, Sink::start().await, Sink::start().await);
    let daemon = gateway(&corp, &back, dns.address).await;
    let outbound = daemon.setup.outbound.unwrap();
    // RFC 7505, and a name that does not exist.
    let recipients = ["x@nullmx.example", "x@nothing.example"];
    send_accepted(outbound, BOB, &recipients, &note("out")).await;
    wait::until_true("two notices or one of both", SOON, async || {
        let told: String = corp.received().iter().map(text).collect();
        recipients.iter().all(|recipient| told.contains(&format!("Final-Recipient: rfc822; {recipient}")))
    })
    .await;
    let told: String = corp.received().iter().map(text).collect();
    assert!(told.contains("Status: 5.1.10"), "RFC 7505 4.1: {told}");
    daemon.quiet().await;
    assert_eq!(number(&daemon.assert_balanced().await, "bounced"), 2);
}
