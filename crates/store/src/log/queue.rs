//! What waits for the writer.

use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio::sync::oneshot;

use super::entry::{Kind, Payload};
use crate::error::StoreError;
use crate::index::Effect;

/// How long the writer gathers when several wait for the disk at a time: a flush for each would be one each for the others,
/// too.
const GATHER_MAX: Duration = Duration::from_millis(5);

/// One group in so many waits for one more than usual, so that groups can grow; the others go as soon as the usual ones are there.
const PROBE_GROUPS: u32 = 8;

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
    /// Of these, the ones that wait for the disk.
    durable: usize,
    /// The writer wants so many of them before it is woken; none while it does not gather.
    wanted: usize,
    /// Size of the groups lately.
    usual: usize,
    /// Groups so far.
    groups: u32,
    closed: bool,
}

impl Queue {
    /// Gives the entry back if nobody will write it any more.
    pub(crate) fn push(&self, append: Append) -> Result<(), Box<Append>> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(Box::new(append));
        }
        waiting.durable += usize::from(append.answer == Answer::Durable);
        waiting.appends.push(append);
        let is_enough = waiting.durable >= waiting.wanted;
        drop(waiting);
        if is_enough {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// All that waits, at least one; none when the queue is closed and empty. Where several waited at a time lately, it
    /// gathers for up to [`GATHER_MAX`]; one session alone waits for nobody.
    pub(crate) fn take(&self) -> Option<Vec<Append>> {
        let mut waiting = self.waiting.lock();
        self.ready.wait_while(&mut waiting, |waiting| waiting.appends.is_empty() && !waiting.closed);
        if waiting.durable == 0 && waiting.usual > 1 {
            // What needs no flush goes along with what does: a write for itself would wake as many threads again.
            self.gather(&mut waiting, 1);
            if waiting.durable == 0 {
                waiting.usual = waiting.usual * 7 / 8;
            }
        }
        if waiting.durable > 0 && waiting.usual.max(waiting.durable) > 1 {
            waiting.groups = waiting.groups.wrapping_add(1);
            let wanted = waiting.usual + usize::from(waiting.groups.is_multiple_of(PROBE_GROUPS));
            self.gather(&mut waiting, wanted);
        }
        if waiting.durable > 0 {
            waiting.usual = waiting.durable.max(waiting.usual * 7 / 8);
        }
        waiting.durable = 0;
        let appends = std::mem::take(&mut waiting.appends);
        (!appends.is_empty()).then_some(appends)
    }

    /// Until so many wait for the disk, but not long.
    fn gather(&self, waiting: &mut MutexGuard<'_, Waiting>, wanted: usize) {
        waiting.wanted = wanted;
        let is_short = |waiting: &mut Waiting| waiting.durable < waiting.wanted && !waiting.closed;
        self.ready.wait_while_for(waiting, is_short, GATHER_MAX);
        waiting.wanted = 0;
    }

    /// Nobody writes any more: who waits is told by the end of its channel.
    pub(crate) fn abandon(&self) {
        self.close();
        self.waiting.lock().appends.clear();
    }

    pub(crate) fn close(&self) {
        self.waiting.lock().closed = true;
        self.ready.notify_all();
    }
}

#[cfg(test)]
mod tests;
