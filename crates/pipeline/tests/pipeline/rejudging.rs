//! Mail that could not be judged in its session.

mod given_up;
mod other_mail;
mod wrong_clock;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pipeline::actions::{GIVE_UP_AFTER, RETRY_WAIT};
use pipeline::line::Taken;
use pipeline::rejudge;
use store::Mails;
use store::mails::Change;
use store::record::RecipientChange;
use store::record::mail::StateRecord;
use tokio::sync::watch;

use crate::world::{Open, TENANT, World, envelope, id, program, stations, text, words};

const BUDGET: Duration = Duration::from_millis(40);

// Taken while the worker does so.
async fn held(policy: &str, open: Open, raw: &[u8]) -> World {
    let world = World::with(policy, BUDGET, 64 << 20).await;
    world.worker.next(&[open]);
    let taken = world.take(id(1), envelope(&["bob@corp.example", "ann@corp.example"]), raw).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    assert_eq!(words(&world.state(id(1))), ["held not_judged", "held not_judged"]);
    assert_eq!(world.check_account().held, 2);
    world
}

fn next_look(world: &World) -> i64 {
    match world.state(id(1)).recipients[0].state {
        StateRecord::Held { next_attempt, .. } => next_attempt - world.now(),
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_over_budget_is_judged_by_itself_and_delivered() {
    for policy in ["observe", "standard"] {
        let mut world = held(policy, Open::Hangs, &text("hello")).await;
        assert!(world.judgements().await.is_empty());
        world.judge_again();
        world.until("the deliveries", |world| world.check_account().delivered == 2).await;
        let copies = world.hops.copies();
        assert_eq!((copies.len(), &copies[0].1), (2, &copies[1].1), "{policy}");
        assert!(copies[0].1.starts_with("Received: from mx.sender.example"), "{}", copies[0].1);
        assert!(copies[0].1.contains("\r\nAuthentication-Results: gate.example;"), "{}", copies[0].1);
        assert_eq!(copies[0].1.matches("Received:").count(), 1, "{}", copies[0].1);
        let judged = world.judgements().await;
        assert_eq!((judged.len(), judged[0].after_accept), (1, true), "{policy}");
        world.stop().await;
    }
}

// We have taken responsibility: no refusal any more.
#[tokio::test]
async fn what_would_have_been_refused_is_quarantined() {
    let mut world = held("standard", Open::Hangs, &program()).await;
    world.judge_again();
    world.until("the judgement", |world| world.check_account().quarantined == 2).await;
    assert_eq!(world.judgements().await[0].rulings[0].because, ["standard/malware-reject"]);
    assert!(world.hops.copies().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn without_room_in_memory_it_is_held_and_judged_when_there_is() {
    let mut world = World::with("observe", BUDGET, 1 << 20).await;
    let room = world.line.memory().try_reserve(1 << 20);
    let taken = world.take(id(1), envelope(&["bob@corp.example"]), &text("hello")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    assert_eq!(words(&world.state(id(1))), ["held not_judged"]);
    drop(room);
    world.judge_again();
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    world.until("its memory", |world| world.line.memory().free_bytes() == 1 << 20).await;
    world.stop().await;
}

// One that waits in vain for room makes way for the others.
#[tokio::test]
async fn without_room_for_long_it_is_put_off() {
    let mut world = World::with("observe", BUDGET, 1 << 20).await;
    let mut rooms = Vec::new();
    for bytes in [1 << 18, 4096] {
        while let Some(room) = world.line.memory().try_reserve(bytes) {
            rooms.push(room);
        }
    }
    let taken = world.take(id(1), envelope(&["bob@corp.example"]), &text("hello")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    assert_eq!(next_look(&world), 0);
    let (stop, stopped) = watch::channel(false);
    let (line, journal, clock) = (Arc::clone(&world.line), world.journal.clone(), world.clock.clone());
    let looks = tokio::spawn(rejudge::run_with(line, journal, clock, (BUDGET, stopped)));
    world.until("a look in vain", |world| next_look(world) == 60_000).await;
    stop.send(true).unwrap();
    looks.await.unwrap();
    drop(rooms);
    world.judge_again();
    world.clock.advance(RETRY_WAIT);
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    world.stop().await;
}

#[tokio::test]
async fn a_bug_in_judging_is_tried_once_more_and_then_somebody_looks() {
    let mut world = held("observe", Open::Panics, &text("hello")).await;
    world.judge_again();
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    world.stop().await;

    let mut world = held("observe", Open::Panics, &text("hello")).await;
    world.worker.next(&[Open::Panics]);
    world.judge_again();
    world.until("the quarantine", |world| world.check_account().quarantined == 2).await;
    assert!(world.hops.copies().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_check_that_stays_down_is_asked_less_often_and_given_up_after_a_day() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    world.worker.next(&[Open::IsBusy; 3]);
    world.judge_again();
    world.until("a first look", |world| next_look(world) == 60_000).await;
    // Who looks at the queue or the trace sees which check is missing, in one judgement for all the looks.
    assert_eq!(words(&world.state(id(1))), ["held check_failed: unpack", "held check_failed: unpack"]);
    world.clock.advance(RETRY_WAIT);
    world.until("a second look", |world| next_look(world) == 60_000).await;
    world.clock.advance(Duration::from_secs(2 * 3600));
    world.until("a third look", |world| next_look(world) == 900_000).await;
    assert_eq!(world.check_account().held, 2);
    let judged = world.judgements().await;
    assert_eq!((judged.len(), judged[0].failed_checks.as_slice()), (1, &["unpack".to_owned()][..]));
    world.clock.advance(GIVE_UP_AFTER);
    world.until("the end", |world| world.check_account().quarantined == 2).await;
    assert!(world.hops.copies().is_empty());
    world.stop().await;
}

// A missing policy is our mistake: it waits, and is not asked for again at once.
#[tokio::test]
async fn without_its_policy_it_waits() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    let good = world.line.stations();
    let mut broken = stations("observe", Arc::clone(&world.clock), Arc::clone(&world.worker));
    broken.in_force.policies.by_domain.insert("corp.example".to_owned(), "gone".to_owned());
    world.line.set_stations(broken);
    world.judge_again();
    world.until("a look", |world| next_look(world) == 60_000).await;
    world.line.set_stations(good.as_ref().clone());
    world.clock.advance(RETRY_WAIT);
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    world.stop().await;
}

// A copy that a person has released keeps its form when the others are judged.
#[tokio::test]
async fn a_copy_released_without_a_judgement_bears_our_trace_and_no_forged_fields() {
    let raw =
        [b"X-Postern-Class: clean\r\nAuthentication-Results: gate.example; dmarc=pass\r\n".as_slice(), &text("hello")]
            .concat();
    let mut world = held("standard", Open::Hangs, &raw).await;
    let release = Change {
        recipients: vec![RecipientChange {
            recipient: 1,
            state: StateRecord::Queued { attempts: 0, next_attempt: world.now() },
            event: "released".to_owned(),
            peer: String::new(),
            reply: String::new(),
            variant: None,
        }],
        expect: &["held"],
        at: world.now(),
        by: "admin".to_owned(),
        durable: true,
        judged: None,
    };
    world.store.change(TENANT, id(1), release).await.unwrap();
    world.line.queue().offer(&world.state(id(1)), None);
    world.until("the released copy", |world| world.check_account().delivered == 1).await;
    let (to, copy) = world.hops.copies().remove(0);
    assert_eq!(to, "ann@corp.example");
    assert!(copy.starts_with("Received: from mx.sender.example"), "{copy}");
    assert!(!copy.contains("X-Postern-Class") && !copy.contains("dmarc=pass"), "{copy}");
    world.judge_again();
    world.until("the other copy", |world| world.check_account().delivered == 2).await;
    let (to, copy) = world.hops.copies().remove(1);
    assert_eq!(to, "bob@corp.example");
    assert!(copy.contains("\r\nAuthentication-Results: gate.example;") && !copy.contains("dmarc=pass"), "{copy}");
    world.stop().await;
}

// The bug shows while the judgement is carried out: the mail goes to where a person looks, and the next one is judged.
#[tokio::test]
async fn a_bug_in_settling_costs_one_mail_and_not_the_others() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    world.trap.changes.store(1, Ordering::SeqCst);
    world.judge_again();
    world.until("the quarantine", |world| world.check_account().quarantined == 2).await;
    world.worker.next(&[Open::Hangs]);
    let taken = world.take(id(2), envelope(&["bob@corp.example"]), &text("the next")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    world.until("the next one", |world| world.check_account().delivered == 1).await;
    world.stop().await;
}

#[tokio::test]
async fn a_bug_that_shows_everywhere_is_come_back_to() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    world.trap.changes.store(4, Ordering::SeqCst);
    world.judge_again();
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    world.stop().await;
}

#[tokio::test]
async fn a_backlog_is_worked_off_with_few_looks_at_the_index() {
    let mut world = World::with("observe", BUDGET, 64 << 20).await;
    let taken: Vec<u8> = (1..=150).collect();
    let envelope = envelope(&["bob@corp.example"]);
    world.worker.next(&vec![Open::Hangs; taken.len()]);
    let raw = text("hello");
    let all = taken.iter().map(|number| world.take(id(*number), envelope.clone(), &raw));
    for taken in futures_util::future::join_all(all).await {
        assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    }
    assert_eq!(world.check_account().held, 150);
    world.judge_again();
    world.until("the deliveries", |world| world.check_account().delivered == 150).await;
    let looks = world.trap.held_looks.load(Ordering::SeqCst);
    assert!(looks < 15, "{looks} looks at the index for 150 mails");
    world.stop().await;
}

// What a person does while a copy is being judged again stands, and the other copy is judged all the same.
#[tokio::test]
async fn a_copy_that_is_released_or_deleted_meanwhile_is_left_alone() {
    for (to, state, ends) in [
        ("released", StateRecord::Queued { attempts: 0, next_attempt: 0 }, (2, 0)),
        ("deleted", StateRecord::Deleted, (1, 1)),
    ] {
        let mut world = held("observe", Open::Hangs, &text("hello")).await;
        world.worker.next(&[Open::Waits]);
        world.judge_again();
        world.until("a look", |world| world.worker.left() == 0).await;
        let change = Change {
            recipients: vec![RecipientChange {
                recipient: 1,
                state,
                event: to.to_owned(),
                peer: String::new(),
                reply: String::new(),
                variant: None,
            }],
            expect: &["held"],
            at: world.now(),
            by: "admin".to_owned(),
            durable: true,
            judged: None,
        };
        world.store.change(TENANT, id(1), change).await.unwrap();
        world.line.queue().offer(&world.state(id(1)), None);
        world.worker.let_go();
        world
            .until(to, |world| {
                let account = world.check_account();
                (account.delivered, account.deleted) == ends
            })
            .await;
        assert_eq!(world.hops.copies().len(), usize::try_from(ends.0).unwrap(), "{to}");
        world.stop().await;
    }
}
