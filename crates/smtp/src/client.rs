//! The delivering side of a session (RFC 5321 3 and 4) as a machine: replies in, steps out, no socket and no clock.
//!
//! It owns what is said and in which order, what a reply means for each recipient, and what is too odd to go on with.
//! It does not know where to deliver, when to try again, or what a certificate is worth.
//!
//! The server is a stranger: replies are bounded ([`crate::limits::REPLY_BYTES_MAX`]) and escaped, a reply that came
//! before its command is not believed, whatever comes behind the 220 to STARTTLS ends the session (CVE-2021-38371).
//! Nothing is taken for delivered but on a 2yz reply to the final dot; when in doubt it is tried again: twice is better
//! than never.
//!
//! Where 8BITMIME is not offered, an eight-bit body is passed on as it is, without BODY=: converting would break
//! signatures, and servers that lack the word but not the ability are many.
//!
//! **A driver.**
//!
//! ```text
//! loop { match client.step() {
//!     Step::Send(bytes)   => write them
//!     Step::Wait(wait)    => flush, read within wait.limit(): client.receive(bytes), or client.lost(Lost::...)
//!     Step::StartTls      => flush, handshake: client.tls_started(); failed: connect again with TlsUse::Never, if allowed
//!     Step::Ready         => client.start(job), or client.quit()
//!     Step::SendBody      => pass each piece through a Stuffer, write, then its finish(); client.body_sent() before reading on
//!     Step::Done(results) => one outcome for each recipient of the job, in order
//!     Step::Failed(what)  => no job was under way; what.outcome() says what it would mean for each
//!     Step::Close         => close
//! } }
//! ```

mod replies;
mod stuffer;
mod transaction;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mail::address::{Address, ReversePath};
use mail::envelope::BodyType;

use crate::extension::Offered;
use crate::reply::{Enhanced, Reply, ReplyClass, ReplyFault, ReplyReader};
pub use stuffer::Stuffer;
use transaction::Transaction;

/// What the driver has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write this.
    Send(Bytes),
    /// Flush and read, within the time that belongs to it.
    Wait(Wait),
    /// Flush and do the handshake; nothing that was read before may go into it.
    StartTls,
    /// The session can take a message.
    Ready,
    /// Write the message, stuffed, then call [`Client::body_sent`].
    SendBody,
    /// The transaction is over: one outcome for each recipient, in the job's order.
    Done(Vec<Outcome>),
    /// The session is over, and no transaction was under way.
    Failed(Trouble),
    /// Close. It stays at that.
    Close,
}

/// What is waited for; each has a time of its own (RFC 5321 4.5.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// The greeting.
    Greeting,
    /// The reply to any command.
    Command,
    /// The reply to DATA.
    DataStart,
    /// The reply to the final dot.
    DataEnd,
}

/// The time for writing one piece of the message (RFC 5321 4.5.3.2.5).
pub const DATA_BLOCK_LIMIT: Duration = Duration::from_secs(180);

impl Wait {
    /// How long to wait (RFC 5321 4.5.3.2).
    #[must_use]
    pub const fn limit(self) -> Duration {
        match self {
            Self::Greeting | Self::Command => Duration::from_secs(300),
            Self::DataStart => Duration::from_secs(120),
            Self::DataEnd => Duration::from_secs(600),
        }
    }
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken the message for it.
    Accepted(Reply),
    /// Try again later.
    Transient(Reply),
    /// It will never work.
    Permanent(Reply),
}

/// Why a session cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server said no to greeting, EHLO and HELO, or it closed with 421.
    Refused(Reply),
    /// TLS is required, and the server does not offer it or refused it.
    NoTls,
    /// The server sent something in the clear behind its 220 to STARTTLS.
    Injected,
    /// What the server sent is no reply.
    Malformed(ReplyFault),
    /// A reply came that nobody had asked for, or of the wrong kind.
    Unexpected(Reply),
    /// The connection is gone.
    Lost(Lost),
}

/// How a connection was lost, as the driver saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Closed by the server, or an error of the network.
    Closed,
    /// Nothing came in time.
    TimedOut,
    /// The handshake failed.
    Handshake,
}

/// Whether TLS is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsUse {
    /// Not even if offered: what is left after a handshake has failed.
    Never,
    /// If offered.
    Opportunistic,
    /// Or nothing is delivered.
    Required,
}

/// One message for some recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// MAIL FROM.
    pub sender: ReversePath,
    /// RCPT TO, at least one.
    pub recipients: Vec<Address>,
    /// Bytes of the message before stuffing.
    pub size_bytes: u64,
    /// Whether the body has bytes over 127.
    pub body: BodyType,
}

/// One session with one server.
#[derive(Debug)]
pub struct Client {
    host: String,
    tls_use: TlsUse,
    reader: ReplyReader,
    steps: VecDeque<Step>,
    phase: Phase,
    offered: Offered,
    transaction: Option<Transaction>,
    is_tls: bool,
    is_reset_due: bool,
    was_mail_refused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Handshake,
    // Ready for a message.
    Idle,
    Reset,
    Envelope,
    DataStart,
    Body,
    DataEnd,
    Quit,
    Closed,
}

impl Client {
    /// A session that has just been connected; `host` is our name for EHLO.
    #[must_use]
    pub fn new(host: String, tls_use: TlsUse) -> Self {
        Self {
            host,
            tls_use,
            reader: ReplyReader::default(),
            steps: VecDeque::new(),
            phase: Phase::Greeting,
            offered: Offered::default(),
            transaction: None,
            is_tls: false,
            is_reset_due: false,
            was_mail_refused: false,
        }
    }

    /// What the server offered, after EHLO.
    #[must_use]
    pub const fn offered(&self) -> Offered {
        self.offered
    }

    /// The session runs in TLS.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The last transaction ended before the server had said yes to MAIL: another server of the destination may take it
    /// (RFC 5321 5.1).
    #[must_use]
    pub const fn was_mail_refused(&self) -> bool {
        self.was_mail_refused
    }

    /// Takes what the server sent.
    pub fn receive(&mut self, bytes: &[u8]) {
        if self.phase != Phase::Closed {
            self.reader.receive(bytes);
        }
    }

    /// The handshake is done: EHLO again, nothing of before counts (RFC 3207 4.2).
    pub fn tls_started(&mut self) {
        if self.phase != Phase::Handshake {
            return;
        }
        if !self.reader.is_empty() {
            return self.fail(Trouble::Injected);
        }
        self.is_tls = true;
        self.offered = Offered::default();
        self.say(Phase::Ehlo, format!("EHLO {}\r\n", self.host));
    }

    /// Begins a transaction; only after [`Step::Ready`], else it is ignored. A job without recipients is done at once.
    pub fn start(&mut self, job: Job) {
        if self.phase != Phase::Idle {
            return;
        }
        if job.recipients.is_empty() {
            return self.done_at_once(Vec::new());
        }
        if let Some(reply) = self.too_large(&job) {
            return self.done_at_once(vec![Outcome::Permanent(reply); job.recipients.len()]);
        }
        self.transaction = Some(Transaction::new(job, self.offered));
        if self.is_reset_due {
            self.say(Phase::Reset, "RSET\r\n".to_owned());
        } else {
            self.send_envelope();
        }
    }

    /// The whole message has been written, final dot included. Call it before what is read afterwards is passed on:
    /// a reply that came earlier is none to the message.
    pub fn body_sent(&mut self) {
        if self.phase != Phase::Body {
            return;
        }
        if self.reader.is_empty() {
            self.phase = Phase::DataEnd;
        } else {
            self.take_unasked();
        }
    }

    /// Ends the session politely; only after [`Step::Ready`].
    pub fn quit(&mut self) {
        if self.phase == Phase::Idle {
            self.say(Phase::Quit, "QUIT\r\n".to_owned());
        }
    }

    /// The connection is gone or nothing came in time. A refusal that was read before it counts.
    pub fn lost(&mut self, lost: Lost) {
        match self.phase {
            Phase::Closed => {}
            Phase::Quit => self.close(),
            Phase::Body | Phase::Idle => match self.reader.read() {
                Some(Ok(reply)) => self.take_early(reply),
                _ => self.fail(Trouble::Lost(lost)),
            },
            _ => self.fail(Trouble::Lost(lost)),
        }
    }

    /// The next thing to do.
    pub fn step(&mut self) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            match self.phase {
                Phase::Closed => return Step::Close,
                Phase::Idle => match self.reader.read() {
                    None => return Step::Ready,
                    // Said while nobody asked, for instance 421 to an idle session: it is no use any more.
                    Some(Ok(reply)) => self.take_early(reply),
                    Some(Err(fault)) => self.fail(Trouble::Malformed(fault)),
                },
                Phase::Body => return Step::SendBody,
                Phase::Handshake => return Step::StartTls,
                _ => match self.reader.read() {
                    None => return Step::Wait(self.wait()),
                    Some(Ok(reply)) => self.take_reply(reply),
                    Some(Err(fault)) => self.fail(Trouble::Malformed(fault)),
                },
            }
        }
    }

    const fn wait(&self) -> Wait {
        match self.phase {
            Phase::Greeting => Wait::Greeting,
            Phase::DataStart => Wait::DataStart,
            Phase::DataEnd => Wait::DataEnd,
            _ => Wait::Command,
        }
    }

    // RFC 1870 6.1: a message larger than the server takes is not offered to it.
    fn too_large(&self, job: &Job) -> Option<Reply> {
        let max = self.offered.size_bytes_max.filter(|max| *max > 0)?;
        let text = format!("message of {} bytes, the next hop takes {max}", job.size_bytes);
        (job.size_bytes > max).then(|| Reply::new(552, Some(Enhanced::new(5, 3, 4)), &text))
    }

    fn done_at_once(&mut self, outcomes: Vec<Outcome>) {
        self.was_mail_refused = false;
        self.steps.push_back(Step::Done(outcomes));
        self.phase = Phase::Idle;
    }

    // Nothing is said while something waits that it cannot have caused: later replies would be taken for its own.
    fn say(&mut self, phase: Phase, command: String) {
        if !self.reader.is_empty() {
            return self.take_unasked();
        }
        self.phase = phase;
        self.steps.push_back(Step::Send(Bytes::from(command)));
    }

    fn send_envelope(&mut self) {
        if !self.reader.is_empty() {
            return self.take_unasked();
        }
        let mut commands = BytesMut::new();
        if let Some(transaction) = &mut self.transaction {
            transaction.write_commands(&mut commands);
        }
        self.phase = Phase::Envelope;
        self.steps.push_back(Step::Send(commands.freeze()));
    }

    // Something has come although nothing was asked.
    fn take_unasked(&mut self) {
        match self.reader.read() {
            Some(Ok(reply)) => self.take_early(reply),
            Some(Err(fault)) => self.fail(Trouble::Malformed(fault)),
            None => self.fail(Trouble::Malformed(ReplyFault::Malformed)),
        }
    }

    // A refusal may come early; a yes to what was not said is worth nothing.
    fn take_early(&mut self, reply: Reply) {
        if reply.code() == 421 {
            return self.fail(Trouble::Refused(reply));
        }
        let is_about_message = self.phase == Phase::Body;
        match (&mut self.transaction, reply.class()) {
            (Some(transaction), ReplyClass::Transient | ReplyClass::Permanent) if is_about_message => {
                transaction.settle(&reply);
                self.finish();
                self.close();
            }
            _ => self.fail(Trouble::Unexpected(reply)),
        }
    }

    // The transaction's results, if there is one.
    fn finish(&mut self) {
        if let Some(transaction) = self.transaction.take() {
            self.was_mail_refused = !transaction.is_open();
            self.steps.push_back(Step::Done(transaction.into_outcomes()));
        }
    }

    fn fail(&mut self, trouble: Trouble) {
        match &mut self.transaction {
            Some(transaction) => transaction.break_off(&trouble),
            None => self.steps.push_back(Step::Failed(trouble)),
        }
        self.finish();
        self.close();
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.reader = ReplyReader::default();
        self.steps.push_back(Step::Close);
    }
}

impl Trouble {
    /// What it means for a recipient: always that it may be tried again, at another server or later. The reply is the
    /// server's where it gave one, else ours.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let (subject, detail, text) = match self {
            Self::Refused(reply) => return Outcome::Transient(reply.clone()),
            Self::NoTls => (7, 10, "TLS is required and the next hop does not do it".to_owned()),
            Self::Injected => (7, 5, "the next hop sent data before TLS had begun".to_owned()),
            Self::Malformed(ReplyFault::TooLong) => (5, 0, "the next hop sent a reply without end".to_owned()),
            Self::Malformed(ReplyFault::Malformed) => (5, 0, "the next hop sent what is no reply".to_owned()),
            Self::Unexpected(reply) => (5, 0, format!("the next hop sent an unexpected reply: {reply}")),
            Self::Lost(Lost::Closed) => (4, 2, "the connection to the next hop was lost".to_owned()),
            Self::Lost(Lost::TimedOut) => (4, 2, "the next hop did not answer in time".to_owned()),
            Self::Lost(Lost::Handshake) => (7, 5, "the TLS handshake with the next hop failed".to_owned()),
        };
        Outcome::Transient(Reply::new(451, Some(Enhanced::new(4, subject, detail)), &text))
    }
}

impl Outcome {
    // What a reply to a command of the transaction says of a recipient.
    fn of(reply: &Reply) -> Self {
        match reply.class() {
            ReplyClass::Positive => Self::Accepted(reply.clone()),
            ReplyClass::Permanent => Self::Permanent(reply.clone()),
            ReplyClass::Intermediate | ReplyClass::Transient => Self::Transient(reply.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
