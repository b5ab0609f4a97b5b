//! `postern quarantine`: mail that was stopped.

use clap::{Args, Subcommand};
use data_encoding::BASE64;
use serde_json::Value;

use super::output::{counted, print, print_json, short_time, text};
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
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Next page: the value that the page before ended with
    #[arg(long)]
    after: Option<String>,
}

pub(crate) fn run(global: &Global, command: Command) -> Result<u8, Fault> {
    match command {
        Command::List(selection) => list(global, selection),
        Command::Show { id, raw: true } => raw(global, id),
        Command::Show { id, raw: false } => {
            let value = ask(global, Request::QuarantineShow { id })?;
            if global.json {
                print_json(&value);
            } else {
                super::trace::show_trace(&value);
            }
            Ok(exit::OK)
        }
        Command::Release(target) => {
            each(global, target, "released", |id, recipient| Request::QuarantineRelease { id, recipient })
        }
        Command::Delete(target) => {
            each(global, target, "deleted", |id, recipient| Request::QuarantineDelete { id, recipient })
        }
    }
}

fn list(global: &Global, selection: Selection) -> Result<u8, Fault> {
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
    let rows = value.get("rows").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        print("Nothing is in quarantine.\n");
        return Ok(exit::OK);
    }
    let columns = [
        Column { head: "ID", least: 0, share: 0 },
        Column { head: "SINCE (UTC)", least: 0, share: 0 },
        Column { head: "CLASS", least: 0, share: 0 },
        Column { head: "FROM", least: 8, share: 2 },
        Column { head: "TO", least: 8, share: 2 },
        Column { head: "SUBJECT", least: 8, share: 3 },
    ];
    let cells = rows.iter().map(|row| {
        vec![
            text(row, "id").get(..10).unwrap_or("").to_owned(),
            short_time(text(row, "since")),
            text(row, "verdict").to_owned(),
            text(row, "sender").to_owned(),
            text(row, "recipient").to_owned(),
            text(row, "subject").to_owned(),
        ]
    });
    print(&table::set(&columns, &cells.collect::<Vec<_>>(), table::terminal_columns()));
    if let Some(next) = value.get("next").and_then(Value::as_str) {
        print(&format!("More: --after {next}\n"));
    }
    Ok(exit::OK)
}

fn raw(global: &Global, id: String) -> Result<u8, Fault> {
    use std::io::Write as _;
    let value = ask(global, Request::QuarantineRaw { id })?;
    if global.json {
        print_json(&value);
        return Ok(exit::OK);
    }
    let bytes = BASE64.decode(text(&value, "message").as_bytes());
    let bytes = bytes.map_err(|_| Fault::unavailable("the daemon's answer does not read", ""))?;
    std::io::stdout().write_all(&bytes).map_err(|error| Fault::unavailable(format!("cannot write: {error}"), ""))?;
    Ok(exit::OK)
}

// Goes on with the others when one fails, and says so at the end.
fn each(
    global: &Global,
    target: Target,
    verb: &str,
    request: impl Fn(String, Option<String>) -> Request,
) -> Result<u8, Fault> {
    let mut worst = exit::OK;
    for id in target.ids {
        match ask(global, request(id.clone(), target.recipient.clone())) {
            Ok(value) if global.json => print_json(&value),
            Ok(value) => {
                let count = value.get(verb).and_then(Value::as_u64).unwrap_or(0);
                print(&format!("{} {verb} for {}.\n", text(&value, "id"), counted(count, "recipient")));
            }
            Err(fault) => {
                super::output::print_fault(&fault, global.json);
                worst = worst.max(fault.exit);
            }
        }
    }
    Ok(worst)
}
