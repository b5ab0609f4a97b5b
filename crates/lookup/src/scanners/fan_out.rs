//! All scanners about one file of a message: those that want it, so many questions at a time for each scanner, within one
//! deadline. Definite answers are remembered by scanner, by the version of what it knows, and by the file's hash; the same
//! file in two messages at the same moment is asked for once.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use moka::future::Cache;
use net::clock::Clock;
use scan::facts::ScannerNeed;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{FileScanner, FileToScan, ScanTrouble, ScannerAnswer, Selection};

/// Milliseconds for all scanners about one message, where settings do not say.
pub const MESSAGE_SCAN_MS: u64 = 20_000;

/// How one scanner is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneSettings {
    /// What follows where it says nothing.
    pub need: ScannerNeed,
    /// What it is asked about.
    pub selection: Selection,
    /// Questions at a time, over all messages.
    pub connections: usize,
    /// With signatures older than this it is not believed; none: however old.
    pub signatures_age_max: Option<Duration>,
    /// Seconds that a definite answer is remembered; 0: not at all. Short, since not every change of signatures changes the
    /// version that a scanner tells (clamd names the daily database only).
    pub remember_s: u64,
    /// Answers that are remembered.
    pub remembered_max: u64,
}

impl Default for LaneSettings {
    fn default() -> Self {
        Self {
            need: ScannerNeed::Required,
            selection: Selection::default(),
            connections: 4,
            signatures_age_max: None,
            remember_s: 600,
            remembered_max: 50_000,
        }
    }
}

/// All scanners of the settings.
pub struct FileScanners {
    lanes: Vec<Lane>,
    clock: Arc<dyn Clock>,
}

struct Lane {
    scanner: Arc<dyn FileScanner>,
    settings: LaneSettings,
    slots: Semaphore,
    remembered: Cache<(Arc<str>, [u8; 32]), ScannerAnswer>,
}

impl FileScanners {
    /// Scanners with how each of them is asked.
    #[must_use]
    pub fn new(scanners: Vec<(Arc<dyn FileScanner>, LaneSettings)>, clock: Arc<dyn Clock>) -> Self {
        Self { lanes: scanners.into_iter().map(|(scanner, settings)| Lane::new(scanner, settings)).collect(), clock }
    }

    /// The scanners, in the order of settings.
    pub fn scanners(&self) -> impl Iterator<Item = (&dyn FileScanner, &LaneSettings)> {
        self.lanes.iter().map(|lane| (lane.scanner.as_ref(), &lane.settings))
    }

    /// Asks those who want the file; back at the deadline at the latest. One answer for each scanner, none from who does not
    /// want it; what was not answered by then has failed.
    pub async fn ask(&self, file: &FileToScan, deadline: Instant) -> Vec<Option<ScannerAnswer>> {
        let clock = self.clock.as_ref();
        join_all(self.lanes.iter().map(|lane| lane.answer_by(deadline, file, clock))).await
    }
}

impl Lane {
    fn new(scanner: Arc<dyn FileScanner>, settings: LaneSettings) -> Self {
        let slots = Semaphore::new(settings.connections.clamp(1, Semaphore::MAX_PERMITS));
        let remembered = Cache::builder()
            .max_capacity(if settings.remember_s == 0 { 0 } else { settings.remembered_max })
            .time_to_live(Duration::from_secs(settings.remember_s))
            .build();
        Self { scanner, settings, slots, remembered }
    }

    async fn answer_by(&self, deadline: Instant, file: &FileToScan, clock: &dyn Clock) -> Option<ScannerAnswer> {
        if !self.settings.selection.wants(file.nature, &file.kind) {
            return None;
        }
        let answer = tokio::time::timeout_at(deadline, self.answer(file, clock)).await;
        Some(answer.unwrap_or(ScannerAnswer::Failed(ScanTrouble::TimedOut)))
    }

    async fn answer(&self, file: &FileToScan, clock: &dyn Clock) -> ScannerAnswer {
        let identity = match self.scanner.identity().await {
            Ok(identity) => identity,
            Err(trouble) => return ScannerAnswer::Failed(trouble),
        };
        if self.settings.signatures_age_max.is_some_and(|age_max| identity.is_old(clock.now(), age_max)) {
            return ScannerAnswer::Failed(ScanTrouble::OldSignatures);
        }
        let Some(version) = identity.version else { return self.ask(file).await };
        let asked = self.remembered.try_get_with((version, *file.sha256()), async {
            let answer = self.ask(file).await;
            if answer.is_definite() { Ok(answer) } else { Err(answer) }
        });
        asked.await.unwrap_or_else(|answer| ScannerAnswer::clone(&answer))
    }

    async fn ask(&self, file: &FileToScan) -> ScannerAnswer {
        match self.slots.acquire().await {
            Ok(_slot) => self.scanner.scan(file).await,
            // Only a closed semaphore refuses, and nobody closes it.
            Err(_) => ScannerAnswer::Failed(ScanTrouble::Busy),
        }
    }
}

#[cfg(test)]
mod tests;
