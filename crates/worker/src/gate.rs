//! A gate with so many places behind it: who comes when all are taken waits, and the next is of the client that was there the
//! shortest time.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::opener::FairKey;
use crate::queue::{Took, Waiter, Waiting};

/// See the head of this file.
#[derive(Clone, Debug)]
pub struct FairGate(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    /// Places that one client has at most.
    in_hand_max: usize,
    waiting: Waiting<Admission>,
}

#[derive(Debug)]
struct Admission {
    key: FairKey,
    admit: oneshot::Sender<Pass>,
}

/// A place behind the gate, until it is dropped.
#[derive(Debug)]
pub struct Pass {
    gate: FairGate,
    key: FairKey,
    charged: Duration,
    since: Instant,
}

impl Waiter for Admission {
    fn key(&self) -> FairKey {
        self.key
    }

    fn is_gone(&self) -> bool {
        self.admit.is_closed()
    }
}

impl FairGate {
    /// With so many places, one at least.
    #[must_use]
    pub fn new(places: usize) -> Self {
        Self::with(places, usize::MAX)
    }

    /// Of which one client has all but one at most, however long he stays there.
    #[must_use]
    pub fn with_one_for_others(places: usize) -> Self {
        Self::with(places, places.saturating_sub(1).max(1))
    }

    fn with(places: usize, in_hand_max: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: places.max(1), in_hand_max, waiting: Waiting::default() })))
    }

    /// Waits for a place. May be dropped meanwhile, without harm.
    pub async fn enter(&self, key: FairKey) -> Pass {
        loop {
            let (admit, admitted) = oneshot::channel();
            self.0.lock().waiting.push(Admission { key, admit });
            self.admit();
            // The sender is never dropped unused.
            if let Ok(pass) = admitted.await {
                return pass;
            }
        }
    }

    // A pass that nobody takes any more gives its place back when it is dropped, so not under the lock.
    fn admit(&self) {
        while let Some((admit, pass)) = self.next() {
            drop(admit.send(pass));
        }
    }

    fn next(&self) -> Option<(oneshot::Sender<Pass>, Pass)> {
        let mut state = self.0.lock();
        while state.free > 0 {
            let in_hand_max = state.in_hand_max;
            let turn = state.waiting.pop(in_hand_max)?;
            let (key, charged) = (turn.waiter.key, turn.charged());
            // Here and not by the pass: thousands may have gone, and each would be dropped within the drop of another.
            if turn.waiter.is_gone() {
                state.waiting.forgo(key, charged);
                continue;
            }
            state.free -= 1;
            let pass = Pass { gate: self.clone(), key, charged, since: Instant::now() };
            return Some((turn.waiter.admit, pass));
        }
        None
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.gate.0.lock();
        state.free += 1;
        state.waiting.settle(self.key, self.charged, Took::Ended(self.since.elapsed()), Instant::now());
        state.waiting.leave(self.key);
        drop(state);
        self.gate.admit();
    }
}

#[cfg(test)]
mod tests;
