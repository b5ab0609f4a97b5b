//! A sandbox that only the configuration describes: its paths, its words, its field for the file and for the token are none that
//! Postern knows by itself.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use serde_json::json;
use testkit::compare;
use testkit::http_service::{HttpAct, HttpRequest, HttpService};

use super::*;
use crate::ADDED;

/// Stops what the sandbox calls bad; everything else goes on.
const POLICY: &str =
    "name = \"glass\"\n[[rule]]\nid = \"malware\"\nwhen = 'verdict.class == \"malware\"'\nactions = [\"quarantine\"]\n";
/// What the service calls bad.
const EVIL: &[u8] = b"#!/bin/sh\n# evil\nexec /usr/bin/true\n";

/// What the service has, and whether it answers.
#[derive(Default)]
struct State {
    files: Mutex<Vec<Vec<u8>>>,
    asked: Mutex<HashSet<usize>>,
    is_down: AtomicBool,
}

/// The service: `POST /api/v3/samples/new`, `GET /api/v3/jobs/KEY`, `GET /api/v3/jobs/KEY/opinion`. A job is at work when it is
/// asked for the first time, then done.
struct Glass {
    http: HttpService,
    state: Arc<State>,
}

impl Glass {
    async fn start() -> Self {
        let state: Arc<State> = Arc::default();
        let kept = Arc::clone(&state);
        Self { http: HttpService::start(move |request| answer(request, &kept)).await, state }
    }

    /// The service as an operator describes it.
    fn described(&self, folder: &Path, more: &str) -> String {
        let token = folder.join("token");
        testkit::files::write(&token, "secret\n");
        let_in(folder, &token);
        format!(
            "[[scanner]]\nname = \"glass\"\nkind = \"rest\"\naddress = \"http://{}/api/v3\"\ntoken_file = {token:?}\n\
             required = true\n{more}\n\
             [scanner.rest]\nsubmit_path = \"/samples/new\"\nsubmit_field = \"sample\"\nid = \"/job/key\"\n\
             state_path = \"/jobs/{{id}}\"\nstate = \"/job/phase\"\ndone = [\"closed\"]\nfailed = [\"crashed\"]\n\
             report_path = \"/jobs/{{id}}/opinion\"\nverdict = \"/opinion/word\"\nmalicious = [\"bad\"]\n\
             suspicious = [\"odd\"]\nclean = [\"fine\"]\nnames = \"/opinion/families/*/title\"\n\
             token_field = \"X-Api-Key\"\ntoken_prefix = \"key \"\n",
            self.http.address
        )
    }

    fn files(&self) -> Vec<Vec<u8>> {
        self.state.files.lock().clone()
    }
}

fn answer(request: &HttpRequest, state: &State) -> HttpAct {
    if state.is_down.load(Ordering::SeqCst) {
        return HttpAct::Drop;
    }
    if request.header("x-api-key") != Some("key secret") {
        return HttpAct::Status(401);
    }
    let path = request.target.strip_prefix("/api/v3/").unwrap_or_default();
    match (request.method.as_str(), path.strip_prefix("jobs/job-")) {
        ("POST", _) if path == "samples/new" => submitted(request, state),
        ("GET", Some(job)) => told(job, state),
        _ => HttpAct::Status(404),
    }
}

fn submitted(request: &HttpRequest, state: &State) -> HttpAct {
    let Some(file) = request.form_part("sample") else { return HttpAct::Status(400) };
    let mut files = state.files.lock();
    files.push(file);
    HttpAct::Json(json!({ "job": { "key": format!("job-{}", files.len() - 1) } }).to_string())
}

fn told(job: &str, state: &State) -> HttpAct {
    let (number, what) = job.split_once('/').unwrap_or((job, "phase"));
    let number: usize = number.parse().unwrap_or(usize::MAX);
    let Some(file) = state.files.lock().get(number).cloned() else { return HttpAct::Status(404) };
    let said = match what {
        "phase" if state.asked.lock().insert(number) => json!({ "job": { "phase": "at work" } }),
        "phase" => json!({ "job": { "phase": "closed" } }),
        "opinion" if file == EVIL => json!({ "opinion": { "word": "bad", "families": [{ "title": "Glassworm" }] } }),
        "opinion" => json!({ "opinion": { "word": "fine", "families": [] } }),
        _ => return HttpAct::Status(404),
    };
    HttpAct::Json(said.to_string())
}

async fn gateway(scanner: &str) -> Rig {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "glass").with_dns(dns.address);
    setup.policies = vec![("glass".to_owned(), POLICY.to_owned())];
    setup.extra = scanner.to_owned();
    Rig { daemon: Daemon::start(POSTERN, setup).await, sink, _dns: dns }
}

/// Has it judged again until it is not held any more.
async fn decided(rig: &Rig, id: &str) -> Value {
    wait::until_true("the verdict of the sandbox", SOON, async || {
        rig.daemon.command(&["queue", "retry", id]).await;
        rig.daemon.account("held").await == 0
    })
    .await;
    rig.judged(id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_the_configuration_decides_what_goes_on() {
    let (glass, folder) = (Glass::start().await, tempfile::tempdir().unwrap());
    let rig = gateway(&glass.described(folder.path(), "")).await;
    let checked = rig.daemon.command(&["config", "check"]).await;
    assert!(checked.code == 0 && checked.out.contains("scanner glass: answers with status "), "{checked:?}");

    let bad = rig.send_accepted("bad", "run.sh", EVIL).await;
    rig.held_for("check_failed: scanner:glass (running)").await;
    let judged = decided(&rig, bad.reference()).await;
    let said = &judged["scanners"][0]["files"][0];
    assert_eq!((&said["said"], &said["words"]), (&json!("malware"), &json!(["Glassworm"])), "{judged}");
    assert_eq!((judged["class"].as_str(), rig.sink.count()), (Some("malware"), 0), "{judged}");
    assert_eq!(rig.daemon.account("quarantined").await, 1);

    let good = rig.send_accepted("good", "run.sh", PROGRAM).await;
    let judged = decided(&rig, good.reference()).await;
    assert_eq!(judged["scanners"][0]["files"], json!([]), "{judged}");
    let received = rig.sink.wait_for(1, SOON).await.remove(0);
    compare::assert_same("good", &with_file("good", "run.sh", PROGRAM), &received.message, &ADDED);

    assert_eq!(glass.files(), [EVIL.to_vec(), PROGRAM.to_vec()], "each is given once, as it is");
    rig.daemon.quiet().await;
    let replayed = rig.daemon.command(&["replay"]).await;
    assert_eq!(replayed.code, 0, "{replayed:?}");
    rig.daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_down_what_runs_is_held_and_nothing_else() {
    let (glass, folder) = (Glass::start().await, tempfile::tempdir().unwrap());
    let rig = gateway(&glass.described(folder.path(), "")).await;
    glass.state.is_down.store(true, Ordering::SeqCst);
    let waits = rig.send_accepted("waits", "run.sh", PROGRAM).await;
    wait::until_true("a hold that is no waiting for a verdict", SOON, async || {
        rig.daemon.command(&["queue", "retry", waits.reference()]).await;
        let held = rig.daemon.rows(&["queue", "list", "--state", "held"]).await;
        held.iter().any(|row| row["why"] == "check_failed: scanner:glass")
    })
    .await;
    let judged = rig.judged(waits.reference()).await;
    assert_eq!(judged["failed_checks"], json!(["scanner:glass"]), "{judged}");
    rig.send_accepted("plain", "a.txt", b"a harmless file").await;
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1, "what holds nothing that runs does not wait");
    assert_eq!((glass.files().len(), rig.daemon.account("held").await), (0, 1));

    // A failure is told for a while; in another configuration nothing of it is known.
    glass.state.is_down.store(false, Ordering::SeqCst);
    reconfigure(&rig.daemon, "", &glass.described(folder.path(), "wait_max_s = 300")).await;
    let judged = decided(&rig, waits.reference()).await;
    assert_eq!(judged["scanners"][0]["files"], json!([]), "{judged}");
    assert_eq!(rig.sink.wait_for(2, SOON).await.len(), 2);
    assert_eq!(glass.files(), [PROGRAM.to_vec()]);
    rig.daemon.assert_balanced().await;
}
