//! Good sessions beside hostile ones (ARC-03): what honest senders wait while somebody else sends what takes long to open.

use std::io::{Error, Result};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::{SmtpClient, dotted};
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
    let (mails, bombs) = (as_sent(&plan.mails), as_sent(&plan.bombs));
    let until = Instant::now() + plan.time;
    let (server, count) = (daemon.address(), plan.hostile);
    // They have a thread of their own: they are to be in the gateway's way, not in that of the good ones.
    let besiegers = tokio::task::spawn_blocking(move || besiege(server, &bombs, count, until));
    let mut sessions = JoinSet::new();
    for number in 0..plan.good {
        let source = IpAddr::V4(Ipv4Addr::new(127, GOOD_NETWORKS.saturating_add(number), 1, 1));
        // Honest senders do not all send the same message at the same time: each begins elsewhere in the mails.
        let mut own = mails.clone();
        own.rotate_left(mails.len().saturating_mul(usize::from(number)) / usize::from(plan.good.max(1)));
        sessions.spawn(good(source, server, own, until));
    }
    let mut all = Report::default();
    while let Some(one) = sessions.join_next().await {
        let one: Report = one.expect("a session");
        all.waits.extend(one.waits);
        all.refused.extend(one.refused);
    }
    all.bombs = besiegers.await.expect("hostile sessions").expect("a thread for them");
    all.waits.sort_unstable();
    daemon.kill().await;
    all
}

fn as_sent(mails: &[Arc<[u8]>]) -> Vec<Arc<[u8]>> {
    mails.iter().map(|mail| dotted(mail).into()).collect()
}

/// All hostile sessions, and how many of their messages got an answer and were put off.
fn besiege(server: SocketAddr, bombs: &[Arc<[u8]>], count: u8, until: Instant) -> Result<(usize, usize)> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut sessions = JoinSet::new();
    for number in 0..count {
        let [a, b, c] = HOSTILE_NETWORK;
        let source = IpAddr::V4(Ipv4Addr::new(a, b, c, number.saturating_add(1)));
        sessions.spawn_on(hostile(source, server, bombs.to_vec(), usize::from(number), until), runtime.handle());
    }
    let (mut answered, mut put_off) = (0, 0);
    while let Some(one) = runtime.block_on(sessions.join_next()) {
        let one = one.map_err(Error::other)?;
        answered += one.0;
        put_off += one.1;
    }
    Ok((answered, put_off))
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
                let reply = open.deliver_dotted("alice@sender.example", &["bob@corp.example"], mail).await;
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

async fn hostile(
    source: IpAddr,
    server: SocketAddr,
    bombs: Vec<Arc<[u8]>>,
    first: usize,
    until: Instant,
) -> (usize, usize) {
    let (mut answered, mut put_off) = (0, 0);
    for bomb in bombs.iter().cycle().skip(first) {
        let sent = async {
            let mut client = session(source, server).await?;
            client.deliver_dotted("mallory@sender.example", &["bob@corp.example"], bomb).await
        };
        // Its wait for a bomb outlasts the siege.
        let Ok(sent) = tokio::time::timeout_at(until, sent).await else { break };
        answered += 1;
        if !sent.is_ok_and(|reply| reply.code == 250) {
            put_off += 1;
            tokio::time::sleep(AGAIN).await;
        }
    }
    (answered, put_off)
}
