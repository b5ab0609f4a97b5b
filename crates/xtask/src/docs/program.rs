//! The program itself, asked for what it says of its commands and options.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::command::{build_postern, command};

/// The built `postern`.
pub(super) struct Program {
    path: PathBuf,
}

impl Program {
    /// Builds it, in the profile of the tests.
    pub(super) fn build() -> Result<Self> {
        Ok(Self { path: build_postern("dev")?.into() })
    }

    /// What it prints; the same on every terminal and with every environment.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String> {
        let mut asked = command(&self.path);
        asked.args(arguments).stdin(Stdio::null()).stderr(Stdio::piped());
        for name in ["COLUMNS", "POSTERN_CONFIG", "POSTERN_DATA"] {
            asked.env_remove(name);
        }
        let output = asked.output().with_context(|| self.path.display().to_string())?;
        if !output.status.success() {
            bail!("postern {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
