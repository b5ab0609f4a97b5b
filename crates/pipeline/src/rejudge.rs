//! Held mail is judged again by itself: when there is room for what could not be judged in the session, every minute for a
//! failed check. After an hour an alarm, after a day it moves to quarantine as unscannable.

mod give_up;
mod look;
pub mod opening;
pub mod other_words;
mod settle;

use std::collections::{HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use mail::envelope::TenantId;
use mail::id::MailId;
use net::clock::Clock;
use queue::jump::Trust;
use store::Journal;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::line::Line;
use look::Terms;

/// Between two looks at what is held.
const LOOK_TIME: Duration = Duration::from_millis(500);
/// Mails that are judged at a time: a slow check must not let the others wait behind it.
const AT_A_TIME_MAX: usize = 16;
/// Mails of one look at the index; they are worked off before the next one.
const BATCH_MAX: usize = 256;

/// Whose share of the memory held mail has: that of no network.
const HELD_MAIL: u64 = u64::MAX;
/// And mail that a person opens, who is not to wait for what is held.
const OPENED_MAIL: u64 = u64::MAX - 1;
/// Wait of one mail for room in memory.
const ROOM_TIMEOUT: Duration = Duration::from_secs(60);

/// Judges held mail until `stop` says true. The journal is asked for other mail of a sender.
pub async fn run(line: Arc<Line>, journal: Arc<dyn Journal>, clock: Arc<dyn Clock>, stop: watch::Receiver<bool>) {
    run_with(line, journal, clock, (ROOM_TIMEOUT, stop)).await;
}

/// The same; a mail waits for room in memory up to `room_timeout`, then it makes way for others.
pub async fn run_with(
    line: Arc<Line>,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    (room_timeout, mut stop): (Duration, watch::Receiver<bool>),
) {
    let jumps = line.queue().jumps().share();
    let trust = Trust::Sound;
    let (running, in_flight) = (JoinSet::new(), HashSet::new());
    let mut judging = Judging { line, journal, clock, trust, room_timeout, running, in_flight };
    while !*stop.borrow() {
        judging.trust = jumps.look(judging.clock.as_ref(), "giving held mail up");
        let mut batch = judging.due();
        let is_full = batch.len() >= BATCH_MAX;
        // There may be more: then the next look follows at once.
        let pause = if is_full { Duration::ZERO } else { LOOK_TIME };
        if !judging.work_off(&mut batch, &mut stop).await || !judging.pause(pause, &mut stop).await {
            break;
        }
    }
    judging.running.shutdown().await;
}

struct Judging {
    line: Arc<Line>,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    trust: Trust,
    room_timeout: Duration,
    running: JoinSet<MailId>,
    in_flight: HashSet<MailId>,
}

impl Judging {
    fn due(&self) -> VecDeque<(TenantId, MailId)> {
        let mut due = VecDeque::new();
        // A store that takes no more changes would show the same mails for ever.
        if !self.line.mails().is_healthy() {
            return due;
        }
        let now = self.clock.now().unix_millis();
        let limit = BATCH_MAX + self.in_flight.len();
        for tenant in self.line.mails().tenants() {
            if self.line.mails().account(tenant).held > 0 {
                let held = self.line.mails().held(tenant, now, limit);
                due.extend(held.iter().map(|mail| (tenant, mail.id)));
            }
        }
        due.retain(|(_, mail)| !self.in_flight.contains(mail));
        due
    }

    // Starts them all, as many at a time as may run. False: it is time to stop.
    async fn work_off(&mut self, batch: &mut VecDeque<(TenantId, MailId)>, stop: &mut watch::Receiver<bool>) -> bool {
        while !batch.is_empty() {
            while self.running.len() < AT_A_TIME_MAX
                && let Some((tenant, mail)) = batch.pop_front()
            {
                self.start(tenant, mail);
            }
            if batch.is_empty() {
                break;
            }
            tokio::select! {
                Some(ended) = self.running.join_next() => if let Ok(mail) = ended { self.in_flight.remove(&mail); },
                changed = stop.changed() => if changed.is_err() || *stop.borrow() { return false },
            }
        }
        true
    }

    // False: it is time to stop.
    async fn pause(&mut self, time: Duration, stop: &mut watch::Receiver<bool>) -> bool {
        let pause = tokio::time::sleep(time);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => return true,
                Some(ended) = self.running.join_next(), if !self.running.is_empty() => {
                    if let Ok(mail) = ended {
                        self.in_flight.remove(&mail);
                    }
                }
                changed = stop.changed() => if changed.is_err() || *stop.borrow() { return false },
            }
        }
    }

    fn start(&mut self, tenant: TenantId, mail: MailId) {
        let (line, clock) = (Arc::clone(&self.line), Arc::clone(&self.clock));
        let (journal, trust, room_timeout) = (Arc::clone(&self.journal), self.trust, self.room_timeout);
        self.in_flight.insert(mail);
        self.running.spawn(async move {
            let journal = journal.as_ref();
            look_caught(&line, (tenant, mail), Terms { journal, now: clock.now(), trust, room_timeout }).await;
            mail
        });
    }
}

// Whatever happens in a look, its task ends well: else the mail would count as being judged for ever.
async fn look_caught(line: &Line, (tenant, mail): (TenantId, MailId), terms: Terms<'_>) {
    let now = terms.now;
    // A person may have released or deleted it since the index was looked at.
    let state = || line.mails().state(tenant, mail).filter(|state| state.is_held_and_due(now.unix_millis()));
    let Some(held) = state() else { return };
    if AssertUnwindSafe(look::look(line, &held, terms)).catch_unwind().await.is_ok() {
        return;
    }
    metrics::counter!("postern_panics_total").increment(1);
    tracing::error!(mail = %mail.reference(), "a panic while a held mail was judged");
    let Some(held) = state() else { return };
    let why = "it could not be judged: a bug of ours";
    match AssertUnwindSafe(give_up::give_up(line, &held, now, why)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(mail = %mail.reference(), %error, "it stays held"),
        Err(_) => tracing::error!(mail = %mail.reference(), "it stays held: moving it to quarantine panics, too"),
    }
}
