//! Who is next: the client that has used the least of the workers' time. One that sends much, or what is dear to open, waits
//! for itself only; one that comes new, or again after a while, begins where the others are and not with an advantage. A dear
//! message now and then is forgiven.

mod waiting;

use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use crate::ask::{Ask, Done};
use crate::opener::FairKey;
use crate::pool::OpenError;
pub(crate) use crate::queue::waiting::{Took, Turn, Waiter, Waiting};

/// A request that waits, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) key: FairKey,
    pub(crate) ask: Ask,
    pub(crate) answer: oneshot::Sender<Result<Done, OpenError>>,
    /// Workers that failed over it.
    pub(crate) faults: u32,
}

/// Requests that may wait, and be worked on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) all: usize,
    pub(crate) per_client: usize,
    /// Of one client, at a time.
    pub(crate) in_hand: usize,
    /// Time that one client is forgiven.
    pub(crate) forgiven: Duration,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct FairQueue {
    room: Room,
    state: Mutex<State>,
    /// One permit for each job that waits.
    jobs: Semaphore,
}

#[derive(Debug, Default)]
struct State {
    waiting: Waiting<Job>,
    /// Permits that were spent on jobs whose client has its share in hand.
    put_off: usize,
    is_closed: bool,
}

impl Waiter for Job {
    fn key(&self) -> FairKey {
        self.key
    }

    fn is_gone(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Why a job was not taken.
#[derive(Debug)]
pub(crate) enum NotQueued {
    Full(Job),
    Closed,
}

impl FairQueue {
    pub(crate) fn new(room: Room) -> Self {
        let state = State { waiting: Waiting::forgiving(room.forgiven), ..State::default() };
        Self { room, state: Mutex::new(state), jobs: Semaphore::new(0) }
    }

    pub(crate) fn push(&self, job: Job) -> Result<(), NotQueued> {
        let mut state = self.state.lock();
        if state.is_closed {
            return Err(NotQueued::Closed);
        }
        if state.waiting.count() >= self.room.all || state.waiting.count_of(job.key) >= self.room.per_client {
            return Err(NotQueued::Full(job));
        }
        state.waiting.push(job);
        self.jobs.add_permits(1);
        Ok(())
    }

    /// The next job; `None` when closed. May be dropped while it waits, without harm.
    pub(crate) async fn pop(&self) -> Option<Turn<Job>> {
        loop {
            self.jobs.acquire().await.ok()?.forget();
            // There is none where the asker has gone meanwhile.
            let mut state = self.state.lock();
            match state.waiting.pop(self.room.in_hand) {
                Some(turn) => return Some(turn),
                None if state.waiting.count() > 0 => state.put_off += 1,
                None => {}
            }
        }
    }

    /// Whoever asked has gone: what he asked holds memory no longer.
    pub(crate) fn forget_gone(&self, key: FairKey) {
        self.state.lock().waiting.forget_gone(key);
    }

    /// What a job took in truth.
    pub(crate) fn settle(&self, key: FairKey, charged: Duration, took: Took) {
        self.state.lock().waiting.settle(key, charged, took, Instant::now());
    }

    /// The turn of a job has ended.
    pub(crate) fn leave(&self, key: FairKey) {
        let mut state = self.state.lock();
        state.waiting.leave(key);
        self.give_back(&mut state);
    }

    /// Nobody waits for the job any more whose turn it was.
    pub(crate) fn forgo(&self, key: FairKey, charged: Duration) {
        let mut state = self.state.lock();
        state.waiting.forgo(key, charged);
        self.give_back(&mut state);
    }

    fn give_back(&self, state: &mut State) {
        let put_off = std::mem::take(&mut state.put_off).min(state.waiting.count());
        self.jobs.add_permits(put_off);
    }

    /// Gives up all that waits, and takes no more.
    pub(crate) fn close(&self) {
        *self.state.lock() = State { is_closed: true, ..State::default() };
        self.jobs.close();
    }
}

#[cfg(test)]
mod tests;
