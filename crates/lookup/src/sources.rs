//! All sources, asked at once. A new source is a file here, a field in `scan::facts::Facts` and a line in `gather`.

pub(crate) mod dns_list;
pub(crate) mod reverse_dns;

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::join;
use mail::address::Domain;
use net::clock::Clock;
use net::dns::{Asker, Dns, DnsBudget, DnsError};
use scan::facts::{Fact, Facts, ReverseDns, UnknownReason};

use dns_list::{DnsList, DnsListSettings, ListKind};
use reverse_dns::ReverseDnsSource;

/// Domains of one message that are asked of each list of domains.
const DOMAINS_MAX: usize = 10;
/// Questions to DNS for one message, self-tests of lists not counted.
const QUERIES_MAX: u32 = 20;

/// Settings of all sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupSettings {
    /// Lists to ask, in the order in which their facts stand.
    pub dns_lists: Vec<DnsListSettings>,
    /// Milliseconds for each source.
    pub deadline_ms: u64,
}

impl Default for LookupSettings {
    fn default() -> Self {
        Self { dns_lists: Vec::new(), deadline_ms: 4_000 }
    }
}

/// What sources are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The peer.
    pub client_ip: IpAddr,
    /// Domains that the message bears (sender, From, links), most telling first; they are asked by the part that somebody
    /// registered, each once, at most ten.
    pub domains: &'a [Domain],
    /// Reverse DNS of the peer where somebody knows it already: then it is not asked.
    pub reverse_dns: Option<&'a ReverseDns>,
}

/// The sources, with what they remember.
pub struct Sources {
    reverse_dns: ReverseDnsSource,
    dns_lists: Vec<DnsList>,
    deadline: Duration,
}

impl Sources {
    /// Makes the sources that settings name.
    #[must_use]
    pub fn new(settings: &LookupSettings) -> Self {
        Self {
            reverse_dns: ReverseDnsSource::new(),
            dns_lists: settings.dns_lists.iter().map(DnsList::new).collect(),
            deadline: Duration::from_millis(settings.deadline_ms),
        }
    }

    /// Asks every source at once; back after the deadline at the latest, whatever they do.
    pub async fn gather(&self, input: &Input<'_>, dns: &Dns, clock: &dyn Clock) -> Facts {
        let budget = DnsBudget::new(self.deadline, QUERIES_MAX);
        let means = Means { asker: dns.within(&budget), dns, clock };
        let client = [input.client_ip.to_canonical().to_string()];
        let domains = registered(input.domains);
        let lists = self.dns_lists.iter().map(|list| match list.kind() {
            ListKind::Client => list.ask(&client, means),
            ListKind::Domain => list.ask(&domains, means),
        });
        let reverse_dns = async {
            match input.reverse_dns {
                Some(known) => Fact::Known(known.clone()),
                None => self.reverse_dns.ask(input.client_ip, means).await,
            }
        };
        let (reverse_dns, lists) = join!(reverse_dns, join_all(lists));
        Facts { reverse_dns, dns_lists: lists.into_iter().flatten().collect(), ..Facts::none() }
    }
}

/// What a source asks with.
#[derive(Clone, Copy)]
pub(crate) struct Means<'a> {
    /// DNS within the message's budget.
    pub(crate) asker: Asker<'a>,
    /// DNS for what is not the message's business, such as the self-test of a list.
    pub(crate) dns: &'a Dns,
    pub(crate) clock: &'a dyn Clock,
}

/// The registered part of each domain, each once.
fn registered(domains: &[Domain]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for domain in domains.iter().filter(|domain| !domain.is_literal()) {
        let name = psl::domain_str(domain.as_str()).unwrap_or(domain.as_str());
        if found.len() < DOMAINS_MAX && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

/// Trouble as a reason; "there is nothing" is not trouble.
const fn reason(error: DnsError) -> Option<UnknownReason> {
    match error {
        DnsError::NoSuchName | DnsError::NoRecords | DnsError::BadName => None,
        DnsError::Timeout => Some(UnknownReason::TimedOut),
        DnsError::ServerFailed => Some(UnknownReason::Failed),
    }
}

#[cfg(test)]
mod tests;
