//! All scanners about all files of a message: each file once, so many at a time for each scanner, all within one deadline.
//! Definite answers are remembered by scanner, by the version of what it knows, and by the file's hash; the same file in
//! two messages at the same moment is asked for once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt, stream};
use moka::future::Cache;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{FileScanner, FileToScan, ScanTrouble, ScannerAnswer};

/// Milliseconds for all scanners about one message, where settings do not say.
pub const MESSAGE_SCAN_MS: u64 = 20_000;

/// How one scanner is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneSettings {
    /// Questions at a time, over all messages.
    pub connections: usize,
    /// Seconds that a definite answer is remembered; 0: not at all. Short, since not every change of signatures changes the
    /// version that a scanner tells (clamd names the daily database only).
    pub remember_s: u64,
    /// Answers that are remembered.
    pub remembered_max: u64,
}

impl Default for LaneSettings {
    fn default() -> Self {
        Self { connections: 4, remember_s: 600, remembered_max: 50_000 }
    }
}

/// What one scanner says of all files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannerReport {
    /// The scanner's name.
    pub scanner: String,
    /// One for each file, in their order.
    pub answers: Vec<ScannerAnswer>,
}

/// All scanners of the settings.
pub struct FileScanners {
    lanes: Vec<Lane>,
}

struct Lane {
    scanner: Arc<dyn FileScanner>,
    at_a_time: usize,
    slots: Semaphore,
    remembered: Cache<(Arc<str>, [u8; 32]), ScannerAnswer>,
}

impl FileScanners {
    /// Scanners with how each of them is asked.
    #[must_use]
    pub fn new(scanners: Vec<(Arc<dyn FileScanner>, LaneSettings)>) -> Self {
        Self { lanes: scanners.into_iter().map(|(scanner, settings)| Lane::new(scanner, settings)).collect() }
    }

    /// The scanners, in the order of settings.
    pub fn scanners(&self) -> impl Iterator<Item = &dyn FileScanner> {
        self.lanes.iter().map(|lane| lane.scanner.as_ref())
    }

    /// Asks all of them about all files; back after `limit` at the latest. What was not answered by then has failed.
    pub async fn scan(&self, files: &[FileToScan], limit: Duration) -> Vec<ScannerReport> {
        let deadline = Instant::now() + limit;
        join_all(self.lanes.iter().map(|lane| lane.scan(files, deadline))).await
    }
}

impl Lane {
    fn new(scanner: Arc<dyn FileScanner>, settings: LaneSettings) -> Self {
        let at_a_time = settings.connections.clamp(1, Semaphore::MAX_PERMITS);
        let remembered = Cache::builder()
            .max_capacity(if settings.remember_s == 0 { 0 } else { settings.remembered_max })
            .time_to_live(Duration::from_secs(settings.remember_s))
            .build();
        Self { scanner, at_a_time, slots: Semaphore::new(at_a_time), remembered }
    }

    async fn scan(&self, files: &[FileToScan], deadline: Instant) -> ScannerReport {
        let mut once: HashMap<&[u8; 32], &FileToScan> = HashMap::new();
        for file in files {
            once.entry(file.sha256()).or_insert(file);
        }
        // No more of one message than fit, so that it does not stand before everybody else with all its files.
        let questions: Vec<_> = once.into_values().map(|file| self.answer_by(deadline, file).boxed()).collect();
        let answers: HashMap<[u8; 32], ScannerAnswer> =
            stream::iter(questions).buffer_unordered(self.at_a_time).collect().await;
        let lost = || ScannerAnswer::Failed(ScanTrouble::TimedOut);
        let answers = files.iter().map(|file| answers.get(file.sha256()).cloned().unwrap_or_else(lost)).collect();
        ScannerReport { scanner: self.scanner.name().to_owned(), answers }
    }

    async fn answer_by(&self, deadline: Instant, file: &FileToScan) -> ([u8; 32], ScannerAnswer) {
        let answer = tokio::time::timeout_at(deadline, self.answer(file)).await;
        (*file.sha256(), answer.unwrap_or(ScannerAnswer::Failed(ScanTrouble::TimedOut)))
    }

    async fn answer(&self, file: &FileToScan) -> ScannerAnswer {
        let identity = match self.scanner.identity().await {
            Ok(identity) => identity,
            Err(trouble) => return ScannerAnswer::Failed(trouble),
        };
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
