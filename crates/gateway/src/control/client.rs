//! How a command reaches the store: over the control socket when a daemon runs, else by opening the store itself with the
//! same handlers.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::protocol::{Answer, Fault, LINE_BYTES_MAX, Request};

/// Longest wait for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(600);
/// How long a command waits for a daemon that holds the lock and does not answer yet.
const STARTING_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two looks at a daemon that starts.
const STARTING_PAUSE: Duration = Duration::from_millis(50);

/// What became of a try to speak to a daemon.
pub(crate) enum Reached {
    /// It answered.
    Answer(Box<Answer>),
    /// No daemon runs on this data folder.
    Nobody,
}

/// Asks the daemon of this data folder.
///
/// # Errors
/// [`Fault`] if one runs and does not answer.
pub(crate) fn ask(data: &Path, request: &Request) -> Result<Reached, Fault> {
    let socket = data.join("control.sock");
    let mut waited = Duration::ZERO;
    loop {
        match UnixStream::connect(&socket) {
            Ok(stream) => return speak(stream, request).map(|answer| Reached::Answer(Box::new(answer))),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                let hint = "run it as the user that runs the daemon, or as root";
                return Err(Fault::unavailable(format!("{} may not be used: {error}", socket.display()), hint));
            }
            Err(_) if !is_locked(data) => return Ok(Reached::Nobody),
            Err(error) if waited >= STARTING_TIMEOUT => {
                let message = format!("a postern holds {} and does not answer: {error}", data.display());
                return Err(Fault::unavailable(
                    message,
                    "it may still be starting or be busy with recovery; look at its log",
                ));
            }
            Err(_) => {}
        }
        std::thread::sleep(STARTING_PAUSE);
        waited += STARTING_PAUSE;
    }
}

// A daemon takes the lock before it listens: until then a command waits.
fn is_locked(data: &Path) -> bool {
    store::lock::is_held(data)
}

fn speak(mut stream: UnixStream, request: &Request) -> Result<Answer, Fault> {
    let lost = |error: std::io::Error| {
        Fault::unavailable(
            format!("the daemon went away: {error}"),
            "it may have done what was asked; look before you repeat",
        )
    };
    stream.set_read_timeout(Some(ANSWER_TIMEOUT)).map_err(lost)?;
    let mut line = serde_json::to_vec(request).map_err(|error| lost(error.into()))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(lost)?;
    let mut answer = String::new();
    BufReader::new(stream.take(LINE_BYTES_MAX)).read_line(&mut answer).map_err(lost)?;
    serde_json::from_str(&answer).map_err(|error| {
        let hint = "is the daemon another release than this command?";
        Fault::unavailable(format!("the daemon's answer does not read: {error}"), hint)
    })
}
