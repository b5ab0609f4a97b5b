//! Takes segments back. One that nothing needs becomes a spare; of one with little life in it, that little is written to the
//! head of the log first. Nothing goes before the search files have it.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use mail::id::MailId;
use tokio::sync::oneshot;

use super::upkeep::{MailName, MailStates, Upkeep};
use super::{Answer, Append, Core, Kind, Payload, ReadFault};
use crate::error::StoreError;
use crate::index::{Effect, Tally};

/// Bytes of mails copied between two flushes.
const COPY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Mails named by one note.
const NOTE_MAILS_MAX: usize = 1_000;

/// Goes through all segments once. Says how many were taken back.
pub(crate) fn pass(core: &Core) -> usize {
    let _one_at_a_time = core.compacting.lock();
    let mut taken = 0;
    for generation in candidates(core) {
        // A change that holds already and is not written yet would be counted twice by a copy.
        if core.is_failed() || core.owing.load(Ordering::Acquire) {
            break;
        }
        match take_back(core, generation) {
            Ok(true) => taken += 1,
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(generation, %error, "a segment stays for now");
                break;
            }
        }
    }
    taken
}

/// All but the head that are absorbed and have little or nothing live.
fn candidates(core: &Core) -> Vec<u64> {
    let absorbed = core.absorbed.load(Ordering::Acquire);
    let bytes = core.segments.bytes();
    let index = core.index.lock();
    let head = index.segments().keys().next_back().copied();
    let old = index.segments().iter().filter(|(generation, tally)| {
        Some(**generation) != head && tally.last_sequence <= absorbed && (tally.is_dead() || tally.is_sparse(bytes))
    });
    old.map(|(generation, _)| *generation).collect()
}

fn take_back(core: &Core, generation: u64) -> Result<bool, StoreError> {
    let dead = |core: &Core| core.index.lock().segments().get(&generation).is_some_and(Tally::is_dead);
    if !dead(core) {
        copy_mails(core, generation)?;
        note_states(core, generation)?;
    }
    note_finished(core, generation)?;
    if !dead(core) {
        return Ok(false);
    }
    note_account(core)?;
    core.index.lock().forget_segment(generation);
    core.open.write().remove(&generation);
    core.segments.give_back(generation).map_err(|error| core.fail("taking back a segment", &error))?;
    metrics::counter!("postern_log_segments_reused_total").increment(1);
    Ok(true)
}

/// Mails whose record or last judgement stands there are written whole.
fn copy_mails(core: &Core, generation: u64) -> Result<(), StoreError> {
    let mails: Vec<MailId> = {
        let index = core.index.lock();
        let here = index.entries().filter(|(_, entry)| {
            entry.place.generation == generation || entry.rejudged.is_some_and(|place| place.generation == generation)
        });
        here.map(|(mail, _)| *mail).collect()
    };
    let mut waiting = Vec::new();
    let mut bytes = 0;
    for mail in mails {
        let Some((answer, length)) = copy(core, mail)? else { continue };
        waiting.push(answer);
        bytes += length;
        if bytes > COPY_BYTES_MAX {
            wait(std::mem::take(&mut waiting))?;
            bytes = 0;
        }
    }
    wait(waiting)
}

type Waiting = oneshot::Receiver<Result<(), StoreError>>;

fn copy(core: &Core, mail: MailId) -> Result<Option<(Waiting, u64)>, StoreError> {
    let places = core.index.lock().any_mut(mail).map(|entry| (entry.place, entry.rejudged));
    let Some((place, rejudged)) = places else { return Ok(None) };
    let (mut record, body) = match core.read_mail(place, rejudged) {
        Ok(read) => read,
        Err(ReadFault::NotThere(why, bytes)) => {
            core.set_mail_aside(mail, &bytes, &why);
            return Ok(None);
        }
        Err(ReadFault::Disk(error)) => return Err(StoreError::Failed(error.to_string())),
    };
    let mut index = core.index.lock();
    let Some(entry) = index.any_mut(mail) else { return Ok(None) };
    // Next time: a change is on its way, or it moved while we read.
    if entry.busy || entry.finished || (entry.place, entry.rejudged) != (place, rejudged) {
        return Ok(None);
    }
    record.recipients.clone_from(&entry.state.recipients);
    record.sender_genuine = entry.state.sender_genuine;
    let payload = Payload::one(&record, body)?;
    let length = payload.stored();
    // Still locked, so that a change comes before or after it, not between reading the states and writing them.
    let answer = send(core, Kind::Copy, payload, Effect::Copy { mail })?;
    Ok(Some((answer, length)))
}

/// Changes that stand there of mails elsewhere.
fn note_states(core: &Core, generation: u64) -> Result<(), StoreError> {
    let mails: Vec<MailId> = {
        let index = core.index.lock();
        let here = index.entries().filter(|(_, entry)| entry.pins.contains(&generation));
        here.map(|(mail, _)| *mail).collect()
    };
    for some in mails.chunks(NOTE_MAILS_MAX) {
        let mut index = core.index.lock();
        let mut states = Vec::with_capacity(some.len());
        let mut named = Vec::with_capacity(some.len());
        for mail in some {
            let Some(entry) = index.any_mut(*mail).filter(|entry| !entry.busy && !entry.finished) else { continue };
            let all = entry.state.recipients.iter().map(|recipient| recipient.state.clone()).collect();
            states.push(MailStates { mail: MailName(*mail.as_bytes()), states: all });
            named.push(*mail);
        }
        let payload = Payload::one(&Upkeep::States(states), Bytes::new())?;
        let answer = send(core, Kind::Upkeep, payload, Effect::States { mails: named })?;
        drop(index);
        wait(vec![answer])?;
    }
    Ok(())
}

/// Ends that stand there of mails whose record stands elsewhere.
fn note_finished(core: &Core, generation: u64) -> Result<(), StoreError> {
    let mut mails: Vec<MailId> = {
        let index = core.index.lock();
        let ends = index.segments().values().flat_map(|tally| &tally.finished);
        ends.filter(|(_, end)| **end == generation).map(|(mail, _)| *mail).collect()
    };
    mails.sort_unstable();
    mails.dedup();
    for some in mails.chunks(NOTE_MAILS_MAX) {
        let names = some.iter().map(|mail| MailName(*mail.as_bytes())).collect();
        let payload = Payload::one(&Upkeep::Finished(names), Bytes::new())?;
        let answer = send(core, Kind::Upkeep, payload, Effect::Finished { mails: some.to_vec() })?;
        wait(vec![answer])?;
    }
    Ok(())
}

/// The account up to here, since the changes that it counts are not understood without the records that go. Durable, and
/// with it all that made the segment dead.
fn note_account(core: &Core) -> Result<(), StoreError> {
    // The writer fills it in when it is its turn.
    let payload = Payload::one(&Upkeep::Finished(Vec::new()), Bytes::new())?;
    let answer = send(core, Kind::Upkeep, payload, Effect::Checkpoint)?;
    wait(vec![answer])
}

fn send(core: &Core, kind: Kind, payload: Payload, effect: Effect) -> Result<Waiting, StoreError> {
    let (done, answer) = oneshot::channel();
    let append = Append { payload, kind, finishes: false, effect, answer: Answer::Durable, done: Some(done) };
    core.append(append).map_err(|(_, error)| error)?;
    Ok(answer)
}

fn wait(answers: Vec<Waiting>) -> Result<(), StoreError> {
    for answer in answers {
        answer.blocking_recv().unwrap_or(Err(StoreError::Closed))?;
    }
    Ok(())
}
