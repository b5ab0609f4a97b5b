//! The pages of `docs/reference` that are made from the code: what the program says of itself, so that it stays true. `docs`
//! writes them; `docs --check` fails when one is stale or a metric stands in no table.

mod commands;
mod conditions;
mod configuration;
mod detectors;
mod metrics;
mod program;
mod refusals;

use std::path::Path;

use anyhow::{Context, Result, bail};

use program::Program;

use crate::catalogue;

/// Where the pages stand.
const FOLDER: &str = "docs/reference";
/// Under the heading of every page.
const NOTICE: &str = "<!-- Made by `cargo xtask docs` from the code; change it there. -->";

/// Writes all pages, or with `check` only says which ones are stale.
pub(crate) fn run(check: bool) -> Result<()> {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let top = metadata.workspace_root.as_std_path();
    let program = Program::build()?;
    let mut stale = Vec::new();
    for (name, text) in pages(top, &program)? {
        let path = top.join(FOLDER).join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            stale.push(format!("{FOLDER}/{name} is stale: cargo xtask docs"));
        } else {
            write(&path, &text)?;
            println!("wrote {FOLDER}/{name}");
        }
    }
    stale.extend(metrics::undocumented(top)?);
    stale.extend(catalogue::stale(top)?);
    for line in &stale {
        println!("{line}");
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!("docs: {} findings", stale.len())
}

fn pages(top: &Path, program: &Program) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("commands.md", commands::page(program)?),
        ("conditions.md", conditions::page()),
        ("configuration.md", configuration::page(top, program)?),
        ("detectors.md", detectors::page(top)?),
        ("fail-modes.md", fail_modes()),
        ("metrics.md", metrics::page()),
        ("refusals.md", refusals::page(top)?),
    ])
}

fn fail_modes() -> String {
    let introduction = "What happens when a check cannot be made. *Required*: nothing is delivered without it, unless a policy \
        names it in `deliver_without`. *Advisory*: the message is judged without it, and the trace says \"not checked\".";
    format!("{}{introduction}\n\n{}", head("When a check is down"), lookup::fail_modes())
}

/// Heading and notice of a page.
fn head(title: &str) -> String {
    format!("# {title}\n\n{NOTICE}\n\n")
}

/// A text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[expect(clippy::disallowed_methods, reason = "pages of the project, no data of the gateway")]
fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}
