//! With scanners that count: what they are asked about, and what follows from what they say.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use lookup::scanners::detonation::{DetonationService, DetonationSettings, MemoryVerdicts};
use lookup::scanners::{FilesWanted, Identity, LaneSettings, Selection, WhySkipped};
use mail::timestamp::Timestamp;
use net::clock::ManualClock;
use net::dns::{Dns, DnsSettings, Servers};
use net::http::{Client, HttpSettings, Origin};
use parking_lot::Mutex;
use unpack::{Part, Request};
use worker::{FairKey, InProcess, Opener as _};

use super::*;

const TIME: Duration = Duration::from_secs(20);

/// Finds `bad`, fails on `fail`, hangs on `hang`; counts what it is asked about.
#[derive(Default)]
struct Fake {
    asked: Mutex<BTreeMap<String, usize>>,
    is_down: AtomicBool,
}

impl lookup::scanners::FileScanner for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, ScanTrouble>> {
        std::future::ready(Ok(Identity { text: "Fake 1".to_owned(), ..Identity::default() })).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), ScanTrouble>> {
        let answer = if self.is_down.load(Ordering::SeqCst) { Err(ScanTrouble::Garbage) } else { Ok(()) };
        std::future::ready(answer).boxed()
    }

    fn scan<'a>(&'a self, file: &'a FileToScan) -> BoxFuture<'a, ScannerAnswer> {
        *self.asked.lock().entry(file.place.clone()).or_default() += 1;
        let text = String::from_utf8_lossy(file.bytes()).into_owned();
        async move {
            match text.as_str() {
                "bad" => ScannerAnswer::Infected { names: vec!["Bad".to_owned()] },
                "odd" => ScannerAnswer::Suspicious { names: vec!["Odd".to_owned()] },
                "fail" => ScannerAnswer::Failed(ScanTrouble::Garbage),
                "large" => ScannerAnswer::Skipped(WhySkipped::TooLarge),
                "picky" => ScannerAnswer::Skipped(WhySkipped::NotWanted),
                "hang" => std::future::pending().await,
                _ => ScannerAnswer::Clean,
            }
        }
        .boxed()
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(Timestamp::parse("2026-11-10T00:00:00Z").unwrap()))
}

fn checks(need: ScannerNeed, selection: Selection, time: Duration) -> (Arc<Fake>, FileChecks) {
    let fake = Arc::new(Fake::default());
    let scanner: Arc<dyn lookup::scanners::FileScanner> = Arc::<Fake>::clone(&fake);
    let lanes = vec![(scanner, LaneSettings { need, selection, ..LaneSettings::default() })];
    let times = ScanTimes { in_session: time, after_accept: TIME };
    (fake, FileChecks::new(FileScanners::new(lanes, clock()), Vec::new(), times, clock()))
}

async fn facts(checks: &FileChecks, files: &[&str]) -> Vec<ScannerFact> {
    facts_by(checks, FairKey::default(), files).await
}

async fn facts_by(checks: &FileChecks, key: FairKey, files: &[&str]) -> Vec<ScannerFact> {
    let part = |(number, text): (usize, &&str)| Part {
        place: (number + 1).to_string(),
        declared: "application/octet-stream".to_owned(),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
        ..Part::default()
    };
    let request = Request { parts: files.iter().enumerate().map(part).collect(), ..Request::default() };
    let opened = InProcess::default().open(FairKey::default(), request, checks.wanted()).await.unwrap();
    let aside = Aside::new(2);
    let asking = Asking { mail: MailId::from_bytes([7; 16]), key, attempt: Attempt::InSession, aside: &aside };
    checks.facts(asking, &Bytes::from_static(b"the message"), &opened).await
}

fn said(fact: &ScannerFact) -> Vec<(&str, &str)> {
    fact.files.iter().map(|file| (file.place.as_str(), file.said.word())).collect()
}

#[tokio::test]
async fn each_distinct_file_is_asked_about_once_and_the_message_where_it_is_wanted() {
    let all = Selection { files: FilesWanted::All, message: true };
    let (fake, checks) = checks(ScannerNeed::Required, all, TIME);
    let facts = facts(&checks, &["one", "bad", "one", "odd", "bad", "picky", ""]).await;
    let asked: Vec<(String, usize)> = fake.asked.lock().clone().into_iter().collect();
    let once = ["1", "2", "4", "6", "message"].map(|place| (place.to_owned(), 1));
    assert_eq!(asked, once);
    let [fact] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((fact.asked, fact.not_wanted, fact.version.as_str()), (5, 1, "Fake 1"));
    assert_eq!(said(fact), [("2", "malware"), ("4", "suspicious")]);
    assert_eq!(failed_checks(&facts).count(), 0);
}

#[tokio::test]
async fn what_is_not_selected_is_not_asked_about() {
    let active = Selection { files: FilesWanted::Active, message: false };
    let (fake, checks) = checks(ScannerNeed::Required, active, TIME);
    assert_eq!(facts(&checks, &["bad", "odd"]).await, []);
    assert!(fake.asked.lock().is_empty());
}

#[tokio::test]
async fn only_a_required_scanner_without_an_answer_is_a_failed_check() {
    for (need, failed) in [
        (ScannerNeed::Required, vec!["scanner:fake"]),
        (ScannerNeed::FailOpen, vec![]),
        (ScannerNeed::Advisory, vec![]),
    ] {
        let (_, checks) = checks(need, Selection::default(), TIME);
        let facts = facts(&checks, &["one", "fail"]).await;
        assert_eq!(said(&facts[0]), [("2", "failed")]);
        assert_eq!(failed_checks(&facts).collect::<Vec<_>>(), failed, "{need:?}");
        assert!(!only_runs(&facts));
    }
    let (_, checks) = checks(ScannerNeed::Required, Selection::default(), TIME);
    let facts = facts(&checks, &["large"]).await;
    assert_eq!(said(&facts[0]), [("1", "over_limits")], "that is final, another try would not help");
    assert_eq!(failed_checks(&facts).count(), 0);
}

#[tokio::test]
async fn a_client_whose_files_take_long_leaves_a_scanner_to_others() {
    let (_, checks) = checks(ScannerNeed::Required, Selection::default(), TIME);
    let key = |last: u8| FairKey::of([10, 0, last, 1].into());
    let slow = futures_util::future::join_all((0..9).map(|_| facts_by(&checks, key(1), &["hang"])));
    let other = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        facts_by(&checks, key(2), &["one"]).await
    };
    tokio::select! {
        facts = other => assert_eq!(failed_checks(&facts).count(), 0),
        _ = slow => panic!("it waited until the others had used up their time"),
    }
}

#[tokio::test]
async fn what_is_not_answered_in_the_time_of_the_session_has_failed() {
    let (_, checks) = checks(ScannerNeed::Required, Selection::default(), Duration::from_millis(50));
    let facts = facts(&checks, &["hang", "bad"]).await;
    assert_eq!(said(&facts[0]), [("2", "malware"), ("1", "timed_out")]);
    assert_eq!(failed_checks(&facts).collect::<Vec<_>>(), ["scanner:fake"]);
}

#[tokio::test]
async fn with_nobody_configured_nothing_is_asked_for() {
    let none = FileChecks::none(clock());
    assert_eq!(none.wanted(), Wanted::Content);
    assert_eq!(facts(&none, &["bad"]).await, []);
}

#[test]
fn a_sandbox_that_is_at_it_is_waited_for_whoever_needs_it() {
    let fact = |need, saids: &[Said]| ScannerFact {
        scanner: "box".to_owned(),
        kind: ScannerKind::Sandbox,
        need,
        version: String::new(),
        asked: 2,
        not_wanted: 0,
        files: saids
            .iter()
            .map(|said| scan::facts::ScannedFile { place: "1".to_owned(), said: *said, words: Vec::new() })
            .collect(),
    };
    let failed = Said::Unknown(scan::facts::UnknownReason::Failed);
    for (facts, checks, runs) in [
        (vec![fact(ScannerNeed::Advisory, &[Said::Running])], 1, true),
        (vec![fact(ScannerNeed::Advisory, &[failed])], 0, false),
        (vec![fact(ScannerNeed::Required, &[Said::Running])], 1, true),
        (vec![fact(ScannerNeed::Required, &[Said::Running, failed])], 1, false),
        (vec![fact(ScannerNeed::Advisory, &[Said::Running]), fact(ScannerNeed::Required, &[failed])], 2, false),
    ] {
        assert_eq!((failed_checks(&facts).count(), only_runs(&facts)), (checks, runs), "{facts:?}");
    }
}

#[tokio::test]
async fn who_does_not_answer_is_known_since_it_was_noticed_first() {
    let (fake, checks) = checks(ScannerNeed::Required, Selection::default(), TIME);
    let silent = async || checks.standings(TIME).await.remove(0).silent;
    assert_eq!(silent().await, None);
    facts(&checks, &["fail"]).await;
    assert_eq!(silent().await, None, "it answers again");
    fake.is_down.store(true, Ordering::SeqCst);
    let since = Timestamp::parse("2026-11-10T00:00:00Z").unwrap();
    let noticed = Some(Silent { since, why: "garbage".to_owned() });
    assert_eq!((silent().await, silent().await), (noticed.clone(), noticed));
}

/// Nobody is there; that files would be run is known before that.
fn sandbox(need: ScannerNeed) -> Sandbox {
    let (pem, _) = net::tls::self_made_certificate("nobody.example").unwrap();
    let server = "127.0.0.1:9".parse().unwrap();
    let dns = DnsSettings { servers: Servers::List(vec![server]), query_timeout_ms: 100, retries: 0 };
    let client = Client::new(
        Origin::parse("http://127.0.0.1:9").unwrap(),
        net::http::Trust::Only(pem.into_bytes()).client_config().unwrap(),
        Dns::new(&dns).unwrap(),
        HttpSettings::default(),
    );
    let described = DetonationService::cape("secret", 6.0, 3.0).unwrap();
    let known = Arc::new(MemoryVerdicts::new());
    Sandbox { detonation: Detonation::new(described, client, known, DetonationSettings::default()), need }
}

// Of six programs five are run, and of the sixth it is said that it was not.
#[tokio::test]
async fn a_sixth_file_for_a_sandbox_is_said_to_be_left_out() {
    let programs: Vec<String> = (0..6).map(|number| format!("#!/bin/sh\nexit {number}\n")).collect();
    let files: Vec<&str> = programs.iter().map(String::as_str).collect();
    for (need, is_beyond) in [(ScannerNeed::Required, true), (ScannerNeed::Advisory, false)] {
        let times = ScanTimes { in_session: TIME, after_accept: TIME };
        let checks = FileChecks::new(FileScanners::new(Vec::new(), clock()), vec![sandbox(need)], times, clock());
        let facts = facts(&checks, &files).await;
        let words: Vec<&str> = said(&facts[0]).into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, ["running", "running", "running", "running", "running", "over_limits"]);
        assert_eq!((facts[0].asked, facts[0].is_beyond()), (6, is_beyond), "required, it is not delivered unseen");
        let facts = scan::facts::Facts { scanners: facts, ..scan::facts::Facts::none() };
        assert_eq!(facts.not_checked(), ["scanner:cape"]);
    }
}
