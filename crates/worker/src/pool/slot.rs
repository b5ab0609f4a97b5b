//! A place in a lane: it serves jobs with one worker after another until the queue closes.

use std::sync::Arc;

use nix::sys::signal::Signal;
use scan::content::WhyUnopened;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::ask::{Answer, Done};
use crate::frame::Lie;
use crate::lane::Lane;
use crate::limits::{SPARE_DEADLINE, TRIES_MAX};
use crate::pool::generation::Generation;
use crate::pool::shared::Shared;
use crate::pool::{OpenError, spare};
use crate::process::{Fault, Worker};
use crate::queue::{Job, NotQueued, Took, Turn};

/// See the head of this file.
pub(super) struct Slot {
    shared: Arc<Shared>,
    lane: Lane,
    worker: Option<Worker>,
    generations: watch::Receiver<Generation>,
}

impl Slot {
    pub(super) fn new(shared: Arc<Shared>, lane: Lane, worker: Option<Worker>) -> Self {
        let generations = shared.generations();
        Self { shared, lane, worker, generations }
    }

    pub(super) async fn run(mut self) {
        while let Some(turn) = self.next().await {
            let key = turn.waiter.key;
            // Whoever asked may have gone meanwhile.
            if turn.waiter.answer.is_closed() {
                self.shared.queue(self.lane).forgo(key, turn.charged());
            } else {
                self.serve(turn).await;
                self.shared.queue(self.lane).leave(key);
            }
        }
        if let Some(worker) = self.worker {
            self.shared.end(worker).await;
        }
    }

    /// The next job; meanwhile the worker is changed for one of a new generation, or ended if it stands idle in the slow lane.
    async fn next(&mut self) -> Option<Turn<Job>> {
        let shared = Arc::clone(&self.shared);
        loop {
            let may_end = self.lane == Lane::Slow && self.worker.is_some();
            tokio::select! {
                biased;
                changed = self.generations.changed() => {
                    changed.ok()?;
                    self.renew().await;
                }
                turn = shared.queue(self.lane).pop() => return turn,
                () = sleep(shared.times.slow_idle), if may_end => self.renew_with(None).await,
            }
        }
    }

    async fn renew(&mut self) {
        if self.worker.as_ref().is_some_and(|worker| self.shared.is_stale(worker)) {
            let fresh = match self.lane {
                Lane::Quick => self.shared.take_fresh().await,
                Lane::Slow => None,
            };
            self.renew_with(fresh).await;
        }
    }

    async fn renew_with(&mut self, fresh: Option<Worker>) {
        if let Some(old) = std::mem::replace(&mut self.worker, fresh) {
            self.shared.end(old).await;
        }
    }

    async fn serve(&mut self, turn: Turn<Job>) {
        let mut charged = turn.charged();
        let mut job = turn.waiter;
        while job.faults < TRIES_MAX {
            let Some(mut worker) = self.ready_worker().await else {
                return send(job, Err(OpenError::NoWorker));
            };
            let (before, times) = (worker.cpu(), *self.shared.times.of(self.lane));
            let answered = worker.ask(&job.ask, &times).await;
            let took = worker.cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
            // What kills its worker is as dear as what uses up its time. A second try comes on top.
            let charged = std::mem::take(&mut charged);
            let took = took.unwrap_or(times.cpu);
            let took = if answered.is_ok() { Took::Ended(took) } else { Took::Killed(took) };
            self.shared.queue(self.lane).settle(job.key, charged, took);
            let fault = match answered {
                Ok(Answer::Late) if self.lane == Lane::Slow => Fault::Lied(Lie::NoFrame),
                Ok(answer) => {
                    self.worker = Some(worker);
                    return match self.shared.done(&job.ask, answer) {
                        Some(done) => send(job, done),
                        None => self.hand_over(job),
                    };
                }
                Err(fault) => fault,
            };
            job.faults += 1;
            replace(&self.shared, worker, (fault, job.faults)).await;
            if fault == Fault::Busy && self.lane == Lane::Quick {
                return self.hand_over(job);
            }
        }
        tracing::error!("a message could not be opened by any worker");
        metrics::counter!("postern_worker_failed_messages_total").increment(1);
        let failed = job.ask.not_done(WhyUnopened::WorkerFailed);
        send(job, Ok(failed));
    }

    /// It goes on in the slow lane, if there is room.
    fn hand_over(&self, job: Job) {
        metrics::counter!("postern_worker_late_total").increment(1);
        if let Err(NotQueued::Full(job)) = self.shared.queue(Lane::Slow).push(job) {
            metrics::counter!("postern_worker_slow_lane_full_total").increment(1);
            send(job, Err(OpenError::SlowLaneFull));
        }
    }

    /// The worker at this place if it is well, else one that is; `None` when there is none to be had.
    async fn ready_worker(&mut self) -> Option<Worker> {
        loop {
            let worker = match self.worker.take() {
                Some(worker) => worker,
                None => timeout(SPARE_DEADLINE, self.new_worker()).await.ok().flatten()?,
            };
            match worker.check_idle() {
                Ok(()) => return Some(worker),
                // It died idle: no fault of the request, which keeps its tries.
                Err(fault) => replace(&self.shared, worker, (fault, 0)).await,
            }
        }
    }

    async fn new_worker(&self) -> Option<Worker> {
        match self.lane {
            Lane::Quick => spare::next(&self.shared).await,
            Lane::Slow => match self.shared.start_worker(Lane::Slow).await {
                Ok(worker) => Some(worker),
                Err(error) => {
                    tracing::error!(%error, "no worker for the slow lane");
                    metrics::counter!("postern_worker_start_failures_total").increment(1);
                    None
                }
            },
        }
    }
}

fn send(job: Job, done: Result<Done, OpenError>) {
    // The asker may have gone; nobody else wants the answer.
    let _ = job.answer.send(done);
}

async fn replace(shared: &Shared, worker: Worker, (fault, attempt): (Fault, u32)) {
    shared.forget(&worker);
    let process = worker.id;
    let signal = worker.kill().await.and_then(|signal| Signal::try_from(signal).ok());
    let name = signal.map(Signal::as_str);
    if signal == Some(Signal::SIGSYS) {
        tracing::error!(event = "worker_violation", process, attempt, "a worker tried what it may not, and was killed");
        metrics::counter!("postern_worker_violations_total").increment(1);
    }
    tracing::warn!(fault = fault.word(), detail = ?fault, attempt, process, signal = name, "a worker is replaced");
    metrics::counter!("postern_worker_restarts_total", "why" => fault.word()).increment(1);
}
