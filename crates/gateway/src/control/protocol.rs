//! What the command line and the daemon say to each other: one JSON line each way over the control socket. The console and
//! the REST API will use the same requests.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of one request or answer.
pub(crate) const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What can be asked of a store, with or without a running daemon.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Is a daemon there, and how is it?
    Status,
    /// Read configuration and settings again.
    Reload,
    /// Unfinished mail.
    QueueList(QueueSelection),
    /// One unfinished mail.
    QueueShow { id: String },
    /// Try now.
    QueueRetry(QueueSelection),
    /// Stop deliveries to a destination domain (empty: all).
    QueuePause { destination: String },
    /// Go on.
    QueueResume { destination: String },
    /// Drop mail from the queue; the journal keeps who did it.
    QueueDelete { id: String, recipient: Option<String> },
    /// Quarantined mail.
    QuarantineList(QuarantineSelection),
    /// One quarantined mail, with its reasons.
    QuarantineShow { id: String },
    /// Deliver it.
    QuarantineRelease { id: String, recipient: Option<String> },
    /// Delete it.
    QuarantineDelete { id: String, recipient: Option<String> },
    /// Open it with a password, or with words of the sender's other mail, judge it anew and deliver it if policy says so.
    QuarantineOpen { id: String, recipient: Option<String>, password: Option<Secret> },
    /// The raw message.
    QuarantineRaw { id: String },
    /// Search the journal.
    TraceSearch(TraceSelection),
    /// One message, all events.
    TraceShow { id: String },
    /// Hold new hashes and links against delivered mail.
    Rescan {
        hashes: Vec<NamedText>,
        links: Vec<NamedText>,
        /// Milliseconds since the epoch.
        since: i64,
    },
    /// Compute verdict and decision again from the record.
    Replay {
        id: Option<String>,
        selection: TraceSelection,
        with: ReplayWith,
        /// For [`ReplayWith::Current`]: the settings folder whose files count, absolute; none: what is in force.
        #[serde(default)]
        settings: Option<PathBuf>,
    },
}

/// A password. It is shown, kept and logged nowhere.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A file that the command read: a daemon may not read what its user may.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NamedText {
    /// Its name, for messages.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) text: String,
}

/// Which queue entries.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct QueueSelection {
    /// Mail id, or its beginning.
    pub(crate) id: Option<String>,
    /// `queued` or `held`; none: both.
    pub(crate) state: Option<String>,
    /// Recipient domain.
    pub(crate) destination: Option<String>,
    /// Rows of a page; 0: 50.
    pub(crate) limit: u32,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Which quarantined mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct QuarantineSelection {
    pub(crate) sender: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) verdict: Option<String>,
    pub(crate) limit: u32,
    pub(crate) after: Option<String>,
}

/// Which journal rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TraceSelection {
    pub(crate) sender: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) subject: Option<String>,
    /// Milliseconds since the epoch.
    pub(crate) since: Option<i64>,
    /// Milliseconds since the epoch.
    pub(crate) until: Option<i64>,
    pub(crate) verdict: Option<String>,
    pub(crate) decision: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) refused: bool,
    pub(crate) reason: Option<String>,
    pub(crate) limit: u32,
    pub(crate) after: Option<String>,
}

/// Against what a record is recomputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplayWith {
    /// Weights, lists and policies that were in force then: must be the same.
    Recorded,
    /// Those of the settings files now, in force or not: what would change.
    Current,
}

/// The answer to a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// It was done; what it brought.
    Done(Value),
    /// It was not done, and nothing changed.
    Failed(Fault),
}

/// Why something was not done, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}{}", hint_text(.hint))]
pub(crate) struct Fault {
    /// What went wrong.
    pub(crate) message: String,
    /// What to do; may be empty.
    pub(crate) hint: String,
    /// Exit code of the command, see [`exit`].
    pub(crate) exit: u8,
}

fn hint_text(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("\n  hint: {hint}") }
}

/// Exit codes of every command.
pub(crate) mod exit {
    /// Done, and nothing found that is bad.
    pub(crate) const OK: u8 = 0;
    /// Done, and the answer is no: bad mail found, records that differ, a check that failed.
    pub(crate) const FOUND: u8 = 1;
    /// The command line or the configuration is wrong; nothing was done.
    pub(crate) const USAGE: u8 = 2;
    /// There is no such mail.
    pub(crate) const NOT_FOUND: u8 = 3;
    /// It could not be done now (disk, daemon, permission, state of the mail); trying later may help.
    pub(crate) const UNAVAILABLE: u8 = 4;
}

impl Fault {
    /// There is no such mail.
    pub(crate) fn not_found(id: &str) -> Self {
        Self {
            message: format!("there is no mail {id}"),
            hint: "`postern trace search` finds ids by sender, recipient or subject".into(),
            exit: exit::NOT_FOUND,
        }
    }

    /// It cannot be done now.
    pub(crate) fn unavailable(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), exit: exit::UNAVAILABLE }
    }

    /// It was asked for in a wrong way.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), exit: exit::USAGE }
    }
}

impl From<crate::config::ConfigError> for Fault {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::usage(format!("{}: {}", error.place, error.reason), error.hint)
    }
}

impl From<store::StoreError> for Fault {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::NoMail(id) => Self::not_found(&id),
            error @ store::StoreError::Ambiguous(_) => Self::usage(error.to_string(), "give more of the id"),
            other => Self::unavailable(other.to_string(), ""),
        }
    }
}
