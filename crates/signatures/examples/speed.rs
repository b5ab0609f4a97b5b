//! What looking at items costs: `cargo run --release --example speed -- FOLDER...`. Prints milliseconds of processor time an item
//! for scanning with one scanner, and for comparison a new scanner for each, SHA-256 and TLSH; then the slowest items. Files are
//! read before the clock starts.

use std::{io::Write, path::PathBuf};

use sha2::{Digest, Sha256};
use signatures::{Rules, Scanner, builtin, tlsh};

/// Rounds over all files.
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let (mut files, mut paths) = (Vec::new(), Vec::new());
    let mut waiting: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path)?.filter_map(|entry| Some(entry.ok()?.path())));
        } else {
            files.push(std::fs::read(&path)?);
            paths.push(path);
        }
    }
    let bytes: usize = files.iter().map(Vec::len).sum();
    writeln!(out, "{} files, mean {} bytes", files.len(), bytes / files.len().max(1))?;

    let start = cpu_ms()?;
    let (rules, _) = Rules::compile(&builtin::sources())?;
    writeln!(out, "compiling {} rules: {:.1} ms", rules.count(), cpu_ms()? - start)?;
    let start = cpu_ms()?;
    let carried = rules.to_bytes()?;
    writeln!(out, "to_bytes: {:.1} ms, {} bytes", cpu_ms()? - start, carried.len())?;
    let start = cpu_ms()?;
    let rules = Rules::from_bytes(&carried)?;
    writeln!(out, "from_bytes: {:.1} ms", cpu_ms()? - start)?;

    let mut scanner = Scanner::new(&rules);
    scanner.warm_up();
    let mut hits = 0;
    let mut slowest = Vec::new();
    for (file, path) in files.iter().zip(&paths) {
        let start = cpu_ms()?;
        hits += scanner.scan(file).matches.len();
        slowest.push((cpu_ms()? - start, path));
    }
    slowest.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    for (milliseconds, path) in slowest.into_iter().take(12) {
        writeln!(out, "{milliseconds:8.2} ms {}", path.display())?;
    }
    let mut time = |name: &str, rounds: usize, work: &mut dyn FnMut(&[u8])| -> Result<(), Box<dyn std::error::Error>> {
        let start = cpu_ms()?;
        for _ in 0..rounds {
            files.iter().for_each(|file| work(file));
        }
        let each = (cpu_ms()? - start) / (rounds * files.len().max(1)) as f64;
        writeln!(
            out,
            "{name}: {each:.4} ms an item, {:.0} MB/s",
            bytes as f64 / files.len().max(1) as f64 / each / 1000.0
        )?;
        Ok(())
    };
    time("scan, one scanner", ROUNDS, &mut |file| hits += scanner.scan(file).matches.len())?;
    time("scan, nothing in it", ROUNDS, &mut |_| hits += scanner.scan(b"").matches.len())?;
    time("scan, told a name", ROUNDS, &mut |file| hits += scanner.scan_named(file, "a.pdf", "text").matches.len())?;
    time("scan, new scanner each", 1, &mut |file| hits += Scanner::new(&rules).scan(file).matches.len())?;
    time("SHA-256", ROUNDS, &mut |file| hits += usize::from(Sha256::digest(file)[0] == 0))?;
    time("TLSH", 1, &mut |file| hits += usize::from(tlsh(file).is_some()))?;
    std::io::stderr().write_all(format!("{hits}\n").as_bytes())?;
    Ok(())
}

/// Processor time of this thread so far, milliseconds.
fn cpu_ms() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = stat.split(' ').next().ok_or("schedstat is empty")?.parse()?;
    Ok(nanoseconds / 1e6)
}
