//! SMTP-01, SMTP-05, SMTP-07, SMTP-15: the order of commands, bad arguments, early talk, tidy replies.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Sink, Stage};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

const HELLO: (&str, u16) = ("EHLO client.sender.example", 250);
const MAIL: (&str, u16) = ("MAIL FROM:<alice@sender.example>", 250);
const RCPT: (&str, u16) = ("RCPT TO:<bob@corp.example>", 250);

async fn dialogue(server: std::net::SocketAddr, steps: &[(&str, u16)]) {
    let mut client = SmtpClient::connect(server).await.unwrap();
    for (at, (line, code)) in steps.iter().enumerate() {
        let reply = client.command(line).await.unwrap();
        assert_eq!(reply.code, *code, "step {at} of {steps:?}: {}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_have_an_order() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let dialogues: [&[(&str, u16)]; 14] = [
        &[(MAIL.0, 503)],
        &[HELLO, (RCPT.0, 503)],
        &[HELLO, ("DATA", 503)],
        &[HELLO, MAIL, ("DATA", 503)],
        &[HELLO, MAIL, (MAIL.0, 503), RCPT, ("DATA", 354)],
        &[HELLO, MAIL, RCPT, ("RSET", 250), ("DATA", 503), (RCPT.0, 503)],
        &[HELLO, MAIL, RCPT, HELLO, ("DATA", 503), (RCPT.0, 503)],
        // A refused MAIL leaves nothing of the one before it.
        &[HELLO, MAIL, ("RSET", 250), ("MAIL FROM:<a@b c.example>", 501), (RCPT.0, 503), ("DATA", 503)],
        &[HELLO, MAIL, ("RCPT TO:<x@evil.example>", 550), ("DATA", 503)],
        &[
            ("helo client.sender.example", 250),
            ("mail from:<alice@sender.example>", 250),
            ("rcpt TO:<Bob@Corp.Example>", 250),
            ("data", 354),
        ],
        &[HELLO, ("VRFY bob", 252), ("EXPN all", 502), ("HELP", 214), ("NOOP", 250), ("NOOP x", 250)],
        &[HELLO, ("AUTH PLAIN AGFsaWNlAHNlY3JldA==", 502), ("TURN", 502), ("BDAT 10 LAST", 502)],
        &[HELLO, MAIL, ("RCPT TO:<postmaster>", 250), ("RCPT TO:<PostMaster@CORP.example>", 250), ("QUIT", 221)],
        &[HELLO, ("MAIL FROM:<>", 250), RCPT, ("RSET", 250), ("QUIT", 221)],
    ];
    for steps in dialogues {
        dialogue(daemon.address(), steps).await;
    }
    assert_eq!(sink.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_arguments_are_refused_and_counted() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let long = format!("EHLO {}", "a".repeat(600));
    let steps: &[(&str, u16)] = &[
        (&long, 500),
        ("EHLO", 501),
        HELLO,
        ("MAIL FROM:<a@b c.example>", 501),
        ("MAIL FROM:<a@sender.example> SIZE=99999999999999999999", 552),
        ("MAIL FROM:<a@sender.example> FOO=bar", 555),
        ("MAIL FROM:<a@sender.example> SIZE=1 SIZE=1", 501),
        ("MAIL FROM:<ü@sender.example>", 553),
        ("MAIL", 501),
        MAIL,
        ("RCPT TO:<\"bob", 501),
        ("RCPT TO:<bob@corp.example >", 501),
        ("RCPT TO:<@relay.example:x@evil.example>", 501),
        ("NONSENSE", 500),
    ];
    dialogue(daemon.address(), steps).await;
    // The twentieth error is the last.
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    let mut codes = Vec::new();
    while let Ok(reply) = client.command("NONSENSE").await {
        codes.push(reply.code);
        assert!(codes.len() < 30, "{codes:?}");
        if reply.code == 421 {
            break;
        }
    }
    let text = client.rest().await.unwrap();
    assert!((19..=20).contains(&codes.iter().filter(|code| **code == 500).count()), "{codes:?}");
    assert!(codes.last() == Some(&421) || text.starts_with("421 "), "{codes:?} {text:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_and_early_talkers_are_shown_the_door() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    for verb in [
        "GET / HTTP/1.1",
        "POST / HTTP/1.1",
        "CONNECT mail.example:25 HTTP/1.1",
        "PUT /x HTTP/1.0",
        "OPTIONS * HTTP/1.1",
    ] {
        let mut client = SmtpClient::connect(daemon.address()).await.unwrap();
        let body = format!("{verb}\r\nHost: x\r\n\r\nEHLO a.example\r\nMAIL FROM:<a@sender.example>\r\n");
        client.send(body.as_bytes()).await.unwrap();
        assert_eq!(client.reply().await.unwrap().code, 421, "{verb}");
        assert_eq!(client.rest().await.unwrap(), "", "{verb}");
    }
    // A second transaction behind DATA in the same write never runs.
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    let pipelined = format!("{}\r\n{}\r\nDATA\r\nSubject: a\r\n\r\nx\r\n.\r\n{}\r\n", MAIL.0, RCPT.0, MAIL.0);
    client.send(pipelined.as_bytes()).await.unwrap();
    let replies = client.rest().await.unwrap();
    assert!(!replies.contains("354") && !replies.contains("2.6.0"), "{replies}");
    assert_eq!(sink.count(), 0);
    // Pipelining as it is meant works.
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.send(format!("{}\r\n{}\r\nDATA\r\n", MAIL.0, RCPT.0).as_bytes()).await.unwrap();
    for code in [250, 250, 354] {
        assert_eq!(client.reply().await.unwrap().code, code);
    }
}

/// SMTP-15: what a next hop says reaches the journal as one escaped line, and the sender not at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_filthy_reply_stays_one_line() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let filth = format!("550-first\u{1b}[31m line\r\n550-tab\there {}\r\n550 \u{202e}last", "z".repeat(10_000));
    sink.say(Stage::Recipient, "", &filth);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.domains.push(testkit::daemon::Relayed::to("sender.example", sink.address, "observe"));
    let daemon = Daemon::start(POSTERN, setup).await;
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &note("filth")).await;
    testkit::wait::until_true("the refusal", SOON, async || daemon.account("bounced").await > 0).await;
    let shown = daemon.json(&["trace", "show", reply.reference()]).await;
    let details: Vec<_> =
        shown["events"].as_array().unwrap().iter().filter_map(|event| event["detail"].as_str()).collect();
    let detail = details.iter().find(|detail| detail.contains("first")).unwrap_or_else(|| panic!("{details:?}"));
    assert!(detail.len() <= 1_024, "{} bytes", detail.len());
    assert!(!detail.contains(['\r', '\n', '\u{1b}', '\0']), "{detail:?}");
    let human = daemon.command(&["trace", "show", reply.reference()]).await.out;
    assert!(!human.contains(['\u{1b}', '\u{202e}']), "{human:?}");
}
