//! Five thousand messages: found through the index of words, and without it.

use store::Journal;
use store::journal::Query;
use store::record::mail::StateRecord;

use crate::feed::{Bench, Sample, TENANT, at};

#[tokio::test]
async fn five_thousand_messages_are_searched() {
    let bench = Bench::new().await;
    let start = at("2026-11-24T12:00:00Z");
    for number in 0..5_000_u32 {
        let sample = Sample {
            number,
            at: start + i64::from(number) * 10_000,
            subject: format!("Order {number:05} of customer {}", number % 97),
            ..Sample::default()
        };
        bench.feed.push(sample.mail());
        bench.feed.push(sample.change(0, StateRecord::Delivered, "delivered"));
    }
    bench.search.settle().await.unwrap();
    for number in [0, 1_234, 4_320, 4_999] {
        let query = Query { subject: Some(format!("{number:05}")), ..Query::default() };
        assert_eq!(bench.numbers(query).await, [number]);
    }
    let customer = Query { subject: Some("customer 96".into()), limit: 1_000, ..Query::default() };
    let expected: Vec<u32> = (0..5_000).rev().filter(|n| n % 97 == 96 || format!("{n:05}").contains("96")).collect();
    assert_eq!(bench.numbers(customer).await, expected);
    let (mut seen, mut after) = (0, None);
    loop {
        let query = Query { sender: Some("alice".into()), limit: 1_000, after, ..Query::default() };
        let page = bench.search.search(TENANT, query).await.unwrap();
        seen += page.rows.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, 5_000);
}
