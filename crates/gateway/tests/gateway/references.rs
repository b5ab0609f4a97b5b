//! Whatever reference a sender was ever told, at any stage, `trace search --id` finds it.

use std::net::SocketAddr;

use testkit::client::{Reply, SmtpClient, dotted};
use testkit::daemon::{Daemon, Relayed, Setup};
use testkit::loopback;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note};

/// What was told: what was done for it, and the reference.
#[derive(Default)]
struct Told(Vec<(String, String)>);

impl Told {
    fn note(&mut self, what: &str, reply: &Reply) {
        assert!(reply.code >= 400, "{what}: {}", reply.text);
        assert!(!reply.reference().is_empty(), "{what}: a refusal without a reference: {}", reply.text);
        self.0.push((what.to_owned(), reply.reference().to_owned()));
    }

    /// Says lines, each of which is refused.
    async fn refused(&mut self, client: &mut SmtpClient, lines: &[&str]) {
        for line in lines {
            let reply = client.command(line).await.unwrap();
            self.note(line.get(..40).unwrap_or(line), &reply);
        }
    }

    /// Sends bytes to a session of its own, whose last reply is a refusal that may close it.
    async fn closing(&mut self, server: SocketAddr, bytes: &[u8]) {
        let mut client = SmtpClient::connect(server).await.unwrap();
        drop(client.send(bytes).await);
        let replies = client.rest().await.unwrap();
        let last = replies.lines().rfind(|line| line.contains("(ref ")).unwrap_or_else(|| panic!("{replies:?}"));
        let code = last.get(..3).unwrap().parse().unwrap();
        self.note(&bytes.escape_ascii().to_string(), &Reply { code, text: last.to_owned() });
    }
}

async fn setup(dns: SocketAddr, sink: SocketAddr) -> Daemon {
    let mut setup = Setup::new(sink, "standard").with_dns(dns);
    let listed = Relayed {
        recipients: "[\"bob@listed.example\"]".to_owned(),
        ..Relayed::to("listed.example", sink, "standard")
    };
    let asked = Relayed {
        recipients: "\"ask\"".to_owned(),
        ..Relayed::to("asked.example", loopback::socket(2525), "standard")
    };
    setup.domains.extend([listed, asked]);
    setup.outbound = Some(loopback::socket(2587));
    setup.networks = vec!["127.0.0.1/32".to_owned()];
    setup.limits = vec![
        "recipients_max = 100".to_owned(),
        "message_bytes_max = 200000".to_owned(),
        "sessions_per_prefix_max = 12".to_owned(),
        "sessions_max = 14".to_owned(),
    ];
    Daemon::start(POSTERN, setup).await
}

/// Commands out of order, wrong, or for nobody.
async fn commands(told: &mut Told, server: SocketAddr) {
    let mut client = SmtpClient::connect(server).await.unwrap();
    let long = format!("NOOP {}", "x".repeat(600));
    told.refused(&mut client, &["MAIL FROM:<a@b.example>", "EHLO", "HELO", &long, "NONSENSE", "EXPN all", "BDAT 1"])
        .await;
    let mut client = SmtpClient::hello(server).await.unwrap();
    told.refused(
        &mut client,
        &[
            "RCPT TO:<bob@corp.example>",
            "DATA",
            "MAIL FROM:<a@b c.example>",
            "MAIL FROM:<@a.example:b@c.example>",
            "MAIL FROM:<ü@sender.example>",
            "MAIL FROM:<a@sender.example> FOO=bar",
            "MAIL FROM:<a@sender.example> SIZE=x",
            "MAIL FROM:<a@sender.example> SIZE=200001",
        ],
    )
    .await;
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    told.refused(
        &mut client,
        &[
            "MAIL FROM:<alice@sender.example>",
            "RCPT TO:<bob",
            "RCPT TO:<x%y@corp.example>",
            "RCPT TO:<x@elsewhere.example>",
            "RCPT TO:<nobody@listed.example>",
            "RCPT TO:<bob@asked.example>",
        ],
    )
    .await;
    for number in 0..100 {
        client.expect(&format!("RCPT TO:<r{number}@corp.example>"), 250).await.unwrap();
    }
    told.refused(&mut client, &["RCPT TO:<r100@corp.example>"]).await;
}

/// Messages that are refused at their end, and mail for people whom nobody knows.
async fn messages(told: &mut Told, server: SocketAddr) {
    let mut client = SmtpClient::hello(server).await.unwrap();
    let large = [note("large").as_slice(), &b"0123456789\r\n".repeat(20_000)].concat();
    let hops = [b"Received: from a by b; Tue, 24 Nov 2026 16:00:00 +0000\r\n".repeat(101), note("loop")].concat();
    let test = testkit::corpus::project().into_iter().find(|mail| mail.name == "gtube/fires-text.eml").unwrap();
    for (what, message) in [("large", &large), ("loop", &hops), ("gtube", &test.bytes)] {
        let reply = client.deliver(ALICE, &[BOB], message).await.unwrap();
        told.note(what, &reply);
    }
    assert_eq!(client.begin(ALICE, &[BOB]).await.unwrap().code, 354);
    client.send(&[b"Subject: bare\n".as_slice(), &dotted(b"\r\nx\r\n")].concat()).await.unwrap();
    told.note("bare line end", &client.reply().await.unwrap());
    let mut client = SmtpClient::hello(server).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    for number in 0..12 {
        let line = format!("RCPT TO:<nobody{number}@listed.example>");
        told.refused(&mut client, &[&line]).await;
    }
    let mut client = SmtpClient::hello(server).await.unwrap().start_tls().await.unwrap();
    client.expect("EHLO client.sender.example", 250).await.unwrap();
    told.refused(&mut client, &["STARTTLS"]).await;
}

/// Sessions that are refused as such, or ended.
async fn sessions(told: &mut Told, daemon: &Daemon) {
    let server = daemon.address();
    for bytes in [
        b"GET / HTTP/1.1\r\n".as_slice(),
        b"EHLO a\nMAIL FROM:<a@b.example>\r\n",
        b"EHLO a.example\r\nMAIL FROM:<alice@sender.example>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\nSubject: x\r\n",
        b"EHLO a.example\r\nSTARTTLS\r\nEHLO b.example\r\n",
        &b"NONSENSE\r\n".repeat(25),
        &b"NOOP\r\n".repeat(99),
    ] {
        // A flood of NOOP comes in two writes: nobody waits for a hundred replies at once.
        if bytes.starts_with(b"NOOP") {
            let mut client = SmtpClient::hello(server).await.unwrap();
            let reply = loop {
                let reply = client.command("NOOP").await.unwrap();
                if reply.code != 250 {
                    break reply;
                }
            };
            told.note("too many idle commands", &reply);
            continue;
        }
        told.closing(server, bytes).await;
    }
    let from = async |ip: &str, server| SmtpClient::connect_from(Some(ip.parse().unwrap()), server).await.unwrap();
    told.note("another's port", &from("127.0.0.2", daemon.setup.outbound.unwrap()).await.1);
    testkit::wait::until_true("no session", SOON, async || daemon.json(&["status"]).await["daemon"]["sessions"] == 0)
        .await;
    let mut held = Vec::new();
    for (network, limit) in [("127.0.7.", 12), ("127.0.8.", 2)] {
        for host in 1..=limit {
            let (client, greeting) = from(&format!("{network}{host}"), server).await;
            assert_eq!(greeting.code, 220, "{network}{host}");
            held.push(client);
        }
        told.note("too many sessions", &from(&format!("{network}99"), server).await.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_that_was_told_is_found() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = setup(dns.address, sink.address).await;
    let mut told = Told::default();
    commands(&mut told, daemon.address()).await;
    messages(&mut told, daemon.address()).await;
    sessions(&mut told, &daemon).await;
    assert!(told.0.len() > 45, "{} references", told.0.len());
    let mut references: Vec<&String> = told.0.iter().map(|(_, reference)| reference).collect();
    references.sort();
    references.dedup();
    assert_eq!(references.len(), told.0.len(), "a reference was told twice: {:#?}", told.0);
    for (what, reference) in &told.0 {
        let found = testkit::wait::until(what, SOON, async || {
            let rows = daemon.rows(&["trace", "search", "--id", reference]).await;
            (!rows.is_empty()).then_some(rows)
        });
        let rows = found.await;
        assert_eq!(rows.len(), 1, "{what}: {rows:?}");
        assert!(rows[0]["id"].as_str().is_some_and(|id| id.starts_with(reference.as_str())), "{what}: {rows:?}");
        assert!(["refused", "reject"].contains(&rows[0]["decision"].as_str().unwrap()), "{what}: {}", rows[0]);
    }
}

/// "Our customer's large mail is refused" is what is asked, and all that is known is an address.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_found_by_the_address_that_was_refused() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = setup(dns.address, sink.address).await;
    let mut told = Told::default();
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    let lines = [
        "MAIL FROM:<large@sender.example> SIZE=60000000",
        "RCPT TO:<behind@corp.example>",
        "MAIL FROM:<word@sender.example> FOO=bar",
        "MAIL FROM:<ünder@sender.example> SMTPUTF8",
        "MAIL FROM:naked@sender.example",
    ];
    told.refused(&mut client, &lines).await;
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    client.expect("RCPT TO:<bob@corp.example>", 250).await.unwrap();
    told.refused(&mut client, &["MAIL FROM:<second@sender.example>", "RCPT TO:<x%y@corp.example>"]).await;
    for (wanted, sender, recipients) in [
        (["--sender", "large@sender.example"], "large@sender.example", vec![]),
        (["--recipient", "behind@corp.example"], "large@sender.example", vec!["behind@corp.example"]),
        (["--sender", "word@sender.example"], "word@sender.example", vec![]),
        (["--sender", "ünder@sender.example"], "ünder@sender.example", vec![]),
        (["--sender", "naked@sender.example"], "naked@sender.example", vec![]),
        (["--sender", "second@sender.example"], "second@sender.example", vec![]),
        (["--recipient", "x%y@corp.example"], "alice@sender.example", vec!["x%y@corp.example"]),
    ] {
        let found = testkit::wait::until(wanted[1], SOON, async || {
            let rows = daemon.rows(&["trace", "search", wanted[0], wanted[1]]).await;
            rows.iter()
                .find(|row| row["sender"] == sender && row["recipients"] == serde_json::json!(recipients))
                .cloned()
        });
        assert_eq!(found.await["decision"], "refused", "{wanted:?}");
    }
}
