//! Turns, the longest queue, and its end.

use unpack::{Part, Request};

use super::*;
use crate::files::Wanted;

fn job(place: &str) -> Job {
    let request = Request { parts: vec![Part { place: place.to_owned(), ..Part::default() }], ..Request::default() };
    let ask = Ask { request, wanted: Wanted::Content };
    Job { ask, answer: oneshot::channel().0 }
}

fn key(last: u8) -> FairKey {
    FairKey::of([10, 0, last, 1].into())
}

#[tokio::test]
async fn clients_take_turns() {
    let queue = FairQueue::new();
    for (client, place) in [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2")] {
        queue.push(key(client), job(place)).unwrap();
    }
    let mut order = Vec::new();
    for _ in 0..6 {
        order.push(queue.pop().await.unwrap().ask.request.parts[0].place.clone());
    }
    assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "a3"]);
}

#[tokio::test]
async fn a_full_or_closed_queue_says_so() {
    let queue = FairQueue::new();
    for _ in 0..WAITING_MAX {
        queue.push(key(1), job("x")).unwrap();
    }
    assert_eq!(queue.push(key(2), job("x")), Err(NotQueued::Full));
    queue.close();
    assert!(queue.pop().await.is_none());
    assert_eq!(queue.push(key(2), job("x")), Err(NotQueued::Closed));
}
