//! Asks the next hop whether a recipient exists (RCPT without DATA), with a cache: a yes is kept long, a no short, "cannot
//! tell" hardly. The next hop's own words never reach the sender.

use std::sync::Arc;
use std::time::Duration;

use mail::address::{Address, ReversePath};
use moka::future::Cache;
use policy::admission::NextHopAnswer;
use policy::domains::NextHop;
use queue::probe::{Probe, Probed};

/// Addresses that are remembered.
const CACHE_ADDRESSES_MAX: u64 = 100_000;
/// A recipient that exists is believed to for this long.
const KNOWN_TIME: Duration = Duration::from_secs(6 * 3600);
/// One that does not.
const UNKNOWN_TIME: Duration = Duration::from_secs(600);
/// Time for the whole question.
const ASK_TIMEOUT: Duration = Duration::from_secs(20);

/// Questions and answers.
pub(crate) struct RecipientCheck {
    probe: Arc<Probe>,
    known: Cache<String, ()>,
    unknown: Cache<String, ()>,
}

impl RecipientCheck {
    pub(crate) fn new(probe: Arc<Probe>) -> Self {
        let cache = |time| Cache::builder().max_capacity(CACHE_ADDRESSES_MAX).time_to_live(time).build();
        Self { probe, known: cache(KNOWN_TIME), unknown: cache(UNKNOWN_TIME) }
    }

    /// What the next hop of its domain says of an address.
    pub(super) async fn ask(&self, address: &Address, next_hop: Option<&NextHop>) -> NextHopAnswer {
        let key = address.key();
        if self.known.get(&key).await.is_some() {
            return NextHopAnswer::Known;
        }
        if self.unknown.get(&key).await.is_some() {
            return NextHopAnswer::Unknown;
        }
        let Some(next_hop) = next_hop else { return NextHopAnswer::CannotTell };
        let route = crate::settings::route(next_hop);
        let asked = self.probe.recipient(&route, address, &ReversePath::Null);
        match tokio::time::timeout(ASK_TIMEOUT, asked).await {
            Ok(Probed::Accepted) => {
                self.known.insert(key, ()).await;
                NextHopAnswer::Known
            }
            Ok(Probed::Refused(_)) => {
                self.unknown.insert(key, ()).await;
                NextHopAnswer::Unknown
            }
            Ok(Probed::CannotTell(_)) | Err(_) => NextHopAnswer::CannotTell,
        }
    }

    /// Forgets everything: the settings changed.
    pub(super) fn forget(&self) {
        self.known.invalidate_all();
        self.unknown.invalidate_all();
    }
}
