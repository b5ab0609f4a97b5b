//! `cargo xtask fuzz`: a seeded mutator drives every target of `fuzz/` with what it makes of the corpus. Each target runs in a child
//! process with little memory, so that an abort, a hang or a flood is a finding with its input, like a panic. With `--minutes` libFuzzer
//! drives them instead.

mod libfuzzer;
mod mutate;
mod seeds;
mod targets;

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

/// Where inputs that fail are kept.
const CRASHES: &str = "fuzz/crashes";
/// One input may take this long, in a build for tests on a busy machine.
const INPUT_TIME_MAX: Duration = Duration::from_secs(10);
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
    /// The child's side
    #[arg(long, hide = true, requires = "target")]
    current: Option<PathBuf>,
}

/// Runs the targets, at most one a core at a time.
pub(crate) fn run(options: &Options) -> Result<()> {
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

/// Runs all targets for `seconds` together, for CI.
pub(crate) fn run_all(seconds: u64) -> Result<()> {
    parent(&TARGETS.iter().collect::<Vec<_>>(), seconds, seed_of_the_clock())
}

fn parent(targets: &[&Target], seconds: u64, seed: u64) -> Result<()> {
    println!("fuzz: {} targets, {seconds} s in all, --seed {seed}", targets.len());
    // The input of the moment is written before each run: in memory where there is such a place.
    let folder = tempfile::tempdir_in(MEMORY_FOLDER).or_else(|_| tempfile::tempdir())?;
    let each = (seconds / u64::try_from(targets.len()).unwrap_or(1).max(1)).max(1);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut failed = Vec::new();
    for some in targets.chunks(cores) {
        let started: Vec<_> = some.iter().map(|target| Running::start(target, each, seed, folder.path())).collect();
        for running in started {
            let running = running?;
            let name = running.name;
            if let Err(error) = running.wait(Duration::from_secs(each) + GRACE) {
                println!("fuzz: {name}: {error:#}");
                failed.push(name);
            }
        }
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
        Ok(Self { name: target.name, child, current, until: now() })
    }

    fn wait(mut self, limit: Duration) -> Result<()> {
        self.until += limit;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if now() > self.until {
                self.child.kill()?;
                break self.child.wait()?;
            }
            std::thread::sleep(PAUSE);
        };
        if status.success() {
            return Ok(());
        }
        let input = std::fs::read(&self.current).unwrap_or_default();
        bail!("{status}; the input is kept as {}", keep(self.name, &input)?.display())
    }
}

fn child(target: &Target, seconds: u64, seed: u64, current: &Path) -> Result<()> {
    let mut mutator = Mutator::new(Random::new(seed), (target.seeds)(), target.words);
    let until = now() + Duration::from_secs(seconds);
    let mut inputs = 0_u64;
    let mut slowest = Duration::ZERO;
    while now() < until {
        let input = mutator.next();
        write(current, &input)?;
        let start = now();
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        slowest = slowest.max(start.elapsed());
        if outcome.is_err() {
            bail!("{}: an input made it panic", target.name);
        }
        if slowest > INPUT_TIME_MAX {
            bail!("{}: one input took {slowest:?}", target.name);
        }
        inputs += 1;
    }
    println!("fuzz: {}: {inputs} inputs, the slowest took {slowest:?}", target.name);
    Ok(())
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

#[expect(clippy::disallowed_methods, reason = "a seed that differs each time; it is printed")]
fn seed_of_the_clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(0)
}
