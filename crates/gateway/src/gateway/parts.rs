//! The parts that run beside the sessions: none of them ends before it is told to. One that does, by a panic or a return, is
//! named.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::{Id, JoinSet};

/// Running parts, each with its name.
#[derive(Default)]
pub(super) struct Parts {
    tasks: JoinSet<()>,
    names: HashMap<Id, &'static str>,
}

impl Parts {
    /// Starts one.
    pub(super) fn start(&mut self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(part);
        self.names.insert(task.id(), name);
    }

    /// Waits until one ends, and says which and how. None if there is none left.
    pub(super) async fn ended(&mut self) -> Option<(&'static str, &'static str)> {
        let (id, how) = match self.tasks.join_next_with_id().await? {
            Ok((id, ())) => (id, "it returned"),
            Err(error) if error.is_panic() => (error.id(), "it panicked"),
            Err(error) => (error.id(), "it was cut off"),
        };
        Some((self.names.remove(&id).unwrap_or("unknown"), how))
    }

    /// Waits for all of them.
    pub(super) async fn all_ended(&mut self) {
        while self.ended().await.is_some() {}
    }

    /// Cuts off what still runs.
    pub(super) async fn cut_off(&mut self) {
        self.tasks.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_one_that_ends_is_named() {
        let mut parts = Parts::default();
        parts.start("queue", std::future::pending());
        parts.start("upkeep", async { panic!("a bug") });
        assert_eq!(parts.ended().await, Some(("upkeep", "it panicked")));
        parts.start("control server", async {});
        assert_eq!(parts.ended().await, Some(("control server", "it returned")));
        parts.cut_off().await;
        assert_eq!(parts.ended().await, None);
    }
}
