//! `postern queue`: mail that waits.

use clap::{Args, Subcommand, value_parser};
use serde_json::Value;

use super::output::{self, ago, counted, list, note, print, print_json, print_wrapped, short_time, size, text};
use super::table::{self, Column};
use super::{Global, ask};
use crate::control::protocol::{Fault, QueueSelection, Request, exit};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List recipients that wait, oldest first
    List(Selection),
    /// Show one mail with its recipients and events
    Show {
        /// Mail id, or at least 6 characters of its beginning
        id: String,
    },
    /// Try now
    Retry(Selection),
    /// Stop deliveries to a destination
    Pause {
        /// Recipient domain; `all`, or nothing, is all of them
        destination: Option<String>,
    },
    /// Go on with deliveries
    Resume {
        /// Recipient domain; `all`, or nothing, is all of them
        destination: Option<String>,
    },
    /// Delete waiting mail for good; nobody is told, the journal keeps who did it
    Delete {
        /// Mail id, or at least 6 characters of its beginning
        id: String,
        /// Only this recipient
        #[arg(long)]
        recipient: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct Selection {
    /// Mail id, its beginning, or a reference as a sender pasted it
    id: Option<String>,
    /// Only this state
    #[arg(long, value_parser = ["queued", "held"])]
    state: Option<String>,
    /// Only this recipient domain
    #[arg(long, value_name = "DOMAIN")]
    destination: Option<String>,
    /// Rows of a page
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..))]
    limit: u32,
    /// Next page: the value that the page before ended with
    #[arg(long)]
    after: Option<String>,
}

impl From<Selection> for QueueSelection {
    fn from(selection: Selection) -> Self {
        Self {
            id: selection.id,
            state: selection.state,
            destination: selection.destination,
            limit: selection.limit,
            after: selection.after,
        }
    }
}

impl Selection {
    fn is_everything(&self) -> bool {
        [&self.id, &self.state, &self.destination, &self.after].into_iter().all(Option::is_none)
    }
}

pub(crate) fn run(global: &Global, command: Command) -> Result<u8, Fault> {
    let (request, show): (Request, fn(&Value)) = match command {
        Command::List(selection) if selection.is_everything() => (Request::QueueList(selection.into()), show_all),
        Command::List(selection) => (Request::QueueList(selection.into()), show_matching),
        Command::Show { id } => (Request::QueueShow { id }, show_one),
        Command::Retry(selection) => (Request::QueueRetry(selection.into()), show_retry),
        Command::Pause { destination } => {
            (Request::QueuePause { destination: destination.unwrap_or_default() }, show_paused)
        }
        Command::Resume { destination } => {
            (Request::QueueResume { destination: destination.unwrap_or_default() }, show_resumed)
        }
        Command::Delete { id, recipient } => (Request::QueueDelete { id, recipient }, show_deleted),
    };
    let value = ask(global, request)?;
    if global.json {
        print_json(&value);
    } else {
        show(&value);
    }
    Ok(exit::OK)
}

fn show_all(value: &Value) {
    show_list(value, "Nothing waits.\n");
}

fn show_matching(value: &Value) {
    show_list(value, "Nothing that waits matches.\n");
}

fn show_list(value: &Value, nothing: &str) {
    let rows = list(value, "rows");
    if rows.is_empty() {
        print(nothing);
        return;
    }
    show_rows(rows);
    if let Some(next) = value.get("next").and_then(Value::as_str) {
        print(&format!("More: --after {next}\n"));
    }
}

fn show_rows(rows: &[Value]) {
    let columns = [
        Column::whole("ID"),
        Column::whole("STATE"),
        Column::cut("FROM", 10, 1),
        Column::cut("TO", 12, 2),
        Column::whole("TRIES"),
        Column::spare("WAITED"),
        Column::whole("NEXT (UTC)"),
        Column::flow("LAST ERROR"),
    ];
    let width = table::terminal_columns();
    let cells = rows.iter().map(|row| {
        vec![
            text(row, "id").get(..10).unwrap_or("").to_owned(),
            text(row, "state").to_owned(),
            output::sender(text(row, "sender")),
            text(row, "recipient").to_owned(),
            row.get("attempts").and_then(Value::as_u64).unwrap_or(0).to_string(),
            if waits(row) { ago(text(row, "received_at")) } else { String::new() },
            super::trace::list_time(text(row, "next_attempt"), width),
            super::trace::host_once(text(row, "why")),
        ]
    });
    print(&table::set(&columns, &cells.collect::<Vec<_>>(), width));
}

fn waits(row: &Value) -> bool {
    ["queued", "held"].contains(&text(row, "state"))
}

fn show_one(value: &Value) {
    let bytes = value.get("size").and_then(Value::as_u64).unwrap_or(0);
    let sender = table::harmless(text(value, "sender"));
    let line = format!("{}  {}  from <{sender}>  {}\n\n", text(value, "id"), text(value, "received_at"), size(bytes));
    print_wrapped(&line, 4);
    show_rows(list(value, "recipients"));
    super::trace::show_events(list(value, "events"));
}

fn show_retry(value: &Value) {
    let count = value.get("retried").and_then(Value::as_u64).unwrap_or(0);
    let when =
        if value.get("running").and_then(Value::as_bool) == Some(true) { "now" } else { "when postern serve runs" };
    print(&format!("{} will be tried {when}.\n", counted(count, "recipient")));
}

fn show_resumed(value: &Value) {
    match text(value, "resumed") {
        "*" => print("Deliveries go on, to all destinations.\n"),
        domain => print(&format!("Deliveries to {} go on.\n", table::harmless(domain))),
    }
    show_paused(value);
}

fn show_paused(value: &Value) {
    let details = list(value, "details");
    for stopped in details {
        let (by, since) = (table::harmless(text(stopped, "by")), short_time(text(stopped, "since")));
        match text(stopped, "destination") {
            "*" => print(&format!("All deliveries are paused (by {by}, {since}). Undo: postern queue resume\n")),
            domain => print(&format!("Paused: {domain} (by {by}, {since}). Undo: postern queue resume {domain}\n")),
        }
    }
    if let Some(warning) = value.get("warning").and_then(Value::as_str) {
        note(&format!("warning: {}", table::harmless(warning)));
    }
}

fn show_deleted(value: &Value) {
    let count = value.get("deleted").and_then(Value::as_u64).unwrap_or(0);
    print(&format!("Deleted {} of {}.\n", counted(count, "recipient"), text(value, "id")));
}
