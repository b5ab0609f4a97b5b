//! Prints which messages of a folder are ambiguous, by kind, and how long reading them took: `ambiguous FOLDER...`. Real mail
//! has to be called ambiguous at most once in a thousand messages.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]
#![expect(clippy::disallowed_methods, reason = "it measures the time of reading")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use mail::message::Message;

fn main() -> std::io::Result<()> {
    for folder in std::env::args_os().skip(1) {
        let mut files = Vec::new();
        collect(Path::new(&folder), &mut files)?;
        files.sort();
        report(Path::new(&folder), &files)?;
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn report(folder: &Path, files: &[PathBuf]) -> std::io::Result<()> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut ambiguous, mut cut, mut read_again, mut bytes) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut spent = Duration::ZERO;
    for file in files {
        let raw = Bytes::from(std::fs::read(file)?);
        bytes = bytes.saturating_add(raw.len());
        let start = Instant::now();
        let message = Message::parse(raw);
        spent = spent.saturating_add(start.elapsed());
        cut = cut.saturating_add(usize::from(message.is_cut()));
        read_again = read_again.saturating_add(usize::from(!message.alternatives.is_empty()));
        let mut found: Vec<&str> = message.ambiguities.iter().map(|ambiguity| ambiguity.kind.word()).collect();
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            continue;
        }
        ambiguous = ambiguous.saturating_add(1);
        println!("{} {}", file.display(), found.join(" "));
        for kind in found {
            let count = kinds.entry(kind).or_default();
            *count = count.saturating_add(1);
        }
    }
    println!(
        "{}: {} messages, {bytes} bytes, {ambiguous} ambiguous, {read_again} in several readings, {cut} cut, {} us in all",
        folder.display(),
        files.len(),
        spent.as_micros()
    );
    for (kind, count) in kinds {
        println!("    {count} {kind}");
    }
    Ok(())
}
