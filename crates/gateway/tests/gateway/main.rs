//! The whole gateway, from outside: the program is started, real sessions are held with it, and what comes out is compared with
//! what went in. Each module is one promise; each test starts what it needs on loopback addresses of its own.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it cannot go on")]

mod block_list;
mod bounces;
mod case_files;
mod code_in_data;
mod columns;
mod config_check;
mod configuration;
mod data_folder;
mod dialogue;
mod disarm;
mod dkim;
mod durability;
mod exit_codes;
mod first_look;
mod floods;
mod groups;
mod hash_lists;
mod init;
mod ipv6;
mod large;
mod limits;
mod log;
mod memory;
mod metrics;
mod no_domains;
mod open_with_password;
mod operations;
mod order_of_writes;
mod pictures;
mod privileges;
mod quarantine;
mod queue;
mod real_peers;
mod recipients;
mod references;
mod relay;
mod release_and_kill;
mod replay;
mod replay_changes;
mod replies;
mod rescan;
mod resources;
mod run_observe;
mod run_standard;
mod scan_batch;
mod scan_content;
mod scanners;
mod secrets;
mod shells;
mod signatures;
mod smuggling;
mod starting;
mod starttls;
mod stopping;
mod systemd;
mod trial;
mod variants;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use data_encoding::BASE64;
use testkit::client::{Reply, SmtpClient};
use testkit::corpus::{self, Mail};
use testkit::dns::TestDns;

/// The program under test.
const POSTERN: &str = env!("CARGO_BIN_EXE_postern");
/// The longest wait for something that takes no time.
const SOON: Duration = Duration::from_secs(30);
/// Fields that the gateway adds on top, and no others.
const ADDED: [&str; 2] = ["received", "authentication-results"];
const ALICE: &str = "alice@sender.example";
const BOB: &str = "bob@corp.example";
/// Messages of one session; a new one then, as real senders do.
const SESSION_MESSAGES: usize = 10;

/// Who sends from this machine, and who does not.
const ZONE: &str = r#"
    sender.example TXT "v=spf1 ip4:127.0.0.0/8 -all"
    partner.example TXT "v=spf1 ip4:127.0.0.0/8 -all"
    corp.example TXT "v=spf1 ip4:127.0.0.0/8 -all"
    forged.example TXT "v=spf1 -all"
    nullmx.example MX 0 .
    @127.0.0.1 PTR client.sender.example
    client.sender.example A 127.0.0.1
"#;

async fn dns() -> TestDns {
    TestDns::start_text(ZONE).await
}

/// A short message; the subject is one word.
fn note(subject: &str) -> Vec<u8> {
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@sender.example>\r\n\r\nHello.\r\n"
    )
    .into_bytes()
}

/// A message with this file.
fn with_file(subject: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let encoded = BASE64.encode(bytes);
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@sender.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n--b\r\n\
         Content-Type: application/octet-stream; name={name}\r\nContent-Disposition: attachment; filename={name}\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

/// Sends one message in a session of its own.
async fn send(server: SocketAddr, sender: &str, recipients: &[&str], message: &[u8]) -> Reply {
    let mut client = SmtpClient::hello(server).await.expect("a session");
    client.deliver(sender, recipients, message).await.expect("a reply")
}

/// Sends that must be accepted.
async fn send_accepted(server: SocketAddr, sender: &str, recipients: &[&str], message: &[u8]) -> Reply {
    let reply = send(server, sender, recipients, message).await;
    assert_eq!(reply.code, 250, "{}", reply.text);
    reply
}

/// Sends all of these, tagged with their numbers, by 16 clients at a time; the last reply to each, in order.
async fn send_all(server: SocketAddr, mails: &[Mail]) -> Vec<Reply> {
    let next = AtomicUsize::new(0);
    let client = || async {
        let mut replies = Vec::new();
        let mut session: Option<SmtpClient> = None;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(mail) = mails.get(number) else { return replies };
            if replies.len() % SESSION_MESSAGES == 0 {
                session = None;
            }
            let mut client = match session.take() {
                Some(client) => client,
                None => SmtpClient::hello(server).await.expect("a session"),
            };
            let reply = client.deliver(ALICE, &[BOB], &corpus::tagged(&mail.bytes, number)).await;
            let reply = reply.unwrap_or_else(|error| panic!("{}: {error}", mail.name));
            session = (reply.code == 250).then_some(client);
            replies.push((number, reply));
        }
    };
    let clients = (0..16).map(|_| client());
    let mut all: Vec<(usize, Reply)> = futures_util::future::join_all(clients).await.into_iter().flatten().collect();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, reply)| reply).collect()
}
