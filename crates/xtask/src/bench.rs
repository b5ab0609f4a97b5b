//! `cargo xtask bench gateway`: the gateway beside Postfix and whatever other peers are installed, on this machine, in the same run.
//! The load generator and the peers stand outside of the project; without them this says so. Caps are raised here and nowhere else;
//! every message is counted at the sink.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use testkit::corpus;

use crate::command::command;
use crate::kill;

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
    /// Folder with ham/, spam/ and phish/ for the mix; made mail without one
    #[arg(long)]
    real: Option<PathBuf>,
}

/// Builds the release and runs the peers' script with it.
pub(crate) fn run(options: &Options) -> Result<()> {
    match options.what {
        What::Gateway => gateway(options),
    }
}

fn gateway(options: &Options) -> Result<()> {
    let script = corpus::shared_folder().join("bench/peers.sh");
    if !script.exists() {
        bail!("{} is not there: POSTERN_SHARED names the folder that has bench/peers.sh", script.display());
    }
    let binary = kill::postern("release")?;
    let folder = Path::new(&binary).parent().and_then(Path::parent).context("the target folder")?.join("bench");
    std::fs::create_dir_all(&folder)?;
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
        .env("SCRATCH", &folder);
    if let Some(real) = &options.real {
        run.env("REAL", real);
    }
    let status = run.status().with_context(|| script.display().to_string())?;
    if !status.success() {
        bail!("{}: {status}", script.display());
    }
    println!("raw figures: {}", folder.join("results.jsonl").display());
    Ok(())
}
