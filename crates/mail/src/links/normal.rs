//! Where a link leads, as a browser reads it: WHATWG URL, and what mail programs make of addresses that are no URL (`www.`,
//! bare hosts, `\\host\share`). One implementation for all who ask: detectors, lists of hosts, rewriting.
//!
//! Documented limits: relative targets have no host; a target that no browser opens is `None`.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::links::{is_invisible, split_scheme};

/// Bytes of a path that are looked at; what is longer is cut. What stands before the host can be of any length: browsers open such an
/// address all the same.
pub const PATH_BYTES_MAX: usize = 64 * 1024;

/// A link in its one normal form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NormalLink {
    /// Lower case, without colon. `file` for shares of files.
    pub scheme: String,
    /// A-labels in lower case without final dot, an IPv4 address in four decimal numbers, or an IPv6 address in brackets;
    /// empty where the scheme has none (`mailto`, `tel`, `javascript`).
    pub host: String,
    /// Only where it is not the scheme's own.
    pub port: Option<u16>,
    /// Path and query, without fragment; for schemes without host all that follows the colon.
    pub path: String,
    /// How it was written.
    pub flags: Flags,
}

/// What is unusual about the way a link is written; a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u32);

impl Flags {
    /// A user name or password before the host.
    pub const USERINFO: Self = Self(1);
    /// An address written as one number, in octal or hexadecimal.
    pub const CODED_ADDRESS: Self = Self(1 << 1);
    /// An address instead of a name.
    pub const ADDRESS: Self = Self(1 << 2);
    /// Not two slashes behind the scheme.
    pub const ODD_SLASHES: Self = Self(1 << 3);
    /// Backslashes instead of slashes.
    pub const BACKSLASH: Self = Self(1 << 4);
    /// Tabs or line ends inside.
    pub const SPLIT: Self = Self(1 << 5);
    /// Control characters around or inside.
    pub const CONTROL: Self = Self(1 << 6);
    /// Characters that are not seen.
    pub const INVISIBLE: Self = Self(1 << 7);
    /// Full-width letters or ideographic dots in the host.
    pub const WIDE: Self = Self(1 << 8);
    /// Percent codes in the host.
    pub const PERCENT_HOST: Self = Self(1 << 9);
    /// No scheme is written.
    pub const SCHEMELESS: Self = Self(1 << 10);
    /// Written so that no program opens it (`hxxp`, `[.]`), for people to repair.
    pub const DEFANGED: Self = Self(1 << 11);
    /// A host with letters other than those of ASCII.
    pub const IDN: Self = Self(1 << 12);
    /// A port that is not the scheme's own.
    pub const PORT: Self = Self(1 << 13);
    /// A share of files, by SMB or WebDAV: opening it gives away credentials.
    pub const UNC: Self = Self(1 << 14);
    /// Leads into the reader's own network or machine.
    pub const PRIVATE: Self = Self(1 << 15);
    /// Not a URL by the rules; read as programs that overlook it do.
    pub const REPAIRED: Self = Self(1 << 16);

    /// Every flag with a stable word.
    pub const ALL: [(Self, &'static str); 17] = [
        (Self::USERINFO, "userinfo"),
        (Self::CODED_ADDRESS, "coded_address"),
        (Self::ADDRESS, "address"),
        (Self::ODD_SLASHES, "odd_slashes"),
        (Self::BACKSLASH, "backslash"),
        (Self::SPLIT, "split"),
        (Self::CONTROL, "control"),
        (Self::INVISIBLE, "invisible"),
        (Self::WIDE, "wide"),
        (Self::PERCENT_HOST, "percent_host"),
        (Self::SCHEMELESS, "schemeless"),
        (Self::DEFANGED, "defanged"),
        (Self::IDN, "idn"),
        (Self::PORT, "port"),
        (Self::UNC, "unc"),
        (Self::PRIVATE, "private"),
        (Self::REPAIRED, "repaired"),
    ];

    /// Are all of these set?
    #[must_use]
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Is none set?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The words of those that are set.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, word)| word)
    }

    fn set(&mut self, flags: Self) {
        self.0 |= flags.0;
    }

    fn set_if(&mut self, flags: Self, condition: bool) {
        if condition {
            self.set(flags);
        }
    }
}

/// Schemes that browsers open, whose slashes they take as they come (WHATWG URL 4.2, special schemes).
const WEB: [&str; 5] = ["http", "https", "ftp", "ws", "wss"];
/// Endings that are files where a relative target begins with them.
const FILE_ENDINGS: [&str; 40] = [
    "htm", "html", "xhtml", "shtml", "php", "php3", "asp", "aspx", "ashx", "jsp", "do", "cgi", "png", "jpg", "jpeg",
    "gif", "bmp", "webp", "svg", "ico", "css", "js", "json", "xml", "txt", "pdf", "doc", "docx", "xls", "xlsx", "ppt",
    "pptx", "exe", "dll", "zip", "rar", "gz", "tar", "eml", "md",
];

/// Where a link leads; none for a relative target, a fragment, or what no program opens.
#[must_use]
pub fn normal(target: &str) -> Option<NormalLink> {
    plain(target).or_else(|| written(target))
}

/// The host that a link of the web leads to ([`NormalLink::host`]), without a copy where the link is plain; none for other
/// schemes and shares of files.
#[must_use]
pub fn host(target: &str) -> Option<Cow<'_, str>> {
    if let Some((_, host, after)) = plain_host(target)
        && (after.is_empty() || after.starts_with(['/', '?', '#']))
    {
        return Some(Cow::Borrowed(host));
    }
    let link = normal(target)?;
    (WEB.contains(&link.scheme.as_str()) && !link.host.is_empty()).then_some(Cow::Owned(link.host))
}

/// `http(s)://` and a host of lower-case letters that no reader reads differently: scheme, host and what follows.
fn plain_host(target: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = target.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let end = rest.bytes().position(|b| !is_host_byte(b)).unwrap_or(rest.len());
    let (host, after) = rest.split_at_checked(end)?;
    let last = host.rsplit('.').next().unwrap_or("");
    let is_named = last.len() > 1 && last.bytes().all(|b| b.is_ascii_lowercase());
    // Labels of punycode are left to the parser, which knows the false ones.
    (is_named && !host.starts_with('.') && !host.contains("xn--")).then_some((scheme, host, after))
}

/// A plain host and a path without surprises.
fn plain(target: &str) -> Option<NormalLink> {
    let (scheme, host, after) = plain_host(target).filter(|(_, _, after)| is_plain_path(after))?;
    let path = cut(after.split('#').next().unwrap_or(""));
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = format!("{slash}{path}");
    Some(NormalLink { scheme: scheme.to_owned(), host: host.to_owned(), port: None, path, flags: Flags::default() })
}

fn is_plain_path(path: &str) -> bool {
    let starts = path.is_empty() || path.starts_with(['/', '?', '#']);
    starts
        && path.bytes().all(|b| matches!(b, b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~'))
        && !path.contains("/.")
        && !path.contains("%2")
}

const fn is_host_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-'
}

fn written(target: &str) -> Option<NormalLink> {
    let mut flags = Flags::default();
    let target = cleaned(target, &mut flags);
    let target = refanged(target, &mut flags);
    let target = target.as_ref();
    if let Some(share) = target.strip_prefix("\\\\") {
        flags.set(Flags::SCHEMELESS);
        return share_of_files(with_short_path(share), flags);
    }
    let Some((scheme, rest)) = split_scheme(target).filter(|(scheme, rest)| !is_host_and_port(scheme, rest)) else {
        return schemeless(with_short_path(target), flags);
    };
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "file" => file(with_short_path(rest), flags),
        web if WEB.contains(&web) => self::web(web, with_short_path(rest), flags),
        _ => other(scheme, rest, flags),
    }
}

/// What follows a scheme, with so much of its path as is looked at.
fn with_short_path(rest: &str) -> &str {
    let after = rest.trim_start_matches(['/', '\\']);
    let end = after.find(['/', '\\', '?', '#']).unwrap_or(after.len());
    let end = rest.len().saturating_sub(after.len()).saturating_add(end);
    rest.get(..rest.floor_char_boundary(end.saturating_add(PATH_BYTES_MAX))).unwrap_or(rest)
}

fn cut(path: &str) -> &str {
    path.get(..path.floor_char_boundary(PATH_BYTES_MAX)).unwrap_or(path)
}

/// Without what browsers drop: controls and spaces around, tabs and line ends anywhere (WHATWG URL 4.4); and without
/// comments, which some readers of pages drop in attributes.
fn cleaned<'t>(target: &'t str, flags: &mut Flags) -> Cow<'t, str> {
    let trimmed = target.trim_matches(|c: char| c.is_ascii_control() || c == ' ' || is_invisible(c));
    let rim = target.trim();
    flags.set_if(Flags::CONTROL, rim.len() != trimmed.len() && rim.bytes().any(|b| b.is_ascii_control()));
    flags.set_if(Flags::INVISIBLE, rim.len() != trimmed.len() && rim.chars().any(is_invisible));
    let is_split = trimmed.bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r'));
    flags.set_if(Flags::SPLIT, is_split);
    let mut target = Cow::Borrowed(trimmed);
    if is_split {
        target = Cow::Owned(target.replace(['\t', '\n', '\r'], ""));
    }
    if target.contains("<!--") {
        flags.set(Flags::REPAIRED);
        target = Cow::Owned(without_comments(&target));
    }
    target
}

fn without_comments(target: &str) -> String {
    let mut kept = String::with_capacity(target.len());
    let mut rest = target;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// `hxxps://evil[.]example` as a reader would repair it.
fn refanged<'t>(target: Cow<'t, str>, flags: &mut Flags) -> Cow<'t, str> {
    let start: String = target.chars().take(9).collect::<String>().to_ascii_lowercase();
    let scheme =
        [("hxxps", "https"), ("hxxp", "http"), ("hxtp", "http"), ("h**p", "http"), ("meow", "http"), ("fxp", "ftp")]
            .into_iter()
            .find(|(from, _)| start.strip_prefix(from).is_some_and(|rest| rest.starts_with([':', '['])));
    let authority_end = authority_end(&target);
    let authority = target.get(..authority_end).unwrap_or_default();
    let is_dotted = ["[.", "(.", "{.", "[dot]", "(dot)", "[:]", "[://]"].iter().any(|dot| authority.contains(dot));
    if scheme.is_none() && !is_dotted {
        return target;
    }
    flags.set(Flags::DEFANGED);
    let mut repaired = authority.to_owned();
    for (from, to) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[.", "."),
        ("[://]", "://"),
        ("[:]", ":"),
    ] {
        repaired = repaired.replace(from, to);
    }
    if let Some((from, to)) = scheme {
        repaired = format!("{to}{}", repaired.get(from.len()..).unwrap_or_default());
    }
    repaired.push_str(target.get(authority_end..).unwrap_or_default());
    Cow::Owned(repaired)
}

/// Where the path begins: the first slash behind the scheme's own.
pub(super) fn authority_end(target: &str) -> usize {
    let is_slash = |c: char| matches!(c, '/' | '\\');
    let scheme = target.find(':').filter(|at| *at < 12).map_or(0, |at| at.saturating_add(1));
    let rest = target.get(scheme..).unwrap_or_default();
    let slashes = rest.len().saturating_sub(rest.trim_start_matches([']', '/', '\\']).len());
    let begin = scheme.saturating_add(slashes);
    let rest = target.get(begin..).unwrap_or_default();
    rest.find(|c: char| is_slash(c) || matches!(c, '?' | '#')).map_or(target.len(), |at| begin.saturating_add(at))
}

/// `evil.example:8080/x` has no scheme, though the rules would read one.
fn is_host_and_port(scheme: &str, rest: &str) -> bool {
    scheme.contains('.') && rest.starts_with(|c: char| c.is_ascii_digit())
}

fn schemeless(target: &str, mut flags: Flags) -> Option<NormalLink> {
    flags.set(Flags::SCHEMELESS);
    if target.starts_with(['/', '\\']) {
        flags.set_if(Flags::BACKSLASH, target.get(..2).is_some_and(|start| start.contains('\\')));
        let rest = target.trim_start_matches(['/', '\\']);
        let slashes = target.len().saturating_sub(rest.len());
        if slashes < 2 {
            return None;
        }
        flags.set_if(Flags::ODD_SLASHES, slashes > 2);
        let host = rest.split(['/', '\\']).next().unwrap_or_default();
        if is_share_host(host) && rest.len() > host.len() {
            return share_of_files(rest, flags);
        }
        return web("https", &format!("//{rest}"), flags);
    }
    is_bare_host(target).then(|| web("http", &format!("//{target}"), flags)).flatten()
}

/// A name without a dot, or WebDAV's way to name a port: no host of the web.
fn is_share_host(host: &str) -> bool {
    let name = host.split('@').next().unwrap_or_default();
    let has_port = host.len() > name.len()
        && host.split('@').skip(1).all(|word| word.eq_ignore_ascii_case("ssl") || word.parse::<u16>().is_ok());
    !name.is_empty()
        && (has_port
            || (!name.contains(['.', ':', '[', '%'])
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'$'))))
}

/// Does it begin with a host, as people write it?
#[must_use]
pub fn is_bare_host(target: &str) -> bool {
    let end = target.find(['/', '?', '#', '\\']).unwrap_or(target.len());
    let (authority, rest) = target.split_at_checked(end).unwrap_or((target, ""));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    if !port.bytes().all(|b| b.is_ascii_digit()) || !is_host_like(host) {
        return false;
    }
    if host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        return true;
    }
    let top = host.rsplit(['.', '。', '．', '｡']).next().unwrap_or_default().to_ascii_lowercase();
    if host.parse::<Ipv4Addr>().is_ok() {
        return !rest.is_empty() || !port.is_empty();
    }
    let is_top = top.starts_with("xn--") || (top.chars().count() >= 2 && top.chars().all(char::is_alphabetic));
    is_top
        && !FILE_ENDINGS.contains(&top.as_str())
        && (rest.starts_with(['/', '\\']) || !port.is_empty() || is_known_suffix(host))
}

/// Labels with dots between, and nothing that no host has.
fn is_host_like(host: &str) -> bool {
    let mut labels = 0_usize;
    for label in host.trim_end_matches('.').split(['.', '。', '．', '｡']) {
        let is_label = !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_') || is_invisible(c));
        if !is_label {
            return false;
        }
        labels = labels.saturating_add(1);
    }
    labels >= 2
}

fn is_known_suffix(host: &str) -> bool {
    psl::suffix(host.to_lowercase().as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes().len() < host.len())
}

fn web(scheme: &str, rest: &str, mut flags: Flags) -> Option<NormalLink> {
    let after = rest.trim_start_matches(['/', '\\']);
    let slashes = rest.get(..rest.len().saturating_sub(after.len())).unwrap_or_default();
    flags.set_if(Flags::ODD_SLASHES, slashes.len() != 2);
    let end = after.find(['/', '\\', '?', '#']).unwrap_or(after.len());
    let (authority, path) = after.split_at_checked(end)?;
    flags.set_if(Flags::BACKSLASH, slashes.contains('\\') || path.starts_with('\\'));
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    flags.set_if(Flags::USERINFO, user.is_some());
    flags.set_if(Flags::PERCENT_HOST, host.contains('%'));
    if !host.is_ascii() {
        flags.set_if(Flags::INVISIBLE, host.chars().any(is_invisible));
        flags.set_if(Flags::WIDE, host.chars().any(|c| matches!(c, '\u{ff01}'..='\u{ff9f}' | '。')));
        flags.set_if(
            Flags::IDN,
            host.chars().any(|c| c.is_alphabetic() && !c.is_ascii() && !matches!(c, '\u{ff01}'..='\u{ff9f}')),
        );
    }
    let url = Url::parse(&format!("{scheme}://{authority}{path}")).ok().or_else(|| {
        flags.set(Flags::REPAIRED);
        Url::parse(&format!("{scheme}://{}{path}", repaired(host)?)).ok()
    })?;
    flags.set_if(Flags::IDN, url.host_str().is_some_and(|host| host.contains("xn--")));
    finish(&url, host, flags)
}

/// A host with what is not allowed in one left away, and without a port that is none.
fn repaired(host: &str) -> Option<String> {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let kept: String =
        host.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '。' | '．' | '｡')).collect();
    (kept.contains(['.', '。', '．', '｡'])).then_some(kept)
}

fn finish(url: &Url, written: &str, mut flags: Flags) -> Option<NormalLink> {
    match url.host()? {
        Host::Ipv4(ip) => {
            let is_plain = written.split(':').next().is_some_and(|host| host.trim_end_matches('.') == ip.to_string());
            flags.set(if is_plain { Flags::ADDRESS } else { Flags::CODED_ADDRESS });
            flags.set_if(Flags::PRIVATE, is_private_v4(ip));
        }
        Host::Ipv6(ip) => {
            flags.set(Flags::ADDRESS);
            flags.set_if(Flags::PRIVATE, is_private_v6(ip));
        }
        Host::Domain(name) if name.ends_with('.') => {
            // Without its last dots it may be an address: `127.0.。`.
            let mut url = url.clone();
            url.set_host(Some(name.trim_end_matches('.'))).ok()?;
            return finish(&url, written, flags);
        }
        Host::Domain(name) => {
            flags.set_if(Flags::PRIVATE, name == "localhost" || name.ends_with(".localhost"));
        }
    }
    flags.set_if(Flags::PORT, url.port().is_some());
    let host = url.host_str()?.to_owned();
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    Some(NormalLink { scheme: url.scheme().to_owned(), host, port: url.port(), path, flags })
}

const fn is_private_v4(ip: Ipv4Addr) -> bool {
    ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    let mapped = ip.to_ipv4_mapped().is_some_and(is_private_v4);
    mapped || ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
}

/// `file:` with two or four slashes names a host, with three a file of the reader's own.
fn file(rest: &str, mut flags: Flags) -> Option<NormalLink> {
    let after = rest.trim_start_matches(['/', '\\']);
    let slashes = rest.len().saturating_sub(after.len());
    let first = after.split(['/', '\\']).next().unwrap_or_default();
    let is_drive = first.len() == 2 && first.ends_with([':', '|']);
    let has_backslashes = rest.trim_start_matches('/').starts_with("\\\\");
    if !is_drive
        && !first.is_empty()
        && !first.eq_ignore_ascii_case("localhost")
        && (slashes == 2 || slashes > 3 || has_backslashes)
    {
        flags.set_if(Flags::ODD_SLASHES, slashes != 2);
        return share_of_files(after, flags);
    }
    flags.set(Flags::PRIVATE);
    Some(NormalLink {
        scheme: "file".to_owned(),
        path: format!("/{}", after.replace('\\', "/")),
        flags,
        ..NormalLink::default()
    })
}

/// `host\share`, `host@SSL@443\DavWWWRoot\x` ([MS-WDV], UNC of Windows).
fn share_of_files(share: &str, mut flags: Flags) -> Option<NormalLink> {
    flags.set(Flags::UNC);
    let share = share.trim_start_matches(['\\', '/']);
    // `\\?\UNC\host\share` is the same share.
    let share = ["?\\UNC\\", ".\\UNC\\", "?/UNC/"].iter().find_map(|long| share.strip_prefix(long)).unwrap_or(share);
    let end = share.find(['/', '\\']).unwrap_or(share.len());
    let (authority, path) = share.split_at_checked(end)?;
    // Devices and long paths of the own machine: `\\.\pipe\x`, `\\?\C:\x`.
    if matches!(authority, "." | "?") {
        return None;
    }
    let mut words = authority.split('@');
    let host = words.next().unwrap_or_default();
    let port = words.find_map(|word| word.parse().ok());
    flags.set_if(Flags::PORT, port.is_some());
    let host = Url::parse(&format!("http://{host}/")).ok().and_then(|url| url.host_str().map(str::to_owned))?;
    flags.set_if(Flags::ADDRESS, host.parse::<Ipv4Addr>().is_ok());
    let path = path.replace('\\', "/");
    Some(NormalLink { scheme: "file".to_owned(), host: host.trim_end_matches('.').to_owned(), port, path, flags })
}

fn other(scheme: String, rest: &str, flags: Flags) -> Option<NormalLink> {
    if rest.is_empty() {
        return None;
    }
    let rest = if rest.starts_with("//") { with_short_path(rest) } else { cut(rest) };
    let url = rest.starts_with("//").then(|| Url::parse(&format!("{scheme}:{rest}")).ok()).flatten();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_ascii_lowercase();
    if host.is_empty() {
        return Some(NormalLink { scheme, path: rest.to_owned(), flags, ..NormalLink::default() });
    }
    let path = url.as_ref().map_or("", Url::path).to_owned();
    Some(NormalLink { scheme, host, port: url.as_ref().and_then(Url::port), path, flags })
}
