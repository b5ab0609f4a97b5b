//! The rules of STYLE.md and ARCHITECTURE.md that a program can check. A rule that matters is a test.

mod dependencies;
mod features;
mod fuzz;
mod headers;
mod layers;
mod names;
mod sizes;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::command;

/// A source file of the project.
pub(crate) struct Source {
    /// Path from the top of the project.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    /// Tests may be longer and may unwrap.
    pub(crate) fn is_test(&self) -> bool {
        let path = self.path.to_string_lossy();
        path.contains("/tests") || path.ends_with("tests.rs") || path.contains("crates/testkit/")
    }
}

/// Checks everything and prints every finding.
pub(crate) fn run() -> Result<()> {
    let sources = sources()?;
    let mut findings = Vec::new();
    sizes::check(&sources, &mut findings);
    headers::check(&sources, &mut findings);
    names::check(&sources, &mut findings);
    fuzz::check(&sources, &mut findings);
    let metadata = cargo_metadata::MetadataCommand::new().exec().context("cargo metadata")?;
    layers::check(&metadata, &mut findings);
    dependencies::check(&metadata, &mut findings);
    features::check(&mut findings)?;
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} findings", findings.len());
    }
    println!("tidy: {} files, nothing to say", sources.len());
    Ok(())
}

fn sources() -> Result<Vec<Source>> {
    let output =
        command("git").args(["ls-files", "-co", "--exclude-standard", "*.rs"]).output().context("git ls-files")?;
    let list = String::from_utf8(output.stdout)?;
    let mut sources = Vec::new();
    for line in list.lines() {
        let path = Path::new(line);
        // Deleted, not yet committed.
        if !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(path).with_context(|| line.to_owned())?;
        sources.push(Source { path: path.to_owned(), text });
    }
    Ok(sources)
}
