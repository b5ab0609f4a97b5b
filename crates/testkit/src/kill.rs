//! kill -9 at random moments under load, and the account afterwards (QUE-02, QUE-13): what was acknowledged has arrived, or waits
//! in queue or quarantine. Nothing is ever lost; what arrived twice is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;

use crate::client::SmtpClient;
use crate::corpus;
use crate::daemon::{Daemon, Setup};
use crate::dns::TestDns;
use crate::power::Disk;
use crate::random::Random;
use crate::sink::{Act, Sink, Stage};

/// Keeps what says so in its subject, refuses what says so, delivers the rest.
const POLICY: &str = r#"name = "kill"
[[rule]]
id = "keep"
when = 'subject.contains("keep this")'
actions = ["quarantine"]
[[rule]]
id = "refuse"
when = 'subject.contains("refuse this")'
actions = ["reject"]
[[rule]]
id = "deliver"
when = "true"
actions = ["deliver"]
"#;
/// Bytes of a message that is streamed to a file of its own.
const LARGE_BYTES: usize = 1_200_000;
/// A line of every message.
const LINE: &str = "The quick brown fox jumps over the lazy dog, and nobody knows why it does.\r\n";

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Kills.
    pub rounds: usize,
    /// Clients that send all the time.
    pub clients: usize,
    /// Seed of all chance.
    pub seed: u64,
    /// Longest life of a daemon from its greeting to its death, milliseconds.
    pub life_ms_max: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Messages that got their 250.
    pub acknowledged: usize,
    /// Of these, arrived at the sink once or more.
    pub arrived: usize,
    /// Copies beyond the first.
    pub duplicates: usize,
    /// The most copies of one message.
    pub copies_max: usize,
    /// In quarantine.
    pub quarantined: usize,
    /// Neither arrived nor anywhere.
    pub lost: Vec<usize>,
    /// In more than one place, for instance delivered and still quarantined.
    pub twofold: Vec<usize>,
    /// Refused with 5xx and yet there.
    pub refused_and_kept: Vec<usize>,
    /// The account that the daemon gave at the end.
    pub status: Value,
}

struct Load {
    server: SocketAddr,
    next: AtomicUsize,
    stop: AtomicBool,
    acknowledged: Mutex<BTreeSet<usize>>,
    refused: Mutex<BTreeSet<usize>>,
}

/// Runs the plan against a binary.
///
/// # Panics
/// If the daemon does not start again after a kill.
pub async fn run(binary: &str, plan: Plan, tell: impl FnMut(usize, usize)) -> Report {
    run_on(binary, plan, None, tell).await
}

/// The same, with the data folder on a disk whose power is cut each time, a moment before the daemon is killed (QUE-03): mail that is
/// acknowledged in between has been lied about.
///
/// # Panics
/// As [`run`], and if the disk does not do as told.
pub async fn run_on(binary: &str, plan: Plan, disk: Option<&Disk>, mut tell: impl FnMut(usize, usize)) -> Report {
    let sink = Sink::start().await;
    sink.keep_bytes(2_000);
    // One in some is told to come again, so that there is always a queue to lose.
    sink.times(plan.rounds * 3, Stage::End, "7\r\n", Act::Say("451 4.3.0 come again".to_owned()));
    let dns = TestDns::start_text("sender.example TXT \"v=spf1 ip4:127.0.0.0/8 -all\"").await;
    let mut setup = Setup::new(sink.address, "kill").with_dns(dns.address);
    setup.policies = vec![("kill".to_owned(), POLICY.to_owned())];
    setup.data = disk.map(Disk::data);
    let mut daemon = Daemon::start(binary, setup).await;
    let load = Arc::new(Load {
        server: daemon.address(),
        next: AtomicUsize::new(1),
        stop: AtomicBool::new(false),
        acknowledged: Mutex::default(),
        refused: Mutex::default(),
    });
    let clients: Vec<_> = (0..plan.clients).map(|_| tokio::spawn(send_all_the_time(Arc::clone(&load)))).collect();
    let mut random = Random::new(plan.seed);
    for round in 1..=plan.rounds {
        let life = u64::try_from(random.below(plan.life_ms_max)).unwrap_or(0);
        // The moment of the kill is the chance that is tested, nothing waits for it.
        tokio::time::sleep(Duration::from_millis(life)).await;
        if let Some(disk) = disk {
            disk.cut().await;
        }
        daemon.kill().await;
        if let Some(disk) = disk {
            disk.restore().await;
        }
        daemon.run().await;
        tell(round, load.acknowledged.lock().len());
    }
    load.stop.store(true, Ordering::Relaxed);
    for client in clients {
        // A client that panicked has said why.
        drop(client.await);
    }
    sink.behave();
    settle(&daemon).await;
    account(&daemon, &sink, &load).await
}

async fn send_all_the_time(load: Arc<Load>) {
    while !load.stop.load(Ordering::Relaxed) {
        // An error is a kill: connect again.
        if session(&load).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn session(load: &Load) -> std::io::Result<()> {
    let mut client = SmtpClient::hello(load.server).await?;
    for _ in 0..20 {
        let id = load.next.fetch_add(1, Ordering::Relaxed);
        let reply = client.deliver("alice@sender.example", &["bob@corp.example"], &message(id)).await?;
        match reply.code {
            250 => drop(load.acknowledged.lock().insert(id)),
            500.. => drop(load.refused.lock().insert(id)),
            _ => {}
        }
        if load.stop.load(Ordering::Relaxed) {
            break;
        }
    }
    client.command("QUIT").await.map(drop)
}

fn message(id: usize) -> Vec<u8> {
    let subject = match id % 20 {
        3 | 11 => "keep this",
        5 => "refuse this",
        _ => "deliver this",
    };
    let lines = if id % 200 == 150 { LARGE_BYTES / LINE.len() } else { 1 };
    let head = format!(
        "From: alice@sender.example\r\nTo: bob@corp.example\r\nSubject: {subject} #{id}\r\n\
         Message-ID: <{id}@sender.example>\r\n\r\n"
    );
    corpus::tagged(&[head.as_bytes(), LINE.repeat(lines).as_bytes()].concat(), id)
}

// What waits is tried until nothing waits.
async fn settle(daemon: &Daemon) {
    daemon.json(&["queue", "retry"]).await;
    daemon.quiet().await;
}

async fn account(daemon: &Daemon, sink: &Sink, load: &Load) -> Report {
    let mut copies: BTreeMap<usize, usize> = BTreeMap::new();
    for received in sink.take() {
        if let Some(id) = corpus::tag_of(&received.message) {
            *copies.entry(id).or_default() += 1;
        }
    }
    let kept = quarantined(daemon).await;
    let acknowledged = load.acknowledged.lock().clone();
    let refused = load.refused.lock().clone();
    let there = |id: &usize| copies.contains_key(id) || kept.contains(id);
    Report {
        acknowledged: acknowledged.len(),
        arrived: acknowledged.iter().filter(|id| copies.contains_key(id)).count(),
        duplicates: copies.values().map(|count| count - 1).sum(),
        copies_max: copies.values().copied().max().unwrap_or(0),
        quarantined: acknowledged.iter().filter(|id| kept.contains(id)).count(),
        lost: acknowledged.iter().filter(|id| !there(id)).copied().collect(),
        twofold: copies.keys().filter(|id| kept.contains(id)).copied().collect(),
        refused_and_kept: refused.iter().filter(|id| there(id)).copied().collect(),
        status: daemon.assert_balanced().await,
    }
}

// Numbers of the messages in quarantine: they stand in the subject.
async fn quarantined(daemon: &Daemon) -> BTreeSet<usize> {
    let rows = daemon.rows(&["quarantine", "list"]).await;
    let subjects = rows.iter().filter_map(|row| row.get("subject").and_then(Value::as_str));
    subjects.filter_map(|subject| subject.rsplit_once('#')?.1.parse().ok()).collect()
}
