//! What waits and what runs, in memory only.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Bound;

use mail::id::MailId;

use super::Concurrency;
use crate::job::Job;
use crate::paused::{self, Paused};

/// Bytes of messages that waiting jobs keep in memory together; a burst waits some milliseconds for a connection, and would else
/// be read from the log again.
const WAITING_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Number of a job in this process.
type Number = u64;

#[derive(Default)]
pub(super) struct State {
    jobs: HashMap<Number, Job>,
    next_number: Number,
    /// Not due yet, by time.
    later: BTreeSet<(i64, Number)>,
    /// Due, by destination, oldest first.
    ready: BTreeMap<String, VecDeque<Number>>,
    /// Due, of domains that are paused, by time: looked at when one goes on, not at each turn.
    set_aside: BTreeMap<String, BTreeSet<(i64, Number)>>,
    /// Where the last job came from; destinations take turns.
    turn: Option<String>,
    by_mail: HashMap<MailId, Vec<Number>>,
    /// Jobs that still have their bytes in memory.
    with_body: Vec<Number>,
    /// Recipients that an attempt runs for: never two at a time.
    in_flight: HashSet<(MailId, u16)>,
    running: HashMap<String, usize>,
    running_total: usize,
}

impl State {
    /// Adds a job; recipients that an attempt runs for are left out, they come back when it ends.
    pub(super) fn add(&mut self, mut job: Job) {
        job.recipients.retain(|(recipient, _)| !self.in_flight.contains(&(job.mail, *recipient)));
        let known: Vec<Number> = self.by_mail.get(&job.mail).cloned().unwrap_or_default();
        for number in known {
            let Some(other) = self.jobs.get(&number) else { continue };
            job.recipients.retain(|entry| !other.recipients.contains(entry));
        }
        if job.recipients.is_empty() {
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.later.insert((job.due, number));
        self.by_mail.entry(job.mail).or_default().push(number);
        if job.ready.is_some() {
            self.with_body.push(number);
        }
        self.jobs.insert(number, job);
    }

    /// Drops a mail's waiting jobs.
    pub(super) fn forget(&mut self, mail: MailId) {
        for number in self.by_mail.remove(&mail).unwrap_or_default() {
            let Some(job) = self.jobs.remove(&number) else { continue };
            self.later.remove(&(job.due, number));
            // The turn of what is paused may be long in coming.
            if let Some(aside) = self.set_aside.get_mut(&job.domain) {
                aside.remove(&(job.due, number));
            }
            // A number in `ready` without a job is skipped when its turn comes.
        }
    }

    /// A job that is due and whose destination has room.
    pub(super) fn take_due(&mut self, now: i64, concurrency: Concurrency, paused: &Paused) -> Option<Job> {
        self.move_due(now);
        if self.running_total >= concurrency.total_max {
            return None;
        }
        let (destination, number) = self.next_job(concurrency, paused)?;
        let job = self.remove(number)?;
        for (recipient, _) in &job.recipients {
            self.in_flight.insert((job.mail, *recipient));
        }
        *self.running.entry(destination.clone()).or_default() += 1;
        self.running_total += 1;
        self.turn = Some(destination);
        Some(job)
    }

    fn move_due(&mut self, now: i64) {
        while let Some((due, number)) = self.later.first().copied().filter(|(due, _)| *due <= now) {
            self.later.remove(&(due, number));
            if let Some(job) = self.jobs.get(&number) {
                self.ready.entry(job.destination()).or_default().push_back(number);
            }
        }
    }

    /// What was set aside and is not paused any more gets its turn again.
    pub(super) fn go_on(&mut self, paused: &Paused) {
        // Nothing to look for while everything is paused.
        if paused.stops(paused::ALL) {
            return;
        }
        let going: Vec<String> = self.set_aside.keys().filter(|domain| !paused.stops(domain)).cloned().collect();
        for (_, number) in going.iter().filter_map(|domain| self.set_aside.remove(domain)).flatten() {
            if let Some(job) = self.jobs.get(&number) {
                self.ready.entry(job.destination()).or_default().push_back(number);
            }
        }
    }

    // The first destination behind the last one's turn that has room and a job whose domain is not paused. Each job that is
    // gone or paused is met once: it leaves the line here.
    fn next_job(&mut self, concurrency: Concurrency, paused: &Paused) -> Option<(String, Number)> {
        let mut place = self.turn.clone();
        let mut laps = 0;
        loop {
            let behind = place.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
            let Some(name) = self.ready.range::<String, _>((behind, Bound::Unbounded)).next().map(|(name, _)| name)
            else {
                laps += 1;
                // From the last one's turn to the end, and once more from the beginning.
                if laps == 2 {
                    return None;
                }
                place = None;
                continue;
            };
            let name = name.clone();
            if self.running.get(&name).copied().unwrap_or(0) < concurrency.per_destination_max
                && let Some(number) = self.next_of(&name, paused)
            {
                return Some((name, number));
            }
            place = Some(name);
        }
    }

    fn next_of(&mut self, destination: &str, paused: &Paused) -> Option<Number> {
        let numbers = self.ready.get_mut(destination)?;
        let mut next = None;
        while next.is_none()
            && let Some(number) = numbers.pop_front()
        {
            match self.jobs.get_mut(&number) {
                Some(job) if paused.stops(&job.domain) => {
                    job.ready = None;
                    self.set_aside.entry(job.domain.clone()).or_default().insert((job.due, number));
                }
                Some(_) => next = Some(number),
                None => {}
            }
        }
        if numbers.is_empty() {
            self.ready.remove(destination);
        }
        next
    }

    fn remove(&mut self, number: Number) -> Option<Job> {
        let job = self.jobs.remove(&number)?;
        if let Some(numbers) = self.by_mail.get_mut(&job.mail) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_mail.remove(&job.mail);
            }
        }
        Some(job)
    }

    /// An attempt ended.
    pub(super) fn done(&mut self, job: &Job) {
        for (recipient, _) in &job.recipients {
            self.in_flight.remove(&(job.mail, *recipient));
        }
        let destination = job.destination();
        if let Some(running) = self.running.get_mut(&destination) {
            *running = running.saturating_sub(1);
            if *running == 0 {
                self.running.remove(&destination);
            }
        }
        self.running_total = self.running_total.saturating_sub(1);
    }

    /// Jobs that could not start keep few bytes in memory, those that came first; the others are read from the log again.
    pub(super) fn let_bodies_go(&mut self) {
        let mut room = WAITING_BYTES_MAX;
        self.with_body.retain(|number| {
            let Some(job) = self.jobs.get_mut(number) else { return false };
            let Some(ready) = &job.ready else { return false };
            let left = room.checked_sub(ready.room.bytes());
            room = left.unwrap_or(room);
            job.ready.take_if(|_| left.is_none());
            job.ready.is_some()
        });
    }

    /// Nothing starts any more: no job keeps bytes in memory.
    pub(super) fn let_all_bodies_go(&mut self) {
        for number in self.with_body.drain(..) {
            if let Some(job) = self.jobs.get_mut(&number) {
                job.ready = None;
            }
        }
    }

    /// When the next job that is not due yet will be.
    pub(super) fn next_due(&self) -> Option<i64> {
        self.later.first().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests;
