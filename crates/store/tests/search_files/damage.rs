//! Damaged files and judgements that were changed by hand.

use sqlx::Executor;
use store::Journal;
use store::error::StoreError;
use store::journal::Query;
use store::record::mail::StateRecord;

use crate::feed::{Bench, Sample, TENANT, at, id_text, open, raw};

const DAYS: [&str; 3] = ["2026-11-23", "2026-11-24", "2026-11-25"];

/// Ten messages a day, two of them in quarantine.
async fn filled() -> Bench {
    let bench = Bench::new().await;
    for number in 0..30 {
        let at = at(&format!("{}T10:00:00Z", DAYS[number as usize / 10])) + i64::from(number);
        let sample = Sample { number, at, ..Sample::default() };
        let quarantined = Sample { state: StateRecord::Quarantined { since: at }, ..sample.clone() };
        bench.feed.push(if number % 5 == 0 { quarantined.mail() } else { sample.mail() });
    }
    bench.search.settle().await.unwrap();
    bench
}

fn spoil(path: &std::path::Path, from: usize) {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from as u64)).unwrap();
    file.write_all(&[0xa5; 8192]).unwrap();
}

#[tokio::test]
async fn a_judgement_changed_by_hand_is_refused() {
    let bench = filled().await;
    let mut conn = raw(&bench.day_file("2026-11-24")).await;
    let (number, blob): (i64, Vec<u8>) = sqlx::query_as("SELECT message, record FROM judged ORDER BY sequence LIMIT 1")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let mut judged: store::record::JudgedRecord = minicbor::decode(&blob).unwrap();
    judged.verdict.class = "spam".into();
    sqlx::query("UPDATE judged SET record = ? WHERE message = ?")
        .bind(minicbor::to_vec(judged).unwrap())
        .bind(number)
        .execute(&mut conn)
        .await
        .unwrap();
    let outcome = bench.search.show(TENANT, &id_text(10)).await;
    assert!(matches!(outcome, Err(StoreError::Corrupt { .. })), "{outcome:?}");
    // A record of another mail with its own checksum does not pass either.
    let swapped = "UPDATE judged SET (record, sha256) = (SELECT record, sha256 FROM judged ORDER BY sequence DESC LIMIT 1) \
        WHERE message = (SELECT number FROM messages ORDER BY number LIMIT 1 OFFSET 1)";
    conn.execute(swapped).await.unwrap();
    assert!(matches!(bench.search.show(TENANT, &id_text(11)).await, Err(StoreError::Corrupt { .. })));
    assert!(bench.search.show(TENANT, &id_text(12)).await.unwrap().is_some());
    assert_eq!(bench.numbers(Query::default()).await.len(), 30, "lists do not need the judgement");
}

#[tokio::test]
async fn a_damaged_day_is_set_aside_and_read_again() {
    // Damage of the head shows when the file is opened, that of inner pages when they are read.
    for from in [0, 4096] {
        let mut bench = filled().await;
        let before = bench.quarantined().await;
        bench.search.close().await;
        spoil(&bench.day_file("2026-11-24"), from);
        bench.search = open(bench.folder.path(), &bench.feed).await;
        let first = bench.search.search(TENANT, Query { limit: 100, ..Query::default() }).await.unwrap();
        assert!(first.rows.len() >= 20, "the other days are found");
        let found = bench.numbers(Query { limit: 100, ..Query::default() }).await;
        assert_eq!(found, (0..30).rev().collect::<Vec<_>>(), "the log had it all");
        assert!(bench.folder.path().join("journal/2026-11-24.db.corrupt").exists());
        assert_eq!(bench.quarantined().await, before);
        let trace = bench.search.show(TENANT, &id_text(17)).await.unwrap().unwrap();
        assert_eq!(trace.events.len(), 2);
    }
}

#[tokio::test]
async fn the_writer_meets_damage_too() {
    let mut bench = filled().await;
    bench.search.close().await;
    spoil(&bench.day_file("2026-11-25"), 0);
    bench.search = open(bench.folder.path(), &bench.feed).await;
    bench.feed.push(Sample { number: 30, at: at("2026-11-25T12:00:00Z"), ..Sample::default() }.mail());
    let found = bench.numbers(Query { limit: 100, ..Query::default() }).await;
    assert_eq!(found, (0..31).rev().collect::<Vec<_>>());
    assert!(bench.folder.path().join("journal/2026-11-25.db.corrupt").exists());
}

#[tokio::test]
async fn a_damaged_list_of_quarantine_is_made_again() {
    let mut bench = filled().await;
    let before = bench.quarantined().await;
    assert_eq!(before.len(), 6);
    bench.search.close().await;
    let list = bench.folder.path().join("quarantine.db");
    spoil(&list, 0);
    bench.search = open(bench.folder.path(), &bench.feed).await;
    assert_eq!(bench.quarantined().await, before);
    assert!(bench.folder.path().join("quarantine.db.corrupt").exists());
    // Found while it is read, and without a log that remembers.
    bench.search.close().await;
    let feed = std::sync::Arc::new(crate::feed::MemoryFeed::default());
    bench.feed = feed;
    bench.search = open(bench.folder.path(), &bench.feed).await;
    let mut conn = raw(&list).await;
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    drop(conn);
    spoil(&list, 4096);
    assert_eq!(bench.quarantined().await, before);
    assert!(bench.folder.path().join("quarantine.db.corrupt.2").exists());
}

#[tokio::test]
async fn a_file_that_is_no_day_is_left_alone() {
    let mut bench = filled().await;
    bench.search.close().await;
    let strange = bench.folder.path().join("journal/notes.db");
    std::fs::copy(bench.day_file("2026-11-24"), &strange).unwrap();
    bench.search = open(bench.folder.path(), &bench.feed).await;
    assert_eq!(bench.numbers(Query { limit: 100, ..Query::default() }).await.len(), 30);
    assert!(strange.exists());
}

#[tokio::test]
async fn what_cannot_be_written_is_said_and_made_up_for() {
    let bench = Bench::new().await;
    let journal = bench.folder.path().join("journal");
    std::fs::remove_dir(&journal).unwrap();
    std::fs::File::create(&journal).unwrap();
    bench.feed.push(Sample::default().mail());
    assert!(matches!(bench.search.settle().await, Err(StoreError::Search(_))));
    std::fs::remove_file(&journal).unwrap();
    std::fs::create_dir(&journal).unwrap();
    // A try that began before the repair may still fail; the next one does not.
    let settled = async {
        while bench.search.settle().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), settled).await.unwrap();
    assert_eq!(bench.numbers(Query::default()).await, [1]);
}
