//! Runs other programs, showing what they print.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A command, made in this one place.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a developer's tool runs cargo and the like")]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// Runs `program` and fails when it does.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let status = command(program).args(arguments).status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} {} failed", arguments.join(" "));
    }
    Ok(())
}
