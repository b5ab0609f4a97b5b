//! OPS-06: what stands in bodies, attachments and passwords stands in no log, metric, journal, answer or last word of a crash.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use testkit::{corpus, loopback, program};

use crate::{ALICE, BOB, POSTERN, SOON, dns};

/// In a text, in an HTML part, in an attachment, in a zip, in a password.
const CANARIES: [&str; 5] =
    ["canary-text-5e9b17", "canary-html-1c0d44", "canary-file-7f3a90", "canary-zip-b2c861", "canary-word-0a9d35"];
/// `\0alice\0canary-word-0a9d35` and `canary-word-0a9d35` in base64, as AUTH wants them.
const PASSWORDS: [&str; 2] = ["AGFsaWNlAGNhbmFyeS13b3JkLTBhOWQzNQ==", "Y2FuYXJ5LXdvcmQtMGE5ZDM1"];

fn message(subject: &str) -> Vec<u8> {
    let zip = BASE64.encode(&corpus::archive("a.txt", CANARIES[3].as_bytes(), false));
    let file = BASE64.encode(CANARIES[2].as_bytes());
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello {}.\r\n\
         --b\r\nContent-Type: text/html\r\n\r\n<p title=\"{}\">{} <b>there</b></p>\r\n\
         --b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}\r\n\
         --b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{zip}\r\n--b--\r\n",
        CANARIES[0], CANARIES[1], CANARIES[1]
    )
    .into_bytes()
}

async fn talk(daemon: &Daemon) {
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    for line in ["AUTH PLAIN AGFsaWNlAGNhbmFyeS13b3JkLTBhOWQzNQ==", "AUTH LOGIN Y2FuYXJ5LXdvcmQtMGE5ZDM1", "AUTH LOGIN"]
    {
        client.command(line).await.unwrap();
    }
    // A client that sends its password though nobody asked for it.
    for line in [PASSWORDS[1], CANARIES[4]] {
        client.command(line).await.unwrap();
    }
    for subject in ["one", "keep this", "refuse this"] {
        let reply = client.deliver(ALICE, &[BOB], &message(subject)).await.unwrap();
        assert_eq!(reply.code, if subject == "refuse this" { 550 } else { 250 }, "{}", reply.text);
    }
}

/// Every file that people search, and no mail itself: that is in `log` and `bodies`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["log", "bodies"].contains(&name.as_str()) {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn assert_none(what: &str, bytes: &[u8]) {
    for secret in CANARIES.iter().chain(&PASSWORDS) {
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} stands in {what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_leaves_the_mail_it_stands_in() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "site").with_dns(dns.address);
    let policy = "name = \"site\"\n[[rule]]\nid = \"keep\"\nwhen = 'subject.contains(\"keep this\")'\nactions = [\"quarantine\"]\n\
                  [[rule]]\nid = \"refuse\"\nwhen = 'subject.contains(\"refuse this\")'\nactions = [\"reject\"]\n\
                  [[rule]]\nid = \"rest\"\nwhen = \"true\"\nactions = [\"deliver\"]\n";
    setup.policies = vec![("site".to_owned(), policy.to_owned())];
    setup.extra = "[log]\nlevel = \"debug\"\n".to_owned();
    setup.http = Some(loopback::socket(9252));
    let mut daemon = Daemon::start(POSTERN, setup).await;
    talk(&daemon).await;
    let delivered = sink.wait_for(1, SOON).await.remove(0);
    assert!(delivered.message.windows(10).any(|ten| ten == b"canary-tex"), "the mail itself has them");
    assert_none("the metrics", daemon.metrics().await.as_bytes());
    let mut ids = Vec::new();
    for list in
        [&["trace", "search"][..], &["quarantine", "list"], &["queue", "list"], &["trace", "search", "--refused"]]
    {
        let rows = daemon.rows(list).await;
        ids.extend(rows.iter().filter_map(|row| row["id"].as_str().map(str::to_owned)));
        assert_none(&list.join(" "), serde_json::to_string(&rows).unwrap().as_bytes());
    }
    assert!(ids.len() > 5, "{ids:?}");
    for id in &ids {
        for json in [&["--json"][..], &[]] {
            let shown = daemon.command(&[json, &["trace", "show", id]].concat()).await;
            assert_none("trace show", (shown.out + &shown.err).as_bytes());
        }
    }
    let replayed = daemon.command(&["--json", "replay"]).await;
    assert_none("replay", (replayed.out + &replayed.err).as_bytes());
    // The last word of a process that dies at once, and what it leaves behind.
    program::text("kill", &["-ABRT", &daemon.pid().to_string()], b"").await;
    daemon.wait_end().await;
    assert_none("the log", daemon.log().as_bytes());
    let files = files(&daemon.data());
    assert!(files.iter().any(|file| file.to_string_lossy().contains("journal/")), "{files:?}");
    for file in files {
        assert_none(&file.display().to_string(), &std::fs::read(&file).unwrap());
    }
    let cores = std::fs::read_dir(daemon.folder())
        .unwrap()
        .flatten()
        .filter(|file| file.file_name().to_string_lossy().contains("core"));
    assert_eq!(cores.count(), 0, "a core dump has mail in it");
}
