//! Asks a person, and asks again until the answer can be used.

use std::io::{BufRead, IsTerminal as _, Write as _};

use crate::cli::output::note;
use crate::control::protocol::Fault;

/// Bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 4096;

/// Where questions go and answers come from.
pub(super) struct Questions {
    input: Box<dyn BufRead>,
    /// Somebody is there to answer.
    pub(super) can_ask: bool,
    /// A question was put already.
    pub(super) were_asked: bool,
    /// The last answer, as given.
    pub(super) last: String,
}

impl Questions {
    /// To a person at the terminal, if there is one.
    pub(super) fn of_standard_input() -> Self {
        let can_ask = std::io::stdin().is_terminal();
        Self::of(Box::new(std::io::BufReader::new(std::io::stdin())), can_ask)
    }

    pub(super) fn of(input: Box<dyn BufRead>, can_ask: bool) -> Self {
        Self { input, can_ask, were_asked: false, last: String::new() }
    }

    /// What the flag gives, or else a person; a script that gave neither is told which flag is missing. A flag that cannot be
    /// used is an error, an answer that cannot be used is asked for again.
    pub(super) fn ask<T>(
        &mut self,
        (flag, question): (&str, &str),
        given: Option<&str>,
        default: Option<&str>,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Some(given) = given {
            return read(given.trim());
        }
        if !self.can_ask {
            return Err(Fault::usage(format!("{flag} is missing"), "on a terminal `postern init` asks instead"));
        }
        self.were_asked = true;
        loop {
            let answer = self.answer(question, default)?;
            match read(&answer) {
                Ok(value) => {
                    self.last = answer;
                    return Ok(value);
                }
                Err(fault) if fault.hint.is_empty() => note(&format!("  {}", fault.message)),
                Err(fault) => note(&format!("  {}: {}", fault.message, fault.hint)),
            }
        }
    }

    fn answer(&mut self, question: &str, default: Option<&str>) -> Result<String, Fault> {
        let failed = |error: std::io::Error| Fault::unavailable(format!("the terminal: {error}"), "");
        let offered = default.map(|default| format!(" [{default}]")).unwrap_or_default();
        loop {
            let mut err = anstream::stderr();
            write!(err, "{question}{offered}: ").and_then(|()| err.flush()).map_err(failed)?;
            let mut line = String::new();
            let mut limited = std::io::Read::take(&mut *self.input, ANSWER_BYTES_MAX);
            if limited.read_line(&mut line).map_err(failed)? == 0 {
                return Err(Fault::usage("no answer, nothing was written", ""));
            }
            match (line.trim(), default) {
                ("", None) => {}
                ("", Some(default)) => return Ok(default.to_owned()),
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }
}
