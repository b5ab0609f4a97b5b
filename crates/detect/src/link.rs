//! Where a link leads, as a browser reads it. Most links are plain; the others go through the WHATWG parser.

use std::borrow::Cow;

use memchr::memchr;
use url::Url;

/// Host of a link target, lower case, without trailing dot; none where it has none (`mailto:`, `#top`, a relative path).
pub(crate) fn host(target: &str) -> Option<Cow<'_, str>> {
    if let Some(host) = plain_host(target) {
        return Some(Cow::Borrowed(host));
    }
    let parsed = Url::parse(&with_scheme(target)).ok()?;
    if !matches!(parsed.scheme(), "http" | "https" | "ftp") {
        return None;
    }
    parsed.host_str().map(|host| Cow::Owned(host.trim_end_matches('.').to_owned()))
}

/// `//host` and `www.host` lead to a host too, in a mail program.
fn with_scheme(target: &str) -> Cow<'_, str> {
    let trimmed = target.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
    if trimmed.starts_with("//") || trimmed.starts_with("\\\\") {
        Cow::Owned(format!("https:{trimmed}"))
    } else if trimmed.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        Cow::Owned(format!("http://{trimmed}"))
    } else {
        Cow::Borrowed(trimmed)
    }
}

// `http(s)://` and a host of lower-case letters that no reader reads differently; none where in doubt.
fn plain_host(target: &str) -> Option<&str> {
    let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"))?;
    let end = rest.bytes().position(|b| !is_host_byte(b)).unwrap_or(rest.len());
    let host = rest.get(..end)?;
    let after = rest.as_bytes().get(end);
    let last = host.rsplit('.').next().unwrap_or("");
    let named = last.len() > 1 && last.bytes().all(|b| b.is_ascii_lowercase());
    (named && !host.starts_with('.') && matches!(after, None | Some(b'/' | b'?' | b'#'))).then_some(host)
}

const fn is_host_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-'
}

/// Why a target is written so that a reader misjudges where it leads; a stable word.
pub(crate) fn disguise(target: &str) -> Option<&'static str> {
    if plain_host(target).is_some() {
        return None;
    }
    if target.bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r')) && has_split_scheme(target) {
        return Some("split_scheme");
    }
    let parsed = Url::parse(&with_scheme(target)).ok()?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return None;
    }
    match parsed.host()? {
        url::Host::Domain(_) if parsed.username().contains('.') => Some("host_as_user"),
        url::Host::Domain(_) => None,
        url::Host::Ipv4(ip) if target.contains(&ip.to_string()) => {
            (!is_private(std::net::IpAddr::V4(ip))).then_some("address_literal")
        }
        url::Host::Ipv4(_) => Some("coded_address"),
        url::Host::Ipv6(ip) => (!is_private(std::net::IpAddr::V6(ip))).then_some("address_literal"),
    }
}

fn has_split_scheme(target: &str) -> bool {
    let end = memchr(b':', target.as_bytes()).unwrap_or(0);
    target.get(..end).is_some_and(|scheme| scheme.trim().bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r')))
}

// Devices of one's own house write their address into their mail.
const fn is_private(ip: std::net::IpAddr) -> bool {
    match ip {
        std::net::IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
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
    let letters = host.bytes().all(|b| is_host_byte(b) || b >= 0x80);
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
