//! `cargo xtask ambiguity`: how much honest mail can be read in two ways, by kind. Fails above one message in a thousand, and names
//! the messages, so that each can be looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use mail::message::Message;
use testkit::corpus::{shared_folder, with_crlf};

/// Ambiguous messages of a thousand honest ones, at most.
const RATE_MAX_PER_MILLE: f64 = 1.0;
/// Fewer messages say nothing about one in a thousand.
const MESSAGES_MIN: usize = 1_000;
/// What begins the name of a folder of honest mail.
const HONEST: &str = "ham";

/// What to measure.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Folders of honest messages, a file each [default: the development mail beside the project, if it is there]
    folders: Vec<PathBuf>,
}

/// Measures, and fails if it is too much.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folders = if options.folders.is_empty() { beside()? } else { options.folders.clone() };
    if folders.is_empty() {
        println!("ambiguity: no honest mail beside the project: nothing to measure");
        return Ok(());
    }
    let mut measured = Measured::default();
    for folder in &folders {
        measured.add_folder(folder)?;
    }
    measured.say()
}

/// Folders of honest mail beside the project; none where it is not there.
fn beside() -> Result<Vec<PathBuf>> {
    let folder = shared_folder().join("corpora/dev");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_honest = |path: &PathBuf| {
        path.is_dir() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(HONEST))
    };
    Ok(entries(&folder)?.into_iter().filter(is_honest).collect())
}

/// What lies in a folder, in the order of names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[derive(Default)]
struct Measured {
    messages: usize,
    /// Each with its kinds.
    ambiguous: Vec<(PathBuf, Vec<&'static str>)>,
}

impl Measured {
    fn add_folder(&mut self, folder: &Path) -> Result<()> {
        for path in entries(folder)? {
            if path.is_dir() {
                self.add_folder(&path)?;
                continue;
            }
            let raw = std::fs::read(&path).with_context(|| path.display().to_string())?;
            self.add(&path, &raw);
        }
        Ok(())
    }

    // As SMTP brings it: a file has the line ends of its system.
    fn add(&mut self, path: &Path, raw: &[u8]) {
        self.messages += 1;
        let message = Message::parse(with_crlf(raw).into());
        let mut kinds: Vec<&str> = message.ambiguities.iter().map(|ambiguity| ambiguity.kind.word()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            self.ambiguous.push((path.to_owned(), kinds));
        }
    }

    fn rate_per_mille(&self) -> f64 {
        // Counts of files are far below what a float holds exactly.
        1_000.0 * self.ambiguous.len() as f64 / self.messages.max(1) as f64
    }

    fn by_kind(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        self.ambiguous.iter().flat_map(|(_, kinds)| kinds).for_each(|kind| *counts.entry(*kind).or_default() += 1);
        counts
    }

    fn say(&self) -> Result<()> {
        for (path, kinds) in &self.ambiguous {
            println!("{}: {}", path.display(), kinds.join(", "));
        }
        println!("\n| kind | messages |\n|---|---:|");
        for (kind, count) in self.by_kind() {
            println!("| {kind} | {count} |");
        }
        let (rate, count) = (self.rate_per_mille(), self.ambiguous.len());
        println!("\nambiguity: {count} of {} honest messages, {rate:.2} in 1,000", self.messages);
        if self.messages < MESSAGES_MIN {
            bail!("{} messages are too few: at least {MESSAGES_MIN}", self.messages);
        }
        if rate > RATE_MAX_PER_MILLE {
            bail!("{rate:.2} in 1,000 can be read in two ways, at most {RATE_MAX_PER_MILLE}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(clean: usize, ambiguous: usize) -> Measured {
        let mut measured = Measured::default();
        for number in 0..clean + ambiguous {
            let more = if number < ambiguous { "Content-Type: text/html\n" } else { "" };
            let raw = format!("From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/plain\n{more}\nhello\n");
            measured.add(Path::new(&number.to_string()), raw.as_bytes());
        }
        measured
    }

    #[test]
    fn more_than_one_in_a_thousand_fails_and_is_named_by_kind() {
        let two = measured(1_998, 2);
        assert_eq!(two.by_kind().into_iter().collect::<Vec<_>>(), [("duplicate_content_type", 2)]);
        assert_eq!(two.ambiguous[0].0, Path::new("0"));
        assert!(two.say().is_ok(), "{}", two.rate_per_mille());
        let three = measured(1_997, 3).say().unwrap_err().to_string();
        assert_eq!(three, "1.50 in 1,000 can be read in two ways, at most 1");
        assert!(measured(10, 0).say().is_err(), "ten say nothing");
    }
}
