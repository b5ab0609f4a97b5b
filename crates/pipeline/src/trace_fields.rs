//! Header fields of our own: `Received` on top of everything (RFC 5321 4.4), results of authentication below it, and the
//! removal of fields that bear our name and are not ours.

use std::fmt::Write as _;

use bytes::Bytes;
use mail::edit::{Edit, prepend_fields, remove_field};
use mail::envelope::Envelope;
use mail::id::MailId;
use mail::message::Message;
use scan::auth::AuthResults;

/// Fields that only we may write begin with this, in any case.
pub const OWN_FIELD_PREFIX: &str = "x-postern-";
/// Hops after which a message is in a loop (RFC 5321 6.3 asks for at least 100).
pub const RECEIVED_HOPS_MAX: usize = 100;

/// Times that a message may have been here before. Once is no loop: a recipient of ours may be an alias outside that
/// forwards to another recipient of ours, and its mail comes back once for each such step.
pub const OWN_HOPS_MAX: usize = 3;

/// Name of the trace field, with its colon.
const RECEIVED: &[u8] = b"received:";

/// Who we are, in trace fields.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Name of this gateway.
    pub hostname: String,
    /// Random name of this installation: seen in [`OWN_HOPS_MAX`] `Received` fields, it means a loop.
    pub hop: String,
}

/// Bytes of a message's header, with the last field's line end.
#[must_use]
pub fn header_bytes(start: &[u8]) -> usize {
    memchr::memmem::find(start, b"\r\n\r\n").map_or(start.len(), |at| at + 2)
}

/// The mail has been here too often, or has come too far. `start` is its beginning; only its header is looked at.
///
/// RFC 5321 6.3 counts `Received` fields and asks for patience; our own ones end a loop sooner than that.
#[must_use]
pub fn is_loop(start: &[u8], identity: &Identity) -> bool {
    let header = start.get(..header_bytes(start)).unwrap_or(start);
    let own = format!("(Postern hop {})", identity.hop);
    let finder = memchr::memmem::Finder::new(own.as_bytes());
    let (mut hops, mut own_hops, mut in_received) = (0_usize, 0_usize, false);
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            in_received = line.get(..RECEIVED.len()).is_some_and(|name| name.eq_ignore_ascii_case(RECEIVED));
            hops += usize::from(in_received);
        }
        own_hops += usize::from(in_received && finder.find(line).is_some());
    }
    hops >= RECEIVED_HOPS_MAX || own_hops >= OWN_HOPS_MAX
}

/// The edits that every delivered copy gets: our fields on top, forged ones away.
#[must_use]
pub fn arrival_edits(
    message: &Message,
    envelope: &Envelope,
    mail: MailId,
    auth: Option<&AuthResults>,
    identity: &Identity,
) -> Vec<Edit> {
    let mut top = received(envelope, mail, identity);
    if let Some(auth) = auth {
        let value = auth::authentication_results(&identity.hostname, auth, envelope);
        // One result a line, folded already.
        let _ = write!(top, "Authentication-Results: {value}\r\n");
    }
    // Behind a `From ` line of mail boxes: anywhere else such a line would end the header for who reads the copy, and we
    // would have judged another message than that.
    let mut edits = vec![Edit { replacement: Bytes::from(top), ..prepend_fields(message, &[]) }];
    for field in message.fields() {
        let name = field.name();
        if name.get(..OWN_FIELD_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(OWN_FIELD_PREFIX)) {
            edits.push(remove_field(field));
        }
    }
    for range in auth::foreign_results(message, &identity.hostname) {
        edits.push(Edit { range, replacement: Bytes::new() });
    }
    edits.sort_by_key(|edit| edit.range.start);
    edits
}

// RFC 5321 4.4. The recipient is named only when there is one: blind copies stay blind.
fn received(envelope: &Envelope, mail: MailId, identity: &Identity) -> String {
    let client = &envelope.client;
    let literal = match client.ip {
        std::net::IpAddr::V4(ip) => format!("[{ip}]"),
        std::net::IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
    };
    let with = match (&client.tls, envelope.helo.extended) {
        (Some(_), _) => "ESMTPS",
        (None, true) => "ESMTP",
        (None, false) => "SMTP",
    };
    let mut out = format!("Received: from {} ({literal})\r\n", safe_word(&envelope.helo.name));
    let _ =
        write!(out, "\tby {} (Postern hop {}) with {with} id {}", identity.hostname, identity.hop, mail.reference());
    if let [only] = envelope.recipients.as_slice() {
        let _ = write!(out, "\r\n\tfor <{}>", only.address);
    }
    if let Some(tls) = &client.tls {
        let _ = write!(out, "\r\n\t({} {})", safe_word(&tls.version), safe_word(&tls.cipher));
    }
    let _ = write!(out, ";\r\n\t{}\r\n", envelope.received_at.rfc5322());
    out
}

// A word of the peer's choosing in a field of ours: nothing that could end the field, a comment or a token.
fn safe_word(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    let word: String = text.chars().take(255).map(|c| if safe(c) { c } else { '?' }).collect();
    if word.is_empty() { "unknown".to_owned() } else { word }
}
