//! Showing one message.

use store::Journal;
use store::error::StoreError;
use store::journal::{Query, Trace};
use store::record::mail::StateRecord;
use store::record::{JudgedAgain, Record};

use crate::feed::{Bench, QUEUED, Sample, TENANT, at, id, id_text};

fn events(trace: &Trace) -> String {
    let line = |e: &store::journal::Event| format!("{} {}|{}|{}|{}", e.sequence, e.event, e.recipient, e.detail, e.by);
    trace.events.iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn show(bench: &Bench, id: &str) -> Result<Option<Trace>, StoreError> {
    bench.search.settle().await.unwrap();
    bench.search.show(TENANT, id).await
}

#[tokio::test]
async fn a_trace_has_all_events_in_order() {
    let bench = Bench::new().await;
    let held = StateRecord::Held { since: at("2026-11-25T10:00:00Z"), next_attempt: 0, why: "dns_down".into() };
    let sample = Sample { recipients: vec!["bob@example.org", "eve@example.org"], state: held, ..Sample::default() };
    let unjudged = Sample { verdict: "", ..sample.clone() };
    bench.feed.push(unjudged.mail());
    let row = bench.find(Query::default()).await.rows.remove(0);
    assert_eq!((row.subject.as_str(), row.verdict.as_str(), row.decision.as_str()), ("", "", "hold"));
    let again = Sample { verdict: "spam", action: "tag", subject: "Späte Post".into(), ..sample.clone() };
    let judged = JudgedAgain {
        mail: id(1),
        tenant: TENANT.0,
        judged: again.judged(),
        variants: None,
        sender_genuine: None,
        added: vec![],
    };
    bench.feed.push(Record::Judged(Box::new(judged)));
    bench.feed.push(sample.change(0, QUEUED, "released"));
    // The file of the day may be another by the time.
    bench.feed.push(Sample { at: at("2026-11-27T10:00:00Z"), ..sample.clone() }.change(
        0,
        StateRecord::Delivered,
        "delivered",
    ));
    bench.feed.push(sample.change(1, StateRecord::Quarantined { since: 1 }, "quarantined"));
    let trace = show(&bench, &id_text(1)).await.unwrap().unwrap();
    expect_test::expect![[r#"
        3 received||from 192.0.2.1, 4711 bytes|
        3 held|bob@example.org|dns_down|
        3 held|eve@example.org|dns_down|
        6 judged||spam|
        9 released|bob@example.org|mx.example.org [192.0.2.9]: 250 2.0.0 Ok bob@example.org|
        12 delivered|bob@example.org|mx.example.org [192.0.2.9]: 250 2.0.0 Ok bob@example.org|
        15 quarantined|eve@example.org|mx.example.org [192.0.2.9]: 250 2.0.0 Ok bob@example.org|"#]]
    .assert_eq(&events(&trace));
    assert_eq!(trace.judged, [again.judged()]);
    assert_eq!((trace.row.decision.as_str(), trace.row.status.as_str()), ("tag", "quarantined"));
    let late = Query { subject: Some("spate post".into()), ..Query::default() };
    assert_eq!(bench.numbers(late).await, [1]);
}

#[tokio::test]
async fn a_beginning_that_one_message_has_is_enough() {
    let bench = Bench::new().await;
    bench.feed.push(Sample::default().mail());
    bench
        .feed
        .push(Sample { number: 2, at: at("2026-11-20T10:00:00Z"), ..Sample::default() }.refusal("helo", "bad_helo"));
    let full = id_text(2);
    for given in [full.as_str(), &full[..10], &full[..6], &full.to_uppercase(), &format!(" {full} ")] {
        assert_eq!(show(&bench, given).await.unwrap().unwrap().row.id, full, "{given:?}");
    }
    for given in [&full[..5], "", "zzzzzzzzzz", "%%%%%%", "______", &format!("{full}0")] {
        assert!(show(&bench, given).await.unwrap().is_none(), "{given:?}");
    }
    let refused = show(&bench, &full).await.unwrap().unwrap();
    assert_eq!(events(&refused), "6 refused||helo 550 5.7.1 bad_helo|");
}

#[tokio::test]
async fn a_beginning_that_two_messages_have_is_an_error() {
    let bench = Bench::new().await;
    // The first four bytes differ, so the same number with other last bytes makes the twin.
    let Record::Mail(mut twin) = Sample { at: at("2026-11-20T10:00:00Z"), ..Sample::default() }.mail() else {
        panic!()
    };
    twin.id[15] ^= 0xff;
    bench.feed.push(Record::Mail(twin));
    bench.feed.push(Sample::default().mail());
    let beginning = &id_text(1)[..8];
    assert!(matches!(show(&bench, beginning).await, Err(StoreError::Ambiguous(_))));
    assert!(show(&bench, &id_text(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_mail_after_a_refusal_of_its_transaction_is_the_mail() {
    let bench = Bench::new().await;
    let sample = Sample::default();
    bench.feed.push(sample.refusal("rcpt", "unknown_recipient"));
    bench.feed.push(sample.refusal("rcpt", "relaying_denied"));
    bench.find(Query::default()).await;
    bench.feed.push(sample.mail());
    bench.feed.push(sample.change(0, StateRecord::Delivered, "delivered"));
    let trace = show(&bench, &id_text(1)).await.unwrap().unwrap();
    let words: Vec<&str> = trace.events.iter().map(|e| e.event.as_str()).collect();
    assert_eq!(words, ["refused", "refused", "received", "judged", "delivered"]);
    assert_eq!((trace.row.decision.as_str(), trace.row.status.as_str()), ("deliver", "delivered"));
    assert_eq!(trace.judged.len(), 1);
    assert_eq!(bench.numbers(Query::default()).await, [1]);
}

#[tokio::test]
async fn an_event_of_a_lost_message_is_kept() {
    let bench = Bench::new().await;
    bench.feed.push(Sample::default().change(0, StateRecord::Delivered, "delivered"));
    bench.feed.push(Sample::default().change(1, StateRecord::Bounced, "bounced"));
    let trace = show(&bench, &id_text(1)).await.unwrap().unwrap();
    assert_eq!(trace.events.len(), 2);
    assert_eq!((trace.row.status.as_str(), trace.row.decision.as_str()), ("bounced", ""));
}
