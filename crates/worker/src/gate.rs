//! A gate with so many places behind it: who comes when all are taken waits, and the next is of the client that was there the
//! shortest time.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::opener::FairKey;
use crate::queue::{Waiter, Waiting};

/// See the head of this file.
#[derive(Clone, Debug)]
pub struct FairGate(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
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
        Self(Arc::new(Mutex::new(State { free: places.max(1), waiting: Waiting::default() })))
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
        if state.free == 0 {
            return None;
        }
        let turn = state.waiting.pop(usize::MAX)?;
        state.free -= 1;
        let charged = turn.charged();
        let pass = Pass { gate: self.clone(), key: turn.waiter.key, charged, since: Instant::now() };
        Some((turn.waiter.admit, pass))
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.gate.0.lock();
        state.free += 1;
        state.waiting.settle(self.key, self.charged, self.since.elapsed());
        state.waiting.leave(self.key);
        drop(state);
        self.gate.admit();
    }
}

#[cfg(test)]
mod tests;
