//! Who the message says it is from, as people see it, and whether two hosts belong to one organisation.

use mail::address::Domain;
use mail::mailbox::Mailbox;
use scan::Scan;
use scan::auth::DmarcResult;
use unicode_normalization::char::is_combining_mark;

use crate::knowledge::Knowledge;
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

/// Addresses of one text that are looked at.
const ADDRESSES_MAX: usize = 100;

/// Each `@` between two words, the right one with a dot: the domains, lower case, in order.
pub(crate) fn address_domains_in(text: &str) -> impl Iterator<Item = String> + '_ {
    let domain = |(at, _)| {
        let left = text.get(..at)?.chars().next_back()?;
        let host = host_at_start(text.get(at.saturating_add(1)..)?);
        let usable = left.is_alphanumeric() || "._-+".contains(left);
        (usable && host.contains('.')).then(|| host.to_lowercase())
    };
    text.match_indices('@').filter_map(domain).take(ADDRESSES_MAX)
}

/// The first of [`address_domains_in`].
pub(crate) fn address_domain_in(text: &str) -> Option<String> {
    address_domains_in(text).next()
}

fn host_at_start(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_matches('.')
}

/// [`address_domains_in`] the text as people see it. The domains then end in Latin letters: in Chinese and Japanese names the
/// wide `＠` is an ornament too.
pub(crate) fn address_domains_seen_in(text: &str) -> Vec<String> {
    let seen = seen::folded(text);
    let ends_in_latin =
        |host: &str| host.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_alphabetic()));
    let shown: Vec<String> = address_domains_in(&seen).filter(|host| seen == text || ends_in_latin(host)).collect();
    if shown.is_empty() { address_domains_in(text).collect() } else { shown }
}

/// Domains of the site behind an `@`, lower case, whatever signs stand around it: `ceo @corp.example`, `(ceo)@corp.example`,
/// letters with lines below. Names of the site are not in such places by chance, as those of others are.
pub(crate) fn own_domains_claimed_in(text: &str, knowledge: &Knowledge) -> Vec<String> {
    let plain: String = seen::folded(text).chars().filter(|c| !is_combining_mark(*c)).collect();
    let behind = plain.split('@').skip(1);
    let host = |text: &str| {
        let host = host_at_start(text.trim_start_matches(|c: char| !c.is_alphanumeric())).trim_end_matches(['-', '.']);
        let domain = Domain::parse(host).ok()?;
        (host.contains('.') && knowledge.is_own(&domain)).then(|| host.to_lowercase())
    };
    behind.filter_map(host).take(ADDRESSES_MAX).collect()
}

#[cfg(test)]
mod tests;
