//! Authentication-Results fields that bear our name and are not ours: whoever reads them behind us would believe them, so
//! they are removed on arrival (RFC 8601 5). Names are compared without case, comments, quotes and white space.

use std::ops::Range;

use mail::message::Message;
use mail::results::authserv_id;

/// Bytes of a value in which our name is looked for.
const NAME_BYTES_MAX: usize = 2048;

/// The fields to remove, as byte ranges of the raw message, in order.
#[must_use]
pub fn foreign_results(message: &Message, hostname: &str) -> Vec<Range<usize>> {
    let ours = hostname.strip_suffix('.').unwrap_or(hostname).to_ascii_lowercase();
    message
        .fields()
        .filter(|field| field.name().trim().eq_ignore_ascii_case("authentication-results"))
        .filter(|field| bears(field.raw_value(), &ours))
        .map(|field| field.whole())
        .collect()
}

/// The value begins with our name, perhaps with a version behind it. In a value whose comment or quotes do not end, our
/// name anywhere before the first `;` is enough: some reader finds it.
fn bears(raw: &[u8], ours: &str) -> bool {
    let raw = raw.get(..NAME_BYTES_MAX).unwrap_or(raw);
    let value = String::from_utf8_lossy(raw).to_ascii_lowercase();
    match authserv_id(&value).map(|name| name.split_whitespace().collect::<String>()) {
        Some(name) => name.strip_prefix(ours).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')),
        None => value.split(';').next().unwrap_or_default().contains(ours),
    }
}

#[cfg(test)]
mod tests;
