//! Power loss: every cut of a recorded run, with what was not flushed dropped, torn or reordered. QUE-02, QUE-03, QUE-13.

use std::collections::BTreeMap;

use store::Mails;
use store::backends::embedded::Embedded;
use store::disk::faulty::{Cut, FaultyDisk};
use store::record::mail::StateRecord;

use crate::world::*;

/// What somebody was told, and when.
#[derive(Default)]
struct Told {
    asked: usize,
    accepted: usize,
    length: usize,
    /// The end was asked for at, and acknowledged as durable at.
    ending: Option<usize>,
    ended: Option<usize>,
}

async fn run(disk: &FaultyDisk) -> BTreeMap<u64, Told> {
    let store = open(disk).await;
    store.feed().set_absorbed(u64::MAX);
    let mut told: BTreeMap<u64, Told> = BTreeMap::new();
    for round in 0..12 {
        let numbers: Vec<u64> = (round * 8..round * 8 + 8).collect();
        for number in &numbers {
            let length = 200 + usize::try_from(number * 977 % 7_000).unwrap();
            told.insert(*number, Told { asked: disk.position(), length, ..Told::default() });
        }
        let (store, lengths) = (&store, &told);
        let accepts = numbers.iter().map(|number| async move {
            let length = lengths[number].length;
            let new = mail(*number, length);
            let new = if number % 11 == 3 { spooled(store, new, body(*number, length)).await.unwrap() } else { new };
            store.accept(new).await.unwrap();
            (*number, disk.position())
        });
        for (number, accepted) in futures_util::future::join_all(accepts).await {
            told.get_mut(&number).unwrap().accepted = accepted;
        }
        store.refuse(refusal(round)).await.unwrap();
        for number in numbers.iter().filter(|number| *number % 3 != 0) {
            let durable = number % 2 == 0;
            told.get_mut(number).unwrap().ending = Some(disk.position());
            let state = if durable { StateRecord::Deleted } else { StateRecord::Delivered };
            store.change(ONE, id(*number), change(&["queued"], durable, vec![to(0, state)])).await.unwrap();
            told.get_mut(number).unwrap().ended = durable.then(|| disk.position());
        }
        if round % 4 == 3 {
            store.compact().await;
        }
    }
    store.close().await;
    told
}

async fn check(store: &Embedded, told: &BTreeMap<u64, Told>, at: usize, what: &str) {
    for (number, told) in told {
        let there = store.state(ONE, id(*number));
        if told.accepted <= at && told.ending.is_none_or(|ending| ending > at) {
            assert!(there.is_some(), "{what}: mail {number} was acknowledged and is lost");
        }
        if told.ended.is_some_and(|ended| ended <= at) || told.asked > at {
            assert!(there.is_none(), "{what}: mail {number} is there, deleted or never sent");
        }
        if let Some(state) = there {
            let bytes = bytes_of(store, &state).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(bytes, body(*number, told.length), "{what}: mail {number}");
        }
    }
    balanced(store, ONE);
    assert_eq!(store.account(ONE).damaged, 0, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cut_loses_an_acknowledged_mail() {
    const CUTS: usize = 240;
    let disk = FaultyDisk::new();
    let told = run(&disk).await;
    let end = disk.position();
    assert!(segments(&disk).len() > 2, "the run spans segments");
    for number in 0..CUTS {
        let at = end * number / (CUTS - 1);
        let how = [Cut::Dropped, Cut::Torn, Cut::Reordered, Cut::Killed][number % 4];
        let what = format!("{how:?} at {at}");
        let disk = disk.cut(at, how, number as u64 + 1);
        let store = open(&disk).await;
        check(&store, &told, at, &what).await;
        let set_aside: Vec<_> = files(&disk, "corrupt").into_iter().filter(|name| !name.ends_with(".torn")).collect();
        assert!(set_aside.is_empty(), "{what}: {set_aside:?}");
        // It goes on, and a second loss right now changes nothing.
        store.accept(mail(9_000, 700)).await.unwrap();
        let unfinished = store.unfinished(ONE);
        let account = store.account(ONE);
        let store = open(&disk.cut(usize::MAX, Cut::Dropped, 1)).await;
        assert_eq!(store.unfinished(ONE), unfinished, "{what}");
        assert_eq!(store.account(ONE), account, "{what}");
    }
}
