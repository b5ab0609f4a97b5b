//! `cargo xtask fuzz`: a seeded mutator drives every target of `fuzz/` with what it makes of the corpus. Each target runs in a child
//! process with little memory, so that an abort, a hang or a flood is a finding with its input, like a panic. With `--minutes` libFuzzer
//! drives them instead.

mod changed;
mod disks;
mod libfuzzer;
mod mutate;
mod samples;
mod seeds;
mod targets;
mod usage;
mod words;
mod worst;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use testkit::random::Random;

use crate::command::command;
use mutate::Mutator;
use targets::{TARGETS, Target};
use usage::Usage;

/// Where inputs that fail are kept.
const CRASHES: &str = "fuzz/crashes";
/// CPU time of one input of 64 KiB, in a build for tests.
const INPUT_TIME_MAX: Duration = Duration::from_secs(3);
/// Memory of one input, KiB; targets unpack 8 MiB at most.
const INPUT_KIB_MAX: u64 = 256 * 1024;
/// A child that is this late hangs.
const GRACE: Duration = Duration::from_secs(60);
/// Memory of a child, KiB.
const MEMORY_KIB_MAX: u64 = 3 * 1024 * 1024;
/// Files that are in memory.
const MEMORY_FOLDER: &str = "/dev/shm";
/// Between two looks at a child.
const PAUSE: Duration = Duration::from_millis(50);

/// What and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Time for all targets together
    #[arg(long, default_value_t = 180)]
    seconds: u64,
    /// Time for all targets together, by libFuzzer: guided by what code an input reaches
    #[arg(long, conflicts_with = "seconds")]
    minutes: Option<u64>,
    /// Only this target
    #[arg(long)]
    target: Option<String>,
    /// Seed of all chance; without one, from the clock
    #[arg(long)]
    seed: Option<u64>,
    /// Run this file once instead
    #[arg(long, requires = "target")]
    input: Option<PathBuf>,
    /// Instead: open the nastiest inputs that are known, and print what each costs
    #[arg(long, conflicts_with_all = ["minutes", "input"])]
    worst: bool,
    /// The child's side
    #[arg(long, hide = true, requires = "target")]
    current: Option<PathBuf>,
}

/// Runs the targets, at most one a core at a time.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.worst {
        return worst::run();
    }
    let named = options.target.as_ref();
    let chosen: Vec<&Target> = TARGETS.iter().filter(|target| named.is_none_or(|name| name == target.name)).collect();
    let Some(first) = chosen.first() else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        bail!("there is no such target; there are {}", names.join(", "));
    };
    if let Some(minutes) = options.minutes {
        return libfuzzer::run(&chosen, minutes * 60);
    }
    let seed = options.seed.unwrap_or_else(seed_of_the_clock);
    if let Some(file) = &options.input {
        (first.run)(&std::fs::read(file).with_context(|| file.display().to_string())?);
        println!("{}: {} passes", first.name, file.display());
        return Ok(());
    }
    match &options.current {
        Some(current) => child(first, options.seconds, seed, current),
        None => parent(&chosen, options.seconds, seed),
    }
}

/// All targets by libFuzzer, for `ci --full`.
pub(crate) fn run_all_guided(minutes: u64) -> Result<()> {
    libfuzzer::run(&TARGETS.iter().collect::<Vec<_>>(), minutes * 60)
}

/// The nastiest inputs that are known, for CI.
pub(crate) fn run_worst() -> Result<()> {
    worst::run()
}

/// Those inputs as parts of a message.
pub(crate) fn worst_parts() -> Vec<::unpack::Part> {
    worst::parts()
}

/// Runs all targets for `seconds` together, for CI. The seed is the commit's: each has new inputs, and a second run has the same.
pub(crate) fn run_all(seconds: u64) -> Result<()> {
    let seed = seed_of_the_commit().unwrap_or_else(seed_of_the_clock);
    parent(&TARGETS.iter().collect::<Vec<_>>(), seconds, seed)
}

fn parent(targets: &[&Target], seconds: u64, seed: u64) -> Result<()> {
    println!("fuzz: {} targets, {seconds} s in all, --seed {seed}", targets.len());
    // The input of the moment is written before each run: in memory where there is such a place.
    let folder = tempfile::tempdir_in(MEMORY_FOLDER).or_else(|_| tempfile::tempdir())?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut waiting = changed::shares(targets, seconds.saturating_mul(u64::try_from(cores).unwrap_or(1))).into_iter();
    let mut running: Vec<Running> = Vec::new();
    let mut failed = Vec::new();
    loop {
        while running.len() < cores
            && let Some((target, share)) = waiting.next()
        {
            running.push(Running::start(target, share, seed, folder.path())?);
        }
        if running.is_empty() {
            break;
        }
        let mut still = Vec::new();
        for mut one in running {
            match one.ended() {
                Ok(false) => still.push(one),
                Ok(true) => {}
                Err(error) => {
                    println!("fuzz: {}: {error:#}", one.name);
                    failed.push(one.name);
                }
            }
        }
        running = still;
        std::thread::sleep(PAUSE);
    }
    if !failed.is_empty() {
        bail!("fuzz: {} failed (--seed {seed})", failed.join(", "));
    }
    Ok(())
}

/// A child that runs one target.
struct Running {
    name: &'static str,
    child: Child,
    current: PathBuf,
    until: Instant,
}

impl Running {
    fn start(target: &Target, seconds: u64, seed: u64, folder: &Path) -> Result<Self> {
        let current = folder.join(target.name);
        let script = format!("ulimit -v {MEMORY_KIB_MAX}; exec \"$0\" \"$@\"");
        let child = command("/bin/sh")
            .args(["-c", &script])
            .arg(std::env::current_exe()?)
            .args(["fuzz", "--target", target.name, "--seconds", &seconds.to_string(), "--seed", &seed.to_string()])
            .arg("--current")
            .arg(&current)
            .env("RUST_BACKTRACE", "0")
            .spawn()?;
        Ok(Self { name: target.name, child, current, until: now() + Duration::from_secs(seconds) + GRACE })
    }

    /// Is it done? An error where it failed, or hung and was ended.
    fn ended(&mut self) -> Result<bool> {
        let status = match self.child.try_wait()? {
            Some(status) => status,
            None if now() > self.until => {
                self.child.kill()?;
                self.child.wait()?
            }
            None => return Ok(false),
        };
        if status.success() {
            return Ok(true);
        }
        let input = std::fs::read(&self.current).unwrap_or_default();
        bail!("{status}; the input is kept as {}", keep(self.name, &input)?.display())
    }
}

fn child(target: &Target, seconds: u64, seed: u64, current: &Path) -> Result<()> {
    let mut mutator = Mutator::new(Random::new(seed), (target.seeds)(), target.words);
    let until = now() + Duration::from_secs(seconds);
    let mut inputs = 0_u64;
    let mut most = Usage::default();
    while now() < until {
        let input = mutator.next();
        write(current, &input)?;
        let run = || std::panic::catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        let (outcome, usage) = usage::measured(run)?;
        if outcome.is_err() {
            bail!("{}: an input made it panic", target.name);
        }
        if usage.time > INPUT_TIME_MAX || usage.memory_kib > INPUT_KIB_MAX {
            bail!("{}: one input took {:?} of CPU time and {} KiB", target.name, usage.time, usage.memory_kib);
        }
        if usage.time > most.time {
            most.time = usage.time;
            note_slowest(target.name, &input)?;
        }
        most.memory_kib = most.memory_kib.max(usage.memory_kib);
        inputs += 1;
    }
    println!(
        "fuzz: {}: {inputs} inputs in {seconds} s, at most {:?} of CPU time and {} KiB",
        target.name, most.time, most.memory_kib
    );
    Ok(())
}

/// Where somebody who wonders what took longest finds it.
fn note_slowest(target: &str, input: &[u8]) -> Result<()> {
    let target_folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target_folder.join("fuzz").join("slowest");
    std::fs::create_dir_all(&folder)?;
    write(&folder.join(target), input)
}

fn keep(target: &str, input: &[u8]) -> Result<PathBuf> {
    std::fs::create_dir_all(CRASHES)?;
    let hash = HEXLOWER.encode(Sha256::digest(input).get(..8).unwrap_or_default());
    let file = Path::new(CRASHES).join(format!("{target}-{hash}"));
    write(&file, input)?;
    Ok(file)
}

#[expect(clippy::disallowed_methods, reason = "a developer's file, not mail")]
fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(file, bytes).with_context(|| file.display().to_string())
}

#[expect(clippy::disallowed_methods, reason = "a developer's tool measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn seed_of_the_commit() -> Option<u64> {
    let output = command("git").args(["rev-parse", "HEAD"]).output().ok().filter(|output| output.status.success())?;
    let start = String::from_utf8_lossy(output.stdout.get(..16)?).into_owned();
    u64::from_str_radix(&start, 16).ok()
}

#[expect(clippy::disallowed_methods, reason = "a seed that differs each time; it is printed")]
fn seed_of_the_clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(0)
}
