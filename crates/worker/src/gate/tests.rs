//! Places, turns, and those who go before it is theirs.

use futures_util::FutureExt as _;
use tokio::task::yield_now;

use super::*;

fn key(last: u8) -> FairKey {
    FairKey::of([10, 0, last, 1].into())
}

#[tokio::test]
async fn there_are_so_many_places_and_no_more() {
    let gate = FairGate::new(2);
    let (first, _second) = (gate.enter(key(1)).await, gate.enter(key(1)).await);
    let mut third = tokio::spawn({
        let gate = gate.clone();
        async move { gate.enter(key(1)).await }
    });
    yield_now().await;
    assert!(!third.is_finished());
    drop(first);
    (&mut third).await.unwrap();
}

#[tokio::test]
async fn whoever_comes_new_is_next_and_not_behind_a_crowd() {
    let gate = FairGate::new(1);
    let held = gate.enter(key(1)).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut all = Vec::new();
    for client in [1, 1, 1, 2] {
        let (gate, order) = (gate.clone(), Arc::clone(&order));
        all.push(tokio::spawn(async move {
            let _pass = gate.enter(key(client)).await;
            order.lock().push(client);
            tokio::time::sleep(Duration::from_millis(3)).await;
        }));
        yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(held);
    for one in all {
        one.await.unwrap();
    }
    assert_eq!(*order.lock(), [2, 1, 1, 1]);
}

#[tokio::test]
async fn who_goes_leaves_his_place_to_the_next() {
    let gate = FairGate::new(1);
    let held = gate.enter(key(1)).await;
    let gone = tokio::spawn({
        let gate = gate.clone();
        async move { gate.enter(key(2)).await }
    });
    yield_now().await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    drop(held);
    let _pass = tokio::time::timeout(Duration::from_secs(10), gate.enter(key(3))).await.expect("a place is free");
}

#[tokio::test]
async fn however_many_have_gone_they_cost_no_stack() {
    let gate = FairGate::new(1);
    let held = gate.enter(key(1)).await;
    let mut gone: Vec<_> = (0..100_000).map(|_| Box::pin(gate.enter(key(2)))).collect();
    for one in &mut gone {
        assert!(futures_util::poll!(one).is_pending());
    }
    drop(gone);
    drop(held);
    let _pass = tokio::time::timeout(Duration::from_secs(10), gate.enter(key(3))).await.expect("a place is free");
}

#[tokio::test]
async fn one_place_is_left_for_others() {
    let gate = FairGate::with_one_for_others(3);
    let mut held = Vec::new();
    while let Some(pass) = gate.enter(key(1)).now_or_never() {
        held.push(pass);
    }
    assert_eq!(held.len(), 2);
    let mut third = Box::pin(gate.enter(key(1)));
    assert!(futures_util::poll!(&mut third).is_pending());
    let other = gate.enter(key(2)).now_or_never().expect("the third place is free");
    drop(other);
    assert!(futures_util::poll!(&mut third).is_pending(), "it is not his");
    held.pop();
    third.now_or_never().expect("one of his own is free again");
}
