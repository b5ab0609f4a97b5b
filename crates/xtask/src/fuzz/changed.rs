//! How the time is shared: targets whose code was changed lately come first and get more of it.

use crate::command::command;

use super::targets::Target;

/// Commits back from here count as lately.
const COMMITS_LATELY: usize = 20;
/// Shares of a target whose code was changed, against one of another.
const SHARES_CHANGED: u64 = 3;

/// The targets and their seconds, those that were changed first; each has one second at least.
pub(super) fn shares<'a>(targets: &[&'a Target], seconds: u64) -> Vec<(&'a Target, u64)> {
    let changed = files();
    let mut ordered: Vec<(&Target, u64)> =
        targets.iter().map(|target| (*target, if is_changed(target, &changed) { SHARES_CHANGED } else { 1 })).collect();
    ordered.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    let all: u64 = ordered.iter().map(|(_, share)| share).sum();
    ordered.into_iter().map(|(target, share)| (target, (seconds * share / all.max(1)).max(1))).collect()
}

fn is_changed(target: &Target, changed: &[String]) -> bool {
    let own = format!("fuzz/{}.rs", target.name);
    let drives = |file: &str| {
        let below = file.strip_prefix("crates/").unwrap_or_default();
        let rest = target.code.iter().find_map(|code| below.strip_prefix(code));
        rest.is_some_and(|rest| rest.starts_with(['.', '/']))
    };
    changed.iter().any(|file| *file == own || drives(file))
}

/// Files that differ from what they were some commits ago, by git; none where there is no git.
fn files() -> Vec<String> {
    let since = format!("HEAD~{COMMITS_LATELY}");
    let said = |arguments: &[&str]| {
        let output = command("git").args(arguments).output().ok().filter(|output| output.status.success());
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    // A clone that is not deep has fewer commits: then only what is not committed counts.
    let committed = said(&["diff", "--name-only", &since]).or_else(|| said(&["diff", "--name-only", "HEAD"]));
    let new = said(&["ls-files", "--others", "--exclude-standard"]);
    [committed, new]
        .into_iter()
        .flatten()
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}
