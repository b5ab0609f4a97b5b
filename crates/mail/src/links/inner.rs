//! Links inside links: the page that a vendor's wrapped link, a click counter, an address of a program (`ms-word:ofe|u|…`),
//! a `mailto:` with a text, or a script in an address leads to in the end. Nothing is fetched: only what stands there is read.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem::Finder;

use crate::links::normal::{authority_end, is_bare_host, normal};
use crate::links::{find, percent_decoded, split_scheme, wrapped};

/// Wrappings within wrappings.
const DEPTH_MAX: usize = 4;
/// Links taken out of one.
const INNER_MAX: usize = 8;
/// Bytes of a link that are searched for inner ones.
const SEARCHED_BYTES_MAX: usize = 16 * 1024;
/// Different targets that are taken out of an address of a program.
const TARGETS_MAX: usize = 64;
/// Where a string of a script ends, or what is put together with it begins.
const STRING_ENDS: [char; 8] = ['\'', '"', '`', ')', ';', '<', '>', '\\'];

/// Base64 that overlooks missing padding and bits left over, as programs do.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
/// The common alphabet.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
/// The one for addresses.
pub const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Names of parameters that lead elsewhere: their value is a target even without a scheme.
const LEADING: [&str; 28] = [
    "url",
    "u",
    "q",
    "a",
    "l",
    "r",
    "link",
    "target",
    "to",
    "dest",
    "destination",
    "redirect",
    "redirect_url",
    "redirect_uri",
    "redir",
    "goto",
    "go",
    "next",
    "continue",
    "return",
    "returnurl",
    "return_url",
    "domain",
    "out",
    "href",
    "adurl",
    "uri",
    "d",
];

/// The targets that stand inside a link, the nearest first; most links have none.
#[must_use]
pub fn inner(target: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut layer = vec![target.to_owned()];
    // What stands before the host takes no room from the path.
    if target.len() > SEARCHED_BYTES_MAX {
        let link = normal(target).filter(|link| !link.host.is_empty());
        layer.extend(link.map(|link| format!("{}://{}{}", link.scheme, link.host, link.path)));
    }
    for _ in 0..DEPTH_MAX {
        let mut next = Vec::new();
        for target in layer.iter().filter(|target| can_hold(target)) {
            for one in one_layer(target) {
                if all.len() < INNER_MAX && one != *target && !all.contains(&one) {
                    all.push(one.clone());
                    next.push(one);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        layer = next;
    }
    all
}

/// Can something stand inside? Nearly all links are done with here.
fn can_hold(target: &str) -> bool {
    static CODED: LazyLock<[Finder<'_>; 2]> = LazyLock::new(|| ["__", "aHR0c"].map(Finder::new));
    let rest = target.as_bytes().get(5..target.len().min(SEARCHED_BYTES_MAX)).unwrap_or_default();
    if memchr::memchr3(b'=', b'%', b':', rest.get(3..).unwrap_or_default()).is_some()
        || CODED.iter().any(|word| word.find(rest).is_some())
    {
        return true;
    }
    wrapped::names_wrapper(target) || !target.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"))
}

fn one_layer(target: &str) -> Vec<String> {
    let target = target.get(..target.floor_char_boundary(SEARCHED_BYTES_MAX)).unwrap_or_default();
    let target = target.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
    let mut found = wrapped::targets(target);
    let scheme = split_scheme(target).map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
    match &scheme {
        Some((scheme, rest)) if matches!(scheme.as_str(), "mailto" | "sms" | "smsto" | "mms" | "mmsto") => {
            in_mail(rest, &mut found)
        }
        Some((scheme, rest)) if matches!(scheme.as_str(), "javascript" | "vbscript") => in_script(rest, &mut found),
        Some((scheme, rest)) if scheme == "intent" => in_intent(rest, &mut found),
        Some((scheme, _)) if matches!(scheme.as_str(), "data" | "tel" | "magnet" | "cid" | "mid") => {}
        Some((scheme, rest)) if !matches!(scheme.as_str(), "http" | "https" | "ftp") => in_program(rest, &mut found),
        _ => in_web(target, &mut found),
    }
    found
}

/// `?subject=…&body=see https://…` (RFC 6068; RFC 5724 of short messages). Codes write the text of a short message behind the number:
/// `SMSTO:+1:see https://…`.
fn in_mail(rest: &str, found: &mut Vec<String>) {
    let mut add = |text: &str| {
        let text = percent_decoded(text);
        found.extend(find::links(&text).into_iter().filter(|link| is_away(link)).map(|link| link.into_owned()));
    };
    let (to, query) = rest.split_once('?').unwrap_or((rest, ""));
    if let Some((_, text)) = to.split_once(':') {
        add(text);
    }
    pairs(query).for_each(|(_, value)| add(value));
}

fn in_script(script: &str, found: &mut Vec<String>) {
    let script = percent_decoded(script);
    for link in find::links(&script).into_iter().filter(|link| is_away(link)) {
        found.push(clean_end(&link));
        found.extend(clean_user(&link));
    }
}

/// `intent://host/path#Intent;scheme=https;S.browser_fallback_url=…;end`.
fn in_intent(rest: &str, found: &mut Vec<String>) {
    let (path, fragment) = rest.split_once("#Intent").unwrap_or((rest, ""));
    for (name, value) in fragment.split(';').filter_map(|word| word.split_once('=')) {
        match name {
            "scheme" if matches!(value, "http" | "https") => found.push(format!("{value}:{path}")),
            _ => found.extend(as_target(&percent_decoded(value), false)),
        }
    }
}

/// An address of a program that holds one of the web: `ms-word:ofe|u|https://…`, `search-ms:…&crumb=location:\\host\share`.
fn in_program(rest: &str, found: &mut Vec<String>) {
    // Cards in codes mask their signs: `MECARD:URL:http\://…`.
    let rest = percent_decoded(rest).replace("\\:", ":");
    let (mut from, mut count) = (0_usize, 0_usize);
    for at in memchr::memchr2_iter(b':', b'\\', rest.as_bytes()) {
        let Some(begin) = target_begin(&rest, at).filter(|begin| *begin >= from) else { continue };
        let target = rest.get(begin..).unwrap_or_default();
        let end = target
            .find(|c: char| c.is_whitespace() || matches!(c, '|' | '"' | '\'' | '<' | '>' | '&' | '#' | ';'))
            .unwrap_or(target.len());
        from = begin.saturating_add(end.max(1));
        let target = target.get(..end).unwrap_or_default();
        if found.iter().any(|known| known == target) {
            continue;
        }
        found.push(target.to_owned());
        count = count.saturating_add(1);
        if count >= TARGETS_MAX {
            return;
        }
    }
}

/// Where a target begins whose first colon or backslash stands there.
fn target_begin(text: &str, at: usize) -> Option<usize> {
    let (before, behind) = text.as_bytes().split_at_checked(at)?;
    if behind.starts_with(br"\\") {
        return Some(at);
    }
    let begin_of = |name: &&str| {
        let begin = at.checked_sub(name.len())?;
        before.get(begin..).filter(|own| own.eq_ignore_ascii_case(name.as_bytes())).map(|_| begin)
    };
    let names: &[&str] = if behind.starts_with(b":/") { &["https", "http", "file", "ftp"] } else { &["file"] };
    names.iter().find_map(begin_of)
}

/// Parameters, path segments and fragments that are addresses themselves, plain, in percent codes or in base64.
fn in_web(target: &str, found: &mut Vec<String>) {
    let begin = target.find(['/', '\\']).map_or(0, |at| at.saturating_add(2));
    let rest = target.get(begin..).unwrap_or_default();
    let authority_end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let rest = rest.get(authority_end..).unwrap_or_default();
    let (path, query) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    in_path(path, found);
    if !query.contains('=') {
        let value = percent_decoded(query.split(['&', '#']).next().unwrap_or_default());
        found.extend(as_target(&value, true));
    }
    for (name, value) in pairs(query) {
        let is_leading = LEADING.iter().any(|leading| name.trim_start_matches("amp;").eq_ignore_ascii_case(leading));
        let value = deeply_decoded(value);
        found.extend(as_target(&value, is_leading));
    }
}

/// `/redirect/https://…`, `/https%3A%2F%2F…`, `/aHR0cHM6Ly…`.
fn in_path(path: &str, found: &mut Vec<String>) {
    let decoded = percent_decoded(path);
    let lower = decoded.to_ascii_lowercase();
    let plain = ["/http://", "/https://", "/http:/", "/https:/"].iter().filter_map(|start| lower.find(start)).min();
    if let Some(at) = plain {
        found.push(decoded.get(at.saturating_add(1)..).unwrap_or_default().to_owned());
        return;
    }
    for segment in decoded.split('/').filter(|segment| segment.len() >= 12) {
        found.extend(as_base64_target(segment));
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split(['&', ';', '#', '?']).take(64).filter_map(|pair| pair.split_once('='))
}

/// Percent codes of percent codes, at most three times.
fn deeply_decoded(value: &str) -> String {
    let mut value = percent_decoded(value);
    for _ in 0..2 {
        if !value.contains('%') {
            break;
        }
        value = percent_decoded(&value);
    }
    value
}

/// Is a value an address? With `is_leading` a bare host is one too.
pub(super) fn as_target(value: &str, is_leading: bool) -> Option<String> {
    let value = value.trim();
    if !is_leading && !value.starts_with(['h', 'H', 'f', 'F', '/', '\\', 'w', 'W', 'j', 'J', 'a', 'L', 'S']) {
        return None;
    }
    let lower: String = value.chars().take(8).collect::<String>().to_ascii_lowercase();
    let is_target = lower.starts_with("http:")
        || lower.starts_with("https:")
        || lower.starts_with("ftp:")
        || lower.starts_with("//")
        || lower.starts_with("\\\\")
        || lower.starts_with("www.")
        || (lower.starts_with("javascr") && value.contains(':'))
        || (is_leading && !value.contains('@') && is_bare_host(value));
    if is_target && normal(value).is_some() {
        return Some(value.to_owned());
    }
    as_base64_target(value)
}

/// Base64 of an address begins with these letters; Bing puts `a1` before it.
fn as_base64_target(value: &str) -> Option<String> {
    let value = value.strip_prefix("a1").unwrap_or(value);
    let is_coded = ["aHR0c", "Ly93d3", "SFRUU", "SFRUC", "aHR0U"].iter().any(|start| value.starts_with(start));
    if !is_coded {
        return None;
    }
    let coded: String =
        value.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_')).collect();
    // One character over is no base64: what stands before it is.
    let whole = if coded.len() % 4 == 1 { coded.len().saturating_sub(1) } else { coded.len() };
    let coded = coded.get(..whole)?;
    let bytes = if coded.contains(['-', '_']) { BASE64_URL.decode(coded) } else { BASE64.decode(coded) }.ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let end = text.find(|c: char| c.is_control() || c == '\u{fffd}').unwrap_or(text.len());
    let text = text.get(..end)?;
    normal(text).map(|_| text.to_owned())
}

/// A link in a script ends where its string does.
#[must_use]
pub fn clean_end(link: &str) -> String {
    let end = link.find(STRING_ENDS).filter(|at| *at > 7).unwrap_or(link.len());
    link.get(..end).unwrap_or_default().to_owned()
}

/// The same where such a sign belongs to a user before the host: `https://www.bank.example;x@evil.example/`.
fn clean_user(link: &str) -> Option<String> {
    let host = link.get(..authority_end(link))?.rfind('@')?.saturating_add(1);
    let (user, rest) = link.split_at_checked(host)?;
    let end = rest.find(STRING_ENDS).unwrap_or(rest.len());
    (clean_end(link).len() < host).then(|| format!("{user}{}", rest.get(..end).unwrap_or_default()))
}

/// Code has many words with dots in it; only what has a scheme, with any number of slashes, or is a share leads away.
#[must_use]
pub fn is_away(link: &str) -> bool {
    let begins = |with: &&str| link.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    link.contains("://") || ["\\\\", "//", "www.", "http:", "https:", "ftp:"].iter().any(begins)
}
