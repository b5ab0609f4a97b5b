//! What is odd about a link, and what host its text shows. Where it leads says [`mail::links`].

use mail::links::{self, Flags, host};

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
const TEXT_WORDS_MAX: usize = 12;

/// The host that a link's visible text shows, lower case: a URL in it, or a text that is nothing but a host.
pub(crate) fn shown_host(text: &str) -> Option<String> {
    if !text.contains('.') {
        return None;
    }
    let mut words = text.split_whitespace();
    let written = words.clone().take(TEXT_WORDS_MAX).find_map(written_host);
    if written.is_some() {
        return written;
    }
    let only = words.next()?;
    if words.next().is_some() || only.contains('@') {
        return None;
    }
    let host = only.split(['/', '?', '#']).next()?.to_lowercase();
    let labels = host.split('.').count();
    let suffix = psl::suffix(host.as_bytes())?;
    let looks_like_file = FILE_SUFFIXES.iter().any(|ending| host.ends_with(ending));
    let letters = host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    (labels > 1 && suffix.is_known() && letters && !looks_like_file).then_some(host)
}

/// Top-level domains that are file endings too: without a scheme they are read as files.
const FILE_SUFFIXES: [&str; 8] = [".zip", ".mov", ".md", ".py", ".rs", ".sh", ".pl", ".ps"];

fn written_host(word: &str) -> Option<String> {
    let word = word.trim_matches(['<', '>', '(', ')', '[', ']', '"', '\'', ',', ';', '.']);
    let lower = word.get(..8.min(word.len())).map(str::to_ascii_lowercase)?;
    if !(lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.")) {
        return None;
    }
    let host = host(word)?.into_owned();
    host.contains('.').then_some(host)
}

#[cfg(test)]
mod tests;
