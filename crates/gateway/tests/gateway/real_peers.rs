//! swaks, smtp-source and Postfix on one side, Postfix and Dovecot on the other, read back by IMAP.

use std::collections::BTreeMap;

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::dovecot::Dovecot;
use testkit::postfix::{Hop, Postfix};
use testkit::{compare, corpus, program, wait};

use crate::{ALICE, BOB, POSTERN, SOON, dns, send_all};

/// What Postfix and Dovecot add on top of what we add.
const ADDED_BY_ALL: [&str; 4] = ["return-path", "delivered-to", "received", "authentication-results"];
/// Messages by way of the sending Postfix.
const RELAYED: usize = 26;
/// Messages of run A.
const MESSAGES: usize = 300;
/// Gets them without us.
const CAROL: &str = "carol@corp.example";
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

/// Run A at the mail store: what Postfix and Dovecot make of a message is seen by giving it to them without us, too.
#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_lie_in_the_mail_store_as_without_us() {
    let (dns, dovecot) = (dns().await, Dovecot::start().await);
    let behind = Postfix::start(Hop::Lmtp(dovecot.lmtp)).await;
    let daemon = Daemon::start(POSTERN, Setup::new(behind.address, "observe").with_dns(dns.address)).await;
    let mut mails: Vec<_> = corpus::project().into_iter().filter(|mail| corpus::is_sendable(&mail.bytes)).collect();
    mails.extend(corpus::shared(100, 2));
    mails.extend(corpus::made(MESSAGES.saturating_sub(mails.len()), 2));
    for (mail, reply) in mails.iter().zip(send_all(daemon.address(), &mails).await) {
        assert_eq!(reply.code, 250, "{}: {}", mail.name, reply.text);
    }
    let mut client = SmtpClient::hello(behind.address).await.unwrap();
    for (id, mail) in mails.iter().enumerate() {
        let reply = client.deliver(ALICE, &[CAROL], &corpus::tagged(&mail.bytes, id)).await.unwrap();
        assert_eq!(reply.code, 250, "{}: {}", mail.name, reply.text);
    }
    let (ours, theirs) = (inbox_of(&dovecot, BOB, mails.len()).await, inbox_of(&dovecot, CAROL, mails.len()).await);
    for (id, mail) in mails.iter().enumerate() {
        let (ours, theirs) = (&ours[&id], &theirs[&id]);
        // From the tag on, which is the first field that was sent.
        let without_us = &theirs[corpus::tag_place(theirs).expect("a tag")..];
        compare::assert_same(&mail.name, without_us, ours, &ADDED_BY_ALL);
    }
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

// By tag; each exactly once.
async fn inbox_of(dovecot: &Dovecot, user: &str, wanted: usize) -> BTreeMap<usize, Vec<u8>> {
    let arrived = wait::until("all in the inbox", SOON, async || {
        let inbox = dovecot.inbox(user).await;
        (inbox.len() >= wanted).then_some(inbox)
    });
    let arrived = arrived.await;
    assert_eq!(arrived.len(), wanted, "{user}");
    let by_tag: BTreeMap<usize, Vec<u8>> =
        arrived.into_iter().map(|message| (corpus::tag_of(&message).expect("a tag"), message)).collect();
    assert_eq!(by_tag.len(), wanted, "{user}: something came twice");
    by_tag
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
