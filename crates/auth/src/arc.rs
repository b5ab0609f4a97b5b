//! ARC (RFC 8617): does the chain of seals hold? Whether its sealers are believed is policy's question, not ours.

use mail::address::Domain;
use mail_auth::arc::{Seal, Signature};
use mail_auth::common::crypto::Algorithm;
use mail_auth::common::headers::Header;
use mail_auth::common::verify::VerifySignature;
use mail_auth::{AuthenticatedMessage, DkimResult as Outcome, MessageAuthenticator, Parameters};
use net::dns::Asker;
use scan::auth::{ArcCheck, DkimResult};

use crate::dkim::SIGNED_NAMES_MAX;
use crate::keys::Keys;
use crate::tags::is_strict_list;

/// Sets of one chain (RFC 8617 4.2.1).
const ARC_SETS_MAX: usize = 50;
/// Keys that one chain may name; a longer chain of different sealers fails.
const ARC_KEYS_MAX: usize = 20;

/// What was found before any key was fetched.
pub(crate) struct Prepared {
    is_broken: bool,
}

/// Looks at what the library takes lightly: expiry, which it would measure by the clock; the algorithm (RFC 8301 3.1
/// takes SHA-1 away); the form of the tag lists (RFC 8617 4.1); seals among the signed fields (4.1.2).
pub(crate) fn prepare(message: &mut AuthenticatedMessage<'_>, now: u64) -> Prepared {
    let newest = message.ams_headers.last().map(|header| &header.header);
    let has_expired = newest.is_some_and(|newest| newest.x != 0 && (newest.x <= newest.t || newest.x <= now));
    let is_bad_seal = |seal: &Header<'_, Seal>| {
        seal.header.a == Algorithm::RsaSha1 || !is_list(seal.value, &["i", "a", "b", "d", "s", "cv"])
    };
    let is_bad_signature = |signature: &Header<'_, Signature>| {
        let signs_seals = signature.header.h.iter().any(|name| name.eq_ignore_ascii_case("arc-seal"));
        signature.header.a == Algorithm::RsaSha1
            || signs_seals
            || signature.header.h.len() > SIGNED_NAMES_MAX
            || !is_list(signature.value, &["i", "a", "b", "bh", "d", "h", "s"])
    };
    let is_broken = has_expired
        || message.as_headers.len() > ARC_SETS_MAX
        || message.as_headers.iter().any(is_bad_seal)
        || message.ams_headers.iter().any(is_bad_signature);
    for header in &mut message.ams_headers {
        header.header.x = 0;
    }
    Prepared { is_broken }
}

fn is_list(value: &[u8], required: &[&str]) -> bool {
    is_strict_list(&String::from_utf8_lossy(value), required)
}

/// Verifies the chain.
pub(crate) async fn verify(
    prepared: Prepared,
    message: &AuthenticatedMessage<'_>,
    authenticator: &MessageAuthenticator,
    asker: Asker<'_>,
) -> ArcCheck {
    let is_there = !message.as_headers.is_empty() || !message.ams_headers.is_empty() || message.has_arc_errors;
    if !is_there {
        return ArcCheck { result: DkimResult::None, sealer: None };
    }
    let sealer = message.as_headers.last().and_then(|seal| Domain::parse(&seal.header.d).ok());
    if prepared.is_broken {
        return ArcCheck { result: DkimResult::Fail, sealer };
    }
    let seals = message.as_headers.iter().map(|seal| seal.header.domain_key());
    let newest = message.ams_headers.last().map(|newest| newest.header.domain_key());
    let keys = Keys::fetch(newest.into_iter().chain(seals), ARC_KEYS_MAX, asker).await;
    let output = authenticator.verify_arc(Parameters::new(message).with_txt_cache(&keys)).await;
    let result = match output.result() {
        Outcome::Pass => DkimResult::Pass,
        Outcome::TempError(_) => DkimResult::TempError,
        // Seals without signatures are a broken chain, not the absence of one.
        Outcome::None | Outcome::Neutral(_) | Outcome::Fail(_) | Outcome::PermError(_) => DkimResult::Fail,
    };
    ArcCheck { result, sealer }
}

#[cfg(test)]
mod tests;
