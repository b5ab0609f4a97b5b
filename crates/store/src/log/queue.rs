//! What waits for the writer.

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::entry::{Kind, Payload};
use crate::error::StoreError;
use crate::index::Effect;

/// When the one who appends is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// When it is on disk.
    Durable,
    /// When it is written; alone it causes no flush.
    Written,
}

/// An entry on its way to the log.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) payload: Payload,
    pub(crate) kind: Kind,
    pub(crate) finishes: bool,
    pub(crate) effect: Effect,
    pub(crate) answer: Answer,
    pub(crate) done: Option<oneshot::Sender<Result<(), StoreError>>>,
}

impl Append {
    pub(crate) fn reply(&mut self, result: Result<(), StoreError>) {
        if let Some(done) = self.done.take() {
            // Who asked may have gone: the entry stays true.
            _ = done.send(result);
        }
    }

    /// Its effect holds already, so that it must be written, if later.
    pub(crate) fn is_owed(&self) -> bool {
        matches!(self.effect, Effect::Change { next: None, .. })
    }
}

/// A queue without an end: who appends waits for an answer, so it is as long as there are sessions.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    ready: Condvar,
}

#[derive(Default)]
struct Waiting {
    appends: Vec<Append>,
    closed: bool,
}

impl Queue {
    /// Gives the entry back if nobody will write it any more.
    pub(crate) fn push(&self, append: Append) -> Result<(), Box<Append>> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(Box::new(append));
        }
        waiting.appends.push(append);
        drop(waiting);
        self.ready.notify_one();
        Ok(())
    }

    /// All that waits, at least one; none when the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<Vec<Append>> {
        let mut waiting = self.waiting.lock();
        while waiting.appends.is_empty() {
            if waiting.closed {
                return None;
            }
            self.ready.wait(&mut waiting);
        }
        Some(std::mem::take(&mut waiting.appends))
    }

    pub(crate) fn close(&self) {
        self.waiting.lock().closed = true;
        self.ready.notify_all();
    }
}
