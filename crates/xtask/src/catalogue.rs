//! `cargo xtask catalogue`: which test proves which row of the test catalogue, and the line of production code whose removal turns it
//! red, to `docs/reference/catalogue.md`. Every named test and line must exist. `--prove` removes each line in a copy of the
//! project and looks whether the test notices.

mod cases;
mod check;
mod prove;
mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use testkit::corpus::shared_folder;

use crate::command::{build_postern, command};
use rows::{ROWS, Row};

/// Where the page stands.
const PAGE: &str = "docs/reference/catalogue.md";
/// What the last `--prove` found, kept so that the page can say it.
const PROVED: &str = "docs/reference/catalogue-proved.txt";
/// What the last long run of a row found, kept in the same way.
const LONG_RUNS: &str = "docs/reference/catalogue-long-runs.txt";

/// What to do.
#[derive(Args)]
pub(crate) struct Options {
    /// Remove each line in a copy of the project and run its tests; takes about a minute a row
    #[arg(long)]
    prove: bool,
    /// Only this row; may be given more than once
    #[arg(long)]
    id: Vec<String>,
    /// Instead: run the message cases of this folder (`cases.toml`) and compare verdicts and findings [default: the catalogue
    /// beside the project, if it is there]
    #[arg(long, value_name = "FOLDER")]
    cases: Option<Option<PathBuf>>,
    /// The program for --cases [default: built here]
    #[arg(long, value_name = "FILE", requires = "cases")]
    postern: Option<PathBuf>,
}

impl Options {
    /// Every row, proved.
    pub(crate) const fn prove() -> Self {
        Self { prove: true, id: Vec::new(), cases: None, postern: None }
    }
}

/// Writes the page.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(folder) = &options.cases {
        return run_cases(folder.as_deref(), options.postern.as_deref());
    }
    let rows: Vec<&Row> =
        ROWS.iter().filter(|row| options.id.is_empty() || options.id.iter().any(|id| id == row.id)).collect();
    if options.prove {
        prove::run(&rows)?;
    }
    let page = page()?;
    write(Path::new(PAGE), &page)?;
    println!("wrote {PAGE}: {} rows", ROWS.len());
    Ok(())
}

/// Runs the message cases of a folder, or of the catalogue beside the project where there is one.
///
/// # Errors
/// If a case is wrong.
pub(crate) fn run_cases(folder: Option<&Path>, postern: Option<&Path>) -> Result<()> {
    let beside = shared_folder().join("catalogue/cases");
    if folder.is_none() && !beside.is_dir() {
        println!("no message cases in {}: nothing to run", beside.display());
        return Ok(());
    }
    let folder = folder.unwrap_or(&beside);
    match postern {
        Some(postern) => cases::run(folder, postern),
        None => cases::run(folder, Path::new(&build_postern("dev")?)),
    }
}

/// What is wrong with the table and its page, by the sources alone.
///
/// # Errors
/// If they cannot be read.
pub(crate) fn stale(top: &Path) -> Result<Vec<String>> {
    let mut stale = check::rows(top)?;
    stale.extend(check::page(&std::fs::read_to_string(top.join(PAGE)).unwrap_or_default()));
    Ok(stale)
}

fn page() -> Result<String> {
    let missing = check::rows(Path::new("."))?;
    if !missing.is_empty() {
        bail!("catalogue:\n{}", missing.join("\n"));
    }
    let (results, proved) = (results(), noted(PROVED));
    let mut text = String::from(
        "# Test catalogue\n\n<!-- Made by `cargo xtask catalogue`. -->\n\n\
         Rows of the catalogue of reliability and security tests that this release has to meet, the tests that do it, their last result, and a \
         line of production code without which a test of the row fails. *Proved*: `cargo xtask catalogue --prove` has removed the line in a \
         copy of the project and the test failed, on that day.\n\n\
         | row | what | tests | result | production line | proved |\n|---|---|---|---|---|---|\n",
    );
    for row in ROWS {
        let names: Vec<String> = row.tests.iter().map(|(package, test)| format!("{package} {test}")).collect();
        let result = names.iter().map(|name| results.get(name).map_or("exists", String::as_str));
        let worst = result.max_by_key(|word| rank(word)).unwrap_or("exists");
        let place = place(row)?;
        let tests = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join("<br>");
        let proof = proved.get(row.id).map_or("-", String::as_str);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} | {tests} | {worst} | {place} | {proof} |", row.id, row.what);
    }
    text.push_str(rows::REMARKS);
    text.push_str("\n| row | last long run |\n|---|---|\n");
    for (id, found) in noted(LONG_RUNS) {
        let _ = writeln!(text, "| {id} | {found} |");
    }
    Ok(text)
}

fn rank(result: &str) -> u8 {
    match result {
        "failed" => 2,
        "exists" => 1,
        _ => 0,
    }
}

/// `path:line` of the line that a row names.
fn place(row: &Row) -> Result<String> {
    let source = std::fs::read_to_string(row.file).with_context(|| row.file.to_owned())?;
    let number = source.lines().position(|line| line.contains(row.line));
    let number = number.with_context(|| format!("{} has no line `{}`", row.file, row.line))?;
    Ok(format!("{}:{}", row.file, number + 1))
}

/// Results of the last run of nextest, from its JUnit file; nothing where there is none.
fn results() -> BTreeMap<String, String> {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec();
    let Ok(metadata) = metadata else { return BTreeMap::new() };
    // Beside the workspace, wherever the target folder lies.
    let file = metadata.workspace_root.join("target/nextest/default/junit.xml");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut results = BTreeMap::new();
    for case in text.split("<testcase ").skip(1) {
        let attribute = |name: &str| case.split_once(&format!("{name}=\""))?.1.split('"').next();
        let (Some(name), Some(binary)) = (attribute("name"), attribute("classname")) else { continue };
        let own = case.split("</testcase>").next().unwrap_or(case);
        let word = if own.contains("<failure") || own.contains("<error") { "failed" } else { "passed" };
        let package = binary.split("::").next().unwrap_or(binary);
        results.insert(format!("{package} {name}"), word.to_owned());
    }
    results
}

/// Notes what a long run of a row found, with the day.
pub(crate) fn note_long_run(id: &str, found: &str) -> Result<()> {
    let mut runs = noted(LONG_RUNS);
    runs.insert(id.to_owned(), format!("{} {found}", today()?));
    note(LONG_RUNS, &runs)
}

fn today() -> Result<String> {
    let said = command("date").args(["-u", "+%Y-%m-%d"]).output()?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

fn note(file: &str, notes: &BTreeMap<String, String>) -> Result<()> {
    let lines: String = notes.iter().map(|(id, what)| format!("{id} {what}\n")).collect();
    write(Path::new(file), &lines)
}

fn noted(file: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(id, what)| (id.to_owned(), what.to_owned())).collect()
}

#[expect(clippy::disallowed_methods, reason = "a developer's file, not mail")]
fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| file.display().to_string())
}
