//! What is odd about a link, and what host its text shows. Where it leads says [`mail::links`].

use mail::address::Domain;
use mail::links::{self, Flags, host};

use crate::knowledge::Knowledge;
use crate::seen;

/// Why a target is written so that a reader misjudges where it leads; a stable word.
pub(crate) fn disguise(target: &str) -> Option<&'static str> {
    let link = links::normal(target)?;
    if has_split_scheme(target) {
        return Some("split_scheme");
    }
    if link.flags.is_empty() || !matches!(link.scheme.as_str(), "http" | "https") {
        return None;
    }
    let has = |flag| link.flags.has(flag);
    let words = [
        (has(Flags::USERINFO) && user_is_host(target), "host_as_user"),
        (has(Flags::CODED_ADDRESS), "coded_address"),
        (has(Flags::PERCENT_HOST), "coded_host"),
        (has(Flags::WIDE), "wide_letters"),
        (has(Flags::INVISIBLE), "invisible_character"),
        // Devices of one's own house write their address into their mail.
        (has(Flags::ADDRESS) && !has(Flags::PRIVATE), "address_literal"),
    ];
    words.into_iter().find_map(|(is_so, word)| is_so.then_some(word))
}

// `https://www.bank.example@evil.example/`
fn user_is_host(target: &str) -> bool {
    let rest = target.split_once(':').map_or(target, |(_, rest)| rest).trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains('.') || user.contains("%2"))
}

fn has_split_scheme(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or_default();
    scheme.trim().bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r'))
}

/// Words of a link's text that are looked at.
const TEXT_WORDS_MAX: usize = 40;

/// The hosts that a link's visible text shows, lower case: of the URLs in it, or the text itself if it is nothing but a host.
pub(crate) fn shown_hosts(text: &str, knowledge: &Knowledge) -> Vec<String> {
    let text = seen::folded(text);
    if !text.contains('.') {
        return Vec::new();
    }
    let written: Vec<String> = text.split_whitespace().take(TEXT_WORDS_MAX).filter_map(written_host).collect();
    if !written.is_empty() {
        return written;
    }
    // An arrow or the picture of a lock is no word.
    let mut words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    let only = words.next().filter(|_| words.next().is_none());
    only.and_then(|only| bare_host(only, knowledge)).into_iter().collect()
}

/// The first of [`shown_hosts`].
pub(crate) fn shown_host(text: &str, knowledge: &Knowledge) -> Option<String> {
    shown_hosts(text, knowledge).into_iter().next()
}

fn bare_host(word: &str, knowledge: &Knowledge) -> Option<String> {
    if word.contains('@') {
        return None;
    }
    // Quotes, brackets and stops around it are not part of it; a word behind `#` is a tag.
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
    let host = word.split(['/', '?', '#']).next()?.to_lowercase();
    let labels = host.split('.').count();
    // The suffix that stands for all others in examples (RFC 2606 2), and those of which the site says that they are its own.
    let is_own = || Domain::parse(&host).is_ok_and(|host| knowledge.is_own(&host));
    let is_host = psl::suffix(host.as_bytes())?.is_known() || host.ends_with(".example") || is_own();
    let looks_like_file = FILE_SUFFIXES.iter().any(|ending| host.ends_with(ending));
    let letters = host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    (labels > 1 && is_host && letters && !looks_like_file).then_some(host)
}

/// Top-level domains that are file endings too: without a scheme they are read as files.
const FILE_SUFFIXES: [&str; 8] = [".zip", ".mov", ".md", ".py", ".rs", ".sh", ".pl", ".ps"];

/// How the URLs begin that people write.
const BEGINNINGS: [&str; 4] = ["http://", "https://", "ftp://", "www."];

// Quotes, brackets and arrows around it are not part of it, nor is what is glued to it in front: `Link:https://...`.
fn written_host(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let (before, url) = word.split_at_checked(beginning(word)?)?;
    // Behind a host or a path stands a URL that is part of another; behind an `@` stands the domain of an address.
    if before.contains(['.', '/', '?', '&', '@']) {
        return None;
    }
    let host = host(url)?.into_owned();
    host.contains('.').then_some(host)
}

// Where the first URL of a word begins.
fn beginning(word: &str) -> Option<usize> {
    let word = word.to_ascii_lowercase();
    // Letters with two cases make one word with what follows them; those of other scripts, as Chinese ones, do not.
    let is_part = |c: char| c.is_ascii_digit() || c.is_lowercase() || c.is_uppercase() || matches!(c, '-' | '_');
    let is_start = |at: &usize| !word.get(..*at).is_some_and(|before| before.ends_with(is_part));
    BEGINNINGS.iter().filter_map(|with| word.match_indices(with).map(|(at, _)| at).find(is_start)).min()
}

#[cfg(test)]
mod tests;
