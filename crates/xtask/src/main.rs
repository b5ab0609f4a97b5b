//! `cargo xtask`: the things that developers and CI run. `ci` is what `./test` calls.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool speaks on the terminal")]

mod ambiguity;
mod bench;
mod catalogue;
mod ci;
mod command;
mod differential;
mod docs;
mod fuzz;
mod kill;
mod patience;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Postern's developer commands")]
struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that CI runs: fmt, clippy, tidy, tests, licences, docs.
    Ci {
        /// Also what takes hours: an hour of libFuzzer, a thousand kills, deaf peers, every line of the catalogue proved
        #[arg(long)]
        full: bool,
    },
    /// Layers, sizes, headers, lists, names.
    Tidy,
    /// Writes the pages of docs/reference that are made from the code.
    Docs {
        /// Write nothing, fail if a page is stale
        #[arg(long)]
        check: bool,
    },
    /// Measures the gateway beside other mail servers of this machine.
    Bench(bench::Options),
    /// Which test proves which row of the catalogue, to docs/reference/catalogue.md.
    Catalogue(catalogue::Options),
    /// Drives the fuzz targets with a seeded mutator, or with libFuzzer.
    Fuzz(fuzz::Options),
    /// Compares how mutated messages are read here and by other readers.
    Differential(differential::Options),
    /// How much honest mail can be read in two ways; fails above 1 in 1,000.
    Ambiguity(ambiguity::Options),
    /// kill -9 at random moments under load; nothing acknowledged may be lost.
    Kill(kill::Options),
    /// Waits, in real time, until peers that stopped reading are given up.
    Patience,
}

fn main() -> ExitCode {
    let result = match Options::parse().task {
        Task::Ci { full } => ci::run(full),
        Task::Tidy => tidy::run(),
        Task::Docs { check } => docs::run(check),
        Task::Bench(options) => bench::run(&options),
        Task::Catalogue(options) => catalogue::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Differential(options) => differential::run(&options),
        Task::Ambiguity(options) => ambiguity::run(&options),
        Task::Kill(options) => kill::run(&options),
        Task::Patience => patience::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
