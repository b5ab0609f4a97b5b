//! Files that are in the sandbox while nobody waits for them: one task each, so many at most. A verdict that nobody came for
//! gives way when room is needed.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::DetonationState;
use crate::scanners::{ScanTrouble, ScannerAnswer};

pub(super) struct Running {
    tasks: Mutex<HashMap<[u8; 32], Task>>,
    tasks_max: usize,
    /// A failure that nobody came for so long is none any more.
    failure_life: Duration,
}

/// A task that ends with the one who started it.
struct Task(JoinHandle<(ScannerAnswer, Instant)>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Running {
    pub(super) fn new(tasks_max: usize, failure_life: Duration) -> Self {
        Self { tasks: Mutex::new(HashMap::new()), tasks_max, failure_life }
    }

    /// Where the file stands; begins the work if nobody has and there is room for it.
    pub(super) fn ask(
        &self,
        sha256: [u8; 32],
        work: impl FnOnce() -> Option<BoxFuture<'static, ScannerAnswer>>,
    ) -> DetonationState {
        let mut tasks = self.tasks.lock();
        if let Some(task) = tasks.get(&sha256) {
            if !task.0.is_finished() {
                return DetonationState::Running;
            }
            let ended = tasks.remove(&sha256).and_then(|mut task| (&mut task.0).now_or_never());
            let died = || (ScannerAnswer::Failed(ScanTrouble::said("the task that asked for it died")), Instant::now());
            let (answer, since) = ended.and_then(Result::ok).unwrap_or_else(died);
            if answer.is_definite() || since.elapsed() <= self.failure_life {
                return DetonationState::Answered(answer);
            }
        }
        if tasks.len() >= self.tasks_max {
            tasks.retain(|_, task| !task.0.is_finished());
        }
        if tasks.len() >= self.tasks_max {
            return DetonationState::Answered(ScannerAnswer::Failed(ScanTrouble::Busy));
        }
        let Some(work) = work() else { return DetonationState::Answered(ScannerAnswer::Failed(ScanTrouble::Busy)) };
        tasks.insert(sha256, Task(tokio::spawn(async move { (work.await, Instant::now()) })));
        DetonationState::Running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(900);

    fn says(answer: ScannerAnswer) -> impl FnOnce() -> Option<BoxFuture<'static, ScannerAnswer>> {
        move || Some(std::future::ready(answer).boxed())
    }

    /// What is told a while later.
    async fn told(answer: ScannerAnswer, failure_life: Duration) -> DetonationState {
        let running = Running::new(4, failure_life);
        assert_eq!(running.ask([1; 32], says(answer)), DetonationState::Running);
        tokio::time::sleep(Duration::from_millis(50)).await;
        running.ask([1; 32], says(ScannerAnswer::Clean))
    }

    #[tokio::test]
    async fn a_failure_that_nobody_came_for_is_not_told_for_ever() {
        let failed = ScannerAnswer::Failed(ScanTrouble::TimedOut);
        assert_eq!(told(failed.clone(), LIFE).await, DetonationState::Answered(failed.clone()));
        assert_eq!(told(failed, Duration::ZERO).await, DetonationState::Running, "it was begun anew");
        let bad = ScannerAnswer::Infected { names: vec!["Bad".to_owned()] };
        assert_eq!(told(bad.clone(), Duration::ZERO).await, DetonationState::Answered(bad));
    }

    #[tokio::test]
    async fn without_room_it_is_not_begun() {
        let running = Running::new(4, LIFE);
        let busy = DetonationState::Answered(ScannerAnswer::Failed(ScanTrouble::Busy));
        assert_eq!(running.ask([1; 32], || None), busy);
        assert_eq!(running.ask([1; 32], says(ScannerAnswer::Clean)), DetonationState::Running);
    }
}
