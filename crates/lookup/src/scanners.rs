//! Outside scanners of files: ClamAV by clamd, any ICAP server, detonation by a sandbox. Each gives a typed answer about one
//! file; [`FileScanners`] asks those who want it, a [`Tally`] makes a fact of what they say. What that means for the message is
//! not decided here, only that "could not be checked" never looks like "clean".

mod answer;
mod asked;
pub mod clamd;
pub mod detonation;
mod fan_out;
mod file;
pub mod icap;
mod peer;
mod progress;
mod selection;
mod tally;

use futures_util::future::BoxFuture;

pub use answer::{ScanTrouble, ScannerAnswer, WhySkipped};
pub use asked::Identity;
pub use fan_out::{FileScanners, LaneSettings, MESSAGE_SCAN_MS};
pub use file::{FileToScan, Nature};
pub use peer::PeerAddress;
pub use selection::{FilesWanted, Selection};
pub use tally::Tally;

/// Something outside that looks into files.
pub trait FileScanner: Send + Sync {
    /// Its name in settings, traces and metrics.
    fn name(&self) -> &str;

    /// What it is and what it knows, remembered for a while. Trouble here means that it cannot be asked for files either.
    fn identity(&self) -> BoxFuture<'_, Result<Identity, ScanTrouble>>;

    /// Whether it answers now: nothing of what is remembered counts.
    ///
    /// # Errors
    /// [`ScanTrouble`]: it does not.
    fn probe(&self) -> BoxFuture<'_, Result<(), ScanTrouble>>;

    /// Asks for one file. Ends within limits of its own; never remembers answers.
    fn scan<'a>(&'a self, file: &'a FileToScan) -> BoxFuture<'a, ScannerAnswer>;
}
