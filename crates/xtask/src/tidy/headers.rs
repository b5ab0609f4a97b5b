//! Every file opens with `//!`: what it owns (STYLE 13). No `mod.rs`, no `#[ignore]`, nothing left behind (STYLE 16, 21).

use super::Source;

/// Marks that must not stay, spelled apart so that this file does not find itself.
const LEFT_BEHIND: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimpl", "emented!("), concat!("to", "do!(")];

pub(super) fn check(sources: &[Source], findings: &mut Vec<String>) {
    for source in sources {
        let path = source.path.display();
        let is_tests_file = source.path.file_name().is_some_and(|name| name == "tests.rs");
        if !source.text.starts_with("//!") && !is_tests_file {
            findings.push(format!("{path}:1: the file does not say what it owns (`//!`)"));
        }
        if source.path.file_name().is_some_and(|name| name == "mod.rs") {
            findings.push(format!("{path}: no mod.rs: foo.rs beside foo/"));
        }
        for (number, line) in source.text.lines().enumerate() {
            if line.trim_start().starts_with(concat!("#[ign", "ore")) {
                findings.push(format!("{path}:{}: a test is never ignored", number + 1));
            }
            if let Some(mark) = LEFT_BEHIND.iter().find(|mark| line.contains(**mark)) {
                findings.push(format!("{path}:{}: {mark} was left behind", number + 1));
            }
        }
    }
}
