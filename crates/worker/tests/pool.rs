//! The pool with real processes: honest work, hostile deeds, dead and lying workers, and the end.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure there fails the test")]

use std::time::Duration;

use bytes::Bytes;
use scan::content::{Content, WhyUnopened};
use unpack::disarm::Outcome;
use unpack::{Budget, Limits, Part, Request};
use worker::{
    FairKey, InProcess, OpenError, Opener as _, Pool, PoolSettings, Sandbox, Signatures, Times, Wanted, WorkerError,
};

fn settings(workers: usize, args: &[&str]) -> PoolSettings {
    PoolSettings {
        command: env!("CARGO_BIN_EXE_worker-testchild").into(),
        args: args.iter().map(|argument| (*argument).to_owned()).collect(),
        workers,
        sandbox: if args.contains(&"seccomp-only") { Sandbox::SeccompOnly } else { Sandbox::Full },
        signatures: Signatures::default(),
        files_held_bytes_max: 0,
    }
}

async fn pool(workers: usize) -> Pool {
    Pool::start(settings(workers, &[])).await.unwrap()
}

fn request(declared: &str, bytes: &[u8]) -> Request {
    let bytes = Bytes::copy_from_slice(bytes);
    Request {
        parts: vec![Part { place: "1".to_owned(), declared: declared.to_owned(), bytes, ..Part::default() }],
        ..Request::default()
    }
}

async fn opened(pool: &Pool, key: FairKey, request: Request) -> Content {
    pool.open(key, request, Wanted::Content).await.unwrap().content
}

fn whys(content: &Content) -> Vec<WhyUnopened> {
    content.unopened.iter().map(|one| one.why).collect()
}

#[tokio::test]
async fn a_worker_says_what_unpack_says() {
    let page = request("text/html", b"<p>hi <a href='https://e.example/?a&amp;b'>there</a>");
    let large = request("text/plain", &b"twelve bytes".repeat(300_000));
    for args in [&[][..], &["seccomp-only"]] {
        let pool = Pool::start(settings(1, args)).await.unwrap();
        for request in [&page, &large, &Request::default()] {
            let expected = unpack::unpack(request, &mut Budget::new(Limits::default()));
            assert_eq!(opened(&pool, FairKey::default(), request.clone()).await, expected);
            let here = InProcess::default().open(FairKey::default(), request.clone(), Wanted::Content).await;
            assert_eq!(here.unwrap().content, expected);
        }
        pool.stop().await;
    }
}

#[tokio::test]
async fn a_worker_disarms_as_unpack_does() {
    let mut asked = request("text/html", b"<p>hi<script>go()</script>");
    let zip = Bytes::from_static(include_bytes!("../../unpack/testdata/archives/bzip2.zip"));
    let document = Bytes::from_static(include_bytes!("../../unpack/testdata/office/lo.docx"));
    let pdf = Bytes::from_static(include_bytes!("../../unpack/testdata/pdf/active.pdf"));
    for (place, bytes) in [("2", zip), ("3", document), ("4", pdf), ("5", Bytes::from_static(b"MZ\x90\x00"))] {
        asked.parts.push(Part { place: place.to_owned(), bytes, ..Part::default() });
    }
    let pool = pool(1).await;
    let expected = unpack::disarm::disarm_all(&asked, &mut Budget::new(Limits::default()));
    assert!(matches!(&expected[0], Outcome::Disarmed(disarmed) if disarmed.bytes == b"<p>hi"), "{expected:?}");
    assert!(matches!(&expected[3], Outcome::Disarmed(_)) && matches!(&expected[4], Outcome::Impossible(_)));
    let before = pool.process_ids();
    assert_eq!(pool.disarm(FairKey::default(), asked.clone()).await, Ok(expected));
    let after = pool.process_ids();
    assert!(before.iter().all(|id| after.contains(id)), "one was killed: {before:?}, {after:?}");
    pool.stop().await;
}

// A worker that dies twice over it has not disarmed it.
#[tokio::test]
async fn what_kills_its_worker_is_not_disarmed() {
    let pool = pool(1).await;
    let outcomes = pool.disarm(FairKey::default(), request("test/execve", b"x")).await.unwrap();
    assert!(matches!(&outcomes[0], Outcome::Impossible(why) if why.contains("worker")), "{outcomes:?}");
    pool.stop().await;
}

#[tokio::test]
async fn a_hostile_deed_costs_its_own_message_only() {
    let pool = pool(2).await;
    let deeds = [
        "execve",
        "fork-bomb",
        "thread",
        "socketpair",
        "open",
        "ptrace",
        "kill-parent",
        "prlimit",
        "memfd",
        "compile",
        "descriptor",
        "exit",
        "panic",
        "overflow",
        "memory",
    ];
    let lies = ["garbage", "wrong-number", "too-large", "all-is-clean", "twice", "late", "bytes-of-a-part-unasked"];
    for deed in deeds.iter().chain(&lies) {
        let hostile = opened(&pool, FairKey::default(), request(&format!("test/{deed}"), b"x"));
        let honest = opened(&pool, FairKey::of([192, 0, 2, 1].into()), request("text/plain", b"hello"));
        let (hostile, honest) = tokio::join!(hostile, honest);
        assert_eq!(
            (whys(&hostile), hostile.unopened[0].place.as_str()),
            (vec![WhyUnopened::WorkerFailed], "1"),
            "{deed}"
        );
        assert!(hostile.items.is_empty());
        assert_eq!(honest.items[0].text, "hello", "{deed}");
    }
    pool.stop().await;
}

#[tokio::test]
async fn a_worker_that_hangs_is_stopped() {
    let mut times = Times::default();
    for lane in [&mut times.quick, &mut times.slow] {
        (lane.cpu_kill, lane.deadline) = (Duration::from_millis(60), Duration::from_millis(300));
    }
    let pool = Pool::start_with(settings(1, &[]), times).await.unwrap();
    for deed in ["test/loop", "test/half"] {
        let content = opened(&pool, FairKey::default(), request(deed, b"x")).await;
        assert_eq!(whys(&content), [WhyUnopened::WorkerFailed], "{deed}");
    }
    let content = opened(&pool, FairKey::default(), request("text/plain", b"hello")).await;
    assert_eq!(content.items[0].text, "hello");
    pool.stop().await;
}

#[tokio::test]
async fn a_worker_killed_while_idle_is_replaced_unseen() {
    let pool = pool(1).await;
    for _ in 0..3 {
        for id in pool.process_ids() {
            let id = nix::unistd::Pid::from_raw(i32::try_from(id).unwrap());
            nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL).unwrap();
            // Dead when the kernel says so: a zombie, or gone.
            while std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
                tokio::task::yield_now().await;
            }
        }
        let content = opened(&pool, FairKey::default(), request("text/plain", b"hello")).await;
        assert_eq!(content.items[0].text, "hello");
    }
    pool.stop().await;
}

#[tokio::test]
async fn what_is_too_large_is_over_budget() {
    let pool = pool(1).await;
    let bytes = Bytes::from(vec![0; worker::limits::REQUEST_BYTES_MAX / 2 + 1]);
    let part = |place: &str| Part { place: place.to_owned(), bytes: bytes.clone(), ..Part::default() };
    let request = Request { parts: vec![part("1"), part("2")], ..Request::default() };
    let content = opened(&pool, FairKey::default(), request).await;
    assert_eq!(whys(&content), [WhyUnopened::OverBudget; 2]);
    pool.stop().await;
}

#[tokio::test]
async fn a_stopped_pool_ends_its_processes() {
    let pool = pool(2).await;
    let ids = pool.process_ids();
    assert!(ids.len() >= 2);
    pool.stop().await;
    assert!(pool.process_ids().is_empty());
    for id in ids {
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }
    let stopped = pool.open(FairKey::default(), request("", b"x"), Wanted::Content).await;
    assert_eq!(stopped.unwrap_err(), OpenError::Stopped);
}

#[tokio::test]
async fn a_worker_that_refuses_says_why() {
    let refused = Pool::start(settings(1, &["exit-at-start"])).await.unwrap_err();
    assert!(matches!(refused, WorkerError::Refused(worker::Refusal::Landlock)), "{refused}");
    let missing = PoolSettings { command: "/nonexistent".into(), ..settings(1, &[]) };
    assert!(matches!(Pool::start(missing).await.unwrap_err(), WorkerError::Start(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_all_answered() {
    let pool = std::sync::Arc::new(pool(2).await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200_u32 {
        let pool = pool.clone();
        tasks.spawn(async move {
            let text = format!("message {number}");
            let key = FairKey::of([10, 0, u8::try_from(number % 7).unwrap(), 1].into());
            let content = opened(&pool, key, request("text/plain", text.as_bytes())).await;
            assert_eq!(content.items[0].text, text);
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    pool.stop().await;
}
