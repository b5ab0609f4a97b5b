//! What `cargo xtask` builds and what the tests build have the same features, or much of it would be compiled twice: cargo unites the
//! features of the packages it is told to build, and of no others.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::command::command;

pub(super) fn check(findings: &mut Vec<String>) -> Result<()> {
    let all = features(&["--workspace"])?;
    let own = features(&["--package", "xtask", "--edges", "normal,build"])?;
    for package in own.difference(&all) {
        findings.push(format!(
            "{package}: the tests want other features of it; name in crates/xtask/Cargo.toml what asks for them \
             (cargo tree --workspace -e features -i NAME)"
        ));
    }
    Ok(())
}

/// Every package with its features, one a line.
fn features(chosen: &[&str]) -> Result<BTreeSet<String>> {
    let output = command("cargo")
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p} {f}"])
        .args(chosen)
        .output()
        .context("cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    }
    let list = String::from_utf8(output.stdout)?;
    Ok(list.lines().map(|line| line.trim_end_matches("(*)").trim_end().to_owned()).collect())
}
