//! `postern quarantine open`: a password, or a word of the sender's other mail, opens what is encrypted; what is clean then arrives,
//! what is not stays; five wrong passwords lock it; the password is kept nowhere.

mod for_its_reader;
mod guesses;
mod other_mail;
mod said;
mod together;

use std::net::SocketAddr;
use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};
use testkit::daemon::{Answered, Daemon, Setup};
use testkit::sink::Sink;
use testkit::{compare, files, program};

use crate::{ADDED, ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

const PASSWORD: &str = "Sommer-2024!";
const OFFER: Sample = Sample::of("offer.zip", "application/zip", include_bytes!("../data/offer-aes.zip"));
const PDF: Sample = Sample {
    name: "offer.pdf",
    kind: "application/pdf",
    bytes: include_bytes!("../../../unpack/testdata/pdf/aes_256.pdf"),
    password: "Sommer2024",
};
const VIRUS: Sample = Sample::of("report.zip", "application/zip", include_bytes!("../data/virus-aes.zip"));

/// An encrypted file.
#[derive(Clone, Copy)]
struct Sample {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    password: &'static str,
}

impl Sample {
    const fn of(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Self {
        Self { name, kind, bytes, password: PASSWORD }
    }
}

/// A message with the file, and nothing that opens it.
fn message(subject: &str, sample: Sample) -> Vec<u8> {
    message_with(subject, "Hello.", &[sample])
}

/// The same with several.
fn message_with(subject: &str, text: &str, samples: &[Sample]) -> Vec<u8> {
    let files: String = samples.iter().map(part).collect();
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@sender.example>\r\n\
         Date: Thu, 26 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\n\r\n{text}\r\n{files}--b--\r\n"
    )
    .into_bytes()
}

fn part(sample: &Sample) -> String {
    let Sample { name, kind, bytes, .. } = sample;
    let file = BASE64.encode(bytes);
    let lines: Vec<&str> =
        (0..file.len().div_ceil(76)).filter_map(|at| file.get(at * 76..file.len().min(at * 76 + 76))).collect();
    format!(
        "--b\r\nContent-Type: {kind}; name={name}\r\nContent-Disposition: attachment; filename={name}\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        lines.join("\r\n")
    )
}

async fn gateway(sink: &Sink, dns: SocketAddr) -> Daemon {
    Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns)).await
}

/// Sends it; the id of the mail, which must lie in quarantine as unscannable then.
async fn stopped(daemon: &Daemon, subject: &str, sample: Sample) -> String {
    stopped_message(daemon, &message(subject, sample)).await
}

/// The same of a message as it is.
async fn stopped_message(daemon: &Daemon, message: &[u8]) -> String {
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], message).await;
    let rows = daemon.rows(&["quarantine", "list"]).await;
    let row = rows.iter().find(|row| row["id"].as_str().unwrap().starts_with(reply.reference()));
    let row = row.unwrap_or_else(|| panic!("it is not in quarantine: {rows:?}"));
    assert_eq!((&row["verdict"], &row["locked"]), (&json!("unscannable"), &json!(false)), "{row}");
    row["id"].as_str().unwrap().to_owned()
}

/// Opens it as a person does, with the password in standard input.
async fn open(daemon: &Daemon, words: &[&str], password: &str) -> Answered {
    let config = daemon.config_file().display().to_string();
    let all = [&["--config", &config, "quarantine", "open", "--password-file", "-"], words].concat();
    let output = program::run(POSTERN, &all, format!("{password}\n").as_bytes()).await;
    Answered {
        code: output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn value(answered: &Answered) -> Value {
    serde_json::from_str(&answered.out).unwrap_or_else(|error| panic!("{error}: {answered:?}"))
}

/// Events of a mail: word and who asked.
async fn events(daemon: &Daemon, id: &str) -> Vec<(String, String)> {
    let shown = daemon.json(&["trace", "show", id]).await;
    let word = |event: &Value, field: &str| event[field].as_str().unwrap().to_owned();
    shown["events"].as_array().unwrap().iter().map(|event| (word(event, "event"), word(event, "by"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_clean_inside_arrives_as_it_was_sent() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let samples = [
        OFFER,
        Sample::of("offer.zip", "application/zip", include_bytes!("../data/offer-crypto.zip")),
        Sample::of("offer.7z", "application/x-7z-compressed", include_bytes!("../data/offer.7z")),
        Sample::of("offer.docx", docx, include_bytes!("../data/offer.docx")),
        Sample::of("offer.xlsx", xlsx, include_bytes!("../../../unpack/testdata/office/locked.xlsx")),
        PDF,
    ];
    for (number, sample) in samples.into_iter().enumerate() {
        let subject = format!("offer{number}");
        let id = stopped(&daemon, &subject, sample).await;
        let answered = open(&daemon, &["--json", &id], sample.password).await;
        let answer = value(&answered);
        assert_eq!((answered.code, &answer["result"]), (0, &json!("released")), "{} {answer}", sample.name);
        let copies = json!([{ "recipient": BOB, "released": true, "because": [], "why": "" }]);
        assert_eq!(answer["copies"], copies, "{}", sample.name);
        let received = sink.wait_for(number + 1, SOON).await.pop().unwrap();
        compare::assert_same(&subject, &message(&subject, sample), &received.message, &ADDED);
        let events = events(&daemon, &id).await;
        let own: Vec<&str> = events.iter().filter(|(_, by)| by == "root").map(|(event, _)| event.as_str()).collect();
        assert_eq!(own, ["opened", "released"], "{events:?}");
        let again = open(&daemon, &[&id], sample.password).await;
        assert_eq!(again.code, 4, "it is gone: {again:?}");
    }
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_bad_inside_stays_and_is_named() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let packed = Sample::of("report.7z", "application/x-7z-compressed", include_bytes!("../data/virus.7z"));
    for (subject, sample) in [("virus0", VIRUS), ("virus1", packed)] {
        let id = stopped(&daemon, subject, sample).await;
        let answer = value(&open(&daemon, &["--json", &id], PASSWORD).await);
        assert_eq!((&answer["result"], &answer["class"]), (&json!("stopped"), &json!("malware")), "{answer}");
        assert!(answer["reasons"].to_string().contains("eicar"), "{answer}");
        assert!(answer["copies"].to_string().contains("standard/malware-reject"), "{answer}");
        // Right passwords are no guesses, however often; people read the same.
        for _ in 0..6 {
            let told = open(&daemon, &[&id], PASSWORD).await;
            assert_eq!(told.code, 1, "{told:?}");
            assert!(told.out.contains("malware") && told.out.contains("stays in quarantine"), "{}", told.out);
            assert!(told.out.contains("anti-virus test file"), "{}", told.out);
        }
        let shown = daemon.json(&["quarantine", "show", &id]).await;
        assert_eq!((&shown["locked"], &shown["password_tries_left"]), (&json!(false), &json!(5)), "{shown}");
        assert_eq!(shown["judged"].as_array().unwrap().last().unwrap()["class"], "malware");
    }
    // Inside lies another one that this password does not open.
    let nested = Sample::of("all.zip", "application/zip", include_bytes!("../data/nested.zip"));
    let id = stopped(&daemon, "nested", nested).await;
    let answer = value(&open(&daemon, &["--json", &id], PASSWORD).await);
    assert_eq!((&answer["result"], &answer["class"]), (&json!("stopped"), &json!("unscannable")), "{answer}");

    let rows = daemon.rows(&["quarantine", "list"]).await;
    let classes: Vec<&str> = rows.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(classes, ["unscannable", "malware", "malware"], "newest first");
    assert_eq!(sink.count(), 0);
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_copy_of_two_without_a_daemon_and_what_needs_no_password() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "standard").with_dns(dns.address);
    let policy = "name = \"keep\"\n[[rule]]\nid = \"all\"\nwhen = \"true\"\nactions = [\"quarantine\"]\n";
    setup.policies = vec![("keep".to_owned(), policy.to_owned())];
    setup.domains.push(testkit::daemon::Relayed::to("keep.example", sink.address, "keep"));
    let mut daemon = Daemon::start(POSTERN, setup).await;
    let (carol, dave) = ("carol@corp.example", "dave@keep.example");
    send_accepted(daemon.address(), ALICE, &[BOB, carol, dave], &message("three", OFFER)).await;
    send_accepted(daemon.address(), ALICE, &[dave], &note("plain")).await;
    let rows = daemon.rows(&["quarantine", "list"]).await;
    let id = |subject: &str| {
        let row = rows.iter().find(|row| row["subject"] == subject).unwrap();
        row["id"].as_str().unwrap().to_owned()
    };
    let (three, plain) = (id("three"), id("plain"));
    daemon.stop().await;
    let answer = value(&open(&daemon, &["--json", &three, "--recipient", carol], PASSWORD).await);
    assert_eq!((&answer["result"], answer["copies"].as_array().unwrap().len()), (&json!("released"), 1), "{answer}");
    let nothing = open(&daemon, &[&plain], PASSWORD).await;
    assert_eq!(nothing.code, 4, "{nothing:?}");
    assert!(nothing.out.contains("waits for a password"), "{}", nothing.out);
    daemon.run().await;
    let received = sink.wait_for(1, SOON).await.remove(0);
    assert_eq!(received.recipients, [carol]);
    compare::assert_same("three", &message("three", OFFER), &received.message, &ADDED);
    // All that are left: one goes, one is stopped by its own policy.
    let answer = value(&open(&daemon, &["--json", &three], PASSWORD).await);
    assert_eq!(answer["result"], "stopped", "{answer}");
    let released: Vec<bool> =
        answer["copies"].as_array().unwrap().iter().map(|copy| copy["released"].as_bool().unwrap()).collect();
    assert_eq!(released, [true, false], "{answer}");
    sink.wait_for(2, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_read_where_nobody_else_sees_it() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let id = stopped(&daemon, "offer", OFFER).await;
    let file = daemon.folder().join("password");
    files::write(&file, "not this one\r\n");
    let wrong = daemon.command(&["quarantine", "open", &id, "--password-file", file.to_str().unwrap()]).await;
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(wrong.out.contains("The password is wrong: 4 tries left"), "{wrong:?}");
    let argument = daemon.command(&["quarantine", "open", &id, "--password", PASSWORD]).await;
    assert_eq!(argument.code, 2, "never on the command line: {argument:?}");
    let missing = daemon.command(&["quarantine", "open", &id, "--password-file", "/nowhere/at/all"]).await;
    assert_eq!(missing.code, 2, "{missing:?}");

    let (shown, code) = on_a_terminal(&daemon, &id, &format!("{PASSWORD}x\x7f\r")).await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("was opened and judged anew: clean"), "{shown}");
    assert!(shown.contains("Password (not shown") && !shown.contains("mmer-2024"), "{shown}");
    sink.wait_for(1, SOON).await;
    assert_kept_nowhere(&daemon, &[PASSWORD, "not this one"]);
}

/// Presses these keys once the password is asked for; all that the terminal shows, and the exit code.
async fn on_a_terminal(daemon: &Daemon, id: &str, pressed: &str) -> (String, Option<i32>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let command = format!("{POSTERN} --config {} quarantine open {id}", daemon.config_file().display());
    let mut script = program::command("script");
    script.args(["-qfec", &command, "/dev/null"]);
    script.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = script.spawn().expect("script of bsdutils");
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = Vec::new();
    let mut has_typed = false;
    loop {
        let mut piece = [0_u8; 1024];
        let length = screen.read(&mut piece).await.unwrap();
        if length == 0 {
            break;
        }
        shown.extend_from_slice(&piece[..length]);
        if !has_typed && String::from_utf8_lossy(&shown).contains("other mail): ") {
            has_typed = true;
            keys.write_all(pressed.as_bytes()).await.unwrap();
        }
    }
    let status = child.wait().await.unwrap();
    (String::from_utf8_lossy(&shown).into_owned(), status.code())
}

/// In the data folder, all of it, and in the log.
fn assert_kept_nowhere(daemon: &Daemon, secrets: &[&str]) {
    let mut looked_at = 0;
    let mut folders = vec![daemon.data()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                looked_at += 1;
                assert_none(&path, &std::fs::read(&path).unwrap(), secrets);
            }
        }
    }
    assert!(looked_at > 3, "{looked_at} files");
    assert_none(Path::new("the log"), daemon.log().as_bytes(), secrets);
}

fn assert_none(place: &Path, bytes: &[u8], secrets: &[&str]) {
    for secret in secrets {
        let found = has(bytes, secret.as_bytes());
        assert!(!found, "{secret} stands in {}", place.display());
    }
}

// Segments are 64 MiB: most of their bytes cannot begin it.
fn has(bytes: &[u8], secret: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == secret[0]) {
        if rest[at..].starts_with(secret) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}
