//! SMTP-04: what was said before the handshake counts for nothing after it, on both of our sides.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Act, Sink, Stage};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_injected_before_the_handshake_is_obeyed() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let injections: [&[u8]; 4] = [
        b"STARTTLS\r\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<bob@corp.example>\r\n",
        b"STARTTLS\r\nEHLO evil.example\r\n",
        b"STARTTLS\r\n\r\n",
        b"STARTTLS\r\nM",
    ];
    for injection in injections {
        let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
        client.send(injection).await.unwrap();
        let reply = client.reply().await.unwrap();
        // Refused before the handshake, and closed.
        assert_eq!(reply.code, 503, "{}: {}", injection.escape_ascii(), reply.text);
        assert_eq!(client.rest().await.unwrap(), "", "{}", injection.escape_ascii());
    }
    assert_eq!(daemon.account("accepted").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_new_after_the_handshake() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    let mut client = client.start_tls().await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 503).await.unwrap();
    client.expect("RCPT TO:<bob@corp.example>", 503).await.unwrap();
    let hello = client.expect("EHLO client.sender.example", 250).await.unwrap();
    assert!(!hello.text.contains("STARTTLS"), "{}", hello.text);
    client.expect("STARTTLS", 503).await.unwrap();
    assert_eq!(client.deliver(ALICE, &[BOB], &note("tls")).await.unwrap().code, 250);
    let received = sink.wait_for(1, SOON).await.remove(0);
    let head = String::from_utf8_lossy(&received.message).into_owned();
    assert!(head.contains("ESMTPS"), "RFC 3848: {head}");
}

/// As a client: a server that says more than 220 before the handshake gets no message through that session.
#[tokio::test(flavor = "multi_thread")]
async fn a_treacherous_next_hop_gets_nothing_by_that_session() {
    let (dns, sink) = (dns().await, Sink::start_with_tls().await);
    let treason = b"220 2.0.0 go ahead\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n250 2.6.0 taken\r\n".to_vec();
    sink.on(Stage::StartTls, "", Act::Raw(treason));
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("treason")).await;
    testkit::wait::until_true("a try", SOON, async || sink.reached(Stage::StartTls) > 0).await;
    // Either it waits for a better day, or it went by another session, in clear: opportunistic TLS. It is never believed to have
    // been taken by the injected replies.
    testkit::wait::until_true("an end of the try", SOON, async || {
        let rows = daemon.rows(&["queue", "list"]).await;
        rows.iter().any(|row| row["attempts"].as_u64() > Some(0)) || sink.count() > 0
    })
    .await;
    let status = daemon.assert_balanced().await;
    assert_eq!(testkit::daemon::number(&status, "delivered"), sink.count() as u64, "{status}");
    assert!(sink.received().iter().all(|received| !received.tls));
    sink.behave();
    daemon.json(&["queue", "retry"]).await;
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    assert_eq!(sink.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_out_by_tls_where_it_is_offered_and_in_clear_where_not() {
    let (dns, sink) = (dns().await, Sink::start_with_tls().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("secret")).await;
    assert!(sink.wait_for(1, SOON).await[0].tls);
    // 220, and then no TLS at all.
    let broken = Sink::start_with_tls().await;
    broken.on(Stage::StartTls, "", Act::Say("454 4.7.0 no TLS now".to_owned()));
    let daemon = Daemon::start(POSTERN, Setup::new(broken.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("open")).await;
    assert!(!broken.wait_for(1, SOON).await[0].tls);
}
