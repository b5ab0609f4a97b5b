//! Rules of signatures in real workers, and other rules while it runs: generations that follow each other without a gap.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure there fails the test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use scan::content::{Content, WhyUnopened};
use signatures::{Rules, Source};
use tokio::task::JoinSet;
use unpack::{Part, Request};
use worker::{FairKey, Pool, PoolSettings, Refusal, Sandbox, Signatures, Wanted, WorkerError};

/// Rules that find a word, under the name of the word.
fn finding(word: &str) -> Signatures {
    let text = format!(
        "rule find_{word} {{ meta: severity = \"malware\" strings: $a = \"{word}\" condition: $a }}\n\
         rule named {{ meta: severity = \"info\" condition: extension == \".js\" and filetype == \"text\" }}"
    );
    let source = Source { name: "test.yar".to_owned(), namespace: "test".to_owned(), text };
    let (rules, faults) = Rules::compile(&[source]).unwrap();
    assert_eq!(faults, []);
    Signatures { rules: rules.to_bytes().unwrap().into(), tlsh: false }
}

async fn pool(workers: usize, signatures: Signatures) -> Pool {
    let command = env!("CARGO_BIN_EXE_worker-testchild").into();
    let settings = PoolSettings {
        command,
        args: Vec::new(),
        workers,
        sandbox: Sandbox::Full,
        signatures,
        files_held_bytes_max: 0,
    };
    Pool::start(settings).await.unwrap()
}

fn request(names: &[&str], bytes: &[u8]) -> Request {
    let part = Part {
        place: "1".to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        declared: "text/plain".to_owned(),
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    };
    Request { parts: vec![part], ..Request::default() }
}

async fn open(pool: &Pool, request: Request) -> Content {
    pool.open(FairKey::default(), request, Wanted::Content).await.unwrap().content
}

/// Set, rule and severity of each match, the worst first.
async fn matches(pool: &Pool, names: &[&str], text: &str) -> Vec<String> {
    let content = open(pool, request(names, text.as_bytes())).await;
    let found = content.items[0].matches.iter();
    found.map(|found| format!("{} {} {}", found.set, found.rule, found.severity)).collect()
}

#[tokio::test]
async fn every_item_is_looked_at_with_its_name_and_type() {
    let pool = pool(1, finding("needle")).await;
    assert_eq!(matches(&pool, &[], "a needle in it").await, ["test find_needle malware"]);
    assert_eq!(matches(&pool, &["a.js"], "a needle").await, ["test find_needle malware", "test named info"]);
    assert_eq!(matches(&pool, &[], "hay").await, [""; 0]);
    pool.stop().await;
}

#[tokio::test]
async fn a_near_copy_can_be_told_when_that_is_wanted() {
    let text: Vec<u8> = (0..2_000_u32).flat_map(|number| (number * number).to_string().into_bytes()).collect();
    for tlsh in [false, true] {
        let pool = pool(1, Signatures { tlsh, ..Signatures::default() }).await;
        let content = open(&pool, request(&[], &text)).await;
        let expected = if tlsh { signatures::tlsh(&text).unwrap() } else { String::new() };
        assert_eq!(content.items[0].tlsh, expected);
        // What runs always has one: it is what is looked for later.
        let program = [b"#!/bin/sh\n", text.as_slice()].concat();
        let content = open(&pool, request(&["run.sh"], &program)).await;
        assert_eq!(content.items[0].tlsh, signatures::tlsh(&program).unwrap());
        pool.stop().await;
    }
}

#[tokio::test]
async fn what_is_too_large_for_the_rules_is_not_called_clean() {
    let pool = pool(1, finding("needle")).await;
    let large = vec![b' '; signatures::limits::SCAN_BYTES_MAX + 1];
    let content = open(&pool, request(&[], &large)).await;
    assert_eq!(content.unopened.iter().map(|one| one.why).collect::<Vec<_>>(), [WhyUnopened::OverBudget]);
    pool.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_rules_come_into_force_without_a_gap() {
    let pool = Arc::new(pool(2, finding("first")).await);
    let mut senders = JoinSet::new();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    for _ in 0..4 {
        let (pool, stopped) = (Arc::clone(&pool), stopped.clone());
        senders.spawn(async move {
            let mut count = 0;
            while !*stopped.borrow() {
                let found = matches(&pool, &[], "first second third").await;
                assert!(found.len() == 1 && found[0].starts_with("test find_"), "{found:?}");
                count += 1;
            }
            count
        });
    }
    for word in ["second", "third", "first", "second", "third"] {
        let before: BTreeSet<u32> = pool.process_ids().into_iter().collect();
        pool.reload(finding(word)).await.unwrap();
        // Whatever is asked from now on is answered by new ones.
        for _ in 0..4 {
            assert_eq!(matches(&pool, &[], "first second third").await, [format!("test find_{word} malware")]);
        }
        while pool.process_ids().iter().any(|process| before.contains(process)) {
            tokio::task::yield_now().await;
        }
    }
    stop.send_replace(true);
    while let Some(count) = senders.join_next().await {
        assert!(count.unwrap() > 0);
    }
    pool.stop().await;
    assert_eq!(pool.process_ids(), [0; 0]);
}

#[tokio::test]
async fn rules_that_do_not_load_leave_the_old_ones() {
    let pool = pool(1, finding("needle")).await;
    // The spare may just be starting.
    while pool.process_ids().len() < 2 {
        tokio::task::yield_now().await;
    }
    let before = pool.process_ids();
    let broken = Signatures { rules: Bytes::from_static(b"no rules at all"), tlsh: false };
    let refused = pool.reload(broken.clone()).await.unwrap_err();
    assert!(matches!(refused, WorkerError::Refused(Refusal::Rules)), "{refused}");
    assert!(refused.to_string().contains("rules of signatures"), "{refused}");
    assert_eq!(pool.process_ids(), before);
    assert_eq!(matches(&pool, &[], "a needle in it").await, ["test find_needle malware"]);
    pool.stop().await;
    let command = env!("CARGO_BIN_EXE_worker-testchild").into();
    let settings = PoolSettings {
        command,
        args: Vec::new(),
        workers: 1,
        sandbox: Sandbox::Full,
        signatures: broken,
        files_held_bytes_max: 0,
    };
    assert!(matches!(Pool::start(settings).await.unwrap_err(), WorkerError::Refused(Refusal::Rules)));
}
