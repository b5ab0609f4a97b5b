//! What each reply does to the session.

use super::{Client, Phase, TlsUse, Trouble};
use crate::extension::Offered;
use crate::reply::{Reply, ReplyClass};

impl Client {
    pub(super) fn take_reply(&mut self, reply: Reply) {
        // RFC 5321 3.8: the server closes the session, whatever was asked.
        if reply.code() == 421 && self.phase != Phase::Quit {
            return self.take_closing(reply);
        }
        match self.phase {
            Phase::Greeting if reply.code() == 220 => self.say(Phase::Ehlo, format!("EHLO {}\r\n", self.host)),
            Phase::Greeting => self.refuse(reply),
            Phase::Ehlo => self.take_ehlo(reply),
            Phase::Helo if reply.is_positive() => self.phase = Phase::Idle,
            Phase::Helo => self.refuse(reply),
            Phase::StartTls => self.take_start_tls(reply),
            Phase::Reset if reply.is_positive() => {
                self.is_reset_due = false;
                self.send_envelope();
            }
            Phase::Reset => self.fail(Trouble::Unexpected(reply)),
            Phase::Envelope => self.take_envelope(&reply),
            Phase::DataStart => self.take_data_start(reply),
            Phase::DataEnd => self.take_data_end(reply),
            Phase::Quit => self.close(),
            // No reply is read in these.
            Phase::Handshake | Phase::Idle | Phase::Body | Phase::Closed => {}
        }
    }

    fn take_closing(&mut self, reply: Reply) {
        if self.phase == Phase::DataEnd
            && let Some(transaction) = &mut self.transaction
        {
            transaction.settle(&reply);
        }
        self.fail(Trouble::Refused(reply));
    }

    // A no to greeting or HELO; anything else than a no is out of place.
    fn refuse(&mut self, reply: Reply) {
        match reply.class() {
            ReplyClass::Transient | ReplyClass::Permanent => self.fail(Trouble::Refused(reply)),
            ReplyClass::Positive | ReplyClass::Intermediate => self.fail(Trouble::Unexpected(reply)),
        }
    }

    fn take_ehlo(&mut self, reply: Reply) {
        match reply.class() {
            ReplyClass::Positive => {}
            // RFC 5321 3.2: an old server knows only HELO; within TLS there are none so old.
            ReplyClass::Permanent if !self.is_tls && self.tls_use != TlsUse::Required => {
                return self.say(Phase::Helo, format!("HELO {}\r\n", self.host));
            }
            _ => return self.refuse(reply),
        }
        self.offered = Offered::parse(reply.lines());
        if self.is_tls || self.tls_use == TlsUse::Never {
            self.phase = Phase::Idle;
        } else if self.offered.start_tls {
            self.say(Phase::StartTls, "STARTTLS\r\n".to_owned());
        } else if self.tls_use == TlsUse::Required {
            self.fail(Trouble::NoTls);
        } else {
            self.phase = Phase::Idle;
        }
    }

    fn take_start_tls(&mut self, reply: Reply) {
        match reply.class() {
            _ if reply.code() == 220 && self.reader.is_empty() => self.phase = Phase::Handshake,
            _ if reply.code() == 220 => self.fail(Trouble::Injected),
            ReplyClass::Transient | ReplyClass::Permanent if self.tls_use == TlsUse::Required => {
                self.fail(Trouble::NoTls);
            }
            ReplyClass::Transient | ReplyClass::Permanent => self.phase = Phase::Idle,
            ReplyClass::Positive | ReplyClass::Intermediate => self.fail(Trouble::Unexpected(reply)),
        }
    }

    fn take_envelope(&mut self, reply: &Reply) {
        let Some(transaction) = &mut self.transaction else { return };
        if reply.class() == ReplyClass::Intermediate {
            return self.fail(Trouble::Unexpected(reply.clone()));
        }
        transaction.take_reply(reply);
        if transaction.is_waiting() {
            return;
        }
        let (has_more, has_recipient, is_open) =
            (transaction.has_commands(), transaction.has_recipient(), transaction.is_open());
        if has_more {
            self.send_envelope();
        } else if has_recipient {
            self.say(Phase::DataStart, "DATA\r\n".to_owned());
        } else {
            self.is_reset_due = is_open;
            self.finish();
            self.phase = Phase::Idle;
        }
    }

    fn take_data_start(&mut self, reply: Reply) {
        let Some(transaction) = &mut self.transaction else { return };
        match reply.class() {
            ReplyClass::Intermediate if reply.code() == 354 => self.phase = Phase::Body,
            ReplyClass::Transient | ReplyClass::Permanent => {
                transaction.settle(&reply);
                self.is_reset_due = true;
                self.finish();
                self.phase = Phase::Idle;
            }
            // The server takes what follows for commands, or waits for nothing: no way back from here.
            ReplyClass::Positive | ReplyClass::Intermediate => self.fail(Trouble::Unexpected(reply)),
        }
    }

    fn take_data_end(&mut self, reply: Reply) {
        let Some(transaction) = &mut self.transaction else { return };
        if reply.class() == ReplyClass::Intermediate {
            return self.fail(Trouble::Unexpected(reply));
        }
        transaction.settle(&reply);
        self.finish();
        self.phase = Phase::Idle;
    }
}
