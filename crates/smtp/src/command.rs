//! Commands (RFC 5321 4.1): one line in, one command or the reason of a refusal out. Strict, because what two servers
//! read differently is a hole, with three tolerances that many clients need and that nothing can be hidden in:
//! spaces after `FROM:` and `TO:`, spaces at the end of a line, any case of a verb.
//!
//! Refused: paths without brackets, source routes, anything between `>` and the parameters, addresses that are not
//! ASCII, unknown parameters. `AUTH=` is checked and ignored (RFC 4954 5).

mod parameters;
mod path;

use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Helo};

use crate::limits::{COMMAND_LINE_BYTES_MAX, HELO_BYTES_MAX, MAIL_LINE_BYTES_MAX};
use crate::replies::Reason;

/// Bytes of CRLF, which a line is given without.
const LINE_END_BYTES: usize = 2;

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// HELO or EHLO.
    Helo(Helo),
    /// MAIL.
    Mail(Mail),
    /// RCPT.
    Rcpt(ForwardPath),
    /// DATA.
    Data,
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// QUIT.
    Quit,
    /// VRFY, whoever it asks for.
    Vrfy,
    /// HELP.
    Help,
    /// STARTTLS.
    StartTls,
}

/// MAIL with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// FROM.
    pub sender: ReversePath,
    /// SIZE= in bytes (RFC 1870); too many digits for a number are the largest number.
    pub size_bytes: Option<u64>,
    /// BODY= (RFC 6152).
    pub body: BodyType,
}

/// The argument of RCPT TO.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ForwardPath {
    /// `<postmaster>` without a domain (RFC 5321 4.5.1).
    Postmaster,
    /// An address.
    Address(Address),
}

impl ForwardPath {
    /// The local part has `@`, `%` or `!`: a next hop might route it on by that (RFC 5321 appendix F.2), which makes a
    /// relay of us.
    #[must_use]
    pub fn has_routing_marks(&self) -> bool {
        match self {
            Self::Postmaster => false,
            Self::Address(address) => address.local().contains(['@', '%', '!']),
        }
    }
}

/// Reads one line, without its CRLF.
///
/// # Errors
/// The [`Reason`] why it is refused.
pub fn parse(line: &[u8]) -> Result<Command, Reason> {
    let line = without_trailing_spaces(line);
    let (verb, argument) = split_verb(line);
    let is_mail = verb.eq_ignore_ascii_case(b"MAIL");
    let line_bytes_max = if is_mail { MAIL_LINE_BYTES_MAX } else { COMMAND_LINE_BYTES_MAX };
    if line.len().saturating_add(LINE_END_BYTES) > line_bytes_max {
        return Err(Reason::CommandLineTooLong);
    }
    match verb.to_ascii_uppercase().as_slice() {
        b"EHLO" => helo(argument, true),
        b"HELO" => helo(argument, false),
        b"MAIL" => mail(argument),
        b"RCPT" => rcpt(argument),
        b"DATA" => alone(argument, Command::Data),
        b"RSET" => alone(argument, Command::Rset),
        b"QUIT" => alone(argument, Command::Quit),
        b"STARTTLS" => alone(argument, Command::StartTls),
        b"NOOP" => Ok(Command::Noop),
        b"HELP" => Ok(Command::Help),
        b"VRFY" if argument.is_none() => Err(Reason::Arguments),
        b"VRFY" => Ok(Command::Vrfy),
        b"EXPN" | b"TURN" | b"ETRN" | b"ATRN" | b"SEND" | b"SOML" | b"SAML" | b"AUTH" => Err(Reason::NotImplemented),
        b"BDAT" => Err(Reason::ChunkingNotOffered),
        b"GET" | b"POST" | b"PUT" | b"HEAD" | b"DELETE" | b"OPTIONS" | b"CONNECT" | b"TRACE" | b"PATCH" | b"PRI"
        | b"HOST:" | b"USER-AGENT:" | b"CONTENT-TYPE:" | b"CONTENT-LENGTH:" => Err(Reason::NotSmtp),
        _ => Err(Reason::UnknownCommand),
    }
}

// RFC 5321 4.1.1: trailing white space may be tolerated.
fn without_trailing_spaces(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|b| *b != b' ').map_or(0, |last| last.saturating_add(1));
    line.get(..end).unwrap_or(line)
}

fn split_verb(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b' ', line).and_then(|space| line.split_at_checked(space)) {
        Some((verb, rest)) => (verb, rest.get(1..)),
        None => (line, None),
    }
}

fn alone(argument: Option<&[u8]>, command: Command) -> Result<Command, Reason> {
    if argument.is_none() { Ok(command) } else { Err(Reason::Arguments) }
}

// Names of hosts out there are not always names of the DNS, so any word will do that means nothing in a header field.
fn helo(argument: Option<&[u8]>, extended: bool) -> Result<Command, Reason> {
    let name = argument.and_then(|name| std::str::from_utf8(name).ok()).ok_or(Reason::HeloName)?;
    let is_word = name.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;\\\"".contains(&b));
    if name.is_empty() || name.len() > HELO_BYTES_MAX || !is_word {
        return Err(Reason::HeloName);
    }
    Ok(Command::Helo(Helo { name: name.to_owned(), extended }))
}

fn mail(argument: Option<&[u8]>) -> Result<Command, Reason> {
    let text = path::after_keyword(argument, "FROM:").ok_or(Reason::Arguments)?;
    let (inner, rest) = path::split(text).ok_or(Reason::SenderSyntax)?;
    let sender = path::reverse(inner)?;
    let mut mail = Mail { sender, size_bytes: None, body: BodyType::SevenBit };
    parameters::read_mail(rest, &mut mail)?;
    Ok(Command::Mail(mail))
}

fn rcpt(argument: Option<&[u8]>) -> Result<Command, Reason> {
    let text = path::after_keyword(argument, "TO:").ok_or(Reason::Arguments)?;
    let (inner, rest) = path::split(text).ok_or(Reason::RecipientSyntax)?;
    let recipient = path::forward(inner)?;
    // None of our extensions has a parameter for RCPT.
    if rest.is_empty() { Ok(Command::Rcpt(recipient)) } else { Err(Reason::UnknownParameter) }
}

#[cfg(test)]
mod tests;
