//! `postern rescan`: what should be pulled back, now that more is known?

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use mail::timestamp::Timestamp;
use serde_json::Value;

use super::output::{self, counted, list, print, print_json, print_wrapped, text};
use super::table::{self, Column, harmless};
use super::{Global, ask, trace};
use crate::control::protocol::{Fault, NamedText, Request, exit};

/// What to do about what was found.
const NEXT_STEP: &str = "says who has it and when; a delivered copy is removed at the mailbox, one in quarantine with \
`postern quarantine delete`.";
/// How the next one is stopped.
const STOP_HASHES: &str = "To stop the next such file, add the list of hashes to [signatures] hashes.";
const STOP_LINKS: &str = "To stop the next such link, write a rule with links_to(\"HOST\").";

#[derive(Args)]
#[command(
    group = ArgGroup::new("lists").required(true).multiple(true).args(["hashes", "links"]),
    after_help = "Hashes and links of delivered mail are kept for 30 days. The list of hashes has one SHA-256 or TLSH a line, \
with a label behind it; a TLSH is kept of programs, macros and documents that may hold them, of other files only while \
[signatures] hashes has a list with one. The list of links has one host (with all below it; `*.` before it says the same) or \
address a line, written out: neither hxxp:// nor [.]. An empty list is a mistake."
)]
pub(crate) struct Arguments {
    /// File of hashes (SHA-256 or TLSH); may be given more than once
    #[arg(long, value_name = "FILE")]
    hashes: Vec<PathBuf>,
    /// File of hosts and addresses; may be given more than once
    #[arg(long, value_name = "FILE")]
    links: Vec<PathBuf>,
    /// Not before, as `postern trace search --since` [default: all that is kept]
    #[arg(long, value_parser = trace::moment_of)]
    since: Option<Timestamp>,
}

/// Exit code 1 when anything was found.
pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    let request = Request::Rescan {
        hashes: arguments.hashes.iter().map(read).collect::<Result<_, _>>()?,
        links: arguments.links.iter().map(read).collect::<Result<_, _>>()?,
        since: arguments.since.map_or(0, Timestamp::unix_millis),
    };
    let value = ask(global, request)?;
    let rows = list(&value, "rows");
    let code = if rows.is_empty() { exit::OK } else { exit::FOUND };
    if global.json {
        print_json(&value);
        return Ok(code);
    }
    show_list(rows);
    let number = |member: &str| value.get(member).and_then(Value::as_u64).unwrap_or(0);
    let delivered = rows.iter().filter(|row| !list(row, "delivered").is_empty()).count();
    let left_out = number("left_out");
    let found = counted(u64::try_from(rows.len()).unwrap_or(u64::MAX).saturating_add(left_out), "message");
    print(&format!("{found} of {} found, {delivered} delivered\n", number("looked_at")));
    if left_out > 0 {
        let some = counted(left_out, "message");
        print_wrapped(
            &format!("{some} more than one answer holds are not listed: ask with --since, or with a shorter list\n"),
            4,
        );
    }
    if number("kept_in_part") > 0 {
        print(&format!("of {} only the first files and links are kept\n", counted(number("kept_in_part"), "message")));
    }
    if number("without_tlsh") > 0 {
        let some = counted(number("without_tlsh"), "message");
        print_wrapped(&format!("of {some} some files have no TLSH: their near copies were not looked for\n"), 4);
    }
    if let Some(first) = rows.first() {
        let id = text(first, "id").get(..10).unwrap_or_default();
        let hashes = (!arguments.hashes.is_empty()).then_some(STOP_HASHES);
        let links = (!arguments.links.is_empty()).then_some(STOP_LINKS);
        let stops: String = hashes.into_iter().chain(links).map(|stop| format!(" {stop}")).collect();
        print_wrapped(&format!("Next: `postern trace show {id}` {NEXT_STEP}{stops}\n"), 4);
    }
    Ok(code)
}

// Each row with what was found in it below.
fn show_list(rows: &[Value]) {
    if rows.is_empty() {
        return;
    }
    // No column flows, so that each row is one line.
    let columns = [
        Column::whole("ID"),
        Column::whole("TIME (UTC)"),
        Column::whole("STATUS"),
        Column::cut("FROM", 10, 2),
        Column::cut("SUBJECT", 10, 3),
    ];
    let width = table::terminal_columns();
    let cells = rows.iter().map(|row| {
        vec![
            text(row, "id").get(..10).unwrap_or_default().to_owned(),
            trace::list_time(text(row, "at"), width),
            trace::status(row),
            output::sender(text(row, "sender")),
            text(row, "subject").to_owned(),
        ]
    });
    let set = table::set(&columns, &cells.collect::<Vec<_>>(), width);
    let mut lines = set.lines();
    if let Some(head) = lines.next() {
        print(&format!("{head}\n"));
    }
    for (line, row) in lines.zip(rows) {
        print(&format!("{line}\n"));
        show_found(row);
    }
}

fn show_found(row: &Value) {
    for one in list(row, "matches") {
        let list_name = harmless(text(one, "list"));
        let what = match text(one, "link") {
            "" => {
                let name = harmless(text(one, "name"));
                let name = if name.is_empty() { harmless(text(one, "place")) } else { name };
                let distance = one.get("distance").and_then(Value::as_u64).filter(|distance| *distance > 0);
                let near = distance.map(|distance| format!(", nearly: distance {distance}")).unwrap_or_default();
                let label = harmless(text(one, "label"));
                let known = if label.is_empty() { label } else { format!(": {label}") };
                format!("{name} ({}{near}){known}", text(one, "type"))
            }
            link => harmless(link),
        };
        print(&format!("    {list_name}: {what}\n"));
    }
    let delivered: Vec<String> = list(row, "delivered").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if !delivered.is_empty() {
        print(&format!("    {}\n", delivered_to(&delivered, row)));
    }
}

// What was found may be what a rule took out before it was delivered, for some of them.
fn delivered_to(recipients: &[String], row: &Value) -> String {
    let changed: Vec<&str> = list(row, "changed_for").iter().filter_map(Value::as_str).collect();
    let one = |recipient: &String| match changed.contains(&recipient.as_str()) {
        true => format!("{} (a changed copy: `trace show` says what was taken out)", harmless(recipient)),
        false => harmless(recipient),
    };
    format!("delivered to {}", recipients.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn read(path: &PathBuf) -> Result<NamedText, Fault> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Fault::usage(format!("{}: {error}", path.display()), "a text file of one entry a line"))?;
    Ok(NamedText { name: path.display().to_string(), text })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_copy_is_told_from_a_whole_one() {
        let recipients = ["ann@corp.example".to_owned(), "bob@corp.example".to_owned()];
        let told = |changed: &[&str]| delivered_to(&recipients, &json!({ "changed_for": changed }));
        assert_eq!(told(&[]), "delivered to ann@corp.example, bob@corp.example");
        let taken = "(a changed copy: `trace show` says what was taken out)";
        assert_eq!(told(&["ann@corp.example"]), format!("delivered to ann@corp.example {taken}, bob@corp.example"));
    }
}
