//! Small text files that a double click acts on: shortcuts of the web and of desktops, settings of folders and themes, remote
//! desktops, registry files, queries, set-up files; and their kin in XML (libraries, saved searches, settings, contacts).
//!
//! What they start and where they lead; the whole file is kept as text.

use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::share;
use crate::formats::xml::expanded;
use crate::text;
use crate::unpack::{File, Walk};

/// Keys whose value is started, in lower case.
const STARTING: [&str; 12] = [
    "exec",
    "tryexec",
    "shellexecute",
    "open",
    "command",
    "runpresetupcommands",
    "runpostsetupcommands",
    "scrnsave.exe",
    "alternate shell",
    "remoteapplicationprogram",
    "remoteapplicationcmdline",
    "deeplink",
];
/// Keys whose value leads somewhere even without a scheme.
const LEADING: [&str; 9] = [
    "url",
    "baseurl",
    "origurl",
    "full address",
    "alternate full address",
    "gatewayhostname",
    "modified",
    "link",
    "href",
];
/// Keys of icons.
const ICONS: [&str; 3] = ["iconfile", "iconresource", "icon"];
/// Programs that run what a set-up section lists.
const SETUP: [&str; 4] = ["runpresetupcommands", "runpostsetupcommands", "registerocxs", "unregisterocxs"];
/// Links of one file.
const LINKS_MAX: usize = 500;
/// Bytes of a file that are read; such files are small.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads lines of keys and values.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let settings = decoded(walk, file);
    let (mut section, mut is_query) = (String::new(), false);
    for (number, line) in settings.lines().map(str::trim).enumerate() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_ascii_lowercase();
            if section.contains("\\currentversion\\run") {
                walk.mark(file.at, "launch");
            }
            continue;
        }
        // A web query: its name, its version, its address.
        is_query |= number == 0 && line == "WEB";
        if is_query && number == 2 {
            walk.mark(file.at, "external_link");
            lead(walk, file.at, line, LinkKind::Fetched);
        }
        let Some((key, value)) = key_and_value(line) else { continue };
        if section.starts_with("autorun") && (key.starts_with("open") || key.starts_with("shell")) {
            walk.mark(file.at, "autorun_inf");
        }
        let is_setup = section.starts_with("defaultinstall") && SETUP.iter().any(|own| key.starts_with(own));
        if is_setup {
            walk.mark(file.at, "launch");
        }
        entry(walk, file.at, &key, value);
    }
    for link in text::links(&settings).map(String::from) {
        lead(walk, file.at, &link, LinkKind::Field);
    }
    walk.add_text(file.at, &settings);
}

/// `key=value`, `"key"="value"` of registry files, `key:s:value` of remote desktops.
fn key_and_value(line: &str) -> Option<(String, &str)> {
    let is_typed = |kind: &str| matches!(kind, "s" | "i" | "b");
    let mut typed = line.splitn(3, ':');
    if let (Some(key), Some(kind), Some(value)) = (typed.next(), typed.next(), typed.next())
        && is_typed(kind)
    {
        return Some((key.trim().to_ascii_lowercase(), value));
    }
    let (key, value) = line.split_once('=')?;
    let key = key.trim().trim_matches('"');
    // `URL.A` and `Name[de]` are the same key for others.
    let key = key.split(['[', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
    Some((key, value.trim().trim_matches('"')))
}

fn entry(walk: &mut Walk<'_>, at: usize, key: &str, value: &str) {
    let key = key.rsplit('\\').next().unwrap_or(key);
    if value.is_empty() {
        return;
    }
    if STARTING.contains(&key) {
        walk.mark(at, "command_line");
    }
    if LEADING.contains(&key) {
        lead(walk, at, value, LinkKind::Field);
    } else if share::is_share(value) {
        lead(walk, at, value, LinkKind::Fetched);
    }
    for share in share::shares_in(value) {
        lead(walk, at, share, LinkKind::Fetched);
    }
    if ICONS.contains(&key) && (share::is_share(value) || value.to_ascii_lowercase().starts_with("http")) {
        lead(walk, at, value, LinkKind::Fetched);
    }
}

/// Adds a link, each target once, and says whether it leads to a share.
pub(super) fn lead(walk: &mut Walk<'_>, at: usize, target: &str, kind: LinkKind) {
    let target = target.trim();
    if let Some(word) = share::mark(target) {
        walk.mark(at, word);
    }
    let links = walk.content.items.get(at).map(|item| item.links.as_slice()).unwrap_or_default();
    if links.len() >= LINKS_MAX {
        return walk.not_opened(at, WhyUnopened::OverBudget);
    }
    let is_known = links.iter().any(|link| link.target == target);
    if !target.is_empty() && !is_known {
        walk.add_link(at, Link { target: target.to_owned(), text: String::new(), kind });
    }
}

/// Reads the small files in XML: every value that leads somewhere, and commands.
pub(crate) fn open_xml(walk: &mut Walk<'_>, file: File<'_>) {
    let xml = decoded(walk, file);
    if xml.contains("<!ENTITY") || xml.contains("<!entity") {
        walk.mark(file.at, "dtd");
        walk.not_opened(file.at, WhyUnopened::Refused);
    }
    let xml = expanded(&xml).unwrap_or(xml);
    let mut rest = xml.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        if let Some(data) = after.strip_prefix("![CDATA[") {
            let (data, behind) = data.split_once("]]>").unwrap_or((data, ""));
            value(walk, file.at, "", data);
            rest = behind;
            continue;
        }
        let before = htmlize::unescape(before);
        let (tag, behind) = after.split_once('>').unwrap_or((after, ""));
        // `</url>` closes what `before` stands in.
        let name = tag.trim_start_matches('/').split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        if !before.trim().is_empty() {
            value(walk, file.at, &name, before.trim());
        }
        for attribute in tag.split(['"', '\'']).skip(1).step_by(2) {
            value(walk, file.at, "", &htmlize::unescape(attribute));
        }
        rest = behind;
    }
}

fn value(walk: &mut Walk<'_>, at: usize, name: &str, value: &str) {
    if STARTING.contains(&name) {
        walk.mark(at, "command_line");
    }
    // Names of schemas lead nowhere.
    let is_schema = ["http://schemas.", "http://www.w3.org/"].iter().any(|start| value.starts_with(start));
    if share::is_share(value) || (LEADING.contains(&name) && !is_schema) {
        lead(walk, at, value, LinkKind::Fetched);
    } else if !is_schema {
        for link in text::links(value).map(String::from) {
            lead(walk, at, &link, LinkKind::Field);
        }
    }
    for share in share::shares_in(value) {
        lead(walk, at, share, LinkKind::Fetched);
    }
}

fn decoded(walk: &mut Walk<'_>, file: File<'_>) -> String {
    if file.bytes.len() > BYTES_MAX {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    text::decode(file.bytes.get(..BYTES_MAX).unwrap_or(file.bytes), file.charset).into_owned()
}

#[cfg(test)]
mod tests;
