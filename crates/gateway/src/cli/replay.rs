//! `postern replay`: were we right, and would we decide the same today?

mod found;

use std::io::IsTerminal as _;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::print_json;
use super::trace::Selection;
use super::{Global, ask, configuration};
use crate::control::protocol::{Fault, ReplayWith, Request, TraceSelection, exit};
use found::Found;

/// Messages that are asked for at a time.
const PAGE_MESSAGES: u32 = 250;
/// Draws of the progress line a second.
const REDRAWS_PER_SECOND: u8 = 4;

/// Either one message or a search.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Mail id or reference; without one, every message that the search options find
    mail: Option<String>,
    /// `recorded`: with what was in force then; `current`: with the settings files as they are now, also before a reload
    #[arg(long, value_enum, default_value = "recorded")]
    with: ReplayWith,
    #[command(flatten)]
    selection: Selection,
}

/// Exit code 1 when something differs, or could not be compared.
pub(crate) fn run(global: &Global, arguments: Arguments) -> Result<u8, Fault> {
    let settings = match arguments.with {
        ReplayWith::Recorded => None,
        ReplayWith::Current => settings_folder(global)?,
    };
    let limit = arguments.selection.limit;
    let mut selection: TraceSelection = arguments.selection.try_into()?;
    selection.limit = limit.unwrap_or(PAGE_MESSAGES);
    let (mail, with) = (arguments.mail, arguments.with);
    let bar = progress();
    let mut found = Found::default();
    loop {
        let request =
            Request::Replay { id: mail.clone(), selection: selection.clone(), with, settings: settings.clone() };
        found.add(ask(global, request)?, global.json);
        bar.set_position(found.messages());
        match found.next() {
            // Only who asks for pages gets one.
            Some(next) if limit.is_none() => selection.after = Some(next.to_owned()),
            _ => break,
        }
    }
    bar.finish_and_clear();
    let code = if found.is_same() { exit::OK } else { exit::FOUND };
    if global.json {
        print_json(&found.into_json());
    } else {
        found.show();
    }
    Ok(code)
}

// The folder whose files a reload would put in force; none where there is no such folder, as with a trial.
fn settings_folder(global: &Global) -> Result<Option<std::path::PathBuf>, Fault> {
    let folder = configuration(global)?.values.settings;
    if !folder.is_dir() {
        return Ok(None);
    }
    let absolute = std::path::absolute(&folder);
    absolute.map(Some).map_err(|error| Fault::unavailable(format!("{}: {error}", folder.display()), ""))
}

fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length();
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} messages replayed, {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
