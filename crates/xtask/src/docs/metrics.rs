//! Every metric of the code stands in the operator's manual.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use super::read;
use crate::command::command;

/// The page that lists them.
const PAGE: &str = "docs/admin/operations.md";

/// Metrics that the page does not name.
pub(super) fn undocumented(top: &Path) -> Result<Vec<String>> {
    let page = read(&top.join(PAGE))?;
    let names = names(top)?;
    let missing = names.into_iter().filter(|name| !page.contains(&format!("`{name}")));
    Ok(missing.map(|name| format!("{PAGE} does not name the metric {name}")).collect())
}

fn names(top: &Path) -> Result<BTreeSet<String>> {
    let listed = ["ls-files", "-co", "--exclude-standard", "crates/*.rs"];
    let output = command("git").args(listed).current_dir(top).output().context("git ls-files")?;
    let mut names = BTreeSet::new();
    for file in String::from_utf8(output.stdout)?.lines().map(|line| top.join(line)).filter(|file| file.exists()) {
        let text = read(&file)?;
        for kind in ["counter", "gauge", "histogram"] {
            let call = format!("metrics::{kind}!(\"");
            let calls = text.split(call.as_str()).skip(1);
            names.extend(calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    Ok(names)
}
