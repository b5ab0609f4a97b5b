//! SMTP-02 over the socket: nothing but CRLF dot CRLF ends a message, in clear and in TLS, in one write and byte by byte, from
//! outside and from our own machines. No form yields two messages.

use testkit::client::SmtpClient;
use testkit::corpus::shared_folder;
use testkit::daemon::{Daemon, Setup};
use testkit::loopback;
use testkit::sink::Sink;

use crate::{POSTERN, dns};

/// What stands before and behind the dot of a false end.
const FALSE_ENDS: [(&[u8], &[u8]); 12] = [
    (b"\n", b"\n"),
    (b"\n", b"\r\n"),
    (b"\r", b"\r\n"),
    (b"\r", b"\r"),
    (b"\r", b"\n"),
    (b"\r\n", b"\n"),
    (b"\r\n", b"\r"),
    (b"\r\r\n", b"\r\r\n"),
    (b"\r\n", b"\0\r\n"),
    (b"\0\r\n", b"\r\n"),
    (b"\n\r", b"\n\r"),
    (b"\n\n", b"\r\n"),
];
const HEAD: &[u8] = b"MAIL FROM:<alice@sender.example>\r\nRCPT TO:<bob@corp.example>\r\n";
const OUTER: &[u8] = b"From: alice@sender.example\r\nSubject: outer\r\n\r\nouter";
const INNER: &[u8] =
    b"MAIL FROM:<ceo@corp.example>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\nQUIT\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn no_form_yields_two_messages() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.outbound = Some(loopback::socket(2587));
    // Each refusal is a session of its own.
    setup.limits = vec!["sessions_per_prefix_max = 500".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    let servers = [daemon.address(), daemon.setup.outbound.unwrap()];
    for (before, behind) in FALSE_ENDS {
        let data = [OUTER, before, b".", behind, INNER].concat();
        for server in servers {
            for tls in [false, true] {
                for slowly in [false, true] {
                    let what = format!(
                        "{}.{} tls {tls} slowly {slowly} to {server}",
                        before.escape_ascii(),
                        behind.escape_ascii()
                    );
                    let answer = smuggle(server, &data, tls, slowly).await;
                    // Refused and closed: what follows is not even looked at.
                    assert!(answer.starts_with("550 5.6.0 "), "{what}: {answer:?}");
                    assert_eq!(answer.lines().count(), 1, "{what}: {answer:?}");
                }
            }
        }
    }
    assert_eq!(sink.count(), 0, "{:?}", sink.received());
    assert_eq!(daemon.account("accepted").await, 0);
    // Each is a refusal that the journal knows.
    let rows = daemon.rows(&["trace", "search", "--refused", "--reason", "bare_line_end_in_message"]).await;
    assert_eq!(rows.len(), FALSE_ENDS.len() * 8);
}

async fn smuggle(server: std::net::SocketAddr, data: &[u8], tls: bool, slowly: bool) -> String {
    let mut client = SmtpClient::hello(server).await.unwrap();
    if tls {
        client = client.start_tls().await.unwrap();
        client.expect("EHLO client.sender.example", 250).await.unwrap();
    }
    client.send(HEAD).await.unwrap();
    for _ in 0..2 {
        assert_eq!(client.reply().await.unwrap().code, 250);
    }
    client.expect("DATA", 354).await.unwrap();
    // The server closes in the middle of it: then the rest cannot be written.
    if slowly {
        drop(client.send_slowly(data).await);
    } else {
        drop(client.send(data).await);
    }
    client.rest().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_dialogues_in_one_write_yield_no_second_message() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let mut dialogues: Vec<Vec<u8>> = FALSE_ENDS
        .iter()
        .map(|(before, behind)| [b"EHLO a.example\r\n", HEAD, b"DATA\r\n", OUTER, before, b".", behind, INNER].concat())
        .collect();
    if let Ok(cases) = std::fs::read_dir(shared_folder().join("catalogue/cases/smtp")) {
        let files = cases.flatten().map(|entry| entry.path());
        let smuggling =
            files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("smuggle")));
        dialogues.extend(smuggling.map(|path| std::fs::read(path).unwrap()));
    }
    for dialogue in dialogues {
        for slowly in [false, true] {
            let mut client = SmtpClient::open(None, daemon.address()).await.unwrap();
            client.reply().await.unwrap();
            if slowly {
                drop(client.send_slowly(&dialogue).await);
            } else {
                drop(client.send(&dialogue).await);
            }
            let answer = client.rest().await.unwrap();
            assert!(!answer.contains("250 2.6.0"), "{}: {answer}", dialogue.escape_ascii());
        }
    }
    assert_eq!(sink.count(), 0);
    assert_eq!(daemon.account("accepted").await, 0);
}

/// SMTP-03, for what this release sends: whatever dots and lines a message has, the next hop gets them so that nothing ends early.
#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_is_dotted_and_ends_with_crlf() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let message = b"Subject: dots\r\n\r\n.\r\n..\r\n.MAIL FROM:<x@y.example>\r\n\r\n.\r\n\r\n.".as_slice();
    crate::send_accepted(daemon.address(), crate::ALICE, &[crate::BOB], message).await;
    let received = sink.wait_for(1, crate::SOON).await.remove(0);
    assert!(received.wire.ends_with(b"\r\n\r\n..\r\n.\r\n"), "{}", received.wire.escape_ascii());
    assert_eq!(received.wire.windows(5).filter(|five| five == b"\r\n.\r\n").count(), 1);
    let bare = received
        .wire
        .iter()
        .zip(received.wire.iter().skip(1))
        .filter(|(one, two)| (**one == b'\r') != (**two == b'\n'));
    assert_eq!(bare.count(), 0);
}
