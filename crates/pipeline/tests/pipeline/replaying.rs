//! Verdict and decision, computed again from the journal alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use pipeline::conclude::{NoPolicy, Policies};
use pipeline::replay::{InForce, Names, Recorded, ReplayError, Replayed, replay};
use scan::weights::Weights;
use store::record::JudgedRecord;

use crate::world::{Open, TENANT, World, envelope, id, in_force, program, text};

async fn judged(policy: &str, raw: &[u8]) -> JudgedRecord {
    let world = World::new(policy).await;
    world.take(id(1), envelope(&["bob@corp.example", "ann@corp.example"]), raw).await;
    let mut judged = world.judgements().await;
    assert_eq!(judged.len(), 1);
    judged.remove(0)
}

fn again(record: &JudgedRecord, in_force: &InForce) -> Result<Replayed, ReplayError> {
    let recorded = Recorded { mail: id(1), tenant: TENANT, record };
    replay(recorded, &in_force.weights, &in_force.policies.by_name, Names::Recorded)
}

#[tokio::test]
async fn it_comes_out_the_same() {
    for policy in ["observe", "standard"] {
        for raw in [text("hello"), program(), b"".to_vec(), vec![0xff; 2_000]] {
            let record = judged(policy, &raw).await;
            assert_eq!(again(&record, &in_force(policy)), Ok(Replayed::Same), "{policy}");
        }
    }
}

#[tokio::test]
async fn what_was_judged_after_the_reply_comes_out_the_same_too() {
    let mut world = World::with("standard", std::time::Duration::from_millis(40), 64 << 20).await;
    world.worker.next(&[Open::Hangs]);
    world.take(id(1), envelope(&["bob@corp.example"]), &program()).await;
    world.judge_again();
    world.until("the judgement", |world| world.check_account().quarantined == 1).await;
    let record = world.judgements().await.remove(0);
    assert_eq!(again(&record, &in_force("standard")), Ok(Replayed::Same));
    world.stop().await;
}

#[tokio::test]
async fn other_weights_show_in_the_verdict() {
    let record = judged("observe", &program()).await;
    let mut other = in_force("observe");
    let mut weights = Weights::clone(&other.weights);
    let row = weights.evidence.get_mut("executable_attachment").unwrap();
    row.values_mut().for_each(|weight| *weight += 0.25);
    other.weights = Arc::new(weights);
    let Ok(Replayed::Differs { field, recorded, computed }) = again(&record, &other) else { panic!("no difference") };
    assert!(field.starts_with("verdict."), "{field}");
    assert_ne!(recorded, computed);
}

#[tokio::test]
async fn another_rule_shows_in_the_decision() {
    let record = judged("observe", &text("hello")).await;
    let other = in_force(
        "name = \"observe\"\n[[rule]]\nid = \"keep\"\nwhen = 'subject == \"hello\"'\nactions = [\"quarantine\"]\n",
    );
    assert_eq!(
        again(&record, &other),
        Ok(Replayed::Differs {
            field: "decision[bob@corp.example].actions".to_owned(),
            recorded: "deliver (observe/deliver-all)".to_owned(),
            computed: "quarantine (observe/keep)".to_owned(),
        })
    );
    let renamed = in_force("name = \"observe\"\n[[rule]]\nid = \"all\"\nwhen = 'true'\nactions = [\"deliver\"]\n");
    let Ok(Replayed::Differs { field, .. }) = again(&record, &renamed) else { panic!("no difference") };
    assert_eq!(field, "decision[bob@corp.example].because");
}

#[tokio::test]
async fn a_policy_that_is_gone_is_named() {
    let record = judged("observe", &text("hello")).await;
    let mut none = in_force("observe");
    none.policies.by_name.clear();
    let name = policy::domains::DEFAULT_POLICY.to_owned();
    assert_eq!(again(&record, &none), Err(ReplayError::Policy(NoPolicy(name))));

    // With other settings another policy decides.
    let now = in_force("observe");
    let settings = Policies {
        by_domain: BTreeMap::from([("corp.example".to_owned(), "other".to_owned())]),
        ..now.policies.clone()
    };
    let recorded = Recorded { mail: id(1), tenant: TENANT, record: &record };
    let error = replay(recorded, &now.weights, &now.policies.by_name, Names::Of(&settings)).unwrap_err();
    assert_eq!(error, ReplayError::Policy(NoPolicy("other".to_owned())));
}

// Never guessed: the content would have to be looked at.
#[tokio::test]
async fn a_question_that_was_not_asked_needs_the_body() {
    let record = judged("observe", &text("hello")).await;
    let asking = in_force(
        "name = \"observe\"\n[[rule]]\nid = \"exe\"\nwhen = 'has_type(\"exe\")'\nactions = [\"quarantine\"]\n",
    );
    let Ok(Replayed::NeedsBody(question)) = again(&record, &asking) else { panic!("it was guessed") };
    assert!(question.contains("exe"), "{question}");
    assert!(matches!(again(&judged("standard", &text("hello")).await, &in_force("standard")), Ok(Replayed::Same)));
}

#[tokio::test]
async fn an_erased_record_is_not_guessed() {
    let mut record = judged("observe", &text("hello")).await;
    record.personal.erased = true;
    assert!(matches!(again(&record, &in_force("observe")), Err(ReplayError::Record(_))));
}
