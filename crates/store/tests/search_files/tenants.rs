//! No method returns another tenant's rows.

use mail::envelope::TenantId;
use store::journal::Query;
use store::quarantine::QuarantineQuery;
use store::record::mail::StateRecord;
use store::search::Erasure;
use store::{Journal, Quarantine};

use crate::feed::{Bench, Sample, at, id_text};

/// Both tenants have the same mail, but for its number.
async fn filled() -> Bench {
    let bench = Bench::new().await;
    for number in 0..20 {
        let state = StateRecord::Quarantined { since: at("2026-11-25T10:00:00Z") };
        let sample = Sample { number, tenant: TenantId(1 + number % 2), state, ..Sample::default() };
        bench.feed.push(sample.mail());
        bench.feed.push(Sample { number: 100 + number, ..sample }.refusal("data", "too_large"));
    }
    bench.search.settle().await.unwrap();
    bench
}

#[tokio::test]
async fn each_tenant_sees_its_own() {
    let bench = filled().await;
    let text = |value: &str| Some(value.to_owned());
    for tenant in [1, 2] {
        let strange: Vec<String> = (0..120).filter(|n| n % 2 != tenant - 1).map(id_text).collect();
        for query in [
            Query::default(),
            Query { sender: text("alice"), ..Query::default() },
            Query { recipient: text("bob"), ..Query::default() },
            Query { subject: text("hello"), ..Query::default() },
            Query { id: text("sender.test"), ..Query::default() },
            Query { refused: true, ..Query::default() },
            Query { decision: text("quarantined"), ..Query::default() },
        ] {
            let page = bench.search.search(TenantId(tenant), query.clone()).await.unwrap();
            assert!(page.rows.len() >= 10, "{query:?}");
            assert!(page.rows.iter().all(|row| !strange.contains(&row.id)), "{query:?}");
        }
        let page = bench.search.list(TenantId(tenant), QuarantineQuery::default()).await.unwrap();
        assert_eq!(page.rows.len(), 10);
        assert!(page.rows.iter().all(|row| !strange.contains(&row.id)));
        for id in &strange {
            assert!(bench.search.show(TenantId(tenant), id).await.unwrap().is_none());
            let query = Query { id: Some(id.clone()), ..Query::default() };
            assert!(bench.search.search(TenantId(tenant), query).await.unwrap().rows.is_empty());
        }
    }
    assert!(bench.search.search(TenantId(3), Query::default()).await.unwrap().rows.is_empty());
    assert!(bench.search.list(TenantId(3), QuarantineQuery::default()).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn one_tenants_token_gives_another_nothing_of_it() {
    let bench = filled().await;
    let page = bench.search.search(TenantId(1), Query { limit: 5, ..Query::default() }).await.unwrap();
    let query = Query { after: page.next, limit: 1_000, ..Query::default() };
    let other = bench.search.search(TenantId(2), query).await.unwrap();
    assert!(!other.rows.is_empty());
    for row in other.rows {
        assert!(bench.search.show(TenantId(1), &row.id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_erasure_stays_within_its_tenant() {
    let bench = filled().await;
    let erasure = Erasure { address: "bob@example.org".into(), at: 0, by: "root".into() };
    assert_eq!(bench.search.erase(TenantId(1), erasure).await.unwrap(), 20);
    let query = Query { recipient: Some("bob@".into()), ..Query::default() };
    assert_eq!(bench.search.search(TenantId(1), query.clone()).await.unwrap().rows.len(), 0);
    assert_eq!(bench.search.search(TenantId(2), query).await.unwrap().rows.len(), 20);
    let list = bench.search.list(TenantId(2), QuarantineQuery::default()).await.unwrap();
    assert!(list.rows.iter().all(|row| row.recipient == "bob@example.org"));
}
