//! The table of a run: what the script and the stations left behind, as one page of Markdown.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::stations::{AUTHENTICATE, BOUNDARY, BOUNDARY_MEDIAN, DETECT, PARSE, POLICY_AND_JOURNAL, SIGNATURES, UNPACK};
use super::write;

/// Figures of the script, a JSON object a line.
pub(super) const RESULTS: &str = "results.jsonl";
/// Figures of the stations.
pub(super) const STATIONS: &str = "stations.json";
/// The page.
const REPORT: &str = "report.md";
/// The gateway's name in the figures.
const GATEWAY: &str = "gateway";
/// Milliseconds that a message may cost at a station, and should: must and goal of the budget.
const BUDGET: [(&str, f64, f64); 7] = [
    (PARSE, 0.15, 0.08),
    (BOUNDARY, 0.15, 0.05),
    (UNPACK, 0.35, 0.15),
    (SIGNATURES, 0.25, 0.12),
    (AUTHENTICATE, 0.15, 0.08),
    (DETECT, 0.30, 0.15),
    (POLICY_AND_JOURNAL, 0.10, 0.04),
];
/// The same for what remains, and for all together; stations of later releases have their share of the sum.
const REMAINDER: (f64, f64) = (0.45, 0.30);
const WHOLE: (f64, f64) = (2.0, 1.0);

/// A row: its name, the phase and field of its figure, decimals, how rounds become one.
struct Row {
    name: &'static str,
    phase: &'static str,
    field: &'static str,
    decimals: usize,
    of: fn(Vec<f64>) -> Option<f64>,
}

const fn row(name: &'static str, phase: &'static str, field: &'static str, decimals: usize) -> Row {
    Row { name, phase, field, decimals, of: median }
}

const fn most(name: &'static str, phase: &'static str, field: &'static str) -> Row {
    Row { name, phase, field, decimals: 0, of: largest }
}

const ROWS: [Row; 17] = [
    row("messages/s, 32 sessions", "c32", "rate", 0),
    row("messages/s, 1 session", "c1", "rate", 0),
    row("messages/s, 128 sessions", "c128", "rate", 0),
    row("messages/s of 4 KB, 32 sessions", "small", "rate", 0),
    row("CPU seconds per 1,000, 32 sessions", "c32", "cpu_per_1000", 2),
    row("transaction p50, 32 sessions, ms", "c32", "tx_p50", 1),
    row("transaction p99, 32 sessions, ms", "c32", "tx_p99", 1),
    row("transaction p50, 1 session, ms", "c1", "tx_p50", 1),
    row("transaction p99, 1 session, ms", "c1", "tx_p99", 1),
    row("to the sink p50, 32 sessions, ms", "c32", "e2e_p50", 1),
    row("to the sink p99, 32 sessions, ms", "c32", "e2e_p99", 1),
    row("flushes a message, 32 sessions", "c32", "flush_per_msg", 2),
    row("flushes a message, 1 session", "c1", "flush_per_msg", 2),
    most("PSS, 32 sessions, MB", "c32", "pss_mb"),
    most("RSS, 32 sessions, MB", "c32", "rss_mb"),
    most("idle sessions held", "idle", "banners"),
    most("PSS with them, MB", "idle", "pss_idle_mb"),
];

/// Writes the page, and prints it.
pub(super) fn run(folder: &Path) -> Result<()> {
    let text =
        std::fs::read_to_string(folder.join(RESULTS)).context("there was no run yet: cargo xtask bench gateway")?;
    let figures = Figures(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect());
    let mut page = String::from("# Postern beside other mail servers\n\n");
    page.push_str(&servers(&figures));
    let stations = std::fs::read_to_string(folder.join(STATIONS)).ok();
    let stations: Option<Value> = stations.and_then(|text| serde_json::from_str(&text).ok());
    page.push_str(&asked(&figures, stations.as_ref()));
    match stations {
        Some(measured) => page.push_str(&by_station(&figures, &measured)),
        None => page.push_str("\nThe stations were not measured: `cargo xtask bench gateway` does it.\n"),
    }
    print!("{page}");
    write(&folder.join(REPORT), &page)?;
    println!("\nwrote {}", folder.join(REPORT).display());
    Ok(())
}

struct Figures(Vec<Value>);

impl Figures {
    /// Names in the order in which they ran; what is no server is left out.
    fn peers(&self) -> Vec<&str> {
        let mut peers = Vec::new();
        for name in self.0.iter().filter_map(|figure| figure.get("peer")?.as_str()) {
            if !peers.contains(&name) && !["machine", "spamd", "rspamd-http"].contains(&name) {
                peers.push(name);
            }
        }
        peers
    }

    fn of(&self, peer: &str, phase: &str, field: &str) -> Vec<f64> {
        let of = |figure: &&Value| {
            let is = |key, value| figure.get(key).and_then(Value::as_str) == Some(value);
            is("peer", peer) && is("phase", phase)
        };
        self.0.iter().filter(of).filter_map(|figure| figure.get(field)?.as_f64()).collect()
    }

    fn one(&self, peer: &str, phase: &str, field: &str) -> Option<f64> {
        median(self.of(peer, phase, field))
    }

    fn sum(&self, peer: &str, fields: &[&str]) -> f64 {
        let of_peer = self.0.iter().filter(|figure| figure.get("peer").and_then(Value::as_str) == Some(peer));
        let of_peer = of_peer.filter(|figure| figure.get("phase").and_then(Value::as_str) != Some("idle"));
        of_peer.flat_map(|figure| fields.iter().filter_map(|field| figure.get(*field)?.as_f64())).sum()
    }

    /// Ratio to Postfix of the rates of the same rounds.
    fn ratio(&self, peer: &str) -> Option<f64> {
        let (rates, postfix) = (self.of(peer, "c32", "rate"), self.of("postfix", "c32", "rate"));
        median(rates.iter().zip(&postfix).map(|(rate, postfix)| rate / postfix).collect())
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values.get(middle).copied()
    } else {
        Some((values.get(middle.checked_sub(1)?)? + values.get(middle)?) / 2.0)
    }
}

fn largest(values: Vec<f64>) -> Option<f64> {
    values.into_iter().max_by(f64::total_cmp)
}

fn shown(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

fn servers(figures: &Figures) -> String {
    let peers = figures.peers();
    let names: Vec<&str> = peers.iter().map(|peer| if *peer == GATEWAY { "postern" } else { peer }).collect();
    let mut page = format!("| | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len()));
    let mut line = |name: &str, cells: Vec<String>| {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| {name} | {} |", cells.join(" | "));
    };
    for row in &ROWS {
        let cell = |peer: &&str| shown((row.of)(figures.of(peer, row.phase, row.field)), row.decimals);
        line(row.name, peers.iter().map(cell).collect());
        if row.name.starts_with("messages/s, 32") {
            line("ratio to Postfix, same rounds", peers.iter().map(|peer| shown(figures.ratio(peer), 2)).collect());
        }
    }
    let counts: [(&str, &[&str]); 4] = [
        ("lost", &["lost"]),
        ("doubled", &["dup"]),
        ("refused", &["rejected", "tempfail"]),
        ("changed on the way", &["bodydiff"]),
    ];
    for (name, fields) in counts {
        line(name, peers.iter().map(|peer| shown(Some(figures.sum(peer, fields)), 0)).collect());
    }
    page + "\nMedians of the rounds, the largest for memory. Transaction: MAIL to the final reply.\n"
}

/// What this release promises, and whether the run kept it.
fn asked(figures: &Figures, stations: Option<&Value>) -> String {
    let boundary = stations.and_then(|stations| stations.get(BOUNDARY_MEDIAN)?.as_f64());
    let promises = [
        (
            "ratio to Postfix at 32 sessions",
            figures.ratio(GATEWAY),
            ">= 1",
            figures.ratio(GATEWAY).map(|ratio| ratio >= 1.0),
        ),
        (
            "PSS at 32 sessions, MB",
            largest(figures.of(GATEWAY, "c32", "pss_mb")),
            "< 120",
            largest(figures.of(GATEWAY, "c32", "pss_mb")).map(|pss| pss < 120.0),
        ),
        (
            "flushes a message at 32 sessions",
            figures.one(GATEWAY, "c32", "flush_per_msg"),
            "<= 0.4",
            figures.one(GATEWAY, "c32", "flush_per_msg").map(|flushes| flushes <= 0.4),
        ),
        ("boundary to the worker at the median, ms", boundary, "< 0.15", boundary.map(|boundary| boundary < 0.15)),
    ];
    let mut page = String::from("\n| asked | measured | limit | kept |\n|---|---:|---:|---|\n");
    for (name, value, limit, kept) in promises {
        let kept = kept.map_or("not measured", |kept| if kept { "yes" } else { "**no**" });
        let _ = writeln!(page, "| {name} | {} | {limit} | {kept} |", shown(value, 2));
    }
    page
}

fn by_station(figures: &Figures, measured: &Value) -> String {
    let number = |field: &str| measured.get(field).and_then(Value::as_f64);
    let mut page = format!(
        "\n## CPU by station\n\nSeconds per 1,000 messages, which is milliseconds a message. *Measured*: {} messages of the same mix, {} KB in the \
         mean, one by one in a process of its own, CPU of its thread (boundary: of process and worker, less unpacking; \
         signatures: of a worker with our rules, less one without; journal: of a store with search files, less one without). *Remainder*: CPU of the whole gateway at 32 sessions, less the stations: sockets, SMTP, log, delivery.\n\n\
         | station | CPU s per 1,000 | must | goal | how |\n|---|---:|---:|---:|---|\n",
        shown(number("messages"), 0),
        shown(number("bytes_mean").map(|bytes| bytes / 1_000.0), 0),
    );
    let cost = |station: &str| measured.get("ms").and_then(|all| all.get(station)).and_then(Value::as_f64);
    let whole = figures.one(GATEWAY, "c32", "cpu_per_1000");
    let stations: f64 = BUDGET.iter().filter_map(|(station, ..)| cost(station)).sum();
    let mut line = |name: &str, value: Option<f64>, (must, goal): (f64, f64), how: &str| {
        let mark = if value.is_some_and(|value| value > must) { " **over**" } else { "" };
        let _ = writeln!(page, "| {name} | {}{mark} | {must:.2} | {goal:.2} | {how} |", shown(value, 3));
    };
    line("transport and log", whole.map(|whole| whole - stations), REMAINDER, "remainder");
    for (station, must, goal) in BUDGET {
        line(station, cost(station), (must, goal), "measured");
    }
    line("**whole gateway**", whole, WHOLE, "measured beside the peers");
    page
}
