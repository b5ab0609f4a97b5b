//! DKIM (RFC 6376, 8301, 8463): each signature of a message, at most [`SIGNATURES_MAX`]. A signature that verifies and
//! yet leaves room to change what the reader sees does not count: its result is `Policy`, with the reason.

mod coverage;

use mail::address::Domain;
use mail::message::Message;
use mail_auth::common::crypto::{Algorithm, HashAlgorithm};
use mail_auth::common::headers::Header;
use mail_auth::common::verify::VerifySignature;
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult as Outcome, DnsError, Error, MessageAuthenticator, Parameters,
};
use net::dns::Asker;
use scan::auth::{DkimCheck, DkimResult};

use crate::keys::{Key, Keys};

/// Signatures that are looked at, and so keys that are asked for; the rest is ignored with a note.
pub(crate) const SIGNATURES_MAX: usize = 20;
/// Signatures with `l=` that are looked at: each hashes the body once more.
const LENGTH_SIGNATURES_MAX: usize = 4;
/// Bits of an RSA key that still counts (RFC 8301 3.2).
const RSA_BITS_MIN: usize = 1024;
/// Names in one `h=`.
pub(crate) const SIGNED_NAMES_MAX: usize = 500;
/// Bits of the library's key flags that name hash algorithms (`h=` of a key: sha1, sha256).
const KEY_HASH_SHA1: u64 = 1;
const KEY_HASH_SHA256: u64 = 2;

/// What was found before any key was fetched.
pub(crate) struct Prepared {
    /// One for each of the message's kept signatures, in the same order.
    early: Vec<Option<(DkimResult, &'static str)>>,
    /// Broken signatures, by their place in the message.
    broken: Vec<(usize, DkimCheck)>,
    /// Signatures that are not looked at.
    ignored: usize,
}

/// Sorts out what needs no key: which signatures are looked at, which are broken or expired, and the hashes for `l=`.
pub(crate) fn prepare(message: &mut AuthenticatedMessage<'_>, now: u64) -> Prepared {
    let mut broken = Vec::new();
    let mut read = std::mem::take(&mut message.dkim_headers);
    for error in message.errors.iter().filter(|error| error.name.trim_ascii().eq_ignore_ascii_case(b"dkim-signature")) {
        match (&error.header, Signature::parse(error.value)) {
            (Error::Dkim(DkimError::SignatureLength), Ok(signature)) => {
                read.push(Header { name: error.name, value: error.value, header: signature });
            }
            (reason, _) => broken.push((place(error.value, message.raw_message), broken_check(reason))),
        }
    }
    read.sort_by_key(|header| place(header.value, message.raw_message));
    broken.sort_by_key(|(at, _)| *at);
    let ignored = read.len().saturating_sub(SIGNATURES_MAX) + broken.len().saturating_sub(SIGNATURES_MAX);
    read.truncate(SIGNATURES_MAX);
    broken.truncate(SIGNATURES_MAX);
    let mut early = Vec::with_capacity(read.len());
    let mut lengths_left = LENGTH_SIGNATURES_MAX;
    for header in &mut read {
        let signature = &mut header.header;
        let mut fault = fault(signature, now);
        if fault.is_none() && signature.l > 0 {
            match lengths_left.checked_sub(1) {
                Some(left) => lengths_left = left,
                None => fault = Some((DkimResult::Policy, "too many signatures with l=")),
            }
        }
        if fault.is_some() {
            // The library looks at it all the same: give it nothing to do.
            signature.h.clear();
        }
        early.push(fault);
        // Expiry is ours (above), the library would read the clock; a report to the signer and third-party
        // authorisation (RFC 6541) would ask DNS for more.
        signature.x = 0;
        signature.r = false;
        signature.atps = None;
        if signature.l > 0 && early.last().is_some_and(Option::is_none) {
            coverage::hash_prefix(message, signature);
        } else if signature.l > 0 {
            // The library looks for a hash for each signature; this one matches nothing.
            message.body_hashes.push((signature.cb, HashAlgorithm::from(signature.a), signature.l, Vec::new()));
        }
    }
    message.dkim_headers = read;
    Prepared { early, broken, ignored }
}

/// A fault of the signature itself.
fn fault(signature: &Signature, now: u64) -> Option<(DkimResult, &'static str)> {
    if signature.v != 1 {
        return Some((DkimResult::PermError, "no version"));
    }
    if signature.h.len() > SIGNED_NAMES_MAX {
        return Some((DkimResult::PermError, "too many signed fields"));
    }
    if signature.x != 0 && (signature.x <= signature.t || signature.x <= now) {
        return Some((DkimResult::Fail, "expired"));
    }
    None
}

/// Verifies what was prepared.
pub(crate) async fn verify(
    prepared: Prepared,
    message: &AuthenticatedMessage<'_>,
    mail: &Message,
    authenticator: &MessageAuthenticator,
    asker: Asker<'_>,
) -> Vec<DkimCheck> {
    if message.dkim_headers.is_empty() && prepared.broken.is_empty() {
        return Vec::new();
    }
    let names = message.dkim_headers.iter().zip(&prepared.early);
    let names = names.filter(|(_, early)| early.is_none()).map(|(header, _)| header.header.domain_key());
    let keys = Keys::fetch(names, SIGNATURES_MAX, asker).await;
    let outputs = authenticator.verify_dkim(Parameters::new(message).with_txt_cache(&keys)).await;
    // The library puts broken signatures before those that it read.
    let outputs = outputs.get(outputs.len().saturating_sub(message.dkim_headers.len())..).unwrap_or_default();
    let mut checks = prepared.broken;
    for ((header, output), early) in message.dkim_headers.iter().zip(outputs).zip(prepared.early) {
        let (result, comment) = early.unwrap_or_else(|| result(&header.header, output, &keys));
        let (result, comment) = match result {
            DkimResult::Pass => coverage::judge(&header.header, message, mail),
            _ => (result, comment.to_owned()),
        };
        let signature = &header.header;
        let domain = Domain::parse(&signature.d).ok();
        let check = DkimCheck { result, domain, selector: printable(&signature.s), comment };
        checks.push((place(header.value, message.raw_message), check));
    }
    checks.sort_by_key(|(at, _)| *at);
    let mut checks: Vec<DkimCheck> = checks.into_iter().map(|(_, check)| check).collect();
    checks.truncate(SIGNATURES_MAX);
    if prepared.ignored > 0
        && let Some(last) = checks.last_mut()
    {
        let note = format!("{} more signatures ignored", prepared.ignored);
        last.comment = if last.comment.is_empty() { note } else { format!("{}; {note}", last.comment) };
    }
    checks
}

/// The library's outcome in the words of RFC 8601, after a look at the key.
fn result(signature: &Signature, output: &DkimOutput<'_>, keys: &Keys) -> (DkimResult, &'static str) {
    if let Some(Key::Found(key)) = keys.get(&signature.domain_key()) {
        if key.p.public_key_bits() < RSA_BITS_MIN {
            return (DkimResult::Policy, "weak key");
        }
        let hashes = key.f & (KEY_HASH_SHA1 | KEY_HASH_SHA256);
        let used = match HashAlgorithm::from(signature.a) {
            HashAlgorithm::Sha1 => KEY_HASH_SHA1,
            HashAlgorithm::Sha256 => KEY_HASH_SHA256,
        };
        if hashes != 0 && hashes & used == 0 {
            return (DkimResult::PermError, "key is not for this hash");
        }
    }
    match output.result() {
        // RFC 8301 3.1: rsa-sha1 proves nothing any more.
        Outcome::Pass if signature.a == Algorithm::RsaSha1 => (DkimResult::Policy, "rsa-sha1"),
        Outcome::Pass => (DkimResult::Pass, ""),
        Outcome::TempError(_) => (DkimResult::TempError, "key not available now"),
        Outcome::Neutral(error) | Outcome::Fail(error) | Outcome::PermError(error) => failure(error),
        Outcome::None => (DkimResult::None, ""),
    }
}

const fn failure(error: &Error) -> (DkimResult, &'static str) {
    match error {
        Error::Dkim(DkimError::FailedBodyHashMatch) => (DkimResult::Fail, "body was changed"),
        Error::Dkim(DkimError::FailedAuidMatch) => (DkimResult::PermError, "i= is outside of d="),
        Error::Dkim(DkimError::RevokedPublicKey) => (DkimResult::PermError, "key is revoked"),
        Error::Dkim(DkimError::UnsupportedKeyType) => (DkimResult::PermError, "unknown kind of key"),
        Error::Dns(DnsError::RecordNotFound(_)) => (DkimResult::PermError, "no key"),
        Error::Dns(_) | Error::ParseError | Error::Base64 => (DkimResult::PermError, "broken key"),
        _ => (DkimResult::Fail, "signature does not verify"),
    }
}

fn broken_check(reason: &Error) -> DkimCheck {
    let comment = match reason {
        Error::Dkim(DkimError::UnsupportedVersion) => "unknown version",
        Error::Dkim(DkimError::UnsupportedAlgorithm) => "unknown algorithm",
        Error::Dkim(DkimError::UnsupportedCanonicalization) => "unknown canonicalization",
        _ => "broken signature",
    };
    DkimCheck { result: DkimResult::PermError, domain: None, selector: String::new(), comment: comment.to_owned() }
}

/// Where in the message a slice of it stands.
fn place(part: &[u8], whole: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(255).collect()
}

#[cfg(test)]
mod tests;
