//! Our own trouble with the disk or with what lies on it. A caller answers 4xx and tries again later.

use std::path::PathBuf;

/// Why the store could not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No space or inodes left; nothing was accepted (SMTP 452 4.3.1).
    #[error("the disk of the data folder is full")]
    Full,
    /// A write or flush failed: the log takes nothing more until the process is started again (fsync is never retried on
    /// the same pages as if it had worked).
    #[error("the disk failed: {0}; the log is closed until Postern is started again")]
    Failed(String),
    /// The data folder cannot be made, or what must stand in it.
    #[error("the data folder {folder} cannot be made: {why}")]
    NoFolder {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// There is no such mail, or it is another tenant's.
    #[error("there is no mail {0}")]
    NoMail(String),
    /// Several mails begin with these characters of an id.
    #[error("more than one mail begins with {0}")]
    Ambiguous(String),
    /// A body or record does not match its checksum.
    #[error("{what} is damaged: {why}")]
    Corrupt {
        /// What.
        what: String,
        /// How it showed.
        why: String,
    },
    /// Another process owns the data folder.
    #[error("the data folder {0} is in use by another postern (its control socket answers, or it holds the lock)")]
    Locked(PathBuf),
    /// The folder was written by a newer release.
    #[error("the data folder has format {found}, this release knows up to {known}: run the newer release")]
    Format {
        /// In the manifest.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A record is larger than a limit.
    #[error("{0} is larger than the store takes")]
    TooLarge(&'static str),
    /// SQLite failed.
    #[error("the search files failed: {0}")]
    Search(String),
}
