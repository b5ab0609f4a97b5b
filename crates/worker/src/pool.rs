//! The pool: so many workers, one warm spare, and a queue that is fair by client. One request at a time for each worker.

mod slot;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scan::content::WhyUnopened;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use unpack::Request;

use crate::child::Sandbox;
use crate::files::{Files, Store, Wanted};
use crate::frame;
use crate::limits::{FILES_HELD_BYTES_MAX, FILES_UNIT_BYTES, OPEN_DEADLINE};
use crate::opener::{FairKey, Opened, Opener, unopened};
use crate::process::{Answer, Ask, Worker, WorkerError};
use crate::queue::{FairQueue, Job, NotQueued};

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
}

/// Why nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Too many wait already.
    #[error("too many messages wait for a worker")]
    Busy,
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
}

/// What the tasks of the pool share.
#[derive(Debug)]
struct Shared {
    settings: PoolSettings,
    deadline: Duration,
    queue: FairQueue,
    spare: tokio::sync::Mutex<mpsc::Receiver<Worker>>,
    ids: Mutex<BTreeSet<u32>>,
    /// Room for the files that are held, in units.
    file_room: Arc<Semaphore>,
}

impl Pool {
    /// Starts the workers and one spare; returns when they have closed themselves in.
    ///
    /// # Errors
    /// A worker cannot be started or refuses to run.
    pub async fn start(settings: PoolSettings) -> Result<Self, WorkerError> {
        Self::start_with_deadline(settings, OPEN_DEADLINE).await
    }

    /// As [`Pool::start`], with another time for one request.
    ///
    /// # Errors
    /// As there.
    pub async fn start_with_deadline(settings: PoolSettings, deadline: Duration) -> Result<Self, WorkerError> {
        let (spares, spare) = mpsc::channel(1);
        let (stop, stopping) = watch::channel(false);
        tracing::debug!(workers = settings.workers, sandbox = ?settings.sandbox, "starting workers");
        let shared = Arc::new(Shared {
            settings,
            deadline,
            queue: FairQueue::new(),
            spare: tokio::sync::Mutex::new(spare),
            ids: Mutex::default(),
            file_room: Arc::new(Semaphore::new(usize::try_from(FILES_HELD_BYTES_MAX / FILES_UNIT_BYTES).unwrap_or(0))),
        });
        let mut tasks = JoinSet::new();
        for _ in 0..shared.settings.workers.max(1) {
            let worker = shared.start_worker().await?;
            tasks.spawn(slot::run(Arc::clone(&shared), worker));
        }
        tasks.spawn(slot::keep_spare(Arc::clone(&shared), spares, stopping));
        Ok(Self { shared, tasks: Mutex::new(tasks), stop })
    }

    /// Opens a message's parts. A worker that fails is replaced, the request tried once more, and then reported as not
    /// opened; so an error means that nothing was tried.
    ///
    /// # Errors
    /// The queue is full or closed.
    pub async fn open(&self, key: FairKey, request: Request, wanted: Wanted) -> Result<Opened, OpenError> {
        if frame::request_start(0, &request).is_none() {
            let content = unopened(&request, WhyUnopened::OverBudget);
            return Ok(Opened { content, files: Files::default() });
        }
        let (answer, answered) = oneshot::channel();
        let ask = Ask { request, wanted };
        self.shared.queue.push(key, Job { ask, answer }).map_err(|why| match why {
            NotQueued::Full => OpenError::Busy,
            NotQueued::Closed => OpenError::Stopped,
        })?;
        answered.await.map_err(|_| OpenError::Stopped)
    }

    /// Process ids of the workers and the spare: for status pages and for tests that look at them.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        self.shared.ids.lock().iter().copied().collect()
    }

    /// Ends the pool: what is being opened is finished, what waits is given back as [`OpenError::Stopped`].
    pub async fn stop(&self) {
        self.shared.queue.close();
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        while tasks.join_next().await.is_some() {}
    }
}

impl Opener for Pool {
    fn open<'a>(&'a self, key: FairKey, request: Request, wanted: Wanted) -> BoxFuture<'a, Result<Opened, OpenError>> {
        Self::open(self, key, request, wanted).boxed()
    }
}

impl Shared {
    async fn start_worker(&self) -> Result<Worker, WorkerError> {
        let worker = Worker::start(&self.settings.command, &self.settings.args).await?;
        self.ids.lock().insert(worker.id);
        Ok(worker)
    }

    fn forget(&self, worker: &Worker) {
        self.ids.lock().remove(&worker.id);
    }

    /// An answer as the asker sees it.
    fn opened(&self, ask: &Ask, answer: Answer) -> Opened {
        let Answer { content, sources, file } = answer;
        let store = match (ask.wanted, file) {
            (Wanted::Content, _) => return Opened { content, files: Files::default() },
            (Wanted::ContentAndFiles, None) => Store::NoRoom,
            (Wanted::ContentAndFiles, Some((_, 0))) => Store::Nowhere,
            (Wanted::ContentAndFiles, Some((file, length))) => {
                let units = u32::try_from(length.div_ceil(FILES_UNIT_BYTES)).unwrap_or(u32::MAX);
                match Arc::clone(&self.file_room).try_acquire_many_owned(units) {
                    Ok(room) => Store::Sealed { file, _room: room },
                    Err(_) => Store::NoRoom,
                }
            }
        };
        let files = Files::new(sources, &ask.request, store);
        Opened { content, files }
    }
}
