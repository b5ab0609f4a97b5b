//! Turns, what they cost, the longest queue, and its end.

use tokio::time::timeout;
use unpack::{Part, Request};

use super::*;
use crate::files::Wanted;
use crate::limits::CLIENTS_KEPT_MAX;

const ROOM: Room = Room { all: 100, per_client: 20, in_hand: usize::MAX, forgiven: Duration::ZERO };

fn job(client: u8, place: &str) -> Job {
    let request = Request { parts: vec![Part { place: place.to_owned(), ..Part::default() }], ..Request::default() };
    Job { key: key(client), ask: Ask::Unpack(request, Wanted::Content), answer: oneshot::channel().0, faults: 0 }
}

fn key(last: u8) -> FairKey {
    FairKey::of([10, 0, last, 1].into())
}

fn place(turn: &Turn<Job>) -> String {
    let Ask::Unpack(request, _) = &turn.waiter.ask else { unreachable!("only such are asked") };
    request.parts[0].place.clone()
}

/// Takes so many, each of which takes as long as is said of its client.
async fn take(queue: &FairQueue, count: usize, cost: impl Fn(FairKey) -> u64) -> Vec<String> {
    let mut order = Vec::new();
    for _ in 0..count {
        let turn = queue.pop().await.unwrap();
        order.push(place(&turn));
        let took = Duration::from_millis(cost(turn.waiter.key));
        queue.settle(turn.waiter.key, turn.charged(), Took::Ended(took));
        queue.leave(turn.waiter.key);
    }
    order
}

/// Behind how many of three others the next one of client 1 has its turn.
async fn turn_among_others(queue: &FairQueue) -> Option<usize> {
    for (client, place) in [(2, "b1"), (1, "next"), (3, "c1"), (2, "b2")] {
        queue.push(job(client, place)).unwrap();
    }
    take(queue, 4, |_| 1).await.iter().position(|place| place == "next")
}

#[tokio::test]
async fn clients_take_turns() {
    let queue = FairQueue::new(ROOM);
    for (client, place) in [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2")] {
        queue.push(job(client, place)).unwrap();
    }
    assert_eq!(take(&queue, 6, |_| 1).await, ["a1", "b1", "c1", "a2", "b2", "a3"]);
}

#[tokio::test]
async fn a_turn_that_nobody_wanted_costs_nothing_and_says_nothing_of_the_next() {
    let queue = FairQueue::new(ROOM);
    queue.push(job(1, "dear")).unwrap();
    take(&queue, 1, |_| 50).await;
    queue.push(job(1, "gone")).unwrap();
    let gone = queue.pop().await.unwrap();
    queue.forgo(gone.waiter.key, gone.charged());
    // It is where it was, so 50 ms behind who comes new; and what comes next is taken to be as dear as the last one.
    for place in ["a1", "a2"] {
        queue.push(job(1, place)).unwrap();
    }
    assert_eq!(queue.pop().await.unwrap().charged(), Duration::from_millis(50));
}

#[tokio::test]
async fn who_takes_long_waits_as_long() {
    let queue = FairQueue::new(ROOM);
    for number in 1..=3 {
        queue.push(job(1, &format!("bomb{number}"))).unwrap();
    }
    for number in 1..=16 {
        queue.push(job(2, &format!("good{number}"))).unwrap();
    }
    let order = take(&queue, 19, |client| if client == key(1) { 5 } else { 1 }).await;
    let bombs: Vec<usize> = (0..order.len()).filter(|at| order[*at].starts_with("bomb")).collect();
    assert_eq!(bombs, [0, 6, 12], "{order:?}");
}

#[tokio::test]
async fn jobs_taken_at_the_same_time_are_charged_before_they_end() {
    let queue = FairQueue::new(ROOM);
    queue.push(job(1, "bomb0")).unwrap();
    take(&queue, 1, |_| 50).await;
    for client in [1, 1, 1, 2, 2, 2] {
        queue.push(job(client, if client == 1 { "bomb" } else { "good" })).unwrap();
    }
    let mut order = Vec::new();
    for _ in 0..6 {
        order.push(place(&queue.pop().await.unwrap()));
    }
    assert_eq!(order, ["good", "good", "good", "bomb", "bomb", "bomb"], "they have had their time already");
}

#[tokio::test]
async fn a_dear_one_now_and_then_is_forgiven_and_many_are_not() {
    for (dear, place) in [(0, 1), (2, 2), (4, 3)] {
        let queue = FairQueue::new(Room { forgiven: Duration::from_millis(100), ..ROOM });
        for _ in 0..dear {
            queue.push(job(1, "dear")).unwrap();
        }
        take(&queue, dear, |_| 50).await;
        assert_eq!(turn_among_others(&queue).await, Some(place), "behind {dear}");
    }
}

#[tokio::test]
async fn what_costs_a_worker_is_not_forgiven() {
    for (took, place) in [(Took::Ended(Duration::from_millis(50)), 2), (Took::Killed(Duration::from_millis(50)), 3)] {
        let queue = FairQueue::new(Room { forgiven: Duration::from_millis(100), ..ROOM });
        queue.push(job(1, "dear")).unwrap();
        let turn = queue.pop().await.unwrap();
        queue.settle(turn.waiter.key, turn.charged(), took);
        queue.leave(turn.waiter.key);
        assert_eq!(turn_among_others(&queue).await, Some(place), "{took:?}");
    }
}

#[tokio::test]
async fn a_dear_one_that_was_forgiven_is_expected_again() {
    let queue = FairQueue::new(Room { forgiven: Duration::from_millis(100), ..ROOM });
    queue.push(job(1, "dear")).unwrap();
    take(&queue, 1, |_| 50).await;
    queue.push(job(1, "next")).unwrap();
    assert_eq!(queue.pop().await.unwrap().charged(), Duration::from_millis(50));
}

#[tokio::test]
async fn who_comes_late_has_no_credit() {
    let queue = FairQueue::new(ROOM);
    for number in 0..10 {
        queue.push(job(1, &format!("a{number}"))).unwrap();
    }
    take(&queue, 5, |_| 10).await;
    for number in 0..3 {
        queue.push(job(2, &format!("b{number}"))).unwrap();
    }
    assert_eq!(take(&queue, 6, |_| 10).await, ["b0", "a5", "b1", "a6", "b2", "a7"]);
}

#[tokio::test]
async fn clients_that_are_idle_are_forgotten() {
    let queue = FairQueue::new(ROOM);
    for number in 0..u32::try_from(CLIENTS_KEPT_MAX + 100).unwrap() {
        let key = FairKey::of(std::net::Ipv4Addr::from(number << 8).into());
        queue.push(Job { key, ..job(0, "x") }).unwrap();
        take(&queue, 1, |_| 1).await;
    }
    let (clients, lined_up) = queue.state.lock().waiting.sizes();
    assert!(clients <= CLIENTS_KEPT_MAX, "{clients}");
    assert_eq!(lined_up, 0);
}

#[tokio::test]
async fn a_full_or_closed_queue_says_so() {
    let queue = FairQueue::new(ROOM);
    for number in 0..ROOM.all {
        queue.push(job(u8::try_from(number / ROOM.per_client).unwrap(), "x")).unwrap();
    }
    assert!(matches!(queue.push(job(9, "x")), Err(NotQueued::Full(_))));
    take(&queue, 1, |_| 1).await;
    assert!(matches!(queue.push(job(1, "x")), Err(NotQueued::Full(_))), "a client has its own limit");
    queue.push(job(9, "x")).unwrap();
    queue.close();
    assert!(queue.pop().await.is_none());
    assert!(matches!(queue.push(job(2, "x")), Err(NotQueued::Closed)));
}

#[tokio::test]
async fn what_nobody_waits_for_is_forgotten() {
    let queue = FairQueue::new(ROOM);
    let (answer, answered) = oneshot::channel();
    for _ in 0..3 {
        queue.push(job(1, "gone")).unwrap();
    }
    queue.push(Job { answer, ..job(1, "awaited") }).unwrap();
    queue.push(job(2, "gone")).unwrap();
    for client in [1, 2, 3] {
        queue.forget_gone(key(client));
    }
    let left = |waiting: &Waiting<Job>| (waiting.count(), waiting.sizes().1);
    assert_eq!(left(&queue.state.lock().waiting), (1, 1));
    assert_eq!(take(&queue, 1, |_| 1).await, ["awaited"]);
    drop(answered);
    queue.push(job(2, "next")).unwrap();
    assert_eq!(take(&queue, 1, |_| 1).await, ["next"], "places of those that have gone do not count");
}

#[tokio::test]
async fn a_client_with_its_share_in_hand_waits_until_one_is_done() {
    let queue = FairQueue::new(Room { in_hand: 1, ..ROOM });
    for (client, place) in [(1, "a1"), (1, "a2"), (2, "b1")] {
        queue.push(job(client, place)).unwrap();
    }
    let first = queue.pop().await.unwrap();
    let second = queue.pop().await.unwrap();
    assert_eq!((place(&first).as_str(), place(&second).as_str()), ("a1", "b1"));
    assert!(timeout(Duration::from_millis(20), queue.pop()).await.is_err(), "a place stays free for others");
    queue.push(job(3, "c1")).unwrap();
    assert_eq!(place(&queue.pop().await.unwrap()), "c1");
    queue.leave(key(1));
    assert_eq!(place(&queue.pop().await.unwrap()), "a2", "what was put off is not forgotten");
}
