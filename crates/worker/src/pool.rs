//! The pool: so many workers of the quick lane and one warm spare, up to half as many of the slow lane (two at least) as there is
//! work for them, of which one client has all but one at most, and before each lane a queue that is fair by client. One request at a
//! time for each worker.

mod generation;
mod shared;
mod slot;
mod spare;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scan::content::WhyUnopened;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use unpack::Request;
use unpack::disarm::Outcome;

use crate::ask::{Ask, Done};
use crate::child::Sandbox;
use crate::files::Wanted;
use crate::lane::{Lane, Times};
use crate::limits::QUICK_BYTES_MAX;
use crate::opener::{FairKey, Opened, Opener};
pub use crate::pool::generation::Signatures;
use crate::pool::shared::{Shared, slow_places};
use crate::pool::slot::Slot;
use crate::process::WorkerError;
use crate::queue::{Job, NotQueued};

/// What a pool is started with.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// The program that calls [`crate::child_main`]; usually the running one.
    pub command: PathBuf,
    /// Its arguments; they say the kind of sandbox too.
    pub args: Vec<String>,
    /// Workers that open at the same time; at least one is started.
    pub workers: usize,
    /// How they close themselves in; the arguments must say the same.
    pub sandbox: Sandbox,
    /// What they look for besides opening.
    pub signatures: Signatures,
    /// Bytes of what came out of containers that are held at a time; beyond it reading them fails, and what was to read them
    /// waits. As many as one message may fill, at least.
    pub files_held_bytes_max: u64,
}

/// Why nothing was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Too many wait already.
    #[error("too many messages wait for a worker")]
    Busy,
    /// It needs much time, and too many that do wait already.
    #[error("too many messages that need much time wait for a worker")]
    SlowLaneFull,
    /// No worker can be started.
    #[error("there is no worker to be had")]
    NoWorker,
    /// The pool is stopping.
    #[error("the workers are stopping")]
    Stopped,
}

/// The workers. Stopped by [`Pool::stop`]; dropped without, they are killed.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
    stop: watch::Sender<bool>,
    /// One at a time.
    reloading: tokio::sync::Mutex<()>,
}

impl Pool {
    /// Starts the workers and one spare; returns when they have closed themselves in.
    ///
    /// # Errors
    /// A worker cannot be started or refuses to run.
    pub async fn start(settings: PoolSettings) -> Result<Self, WorkerError> {
        Self::start_with(settings, Times::default()).await
    }

    /// As [`Pool::start`], with other times.
    ///
    /// # Errors
    /// As there.
    pub async fn start_with(settings: PoolSettings, times: Times) -> Result<Self, WorkerError> {
        let (stop, stopping) = watch::channel(false);
        tracing::debug!(workers = settings.workers, sandbox = ?settings.sandbox, "starting workers");
        let workers = settings.workers.max(1);
        let (shared, spares) = Shared::new(settings, times);
        let shared = Arc::new(shared);
        let mut tasks = JoinSet::new();
        for _ in 0..workers {
            let worker = shared.start_worker(Lane::Quick).await?;
            tasks.spawn(Slot::new(Arc::clone(&shared), Lane::Quick, Some(worker)).run());
        }
        for _ in 0..slow_places(workers) {
            tasks.spawn(Slot::new(Arc::clone(&shared), Lane::Slow, None).run());
        }
        tasks.spawn(spare::keep(Arc::clone(&shared), spares, stopping));
        Ok(Self { shared, tasks: Mutex::new(tasks), stop, reloading: tokio::sync::Mutex::default() })
    }

    /// Opens a message's parts. A worker that fails is replaced, the request tried once more, and then reported as not
    /// opened; so an error means that nobody has found out anything about it.
    ///
    /// # Errors
    /// A queue is full or closed, or there is no worker.
    pub async fn open(&self, key: FairKey, request: Request, wanted: Wanted) -> Result<Opened, OpenError> {
        let lane = lane_for(&request);
        match self.ask(key, Ask::Unpack(request, wanted), lane).await? {
            Done::Opened(opened) => Ok(opened),
            Done::Disarmed(_) => Err(OpenError::NoWorker),
        }
    }

    /// Writes a message's parts anew without what they do: one outcome for each, in order. Workers that fail are replaced as
    /// for [`Pool::open`].
    ///
    /// # Errors
    /// As there.
    pub async fn disarm(&self, key: FairKey, request: Request) -> Result<Vec<Outcome>, OpenError> {
        let lane = lane_for(&request);
        match self.ask(key, Ask::Disarm(request), lane).await? {
            Done::Disarmed(outcomes) => Ok(outcomes),
            Done::Opened(_) => Err(OpenError::NoWorker),
        }
    }

    async fn ask(&self, key: FairKey, ask: Ask, lane: Lane) -> Result<Done, OpenError> {
        if ask.is_too_large() {
            return Ok(ask.not_done(WhyUnopened::OverBudget));
        }
        // Dropped last: when the asker goes, his end of the channel has gone before.
        let gone = Gone { shared: &self.shared, key };
        let (answer, answered) = oneshot::channel();
        let job = Job { key, ask, answer, faults: 0 };
        self.shared.queue(lane).push(job).map_err(|why| match (why, lane) {
            (NotQueued::Full(_), Lane::Quick) => OpenError::Busy,
            (NotQueued::Full(_), Lane::Slow) => OpenError::SlowLaneFull,
            (NotQueued::Closed, _) => OpenError::Stopped,
        })?;
        let done = answered.await.unwrap_or(Err(OpenError::Stopped));
        // It holds nothing but the name of the one who is still here.
        std::mem::forget(gone);
        done
    }

    /// Lets new workers look for these from now on. They start beside the old ones, which finish what they have in hand and
    /// end; no message waits for it.
    ///
    /// # Errors
    /// The new ones do not start: the old ones stay.
    pub async fn reload(&self, signatures: Signatures) -> Result<(), WorkerError> {
        let _one = self.reloading.lock().await;
        self.shared.begin_generation(signatures).await
    }

    /// Process ids of the workers and the spare: for status pages and for tests that look at them.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        self.shared.ids()
    }

    /// Ends the pool: what is being opened is finished, what waits is given back as [`OpenError::Stopped`].
    pub async fn stop(&self) {
        self.shared.close();
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        while tasks.join_next().await.is_some() {}
        self.shared.end_fresh().await;
    }
}

fn lane_for(request: &Request) -> Lane {
    if request.size() > QUICK_BYTES_MAX { Lane::Slow } else { Lane::Quick }
}

/// Takes what nobody waits for any more out of the queues.
struct Gone<'s> {
    shared: &'s Shared,
    key: FairKey,
}

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        for lane in [Lane::Quick, Lane::Slow] {
            self.shared.queue(lane).forget_gone(self.key);
        }
    }
}

impl Opener for Pool {
    fn open<'a>(&'a self, key: FairKey, request: Request, wanted: Wanted) -> BoxFuture<'a, Result<Opened, OpenError>> {
        Self::open(self, key, request, wanted).boxed()
    }

    fn disarm<'a>(&'a self, key: FairKey, request: Request) -> BoxFuture<'a, Result<Vec<Outcome>, OpenError>> {
        Self::disarm(self, key, request).boxed()
    }
}
