//! Searching by everything that a person may know.

use store::Journal;
use store::error::StoreError;
use store::journal::Query;
use store::record::mail::StateRecord;

use crate::feed::{Bench, QUEUED, Sample, TENANT, at, id_text};

fn text(value: &str) -> Option<String> {
    Some(value.into())
}

/// Four messages of two days and a refusal of each kind.
async fn filled() -> Bench {
    let bench = Bench::new().await;
    let first = Sample { at: at("2026-11-24T09:00:00Z"), ..Sample::default() };
    bench.feed.push(first.mail());
    bench.feed.push(first.change(0, StateRecord::Delivered, "delivered"));
    let second = Sample {
        number: 2,
        sender: "Bounces+77@Lists.Test",
        from: "Käthe Groß <kaethe@firma.test>",
        recipients: vec!["bob@example.org", "Zoë.Müller@example.org"],
        subject: "Réponse: Rechnung Nr. 100% fällig".into(),
        message_id: "<ABC.def-2@firma.test>",
        client: "2001:db8::25",
        verdict: "spam",
        action: "junk",
        ..Sample::default()
    };
    bench.feed.push(second.mail());
    let third = Sample {
        number: 3,
        at: at("2026-11-25T11:00:00Z"),
        subject: "Invoice \"final\" OR NOT * payload_x".into(),
        verdict: "phishing",
        action: "quarantine",
        state: StateRecord::Quarantined { since: at("2026-11-25T11:00:00Z") },
        ..Sample::default()
    };
    bench.feed.push(third.mail());
    let early = Sample { number: 4, at: at("2026-11-25T12:00:00Z"), client: "198.51.100.7", ..Sample::default() };
    bench.feed.push(early.refusal("rcpt", "unknown_recipient"));
    let late =
        Sample { number: 5, at: at("2026-11-25T13:00:00Z"), verdict: "malware", action: "reject", ..Sample::default() };
    bench.feed.push(late.refusal("content", "malware_found"));
    bench
}

#[tokio::test]
async fn each_field_finds_its_messages() {
    let bench = filled().await;
    let q = Query::default;
    let cases = [
        (q(), vec![5, 4, 3, 2, 1]),
        (Query { sender: text("ALICE@"), ..q() }, vec![5, 4, 3, 1]),
        (Query { sender: text("bounces+77@lists"), ..q() }, vec![2]),
        (Query { sender: text("kathe gro"), ..q() }, vec![2]),
        (Query { sender: text("kaethe@FIRMA"), ..q() }, vec![2]),
        (Query { sender: text("al"), ..q() }, vec![5, 4, 3, 1]),
        (Query { sender: text("nobody"), ..q() }, vec![]),
        (Query { recipient: text("zoe.muller@"), ..q() }, vec![2]),
        (Query { recipient: text("example.org"), ..q() }, vec![5, 4, 3, 2, 1]),
        (Query { subject: text("fallig reponse"), ..q() }, vec![2]),
        (Query { subject: text("RECHNUNG nr"), ..q() }, vec![2]),
        (Query { subject: text("rechnung invoice"), ..q() }, vec![]),
        (Query { since: Some(at("2026-11-25T11:00:00Z")), ..q() }, vec![5, 4, 3]),
        (Query { until: Some(at("2026-11-25T11:00:00Z")), ..q() }, vec![2, 1]),
        (Query { verdict: text("spam"), ..q() }, vec![2]),
        (Query { decision: text("quarantine"), ..q() }, vec![3]),
        (Query { decision: text("quarantined"), ..q() }, vec![3]),
        (Query { decision: text("delivered"), ..q() }, vec![1]),
        (Query { decision: text("refused"), ..q() }, vec![5, 4]),
        (Query { id: text(&id_text(3)[..10]), ..q() }, vec![3]),
        (Query { id: text(&id_text(3).to_uppercase()), ..q() }, vec![3]),
        (Query { id: text("abc.DEF-2@"), ..q() }, vec![2]),
        (Query { id: text("firma.test"), ..q() }, vec![2]),
        (Query { client: text("2001:DB8:"), ..q() }, vec![2]),
        (Query { client: text("192.0.2."), ..q() }, vec![5, 3, 1]),
        (Query { refused: true, ..q() }, vec![5, 4]),
        (Query { reason: text("unknown_recipient"), ..q() }, vec![4]),
        (Query { refused: true, verdict: text("malware"), sender: text("alice"), ..q() }, vec![5]),
    ];
    for (query, expected) in cases {
        let shown = format!("{query:?}");
        assert_eq!(bench.numbers(query).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn a_row_tells_what_became_of_a_message() {
    let bench = filled().await;
    let rows = bench.find(Query::default()).await.rows;
    let lines: Vec<String> = rows
        .iter()
        .map(|r| {
            format!(
                "{}|{}|{}|{}|{}|{}|{}",
                r.sender,
                r.recipients.join(","),
                r.verdict,
                r.decision,
                r.status,
                r.client,
                r.size
            )
        })
        .collect();
    expect_test::expect![[r#"
        alice@sender.test|bob@example.org|malware|refused|malware_found|192.0.2.1|4711
        alice@sender.test|bob@example.org||refused|unknown_recipient|198.51.100.7|0
        alice@sender.test|bob@example.org|phishing|quarantine|quarantined|192.0.2.1|4711
        Bounces+77@Lists.Test|bob@example.org,Zoë.Müller@example.org|spam|junk|queued|2001:db8::25|4711
        alice@sender.test|bob@example.org|clean|deliver|delivered|192.0.2.1|4711"#]]
    .assert_eq(&lines.join("\n"));
}

#[tokio::test]
async fn the_weightiest_state_stands_for_all() {
    let bench = Bench::new().await;
    let sample = Sample { recipients: vec!["a@example.org", "b@example.org", "c@example.org"], ..Sample::default() };
    bench.feed.push(sample.mail());
    let mut seen = Vec::new();
    for (recipient, state, event) in [
        (0, StateRecord::Delivered, "delivered"),
        (1, StateRecord::Bounced, "bounced"),
        (2, StateRecord::Delivered, "delivered"),
        (1, QUEUED, "released"),
    ] {
        bench.feed.push(sample.change(recipient, state, event));
        seen.push(bench.find(Query::default()).await.rows[0].status.clone());
    }
    assert_eq!(seen, ["queued", "queued", "bounced", "queued"]);
}

#[tokio::test]
async fn no_character_has_a_meaning() {
    let bench = filled().await;
    let subject = |value: &str| Query { subject: text(value), ..Query::default() };
    for (value, expected) in [
        ("\"final\"", vec![3]),
        ("*", vec![3]),
        ("100%", vec![2]),
        ("10_%", vec![]),
        ("payload_x", vec![3]),
        ("payloadax", vec![]),
        ("final\" OR \"rechnung", vec![]),
        ("NOT", vec![3]),
        ("subject:invoice", vec![]),
        ("inv*", vec![]),
        ("'; DROP TABLE messages; --", vec![]),
        ("\u{0}\u{7}", vec![5, 4, 3, 2, 1]),
        ("^fin", vec![]),
        ("NEAR(final invoice)", vec![]),
    ] {
        assert_eq!(bench.numbers(subject(value)).await, expected, "{value:?}");
    }
    for value in ["%", "_", "\"", "' OR 1=1 --", "*", "(", "{sender}:a"] {
        for query in [
            Query { sender: text(value), ..Query::default() },
            Query { recipient: text(value), ..Query::default() },
            Query { id: text(value), ..Query::default() },
            Query { client: text(value), ..Query::default() },
            Query { verdict: text(value), ..Query::default() },
            Query { decision: text(value), ..Query::default() },
            Query { reason: text(value), ..Query::default() },
        ] {
            let shown = format!("{query:?}");
            assert_eq!(bench.numbers(query).await, Vec::<u32>::new(), "{shown}");
        }
    }
    assert_eq!(bench.numbers(Query::default()).await.len(), 5);
}

#[tokio::test]
async fn pages_are_stable_while_mail_comes() {
    let bench = Bench::new().await;
    let sample = |number: u32| Sample {
        number,
        // Several a millisecond, over two days, not all in order.
        at: at("2026-11-25T00:00:00Z") + i64::from(number / 3) - 20 + i64::from(number % 2),
        ..Sample::default()
    };
    for number in 0..100 {
        bench.feed.push(sample(number).mail());
    }
    let whole = bench.numbers(Query { limit: 1_000, ..Query::default() }).await;
    assert_eq!(whole.len(), 100);
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = bench.find(Query { limit: 7, after, ..Query::default() }).await;
        assert!(page.rows.len() <= 7);
        seen.extend(page.rows.iter().map(|row| row.id.clone()));
        bench.feed.push(sample(1_000 + u32::try_from(seen.len()).unwrap()).mail());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<String> = whole.into_iter().map(id_text).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_page_has_a_limit_and_a_token_of_ours() {
    let bench = Bench::new().await;
    for number in 0..60 {
        bench.feed.push(Sample { number, ..Sample::default() }.mail());
    }
    let page = bench.find(Query::default()).await;
    assert_eq!((page.rows.len(), page.next.is_some()), (50, true));
    let page = bench.find(Query { limit: u32::MAX, ..Query::default() }).await;
    assert_eq!((page.rows.len(), page.next), (60, None));
    for after in ["", "x", "1", "1.2.3", "99999999999999999999.1"] {
        let query = Query { after: text(after), ..Query::default() };
        assert!(matches!(bench.search.search(TENANT, query).await, Err(StoreError::Search(_))), "{after}");
    }
}
