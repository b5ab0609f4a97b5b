//! `postern trace`: where is my mail?

mod client;
mod moment;
mod reasons;
mod show;

use clap::{Args, Subcommand, value_parser};
use mail::timestamp::Timestamp;
use serde_json::Value;

use super::output::{self, joined, list, print, print_json, short_time, text};
use super::table::{self, Column};
use super::{Global, ask};
use crate::control::protocol::{Fault, Request, TraceSelection, exit};
pub(super) use moment::parse as moment_of;
pub(super) use show::{host_once, show_events, show_scanner, show_trace};

/// Narrower lists show times without seconds.
const SECONDS_COLUMNS: usize = 100;
/// Columns before a subject that stands below its row.
const SUBJECT_INDENT: usize = 4;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Search messages and refusals, newest first
    Search(Box<Selection>),
    /// Show one message: what was seen, what was decided, what happened since
    Show {
        /// Mail id or at least 6 characters of its beginning, or the reference that a sender was told, as it was pasted
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
    /// Not before: `2026-11-25`, `2026-11-25T08:00` (UTC), `08:00`, `yesterday`, or how long ago: `90s`, `15m`, `1h30m`, `2d`, `2w`
    #[arg(long, value_parser = moment::parse)]
    since: Option<Timestamp>,
    /// Before: as --since
    #[arg(long, value_parser = moment::parse)]
    until: Option<Timestamp>,
    /// Class: clean, bulk, spam, phishing, malware, policy, unscannable
    #[arg(long, value_parser = super::CLASS_WORDS)]
    verdict: Option<String>,
    /// Decision (deliver, tag, rebuild, disarm, remove, junk, discard, hold, quarantine, defer, reject, refused) or state of a
    /// recipient (queued, held, quarantined, delivered, bounced, deleted, expired)
    #[arg(long, value_parser = super::DECISION_WORDS, hide_possible_values = true)]
    decision: Option<String>,
    /// Beginning of the mail id, a reference as a sender pasted it, or part of the Message-ID
    #[arg(long)]
    id: Option<String>,
    /// Beginning of the client's address, or its network: `192.0.2.0/24`
    #[arg(long, value_parser = client::beginning)]
    client: Option<String>,
    /// Only what was refused
    #[arg(long)]
    refused: bool,
    /// Only refused for this reason, for instance `relaying_denied`
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(reasons::WORDS), hide_possible_values = true)]
    reason: Option<String>,
    /// Rows of a page [default: 50; of replay: all there are]
    #[arg(long, value_parser = value_parser!(u32).range(1..))]
    pub(super) limit: Option<u32>,
    /// Next page: the value that the page before ended with
    #[arg(long)]
    after: Option<String>,
}

impl Selection {
    // Nothing is asked for but the newest.
    fn is_everything(&self) -> bool {
        let texts =
            [&self.sender, &self.recipient, &self.subject, &self.verdict, &self.decision, &self.id, &self.client];
        let times = [self.since, self.until];
        let rest = [&self.reason, &self.after];
        !self.refused && texts.into_iter().chain(rest).all(Option::is_none) && times.iter().all(Option::is_none)
    }
}

impl TryFrom<Selection> for TraceSelection {
    type Error = Fault;

    fn try_from(selection: Selection) -> Result<Self, Fault> {
        if let (Some(since), Some(until)) = (selection.since, selection.until)
            && since >= until
        {
            let message = format!("--since ({since}) is not before --until ({until}): nothing can be between them");
            return Err(Fault::usage(message, "times without a zone are UTC"));
        }
        Ok(Self {
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
            limit: selection.limit.unwrap_or(0),
            after: selection.after,
        })
    }
}

pub(crate) fn run(global: &Global, command: Command) -> Result<u8, Fault> {
    match command {
        Command::Search(selection) => {
            let is_everything = selection.is_everything();
            let value = ask(global, Request::TraceSearch((*selection).try_into()?))?;
            if global.json {
                print_json(&value);
            } else if is_everything && list(&value, "rows").is_empty() {
                print("The journal is empty.\n");
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
    let rows = list(value, "rows");
    if rows.is_empty() {
        print("Nothing was found.\n");
        return;
    }
    let columns = [
        Column::whole("ID"),
        Column::whole("TIME (UTC)"),
        Column::cut("FROM", 10, 2),
        Column::cut("TO", 10, 2),
        Column::spare("CLASS"),
        Column::whole("STATUS"),
        // Where it finds no room beside the others, one line below them: addresses and class are what one looks for.
        Column::flow("SUBJECT"),
    ];
    let width = table::terminal_columns();
    let subject_columns = width.min(SECONDS_COLUMNS).saturating_sub(SUBJECT_INDENT);
    let cells = rows.iter().map(|row| {
        vec![
            text(row, "id").get(..10).unwrap_or("").to_owned(),
            list_time(text(row, "at"), width),
            sender(row),
            joined(row, "recipients", " "),
            text(row, "verdict").to_owned(),
            status(row),
            subject(row, subject_columns, width),
        ]
    });
    print(&table::set(&columns, &cells.collect::<Vec<_>>(), width));
    if let Some(next) = value.get("next").and_then(Value::as_str) {
        print(&format!("More: --after {next}\n"));
    }
}

/// The time of a row; where there is little room, without seconds.
pub(super) fn list_time(iso: &str, width: usize) -> String {
    let time = short_time(iso);
    // `11-25 21:00:00`
    if width < SECONDS_COLUMNS && time.len() == 14 { time.get(..11).unwrap_or(&time).to_owned() } else { time }
}

/// What became of a message; of a changed copy that is said too.
pub(super) fn status(row: &Value) -> String {
    let kept = row.get("original_kept").and_then(Value::as_bool) == Some(true);
    format!("{}{}", text(row, "status"), if kept { " (changed)" } else { "" })
}

// One line of it; whole where nothing is cut.
fn subject(row: &Value, columns: usize, width: usize) -> String {
    let subject = text(row, "subject");
    if width < usize::MAX { table::cut(&table::harmless(subject), columns) } else { subject.to_owned() }
}

/// The sender of a message: `<>` is that of a bounce, nothing what was refused before a sender was known.
fn sender(row: &Value) -> String {
    let is_unknown = text(row, "decision") == "refused" && row.get("size").and_then(Value::as_u64) == Some(0);
    match text(row, "sender") {
        "" if is_unknown => String::new(),
        address => output::sender(address),
    }
}
