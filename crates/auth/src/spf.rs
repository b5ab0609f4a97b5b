//! SPF (RFC 7208): may this client send for this domain? Our own evaluator over `net::dns`, since the limits of 4.6.4
//! and the budget of a message must hold together. Explanations (`exp=`) are not fetched: a stranger's text has no place
//! in our replies.

mod check;
mod domain_spec;
mod record;

use std::net::IpAddr;

use mail::address::{Domain, ReversePath};
use net::dns::Asker;
use scan::auth::{SpfCheck, SpfResult};

use check::Check;

/// Checks MAIL FROM, or HELO for the null sender (2.4).
pub(crate) async fn verify(ip: IpAddr, helo: &str, sender: &ReversePath, asker: Asker<'_>) -> SpfCheck {
    match sender {
        ReversePath::Address(address) => {
            let domain = address.domain();
            let result = check_host(asker, ip, address.local(), domain.as_str(), helo).await;
            SpfCheck { result, domain: Some(domain.clone()), of_helo: false }
        }
        ReversePath::Null => {
            let domain = Domain::parse(helo).ok().filter(|domain| !domain.is_literal());
            let result = match &domain {
                Some(domain) => check_host(asker, ip, "postmaster", domain.as_str(), helo).await,
                None => SpfResult::None,
            };
            SpfCheck { result, domain, of_helo: true }
        }
    }
}

/// The function of section 4: may `ip` send as `local_part@domain`? An empty local part is `postmaster` (4.3).
pub async fn check_host(asker: Asker<'_>, ip: IpAddr, local_part: &str, domain: &str, helo: &str) -> SpfResult {
    let local_part = if local_part.is_empty() { "postmaster" } else { local_part };
    Check::new(asker, ip, local_part, domain, helo).result().await
}

#[cfg(test)]
mod tests;
