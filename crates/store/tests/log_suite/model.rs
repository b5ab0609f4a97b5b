//! A random life of a store against a model of it that fits on a page.

use std::collections::BTreeMap;

use proptest::prelude::*;
use store::Mails;
use store::disk::faulty::{Cut, FaultyDisk};
use store::mails::Changed;
use store::record::mail::StateRecord;

use crate::world::*;

#[derive(Clone, Debug)]
enum Step {
    Accept { length: usize, recipients: usize, large: bool },
    Change { mail: usize, recipient: u16, state: StateRecord, durable: bool },
    Compact,
    Restart,
    PowerLoss,
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop_oneof![
        Just(queued()),
        (1..9_u16).prop_map(|attempts| StateRecord::Queued { attempts, next_attempt: 5 }),
        Just(StateRecord::Quarantined { since: 3 }),
        Just(StateRecord::Delivered),
        Just(StateRecord::Deleted),
    ];
    prop_oneof![
        8 => (0..9_000_usize, 1..4_usize, prop::bool::weighted(0.1))
            .prop_map(|(length, recipients, large)| Step::Accept { length, recipients, large }),
        12 => (0..40_usize, 0..3_u16, state, any::<bool>())
            .prop_map(|(mail, recipient, state, durable)| Step::Change { mail, recipient, state, durable }),
        3 => Just(Step::Compact),
        1 => Just(Step::Restart),
        1 => Just(Step::PowerLoss),
    ]
}

type Model = BTreeMap<u64, (Vec<StateRecord>, usize)>;

async fn live(steps: Vec<Step>) {
    let mut disk = FaultyDisk::new();
    let mut store = open(&disk).await;
    let mut model = Model::new();
    let (mut next, mut came, mut delivered) = (0, 0, 0);
    for step in steps {
        store.feed().set_absorbed(u64::MAX);
        match step {
            Step::Accept { length, recipients, large } => {
                let states = vec![queued(); recipients];
                let new = mail_for(next, ONE, states.clone(), body(next, length));
                let new = if large { spooled(&store, new, body(next, length)).await.unwrap() } else { new };
                store.accept(new).await.unwrap();
                model.insert(next, (states, length));
                next += 1;
                came += recipients as u64;
            }
            Step::Change { mail, recipient, state, durable } => {
                let Some((number, (states, _))) = model.iter_mut().nth(mail) else { continue };
                let number = *number;
                let wish = change(&["queued", "quarantined"], durable, vec![to(recipient, state.clone())]);
                let changed = store.change(ONE, id(number), wish).await.unwrap();
                let open = states.get(usize::from(recipient)).is_some_and(|state| !state.is_final());
                assert_eq!(matches!(changed, Changed::Done(_)), open);
                if open {
                    delivered += u64::from(state == StateRecord::Delivered);
                    states[usize::from(recipient)] = state;
                }
                if states.iter().all(StateRecord::is_final) {
                    model.remove(&number);
                }
            }
            Step::Compact => _ = store.compact().await,
            Step::Restart => {
                store.close().await;
                drop(store);
                store = open(&disk).await;
            }
            Step::PowerLoss => {
                // Makes what came before it durable, so that the model knows what is there.
                store.accept(mail(next, 10)).await.unwrap();
                model.insert(next, (vec![queued()], 10));
                next += 1;
                came += 1;
                disk = disk.cut(disk.position(), Cut::Dropped, 1);
                store = open(&disk).await;
            }
        }
        let states: Vec<_> = store.unfinished(ONE);
        let expected: Vec<_> = model.iter().map(|(number, (states, _))| (id(*number), states.clone())).collect();
        let found: Vec<_> = states
            .iter()
            .map(|mail| (mail.id, mail.recipients.iter().map(|recipient| recipient.state.clone()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, expected);
        let account = store.account(ONE);
        assert_eq!((account.accepted, account.delivered, account.damaged), (came, delivered, 0));
        balanced(&store, ONE);
    }
    for (number, (_, length)) in &model {
        let state = store.state(ONE, id(*number)).unwrap();
        assert_eq!(bytes_of(&store, &state).await.unwrap(), body(*number, *length));
    }
    assert_eq!(files(&disk, "corrupt"), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_random_life_agrees_with_its_model(steps in prop::collection::vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(live(steps));
    }
}
