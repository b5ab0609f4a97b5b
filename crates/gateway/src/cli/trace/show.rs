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

/// The trace of one message.
pub(in crate::cli) fn show_trace(value: &Value) {
    if let Some(message) = value.get("message") {
        show_message(message);
    }
    for judged in list(value, "judged") {
        show_judged(judged);
    }
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
        ("Size", if bytes == 0 { String::new() } else { size(bytes) }),
        ("Status", super::status(message)),
    ];
    for (name, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
        print_wrapped(&format!("{name:<9} {}\n", table::harmless(text)), NAME_COLUMNS);
    }
}

fn show_judged(judged: &Value) {
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
    let line = format!("\n{class}{sure}  spf {}, dkim {dkim}, dmarc {}\n", text(&auth, "spf"), text(&auth, "dmarc"));
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
        print_wrapped(&format!("  {contribution:+5.1}  {detail}  ({place})\n"), REASON_COLUMNS);
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

// `scanner clamav (ClamAV 1.4.3/27500): asked of 3 files; 1.2/zip:0 malware (Eicar)`
fn show_scanner(scanner: &Value) {
    let asked = scanner.get("asked").and_then(Value::as_u64).unwrap_or(0);
    let mut line = format!("  scanner {}", text(scanner, "name"));
    if !text(scanner, "version").is_empty() {
        line.push_str(&format!(" ({})", text(scanner, "version")));
    }
    line.push_str(&format!(": asked of {}", counted(asked, "file")));
    let files = list(scanner, "files");
    if files.is_empty() {
        line.push_str(", nothing found");
    }
    for file in files {
        let words = joined(file, "words", ", ");
        let words = if words.is_empty() { String::new() } else { format!(" ({words})") };
        line.push_str(&format!("; {} {}{words}", text(file, "place"), text(file, "said")));
    }
    print_wrapped(&format!("{}\n", table::harmless(&line)), RULING_COLUMNS);
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
}
