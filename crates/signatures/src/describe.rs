//! The page of our own rules, for `docs/reference`: `cargo xtask docs` puts its heading above.

use yara_x::Rule;

use crate::{
    builtin,
    rules::{Rules, Unusable},
    scanner::{Severity, meta},
};

/// A table of our rules for each severity, the worst first: name, reason, reference.
///
/// # Errors
/// Our own rules do not compile.
pub fn describe() -> Result<String, Unusable> {
    let (rules, _) = Rules::compile(&builtin::sources())?;
    let mut page = introduction();
    for severity in [Severity::Malware, Severity::Suspicious, Severity::Info] {
        page.push_str(&format!(
            "\n## {}\n\n| rule | about | reason | reference |\n|---|---|---|---|\n",
            severity.word()
        ));
        for rule in rules.compiled().iter().filter(|rule| Severity::named(rule) == Some(severity)) {
            page.push_str(&row(&rule));
        }
    }
    Ok(page)
}

fn introduction() -> String {
    let files: Vec<&str> = builtin::FILES.iter().map(|(name, _)| *name).collect();
    format!(
        "Postern's own rules ({}), written for YARA-X and compiled into the program. Every item that was found inside a message \
         is looked at, macro source as extracted text. *malware*: never in honest mail. *suspicious*: seldom in honest mail. \
         *info*: worth knowing. Each rule has its own cases in `crates/signatures/rules/cases`.\n",
        files.join(", ")
    )
}

fn row(rule: &Rule<'_, '_>) -> String {
    let tags: Vec<&str> = rule.tags().map(|tag| tag.identifier()).collect();
    let cell = |text: &str| text.replace('|', "\\|");
    let reason = cell(meta(rule, "reason").unwrap_or(""));
    let reference = cell(meta(rule, "reference").unwrap_or(""));
    format!("| `{}` | {} | {reason} | <{reference}> |\n", rule.identifier(), tags.join(" "))
}
