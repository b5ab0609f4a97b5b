//! Whether the table is true of the sources, without building anything: every row has tests and a line that exist, every row that
//! this release answers for is there or spoken of, and the page says the same.

use std::path::Path;

use anyhow::{Context, Result};

use super::rows::{REMARKS, ROWS};
use super::{PAGE, cases};
use crate::command::command;

/// Rows of the groups that are answered for whole: each has tests and a line.
const WANTED: &[&str] = &[
    "MIME-01", "MIME-02", "MIME-03", "MIME-04", "MIME-05", "MIME-06", "MIME-07", "MIME-08", "MIME-09", "MIME-10",
    "MIME-11", "MIME-12", "MIME-13", "MIME-15", "ARC-01", "ARC-02", "ARC-03", "ARC-04", "ARC-05", "ARC-06", "ARC-07",
    "ARC-08", "ARC-09", "ARC-10", "ARC-11", "URL-01", "URL-10", "OPS-03", "OPS-04", "OPS-10",
];
/// Rows of them that nobody must meet: there is a sentence about each.
const SPOKEN_OF: &[&str] = &["MIME-14", "ARC-12"];
/// Lines between an attribute and the function it stands on.
const ATTRIBUTE_LINES_MAX: usize = 4;

/// A source file of a crate.
struct Source {
    package: String,
    /// `tests::gateway::variants::mime`, `src::passwords`.
    module: String,
    text: String,
}

/// What is wrong with the table, a line each.
pub(super) fn rows(top: &Path) -> Result<Vec<String>> {
    let sources = sources(top)?;
    let mut findings = Vec::new();
    for (number, row) in ROWS.iter().enumerate() {
        let id = row.id;
        if ROWS.iter().take(number).any(|before| before.id == id) {
            findings.push(format!("catalogue: {id} stands twice"));
        }
        if row.tests.is_empty() {
            findings.push(format!("catalogue: {id} has no test"));
        }
        let is_there = |(package, test): &&(&str, &str)| sources.iter().any(|source| source.has(package, test));
        let missing = row.tests.iter().filter(|test| !is_there(test));
        findings.extend(missing.map(|(package, test)| format!("catalogue: {id}: no test `{package} {test}`")));
        let file = std::fs::read_to_string(top.join(row.file)).unwrap_or_default();
        if !file.lines().any(|line| line.contains(row.line)) {
            findings.push(format!("catalogue: {id}: {} has no line `{}`", row.file, row.line));
        }
    }
    let missing = WANTED.iter().filter(|id| !ROWS.iter().any(|row| row.id == **id));
    findings.extend(missing.map(|id| format!("catalogue: no row {id}")));
    let unknown = cases::cited().filter(|(package, test)| !sources.iter().any(|source| source.has(package, test)));
    findings.extend(unknown.map(|(package, test)| format!("message cases: no test `{package} {test}`")));
    let silent = SPOKEN_OF.iter().filter(|id| !REMARKS.contains(**id));
    findings.extend(silent.map(|id| format!("catalogue: no sentence about {id}")));
    Ok(findings)
}

/// What the page lacks of the table. Numbers of lines and results of tests change every day and are those of the day it was made.
pub(super) fn page(page: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for row in ROWS {
        let line = page.lines().find(|line| line.starts_with(&format!("| {} | {} |", row.id, row.what)));
        let names_all =
            |line: &str| row.tests.iter().all(|(package, test)| line.contains(&format!("`{package} {test}`")));
        if !line.is_some_and(names_all) {
            findings.push(format!("{PAGE} does not have {} as it is: cargo xtask catalogue", row.id));
        }
    }
    if !page.contains(REMARKS) {
        findings.push(format!("{PAGE} has other remarks: cargo xtask catalogue"));
    }
    findings
}

fn sources(top: &Path) -> Result<Vec<Source>> {
    let listed =
        command("git").args(["ls-files", "-co", "--exclude-standard", "crates/*.rs"]).current_dir(top).output();
    let listed = String::from_utf8(listed.context("git ls-files")?.stdout)?;
    let mut sources = Vec::new();
    for path in listed.lines() {
        let Some((package, rest)) = path.strip_prefix("crates/").and_then(|path| path.split_once('/')) else {
            continue;
        };
        let module = rest.trim_end_matches(".rs").trim_end_matches("/main").trim_end_matches("/lib").replace('/', "::");
        // Deleted, and not committed yet.
        let Ok(text) = std::fs::read_to_string(top.join(path)) else { continue };
        sources.push(Source { package: package.to_owned(), module, text });
    }
    Ok(sources)
}

impl Source {
    /// It holds a test of this name: its modules are those of the file, with `tests` within it.
    fn has(&self, package: &str, test: &str) -> bool {
        let (modules, name) = test.rsplit_once("::").unwrap_or(("", test));
        let within =
            |modules: &str| modules.is_empty() || format!("::{}", self.module).ends_with(&format!("::{modules}"));
        let is_here = within(modules) || modules.strip_suffix("::tests").is_some_and(within);
        self.package == package && is_here && self.has_test(name)
    }

    fn has_test(&self, name: &str) -> bool {
        let lines: Vec<&str> = self.text.lines().collect();
        let begins = |line: &str| line.contains(&format!("fn {name}("));
        let is_test = |at: usize| {
            let above = lines.get(at.saturating_sub(ATTRIBUTE_LINES_MAX)..at).unwrap_or_default();
            let mut own = above.iter().rev().take_while(|line| !line.trim().is_empty() && !line.contains("fn "));
            own.any(|line| line.contains("#[test]") || line.contains("#[tokio::test"))
        };
        // A test that is a program of its own says its name when it is asked.
        let is_named = || self.text.contains(&format!("const TEST: &str = \"{name}\";"));
        lines.iter().enumerate().any(|(at, line)| begins(line) && is_test(at)) || is_named()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    #[test]
    fn every_row_names_tests_and_a_line_that_exist_and_stands_on_the_page() {
        assert_eq!(rows(top()).unwrap(), [""; 0]);
        let made = std::fs::read_to_string(top().join(PAGE)).unwrap();
        assert_eq!(page(&made), [""; 0]);
        // What is not there is told.
        let without = made.replace("| ARC-02 |", "| ARC-99 |");
        assert_eq!(page(&without), [format!("{PAGE} does not have ARC-02 as it is: cargo xtask catalogue")]);
    }

    #[test]
    fn a_test_is_known_by_its_package_its_modules_and_its_name() {
        let text = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() {}\n\n    fn none() {}\n}\n".to_owned();
        let source = Source { package: "mail".to_owned(), module: "src::names".to_owned(), text };
        assert!(source.has("mail", "names::tests::one"));
        for (package, test) in [
            ("unpack", "names::tests::one"),
            ("mail", "names::tests::two"),
            ("mail", "other::tests::one"),
            ("mail", "names::tests::none"),
        ] {
            assert!(!source.has(package, test), "{package} {test}");
        }
    }
}
