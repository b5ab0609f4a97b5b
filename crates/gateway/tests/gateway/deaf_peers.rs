//! A peer that stops reading, within TLS, keeps neither a session nor a place of a destination for ever.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mail::envelope::TenantId;
use mail::timestamp::Timestamp;
use net::clock::ManualClock;
use net::dns::{Dns, DnsSettings, Servers};
use queue::delivery::Smtp;
use queue::job::{Job, ReadyBody};
use queue::outcome::Delivery;
use queue::route::{HostPort, Route};
use queue::scheduler::Deliver as _;
use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;
use store::memory::{Memory, Reserved};
use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Act, Sink, Stage};

use crate::{POSTERN, SOON, dns};

/// The gateway gives a peer 60 s for one write of replies; this is what it may need all in all.
const SESSION_LIMIT: Duration = Duration::from_secs(75);
/// More than all buffers between two sockets hold.
const BODY_BYTES: usize = 32 << 20;

/// Takes a minute: that is the limit which is tested.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_loses_its_session() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let sessions = async || daemon.json(&["status"]).await["daemon"]["sessions"].as_u64();
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap().start_tls().await.unwrap();
    client.expect("EHLO client.sender.example", 250).await.unwrap();
    testkit::wait::until_true("one session", SOON, async || sessions().await == Some(1)).await;
    // Replies are longer than these questions, and nobody reads them: at last the gateway can neither write nor read.
    let recipients: String = (0..900).map(|number| format!("RCPT TO:<r{number}@corp.example>\r\n")).collect();
    let questions = format!("MAIL FROM:<alice@sender.example>\r\n{recipients}RSET\r\n");
    let flood = async {
        loop {
            if client.send(questions.as_bytes()).await.is_err() {
                return;
            }
        }
    };
    let stuck = tokio::time::timeout(Duration::from_secs(10), flood).await;
    assert!(stuck.is_err(), "it was not stuck: the gateway closed the session before");
    assert_eq!(sessions().await, Some(1));
    testkit::wait::until_true("its session to end", SESSION_LIMIT, async || sessions().await == Some(0)).await;
}

async fn deliverer() -> Arc<Smtp> {
    let nobody = testkit::loopback::socket(53);
    let settings = DnsSettings { servers: Servers::List(vec![nobody]), query_timeout_ms: 500, retries: 0 };
    let options = OpenOptions { folder: "/data".into(), disk: Arc::new(FaultyDisk::new()), segment_bytes: 4 << 20 };
    Smtp::new(
        Embedded::open(options).await.unwrap(),
        Arc::new(Dns::new(&settings).unwrap()),
        testkit::tls::client(),
        Arc::new(ManualClock::new(Timestamp::from_unix_millis(1_795_000_000_000))),
        ("gateway.example".to_owned(), Memory::new(64 << 20)),
    )
}

#[tokio::test]
async fn a_next_hop_that_does_not_read_loses_its_place() {
    let sink = Sink::start_with_tls().await;
    sink.on(Stage::Body, "", Act::Deaf);
    let smtp = deliverer().await;
    let raw = Bytes::from(b"Subject: long\r\n\r\n".iter().copied().chain(std::iter::repeat_n(b'x', BODY_BYTES)).collect::<Vec<_>>());
    let job = Job {
        tenant: TenantId::DEFAULT,
        mail: net::random::mail_id(),
        domain: "corp.example".to_owned(),
        route: Route::Hosts(vec![HostPort { host: sink.address.ip().to_string(), port: sink.address.port() }]),
        variant: None,
        recipients: vec![(0, "bob@corp.example".to_owned())],
        due: 0,
        attempts: 0,
        ready: Some(ReadyBody { raw, variants: Vec::new(), room: Arc::new(Reserved::none()) }),
    };
    let attempt = smtp.attempt(&job);
    tokio::pin!(attempt);
    while sink.reached(Stage::Body) == 0 {
        let outcomes = tokio::time::timeout(Duration::from_millis(10), &mut attempt).await;
        assert!(outcomes.is_err(), "{outcomes:?}");
    }
    // Nothing moves any more but the clock, which goes on to the next time limit by itself.
    tokio::time::pause();
    let outcomes = tokio::time::timeout(Duration::from_secs(3_600), attempt).await.expect("an end within the hour");
    assert!(outcomes.iter().all(|outcome| outcome.result == Delivery::Transient), "{outcomes:?}");
    assert_eq!(sink.count(), 0);
}
