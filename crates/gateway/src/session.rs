//! One SMTP session: carries bytes between the socket and the machine of `smtp`, asks admission at each stage, hands the
//! complete message to the line, and replies once the disk has it.

mod counters;
mod front;
mod heard;
mod message;
mod recipient_check;
mod stages;
mod timing;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::BytesMut;
use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Envelope, Helo, Recipient};
use mail::id::MailId;
use net::stream::Stream;
use pipeline::arrive::Arriving;
use policy::admission::{Listener, SessionFacts};
use smtp::replies::{self, Reason};
use smtp::server::{Refusal, Session, Stage, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

pub(crate) use front::{Front, FrontParts};
pub(crate) use recipient_check::RecipientCheck;
use timing::Timing;

use crate::stop::{self, Stop};

/// Bytes reserved for one read; pieces of the message keep the buffer alive, so it is small.
const READ_BYTES: usize = 32 * 1024;
/// Replies that wait for a flush, bytes.
const WRITE_BYTES: usize = 16 * 1024;

/// A session with its socket.
pub(crate) struct Conversation {
    front: Arc<Front>,
    machine: Session,
    stream: Option<Stream>,
    peer: SocketAddr,
    facts: SessionFacts,
    out: BytesMut,
    timing: Timing,
    transaction: Transaction,
    /// Id of the next refusal: each has one of its own, so that the trace finds the very one.
    next_refusal: MailId,
}

/// What was said since MAIL.
struct Transaction {
    id: MailId,
    sender: ReversePath,
    body: BodyType,
    recipients: Vec<Recipient>,
    /// Their keys.
    known: HashSet<String>,
    arriving: Option<Arriving>,
    /// Our own trouble while the body came in: the reply at its end.
    trouble: Option<Reason>,
}

/// Whom a refusal concerns, as the journal notes it.
struct Parties {
    sender: String,
    recipients: Vec<String>,
}

impl Transaction {
    fn new() -> Self {
        Self {
            id: net::random::mail_id(),
            sender: ReversePath::Null,
            body: BodyType::SevenBit,
            recipients: Vec::new(),
            known: HashSet::new(),
            arriving: None,
            trouble: None,
        }
    }
}

impl Conversation {
    /// A session that has just been connected.
    pub(crate) fn new(front: Arc<Front>, listener: Listener, stream: Stream, peer: SocketAddr) -> Self {
        let next_refusal = net::random::mail_id();
        let machine = Session::new(front.smtp_settings(listener), next_refusal.reference());
        let timing = Timing::new(front.clock());
        let facts = SessionFacts::new(listener, peer.ip().to_canonical());
        Self {
            front,
            machine,
            stream: Some(stream),
            peer,
            facts,
            out: BytesMut::new(),
            timing,
            transaction: Transaction::new(),
            next_refusal,
        }
    }

    /// Converses until one side has enough. At a stop it ends between two messages, or at last anywhere.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<Stop>) {
        metrics::counter!("postern_sessions_total").increment(1);
        loop {
            // A step that refuses MAIL or RCPT has taken its line.
            let heard = heard::address_ahead(self.machine.buffer());
            match self.machine.step() {
                Step::NeedInput => {
                    if !self.read(&mut stop).await {
                        break;
                    }
                }
                Step::Send(reply) => self.say(&reply.to_wire()),
                Step::Refuse(refusal) => self.refused_by_machine(refusal, heard).await,
                Step::Decide(request) => {
                    let answer = self.decide(request).await;
                    self.machine.answer(answer);
                }
                Step::StartTls => {
                    if !self.start_tls().await {
                        break;
                    }
                }
                Step::Body(chunk) => self.take_body(chunk).await,
                Step::Discard => self.transaction.arriving = None,
                Step::EndOfData => {
                    let answer = self.end_of_data().await;
                    self.machine.answer(answer);
                    self.facts.transactions = self.facts.transactions.saturating_add(1);
                    self.begin_transaction();
                }
                Step::Close => {
                    // The peer may have gone already.
                    drop(self.flush().await);
                    break;
                }
            }
        }
        if let Some(stream) = &mut self.stream {
            drop(tokio::time::timeout(timing::SHUTDOWN_TIMEOUT, stream.shutdown()).await);
        }
    }

    fn begin_transaction(&mut self) {
        self.transaction = Transaction::new();
        self.facts.recipients = 0;
        self.facts.tenant = None;
    }

    fn say(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    // Reads more. False: the session is over.
    async fn read(&mut self, stop: &mut watch::Receiver<Stop>) -> bool {
        if self.flush().await.is_err() {
            return false;
        }
        let receiving = self.transaction.arriving.is_some();
        let limit = self.timing.limit(receiving, self.transaction_length(), self.front.is_stressed());
        let is_idle = !self.machine.is_in_transaction();
        let wanted = if is_idle { Stop::BetweenMessages } else { Stop::Anywhere };
        let Some(stream) = &mut self.stream else { return false };
        let buffer = self.machine.buffer();
        buffer.reserve(READ_BYTES);
        tokio::select! {
            read = tokio::time::timeout(limit, stream.read_buf(buffer)) => match read {
                Ok(Ok(0) | Err(_)) => return false,
                Ok(Ok(_)) => {}
                Err(_) => self.machine.timed_out(),
            },
            () = stop::reached(stop, wanted) => {
                if !is_idle {
                    return self.break_off(receiving).await;
                }
                self.machine.end_soon();
            }
        }
        if self.timing.session_is_spent() {
            self.machine.end_soon();
        }
        true
    }

    // The end in the middle of a message: 421, and nothing of it is kept. Always false.
    async fn break_off(&mut self, receiving: bool) -> bool {
        self.transaction.arriving = None;
        let reason = Reason::ShuttingDown;
        let reply = replies::refusal(reason, &self.next_refusal.reference());
        let stage = if receiving { Stage::Message } else { Stage::Command };
        self.refused_by_machine(Refusal { stage, reason, reply }, None).await;
        // The peer may have gone already.
        drop(self.flush().await);
        false
    }

    fn transaction_length(&self) -> u64 {
        self.transaction.arriving.as_ref().map_or(0, Arriving::length)
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let out = self.out.split();
        let Some(stream) = &mut self.stream else { return Err(std::io::ErrorKind::NotConnected.into()) };
        for part in out.chunks(WRITE_BYTES) {
            tokio::time::timeout(timing::WRITE_TIMEOUT, stream.write_all(part)).await??;
        }
        tokio::time::timeout(timing::WRITE_TIMEOUT, stream.flush()).await?
    }

    async fn start_tls(&mut self) -> bool {
        if self.flush().await.is_err() {
            return false;
        }
        let (Some(stream), Some(config)) = (self.stream.take(), self.front.tls()) else { return false };
        let handshake = tokio::time::timeout(timing::HANDSHAKE_TIMEOUT, stream.accept_tls(config));
        let Ok(Ok(stream)) = handshake.await else {
            metrics::counter!("postern_tls_handshakes_failed_total").increment(1);
            return false;
        };
        let Some(tls) = stream.tls_session() else { return false };
        self.machine.tls_started(tls);
        self.stream = Some(stream);
        self.begin_transaction();
        true
    }

    async fn refused_by_machine(&mut self, refusal: Refusal, heard: Option<String>) {
        self.count_error(refusal.reply.code());
        let parties = self.parties_of(refusal.stage, heard);
        let stage = stage_word(refusal.stage);
        self.journal_refusal(stage, &refusal.reply, &reason_word(refusal.reason), parties).await;
        self.say(&refusal.reply.to_wire());
        if refusal.stage == Stage::Message {
            self.begin_transaction();
        }
    }

    // Whom a refusal of the machine concerns. What follows a refused MAIL belongs to its sender as far as we know.
    fn parties_of(&mut self, stage: Stage, heard: Option<String>) -> Parties {
        match (stage, heard) {
            (Stage::Mail, heard) => {
                let sender = heard.unwrap_or_default();
                if !self.machine.is_in_transaction() {
                    self.begin_transaction();
                    self.transaction.sender = Address::parse(&sender).map_or(ReversePath::Null, ReversePath::Address);
                }
                Parties { sender, recipients: Vec::new() }
            }
            (Stage::Rcpt, Some(recipient)) => Parties { recipients: vec![recipient], ..self.parties() },
            _ => self.parties(),
        }
    }

    // Whom the transaction concerns so far.
    fn parties(&self) -> Parties {
        let recipients = self.transaction.recipients.iter().map(|known| known.address.to_string()).collect();
        Parties { sender: self.transaction.sender.to_string(), recipients }
    }

    fn envelope(&self) -> Envelope {
        Envelope {
            client: Client {
                ip: self.peer.ip().to_canonical(),
                port: self.peer.port(),
                tls: self.machine.tls().cloned(),
            },
            helo: self.helo(),
            sender: self.transaction.sender.clone(),
            recipients: self.transaction.recipients.clone(),
            received_at: self.front.clock().now(),
            body: self.transaction.body,
        }
    }

    fn helo(&self) -> Helo {
        self.machine.helo().cloned().unwrap_or(Helo { name: String::new(), extended: false })
    }
}

const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connect",
        Stage::Helo => "helo",
        Stage::StartTls => "starttls",
        Stage::Mail => "mail",
        Stage::Rcpt => "rcpt",
        Stage::Data => "data",
        Stage::Message => "message",
        Stage::Command => "command",
    }
}

// `RelayingDenied` as `relaying_denied`: the stable word of the journal.
fn reason_word(reason: Reason) -> String {
    let mut word = String::new();
    for c in format!("{reason:?}").chars() {
        if c.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}
