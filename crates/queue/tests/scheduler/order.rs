//! What is tried when, and how much at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use queue::outcome::Delivery;
use queue::route::{HostPort, Route, Routes};
use queue::scheduler::Concurrency;
use store::disk::faulty::FaultyDisk;

use crate::world::{Answer, World, gate, mail};

fn numbers(world: &World) -> Vec<u8> {
    world.hops.seen().iter().map(|seen| seen.mail.as_bytes()[3]).collect()
}

#[tokio::test]
async fn what_is_due_first_goes_first_and_nothing_before_its_time() {
    let one = Concurrency { per_destination_max: 1, total_max: 1 };
    let world = World::with(FaultyDisk::new(), one, Routes::default()).await;
    for (number, due) in [(1, 3_000), (2, 1_000), (3, 2_000), (4, 60_000)] {
        world.send(mail(number, "a@sender.example", &[("x@one.example", due)])).await;
    }
    world.nothing_happens().await;
    world.pass(Duration::from_secs(3));
    world.until_ended(3).await;
    assert_eq!(numbers(&world), [2, 3, 1]);
    world.nothing_happens().await;
    world.pass(Duration::from_secs(57));
    world.until_ended(4).await;
    assert_eq!(world.check_account().delivered, 4);
}

#[tokio::test]
async fn a_due_time_comes_without_anybody_waking_the_queue() {
    let world = World::new().await;
    world.send(mail(1, "", &[("x@one.example", 150)])).await;
    world.nothing_happens().await;
    world.clock.advance(Duration::from_millis(150));
    world.until_ended(1).await;
}

#[tokio::test]
async fn a_destination_gets_so_many_at_a_time() {
    let three = Concurrency { per_destination_max: 3, total_max: 100 };
    let world = World::with(FaultyDisk::new(), three, Routes::default()).await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed.clone(), Delivery::Done));
    world.hops.answer("two.example", Answer::Waits(closed, Delivery::Done));
    for number in 0..10 {
        world.send(mail(number, "", &[("x@one.example", 0), ("x@two.example", 0)])).await;
    }
    world.until("three each", |world| ["one.example", "two.example"].iter().all(|d| world.hops.running(d) == 3)).await;
    world.nothing_happens().await;
    open.send(true).unwrap();
    world.until_ended(20).await;
    assert_eq!((world.hops.running_max("one.example"), world.hops.running_max("two.example")), (3, 3));
    assert_eq!(world.check_account().delivered, 20);
}

#[tokio::test]
async fn a_dead_destination_does_not_hold_the_others() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("dead.example", Answer::Waits(closed, Delivery::Transient));
    for number in 0..100 {
        world.send(mail(number, "", &[("x@dead.example", 0)])).await;
    }
    for number in 100..110 {
        world.send(mail(number, "", &[("x@good.example", 0)])).await;
    }
    world.until("the good ones", |world| world.hops.done().len() == 10).await;
    assert_eq!(world.hops.running("dead.example"), 5);
    open.send(true).unwrap();
    world.until_ended(110).await;
    let account = world.check_account();
    assert_eq!((account.delivered, account.queued), (10, 100));
}

#[tokio::test]
async fn destinations_take_turns() {
    let one = Concurrency { per_destination_max: 1, total_max: 1 };
    let world = World::with(FaultyDisk::new(), one, Routes::default()).await;
    world.queue.paused().replace(["*".to_owned()]);
    for number in 0..6 {
        world.send(mail(number, "", &[("x@many.example", 0)])).await;
    }
    world.send(mail(9, "", &[("x@few.example", 0)])).await;
    world.queue.paused().replace([]);
    world.queue.read_index();
    world.until_ended(7).await;
    let at = numbers(&world).iter().position(|number| *number == 9).unwrap();
    assert!(at <= 1, "{:?}", numbers(&world));
}

#[tokio::test]
async fn a_paused_destination_waits_and_goes_on() {
    let world = World::new().await;
    world.queue.paused().replace(["one.example".to_owned()]);
    let waiting = world.send(mail(1, "", &[("x@one.example", 0)])).await;
    world.send(mail(2, "", &[("x@two.example", 0)])).await;
    world.until("the other", |world| world.hops.done().len() == 1).await;
    world.nothing_happens().await;
    assert!(world.state(waiting.id).is_some());
    world.queue.paused().replace([]);
    world.queue.read_index();
    world.until_ended(2).await;
    assert_eq!(world.check_account().delivered, 2);
}

// All domains of a site lie behind one mail store.
#[tokio::test]
async fn a_paused_domain_does_not_hold_others_of_its_next_hop() {
    let hop = Route::Hosts(vec![HostPort::parse("store.corp.example:25").unwrap()]);
    let routes = Routes::new(BTreeMap::new(), Some(hop));
    let one = Concurrency { per_destination_max: 1, total_max: 10 };
    let world = World::with(FaultyDisk::new(), one, routes).await;
    world.queue.paused().replace(["a.example".to_owned()]);
    for number in 0..4 {
        world.send(mail(number, "", &[("x@a.example", 0)])).await;
        world.send(mail(number + 10, "", &[("x@b.example", 0)])).await;
    }
    world.until("those of b", |world| world.hops.done().len() == 4).await;
    assert_eq!(world.hops.running_max("b.example"), 1, "one at a time at that hop");
    world.nothing_happens().await;
    assert_eq!(world.check_account().queued, 4);
}

#[tokio::test]
async fn what_waits_keeps_few_bytes_in_memory() {
    let one = Concurrency { per_destination_max: 1, total_max: 10 };
    let world = World::with(FaultyDisk::new(), one, Routes::default()).await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Done));
    world.send(mail(1, "", &[("x@one.example", 0)])).await;
    world.until("the first", |world| world.hops.running("one.example") == 1).await;
    for number in 2..6 {
        world.send(mail(number, "", &[("x@one.example", 0)])).await;
    }
    world.send(mail(6, "", &[("x@two.example", 0)])).await;
    world.until("the other destination", |world| world.hops.done().len() == 1).await;
    open.send(true).unwrap();
    world.until_ended(6).await;
    let bytes: Vec<_> = world.hops.seen().iter().map(|seen| (seen.mail.as_bytes()[3], seen.has_bytes)).collect();
    // Each takes half of what may wait.
    assert_eq!(bytes, [(1, true), (6, true), (2, true), (3, true), (4, false), (5, false)]);
}
