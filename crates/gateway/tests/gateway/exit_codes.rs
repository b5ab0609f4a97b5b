//! Exit codes are the same for every command, and `--json` says errors as JSON.

use serde_json::Value;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use testkit::{files, program};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

const POLICY: &str = "name = \"site\"\n[[rule]]\nid = \"keep\"\nwhen = 'subject.contains(\"keep\")'\nactions = [\"quarantine\"]\n\
[[rule]]\nid = \"rest\"\nwhen = \"true\"\nactions = [\"deliver\"]\n";

/// Command lines and their codes while the daemon runs; `GONE` is a delivered mail, `RELEASED` a released and delivered one, `KEPT` one
/// in quarantine.
const RUNNING: [(&str, u8); 62] = [
    ("status", 0),
    ("reload", 0),
    ("config check", 0),
    ("config show", 0),
    ("config default", 0),
    ("config nonsense", 2),
    ("policy list", 0),
    ("policy show standard", 0),
    ("policy show nope", 2),
    ("policy explain good.eml", 0),
    ("policy explain absent.eml", 2),
    ("scan --offline good.eml", 0),
    ("scan --offline absent.eml", 2),
    ("scan", 2),
    ("scan --client-ip nonsense good.eml", 2),
    ("queue list", 0),
    ("queue list --after xx", 2),
    ("queue list --state lost", 2),
    ("queue show aaaaaaaaaa", 3),
    ("queue show aaa", 2),
    ("queue show GONE", 4),
    ("queue retry", 0),
    ("queue retry aaaaaaaaaa", 3),
    ("queue retry GONE", 4),
    ("queue delete aaaaaaaaaa", 3),
    ("queue delete GONE", 4),
    ("queue delete KEPT", 4),
    ("queue pause corp.example", 0),
    ("queue resume corp.example", 0),
    ("quarantine list", 0),
    ("quarantine list --after xx", 2),
    ("quarantine list --verdict nonsense", 2),
    ("quarantine show KEPT", 0),
    ("quarantine show aaaaaaaaaa", 3),
    ("quarantine show GONE", 4),
    ("quarantine release aaaaaaaaaa", 3),
    ("quarantine release GONE", 4),
    ("quarantine release RELEASED", 4),
    ("quarantine release KEPT --recipient nobody@corp.example", 2),
    ("quarantine delete GONE", 4),
    ("quarantine release", 2),
    ("trace search", 0),
    ("trace search --after xx", 2),
    ("trace search --after 1.x", 2),
    ("trace search --since yesterday", 0),
    ("trace search --since lately", 2),
    ("trace search --since 1h --until 2h", 2),
    ("trace search --reason relay", 2),
    ("trace search --client 192.0.2.0/23", 2),
    ("trace search --limit 0", 2),
    ("trace show 1", 2),
    ("trace search --verdict nonsense", 2),
    ("trace search --decision nonsense", 2),
    ("trace search --decision delivered", 0),
    ("trace show GONE", 0),
    ("trace show zzzzzzz", 3),
    ("replay GONE", 0),
    ("replay zzzzzzz", 3),
    ("replay --after xx", 2),
    ("replay --with nonsense", 2),
    ("serve", 4),
    ("completions nonsense", 2),
];

/// The same when none runs.
const STOPPED: [(&str, u8); 9] = [
    ("status", 1),
    ("reload", 4),
    ("queue list", 0),
    ("queue show GONE", 4),
    ("quarantine release RELEASED", 4),
    ("trace show zzzzzzz", 3),
    ("replay zzzzzzz", 3),
    ("trace search --after xx", 2),
    ("--data nowhere status", 4),
];

async fn assert_codes(daemon: &Daemon, lines: &[(&str, u8)], ids: &[(&str, &str)]) {
    let file = |name: &str| daemon.folder().join(name).display().to_string();
    for (line, code) in lines {
        let words = line.split(' ').map(|word| match ids.iter().find(|(name, _)| *name == word) {
            Some((_, id)) => (*id).to_owned(),
            None if word.ends_with(".eml") || word == "nowhere" => file(word),
            None => word.to_owned(),
        });
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let plain = daemon.command(&words).await;
        assert_eq!(plain.code, *code, "{line}: {plain:?}");
        if *code < 2 {
            continue;
        }
        assert!(plain.out.is_empty() && plain.err.contains("error: "), "{line}: {plain:?}");
        let json = daemon.command(&[&["--json"], words.as_slice()].concat()).await;
        let last = json.err.lines().last().unwrap_or("");
        let error: Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{line}: {error}: {json:?}"));
        let error = &error["error"];
        assert_eq!((json.code, error["exit"].as_u64()), (*code, Some(u64::from(*code))), "{line}: {json:?}");
        let said =
            |field: &str| error[field].as_str().unwrap_or_else(|| panic!("{line}: no {field}: {json:?}")).to_owned();
        assert!(json.out.is_empty() && !said("message").is_empty() && said("hint") != "error", "{line}: {json:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_ends_with_its_code() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "site").with_dns(dns.address);
    setup.policies = vec![("site".to_owned(), POLICY.to_owned())];
    let mut daemon = Daemon::start(POSTERN, setup).await;
    files::write(&daemon.folder().join("good.eml"), note("good"));
    let id = async |subject: &str| {
        send_accepted(daemon.address(), ALICE, &[BOB], &note(subject)).await.reference().to_owned()
    };
    let (gone, released, kept) = (id("sent").await, id("keep-released").await, id("keep-here").await);
    daemon.json(&["quarantine", "release", &released]).await;
    sink.wait_for(2, SOON).await;
    daemon.quiet().await;
    let ids = [("GONE", gone.as_str()), ("RELEASED", &released), ("KEPT", &kept)];
    assert_codes(&daemon, &RUNNING, &ids).await;
    let again = daemon.command(&["quarantine", "release", &released]).await;
    assert!(again.err.contains("was released already") && again.err.contains("delivered"), "{}", again.err);
    // The worst of several is the code, and the others are done all the same.
    let several = daemon.command(&["quarantine", "delete", &gone, "aaaaaaaaaa", &kept]).await;
    assert!(several.code == 4 && several.out.contains("deleted for 1 recipient."), "{several:?}");
    daemon.stop().await;
    assert_codes(&daemon, &STOPPED, &ids).await;
}

/// A list on a full disk is not done; who reads no further did not want more.
#[tokio::test]
async fn what_cannot_be_written_is_an_error_unless_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("one.eml").display().to_string();
    files::write(folder.path().join("one.eml").as_path(), note("one"));
    let shell = async |script: &str| {
        let script = format!("cd '{}' && {script}", folder.path().display());
        let output = program::run("bash", &["-c", &script, POSTERN, POSTERN, &mail], b"").await;
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for command in ["config default", "completions bash", "scan --offline \"$2\"", "scan --json --offline \"$2\""] {
        let (code, err) = shell(&format!("\"$1\" {command} >/dev/full")).await;
        assert!(code == Some(4) && err.contains("standard output: No space left"), "{command}: {code:?} {err}");
        // A pipe that is closed before anything is written.
        let (code, err) = shell(&format!("\"$1\" {command} | true; exit ${{PIPESTATUS[0]}}")).await;
        assert_eq!((code, err.as_str()), (Some(0), ""), "{command}");
    }
}
