//! The tasks of the pool: one for each worker, and one that keeps a spare warm.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::files::Files;
use crate::limits::{SPARE_DEADLINE, START_PAUSE_MAX, START_PAUSE_MIN, TRIES_MAX};
use crate::opener::{Opened, failed};
use crate::pool::Shared;
use crate::process::{Fault, Worker};
use crate::queue::Job;

/// Serves jobs with one worker after another until the queue closes.
pub(super) async fn run(shared: Arc<Shared>, worker: Worker) {
    let mut worker = Some(worker);
    while let Some(job) = shared.queue.pop().await {
        // Whoever asked may have gone meanwhile.
        if !job.answer.is_closed() {
            serve(&shared, &mut worker, job).await;
        }
    }
    if let Some(worker) = worker {
        shared.forget(&worker);
        worker.end().await;
    }
}

async fn serve(shared: &Shared, place: &mut Option<Worker>, job: Job) {
    for attempt in 1..=TRIES_MAX {
        let Some(mut worker) = ready_worker(shared, place).await else { break };
        match worker.ask(&job.ask, shared.deadline).await {
            Ok(answer) => {
                *place = Some(worker);
                // The asker may have gone; nobody else wants the answer.
                let _ = job.answer.send(shared.opened(&job.ask, answer));
                return;
            }
            Err(fault) => replace(shared, worker, (fault, attempt)).await,
        }
    }
    tracing::error!(parts = job.ask.request.parts.len(), "a message could not be opened by any worker");
    metrics::counter!("postern_worker_failed_messages_total").increment(1);
    let _ = job.answer.send(Opened { content: failed(&job.ask.request), files: Files::default() });
}

/// The worker at this place if it is well, else a spare that is; `None` when there is none to be had.
async fn ready_worker(shared: &Shared, place: &mut Option<Worker>) -> Option<Worker> {
    loop {
        let worker = match place.take() {
            Some(worker) => worker,
            None => timeout(SPARE_DEADLINE, next_spare(shared)).await.ok().flatten()?,
        };
        match worker.check_idle() {
            Ok(()) => return Some(worker),
            // It died idle: no fault of the request, which keeps its tries.
            Err(fault) => replace(shared, worker, (fault, 0)).await,
        }
    }
}

async fn next_spare(shared: &Shared) -> Option<Worker> {
    shared.spare.lock().await.recv().await
}

async fn replace(shared: &Shared, worker: Worker, (fault, attempt): (Fault, u32)) {
    shared.forget(&worker);
    let process = worker.id;
    let signal = worker.kill().await;
    tracing::warn!(fault = fault.word(), ?fault, attempt, process, signal, "a worker is replaced");
    metrics::counter!("postern_worker_restarts_total", "why" => fault.word()).increment(1);
}

/// Keeps one worker ready in the channel.
pub(super) async fn keep_spare(shared: Arc<Shared>, spares: mpsc::Sender<Worker>, mut stop: watch::Receiver<bool>) {
    let mut pause = START_PAUSE_MIN;
    loop {
        let room = tokio::select! {
            room = spares.reserve() => room,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok(room) = room else { break };
        match shared.start_worker().await {
            Ok(worker) => {
                pause = START_PAUSE_MIN;
                room.send(worker);
            }
            Err(error) => {
                tracing::error!(%error, "no spare worker");
                metrics::counter!("postern_worker_start_failures_total").increment(1);
                tokio::select! {
                    () = sleep(pause) => {}
                    _ = stop.wait_for(|stop| *stop) => break,
                }
                pause = pause.saturating_mul(2).min(START_PAUSE_MAX);
            }
        }
    }
    // What waits in the channel ends as the others do.
    drop(spares);
    while let Some(worker) = next_spare(&shared).await {
        shared.forget(&worker);
        worker.end().await;
    }
}
