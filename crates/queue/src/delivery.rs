//! One attempt at one destination: find its hosts, connect or take a connection that is still open, speak, and say what
//! became of each recipient.

mod body;
mod connection;
mod pool;
pub(crate) mod target;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use mail::address::{Address, ReversePath};
use mail::envelope::BodyType;
use net::clock::Clock;
use net::dns::Dns;
use rustls::ClientConfig;
use smtp::client::{self, TlsUse};
use smtp::reply::Reply;
use store::Mails;
use store::limits::INLINE_BODY_BYTES_MAX;
use store::memory::{Memory, Reserved};
use tokio::sync::watch;

use crate::job::Job;
use crate::outcome::{Delivery, Outcome, REPLY_CHARS_MAX};
use crate::scheduler::Deliver;
use body::Outgoing;
use connection::{Connection, Ended};
use pool::Pool;
use target::Target;

/// Addresses that one attempt tries.
const TARGETS_MAX: usize = 6;
/// Wait for room in memory.
const ROOM_TIMEOUT: Duration = Duration::from_secs(60);
/// Time for a TCP connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Delivers by SMTP.
pub struct Smtp {
    mails: Arc<dyn Mails>,
    dns: Arc<Dns>,
    tls: Arc<ClientConfig>,
    hostname: String,
    memory: Memory,
    pool: Pool,
}

impl Smtp {
    /// Delivers in the name of `hostname`.
    #[must_use]
    pub fn new(
        mails: Arc<dyn Mails>,
        dns: Arc<Dns>,
        tls: Arc<ClientConfig>,
        clock: Arc<dyn Clock>,
        (hostname, memory): (String, Memory),
    ) -> Arc<Self> {
        Arc::new(Self { mails, dns, tls, hostname, memory, pool: Pool::new(clock) })
    }

    /// Says goodbye to connections that nobody needs any more, until `stop` says true.
    pub async fn sweep(self: Arc<Self>, stop: watch::Receiver<bool>) {
        self.pool.sweep(stop).await;
    }

    async fn deliver(&self, job: &Job) -> Vec<Outcome> {
        let Some(_room) = self.room_for(job).await else {
            return all(job, Delivery::Transient, "4.3.2", "", "there was no room in memory for the message");
        };
        let outgoing = match Outgoing::load(job, self.mails.as_ref()).await {
            Ok(outgoing) => outgoing,
            Err(error) => {
                tracing::error!(mail = %job.mail.reference(), %error, "a mail in the queue cannot be read");
                return all(job, Delivery::Transient, "4.3.0", "", "the message cannot be read");
            }
        };
        // Outcomes are matched by their place: all addresses go out, or none.
        if job.recipients.iter().any(|(_, address)| Address::parse(address).is_err()) {
            tracing::error!(mail = %job.mail.reference(), "a recipient's address in the queue does not read");
            return all(job, Delivery::Transient, "4.3.0", "", "a recipient's address does not read");
        }
        let targets = match target::find(&job.route, &job.domain, &self.dns, &self.hostname).await {
            Ok(targets) => targets,
            Err(none) => return all(job, none.delivery, none.status, "", &none.reason),
        };
        let mut last = all(job, Delivery::Transient, "4.4.1", "", "no host of the destination answers");
        for target in targets.iter().take(TARGETS_MAX) {
            match self.try_target(job, &outgoing, target).await {
                Tried::Done(outcomes) => return outcomes,
                Tried::NextHost(outcomes) => last = outcomes,
            }
        }
        last
    }

    // A message that is read from the log again needs room; a large one is read in pieces.
    async fn room_for(&self, job: &Job) -> Option<Reserved> {
        if job.ready.is_some() {
            return Some(Reserved::none());
        }
        let size = self.mails.state(job.tenant, job.mail).map_or(0, |mail| mail.size);
        self.memory.reserve_to_deliver(size.min(INLINE_BODY_BYTES_MAX), ROOM_TIMEOUT).await
    }

    // A connection from the pool may have been closed meanwhile: then a new one gets its chance, unless the message had
    // gone out whole already.
    async fn try_target(&self, job: &Job, outgoing: &Outgoing, target: &Target) -> Tried {
        if let Some(mut connection) = self.pool.take(target.address) {
            let ended = connection.transact(smtp_job(job, outgoing), outgoing).await;
            if !ended.is_stale() {
                return self.settle(job, target, connection, ended);
            }
        }
        let mut tls_use = TlsUse::Opportunistic;
        loop {
            let connect = Connection::open(target, &self.hostname, Arc::clone(&self.tls), tls_use);
            let opened = tokio::time::timeout(CONNECT_TIMEOUT, connect).await;
            let mut connection = match opened {
                Ok(Ok(connection)) => connection,
                Ok(Err(error)) => return Tried::no_connection(job, target, &error.to_string()),
                Err(_) => return Tried::no_connection(job, target, "connection timed out"),
            };
            let ended = connection.transact(smtp_job(job, outgoing), outgoing).await;
            // Opportunistic: a handshake that fails is better than no delivery, so once more in the clear.
            if ended.handshake_failed() && tls_use == TlsUse::Opportunistic {
                tls_use = TlsUse::Never;
                continue;
            }
            return self.settle(job, target, connection, ended);
        }
    }

    fn settle(&self, job: &Job, target: &Target, connection: Connection, ended: Ended) -> Tried {
        let peer = target.to_string();
        match ended {
            Ended::Done { outcomes, reusable, refused, .. } => {
                if reusable {
                    self.pool.keep(target.address, connection);
                }
                let pairs = job.recipients.iter().zip(outcomes);
                let outcomes = pairs.map(|((recipient, _), outcome)| translate(*recipient, &peer, &outcome)).collect();
                // RFC 5321 5.1: the next address gets its chance within the same attempt.
                if refused { Tried::NextHost(outcomes) } else { Tried::Done(outcomes) }
            }
            Ended::Failed(trouble) => {
                let outcome = trouble.outcome();
                let outcomes = job.recipients.iter().map(|(recipient, _)| translate(*recipient, &peer, &outcome));
                Tried::NextHost(outcomes.collect())
            }
        }
    }
}

impl Deliver for Smtp {
    fn attempt<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.deliver(job))
    }
}

enum Tried {
    /// The destination has spoken.
    Done(Vec<Outcome>),
    /// This host could not be spoken to or takes no mail now; another may.
    NextHost(Vec<Outcome>),
}

impl Tried {
    fn no_connection(job: &Job, target: &Target, why: &str) -> Self {
        Self::NextHost(all(job, Delivery::Transient, "4.4.1", &target.to_string(), why))
    }
}

fn smtp_job(job: &Job, outgoing: &Outgoing) -> client::Job {
    let sender = Address::parse(&outgoing.sender).map_or(ReversePath::Null, ReversePath::Address);
    client::Job {
        sender,
        recipients: job.recipients.iter().filter_map(|(_, address)| Address::parse(address).ok()).collect(),
        size_bytes: outgoing.length(),
        body: if outgoing.eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
    }
}

fn all(job: &Job, result: Delivery, status: &str, peer: &str, reply: &str) -> Vec<Outcome> {
    let outcome = |(recipient, _): &(u16, String)| Outcome {
        recipient: *recipient,
        result,
        peer: peer.to_owned(),
        reply: reply.to_owned(),
        status: status.to_owned(),
    };
    job.recipients.iter().map(outcome).collect()
}

fn translate(recipient: u16, peer: &str, outcome: &client::Outcome) -> Outcome {
    let (result, reply) = match outcome {
        client::Outcome::Accepted(reply) => (Delivery::Done, reply),
        client::Outcome::Transient(reply) => (Delivery::Transient, reply),
        client::Outcome::Permanent(reply) => (Delivery::Permanent, reply),
    };
    let text = reply.to_string().chars().take(REPLY_CHARS_MAX).collect();
    Outcome { recipient, result, peer: peer.to_owned(), reply: text, status: status(result, reply) }
}

// RFC 3463: the reply's own enhanced code, or the general one of its class.
fn status(result: Delivery, reply: &Reply) -> String {
    match (reply.enhanced(), result) {
        (Some(enhanced), _) => format!("{}.{}.{}", enhanced.class, enhanced.subject, enhanced.detail),
        (None, Delivery::Done) => "2.0.0".to_owned(),
        (None, Delivery::Transient) => "4.0.0".to_owned(),
        (None, Delivery::Permanent) => "5.0.0".to_owned(),
    }
}
