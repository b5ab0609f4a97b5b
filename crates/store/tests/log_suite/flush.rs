//! One flush for all who wait, and the reply after it. QUE-01.

use futures_util::future::join_all;
use store::Mails;
use store::disk::faulty::{Event, FaultyDisk};

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn those_who_wait_share_a_flush() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail(0, 500)).await.unwrap();
    let before = disk.syncs();
    disk.hold();
    let mut all = Box::pin(join_all((1..65).map(|number| store.accept(mail(number, 300)))));
    assert!(futures_util::poll!(&mut all).is_pending());
    disk.release();
    assert!(all.await.iter().all(Result::is_ok));
    let flushes = disk.syncs() - before;
    assert!((1..=5).contains(&flushes), "{flushes} flushes for 64 mails");
    assert_eq!(store.unfinished(ONE).len(), 65);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_before_the_flush() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail(0, 500)).await.unwrap();
    disk.hold();
    let mut accept = Box::pin(store.accept(mail(1, 500)));
    assert!(futures_util::poll!(&mut accept).is_pending());
    assert!(store.state(ONE, id(1)).is_none());
    disk.release();
    accept.await.unwrap();
    assert!(store.state(ONE, id(1)).is_some());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_is_durable_before_the_reply() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    for number in 0..100 {
        let large = number % 10 == 0;
        let new = mail(number, 2_000);
        let new = if large { spooled(&store, new, body(number, 30_000)).await.unwrap() } else { new };
        store.accept(new).await.unwrap();
        let events = disk.events();
        let written = last_write(&events, &format!("this is mail {number}\r\n"));
        assert!(is_synced(&events, written), "mail {number} was acknowledged before its bytes were durable");
        // The body's bytes and name, then the record that names it, then its flush.
        if large {
            let is_named = |event: &Event| matches!(event, Event::SyncDir { folder } if folder.ends_with("bodies"));
            let named = events.iter().rposition(is_named).unwrap();
            let record = last_write(&events, "sender@example.net");
            assert!(written < named && named < record && is_synced(&events, record));
        }
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_deliveries_cause_no_flush() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail(0, 500)).await.unwrap();
    // Its flush is not theirs.
    spare_is_made(&disk).await;
    let before = disk.syncs();
    for number in 0..50 {
        store.refuse(refusal(number)).await.unwrap();
    }
    store.change(ONE, id(0), change(&["queued"], false, vec![to(0, queued())])).await.unwrap();
    assert_eq!(disk.syncs(), before);
    assert_eq!(feed(&store).await.len(), 52);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_gives_every_record_once_and_in_order() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    let mut changed = store.feed();
    for number in 0..200 {
        store.accept(mail(number, 1_500)).await.unwrap();
        changed.changed().await;
        store.refuse(refusal(number)).await.unwrap();
        changed.changed().await;
    }
    let live = feed(&store).await;
    assert_eq!(live.len(), 400);
    assert!(live.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(live.last().unwrap().0, store.feed().last_sequence());
    store.close().await;
    drop((store, changed));
    let store = open(&disk).await;
    assert_eq!(feed(&store).await, live);
    store.accept(mail(900, 10)).await.unwrap();
    changed = store.feed();
    let after = changed.read_from(live.last().unwrap().0, 10).await.unwrap();
    assert_eq!(after.len(), 1);
    assert!(after[0].0 > live.last().unwrap().0 + 1_000_000, "sequences of lost records are not used again");
}

fn last_write(events: &[Event], needle: &str) -> usize {
    let holds = |event: &Event| matches!(event, Event::Write { bytes, .. } if contains(bytes, needle.as_bytes()));
    events.iter().rposition(holds).expect("it was written")
}

fn is_synced(events: &[Event], write: usize) -> bool {
    let Event::Write { file, .. } = &events[write] else { panic!("no write") };
    events[write..].iter().any(|event| matches!(event, Event::Sync { file: other } if other == file))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
