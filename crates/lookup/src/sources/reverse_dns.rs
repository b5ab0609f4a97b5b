//! Reverse DNS of the client: its name, and whether the name leads back to it (RFC 1912 2.1).

use std::net::IpAddr;

use mail::address::Domain;
use net::dns::Asker;
use scan::facts::{Fact, ReverseDns};

use super::{Means, reason};
use crate::remembered::Remembered;

/// Names of an address that are followed back.
const NAMES_MAX: usize = 3;

pub(crate) struct ReverseDnsSource {
    remembered: Remembered<IpAddr, ReverseDns>,
}

impl ReverseDnsSource {
    pub(crate) fn new() -> Self {
        Self { remembered: Remembered::new() }
    }

    pub(crate) async fn ask(&self, ip: IpAddr, means: Means<'_>) -> Fact<ReverseDns> {
        let ip = ip.to_canonical();
        if let Some(fact) = self.remembered.get(&ip, means.clock) {
            return fact;
        }
        let fact = fetch(ip, means.asker).await;
        self.remembered.put(ip, fact.clone(), means.clock);
        fact
    }
}

async fn fetch(ip: IpAddr, asker: Asker<'_>) -> Fact<ReverseDns> {
    let names = match asker.ptr(ip).await {
        Ok(names) => names,
        Err(error) => {
            let nothing = ReverseDns { name: None, confirmed: false };
            return reason(error).map_or(Fact::Known(nothing), Fact::Unknown);
        }
    };
    // A name with bytes that no host has is as good as none.
    let names: Vec<String> = names.into_iter().filter(|name| Domain::parse(name).is_ok()).take(NAMES_MAX).collect();
    let mut trouble = None;
    for name in &names {
        match addresses(name, ip, asker).await {
            Ok(true) => return Fact::Known(ReverseDns { name: Some(name.clone()), confirmed: true }),
            Ok(false) => {}
            Err(reason) => trouble = Some(reason),
        }
    }
    match trouble {
        // Whether a name leads back is not known then, and "it does not" would be a lie.
        Some(reason) => Fact::Unknown(reason),
        None => Fact::Known(ReverseDns { name: names.into_iter().next(), confirmed: false }),
    }
}

/// The name has this address.
async fn addresses(name: &str, ip: IpAddr, asker: Asker<'_>) -> Result<bool, scan::facts::UnknownReason> {
    let found = match ip {
        IpAddr::V4(ip) => asker.a(name).await.map(|found| found.contains(&ip)),
        IpAddr::V6(ip) => asker.aaaa(name).await.map(|found| found.contains(&ip)),
    };
    match found {
        Ok(found) => Ok(found),
        Err(error) => reason(error).map_or(Ok(false), Err),
    }
}

/// A name that somebody else looked up and hands to us, as `scan --batch` may. Mail servers write `unknown` where there is
/// none or it does not lead back, so a name that is given counts as confirmed.
#[must_use]
pub fn given(name: &str) -> Fact<ReverseDns> {
    let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
    if name.is_empty() || name == "unknown" || Domain::parse(&name).is_err() {
        return Fact::Known(ReverseDns { name: None, confirmed: false });
    }
    Fact::Known(ReverseDns { name: Some(name), confirmed: true })
}

#[cfg(test)]
mod tests;
