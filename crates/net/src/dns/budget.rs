//! What one message may ask of DNS: so many questions, so many seconds, all together (RFC 7208 11.1). A message that
//! used its budget up gets "no answer in time" for the rest, as from a dead server.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{Dns, DnsError, MxRecord};

/// Milliseconds of DNS for one message.
pub const MESSAGE_DNS_MS_MAX: u64 = 20_000;
/// Questions for one message. SPF may need 10 terms with up to 10 hosts each, DKIM 20 keys, DMARC 8 names a walk.
pub const MESSAGE_QUERIES_MAX: u32 = 250;

/// The rest of one message's budget.
#[derive(Debug)]
pub struct DnsBudget {
    deadline: Instant,
    queries_left: AtomicU32,
    queries_max: u32,
}

impl DnsBudget {
    /// A budget that runs from now.
    #[must_use]
    pub fn new(time: Duration, queries_max: u32) -> Self {
        Self { deadline: Instant::now() + time, queries_left: AtomicU32::new(queries_max), queries_max }
    }

    /// The usual budget: [`MESSAGE_DNS_MS_MAX`], [`MESSAGE_QUERIES_MAX`].
    #[must_use]
    pub fn of_a_message() -> Self {
        Self::new(Duration::from_millis(MESSAGE_DNS_MS_MAX), MESSAGE_QUERIES_MAX)
    }

    /// Questions asked so far.
    #[must_use]
    pub fn asked(&self) -> u32 {
        self.queries_max.saturating_sub(self.queries_left.load(Ordering::Relaxed))
    }

    /// When time is up.
    #[must_use]
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }

    fn take(&self, queries: u32) -> Result<(), DnsError> {
        let taken =
            self.queries_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(queries));
        taken.map(drop).map_err(|_| DnsError::Timeout)
    }
}

/// The resolver as one message may use it.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    dns: &'a Dns,
    budget: &'a DnsBudget,
}

impl Dns {
    /// This resolver within a message's budget.
    #[must_use]
    pub const fn within<'a>(&'a self, budget: &'a DnsBudget) -> Asker<'a> {
        Asker { dns: self, budget }
    }
}

impl Asker<'_> {
    /// When the message's time for DNS is up.
    #[must_use]
    pub const fn deadline(&self) -> Instant {
        self.budget.deadline()
    }

    /// See [`Dns::txt`].
    ///
    /// # Errors
    /// [`DnsError`]; [`DnsError::Timeout`] also when the budget is used up. So for all that follow.
    pub async fn txt(&self, name: &str) -> Result<Vec<Vec<u8>>, DnsError> {
        self.spend(1, self.dns.txt(name)).await
    }

    /// See [`Dns::a`].
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn a(&self, name: &str) -> Result<Vec<Ipv4Addr>, DnsError> {
        self.spend(1, self.dns.a(name)).await
    }

    /// See [`Dns::aaaa`].
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn aaaa(&self, name: &str) -> Result<Vec<Ipv6Addr>, DnsError> {
        self.spend(1, self.dns.aaaa(name)).await
    }

    /// See [`Dns::addresses`]; two questions.
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsError> {
        self.spend(2, self.dns.addresses(name)).await
    }

    /// See [`Dns::mx`].
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn mx(&self, name: &str) -> Result<Vec<MxRecord>, DnsError> {
        self.spend(1, self.dns.mx(name)).await
    }

    /// See [`Dns::ptr`].
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn ptr(&self, ip: IpAddr) -> Result<Vec<String>, DnsError> {
        self.spend(1, self.dns.ptr(ip)).await
    }

    async fn spend<T>(&self, queries: u32, answer: impl Future<Output = Result<T, DnsError>>) -> Result<T, DnsError> {
        self.budget.take(queries)?;
        tokio::time::timeout_at(self.budget.deadline, answer).await.unwrap_or(Err(DnsError::Timeout))
    }
}
