//! What a signature that verifies does not cover: body behind `l=` (RFC 6376 8.2), From, and fields that stand there once
//! more than they were signed (8.15).

use mail::message::Message;
use mail_auth::AuthenticatedMessage;
use mail_auth::common::crypto::HashAlgorithm;
use mail_auth::common::headers::Writable;
use mail_auth::dkim::Signature;
use scan::auth::DkimResult;

/// Fields that may stand once (RFC 5322 3.6, RFC 2045) and that readers show or obey.
const SINGLE_FIELDS: [&str; 10] = [
    "From",
    "Subject",
    "To",
    "Cc",
    "Reply-To",
    "Sender",
    "Date",
    "Content-Type",
    "MIME-Version",
    "Content-Transfer-Encoding",
];

/// Hashes the first `l` bytes of the canonical body: the library would cut the raw body instead.
pub(super) fn hash_prefix(message: &mut AuthenticatedMessage<'_>, signature: &Signature) {
    let algorithm = HashAlgorithm::from(signature.a);
    let is_known = message.body_hashes.iter().any(|(canonical, hash, length, digest)| {
        *canonical == signature.cb && *hash == algorithm && *length == signature.l && !digest.is_empty()
    });
    if is_known {
        return;
    }
    let body = canonical_body(message, signature);
    let length = usize::try_from(signature.l).unwrap_or(usize::MAX);
    let hash = algorithm.hash(body.get(..length).unwrap_or(&body)).as_ref().to_vec();
    // In front of an empty one, which a faulty signature may have left: the first is taken.
    message.body_hashes.insert(0, (signature.cb, algorithm, signature.l, hash));
}

fn canonical_body(message: &AuthenticatedMessage<'_>, signature: &Signature) -> Vec<u8> {
    let mut body = Vec::with_capacity(message.raw_body().len());
    signature.cb.canonical_body(message.raw_body(), 0).write(&mut body);
    body
}

/// The result of a signature that verifies.
pub(super) fn judge(signature: &Signature, message: &AuthenticatedMessage<'_>, mail: &Message) -> (DkimResult, String) {
    if !signature.h.iter().any(|name| name.eq_ignore_ascii_case("from")) {
        // RFC 6376 5.4: From must be signed.
        return (DkimResult::Policy, "From is not signed".to_owned());
    }
    if signature.l > 0 {
        let covered = usize::try_from(signature.l).unwrap_or(usize::MAX);
        let uncovered = canonical_body(message, signature).len().saturating_sub(covered);
        if uncovered > 0 {
            return (DkimResult::Policy, format!("{uncovered} bytes of body are not signed"));
        }
    }
    let doubled = SINGLE_FIELDS.iter().find(|name| is_doubled(name, signature, message, mail));
    match doubled {
        Some(name) => (DkimResult::Policy, format!("a second {name} is not signed")),
        None => (DkimResult::Pass, String::new()),
    }
}

/// The field is signed, and stands in the message more often than that. Both readings of the header count.
fn is_doubled(name: &str, signature: &Signature, message: &AuthenticatedMessage<'_>, mail: &Message) -> bool {
    let signed = signature.h.iter().filter(|signed| signed.eq_ignore_ascii_case(name)).count();
    if signed == 0 {
        return false;
    }
    let theirs = message.headers.iter();
    let theirs = theirs.filter(|(field, _)| field.trim_ascii().eq_ignore_ascii_case(name.as_bytes())).count();
    let ours = mail.fields().filter(|field| field.name().trim().eq_ignore_ascii_case(name)).count();
    theirs.max(ours) > signed
}
