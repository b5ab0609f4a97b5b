//! Files that are in the sandbox while nobody waits for them: one task each, so many at most. A verdict that nobody came for
//! gives way when room is needed.

use std::collections::HashMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::task::JoinHandle;

use super::DetonationState;
use crate::scanners::{ScanTrouble, ScannerAnswer};

pub(super) struct Running {
    tasks: Mutex<HashMap<[u8; 32], Task>>,
    tasks_max: usize,
}

/// A task that ends with the one who started it.
struct Task(JoinHandle<ScannerAnswer>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Running {
    pub(super) fn new(tasks_max: usize) -> Self {
        Self { tasks: Mutex::new(HashMap::new()), tasks_max }
    }

    /// Where the file stands; begins the work if nobody has.
    pub(super) fn ask(
        &self,
        sha256: [u8; 32],
        work: impl FnOnce() -> BoxFuture<'static, ScannerAnswer>,
    ) -> DetonationState {
        let mut tasks = self.tasks.lock();
        if let Some(task) = tasks.get(&sha256) {
            if !task.0.is_finished() {
                return DetonationState::Running;
            }
            let ended = tasks.remove(&sha256).and_then(|mut task| (&mut task.0).now_or_never());
            let died = || ScannerAnswer::Failed(ScanTrouble::said("the task that asked for it died"));
            return DetonationState::Answered(ended.and_then(Result::ok).unwrap_or_else(died));
        }
        if tasks.len() >= self.tasks_max {
            tasks.retain(|_, task| !task.0.is_finished());
        }
        if tasks.len() >= self.tasks_max {
            return DetonationState::Answered(ScannerAnswer::Failed(ScanTrouble::Busy));
        }
        tasks.insert(sha256, Task(tokio::spawn(work())));
        DetonationState::Running
    }
}
