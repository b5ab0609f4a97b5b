//! A disk that fails and one that is full. QUE-06, QUE-07.

use std::io::ErrorKind;

use store::disk::faulty::{Call, Cut, FaultyDisk};
use store::{Mails, StoreError};

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_flush_closes_the_log_for_good() {
    for call in [Call::Sync, Call::Write] {
        let disk = FaultyDisk::new();
        let store = open(&disk).await;
        store.accept(mail(0, 500)).await.unwrap();
        disk.fail(call, ErrorKind::Other);
        assert!(matches!(store.accept(mail(1, 500)).await, Err(StoreError::Failed(_))));
        assert!(!store.is_healthy());
        // Never again, though the disk says that all is well: it has forgotten the pages that it could not write.
        disk.heal();
        assert!(matches!(store.accept(mail(2, 500)).await, Err(StoreError::Failed(_))));
        let delete = change(&["queued"], true, vec![to(0, store::record::mail::StateRecord::Deleted)]);
        assert!(matches!(store.change(ONE, id(0), delete).await, Err(StoreError::Failed(_))));
        assert!(matches!(store.refuse(refusal(1)).await, Err(StoreError::Failed(_))));
        assert!(store.spool().await.is_err());
        assert!(store.state(ONE, id(1)).is_none() && store.state(ONE, id(2)).is_none());
        store.close().await;
        drop(store);
        let store = open(&disk.cut(usize::MAX, Cut::Dropped, 1)).await;
        assert_eq!(store.unfinished(ONE).len(), 1);
        store.accept(mail(3, 500)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_fails_is_not_accepted() {
    for call in [Call::Write, Call::Sync, Call::Close, Call::SyncDir, Call::Create] {
        let disk = FaultyDisk::new();
        let store = open(&disk).await;
        store.accept(mail(0, 500)).await.unwrap();
        disk.fail(call, ErrorKind::Other);
        assert!(matches!(spooled(&store, mail(1, 0), body(1, 50_000)).await, Err(StoreError::Failed(_))), "{call:?}");
        assert!(!store.is_healthy(), "{call:?}");
        disk.heal();
        assert_eq!(files(&disk, "bodies"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_rename_stops_acceptance_when_a_segment_is_needed() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail(0, 500)).await.unwrap();
    disk.fail(Call::Rename, ErrorKind::Other);
    let mut failed = false;
    for number in 1..1_000 {
        if store.accept(mail(number, 5_000)).await.is_err() {
            failed = true;
            break;
        }
    }
    assert!(failed && !store.is_healthy());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_mail_and_recovers_without_a_restart() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail(0, 500)).await.unwrap();
    disk.leave(0, 0);
    assert!(!store.has_room(50_000_000));
    let mut taken = vec![0];
    for number in 1..1_000 {
        match store.accept(mail(number, 3_000)).await {
            Ok(()) => taken.push(number),
            Err(StoreError::Full) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(taken.len() < 100);
    assert!(matches!(spooled(&store, mail(1_001, 0), body(1, 50_000)).await, Err(StoreError::Full)));
    assert!(store.is_healthy());
    // Deliveries go on in the room that mail is not given, and even without any.
    for number in taken.drain(1..) {
        let delivered = to(0, store::record::mail::StateRecord::Delivered);
        store.change(ONE, id(number), change(&["queued"], false, vec![delivered])).await.unwrap();
    }
    assert_eq!(store.account(ONE).queued, 1);
    disk.heal();
    assert!(store.has_room(50_000_000));
    store.accept(mail(2_000, 3_000)).await.unwrap();
    balanced(&store, ONE);
    let account = store.account(ONE);
    store.close().await;
    drop(store);
    let store = open(&disk).await;
    assert_eq!(store.account(ONE), account);
    assert_eq!(store.unfinished(ONE).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_refused_write_is_never_read() {
    // A disk that copies on write is full in the middle of a segment: half of the entry is there.
    for (refused, later) in [(9_000, 200), (200, 9_000), (3_000, 3_000)] {
        let disk = FaultyDisk::new();
        let store = open(&disk).await;
        store.accept(mail(0, 500)).await.unwrap();
        disk.fail(Call::Write, ErrorKind::StorageFull);
        for number in 1..4 {
            assert!(matches!(store.accept(mail(number, refused)).await, Err(StoreError::Full)));
        }
        // A delivery that finds no space is true all the same and is written when there is some.
        let attempt = store::record::mail::StateRecord::Queued { attempts: 7, next_attempt: 9 };
        store.change(ONE, id(0), change(&["queued"], false, vec![to(0, attempt.clone())])).await.unwrap();
        disk.heal();
        store.accept(mail(4, later)).await.unwrap();
        let store = open(&disk.cut(usize::MAX, Cut::Killed, 1)).await;
        let there: Vec<_> = store.unfinished(ONE).into_iter().map(|mail| mail.id).collect();
        assert_eq!(there, [id(0), id(4)]);
        assert_eq!(store.state(ONE, id(0)).unwrap().recipients[0].state, attempt);
        assert_eq!(files(&disk, "corrupt"), Vec::<String>::new());
        balanced(&store, ONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_entries_of_a_refused_write_are_never_read() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail(0, 500)).await.unwrap();
    spare_is_made(&disk).await;
    // Six wait together, so that the half that is written holds whole entries.
    disk.hold();
    let mut first = Box::pin(store.accept(mail(1, 500)));
    assert!(futures_util::poll!(&mut first).is_pending());
    while !disk.is_waiting() {
        tokio::task::yield_now().await;
    }
    let mut six = Box::pin(futures_util::future::join_all((2..8).map(|number| store.accept(mail(number, 900)))));
    assert!(futures_util::poll!(&mut six).is_pending());
    disk.fail(Call::Write, ErrorKind::StorageFull);
    disk.release();
    first.await.unwrap();
    assert!(six.await.iter().all(|result| matches!(result, Err(StoreError::Full))));
    disk.heal();
    store.accept(mail(9, 10)).await.unwrap();
    let store = open(&disk.cut(usize::MAX, Cut::Killed, 1)).await;
    let there: Vec<_> = store.unfinished(ONE).into_iter().map(|mail| mail.id).collect();
    assert_eq!(there, [id(0), id(1), id(9)]);
    balanced(&store, ONE);
}
