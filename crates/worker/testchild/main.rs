//! The tests' child: a worker like the real one, but for its deeds. Never shipped.

mod deeds;

use std::process::ExitCode;

use worker::Sandbox;

fn main() -> ExitCode {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    if has("exit-at-start") {
        return ExitCode::from(worker::Refusal::Landlock.code());
    }
    deeds::child(if has("seccomp-only") { Sandbox::SeccompOnly } else { Sandbox::Full })
}
