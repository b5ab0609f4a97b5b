//! swaks, smtp-source and Postfix on one side, Postfix and Dovecot on the other, read back by IMAP.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::dovecot::Dovecot;
use testkit::postfix::{Hop, Postfix};
use testkit::{compare, corpus, program, wait};

use crate::{ALICE, BOB, POSTERN, SOON, dns};

/// What Postfix and Dovecot add on top of what we add.
const ADDED_BY_ALL: [&str; 4] = ["return-path", "delivered-to", "received", "authentication-results"];
/// Messages by way of the sending Postfix.
const RELAYED: usize = 26;
/// Copies that smtp-source sends.
const SOURCED: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn mail_passes_between_real_servers_unchanged() {
    let (dns, dovecot) = (dns().await, Dovecot::start().await);
    let behind = Postfix::start(Hop::Lmtp(dovecot.lmtp)).await;
    let daemon = Daemon::start(POSTERN, Setup::new(behind.address, "observe").with_dns(dns.address)).await;
    let before = Postfix::start(Hop::Smtp(daemon.address())).await;

    // Postfix takes the space before a colon out of a header.
    let mut mails: Vec<_> =
        corpus::made(RELAYED * 2, 3).into_iter().filter(|mail| !mail.name.contains("odd-header")).collect();
    mails.truncate(RELAYED);
    let mut sent: Vec<Vec<u8>> = mails.iter().enumerate().map(|(id, mail)| corpus::tagged(&mail.bytes, id)).collect();
    let mut client = SmtpClient::hello(before.address).await.unwrap();
    for message in &sent {
        let reply = client.deliver(ALICE, &[BOB], message).await.unwrap();
        assert_eq!(reply.code, 250, "{}", reply.text);
    }
    sent.extend(swaks(&daemon, sent.len()).await);
    let sourced = smtp_source(&daemon, sent.len()).await;
    sent.push(sourced);

    let wanted = sent.len() + SOURCED - 1;
    let arrived = wait::until("all in the inbox", SOON, async || {
        let inbox = dovecot.inbox(BOB).await;
        (inbox.len() >= wanted).then_some(inbox)
    });
    let Ok(arrived) = tokio::time::timeout(SOON, arrived).await else {
        panic!("{}\n{}\n{}\n{}", before.log(), daemon.log(), behind.log(), dovecot.log())
    };
    let mut seen = vec![0; sent.len()];
    for message in &arrived {
        let id = corpus::tag_of(message).expect("a tag");
        seen[id] += 1;
        compare::assert_same(&format!("message {id}"), &sent[id], message, &ADDED_BY_ALL);
    }
    let (last, others) = seen.split_last().unwrap();
    assert!(others.iter().all(|count| *count == 1), "not exactly once: {seen:?}");
    assert_eq!(*last, SOURCED);
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

// Dialogues of swaks, in clear and with STARTTLS; it sends a message as it stands in a file.
async fn swaks(daemon: &Daemon, first: usize) -> Vec<Vec<u8>> {
    let mut sent = Vec::new();
    for (at, tls) in [false, true, true].into_iter().enumerate() {
        let message = corpus::tagged(&crate::note(&format!("swaks{at}")), first + at);
        // swaks ends the last line itself.
        let text = String::from_utf8(message.clone()).unwrap().replace("\r\n", "\n");
        let text = text.trim_end();
        let server = daemon.address().to_string();
        let mut arguments =
            vec!["--server", &server, "--from", ALICE, "--to", BOB, "--helo", "swaks.sender.example", "--data", "-"];
        if tls {
            arguments.push("--tls");
        }
        let printed = program::text("/usr/bin/swaks", &arguments, text.as_bytes()).await;
        assert_eq!(printed.contains("TLS started"), tls, "{printed}");
        sent.push(message);
    }
    sent
}

async fn smtp_source(daemon: &Daemon, id: usize) -> Vec<u8> {
    let message = corpus::tagged(&crate::note("source"), id);
    let file = daemon.folder().join("source.eml");
    // smtp-source ends the last line itself, and an empty one behind it.
    let text = String::from_utf8(message.clone()).unwrap().replace("\r\n", "\n");
    testkit::files::write(&file, text.trim_end());
    let (file, server) = (file.display().to_string(), format!("inet:{}", daemon.address()));
    let (count, sessions) = (SOURCED.to_string(), "4");
    let arguments = ["-s", sessions, "-m", &count, "-f", ALICE, "-t", BOB, "-F", &file, &server];
    program::text("/usr/sbin/smtp-source", &arguments, b"").await;
    [message, b"\r\n".to_vec()].concat()
}
