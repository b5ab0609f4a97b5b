//! What delivered mail is found again by: kept apart from the judgement, for a shorter time.

use store::Journal;
use store::journal::FeaturesRow;
use store::record::features::{FeaturesRecord, FileFeature};
use store::record::mail::StateRecord;
use store::record::{JudgedAgain, Record};
use store::search::{Erasure, Purge};

use crate::feed::{Bench, Sample, TENANT, at, id, id_text};

fn features(mark: u8) -> FeaturesRecord {
    let file = FileFeature {
        place: "2".into(),
        kind: "exe".into(),
        name: "setup.exe".into(),
        size: 9,
        sha256: vec![mark; 32],
        tlsh: String::new(),
    };
    FeaturesRecord { files: vec![file], links: vec![format!("https://{mark}.example/")], is_cut: false }
}

fn day(number: u32) -> i64 {
    at("2026-08-01T10:00:00Z") + i64::from(number) * 86_400_000
}

async fn all(bench: &Bench, since: i64) -> Vec<FeaturesRow> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = bench.search.features(TENANT, since, after).await.unwrap();
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

fn marks(rows: &[FeaturesRow]) -> Vec<u8> {
    rows.iter().map(|row| row.features.files[0].sha256[0]).collect()
}

fn sample(number: u32) -> Sample {
    let mark = u8::try_from(number % 200).unwrap();
    Sample { number, at: day(number / 300), features: Some(features(mark)), ..Sample::default() }
}

#[tokio::test]
async fn pages_come_newest_first_and_whole() {
    let mut bench = Bench::new().await;
    for number in 0..1_200 {
        bench.feed.push(sample(number).mail());
    }
    bench.feed.push(Sample { number: 5_000, at: day(9), ..Sample::default() }.mail());
    bench.search.settle().await.unwrap();
    let expected: Vec<u8> = (0..1_200_u32).rev().map(|number| u8::try_from(number % 200).unwrap()).collect();
    let rows = all(&bench, 0).await;
    assert!(marks(&rows) == expected, "every message once, in order; one without features is none of them");
    assert_eq!(all(&bench, day(3)).await.len(), 300);
    bench.reopen().await;
    assert_eq!(all(&bench, 0).await.len(), 1_200);
}

#[tokio::test]
async fn delivered_copies_are_named_and_the_trace_shows_no_features() {
    let bench = Bench::new().await;
    let recipients = vec!["bob@example.org", "eve@example.org"];
    let sample = Sample { recipients, ..sample(7) };
    bench.feed.push(sample.mail());
    bench.feed.push(sample.change(1, StateRecord::Delivered, "delivered"));
    bench.search.settle().await.unwrap();
    let rows = all(&bench, 0).await;
    assert_eq!(rows[0].delivered, ["eve@example.org"]);
    assert_eq!(rows[0].row.id, id_text(7));
    let trace = bench.search.show(TENANT, &id_text(7)).await.unwrap().unwrap();
    assert_eq!(trace.judged[0].features, None, "they stand apart, their time is shorter");
}

#[tokio::test]
async fn the_last_look_counts() {
    let bench = Bench::new().await;
    bench.feed.push(sample(3).mail());
    let again = Sample { features: Some(features(99)), ..sample(3) }.judged();
    let again = JudgedAgain {
        mail: id(3),
        tenant: TENANT.0,
        judged: again,
        variants: None,
        sender_genuine: None,
        added: vec![],
    };
    bench.feed.push(Record::Judged(Box::new(again)));
    bench.search.settle().await.unwrap();
    assert_eq!(marks(&all(&bench, 0).await), [99]);
}

#[tokio::test]
async fn they_go_before_the_journal_and_with_an_erased_address() {
    let bench = Bench::new().await;
    for number in [0, 300, 600, 900] {
        bench.feed.push(sample(number).mail());
    }
    bench.search.settle().await.unwrap();
    let purge = Purge { journal_before: 0, refusals_before: 0, features_before: at("2026-08-03T00:00:00Z") };
    assert_eq!(bench.search.purge(purge).await.unwrap().features, 2);
    assert_eq!(bench.search.purge(purge).await.unwrap().features, 0, "again there is nothing to do");
    assert_eq!(marks(&all(&bench, 0).await), [100, 0]);
    assert!(bench.search.show(TENANT, &id_text(0)).await.unwrap().is_some(), "the journal stays");
    let erasure = Erasure { address: "bob@example.org".into(), at: day(9), by: "test".into() };
    bench.search.erase(TENANT, erasure).await.unwrap();
    assert!(all(&bench, 0).await.is_empty());
}
