//! Segments are taken back when little is live in them, and nothing is lost by it.

use store::Mails;
use store::disk::faulty::{Cut, FaultyDisk};
use store::mails::{Changed, Rejudged};
use store::record::mail::StateRecord;

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn compaction_keeps_mail_states_and_account() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    let states = || vec![queued(), queued()];
    let deferred = StateRecord::Queued { attempts: 3, next_attempt: 77 };
    for number in 0..120 {
        let new = mail_for(number, ONE, states(), body(number, 4_000));
        let new = if number % 30 == 0 { spooled(&store, new, body(number, 9_000)).await.unwrap() } else { new };
        store.accept(new).await.unwrap();
        // What stays gets its changes in later segments; the rest ends in later segments.
        if let Some(old) = number.checked_sub(20) {
            let wish = match old % 10 {
                0 => vec![to(0, deferred.clone())],
                1 => vec![to(0, StateRecord::Delivered)],
                _ => vec![to(0, StateRecord::Delivered), to(1, StateRecord::Deleted)],
            };
            store.change(ONE, id(old), change(&["queued"], false, wish)).await.unwrap();
        }
    }
    let mut wish = change(&["queued"], true, vec![to(1, StateRecord::Quarantined { since: 5 })]);
    wish.judged = Some(again(2, Vec::new(), true));
    store.change(ONE, id(10), wish).await.unwrap();
    // A rule adds the original of one; then it is judged once more, which adds nothing.
    let original = added("r0@example.org", StateRecord::Quarantined { since: 6 });
    for (last, wishes) in [(1_u32, vec![to(0, queued()), to(2, original.state.clone())]), (2, vec![to(1, queued())])] {
        let mut wish = change(&["queued"], true, wishes);
        wish.judged = Some(Rejudged {
            after: last.saturating_sub(1),
            added: vec![original.clone()],
            ..again(last, Vec::new(), true)
        });
        let changed = store.change(ONE, id(20), wish).await.unwrap();
        assert!(
            matches!(changed, Changed::Done(state) if state.recipients.len() == 3 && state.recipients[2] == original)
        );
    }
    let mut new = mail(500, 4_000);
    new.recipients.push(original);
    store.accept(new).await.unwrap();
    assert_eq!((store.account(ONE).added, store.account(ONE).difference()), (2, 0));
    let (unfinished, account) = (store.unfinished(ONE), store.account(ONE));
    let before = segments(&disk).len();
    assert_eq!(store.compact().await, 0, "nothing goes before it is absorbed");
    store.feed().set_absorbed(u64::MAX);
    for _ in 0..3 {
        store.compact().await;
    }
    assert!(segments(&disk).len() < before, "{before} segments before, {:?} after", segments(&disk));
    assert_eq!(store.unfinished(ONE), unfinished);
    for how in [Cut::Killed, Cut::Dropped] {
        let disk = disk.cut(usize::MAX, how, 1);
        let store = open(&disk).await;
        assert_eq!(store.unfinished(ONE), unfinished);
        assert_eq!(store.account(ONE), account);
        for state in store.unfinished(ONE) {
            assert!(!bytes_of(&store, &state).await.unwrap().is_empty());
        }
        assert_eq!(store.load(ONE, id(10)).await.unwrap().judged, Some(judged(2)));
        assert_eq!(files(&disk, "corrupt"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_queue_needs_few_segments() {
    let disk = FaultyDisk::new();
    let mut store = open(&disk).await;
    store.accept(mail_for(9_999, ONE, vec![StateRecord::Quarantined { since: 1 }], body(9_999, 3_000))).await.unwrap();
    store.feed().set_absorbed(u64::MAX);
    for number in 0..600 {
        store.accept(mail(number, 4_000)).await.unwrap();
        let delivered = vec![to(0, StateRecord::Delivered)];
        store.change(ONE, id(number), change(&["queued"], false, delivered)).await.unwrap();
        if number % 100 == 99 {
            store.close().await;
            drop(store);
            store = open(&disk).await;
            store.feed().set_absorbed(u64::MAX);
        }
        store.compact().await;
    }
    assert!(files(&disk, "log").len() <= 8, "{:?}", files(&disk, "log"));
    let state = store.state(ONE, id(9_999)).unwrap();
    assert_eq!(bytes_of(&store, &state).await.unwrap(), body(9_999, 3_000));
    let account = store.account(ONE);
    assert_eq!((account.accepted, account.delivered, account.quarantined), (601, 600, 1));
    store.close().await;
    drop(store);
    assert_eq!(open(&disk).await.account(ONE), account);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_segment_does_not_hold_those_behind_it() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    // The oldest segment stays, with five mails that live long and six whose ends come one by one in later segments.
    for number in 0..11 {
        store.accept(mail_for(number, ONE, vec![queued(), queued()], body(number, 4_500))).await.unwrap();
    }
    for round in 0..6_u16 {
        let attempt = StateRecord::Queued { attempts: round, next_attempt: 5 };
        let old = u64::from(round);
        store.change(ONE, id(old % 5), change(&["queued"], false, vec![to(0, attempt)])).await.unwrap();
        let both = vec![to(0, StateRecord::Delivered), to(1, StateRecord::Bounced)];
        store.change(ONE, id(5 + old), change(&["queued"], false, both)).await.unwrap();
        for number in 0..16 {
            let number = 1_000 + old * 16 + number;
            store.accept(mail(number, 4_500)).await.unwrap();
            store
                .change(ONE, id(number), change(&["queued"], false, vec![to(0, StateRecord::Delivered)]))
                .await
                .unwrap();
        }
    }
    let (unfinished, account) = (store.unfinished(ONE), store.account(ONE));
    assert_eq!(unfinished.len(), 5);
    let used = segments(&disk).len();
    assert!(used >= 7, "{used}");
    store.feed().set_absorbed(u64::MAX);
    for _ in 0..4 {
        store.compact().await;
    }
    store.close().await;
    drop(store);
    // What was taken back carries an older generation inside: only what is read at start counts.
    for how in [Cut::Killed, Cut::Dropped] {
        let store = open(&disk.cut(usize::MAX, how, 1)).await;
        assert_eq!(store.unfinished(ONE), unfinished);
        assert_eq!(store.account(ONE), account);
    }
    let left = files(&disk, "log").len();
    assert!(left <= 7, "{left} of {used} segments and four spares");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_goes_after_its_mail() {
    let disk = FaultyDisk::new();
    let store = open(&disk).await;
    let new = spooled(&store, mail(1, 0), body(1, 9_000)).await.unwrap();
    store.accept(new).await.unwrap();
    let dropped = spooled(&store, mail(2, 0), body(2, 9_000)).await.unwrap();
    assert_eq!(files(&disk, "bodies").len(), 2);
    drop(dropped);
    assert_eq!(files(&disk, "bodies").len(), 1);
    store.change(ONE, id(1), change(&["queued"], false, vec![to(0, StateRecord::Delivered)])).await.unwrap();
    assert_eq!(files(&disk, "bodies").len(), 1, "the end is not durable yet");
    store.accept(mail(3, 100)).await.unwrap();
    while !files(&disk, "bodies").is_empty() {
        tokio::task::yield_now().await;
    }
    let store = open(&disk.cut(usize::MAX, Cut::Dropped, 1)).await;
    assert_eq!(store.unfinished(ONE).len(), 1);
    assert_eq!(store.account(ONE).damaged, 0);
}
