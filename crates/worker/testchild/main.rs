//! The tests' child: a worker like the real one, but for its deeds. Never shipped.

mod deeds;

use std::process::ExitCode;

use worker::Sandbox;

fn main() -> ExitCode {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    if has("exit-at-start") {
        return ExitCode::from(worker::Refusal::Landlock.code());
    }
    if let [_, word, sandbox, program, languages] = std::env::args_os().collect::<Vec<_>>().as_slice()
        && word == "ocr-worker"
    {
        let sandbox = if sandbox == "full" { Sandbox::Full } else { Sandbox::SeccompOnly };
        return ExitCode::from(worker::ocr_main(sandbox, program, languages));
    }
    deeds::child(if has("seccomp-only") { Sandbox::SeccompOnly } else { Sandbox::Full })
}
