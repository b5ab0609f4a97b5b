//! `cargo xtask kill`: the kill test of the suite, as long as one likes (QUE-02, QUE-13); with `--power` the power of its disk is cut, too
//! (QUE-03). A long run is noted for the catalogue.

use anyhow::{Context, Result, bail};
use clap::Args;
use testkit::kill::{self, Plan};
use testkit::power::Disk;

use crate::catalogue;
use crate::command::build_postern;

/// Rounds between two lines of progress.
const PROGRESS_ROUNDS: usize = 50;
/// A shorter run says no more than the test in the suite.
const NOTED_ROUNDS_MIN: usize = 100;

/// What is tried.
#[derive(Args)]
pub(crate) struct Options {
    /// Kills
    #[arg(long, default_value_t = 100)]
    rounds: usize,
    /// Clients that send all the time
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// Seed of all chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Longest life of a daemon, milliseconds
    #[arg(long, default_value_t = 1_000)]
    life_ms: usize,
    /// Keep the data on a loop device and cut its power before each kill
    #[arg(long)]
    power: bool,
    /// This program instead of one that is built now
    #[arg(long)]
    binary: Option<String>,
}

impl Options {
    /// So many kills, all else as usual.
    pub(crate) fn rounds(rounds: usize) -> Self {
        Self { rounds, clients: 16, seed: 1, life_ms: 1_000, power: false, binary: None }
    }

    /// With power cuts.
    pub(crate) fn power(rounds: usize) -> Self {
        Self { power: true, ..Self::rounds(rounds) }
    }
}

/// Builds the gateway, kills it, counts.
pub(crate) fn run(options: &Options) -> Result<()> {
    let binary = options.binary.clone().map_or_else(|| build_postern("dev"), Ok)?;
    let plan =
        Plan { rounds: options.rounds, clients: options.clients, seed: options.seed, life_ms_max: options.life_ms };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let what = if options.power { "power cuts" } else { "kills" };
    let tell = |round: usize, acknowledged: usize| {
        if round.is_multiple_of(PROGRESS_ROUNDS) {
            println!("kill: {round} {what}, {acknowledged} acknowledged so far");
        }
    };
    let report = runtime.block_on(async {
        let disk = if options.power { Some(Disk::mount(&scratch()?).await) } else { None };
        anyhow::Ok(kill::run_on(&binary, plan, disk.as_ref(), tell).await)
    })?;
    let found = format!(
        "{} {what}, {} acknowledged, {} arrived, {} in quarantine, {} duplicates (at most {} copies of one), {} lost",
        plan.rounds,
        report.acknowledged,
        report.arrived,
        report.quarantined,
        report.duplicates,
        report.copies_max,
        report.lost.len()
    );
    println!("kill: {found}");
    if !(report.lost.is_empty() && report.twofold.is_empty() && report.refused_and_kept.is_empty()) {
        bail!(
            "kill: lost {:?}, in two places {:?}, refused and kept {:?} (--seed {})",
            report.lost,
            report.twofold,
            report.refused_and_kept,
            plan.seed
        );
    }
    if plan.rounds >= NOTED_ROUNDS_MIN {
        let rows: &[&str] = if options.power { &["QUE-03"] } else { &["QUE-02", "QUE-13"] };
        rows.iter().try_for_each(|row| catalogue::note_long_run(row, &found))?;
    }
    Ok(())
}

/// A folder on a real disk.
fn scratch() -> Result<std::path::PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    Ok(metadata.target_directory.into_std_path_buf())
}
