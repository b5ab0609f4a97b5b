//! QUE-09: what a wrong clock must not remove.

use bytes::Bytes;
use mail::envelope::TenantId;
use mail::id::MailId;
use mail::timestamp::Timestamp;
use net::clock::ManualClock;
use store::mails::{Account, NewBody, NewMail};
use store::record::mail::{EnvelopeRecord, RecipientRecord};

use super::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn with_quarantined(start: Timestamp) -> (tempfile::TempDir, Data) {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::open(&folder.path().join("data")).await.unwrap();
    let recipient = RecipientRecord {
        address: "bob@corp.example".to_owned(),
        outbound: false,
        state: StateRecord::Quarantined { since: start.unix_millis() },
        variant: None,
        groups: Vec::new(),
    };
    let mail = NewMail {
        id: MailId::from_bytes([7; 16]),
        tenant: TenantId::DEFAULT,
        received_at: start.unix_millis(),
        sender: "ann@sender.example".to_owned(),
        recipients: vec![recipient],
        body: NewBody::Inline(Bytes::from_static(b"Subject: x\r\n\r\n")),
        variants: Vec::new(),
        judged: None,
        sender_genuine: false,
        envelope: EnvelopeRecord { client_ip: "192.0.2.9".to_owned(), ..EnvelopeRecord::default() },
    };
    data.mails.accept(mail).await.unwrap();
    (folder, data)
}

fn account(data: &Data) -> Account {
    let account = data.mails.account(TenantId::DEFAULT);
    assert_eq!(account.difference(), 0, "{account:?}");
    account
}

#[tokio::test]
async fn a_year_ahead_removes_nothing_for_a_day() {
    let start = Timestamp::parse("2026-11-25T21:00:00Z").unwrap();
    let (_folder, data) = with_quarantined(start).await;
    let clock = ManualClock::new(start);
    let jumps = Jumps::new(&clock);
    look(&data, &clock, &jumps).await;
    clock.set(start.plus(365 * DAY));
    for _ in 0..23 {
        look(&data, &clock, &jumps).await;
        clock.advance(ROUND_TIME);
    }
    assert_eq!(account(&data).quarantined, 1);
    // Set right within that day: as if it had not been.
    clock.set(start.plus(DAY));
    look(&data, &clock, &jumps).await;
    clock.advance(2 * DAY);
    look(&data, &clock, &jumps).await;
    assert_eq!(account(&data).quarantined, 1);
    clock.advance(QUARANTINE_TIME);
    look(&data, &clock, &jumps).await;
    let account = account(&data);
    assert_eq!((account.quarantined, account.deleted), (0, 1));
    data.close().await;
}

#[tokio::test]
async fn two_hours_back_remove_nothing_either() {
    let start = Timestamp::parse("2026-11-25T21:00:00Z").unwrap();
    let (_folder, data) = with_quarantined(start).await;
    let clock = ManualClock::new(start);
    let jumps = Jumps::new(&clock);
    clock.advance(QUARANTINE_TIME + DAY);
    clock.set(clock.now().minus(Duration::from_secs(7_200)));
    look(&data, &clock, &jumps).await;
    assert_eq!(account(&data).quarantined, 1);
    clock.advance(DAY);
    look(&data, &clock, &jumps).await;
    assert_eq!(account(&data).quarantined, 0);
    data.close().await;
}
