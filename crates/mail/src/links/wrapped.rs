//! Links that other companies have wrapped in their own, to look at the target when it is clicked: the target is read back
//! where it stands in the link. The forms are public (the vendors' own pages describe how to decode them).

use std::sync::LazyLock;

use base64::Engine as _;
use memchr::memmem::Finder;

use crate::links::inner::{BASE64_URL, as_target};
use crate::links::percent_decoded;

/// How a wrapper keeps the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Proofpoint: v1 and v2 in `u`, v3 between double underscores.
    UrlDefense,
    /// Google AMP: the target is the path.
    AmpPath,
    /// Google AMP cache and Google Translate: the target's host is written in the host.
    HostInHost,
    /// Only the target's domain is told, in `domain`.
    DomainOnly,
    /// Sophos: host in `d`, address in base64 in `u`.
    Sophos,
    /// The path's last segment is the address.
    PathTail,
}

/// Words of hosts, and how to read what they wrap. Wrappers that keep the target in a parameter need no line: every parameter
/// that is an address is read (`safelinks.protection.outlook.com/?url=`, `linkprotect.cudasvc.com/url?a=`, `google.com/url?q=`).
const FORMS: [(&str, Form); 10] = [
    ("urldefense", Form::UrlDefense),
    ("/amp/", Form::AmpPath),
    (".cdn.ampproject.org", Form::HostInHost),
    (".translate.goog", Form::HostInHost),
    (".mimecast", Form::DomainOnly),
    (".inky.com", Form::DomainOnly),
    (".protection.sophos.com", Form::Sophos),
    ("secure-web.cisco.com", Form::PathTail),
    ("web.archive.org", Form::PathTail),
    ("/v3/__", Form::UrlDefense),
];

/// Words of the addresses of companies whose links stand for another one and show its text.
const VENDORS: [&str; 14] = [
    "safelinks.protection.",
    "urldefense",
    "linkprotect.cudasvc.com",
    ".mimecast",
    ".inky.com",
    ".protection.sophos.com",
    "secure-web.cisco.com",
    "clicktime.symantec.com",
    "trendmicro.com",
    "protect2.fireeye.com",
    "edgepilot.com",
    "google.com/url?",
    "google.com/amp/",
    "bing.com/ck/",
];

/// Does a link stand for the one inside it, so that its text is that one's text?
#[must_use]
pub fn is_wrapper(target: &str) -> bool {
    static FINDERS: LazyLock<Vec<Finder<'_>>> = LazyLock::new(|| VENDORS.iter().map(Finder::new).collect());
    FINDERS.iter().any(|word| word.find(target.as_bytes()).is_some())
}

/// Can it be a wrapper by its name alone?
pub(super) fn names_wrapper(target: &str) -> bool {
    form(target).is_some()
}

fn form(target: &str) -> Option<Form> {
    static FINDERS: LazyLock<Vec<(Finder<'_>, Form)>> =
        LazyLock::new(|| FORMS.iter().map(|(word, form)| (Finder::new(word), *form)).collect());
    FINDERS.iter().find(|(word, _)| word.find(target.as_bytes()).is_some()).map(|(_, form)| *form)
}

/// The targets that a wrapper's link holds, where its form is of its own.
pub(super) fn targets(target: &str) -> Vec<String> {
    let Some(form) = form(target) else { return Vec::new() };
    let found = match form {
        Form::UrlDefense => proofpoint_v3(target).or_else(|| proofpoint_v2(target)),
        Form::AmpPath => amp_path(target),
        Form::HostInHost => host_in_host(target),
        Form::DomainOnly => parameter(target, "domain").map(|domain| format!("http://{domain}/")),
        Form::Sophos => parameter(target, "u").and_then(|coded| from_base64(&coded)),
        Form::PathTail => percent_decoded(target).rsplit_once("/http").map(|(_, tail)| format!("http{tail}")),
    };
    found.into_iter().collect()
}

fn parameter(target: &str, name: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let value = query.split(['&', '#', ';']).filter_map(|pair| pair.split_once('=')).find(|(own, _)| *own == name)?.1;
    Some(percent_decoded(value))
}

fn from_base64(coded: &str) -> Option<String> {
    let bytes = BASE64_URL.decode(coded.replace('+', "-").replace('/', "_").trim_end_matches('=')).ok()?;
    as_target(&String::from_utf8_lossy(&bytes), true)
}

/// `/v3/__https://host/a*b__;Iw!!…`: each `*` stands for a byte of the base64 behind `;`, `**X` for a run of them.
fn proofpoint_v3(target: &str) -> Option<String> {
    let (_, rest) = target.split_once("/v3/__")?;
    let (address, tail) = rest.split_once("__;")?;
    let coded = tail.split("!!").next().unwrap_or_default();
    let bytes = BASE64_URL.decode(coded).unwrap_or_default();
    let replaced = String::from_utf8_lossy(&bytes).into_owned();
    let mut letters = replaced.chars();
    let mut whole = String::with_capacity(address.len());
    let mut rest = address.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '*' {
            whole.push(c);
        } else if rest.peek() == Some(&'*') {
            rest.next();
            // Runs of two and more, by a letter of base64: A is 2.
            let length = rest.next().and_then(run_length).unwrap_or(0);
            whole.extend(letters.by_ref().take(length));
        } else {
            whole.extend(letters.next());
        }
    }
    // Slashes are folded on the way: `https:/host`.
    let whole = match whole.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') => format!("{scheme}://{rest}"),
        _ => whole,
    };
    (!whole.is_empty()).then_some(whole)
}

fn run_length(letter: char) -> Option<usize> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    letters.find(letter).map(|at| at.saturating_add(2))
}

/// `?u=https-3A__host_path`: `-XX` is a percent code, `_` a slash. Version 1 has plain percent codes.
fn proofpoint_v2(target: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix("u="))?;
    let is_second = target.contains("/v2/") || value.contains("-3A") || value.contains("__");
    let coded = if is_second { value.replace('-', "%").replace('_', "/") } else { value.to_owned() };
    as_target(&percent_decoded(&coded), true)
}

/// `https://www.google.com/amp/s/host/path`: `s` says https.
fn amp_path(target: &str) -> Option<String> {
    let (_, rest) = target.split_once("/amp/")?;
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    as_target(rest, true).map(|rest| if rest.contains("://") { rest } else { format!("{scheme}://{rest}") })
}

/// `https://evil-example.cdn.ampproject.org/c/s/evil.example/x`, `https://evil-example.translate.goog/x?_x_tr_sl=…`.
fn host_in_host(target: &str) -> Option<String> {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.ends_with("ampproject.org") {
        let path = path.split_once('/').map_or("", |(_, rest)| rest);
        let (scheme, rest) = path.strip_prefix("s/").map_or(("http", path), |rest| ("https", rest));
        return as_target(rest, true).map(|rest| format!("{scheme}://{rest}"));
    }
    let label = host.strip_suffix(".translate.goog")?;
    // Two hyphens are one, one is a dot.
    let host = label.replace("--", "\u{1}").replace('-', ".").replace('\u{1}', "-");
    Some(format!("https://{host}/{path}"))
}
