//! What is due goes out, as many at a time as a destination bears, so that one dead site does not hold the others.
//!
//! The index of `store::Mails` is the truth; what stands here is rebuilt from it at start and may be forgotten at any time.

mod finish;
mod state;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use net::clock::Clock;
use parking_lot::Mutex;
use store::mails::MailState;
use store::record::mail::StateRecord;
use store::{Mails, StoreError};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::job::{self, Job, ReadyBody};
use crate::jump::{Jumps, Trust};
use crate::outcome::{Delivery, Outcome};
use crate::paused::Paused;
use crate::route::Routes;
use crate::schedule;
use state::State;

/// Longest sleep of the scheduler; a change of the clock is noticed after this.
const SLEEP_LONGEST: Duration = Duration::from_secs(30);

/// Makes attempts; `delivery::Smtp` is the real one.
pub trait Deliver: Send + Sync {
    /// One attempt at one destination. Every recipient of the job has exactly one outcome.
    fn attempt<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Vec<Outcome>>;
}

/// How much at a time.
#[derive(Clone, Copy, Debug)]
pub struct Concurrency {
    /// Attempts at one destination at a time.
    pub per_destination_max: usize,
    /// Attempts in all at a time.
    pub total_max: usize,
}

/// The queue.
pub struct Queue {
    mails: Arc<dyn Mails>,
    clock: Arc<dyn Clock>,
    deliver: Arc<dyn Deliver>,
    routes: ArcSwap<Routes>,
    paused: Arc<Paused>,
    hostname: String,
    concurrency: Concurrency,
    state: Mutex<State>,
    wake: Notify,
    jumps: Jumps,
}

/// What is not done by age while the clock is doubted, for the log.
const STOPS: &str = "expiry in the queue";

/// What a queue is made of.
pub struct Parts {
    /// The truth.
    pub mails: Arc<dyn Mails>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Makes attempts.
    pub deliver: Arc<dyn Deliver>,
    /// Next hops.
    pub routes: Routes,
    /// Destinations that an operator stopped.
    pub paused: Arc<Paused>,
    /// Name of this gateway, for DSNs.
    pub hostname: String,
    /// How much at a time.
    pub concurrency: Concurrency,
}

impl Queue {
    /// Reads the index; nothing is sent before [`Queue::run`].
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let queue = Self {
            jumps: Jumps::new(parts.clock.as_ref()),
            mails: parts.mails,
            clock: parts.clock,
            deliver: parts.deliver,
            routes: ArcSwap::from_pointee(parts.routes),
            paused: parts.paused,
            hostname: parts.hostname,
            concurrency: parts.concurrency,
            state: Mutex::new(State::default()),
            wake: Notify::new(),
        };
        queue.read_index();
        Arc::new(queue)
    }

    /// Takes up a mail whose recipients were queued: just accepted, released, or judged again.
    pub fn offer(&self, mail: &MailState, ready: Option<ReadyBody>) {
        let jobs = self.jobs(mail);
        let mut state = self.state.lock();
        for mut job in jobs {
            job.ready.clone_from(&ready);
            state.add(job);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Looks at the whole index again: next attempts were changed, or a destination goes on.
    pub fn read_index(&self) {
        for tenant in self.mails.tenants() {
            for mail in self.mails.unfinished(tenant) {
                // Under the lock and as it is now: an attempt may have ended since the list was made.
                let mut state = self.state.lock();
                state.forget(mail.id);
                if let Some(mail) = self.mails.state(tenant, mail.id) {
                    self.jobs(&mail).into_iter().for_each(|job| state.add(job));
                }
            }
        }
        self.wake.notify_one();
    }

    fn jobs(&self, mail: &MailState) -> Vec<Job> {
        let now = self.clock.now();
        let mut jobs = job::jobs(mail, &self.routes.load());
        jobs.iter_mut().for_each(|job| job.due = schedule::believable(job.due, now));
        jobs
    }

    /// Other next hops are in force; what waits goes by them.
    pub fn set_routes(&self, routes: Routes) {
        self.routes.store(Arc::new(routes));
        self.read_index();
    }

    /// Destinations that an operator stopped.
    #[must_use]
    pub fn paused(&self) -> &Arc<Paused> {
        &self.paused
    }

    /// Delivers until `stop` says true; then waits for the attempts that run.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            self.trust();
            let sleep = self.start_due(&mut running);
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                Some(_) = running.join_next(), if !running.is_empty() => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        while running.join_next().await.is_some() {}
    }

    // Whether ages mean something. After a jump next attempts may lie where the clock has been.
    fn trust(&self) -> Trust {
        let trust = self.jumps.look(self.clock.as_ref(), STOPS);
        if trust == Trust::Jumped {
            self.read_index();
        }
        trust
    }

    // Starts what is due and fits, and says how long nothing else will be due.
    fn start_due(self: &Arc<Self>, running: &mut JoinSet<()>) -> Duration {
        // An outcome that cannot be written down would be brought about again and again. What waits is safe in the log until
        // the next start.
        if !self.mails.is_healthy() {
            self.state.lock().let_all_bodies_go();
            return SLEEP_LONGEST;
        }
        let now = self.clock.now().unix_millis();
        self.state.lock().go_on(&self.paused);
        loop {
            let job = self.state.lock().take_due(now, self.concurrency, &self.paused);
            let Some(job) = job else { break };
            let queue = Arc::clone(self);
            running.spawn(async move { queue.attempt(job).await });
        }
        let mut state = self.state.lock();
        // All but a few that wait for a slot let their bytes go; they are in the log.
        state.let_bodies_go();
        let until = state.next_due().map_or(SLEEP_LONGEST, |due| {
            Duration::from_millis(u64::try_from(due.saturating_sub(now)).unwrap_or(0)) //
        });
        until.clamp(Duration::from_millis(1), SLEEP_LONGEST)
    }

    async fn attempt(&self, job: Job) {
        // Whatever happens there, the slot and the recipients come back.
        let written = AssertUnwindSafe(self.carry_out(&job)).catch_unwind().await;
        let is_written = match written {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::error!(mail = %job.mail.reference(), %error, "the outcome of a delivery could not be written");
                false
            }
            Err(_) => {
                panicked(job.mail);
                false
            }
        };
        let mut state = self.state.lock();
        state.done(&job);
        if !is_written {
            state.add(self.put_off(self.still_due(&job)));
        }
        if let Some(mail) = self.mails.state(job.tenant, job.mail) {
            self.jobs(&mail).into_iter().for_each(|job| state.add(job));
        }
        drop(state);
        self.wake.notify_one();
    }

    async fn carry_out(&self, job: &Job) -> Result<(), StoreError> {
        let due = self.still_due(job);
        if due.recipients.is_empty() {
            return Ok(());
        }
        let outcomes = self.outcomes(&due).await;
        self.finish(&due, outcomes).await
    }

    // The job without what was deleted, delivered or put off since it was made.
    fn still_due(&self, job: &Job) -> Job {
        let now = self.clock.now();
        let mail = self.mails.state(job.tenant, job.mail);
        let recipients = mail.as_ref().map_or(&[][..], |mail| &mail.recipients);
        let mut due = job.clone();
        due.recipients.retain(|(at, _)| {
            let state = recipients.get(usize::from(*at)).map(|recipient| &recipient.state);
            matches!(state, Some(StateRecord::Queued { next_attempt, .. })
                if schedule::believable(*next_attempt, now) <= now.unix_millis())
        });
        due
    }

    // A bug that shows in one attempt neither takes its slot away for good nor loses the mail.
    async fn outcomes(&self, job: &Job) -> Vec<Outcome> {
        let attempt = AssertUnwindSafe(self.deliver.attempt(job)).catch_unwind();
        attempt.await.unwrap_or_else(|_| {
            panicked(job.mail);
            let outcome = |(recipient, _): &(u16, String)| Outcome {
                recipient: *recipient,
                result: Delivery::Transient,
                peer: String::new(),
                reply: "internal error".to_owned(),
                status: "4.3.0".to_owned(),
            };
            job.recipients.iter().map(outcome).collect()
        })
    }

    // What could not be written down is tried again after a while: rather twice than never. If the store takes nothing more,
    // that is after the next start.
    fn put_off(&self, mut job: Job) -> Job {
        job.attempts = job.attempts.saturating_add(1);
        job.due = self.clock.now().plus(schedule::wait(job.attempts, net::random::fraction())).unix_millis();
        job.ready = None;
        job
    }

    /// What is known of the clock, for whoever else gives something up by its age.
    #[must_use]
    pub const fn jumps(&self) -> &Jumps {
        &self.jumps
    }

    /// Recipients that wait, of one tenant.
    #[must_use]
    pub fn waiting(&self, tenant: TenantId) -> u64 {
        self.mails.account(tenant).queued
    }
}

// A bug of ours in one attempt; the mail is tried again.
fn panicked(mail: MailId) {
    metrics::counter!("postern_panics_total").increment(1);
    tracing::error!(mail = %mail.reference(), "a panic while a mail was delivered; it waits and is tried again");
}
