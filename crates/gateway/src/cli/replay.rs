//! `postern replay`: were we right, and would we decide the same today?

use clap::Args;
use serde_json::Value;

use super::output::{counted, print, print_json, text};
use super::table;
use super::trace::Selection;
use super::{Global, ask};
use crate::control::protocol::{Fault, ReplayWith, Request, exit};

/// Either one message or a search.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Mail id; without one, every message that the search options find
    mail: Option<String>,
    /// With what was in force then, or with what is in force now
    #[arg(long, value_enum, default_value = "recorded")]
    with: ReplayWith,
    #[command(flatten)]
    selection: Selection,
}

/// Exit code 1 when something differs, or could not be compared.
pub(crate) fn run(global: &Global, arguments: Arguments) -> Result<u8, Fault> {
    let request = Request::Replay { id: arguments.mail, selection: arguments.selection.into(), with: arguments.with };
    let value = ask(global, request)?;
    if global.json {
        print_json(&value);
    } else {
        show(&value);
    }
    let not_same = ["differing", "needs_body", "refused"].iter().any(|field| count(&value, field) > 0);
    Ok(if not_same { exit::FOUND } else { exit::OK })
}

fn count(value: &Value, field: &str) -> u64 {
    value.get(field).and_then(Value::as_u64).unwrap_or(0)
}

fn show(value: &Value) {
    let results = value.get("results").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for result in results {
        let id = text(result, "id");
        match text(result, "result") {
            "same" if results.len() == 1 => print(&format!("{id}  same\n")),
            "same" => {}
            "differs" => print(&format!(
                "{id}  differs in {}: recorded {}, now {}\n",
                table::harmless(text(result, "field")),
                table::harmless(text(result, "recorded")),
                table::harmless(text(result, "computed")),
            )),
            "needs_body" => print(&format!("{id}  needs the body: {}\n", table::harmless(text(result, "detail")))),
            other => print(&format!("{id}  {other}: {}\n", table::harmless(text(result, "detail")))),
        }
    }
    let mut why = Vec::new();
    for (field, words) in [("differing", "different"), ("needs_body", "in need of the body"), ("refused", "refused")] {
        match count(value, field) {
            0 => {}
            number => why.push(format!("{number} {words}")),
        }
    }
    let all = u64::try_from(results.len()).unwrap_or(u64::MAX);
    let judgements = counted(all, "judgement");
    let not_same = all.saturating_sub(count(value, "same"));
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    print(&format!("{judgements} replayed, {not_same} not the same{why}.\n"));
    if let Some(next) = value.get("next").and_then(Value::as_str) {
        print(&format!("More: --after {next}\n"));
    }
}
