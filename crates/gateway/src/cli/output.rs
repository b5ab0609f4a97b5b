//! What every command prints with: JSON for machines, colours only on a terminal, errors with a hint on standard error.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::control::protocol::{Fault, exit};

/// Prints a text; a closed pipe ends quietly, as `head` wants it.
pub(crate) fn print(text: &str) {
    let mut out = anstream::stdout();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        // Nobody reads any more.
        std::process::exit(i32::from(exit::OK));
    }
}

/// Prints one JSON value, indented on a terminal, on one line elsewhere.
pub(crate) fn print_json(value: &Value) {
    use std::io::IsTerminal as _;
    let text = if std::io::stdout().is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    if let Ok(text) = text {
        print(&format!("{text}\n"));
    }
}

/// Prints why something was not done: for people, or as one JSON object `{"error": {"message", "hint", "exit"}}`.
pub(crate) fn print_fault(fault: &Fault, json: bool) {
    if json {
        let error = serde_json::json!({ "message": fault.message, "hint": fault.hint, "exit": fault.exit });
        note(&serde_json::json!({ "error": error }).to_string());
        return;
    }
    let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    let mut err = anstream::stderr();
    // Standard error is the last resort; there is nowhere to report its failure.
    let _ = writeln!(err, "{red}error:{red:#} {}", fault.message);
    if !fault.hint.is_empty() {
        let _ = writeln!(err, "  hint: {}", fault.hint);
    }
}

/// Prints a note on standard error, out of the way of what is piped on.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// A text field of a JSON object; empty where it is missing.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or("")
}

/// A list field of a JSON object, its texts joined.
pub(crate) fn joined(value: &Value, field: &str, separator: &str) -> String {
    let items = value.get(field).and_then(Value::as_array);
    items.map(|items| items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(separator)).unwrap_or_default()
}

/// `1 recipient`, `2 recipients`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A size with a unit, three digits.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 10_000 && unit + 1 < UNITS.len() {
        value /= 1000;
        unit += 1;
    }
    format!("{value} {}", UNITS.get(unit).unwrap_or(&"B"))
}

/// `2026-11-25T21:00:00.123Z` as `11-25 21:00:00`: lists show this year's times short.
pub(crate) fn short_time(iso: &str) -> String {
    iso.get(5..19).map_or_else(|| iso.to_owned(), |text| text.replace('T', " "))
}
