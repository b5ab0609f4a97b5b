//! What goes after its time, and what goes on request.

use store::Journal;
use store::journal::Query;
use store::record::mail::StateRecord;
use store::record::{JudgedAgain, Record};
use store::search::{Erasure, Purge, Purged};

use crate::feed::{Bench, QUEUED, Sample, TENANT, at, id, id_text};

fn day(number: u32) -> i64 {
    at("2026-08-01T10:00:00Z") + i64::from(number) * 86_400_000
}

#[tokio::test]
async fn days_and_early_refusals_go_after_their_time() {
    let mut bench = Bench::new().await;
    for number in 0..6 {
        let sample = Sample { number, at: day(number), ..Sample::default() };
        bench.feed.push(sample.mail());
        bench.feed.push(Sample { number: 10 + number, ..sample.clone() }.refusal("rcpt", "blocked"));
        bench.feed.push(Sample { number: 20 + number, ..sample }.refusal("content", "malware_found"));
    }
    bench.search.settle().await.unwrap();
    let purge = Purge {
        journal_before: at("2026-08-03T12:00:00Z"),
        refusals_before: at("2026-08-05T00:00:00Z"),
        features_before: 0,
    };
    assert_eq!(bench.search.purge(purge).await.unwrap(), Purged { days: 2, refusals: 2, features: 0 });
    let left = [25, 15, 5, 24, 14, 4, 23, 3, 22, 2];
    assert_eq!(bench.numbers(Query::default()).await, left);
    assert_eq!(bench.search.purge(purge).await.unwrap(), Purged::default(), "again there is nothing to do");
    bench.reopen().await;
    assert_eq!(bench.numbers(Query::default()).await, left);
    assert!(!bench.day_file("2026-08-02").exists());
    assert!(bench.search.show(TENANT, &id_text(0)).await.unwrap().is_none());
    assert!(bench.search.show(TENANT, &id_text(13)).await.unwrap().is_none());
    let words = Query { sender: Some("alice".into()), ..Query::default() };
    assert_eq!(bench.numbers(words).await, left);
}

/// Whether a file of the folder holds these bytes, as they are or folded.
fn any_file_holds(folder: &std::path::Path, text: &str) -> bool {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(path).unwrap().windows(text.len()).any(|w| w == text.as_bytes()) {
                return true;
            }
        }
    }
    false
}

#[tokio::test]
async fn an_erased_address_is_in_no_file_any_more() {
    let mut bench = Bench::new().await;
    let eve = Sample {
        recipients: vec!["bob@example.org", "eve.private@example.org"],
        subject: "About Eve's confidential thing".into(),
        state: StateRecord::Quarantined { since: day(0) },
        ..Sample::default()
    };
    bench.feed.push(eve.mail());
    let change = |state, event: &str| {
        let Record::Change(mut change) = eve.change(1, state, event) else { panic!() };
        change.recipients[0].reply = "550 5.1.1 eve.private@example.org unknown".into();
        Record::Change(change)
    };
    bench.feed.push(change(QUEUED, "deferred"));
    let from = Sample {
        number: 2,
        at: day(1),
        from: "Eve <Eve.Private@Example.org>",
        subject: "confidential too".into(),
        ..Sample::default()
    };
    bench.feed.push(from.mail());
    let refused = Sample { number: 3, at: day(2), sender: "EVE.PRIVATE@example.org", ..Sample::default() };
    bench.feed.push(refused.refusal("content", "spam"));
    let near = Sample { number: 4, at: day(2), sender: "not.eve.private@example.org", ..Sample::default() };
    bench.feed.push(near.mail());
    let erasure = Erasure { address: " Eve.Private@example.org".into(), at: day(3), by: "root@console".into() };
    assert_eq!(bench.search.erase(TENANT, erasure.clone()).await.unwrap(), 3);
    assert_eq!(bench.search.erase(TENANT, erasure).await.unwrap(), 0, "again there is nothing to do");

    // What comes later of an erased message brings nothing back.
    bench.feed.push(change(StateRecord::Bounced, "bounced"));
    bench.feed.push(change(StateRecord::Quarantined { since: day(4) }, "quarantined"));
    let judged = JudgedAgain {
        mail: id(1),
        tenant: TENANT.0,
        judged: Sample { verdict: "malware", ..eve.clone() }.judged(),
        variants: None,
        sender_genuine: None,
        added: vec![],
    };
    bench.feed.push(Record::Judged(Box::new(judged)));
    let trace = {
        bench.search.settle().await.unwrap();
        bench.search.show(TENANT, &id_text(1)).await.unwrap().unwrap()
    };
    let events: Vec<String> = trace.events.iter().map(|e| format!("{}|{}|{}", e.event, e.recipient, e.by)).collect();
    let expected = [
        "received||",
        "judged||",
        "quarantined||",
        "quarantined||",
        "deferred||",
        "erased||root@console",
        "bounced||",
        "quarantined||",
        "judged||",
    ];
    assert_eq!(events, expected);
    assert_eq!((trace.row.sender.as_str(), trace.row.recipients.len(), trace.row.subject.as_str()), ("", 0, ""));
    assert_eq!((trace.row.verdict.as_str(), trace.judged.len()), ("malware", 2));
    assert!(trace.judged.iter().all(|j| j.personal.erased && j.personal.words.is_empty()));
    let kept = bench.search.show(TENANT, &id_text(4)).await.unwrap().unwrap();
    assert_eq!(kept.row.sender, "not.eve.private@example.org");
    for lost in ["confidential", "eve.private@example.org"] {
        let by_subject = Query { subject: Some(lost.into()), ..Query::default() };
        assert_eq!(bench.numbers(by_subject).await, Vec::<u32>::new());
    }
    bench.reopen().await;
    bench.search.close().await;
    assert_is_nowhere(bench.folder.path());
}

fn assert_is_nowhere(folder: &std::path::Path) {
    for lost in ["confidential", "Eve.Private@Example", " eve.private@example.org"] {
        assert!(!any_file_holds(folder, lost), "{lost}");
    }
    assert!(any_file_holds(folder, "not.eve.private@example.org"));
}

#[tokio::test]
async fn a_purge_leaves_searches_whole() {
    let bench = std::sync::Arc::new(Bench::new().await);
    for number in 0..40 {
        bench.feed.push(Sample { number, at: day(number), ..Sample::default() }.mail());
    }
    bench.search.settle().await.unwrap();
    let reader = {
        let bench = std::sync::Arc::clone(&bench);
        tokio::spawn(async move {
            for _ in 0..20 {
                let rows = bench.search.search(TENANT, Query { limit: 100, ..Query::default() }).await.unwrap().rows;
                assert!(rows.len() >= 10);
            }
        })
    };
    for number in 1..=30 {
        bench
            .search
            .purge(Purge { journal_before: day(number), refusals_before: 0, features_before: 0 })
            .await
            .unwrap();
        bench.feed.push(Sample { number: 100 + number, at: day(39), state: QUEUED, ..Sample::default() }.mail());
    }
    reader.await.unwrap();
    assert_eq!(bench.numbers(Query { limit: 100, ..Query::default() }).await.len(), 40);
}
