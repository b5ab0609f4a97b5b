//! Two lanes: what takes long goes on in the slow one, costs others nothing, and has its limits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use scan::content::{Content, WhyUnopened};
use tokio::task::JoinSet;
use unpack::{Part, Request};
use worker::{FairKey, LaneTimes, OpenError, Pool, PoolSettings, Sandbox, Signatures, Times, Wanted};

fn settings(workers: usize) -> PoolSettings {
    PoolSettings {
        command: env!("CARGO_BIN_EXE_worker-testchild").into(),
        args: Vec::new(),
        workers,
        sandbox: Sandbox::Full,
        signatures: Signatures::default(),
        files_held_bytes_max: 0,
    }
}

fn times(quick_kill: Duration, slow_kill: Duration) -> Times {
    let times = Times::default();
    let quick = LaneTimes { cpu_kill: quick_kill, ..times.quick };
    let slow = LaneTimes { cpu_kill: slow_kill, ..times.slow };
    Times { quick, slow, slow_idle: Duration::from_millis(50) }
}

fn request(declared: &str) -> Request {
    let bytes = Bytes::from_static(b"hello");
    Request {
        parts: vec![Part { place: "1".to_owned(), declared: declared.to_owned(), bytes, ..Part::default() }],
        ..Request::default()
    }
}

fn key(last: u8) -> FairKey {
    FairKey::of([10, 0, last, 1].into())
}

async fn open(pool: &Pool, client: u8, declared: &str) -> Result<Content, OpenError> {
    pool.open(key(client), request(declared), Wanted::Content).await.map(|opened| opened.content)
}

fn nice(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(16).map(str::to_owned)
}

/// Processes of the slow lane.
fn slow_ones(pool: &Pool) -> usize {
    pool.process_ids().into_iter().filter(|process| nice(*process).as_deref() == Some("10")).count()
}

#[tokio::test]
async fn what_is_late_goes_on_in_the_slow_lane_whose_processes_come_and_go() {
    let pool = Pool::start_with(settings(1), times(Duration::from_millis(60), Duration::from_secs(5))).await.unwrap();
    // Late by its own word, and by the parent's look.
    for deed in ["test/late-in-quick", "test/burn"] {
        assert_eq!(slow_ones(&pool), 0);
        let before: BTreeSet<u32> = pool.process_ids().into_iter().collect();
        let content = open(&pool, 1, deed).await.unwrap();
        assert_eq!((content.items[0].text.as_str(), content.unopened.len()), ("hello", 0), "{deed}");
        assert!(slow_ones(&pool) <= 1);
        let is_kept = deed == "test/late-in-quick";
        let quick = pool.process_ids().into_iter().filter(|process| before.contains(process)).count();
        assert!(!is_kept || quick == before.len(), "whoever says that it is late is not replaced");
        while slow_ones(&pool) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    pool.stop().await;
}

#[tokio::test]
async fn what_never_ends_is_given_up_after_one_try_in_each_lane() {
    let time = Duration::from_millis(60);
    let pool = Pool::start_with(settings(1), times(time, time)).await.unwrap();
    let content = open(&pool, 1, "test/loop").await.unwrap();
    let whys: Vec<_> = content.unopened.iter().map(|one| one.why).collect();
    assert_eq!(whys, [WhyUnopened::WorkerFailed]);
    assert_eq!(open(&pool, 1, "text/plain").await.unwrap().items[0].text, "hello");
    pool.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn good_messages_keep_going_beside_fifty_bombs() {
    let pool = Pool::start_with(settings(2), times(Duration::from_millis(100), Duration::from_secs(60))).await.unwrap();
    let pool = Arc::new(pool);
    let mut bombs = JoinSet::new();
    for _ in 0..50 {
        let pool = Arc::clone(&pool);
        bombs.spawn(async move { open(&pool, 200, "test/loop").await });
    }
    let mut good = JoinSet::new();
    for session in 0..32 {
        let pool = Arc::clone(&pool);
        good.spawn(async move {
            for _ in 0..8 {
                assert_eq!(open(&pool, session, "text/plain").await.unwrap().items[0].text, "hello");
            }
        });
    }
    while let Some(ended) = good.join_next().await {
        ended.unwrap();
    }
    let mut ended = 0;
    while let Some(bomb) = bombs.try_join_next() {
        assert!(matches!(bomb.unwrap(), Err(OpenError::SlowLaneFull)), "it would take a minute");
        ended += 1;
    }
    assert!(ended < 20, "good messages did not wait for bombs: {ended}");
}

#[tokio::test]
async fn a_full_slow_lane_says_so_and_one_client_fills_only_its_share() {
    let pool = Pool::start_with(settings(1), times(Duration::from_millis(200), Duration::from_secs(60))).await.unwrap();
    let pool = Arc::new(pool);
    let mut bombs = JoinSet::new();
    let share = worker::limits::SLOW_WAITING_PER_CLIENT_MAX;
    // One is worked on, a share of them waits.
    for _ in 0..share + 5 {
        let pool = Arc::clone(&pool);
        bombs.spawn(async move { open(&pool, 200, "test/late-then-loop").await });
    }
    for _ in 0..4 {
        assert_eq!(bombs.join_next().await.unwrap().unwrap().unwrap_err(), OpenError::SlowLaneFull);
    }
    let other = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { open(&pool, 1, "test/late-then-loop").await })
    };
    assert_eq!(open(&pool, 1, "text/plain").await.unwrap().items[0].text, "hello");
    assert!(!other.is_finished(), "there is room for others");
    assert_eq!(bombs.len(), share + 1);
}

#[tokio::test]
async fn who_is_late_does_not_wait_for_bombs_of_somebody_else() {
    let pool = Pool::start_with(settings(1), times(Duration::from_millis(200), Duration::from_secs(60))).await.unwrap();
    let pool = Arc::new(pool);
    let mut bombs = JoinSet::new();
    for _ in 0..4 {
        let pool = Arc::clone(&pool);
        bombs.spawn(async move { open(&pool, 200, "test/late-then-loop").await });
    }
    while slow_ones(&pool) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..3 {
        let late = tokio::time::timeout(Duration::from_secs(20), open(&pool, 1, "test/late-in-quick")).await;
        let content = late.expect("it had to wait for the bombs").unwrap();
        assert_eq!((content.items[0].text.as_str(), content.unopened.len()), ("hello", 0));
    }
    assert_eq!(bombs.len(), 4, "they take a minute each");
    assert!(bombs.try_join_next().is_none());
}
