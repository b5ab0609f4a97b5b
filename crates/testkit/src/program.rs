//! Other programs that tests run: one place that starts them.

use std::ffi::OsStr;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A command that does not outlive the test.
#[must_use]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Runs a program with input, and gives what it printed.
///
/// # Panics
/// If it cannot be started: `./test` installs what tests need.
#[expect(clippy::panic, reason = "a missing program must stop the test, not skip it")]
pub async fn run(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let started =
        command(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => panic!("{program} cannot be started ({error}); ./test installs it"),
    };
    let stdin = child.stdin.take();
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A program that reads no input closes it.
            drop(stdin.write_all(input).await);
        }
    };
    match tokio::join!(feed, child.wait_with_output()).1 {
        Ok(output) => output,
        Err(error) => panic!("{program}: {error}"),
    }
}

/// Runs a program that must succeed, and gives its standard output as text.
///
/// # Panics
/// If it fails, with what it said.
pub async fn text(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let output = run(program, arguments, input).await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {}\n{errors}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Sends a signal to a process of ours; it may be gone already.
pub(crate) fn signal(pid: u32, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
        // Gone is what was wanted.
        let _ = rustix::process::kill_process(pid, signal);
    }
}
