//! `cargo xtask bench gateway`: the gateway beside Postfix and whatever other peers are installed, on this machine, in the same run.
//! It ends with one table, on the terminal and in `target/bench/report.md`. The load generator and the peers stand outside of the project; without them this says so. Caps are raised here and nowhere else;
//! every message is counted at the sink.

mod bombs;
mod report;
mod stations;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use testkit::corpus;

use crate::command::{self, build_postern, command};
use stations::Plan;

/// Written by the script into the gateway's folder, which knows the ports.
const SETUP: &str = r#"mkdir -p "$GATEWAY_DIR/settings"
cat > "$GATEWAY_DIR/postern.toml" <<END
hostname = "gw.example.com"
data = "data"
settings = "settings"
[inbound]
listen = ["127.0.0.1:$GATEWAY_PORT"]
[http]
listen = "127.0.0.1:9252"
[dns]
servers = ["$GATEWAY_DNS"]
[log]
level = "warn"
[limits]
sessions_per_prefix_max = 20000
[process]
user = "nobody"
END
cat > "$GATEWAY_DIR/settings/domains.toml" <<END
[[domain]]
name = "example.com"
next_hop = ["127.0.0.1:$GATEWAY_SINK_PORT"]
recipients = "any"
policy = "observe"
END
"#;

/// What is measured.
#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Messages a second, CPU, memory, flushes, beside the peers.
    Gateway,
    /// CPU of each station over the mix of the last run; a part of `gateway`, to be run as a release.
    Stations,
    /// The table of the last run once more.
    Report,
    /// Waits of honest sessions beside bombs of another network; to be run as a release.
    Bombs,
}

/// What and beside whom.
#[derive(Args)]
pub(crate) struct Options {
    what: What,
    /// Rows of the table beside the gateway's own; what is not installed is left out
    #[arg(long, default_value = "postfix floor")]
    peers: String,
    /// Phases of the run
    #[arg(long, default_value = "c32 c1 c128 small fsync idle floor")]
    phases: String,
    /// Rounds of the load with 32 sessions
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Seconds of each
    #[arg(long, default_value_t = 6)]
    seconds: u32,
    /// Folder with ham/, spam/ and phish/ for the mix; the shared development mail where it is, else made mail
    #[arg(long)]
    real: Option<PathBuf>,
    /// Messages for the CPU of each station
    #[arg(long, default_value_t = 3_000)]
    messages: usize,
}

/// Builds the release and runs the peers' script with it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = folder()?;
    match options.what {
        What::Gateway => {
            gateway(options, &folder)?;
            let messages = options.messages.to_string();
            let arguments =
                ["run", "--quiet", "--release", "--package", "xtask", "--", "bench", "stations", "--messages"];
            command::run("cargo", &[&arguments[..], &[&messages]].concat())?;
            report::run(&folder)
        }
        What::Stations => {
            let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
            let binary = build_postern(profile)?.into();
            let spent = stations::run(&Plan { corpus: folder.join("corpus"), binary, messages: options.messages })?;
            if profile == "dev" {
                println!("of a build for tests, so not kept: {spent}");
                return Ok(());
            }
            write(&folder.join(report::STATIONS), &spent.to_string())
        }
        What::Report => report::run(&folder),
        What::Bombs => bombs::run(options.seconds),
    }
}

/// Where figures are kept.
fn folder() -> Result<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let folder = metadata.target_directory.as_std_path().join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn gateway(options: &Options, folder: &Path) -> Result<()> {
    let script = corpus::shared_folder().join("bench/peers.sh");
    if !script.exists() {
        bail!("{} is not there: POSTERN_SHARED names the folder that has bench/peers.sh", script.display());
    }
    let binary = build_postern("release")?;
    let at = |command: &str| format!("{binary} --config \"$GATEWAY_DIR/postern.toml\" {command}");
    let mut run = command(&script);
    run.env("GATEWAY", at("serve"))
        .env("GATEWAY_SETUP", SETUP)
        .env("GATEWAY_FLUSH", at("queue retry"))
        .env("GATEWAY_NAME", "postern")
        .env("PEERS", &options.peers)
        .env("PHASES", &options.phases)
        .env("ROUNDS", options.rounds.to_string())
        .env("SECS", options.seconds.to_string())
        .env("SCRATCH", folder);
    let shared = Some(corpus::shared_folder().join("corpora/dev")).filter(|folder| folder.exists());
    if let Some(real) = options.real.clone().or(shared) {
        run.env("REAL", real);
    }
    let status = run.status().with_context(|| script.display().to_string())?;
    if !status.success() {
        bail!("{}: {status}", script.display());
    }
    println!("raw figures: {}", folder.join(report::RESULTS).display());
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a developer's file, not mail")]
fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| file.display().to_string())
}
