//! The targets by libFuzzer, which the folder `fuzz` builds as a workspace of its own, with marks in the code that say which branches an
//! input reached, and with the address sanitizer: no unsafe code is ours, but the libraries that read archives and pictures have some.

use std::path::{Path, PathBuf};
use std::process::Child;

use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::targets::Target;
use super::{CRASHES, write};
use crate::command::command;

/// Where the driver lives.
const WORKSPACE: &str = "fuzz";
/// Marks for every branch and comparison, counted in eight bits.
const MARKS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];
/// Comes with every compiler; the flag itself is one of a nightly compiler, which [`ALLOWED`] lets this one take for the driver alone.
const SANITIZER: &str = "-Zsanitizer=address";
const ALLOWED: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
/// Bytes of an input.
const INPUT_BYTES_MAX: usize = 64 * 1024;
/// Seconds of one input.
const INPUT_SECONDS_MAX: u64 = 10;
/// Memory of a driver, MiB: the sanitizer keeps what was freed for a while.
const MEMORY_MIB_MAX: u64 = 4_096;

/// Runs the targets for `seconds` together, at most one a core at a time.
pub(super) fn run(targets: &[&Target], seconds: u64) -> Result<()> {
    let built = Driver::build()?;
    std::fs::create_dir_all(CRASHES)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let count = u64::try_from(targets.len()).unwrap_or(1).max(1);
    let at_a_time = u64::try_from(cores).unwrap_or(1).min(count);
    let each = (seconds * at_a_time / count).max(1);
    println!("fuzz: {count} targets by libFuzzer, {each} s each, {at_a_time} at a time");
    let mut failed = Vec::new();
    for some in targets.chunks(cores) {
        let started = some.iter().map(|target| built.start(target, each)).collect::<Result<Vec<_>>>()?;
        for (target, mut child, log) in started {
            let status = child.wait()?;
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            println!("fuzz: {}: {}", target.name, last_word(&said));
            if !status.success() {
                println!(
                    "{}",
                    said.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
                );
                failed.push(target.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("fuzz: {} failed; their inputs are in {CRASHES}", failed.join(", "));
    }
    Ok(())
}

/// The driver, and where it keeps what it learns.
struct Driver {
    binary: PathBuf,
    folder: PathBuf,
}

impl Driver {
    fn build() -> Result<Self> {
        let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
        let folder = metadata.target_directory.as_std_path().join("fuzz");
        let host = host()?;
        // The same releases of everything as the project's; what only the driver needs is added.
        std::fs::copy("Cargo.lock", Path::new(WORKSPACE).join("Cargo.lock")).context("Cargo.lock")?;
        println!("fuzz: building the driver with marks and the address sanitizer, some minutes at first");
        let built = command("cargo")
            .args(["build", "--quiet", "--release", "--target", &host])
            .current_dir(WORKSPACE)
            .env("CARGO_TARGET_DIR", &folder)
            // With a target named, build scripts and macros get no marks.
            .env("RUSTFLAGS", format!("{} {SANITIZER}", MARKS.join(" ")))
            .env(ALLOWED.0, ALLOWED.1)
            .status()?;
        if !built.success() {
            bail!(
                "fuzz: the driver does not build with this compiler, its address sanitizer and a C++ compiler; without it there is `cargo xtask fuzz --seconds N`"
            );
        }
        let binary = folder.join(host).join("release/fuzz");
        Ok(Self { binary, folder })
    }

    fn start<'a>(&self, target: &'a Target, seconds: u64) -> Result<(&'a Target, Child, PathBuf)> {
        let [seeds, learnt] = ["seeds", "learnt"].map(|kind| self.folder.join(kind).join(target.name));
        std::fs::create_dir_all(&seeds)?;
        std::fs::create_dir_all(&learnt)?;
        for seed in (target.seeds)() {
            let name = HEXLOWER.encode(Sha256::digest(&seed).get(..8).unwrap_or_default());
            write(&seeds.join(name), seed.get(..INPUT_BYTES_MAX).unwrap_or(&seed))?;
        }
        let words = self.folder.join(format!("{}.words", target.name));
        write(&words, dictionary(target.words).as_bytes())?;
        let log = self.folder.join(format!("{}.log", target.name));
        let child = command(&self.binary)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={INPUT_BYTES_MAX}"))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"))
            .arg(format!("-dict={}", words.display()))
            .arg(format!("-artifact_prefix={CRASHES}/{}-", target.name))
            .args(["-print_final_stats=1", "-reload=0"])
            // What is found goes into the first folder.
            .args([&learnt, &seeds])
            .env("POSTERN_FUZZ_TARGET", target.name)
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .context("the driver")?;
        Ok((target, child, log))
    }
}

/// The triple of this machine.
fn host() -> Result<String> {
    let said = command("rustc").arg("-vV").output().context("rustc -vV")?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// Words in libFuzzer's form: one a line, quoted, anything unusual as `\xNN`.
fn dictionary(words: &[&[u8]]) -> String {
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(*byte)),
        0x20..=0x7e => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    words.iter().map(|word| format!("\"{}\"\n", word.iter().map(escaped).collect::<String>())).collect()
}

/// How many inputs, how much code.
fn last_word(said: &str) -> String {
    let stat = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map_or("?", str::trim).to_owned();
    let inputs = stat("stat::number_of_executed_units:");
    let covered = said.lines().rev().find_map(|line| line.split_once(" cov: ")?.1.split(' ').next()).unwrap_or("?");
    format!("{inputs} inputs, {covered} branches reached, {} learnt", stat("stat::new_units_added:"))
}
