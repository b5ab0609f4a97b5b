//! SMTP-08, SMTP-09, SMTP-11: every limit is reached, and beyond it the others go on.

use std::time::Duration;

use testkit::client::{SmtpClient, dotted};
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

#[tokio::test(flavor = "multi_thread")]
async fn recipients_beyond_the_limit_wait_and_the_rest_stands() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.limits = vec!["recipients_max = 100".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    for number in 0..100 {
        client.expect(&format!("RCPT TO:<r{number}@corp.example>"), 250).await.unwrap();
    }
    for number in 100..103 {
        let reply = client.command(&format!("RCPT TO:<r{number}@corp.example>")).await.unwrap();
        assert_eq!((reply.code, reply.enhanced()), (452, "4.5.3"), "{}", reply.text);
    }
    client.expect("DATA", 354).await.unwrap();
    client.send(&dotted(&note("many"))).await.unwrap();
    assert_eq!(client.reply().await.unwrap().code, 250);
    daemon.quiet().await;
    let mut got: Vec<String> = sink.received().into_iter().flat_map(|received| received.recipients).collect();
    got.sort();
    got.dedup();
    assert_eq!(got.len(), 100);
    let status = daemon.assert_balanced().await;
    assert_eq!(testkit::daemon::number(&status, "delivered"), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.limits = vec!["message_bytes_max = 3000000".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    let reply = client.command("MAIL FROM:<alice@sender.example> SIZE=3000001").await.unwrap();
    assert_eq!((reply.code, reply.enhanced()), (552, "5.3.4"), "{}", reply.text);
    let body = |bytes: usize| [note("big").as_slice(), "0123456789abcde\r\n".repeat(bytes / 17).as_bytes()].concat();
    // Not announced, and too large: read to its end, refused, and the session goes on.
    let reply = client.deliver(ALICE, &[BOB], &body(3_100_000)).await.unwrap();
    assert_eq!((reply.code, reply.enhanced()), (552, "5.3.4"), "{}", reply.text);
    let reply = client.deliver(ALICE, &[BOB], &body(2_900_000)).await.unwrap();
    assert_eq!(reply.code, 250, "{}", reply.text);
    // A header of more than 1 MiB.
    let header = [
        "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123\r\n".repeat(15_000).as_bytes(),
        &note("header"),
    ]
    .concat();
    let reply = client.deliver(ALICE, &[BOB], &header).await.unwrap();
    assert_eq!(reply.code, 552, "{}", reply.text);
    // Long lines are a defect and pass unchanged; only an endless one is an attack.
    for length in [998, 999, 100_000] {
        let message = [note("line").as_slice(), &vec![b'l'; length], b"\r\n"].concat();
        let reply = client.deliver(ALICE, &[BOB], &message).await.unwrap();
        assert_eq!(reply.code, 250, "{length}: {}", reply.text);
    }
    let endless = [note("line").as_slice(), &vec![b'l'; 1_200_000], b"\r\n"].concat();
    let reply = client.deliver(ALICE, &[BOB], &endless).await.unwrap();
    assert_eq!(reply.code, 500, "{}", reply.text);
    let received = sink.wait_for(4, SOON).await;
    assert!(
        received
            .iter()
            .any(|received| received.message.windows(100_000).any(|window| window.iter().all(|byte| *byte == b'l')))
    );
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_one_network_do_not_take_the_place_of_others() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.limits = vec!["sessions_per_prefix_max = 5".to_owned(), "sessions_max = 8".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    // The one that waited for the greeting is gone.
    testkit::wait::until_true("no session", SOON, async || daemon.json(&["status"]).await["daemon"]["sessions"] == 0)
        .await;
    let from = async |ip: &str| SmtpClient::connect_from(Some(ip.parse().unwrap()), daemon.address()).await.unwrap();
    let mut held = Vec::new();
    for host in 1..=5 {
        let (client, greeting) = from(&format!("127.0.7.{host}")).await;
        assert_eq!(greeting.code, 220);
        held.push(client);
    }
    let (mut refused, greeting) = from("127.0.7.77").await;
    assert_eq!((greeting.code, greeting.enhanced()), (421, "4.3.2"), "{}", greeting.text);
    assert_eq!(refused.rest().await.unwrap(), "", "accepted, told, closed");
    for host in 1..=3 {
        let (client, greeting) = from(&format!("127.0.8.{host}")).await;
        assert_eq!(greeting.code, 220, "another network");
        held.push(client);
    }
    let (_, greeting) = from("127.0.9.1").await;
    assert_eq!((greeting.code, greeting.enhanced()), (421, "4.3.2"), "all together");
    held.remove(0).expect("QUIT", 221).await.unwrap();
    testkit::wait::until_true("room again", SOON, async || from("127.0.7.78").await.1.code == 220).await;
}

/// SMTP-09 small: a crowd that sends a byte now and then, in commands, in data and in the TLS handshake, does not slow a good client.
#[tokio::test(flavor = "multi_thread")]
async fn slow_peers_do_not_slow_others() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.limits = vec!["sessions_per_prefix_max = 1000".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    let mut slow = Vec::new();
    for number in 0..300 {
        let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
        match number % 3 {
            0 => client.send(b"MAIL FR").await.unwrap(),
            1 => {
                assert_eq!(client.begin(ALICE, &[BOB]).await.unwrap().code, 354);
                client.send(b"Subject: slo").await.unwrap();
            }
            _ => {
                client.expect("STARTTLS", 220).await.unwrap();
                client.send(b"\x16\x03").await.unwrap();
            }
        }
        slow.push(client);
    }
    let trickle = tokio::spawn(async move {
        loop {
            for client in &mut slow {
                // One that was cut off is out of the game.
                drop(client.send(b"x").await);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let mut worst = Duration::ZERO;
    for number in 0..50 {
        let start = tokio::time::Instant::now();
        send_accepted(daemon.address(), ALICE, &[BOB], &note(&format!("good{number}"))).await;
        worst = worst.max(start.elapsed());
    }
    trickle.abort();
    println!("slowest of 50 beside 300 slow peers: {worst:?}");
    assert!(worst < Duration::from_secs(3), "{worst:?}");
    sink.wait_for(50, SOON).await;
}
