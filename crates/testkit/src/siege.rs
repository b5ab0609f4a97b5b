//! Good sessions beside hostile ones (ARC-03): what honest senders wait while somebody else sends what takes long to open.

use std::io::Result;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::SmtpClient;
use crate::daemon::{Daemon, Setup};
use crate::dns::TestDns;
use crate::sink::Sink;

/// Where good senders come from: a network each.
const GOOD_NETWORKS: u8 = 10;
/// Where all hostile ones come from.
const HOSTILE_NETWORK: [u8; 3] = [127, 99, 99];
/// Whoever is put off comes again after this.
const AGAIN: Duration = Duration::from_millis(100);
const ZONE: &str = "sender.example TXT \"v=spf1 ip4:127.0.0.0/8 -all\"";

/// Who sends what, and how long.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Good sessions at a time, each of a network of its own; at most 80.
    pub good: u8,
    /// Hostile sessions at a time, all of one network.
    pub hostile: u8,
    /// How long.
    pub time: Duration,
    /// What good sessions send, over and over.
    pub mails: Vec<Arc<[u8]>>,
    /// What hostile ones send.
    pub bombs: Vec<Arc<[u8]>>,
}

/// What good senders met with.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each transaction, from MAIL to the final reply, shortest first.
    pub waits: Vec<Duration>,
    /// Replies that were no 250.
    pub refused: Vec<String>,
    /// Hostile messages that got an answer, and how many of them were put off.
    pub bombs: (usize, usize),
}

impl Report {
    /// So many of a hundred waited at most so long.
    #[must_use]
    pub fn percentile(&self, of_hundred: usize) -> Duration {
        let at = (self.waits.len() * of_hundred / 100).min(self.waits.len().saturating_sub(1));
        self.waits.get(at).copied().unwrap_or_default()
    }
}

/// Starts a gateway and lets them all in.
///
/// # Panics
/// If the gateway does not start, or a session panics.
#[expect(clippy::expect_used, reason = "a siege without all its sessions shows nothing")]
pub async fn run(binary: &str, plan: &Plan) -> Report {
    let (dns, sink) = (TestDns::start_text(ZONE).await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.limits = vec![format!("sessions_per_prefix_max = {}", u16::from(plan.hostile) + 10)];
    let mut daemon = Daemon::start(binary, setup).await;
    let until = Instant::now() + plan.time;
    let mut sessions = JoinSet::new();
    for number in 0..plan.good {
        let source = IpAddr::V4(Ipv4Addr::new(127, GOOD_NETWORKS.saturating_add(number), 1, 1));
        sessions.spawn(good(source, daemon.address(), plan.mails.clone(), until));
    }
    for number in 0..plan.hostile {
        let [a, b, c] = HOSTILE_NETWORK;
        let source = IpAddr::V4(Ipv4Addr::new(a, b, c, number.saturating_add(1)));
        sessions.spawn(hostile(source, daemon.address(), plan.bombs.clone(), usize::from(number), until));
    }
    let mut all = Report::default();
    while let Some(one) = sessions.join_next().await {
        let one: Report = one.expect("a session");
        all.waits.extend(one.waits);
        all.refused.extend(one.refused);
        all.bombs = (all.bombs.0 + one.bombs.0, all.bombs.1 + one.bombs.1);
    }
    all.waits.sort_unstable();
    daemon.kill().await;
    all
}

async fn session(source: IpAddr, server: SocketAddr) -> Result<SmtpClient> {
    let (mut client, _) = SmtpClient::connect_from(Some(source), server).await?;
    client.expect("EHLO client.sender.example", 250).await?;
    Ok(client)
}

async fn good(source: IpAddr, server: SocketAddr, mails: Vec<Arc<[u8]>>, until: Instant) -> Report {
    let mut report = Report::default();
    let (mut client, mut sent_before) = (None, 0);
    for mail in mails.iter().cycle() {
        let open = match client.take() {
            Some(open) => Ok(open),
            None => session(source, server).await,
        };
        if Instant::now() >= until {
            break;
        }
        let begun = Instant::now();
        let sent = match open {
            Ok(mut open) => {
                let reply = open.deliver("alice@sender.example", &["bob@corp.example"], mail).await;
                client = Some(open);
                reply
            }
            Err(error) => Err(error),
        };
        match sent {
            Ok(reply) if reply.code == 250 => {
                sent_before += 1;
                report.waits.push(begun.elapsed());
            }
            // The session has had its share of messages.
            Ok(reply) if reply.code == 421 && sent_before > 0 => (client, sent_before) = (None, 0),
            Ok(reply) => report.refused.push(reply.text),
            Err(error) => {
                report.refused.push(error.to_string());
                (client, sent_before) = (None, 0);
            }
        }
    }
    report
}

async fn hostile(source: IpAddr, server: SocketAddr, bombs: Vec<Arc<[u8]>>, first: usize, until: Instant) -> Report {
    let mut report = Report::default();
    for bomb in bombs.iter().cycle().skip(first) {
        let sent = async {
            let mut client = session(source, server).await?;
            client.deliver("mallory@sender.example", &["bob@corp.example"], bomb).await
        };
        // Its wait for a bomb outlasts the siege.
        let Ok(sent) = tokio::time::timeout_at(until, sent).await else { break };
        report.bombs.0 += 1;
        if !sent.is_ok_and(|reply| reply.code == 250) {
            report.bombs.1 += 1;
            tokio::time::sleep(AGAIN).await;
        }
    }
    report
}
