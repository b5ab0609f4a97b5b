//! With scanners that count: each file once, so many at a time, within the deadline, and what is remembered.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mail::timestamp::Timestamp;
use net::clock::ManualClock;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::*;
use crate::scanners::{FilesWanted, Identity, WhySkipped};

const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(60);

/// Finds what contains `bad`; hangs on `hang`, fails on `fail`, skips `skip`.
#[derive(Default)]
struct Fake {
    version: Mutex<Option<Arc<str>>>,
    is_down: bool,
    made: Option<Timestamp>,
    asked: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// Where there is one, files wait for it.
    gate: Option<Arc<Notify>>,
}

impl FileScanner for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, ScanTrouble>> {
        let version = self.version.lock().clone();
        let identity = Identity { version, signatures_made: self.made, ..Identity::default() };
        let answer = if self.is_down { Err(ScanTrouble::unreachable("gone")) } else { Ok(identity) };
        std::future::ready(answer).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), ScanTrouble>> {
        async { self.identity().await.map(drop) }.boxed()
    }

    fn scan<'a>(&'a self, file: &'a FileToScan) -> BoxFuture<'a, ScannerAnswer> {
        async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            if let Some(gate) = &self.gate {
                gate.notified().await;
            }
            tokio::task::yield_now().await;
            let answer = match file.bytes().as_ref() {
                b"bad" => ScannerAnswer::infected(["Bad"]),
                b"fail" => ScannerAnswer::Failed(ScanTrouble::Garbage),
                b"skip" => ScannerAnswer::Skipped(WhySkipped::TooLarge),
                b"hang" => std::future::pending().await,
                _ => ScannerAnswer::Clean,
            };
            self.now.fetch_sub(1, Ordering::SeqCst);
            answer
        }
        .boxed()
    }
}

fn file(content: &str) -> FileToScan {
    FileToScan::new("1".to_owned(), Vec::new(), "text".to_owned(), Bytes::copy_from_slice(content.as_bytes()))
}

fn files(contents: &[&str]) -> Vec<FileToScan> {
    contents.iter().map(|content| file(content)).collect()
}

fn lane(fake: Fake, settings: LaneSettings) -> (Arc<Fake>, FileScanners) {
    let fake = Arc::new(fake);
    let scanner: Arc<dyn FileScanner> = Arc::<Fake>::clone(&fake);
    (fake, FileScanners::new(vec![(scanner, settings)], clock()))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(Timestamp::parse("2026-11-10T00:00:00Z").unwrap()))
}

/// All files of a message at once.
async fn answers(scanners: &FileScanners, files: &[FileToScan], limit: Duration) -> Vec<ScannerAnswer> {
    let deadline = Instant::now() + limit;
    let asked = join_all(files.iter().map(|file| scanners.ask(file, deadline))).await;
    asked.into_iter().map(|mut answers| answers.remove(0).expect("it wants all files")).collect()
}

async fn words(scanners: &FileScanners, contents: &[&str], limit: Duration) -> String {
    let answers = answers(scanners, &files(contents), limit).await;
    answers.iter().map(ScannerAnswer::word).collect::<Vec<_>>().join(" ")
}

fn asked(fake: &Fake) -> usize {
    fake.asked.swap(0, Ordering::SeqCst)
}

fn versioned() -> Fake {
    Fake { version: Mutex::new(Some("1".into())), ..Fake::default() }
}

#[tokio::test]
async fn who_does_not_want_a_file_is_not_asked() {
    let (fake, scanners) = lane(Fake::default(), LaneSettings::default());
    assert_eq!(words(&scanners, &["a", "bad", "skip", "fail"], LONG).await, "clean infected too_large garbage");
    assert_eq!(asked(&fake), 4);
    let selection = Selection { files: FilesWanted::Active, message: false };
    let (fake, scanners) = lane(Fake::default(), LaneSettings { selection, ..LaneSettings::default() });
    assert_eq!(scanners.ask(&file("bad"), Instant::now() + LONG).await, [None]);
    assert_eq!(asked(&fake), 0);
}

#[tokio::test]
async fn old_signatures_are_not_believed_where_settings_say_so() {
    let day = Duration::from_secs(86_400);
    let settings = |age_max| LaneSettings { signatures_age_max: age_max, ..LaneSettings::default() };
    let made = Timestamp::parse("2026-11-05T00:00:00Z").unwrap();
    for (age_max, said) in [(None, "infected"), (Some(6 * day), "infected"), (Some(4 * day), "old_signatures")] {
        let (fake, scanners) = lane(Fake { made: Some(made), ..versioned() }, settings(age_max));
        assert_eq!(words(&scanners, &["bad"], LONG).await, said);
        assert_eq!(asked(&fake), usize::from(said == "infected"));
    }
}

#[tokio::test]
async fn definite_answers_are_remembered_under_the_version_and_others_are_not() {
    let (fake, scanners) = lane(versioned(), LaneSettings::default());
    let contents = ["a", "bad", "skip", "fail"];
    let first = words(&scanners, &contents, LONG).await;
    assert_eq!(asked(&fake), 4);
    assert_eq!(words(&scanners, &contents, LONG).await, first);
    assert_eq!(asked(&fake), 2, "skipped and failed are asked again");
    *fake.version.lock() = Some("2".into());
    assert_eq!(words(&scanners, &contents, LONG).await, first);
    assert_eq!(asked(&fake), 4, "new signatures, new answers");
    *fake.version.lock() = None;
    words(&scanners, &["a"], LONG).await;
    words(&scanners, &["a"], LONG).await;
    assert_eq!(asked(&fake), 2, "who does not tell a version is not remembered");
}

#[tokio::test]
async fn nothing_is_remembered_where_settings_say_so() {
    let (fake, scanners) = lane(versioned(), LaneSettings { remember_s: 0, ..LaneSettings::default() });
    words(&scanners, &["a"], LONG).await;
    words(&scanners, &["a"], LONG).await;
    assert_eq!(asked(&fake), 2);
}

#[tokio::test]
async fn so_many_at_a_time_over_all_messages() {
    let gate = Arc::new(Notify::new());
    let fake = Fake { gate: Some(Arc::clone(&gate)), ..Fake::default() };
    let (fake, scanners) = lane(fake, LaneSettings { connections: 3, ..LaneSettings::default() });
    let (first, second) = (files(&["1", "2", "3", "4", "5"]), files(&["6", "7", "8", "9"]));
    let open = async {
        while fake.asked.load(Ordering::SeqCst) < 9 {
            gate.notify_one();
            tokio::task::yield_now().await;
        }
        gate.notify_waiters();
    };
    let both = async { futures_util::join!(answers(&scanners, &first, LONG), answers(&scanners, &second, LONG)) };
    let (both, ()) = futures_util::join!(both, async {
        open.await;
        // Whoever was asked last may not wait yet.
        for _ in 0..100 {
            gate.notify_waiters();
            tokio::task::yield_now().await;
        }
    });
    assert!(both.0.iter().chain(&both.1).all(|answer| *answer == ScannerAnswer::Clean));
    assert_eq!(fake.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_is_not_answered_by_the_deadline_has_failed_and_the_rest_stands() {
    let (fake, scanners) = lane(versioned(), LaneSettings { connections: 2, ..LaneSettings::default() });
    assert_eq!(words(&scanners, &["bad", "hang", "a"], SHORT).await, "infected timed_out clean");
    assert_eq!(asked(&fake), 3);
    // Both slots hang: what waits behind them fails as well, and the slots are free again afterwards.
    assert_eq!(words(&scanners, &["hang", "x"], SHORT).await, "timed_out clean");
    assert_eq!(words(&scanners, &["y"], SHORT).await, "clean");
}

#[tokio::test]
async fn a_file_that_two_messages_bear_at_once_is_asked_for_once() {
    let gate = Arc::new(Notify::new());
    let (fake, scanners) = lane(Fake { gate: Some(Arc::clone(&gate)), ..versioned() }, LaneSettings::default());
    let (first, second) = (files(&["bad"]), files(&["bad"]));
    let open = async {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        gate.notify_one();
    };
    let (first, second, ()) =
        futures_util::join!(answers(&scanners, &first, LONG), answers(&scanners, &second, LONG), open);
    assert_eq!(first[0].names(), ["Bad"]);
    assert_eq!(first, second);
    assert_eq!(asked(&fake), 1);
}

#[tokio::test]
async fn one_who_gives_up_leaves_the_question_to_the_other() {
    let gate = Arc::new(Notify::new());
    let (fake, scanners) = lane(Fake { gate: Some(Arc::clone(&gate)), ..versioned() }, LaneSettings::default());
    let (first, second) = (files(&["bad"]), files(&["bad"]));
    let patient = async {
        let report = answers(&scanners, &second, LONG);
        let open = async {
            while fake.asked.load(Ordering::SeqCst) < 2 {
                tokio::task::yield_now().await;
            }
            gate.notify_one();
        };
        futures_util::join!(report, open).0
    };
    let (first, second) = futures_util::join!(answers(&scanners, &first, SHORT), patient);
    assert_eq!(first[0], ScannerAnswer::Failed(ScanTrouble::TimedOut));
    assert_eq!(second[0].names(), ["Bad"]);
}

#[tokio::test]
async fn who_is_down_is_asked_for_no_file() {
    let (fake, scanners) = lane(Fake { is_down: true, ..Fake::default() }, LaneSettings::default());
    assert_eq!(words(&scanners, &["a", "bad"], LONG).await, "unreachable unreachable");
    assert_eq!(asked(&fake), 0);
}

#[tokio::test]
async fn it_runs_on_any_thread() {
    let (_, scanners) = lane(Fake::default(), LaneSettings::default());
    let said = tokio::spawn(async move { words(&scanners, &["a", "bad"], LONG).await }).await.unwrap();
    assert_eq!(said, "clean infected");
}
