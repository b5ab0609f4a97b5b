//! What a person sees first: help, the state of the gateway, and what is said of a message and its decision.

use testkit::daemon::{Daemon, Setup};
use testkit::files;
use testkit::program;
use testkit::sink::Sink;

use crate::{POSTERN, dns, note};

#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

async fn run(words: &[&str], input: &[u8]) -> Said {
    let output = program::run(POSTERN, words, input).await;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text");
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_help_and_no_error_names_what_nobody_may_type() {
    let bare = run(&[], b"").await;
    assert!(bare.code == 2 && bare.err.contains("Commands:\n") && bare.err.contains("quarantine"), "{bare:?}");
    for words in
        [vec![], vec!["--json"], vec!["nonsense"], vec!["unpack"], vec!["queue"], vec!["help"], vec!["--json", "x"]]
    {
        let said = run(&words, b"").await;
        assert!(!said.err.contains("unpack-worker") && !said.out.contains("unpack-worker"), "{words:?}: {said:?}");
    }
    let help = run(&["trace", "search", "-h"], b"").await;
    let (own, global) = help.out.split_once("Global options:\n").expect("two lists");
    assert!(own.contains("--sender") && !own.contains("--data") && !own.contains("--json"), "{own}");
    assert!(global.contains("--config") && global.contains("--data") && !global.contains("--sender"), "{global}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_says_what_runs_where_and_since_when() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address)).await;
    let plain = daemon.command(&["status"]).await;
    for part in [
        "The gateway runs: Postern ",
        ", since 20",
        "  data  ",
        "  sessions     ",
        "pairs of message",
        "  difference   0\n",
    ] {
        assert!(plain.code == 0 && plain.out.contains(part), "{part}: {plain:?}");
    }
    let json = daemon.json(&["status"]).await;
    assert!(json["uptime_seconds"].as_u64().is_some_and(|seconds| seconds < 60), "{json}");
    assert_eq!((json["difference"].as_i64(), json["version"].as_str()), (Some(0), Some(env!("CARGO_PKG_VERSION"))));
    daemon.stop().await;
    let stopped = daemon.command(&["status"]).await;
    assert!(stopped.code == 1 && stopped.out.starts_with("No gateway runs on this data folder.\n"), "{stopped:?}");
    assert!(stopped.out.contains("  accepted     0\n") && !stopped.out.contains("since"), "{stopped:?}");
}

const LOCKED: &str = "unscannable/fires-encrypted-zip.eml";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_told_from_what_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir_all(folder.path().join("box/inside")).unwrap();
    files::write(&folder.path().join("box/note.eml"), note("good"));
    files::write(&folder.path().join("README.md"), b"# Postern\n\nNote: a text\n");
    files::write(&folder.path().join("box/README.md"), b"# Postern\n\nNote: a text\n");
    let mixed = run(&["scan", "--offline", &at("box")], b"").await;
    assert_eq!(mixed.code, 2, "{mixed:?}");
    assert!(mixed.err.contains("README.md: not a message (no header), skipped"), "{mixed:?}");
    assert!(mixed.err.contains("box: 1 folder inside was not looked into"), "{mixed:?}");
    assert!(mixed.out.contains("note.eml: clean, bad ") && !mixed.out.contains("README"), "{mixed:?}");
    // Named itself, any file is looked into, as if it came by mail.
    let file = run(&["scan", "--offline", "--content", &at("README.md")], b"").await;
    assert!(file.code == 0 && file.out.contains("no message: scanned as the one attachment"), "{file:?}");
    assert!(file.out.contains("text, declared application/octet-stream, 24 bytes \"README.md\""), "{file:?}");
    let nothing = run(&["scan", "--offline", "-"], b"").await;
    assert!(nothing.code == 2 && nothing.out.is_empty() && nothing.err.contains("- is empty"), "{nothing:?}");
    std::fs::create_dir(folder.path().join("hollow")).unwrap();
    let hollow = run(&["scan", "--offline", &at("hollow")], b"").await;
    assert!(hollow.code == 2 && hollow.err.contains("no message in ") && hollow.err.contains("hollow"), "{hollow:?}");
    let why = run(&["policy", "explain", "--offline", "/dev/null"], b"").await;
    assert!(why.code == 2 && why.out.is_empty() && why.err.contains("/dev/null is empty"), "{why:?}");
}

/// Bad mail is the answer, whatever cannot be read beside it; and one that cannot be read keeps no other from being judged.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_file_covers_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let test_file = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    files::write(&folder.path().join("a.com"), test_file);
    files::write(&folder.path().join("note.eml"), note("good"));
    let bad = run(&["scan", "--offline", &at("absent"), &at("a.com"), &at("note.eml")], b"").await;
    assert_eq!(bad.code, 1, "{bad:?}");
    assert!(bad.err.contains("absent: No such file") && bad.err.contains("is the name right?"), "{bad:?}");
    assert!(bad.out.contains("a.com: malware") && bad.out.contains("note.eml: clean"), "{bad:?}");
    let good = run(&["scan", "--offline", &at("absent"), &at("note.eml")], b"").await;
    assert!(good.code == 2 && good.out.contains("note.eml: clean"), "{good:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_begins_with_the_decision() {
    let clean = run(&["policy", "explain", "--offline", "-"], &note("good")).await;
    let first = clean.out.lines().next().unwrap_or_default();
    assert!(first.starts_with("bob@corp.example: deliver (no rule matched), policy "), "{clean:?}");
    assert!(clean.out.lines().count() < 8, "{clean:?}");
    let all = run(&["policy", "explain", "--offline", "--all", "-"], &note("good")).await;
    assert!(all.out.starts_with(first) && all.out.lines().count() > 30, "{all:?}");
    assert!(!all.out.contains("\"] = [\""), "a list that is written out explains nothing: {all:?}");
}

/// The reason that made it, not a percentage that no model gave.
#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_looked_into_says_so() {
    let mail = testkit::corpus::project().into_iter().find(|mail| mail.name == LOCKED).expect("a case");
    let scan = run(&["scan", "--offline", "-"], &mail.bytes).await;
    assert!(scan.out.contains(": unscannable: ") && !scan.out.contains('%') && !scan.out.contains("+0.0"), "{scan:?}");
    let why = run(&["policy", "explain", "--offline", "-"], &mail.bytes).await;
    assert!(why.out.contains(": quarantine (standard/"), "{why:?}");
    assert!(
        !why.out.contains("-reject)") && why.out.contains("could not be decided, so quarantine: content"),
        "{why:?}"
    );
}
