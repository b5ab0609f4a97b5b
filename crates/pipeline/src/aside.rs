//! Long work gives the other tasks of its thread away first: a message of 50 MB is read for a good part of a second, and nobody
//! else should wait for that.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// Messages from this size on are worked on aside, bytes.
const LARGE_BYTES: usize = 1024 * 1024;

/// Does the work for a message of so many bytes. On a runtime with one thread there is nowhere to give tasks to.
pub(crate) fn aside<T>(message_bytes: usize, work: impl FnOnce() -> T) -> T {
    let has_others = Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    if message_bytes >= LARGE_BYTES && has_others { block_in_place(work) } else { work() }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn others_go_on_meanwhile() {
        let (say, heard) = mpsc::channel();
        let task = tokio::spawn(async move {
            tokio::spawn(async move { say.send(()).unwrap() });
            aside(LARGE_BYTES, move || heard.recv_timeout(Duration::from_secs(20)))
        });
        assert_eq!(task.await.unwrap(), Ok(()), "the only thread of the runtime was held");
    }

    #[test]
    fn without_a_runtime_it_is_done_at_once() {
        assert_eq!(aside(LARGE_BYTES, || 1), 1);
    }
}
