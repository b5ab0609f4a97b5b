//! `postern status` and `postern reload`.

use std::path::Path;

use mail::timestamp::Timestamp;
use net::clock::{Clock as _, SystemClock};
use serde_json::Value;

use super::output::{joined, list, print, print_json, print_wrapped, text};
use super::{Global, ask, data_folder, table};
use crate::control::protocol::{Fault, Request, exit};

/// Characters of a version that are shown.
const VERSION_CHARS: usize = 12;
/// Column of what goes on in the next line.
const HANGING_COLUMNS: usize = 2;

/// Says how the gateway is. Exit code 1 where none runs or it takes no mail.
pub(crate) fn show(global: &Global) -> Result<u8, Fault> {
    let mut value = ask(global, Request::Status)?;
    let data = data_folder(global)?;
    let is = |field: &str| value.get(field).and_then(Value::as_bool) == Some(true);
    let (running, healthy) = (is("running"), is("healthy"));
    let takes_mail = value.pointer("/daemon/health/takes_mail").and_then(Value::as_bool) != Some(false);
    if let Some(fields) = value.as_object_mut() {
        let whole = std::path::absolute(&data).unwrap_or_else(|_| data.clone());
        fields.insert("data".into(), whole.display().to_string().into());
        if let Some(started) = started(&data).filter(|_| running) {
            let uptime = SystemClock::new().now().unix_millis().saturating_sub(started.unix_millis()) / 1000;
            fields.insert("started".into(), started.to_string().into());
            fields.insert("uptime_seconds".into(), uptime.max(0).into());
        }
    }
    if global.json {
        print_json(&value);
    } else {
        print_status(&value, running, healthy);
    }
    Ok(if running && healthy && takes_mail { exit::OK } else { exit::FOUND })
}

// Every start makes the control socket anew.
fn started(data: &Path) -> Option<Timestamp> {
    let made = std::fs::metadata(data.join("control.sock")).and_then(|socket| socket.modified()).ok()?;
    let since = made.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_unix_millis(i64::try_from(since.as_millis()).ok()?))
}

fn print_status(value: &Value, running: bool, healthy: bool) {
    let daemon = value.get("daemon").cloned().unwrap_or_default();
    if running {
        let seconds = value.get("uptime_seconds").and_then(Value::as_u64);
        let since = seconds.map(|seconds| format!(", since {} ({})", text(value, "started"), duration(seconds)));
        print(&format!("The gateway runs: Postern {}{}.\n", text(value, "version"), since.unwrap_or_default()));
    } else {
        print("No gateway runs on this data folder.\n");
    }
    if !healthy {
        print("The disk failed: no mail is accepted until it is started again.\n");
    }
    for trouble in
        daemon.get("health").map_or(&[][..], |health| list(health, "troubles")).iter().filter_map(Value::as_str)
    {
        print_wrapped(&format!("{}\n", table::harmless(trouble)), HANGING_COLUMNS);
    }
    let paused = joined(value, "paused", ", ").replace('*', "all destinations");
    if !paused.is_empty() {
        print(&format!("Deliveries are paused: {}.\n", table::harmless(&paused)));
    }
    let sessions = daemon.get("sessions").and_then(Value::as_u64).map(|count| count.to_string());
    for (name, said) in [
        ("data", text(value, "data")),
        ("host name", text(&daemon, "hostname")),
        ("listens on", &joined(&daemon, "listen", ", ")),
        ("sessions", &sessions.unwrap_or_default()),
        ("signatures", &signatures(&daemon)),
    ] {
        if !said.is_empty() {
            print(&format!("  {name:<12} {}\n", table::harmless(said)));
        }
    }
    print("\nThe account, in pairs of message and recipient:\n");
    for (name, count) in value.get("account").and_then(Value::as_object).into_iter().flatten() {
        print(&format!("  {name:<12} {count}\n"));
    }
    let difference = value.get("difference").and_then(Value::as_i64).unwrap_or(0);
    let wrong = if difference == 0 { "" } else { "  (must be 0: keep the data folder and report it)" };
    print(&format!("  {:<12} {difference}{wrong}\n", "difference"));
}

// `57 rules, 2 lists of 1200 hashes, version 0123456789ab`; the version is that of traces.
fn signatures(daemon: &Value) -> String {
    let Some(set) = daemon.get("signatures") else { return String::new() };
    let number = |field: &str| set.get(field).and_then(Value::as_u64).unwrap_or(0);
    let shown = crate::signatures::phrase(number("rules"), number("lists"), number("hashes"));
    format!("{shown}, version {}", short_version(text(set, "version")))
}

/// As much of a version as tells two apart.
pub(super) fn short_version(version: &str) -> &str {
    version.get(..VERSION_CHARS).unwrap_or(version)
}

// The two largest units: `3 d 4 h`.
fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// Makes the daemon read configuration and settings again.
pub(crate) fn reload(global: &Global) -> Result<u8, Fault> {
    let value = ask(global, Request::Reload)?;
    if global.json {
        print_json(&value);
    } else {
        print(&format!("{}\n", text(&value, "message")));
    }
    Ok(exit::OK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_two_units_at_most() {
        let shown = [0, 59, 60, 3599, 3600, 7500, 86_400, 360_000].map(duration);
        assert_eq!(shown, ["0 s", "59 s", "1 min", "59 min", "1 h 0 min", "2 h 5 min", "1 d 0 h", "4 d 4 h"]);
    }
}
