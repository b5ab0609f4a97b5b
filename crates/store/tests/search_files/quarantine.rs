//! The list of what lies in quarantine.

use store::quarantine::QuarantineQuery;
use store::record::mail::StateRecord;
use store::record::{JudgedAgain, Record};
use store::{Journal, Quarantine};

use crate::feed::{Bench, QUEUED, Sample, TENANT, at, id};

fn quarantined(since: &str) -> StateRecord {
    StateRecord::Quarantined { since: at(since) }
}

async fn filled() -> (Bench, Sample, Sample) {
    let bench = Bench::new().await;
    let first = Sample {
        recipients: vec!["bob@example.org", "eve@example.org"],
        subject: "Fröhliche Rechnung".into(),
        verdict: "phishing",
        action: "quarantine",
        state: quarantined("2026-11-25T10:00:00Z"),
        ..Sample::default()
    };
    bench.feed.push(first.mail());
    let second = Sample { number: 2, verdict: "spam", action: "quarantine", ..Sample::default() };
    bench.feed.push(second.mail());
    (bench, first, second)
}

#[tokio::test]
async fn copies_come_and_go() {
    let (bench, first, second) = filled().await;
    let of_first = |who: &str| format!("1 {who}@example.org Fröhliche Rechnung phishing lookalike_domain");
    assert_eq!(bench.quarantined().await, [of_first("eve"), of_first("bob")]);
    bench.feed.push(second.change(0, quarantined("2026-11-25T12:00:00Z"), "quarantined"));
    let of_second = "2 bob@example.org Hello spam lookalike_domain".to_owned();
    assert_eq!(bench.quarantined().await, [of_second.clone(), of_first("eve"), of_first("bob")]);
    bench.feed.push(first.change(1, QUEUED, "released"));
    assert_eq!(bench.quarantined().await, [of_second.clone(), of_first("bob")]);
    bench.feed.push(first.change(1, StateRecord::Delivered, "delivered"));
    bench.feed.push(first.change(0, StateRecord::Expired, "expired"));
    bench.feed.push(second.change(0, StateRecord::Deleted, "deleted"));
    // In and out within one batch.
    bench.feed.push(second.change(0, quarantined("2026-11-25T13:00:00Z"), "quarantined"));
    assert_eq!(bench.quarantined().await, [of_second]);
    bench.feed.push(second.change(0, StateRecord::Deleted, "deleted"));
    assert_eq!(bench.quarantined().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_later_judgement_is_shown() {
    let (bench, ..) = filled().await;
    let again = Sample { verdict: "malware", ..Sample::default() };
    let judged = JudgedAgain {
        mail: id(1),
        tenant: TENANT.0,
        judged: again.judged(),
        variants: None,
        sender_genuine: None,
        added: vec![],
    };
    bench.feed.push(Record::Judged(Box::new(judged)));
    assert!(bench.quarantined().await.iter().all(|line| line.contains("malware")));
}

#[tokio::test]
async fn each_field_finds_its_copies() {
    let (bench, ..) = filled().await;
    bench.search.settle().await.unwrap();
    let text = |value: &str| Some(value.to_owned());
    let q = QuarantineQuery::default;
    for (query, count) in [
        (q(), 2),
        (QuarantineQuery { sender: text("ALICE"), ..q() }, 2),
        (QuarantineQuery { recipient: text("eve@"), ..q() }, 1),
        (QuarantineQuery { subject: text("rechnung frohliche"), ..q() }, 2),
        (QuarantineQuery { subject: text("%"), ..q() }, 0),
        (QuarantineQuery { verdict: text("phishing"), ..q() }, 2),
        (QuarantineQuery { verdict: text("spam"), ..q() }, 0),
    ] {
        let shown = format!("{query:?}");
        assert_eq!(bench.search.list(TENANT, query).await.unwrap().rows.len(), count, "{shown}");
    }
    let first = bench.search.list(TENANT, QuarantineQuery { limit: 1, ..q() }).await.unwrap();
    let second = bench.search.list(TENANT, QuarantineQuery { limit: 1, after: first.next, ..q() }).await.unwrap();
    assert_eq!(first.rows[0].recipient, "eve@example.org");
    assert_eq!((second.rows[0].recipient.as_str(), second.next), ("bob@example.org", None));
}

#[tokio::test]
async fn the_list_outlives_its_days() {
    let (mut bench, ..) = filled().await;
    let before = bench.quarantined().await;
    let purge =
        store::search::Purge { journal_before: at("2026-12-31T00:00:00Z"), refusals_before: 0, features_before: 0 };
    assert_eq!(bench.search.purge(purge).await.unwrap().days, 1);
    bench.reopen().await;
    assert_eq!(bench.quarantined().await, before);
}
