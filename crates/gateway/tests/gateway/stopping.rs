//! Signals: the first one drains and says so, the second ends at once; a message under way at the end gets a 421, and nothing
//! acknowledged is lost.

use std::time::Duration;

use store::disk::real::RealDisk;
use store::lock::FolderLock;
use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use testkit::wait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

async fn started(sink: &Sink, dns: std::net::SocketAddr, drain_seconds: u32) -> Daemon {
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns);
    setup.limits = vec![format!("drain_seconds = {drain_seconds}")];
    let daemon = Daemon::start(POSTERN, setup).await;
    // The session that waited for the greeting is gone.
    wait::until_true("no session", SOON, async || daemon.json(&["status"]).await["daemon"]["sessions"] == 0).await;
    daemon
}

async fn logged(daemon: &Daemon, what: &str) {
    wait::until_true(what, SOON, async || daemon.log().contains(what)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_finish_or_end_with_421() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = started(&sink, dns.address, 1).await;
    let mut finishes = SmtpClient::hello(daemon.address()).await.unwrap();
    let idle = SmtpClient::hello(daemon.address()).await.unwrap();
    let mut in_commands = SmtpClient::hello(daemon.address()).await.unwrap();
    let mut in_data = SmtpClient::hello(daemon.address()).await.unwrap();
    assert_eq!(finishes.begin(ALICE, &[BOB]).await.unwrap().code, 354);
    in_commands.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    assert_eq!(in_data.begin(ALICE, &[BOB]).await.unwrap().code, 354);
    in_data.send(b"Subject: half\r\n\r\nhal").await.unwrap();
    daemon.terminate();
    logged(&daemon, "draining: 4 sessions; Ctrl-C again ends at once").await;
    finishes.send(&note("finished")).await.unwrap();
    assert_eq!(finishes.command(".").await.unwrap().code, 250);
    for (client, what) in [(finishes, "after its message"), (idle, "idle"), (in_commands, "MAIL"), (in_data, "DATA")] {
        let mut client = client;
        let reply = client.reply().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!((reply.code, reply.enhanced()), (421, "4.3.2"), "{what}: {}", reply.text);
        assert_eq!(client.rest().await.unwrap(), "", "{what}");
    }
    assert!(daemon.wait_end().await.success(), "{}", daemon.log());
    daemon.run().await;
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    assert_eq!(daemon.account("accepted").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_signal_ends_at_once() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = started(&sink, dns.address, 600).await;
    daemon.json(&["queue", "pause"]).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("kept")).await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    daemon.terminate();
    logged(&daemon, "draining: 1 session; Ctrl-C again ends at once").await;
    assert!(daemon.ended().is_none());
    let second = tokio::time::Instant::now();
    daemon.terminate();
    let status = daemon.wait_end().await;
    assert_eq!(status.code(), Some(4), "{}", daemon.log());
    assert!(second.elapsed() < Duration::from_secs(5), "{:?}", second.elapsed());
    daemon.run().await;
    daemon.json(&["queue", "resume"]).await;
    sink.wait_for(1, SOON).await;
}

/// Recovery of a long log lasts; a lock that somebody holds does, too.
#[tokio::test(flavor = "multi_thread")]
async fn signals_while_it_starts() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = started(&sink, dns.address, 1).await;
    daemon.stop().await;
    let held = FolderLock::take(&RealDisk, &daemon.data()).unwrap();
    let starts = daemon.log().matches("opening").count();
    daemon.spawn();
    wait::until_true("a start", SOON, async || daemon.log().matches("opening").count() > starts).await;
    daemon.hang_up();
    drop(held);
    logged(&daemon, "event=\"reload\"").await;
    daemon.stop().await;

    let _held = FolderLock::take(&RealDisk, &daemon.data()).unwrap();
    let starts = daemon.log().matches("opening").count();
    daemon.spawn();
    wait::until_true("a start", SOON, async || daemon.log().matches("opening").count() > starts).await;
    assert!(daemon.stop().await.success(), "{}", daemon.log());
}

/// What was done is told: a command that was heard before the end gets its answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_under_way_is_answered() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = started(&sink, dns.address, 30).await;
    let socket = daemon.data().join("control.sock");
    let mut asking = UnixStream::connect(&socket).await.unwrap();
    asking.write_all(b"{\"command\":\"status\"}").await.unwrap();
    // Answered in turn: the one before has been accepted, too.
    daemon.json(&["status"]).await;
    daemon.terminate();
    wait::until_true("the end of listening", SOON, async || UnixStream::connect(&socket).await.is_err()).await;
    asking.write_all(b"\n").await.unwrap();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("{\"done\":"), "{answer:?}");
    assert!(daemon.wait_end().await.success(), "{}", daemon.log());
}
