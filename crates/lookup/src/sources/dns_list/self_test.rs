//! The self-test of a list (RFC 5782 5): repeated every hour, sooner when the list gave reason for doubt. One message does
//! it, the others wait for it.

use std::time::Duration;

use futures_util::join;
use net::clock::Clock;
use net::dns::{Dns, DnsError};
use scan::facts::UnknownReason;
use tokio::sync::Mutex;

use super::{DnsListSettings, ListKind, read};

/// Seconds between two self-tests of a list that answers, well or badly.
const SELF_TEST_EVERY_S: u64 = 3_600;
/// Seconds until a list that did not answer is tested again; until then no message waits for it.
const SELF_TEST_RETRY_S: u64 = 60;
/// Milliseconds for a self-test.
const SELF_TEST_MS_MAX: u64 = 2_000;

pub(super) struct SelfTest {
    must_be_listed: String,
    must_not_be_listed: String,
    last: Mutex<Option<Last>>,
}

#[derive(Clone, Copy)]
struct Last {
    at: Duration,
    /// Why the list cannot be believed.
    fault: Option<UnknownReason>,
}

impl SelfTest {
    pub(super) fn new(settings: &DnsListSettings) -> Self {
        let (listed, unlisted) = match settings.kind {
            ListKind::Client => ("2.0.0.127", "1.0.0.127"),
            ListKind::Domain => ("test", "invalid"),
        };
        Self {
            must_be_listed: format!("{listed}.{}", settings.zone),
            must_not_be_listed: format!("{unlisted}.{}", settings.zone),
            last: Mutex::new(None),
        }
    }

    /// Why the list cannot be believed, if so.
    pub(super) async fn outcome(&self, dns: &Dns, clock: &dyn Clock) -> Option<UnknownReason> {
        let mut last = self.last.lock().await;
        if let Some(last) = *last
            && clock.monotonic().saturating_sub(last.at) < Duration::from_secs(life_s(last.fault))
        {
            return last.fault;
        }
        let limit = Duration::from_millis(SELF_TEST_MS_MAX);
        let fault = tokio::time::timeout(limit, self.run(dns)).await.unwrap_or(Some(UnknownReason::TimedOut));
        *last = Some(Last { at: clock.monotonic(), fault });
        fault
    }

    /// The list did not answer a question: the next message tests it first.
    pub(super) async fn doubt(&self) {
        *self.last.lock().await = None;
    }

    async fn run(&self, dns: &Dns) -> Option<UnknownReason> {
        let (listed, unlisted) = join!(dns.a(&self.must_be_listed), dns.a(&self.must_not_be_listed));
        match (read(listed), unlisted) {
            (Err(reason), _) => Some(reason),
            (Ok(_), Err(DnsError::Timeout)) => Some(UnknownReason::TimedOut),
            (Ok(_), Err(DnsError::ServerFailed)) => Some(UnknownReason::Failed),
            (Ok(codes), Err(_)) if !codes.is_empty() => None,
            // It lists nothing at all, or everything.
            (Ok(_), _) => Some(UnknownReason::Refused),
        }
    }
}

const fn life_s(fault: Option<UnknownReason>) -> u64 {
    match fault {
        None | Some(UnknownReason::Refused | UnknownReason::NotAsked) => SELF_TEST_EVERY_S,
        Some(UnknownReason::Failed | UnknownReason::TimedOut) => SELF_TEST_RETRY_S,
    }
}
