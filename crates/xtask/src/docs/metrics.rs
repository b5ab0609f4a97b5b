//! `metrics.md`: what is measured, from the table by which the program registers it. Every metric of the code stands there and
//! in the operator's manual.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use web::metrics::METRICS;

use super::{cell, head, read};
use crate::command::command;

/// The page of the operator's manual that names them.
const PAGE: &str = "docs/admin/operations.md";

const INTRODUCTION: &str = "\
`/metrics` of the listener `http.listen`, Prometheus text. All counters are there with 0 from the start, with each value of their
label. No name of a person, domain or client is ever a label. [What is worth an alarm](../admin/operations.md#metrics)
";

pub(super) fn page() -> String {
    let mut page = head("Metrics");
    page.push_str(INTRODUCTION);
    page.push_str("\n| metric | kind | what |\n|---|---|---|\n");
    for metric in METRICS {
        let label = metric.label.map(|label| format!("{{{}}}", label.name)).unwrap_or_default();
        let values = metric.label.map(|label| format!("; {}: `{}`", label.name, label.values.join("`, `")));
        let what = cell(&format!("{}{}", metric.what, values.unwrap_or_default()));
        page.push_str(&format!("| `{}{label}` | {} | {what} |\n", metric.name, metric.kind.word()));
    }
    page
}

/// Metrics of the code that are not in the table, those of the table that the code never writes, and those that the manual does
/// not name.
pub(super) fn undocumented(top: &Path) -> Result<Vec<String>> {
    let page = read(&top.join(PAGE))?;
    let written = names(top)?;
    let known: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    let unknown = written.iter().filter(|name| !known.contains(name.as_str()));
    let mut findings: Vec<String> =
        unknown.map(|name| format!("the metric {name} is not in the table of web::metrics")).collect();
    let unwritten = known.iter().filter(|name| !written.contains(**name));
    findings.extend(unwritten.map(|name| format!("nothing writes the metric {name} of web::metrics")));
    let missing = known.iter().filter(|name| !page.contains(&format!("`{name}")));
    findings.extend(missing.map(|name| format!("{PAGE} does not name the metric {name}")));
    Ok(findings)
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
