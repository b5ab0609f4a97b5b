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

/// Builds `postern` in a profile and says where it is.
pub(crate) fn build_postern(profile: &str) -> Result<String> {
    // In the profile of the tests as one of the whole workspace: alone its libraries would be built once more, with fewer of
    // their features than the tests want. Elsewhere as it is shipped.
    let (folder, scope) = match profile {
        "dev" => ("debug", ["--workspace", "--bin=postern"]),
        _ => (profile, ["--package=gateway", "--bin=postern"]),
    };
    run("cargo", &[&["build", "--quiet", "--profile", profile], scope.as_slice()].concat())?;
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    Ok(metadata.target_directory.join(folder).join("postern").to_string())
}
