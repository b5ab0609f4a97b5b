//! Every file of `fuzz` is a target: one that is wired nowhere is never run, and nobody notices.

use std::path::Path;

use super::Source;

/// The driver of all targets.
const DRIVER: &str = "fuzz/libfuzzer.rs";
/// Where targets are listed: for the runs of every day, and for libFuzzer.
const LISTS: [&str; 2] = ["crates/xtask/src/fuzz/targets.rs", DRIVER];

/// Finds files that are no target.
pub(super) fn check(sources: &[Source], findings: &mut Vec<String>) {
    let targets = sources.iter().map(|source| source.path.as_path());
    let is_target = |path: &&Path| path.parent() == Some(Path::new("fuzz")) && *path != Path::new(DRIVER);
    for target in targets.filter(is_target) {
        let name = target.file_stem().unwrap_or_default().to_string_lossy();
        for list in LISTS {
            let text =
                sources.iter().find(|source| source.path == Path::new(list)).map_or("", |list| list.text.as_str());
            if !text.contains(&format!("\"{name}\"")) || !text.contains(&format!(" {name}::run")) {
                findings.push(format!("{}: no target in {list}", target.display()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_no_list_names_is_found() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.to_owned() };
        let wired = "Target { name: \"a\", run: a::run }";
        let sources = [
            source("fuzz/a.rs", ""),
            source("fuzz/b.rs", ""),
            source(LISTS[0], wired),
            source(DRIVER, "Ok(\"a\") => a::run,"),
        ];
        let mut findings = Vec::new();
        check(&sources, &mut findings);
        assert_eq!(findings, LISTS.map(|list| format!("fuzz/b.rs: no target in {list}")));
    }
}
