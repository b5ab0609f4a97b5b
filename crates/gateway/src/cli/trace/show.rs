//! A message with its judgements and events, for people.

use scan::judge::UNSCANNABLE;
use serde_json::Value;

use crate::cli::output::{counted, joined, list, print, print_wrapped, short_time, size, text};
use crate::cli::scan::show::percent;
use crate::cli::status::short_version;
use crate::cli::table::{self, Column};

/// Column of what stands behind a name.
const NAME_COLUMNS: usize = 10;
/// Column of what stands behind a contribution.
const REASON_COLUMNS: usize = 9;
/// Column of a ruling's second line.
const RULING_COLUMNS: usize = 4;
/// Column of the second line about a file.
const FILE_COLUMNS: usize = 6;

/// The trace of one message.
pub(in crate::cli) fn show_trace(value: &Value) {
    if let Some(message) = value.get("message") {
        show_message(message);
    }
    show_judgements(list(value, "judged"));
    show_events(list(value, "events"));
}

// What a refusal never learnt has no line.
fn show_message(message: &Value) {
    let bytes = message.get("size").and_then(Value::as_u64).unwrap_or(0);
    let lines = [
        ("Id", text(message, "id").to_owned()),
        ("Time", text(message, "at").to_owned()),
        ("Client", text(message, "client").to_owned()),
        ("From", super::sender(message)),
        ("To", joined(message, "recipients", ", ")),
        ("Subject", text(message, "subject").to_owned()),
        // Of a refusal nothing came; an empty message has none.
        ("Size", if bytes == 0 && text(message, "decision") == "refused" { String::new() } else { size(bytes) }),
        ("Status", super::status(message)),
    ];
    for (name, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
        print_wrapped(&format!("{name:<9} {}\n", table::harmless(text)), NAME_COLUMNS);
    }
}

// Of several, each says when and why it was, and the last that it counts. One that says the same as the one before is not
// shown again.
fn show_judgements(all: &[Value]) {
    let mut before: Option<Value> = None;
    for judged in all {
        let said = without_moment(judged);
        let is_repeated = before.as_ref() == Some(&said);
        if all.len() > 1 {
            let same = if is_repeated { ": the same again" } else { "" };
            print(&format!("\n{}{same}\n", heading(judged)));
        }
        if !is_repeated {
            show_judged(judged, all.len() > 1);
        }
        before = Some(said);
    }
}

// `11-26 15:54:02, while it was held; this one is in force`
fn heading(judged: &Value) -> String {
    let occasion = match text(judged, "occasion") {
        "opened" => "opened with a password",
        "later" => "after it was accepted",
        _ => "when it came",
    };
    let in_force = judged.get("in_force").and_then(Value::as_bool) == Some(true);
    let in_force = if in_force { "; this one is in force" } else { "" };
    format!("Judged {}, {occasion}{in_force}", short_time(text(judged, "at")))
}

fn without_moment(judged: &Value) -> Value {
    let mut said = judged.clone();
    if let Some(fields) = said.as_object_mut() {
        fields.retain(|name, _| !["at", "scan", "occasion", "in_force"].contains(&name.as_str()));
    }
    said
}

fn show_judged(judged: &Value, has_heading: bool) {
    let class = text(judged, "class");
    let mark = if judged.get("calibrated").and_then(Value::as_bool) == Some(true) { "" } else { ", uncalibrated" };
    let sure = match judged.get("probability").and_then(Value::as_f64) {
        // What could not be looked into has no probability, it has a reason.
        Some(bad) if class != UNSCANNABLE => format!(" (bad {}{mark})", percent(bad)),
        _ => String::new(),
    };
    let auth = judged.get("auth").cloned().unwrap_or_default();
    let dkim = joined(&auth, "dkim", " ");
    let dkim = if dkim.is_empty() { "none".to_owned() } else { dkim };
    let gap = if has_heading { "" } else { "\n" };
    let line = format!("{gap}{class}{sure}  spf {}, dkim {dkim}, dmarc {}\n", text(&auth, "spf"), text(&auth, "dmarc"));
    print_wrapped(&line, RULING_COLUMNS);
    let versions = judged.get("versions").cloned().unwrap_or_default();
    let signatures = text(&versions, "signatures");
    if !signatures.is_empty() {
        print(&format!("  signatures {}\n", table::harmless(short_version(signatures))));
    }
    list(judged, "scanners").iter().for_each(show_scanner);
    for reason in list(judged, "reasons") {
        let contribution = reason.get("contribution").and_then(Value::as_f64).unwrap_or(0.0);
        let detail = table::harmless(text(reason, "detail"));
        let place = table::harmless(text(reason, "place"));
        print_wrapped(&format!("  {:>5}  {detail}  ({place})\n", weight(contribution)), REASON_COLUMNS);
    }
    for ruling in list(judged, "rulings") {
        let recipient = table::harmless(text(ruling, "recipient"));
        let because = joined(ruling, "because", ", ");
        let because = if because.is_empty() { "no rule matched".to_owned() } else { table::harmless(&because) };
        print_wrapped(&format!("  {recipient}: {} ({because})\n", joined(ruling, "actions", ", ")), RULING_COLUMNS);
        let not_checked = joined(ruling, "not_checked", ", ");
        if !not_checked.is_empty() {
            print_wrapped(&format!("    not checked: {}\n", table::harmless(&not_checked)), RULING_COLUMNS + 2);
        }
    }
}

// What decided by itself, or moved nothing, has no number.
fn weight(contribution: f64) -> String {
    if contribution.abs() < 0.05 { String::new() } else { format!("{contribution:+.1}") }
}

/// `scanner clamav (ClamAV 1.4.3/27500): asked of 3 files`, and below it a line for each that it did not call clean.
pub(in crate::cli) fn show_scanner(scanner: &Value) {
    for line in scanner_lines(scanner).lines() {
        print_wrapped(&format!("{}\n", table::harmless(line)), FILE_COLUMNS);
    }
}

fn scanner_lines(scanner: &Value) -> String {
    let asked = scanner.get("asked").and_then(Value::as_u64).unwrap_or(0);
    let mut lines = format!("  scanner {}", text(scanner, "name"));
    if !text(scanner, "version").is_empty() {
        lines.push_str(&format!(" ({})", text(scanner, "version")));
    }
    lines.push_str(&format!(": asked of {}", counted(asked, "file")));
    let files = list(scanner, "files");
    let said: Vec<String> = files.iter().map(file_said).collect();
    match said.first() {
        None => lines.push_str(", nothing found\n"),
        // A scanner that is down says so once.
        Some(first)
            if said.len() > 1 && u64::try_from(said.len()) == Ok(asked) && said.iter().all(|other| other == first) =>
        {
            lines.push_str(&format!("; each: {first}\n"));
        }
        Some(_) => {
            lines.push('\n');
            for (file, said) in files.iter().zip(&said) {
                lines.push_str(&format!("    {}: {said}\n", file_name(file)));
            }
        }
    }
    lines
}

// `n.txt (part 2)`; a number alone would be read as how many.
fn file_name(file: &Value) -> String {
    let place = match text(file, "place") {
        "message" => "the message".to_owned(),
        place => format!("part {place}"),
    };
    match text(file, "name") {
        "" => place,
        name => format!("{name} ({place})"),
    }
}

// The word of an answer and its own words; of one that is none, only why.
fn file_said(file: &Value) -> String {
    let words = joined(file, "words", ": ");
    match text(file, "said") {
        "failed" | "timed_out" | "refused" | "not_asked" if !words.is_empty() => format!("no answer, {words}"),
        said if words.is_empty() => said.to_owned(),
        said => format!("{said} ({})", joined(file, "words", ", ")),
    }
}

/// Events, each with all that is told of it. Columns that would say the same in every row are left out.
pub(in crate::cli) fn show_events(events: &[Value]) {
    if events.is_empty() {
        return;
    }
    let mut recipients: Vec<&str> =
        events.iter().map(|event| text(event, "recipient")).filter(|recipient| !recipient.is_empty()).collect();
    recipients.sort_unstable();
    recipients.dedup();
    let has_by = events.iter().any(|event| !text(event, "by").is_empty());
    let mut columns = vec![Column::whole("TIME (UTC)"), Column::whole("EVENT")];
    if recipients.len() > 1 {
        columns.push(Column::cut("RECIPIENT", 16, 1));
    }
    if has_by {
        columns.push(Column::whole("BY"));
    }
    columns.push(Column::flow("DETAIL"));
    let cells = events.iter().map(|event| {
        let mut cells = vec![short_time(text(event, "at")), text(event, "event").to_owned()];
        if recipients.len() > 1 {
            cells.push(text(event, "recipient").to_owned());
        }
        if has_by {
            cells.push(text(event, "by").to_owned());
        }
        cells.push(host_once(text(event, "detail")));
        cells
    });
    print(&format!("\n{}", table::set(&columns, &cells.collect::<Vec<_>>(), table::terminal_columns())));
}

/// `192.0.2.1 [192.0.2.1]:25: reply` names a host without a name twice: `192.0.2.1:25: reply`.
pub(in crate::cli) fn host_once(detail: &str) -> String {
    let twice = detail.split_once(" [").and_then(|(host, rest)| {
        let port = rest.strip_prefix(host)?.strip_prefix("]:")?;
        Some(if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
    });
    twice.unwrap_or_else(|| detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_once() {
        assert_eq!(host_once("192.0.2.1 [192.0.2.1]:25: 250 Ok"), "192.0.2.1:25: 250 Ok");
        assert_eq!(host_once("2001:db8::1 [2001:db8::1]:25: 250 Ok"), "[2001:db8::1]:25: 250 Ok");
        assert_eq!(host_once("mx.example [192.0.2.1]:25: 250 Ok"), "mx.example [192.0.2.1]:25: 250 Ok");
        assert_eq!(host_once("retry was asked for"), "retry was asked for");
    }

    #[test]
    fn a_reason_without_weight_has_no_number() {
        assert_eq!([0.0, -0.04, 0.05, -1.26].map(weight), ["", "", "+0.1", "-1.3"]);
    }

    #[test]
    fn what_a_scanner_said_is_told_by_file() {
        let file = |place: &str, name: &str, said: &str, words: &[&str]| serde_json::json!({ "place": place, "name": name, "said": said, "words": words });
        let said = |asked: u64, files: &[Value]| {
            scanner_lines(&serde_json::json!({ "name": "clamav", "version": "", "asked": asked, "files": files }))
        };
        assert_eq!(said(2, &[]), "  scanner clamav: asked of 2 files, nothing found\n");
        let found = file("2", "n.txt", "malware", &["Own.Marker"]);
        let slow = file("message", "", "timed_out", &["timed_out"]);
        assert_eq!(
            said(3, &[found, slow, file("3", "", "running", &[])]),
            "  scanner clamav: asked of 3 files\n    n.txt (part 2): malware (Own.Marker)\n    the message: no answer, timed_out\n    \
             part 3: running\n"
        );
        let down = |place: &str| file(place, "", "failed", &["unreachable", "nobody listens there"]);
        assert_eq!(
            said(2, &[down("1"), down("message")]),
            "  scanner clamav: asked of 2 files; each: no answer, unreachable: nobody listens there\n"
        );
    }

    #[test]
    fn each_of_several_judgements_says_when_and_why() {
        let judged = |occasion: &str, in_force: bool| serde_json::json!({ "at": "2025-11-26T15:54:02Z", "scan": 1, "occasion": occasion, "in_force": in_force, "class": "clean" });
        assert_eq!(heading(&judged("session", false)), "Judged 2025-11-26 15:54, when it came");
        assert_eq!(
            heading(&judged("opened", true)),
            "Judged 2025-11-26 15:54, opened with a password; this one is in force"
        );
        assert_eq!(without_moment(&judged("opened", true)), without_moment(&judged("session", false)));
    }
}
