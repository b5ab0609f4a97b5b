//! QUE-09: the clock is set wrong, and right again.

use std::time::Duration;

use mail::timestamp::Timestamp;
use queue::outcome::Delivery;
use queue::schedule::ATTEMPTS_MIN;
use store::mails::NewMail;
use store::record::mail::StateRecord;

use crate::world::{Answer, START, World, mail};

const DAY: Duration = Duration::from_secs(24 * 3600);
const MAILS: usize = 20;

// Mails that have had all their attempts but are not old.
async fn tried_often() -> World {
    let world = World::new().await;
    world.hops.answer("one.example", Answer::Says(Delivery::Transient));
    for number in 0..u32::try_from(MAILS).unwrap() {
        let mut new: NewMail = mail(number + 1, "a@sender.example", &[("x@one.example", 0)]);
        new.recipients[0].state = StateRecord::Queued { attempts: ATTEMPTS_MIN, next_attempt: START + 60_000 };
        world.send(new).await;
    }
    world
}

#[tokio::test]
async fn a_year_ahead_gives_nothing_up_and_right_again_nothing_waits_a_year() {
    let world = tried_often().await;
    let start = Timestamp::from_unix_millis(START);
    world.clock.set(start.plus(365 * DAY));
    world.wake();
    world.until_ended(MAILS).await;
    let account = world.check_account();
    assert_eq!((account.queued, account.bounced, account.added), (20, 0, 0));
    world.nothing_happens().await;

    world.clock.set(start.plus(Duration::from_secs(120)));
    world.hops.answer("one.example", Answer::Says(Delivery::Done));
    world.wake();
    world.until("the deliveries", |world| world.check_account().delivered == 20).await;
    assert_eq!(world.hops.attempts(), 2 * MAILS, "no storm");
}

// Wrong for good: after a day of grace the age counts.
#[tokio::test]
async fn a_clock_that_stays_so_is_believed_after_a_day() {
    let world = tried_often().await;
    world.queue.paused().replace(["sender.example".to_owned()]);
    world.clock.set(Timestamp::from_unix_millis(START).plus(365 * DAY));
    world.wake();
    world.until_ended(MAILS).await;
    world.pass(DAY);
    world.until("the end", |world| world.check_account().bounced == 20).await;
}

#[tokio::test]
async fn an_hour_and_more_back_makes_mail_wait_so_long_and_no_longer() {
    let world = tried_often().await;
    world.clock.set(Timestamp::from_unix_millis(START).minus(Duration::from_secs(3 * 3600)));
    world.hops.answer("one.example", Answer::Says(Delivery::Done));
    world.wake();
    world.nothing_happens().await;
    world.pass(Duration::from_secs(3 * 3600 + 60));
    world.until("the deliveries", |world| world.check_account().delivered == 20).await;
    assert_eq!(world.hops.attempts(), MAILS);
}
