//! The one writer: takes what waits, writes it with one call, flushes once, answers all.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Core;
use super::entry::{END, HEAD_BYTES, Head, Kind, Payload};
use super::queue::{Answer, Append};
use super::segment::{Segment, trouble};
use super::upkeep::{Checkpoint, Upkeep};
use crate::error::StoreError;
use crate::index::{Effect, Place};

/// Bytes of one write and flush.
const BATCH_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Records that may be written without a flush.
const UNFLUSHED_RECORDS_MAX: u64 = 1 << 16;
/// The part of the last segment, one in so many, that is kept for changes when there is no space for another.
const RESERVE_SHARE: u64 = 8;

/// The thread's own things.
pub(crate) struct Writer {
    core: Arc<Core>,
    head: Option<Tip>,
    next_sequence: u64,
    /// Changes that hold already and found no space.
    owed: Vec<Append>,
    unflushed: u64,
}

/// The end of the log.
struct Tip {
    segment: Arc<Segment>,
    /// The segment before it, and the last sequence there.
    before: (u64, u64),
    /// Where the next entry goes.
    offset: u64,
    /// Up to here lie bytes of a write that failed.
    dirty: u64,
}

impl Writer {
    pub(crate) const fn new(core: Arc<Core>, next_sequence: u64) -> Self {
        Self { core, head: None, next_sequence, owed: Vec::new(), unflushed: 0 }
    }

    pub(crate) fn run(mut self) {
        while let Some(taken) = self.core.queue.take() {
            let mut pending: VecDeque<Append> = std::mem::take(&mut self.owed).into();
            pending.extend(taken);
            self.process(pending);
            self.core.owing.store(!self.owed.is_empty(), Ordering::Release);
        }
        let owed = std::mem::take(&mut self.owed);
        self.process(owed.into());
        if self.unflushed > 0
            && !self.core.is_failed()
            && let Some(tip) = &self.head
            && let Err(error) = tip.segment.file.sync_data()
        {
            self.core.fail("flushing the log", &error);
        }
    }

    fn process(&mut self, mut pending: VecDeque<Append>) {
        while !pending.is_empty() {
            if let Some(failure) = self.core.failure() {
                for append in pending.drain(..) {
                    self.refuse(append, &failure);
                }
                return;
            }
            let batch = self.fill(&mut pending);
            if !batch.is_empty() {
                self.write(batch);
            }
        }
    }

    /// Takes from the front what goes into one write.
    fn fill(&mut self, pending: &mut VecDeque<Append>) -> Vec<Append> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(append) = pending.front_mut() {
            if batch.is_empty()
                && let Some(checkpoint) = self.checkpoint()
            {
                bytes = checkpoint.payload.stored();
                batch.push(checkpoint);
            }
            if matches!(append.effect, Effect::Checkpoint) {
                // Only what is settled is in the account: it stands first.
                if !batch.is_empty() {
                    break;
                }
                append.payload = self.account((0, 0)).unwrap_or_else(|| append.payload.clone());
            }
            let length = append.payload.stored();
            if bytes > 0 && bytes + length > BATCH_BYTES_MAX {
                break;
            }
            if self.fits(&append.effect, bytes + length) {
                bytes += length;
                batch.extend(pending.pop_front());
                continue;
            }
            if !batch.is_empty() {
                break;
            }
            if let Err(error) = self.roll() {
                if let Some(append) = pending.pop_front() {
                    self.refuse(append, &error);
                }
                break;
            }
        }
        batch
    }

    fn fits(&self, effect: &Effect, bytes: u64) -> bool {
        let Some(tip) = &self.head else { return false };
        let keep = matches!(effect, Effect::Accept(_)) && !self.core.segments.has_spare();
        let reserve = if keep { tip.segment.bytes / RESERVE_SHARE } else { 0 };
        tip.offset + bytes + HEAD_BYTES + reserve <= tip.segment.bytes
    }

    /// Goes on in the next segment.
    fn roll(&mut self) -> Result<(), StoreError> {
        let before = match &self.head {
            Some(tip) => (tip.segment.generation, self.next_sequence - 1),
            None => (0, 0),
        };
        let segment = self.core.segments.take().map_err(|error| self.trouble("making a segment", &error))?;
        // What was not flushed there would else count as durable with the next flush here.
        if self.unflushed > 0 {
            self.flush()?;
        }
        self.core.index.lock().tally(segment.generation).first_sequence = self.next_sequence;
        self.core.open.write().insert(segment.generation, Arc::clone(&segment));
        self.head = Some(Tip { segment, before, offset: 0, dirty: 0 });
        self.core.wake_keeper();
        Ok(())
    }

    /// What stands first in a segment.
    fn checkpoint(&self) -> Option<Append> {
        let before = self.head.as_ref().filter(|tip| tip.offset == 0)?.before;
        let payload = self.account(before)?;
        let (kind, effect, answer) = (Kind::Upkeep, Effect::None, Answer::Written);
        Some(Append { payload, kind, finishes: false, effect, answer, done: None })
    }

    fn account(&self, (before, last_sequence): (u64, u64)) -> Option<Payload> {
        let totals = self.core.index.lock().totals();
        let note = Upkeep::Checkpoint(Checkpoint { before, last_sequence, totals });
        Payload::one(&note, bytes::Bytes::new()).ok()
    }

    fn write(&mut self, batch: Vec<Append>) {
        let flush = batch.iter().any(|append| append.answer == Answer::Durable);
        let heads = self.heads(&batch);
        match self.put(&batch, &heads) {
            Ok(()) => {}
            Err(error) => {
                let error = self.trouble("writing the log", &error);
                for append in batch {
                    self.refuse(append, &error);
                }
                return;
            }
        }
        self.next_sequence = heads.last().map_or(self.next_sequence, |head| head.last_sequence() + 1);
        self.unflushed += heads.iter().map(|head| u64::from(head.count)).sum::<u64>();
        if flush || self.unflushed > UNFLUSHED_RECORDS_MAX {
            if let Err(error) = self.flush() {
                for append in batch {
                    self.refuse(append, &error);
                }
                return;
            }
            self.core.now_durable(self.next_sequence - 1);
        }
        self.settle(batch, &heads);
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if let Some(tip) = &self.head {
            tip.segment.file.sync_data().map_err(|error| self.core.fail("flushing the log", &error))?;
        }
        metrics::counter!("postern_log_flushes_total").increment(1);
        self.unflushed = 0;
        Ok(())
    }

    fn heads(&self, batch: &[Append]) -> Vec<Head> {
        let generation = self.head.as_ref().map_or(0, |tip| tip.segment.generation);
        let flushed = self.core.durable_sequence();
        let mut sequence = self.next_sequence;
        let mut heads = Vec::with_capacity(batch.len());
        for append in batch {
            let head = Head {
                generation,
                sequence,
                flushed,
                // Bounded by the limits that Payload keeps.
                fields: u32::try_from(append.payload.fields.len()).unwrap_or(u32::MAX),
                body: u32::try_from(append.payload.body.len()).unwrap_or(u32::MAX),
                kind: append.kind,
                finishes: append.finishes,
                count: append.payload.count,
            };
            sequence = head.last_sequence() + 1;
            heads.push(head);
        }
        heads
    }

    /// Writes the batch and a clean end behind it; behind a failed write, zeros over all that it left.
    fn put(&mut self, batch: &[Append], heads: &[Head]) -> io::Result<()> {
        let Some(tip) = &mut self.head else { return Err(io::ErrorKind::NotFound.into()) };
        let encoded: Vec<_> = heads
            .iter()
            .zip(batch)
            .map(|(head, append)| head.encode(&self.core.mark, &append.payload.checksum))
            .collect();
        let length: u64 = batch.iter().map(|append| append.payload.stored()).sum();
        let end = tip.offset + length;
        let over = vec![0; usize::try_from(tip.dirty.saturating_sub(end + HEAD_BYTES)).unwrap_or(0)];
        let mut slices: Vec<&[u8]> = Vec::with_capacity(batch.len() * 4 + 2);
        for (head, append) in encoded.iter().zip(batch) {
            let payload = &append.payload;
            let unpadded = HEAD_BYTES + payload.fields.len() as u64 + payload.body.len() as u64;
            let padding = usize::try_from(payload.stored() - unpadded).unwrap_or(0);
            slices.extend([&head[..], &payload.fields[..], &payload.body[..], &END[..padding]]);
        }
        slices.extend([&END[..], &over[..]]);
        tip.dirty = tip.dirty.max(end + HEAD_BYTES);
        tip.segment.file.write_at(tip.offset, &slices)?;
        tip.offset = end;
        tip.dirty = 0;
        Ok(())
    }

    /// What was written is true: index, account, readers, answers.
    fn settle(&self, batch: Vec<Append>, heads: &[Head]) {
        let Some(tip) = &self.head else { return };
        let total: u64 = batch.iter().map(|append| append.payload.stored()).sum();
        let mut offset = tip.offset - total;
        let mut answers = Vec::with_capacity(batch.len());
        let mut news = Vec::with_capacity(batch.len());
        let mut index = self.core.index.lock();
        for (mut append, head) in batch.into_iter().zip(heads) {
            let length = append.payload.stored();
            let place = Place { generation: head.generation, offset, length };
            offset += length;
            if let Some(file) = index.settle(append.effect, place) {
                self.core.body_goes(head.last_sequence(), file);
            }
            if append.kind == Kind::Records {
                news.push((*head, append.payload.fields));
            }
            answers.extend(append.done.take());
        }
        let tally = index.tally(tip.segment.generation);
        tally.used = tip.offset;
        tally.last_sequence = self.next_sequence - 1;
        drop(index);
        self.core.publish(news);
        for done in answers {
            _ = done.send(Ok(()));
        }
        self.core.settled.notify_waiters();
    }

    /// Nothing of it is in the log. What holds already is kept for later.
    fn refuse(&mut self, mut append: Append, error: &StoreError) {
        if append.is_owed() && matches!(error, StoreError::Full) {
            append.reply(Ok(()));
            self.owed.push(append);
            return;
        }
        self.core.index.lock().undo(&append.effect);
        append.reply(Err(error.clone()));
        self.core.settled.notify_waiters();
    }

    /// Space comes back; everything else closes the log.
    fn trouble(&self, what: &str, error: &io::Error) -> StoreError {
        match trouble(what, error) {
            StoreError::Full => {
                metrics::counter!("postern_log_full_total").increment(1);
                StoreError::Full
            }
            _ => self.core.fail(what, error),
        }
    }
}
