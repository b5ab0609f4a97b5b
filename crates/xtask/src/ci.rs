//! What CI runs, in the order in which mistakes are cheapest to find.

use anyhow::{Result, bail};

use crate::ambiguity;
use crate::catalogue;
use crate::command::{self, command};
use crate::differential;
use crate::docs;
use crate::fuzz;
use crate::kill;
use crate::patience;
use crate::tidy;

/// Time of the fuzz targets, all together.
const FUZZ_SECONDS: u64 = 300;

/// Mutated messages that are compared with other readers, some seconds.
const DIFFERENTIAL_MESSAGES: u64 = 4_000;
/// With `--full`.
const DIFFERENTIAL_MESSAGES_FULL: u64 = 1_000_000;
/// By libFuzzer with `--full`.
const FUZZ_MINUTES_FULL: u64 = 60;
/// Kills with `--full`; twenty are in the tests.
const KILL_ROUNDS_FULL: usize = 1_000;
/// Power cuts with `--full`; two hundred of a disk in memory are in the tests.
const POWER_ROUNDS_FULL: usize = 200;

/// Runs everything; stops at the first failure. `full` takes hours.
pub(crate) fn run(full: bool) -> Result<()> {
    step("format", || run_cargo(&["fmt", "--all", "--check"]))?;
    step("tidy", tidy::run)?;
    step("tests", || run_cargo(&["nextest", "run", "--workspace"]))?;
    step("message cases", || catalogue::run_cases(None, None))?;
    step("ambiguity of honest mail", || ambiguity::run(&ambiguity::Options::default()))?;
    step("differential", || differential::run(&differential::Options::some(DIFFERENTIAL_MESSAGES)))?;
    step("worst inputs", fuzz::run_worst)?;
    step("fuzz, and clippy beside it", fuzz_and_clippy)?;
    step("docs", || docs::run(true))?;
    step("licences", licences)?;
    if full {
        step("fuzz, guided", || fuzz::run_all_guided(FUZZ_MINUTES_FULL))?;
        step("differential, long", || differential::run(&differential::Options::some(DIFFERENTIAL_MESSAGES_FULL)))?;
        step("patience", patience::run)?;
        step("kill", || kill::run(&kill::Options::rounds(KILL_ROUNDS_FULL)))?;
        step("power", || kill::run(&kill::Options::power(POWER_ROUNDS_FULL)))?;
        step("catalogue", || catalogue::run(&catalogue::Options::prove()))?;
    }
    println!("all good");
    Ok(())
}

fn step(name: &str, task: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    task()
}

// Fuzzing takes its time however busy the machine is: what only needs cores is done in the meantime.
fn fuzz_and_clippy() -> Result<()> {
    std::thread::scope(|scope| {
        let clippy = scope.spawn(clippy);
        let fuzzed = fuzz::run_all(FUZZ_SECONDS);
        let checked = clippy.join().unwrap_or_else(|_| bail!("clippy: a panic"));
        fuzzed.and(checked)
    })
}

fn clippy() -> Result<()> {
    run_cargo(&["clippy", "--workspace", "--lib", "--bins", "--quiet", "--", "-D", "warnings"])?;
    clippy_on_tests()
}

// A test may unwrap and panic, and so may what tests share.
fn clippy_on_tests() -> Result<()> {
    let mut arguments = vec!["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    for lint in ["clippy::unwrap_used", "clippy::expect_used", "clippy::panic"] {
        arguments.extend(["-A", lint]);
    }
    run_cargo(&arguments)
}

fn run_cargo(arguments: &[&str]) -> Result<()> {
    command::run("cargo", arguments)
}

// cargo-deny reads deny.toml; where it is not installed, tidy's own licence check has run already and this says so.
fn licences() -> Result<()> {
    let installed = command("cargo").args(["deny", "--version"]).output().is_ok_and(|output| output.status.success());
    if !installed {
        println!("cargo-deny is not installed: licences were checked by tidy alone, advisories not at all");
        return Ok(());
    }
    run_cargo(&["deny", "check", "licenses", "bans", "sources"])
}
