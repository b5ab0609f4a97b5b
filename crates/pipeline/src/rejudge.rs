//! Held mail is judged again by itself: when there is room for what could not be judged in the session, every minute for a
//! failed check. After an hour an alarm, after a day it moves to quarantine as unscannable.

mod look;
mod settle;

use std::collections::{HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use mail::envelope::TenantId;
use mail::id::MailId;
use mail::timestamp::Timestamp;
use net::clock::Clock;
use queue::jump::{Jumps, Trust};
use queue::schedule::believable;
use store::mails::MailState;
use store::record::mail::StateRecord;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::line::Line;

/// Between two looks at what is held.
const LOOK_TIME: Duration = Duration::from_millis(500);
/// Mails that are judged at a time: a slow check must not let the others wait behind it.
const AT_A_TIME_MAX: usize = 16;
/// Mails of one look at the index; they are worked off before the next one.
const BATCH_MAX: usize = 256;

/// Judges held mail until `stop` says true.
pub async fn run(line: Arc<Line>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    let jumps = Jumps::new(clock.as_ref());
    let trust = Trust::Sound;
    let mut judging = Judging { line, clock, trust, running: JoinSet::new(), in_flight: HashSet::new() };
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
    clock: Arc<dyn Clock>,
    trust: Trust,
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
        let now = self.clock.now();
        // After a jump the next looks may lie where the clock has been: all are seen once, and [`is_due`] is asked.
        let (until, limit) = match self.trust {
            Trust::Jumped => (i64::MAX, usize::MAX),
            Trust::Sound | Trust::Doubtful => (now.unix_millis(), BATCH_MAX + self.in_flight.len()),
        };
        for tenant in self.line.mails().tenants() {
            if self.line.mails().account(tenant).held > 0 {
                let held = self.line.mails().held(tenant, until, limit);
                due.extend(held.iter().filter(|mail| is_due(mail, now)).map(|mail| (tenant, mail.id)));
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
        let (line, clock, trust) = (Arc::clone(&self.line), Arc::clone(&self.clock), self.trust);
        self.in_flight.insert(mail);
        self.running.spawn(async move {
            look_caught(&line, (tenant, mail), (clock.now(), trust)).await;
            mail
        });
    }
}

// Whatever happens in a look, its task ends well: else the mail would count as being judged for ever.
async fn look_caught(line: &Line, (tenant, mail): (TenantId, MailId), (now, trust): (Timestamp, Trust)) {
    // A person may have released or deleted it since the index was looked at.
    let state = || line.mails().state(tenant, mail).filter(|state| is_due(state, now));
    let Some(held) = state() else { return };
    if AssertUnwindSafe(look::look(line, &held, (now, trust))).catch_unwind().await.is_ok() {
        return;
    }
    metrics::counter!("postern_panics_total").increment(1);
    tracing::error!(mail = %mail.reference(), "a panic while a held mail was judged");
    let Some(held) = state() else { return };
    let why = "it could not be judged: a bug of ours";
    match AssertUnwindSafe(look::give_up(line, &held, now, why)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(mail = %mail.reference(), %error, "it stays held"),
        Err(_) => tracing::error!(mail = %mail.reference(), "it stays held: moving it to quarantine panics, too"),
    }
}

fn is_due(mail: &MailState, now: Timestamp) -> bool {
    mail.recipients.iter().any(|recipient| match &recipient.state {
        StateRecord::Held { next_attempt, .. } => believable(*next_attempt, now) <= now.unix_millis(),
        _ => false,
    })
}
