//! Large bodies take turns at the machine.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;

use crate::watched::{Deed, Watched};
use crate::world::*;

/// Counts how often this is done to bodies at the same time, and makes it take so long that others would come in if they might.
fn counted(counted: Deed, takes: Duration) -> (Watched, Arc<AtomicUsize>) {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let beside = Arc::new(move |path: &Path, deed: Deed, really: &dyn Fn() -> io::Result<()>| {
        if deed != counted || !path.starts_with("/data/bodies") {
            return really();
        }
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(takes);
        now.fetch_sub(1, Ordering::SeqCst);
        really()
    });
    (Watched { disk: FaultyDisk::new(), beside }, most)
}

async fn spool_all(disk: Watched, bodies_at_a_time: usize, (count, bytes): (u64, usize)) {
    let options = OpenOptions { disk: Arc::new(disk), bodies_at_a_time, ..OpenOptions::new("/data") };
    let store = Embedded::open(options).await.unwrap();
    let bodies = (0..count).map(|number| spooled(&store, mail(number, 1), body(number, bytes)));
    assert!(join_all(bodies).await.iter().all(Result::is_ok));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_written_at_a_time_than_may_be() {
    let (disk, most) = counted(Deed::Write, Duration::from_millis(5));
    spool_all(disk, 2, (12, 600 << 10)).await;
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?} at a time");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_are_flushed_alone() {
    let (disk, most) = counted(Deed::Sync, Duration::from_millis(50));
    // Two of them are more than may be flushed at the same time.
    spool_all(disk, 4, (4, 17 << 20)).await;
    assert_eq!(most.load(Ordering::SeqCst), 1);
}
