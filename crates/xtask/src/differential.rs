//! `cargo xtask differential`: mutated messages are read here and by `mail-parser`, `mailparse` and Python's `email` in both of its
//! policies. Whatever one of them offers as a file, Postern reads too, with that content and that name, or it calls the message
//! ambiguous. What differs is made as short as it goes and printed with what makes it again.

mod mutate;
mod others;
mod ours;
mod python;
mod seeds;
mod shrink;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};
use clap::Args;
use testkit::random::Random;

use mutate::mutated;
use ours::{Difference, differences};
use python::Python;

/// Messages that a reader of another language gets at a time.
const BATCH: u64 = 200;
/// Differences that are made short and printed; more of one kind say nothing new.
const SHOWN_MAX: usize = 20;
/// Messages of a million in which readers may differ by ways of their own that docs/reference/mime-suites.md names; more is a finding.
const DIFFERING_PER_MILLION_MAX: u64 = 500;
/// Bytes of a message that is mutated; larger ones only take time.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// What and how much.
#[derive(Args)]
pub(crate) struct Options {
    /// Folders with messages to mutate, besides the project's own
    folders: Vec<PathBuf>,
    /// Messages to compare
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// The first one, by its number: `--first N --messages 1` makes message N again
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Seed of all chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Options {
    /// So many, for `./test`.
    pub(crate) const fn some(messages: u64) -> Self {
        Self { folders: Vec::new(), messages, first: 0, seed: 1 }
    }
}

/// What all threads share.
struct Run<'a> {
    options: &'a Options,
    seeds: &'a [Vec<u8>],
    next: AtomicU64,
    found: Mutex<Found>,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    compared: u64,
    files: u64,
    flagged: u64,
    differing: u64,
    /// By reader and kind.
    differences: BTreeMap<(String, String), usize>,
    shown: usize,
}

/// Compares on every core; fails if anything differs.
pub(crate) fn run(options: &Options) -> Result<()> {
    let seeds = seeds::messages(&options.folders, MESSAGE_BYTES_MAX)?;
    println!("differential: {} messages to mutate, seed {}", seeds.len(), options.seed);
    // Another reader that panics counts as one that sees nothing; a panic of our own is shown.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic
            .location()
            .is_none_or(|place| !place.file().contains("mail-parser") && !place.file().contains("mailparse"))
        {
            usual(panic);
        }
    }));
    let run = Run { options, seeds: &seeds, next: AtomicU64::new(0), found: Mutex::default() };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| thread(&run))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a reader of ours panicked")))
    })?;
    let found = run.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!(
        "differential: {} messages compared, {} files seen by others, {} messages flagged",
        found.compared, found.files, found.flagged
    );
    for ((reader, kind), count) in &found.differences {
        println!("differential: {reader} sees a {kind} that is not seen here: {count} messages");
    }
    let allowed = (found.compared * DIFFERING_PER_MILLION_MAX / 1_000_000).max(1);
    if found.differing > allowed {
        bail!("differential: readers differ in {} messages, {allowed} are allowed", found.differing);
    }
    Ok(())
}

fn thread(run: &Run<'_>) -> Result<()> {
    let mut python = Python::start()?;
    loop {
        let from = run.next.fetch_add(BATCH, Ordering::Relaxed);
        let to = run.options.messages.min(from + BATCH);
        if from >= to {
            return Ok(());
        }
        let numbers: Vec<u64> = (from..to).map(|number| run.options.first + number).collect();
        let messages: Vec<Vec<u8>> =
            numbers.iter().map(|number| message(run.seeds, run.options.seed, *number)).collect();
        let seen = python.read(&messages)?;
        for ((number, message), mut files) in numbers.iter().zip(&messages).zip(seen) {
            files.extend(others::files(message));
            let compared = differences(message, &files);
            let difference = run.count(&files, compared);
            if let Some(difference) = difference {
                show(run, &mut python, *number, message, &difference)?;
            }
        }
    }
}

/// The message of a number: it depends on nothing else, so that it can be made again alone.
fn message(seeds: &[Vec<u8>], seed: u64, number: u64) -> Vec<u8> {
    let mut random = Random::new(Random::new(seed).next() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let message = random.pick(seeds).cloned().unwrap_or_default();
    let mut message = mutated(&message, seeds, &mut random);
    message.truncate(MESSAGE_BYTES_MAX);
    message
}

impl Run<'_> {
    /// Counts one message; gives back what is to be shown of it.
    fn count(&self, files: &[others::File], compared: ours::Compared) -> Option<Difference> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.compared += 1;
        found.files += u64::try_from(files.len()).unwrap_or(0);
        found.flagged += u64::from(compared.is_flagged);
        found.differing += u64::from(!compared.differences.is_empty());
        let first = compared.differences.first().cloned();
        for difference in compared.differences {
            *found.differences.entry((difference.reader, difference.kind.to_owned())).or_default() += 1;
        }
        if first.is_some() && found.shown < SHOWN_MAX {
            found.shown += 1;
            return first;
        }
        None
    }
}

/// Makes it short and prints it.
fn show(run: &Run<'_>, python: &mut Python, number: u64, message: &[u8], difference: &Difference) -> Result<()> {
    let short = shrink::shortest(message, |shorter| {
        let mut files = python.read(&[shorter.to_vec()])?.pop().unwrap_or_default();
        files.extend(others::files(shorter));
        Ok(differences(shorter, &files).differences.iter().any(|other| other.is_like(difference)))
    })?;
    let mut files = python.read(std::slice::from_ref(&short))?.pop().unwrap_or_default();
    files.extend(others::files(&short));
    let left = differences(&short, &files).differences.into_iter().find(|other| other.is_like(difference));
    println!(
        "-- {} sees a {}: {:?}; cargo xtask differential --seed {} --first {number} --messages 1\n{}\n--",
        difference.reader,
        difference.kind,
        left.as_ref().unwrap_or(difference).name,
        run.options.seed,
        short.escape_ascii().to_string().replace("\\n", "\\n\n")
    );
    Ok(())
}
