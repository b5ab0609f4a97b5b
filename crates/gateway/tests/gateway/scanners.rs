//! Outside scanners in the line: what they find is refused, and what they do not answer about is never let through unless that is
//! written by name. A row for each way in which one can fail (ARC-09), with a real clamd, a real ICAP server and peers that
//! misbehave.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use testkit::clamd::{MARKER, MARKER_NAME, RealClamd, is_whole_stream};
use testkit::client::Reply;
use testkit::corpus::archive;
use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::http_service::cape::{CapeScript, CapeService};
use testkit::icap::{CIcap, is_whole_options};
use testkit::raw_peer::{FullQueue, RawPeer, Step};
use testkit::sink::Sink;
use testkit::{loopback, wait};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted, with_file};

mod icap_outage;
mod rest;

/// A gateway with scanners, where its mail goes, and who says that its senders are who they are.
struct Rig {
    daemon: Daemon,
    sink: Sink,
    _dns: TestDns,
}

impl Rig {
    async fn start(scanners: &str) -> Self {
        Self::of(scanners, "standard", &[]).await
    }

    async fn of(scanners: &str, policy: &str, scan: &[&str]) -> Self {
        let (dns, sink) = (dns().await, Sink::start().await);
        let mut setup = Setup::new(sink.address, policy).with_dns(dns.address);
        setup.extra = scanners.to_owned();
        setup.scan = scan.iter().map(|line| (*line).to_owned()).collect();
        Self { daemon: Daemon::start(POSTERN, setup).await, sink, _dns: dns }
    }

    async fn send(&self, subject: &str, name: &str, bytes: &[u8]) -> Reply {
        send(self.daemon.address(), ALICE, &[BOB], &with_file(subject, name, bytes)).await
    }

    async fn send_accepted(&self, subject: &str, name: &str, bytes: &[u8]) -> Reply {
        send_accepted(self.daemon.address(), ALICE, &[BOB], &with_file(subject, name, bytes)).await
    }

    /// The last judgement of a mail.
    async fn judged(&self, id: &str) -> Value {
        let trace = self.daemon.json(&["trace", "show", id]).await;
        trace["judged"].as_array().and_then(|all| all.last()).cloned().expect("a judgement")
    }

    /// It is 451 4.7.1, and nothing went on.
    async fn refuses_for_now(&self, why: &str) {
        let reply = self.send("later", "a.txt", b"a harmless file").await;
        assert_eq!((reply.code, reply.enhanced()), (451, "4.7.1"), "{why}: {}", reply.text);
        let judged = self.judged(reply.reference()).await;
        assert_eq!(judged["failed_checks"], serde_json::json!(["scanner:av"]), "{why}");
        assert_eq!(self.sink.count(), 0, "{why}: unscanned mail went on");
    }

    async fn held_for(&self, why: &str) {
        wait::until_true(&format!("a mail held for {why}"), SOON, async || {
            let rows = self.daemon.rows(&["queue", "list", "--state", "held"]).await;
            rows.iter().any(|row| row["why"].as_str() == Some(why))
        })
        .await;
    }
}

fn scanner(kind: &str, address: impl std::fmt::Display, more: &str) -> String {
    format!("[[scanner]]\nname = \"av\"\nkind = \"{kind}\"\naddress = \"{address}\"\n{more}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clamd_knows_is_refused_wherever_it_lies_and_replays_without_it() {
    let clamd = RealClamd::start("", "").await;
    let rig = Rig::start(&scanner("clamd", clamd.tcp, "")).await;
    rig.send_accepted("clean", "a.txt", b"a harmless file").await;
    let inside = archive("inner.txt", MARKER, false);
    let outer = archive("inner.zip", &inside, false);
    for (name, bytes, place) in
        [("a.txt", MARKER, "2"), ("a.zip", &inside, "2/zip:0"), ("b.zip", &outer, "2/zip:0/zip:0")]
    {
        let reply = rig.send("bad", name, bytes).await;
        assert_eq!(reply.code, 550, "{name}: {}", reply.text);
        let judged = rig.judged(reply.reference()).await;
        assert_eq!(judged["class"], "malware", "{name}");
        let said = &judged["scanners"][0];
        assert!(said["version"].as_str().unwrap().starts_with("ClamAV "), "{said}");
        let files = said["files"].as_array().unwrap();
        let found = files.iter().find(|file| file["place"] == place).unwrap_or_else(|| panic!("{name}: {said}"));
        assert_eq!((&found["said"], &found["words"][0]), (&"malware".into(), &MARKER_NAME.into()));
    }
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
    // Nobody is there to be asked any more: what was judged is judged the same.
    clamd.stop().await;
    let replayed = rig.daemon.command(&["replay"]).await;
    assert_eq!(replayed.code, 0, "{replayed:?}");
}

/// Before any mail is lost to it, an operator who looks must see it.
#[tokio::test(flavor = "multi_thread")]
async fn status_says_who_answers_and_who_not() {
    let clamd = RealClamd::start("", "").await;
    let rig = Rig::start(&scanner("clamd", clamd.tcp, "")).await;
    let status = rig.daemon.json(&["status"]).await;
    let health = &status["daemon"]["health"];
    assert_eq!(
        (&health["takes_mail"], &health["has_room"], &health["ocr"]["answers"]),
        (&true.into(), &true.into(), &true.into())
    );
    assert_eq!(health["scanners"], serde_json::json!([{ "name": "av", "need": "required", "answers": true }]));
    let page = rig.daemon.page("GET /healthz").await;
    assert!(page.starts_with("HTTP/1.1 200 ") && page.ends_with("\r\n\r\nok\n"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clamd_that_is_hung_or_gone_is_451_until_it_is_back() {
    let clamd = RealClamd::start("", "").await;
    let rig = Rig::start(&scanner("clamd", clamd.tcp, "scan_timeout_ms = 300")).await;
    clamd.freeze();
    rig.refuses_for_now("frozen").await;
    clamd.thaw();
    wait::until_true("mail to be taken again", SOON, async || rig.send("back", "a.txt", b"a file").await.code == 250)
        .await;
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
    drop(rig.sink.take());
    clamd.stop().await;
    assert_eq!(rig.send("gone", "a.txt", b"another file").await.code, 451);
    assert_eq!(rig.send("gone-too", "b.txt", b"a third file").await.code, 451);
    assert!(rig.daemon.metric("postern_scanner_failures_total").await >= 3);
    let status = rig.daemon.command(&["status"]).await;
    assert_eq!(status.code, 1, "no mail is taken: {status:?}");
    assert!(status.out.contains("scanner av: does not answer since 20"), "{status:?}");
    assert!(status.out.contains("(unreachable: the connection is refused): mail gets 451"), "{status:?}");
    let health = rig.daemon.page("GET /healthz").await;
    assert!(health.starts_with("HTTP/1.1 503 ") && health.contains("scanner av: does not answer"), "{health}");
    rig.daemon.assert_balanced().await;
}

/// What a clamd may do instead of answering, on any connection. An answer before the file was sent is looked at with files that
/// no buffer holds, in `lookup`: of a small one nobody could tell.
fn misdeeds() -> Vec<(&'static str, Vec<Step>)> {
    let after = |say: &[u8]| vec![Step::Read(is_whole_stream), Step::Say(say.to_vec())];
    vec![
        ("silent", vec![Step::Hang]),
        ("garbage", vec![Step::Say(b"SSH-2.0-OpenSSH_9\r\n\0".to_vec())]),
        ("closed at once", vec![]),
        ("closed at byte 30", vec![Step::ReadBytes(30)]),
        ("half an answer", after(b"stream: O")),
        ("an error", after(b"INSTREAM: Can't write to temporary file. ERROR\0")),
        ("a queue that is full", after(b"COMMAND READ TIMED OUT\0")),
        ("slow", vec![Step::Read(is_whole_stream), Step::SaySlowly([&[b'x'; 3000][..], b"\0"].concat())]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_clamd_does_instead_of_answering_is_451() {
    let misdeeds = misdeeds();
    let mut peers = Vec::new();
    for (_, steps) in &misdeeds {
        // Its version is right, so that it is asked about files.
        let steps = steps.clone();
        peers.push(RawPeer::start(move |number| if number == 0 { version() } else { steps.clone() }).await);
    }
    let first = scanner("clamd", peers[0].tcp, "scan_timeout_ms = 300");
    let rig = Rig::start(&first).await;
    for ((why, _), peer) in misdeeds.iter().zip(&peers) {
        reconfigure(&rig.daemon, &first, &scanner("clamd", peer.tcp, "scan_timeout_ms = 300")).await;
        rig.refuses_for_now(why).await;
        assert!(peer.received().len() > 1, "{why}: it was asked about files");
    }
    rig.daemon.assert_balanced().await;
}

fn version() -> Vec<Step> {
    vec![Step::ReadBytes(b"zVERSION\0".len()), Step::Say(b"ClamAV 1.4.3/27500/Tue Nov  3 09:12:00 2026\0".to_vec())]
}

/// Another scanner is in force.
async fn reconfigure(daemon: &Daemon, _before: &str, scanner: &str) {
    let file = daemon.config_file();
    let text = std::fs::read_to_string(&file).unwrap();
    let (kept, _) = text.split_once("[[scanner]]").unwrap();
    testkit::files::write(&file, format!("{kept}{scanner}"));
    let told = daemon.command(&["reload"]).await;
    assert_eq!(told.code, 0, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_old_signatures_and_a_wrong_icap_are_451() {
    let full = FullQueue::new();
    let_in(full.unix.parent().unwrap(), &full.unix);
    let begin = scanner("clamd", full.unix.display(), "");
    let rig = Rig::start(&begin).await;
    rig.refuses_for_now("no room in its queue").await;
    let old = RawPeer::always(vec![
        Step::ReadBytes(b"zVERSION\0".len()),
        Step::Say(b"ClamAV 0.99/20000/Tue Nov  3 09:12:00 2015\0".to_vec()),
    ])
    .await;
    reconfigure(&rig.daemon, &begin, &scanner("clamd", old.tcp, "signatures_age_max_d = 7")).await;
    rig.refuses_for_now("signatures of 2015").await;
    let lying =
        RawPeer::always(vec![Step::Read(is_whole_options), Step::Say(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())]).await;
    let icap = format!("icap://{}/avscan", lying.tcp);
    reconfigure(&rig.daemon, &begin, &scanner("icap", icap, "scan_timeout_ms = 300")).await;
    rig.refuses_for_now("an ICAP server that speaks HTTP").await;
    let nobody = format!("icap://{}/avscan", loopback::socket(1344));
    reconfigure(&rig.daemon, &begin, &scanner("icap", nobody, "")).await;
    rig.refuses_for_now("an ICAP server that is not there").await;
}

/// Lets the user of the gateway come to a socket of ours.
fn let_in(folder: &Path, socket: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for (path, mode) in [(folder, 0o755), (socket, 0o777)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_icap_server_finds_the_same() {
    let clamd = RealClamd::start("", "").await;
    let server = CIcap::start(&clamd.unix).await;
    let rig = Rig::start(&scanner("icap", format!("icap://{}/avscan", server.address), "")).await;
    rig.send_accepted("clean", "a.txt", b"a harmless file").await;
    let reply = rig.send("bad", "a.zip", &archive("inner.txt", MARKER, false)).await;
    assert_eq!(reply.code, 550, "{}", reply.text);
    assert_eq!(rig.judged(reply.reference()).await["class"], "malware");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_for_it_lies_in_quarantine_and_not_on_the_road() {
    let clamd = RealClamd::start("", "StreamMaxLength 100K\n").await;
    let rig = Rig::start(&scanner("clamd", clamd.tcp, "message = false")).await;
    let reply = rig.send_accepted("large", "a.bin", &[7; 200 << 10]).await;
    let judged = rig.judged(reply.reference()).await;
    assert_eq!(judged["class"], "unscannable", "another try would bring the same, so it does not wait: {judged}");
    assert_eq!(rig.daemon.account("quarantined").await, 1);
    // A limit of ours.
    let limited = scanner("clamd", clamd.tcp, "message = false\nfile_bytes_max = 1000");
    reconfigure(&rig.daemon, "", &limited).await;
    rig.send_accepted("larger", "a.bin", &[8; 2_000]).await;
    assert_eq!(rig.daemon.account("quarantined").await, 2);
    assert_eq!(rig.sink.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_written_word_lets_mail_through_unscanned_and_it_is_alarmed() {
    let nobody = loopback::socket(3310);
    let rig = Rig::start(&scanner("clamd", nobody, "fail_open = true")).await;
    let reply = rig.send_accepted("open", "a.txt", b"a harmless file").await;
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
    let judged = rig.judged(reply.reference()).await;
    assert_eq!(judged["rulings"][0]["not_checked"], serde_json::json!(["scanner:av"]));
    assert_eq!(rig.daemon.metric("postern_scanner_let_through_total").await, 1);
    let log = rig.daemon.log();
    let line = log.lines().find(|line| line.contains("let_through_unscanned")).expect("an alarm in the log");
    assert!(line.contains("ERROR") && line.contains("av") && line.contains("unreachable"), "{line}");
    assert!(line.contains(&format!(" mail={} ", reply.reference())), "which mail went on: {line}");
    // One that is not required is not alarmed, but said.
    reconfigure(&rig.daemon, "", &scanner("clamd", nobody, "required = false")).await;
    let reply = rig.send_accepted("advisory", "b.txt", b"another harmless file").await;
    assert_eq!(rig.judged(reply.reference()).await["rulings"][0]["not_checked"], serde_json::json!(["scanner:av"]));
    assert_eq!(rig.daemon.metric("postern_scanner_let_through_total").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_scanner_does_not_want_is_said() {
    let options = b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nService: picky\r\nPreview: 0\r\nTransfer-Ignore: *\r\n\
                    Transfer-Complete: exe\r\nAllow: 204\r\nEncapsulated: null-body=0\r\n\r\n";
    let picky = RawPeer::always(vec![Step::Read(is_whole_options), Step::Say(options.to_vec()), Step::Hang]).await;
    let rig = Rig::start(&scanner("icap", format!("icap://{}/avscan", picky.tcp), "")).await;
    let reply = rig.send_accepted("picky", "a.txt", b"a harmless file").await;
    let judged = rig.judged(reply.reference()).await;
    let said = judged["rulings"][0]["not_checked"][0].as_str().unwrap();
    assert_eq!(said, "scanner:av (does not want 2 of 2 files)");
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1, "its own rules say so: that is no failure");
    let shown = rig.daemon.command(&["trace", "show", reply.reference()]).await;
    assert!(
        shown.out.contains("scanner av (picky): asked of 2 files") && shown.out.contains("does not want"),
        "{shown:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_wants_no_file_at_all_is_451() {
    let options = b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nTransfer-Ignore: *\r\nEncapsulated: null-body=0\r\n\r\n";
    let idle = RawPeer::always(vec![Step::Read(is_whole_options), Step::Say(options.to_vec()), Step::Hang]).await;
    let rig = Rig::start(&scanner("icap", format!("icap://{}/avscan", idle.tcp), "")).await;
    rig.refuses_for_now("a scanner that looks at nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_250_it_is_held_until_the_scanner_is_back() {
    let clamd = RealClamd::start("", "").await;
    // A large message is not judged within a millisecond, so all is accepted first.
    let more = "scan_timeout_ms = 300";
    let rig = Rig::of(&scanner("clamd", clamd.tcp, more), "standard", &["session_budget_ms = 1"]).await;
    clamd.freeze();
    let long = |start: &[u8]| [start, b" and more of it".repeat(150_000).as_slice()].concat();
    let good = rig.send_accepted("good", "a.txt", &long(b"a harmless file")).await;
    let bad = rig.send_accepted("bad", "b.txt", &long(MARKER)).await;
    rig.held_for("check_failed: scanner:av").await;
    assert_eq!(rig.sink.count(), 0);
    clamd.thaw();
    let retry = async |id: &str| {
        wait::until_true("a decision", SOON, async || {
            rig.daemon.command(&["queue", "retry", id]).await;
            let rows = rig.daemon.rows(&["queue", "list", "--state", "held"]).await;
            !rows.iter().any(|row| row["id"].as_str().is_some_and(|full| full.starts_with(id)) || row["id"] == id)
        })
        .await;
    };
    retry(good.reference()).await;
    retry(bad.reference()).await;
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
    wait::until_true("all to be decided", SOON, async || rig.daemon.account("held").await == 0).await;
    assert_eq!((rig.daemon.account("quarantined").await, rig.sink.count()), (1, 1));
    let replayed = rig.daemon.command(&["replay"]).await;
    assert_eq!(replayed.code, 0, "{replayed:?}");
}

/// A program that a sandbox is asked about.
const PROGRAM: &[u8] = b"#!/bin/sh\nexec /usr/bin/true\n";

fn cape(address: SocketAddr, folder: &Path, more: &str) -> String {
    let token = folder.join("token");
    testkit::files::write(&token, "secret\n");
    let_in(folder, &token);
    let more = format!("token_file = {token:?}\n{more}");
    format!("[[scanner]]\nname = \"box\"\nkind = \"cape\"\naddress = \"http://{address}\"\n{more}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sandbox_runs_is_held_and_judged_by_what_it_does() {
    let report = r#"{"malscore":9.4,"detections":[{"family":"Emotet"}]}"#;
    let service = CapeService::start(CapeScript::new(&["reported"], report)).await;
    let folder = tempfile::tempdir().unwrap();
    let policy = "observe";
    let rig = Rig::of(&cape(service.http.address, folder.path(), ""), policy, &[]).await;
    let reply = rig.send_accepted("run", "run.sh", PROGRAM).await;
    rig.held_for("check_failed: scanner:box (running)").await;
    assert_eq!((service.files().len(), rig.sink.count()), (1, 0));
    // What holds nothing that runs does not wait for it.
    rig.send_accepted("plain", "a.txt", b"a harmless file").await;
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
    wait::until_true("the verdict of the sandbox", SOON, async || {
        rig.daemon.command(&["queue", "retry", reply.reference()]).await;
        rig.judged(reply.reference()).await["scanners"][0]["files"][0]["said"] == "malware"
    })
    .await;
    let judged = rig.judged(reply.reference()).await;
    assert_eq!(judged["class"], "malware", "{judged}");
    assert_eq!(service.files().len(), 1, "a file is given once");
    rig.daemon.quiet().await;
    let replayed = rig.daemon.command(&["replay"]).await;
    assert_eq!(replayed.code, 0, "{replayed:?}");
}

// A sandbox that never comes to an end: nobody waits longer than is written.
#[tokio::test(flavor = "multi_thread")]
async fn the_hold_for_a_sandbox_ends() {
    for (more, kept) in [("required = true", true), ("", false)] {
        let service = CapeService::start(CapeScript::new(&["pending"], "{}")).await;
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("wait_max_s = 2\n{more}");
        let rig = Rig::of(&cape(service.http.address, folder.path(), &settings), "observe", &[]).await;
        let reply = rig.send_accepted("run", "run.sh", PROGRAM).await;
        rig.held_for("check_failed: scanner:box (running)").await;
        wait::until_true("the end of the wait", SOON, async || {
            rig.daemon.command(&["queue", "retry", reply.reference()]).await;
            rig.daemon.account("held").await == 0
        })
        .await;
        let judged = rig.judged(reply.reference()).await;
        let file = &judged["scanners"][0]["files"][0];
        assert_eq!((&file["said"], &file["words"][0]), (&"over_limits".into(), &"not_in_time".into()), "{judged}");
        assert_eq!(judged["rulings"][0]["not_checked"], serde_json::json!(["scanner:box"]), "{judged}");
        if kept {
            assert_eq!((rig.daemon.account("quarantined").await, rig.sink.count()), (1, 0), "{judged}");
            assert_eq!(judged["class"], "unscannable", "{judged}");
        } else {
            assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
        }
        assert_eq!(service.files().len(), 1, "and it is not given again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_reads_the_file_of_a_token_again() {
    let script = CapeScript::new(&["reported"], r#"{"malscore":9.4}"#);
    let service = CapeService::start(CapeScript { token: "changed".to_owned(), ..script }).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = cape(service.http.address, folder.path(), "required = true");
    let rig = Rig::of(&settings, "observe", &[]).await;
    let reply = rig.send_accepted("run", "run.sh", PROGRAM).await;
    wait::until_true("the refusal of the old token", SOON, async || rig.daemon.account("held").await == 1).await;
    let retry = async || rig.daemon.command(&["queue", "retry", reply.reference()]).await;
    retry().await;
    assert!(service.files().is_empty(), "the old token is none");
    // The same name, and something else behind it.
    testkit::files::write(&folder.path().join("token"), "changed\n");
    assert_eq!(rig.daemon.command(&["reload"]).await.code, 0);
    wait::until_true("the verdict of the sandbox", SOON, async || {
        retry().await;
        rig.judged(reply.reference()).await["scanners"][0]["files"][0]["said"] == "malware"
    })
    .await;
    assert_eq!(service.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn config_check_asks_who_is_there() {
    let clamd = RealClamd::start("", "").await;
    let (sink, down) = (Sink::start().await, loopback::socket(1344));
    let mut setup = Setup::new(sink.address, "standard");
    let second = scanner("icap", format!("icap://{down}/avscan"), "").replace("\"av\"", "\"gone\"");
    setup.extra = format!("{}{second}", scanner("clamd", clamd.tcp, ""));
    let daemon = Daemon::prepare(POSTERN, setup);
    let checked = daemon.command(&["config", "check"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.out.contains("scanner av: ClamAV "), "{}", checked.out);
    let why = "unreachable: the connection is refused";
    let warning = format!("warning: scanner gone does not answer ({why}): mail would get 451");
    assert!(checked.out.contains(&warning), "{}", checked.out);
    let shown = daemon.command(&["config", "show"]).await;
    assert!(shown.out.contains("[[scanner]]") && shown.out.contains("name = \"gone\""), "{}", shown.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_without_its_scanner_says_so() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.extra = scanner("clamd", loopback::socket(3310), "");
    let daemon = Daemon::prepare(POSTERN, setup);
    let file = daemon.folder().join("a.eml");
    testkit::files::write(&file, note("a"));
    let file = file.display().to_string();
    let waits = daemon.command(&["scan", &file]).await;
    assert!(waits.code == 4 && waits.out.contains("not checked: scanner:av"), "{waits:?}");
    assert!(
        waits.out.contains("\n  scanner av: asked of ") && waits.out.contains("no answer, unreachable"),
        "{waits:?}"
    );
    let offline = daemon.command(&["scan", "--offline", &file]).await;
    let said = "not checked, as this is offline: scanner:av";
    assert!(offline.code == 0 && offline.out.contains(said), "{offline:?}");
    let shown = daemon.json(&["scan", "--offline", &file]).await;
    assert_eq!(shown["not_checked"], serde_json::json!(["scanner:av"]), "{shown}");
    assert_eq!(shown["scanners"], serde_json::json!([]), "nobody was asked: {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_says_what_scanners_said_and_holds_what_a_sandbox_runs() {
    let (clamd, sink) = (RealClamd::start("", "").await, Sink::start().await);
    let service = CapeService::start(CapeScript::new(&["pending"], "{}")).await;
    let dns = dns().await;
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    let folder = tempfile::tempdir().unwrap();
    setup.extra = format!("{}{}", scanner("clamd", clamd.tcp, ""), cape(service.http.address, folder.path(), ""));
    let daemon = Daemon::prepare(POSTERN, setup);
    let scan = async |name: &str, bytes: &[u8]| {
        let file = daemon.folder().join("a.eml");
        testkit::files::write(&file, with_file("scan", name, bytes));
        let told = daemon.command(&["--json", "scan", &file.display().to_string()]).await;
        (told.code, serde_json::from_str::<Value>(&told.out).unwrap_or_else(|error| panic!("{error}: {told:?}")))
    };
    let (code, bad) = scan("a.txt", MARKER).await;
    let said = &bad["scanners"][0];
    assert!(code == 1 && said["name"] == "av" && said["version"].as_str().unwrap().starts_with("ClamAV "), "{bad}");
    let files = said["files"].as_array().unwrap();
    let found = files.iter().find(|file| file["name"] == "a.txt").unwrap_or_else(|| panic!("{bad}"));
    assert_eq!((&found["said"], &found["words"][0]), (&"malware".into(), &MARKER_NAME.into()));
    // A session takes such a mail and holds it.
    let (code, runs) = scan("run.sh", PROGRAM).await;
    assert_eq!(
        (code, &runs["decision"], &runs["actions"]),
        (4, &"hold".into(), &serde_json::json!(["hold"])),
        "{runs}"
    );
    let sandbox = runs["scanners"].as_array().unwrap().iter().find(|one| one["name"] == "box");
    assert_eq!(sandbox.unwrap_or_else(|| panic!("{runs}"))["files"][0]["said"], "running", "{runs}");
}

/// A picture of the words "Your account is suspended / Verify your password today".
const WORDS: &[u8] = include_bytes!("../../../worker/tests/data/words.png");
/// Keeps what has these words in its text.
const WORDS_POLICY: &str = "name = \"words\"\n[[rule]]\nid = \"words\"\nwhen = 'text_contains(\"account is suspended\")'\nactions = [\"quarantine\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn words_of_pictures_are_text_where_they_are_read() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "words").with_dns(dns.address);
    setup.policies = vec![("words".to_owned(), WORDS_POLICY.to_owned())];
    // Time for a machine that has none.
    setup.extra = "[ocr]\nenabled = true\nmessage_ms = 60000\n".to_owned();
    setup.scan = vec!["session_budget_ms = 100000".to_owned()];
    let rig = Rig { daemon: Daemon::start(POSTERN, setup).await, sink, _dns: dns };
    let checked = rig.daemon.command(&["config", "check"]).await;
    assert!(checked.out.contains("ocr: /usr/bin/tesseract reads eng"), "{checked:?}");
    let read = rig.send_accepted("read", "a.png", WORDS).await;
    assert_eq!(rig.daemon.account("quarantined").await, 1, "{:?}", rig.judged(read.reference()).await);
    rig.send_accepted("again", "b.png", WORDS).await;
    assert_eq!(rig.daemon.metric("postern_ocr_pictures_total").await, 1, "the same picture is read once");
    let text = std::fs::read_to_string(rig.daemon.config_file()).unwrap();
    testkit::files::write(&rig.daemon.config_file(), text.replace("enabled = true", "enabled = false"));
    assert_eq!(rig.daemon.command(&["reload"]).await.code, 0);
    let unread = rig.send_accepted("unread", "c.png", WORDS).await;
    assert_eq!(rig.sink.wait_for(1, Duration::from_secs(30)).await.len(), 1);
    assert_eq!(rig.judged(unread.reference()).await["rulings"][0]["not_checked"], serde_json::json!(["ocr"]));
}
