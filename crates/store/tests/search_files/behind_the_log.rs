//! Behind the real log: small segments, compaction, and a program that ends without closing anything.

use bytes::Bytes;
use mail::id::MailId;
use store::backends::embedded::{Embedded, OpenOptions};
use store::journal::Query;
use store::mails::{Change, NewBody, NewMail};
use store::record::RecipientChange;
use store::record::mail::{EnvelopeRecord, RecipientRecord, StateRecord};
use store::search::{Search, SearchOptions};
use store::{Journal, Mails, Quarantine};

use crate::feed::{QUEUED, Sample, TENANT, at, id};

fn new_mail(number: u32) -> NewMail {
    let at = at("2026-11-25T10:00:00Z") + i64::from(number);
    let state = if number.is_multiple_of(10) { StateRecord::Quarantined { since: at } } else { QUEUED };
    let recipient = RecipientRecord {
        address: "bob@example.org".into(),
        outbound: false,
        state,
        variant: None,
        groups: vec![],
        added: false,
    };
    NewMail {
        id: MailId::from_bytes(id(number)),
        tenant: TENANT,
        received_at: at,
        sender: "alice@sender.test".into(),
        recipients: vec![recipient],
        body: NewBody::Inline(Bytes::from(vec![b'x'; 2_000])),
        variants: vec![],
        judged: Some(Sample { number, at, ..Sample::default() }.judged()),
        sender_genuine: true,
        envelope: EnvelopeRecord { client_ip: "192.0.2.1".into(), ..EnvelopeRecord::default() },
    }
}

fn delivered(number: u32) -> Change {
    let changed = RecipientChange {
        recipient: 0,
        state: StateRecord::Delivered,
        event: "delivered".into(),
        peer: "mx.example.org".into(),
        reply: "250 Ok".into(),
        variant: None,
    };
    let at = at("2026-11-25T11:00:00Z") + i64::from(number);
    Change { recipients: vec![changed], expect: &["queued"], at, by: String::new(), durable: false, judged: None }
}

#[tokio::test]
async fn each_mail_is_found_once_with_each_event_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = || SearchOptions { folder: folder.path().to_owned() };
    let log = || OpenOptions { segment_bytes: 64 * 1024, ..OpenOptions::new(folder.path()) };
    for round in 0..4_u32 {
        let store = Embedded::open(log()).await.unwrap();
        let search = Search::open(options(), store.feed()).await.unwrap();
        for number in round * 50..round * 50 + 50 {
            store.accept(new_mail(number)).await.unwrap();
            if !number.is_multiple_of(10) {
                store.change(TENANT, MailId::from_bytes(id(number)), delivered(number)).await.unwrap();
            }
        }
        if round % 2 == 0 {
            search.settle().await.unwrap();
        } else {
            // Synced and absorbed, so that segments go and what lives in them moves.
            search.close().await;
            store.compact().await;
        }
        drop(search);
        store.close().await;
    }
    let store = Embedded::open(log()).await.unwrap();
    let search = Search::open(options(), store.feed()).await.unwrap();
    search.settle().await.unwrap();
    let rows = search.search(TENANT, Query { limit: 1_000, ..Query::default() }).await.unwrap().rows;
    assert_eq!(rows.len(), 200);
    for row in rows {
        let trace = search.show(TENANT, &row.id).await.unwrap().unwrap();
        let words: Vec<&str> = trace.events.iter().map(|event| event.event.as_str()).collect();
        assert_eq!(words, ["received", "judged", row.status.as_str()]);
    }
    let kept = search.list(TENANT, store::quarantine::QuarantineQuery::default()).await.unwrap().rows;
    assert_eq!(kept.len(), 20);
    assert_eq!(store.account(TENANT).quarantined, 20);
}
