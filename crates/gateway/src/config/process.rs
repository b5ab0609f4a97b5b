//! Log, limits, scanning, user and sandbox.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Largest message that can be allowed, bytes: each is judged in memory.
const MESSAGE_BYTES_MOST: u64 = 1024 * 1024 * 1024;
/// Worker processes: each has descriptors and memory of its own.
const WORKERS_MAX: usize = 1_024;
/// Levels of the log, the quietest first.
const LEVELS: [&str; 4] = ["error", "warn", "info", "debug"];

/// `[log]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogAsTyped {
    /// `text` or `json`, one event a line on standard error.
    pub(crate) format: LogFormat,
    /// `error`, `warn`, `info`, `debug`.
    pub(crate) level: String,
}

impl Default for LogAsTyped {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".into() }
    }
}

impl LogAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if LEVELS.contains(&self.level.as_str()) {
            return Ok(());
        }
        let hint = format!("there are {}", LEVELS.join(", "));
        Err(ConfigError::value("log.level", &format!("{:?} is no level", self.level), &hint))
    }
}

/// `[signatures]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignaturesAsTyped {
    /// Our own rules.
    pub(crate) builtin: bool,
    /// YARA rules: files, or folders of `*.yar` and `*.yara`. A rule that matches is malware unless its metadata says
    /// `severity = "suspicious"` or `"info"`. Read at start and by `postern reload`.
    pub(crate) rules: Vec<PathBuf>,
    /// Hash lists: files, or folders of `*.txt`, `*.hash`, `*.hashes`, `*.csv`, `*.sha256`; SHA-256 for the same file, TLSH for
    /// near copies, one a line, with a label behind it.
    pub(crate) hashes: Vec<PathBuf>,
}

impl Default for SignaturesAsTyped {
    fn default() -> Self {
        Self { builtin: true, rules: Vec::new(), hashes: Vec::new() }
    }
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsAsTyped {
    /// Largest message, bytes: 65536 to 1073741824. It is judged in memory; one whose parts have more than 160 MiB together is
    /// unscannable.
    pub(crate) message_bytes_max: u64,
    /// Recipients of one transaction.
    pub(crate) recipients_max: usize,
    /// Sessions of one /24 or /64 at a time.
    pub(crate) sessions_per_prefix_max: usize,
    /// Sessions at a time, all together.
    pub(crate) sessions_max: usize,
    /// Message bytes in memory, all messages together. 0: the smaller of 256 MiB and 40 % of the control group's limit.
    pub(crate) message_memory_bytes: u64,
    /// Connections to one destination at a time.
    pub(crate) deliveries_per_destination_max: usize,
    /// Time that sessions, and then deliveries, have to end after a stop, seconds. Sessions in a message get 421 then.
    pub(crate) drain_seconds: u64,
}

impl Default for LimitsAsTyped {
    fn default() -> Self {
        Self {
            message_bytes_max: 50 * 1000 * 1000,
            recipients_max: 1_000,
            sessions_per_prefix_max: 50,
            sessions_max: 20_000,
            message_memory_bytes: 0,
            deliveries_per_destination_max: 20,
            drain_seconds: 30,
        }
    }
}

impl LimitsAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        // RFC 5321 4.5.3.1.7 and 4.5.3.1.8.
        if self.message_bytes_max < 64 * 1024 {
            return Err(ConfigError::value(
                "limits.message_bytes_max",
                "RFC 5321 asks for at least 65536",
                "default: 50000000",
            ));
        }
        if self.message_bytes_max > MESSAGE_BYTES_MOST {
            let reason = format!("a message is judged in memory: at most {MESSAGE_BYTES_MOST}");
            return Err(ConfigError::value("limits.message_bytes_max", &reason, "default: 50000000"));
        }
        if self.recipients_max < 100 {
            return Err(ConfigError::value("limits.recipients_max", "RFC 5321 asks for at least 100", "default: 1000"));
        }
        if self.drain_seconds > 600 {
            let hint = "a service manager ends it by force after 90 seconds or so; default: 30";
            return Err(ConfigError::value("limits.drain_seconds", "0 to 600", hint));
        }
        for (key, value) in [
            ("limits.sessions_per_prefix_max", self.sessions_per_prefix_max),
            ("limits.sessions_max", self.sessions_max),
            ("limits.deliveries_per_destination_max", self.deliveries_per_destination_max),
        ] {
            if value == 0 {
                return Err(ConfigError::value(key, "0 would stop all mail", "leave it out for the default"));
            }
        }
        Ok(())
    }
}

/// `[scan]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ScanAsTyped {
    /// Time for judging inside the session, milliseconds; past it the message is accepted and held until judged.
    pub(crate) session_budget_ms: u64,
    /// Worker processes that open hostile content, at most 1024. 0: one for each core, at least 2.
    pub(crate) workers: usize,
    /// Time for all outside scanners about one message, milliseconds; inside the session no more than three quarters of
    /// `session_budget_ms`.
    pub(crate) scanners_budget_ms: u64,
}

impl Default for ScanAsTyped {
    fn default() -> Self {
        Self { session_budget_ms: 10_000, workers: 0, scanners_budget_ms: 20_000 }
    }
}

impl ScanAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.session_budget_ms == 0 || self.session_budget_ms > 240_000 {
            let hint = "senders wait 10 minutes (RFC 5321 4.5.3.2.6), many only 5; default: 10000";
            return Err(ConfigError::value("scan.session_budget_ms", "1 to 240000", hint));
        }
        if self.scanners_budget_ms == 0 || self.scanners_budget_ms > 600_000 {
            return Err(ConfigError::value("scan.scanners_budget_ms", "1 to 600000", "default: 20000"));
        }
        if self.workers > WORKERS_MAX {
            let reason = format!("each is a process with memory of its own: at most {WORKERS_MAX}");
            return Err(ConfigError::value("scan.workers", &reason, "default: 0, one for each core"));
        }
        Ok(())
    }
}

/// `[process]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProcessAsTyped {
    /// User to become after binding, when started as root.
    pub(crate) user: String,
    /// `full`, or `seccomp-only` on a kernel without Landlock.
    pub(crate) sandbox: Sandbox,
}

impl Default for ProcessAsTyped {
    fn default() -> Self {
        Self { user: "postern".into(), sandbox: Sandbox::Full }
    }
}

/// How the worker closes itself in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sandbox {
    /// Landlock and seccomp.
    Full,
    /// Seccomp alone.
    SeccompOnly,
}
