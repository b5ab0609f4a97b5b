//! QUE-09: what a clock that is wrong does to held mail.

use std::time::Duration;

use queue::jump::Kept;
use store::Mails;
use store::mails::Change;
use store::record::RecipientChange;
use store::record::mail::StateRecord;

use super::{held, next_look};
use crate::world::{Open, TENANT, World, id, start, text};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

// Set a year ahead and right again, held mail is neither given up nor forgotten for a year.
#[tokio::test]
async fn a_clock_that_jumps_gives_no_held_mail_up() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    world.worker.next(&[Open::IsBusy; 2]);
    world.judge_again();
    world.until("a first look", |world| next_look(world) == 60_000).await;
    world.clock.set(start().plus(YEAR));
    world.until("a second look", |world| next_look(world) == 900_000).await;
    assert_eq!((world.check_account().held, world.worker.left()), (2, 0));
    world.clock.set(start().plus(Duration::from_secs(30)));
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    world.stop().await;
}

async fn write_next_look(world: &World, next_attempt: i64) {
    let since = world.now();
    let change = (0..2).map(|recipient| RecipientChange {
        recipient,
        state: StateRecord::Held { since, next_attempt, why: "not_judged".to_owned() },
        event: "held".to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: None,
    });
    let change = Change {
        recipients: change.collect(),
        expect: &["held"],
        at: since,
        by: String::new(),
        durable: true,
        judged: None,
    };
    world.store.change(TENANT, id(1), change).await.unwrap();
}

// The last run had a clock that was a year ahead; this one begins with it set right and sees no jump.
#[tokio::test]
async fn a_next_look_of_a_year_from_now_is_found_again_after_a_restart() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    write_next_look(&world, start().plus(YEAR).unix_millis()).await;
    world.judge_again();
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    world.stop().await;
}

#[tokio::test]
async fn a_start_a_year_ahead_gives_no_held_mail_up() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    world.worker.next(&[Open::IsBusy]);
    let kept = Kept { wall: start(), doubt_left: Duration::ZERO };
    world.clock.advance(YEAR);
    world.line.queue().jumps().look(world.clock.as_ref(), "nothing");
    world.line.queue().jumps().resume(world.clock.as_ref(), kept);
    world.judge_again();
    world.until("a look", |world| next_look(world) == 900_000).await;
    assert_eq!((world.check_account().held, world.worker.left()), (2, 0));
    world.clock.advance(Duration::from_secs(24 * 3600));
    world.until("the end", |world| world.check_account().quarantined == 2).await;
    world.stop().await;
}
