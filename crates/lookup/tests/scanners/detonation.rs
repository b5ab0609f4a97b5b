//! Detonation against a service with CAPE's published interface, and against one that settings describe; and what either may
//! do wrong.

use std::sync::Arc;

use lookup::scanners::detonation::{
    BadService, Detonation, DetonationService, DetonationSettings, DetonationState, Form, MemoryVerdicts, Pointer,
    Verdict,
};
use lookup::scanners::{FileScanner, ScanTrouble, ScannerAnswer, WhySkipped};
use net::http::{Client, HttpSettings, Method, Origin};
use testkit::http_service::cape::{CapeScript, CapeService};
use testkit::http_service::{HttpAct, HttpService};

use crate::{file, no_dns, nobody_trusted, scan};

const MALICIOUS: &str =
    r#"{"info":{"id":1},"malscore":9.4,"detections":[{"family":"Emotet","details":[]},{"family":"X"}]}"#;
const HARMLESS: &str = r#"{"info":{"id":1},"malscore":0.2,"detections":[]}"#;

fn settings() -> DetonationSettings {
    DetonationSettings { wait_max_s: 20, poll_first_ms: 2, poll_max_ms: 10, ..DetonationSettings::default() }
}

fn client(address: std::net::SocketAddr) -> Client {
    client_within(address, 10_000)
}

fn client_within(address: std::net::SocketAddr, exchange_timeout_ms: u64) -> Client {
    let limits = HttpSettings { connect_timeout_ms: 5_000, exchange_timeout_ms, answer_bytes_max: 1 << 20 };
    Client::new(Origin::parse(&format!("http://{address}")).unwrap(), nobody_trusted(), no_dns(), limits)
}

fn cape_at(address: std::net::SocketAddr, settings: DetonationSettings) -> Detonation {
    let service = DetonationService::cape("secret", 6.0, 3.0).unwrap();
    service.check().unwrap();
    Detonation::new(service, client(address), Arc::new(MemoryVerdicts::new()), settings)
}

async fn cape(script: CapeScript) -> (CapeService, Detonation) {
    let service = CapeService::start(script).await;
    let detonation = cape_at(service.http.address, settings());
    (service, detonation)
}

async fn verdict(script: CapeScript) -> ScannerAnswer {
    let (_service, detonation) = cape(script).await;
    scan(&detonation, "MZ a program").await
}

/// Of a service that is waited for in vain.
async fn impatient_verdict(script: CapeScript) -> ScannerAnswer {
    let service = CapeService::start(script).await;
    let described = DetonationService::cape("secret", 6.0, 3.0).unwrap();
    let client = client_within(service.http.address, 1_000);
    let settings = DetonationSettings { wait_max_s: 2, ..settings() };
    scan(&Detonation::new(described, client, Arc::new(MemoryVerdicts::new()), settings), "MZ a program").await
}

fn infected(names: &[&str]) -> ScannerAnswer {
    ScannerAnswer::Infected { names: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[tokio::test]
async fn a_file_goes_in_and_a_verdict_comes_out() {
    let states = ["pending", "running", "completed", "reported"];
    let (service, detonation) = cape(CapeScript::new(&states, MALICIOUS)).await;
    assert_eq!(scan(&detonation, "MZ a program").await, infected(&["Emotet", "X"]));
    assert_eq!(service.files(), [b"MZ a program"]);
    let requests = service.http.requests();
    let targets: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    let status = "/apiv2/tasks/status/1/";
    let report = "/apiv2/tasks/get/report/1/json/";
    assert_eq!(targets, ["/apiv2/tasks/create/file/", status, status, status, status, report]);
    let body = String::from_utf8(requests[0].body.clone()).unwrap();
    assert!(!body.contains("invoice.doc"), "no name of the sender's: {body}");
}

#[tokio::test]
async fn scores_and_names_make_the_verdict() {
    let report = |score: &str, detections: &str| format!(r#"{{"malscore":{score},"detections":{detections}}}"#);
    let suspicious = |name: &str| ScannerAnswer::Suspicious { names: vec![name.to_owned()] };
    for (score, detections, wanted) in [
        ("10.0", "[]", infected(&["score 10"])),
        ("6", "[]", infected(&["score 6"])),
        ("5.99", "[]", suspicious("score 5.99")),
        ("3.0", "[]", suspicious("score 3")),
        ("2.9", "[]", ScannerAnswer::Clean),
        ("\"7.5\"", "[]", infected(&["score 7.5"])),
        ("0", r#"[{"family":"Emotet"}]"#, suspicious("Emotet")),
        ("null", "[]", ScannerAnswer::Failed(ScanTrouble::Garbage)),
        ("\"NaN\"", "[]", ScannerAnswer::Failed(ScanTrouble::Garbage)),
        ("[]", "[]", ScannerAnswer::Failed(ScanTrouble::Garbage)),
    ] {
        let answer = verdict(CapeScript::new(&["reported"], &report(score, detections))).await;
        assert_eq!(answer, wanted, "{score} {detections}");
    }
}

#[tokio::test]
async fn of_several_tasks_the_worst_counts() {
    let (service, detonation) = cape(CapeScript { tasks: 3, ..CapeScript::new(&["reported"], MALICIOUS) }).await;
    assert_eq!(scan(&detonation, "PK an archive").await.word(), "infected");
    let reports = service.http.requests().iter().filter(|request| request.target.contains("report")).count();
    assert_eq!(reports, 3);
}

#[tokio::test]
async fn a_hash_is_detonated_once() {
    let (service, detonation) = cape(CapeScript::new(&["reported"], HARMLESS)).await;
    for _ in 0..3 {
        assert_eq!(scan(&detonation, "MZ a program").await, ScannerAnswer::Clean);
    }
    assert_eq!(service.files().len(), 1);
    scan(&detonation, "MZ another").await;
    assert_eq!(service.files().len(), 2);
}

#[tokio::test]
async fn a_held_message_asks_again_and_again() {
    let states = ["pending", "pending", "reported"];
    let (service, detonation) = cape(CapeScript::new(&states, MALICIOUS)).await;
    assert_eq!(detonation.ask(file("MZ a program")).await, DetonationState::Running);
    assert_eq!(detonation.ask(file("MZ a program")).await, DetonationState::Running);
    let answer = testkit::wait::until("a verdict", std::time::Duration::from_secs(5), async || {
        match detonation.ask(file("MZ a program")).await {
            DetonationState::Running => None,
            DetonationState::Answered(answer) => Some(answer),
        }
    })
    .await;
    assert_eq!(answer, infected(&["Emotet", "X"]));
    assert_eq!(service.files().len(), 1);
    let again = detonation.ask(file("MZ a program")).await;
    assert_eq!(again, DetonationState::Answered(answer), "known from now on");
}

#[tokio::test]
async fn a_failure_is_told_for_a_while_and_then_the_file_is_tried_again() {
    assert_eq!(submissions_of_two_looks(0).await, [1, 2], "nothing is remembered");
    assert_eq!(submissions_of_two_looks(600).await, [1, 1], "who looks at several files hears of all of them");
}

async fn submissions_of_two_looks(failure_life_s: u64) -> [usize; 2] {
    let script = CapeScript { submit: Some(HttpAct::Status(500)), ..CapeScript::new(&["reported"], HARMLESS) };
    let service = CapeService::start(script).await;
    let detonation = cape_at(service.http.address, DetonationSettings { failure_life_s, ..settings() });
    let told = async || {
        testkit::wait::until("an end", std::time::Duration::from_secs(5), async || {
            match detonation.ask(file("MZ")).await {
                DetonationState::Running => None,
                DetonationState::Answered(answer) => Some(answer),
            }
        })
        .await
    };
    let said = ScannerAnswer::Failed(ScanTrouble::Said("status 500".to_owned()));
    let mut submissions = [0; 2];
    for count in &mut submissions {
        assert_eq!(told().await, said);
        *count = service.http.requests().len();
    }
    submissions
}

#[tokio::test]
async fn no_more_files_wait_than_settings_allow() {
    let script = CapeScript::new(&["pending"], HARMLESS);
    let service = CapeService::start(script).await;
    let settings = DetonationSettings { waiting_max: 2, at_a_time: 1, ..settings() };
    let detonation = cape_at(service.http.address, settings);
    assert_eq!(detonation.ask(file("1")).await, DetonationState::Running);
    assert_eq!(detonation.ask(file("2")).await, DetonationState::Running);
    let busy = DetonationState::Answered(ScannerAnswer::Failed(ScanTrouble::Busy));
    assert_eq!(detonation.ask(file("3")).await, busy);
    assert_eq!(detonation.ask(file("1")).await, DetonationState::Running);
}

#[tokio::test]
async fn no_more_bytes_wait_than_settings_allow() {
    let service = CapeService::start(CapeScript::new(&["pending"], HARMLESS)).await;
    let settings = DetonationSettings { waiting_bytes_max: 10_000, at_a_time: 1, ..settings() };
    let detonation = cape_at(service.http.address, settings);
    let busy = DetonationState::Answered(ScannerAnswer::Failed(ScanTrouble::Busy));
    let large = |number: u8| file(vec![number; 8_000]);
    assert_eq!(detonation.ask(file("x".repeat(20_000))).await, busy);
    assert_eq!(detonation.ask(large(1)).await, DetonationState::Running);
    assert_eq!(detonation.ask(large(2)).await, busy);
    assert_eq!(detonation.ask(large(1)).await, DetonationState::Running, "it has its room");
    // What the sandbox has got waits without its bytes.
    testkit::wait::until_true("the first to be sent", std::time::Duration::from_secs(10), async || {
        detonation.ask(large(2)).await == DetonationState::Running
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_not_sent() {
    let service = CapeService::start(CapeScript::new(&["reported"], HARMLESS)).await;
    let detonation = cape_at(service.http.address, DetonationSettings { file_bytes_max: 10, ..settings() });
    assert_eq!(scan(&detonation, "eleven bytes").await, ScannerAnswer::Skipped(WhySkipped::TooLarge));
    assert!(service.files().is_empty());
}

/// What a service may do wrong.
fn wrongs() -> Vec<(&'static str, CapeScript)> {
    let script = || CapeScript::new(&["reported"], HARMLESS);
    let raw = |text: &str| Some(HttpAct::Raw(text.as_bytes().to_vec()));
    let huge = format!(r#"{{"malscore":0,"calls":[{}1]}}"#, "1,".repeat(1 << 20));
    let json = |text: &str| Some(HttpAct::Json(text.to_owned()));
    vec![
        ("wrong token", CapeScript { token: "other".to_owned(), ..script() }),
        ("submit: 500", CapeScript { submit: Some(HttpAct::Status(500)), ..script() }),
        ("submit: 503", CapeScript { submit: Some(HttpAct::Status(503)), ..script() }),
        ("submit: hang", CapeScript { submit: Some(HttpAct::Hang), ..script() }),
        ("submit: closed", CapeScript { submit: Some(HttpAct::Drop), ..script() }),
        ("submit: no HTTP", CapeScript { submit: raw("stream: OK\0\r\n\r\n"), ..script() }),
        ("submit: no JSON", CapeScript { submit: json("<html>"), ..script() }),
        ("submit: refused", CapeScript { submit: json(r#"{"error":true,"error_value":"disabled"}"#), ..script() }),
        ("submit: no task", CapeScript { submit: json(r#"{"error":[],"data":{"task_ids":[]}}"#), ..script() }),
        ("submit: an id that is a path", CapeScript { submit: json(r#"{"data":{"task_ids":["../1"]}}"#), ..script() }),
        ("submit: slow", CapeScript { submit: Some(HttpAct::Slowly(vec![b'H'; 1_000])), ..script() }),
        ("never done", CapeScript::new(&["pending"], HARMLESS)),
        ("a state of no list", CapeScript::new(&["dancing"], HARMLESS)),
        ("analysis failed", CapeScript::new(&["running", "failed_analysis"], HARMLESS)),
        ("status: 500", CapeScript { status: Some(HttpAct::Status(500)), ..script() }),
        ("status: no JSON", CapeScript { status: json("{\"data\":"), ..script() }),
        ("status: no state", CapeScript { status: json(r#"{"error":false}"#), ..script() }),
        ("status: endless", CapeScript { status: Some(HttpAct::Endless), ..script() }),
        ("report: hang", CapeScript { fetch: Some(HttpAct::Hang), ..script() }),
        (
            "report: cut",
            CapeScript { fetch: raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"malscore\":0}"), ..script() },
        ),
        ("report: refused", CapeScript { fetch: json(r#"{"error":true,"malscore":0}"#), ..script() }),
        ("report: no score", CapeScript { fetch: json("{}"), ..script() }),
        ("report: half a document", CapeScript { fetch: json(r#"{"malscore":0,"#), ..script() }),
        ("report: huge", CapeScript { fetch: Some(HttpAct::Json(huge)), ..script() }),
        (
            "report: elsewhere",
            CapeScript { fetch: raw("HTTP/1.1 302 F\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), ..script() },
        ),
    ]
}

#[tokio::test]
async fn whatever_goes_wrong_is_never_clean() {
    let mut said = String::new();
    let answers = wrongs().into_iter().map(async |(what, script)| (what, impatient_verdict(script).await));
    for (what, answer) in futures_util::future::join_all(answers).await {
        let words = match &answer {
            ScannerAnswer::Failed(ScanTrouble::Said(words)) => words.as_str(),
            ScannerAnswer::Failed(_) | ScannerAnswer::Skipped(WhySkipped::NotInTime) => answer.word(),
            _ => panic!("{what}: {answer:?}"),
        };
        said.push_str(&format!("{what}: {words}\n"));
    }
    expect_test::expect![[r#"
        wrong token: status 401
        submit: 500: status 500
        submit: 503: busy
        submit: hang: timed_out
        submit: closed: closed
        submit: no HTTP: garbage
        submit: no JSON: garbage
        submit: refused: the service refuses
        submit: no task: garbage
        submit: an id that is a path: garbage
        submit: slow: timed_out
        never done: not_in_time
        a state of no list: not_in_time
        analysis failed: the task ended as failed_analysis
        status: 500: status 500
        status: no JSON: garbage
        status: no state: garbage
        status: endless: the answer is too large
        report: hang: not_in_time
        report: cut: closed
        report: refused: the service refuses
        report: no score: garbage
        report: half a document: garbage
        report: huge: the answer is too large
        report: elsewhere: status 302
    "#]]
    .assert_eq(&said);
}

#[tokio::test]
async fn a_file_that_never_got_its_turn_may_be_asked_for_again() {
    let service = CapeService::start(CapeScript::new(&["running"], HARMLESS)).await;
    let detonation = cape_at(service.http.address, DetonationSettings { wait_max_s: 1, at_a_time: 1, ..settings() });
    // Two at once: whichever has the slot is waited for in vain, the other one gets it then or never.
    let answers = [file("MZ one"), file("MZ two"), file("MZ three")].map(|file| {
        let detonation = detonation.clone();
        async move { detonation.scan(&file).await }
    });
    let mut words: Vec<&str> = Vec::new();
    for answer in futures_util::future::join_all(answers).await {
        words.push(answer.word());
    }
    words.sort_unstable();
    assert_eq!(service.files().len(), words.iter().filter(|word| **word == "not_in_time").count(), "{words:?}");
    assert!(words.contains(&"busy") && words.contains(&"not_in_time"), "{words:?}");
}

#[tokio::test]
async fn a_sandbox_that_is_down_has_failed() {
    let nobody = testkit::loopback::socket(8_000);
    assert_eq!(scan(&cape_at(nobody, settings()), "MZ").await.word(), "unreachable");
}

#[tokio::test]
async fn a_sandbox_that_starts_again_meanwhile_loses_nothing() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let service = HttpService::start(move |request| match request.target.as_str() {
        "/apiv2/tasks/create/file/" => HttpAct::Json(r#"{"error":[],"data":{"task_ids":[5]}}"#.to_owned()),
        "/apiv2/tasks/status/5/" => match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 | 4 => HttpAct::Json(r#"{"data":"running"}"#.to_owned()),
            1 | 5 => HttpAct::Drop,
            2 | 6 => HttpAct::Status(502),
            3 | 7 => HttpAct::Status(503),
            _ => HttpAct::Json(r#"{"data":"reported"}"#.to_owned()),
        },
        _ => HttpAct::Json(MALICIOUS.to_owned()),
    })
    .await;
    assert_eq!(scan(&cape_at(service.address, settings()), "MZ").await.word(), "infected");
}

fn described() -> DetonationService {
    let pointer = |text: &str| Pointer::parse(text).unwrap();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    DetonationService {
        name: "sandbox".to_owned(),
        headers: Vec::new(),
        submit_method: Method::Put,
        submit_path: "/v1/files?public=no".to_owned(),
        form: Form::Raw,
        id: pointer("/id"),
        state_path: "/v1/files/{id}".to_owned(),
        state: pointer("/state"),
        done: words(&["done"]),
        failed: words(&["error"]),
        report_path: None,
        verdict: Verdict::Word {
            pointer: pointer("/result/verdict"),
            malicious: words(&["malicious"]),
            suspicious: words(&["suspicious"]),
            clean: words(&["clean", "benign"]),
        },
        names: None,
        refused: None,
    }
}

#[tokio::test]
async fn a_service_that_settings_describe_is_spoken_to() {
    for (verdict, wanted) in [
        ("Malicious", infected(&["Malicious"])),
        ("suspicious", ScannerAnswer::Suspicious { names: vec!["suspicious".to_owned()] }),
        ("benign", ScannerAnswer::Clean),
        ("unknown", ScannerAnswer::Failed(ScanTrouble::Garbage)),
    ] {
        let service = HttpService::start(move |request| match request.method.as_str() {
            "PUT" => HttpAct::Json(r#"{"id":"ab-12"}"#.to_owned()),
            _ => HttpAct::Json(format!(r#"{{"state":"DONE","result":{{"verdict":"{verdict}"}}}}"#)),
        })
        .await;
        let known = Arc::new(MemoryVerdicts::new());
        let detonation = Detonation::new(described(), client(service.address), known, settings());
        assert_eq!(detonation.name(), "sandbox");
        assert_eq!(scan(&detonation, "MZ").await, wanted, "{verdict}");
        let requests = service.requests();
        assert_eq!(
            (requests[0].target.as_str(), requests[0].body.as_slice()),
            ("/v1/files?public=no", b"MZ".as_slice())
        );
        assert_eq!(requests[1].target, "/v1/files/ab-12");
    }
}

#[test]
fn a_description_that_cannot_work_is_named() {
    let bad = |change: fn(&mut DetonationService)| {
        let mut service = described();
        change(&mut service);
        service.check().unwrap_err()
    };
    assert_eq!(described().check(), Ok(()));
    assert_eq!(bad(|service| service.submit_path = "files".to_owned()), BadService::Path("files".to_owned()));
    assert_eq!(bad(|service| service.state_path = "/x".to_owned()), BadService::NoId("/x".to_owned()));
    assert_eq!(bad(|service| service.report_path = Some("/{id} x".to_owned())), BadService::Path("/{id} x".to_owned()));
    assert_eq!(bad(|service| service.done.clear()), BadService::NoDone);
    let form = |service: &mut DetonationService| {
        service.form = Form::Multipart { field: "a\"b".to_owned(), others: Vec::new() };
    };
    assert_eq!(bad(form), BadService::Field("a\"b".to_owned()));
    assert_eq!(DetonationService::cape("a\r\nb", 6.0, 3.0), Err(BadService::Token));
}

#[test]
fn a_token_is_in_no_log() {
    let service = DetonationService::cape("secret", 6.0, 3.0).unwrap();
    assert!(!format!("{service:?}").contains("secret"));
}

#[tokio::test]
async fn other_fields_of_the_form_go_along() {
    let service = CapeService::start(CapeScript::new(&["reported"], HARMLESS)).await;
    let mut described = DetonationService::cape("secret", 6.0, 3.0).unwrap();
    described.form = Form::Multipart {
        field: "file".to_owned(),
        others: vec![("timeout".to_owned(), "120".to_owned()), ("tags".to_owned(), "x64,win11".to_owned())],
    };
    described.check().unwrap();
    let known = Arc::new(MemoryVerdicts::new());
    let detonation = Detonation::new(described, client(service.http.address), known, settings());
    // Bytes that look like the end of a part are a file like any other.
    let odd = b"MZ\r\n--\r\n\r\n--boundary--\r\n";
    assert_eq!(scan(&detonation, odd.as_slice()).await, ScannerAnswer::Clean);
    assert_eq!(service.files(), [odd]);
    let submitted = &service.http.requests()[0];
    assert_eq!(submitted.form_part("timeout").as_deref(), Some(b"120".as_slice()));
    assert_eq!(submitted.form_part("tags").as_deref(), Some(b"x64,win11".as_slice()));
}
