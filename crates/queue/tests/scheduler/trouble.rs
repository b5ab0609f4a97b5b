//! Trouble of our own: a disk that failed, a disk that is full, a bug.

use std::io::ErrorKind;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mail::envelope::TenantId;
use queue::outcome::Delivery;
use queue::route::Routes;
use queue::schedule::{ATTEMPTS_MIN, EXPIRY};
use queue::scheduler::Concurrency;
use store::Mails;
use store::disk::faulty::{Call, FaultyDisk};
use store::mails::NewMail;
use store::record::mail::StateRecord;

use crate::outcomes::{notices, queued};
use crate::trap::Panics;
use crate::world::{Answer, START, World, gate, mail};

const DAY: Duration = Duration::from_secs(24 * 3600);
const RETRY: Duration = Duration::from_secs(330);

async fn close_the_log(world: &World) {
    world.disk.fail(Call::Write, ErrorKind::Other);
    assert!(world.store.accept(mail(99, "", &[("x@one.example", 0)])).await.is_err());
    assert!(!world.store.is_healthy());
}

// Twice is better than never; once more every hour until somebody comes is not.
#[tokio::test]
async fn what_is_in_flight_when_the_log_closes_ends_and_goes_once_more_after_the_next_start_only() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Done));
    world.send(mail(1, "", &[("x@one.example", 0)])).await;
    world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
    close_the_log(&world).await;
    open.send(true).unwrap();
    world.until("the end of the attempt", |world| world.hops.done().len() == 1).await;
    for _ in 0..10 {
        world.nothing_happens().await;
        world.pass(DAY);
    }
    world.queue.read_index();
    world.nothing_happens().await;
    assert_eq!(world.hops.attempts(), 1);
    let disk = world.stop().await;

    disk.heal();
    let few = Concurrency { per_destination_max: 5, total_max: 20 };
    let world = World::with(disk, few, Routes::default()).await;
    world.until_ended(1).await;
    assert_eq!(world.check_account().delivered, 1);
}

#[tokio::test]
async fn nothing_begins_after_the_log_has_closed() {
    let world = World::new().await;
    world.send(mail(1, "", &[("x@one.example", 60_000)])).await;
    let now = world.put(mail(2, "", &[("x@one.example", 0)])).await;
    close_the_log(&world).await;
    world.queue.offer(&now, None);
    world.nothing_happens().await;
    world.pass(DAY);
    world.nothing_happens().await;
    assert_eq!((world.hops.attempts(), world.check_account().queued), (0, 2));
}

// Accepted mail that ends without a word to anybody is lost.
#[tokio::test]
async fn what_the_sender_cannot_be_told_of_for_want_of_space_waits_and_is_told_later() {
    let expired = || {
        let mut new = mail(2, "a@sender.example", &[("x@one.example", 0)]);
        new.recipients[0].state = StateRecord::Queued { attempts: ATTEMPTS_MIN, next_attempt: START };
        new
    };
    for (new, result) in
        [(mail(1, "a@sender.example", &[("x@one.example", 0)]), Delivery::Permanent), (expired(), Delivery::Transient)]
    {
        let world = World::new().await;
        world.queue.paused().replace(["sender.example".to_owned()]);
        let (open, closed) = gate();
        world.hops.answer("one.example", Answer::Waits(closed, result));
        let before = match new.recipients[0].state {
            StateRecord::Queued { attempts, .. } => attempts,
            _ => 0,
        };
        let sent = world.send(new).await;
        world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
        world.clock.advance(EXPIRY);
        world.disk.fail(Call::Write, ErrorKind::StorageFull);
        open.send(true).unwrap();
        world.until("the outcome", |world| queued(world, sent.id).0 == before + 1).await;
        let account = world.check_account();
        assert_eq!((account.queued, account.bounced, account.added), (1, 0, 0), "{result:?}");
        assert!(world.store.is_healthy());

        world.disk.heal();
        world.pass(Duration::from_secs(4_400));
        world.until("the end", |world| world.state(sent.id).is_none()).await;
        assert_eq!(notices(&world).await.len(), 1, "{result:?}");
        let account = world.check_account();
        assert_eq!((account.queued, account.bounced, account.added), (1, 1, 1), "{result:?}");
    }
}

#[tokio::test]
async fn whom_nobody_tells_does_not_wait_for_space() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Permanent));
    let unverified = NewMail { sender_genuine: false, ..mail(1, "a@sender.example", &[("x@one.example", 0)]) };
    let sent = world.send(unverified).await;
    world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
    world.disk.fail(Call::Write, ErrorKind::StorageFull);
    open.send(true).unwrap();
    world.until("the end", |world| world.state(sent.id).is_none()).await;
    assert_eq!(world.check_account().bounced, 1);
}

#[tokio::test]
async fn a_bug_in_an_attempt_loses_neither_mail_nor_slot() {
    let panics = Panics::default();
    let _counting = metrics::set_default_local_recorder(&panics);
    let world = World::new().await;
    world.hops.answer("one.example", Answer::Panics);
    for number in 0..20 {
        world.send(mail(number, "", &[("x@one.example", 0)])).await;
    }
    world.until_ended(20).await;
    assert_eq!(panics.count(), 20);
    world.hops.answer("one.example", Answer::Says(Delivery::Done));
    world.pass(RETRY);
    world.until_ended(40).await;
    assert_eq!(world.check_account().delivered, 20);
}

#[tokio::test]
async fn a_bug_behind_an_attempt_loses_neither_mail_nor_slot() {
    let panics = Panics::default();
    let _counting = metrics::set_default_local_recorder(&panics);
    let one = Concurrency { per_destination_max: 1, total_max: 1 };
    let world = World::with(FaultyDisk::new(), one, Routes::default()).await;
    world.trap.changes.store(1, Ordering::SeqCst);
    let sent = world.send(mail(1, "", &[("x@one.example", 0)])).await;
    world.send(mail(2, "", &[("x@one.example", 0)])).await;
    world.until("the other mail", |world| world.check_account().delivered == 1).await;
    world.nothing_happens().await;
    assert_eq!((world.hops.attempts(), panics.count()), (2, 1));
    assert!(world.state(sent.id).is_some());
    world.pass(RETRY);
    world.until("the first mail", |world| world.check_account().delivered == 2).await;
    assert_eq!(world.store.unfinished(TenantId::DEFAULT).len(), 0);
}

// What became of the recipients is written all the same.
#[tokio::test]
async fn a_bug_in_a_notice_makes_the_bounce_wait() {
    let panics = Panics::default();
    let _counting = metrics::set_default_local_recorder(&panics);
    let world = World::new().await;
    world.queue.paused().replace(["sender.example".to_owned()]);
    world.hops.answer("one.example", Answer::Says(Delivery::Permanent));
    world.trap.loads.store(1, Ordering::SeqCst);
    let sent = world.send(mail(1, "a@sender.example", &[("x@one.example", 0)])).await;
    world.until("the outcome", |world| queued(world, sent.id).0 == 1).await;
    assert_eq!((panics.count(), notices(&world).await.len()), (1, 0));
    world.pass(RETRY);
    world.until("the end", |world| world.state(sent.id).is_none()).await;
    assert_eq!(notices(&world).await.len(), 1);
}
