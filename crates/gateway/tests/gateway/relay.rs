//! REL-01: nobody outside sends through us to a foreign domain, however the address is written.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::loopback;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

/// MAIL FROM and RCPT TO as they stand behind the colon.
const FORMS: [(&str, &str); 24] = [
    ("<alice@sender.example>", "<x@evil.example>"),
    ("<>", "<x@evil.example>"),
    ("<bob@corp.example>", "<x@evil.example>"),
    ("<postmaster@corp.example>", "<x@evil.example>"),
    ("<alice@sender.example>", "<x%evil.example@corp.example>"),
    ("<alice@sender.example>", "<x%evil.example@[127.0.0.1]>"),
    ("<alice@sender.example>", "<evil.example!x@corp.example>"),
    ("<alice@sender.example>", "<evil.example!x>"),
    ("<alice@sender.example>", "<\"x@evil.example\"@corp.example>"),
    ("<alice@sender.example>", "<\"x%evil.example\"@corp.example>"),
    ("<alice@sender.example>", "<@corp.example:x@evil.example>"),
    ("<alice@sender.example>", "<@corp.example,@other.example:x@evil.example>"),
    ("<alice@sender.example>", "<x@evil.example@corp.example>"),
    ("<alice@sender.example>", "<x@corp.example@evil.example>"),
    ("<alice@sender.example>", "<x@evil.example\0@corp.example>"),
    ("<alice@sender.example>", "<x@[192.0.2.1]>"),
    ("<alice@sender.example>", "<x@[127.0.0.1]>"),
    ("<alice@sender.example>", "<x@[IPv6:::1]>"),
    ("<alice@sender.example>", "<x@sub.corp.example>"),
    ("<alice@sender.example>", "<x@corp.example.evil.example>"),
    ("<alice@sender.example>", "<x@evilcorp.example>"),
    ("<alice@sender.example>", "<x@evil.example.>"),
    ("<alice@sender.example>", "x@evil.example"),
    ("<alice@sender.example>", "<x@evil.example> <bob@corp.example>"),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_relayed() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    for (sender, recipient) in FORMS {
        let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
        client.expect(&format!("MAIL FROM:{sender}"), 250).await.unwrap();
        let reply = client.command(&format!("RCPT TO:{recipient}")).await.unwrap();
        assert!((500..600).contains(&reply.code), "{sender} to {recipient}: {}", reply.text);
        // What is a well-formed foreign address gets the one code for it.
        if recipient.ends_with("@evil.example>")
            && !recipient.contains(['%', '!', '"', ':'])
            && recipient.matches('@').count() == 1
        {
            assert_eq!((reply.code, reply.enhanced()), (550, "5.7.1"), "{recipient}");
        }
        if !reply.text.contains("bare") {
            let data = client.command("DATA").await.unwrap();
            assert!(data.code >= 500, "{recipient}: DATA: {}", data.text);
        }
    }
    assert_eq!((sink.count(), daemon.account("accepted").await), (0, 0));
    let refused = daemon.rows(&["trace", "search", "--refused"]).await;
    assert!(refused.len() >= FORMS.len(), "{} refusals for {} forms", refused.len(), FORMS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_machines_send_out_and_others_may_not() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.domains.push(testkit::daemon::Relayed::to("partner.example", sink.address, "observe"));
    setup.outbound = Some(loopback::socket(2587));
    setup.networks = vec!["127.0.0.1/32".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    let outbound = daemon.setup.outbound.unwrap();
    send_accepted(outbound, BOB, &["x@partner.example"], &note("out")).await;
    sink.wait_for(1, SOON).await;
    // A neighbour that is not on the list is told so and closed.
    let (mut client, greeting) = SmtpClient::connect_from(Some("127.0.0.2".parse().unwrap()), outbound).await.unwrap();
    assert_eq!((greeting.code, greeting.enhanced()), (554, "5.7.1"), "{}", greeting.text);
    assert_eq!(client.rest().await.unwrap(), "");
    // Routing marks are nobody's to use, not even ours.
    let reply = send(outbound, BOB, &["x%evil.example@corp.example"], &note("marks")).await;
    assert_eq!(reply.code, 550, "{}", reply.text);
    assert_eq!(sink.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_the_world_is_refused_at_start() {
    for network in ["0.0.0.0/0", "::/0"] {
        let mut setup = Setup::new(loopback::socket(25), "observe");
        setup.outbound = Some(loopback::socket(2587));
        setup.networks = vec![network.to_owned()];
        let daemon = Daemon::prepare(POSTERN, setup);
        let answered = daemon.command(&["serve"]).await;
        assert_eq!(answered.code, 2, "{}", answered.err);
        assert!(answered.err.contains(network) && answered.err.contains("postern.toml:"), "{}", answered.err);
    }
}

/// REL-10 and what stands beside it: fields that bear our name are ours alone.
#[tokio::test(flavor = "multi_thread")]
async fn forged_results_of_ours_are_removed() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let message = [b"Authentication-Results: gateway.example; dmarc=pass header.from=bank.example\r\nAuthentication-Results: other.example; spf=pass\r\n".as_slice(), &note("forged")].concat();
    send_accepted(daemon.address(), ALICE, &[BOB], &message).await;
    let received = sink.wait_for(1, SOON).await.remove(0);
    let text = String::from_utf8_lossy(&received.message).into_owned();
    assert!(!text.contains("bank.example"), "{text}");
    assert!(text.contains("Authentication-Results: other.example; spf=pass\r\n"), "{text}");
    assert_eq!(text.matches("Authentication-Results: gateway.example").count(), 1, "{text}");
}
