//! `postern scan`: judges messages without delivering anything.

mod batch;
mod judge;
mod mailboxes;
mod show;

use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Global;
use crate::control::protocol::{Fault, exit};
pub(crate) use judge::{Judge, JudgedFile};

/// Bytes of one message on the command line.
pub(crate) const MESSAGE_BYTES_MAX: u64 = 256 * 1024 * 1024;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Messages, mbox files or Maildir folders; `-` is standard input
    files: Vec<PathBuf>,
    /// Read JSON lines on standard input, write JSON lines (see docs/reference/scan-batch.md)
    #[arg(long, conflicts_with = "files")]
    batch: bool,
    /// Never ask DNS: results of authentication are `none` unless given
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
        return batch::run(global, arguments.offline);
    }
    if arguments.files.is_empty() {
        return Err(Fault::usage("no message to scan", "name files, or `-` for standard input"));
    }
    let judge = Judge::open_with(global, arguments.offline)?;
    let mut worst = exit::OK;
    for path in &arguments.files {
        for (name, raw) in messages(path)? {
            let judged = judge.message(&name, raw, &arguments.envelope)?;
            if judged.processed.concluded.verdict.bad() >= 0.5 {
                worst = exit::FOUND;
            }
            if global.json {
                super::output::print_json(&show::json(&judged));
            } else {
                show::print(&judged);
            }
        }
    }
    Ok(worst)
}

// The messages of a file, an mbox, a Maildir or standard input, each with a name.
fn messages(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    if path == Path::new("-") {
        let mut raw = Vec::new();
        let read = std::io::stdin().take(MESSAGE_BYTES_MAX).read_to_end(&mut raw);
        read.map_err(|error| Fault::unavailable(format!("standard input: {error}"), ""))?;
        return Ok(mailboxes::split(raw).map(|raw| ("-".to_owned(), raw)).collect());
    }
    mailboxes::read(path)
}
