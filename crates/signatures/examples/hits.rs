//! What our own rules say of files at hand: `cargo run --example hits -- FOLDER...`. For looking at false hits on clean files;
//! prints one line for each rule and file, then the sums. Files are read whole, links are not followed.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use signatures::{Rules, Scanner, builtin};

/// Larger files are left out: this looks at documents, not at disks.
const FILE_BYTES_MAX: u64 = 64 << 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (rules, faults) = Rules::compile(&builtin::sources())?;
    let mut out = std::io::stdout().lock();
    for fault in faults {
        writeln!(out, "{fault}")?;
    }
    let mut scanner = Scanner::new(&rules);
    let mut sums = BTreeMap::<(&str, &str), usize>::new();
    let mut files = 0;
    let mut waiting: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    while let Some(path) = waiting.pop() {
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if metadata.is_dir() {
            waiting.extend(std::fs::read_dir(&path)?.filter_map(|entry| Some(entry.ok()?.path())));
            continue;
        }
        if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else { continue };
        files += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for found in scanner.scan_named(&bytes, &name, "").matches {
            *sums.entry((found.severity.word(), found.rule)).or_default() += 1;
            writeln!(out, "{} {} {}", found.severity.word(), found.rule, Path::new(&path).display())?;
        }
    }
    writeln!(out, "{files} files")?;
    for ((severity, rule), count) in sums {
        writeln!(out, "{count:6} {severity} {rule}")?;
    }
    Ok(())
}
