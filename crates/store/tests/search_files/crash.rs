//! Whatever a crash cuts off is made up for, and nothing stands there twice.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::BoxFuture;
use sqlx::Executor;
use store::journal::{Query, Trace};
use store::log::feed::Feed;
use store::record::Record;
use store::record::mail::StateRecord;
use store::search::{Search, SearchOptions};
use store::{Journal, StoreError};

use crate::feed::{Bench, MemoryFeed, QUEUED, Sample, TENANT, at, id_text, open, raw};

/// Mail of three days, each changed twice, some quarantined.
fn records() -> Vec<Record> {
    let mut records = Vec::new();
    for number in 0..60 {
        let day = ["2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-25T10:00:00Z"][number as usize % 3];
        let state = if number % 4 == 0 { StateRecord::Quarantined { since: at(day) } } else { QUEUED };
        records.push((number, Sample { number, at: at(day), state, ..Sample::default() }));
    }
    let mut all: Vec<Record> = Vec::new();
    for (number, sample) in &records {
        all.push(sample.mail());
        if number % 5 == 0 {
            all.push(Sample { number: 500 + number, ..sample.clone() }.refusal("mail", "blocked"));
        }
        if let Some((_, earlier)) = number.checked_sub(7).and_then(|n| records.get(n as usize)) {
            all.push(earlier.change(0, QUEUED, "deferred"));
        }
        if let Some((n, earlier)) = number.checked_sub(20).and_then(|n| records.get(n as usize))
            && n % 8 != 0
        {
            all.push(earlier.change(0, StateRecord::Delivered, "delivered"));
        }
    }
    all
}

/// Everything that can be seen, as text.
async fn picture(bench: &Bench) -> String {
    let rows = bench.find(Query { limit: 1_000, ..Query::default() }).await.rows;
    let mut text = String::new();
    for row in rows {
        let Trace { row, events, judged } = bench.search.show(TENANT, &row.id).await.unwrap().unwrap();
        text.push_str(&format!("{row:?} {events:?} {}\n", judged.len()));
    }
    text + &bench.quarantined().await.join("\n")
}

async fn expected() -> String {
    let bench = Bench::new().await;
    bench.feed.push_all(records());
    picture(&bench).await
}

#[tokio::test]
async fn the_size_of_batches_changes_nothing() {
    let expected = expected().await;
    for batch_max in [1, 2, 7] {
        let bench = Bench::over(MemoryFeed::in_batches(batch_max)).await;
        bench.feed.push_all(records());
        assert!(picture(&bench).await == expected, "batches of {batch_max}");
    }
}

#[tokio::test]
async fn a_kill_between_any_two_batches_loses_and_doubles_nothing() {
    let expected = expected().await;
    let mut bench = Bench::over(MemoryFeed::in_batches(5)).await;
    let last = bench.feed.push_all(records());
    let mut gate = 0;
    while gate < last {
        gate += 31;
        bench.feed.gate.store(gate, Ordering::SeqCst);
        let found = bench.search.search(TENANT, Query { limit: 1_000, ..Query::default() }).await.unwrap();
        // The task is ended where it stands: nothing is closed, nothing is synced.
        drop(std::mem::replace(&mut bench.search, open(bench.folder.path(), &bench.feed).await));
        let again = bench.search.search(TENANT, Query { limit: 1_000, ..Query::default() }).await.unwrap();
        assert!(again.rows.len() >= found.rows.len(), "what could be found stays");
    }
    bench.feed.gate.store(0, Ordering::SeqCst);
    assert!(picture(&bench).await == expected);
}

#[tokio::test]
async fn the_same_records_twice_change_nothing() {
    let mut bench = Bench::new().await;
    bench.feed.push_all(records());
    let before = picture(&bench).await;
    for (forget_days, forget_list) in [(false, true), (true, false), (true, true)] {
        bench.search.close().await;
        let forget = "UPDATE meta SET value = 0 WHERE name IN ('cursor', 'synced')";
        if forget_days {
            for day in ["2026-11-23", "2026-11-24", "2026-11-25"] {
                let mut conn = raw(&bench.day_file(day)).await;
                conn.execute(forget).await.unwrap();
            }
        }
        // As if the last commits of this file had not reached the disk.
        let mut conn = raw(&bench.folder.path().join("quarantine.db")).await;
        conn.execute(if forget_list { forget } else { "UPDATE meta SET value = 0 WHERE name = 'synced'" })
            .await
            .unwrap();
        drop(conn);
        bench.search = open(bench.folder.path(), &bench.feed).await;
        assert!(picture(&bench).await == before, "days {forget_days} list {forget_list}");
    }
}

#[tokio::test]
async fn a_mail_that_was_moved_in_the_log_is_the_same() {
    let bench = Bench::new().await;
    let sample = Sample { recipients: vec!["bob@example.org", "eve@example.org"], ..Sample::default() };
    bench.feed.push(sample.mail());
    bench.feed.push(sample.change(0, StateRecord::Delivered, "delivered"));
    let before = picture(&bench).await;
    let Record::Mail(mut moved) = sample.mail() else { panic!() };
    moved.recipients[0].state = StateRecord::Delivered;
    bench.feed.push(Record::Mail(moved.clone()));
    assert_eq!(picture(&bench).await, before);
    // Once more, with a change in the same batch.
    bench.feed.push(Record::Mail(moved));
    bench.feed.push(sample.change(1, StateRecord::Bounced, "bounced"));
    assert_eq!(bench.find(Query::default()).await.rows[0].status, "bounced");
    let trace = bench.search.show(TENANT, &id_text(1)).await.unwrap().unwrap();
    let words: Vec<&str> = trace.events.iter().map(|e| e.event.as_str()).collect();
    assert_eq!(words, ["received", "judged", "delivered", "bounced"]);
}

#[tokio::test]
async fn the_log_hears_only_of_what_is_durable() {
    let bench = Bench::new().await;
    let last = bench.feed.push_all(records());
    bench.search.settle().await.unwrap();
    assert_eq!(bench.feed.absorbed.load(Ordering::SeqCst), 0, "nothing was synced yet");
    bench.search.close().await;
    assert_eq!(bench.feed.absorbed.load(Ordering::SeqCst), last);
    assert!(bench.search.settle().await.is_ok(), "all of it is there");
    bench.feed.push(Sample::default().mail());
    assert!(matches!(bench.search.settle().await, Err(store::StoreError::Closed)));
    assert!(bench.search.search(TENANT, Query::default()).await.is_err());
}

/// A log whose reading has a bug.
struct Broken;

impl Feed for Broken {
    fn read_from(&self, _: u64, _: usize) -> BoxFuture<'_, Result<Vec<(u64, Record)>, StoreError>> {
        Box::pin(async { panic!("a bug") })
    }
    fn last_sequence(&self) -> u64 {
        1
    }
    fn changed(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
    fn set_absorbed(&self, _: u64) {}
}

#[tokio::test]
async fn a_panic_of_the_task_is_heard_and_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let search = Search::open(SearchOptions { folder: folder.path().to_owned() }, Arc::new(Broken)).await.unwrap();
    search.ended().await;
    let found = search.search(TENANT, Query::default()).await;
    assert!(matches!(found, Err(StoreError::Closed)), "{found:?}");
}
