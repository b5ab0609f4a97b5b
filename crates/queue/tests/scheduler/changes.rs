//! What happens beside the queue: people delete and release, the program stops and starts.

use std::time::Duration;

use queue::outcome::Delivery;
use queue::route::Routes;
use queue::scheduler::Concurrency;
use store::Mails;
use store::record::mail::StateRecord;

use crate::world::{Answer, START, World, gate, mail};

#[tokio::test]
async fn offered_twice_and_read_again_is_tried_once() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Done));
    let sent = world.send(mail(1, "", &[("x@one.example", 0), ("y@one.example", 0)])).await;
    world.queue.offer(&sent, None);
    world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
    world.queue.offer(&sent, None);
    world.queue.read_index();
    world.nothing_happens().await;
    open.send(true).unwrap();
    world.until_ended(1).await;
    // Whoever still has the old state in hand changes nothing either.
    world.queue.offer(&sent, None);
    world.queue.read_index();
    world.nothing_happens().await;
    assert_eq!((world.hops.attempts(), world.check_account().delivered), (1, 2));
}

#[tokio::test]
async fn a_released_copy_goes_once_and_alone() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Done));
    let mut new = mail(1, "", &[("x@one.example", 0), ("y@one.example", 0)]);
    new.recipients[1].state = StateRecord::Quarantined { since: START };
    let sent = world.send(new).await;
    world.until("the first copy", |world| world.hops.running("one.example") == 1).await;
    world.change(sent.id, 1, StateRecord::Queued { attempts: 0, next_attempt: START }).await;
    world.queue.offer(&world.state(sent.id).unwrap(), None);
    world.queue.offer(&world.state(sent.id).unwrap(), None);
    world.until("the released copy", |world| world.hops.running("one.example") == 2).await;
    open.send(true).unwrap();
    world.until_ended(2).await;
    let recipients: Vec<_> = world.hops.seen().into_iter().map(|seen| seen.recipients).collect();
    assert_eq!((recipients, world.hops.overlaps()), (vec![vec![0], vec![1]], 0));
    assert_eq!(world.check_account().delivered, 2);
}

// The outcome of the other copy must not be lost with it: it would be sent again.
#[tokio::test]
async fn a_copy_deleted_during_the_attempt_does_not_double_the_other() {
    for result in [Delivery::Done, Delivery::Permanent, Delivery::Transient] {
        let world = World::new().await;
        world.queue.paused().replace(["sender.example".to_owned()]);
        let (open, closed) = gate();
        world.hops.answer("one.example", Answer::Waits(closed, result));
        let sent = world.send(mail(1, "a@sender.example", &[("x@one.example", 0), ("y@one.example", 0)])).await;
        world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
        world.change(sent.id, 1, StateRecord::Deleted).await;
        open.send(true).unwrap();
        let is_written = |world: &World| {
            let state = world.state(sent.id).map(|mail| mail.recipients[0].state.clone());
            state != Some(StateRecord::Queued { attempts: 0, next_attempt: START })
        };
        world.until("the outcome", is_written).await;
        world.nothing_happens().await;
        let account = world.check_account();
        assert_eq!(world.hops.attempts(), 1, "{result:?}");
        let expected = match result {
            Delivery::Done => (1, 0, 0, 1),
            Delivery::Permanent => (0, 1, 1, 1),
            Delivery::Transient => (0, 0, 1, 1),
        };
        assert_eq!((account.delivered, account.bounced, account.queued, account.deleted), expected, "{result:?}");
    }
}

// The deletion is on its way to disk when the outcome comes: the store lets the outcome wait, then says that it does not fit.
#[tokio::test]
async fn a_deletion_that_wins_by_a_flush_does_not_double_the_other_copy() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Done));
    let sent = world.send(mail(1, "", &[("x@one.example", 0), ("y@one.example", 0)])).await;
    world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
    world.disk.hold();
    let mut deleting = Box::pin(world.change(sent.id, 1, StateRecord::Deleted));
    assert!(futures_util::poll!(&mut deleting).is_pending());
    open.send(true).unwrap();
    world.nothing_happens().await;
    assert_eq!(world.check_account().queued, 2, "nothing is written yet");
    world.disk.release();
    deleting.await;
    world.until("the outcome", |world| world.check_account().delivered == 1).await;
    world.nothing_happens().await;
    let account = world.check_account();
    assert_eq!((world.hops.attempts(), account.deleted, account.queued), (1, 1, 0));
}

#[tokio::test]
async fn a_mail_deleted_during_the_attempt_brings_no_notice() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Permanent));
    let sent = world.send(mail(1, "a@sender.example", &[("x@one.example", 0)])).await;
    world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
    world.change(sent.id, 0, StateRecord::Deleted).await;
    open.send(true).unwrap();
    world.until_ended(1).await;
    world.nothing_happens().await;
    let account = world.check_account();
    assert_eq!((account.deleted, account.bounced, account.added), (1, 0, 0));
}

#[tokio::test]
async fn what_was_deleted_or_put_off_while_it_waited_is_not_sent() {
    let world = World::new().await;
    let recipients = [("x@one.example", 1_000), ("y@one.example", 1_000), ("z@one.example", 1_000)];
    let sent = world.send(mail(1, "", &recipients)).await;
    world.change(sent.id, 0, StateRecord::Deleted).await;
    world.change(sent.id, 1, StateRecord::Queued { attempts: 0, next_attempt: START + 5_000 }).await;
    world.pass(Duration::from_secs(1));
    world.until_ended(1).await;
    assert_eq!(world.hops.seen()[0].recipients, [2]);
    world.nothing_happens().await;
    world.pass(Duration::from_secs(4));
    world.until_ended(2).await;
    assert_eq!(world.hops.seen()[1].recipients, [1]);
    assert_eq!(world.check_account().delivered, 2);
}

#[tokio::test]
async fn an_earlier_time_counts_after_the_index_is_read() {
    let world = World::new().await;
    let sent = world.send(mail(1, "", &[("x@one.example", 3_600_000)])).await;
    world.change(sent.id, 0, StateRecord::Queued { attempts: 0, next_attempt: START }).await;
    world.queue.read_index();
    world.until_ended(1).await;
    assert_eq!(world.check_account().delivered, 1);
}

#[tokio::test]
async fn a_start_takes_up_what_is_not_finished() {
    let world = World::new().await;
    world.hops.answer("one.example", Answer::Says(Delivery::Transient));
    let late = world.send(mail(1, "", &[("x@one.example", 0), ("x@two.example", 0)])).await;
    world.until_ended(2).await;
    world.until("both outcomes", |world| world.check_account().delivered == 1).await;
    world.queue.paused().replace(["*".to_owned()]);
    world.send(mail(2, "", &[("x@one.example", 0)])).await;
    let disk = world.stop().await;

    let few = Concurrency { per_destination_max: 5, total_max: 5 };
    let world = World::with(disk, few, Routes::default()).await;
    world.until_ended(1).await;
    let seen = world.hops.seen();
    assert_eq!((seen.len(), seen[0].mail.as_bytes()[3], seen[0].has_bytes), (1, 2, false));
    world.pass(Duration::from_secs(330));
    world.until_ended(2).await;
    let seen = world.hops.seen();
    assert_eq!((seen[1].mail, seen[1].recipients.as_slice(), seen[1].attempts), (late.id, &[0][..], 1));
    assert_eq!(world.check_account().delivered, 3);
}

#[tokio::test]
async fn stopping_waits_for_what_runs_and_begins_nothing() {
    let world = World::new().await;
    let (open, closed) = gate();
    world.hops.answer("one.example", Answer::Waits(closed, Delivery::Done));
    let sent = world.send(mail(1, "", &[("x@one.example", 0)])).await;
    world.until("the attempt", |world| world.hops.running("one.example") == 1).await;
    world.tell_to_stop();
    world.send(mail(2, "", &[("x@two.example", 0)])).await;
    world.nothing_happens().await;
    assert!(!world.has_stopped());
    open.send(true).unwrap();
    world.until("the end", World::has_stopped).await;
    assert!(world.state(sent.id).is_none(), "the outcome is written");
    assert_eq!((world.hops.attempts(), world.check_account().delivered), (1, 1));
    assert_eq!(world.store.unfinished(mail::envelope::TenantId::DEFAULT).len(), 1);
}
