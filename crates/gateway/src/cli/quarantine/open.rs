//! `postern quarantine open`: a mail that holds something encrypted is opened, judged anew and delivered if policy lets it go.

use std::path::PathBuf;

use clap::Args;
use scan::judge::UNSCANNABLE;
use serde_json::Value;

use crate::cli::output::{joined, list, print, print_json, print_wrapped, text};
use crate::cli::scan::show::percent;
use crate::cli::table::harmless;
use crate::cli::{Global, ask, secret};
use crate::control::protocol::{Fault, Request, exit};

/// Question on the terminal.
const QUESTION: &str = "Password (not shown; Enter alone: try words of the sender's other mail): ";
/// Column of a reason's second line.
const REASON_COLUMNS: usize = 4;

#[derive(Args)]
#[command(
    after_help = "The password is asked for on the terminal, or read from a file or standard input; it is kept nowhere. Without \
one, words of up to 20 other mails of the same sender to the same recipient are tried. Five wrong passwords lock the mail; `release` and \
`show --raw` still work then.\n\nExit codes: 0 opened and delivered; 1 opened and stopped by a rule, or nothing opened it; 2 wrong command \
line; 3 no such mail; 4 locked, nothing in it is encrypted, or not possible now."
)]
pub(crate) struct Arguments {
    /// Mail id, or at least 6 characters of its beginning
    id: String,
    /// Only this recipient's copy
    #[arg(long)]
    recipient: Option<String>,
    /// Read the password from this file, `-` for standard input; a line end behind it does not count
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Ask for no password: try words of the sender's other mail
    #[arg(long, conflicts_with = "password_file")]
    no_password: bool,
}

pub(crate) fn run(global: &Global, arguments: Arguments) -> Result<u8, Fault> {
    let Arguments { id, recipient, password_file, no_password } = arguments;
    let password = match password_file {
        Some(file) => Some(secret::from_file(&file)?),
        None if no_password || !secret::can_ask() => None,
        None => secret::asked(QUESTION)?,
    };
    let value = ask(global, Request::QuarantineOpen { id, recipient, password })?;
    if global.json {
        print_json(&value);
    } else {
        show(&value);
    }
    Ok(code(text(&value, "result")))
}

fn code(result: &str) -> u8 {
    match result {
        "released" => exit::OK,
        "stopped" | "wrong_password" | "no_word_fits" => exit::FOUND,
        _ => exit::UNAVAILABLE,
    }
}

fn show(value: &Value) {
    let id = text(value, "id");
    let left = value.get("tries_left").and_then(Value::as_u64).unwrap_or(0);
    match text(value, "result") {
        "wrong_password" if left == 0 => print_wrapped(
            &format!("The password is wrong, and that was the last try: {id} is locked.\n{LOCKED_HINT}"),
            REASON_COLUMNS,
        ),
        "wrong_password" => {
            let tries = crate::cli::output::counted(left, "try").replace("trys", "tries");
            print(&format!("The password is wrong: {tries} left for {id}.\n"));
        }
        "locked" => print_wrapped(
            &format!("{id} is locked: five wrong passwords were given for it.\n{LOCKED_HINT}"),
            REASON_COLUMNS,
        ),
        "no_word_fits" => print_wrapped(
            &format!(
                "No word of the sender's other mail opens {id}. Give the password: on the terminal, or with --password-file.\n"
            ),
            REASON_COLUMNS,
        ),
        "nothing_encrypted" => print_wrapped(
            &format!(
                "Nothing in {id} waits for a password. `postern quarantine show {id}` says why it was stopped; `release` \
                 delivers it.\n"
            ),
            REASON_COLUMNS,
        ),
        _ => show_opened(value),
    }
}

const LOCKED_HINT: &str =
    "`postern quarantine release` delivers it unopened; `show --raw` gives the message to look at elsewhere.\n";

fn show_opened(value: &Value) {
    let probability = value.get("probability").and_then(Value::as_f64).unwrap_or(0.0);
    let (id, class) = (text(value, "id"), text(value, "class"));
    let sure = if class == UNSCANNABLE { String::new() } else { format!(" (bad {})", percent(probability)) };
    print(&format!("{id} was opened and judged anew: {class}{sure}.\n"));
    for reason in list(value, "reasons") {
        print_wrapped(&format!("  {}\n", harmless(text(reason, "detail"))), REASON_COLUMNS);
    }
    for copy in list(value, "copies") {
        let is_released = copy.get("released").and_then(Value::as_bool) == Some(true);
        let because = joined(copy, "because", ", ");
        let because = if because.is_empty() { "no rule matched".to_owned() } else { because };
        let fate = if is_released { "released" } else { "stays in quarantine" };
        let (recipient, because) = (harmless(text(copy, "recipient")), harmless(&because));
        print_wrapped(&format!("  {recipient}: {fate} ({because})\n"), REASON_COLUMNS);
    }
}
