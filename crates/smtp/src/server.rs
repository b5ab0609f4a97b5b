//! The receiving side of a session (RFC 5321 3 and 4) as a machine: bytes in, steps out, no socket and no clock.
//!
//! It owns the order of commands, limits, line discipline, dot-unstuffing and every reply that needs no outside
//! knowledge. It does not know whom we relay for or what is spam: for that it asks ([`Step::Decide`],
//! [`Step::EndOfData`]) and waits for [`Session::answer`].
//!
//! **Line discipline.** Lines end with CRLF. A CR or LF alone and a NUL, in a command or in a message, are refused and
//! the session is closed, so that what two servers could read differently is read by nobody. Data ends with CRLF, dot,
//! CRLF and nothing else. Nothing may follow DATA or STARTTLS before their reply. No exemption for anybody.
//!
//! **A driver.** One loop; what is sent has to be flushed before waiting for input, for TLS and before closing.
//!
//! ```
//! use std::sync::Arc;
//! use smtp::server::{Answer, Request, Session, Settings, Step};
//!
//! # let mut socket: std::collections::VecDeque<&[u8]> = ["EHLO a\r\n".as_bytes(), b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n",
//! #     b"DATA\r\n", b"Subject: hi\r\n\r\n.\r\n", b"QUIT\r\n"].into();
//! let mut session = Session::new(Arc::new(Settings::default()), "abc123defg".to_owned());
//! let (mut written, mut body) = (Vec::new(), Vec::new());
//! loop {
//!     match session.step() {
//!         Step::NeedInput => match socket.pop_front() {
//!             Some(bytes) => session.receive(bytes),          // or read straight into session.buffer()
//!             None => break,                                  // the peer has gone
//!         },
//!         Step::Send(reply) => written.extend_from_slice(&reply.to_wire()),
//!         Step::Refuse(refusal) => written.extend_from_slice(&refusal.reply.to_wire()), // and journal it
//!         Step::Decide(Request::Mail(_)) => {
//!             body.clear();
//!             session.answer(Answer::Accept);
//!         }
//!         Step::Decide(_) => session.answer(Answer::Accept),  // or Answer::Reply(refusal), Answer::Close(reply)
//!         Step::StartTls => session.tls_started(handshake()),
//!         Step::Body(chunk) => body.extend_from_slice(&chunk),
//!         Step::Discard => body.clear(),
//!         Step::EndOfData => session.answer(Answer::Accept),  // once the disk has it
//!         Step::Close => break,
//!     }
//! }
//! assert_eq!(body, b"Subject: hi\r\n\r\n");
//! # assert!(String::from_utf8(written).unwrap().ends_with("goodbye\r\n"));
//! # fn handshake() -> mail::envelope::TlsSession { unreachable!() }
//! ```
//!
//! When nothing comes in time the driver calls [`Session::timed_out`], when the program stops or the session has lasted
//! its hour [`Session::end_soon`], and goes on with the loop.

mod commands;
mod data;
mod line;
mod settings;

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use mail::envelope::{Helo, TlsSession};

use crate::command::{ForwardPath, Mail};
use crate::limits::{DEFERRALS_MAX, IDLE_COMMANDS_MAX};
use crate::replies::{self, Reason};
use crate::reply::{Reply, ReplyClass};
use data::{DataReader, Piece};
use line::{Line, LineReader};
pub use settings::{RoutingMarks, Settings};

/// What the driver has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Flush, read, and call [`Session::receive`].
    NeedInput,
    /// Write this.
    Send(Reply),
    /// Write its reply: the session itself has refused something.
    Refuse(Refusal),
    /// Decide and call [`Session::answer`].
    Decide(Request),
    /// Flush, do the handshake, and call [`Session::tls_started`]; if it fails, close.
    StartTls,
    /// A piece of the message: dots unstuffed, line ends kept. It is as small as what was read; who keeps pieces puts
    /// small ones together.
    Body(Bytes),
    /// Throw away what came of the message; no [`Step::EndOfData`] will follow, the refusal does.
    Discard,
    /// The message is complete. Keep it or not, then call [`Session::answer`].
    EndOfData,
    /// Flush and close. It stays at that.
    Close,
}

/// A question that the session cannot answer itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A peer has connected: greet it?
    Connect,
    /// HELO or EHLO.
    Helo(Helo),
    /// MAIL: begins an envelope.
    Mail(Mail),
    /// RCPT: one more recipient.
    Rcpt(ForwardPath),
    /// DATA: may the message come?
    Data,
}

/// The driver's answer to a [`Request`] or to [`Step::EndOfData`]. Without a question it is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, in the usual words.
    Accept,
    /// In these words: a 2yz reply accepts, any other refuses.
    Reply(Reply),
    /// Refuse and close the session.
    Close(Reply),
}

/// Something that the session refused without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub stage: Stage,
    /// Why.
    pub reason: Reason,
    /// The reply to write.
    pub reply: Reply,
}

/// Where in a session something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Before the greeting.
    Connect,
    /// HELO, EHLO.
    Helo,
    /// STARTTLS.
    StartTls,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA, the command.
    Data,
    /// The message itself.
    Message,
    /// Anything else.
    Command,
}

/// One session with one peer.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    reference: String,
    input: BytesMut,
    steps: VecDeque<Step>,
    phase: Phase,
    helo: Option<Helo>,
    tls: Option<TlsSession>,
    transaction: Option<Transaction>,
    transactions: usize,
    errors: usize,
    deferrals: usize,
    idle_commands: usize,
    is_ending: bool,
}

// A MAIL that was accepted.
#[derive(Debug, Default)]
struct Transaction {
    recipients: usize,
}

#[derive(Debug)]
enum Phase {
    Start,
    Command(LineReader),
    Asked(Asked),
    Data(Box<DataReader>),
    Handshake,
    Closed,
}

// What the driver is thinking about.
#[derive(Clone, Debug)]
enum Asked {
    Connect,
    Helo(Helo),
    Mail,
    Rcpt,
    Data,
    Message,
}

impl Session {
    /// A session that has just been connected. The reference is shown in every refusal until [`Self::set_reference`].
    #[must_use]
    pub fn new(settings: Arc<Settings>, reference: String) -> Self {
        Self {
            settings,
            reference,
            input: BytesMut::new(),
            steps: VecDeque::new(),
            phase: Phase::Start,
            helo: None,
            tls: None,
            transaction: None,
            transactions: 0,
            errors: 0,
            deferrals: 0,
            idle_commands: 0,
            is_ending: false,
        }
    }

    /// Takes what the peer sent.
    pub fn receive(&mut self, bytes: &[u8]) {
        if !matches!(self.phase, Phase::Closed) {
            self.input.extend_from_slice(bytes);
        }
    }

    /// Where a driver may append what it reads, to spare a copy. Reserve 16 to 64 KiB, not more: pieces of the message
    /// keep the whole buffer alive.
    pub const fn buffer(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// What was said in HELO or EHLO.
    #[must_use]
    pub const fn helo(&self) -> Option<&Helo> {
        self.helo.as_ref()
    }

    /// TLS of the session.
    #[must_use]
    pub const fn tls(&self) -> Option<&TlsSession> {
        self.tls.as_ref()
    }

    /// MAIL was accepted and its message has not ended.
    #[must_use]
    pub const fn is_in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Sets the reference that refusals show from now on: a driver gives each envelope its own when it is asked for MAIL.
    pub fn set_reference(&mut self, reference: String) {
        self.reference = reference;
    }

    /// Ends the session between two transactions, at once if there is none: 421.
    pub const fn end_soon(&mut self) {
        self.is_ending = true;
    }

    /// The peer was silent for too long: 421, at whatever point. RFC 5321 4.5.3.2.7.
    pub fn timed_out(&mut self) {
        self.break_off(Reason::TimedOut);
    }

    /// The handshake is done. Everything that was said before is forgotten (RFC 3207 4.2).
    pub fn tls_started(&mut self, tls: TlsSession) {
        if !matches!(self.phase, Phase::Handshake) {
            return;
        }
        self.phase = Phase::Command(LineReader::default());
        self.tls = Some(tls);
        self.helo = None;
        self.transaction = None;
        // What came before the handshake was not protected by it (CVE-2011-0411).
        if !self.input.is_empty() {
            self.refuse(Stage::StartTls, Reason::Unsynchronised);
        }
    }

    /// The next thing to do. While a question is open it says [`Step::NeedInput`]: answer first.
    pub fn step(&mut self) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            match &mut self.phase {
                Phase::Start => self.ask(Asked::Connect, Request::Connect),
                Phase::Closed => return Step::Close,
                // The driver owes us something; there is nothing it could do before.
                Phase::Asked(_) | Phase::Handshake => return Step::NeedInput,
                Phase::Command(_) if self.is_ending && self.transaction.is_none() => {
                    self.refuse(Stage::Command, Reason::ShuttingDown);
                }
                Phase::Command(reader) => match reader.read(&mut self.input) {
                    Line::Incomplete => return Step::NeedInput,
                    Line::Complete(line) => self.take_command(&line),
                    Line::Refused(reason) => self.refuse(Stage::Command, reason),
                },
                Phase::Data(reader) => {
                    let piece = reader.read(&mut self.input);
                    if matches!(piece, Piece::Part(ref part) if part.is_empty()) {
                        return Step::NeedInput;
                    }
                    self.take_piece(piece);
                }
            }
        }
    }

    /// Answers the question of the last step.
    pub fn answer(&mut self, answer: Answer) {
        let Phase::Asked(asked) = &self.phase else { return };
        let asked = asked.clone();
        self.phase = Phase::Command(LineReader::default());
        match answer {
            Answer::Accept => self.go_on(asked, None),
            Answer::Reply(reply) if reply.is_positive() => self.go_on(asked, Some(reply)),
            Answer::Reply(reply) => self.stay(&asked, reply),
            Answer::Close(reply) => {
                self.steps.push_back(Step::Send(reply));
                self.close();
            }
        }
    }

    fn go_on(&mut self, asked: Asked, reply: Option<Reply>) {
        let usual = match asked {
            Asked::Connect if !self.input.is_empty() => return self.refuse(Stage::Connect, Reason::EarlyTalk),
            Asked::Connect => replies::greeting(&self.settings.host),
            Asked::Helo(helo) => {
                let reply = if helo.extended {
                    let with_tls = self.settings.offers_tls && self.tls.is_none();
                    replies::hello_extended(&self.settings.host, self.settings.size_bytes_max, with_tls)
                } else {
                    replies::hello(&self.settings.host)
                };
                self.transaction = None;
                self.helo = Some(helo);
                self.steps.push_back(Step::Send(reply));
                return;
            }
            Asked::Mail => {
                self.transactions = self.transactions.saturating_add(1);
                self.transaction = Some(Transaction::default());
                replies::sender_accepted()
            }
            Asked::Rcpt => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.recipients = transaction.recipients.saturating_add(1);
                }
                replies::recipient_accepted()
            }
            Asked::Data => return self.start_data(),
            Asked::Message => {
                self.transaction = None;
                self.errors = 0;
                self.deferrals = 0;
                self.idle_commands = 0;
                replies::message_accepted(&self.reference)
            }
        };
        self.steps.push_back(Step::Send(reply.unwrap_or(usual)));
    }

    // The driver said no.
    fn stay(&mut self, asked: &Asked, reply: Reply) {
        let class = reply.class();
        let is_goodbye = reply.code() == 421 || matches!(asked, Asked::Connect);
        self.steps.push_back(Step::Send(reply));
        if matches!(asked, Asked::Message) {
            self.transaction = None;
        }
        if is_goodbye {
            self.close();
        } else {
            self.count_refusal(class);
        }
    }

    fn start_data(&mut self) {
        // A client that does not wait for 354 has not understood where commands end and data begins; neither have we.
        if !self.input.is_empty() {
            return self.refuse(Stage::Data, Reason::Unsynchronised);
        }
        self.steps.push_back(Step::Send(replies::data_start()));
        self.phase = Phase::Data(Box::new(DataReader::new(self.settings.size_bytes_max)));
    }

    fn take_piece(&mut self, piece: Piece) {
        match piece {
            Piece::Part(part) => self.steps.push_back(Step::Body(part)),
            Piece::Discard => self.steps.push_back(Step::Discard),
            Piece::End(part) => {
                if !part.is_empty() {
                    self.steps.push_back(Step::Body(part));
                }
                self.steps.push_back(Step::EndOfData);
                self.phase = Phase::Asked(Asked::Message);
            }
            Piece::Refused(reason) => {
                self.transaction = None;
                self.phase = Phase::Command(LineReader::default());
                self.refuse(Stage::Message, reason);
            }
            Piece::BareLineEnd => self.break_off(Reason::BareLineEndInMessage),
        }
    }

    fn ask(&mut self, asked: Asked, request: Request) {
        self.phase = Phase::Asked(asked);
        self.steps.push_back(Step::Decide(request));
    }

    // Ends a session wherever it stands; what came of a message is nothing.
    fn break_off(&mut self, reason: Reason) {
        match self.phase {
            Phase::Closed => {}
            Phase::Data(_) => {
                self.steps.push_back(Step::Discard);
                self.push_refusal(Stage::Message, reason);
                self.close();
            }
            _ => {
                self.push_refusal(Stage::Command, reason);
                self.close();
            }
        }
    }

    fn refuse(&mut self, stage: Stage, reason: Reason) {
        let class = self.push_refusal(stage, reason);
        if reason.ends_session() {
            self.close();
        } else {
            self.count_refusal(class);
        }
    }

    fn push_refusal(&mut self, stage: Stage, reason: Reason) -> ReplyClass {
        let reply = replies::refusal(reason, &self.reference);
        let class = reply.class();
        self.steps.push_back(Step::Refuse(Refusal { stage, reason, reply }));
        class
    }

    fn count_refusal(&mut self, class: ReplyClass) {
        let counter = if class == ReplyClass::Permanent { &mut self.errors } else { &mut self.deferrals };
        *counter = counter.saturating_add(1);
        if self.errors >= self.settings.errors_max || self.deferrals >= DEFERRALS_MAX {
            self.refuse(Stage::Command, Reason::TooManyErrors);
        }
    }

    fn count_idle_command(&mut self) -> bool {
        self.idle_commands = self.idle_commands.saturating_add(1);
        let is_too_many = self.idle_commands > IDLE_COMMANDS_MAX;
        if is_too_many {
            self.refuse(Stage::Command, Reason::TooManyIdleCommands);
        }
        is_too_many
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.transaction = None;
        self.input = BytesMut::new();
    }
}

#[cfg(test)]
mod tests;
