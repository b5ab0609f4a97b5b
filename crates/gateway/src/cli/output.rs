//! What every command prints with: JSON for machines, colours only on a terminal, errors with a hint on standard error.

use std::io::{ErrorKind, Write as _};

use anstyle::{AnsiColor, Style};
use net::clock::{Clock as _, SystemClock};
use serde_json::Value;

use super::table;
use crate::control::protocol::{Fault, exit};

/// Prints a text. A closed pipe ends the program quietly, as `head` wants it; any other trouble ends it with an error.
pub(crate) fn print(text: &str) {
    if let Err(error) = try_print(text) {
        give_up(&error);
    }
}

/// Prints a text, for those who must go on where that fails; [`unwritten`] says it at the end.
pub(crate) fn try_print(text: &str) -> std::io::Result<()> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints bytes as they are.
pub(crate) fn print_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout();
    if let Err(error) = out.write_all(bytes).and_then(|()| out.flush()) {
        give_up(&error);
    }
}

/// Standard output does not take what was written; none if only nobody reads any more.
pub(crate) fn unwritten(error: &std::io::Error) -> Option<Fault> {
    (error.kind() != ErrorKind::BrokenPipe).then(|| Fault::unavailable(format!("standard output: {error}"), ""))
}

fn give_up(error: &std::io::Error) -> ! {
    let fault = unwritten(error);
    if let Some(fault) = &fault {
        print_fault(fault, std::env::args_os().any(|argument| argument == "--json"));
    }
    std::process::exit(fault.map_or(exit::OK, |fault| fault.exit).into())
}

/// Prints sentences: they go on in the next line between words, from column `hang` on.
pub(crate) fn print_wrapped(text: &str, hang: usize) {
    print(&table::wrapped(text, table::terminal_columns(), hang));
}

/// Prints one JSON value, indented on a terminal, on one line elsewhere.
pub(crate) fn print_json(value: &Value) {
    print(&json_text(value));
}

/// What [`print_json`] prints.
pub(crate) fn json_text(value: &Value) -> String {
    use std::io::IsTerminal as _;
    if std::io::stdout().is_terminal() { format!("{value:#}\n") } else { format!("{value}\n") }
}

/// Prints why something was not done: for people, or as one JSON object `{"error": {"message", "hint", "exit"}}`.
pub(crate) fn print_fault(fault: &Fault, json: bool) {
    let mut err = anstream::stderr();
    // Standard error is the last resort; there is nowhere to report its failure.
    if json {
        let error = serde_json::json!({ "message": fault.message, "hint": fault.hint, "exit": fault.exit });
        let _ = writeln!(err, "{}", serde_json::json!({ "error": error }));
        return;
    }
    let columns = table::error_columns();
    let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    let text = table::wrapped(&format!("error: {}", fault.message), columns, "error: ".len());
    let _ = writeln!(err, "{red}error:{red:#}{}", text.strip_prefix("error:").unwrap_or(&text));
    if !fault.hint.is_empty() {
        let _ = writeln!(err, "{}", table::wrapped(&format!("  hint: {}", fault.hint), columns, "  hint: ".len()));
    }
}

/// Prints a note on standard error, out of the way of what is piped on.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{}", table::wrapped_as_it_stands(text, table::error_columns()));
}

/// A text field of a JSON object; empty where it is missing.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or("")
}

/// A list field of a JSON object.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A list field of a JSON object, its texts joined.
pub(crate) fn joined(value: &Value, field: &str, separator: &str) -> String {
    let items = value.get(field).and_then(Value::as_array);
    items.map(|items| items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(separator)).unwrap_or_default()
}

/// `1 recipient`, `2 recipients`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if noun.ends_with('h') { "es" } else { "s" };
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}{plural}") }
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

/// `2026-11-25T21:00:00.123Z` as `11-25 21:00:00`: lists show this year's times short, others as `2025-11-25 21:00`.
pub(crate) fn short_time(iso: &str) -> String {
    short_time_in(&SystemClock::new().now().to_string(), iso)
}

fn short_time_in(now: &str, iso: &str) -> String {
    let range = if iso.get(..4) == now.get(..4) { 5..19 } else { 0..16 };
    iso.get(range).map_or_else(|| iso.to_owned(), |text| text.replace('T', " "))
}

/// `3d`, `2h`, `15m`, `40s`: how long ago a time was.
pub(crate) fn ago(iso: &str) -> String {
    let Some(then) = mail::timestamp::Timestamp::parse(iso) else { return String::new() };
    let seconds = SystemClock::new().now().since(then).as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A sender of the envelope; that of a bounce is empty and shown as `<>`.
pub(crate) fn sender(address: &str) -> String {
    if address.is_empty() { "<>".to_owned() } else { address.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_of_another_year_have_one() {
        let now = "2026-01-02T10:00:00.000Z";
        assert_eq!(short_time_in(now, "2026-01-01T21:00:05.123Z"), "01-01 21:00:05");
        assert_eq!(short_time_in(now, "2025-12-31T21:00:05.123Z"), "2025-12-31 21:00");
        assert_eq!(short_time_in(now, "-"), "-");
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
        assert_eq!(unwritten(&ErrorKind::BrokenPipe.into()), None);
        assert_eq!(unwritten(&ErrorKind::StorageFull.into()).map(|fault| fault.exit), Some(exit::UNAVAILABLE));
    }
}
