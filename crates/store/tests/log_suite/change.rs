//! Changes that meet, many recipients, several tenants. QUE-13, QUE-14.

use std::sync::Arc;

use mail::envelope::TenantId;
use store::disk::faulty::{Cut, FaultyDisk};
use store::mails::{Changed, Rejudged};
use store::record::RecipientChange;
use store::record::mail::{EditRecord, StateRecord, VariantRecord};
use store::{Mails, StoreError};

use crate::world::*;

const IN_QUARANTINE: StateRecord = StateRecord::Quarantined { since: 1 };

#[tokio::test(flavor = "multi_thread")]
async fn of_a_release_and_a_deletion_exactly_one_wins() {
    const PAIRS: u64 = 10_000;
    let store = open(&FaultyDisk::new()).await;
    // Two recipients: the mail stays in the index whoever wins, so that the loser sees the conflict.
    let states = || vec![IN_QUARANTINE, IN_QUARANTINE];
    let accepted = (0..PAIRS).map(|number| store.accept(mail_for(number, ONE, states(), body(number, 60))));
    assert!(futures_util::future::join_all(accepted).await.iter().all(Result::is_ok));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..PAIRS {
        for state in [queued(), StateRecord::Deleted] {
            let store = Arc::clone(&store);
            tasks.spawn(async move {
                let wish = change(&["quarantined"], true, vec![to(0, state.clone())]);
                let changed = store.change(ONE, id(number), wish).await.unwrap();
                (matches!(changed, Changed::Done(_)), state.word())
            });
        }
    }
    let wins = tasks.join_all().await.into_iter().filter(|(won, _)| *won).collect::<Vec<_>>();
    assert_eq!(wins.len() as u64, PAIRS);
    let released = wins.iter().filter(|(_, word)| *word == "queued").count() as u64;
    let account = store.account(ONE);
    assert_eq!((account.queued, account.deleted), (released, PAIRS - released));
    balanced(&store, ONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_releases_of_one_mail_one_wins() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    store.accept(mail_for(1, ONE, vec![IN_QUARANTINE], body(1, 60))).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1_000 {
        let store = Arc::clone(&store);
        let durable = number % 2 == 0;
        tasks.spawn(async move {
            let wish = change(&["quarantined"], durable, vec![to(0, queued())]);
            matches!(store.change(ONE, id(1), wish).await.unwrap(), Changed::Done(_))
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|won| *won).count(), 1);
    store.close().await;
    assert_eq!(feed(&store).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_whole_or_not_at_all() {
    let store = open(&FaultyDisk::new()).await;
    store.accept(mail_for(1, ONE, vec![queued(), IN_QUARANTINE], body(1, 60))).await.unwrap();
    let both = || vec![to(0, StateRecord::Deleted), to(1, StateRecord::Deleted)];
    let before = store.state(ONE, id(1)).unwrap();
    for wish in [change(&["queued"], true, both()), change(&["queued"], false, vec![to(9, queued())])] {
        assert_eq!(store.change(ONE, id(1), wish).await.unwrap(), Changed::Conflict(before.clone()));
    }
    let done = store.change(ONE, id(1), change(&["queued", "quarantined"], true, both())).await.unwrap();
    let Changed::Done(after) = done else { panic!("{done:?}") };
    assert!(after.is_finished());
    let again = store.change(ONE, id(1), change(&["queued", "quarantined"], true, both())).await;
    assert!(matches!(again, Err(StoreError::NoMail(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_do_not_see_each_other() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    let (a, b) = (TenantId(1), TenantId(2));
    store.accept(mail_for(1, a, vec![queued()], body(1, 60))).await.unwrap();
    store.accept(mail_for(2, b, vec![IN_QUARANTINE], body(2, 60))).await.unwrap();
    for _ in 0..2 {
        let store = open(&disk.cut(usize::MAX, Cut::Killed, 1)).await;
        for (own, other, number) in [(a, b, 1), (b, a, 2)] {
            assert_eq!(store.unfinished(own).iter().map(|mail| mail.id).collect::<Vec<_>>(), [id(number)]);
            assert!(store.state(own, id(number)).is_some());
            assert!(store.load(own, id(number)).await.is_ok());
            assert_eq!(store.account(own).accepted, 1);
            assert!(store.state(other, id(number)).is_none());
            assert!(matches!(store.load(other, id(number)).await, Err(StoreError::NoMail(_))));
            let wish = change(&["queued", "quarantined"], true, vec![to(0, StateRecord::Deleted)]);
            assert!(matches!(store.change(other, id(number), wish).await, Err(StoreError::NoMail(_))));
            assert!(store.state(own, id(number)).is_some());
        }
        assert_eq!(store.tenants(), [a, b]);
        assert_eq!(store.account(TenantId(3)), Default::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_recipients_with_seven_states_survive() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    let seven = [
        queued(),
        StateRecord::Held { since: 1, next_attempt: 2, why: "anti_virus".to_owned() },
        IN_QUARANTINE,
        StateRecord::Delivered,
        StateRecord::Bounced,
        StateRecord::Discarded,
        StateRecord::Deleted,
    ];
    let states: Vec<_> = seven.iter().cycle().take(50).cloned().collect();
    store.accept(mail_for(1, ONE, states.clone(), body(1, 60))).await.unwrap();
    let account = store.account(ONE);
    assert_eq!((account.accepted, account.queued, account.held, account.deleted), (50, 8, 7, 7));
    for recipient in (0..50).filter(|number| number % 7 == 0) {
        let wish = change(&["queued"], false, vec![to(recipient, StateRecord::Delivered)]);
        assert!(matches!(store.change(ONE, id(1), wish).await.unwrap(), Changed::Done(_)));
    }
    let expected = store.state(ONE, id(1)).unwrap();
    let account = store.account(ONE);
    let store = open(&disk.cut(usize::MAX, Cut::Killed, 1)).await;
    assert_eq!(store.state(ONE, id(1)).unwrap(), expected);
    assert_eq!(store.account(ONE), account);
    balanced(&store, ONE);
    assert_eq!((account.queued, account.delivered), (0, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_judgement_replaces_the_first() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    let held = StateRecord::Held { since: 1, next_attempt: 2, why: "worker".to_owned() };
    store.accept(mail_for(1, ONE, vec![held.clone(), held], body(1, 60))).await.unwrap();
    let tag = VariantRecord { edits: vec![EditRecord { start: 0, end: 0, replacement: b"X-Tag: 1\r\n".to_vec() }] };
    let tagged = RecipientChange { variant: Some(0), ..to(0, queued()) };
    let mut wish = change(&["held"], true, vec![tagged, to(1, IN_QUARANTINE)]);
    wish.judged = Some(again(2, vec![tag.clone()], false));
    store.change(ONE, id(1), wish).await.unwrap();
    let after = store.load(ONE, id(1)).await.unwrap();
    let reopened = open(&disk.cut(usize::MAX, Cut::Dropped, 1)).await;
    for loaded in [after, reopened.load(ONE, id(1)).await.unwrap()] {
        assert_eq!(loaded.judged, Some(judged(2)));
        assert_eq!(loaded.variants, std::slice::from_ref(&tag));
        assert!(!loaded.state.sender_genuine);
        assert_eq!(loaded.state.recipients[0].variant, Some(0));
        assert_eq!(loaded.state.recipients[1].variant, None);
        assert_eq!(loaded.state.recipients[1].state, IN_QUARANTINE);
    }
    let words: Vec<_> = feed(&reopened).await;
    assert_eq!(words.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judgement_of_what_was_judged_meanwhile_changes_nothing() {
    let store = open(&FaultyDisk::new()).await;
    store.accept(mail_for(1, ONE, vec![IN_QUARANTINE, IN_QUARANTINE], body(1, 60))).await.unwrap();
    let seen = store.load(ONE, id(1)).await.unwrap().judgements;
    let tag = |text: &str| VariantRecord {
        edits: vec![EditRecord { start: 0, end: 0, replacement: text.as_bytes().to_vec() }],
    };
    let judge = |recipient, text: &str, after| {
        let tagged = RecipientChange { variant: Some(0), ..to(recipient, IN_QUARANTINE) };
        let mut wish = change(&["quarantined"], true, vec![tagged]);
        wish.judged = Some(Rejudged { after, ..again(1, vec![tag(text)], true) });
        store.change(ONE, id(1), wish)
    };
    assert!(matches!(judge(0, "X-First: 1\r\n", seen).await.unwrap(), Changed::Done(_)));
    let kept = store.load(ONE, id(1)).await.unwrap();
    assert!(matches!(judge(1, "X-Second: 1\r\n", seen).await.unwrap(), Changed::Conflict(_)));
    let now = store.load(ONE, id(1)).await.unwrap();
    assert_eq!(
        (now.variants, &now.state),
        (vec![tag("X-First: 1\r\n")], &kept.state),
        "the first one's form is still its own"
    );
    assert!(matches!(judge(1, "X-Second: 1\r\n", kept.judgements).await.unwrap(), Changed::Done(_)));
}
