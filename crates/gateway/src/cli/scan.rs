//! `postern scan`: judges messages without delivering anything.

mod batch;
mod content;
mod judge;
mod mailboxes;
pub(crate) mod show;

use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Global, output};
use crate::control::protocol::{Fault, exit};
pub(crate) use judge::{Judge, JudgedFile};
use mailboxes::{Messages, Piece};

/// Bytes of one message on the command line.
pub(crate) const MESSAGE_BYTES_MAX: u64 = 256 * 1024 * 1024;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Messages, mbox files or Maildir folders; `-` is standard input
    files: Vec<PathBuf>,
    /// Read JSON lines on standard input, write JSON lines (see docs/reference/scan-batch.md)
    #[arg(long, conflicts_with = "files")]
    batch: bool,
    /// YARA rules beside those of the configuration, for this run; may be given more than once
    #[arg(long, value_name = "FILE")]
    yara: Vec<PathBuf>,
    /// Also say what stands in the message: every file with type, marks and links
    #[arg(long)]
    content: bool,
    /// Ask nobody outside, neither DNS nor scanners: results of authentication are `none` unless given
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    envelope: Envelope,
}

/// What a session would have told.
#[derive(Args, Clone, Debug)]
pub(crate) struct Envelope {
    /// Address of the client
    #[arg(long, value_name = "IP", default_value = "192.0.2.1")]
    pub(crate) client_ip: IpAddr,
    /// Its HELO name
    #[arg(long, value_name = "NAME", default_value = "unknown.invalid")]
    pub(crate) helo: String,
    /// MAIL FROM; by default the address in From, empty for the null sender
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) sender: Option<String>,
    /// RCPT TO, may be repeated; by default the addresses in To
    #[arg(long = "recipient", value_name = "ADDRESS")]
    pub(crate) recipients: Vec<String>,
    /// Which way it travels
    #[arg(long, value_parser = ["inbound", "outbound"], default_value = "inbound")]
    pub(crate) direction: String,
}

/// Exit code 1 when any message is bad.
pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    if arguments.batch {
        return batch::run(global, arguments);
    }
    if arguments.files.is_empty() {
        return Err(Fault::usage("no message to scan", "name files, or `-` for standard input"));
    }
    let judge = Judge::open_with(global, arguments.offline, &arguments.yara)?;
    let mut worst = exit::OK;
    for path in &arguments.files {
        if path == Path::new("-") {
            let pieces = Messages::new(std::io::stdin().lock(), bytes_max());
            worst = worst.max(judge_all(global, &judge, arguments, ("-", pieces))?);
            continue;
        }
        let found = mailboxes::files(path)?;
        say_skipped(global, path, found.folders_skipped);
        for file in found.files {
            let name = file.display().to_string();
            let opened = std::fs::File::open(&file).map_err(|error| unreadable(&name, &error))?;
            let pieces = Messages::new(BufReader::new(opened), bytes_max());
            worst = worst.max(judge_all(global, &judge, arguments, (&name, pieces))?);
        }
    }
    Ok(worst)
}

fn say_skipped(global: &Global, path: &Path, folders: u64) {
    if folders == 0 {
        return;
    }
    let were = if folders == 1 { "was" } else { "were" };
    let text = format!("{}: {} inside {were} not looked into", path.display(), output::counted(folders, "folder"));
    output::note(&if global.json { serde_json::json!({ "note": text }).to_string() } else { text });
}

fn bytes_max() -> usize {
    usize::try_from(MESSAGE_BYTES_MAX).unwrap_or(usize::MAX)
}

fn unreadable(name: &str, error: &std::io::Error) -> Fault {
    Fault::usage(format!("{name}: {error}"), "is the name right?")
}

// Goes on with the others when one is too large or no message, and says so.
fn judge_all<R: BufRead>(
    global: &Global,
    judge: &Judge,
    arguments: &Arguments,
    (name, pieces): (&str, Messages<R>),
) -> Result<u8, Fault> {
    let mut worst = exit::OK;
    for piece in pieces {
        let Piece { number, raw } = piece.map_err(|error| unreadable(name, &error))?;
        let name = number.map_or_else(|| name.to_owned(), |number| format!("{name}:{number}"));
        let Some(raw) = raw else {
            let message = format!("{name} is larger than {MESSAGE_BYTES_MAX} bytes and was not judged");
            output::print_fault(&Fault::usage(message, ""), global.json);
            worst = worst.max(exit::USAGE);
            continue;
        };
        if !mailboxes::is_message(&raw) {
            output::print_fault(&mailboxes::no_message(&name), global.json);
            worst = worst.max(exit::USAGE);
            continue;
        }
        let judged = judge.message(&name, raw, &arguments.envelope)?;
        if judged.processed.concluded.verdict.bad() >= 0.5 {
            worst = worst.max(exit::FOUND);
        } else if judged.processed.concluded.decision.word() == "defer" {
            // A check without which nothing is delivered could not be made.
            worst = worst.max(exit::UNAVAILABLE);
        }
        if global.json {
            output::print_json(&show::json(&judged, arguments.content));
            continue;
        }
        show::print(&judged);
        if arguments.content {
            content::print(&judged.processed.content);
        }
    }
    Ok(worst)
}
