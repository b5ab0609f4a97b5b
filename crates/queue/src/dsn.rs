//! Delivery status notifications (RFC 3461, 3464, 6522): what a sender is told when its mail cannot be delivered or is late.
//! Null sender, header of the original only, one for each mail and reason. Whether one may be sent at all is the caller's
//! to decide: never to the null sender, never to a sender that was not verified (REL-06).

use std::fmt::Write as _;

use bytes::Bytes;
use mail::edit::fold_field;
use mail::id::MailId;
use mail::timestamp::Timestamp;

use crate::outcome::REPLY_CHARS_MAX;

/// Bytes of the original's header that are quoted.
pub const QUOTED_HEADER_BYTES_MAX: usize = 50_000;
/// Bytes of one quoted line (RFC 5322 2.1.1); the rest of it is left out.
const QUOTED_LINE_BYTES_MAX: usize = 998;
/// Recipients that one notification names; more are counted.
pub const RECIPIENTS_MAX: usize = 1_000;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Given up.
    Failed,
    /// Late, still trying.
    Delayed,
}

/// One recipient of the original and what became of it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// RCPT TO.
    pub recipient: String,
    /// Enhanced status, `5.1.1`.
    pub status: String,
    /// The remote reply, one line; empty for a reason of our own.
    pub reply: String,
    /// Host that replied; empty for none.
    pub peer: String,
}

/// All that a notification is made from.
#[derive(Debug)]
pub struct Notification<'a> {
    /// Failed or late.
    pub kind: Kind,
    /// Name of this gateway.
    pub hostname: &'a str,
    /// Id of the notification itself.
    pub id: MailId,
    /// Id of the mail it is about.
    pub about: MailId,
    /// MAIL FROM of the original.
    pub sender: &'a str,
    /// When the original arrived.
    pub arrived: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// When trying ends.
    pub until: Timestamp,
    /// The recipients.
    pub failures: &'a [Failure],
    /// Header of the original, as it came.
    pub header: &'a [u8],
}

/// Writes the message, CRLF throughout.
#[must_use]
pub fn write(notification: &Notification<'_>) -> Bytes {
    let boundary = format!("=_{}", notification.id);
    let mut out = String::with_capacity(4096);
    head(&mut out, notification, &boundary);
    let _ = write!(
        out,
        "--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    explain(&mut out, notification);
    let _ = write!(out, "\r\n--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n");
    status(&mut out, notification);
    let _ = write!(out, "\r\n--{boundary}\r\nContent-Type: text/rfc822-headers; charset=us-ascii\r\n");
    out.push_str("Content-Transfer-Encoding: 7bit\r\n\r\n");
    quote_header(&mut out, notification.header);
    let _ = write!(out, "\r\n--{boundary}--\r\n");
    Bytes::from(out)
}

fn head(out: &mut String, notification: &Notification<'_>, boundary: &str) {
    let subject = match notification.kind {
        Kind::Failed => "Your message could not be delivered",
        Kind::Delayed => "Your message is late",
    };
    let host = notification.hostname;
    out.push_str(&fold_field("From", &format!("Mail Delivery System <postmaster@{host}>")));
    out.push_str(&fold_field("To", &format!("<{}>", notification.sender)));
    out.push_str(&fold_field("Subject", subject));
    out.push_str(&fold_field("Date", &notification.now.rfc5322()));
    out.push_str(&fold_field("Message-ID", &format!("<{}@{host}>", notification.id)));
    // RFC 3834 5: nobody's vacation program answers this.
    out.push_str("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n");
    let _ = write!(
        out,
        "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{boundary}\"\r\n\r\n"
    );
}

fn explain(out: &mut String, notification: &Notification<'_>) {
    let text = match notification.kind {
        Kind::Failed => "Your message could not be delivered to the recipients below. It will not be tried again.",
        Kind::Delayed => "Your message could not be delivered yet to the recipients below. You need not send it again:",
    };
    let _ = write!(out, "This is the mail gateway {}.\r\n\r\n{text}\r\n", notification.hostname);
    if notification.kind == Kind::Delayed {
        let _ = write!(out, "it is tried until {}.\r\n", notification.until.rfc5322());
    }
    for failure in notification.failures.iter().take(RECIPIENTS_MAX) {
        let _ = write!(out, "\r\n  {}\r\n    {}\r\n", one_line(&failure.recipient), reason(failure));
    }
    if let Some(more) = notification.failures.len().checked_sub(RECIPIENTS_MAX).filter(|more| *more > 0) {
        let _ = write!(out, "\r\n  and {more} more\r\n");
    }
    let _ = write!(out, "\r\nReference: {}\r\n", notification.about.reference());
}

fn reason(failure: &Failure) -> String {
    if failure.peer.is_empty() {
        one_line(&failure.reply)
    } else {
        format!("{}: {}", one_line(&failure.peer), one_line(&failure.reply))
    }
}

// RFC 3464 2.2 and 2.3.
fn status(out: &mut String, notification: &Notification<'_>) {
    let _ = write!(
        out,
        "Reporting-MTA: dns; {}\r\nArrival-Date: {}\r\n",
        notification.hostname,
        notification.arrived.rfc5322()
    );
    for failure in notification.failures.iter().take(RECIPIENTS_MAX) {
        let action = match notification.kind {
            Kind::Failed => "failed",
            Kind::Delayed => "delayed",
        };
        let _ = write!(out, "\r\nFinal-Recipient: rfc822; {}\r\nAction: {action}\r\n", one_line(&failure.recipient));
        let _ = write!(out, "Status: {}\r\n", failure.status);
        if !failure.peer.is_empty() {
            let peer = failure.peer.split(['[', ' ']).next().unwrap_or("");
            let _ = write!(out, "Remote-MTA: dns; {}\r\n", one_line(peer));
            out.push_str(&fold_field("Diagnostic-Code", &format!("smtp; {}", one_line(&failure.reply))));
        }
        let _ = write!(out, "Last-Attempt-Date: {}\r\n", notification.now.rfc5322());
        if notification.kind == Kind::Delayed {
            let _ = write!(out, "Will-Retry-Until: {}\r\n", notification.until.rfc5322());
        }
    }
}

// Whole lines up to the limit, line ends made CRLF, bytes over 127 shown as `?`: the part says us-ascii.
fn quote_header(out: &mut String, header: &[u8]) {
    let mut used = 0;
    for line in header.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        used += line.len() + 2;
        if line.is_empty() || used > QUOTED_HEADER_BYTES_MAX {
            return;
        }
        out.extend(
            line.iter()
                .take(QUOTED_LINE_BYTES_MAX)
                .map(|byte| if (b' '..0x7f).contains(byte) || *byte == b'\t' { char::from(*byte) } else { '?' }),
        );
        out.push_str("\r\n");
    }
}

fn one_line(text: &str) -> String {
    text.chars().take(REPLY_CHARS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests;
