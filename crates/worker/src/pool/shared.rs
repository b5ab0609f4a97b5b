//! What the tasks of a pool share.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::ask::{Answer, Ask, Done};
use crate::files::{Files, Store, Wanted};
use crate::frame::Setup;
use crate::lane::{Lane, Times};
use crate::limits::{
    FILES_BYTES_MAX, FILES_UNIT_BYTES, FORGIVEN_MAX, QUICK_WAITING_MAX, SLOW_WAITING_MAX, SLOW_WAITING_PER_CLIENT_MAX,
};
use crate::opener::Opened;
use crate::pool::generation::{Generation, Signatures};
use crate::pool::{OpenError, PoolSettings};
use crate::process::{SealedFile, Start, Worker, WorkerError};
use crate::queue::{FairQueue, Room};

/// Places of the slow lane beside so many workers of the quick one: half as many, but two, or one client would have them all.
pub(super) fn slow_places(workers: usize) -> usize {
    workers.div_ceil(2).max(2)
}

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Shared {
    settings: PoolSettings,
    pub(super) times: Times,
    quick: FairQueue,
    slow: FairQueue,
    pub(super) spare: tokio::sync::Mutex<mpsc::Receiver<Worker>>,
    /// Started with the present generation, for the places of those before.
    fresh: Mutex<Vec<Worker>>,
    generation: watch::Sender<Generation>,
    ids: Mutex<BTreeSet<u32>>,
    /// Room for the files that are held, in units.
    file_room: Arc<Semaphore>,
}

impl Shared {
    /// With the end at which spares come in.
    pub(super) fn new(settings: PoolSettings, times: Times) -> (Self, mpsc::Sender<Worker>) {
        let (spares, spare) = mpsc::channel(1);
        let generation = Generation { number: 0, signatures: settings.signatures.clone() };
        let quick =
            Room { all: QUICK_WAITING_MAX, per_client: QUICK_WAITING_MAX, in_hand: usize::MAX, forgiven: FORGIVEN_MAX };
        // One place is always left for others.
        let in_hand = slow_places(settings.workers).saturating_sub(1);
        let slow =
            Room { all: SLOW_WAITING_MAX, per_client: SLOW_WAITING_PER_CLIENT_MAX, in_hand, forgiven: Duration::ZERO };
        let held = settings.files_held_bytes_max.max(FILES_BYTES_MAX) / FILES_UNIT_BYTES;
        let held = usize::try_from(held).unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        let shared = Self {
            settings,
            times,
            quick: FairQueue::new(quick),
            slow: FairQueue::new(slow),
            spare: tokio::sync::Mutex::new(spare),
            fresh: Mutex::default(),
            generation: watch::Sender::new(generation),
            ids: Mutex::default(),
            file_room: Arc::new(Semaphore::new(held)),
        };
        (shared, spares)
    }

    pub(super) const fn queue(&self, lane: Lane) -> &FairQueue {
        match lane {
            Lane::Quick => &self.quick,
            Lane::Slow => &self.slow,
        }
    }

    pub(super) fn close(&self) {
        self.quick.close();
        self.slow.close();
    }

    pub(super) fn ids(&self) -> Vec<u32> {
        self.ids.lock().iter().copied().collect()
    }

    /// Hears of every new generation.
    pub(super) fn generations(&self) -> watch::Receiver<Generation> {
        self.generation.subscribe()
    }

    pub(super) fn is_stale(&self, worker: &Worker) -> bool {
        worker.generation != self.generation.borrow().number
    }

    pub(super) async fn start_worker(&self, lane: Lane) -> Result<Worker, WorkerError> {
        let generation = self.generation.borrow().clone();
        self.start_worker_of(lane, &generation).await
    }

    async fn start_worker_of(&self, lane: Lane, generation: &Generation) -> Result<Worker, WorkerError> {
        let Signatures { rules, tlsh } = generation.signatures.clone();
        let setup = Setup { lane, cpu: self.times.of(lane).cpu, tlsh, rules };
        let PoolSettings { command, args, .. } = &self.settings;
        let worker = Worker::start(Start { command, args, setup: &setup, generation: generation.number }).await?;
        self.ids.lock().insert(worker.id);
        Ok(worker)
    }

    /// Lets a worker end by itself.
    pub(super) async fn end(&self, worker: Worker) {
        self.forget(&worker);
        worker.end().await;
    }

    pub(super) fn forget(&self, worker: &Worker) {
        self.ids.lock().remove(&worker.id);
    }

    /// A worker that waits for a place, if there is one: of the present generation, or of one that is just coming into force.
    pub(super) async fn take_fresh(&self) -> Option<Worker> {
        loop {
            let worker = self.fresh.lock().pop()?;
            if worker.generation >= self.generation.borrow().number {
                return Some(worker);
            }
            self.end(worker).await;
        }
    }

    pub(super) async fn end_fresh(&self) {
        while let Some(worker) = self.take_fresh().await {
            self.end(worker).await;
        }
    }

    /// Starts as many as there are places, then puts their generation in force.
    pub(super) async fn begin_generation(&self, signatures: Signatures) -> Result<(), WorkerError> {
        let number = self.generation.borrow().number.saturating_add(1);
        let next = Generation { number, signatures };
        let mut started = Vec::new();
        for _ in 0..self.settings.workers.max(1) {
            match self.start_worker_of(Lane::Quick, &next).await {
                Ok(worker) => started.push(worker),
                Err(error) => {
                    for worker in started {
                        self.end(worker).await;
                    }
                    return Err(error);
                }
            }
        }
        let left = std::mem::replace(&mut *self.fresh.lock(), started);
        self.generation.send_replace(next);
        for worker in left {
            self.end(worker).await;
        }
        Ok(())
    }

    /// Ends the spare if it is of an older generation. Whoever is taking it at this moment looks at that himself.
    pub(super) async fn end_stale_spare(&self) {
        let spare = self.spare.try_lock().ok().and_then(|mut spare| spare.try_recv().ok());
        match spare {
            Some(worker) if self.is_stale(&worker) => self.end(worker).await,
            Some(worker) => self.fresh.lock().push(worker),
            None => {}
        }
    }

    /// An answer as the asker sees it; `None`: it was late.
    pub(super) fn done(&self, ask: &Ask, answer: Answer) -> Option<Result<Done, OpenError>> {
        match (ask, answer) {
            (_, Answer::Late) => None,
            (Ask::Unpack(request, wanted), Answer::Unpacked(content, sources, file)) => {
                let files = match wanted {
                    Wanted::Content => Files::default(),
                    Wanted::ContentAndFiles => Files::new(sources, request, self.store(file)),
                };
                Some(Ok(Done::Opened(Opened { content, files })))
            }
            (Ask::Disarm(_), Answer::Disarmed(outcomes)) => Some(Ok(Done::Disarmed(outcomes))),
            // It answers what was asked, or it has lied already.
            (Ask::Unpack(..), Answer::Disarmed(_)) | (Ask::Disarm(_), Answer::Unpacked(..)) => {
                Some(Err(OpenError::NoWorker))
            }
        }
    }

    fn store(&self, file: Option<SealedFile>) -> Store {
        let Some(SealedFile { file, length }) = file else { return Store::NoRoom };
        if length == 0 {
            return Store::Nowhere;
        }
        let units = u32::try_from(length.div_ceil(FILES_UNIT_BYTES)).unwrap_or(u32::MAX);
        match Arc::clone(&self.file_room).try_acquire_many_owned(units) {
            Ok(room) => Store::Sealed { file, _room: room },
            Err(_) => Store::NoRoom,
        }
    }
}
