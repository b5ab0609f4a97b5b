//! Calendars: iCalendar (RFC 5545, RFC 7986) and vCalendar 1.0. What an invitation says and where it leads.

use scan::content::{Link, LinkKind};

use crate::formats::lines::{self, Line};
use crate::formats::share;
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Values that are shown.
const SHOWN: [&str; 9] = [
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "COMMENT",
    "CONTACT",
    "CATEGORIES",
    "RESOURCES",
    "X-WR-CALNAME",
    "X-WR-CALDESC",
];
/// Values that are addresses.
const LINKS: [&str; 7] = ["URL", "ATTACH", "CONFERENCE", "SOURCE", "IMAGE", "ORGANIZER", "ATTENDEE"];
/// Names of the program that made it, and the like: they lead nowhere.
const SILENT: [&str; 10] =
    ["PRODID", "UID", "VERSION", "BEGIN", "END", "DTSTAMP", "DTSTART", "DTEND", "RRULE", "TZURL"];

/// Reads a calendar.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let calendar = text::decode(file.bytes, file.charset);
    if !calendar.get(..).is_some_and(|text| text.to_ascii_uppercase().contains("BEGIN:V")) {
        return;
    }
    walk.set_kind(file.at, "ics");
    let mut children = 0_u32;
    let mut is_started = false;
    for line in lines::read(&calendar) {
        if walk.budget.is_late() {
            return walk.not_opened(file.at, scan::content::WhyUnopened::OverTime);
        }
        // An alarm of old calendars that starts a program (RFC 2445 4.8.6.1).
        is_started = match line.name.as_str() {
            "ACTION" => line.value.trim().eq_ignore_ascii_case("PROCEDURE"),
            "END" => false,
            _ => is_started,
        };
        if is_started || line.name == "PALARM" {
            walk.mark(file.at, "launch");
        }
        read_line(walk, file, &line, &mut children);
    }
}

fn read_line(walk: &mut Walk<'_>, file: File<'_>, line: &Line, children: &mut u32) {
    let name = line.name.as_str();
    if let Some(alternative) = line.parameter("ALTREP") {
        add_target(walk, file.at, alternative, "");
    }
    match name {
        "X-ALT-DESC" | "STYLED-DESCRIPTION" => walk.add_page(file.at, &line.value),
        "DESCRIPTION" if line.value.trim_start().starts_with('<') => walk.add_page(file.at, &line.value),
        // Some show it as a page, others with its tags.
        _ if SHOWN.contains(&name) && has_links(&line.value) => {
            walk.add_page(file.at, &line.value);
            walk.add_links_of_text(file.at, &line.value, LinkKind::Text);
            walk.add_other_text(file.at, &line.value);
        }
        _ if SHOWN.contains(&name) => {
            walk.add_links_of_text(file.at, &line.value, LinkKind::Text);
            walk.add_text(file.at, &line.value);
        }
        _ if LINKS.contains(&name) => {
            let shown = line.parameter("CN").or_else(|| line.parameter("LABEL")).unwrap_or_default();
            if !shown.is_empty() {
                walk.add_text(file.at, shown);
            }
            match line.bytes() {
                Some(bytes) => add_child(walk, file, line, (&bytes, children)),
                None => add_target(walk, file.at, line.value.trim(), shown),
            }
        }
        _ if SILENT.contains(&name) => {}
        _ => walk.add_links_of_text(file.at, &line.value, LinkKind::Field),
    }
}

/// Are there tags in it that lead somewhere?
fn has_links(value: &str) -> bool {
    value.contains('<') && value.to_ascii_lowercase().contains("href")
}

/// A link in a field, and what it gives away.
pub(super) fn add_target(walk: &mut Walk<'_>, at: usize, target: &str, shown: &str) {
    if target.is_empty() {
        return;
    }
    if let Some(word) = share::mark(target) {
        walk.mark(at, word);
    }
    walk.add_link(at, Link { target: target.to_owned(), text: shown.to_owned(), kind: LinkKind::Field });
}

/// A file that is written into a line.
pub(super) fn add_child(walk: &mut Walk<'_>, file: File<'_>, line: &Line, (bytes, children): (&[u8], &mut u32)) {
    let names =
        ["FILENAME", "X-FILENAME", "X-LABEL", "X-APPLE-FILENAME"].iter().filter_map(|name| line.parameter(name));
    let names: Vec<String> = names.map(str::to_owned).collect();
    let declared = line.parameter("FMTTYPE").unwrap_or_default().to_ascii_lowercase();
    walk.budget.spend_unpacked(bytes.len());
    let step = format!("line:{children}");
    *children = children.saturating_add(1);
    walk.child(file, &step, Leaf { names, declared: &declared, is_read: true, ..Leaf::default() }, bytes);
}

#[cfg(test)]
mod tests;
