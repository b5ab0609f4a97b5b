//! The one door: everything that can be proved about a message, within its budget of DNS.

use std::net::IpAddr;

use mail::address::ReversePath;
use mail::message::Message;
use mail::timestamp::Timestamp;
use mail_auth::{AuthenticatedMessage, MessageAuthenticator};
use net::dns::{Asker, Dns, DnsBudget};
use scan::auth::{ArcCheck, AuthResults, DkimCheck, DkimResult};

use crate::{arc, dkim, dmarc, from, spf};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The peer.
    pub client_ip: IpAddr,
    /// What it called itself.
    pub helo: &'a str,
    /// MAIL FROM.
    pub sender: &'a ReversePath,
    /// The message as it arrived.
    pub message: &'a Message,
    /// When it arrived: expiry of signatures is measured against it.
    pub received_at: Timestamp,
}

/// Authenticates a message. SPF runs beside the signatures; DMARC joins them.
pub async fn authenticate(input: &Input<'_>, dns: &Dns, budget: &DnsBudget) -> AuthResults {
    let asker = dns.within(budget);
    let spf = spf::verify(input.client_ip, input.helo, input.sender, asker);
    let signatures = signatures(input, dns, asker);
    let (spf, (dkim, arc)) = futures_util::join!(spf, signatures);
    let author = from::author(input.message);
    let dmarc = dmarc::verify(&author, &spf, &dkim, asker).await;
    AuthResults { spf, dkim, dmarc, arc }
}

async fn signatures(input: &Input<'_>, dns: &Dns, asker: Asker<'_>) -> (Vec<DkimCheck>, ArcCheck) {
    let raw = input.message.raw();
    let none = ArcCheck { result: DkimResult::None, sealer: None };
    // Strict: a signature with `l=` is not hashed while reading, or a header full of them would hash the body once each.
    let Some(mut message) = AuthenticatedMessage::parse_with_opts(raw, None, true) else { return (Vec::new(), none) };
    let authenticator = MessageAuthenticator(dns.resolver().clone());
    let now = u64::try_from(input.received_at.unix_seconds()).unwrap_or(0);
    let dkim = dkim::prepare(&mut message, now);
    let arc = arc::prepare(&mut message, now);
    futures_util::join!(
        dkim::verify(dkim, &message, input.message, &authenticator, asker),
        arc::verify(arc, &message, &authenticator, asker)
    )
}

#[cfg(test)]
mod tests;
