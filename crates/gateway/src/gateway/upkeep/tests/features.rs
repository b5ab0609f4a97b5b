//! What delivered mail is found again by is kept for 30 days, in whole days of the journal; the journal itself for longer.

use store::Journal as _;
use store::mails::Changed;
use store::record::features::FeaturesRecord;
use store::record::judged::{ActionRecord, JudgedRecord, PersonalRecord, RecipientNote, RulingRecord, VerdictRecord};

use super::*;

/// The judgement of a mail in which this link stood.
fn judged(at: Timestamp, link: &str) -> JudgedRecord {
    let bob = RecipientNote { address: "bob@corp.example".to_owned(), ..RecipientNote::default() };
    let deliver = ActionRecord { word: "deliver".to_owned(), ..ActionRecord::default() };
    JudgedRecord {
        at: at.unix_millis(),
        personal: PersonalRecord { recipients: vec![bob], ..PersonalRecord::default() },
        size: 14,
        verdict: VerdictRecord { class: "clean".to_owned(), ..VerdictRecord::default() },
        rulings: vec![RulingRecord { actions: vec![deliver], ..RulingRecord::default() }],
        features: Some(FeaturesRecord { links: vec![link.to_owned()], ..FeaturesRecord::default() }),
        ..JudgedRecord::default()
    }
}

/// Takes a mail with a link of its own, and delivers it.
async fn deliver(data: &Data, number: u8, at: Timestamp) {
    let queued = StateRecord::Queued { attempts: 0, next_attempt: at.unix_millis() };
    let judged = judged(at, &format!("https://{number}.example/"));
    let mail = NewMail { judged: Some(judged), ..new_mail(number, at, queued) };
    let id = mail.id;
    data.mails.accept(mail).await.unwrap();
    let delivered = RecipientChange {
        recipient: 0,
        state: StateRecord::Delivered,
        event: "delivered".to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: None,
    };
    let change = Change {
        recipients: vec![delivered],
        expect: &["queued"],
        at: at.unix_millis(),
        by: String::new(),
        durable: true,
        judged: None,
    };
    let changed = data.mails.change(TenantId::DEFAULT, id, change).await.unwrap();
    assert!(matches!(changed, Changed::Done(_)), "{changed:?}");
    data.search.settle().await.unwrap();
}

/// Links of delivered mail that are still known, newest first.
async fn known(data: &Data) -> Vec<String> {
    let page = data.search.features(TenantId::DEFAULT, 0, None).await.unwrap();
    assert!(page.rows.iter().all(|row| row.delivered == ["bob@corp.example"]), "{:?}", page.rows);
    page.rows.into_iter().flat_map(|row| row.features.links).collect()
}

#[tokio::test]
async fn they_are_kept_for_thirty_days_and_not_longer() {
    // Late in its day, so that a day more or less would show.
    let start = Timestamp::parse("2026-09-01T21:00:00Z").unwrap();
    let (_folder, data) = empty().await;
    deliver(&data, 1, start).await;
    deliver(&data, 2, start.plus(2 * DAY)).await;
    let clock = ManualClock::new(start.plus(2 * DAY));
    let jumps = Jumps::new(&clock);
    let (first, second) = ("https://1.example/", "https://2.example/");
    let wanted: [(u32, &[&str]); 5] =
        [(29, &[second, first]), (30, &[second, first]), (31, &[second]), (32, &[second]), (33, &[])];
    for (days, wanted) in wanted {
        clock.advance(start.plus(days * DAY).since(clock.now()));
        look(&data, &clock, &jumps).await;
        assert_eq!(known(&data).await, wanted, "{days} days after the first was delivered");
    }
    for number in [1, 2] {
        let id = MailId::from_bytes([number; 16]).to_string();
        let trace = data.search.show(TenantId::DEFAULT, &id).await.unwrap();
        assert!(trace.is_some(), "the journal of mail {number} stays");
    }
    data.close().await;
}
