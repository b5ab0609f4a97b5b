//! One transaction of the client: the commands of the envelope, in groups where the server takes them (RFC 2920), and
//! what has become of each recipient.

use std::collections::VecDeque;

use bytes::{BufMut, BytesMut};
use mail::address::{Address, ReversePath};
use mail::envelope::BodyType;

use super::{Job, Outcome, Trouble};
use crate::extension::Offered;
use crate::limits::PIPELINED_COMMANDS_MAX;
use crate::reply::{Enhanced, Reply};

#[derive(Debug)]
pub(super) struct Transaction {
    mail: String,
    recipients: Vec<Address>,
    // None: accepted by RCPT, or not yet said; the message decides.
    outcomes: Vec<Option<Outcome>>,
    unsent: VecDeque<Command>,
    awaited: VecDeque<Command>,
    group_max: usize,
    is_open: bool,
}

#[derive(Clone, Copy, Debug)]
enum Command {
    Mail,
    // By its place in the job.
    Rcpt(usize),
}

impl Transaction {
    pub(super) fn new(job: Job, offered: Offered) -> Self {
        let rcpts = (0..job.recipients.len()).map(Command::Rcpt);
        Self {
            mail: mail_command(&job.sender, job.size_bytes, job.body, offered),
            outcomes: vec![None; job.recipients.len()],
            unsent: std::iter::once(Command::Mail).chain(rcpts).collect(),
            recipients: job.recipients,
            awaited: VecDeque::new(),
            group_max: if offered.pipelining { PIPELINED_COMMANDS_MAX } else { 1 },
            is_open: false,
        }
    }

    // The next group of commands.
    pub(super) fn write_commands(&mut self, out: &mut BytesMut) {
        for _ in 0..self.group_max {
            let Some(command) = self.unsent.pop_front() else { return };
            match command {
                Command::Mail => out.put_slice(self.mail.as_bytes()),
                Command::Rcpt(index) => {
                    let Some(recipient) = self.recipients.get(index) else { continue };
                    out.put_slice(format!("RCPT TO:<{recipient}>\r\n").as_bytes());
                }
            }
            self.awaited.push_back(command);
        }
    }

    // The reply to the first of the commands that are not answered.
    pub(super) fn take_reply(&mut self, reply: &Reply) {
        match self.awaited.pop_front() {
            Some(Command::Mail) if reply.is_positive() => self.is_open = true,
            Some(Command::Mail) => {
                self.unsent.clear();
                self.settle(reply);
            }
            Some(Command::Rcpt(index)) if !reply.is_positive() => {
                if let Some(outcome) = self.outcomes.get_mut(index) {
                    outcome.get_or_insert_with(|| rcpt_outcome(reply));
                }
            }
            // A yes to RCPT behind a no to MAIL changes nothing: it has its outcome.
            Some(Command::Rcpt(_)) | None => {}
        }
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.awaited.is_empty()
    }

    pub(super) fn has_commands(&self) -> bool {
        !self.unsent.is_empty()
    }

    // MAIL was accepted: the server has to be told before the next.
    pub(super) const fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn has_recipient(&self) -> bool {
        self.outcomes.iter().any(Option::is_none)
    }

    // The reply decides for everybody who has no outcome yet.
    pub(super) fn settle(&mut self, reply: &Reply) {
        for outcome in &mut self.outcomes {
            outcome.get_or_insert_with(|| Outcome::of(reply));
        }
    }

    pub(super) fn break_off(&mut self, trouble: &Trouble) {
        for outcome in &mut self.outcomes {
            outcome.get_or_insert_with(|| trouble.outcome());
        }
    }

    pub(super) fn into_outcomes(self) -> Vec<Outcome> {
        // Nobody is left without one when a transaction ends; if so, it is tried again.
        let unsaid = || Outcome::Transient(Reply::new(451, Some(Enhanced::new(4, 5, 0)), "no answer"));
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unsaid)).collect()
    }
}

fn mail_command(sender: &ReversePath, size_bytes: u64, body: BodyType, offered: Offered) -> String {
    let mut command = format!("MAIL FROM:<{sender}>");
    if offered.size_bytes_max.is_some() {
        command.push_str(&format!(" SIZE={size_bytes}"));
    }
    if offered.eight_bit_mime && body == BodyType::EightBitMime {
        command.push_str(" BODY=8BITMIME");
    }
    command.push_str("\r\n");
    command
}

// RFC 5321 4.5.3.1.10: 552 to RCPT is an old word for "too many recipients", unless the enhanced code says another thing.
fn rcpt_outcome(reply: &Reply) -> Outcome {
    let is_too_many = reply.code() == 552 && reply.enhanced().is_none_or(|e| (e.subject, e.detail) == (5, 3));
    if is_too_many { Outcome::Transient(reply.clone()) } else { Outcome::of(reply) }
}
