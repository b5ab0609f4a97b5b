//! Who is next: the client that has used the least of the workers' time. One that sends much, or what is dear to open, waits
//! for itself only; one that comes new, or again after a while, begins where the others are and not with an advantage.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};

use crate::ask::{Ask, Done};
use crate::limits::{CLIENTS_KEPT_MAX, FIRST_CHARGE};
use crate::opener::FairKey;
use crate::pool::OpenError;

/// A request that waits, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) key: FairKey,
    pub(crate) ask: Ask,
    pub(crate) answer: oneshot::Sender<Result<Done, OpenError>>,
    /// Workers that failed over it.
    pub(crate) faults: u32,
}

/// A job that is worked on, and what its client was charged for it.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) job: Job,
    charged: Duration,
}

/// Requests that may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) all: usize,
    pub(crate) per_client: usize,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct FairQueue {
    room: Room,
    waiting: Mutex<Waiting>,
    /// One permit for each job that waits.
    jobs: Semaphore,
}

#[derive(Debug, Default)]
struct Waiting {
    clients: HashMap<FairKey, Client>,
    /// Clients with jobs, the next one first: by what they used, then by when they came.
    turns: BTreeSet<(Duration, u64, FairKey)>,
    last_turn: u64,
    /// What the client that was served last had used: where new ones begin.
    level: Duration,
    count: usize,
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Client {
    jobs: VecDeque<Job>,
    used: Duration,
    /// What its last job took: the next one is charged as much until it is known better.
    last: Option<Duration>,
    turn: u64,
}

/// Why a job was not taken.
#[derive(Debug)]
pub(crate) enum NotQueued {
    Full(Job),
    Closed,
}

impl FairQueue {
    pub(crate) fn new(room: Room) -> Self {
        Self { room, waiting: Mutex::default(), jobs: Semaphore::new(0) }
    }

    pub(crate) fn push(&self, job: Job) -> Result<(), NotQueued> {
        let mut waiting = self.waiting.lock();
        if waiting.is_closed {
            return Err(NotQueued::Closed);
        }
        let of_client = waiting.clients.get(&job.key).map_or(0, |client| client.jobs.len());
        if waiting.count >= self.room.all || of_client >= self.room.per_client {
            return Err(NotQueued::Full(job));
        }
        waiting.push(job);
        self.jobs.add_permits(1);
        Ok(())
    }

    /// The next job; `None` when closed. May be dropped while it waits, without harm.
    pub(crate) async fn pop(&self) -> Option<Turn> {
        loop {
            self.jobs.acquire().await.ok()?.forget();
            // There is none where the asker has gone meanwhile.
            if let Some(turn) = self.waiting.lock().pop() {
                return Some(turn);
            }
        }
    }

    /// Whoever asked has gone: what he asked holds memory no longer.
    pub(crate) fn forget_gone(&self, key: FairKey) {
        self.waiting.lock().forget_gone(key);
    }

    /// What a job took in truth.
    pub(crate) fn settle(&self, key: FairKey, charged: Duration, took: Duration) {
        self.waiting.lock().settle(key, charged, took);
    }

    /// Gives up all that waits, and takes no more.
    pub(crate) fn close(&self) {
        let mut waiting = self.waiting.lock();
        *waiting = Waiting { is_closed: true, ..Waiting::default() };
        self.jobs.close();
    }
}

impl Turn {
    pub(crate) const fn charged(&self) -> Duration {
        self.charged
    }
}

impl Waiting {
    fn push(&mut self, job: Job) {
        self.forget_idle();
        let (key, level) = (job.key, self.level);
        let client = self.clients.entry(key).or_default();
        client.jobs.push_back(job);
        self.count += 1;
        if client.jobs.len() == 1 {
            client.used = client.used.max(level);
            self.line_up(key);
        }
    }

    fn pop(&mut self) -> Option<Turn> {
        let (used, _, key) = self.turns.pop_first()?;
        self.level = self.level.max(used);
        let client = self.clients.get_mut(&key)?;
        let job = client.jobs.pop_front()?;
        let charged = client.last.unwrap_or(FIRST_CHARGE).max(FIRST_CHARGE);
        client.used = client.used.saturating_add(charged);
        let has_more = !client.jobs.is_empty();
        self.count = self.count.saturating_sub(1);
        if has_more {
            self.line_up(key);
        }
        Some(Turn { job, charged })
    }

    // At the end of those that have used as much.
    fn line_up(&mut self, key: FairKey) {
        self.last_turn += 1;
        if let Some(client) = self.clients.get_mut(&key) {
            client.turn = self.last_turn;
            self.turns.insert((client.used, client.turn, key));
        }
    }

    fn settle(&mut self, key: FairKey, charged: Duration, took: Duration) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        let waits = self.turns.remove(&(client.used, client.turn, key));
        client.used = client.used.saturating_sub(charged).saturating_add(took.max(FIRST_CHARGE));
        client.last = Some(took);
        if waits {
            self.turns.insert((client.used, client.turn, key));
        }
    }

    fn forget_gone(&mut self, key: FairKey) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        let before = client.jobs.len();
        client.jobs.retain(|job| !job.answer.is_closed());
        self.count = self.count.saturating_sub(before - client.jobs.len());
        if client.jobs.is_empty() {
            self.turns.remove(&(client.used, client.turn, key));
        }
    }

    // Those that would begin anew with no advantage need not be known.
    fn forget_idle(&mut self) {
        if self.clients.len() < CLIENTS_KEPT_MAX {
            return;
        }
        let level = self.level;
        self.clients.retain(|_, client| !client.jobs.is_empty() || client.used > level);
        if self.clients.len() >= CLIENTS_KEPT_MAX {
            self.clients.retain(|_, client| !client.jobs.is_empty());
        }
    }
}

#[cfg(test)]
mod tests;
