//! Turns and pauses, at the size of a large site.

use mail::envelope::TenantId;

use super::*;
use crate::route::Route;

const CONCURRENCY: Concurrency = Concurrency { per_destination_max: 1_000_000, total_max: 1_000_000 };

// All domains behind one next hop.
fn job(number: u64, domain: &str) -> Job {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Job {
        tenant: TenantId::DEFAULT,
        mail: MailId::from_bytes(id),
        domain: domain.to_owned(),
        route: Route::Hosts(Vec::new()),
        variant: None,
        recipients: vec![(0, format!("x@{domain}"))],
        due: 0,
        attempts: 0,
        ready: None,
    }
}

fn paused(domains: &[&str]) -> Paused {
    let paused = Paused::default();
    paused.replace(domains.iter().map(|domain| (*domain).to_owned()));
    paused
}

// 50,000 x 2,000 looks at a paused job would take minutes.
#[test]
fn a_paused_domain_is_not_looked_through_for_each_job_of_the_same_next_hop() {
    let mut state = State::default();
    for number in 0..52_000 {
        state.add(job(number, if number < 50_000 { "stopped.example" } else { "going.example" }));
    }
    let stopping = paused(&["stopped.example"]);
    for _ in 0..2_000 {
        assert_eq!(state.take_due(1, CONCURRENCY, &stopping).unwrap().domain, "going.example");
        assert!(state.ready.values().map(VecDeque::len).sum::<usize>() < 2_000, "met once and set aside");
    }
    assert!(state.take_due(1, CONCURRENCY, &stopping).is_none());
    state.go_on(&stopping);
    assert!(state.take_due(1, CONCURRENCY, &stopping).is_none());
    let none = paused(&[]);
    state.go_on(&none);
    let rest = std::iter::from_fn(|| state.take_due(1, CONCURRENCY, &none)).count();
    assert_eq!(rest, 50_000);
}

#[test]
fn what_is_read_again_and_again_while_it_is_set_aside_leaves_nothing_behind() {
    let mut state = State::default();
    let stopping = paused(&["stopped.example"]);
    for _ in 0..1_000 {
        for number in [2, 1] {
            let job = Job { due: -i64::try_from(number).unwrap(), ..job(number, "stopped.example") };
            state.forget(job.mail);
            state.add(job);
        }
        assert!(state.take_due(1, CONCURRENCY, &stopping).is_none());
    }
    assert_eq!(state.set_aside.values().map(BTreeSet::len).sum::<usize>(), 2);
    let none = paused(&[]);
    state.go_on(&none);
    let due: Vec<_> = std::iter::from_fn(|| state.take_due(1, CONCURRENCY, &none)).map(|job| job.due).collect();
    assert_eq!(due, [-2, -1], "oldest first");
}

#[test]
fn a_job_that_is_forgotten_while_it_is_set_aside_does_not_come_back() {
    let mut state = State::default();
    state.add(job(1, "stopped.example"));
    assert!(state.take_due(1, CONCURRENCY, &paused(&["*"])).is_none());
    state.forget(job(1, "stopped.example").mail);
    state.go_on(&paused(&[]));
    assert!(state.take_due(1, CONCURRENCY, &paused(&[])).is_none());
}
