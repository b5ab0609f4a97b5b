//! The check_host function (RFC 7208 4): one client, one domain, terms from left to right.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use net::dns::{Asker, DnsError};
use scan::auth::SpfResult;

use super::domain_spec::{DomainSpec, Letter, Part};
use super::record::{self, Mechanism, Prefixes, Qualifier, Record};

/// Terms that ask DNS, in one check, includes and redirects counted (4.6.4).
const LOOKUP_TERMS_MAX: u32 = 10;
/// Questions of such terms that brought nothing (4.6.4).
const VOID_LOOKUPS_MAX: u32 = 2;
/// Hosts of one `mx` whose addresses are asked; more is a permanent error (4.6.4).
const MX_HOSTS_MAX: usize = 10;
/// Names of one PTR answer that are looked at; the rest is ignored (4.6.4).
const PTR_NAMES_MAX: usize = 10;
/// Bytes of a name; a longer one loses labels on the left (7.3).
const NAME_BYTES_MAX: usize = 253;
/// Bytes of a label.
const LABEL_BYTES_MAX: usize = 63;

/// What stays the same through a check, and what has been spent.
pub(crate) struct Check<'a> {
    asker: Asker<'a>,
    ip: IpAddr,
    local_part: &'a str,
    sender_domain: &'a str,
    helo: &'a str,
    lookup_terms: u32,
    void_lookups: u32,
    validated: Option<Vec<String>>,
}

/// The check ends with an error.
enum Stop {
    Temporary,
    Permanent,
}

type Answer<T> = Result<T, Stop>;

impl<'a> Check<'a> {
    /// A check of `local_part@sender_domain`; `helo` is for macros only.
    pub(crate) fn new(
        asker: Asker<'a>,
        ip: IpAddr,
        local_part: &'a str,
        sender_domain: &'a str,
        helo: &'a str,
    ) -> Self {
        let ip = ip.to_canonical();
        Self { asker, ip, local_part, sender_domain, helo, lookup_terms: 0, void_lookups: 0, validated: None }
    }

    /// The result for the domain.
    pub(crate) async fn result(mut self) -> SpfResult {
        let domain = self.sender_domain.to_owned();
        if !is_checkable(&domain) {
            return SpfResult::None;
        }
        match self.host(domain).await {
            Ok(result) => result,
            Err(Stop::Temporary) => SpfResult::TempError,
            Err(Stop::Permanent) => SpfResult::PermError,
        }
    }

    /// One domain; boxed, since `include` and `redirect` come back here (at most ten times).
    fn host<'b>(&'b mut self, domain: String) -> BoxFuture<'b, Answer<SpfResult>>
    where
        'a: 'b,
    {
        async move {
            let Some(record) = self.record(&domain).await? else { return Ok(SpfResult::None) };
            for directive in &record.directives {
                if self.matches(&directive.mechanism, &domain).await? {
                    return Ok(meaning(directive.qualifier));
                }
            }
            let Some(redirect) = &record.redirect else { return Ok(SpfResult::Neutral) };
            self.count_term()?;
            let target = self.expand(redirect, &domain).await;
            match self.host(target).await? {
                // 6.1: a redirect must lead to a record.
                SpfResult::None => Err(Stop::Permanent),
                result => Ok(result),
            }
        }
        .boxed()
    }

    /// 4.4, 4.5: the one record of a domain, if it has one.
    async fn record(&self, domain: &str) -> Answer<Option<Record>> {
        let texts = match self.asker.txt(domain).await {
            Ok(texts) => texts,
            Err(error) if error.is_nothing() => return Ok(None),
            Err(_) => return Err(Stop::Temporary),
        };
        let mut records = texts.iter().filter(|text| record::is_spf(text));
        match (records.next(), records.next()) {
            (None, _) => Ok(None),
            (Some(text), None) => Record::parse(text).map(Some).map_err(|_| Stop::Permanent),
            (Some(_), Some(_)) => Err(Stop::Permanent),
        }
    }

    async fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Answer<bool> {
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4(network, prefix) => Ok(self.is_in_four(*network, *prefix)),
            Mechanism::Ip6(network, prefix) => Ok(self.is_in_six(*network, *prefix)),
            Mechanism::Include(target) => self.include(target, domain).await,
            Mechanism::A(target, prefixes) => {
                self.count_term()?;
                let name = self.target(target.as_ref(), domain).await;
                let addresses = self.addresses(&name).await;
                let addresses = self.or_void(addresses)?;
                Ok(self.is_one_of(&addresses, *prefixes))
            }
            Mechanism::Mx(target, prefixes) => self.mx(target.as_ref(), *prefixes, domain).await,
            Mechanism::Ptr(target) => self.ptr(target.as_ref(), domain).await,
            Mechanism::Exists(target) => {
                self.count_term()?;
                let name = self.expand(target, domain).await;
                // 5.7: always an A record, whatever the client's family.
                let answer = self.asker.a(&name).await;
                Ok(!self.or_void(answer)?.is_empty())
            }
        }
    }

    // 5.2
    async fn include(&mut self, target: &DomainSpec, domain: &str) -> Answer<bool> {
        self.count_term()?;
        let name = self.expand(target, domain).await;
        match self.host(name).await? {
            SpfResult::Pass => Ok(true),
            SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => Ok(false),
            SpfResult::TempError => Err(Stop::Temporary),
            SpfResult::PermError | SpfResult::None => Err(Stop::Permanent),
        }
    }

    // 5.4
    async fn mx(&mut self, target: Option<&DomainSpec>, prefixes: Prefixes, domain: &str) -> Answer<bool> {
        self.count_term()?;
        let name = self.target(target, domain).await;
        let answer = self.asker.mx(&name).await;
        let hosts = self.or_void(answer)?;
        if hosts.len() > MX_HOSTS_MAX {
            return Err(Stop::Permanent);
        }
        for host in hosts.iter().filter(|host| !host.host.is_empty()) {
            let addresses = match self.addresses(&host.host).await {
                Ok(addresses) => addresses,
                Err(error) if error.is_nothing() => Vec::new(),
                Err(_) => return Err(Stop::Temporary),
            };
            if self.is_one_of(&addresses, prefixes) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    // 5.5
    async fn ptr(&mut self, target: Option<&DomainSpec>, domain: &str) -> Answer<bool> {
        self.count_term()?;
        let name = self.target(target, domain).await.to_ascii_lowercase();
        let validated = self.validated_names().await?;
        Ok(validated.iter().any(|validated| is_within(validated, &name)))
    }

    /// Names of the client that lead back to it; trouble on the way is as if there were none.
    async fn validated_names(&mut self) -> Answer<Vec<String>> {
        if let Some(names) = &self.validated {
            return Ok(names.clone());
        }
        let names = match self.asker.ptr(self.ip).await {
            Ok(names) => names,
            Err(error) if error.is_nothing() => {
                self.count_void()?;
                Vec::new()
            }
            Err(_) => Vec::new(),
        };
        let mut validated = Vec::new();
        for name in names.into_iter().take(PTR_NAMES_MAX) {
            if self.addresses(&name).await.is_ok_and(|addresses| addresses.contains(&self.ip)) {
                validated.push(name);
            }
        }
        self.validated = Some(validated.clone());
        Ok(validated)
    }

    /// Addresses of the client's family.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsError> {
        match self.ip {
            IpAddr::V4(_) => Ok(self.asker.a(name).await?.into_iter().map(IpAddr::V4).collect()),
            IpAddr::V6(_) => Ok(self.asker.aaaa(name).await?.into_iter().map(IpAddr::V6).collect()),
        }
    }

    fn count_term(&mut self) -> Answer<()> {
        self.lookup_terms = self.lookup_terms.saturating_add(1);
        if self.lookup_terms > LOOKUP_TERMS_MAX { Err(Stop::Permanent) } else { Ok(()) }
    }

    fn count_void(&mut self) -> Answer<()> {
        self.void_lookups = self.void_lookups.saturating_add(1);
        if self.void_lookups > VOID_LOOKUPS_MAX { Err(Stop::Permanent) } else { Ok(()) }
    }

    /// "There is none" is an empty list and counts; trouble ends the check.
    fn or_void<T>(&mut self, answer: Result<Vec<T>, DnsError>) -> Answer<Vec<T>> {
        match answer {
            Ok(values) => Ok(values),
            // 4.8: a name that cannot be one matches nothing; nothing was asked.
            Err(DnsError::BadName) => Ok(Vec::new()),
            Err(error) if error.is_nothing() => {
                self.count_void()?;
                Ok(Vec::new())
            }
            Err(_) => Err(Stop::Temporary),
        }
    }

    async fn target(&mut self, target: Option<&DomainSpec>, domain: &str) -> String {
        match target {
            Some(target) => self.expand(target, domain).await,
            None => domain.to_owned(),
        }
    }

    // 7.3
    async fn expand(&mut self, spec: &DomainSpec, domain: &str) -> String {
        let mut text = String::new();
        for part in &spec.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Macro(wanted) => {
                    let value = self.value(wanted.letter, domain).await;
                    text.push_str(&wanted.transform(&value));
                }
            }
        }
        shortened(text)
    }

    async fn value(&mut self, letter: Letter, domain: &str) -> String {
        match letter {
            Letter::Sender => format!("{}@{}", self.local_part, self.sender_domain),
            Letter::LocalPart => self.local_part.to_owned(),
            Letter::SenderDomain => self.sender_domain.to_owned(),
            Letter::Domain => domain.to_owned(),
            Letter::Helo => self.helo.to_owned(),
            Letter::Ip => dotted(self.ip),
            Letter::Family => if self.ip.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
            Letter::ValidatedName => self.best_name(domain).await,
        }
    }

    /// 7.3: the domain itself if validated, else a name below it, else any, else "unknown".
    async fn best_name(&mut self, domain: &str) -> String {
        let names = self.validated_names().await.unwrap_or_default();
        let domain = domain.to_ascii_lowercase();
        let best = names
            .iter()
            .find(|name| **name == domain)
            .or_else(|| names.iter().find(|name| is_within(name, &domain)))
            .or_else(|| names.first());
        best.cloned().unwrap_or_else(|| "unknown".to_owned())
    }

    fn is_one_of(&self, addresses: &[IpAddr], prefixes: Prefixes) -> bool {
        addresses.iter().any(|address| match address {
            IpAddr::V4(ip) => self.is_in_four(*ip, prefixes.four),
            IpAddr::V6(ip) => self.is_in_six(*ip, prefixes.six),
        })
    }

    fn is_in_four(&self, network: Ipv4Addr, prefix: u8) -> bool {
        let IpAddr::V4(ip) = self.ip else { return false };
        let mask = u32::MAX.checked_shl(32_u32.saturating_sub(u32::from(prefix))).unwrap_or(0);
        ip.to_bits() & mask == network.to_bits() & mask
    }

    fn is_in_six(&self, network: Ipv6Addr, prefix: u8) -> bool {
        let IpAddr::V6(ip) = self.ip else { return false };
        let mask = u128::MAX.checked_shl(128_u32.saturating_sub(u32::from(prefix))).unwrap_or(0);
        ip.to_bits() & mask == network.to_bits() & mask
    }
}

const fn meaning(qualifier: Qualifier) -> SpfResult {
    match qualifier {
        Qualifier::Pass => SpfResult::Pass,
        Qualifier::Fail => SpfResult::Fail,
        Qualifier::SoftFail => SpfResult::SoftFail,
        Qualifier::Neutral => SpfResult::Neutral,
    }
}

/// 4.3: a name of several labels, each of a length that DNS allows.
fn is_checkable(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.contains('.')
        && domain.len() <= NAME_BYTES_MAX
        && domain.split('.').all(|label| !label.is_empty() && label.len() <= LABEL_BYTES_MAX)
        && !domain.starts_with('[')
}

fn is_within(name: &str, domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// 7.3: a name that is too long loses whole labels on its left.
fn shortened(mut name: String) -> String {
    while name.strip_suffix('.').unwrap_or(&name).len() > NAME_BYTES_MAX {
        match name.split_once('.') {
            Some((_, rest)) => name = rest.to_owned(),
            None => break,
        }
    }
    name
}

/// 7.3: an IPv6 address is written as nibbles with dots.
fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let nibbles = ip.octets().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
            nibbles.map(|nibble| format!("{nibble:x}")).collect::<Vec<_>>().join(".")
        }
    }
}
