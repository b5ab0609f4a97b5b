//! Removes a line in a copy of the project, runs the tests of its row, and looks whether one of them fails.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use testkit::corpus::shared_folder;

use super::rows::Row;
use super::{PROVED, note, noted, today, write};
use crate::command::{self, command};

/// What nextest exits with when a test failed.
const TESTS_FAILED: i32 = 100;

/// Tries every row, notes each, and fails at the end if a test did not notice.
pub(super) fn run(rows: &[&Row]) -> Result<()> {
    let copy = Copy::make()?;
    let mut proved = noted(PROVED);
    let mut unnoticed = Vec::new();
    for row in rows {
        let outcome = copy.without(row)?;
        println!("prove: {}: {outcome}", row.id);
        if outcome.starts_with("not") {
            unnoticed.push(row.id);
        }
        proved.insert(row.id.to_owned(), outcome);
        note(PROVED, &proved)?;
    }
    if !unnoticed.is_empty() {
        bail!("no test noticed that the line was gone: {}", unnoticed.join(", "));
    }
    Ok(())
}

/// A copy of what is committed, with a target folder of its own. It is removed when dropped.
struct Copy {
    folder: PathBuf,
    target: PathBuf,
    today: String,
}

impl Copy {
    fn make() -> Result<Self> {
        let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec()?;
        let base = metadata.target_directory.as_std_path().join("prove");
        let folder = base.join("copy");
        std::fs::create_dir_all(&base)?;
        // What an earlier run left behind.
        drop(command("git").args(["worktree", "remove", "--force"]).arg(&folder).output());
        let made = command("git").args(["worktree", "add", "--quiet", "--detach"]).arg(&folder).arg("HEAD").status()?;
        if !made.success() {
            bail!("git worktree add: {made}");
        }
        Ok(Self { folder, target: base.join("target"), today: today()? })
    }

    /// What came of it, in words.
    fn without(&self, row: &Row) -> Result<String> {
        let file = self.folder.join(row.file);
        let whole = std::fs::read_to_string(&file).with_context(|| row.file.to_owned())?;
        if !whole.contains(row.line) {
            bail!("{}: {} has no `{}`", row.id, row.file, row.line);
        }
        write(&file, &whole.replacen(row.line, row.without, 1))?;
        let outcome = self.run_tests(row);
        write(&file, &whole)?;
        outcome
    }

    /// Package by package, until one of them notices; the gateway, which takes longest to build, comes last.
    fn run_tests(&self, row: &Row) -> Result<String> {
        let mut packages: Vec<&str> = Vec::new();
        for (package, _) in row.tests {
            if !packages.contains(package) {
                packages.push(package);
            }
        }
        packages.sort_by_key(|package| *package == "gateway");
        for package in packages {
            if self.run_tests_of(row, package)? {
                return Ok(self.today.clone());
            }
        }
        Ok(format!("not noticed {}", self.today))
    }

    /// Whether one of the package's tests fails.
    fn run_tests_of(&self, row: &Row, package: &str) -> Result<bool> {
        let own = row.tests.iter().filter(|(its, _)| *its == package);
        let names: Vec<String> = own.map(|(_, test)| format!("test(={test})")).collect();
        let cargo = |verb: &[&str]| {
            let mut cargo = command("cargo");
            cargo.args(verb).args(["--package", package]).current_dir(&self.folder);
            cargo.env("CARGO_TARGET_DIR", &self.target).env("POSTERN_SHARED", shared_folder());
            cargo
        };
        let built = cargo(&["nextest", "run", "--no-run"]).output()?;
        if !built.status.success() {
            let errors = String::from_utf8_lossy(&built.stderr).into_owned();
            bail!("{}: without the line it does not build, so nothing is proved:\n{errors}", row.id);
        }
        let ran = cargo(&["nextest", "run", "--retries", "0"]).args(["-E", &names.join(" | ")]).output()?;
        match ran.status.code() {
            Some(0) => Ok(false),
            // Failed, ended by a signal, or out of time: all of them notice.
            Some(TESTS_FAILED) => Ok(true),
            _ => bail!("{}: {}\n{}", row.id, ran.status, String::from_utf8_lossy(&ran.stderr)),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let folder = self.folder.display().to_string();
        if let Err(error) = command::run("git", &["worktree", "remove", "--force", &folder]) {
            println!("prove: {error:#}");
        }
    }
}
