//! `postern quarantine`: mail that was stopped.

mod open;

use clap::{Args, Subcommand, value_parser};
use data_encoding::BASE64;
use serde_json::Value;

use super::output::{self, counted, json_text, list, print, print_bytes, print_json, text};
use super::table::{self, Column};
use super::{Global, ask};
use crate::control::protocol::{Fault, QuarantineSelection, Request, exit};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List quarantined mail, newest first
    List(Selection),
    /// Show one mail with its reasons and events
    Show {
        /// Mail id, or at least 6 characters of its beginning
        id: String,
        /// Print the message as it came instead
        #[arg(long)]
        raw: bool,
    },
    /// Open what is encrypted in it, judge it anew, deliver it if a policy lets it go
    Open(open::Arguments),
    /// Deliver it after all
    Release(Target),
    /// Delete it for good
    Delete(Target),
}

#[derive(Args)]
pub(crate) struct Target {
    /// Mail ids, or at least 6 characters of their beginnings
    #[arg(required = true)]
    ids: Vec<String>,
    /// Only this recipient
    #[arg(long)]
    recipient: Option<String>,
}

#[derive(Args)]
pub(crate) struct Selection {
    /// Part of the sender
    #[arg(long)]
    sender: Option<String>,
    /// Part of the recipient
    #[arg(long)]
    recipient: Option<String>,
    /// Words of the subject
    #[arg(long)]
    subject: Option<String>,
    /// Only this class: spam, phishing, malware, policy, unscannable
    #[arg(long, value_parser = super::CLASS_WORDS)]
    verdict: Option<String>,
    /// Rows of a page
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..))]
    limit: u32,
    /// Next page: the value that the page before ended with
    #[arg(long)]
    after: Option<String>,
}

pub(crate) fn run(global: &Global, command: Command) -> Result<u8, Fault> {
    match command {
        Command::List(selection) => show_list(global, selection),
        Command::Show { id, raw: true } => raw(global, id),
        Command::Show { id, raw: false } => {
            let value = ask(global, Request::QuarantineShow { id })?;
            if global.json {
                print_json(&value);
            } else {
                super::trace::show_trace(&value);
                if value.get("locked").and_then(Value::as_bool) == Some(true) {
                    print("\nLocked: five wrong passwords were given for it.\n");
                }
            }
            Ok(exit::OK)
        }
        Command::Open(arguments) => open::run(global, arguments),
        Command::Release(target) => {
            each(global, target, "released", |id, recipient| Request::QuarantineRelease { id, recipient })
        }
        Command::Delete(target) => {
            each(global, target, "deleted", |id, recipient| Request::QuarantineDelete { id, recipient })
        }
    }
}

fn show_list(global: &Global, selection: Selection) -> Result<u8, Fault> {
    let asked = [&selection.sender, &selection.recipient, &selection.subject, &selection.verdict, &selection.after];
    let is_everything = asked.into_iter().all(Option::is_none);
    let value = ask(
        global,
        Request::QuarantineList(QuarantineSelection {
            sender: selection.sender,
            recipient: selection.recipient,
            subject: selection.subject,
            verdict: selection.verdict,
            limit: selection.limit,
            after: selection.after,
        }),
    )?;
    if global.json {
        print_json(&value);
        return Ok(exit::OK);
    }
    let rows = list(&value, "rows");
    if rows.is_empty() {
        print(if is_everything { "Nothing is in quarantine.\n" } else { "Nothing in quarantine matches.\n" });
        return Ok(exit::OK);
    }
    show_rows(rows);
    if let Some(next) = value.get("next").and_then(Value::as_str) {
        print(&format!("More: --after {next}\n"));
    }
    Ok(exit::OK)
}

fn show_rows(rows: &[Value]) {
    let columns = [
        Column::whole("ID"),
        Column::whole("SINCE (UTC)"),
        Column::spare("CLASS"),
        Column::cut("FROM", 8, 2),
        Column::cut("TO", 8, 2),
        Column::cut("SUBJECT", 12, 3),
        Column::whole("RULE"),
    ];
    let width = table::terminal_columns();
    let cells = rows.iter().map(|row| {
        vec![
            text(row, "id").get(..10).unwrap_or("").to_owned(),
            super::trace::list_time(text(row, "since"), width),
            class(row),
            output::sender(text(row, "sender")),
            text(row, "recipient").to_owned(),
            text(row, "subject").to_owned(),
            // `standard/no-invoices`: the policy is said by `quarantine show`.
            text(row, "rule")
                .split(", ")
                .map(|rule| rule.rsplit('/').next().unwrap_or(rule))
                .collect::<Vec<_>>()
                .join(", "),
        ]
    });
    print(&table::set(&columns, &cells.collect::<Vec<_>>(), width));
}

// A word more where the recipient has a changed copy, and where no password is taken any more.
fn class(row: &Value) -> String {
    let locked = if row.get("locked").and_then(Value::as_bool) == Some(true) { " (locked)" } else { "" };
    let original = if text(row, "kind") == "original" { " (original)" } else { "" };
    format!("{}{original}{locked}", text(row, "verdict"))
}

fn raw(global: &Global, id: String) -> Result<u8, Fault> {
    let value = ask(global, Request::QuarantineRaw { id })?;
    if global.json {
        print_json(&value);
        return Ok(exit::OK);
    }
    let bytes = BASE64.decode(text(&value, "message").as_bytes());
    let bytes = bytes.map_err(|_| Fault::unavailable("the daemon's answer does not read", ""))?;
    print_bytes(&bytes);
    Ok(exit::OK)
}

// Goes on with the others when one fails, or cannot be told of, and says so at the end.
fn each(
    global: &Global,
    target: Target,
    verb: &str,
    request: impl Fn(String, Option<String>) -> Request,
) -> Result<u8, Fault> {
    let mut worst = exit::OK;
    let mut unwritten = None;
    for id in target.ids {
        match ask(global, request(id.clone(), target.recipient.clone())) {
            Ok(value) => {
                let line = if global.json { json_text(&value) } else { done(&value, verb) };
                unwritten = output::try_print(&line).err().and_then(|error| output::unwritten(&error)).or(unwritten);
            }
            Err(fault) => {
                output::print_fault(&fault, global.json);
                worst = worst.max(fault.exit);
            }
        }
    }
    match unwritten {
        None => Ok(worst),
        Some(fault) => Err(fault),
    }
}

fn done(value: &Value, verb: &str) -> String {
    let count = value.get(verb).and_then(Value::as_u64).unwrap_or(0);
    format!("{} {verb} for {}.\n", text(value, "id"), counted(count, "recipient"))
}
