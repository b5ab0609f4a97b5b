//! DNS lists (RFC 5782). A list is believed only while its self-test holds: what must be listed is, what must not be is
//! not. An answer that says "I do not answer you" (a public resolver, too many questions, a parked zone) is
//! `Unknown(Refused)`, never a hit.

mod self_test;

use std::net::{IpAddr, Ipv4Addr};

use futures_util::future::join_all;
use mail::address::Domain;
use net::dns::DnsError;
use scan::facts::{DnsListFact, Fact, UnknownReason};

use super::{Means, reason};
use crate::remembered::Remembered;
use self_test::SelfTest;

/// One list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsListSettings {
    /// Its zone, for instance `dnsbl.example.org`.
    pub zone: Domain,
    /// What it lists.
    pub kind: ListKind,
    /// Return codes that count as listed; empty: all.
    pub codes: Vec<Ipv4Addr>,
}

/// What a list lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListKind {
    /// Addresses of clients.
    Client,
    /// Domains.
    Domain,
}

/// A list with its state.
pub(crate) struct DnsList {
    settings: DnsListSettings,
    self_test: SelfTest,
    remembered: Remembered<String, Vec<Ipv4Addr>>,
}

impl DnsList {
    pub(crate) fn new(settings: &DnsListSettings) -> Self {
        Self { settings: settings.clone(), self_test: SelfTest::new(settings), remembered: Remembered::new() }
    }

    pub(crate) const fn kind(&self) -> ListKind {
        self.settings.kind
    }

    /// One fact for each subject.
    pub(crate) async fn ask(&self, subjects: &[String], means: Means<'_>) -> Vec<DnsListFact> {
        let facts = join_all(subjects.iter().map(|subject| self.fact(subject, means))).await;
        let list = self.settings.zone.to_string();
        let facts = subjects.iter().cloned().zip(facts);
        facts.map(|(subject, codes)| DnsListFact { list: list.clone(), subject, codes }).collect()
    }

    async fn fact(&self, subject: &str, means: Means<'_>) -> Fact<Vec<Ipv4Addr>> {
        let Means { asker, dns, clock } = means;
        let Some(name) = self.name(subject) else { return Fact::Unknown(UnknownReason::NotAsked) };
        if let Some(fact) = self.remembered.get(&name, clock) {
            return fact;
        }
        // The self-test waits as long as the message may, and no longer.
        let test = tokio::time::timeout_at(asker.deadline(), self.self_test.outcome(dns, clock)).await;
        if let Some(reason) = test.unwrap_or(Some(UnknownReason::TimedOut)) {
            return Fact::Unknown(reason);
        }
        let fact = match read(asker.a(&name).await) {
            Ok(codes) => Fact::Known(self.counted(codes)),
            Err(reason) => {
                self.self_test.doubt().await;
                Fact::Unknown(reason)
            }
        };
        self.remembered.put(name, fact.clone(), clock);
        fact
    }

    /// The name to ask for (RFC 5782 2.1, 2.4, 3); none for a client that no list can know.
    fn name(&self, subject: &str) -> Option<String> {
        let zone = &self.settings.zone;
        match self.settings.kind {
            ListKind::Domain => Some(format!("{subject}.{zone}")),
            ListKind::Client => match subject.parse().ok()? {
                IpAddr::V4(ip) if is_internal(ip) => None,
                IpAddr::V4(ip) => {
                    let [a, b, c, d] = ip.octets();
                    Some(format!("{d}.{c}.{b}.{a}.{zone}"))
                }
                IpAddr::V6(ip) if ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() => None,
                IpAddr::V6(ip) => {
                    let nibbles = ip.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
                    let nibbles: Vec<String> = nibbles.map(|nibble| format!("{nibble:x}")).collect();
                    Some(format!("{}.{zone}", nibbles.join(".")))
                }
            },
        }
    }

    fn counted(&self, mut codes: Vec<Ipv4Addr>) -> Vec<Ipv4Addr> {
        let counts = &self.settings.codes;
        codes.retain(|code| counts.is_empty() || counts.contains(code));
        codes.sort();
        codes
    }
}

/// Codes of an answer; none is "not listed".
fn read(answer: Result<Vec<Ipv4Addr>, DnsError>) -> Result<Vec<Ipv4Addr>, UnknownReason> {
    match answer {
        Ok(codes) if codes.iter().all(|code| is_code(*code)) => Ok(codes),
        Ok(_) => Err(UnknownReason::Refused),
        Err(error) => reason(error).map_or(Ok(Vec::new()), Err),
    }
}

/// RFC 5782 2.1: codes lie in 127.0.0.0/8 and are not 127.0.0.1. Lists say "blocked" with that address (URIBL) or with
/// 127.255.255.0/24 (Spamhaus); a parked zone answers with an address of its new owner.
fn is_code(code: Ipv4Addr) -> bool {
    let is_blocked = code == Ipv4Addr::LOCALHOST || code.octets().starts_with(&[127, 255, 255]);
    code.is_loopback() && !is_blocked
}

const fn is_internal(ip: Ipv4Addr) -> bool {
    ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
}

#[cfg(test)]
mod tests;
