//! What each command does (RFC 5321 4.1.1), and the order they have to come in (4.1.4).

use super::{Asked, Phase, Request, RoutingMarks, Session, Stage, Step};
use crate::command::{self, Command, ForwardPath, Mail};
use crate::replies::{self, Reason};

impl Session {
    pub(super) fn take_command(&mut self, line: &[u8]) {
        let command = match command::parse(line) {
            Ok(command) => command,
            Err(reason) => return self.refuse(stage_of(line), reason),
        };
        match command {
            Command::Mail(mail) => self.take_mail(mail),
            Command::Rcpt(recipient) => self.take_rcpt(recipient),
            Command::Data => self.take_data(),
            Command::Quit => {
                self.steps.push_back(Step::Send(replies::goodbye(&self.settings.host)));
                self.close();
            }
            _ if self.count_idle_command() => {}
            Command::Helo(helo) => self.ask(Asked::Helo(helo.clone()), Request::Helo(helo)),
            Command::StartTls => self.take_start_tls(),
            Command::Rset => {
                self.transaction = None;
                self.steps.push_back(Step::Send(replies::done()));
            }
            Command::Noop => self.steps.push_back(Step::Send(replies::done())),
            Command::Vrfy => self.steps.push_back(Step::Send(replies::not_verified())),
            Command::Help => self.steps.push_back(Step::Send(replies::help())),
        }
    }

    fn take_mail(&mut self, mail: Mail) {
        let reason = if self.helo.is_none() {
            Reason::HeloFirst
        } else if self.transaction.is_some() {
            Reason::TransactionOpen
        } else if self.transactions >= self.settings.transactions_max {
            Reason::SessionSpent
        } else if mail.size_bytes.is_some_and(|size| size > self.settings.size_bytes_max) {
            Reason::MessageTooLarge
        } else {
            return self.ask(Asked::Mail, Request::Mail(mail));
        };
        self.refuse(Stage::Mail, reason);
    }

    fn take_rcpt(&mut self, recipient: ForwardPath) {
        let reason = match &self.transaction {
            None if self.helo.is_none() => Reason::HeloFirst,
            None => Reason::MailFirst,
            Some(open) if open.recipients >= self.settings.recipients_max => Reason::TooManyRecipients,
            Some(_) if self.settings.routing_marks == RoutingMarks::Refuse && recipient.has_routing_marks() => {
                Reason::RoutingMarks
            }
            Some(_) => return self.ask(Asked::Rcpt, Request::Rcpt(recipient)),
        };
        self.refuse(Stage::Rcpt, reason);
    }

    fn take_data(&mut self) {
        let reason = match &self.transaction {
            // Whether it is in order or not: lines behind it may be a message, and are never run as commands
            // (RFC 2920 3.1: DATA is the last of a group).
            _ if !self.input.is_empty() => Reason::Unsynchronised,
            None if self.helo.is_none() => Reason::HeloFirst,
            None => Reason::MailFirst,
            Some(open) if open.recipients == 0 => Reason::RecipientFirst,
            Some(_) => return self.ask(Asked::Data, Request::Data),
        };
        self.refuse(Stage::Data, reason);
    }

    fn take_start_tls(&mut self) {
        let reason = if self.tls.is_some() {
            Reason::TlsAlready
        } else if !self.settings.offers_tls {
            Reason::TlsNotOffered
        } else if self.helo.is_none() {
            Reason::HeloFirst
        } else if !self.input.is_empty() {
            // RFC 3207 4: nothing follows it in the clear (CVE-2011-0411).
            Reason::Unsynchronised
        } else {
            self.steps.push_back(Step::Send(replies::tls_start()));
            self.steps.push_back(Step::StartTls);
            self.phase = Phase::Handshake;
            return;
        };
        self.refuse(Stage::StartTls, reason);
    }
}

fn stage_of(line: &[u8]) -> Stage {
    match line.get(..4).map(<[u8]>::to_ascii_uppercase).as_deref() {
        Some(b"EHLO" | b"HELO") => Stage::Helo,
        Some(b"MAIL") => Stage::Mail,
        Some(b"RCPT") => Stage::Rcpt,
        Some(b"DATA" | b"BDAT") => Stage::Data,
        Some(b"STAR") => Stage::StartTls,
        _ => Stage::Command,
    }
}
