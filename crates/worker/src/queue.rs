//! Who is next: clients take turns, so that one that sends much waits for itself only.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};

use crate::limits::WAITING_MAX;
use crate::opener::{FairKey, Opened};
use crate::process::Ask;

/// A request that waits, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) ask: Ask,
    pub(crate) answer: oneshot::Sender<Opened>,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct FairQueue {
    waiting: Mutex<Waiting>,
    /// One permit for each job that waits.
    jobs: Semaphore,
}

#[derive(Debug, Default)]
struct Waiting {
    by_key: HashMap<FairKey, VecDeque<Job>>,
    /// Keys with jobs, the next one first.
    turns: VecDeque<FairKey>,
    count: usize,
    is_closed: bool,
}

/// Why a job was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotQueued {
    Full,
    Closed,
}

impl FairQueue {
    pub(crate) fn new() -> Self {
        Self { waiting: Mutex::default(), jobs: Semaphore::new(0) }
    }

    pub(crate) fn push(&self, key: FairKey, job: Job) -> Result<(), NotQueued> {
        let mut waiting = self.waiting.lock();
        if waiting.is_closed {
            return Err(NotQueued::Closed);
        }
        if waiting.count >= WAITING_MAX {
            return Err(NotQueued::Full);
        }
        waiting.count += 1;
        let jobs = waiting.by_key.entry(key).or_default();
        let is_new = jobs.is_empty();
        jobs.push_back(job);
        if is_new {
            waiting.turns.push_back(key);
        }
        self.jobs.add_permits(1);
        Ok(())
    }

    /// The next job; `None` when closed.
    pub(crate) async fn pop(&self) -> Option<Job> {
        self.jobs.acquire().await.ok()?.forget();
        let mut waiting = self.waiting.lock();
        let key = waiting.turns.pop_front()?;
        let jobs = waiting.by_key.get_mut(&key)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            waiting.by_key.remove(&key);
        } else {
            waiting.turns.push_back(key);
        }
        waiting.count = waiting.count.saturating_sub(1);
        job
    }

    /// Gives up all that waits, and takes no more.
    pub(crate) fn close(&self) {
        let mut waiting = self.waiting.lock();
        *waiting = Waiting { is_closed: true, ..Waiting::default() };
        self.jobs.close();
    }
}

#[cfg(test)]
mod tests;
