//! Long work gives the other tasks of its thread away first: a message of 50 MB is read for a good part of a second, and nobody
//! else should wait for that. Nor for a crowd of them: few are worked on at a time, and the senders take turns.

use scan::content::{Content, Item};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;
use worker::{FairGate, FairKey};

/// Messages from this size on are worked on aside, bytes.
const LARGE_BYTES: usize = 1024 * 1024;

/// What a file or link takes to be looked at by all detectors, as bytes of text that are read in that time.
const ITEM_BYTES: usize = 512;
const LINK_BYTES: usize = 256;

/// Where large messages are worked on.
#[derive(Clone, Debug)]
pub struct Aside(FairGate);

impl Aside {
    /// On half of these cores, so that the rest is there for all others.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        Self(FairGate::new(cores / 2))
    }

    /// Does the work for a message of so many bytes, when it is the turn of its sender.
    pub(crate) async fn run<T>(&self, key: FairKey, message_bytes: usize, work: impl FnOnce() -> T) -> T {
        if message_bytes < LARGE_BYTES {
            return work();
        }
        let _pass = self.0.enter(key).await;
        aside(message_bytes, work)
    }
}

/// Bytes that detectors read of what was found: of an archive they may be far more than those of the message that holds it.
pub(crate) fn found_bytes(content: &Content) -> usize {
    let of_item = |item: &Item| item.links.len().saturating_mul(LINK_BYTES).saturating_add(item.text.len());
    let items = content.items.len().saturating_mul(ITEM_BYTES);
    content.items.iter().map(of_item).fold(items, usize::saturating_add)
}

/// Does the work for so many bytes, at once. On a runtime with one thread there is nowhere to give tasks to.
fn aside<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let has_others = Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    if bytes >= LARGE_BYTES && has_others { block_in_place(work) } else { work() }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
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

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_large_message_waits_for_another_and_a_small_one_for_none() {
        let aside = Aside::new(2);
        let key = FairKey::of(Ipv4Addr::LOCALHOST.into());
        let held = aside.0.enter(key).await;
        let large = tokio::spawn({
            let aside = aside.clone();
            async move { aside.run(key, LARGE_BYTES, || 1).await }
        });
        assert_eq!(aside.run(key, LARGE_BYTES - 1, || 2).await, 2);
        assert!(!large.is_finished());
        drop(held);
        assert_eq!(large.await.unwrap(), 1);
    }

    #[test]
    fn without_a_runtime_it_is_done_at_once() {
        assert_eq!(aside(LARGE_BYTES, || 1), 1);
    }
}
