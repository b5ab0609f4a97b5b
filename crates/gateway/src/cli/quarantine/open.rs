//! `postern quarantine open`: a mail that holds something encrypted is opened, judged anew and delivered if policy lets it go.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use scan::judge::UNSCANNABLE;
use serde_json::{Value, json};

use crate::cli::output::{joined, list, note, print, print_json, print_wrapped, text};
use crate::cli::scan::show::percent;
use crate::cli::table::harmless;
use crate::cli::{Global, ask, data_folder, secret};
use crate::control::client::{self, Reached};
use crate::control::protocol::{Answer, Fault, Request, Secret, exit};

/// Question on the terminal.
const QUESTION: &str = "Password (not shown; Enter alone: try words of the sender's other mail): ";
/// Somebody piped a password in and believes that it was tried.
const NOT_READ: &str = "standard input was not read; `--password-file -` reads it";
/// Column of a reason's second line.
const REASON_COLUMNS: usize = 4;

#[derive(Args)]
#[command(
    after_help = "The password is asked for on the terminal, or read from a file or standard input; it is kept nowhere. A file may \
hold up to five, one a line: they are tried together, as one try, where parts of the mail have several. Without one, words of up to \
20 other mails of the same sender to the same recipient are tried. Five wrong passwords lock the mail; `release` and `show --raw` \
still work then. What is encrypted for its reader (OpenPGP, S/MIME) no password opens here.\n\nExit codes: 0 opened and delivered; 1 \
opened and stopped by a rule, or nothing opened it; 2 wrong command line; 3 no such mail; 4 locked, nothing in it is encrypted or only \
for its reader, cancelled, or not possible now."
)]
pub(crate) struct Arguments {
    /// Mail id, or at least 6 characters of its beginning
    id: String,
    /// Only this recipient's copy
    #[arg(long)]
    recipient: Option<String>,
    /// Read the password from this file, `-` for standard input; up to five, one a line, are tried together
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Ask for no password: try words of the sender's other mail
    #[arg(long, conflicts_with = "password_file")]
    no_password: bool,
}

pub(crate) fn run(global: &Global, arguments: Arguments) -> Result<u8, Fault> {
    let Arguments { id, recipient, password_file, no_password } = arguments;
    let is_unread = password_file.is_none() && !no_password && !std::io::stdin().is_terminal();
    let value = match password_file {
        Some(file) => {
            let password = Some(secret::from_file(&file)?);
            ask(global, Request::QuarantineOpen { id, recipient, password })?
        }
        None if no_password || !secret::can_ask() => {
            ask(global, Request::QuarantineOpen { id, recipient, password: None })?
        }
        None => match locked(global, &id) {
            Some(locked) => locked,
            None => ask(global, Request::QuarantineOpen { id, recipient, password: asked()? })?,
        },
    };
    let result = text(&value, "result");
    if is_unread && result == "no_word_fits" {
        note(&if global.json { json!({ "note": NOT_READ }).to_string() } else { NOT_READ.to_owned() });
    }
    if global.json {
        print_json(&value);
    } else {
        show(&value);
    }
    Ok(code(result))
}

// What is typed, or not, is no part of the command line.
fn asked() -> Result<Option<Secret>, Fault> {
    secret::asked(QUESTION).map_err(|fault| Fault { exit: exit::UNAVAILABLE, ..fault })
}

// The answer about a locked mail, before somebody types in vain. Only a daemon is asked: a command without one can open the store
// once, and then says it with the answer.
fn locked(global: &Global, id: &str) -> Option<Value> {
    let data = data_folder(global).ok()?;
    let Ok(Reached::Answer(answer)) = client::ask(&data, &Request::QuarantineShow { id: id.to_owned() }) else {
        return None;
    };
    let Answer::Done(shown) = *answer else { return None };
    let is_locked = shown.get("locked").and_then(Value::as_bool) == Some(true);
    let id = shown.get("message").map(|message| text(message, "id"))?;
    is_locked.then(|| json!({ "id": id, "result": "locked", "tries_left": 0 }))
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
        "for_its_reader" => print_wrapped(
            &format!(
                "{id} is encrypted for its reader (OpenPGP / S/MIME): no password opens it here; `release` it, or read it with \
                 `show --raw`.\n"
            ),
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

const OTHER_PASSWORDS_HINT: &str = "  Where another password opens the rest, give all of them together: one a line, with \
--password-file.\n";

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
        let why = text(copy, "why");
        let why = if why.is_empty() { String::new() } else { format!(": {}", harmless(why)) };
        let (recipient, because) = (harmless(text(copy, "recipient")), harmless(&because));
        print_wrapped(&format!("  {recipient}: {fate} ({because}){why}\n"), REASON_COLUMNS);
    }
    if class == UNSCANNABLE {
        print_wrapped(OTHER_PASSWORDS_HINT, REASON_COLUMNS);
    }
}
