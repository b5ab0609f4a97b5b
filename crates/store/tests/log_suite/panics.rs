//! A bug of ours in a thread of the log: nobody waits for ever, and health says so.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;
use store::{Mails, StoreError};
use tokio::time::timeout;

use crate::watched::{Deed, Watched};
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_writer_closes_the_log_and_leaves_nobody_waiting() {
    let (disk, armed) = (FaultyDisk::new(), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&armed);
    let beside = Arc::new(move |_: &Path, deed: Deed, really: &dyn Fn() -> io::Result<()>| {
        assert!(deed != Deed::Sync || !told.load(Ordering::Acquire), "a bug");
        really()
    });
    let panicking = Arc::new(Watched { disk: disk.clone(), beside });
    let options = OpenOptions { disk: panicking, segment_bytes: SEGMENT, ..OpenOptions::new("/data") };
    let store = Embedded::open(options).await.unwrap();
    store.accept(mail(0, 500)).await.unwrap();
    armed.store(true, Ordering::Release);
    let several = (1..9).map(|number| store.accept(mail(number, 500)));
    for answer in futures_util::future::join_all(several).await {
        assert!(matches!(answer, Err(StoreError::Closed | StoreError::Failed(_))), "{answer:?}");
    }
    // The answers are gone with the writer, a moment before anybody can say that it has ended.
    let ended = async {
        while store.is_healthy() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(20), ended).await.unwrap();
    assert!(store.accept(mail(9, 500)).await.is_err());
    store.close().await;
    drop(store);
    // What was acknowledged is there.
    let store = open(&disk).await;
    assert!(store.state(ONE, id(0)).is_some());
}
