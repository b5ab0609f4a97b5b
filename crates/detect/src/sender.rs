//! Who the message says it is from, as people see it, and whether two hosts belong to one organisation.

use mail::address::Domain;
use mail::mailbox::Mailbox;
use scan::Scan;
use scan::auth::DmarcResult;

use crate::seen;

/// The mailboxes of every From field, in order.
pub(crate) fn from_mailboxes(scan: &Scan) -> Vec<Mailbox> {
    scan.message.mailboxes("from")
}

/// Domain of the first From address: what a mail program shows.
pub(crate) fn from_domain(scan: &Scan) -> Option<Domain> {
    let first = from_mailboxes(scan).into_iter().find_map(|mailbox| mailbox.address)?;
    Some(first.domain().clone())
}

/// The registrable domain of the first From address.
pub(crate) fn from_organisation(scan: &Scan) -> Option<String> {
    from_domain(scan).map(|domain| organisation(domain.as_str()).to_owned())
}

/// The From domain is proven by an aligned SPF or DKIM result, with or without a DMARC record.
pub(crate) fn is_authenticated(scan: &Scan) -> bool {
    let dmarc = &scan.auth.dmarc;
    dmarc.result == DmarcResult::Pass || dmarc.spf_aligned || dmarc.dkim_aligned
}

/// The registrable domain of a host in lower case (public suffix list, private part included): what one party controls. A
/// host without one (an address, a bare suffix) is its own organisation.
pub(crate) fn organisation(host: &str) -> &str {
    // No top-level domain ends in a digit (RFC 3696 2); addresses and literals end in one, or in a bracket.
    if host.ends_with(|c: char| c.is_ascii_digit() || c == ']') {
        return host;
    }
    psl::domain_str(host).unwrap_or(host)
}

/// Something with an `@` between two words, the right one with a dot: returns the domain, lower case.
pub(crate) fn address_domain_in(text: &str) -> Option<String> {
    text.match_indices('@').find_map(|(at, _)| {
        let left = text.get(..at)?.chars().next_back()?;
        let right = text.get(at.saturating_add(1)..)?;
        let end = right.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.')).unwrap_or(right.len());
        let host = right.get(..end)?.trim_matches('.');
        let usable = left.is_alphanumeric() || "._-+".contains(left);
        (usable && host.contains('.')).then(|| host.to_lowercase())
    })
}

/// [`address_domain_in`] the text as people see it. The domain then ends in Latin letters: in Chinese and Japanese names the wide
/// `＠` is an ornament too.
pub(crate) fn address_domain_seen_in(text: &str) -> Option<String> {
    let seen = seen::folded(text);
    let ends_in_latin =
        |host: &str| host.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_alphabetic()));
    let shown = address_domain_in(&seen).filter(|host| seen == text || ends_in_latin(host));
    shown.or_else(|| address_domain_in(text))
}

#[cfg(test)]
mod tests;
