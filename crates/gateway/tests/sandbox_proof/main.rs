//! OPS-04 and ARC-10 through the whole gateway: a message that has taken over the worker which opens it. The program is its
//! own hostile worker (a debug build of the gateway, which is never shipped, lets a test name the program of its workers), so
//! it has no harness: it lists and runs its one test as one does.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it cannot go on, and says what it ran"
)]

#[path = "../../../worker/testchild/deeds.rs"]
mod deeds;

use std::process::ExitCode;
use std::time::Duration;

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::sink::Sink;

/// The program under test.
const POSTERN: &str = env!("CARGO_BIN_EXE_postern");
const TEST: &str = "a_worker_that_was_taken_over_is_stopped_told_of_and_its_message_kept";
const SOON: Duration = Duration::from_secs(30);
const ALICE: &str = "alice@sender.example";
const BOB: &str = "bob@corp.example";
const ZONE: &str = r#"
    sender.example TXT "v=spf1 ip4:127.0.0.0/8 -all"
    corp.example TXT "v=spf1 ip4:127.0.0.0/8 -all"
    @127.0.0.1 PTR client.sender.example
    client.sender.example A 127.0.0.1
"#;
/// What the kernel stops; each raises an alarm.
const FORBIDDEN: [&str; 6] = ["execve", "socket", "open", "ptrace", "fork-bomb", "kill-parent"];
/// What ends a worker without an alarm.
const DEADLY: [&str; 4] = ["panic", "overflow", "memory", "garbage"];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|given| given == word);
    if words.first().is_some_and(|word| word == "unpack-worker") {
        return deeds::child(worker::Sandbox::Full);
    }
    // A release knows no other workers than its own.
    if has("--ignored") || !cfg!(debug_assertions) {
        return ExitCode::SUCCESS;
    }
    if has("--list") {
        println!("{TEST}: test");
        return ExitCode::SUCCESS;
    }
    let names: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let is_asked = names.is_empty() || names.iter().any(|name| TEST.contains(name.as_str()));
    if !is_asked {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(proof());
    println!("test {TEST} ... ok");
    ExitCode::SUCCESS
}

fn message(subject: &str, kind: &str) -> Vec<u8> {
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@sender.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\nHello.\r\n"
    )
    .into_bytes()
}

async fn send(daemon: &Daemon, subject: &str, kind: &str) {
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    let reply = client.deliver(ALICE, &[BOB], &message(subject, kind)).await.unwrap();
    assert_eq!(reply.code, 250, "{subject}: {}", reply.text);
}

async fn proof() {
    let (dns, sink) = (TestDns::start_text(ZONE).await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "standard").with_dns(dns.address);
    let program = std::env::current_exe().unwrap();
    setup.prefix = vec!["env".to_owned(), format!("POSTERN_TEST_WORKER={}", program.display())];
    let daemon = Daemon::start(POSTERN, setup).await;
    let mut good = 0;
    for (done, deed) in (1_u64..).zip(FORBIDDEN.into_iter().chain(DEADLY)) {
        let (subject, kind) = (format!("hostile-{deed}"), format!("test/{deed}"));
        let honest = format!("honest-{deed}");
        tokio::join!(send(&daemon, &subject, &kind), send(&daemon, &honest, "text/plain"));
        good += 1;
        let alarms = 2 * done.min(FORBIDDEN.len() as u64);
        assert_eq!(daemon.metric("postern_worker_violations_total").await, alarms, "{deed}: {}", daemon.log());
        assert_eq!(daemon.metric("postern_worker_failed_messages_total").await, done, "{deed}");
    }
    // Others got through, and nothing else did.
    sink.wait_for(good, SOON).await;
    daemon.quiet().await;
    let rows = daemon.rows(&["quarantine", "list"]).await;
    assert_eq!(rows.len(), FORBIDDEN.len() + DEADLY.len(), "{rows:?}");
    for row in &rows {
        let text = row.to_string();
        assert!(text.contains("unscannable") && text.contains("hostile-"), "{text}");
    }
    assert_eq!(sink.received().len(), good);
    let log = daemon.log();
    let alarms = log.lines().filter(|line| line.contains("worker_violation") && line.contains("ERROR"));
    assert_eq!(alarms.count(), 2 * FORBIDDEN.len(), "{log}");
    daemon.assert_balanced().await;
}
