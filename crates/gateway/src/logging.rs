//! The log: one event a line on standard error, fields not prose, everything from outside escaped. No bodies, no secrets.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{LogAsTyped, LogFormat};

/// Starts logging, once. A level that does not read becomes `info`.
pub(crate) fn start(log: &LogAsTyped) {
    // Libraries speak when something is wrong; we say what happens.
    let ours = ["postern", "gateway", "pipeline", "queue", "store", "net", "auth", "lookup", "worker", "web"];
    let level = if ["error", "warn", "info", "debug", "trace"].contains(&log.level.as_str()) {
        log.level.as_str()
    } else {
        "info"
    };
    let filter = ours.iter().fold("warn".to_owned(), |filter, name| format!("{filter},{name}={level}"));
    let filter = EnvFilter::new(filter);
    let started = match log.format {
        LogFormat::Text => {
            fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).with_ansi(false).try_init()
        }
        LogFormat::Json => fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_target(false)
            .try_init(),
    };
    // Only tests start it twice in one process.
    drop(started);
}
