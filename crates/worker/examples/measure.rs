//! Figures of the boundary to the workers: its cost, the two lanes under fire, and memory. To be built as a release:
//! `cargo run --release -p worker --example measure`. It is its own worker.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "it prints what it measures, and stops when it cannot")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rustix::time::{ClockId, clock_gettime};
use signatures::Rules;
use tokio::task::JoinSet;
use unpack::{Part, Request};
use worker::{
    Asked, FairKey, InProcess, Lane, OpenError, Opener, Pool, PoolSettings, Sandbox, Signatures, Wanted, frame,
};

/// Messages of one figure.
const MESSAGES: u32 = 2_000;
/// Bytes of a message of the mix.
const MESSAGE_BYTES: usize = 45_000;
/// Sessions at a time.
const SESSIONS: u32 = 32;
/// Bombs beside them; whoever is refused comes again.
const BOMBS: usize = 50;
/// CPU time of a bomb.
const BOMB_CPU: Duration = Duration::from_secs(2);
/// How long good messages go beside bombs.
const FIRE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|word| word == "child") {
        return ExitCode::from(worker::child_main_with(Sandbox::Full, &mut answer));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
    ExitCode::SUCCESS
}

/// A bomb that notices that it is late, one that does not, and everything else.
fn answer(asked: Asked<'_>, honest: &mut dyn FnMut(Asked<'_>) -> Vec<u8>) -> Vec<u8> {
    let declared = asked.request.parts.first().map_or("", |part| part.declared.as_str());
    match (declared, asked.lane) {
        ("test/bomb", Lane::Quick) => {
            burn(worker::limits::QUICK_CPU_MAX);
            return frame::late(asked.number);
        }
        ("test/bomb", Lane::Slow) | ("test/deaf-bomb", _) => burn(BOMB_CPU),
        _ => {}
    }
    honest(asked)
}

fn burn(time: Duration) {
    let start = now(ClockId::ThreadCPUTime);
    while now(ClockId::ThreadCPUTime).saturating_sub(start) < time {
        std::hint::spin_loop();
    }
}

fn now(clock: ClockId) -> Duration {
    let now = clock_gettime(clock);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

async fn pool(signatures: Signatures) -> Arc<Pool> {
    let command = std::env::current_exe().unwrap();
    let (args, sandbox) = (vec!["child".to_owned()], Sandbox::Full);
    Arc::new(
        Pool::start(PoolSettings { command, args, workers: 2, sandbox, signatures, files_held_bytes_max: 0 })
            .await
            .unwrap(),
    )
}

fn request(declared: &str, bytes: &Bytes) -> Request {
    let part = |place: &str, declared: &str, bytes: Bytes| Part {
        place: place.to_owned(),
        declared: declared.to_owned(),
        bytes,
        ..Part::default()
    };
    Request { parts: vec![part("1", declared, bytes.clone())], ..Request::default() }
}

fn page() -> Bytes {
    let line = "<p>Shall we meet <a href='https://www.example/a?b=1&amp;c=2'>at ten</a>, or later in the day?</p>\r\n";
    Bytes::from(line.repeat(MESSAGE_BYTES / line.len()))
}

async fn measure() {
    let start = now(ClockId::Monotonic);
    let (rules, _) = Rules::compile(&signatures::builtin::sources()).unwrap();
    let bytes = Bytes::from(rules.to_bytes().unwrap());
    let took = now(ClockId::Monotonic).saturating_sub(start);
    println!("rules: {} compiled in {took:?}, {} KiB", rules.count(), bytes.len() / 1024);
    for signatures in [Signatures::default(), Signatures { rules: bytes, tlsh: false }] {
        let has_rules = if signatures.rules.is_empty() { "without rules" } else { "with our rules" };
        let start = now(ClockId::Monotonic);
        let pool = pool(signatures).await;
        println!("{has_rules}: two workers ready in {:?}", now(ClockId::Monotonic).saturating_sub(start));
        println!("{has_rules}: memory of idle workers, KiB (PSS): {:?}", memory(&pool));
        boundary(&pool, has_rules).await;
        println!("{has_rules}: memory after work, KiB (PSS): {:?}", memory(&pool));
        pool.stop().await;
    }
    under_fire("").await;
    under_fire("test/bomb").await;
    under_fire("test/deaf-bomb").await;
}

/// Proportional set size of each process, KiB.
fn memory(pool: &Pool) -> Vec<u64> {
    let of = |id: u32| {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
        let line = text.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_ascii_whitespace().nth(1)?.parse().ok()
    };
    pool.process_ids().into_iter().filter_map(of).collect()
}

/// CPU of both sides, less that of the same work in this process.
async fn boundary(pool: &Arc<Pool>, title: &str) {
    let page = page();
    let small = Bytes::from_static(b"hello");
    for (what, bytes) in [("45 KB page", &page), ("5 bytes", &small)] {
        for wanted in [Wanted::Content, Wanted::ContentAndFiles] {
            let here = cpu_of(pool, &InProcess::default(), (bytes, wanted)).await;
            let there = cpu_of(pool, pool.as_ref(), (bytes, wanted)).await;
            println!("{title}: {what}, {wanted:?}: {there} us of CPU in workers, {here} us in process");
        }
    }
}

/// Microseconds a message, one at a time: this process and all workers.
async fn cpu_of(pool: &Pool, opener: &dyn Opener, (bytes, wanted): (&Bytes, Wanted)) -> u128 {
    let all = || {
        let of = |id: u32| {
            let id = nix::unistd::Pid::from_raw(i32::try_from(id).unwrap());
            Duration::from(nix::time::clock_getcpuclockid(id).unwrap().now().unwrap())
        };
        now(ClockId::ProcessCPUTime) + pool.process_ids().into_iter().map(of).sum::<Duration>()
    };
    let start = all();
    for _ in 0..MESSAGES {
        opener.open(FairKey::default(), request("text/html", bytes), wanted).await.unwrap();
    }
    (all().saturating_sub(start) / MESSAGES).as_micros()
}

/// Good sessions, each of a network of its own and all of one, beside bombs of another.
async fn under_fire(bomb: &str) {
    for networks in [SESSIONS, 1] {
        let pool = pool(Signatures::default()).await;
        let mut bombs = JoinSet::new();
        for _ in 0..if bomb.is_empty() { 0 } else { BOMBS } {
            bombs.spawn(throw(Arc::clone(&pool), bomb.to_owned()));
        }
        let (page, refused) = (page(), Arc::new(AtomicU64::new(0)));
        let mut sessions = JoinSet::new();
        for number in 0..SESSIONS {
            let network = std::net::Ipv4Addr::from((number % networks + 1) << 8);
            sessions.spawn(send(Arc::clone(&pool), FairKey::of(network.into()), page.clone(), Arc::clone(&refused)));
        }
        let mut times = Vec::new();
        while let Some(of_session) = sessions.join_next().await {
            times.extend(of_session.unwrap());
        }
        times.sort();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        let bomb = if bomb.is_empty() { "no bombs" } else { bomb };
        println!(
            "{SESSIONS} sessions of {networks} networks beside {bomb}: {} messages in {FIRE:?}, p50 {:?}, p99 {:?}, longest {:?}, refused {}",
            times.len(),
            at(50),
            at(99),
            times.last().copied().unwrap_or_default(),
            refused.load(Ordering::Relaxed),
        );
        bombs.abort_all();
    }
}

async fn throw(pool: Arc<Pool>, bomb: String) {
    let key = FairKey::of([203, 0, 113, 1].into());
    loop {
        let opened = pool.open(key, request(&bomb, &Bytes::from_static(b"x")), Wanted::Content).await;
        if opened.is_err_and(|error| error == OpenError::SlowLaneFull) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn send(pool: Arc<Pool>, key: FairKey, page: Bytes, refused: Arc<AtomicU64>) -> Vec<Duration> {
    let (begin, mut times) = (now(ClockId::Monotonic), Vec::new());
    while now(ClockId::Monotonic).saturating_sub(begin) < FIRE {
        let start = now(ClockId::Monotonic);
        match pool.open(key, request("text/html", &page), Wanted::Content).await {
            Ok(_) => times.push(now(ClockId::Monotonic).saturating_sub(start)),
            Err(_) => drop(refused.fetch_add(1, Ordering::Relaxed)),
        }
        // A session does other things as well.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    times
}
