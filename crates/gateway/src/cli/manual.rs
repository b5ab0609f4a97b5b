//! Shell completions and man pages, made from the command line's own definition.

use std::path::Path;

use clap::CommandFactory;

use super::Cli;
use super::output::note;
use crate::control::protocol::{Fault, exit};

/// Prints completions.
pub(crate) fn completions(shell: clap_complete::Shell) -> u8 {
    clap_complete::generate(shell, &mut Cli::command(), "postern", &mut std::io::stdout());
    exit::OK
}

/// Writes `postern.1`, `postern-queue.1` ... into a folder.
pub(crate) fn pages(folder: &Path) -> Result<u8, Fault> {
    let failed = |error: std::io::Error| Fault::unavailable(format!("{}: {error}", folder.display()), "");
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    note(&format!("man pages are in {}", folder.display()));
    Ok(exit::OK)
}
