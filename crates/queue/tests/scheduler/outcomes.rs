//! What becomes of an attempt: states, next attempts, notices to the sender.

use std::time::Duration;

use mail::envelope::TenantId;
use mail::id::MailId;
use queue::outcome::Delivery;
use store::Mails;
use store::mails::{Body, NewMail};
use store::record::mail::StateRecord;

use crate::world::{Answer, START, World, mail};

const DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn queued(world: &World, mail: MailId) -> (u16, i64) {
    let state = world.state(mail).expect("an unfinished mail");
    match state.recipients[0].state {
        StateRecord::Queued { attempts, next_attempt } => (attempts, next_attempt),
        ref other => panic!("{other:?}"),
    }
}

// The notices of the gateway's own making that are in the queue, as text.
pub(crate) async fn notices(world: &World) -> Vec<String> {
    let mut texts = Vec::new();
    for state in world.store.unfinished(TenantId::DEFAULT) {
        let stored = world.store.load(TenantId::DEFAULT, state.id).await.unwrap();
        let Body::Inline(bytes) = stored.body else { panic!("a notice is short") };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if text.contains("multipart/report") {
            assert_eq!((state.sender.as_str(), state.recipients.len()), ("", 1));
            texts.push(text);
        }
    }
    texts
}

#[tokio::test]
async fn a_transient_failure_is_tried_again_by_the_schedule() {
    let world = World::new().await;
    world.hops.answer("one.example", Answer::Says(Delivery::Transient));
    let sent = world.send(mail(1, "", &[("x@one.example", 0)])).await;
    for (attempt, wait_s) in [(1, 300), (2, 600), (3, 1200), (4, 2400)] {
        let began = world.now();
        world.until_ended(usize::from(attempt)).await;
        world.until("the next attempt", |world| queued(world, sent.id).0 == attempt).await;
        let wait = queued(&world, sent.id).1 - began;
        assert!((wait_s * 900..=wait_s * 1100).contains(&wait), "attempt {attempt}: {wait} ms");
        world.clock.advance(Duration::from_millis(wait.unsigned_abs() - 1));
        world.wake();
        world.nothing_happens().await;
        world.pass(Duration::from_millis(1));
    }
    let attempts: Vec<_> = world.hops.seen().iter().map(|seen| seen.attempts).collect();
    assert_eq!(attempts[..4], [0, 1, 2, 3]);
    world.hops.answer("one.example", Answer::Says(Delivery::Done));
    world.until_ended(5).await;
    world.check_account();
}

#[tokio::test]
async fn a_permanent_failure_is_told_to_a_genuine_sender_only() {
    let unverified = |mail: NewMail| NewMail { sender_genuine: false, ..mail };
    for (new, told) in [
        (mail(1, "a@sender.example", &[("x@one.example", 0)]), 1),
        (unverified(mail(2, "a@sender.example", &[("x@one.example", 0)])), 0),
        (mail(3, "", &[("x@one.example", 0)]), 0),
    ] {
        let world = World::new().await;
        world.queue.paused().replace(["sender.example".to_owned()]);
        world.hops.answer("one.example", Answer::Says(Delivery::Permanent));
        let sent = world.send(new).await;
        world.until("the end", |world| world.state(sent.id).is_none()).await;
        let notices = notices(&world).await;
        assert_eq!(notices.len(), told, "{:?}", sent.sender);
        let account = world.check_account();
        assert_eq!((account.bounced, account.added), (1, told as u64));
        if let [notice] = notices.as_slice() {
            assert!(notice.contains("Final-Recipient: rfc822; x@one.example\r\nAction: failed\r\nStatus: 4.2.0\r\n"));
            assert!(notice.contains("\r\nSubject: hello\r\n") && !notice.contains("\r\nText\r\n"), "header only");
            world.queue.paused().replace([]);
            world.queue.read_index();
            world.until("the notice", |world| world.hops.done().len() == 1).await;
            assert_eq!(world.hops.seen().last().unwrap().domain, "sender.example");
        }
    }
}

// A notice that cannot be delivered is not answered with another.
#[tokio::test]
async fn notices_do_not_breed() {
    let world = World::new().await;
    for domain in ["one.example", "sender.example"] {
        world.hops.answer(domain, Answer::Says(Delivery::Permanent));
    }
    world.send(mail(1, "a@sender.example", &[("x@one.example", 0)])).await;
    world.until("both to be given up", |world| world.check_account().bounced == 2).await;
    world.nothing_happens().await;
    let account = world.check_account();
    assert_eq!((account.accepted, account.added, world.hops.attempts()), (1, 1, 2));
}

// Goes from attempt to attempt until the mail is finished; gives the time of each attempt, seconds after the start.
async fn live_on(world: &World, mail: MailId) -> Vec<i64> {
    let mut times = Vec::new();
    loop {
        times.push((world.now() - START) / 1000);
        let count = times.len();
        world
            .until("an attempt", |world| world.hops.seen().iter().filter(|seen| seen.mail == mail).count() == count)
            .await;
        world
            .until("its outcome", |world| world.state(mail).is_none_or(|_| usize::from(queued(world, mail).0) == count))
            .await;
        if world.state(mail).is_none() {
            return times;
        }
        let next = queued(world, mail).1;
        world.pass(Duration::from_millis((next - world.now()).unsigned_abs()));
    }
}

#[tokio::test]
async fn one_warning_after_four_hours_and_the_end_after_five_days() {
    let world = World::new().await;
    world.queue.paused().replace(["sender.example".to_owned()]);
    world.hops.answer("one.example", Answer::Says(Delivery::Transient));
    let sent = world.send(mail(1, "a@sender.example", &[("x@one.example", 0)])).await;
    let times = live_on(&world, sent.id).await;
    assert!(times.contains(&(4 * 3600)), "an attempt falls on the time of the warning: {times:?}");
    let last = *times.last().unwrap();
    assert!((5 * 24 * 3600..5 * 24 * 3600 + 4_500).contains(&last), "{last}");
    let notices = notices(&world).await;
    let kinds: Vec<_> =
        notices.iter().map(|text| text.lines().find(|line| line.starts_with("Action")).unwrap()).collect();
    assert_eq!(kinds, ["Action: delayed", "Action: failed"]);
    assert!(notices[0].contains("Will-Retry-Until: "));
    let account = world.check_account();
    assert_eq!((account.bounced, account.added), (1, 2));
}

#[tokio::test]
async fn the_null_senders_mail_ends_after_a_day_and_nobody_is_told() {
    let world = World::new().await;
    world.hops.answer("one.example", Answer::Says(Delivery::Transient));
    let sent = world.send(mail(1, "", &[("x@one.example", 0)])).await;
    let last = *live_on(&world, sent.id).await.last().unwrap();
    assert!((24 * 3600..24 * 3600 + 4_500).contains(&last), "{last}");
    let account = world.check_account();
    assert_eq!((account.bounced, account.added), (1, 0));
}

// It lay in quarantine for a week; the next hop greylists.
#[tokio::test]
async fn a_mail_released_late_is_not_given_up_at_its_first_attempt() {
    let world = World::new().await;
    world.hops.answer("one.example", Answer::Says(Delivery::Transient));
    let mut old = mail(1, "a@sender.example", &[("x@one.example", 0)]);
    old.recipients[0].state = StateRecord::Quarantined { since: START };
    let sent = world.put(old).await;
    world.clock.advance(7 * DAY);
    world.change(sent.id, 0, StateRecord::Queued { attempts: 0, next_attempt: world.now() }).await;
    world.queue.offer(&world.state(sent.id).unwrap(), None);
    world.until("the first attempt", |world| queued(world, sent.id).0 == 1).await;
    world.hops.answer("one.example", Answer::Says(Delivery::Done));
    world.pass(Duration::from_secs(330));
    world.until_ended(2).await;
    let account = world.check_account();
    assert_eq!((account.delivered, account.bounced, account.added), (1, 0, 0));
}
