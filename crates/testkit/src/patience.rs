//! Peers that stop reading, within TLS, where nothing but a time limit helps. It is waited for in real time, so this is no test of the
//! suite: `cargo xtask patience`.

use std::time::Duration;

use tokio::time::Instant;

use crate::client::SmtpClient;
use crate::daemon::{Daemon, Setup};
use crate::dns::TestDns;
use crate::sink::{Act, Sink, Stage};
use crate::wait;

/// The gateway gives a client 60 s to take its replies; a little more for everything around it.
const SESSION_LIMIT: Duration = Duration::from_secs(90);
/// It gives a next hop 180 s for a block of a message (RFC 5321 4.5.3.2.5).
const DELIVERY_LIMIT: Duration = Duration::from_secs(240);
/// A client that has written for so long has either been stuck or been served.
const FLOOD_LIMIT: Duration = Duration::from_secs(20);
/// The longest wait for something that takes no time.
const SOON: Duration = Duration::from_secs(30);
/// Bytes of a message: more than all buffers between two sockets hold.
const BODY_BYTES: usize = 32 << 20;
const ZONE: &str = "sender.example TXT \"v=spf1 ip4:127.0.0.0/8 -all\"";

async fn sessions(daemon: &Daemon) -> Option<u64> {
    daemon.json(&["status"]).await.get("daemon")?.get("sessions")?.as_u64()
}

/// A client asks on and on and reads no reply: its session ends. How long that took.
///
/// # Panics
/// If it does not end in time.
#[expect(clippy::expect_used, reason = "a run that cannot begin must stop")]
pub async fn client_that_does_not_read(binary: &str) -> Duration {
    let (dns, sink) = (TestDns::start_text(ZONE).await, Sink::start().await);
    let daemon = Daemon::start(binary, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let mut client = SmtpClient::open_narrow(daemon.address()).await.expect("a session");
    client.reply().await.expect("a greeting");
    client.expect("EHLO client.sender.example", 250).await.expect("a greeting");
    let mut client = client.start_tls().await.expect("TLS");
    client.expect("EHLO client.sender.example", 250).await.expect("a greeting");
    wait::until_true("one session", SOON, async || sessions(&daemon).await == Some(1)).await;
    let recipients: String = (0..900).map(|number| format!("RCPT TO:<r{number}@corp.example>\r\n")).collect();
    let questions = format!("MAIL FROM:<alice@sender.example>\r\n{recipients}RSET\r\n");
    let flood = async { while client.send(questions.as_bytes()).await.is_ok() {} };
    // Stuck, or closed by a limit of the session before that: it may not stay.
    drop(tokio::time::timeout(FLOOD_LIMIT, flood).await);
    let since = Instant::now();
    wait::until_true("its session to end", SESSION_LIMIT, async || sessions(&daemon).await == Some(0)).await;
    since.elapsed()
}

/// A next hop takes the beginning of a message and reads no more: the attempt ends, and the next one is made in time.
///
/// # Panics
/// If it does not end in time.
pub async fn next_hop_that_does_not_read(binary: &str) -> Duration {
    let (dns, sink) = (TestDns::start_text(ZONE).await, Sink::start_with_tls().await);
    sink.times(1, Stage::Body, "", Act::Deaf);
    let daemon = Daemon::start(binary, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let line = b"A line of a message that is too long for all buffers together.\r\n";
    let message = [b"Subject: long\r\n\r\n".as_slice(), &line.repeat(BODY_BYTES / line.len())].concat();
    let mut client = SmtpClient::hello(daemon.address()).await.ok();
    if let Some(client) = &mut client {
        let reply = client.deliver("alice@sender.example", &["bob@corp.example"], &message).await;
        assert!(reply.as_ref().is_ok_and(|reply| reply.code == 250), "{reply:?}");
    }
    wait::until_true("the message on its way", SOON, async || sink.reached(Stage::Body) == 1).await;
    let since = Instant::now();
    wait::until_true("the end of the attempt", DELIVERY_LIMIT, async || {
        let rows = daemon.rows(&["queue", "list"]).await;
        rows.iter().any(|row| row.get("attempts").and_then(serde_json::Value::as_u64) > Some(0))
    })
    .await;
    let took = since.elapsed();
    daemon.json(&["queue", "retry"]).await;
    sink.wait_for(1, SOON).await;
    took
}
