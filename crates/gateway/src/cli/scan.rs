//! `postern scan`: judges messages without delivering anything.

mod batch;
mod content;
mod judge;
mod mailboxes;
pub(crate) mod show;
mod wrapped;

use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use policy::decide::REQUIRED_CHECK;

use super::{Global, output};
use crate::control::protocol::{Fault, exit};
pub(crate) use judge::{Judge, JudgedFile};
use mailboxes::{Messages, Piece};

/// Bytes of one message on the command line.
pub(crate) const MESSAGE_BYTES_MAX: u64 = 256 * 1024 * 1024;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Messages, mbox files or Maildir folders; any other file is scanned as an attachment; `-` is standard input
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
    /// Address of the client; without it nothing is asked about one: neither SPF nor its name
    #[arg(long, value_name = "IP")]
    pub(crate) client_ip: Option<IpAddr>,
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

/// Exit code 1 when any message is bad, else 4 when any waits for a check, else 2 when any could not be judged.
pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    if arguments.batch {
        return batch::run(global, arguments);
    }
    if arguments.files.is_empty() {
        return Err(Fault::usage("no message to scan", "name files, or `-` for standard input"));
    }
    let judge = Judge::open_with(global, arguments.offline, &arguments.yara)?;
    let scanning = Scanning { global, judge: &judge, arguments };
    let mut tally = Tally::default();
    for path in &arguments.files {
        if path == Path::new("-") {
            scanning.all(Named { name: "-", path, is_given: true }, std::io::stdin().lock(), &mut tally)?;
            continue;
        }
        // One that cannot be read does not keep the others from being judged.
        let found = match mailboxes::files(path) {
            Ok(found) => found,
            Err(fault) => {
                tally.skip(&fault, global);
                continue;
            }
        };
        say_skipped(global, path, found.folders_skipped);
        for file in found.files {
            let name = file.display().to_string();
            let named = Named { name: &name, path: &file, is_given: file == *path };
            match std::fs::File::open(&file) {
                Ok(opened) => scanning.all(named, BufReader::new(opened), &mut tally)?,
                Err(error) => tally.skip(&mailboxes::unreadable(&name, &error), global),
            }
        }
    }
    // That nothing bad was found would be believed.
    if tally.judged == 0 && !tally.is_skipped {
        let paths: Vec<String> = arguments.files.iter().map(|path| path.display().to_string()).collect();
        let hint = "of a folder its own files are judged, of a Maildir those of cur and new";
        return Err(Fault::usage(format!("no message in {}", paths.join(", ")), hint));
    }
    Ok(tally.code())
}

/// What came of all of them.
#[derive(Default)]
struct Tally {
    judged: u64,
    is_bad: bool,
    is_waiting: bool,
    is_skipped: bool,
}

impl Tally {
    fn skip(&mut self, fault: &Fault, global: &Global) {
        output::print_fault(fault, global.json);
        self.is_skipped = true;
    }

    // Bad mail is the answer, whatever else could not be judged.
    const fn code(&self) -> u8 {
        match (self.is_bad, self.is_waiting, self.is_skipped) {
            (true, ..) => exit::FOUND,
            (false, true, _) => exit::UNAVAILABLE,
            (false, false, true) => exit::USAGE,
            (false, false, false) => exit::OK,
        }
    }
}

// A check without which nothing is delivered could not be made; not a rule that defers.
fn waits_for_a_check(judged: &JudgedFile) -> bool {
    let rulings = &judged.processed.concluded.decision.per_recipient;
    let mut because = rulings.iter().flat_map(|ruling| &ruling.because);
    because.any(|rule| rule.0 == REQUIRED_CHECK)
}

fn say_skipped(global: &Global, path: &Path, folders: u64) {
    if folders == 0 {
        return;
    }
    let were = if folders == 1 { "was" } else { "were" };
    let text = format!("{}: {} inside {were} not looked into", path.display(), output::counted(folders, "folder"));
    say(global, &text);
}

fn say(global: &Global, text: &str) {
    output::note(&if global.json { serde_json::json!({ "note": text }).to_string() } else { text.to_owned() });
}

fn bytes_max() -> usize {
    usize::try_from(MESSAGE_BYTES_MAX).unwrap_or(usize::MAX)
}

/// A file under its name.
#[derive(Clone, Copy)]
struct Named<'a> {
    name: &'a str,
    path: &'a Path,
    /// It was named itself, not the folder that it is in.
    is_given: bool,
}

/// What all are judged with.
struct Scanning<'a> {
    global: &'a Global,
    judge: &'a Judge,
    arguments: &'a Arguments,
}

impl Scanning<'_> {
    // Goes on with the others when one is too large or no message, and says so.
    fn all(&self, file: Named<'_>, reader: impl BufRead, tally: &mut Tally) -> Result<(), Fault> {
        for piece in Messages::new(reader, bytes_max()) {
            let Piece { number, raw } = match piece {
                Ok(piece) => piece,
                Err(error) => {
                    tally.skip(&mailboxes::unreadable(file.name, &error), self.global);
                    return Ok(());
                }
            };
            let name = number.map_or_else(|| file.name.to_owned(), |number| format!("{}:{number}", file.name));
            let Some(raw) = raw else {
                let message = format!("{name} is larger than {MESSAGE_BYTES_MAX} bytes and was not judged");
                tally.skip(&Fault::usage(message, ""), self.global);
                continue;
            };
            let is_message = mailboxes::is_message(&raw);
            if !is_message && (raw.is_empty() || number.is_some() || !file.is_given) {
                tally.skip(&mailboxes::no_message(&name, &raw), self.global);
                continue;
            }
            let raw = if is_message { raw } else { wrapped::message(file.path, &raw) };
            let judged = self.judge.message(&name, raw, &self.arguments.envelope)?;
            tally.judged += 1;
            tally.is_bad |= judged.processed.concluded.verdict.bad() >= 0.5;
            tally.is_waiting |= waits_for_a_check(&judged);
            self.show(&JudgedFile { is_wrapped: !is_message, ..judged });
        }
        Ok(())
    }

    fn show(&self, judged: &JudgedFile) {
        if self.global.json {
            output::print_json(&show::json(judged, self.arguments.content));
            return;
        }
        show::print(judged);
        if self.arguments.content {
            content::print(&judged.processed.content);
        }
    }
}
