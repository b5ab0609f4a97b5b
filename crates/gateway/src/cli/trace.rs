//! `postern trace`: where is my mail?

use std::time::Duration;

use clap::{Args, Subcommand};
use mail::timestamp::Timestamp;
use net::clock::{Clock, SystemClock};
use serde_json::Value;

use super::output::{joined, print, print_json, short_time, size, text};
use super::table::{self, Column};
use super::{Global, ask};
use crate::control::protocol::{Fault, Request, TraceSelection, exit};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Search messages and refusals, newest first
    Search(Box<Selection>),
    /// Show one message: what was seen, what was decided, what happened since
    Show {
        /// Mail id, a reference id that a sender was told, or at least 6 characters of its beginning
        id: String,
    },
}

#[derive(Args, Clone)]
pub(crate) struct Selection {
    /// Part of the sender (MAIL FROM or From)
    #[arg(long)]
    sender: Option<String>,
    /// Part of a recipient
    #[arg(long)]
    recipient: Option<String>,
    /// Words of the subject
    #[arg(long)]
    subject: Option<String>,
    /// Not before: `2026-11-25T08:00:00Z`, or how long ago: `90s`, `15m`, `3h`, `2d`
    #[arg(long, value_parser = time)]
    since: Option<Timestamp>,
    /// Before: as --since
    #[arg(long, value_parser = time)]
    until: Option<Timestamp>,
    /// Class: clean, bulk, spam, phishing, malware, policy, unscannable
    #[arg(long, value_parser = super::CLASS_WORDS)]
    verdict: Option<String>,
    /// Decision (deliver, tag, junk, quarantine, reject, defer, hold, discard) or state of a recipient
    #[arg(long, value_parser = super::DECISION_WORDS, hide_possible_values = true)]
    decision: Option<String>,
    /// Beginning of the mail id, or part of the Message-ID
    #[arg(long)]
    id: Option<String>,
    /// Beginning of the client's address
    #[arg(long)]
    client: Option<String>,
    /// Only what was refused
    #[arg(long)]
    refused: bool,
    /// Only refused for this reason, for instance `relaying_denied`
    #[arg(long)]
    reason: Option<String>,
    /// Rows of a page
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Next page: the value that the page before ended with
    #[arg(long)]
    after: Option<String>,
}

impl From<Selection> for TraceSelection {
    fn from(selection: Selection) -> Self {
        Self {
            sender: selection.sender,
            recipient: selection.recipient,
            subject: selection.subject,
            since: selection.since.map(Timestamp::unix_millis),
            until: selection.until.map(Timestamp::unix_millis),
            verdict: selection.verdict,
            decision: selection.decision,
            id: selection.id,
            client: selection.client,
            refused: selection.refused,
            reason: selection.reason,
            limit: selection.limit,
            after: selection.after,
        }
    }
}

// An absolute time, or how long ago.
fn time(input: &str) -> Result<Timestamp, String> {
    if let Some(time) = Timestamp::parse(input) {
        return Ok(time);
    }
    let error = || "write 2026-11-25T08:00:00Z, or how long ago: 90s, 15m, 3h, 2d".to_owned();
    let unit = match input.chars().last().ok_or_else(error)? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(error()),
    };
    let count: u64 = input.get(..input.len() - 1).and_then(|digits| digits.parse().ok()).ok_or_else(error)?;
    Ok(SystemClock::new().now().minus(Duration::from_secs(count.saturating_mul(unit))))
}

pub(crate) fn run(global: &Global, command: Command) -> Result<u8, Fault> {
    match command {
        Command::Search(selection) => {
            let value = ask(global, Request::TraceSearch((*selection).into()))?;
            if global.json {
                print_json(&value);
            } else {
                show_list(&value);
            }
        }
        Command::Show { id } => {
            let value = ask(global, Request::TraceShow { id })?;
            if global.json {
                print_json(&value);
            } else {
                show_trace(&value);
            }
        }
    }
    Ok(exit::OK)
}

fn show_list(value: &Value) {
    let rows = value.get("rows").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        print("Nothing was found.\n");
        return;
    }
    let columns = [
        Column { head: "ID", least: 0, share: 0 },
        Column { head: "TIME (UTC)", least: 0, share: 0 },
        Column { head: "FROM", least: 8, share: 2 },
        Column { head: "TO", least: 8, share: 2 },
        Column { head: "SUBJECT", least: 6, share: 2 },
        Column { head: "CLASS", least: 0, share: 0 },
        Column { head: "STATUS", least: 8, share: 1 },
    ];
    let cells = rows.iter().map(|row| {
        vec![
            text(row, "id").get(..10).unwrap_or("").to_owned(),
            short_time(text(row, "at")),
            text(row, "sender").to_owned(),
            joined(row, "recipients", " "),
            text(row, "subject").to_owned(),
            text(row, "verdict").to_owned(),
            text(row, "status").to_owned(),
        ]
    });
    print(&table::set(&columns, &cells.collect::<Vec<_>>(), table::terminal_columns()));
    if let Some(next) = value.get("next").and_then(Value::as_str) {
        print(&format!("More: --after {next}\n"));
    }
}

/// The trace of one message, for people.
pub(super) fn show_trace(value: &Value) {
    if let Some(message) = value.get("message") {
        let bytes = message.get("size").and_then(Value::as_u64).unwrap_or(0);
        let line = |name: &str, text: &str| format!("{name:<9} {}\n", table::harmless(text));
        let mut out = String::new();
        out.push_str(&line("Id", text(message, "id")));
        out.push_str(&line("Time", text(message, "at")));
        out.push_str(&line("Client", text(message, "client")));
        out.push_str(&line("From", text(message, "sender")));
        out.push_str(&line("To", &joined(message, "recipients", ", ")));
        out.push_str(&line("Subject", text(message, "subject")));
        out.push_str(&line("Size", &size(bytes)));
        out.push_str(&line("Status", text(message, "status")));
        print(&out);
    }
    for judged in value.get("judged").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) {
        show_judged(judged);
    }
    show_events(value.get("events").and_then(Value::as_array).map_or(&[], Vec::as_slice));
}

fn show_judged(judged: &Value) {
    let probability = judged.get("probability").and_then(Value::as_f64).unwrap_or(0.0);
    let mark = if judged.get("calibrated").and_then(Value::as_bool) == Some(true) { "" } else { ", uncalibrated" };
    let auth = judged.get("auth").cloned().unwrap_or_default();
    let dkim = joined(&auth, "dkim", " ");
    let dkim = if dkim.is_empty() { "none".to_owned() } else { dkim };
    print(&format!(
        "\n{} (bad {:.1} %{mark})  spf {}, dkim {}, dmarc {}\n",
        text(judged, "class"),
        probability * 100.0,
        text(&auth, "spf"),
        dkim,
        text(&auth, "dmarc"),
    ));
    for reason in judged.get("reasons").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) {
        let contribution = reason.get("contribution").and_then(Value::as_f64).unwrap_or(0.0);
        let detail = table::harmless(text(reason, "detail"));
        print(&format!("  {contribution:+5.1}  {detail}  ({})\n", table::harmless(text(reason, "place"))));
    }
    for ruling in judged.get("rulings").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) {
        let recipient = table::harmless(text(ruling, "recipient"));
        let because = joined(ruling, "because", ", ");
        let because = if because.is_empty() { "no rule matched".to_owned() } else { because };
        print(&format!("  {recipient}: {} ({because})\n", joined(ruling, "actions", ", ")));
        let not_checked = joined(ruling, "not_checked", ", ");
        if !not_checked.is_empty() {
            print(&format!("    not checked: {}\n", table::harmless(&not_checked)));
        }
    }
}

/// Events, one a line.
pub(super) fn show_events(events: &[Value]) {
    if events.is_empty() {
        return;
    }
    let columns = [
        Column { head: "TIME (UTC)", least: 0, share: 0 },
        Column { head: "EVENT", least: 0, share: 0 },
        Column { head: "RECIPIENT", least: 10, share: 1 },
        Column { head: "DETAIL", least: 10, share: 2 },
        Column { head: "BY", least: 0, share: 0 },
    ];
    let cells = events.iter().map(|event| {
        vec![
            short_time(text(event, "at")),
            text(event, "event").to_owned(),
            text(event, "recipient").to_owned(),
            text(event, "detail").to_owned(),
            text(event, "by").to_owned(),
        ]
    });
    print(&format!("\n{}", table::set(&columns, &cells.collect::<Vec<_>>(), table::terminal_columns())));
}
