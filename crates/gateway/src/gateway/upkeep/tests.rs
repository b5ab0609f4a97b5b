//! QUE-09: what a wrong clock must not remove.

mod features;

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
    let (folder, data) = empty().await;
    data.mails.accept(new_mail(7, start, StateRecord::Quarantined { since: start.unix_millis() })).await.unwrap();
    (folder, data)
}

async fn empty() -> (tempfile::TempDir, Data) {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::open(&folder.path().join("data")).await.unwrap();
    (folder, data)
}

fn new_mail(number: u8, received: Timestamp, state: StateRecord) -> NewMail {
    let recipient = RecipientRecord {
        address: "bob@corp.example".to_owned(),
        outbound: false,
        state,
        variant: None,
        groups: Vec::new(),
        added: false,
    };
    NewMail {
        id: MailId::from_bytes([number; 16]),
        tenant: TenantId::DEFAULT,
        received_at: received.unix_millis(),
        sender: "ann@sender.example".to_owned(),
        recipients: vec![recipient],
        body: NewBody::Inline(Bytes::from_static(b"Subject: x\r\n\r\n")),
        variants: Vec::new(),
        judged: None,
        sender_genuine: false,
        envelope: EnvelopeRecord { client_ip: "192.0.2.9".to_owned(), ..EnvelopeRecord::default() },
    }
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

// A run that sees what the last one kept.
async fn started(data: &Data, clock: &ManualClock) -> Jumps {
    let jumps = Jumps::new(clock);
    resume(data, clock, &jumps).await.unwrap();
    look(data, clock, &jumps).await;
    jumps
}

#[tokio::test]
async fn a_start_a_year_ahead_removes_nothing_for_a_day() {
    let start = Timestamp::parse("2026-11-25T21:00:00Z").unwrap();
    let (_folder, data) = with_quarantined(start).await;
    started(&data, &ManualClock::new(start)).await;
    // Again and again: a restart does not end the doubt.
    for hours in [0_u32, 1, 12] {
        started(&data, &ManualClock::new(start.plus(365 * DAY + hours * ROUND_TIME))).await;
        assert_eq!(account(&data).quarantined, 1, "{hours}");
    }
    // Set right: doubted for a day once more, and nothing is lost.
    let clock = ManualClock::new(start.plus(DAY));
    let jumps = started(&data, &clock).await;
    clock.advance(DAY);
    look(&data, &clock, &jumps).await;
    assert_eq!(account(&data).quarantined, 1);
    clock.advance(QUARANTINE_TIME);
    look(&data, &clock, &jumps).await;
    assert_eq!(account(&data).quarantined, 0);
    data.close().await;
}

#[tokio::test]
async fn a_start_soon_after_the_end_expires_what_is_old() {
    let start = Timestamp::parse("2026-11-25T21:00:00Z").unwrap();
    let (_folder, data) = with_quarantined(start).await;
    let ended = ManualClock::new(start.plus(QUARANTINE_TIME - ROUND_TIME));
    started(&data, &ended).await;
    assert_eq!(account(&data).quarantined, 1);
    started(&data, &ManualClock::new(start.plus(QUARANTINE_TIME + ROUND_TIME))).await;
    assert_eq!(account(&data).quarantined, 0);
    data.close().await;
}

#[tokio::test]
async fn the_time_is_kept_at_the_end() {
    let start = Timestamp::parse("2026-11-25T21:00:00Z").unwrap();
    let (_folder, data) = with_quarantined(start).await;
    let clock = Arc::new(ManualClock::new(start));
    let (stop, stopped) = watch::channel(false);
    let jumps = Jumps::new(clock.as_ref());
    let running = tokio::spawn(run(data.clone(), clock.clone(), jumps, stopped));
    while last_time::read(&data.site).await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(1_800));
    stop.send(true).unwrap();
    running.await.unwrap();
    let kept = last_time::read(&data.site).await.unwrap().unwrap();
    assert_eq!((kept.wall, kept.doubt_left), (start.plus(Duration::from_secs(1_800)), Duration::ZERO));
    data.close().await;
}
