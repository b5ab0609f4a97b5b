//! Held mail that is given up lies in quarantine as what it is: nobody could find out.

use std::time::Duration;

use pipeline::actions::GIVE_UP_AFTER;
use pipeline::record::evidence_at;
use pipeline::replay::{Names, Recorded, Replayed, replay};
use store::record::JudgedRecord;

use super::{held, next_look};
use crate::world::{Open, TENANT, World, id, in_force, text};

// The last judgement; the journal computes it again, and finds the same.
async fn last(world: &World, policy: &str) -> JudgedRecord {
    let record = world.judgements().await.pop().expect("a judgement");
    let in_force = in_force(policy);
    let recorded = Recorded { mail: id(1), tenant: TENANT, record: &record };
    let replayed = replay(recorded, &in_force.weights, &in_force.policies.by_name, Names::Recorded);
    assert_eq!(replayed, Ok(Replayed::Same), "{policy}");
    record
}

fn first_reason(record: &JudgedRecord) -> String {
    let evidence = evidence_at(record, record.verdict.reasons[0].0).unwrap();
    detect::texts::render(&evidence.detail, detect::texts::Language::English)
}

fn actions(record: &JudgedRecord) -> Vec<&str> {
    record.rulings.iter().flat_map(|ruling| &ruling.actions).map(|action| action.word.as_str()).collect()
}

#[tokio::test]
async fn what_was_judged_without_a_required_check_is_unscannable() {
    for (policy, ruled) in [("standard", &["quarantine", "quarantine"][..]), ("observe", &[])] {
        let mut world = held(policy, Open::Hangs, &text("hello")).await;
        world.worker.next(&[Open::IsBusy]);
        world.judge_again();
        world.until("a look", |world| next_look(world) == 60_000).await;
        assert_eq!(last(&world, policy).await.verdict.class, "clean");
        world.clock.advance(GIVE_UP_AFTER);
        world.until("the end", |world| world.check_account().quarantined == 2).await;
        let record = last(&world, policy).await;
        assert_eq!((record.verdict.class.as_str(), record.scan, record.after_accept), ("unscannable", 1, true));
        assert_eq!(
            first_reason(&record),
            "The message could not be looked into (a required check did not answer for a day: unpack)"
        );
        assert_eq!(actions(&record), ruled, "{policy}");
        assert_eq!(record.at, world.now());
        world.stop().await;
    }
}

#[tokio::test]
async fn what_was_never_judged_is_unscannable_with_the_facts_of_its_header() {
    for (policy, ruled) in [("standard", &["quarantine", "quarantine"][..]), ("observe", &[])] {
        let mut world = held(policy, Open::Hangs, &text("hello")).await;
        world.clock.advance(GIVE_UP_AFTER);
        world.judge_again();
        world.until("the end", |world| world.check_account().quarantined == 2).await;
        let record = last(&world, policy).await;
        assert_eq!((record.verdict.class.as_str(), record.scan), ("unscannable", 0));
        assert_eq!((record.personal.subject.as_str(), record.personal.recipients.len()), ("hello", 2));
        assert_eq!((record.personal.sender.as_str(), record.size), ("ann@sender.example", text("hello").len() as u64));
        assert_eq!(actions(&record), ruled, "{policy}");
        world.stop().await;
    }
}

#[tokio::test]
async fn what_stumbles_over_a_bug_of_ours_is_unscannable() {
    let mut world = held("standard", Open::Panics, &text("hello")).await;
    world.worker.next(&[Open::Panics]);
    world.judge_again();
    world.until("the end", |world| world.check_account().quarantined == 2).await;
    let record = last(&world, "standard").await;
    assert_eq!(record.verdict.class, "unscannable");
    assert!(first_reason(&record).ends_with("(it could not be judged: a bug of ours)"), "{}", first_reason(&record));
    world.stop().await;
}

// It keeps the form in which it was accepted.
#[tokio::test]
async fn a_copy_that_was_given_up_can_be_released() {
    let mut world = held("observe", Open::Hangs, &text("hello")).await;
    world.clock.advance(GIVE_UP_AFTER + Duration::from_secs(1));
    world.judge_again();
    world.until("the end", |world| world.check_account().quarantined == 2).await;
    let stored = store::Mails::load(world.store.as_ref(), TENANT, id(1)).await.unwrap();
    let form = stored.state.recipients[0].variant.map(|at| &stored.variants[usize::from(at)]);
    let copy = crate::world::copy(&text("hello").into(), form);
    assert!(copy.starts_with("Received: from mx.sender.example"), "{copy}");
    world.stop().await;
}
