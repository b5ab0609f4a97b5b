//! Python's `email`, in a process that reads batches.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;

use super::others::File;
use crate::command::command;

/// What it runs.
const READER: &str = include_str!("reader.py");

/// The process.
pub(super) struct Python {
    child: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    pub(super) fn start() -> Result<Self> {
        let mut child = command("python3")
            .args(["-I", "-c", READER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("python3")?;
        let ask = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("python3 has no output")?);
        Ok(Self { child, ask, answers })
    }

    /// What it offers of each message.
    pub(super) fn read(&mut self, messages: &[Vec<u8>]) -> Result<Vec<Vec<File>>> {
        let mut batch = u32::try_from(messages.len())?.to_be_bytes().to_vec();
        for message in messages {
            batch.extend(u32::try_from(message.len())?.to_be_bytes());
            batch.extend_from_slice(message);
        }
        // It reads a batch to its end before it answers.
        let ask = self.ask.as_mut().context("python3 has no input")?;
        ask.write_all(&batch)?;
        ask.flush()?;
        messages.iter().map(|_| self.answer()).collect()
    }

    fn answer(&mut self) -> Result<Vec<File>> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let files: Vec<(String, String, String)> = serde_json::from_str(&line).context("python3 said nothing")?;
        let file = |(reader, name, hash): (String, String, String)| {
            Ok(File { reader, name, sha256: HEXLOWER.decode(hash.as_bytes())?, essence: None })
        };
        files.into_iter().map(file).collect()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // Without input it ends by itself.
        drop(self.ask.take());
        let _ = self.child.wait();
    }
}
