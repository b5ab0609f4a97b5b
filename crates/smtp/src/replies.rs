//! Every reply that we give, in one place: the table of refusals, and the replies that go with a yes.
//!
//! A sender learns a code and a reference id; reasons, scores and rules are for people with the right to see them.
//! Codes: RFC 5321 4.2.3, enhanced codes: RFC 3463 and its registry.

use crate::extension;
use crate::reply::{Enhanced, Reply};

/// Why something was refused, by the session itself or by those who decide for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    // What the session finds itself.
    /// Spoke before the greeting.
    EarlyTalk,
    /// No command of SMTP.
    UnknownCommand,
    /// A command that we do not have.
    NotImplemented,
    /// BDAT, which we do not offer; what follows it is data that must not be read as commands.
    ChunkingNotOffered,
    /// A browser or a proxy speaks HTTP.
    NotSmtp,
    /// A command line is too long.
    CommandLineTooLong,
    /// A command line does not end.
    CommandLineEndless,
    /// A carriage return or line feed alone, or a NUL, in a command.
    BareLineEndInCommand,
    /// The same in a message.
    BareLineEndInMessage,
    /// Arguments that do not fit the command.
    Arguments,
    /// The name in HELO or EHLO.
    HeloName,
    /// The address in MAIL.
    SenderSyntax,
    /// The address in RCPT.
    RecipientSyntax,
    /// `<@relay.example:user@domain.example>` (RFC 5321 appendix C).
    SourceRoute,
    /// An address that is not ASCII (SMTPUTF8 is not offered).
    AddressNotAscii,
    /// A parameter of MAIL or RCPT that we do not know.
    UnknownParameter,
    /// A parameter with a wrong value, or twice.
    ParameterValue,
    /// `user%other.example@domain.example` and the like.
    RoutingMarks,
    /// A command before EHLO or HELO.
    HeloFirst,
    /// A second MAIL.
    TransactionOpen,
    /// RCPT without MAIL.
    MailFirst,
    /// DATA without an accepted RCPT.
    RecipientFirst,
    /// Bytes behind DATA or STARTTLS that did not wait for the reply.
    Unsynchronised,
    /// STARTTLS where it is not offered.
    TlsNotOffered,
    /// STARTTLS within TLS.
    TlsAlready,
    /// More recipients than a transaction may have.
    TooManyRecipients,
    /// The message is larger than we take.
    MessageTooLarge,
    /// The header is larger than we take.
    HeaderTooLarge,
    /// A line of the message is longer than we take.
    TextLineTooLong,
    /// Too many errors in the session.
    TooManyErrors,
    /// Too many commands without a message.
    TooManyIdleCommands,
    /// As many transactions as one session may have.
    SessionSpent,
    /// The peer was silent or slow for too long.
    TimedOut,
    /// The gateway goes down, or the session has lasted its time.
    ShuttingDown,

    // What is decided outside.
    /// Too many sessions, in all or from there.
    TooManySessions,
    /// The client is not welcome.
    ClientRefused,
    /// Neither is the recipient ours nor may the client send outward.
    RelayingDenied,
    /// No such recipient.
    UnknownRecipient,
    /// The message was judged and is not wanted.
    ContentRefused,
    /// A required check is down.
    CheckDown,
    /// More waits to be checked than can be done.
    Overloaded,
    /// The disk is full.
    StorageFull,
    /// The message comes round again.
    Loop,
    /// Our own trouble.
    LocalTrouble,
}

impl Reason {
    /// The session ends with it: what follows could be anything, or nothing may follow.
    #[must_use]
    pub const fn ends_session(self) -> bool {
        matches!(
            self,
            Self::EarlyTalk
                | Self::ChunkingNotOffered
                | Self::BareLineEndInCommand
                | Self::BareLineEndInMessage
                | Self::CommandLineEndless
                | Self::Unsynchronised
        ) || row(self).0 == 421
    }
}

/// The reply to a refusal: `550 5.7.1 relaying denied (ref abc123defg)`.
#[must_use]
pub fn refusal(reason: Reason, reference: &str) -> Reply {
    let (code, subject, detail, text) = row(reason);
    let enhanced = Enhanced::new(if code < 500 { 4 } else { 5 }, subject, detail);
    Reply::new(code, Some(enhanced), &format!("{text} (ref {reference})"))
}

// Code, subject and detail of the enhanced code, text. The class of the enhanced code is that of the code.
const fn row(reason: Reason) -> (u16, u16, u16, &'static str) {
    match reason {
        Reason::EarlyTalk => (554, 5, 1, "speak after the greeting"),
        Reason::UnknownCommand => (500, 5, 1, "unknown command"),
        Reason::NotImplemented => (502, 5, 1, "command not implemented"),
        Reason::ChunkingNotOffered => (502, 5, 1, "CHUNKING is not offered"),
        Reason::NotSmtp => (421, 5, 1, "this is a mail server"),
        Reason::CommandLineTooLong => (500, 5, 2, "command line too long"),
        Reason::CommandLineEndless => (500, 5, 2, "command line without end"),
        Reason::BareLineEndInCommand => (500, 5, 2, "bare CR, bare LF or NUL in a command"),
        Reason::BareLineEndInMessage => (550, 6, 0, "bare CR, bare LF or NUL in the message"),
        Reason::Arguments => (501, 5, 4, "wrong arguments"),
        Reason::HeloName => (501, 5, 4, "give the name of your host"),
        Reason::SenderSyntax => (501, 1, 7, "bad syntax of the sender's address"),
        Reason::RecipientSyntax => (501, 1, 3, "bad syntax of the recipient's address"),
        Reason::SourceRoute => (501, 5, 4, "source routes are not accepted"),
        Reason::AddressNotAscii => (553, 6, 7, "addresses are ASCII here, SMTPUTF8 is not offered"),
        Reason::UnknownParameter => (555, 5, 4, "unknown parameter"),
        Reason::ParameterValue => (501, 5, 4, "wrong value of a parameter"),
        Reason::RoutingMarks => (550, 7, 1, "relaying denied"),
        Reason::HeloFirst => (503, 5, 1, "say EHLO first"),
        Reason::TransactionOpen => (503, 5, 1, "there is a MAIL already"),
        Reason::MailFirst => (503, 5, 1, "say MAIL first"),
        Reason::RecipientFirst => (503, 5, 1, "no valid recipient"),
        Reason::Unsynchronised => (503, 5, 0, "wait for the reply"),
        Reason::TlsNotOffered => (502, 5, 1, "STARTTLS is not offered"),
        Reason::TlsAlready => (503, 5, 1, "TLS is in use already"),
        Reason::TooManyRecipients => (452, 5, 3, "too many recipients"),
        Reason::MessageTooLarge => (552, 3, 4, "message too large"),
        Reason::HeaderTooLarge => (552, 3, 4, "header too large"),
        Reason::TextLineTooLong => (500, 5, 2, "line of the message too long"),
        Reason::TooManyErrors => (421, 7, 0, "too many errors"),
        Reason::TooManyIdleCommands => (421, 7, 0, "too many commands without a message"),
        Reason::SessionSpent => (421, 7, 0, "too many messages in one session, connect again"),
        Reason::TimedOut => (421, 4, 2, "timed out"),
        Reason::ShuttingDown => (421, 3, 2, "closing the session, connect again"),
        Reason::TooManySessions => (421, 3, 2, "too many sessions, try again later"),
        Reason::ClientRefused => (554, 7, 1, "client refused"),
        Reason::RelayingDenied => (550, 7, 1, "relaying denied"),
        Reason::UnknownRecipient => (550, 1, 1, "no such recipient"),
        Reason::ContentRefused => (550, 7, 1, "message refused"),
        Reason::CheckDown => (451, 7, 1, "message cannot be checked now, try again later"),
        Reason::Overloaded => (451, 3, 2, "too many messages are being checked, try again later"),
        Reason::StorageFull => (452, 3, 1, "no room, try again later"),
        Reason::Loop => (554, 4, 6, "mail loop"),
        Reason::LocalTrouble => (451, 3, 0, "local trouble, try again later"),
    }
}

/// 220, the greeting.
#[must_use]
pub fn greeting(host: &str) -> Reply {
    Reply::new(220, None, &format!("{host} ESMTP Postern"))
}

/// 250 to EHLO, with what we offer.
#[must_use]
pub fn hello_extended(host: &str, size_bytes_max: u64, with_tls: bool) -> Reply {
    let offer = extension::offer(size_bytes_max, with_tls);
    Reply::of_lines(250, None, std::iter::once(host).chain(offer.iter().map(String::as_str)))
}

/// 250 to HELO.
#[must_use]
pub fn hello(host: &str) -> Reply {
    Reply::new(250, None, host)
}

/// 250 to MAIL.
#[must_use]
pub fn sender_accepted() -> Reply {
    yes(250, 1, 0, "sender ok")
}

/// 250 to RCPT.
#[must_use]
pub fn recipient_accepted() -> Reply {
    yes(250, 1, 5, "recipient ok")
}

/// 354 to DATA.
#[must_use]
pub fn data_start() -> Reply {
    Reply::new(354, None, "send the message, end with a dot on a line of its own")
}

/// 250 to the end of data: the message is ours now, under this reference.
#[must_use]
pub fn message_accepted(reference: &str) -> Reply {
    yes(250, 6, 0, &format!("accepted (ref {reference})"))
}

/// 220 to STARTTLS.
#[must_use]
pub fn tls_start() -> Reply {
    yes(220, 0, 0, "start TLS")
}

/// 250 to RSET and NOOP.
#[must_use]
pub fn done() -> Reply {
    yes(250, 0, 0, "ok")
}

/// 252 to VRFY: we do not say who exists (RFC 5321 7.3).
#[must_use]
pub fn not_verified() -> Reply {
    yes(252, 5, 0, "send a message to find out")
}

/// 214 to HELP.
#[must_use]
pub fn help() -> Reply {
    yes(214, 0, 0, "RFC 5321")
}

/// 221 to QUIT.
#[must_use]
pub fn goodbye(host: &str) -> Reply {
    yes(221, 0, 0, &format!("{host} goodbye"))
}

fn yes(code: u16, subject: u16, detail: u16, text: &str) -> Reply {
    Reply::new(code, Some(Enhanced::new(2, subject, detail)), text)
}

#[cfg(test)]
mod tests;
