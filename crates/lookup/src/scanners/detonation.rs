//! Detonation: a file is given to a sandbox of the operator, which runs it and says what it did. The sandbox is asked by HTTP,
//! as CAPE publishes it or as settings describe; minutes pass, so a message is held meanwhile. Verdicts are remembered by hash.

mod choice;
mod known;
mod pick;
mod running;
mod service;
mod task;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use moka::sync::Cache;
use net::http::{Client, HttpError, Method, Request};
use tokio::sync::Semaphore;

use super::{FileScanner, FileToScan, Identity, ScanTrouble, ScannerAnswer, WhySkipped};
pub use choice::{FILES_MAX, choose, is_active};
pub use known::{KnownVerdicts, MemoryVerdicts};
pub use pick::{BadPointer, Pointer};
use running::Running;
pub use service::{BadService, DetonationService, Form, Verdict};

/// How a sandbox is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetonationSettings {
    /// Seconds that a message is held while the sandbox has a file; one without a verdict is [`WhySkipped::NotInTime`] then. A file
    /// that waits as long for its turn is [`ScanTrouble::Busy`].
    pub wait_max_s: u64,
    /// Milliseconds to the first question for a state; each later pause is half as long again.
    pub poll_first_ms: u64,
    /// Milliseconds of the longest pause.
    pub poll_max_ms: u64,
    /// Files in the sandbox at a time.
    pub at_a_time: usize,
    /// Files that are in the sandbox or wait for it.
    pub waiting_max: usize,
    /// Bytes of those that have not been sent yet.
    pub waiting_bytes_max: u64,
    /// Files over so many bytes are not sent.
    pub file_bytes_max: u64,
    /// Seconds that a failure is told before the file is sent anew: longer than `wait_max_s`, so that a message with several
    /// files hears of all of them in one look.
    pub failure_life_s: u64,
}

impl Default for DetonationSettings {
    fn default() -> Self {
        Self {
            wait_max_s: 600,
            poll_first_ms: 1_000,
            poll_max_ms: 30_000,
            at_a_time: 8,
            waiting_max: 64,
            waiting_bytes_max: 64 << 20,
            file_bytes_max: 32 << 20,
            failure_life_s: 900,
        }
    }
}

/// Where a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetonationState {
    /// This came out, or nothing will.
    Answered(ScannerAnswer),
    /// It is in the sandbox or waits for it; ask again.
    Running,
}

/// A sandbox that can be asked. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Detonation {
    inner: Arc<Inner>,
    running: Arc<Running>,
}

struct Inner {
    service: DetonationService,
    client: Client,
    known: Arc<dyn KnownVerdicts>,
    settings: DetonationSettings,
    slots: Semaphore,
    /// A permit for each [`ROOM_UNIT_BYTES`] of files that wait to be sent.
    room: Arc<Semaphore>,
    failures: Cache<[u8; 32], ScannerAnswer>,
}

/// Unit of the room for files that wait, bytes.
const ROOM_UNIT_BYTES: u64 = 4096;
/// Seconds that a failure waits for somebody to come for it, at least.
const UNCLAIMED_MIN_S: u64 = 60;
/// Failures that are remembered.
const FAILURES_MAX: u64 = 10_000;

impl Detonation {
    /// A client of one sandbox.
    #[must_use]
    pub fn new(
        service: DetonationService,
        client: Client,
        known: Arc<dyn KnownVerdicts>,
        settings: DetonationSettings,
    ) -> Self {
        let slots = Semaphore::new(settings.at_a_time.clamp(1, Semaphore::MAX_PERMITS));
        let units = usize::try_from(units(settings.waiting_bytes_max)).unwrap_or(Semaphore::MAX_PERMITS);
        let room = Arc::new(Semaphore::new(units.min(Semaphore::MAX_PERMITS)));
        let running = Arc::new(Running::new(
            settings.waiting_max,
            Duration::from_secs(settings.failure_life_s.max(UNCLAIMED_MIN_S)),
        ));
        let failures = Cache::builder()
            .max_capacity(if settings.failure_life_s == 0 { 0 } else { FAILURES_MAX })
            .time_to_live(Duration::from_secs(settings.failure_life_s))
            .build();
        Self { inner: Arc::new(Inner { service, client, known, settings, slots, room, failures }), running }
    }

    /// Where a file stands; the first who asks for it sends it. For a message that is held and judged again and again:
    /// the work goes on between two questions. A failure is told for a while, then the next question sends the file anew.
    pub async fn ask(&self, file: FileToScan) -> DetonationState {
        if let Some(answer) = self.inner.known.verdict(&self.inner.service.name, file.sha256()).await {
            return DetonationState::Answered(answer);
        }
        let sha256 = *file.sha256();
        if let Some(failure) = self.inner.failures.get(&sha256) {
            return DetonationState::Answered(failure);
        }
        if file.size_bytes() > self.inner.settings.file_bytes_max {
            return DetonationState::Answered(ScannerAnswer::Skipped(WhySkipped::TooLarge));
        }
        let inner = Arc::clone(&self.inner);
        let state = self.running.ask(sha256, || {
            let room = Arc::clone(&inner.room).try_acquire_many_owned(units(file.size_bytes())).ok()?;
            let file = file.kept(room);
            Some(async move { inner.detonate(file).await }.boxed())
        });
        if let DetonationState::Answered(answer) = &state
            && !answer.is_definite()
            && *answer != ScannerAnswer::Failed(ScanTrouble::Busy)
        {
            self.inner.failures.insert(sha256, answer.clone());
        }
        state
    }
}

impl FileScanner for Detonation {
    fn name(&self) -> &str {
        &self.inner.service.name
    }

    /// It has no version: verdicts are remembered here and not where scanners are asked.
    fn identity(&self) -> BoxFuture<'_, Result<Identity, ScanTrouble>> {
        let text = self.inner.client.origin().to_string();
        std::future::ready(Ok(Identity { text, ..Identity::default() })).boxed()
    }

    /// Any answer by HTTP is one: what a service says at its root is its own.
    fn probe(&self) -> BoxFuture<'_, Result<(), ScanTrouble>> {
        async {
            let target = format!("{}/", self.inner.client.origin().prefix());
            let request = Request { method: Method::Get, target, headers: Vec::new(), body: Vec::new() };
            self.inner.client.send(request).await.map(drop).map_err(|error| trouble(&error))
        }
        .boxed()
    }

    /// Waits for the verdict, minutes if need be.
    fn scan<'a>(&'a self, file: &'a FileToScan) -> BoxFuture<'a, ScannerAnswer> {
        async {
            match self.inner.known.verdict(&self.inner.service.name, file.sha256()).await {
                Some(answer) => answer,
                None => self.inner.detonate(file.clone()).await,
            }
        }
        .boxed()
    }
}

impl Inner {
    async fn detonate(&self, file: FileToScan) -> ScannerAnswer {
        if file.size_bytes() > self.settings.file_bytes_max {
            return ScannerAnswer::Skipped(WhySkipped::TooLarge);
        }
        let sha256 = *file.sha256();
        let limit = Duration::from_secs(self.settings.wait_max_s);
        // A file that never got its turn was not looked into, and may get one when it is asked for again.
        let Ok(Ok(slot)) = tokio::time::timeout(limit, self.slots.acquire()).await else {
            return ScannerAnswer::Failed(ScanTrouble::Busy);
        };
        let run = tokio::time::timeout(limit, task::run(&self.service, &self.client, &self.settings, file));
        // No message waits longer: what is not known by then stays unknown, and is no trouble that may pass.
        let late = Ok(ScannerAnswer::Skipped(WhySkipped::NotInTime));
        let answer = run.await.unwrap_or(late).unwrap_or_else(ScannerAnswer::Failed);
        drop(slot);
        if answer.is_definite() {
            self.known.keep(&self.service.name, &sha256, &answer).await;
        }
        answer
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(ROOM_UNIT_BYTES)).unwrap_or(u32::MAX)
}

fn trouble(error: &HttpError) -> ScanTrouble {
    match error {
        HttpError::TimedOut => ScanTrouble::TimedOut,
        HttpError::Dial(error) => super::peer::trouble(*error),
        HttpError::Closed => ScanTrouble::Closed { sent_bytes: 0, read_bytes: 0 },
        HttpError::Garbage => ScanTrouble::Garbage,
        HttpError::Tls(_) | HttpError::TooLarge | HttpError::BadRequest => ScanTrouble::said(&error.to_string()),
    }
}
