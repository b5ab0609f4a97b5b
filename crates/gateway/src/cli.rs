//! The command line. Each command is a file of its own; this one says what there is.

mod check;
mod init;
mod manual;
pub(crate) mod output;
mod policy;
mod quarantine;
mod queue;
mod replay;
mod rescan;
mod scan;
mod secret;
mod serve;
mod status;
pub(crate) mod table;
mod trace;
mod trial;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config};
use crate::control::client::{self, Reached};
use crate::control::protocol::{Answer, Fault, ReplayWith, Request};
use crate::offline::Needs;
use crate::settings;
use crate::signatures::Occasion;

/// Postern, a secure email gateway: every message is scanned before delivery, every decision explained and replayable.
#[derive(Parser)]
#[command(name = "postern", version, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 done and the answer is no (bad mail, records that differ, a failed check); \
2 wrong command line or configuration; 3 no such mail; 4 not possible now."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Classes, for options.
const CLASS_WORDS: [&str; 7] = ["clean", "bulk", "spam", "phishing", "malware", "policy", "unscannable"];

/// What was decided for a recipient, and what its state is now, for options.
const DECISION_WORDS: [&str; 19] = [
    "deliver",
    "tag",
    "rebuild",
    "disarm",
    "remove",
    "junk",
    "quarantine",
    "reject",
    "defer",
    "hold",
    "discard",
    "refused",
    "queued",
    "held",
    "quarantined",
    "delivered",
    "bounced",
    "deleted",
    "expired",
];

/// Stands over the options of every command, so that its own stand together.
const GLOBAL_HEADING: &str = "Global options";

/// Options of every command.
#[derive(Args, Clone)]
pub(crate) struct Global {
    /// Configuration file, or POSTERN_CONFIG [default: ./postern.toml, /etc/postern/postern.toml, else the embedded defaults]
    #[arg(long, short, global = true, value_name = "FILE", help_heading = GLOBAL_HEADING)]
    pub(crate) config: Option<PathBuf>,
    /// Data folder, or POSTERN_DATA, instead of the configuration's
    #[arg(long, global = true, value_name = "FOLDER", help_heading = GLOBAL_HEADING)]
    pub(crate) data: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true, help_heading = GLOBAL_HEADING)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Try it: a gateway, a small mail server behind it and some twenty sample messages, all on this machine
    #[command(name = "try")]
    Try(trial::Arguments),
    /// Write postern.toml and the settings folder, after probing what you answer
    Init(init::Arguments),
    /// Run the gateway
    Serve(serve::Arguments),
    /// Make the running gateway read configuration and settings again
    Reload,
    /// Say how the gateway is
    Status,
    /// Judge messages from files, folders or standard input, without delivering anything
    Scan(scan::Arguments),
    /// Print or check the configuration
    #[command(subcommand)]
    Config(check::Command),
    /// Show and explain policies
    #[command(subcommand)]
    Policy(policy::Command),
    /// Mail that waits for delivery or for a check
    #[command(subcommand)]
    Queue(queue::Command),
    /// Mail that was stopped and can be released
    #[command(subcommand)]
    Quarantine(quarantine::Command),
    /// What happened to a message
    #[command(subcommand)]
    Trace(trace::Command),
    /// Compute verdict and decision again from the record, without the body
    Replay(replay::Arguments),
    /// Find delivered mail that holds files or links of which more is known now
    Rescan(rescan::Arguments),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write man pages into a folder
    Manual {
        /// Where to
        folder: PathBuf,
    },
}

/// A command line that does not parse, as any other fault.
pub(crate) fn misread(error: &clap::Error) -> Fault {
    let text = error.to_string();
    let mut parts = text.trim().splitn(2, "\n\n");
    let message = parts.next().unwrap_or_default().trim_start_matches("error: ");
    Fault::usage(message, parts.next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "))
}

impl Global {
    // Not asked for by the parser: its usage lines would name what nobody typed.
    fn with_environment(self) -> Self {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            config: self.config.or_else(|| named("POSTERN_CONFIG")),
            data: self.data.or_else(|| named("POSTERN_DATA")),
            ..self
        }
    }
}

/// Runs a command; the exit code is the answer.
pub(crate) fn run(cli: Cli) -> Result<u8, Fault> {
    let global = cli.global.with_environment();
    match cli.command {
        Command::Try(arguments) => trial::run(&global, &arguments),
        Command::Init(arguments) => init::run(&global, &arguments),
        Command::Serve(arguments) => serve::run(&global, &arguments),
        Command::Reload => status::reload(&global),
        Command::Status => status::show(&global),
        Command::Scan(arguments) => scan::run(&global, &arguments),
        Command::Config(command) => check::run(&global, &command),
        Command::Policy(command) => policy::run(&global, &command),
        Command::Queue(command) => queue::run(&global, command),
        Command::Quarantine(command) => quarantine::run(&global, command),
        Command::Trace(command) => trace::run(&global, command),
        Command::Replay(arguments) => replay::run(&global, arguments),
        Command::Rescan(arguments) => rescan::run(&global, &arguments),
        Command::Completions { shell } => Ok(manual::completions(shell)),
        Command::Manual { folder } => manual::pages(&folder),
    }
}

fn configuration_file(global: &Global) -> Option<PathBuf> {
    global.config.clone().or_else(|| {
        let usual = ["postern.toml", "/etc/postern/postern.toml"].map(PathBuf::from);
        usual.into_iter().find(|file| file.try_exists().unwrap_or(true))
    })
}

/// The configuration that a command works with.
pub(crate) fn configuration(global: &Global) -> Result<Config, Fault> {
    let mut config = match configuration_file(global) {
        Some(file) => config::load(&file)?,
        None => config::defaults()?,
    };
    if let Some(data) = &global.data {
        config.values.data.clone_from(data);
    }
    Ok(config)
}

// The folder alone, so that a mistake in the configuration does not keep commands from the daemon that runs.
fn data_folder(global: &Global) -> Result<PathBuf, Fault> {
    match (&global.data, configuration_file(global)) {
        (Some(folder), _) => Ok(folder.clone()),
        (None, Some(file)) => Ok(config::data_folder(&file)?),
        (None, None) => Ok(config::AsTyped::default().data),
    }
}

// Only some requests need more than the store, and with a daemon none does.
fn needs_of(global: &Global, request: &Request) -> Result<Needs, Fault> {
    let load = || Ok::<_, Fault>(settings::load(&configuration(global)?.values.settings)?);
    match request {
        Request::Replay { with: ReplayWith::Current, .. } => Ok(Needs { settings: Some(load()?), judging: None }),
        // Only for a warning.
        Request::QueuePause { .. } => Ok(Needs { settings: load().ok(), judging: None }),
        Request::QuarantineOpen { .. } => {
            let config = configuration(global)?;
            let signatures = crate::signatures::load(&config.values.signatures, &[], Occasion::Start)?;
            Ok(Needs { settings: Some(load()?), judging: Some((config, signatures)) })
        }
        _ => Ok(Needs::default()),
    }
}

/// Asks the running daemon, or does it here when none runs.
pub(crate) fn ask(global: &Global, request: Request) -> Result<serde_json::Value, Fault> {
    let data = data_folder(global)?;
    let answer = loop {
        match client::ask(&data, &request)? {
            Reached::Answer(answer) => break *answer,
            Reached::Nobody => {
                let needs = needs_of(global, &request)?;
                if let Some(answer) = crate::offline::answer(&data, needs, request.clone())? {
                    break answer;
                }
                // A daemon or another command was quicker: `client::ask` waits for it, and gives up in the end.
            }
        }
    };
    match answer {
        Answer::Done(value) => Ok(value),
        Answer::Failed(fault) => Err(fault),
    }
}
