//! `postern try --once`: every sample goes through a real session, is judged, and can be found afterwards.

use std::net::SocketAddr;

use serde_json::Value;
use tempfile::TempDir;
use testkit::program;
use tokio::net::TcpListener;

use crate::POSTERN;

/// Some samples by what they show, with class and decision.
const EXPECTED: [(&str, &str, &str); 12] = [
    ("a colleague of a partner", "clean", "deliver"),
    ("a newsletter", "bulk", "tag"),
    ("GTUBE", "spam", "reject"),
    ("a link that lies", "phishing", "reject"),
    ("DMARC says reject", "phishing", "reject"),
    ("EICAR", "malware", "reject"),
    ("inside a zip", "malware", "reject"),
    ("an encrypted zip", "unscannable", "quarantine"),
    ("two Content-Type", "policy", "quarantine"),
    ("an attempt to relay", "-", "refused"),
    ("smuggling", "-", "refused"),
    ("larger than the limit", "-", "refused"),
];

// Not kept: the program binds it itself, a moment later.
async fn free_port() -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    listener.local_addr().unwrap().port().to_string()
}

// The gateway gives root up and still has to come in.
fn open_folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn asked(data: &str, arguments: &[&str]) -> Value {
    let all = [&["--json", "--data", data], arguments].concat();
    // 1 is an answer: `status` says that nothing runs.
    let output = program::run(POSTERN, &all, b"").await;
    assert!(output.status.code() < Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn word<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_else(|| panic!("no {field}: {row}"))
}

fn reference(row: &Value) -> &str {
    word(row, "reply").rsplit_once("(ref ").map_or("", |(_, rest)| rest.trim_end_matches(')'))
}

async fn tried(data: &str, port: &str) -> Vec<Value> {
    let arguments = ["--json", "--data", data, "try", "--once", "--port", port];
    let text = program::text(POSTERN, &arguments, b"").await;
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_is_judged_and_found_again() {
    let folder = open_folder();
    let data = folder.path().join("data").display().to_string();
    let rows = tried(&data, &free_port().await).await;
    assert!(rows.len() >= 20, "{}", rows.len());
    for (what, class, decision) in EXPECTED {
        let row = rows.iter().find(|row| word(row, "what").contains(what));
        let row = row.unwrap_or_else(|| panic!("no sample shows {what}"));
        assert_eq!((word(row, "class"), word(row, "decision")), (class, decision), "{row}");
    }
    let mut quarantined = 0;
    for row in &rows {
        assert!(!word(row, "from").is_empty() && !word(row, "subject").is_empty(), "{row}");
        let trace = asked(&data, &["trace", "show", reference(row)]).await;
        assert_eq!(trace["message"]["client"], "127.0.0.1", "{row}");
        let shown: Vec<&str> = row["reasons"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let stopped = ["reject", "quarantine", "refused"].contains(&word(row, "decision"));
        assert!(!shown.is_empty() || !stopped, "stopped without a reason: {row}");
        assert_eq!(
            word(row, "reply").starts_with("250 "),
            !["reject", "refused"].contains(&word(row, "decision")),
            "{row}"
        );
        quarantined += usize::from(word(row, "decision") == "quarantine");
        if word(row, "class") == "-" {
            assert_eq!(trace["message"]["decision"], "refused", "{row}");
            continue;
        }
        // The strongest two, in the order of the trace.
        let judged = &trace["judged"][0];
        assert_eq!(word(row, "class"), word(judged, "class"));
        let all: Vec<&str> =
            judged["reasons"].as_array().unwrap().iter().map(|reason| word(reason, "detail")).collect();
        assert_eq!(shown, all[..all.len().min(2)], "{row}");
    }
    assert!(rows.iter().filter(|row| row["reasons"].as_array().unwrap().len() == 2).count() >= 5, "{rows:?}");
    let kept = asked(&data, &["quarantine", "list", "--limit", "100"]).await;
    assert_eq!(kept["rows"].as_array().unwrap().len(), quarantined);
    let status = asked(&data, &["status"]).await;
    assert_eq!(status["account"]["queued"], 0, "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_a_table_and_what_to_do_next() {
    let folder = open_folder();
    let data = folder.path().join("data").display().to_string();
    let output = program::run(POSTERN, &["--data", &data, "try", "--once", "--port", &free_port().await], b"").await;
    let (table, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{said}");
    // In the order in which they were sent, each with its decision.
    let trace = asked(&data, &["trace", "search", "--limit", "100"]).await;
    let mut rest = table.as_str();
    let mut subjects = 0;
    for row in trace["rows"].as_array().unwrap().iter().rev().filter(|row| !word(row, "subject").is_empty()) {
        let subject: String = word(row, "subject").chars().take(12).collect();
        let (_, behind) = rest.split_once(&subject).unwrap_or_else(|| panic!("no {subject:?} in order in\n{table}"));
        assert!(behind.lines().next().unwrap().contains(word(row, "verdict")), "{subject}: {behind}");
        (rest, subjects) = (behind, subjects + 1);
    }
    assert!(subjects >= 15, "{subjects}");
    assert!(table.contains("GTUBE"), "no reasons: {table}");
    for next in ["postern quarantine list", "postern trace search", "postern quarantine release", "postern init"] {
        assert!(said.contains(next) || table.contains(next), "nothing about {next}:\n{said}");
    }
    assert!(said.contains(&data) || table.contains(&data), "where things are: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_said() {
    let folder = open_folder();
    let data = folder.path().join("data").display().to_string();
    let taken = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = program::run(POSTERN, &["--json", "--data", &data, "try", "--once", "--port", &port], b"").await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains(&port), "{said}");
}
